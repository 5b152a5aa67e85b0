"""Letters on the example data, and on a week of it in which everything happened, for tests that read and show them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from build import build_example_db

from db.connect import open_read_only
from publish.dates_id import Language
from publish.digest import build_digest, build_letter
from publish.letters.letter import Letter
from publish.letters.parts import Part
from publish.letters.scopes import find_scope
from publish.letters.tables import Cell, Table

SITE = "https://pantau.contoh.id"
MONDAY = date(2024, 11, 18)
QUIET_MONDAY = date(2024, 12, 30)
FORMER, SINCE, LATER = "2024-11-04T00:00:00+00:00", "2024-11-18T00:00:00+00:00", "2024-11-20T00:00:00+00:00"
TABANAN, PALU = "51.02", "72.71"
TABLES = (
    Table(
        "Pejabat yang baru dikutip",
        "Nama yang baru muncul dalam berita.",
        ("Nama", "Jabatan", "Berita"),
        (
            (Cell("Ni Made Ayu", f"{SITE}/pejabat/1"), Cell("Kepala Diskominfo"), Cell("3")),
            (Cell("سليم الهادي"), Cell("–"), Cell("1")),
        ),
        new=2,
        total=40,
        is_first=False,
        url=f"{SITE}/public/pejabat",
    ),
    Table("Kueri saya", "", (), (), 0, 12, False, None),
    Table("Kueri yang rusak", "", (), (), 0, 0, False, None, problem="Kueri ini terlalu lambat, jadi kami hentikan."),
)


def build_rich_db(folder: Path) -> Path:
    """A public.db whose week of MONDAY has something in every part of a letter, known since SINCE or later."""
    example = build_example_db(folder)[1]
    rich = shutil.copy(example, folder / "rich.db")
    with closing(sqlite3.connect(rich)) as db, db:
        db.executescript(RICH)
    return Path(rich)


def national(public: Path, lang: Language = "id", monday: date = MONDAY) -> Letter:
    """The letter for everybody, as it stands on the site."""
    digest = build_digest(public, monday, SITE, lang)
    return Letter(lang, digest.subject, digest.html, digest.text, images=digest.images)


def personal(
    public: Path,
    scopes: Sequence[tuple[str, str]],
    lang: Language = "id",
    *,
    first: date = MONDAY,
    days: int = 7,
    known_since: str | None = SINCE,
    tables: Sequence[Table] = (),
) -> Letter:
    """The letter of a reader who follows the scopes (kind, value); without `known_since` it is her first."""
    with closing(open_read_only(public)) as db:
        parts = []
        for kind, value in scopes:
            scope = find_scope(db, kind, value)
            assert scope is not None
            parts.append(Part(scope, first, first + timedelta(days=days - 1)))
        return build_letter(
            db,
            parts,
            issue="2024-W47",
            zone="WITA",
            lang=lang,
            site_url=SITE,
            known_since=known_since,
            tables=tables,
        )


def letters(rich: Path, plain: Path, lang: Language) -> dict[str, Letter]:
    """One letter of each kind, by name."""
    everything = [("all", "")]
    return {
        "national": national(rich, lang),
        "everything": personal(rich, everything, lang, tables=TABLES),
        "regency": personal(rich, [("regency", TABANAN)], lang),
        "several": personal(rich, [("regency", PALU), ("province", "62"), ("stage", "evaluasi-2")], lang),
        "daily": personal(rich, [("regency", TABANAN)], lang, first=date(2024, 11, 20), days=1),
        "empty": personal(plain, [("regency", TABANAN)], lang, first=QUIET_MONDAY, known_since=None),
    }


# Rows that are like others but for what a test needs.
RICH = """
pragma foreign_keys = off;
delete from source_weeks;
update sources set since_date = '2024-11-19' where name = 'lensa_teluk';
insert into source_weeks (source, monday, runs, answered_runs, new, kept, requests)
    select 'kabar_lumbung', date('2024-11-18', (-7 * value) || ' days'), 3, 3, 4, 2, 9
    from json_each('[0, 1, 2, 4, 5, 6, 7]');

create temp table row as select * from articles where id = 'e666242f1fb7';
update row set id = 'aaaaaaaaaaa1', source = 'suara_mentaya', outlet_name = 'Suara Mentaya',
    url = 'https://suaramentaya.example/tabanan', title = 'Tabanan dinilai <b>asesor</b> & "tim ahli"';
insert into articles select * from row;
update row set id = 'aaaaaaaaaaa2', source = 'warta_selatan', outlet_name = 'Warta Selatan',
    url = 'https://wartaselatan.example/tabanan', title = 'مدينة ذكية في تابانان';
insert into articles select * from row;
update row set id = 'aaaaaaaaaaa3', source = 'lensa_teluk', outlet_name = 'Lensa Teluk', published_date = '2024-10-02',
    published_at = '2024-10-02T09:00:00+08:00',
    url = 'https://lensateluk.example/lama', title = 'Palu umumkan bimtek keempat';
insert into articles select * from row;
update row set id = 'aaaaaaaaaaa4', published_date = '2024-11-21', published_at = '2024-11-21T09:00:00+08:00',
    url = 'https://lensateluk.example/belum',
    title = 'Palu akan terapkan masterplan';
insert into articles select * from row;
update row set id = 'aaaaaaaaaaa7', url = 'https://lensateluk.example/lomba',
    title = 'Lomba' || replace(hex(zeroblob(12)), '00', 'aplikasi') || ' warga';
insert into articles select * from row;
update row set id = 'aaaaaaaaaaa5', is_relevant = null, url = 'https://lensateluk.example/ragu',
    title = 'Kampus dan inovasi kota';
insert into articles select * from row;
update row set id = 'aaaaaaaaaaa6', is_relevant = 1, published_date = null, published_at = null,
    url = 'https://lensateluk.example/tanpa', title = 'Forum kota cerdas disiapkan',
    fetched_at = '2024-11-19T05:00:00+00:00';
insert into articles select * from row;
insert into evidence
    select 'aaaaaaaaaaa' || value, number, start, "end", text, anchor, is_former
    from evidence, json_each('[1, 2, 3, 4, 5, 6, 7]')
    where article_id = 'e666242f1fb7';

create temp table report as select * from stage_reports where article_id = 'e666242f1fb7' and number = 1;
update report set article_id = 'aaaaaaaaaaa1';
insert into stage_reports select * from report;
update report set article_id = 'aaaaaaaaaaa2', start_date = '2024-11-21', end_date = '2024-11-21';
insert into stage_reports select * from report;
insert into event_conflicts values
    ('b56f99de5ae5', 1, 'date', '2024-11-20/2024-11-20', null, 2, 2, 1, 'e666242f1fb7', 1),
    ('b56f99de5ae5', 2, 'date', '2024-11-21/2024-11-21', null, 1, 1, 0, 'aaaaaaaaaaa2', 1);
update report set article_id = 'aaaaaaaaaaa3', event_id = 'bbbbbbbbbbb1', stage_code = 'bimtek-4',
    regency_code = '72.71', start_date = '2024-11-14', end_date = '2024-11-15', status = 'announced';
insert into stage_reports select * from report;
update report set article_id = 'aaaaaaaaaaa1', number = 2, event_id = 'bbbbbbbbbbb2', stage_code = 'penghargaan',
    regency_code = '51.02', start_date = '2024-12-05', end_date = '2024-12-06';
insert into stage_reports select * from report;
update report set article_id = 'aaaaaaaaaaa4', number = 1, event_id = null, stage_code = 'implementasi',
    confidence = 0.3, start_date = null, end_date = null;
insert into stage_reports select * from report;
update report set article_id = 'e666242f1fb7', number = 7, event_id = 'bbbbbbbbbbb3', stage_code = 'bimtek-1',
    confidence = 0.9, start_date = '2021', status = 'held', is_main = 0;
insert into stage_reports select * from report;

create temp table event as select * from events where id = 'b56f99de5ae5';
update event set id = 'bbbbbbbbbbb1', stage_code = 'bimtek-4', regency_code = '72.71', regency_name = 'Kota Palu',
    province_name = 'Sulawesi Tengah', start_date = '2024-11-14', end_date = '2024-11-15', status = 'announced',
    first_published_date = '2024-10-02', last_published_date = '2024-10-02', venue = 'Aula Bappeda';
insert into events select * from event;
update event set id = 'bbbbbbbbbbb2', stage_code = 'penghargaan', regency_code = '51.02',
    regency_name = 'Kabupaten Tabanan', province_name = 'Bali', start_date = '2024-12-05', end_date = '2024-12-06',
    first_published_date = '2024-11-20', last_published_date = '2024-11-20';
insert into events select * from event;
update event set id = 'bbbbbbbbbbb3', stage_code = 'bimtek-1', start_date = '2021', end_date = null,
    date_precision = 'year', status = 'held', venue = null;
insert into events select * from event;

update event_versions set known_from = '2024-11-04T00:00:00+00:00';
insert into event_versions
    select id, 1, stage_code, regency_code, edition, start_date, end_date, status, venue, mode,
        '2024-11-04T00:00:00+00:00', null
    from events
    where id like 'bbbbbbbbbbb%';
-- Found only now; and what was said otherwise before.
update event_versions set known_from = '2024-11-20T00:00:00+00:00' where event_id = '135591e32d45';
update event_versions set number = 2, known_from = '2024-11-20T00:00:00+00:00' where event_id = 'ee58ca391e29';
insert into event_versions
    select event_id, 1, stage_code, regency_code, edition, '2024-11-11', '2024-11-11', status, venue, mode,
        '2024-11-04T00:00:00+00:00', known_from
    from event_versions
    where event_id = 'ee58ca391e29';
"""
