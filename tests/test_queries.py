"""Every query of the site answers its question, with its example and with nothing, and reads no big table whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from build import PARSER, Step, Story, build_extraction, build_page, build_story_article, fill_example_db
from datasette.utils import escape_fts
from sqlite_utils import Database

from crawler.items import article_id
from db.connect import open_db, open_read_only
from db.extractions import save_extraction
from db.reviewing.corrections import decide
from db.store import save_article, save_page
from publish.bake import bake
from publish.site.metadata import QUERIES

ASKED = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))["queries"]

SIGNING = Story(
    source="portal_paser",
    path="/berita/nota-kesepahaman",
    title="Paser Teken Nota Kesepahaman Kota Cerdas",
    published="2021-05-20T16:00:00+08:00",
    paragraphs=(("Kabupaten Paser menandatangani nota kesepahaman kota cerdas, Kamis (20/5/2021).",),),
    regencies=(("64.01", "Kabupaten Paser", "subject"),),
    dates=(("Kamis (20/5/2021)", "2021-05-20"),),
    steps=(Step("mou", "menandatangani nota kesepahaman", "64.01", "2021-05-20"),),
)
LATE = Story(
    source="suara_mentaya",
    path="/kotim/evaluasi-2024-digelar-april",
    title="Kotim Jalani Evaluasi Kota Cerdas 2024 pada April 2025",
    published="2025-04-25T09:00:00+07:00",
    paragraphs=(
        (
            "Kabupaten Kotawaringin Timur menjalani evaluasi tahap II kota cerdas 2024 di Aula Bappeda, "
            "Kamis (24/4/2025).",
            "Pemerintah daerah menyiapkan Rp 2,5 miliar untuk jaringan serat optik di empat belas kecamatan.",
        ),
        ("Tim penilai meminta bukti dukung diperbarui sebelum akhir bulan dan jadwal kunjungan lapangan disepakati.",),
    ),
    regencies=(("62.02", "Kabupaten Kotawaringin Timur", "subject"),),
    dates=(("Kamis (24/4/2025)", "2025-04-24"),),
    steps=(
        Step(
            "evaluasi-2", "menjalani evaluasi tahap II", "62.02", "2025-04-24",
            venue="Aula Bappeda", mode="luring", edition=2024,
        ),
    ),
    figures=(("budget", 2_500_000_000, "rupiah", "Rp 2,5 miliar", "Pemerintah daerah menyiapkan"),),
    pillars=("economy",),
)  # fmt: skip
COPY = replace(LATE, source="lensa_teluk", path="/kotim/salinan")
OTHERWISE = Story(
    source="warta_selatan",
    path="/2025/04/26/kotim-evaluasi-daring",
    title="Evaluasi Kota Cerdas Kotim Lewat Konferensi Video",
    published="2025-04-26T10:00:00+07:00",
    paragraphs=(("Evaluasi tahap II Kabupaten Kotawaringin Timur berlangsung daring, Kamis (24/4/2025).",),),
    regencies=(("62.02", "Kabupaten Kotawaringin Timur", "subject"),),
    dates=(("Kamis (24/4/2025)", "2025-04-24"),),
    steps=(Step("evaluasi-2", "Evaluasi tahap II", "62.02", "2025-04-24", mode="daring"),),
)

# Where the example of a parameter is a value that only the data know.
KNOWN = {
    "(event_id)": "select event_id from event_conflicts limit 1",
    "(article_id)": "select article_id from story_articles where role = 'copy' limit 1",
    "(speaker_name)": "select speaker_name from speakers order by quotes desc, speaker_name limit 1",
    "(url)": "select url from urls where fate = 'gone' limit 1",
}
BIG = (
    "articles", "evidence", "mentions", "article_regencies", "officials", "story_articles", "stories", "events",
    "stage_reports", "quotes", "people", "person_names", "office_terms", "figures", "speakers", "urls",
    "review", "event_versions", "event_conflicts",
)  # fmt: skip


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pertanyaan")
    fill_example_db(folder / "pantau.db")
    with closing(open_db(folder / "pantau.db")) as db:
        for story in (SIGNING, LATE, COPY, OTHERWISE):
            article = build_story_article(story)
            assert article.published_at is not None
            fetched_at = article.published_at + timedelta(hours=2)
            page = build_page(article.url, story.source, fetched_at, article.text.encode())
            save_article(db, save_page(db, page), article, PARSER)
            save_extraction(db, build_extraction(story), article)
        corrected = article_id(build_story_article(LATE).canonical_url)
        decide(db, corrected, "date", "correct", "Rina Astuti", "jam terbit di halaman", {"published_at": "2025-04-25"})
    bake(folder / "pantau.db", folder / "public.db")
    return folder / "public.db"


@pytest.fixture
def db(public: Path) -> Iterator[Database]:
    db = open_read_only(public)
    db.register_function(escape_fts, name="escape_fts")
    yield db
    db.close()


def examples(db: Database, name: str) -> dict[str, str]:
    told = {parameter: str(said["example"]) for parameter, said in ASKED[name].get("params", {}).items()}
    return {
        parameter: db.execute(KNOWN[example]).fetchone()[0] if example in KNOWN else example
        for parameter, example in told.items()
    }


def ask(db: Database, name: str, **parameters: str) -> list[dict[str, Any]]:
    """The answer, with the parameters that are not given empty as on the site."""
    return list(db.query(ASKED[name]["sql"], dict.fromkeys(ASKED[name].get("params", {}), "") | parameters))


@pytest.mark.parametrize("name", ASKED)
def test_a_query_answers_with_its_example_and_with_nothing(db: Database, name: str) -> None:
    assert ask(db, name, **examples(db, name))
    assert ask(db, name)


@pytest.mark.parametrize("name", ASKED)
def test_a_query_says_in_both_languages_what_it_answers_and_what_it_takes(name: str) -> None:
    asked = ASKED[name]
    assert set(asked) <= {"title", "group", "description", "params", "sql"}
    for words in (asked["title"], asked["description"], *(said["what"] for said in asked.get("params", {}).values())):
        indonesian, _, english = words.partition(" / ")
        assert indonesian
        assert english
    assert set(re.findall(r"(?<![:\w]):([a-z]+)", asked["sql"])) == set(asked.get("params", {}))


@pytest.mark.parametrize("name", ASKED)
def test_a_row_that_tells_a_fact_can_be_cited(db: Database, name: str) -> None:
    columns = set(ask(db, name)[0])
    if "evidence" in columns:
        assert columns >= {"evidence_number"}
        assert columns & {"evidence_article_id", "article_id"}
    if "event_id" in columns and name != "diketahui_pada_hari":
        assert "evidence" in columns


@pytest.mark.parametrize("name", ASKED)
def test_a_query_reads_no_big_table_whole(db: Database, name: str) -> None:
    """A plan says SCAN of a table, and SEARCH or USING INDEX where an index leads to the rows that are wanted."""
    parameters = dict.fromkeys(ASKED[name].get("params", {}), "") | examples(db, name)
    plan = [row["detail"] for row in db.query(f"explain query plan {ASKED[name]['sql']}", parameters)]
    whole = [line for line in plan if (found := re.match(r"SCAN (\w+)$", line)) and found[1] in BIG]
    assert whole == [], "\n".join(plan)


def test_days_from_the_memorandum_to_the_evaluation(db: Database) -> None:
    (row,) = ask(db, "mou_ke_evaluasi", provinsi="Kalimantan Timur")
    assert (row["daerah"], row["mou_date"], row["evaluation_date"]) == ("Kabupaten Paser", "2021-05-20", "2023-11-08")
    assert row["hari"] == 902
    assert ask(db, "mou_ke_evaluasi", provinsi="Papua") == []


def test_an_edition_held_in_another_year(db: Database) -> None:
    (row,) = ask(db, "edisi_dan_pelaksanaan", tahun="2024")
    assert (row["edition"], row["start_date"], row["regency_name"]) == (
        2024, "2025-04-24", "Kabupaten Kotawaringin Timur"
    )  # fmt: skip
    assert "2024" in row["evidence"]
    assert ask(db, "edisi_dan_pelaksanaan", tahun="2023") == []


def test_a_contradiction_shows_both_sides_with_their_sentences(db: Database) -> None:
    told = [row for row in ask(db, "laporan_berbeda", kode="62.02") if row["field"] == "mode"]
    assert {row["value"] for row in told} == {"daring", "luring"}
    assert sum(row["is_best"] for row in told) == 1
    assert all("valuasi tahap II" in row["evidence"] for row in told)


def test_the_reports_of_an_event_are_found_by_its_former_id_too(public: Path, tmp_path: Path) -> None:
    copy = tmp_path / "public.db"
    copy.write_bytes(public.read_bytes())
    with closing(Database(copy)) as db:
        ((event,),) = db.execute("select id from events where regency_code = '62.02' and start_date = '2025-04-24'")
        db.execute("insert into merged_events (id, event_id) values ('0123456789ab', ?)", [event])
        reports = ask(db, "bukti_peristiwa", peristiwa=event)
        assert [row["published_date"] for row in reports] == ["2025-04-25", "2025-04-25", "2025-04-26"]
        assert {row["outlet_name"] for row in reports} == {"Suara Mentaya", "Lensa Teluk", "Warta Selatan"}
        assert ask(db, "bukti_peristiwa", peristiwa="0123456789ab") == reports
        assert ask(db, "bukti_peristiwa", peristiwa="ffffffffffff") == []


def test_silence_is_told_with_what_may_be_its_cause(db: Database) -> None:
    rows = ask(db, "daerah_diam", sejak="2024-01-01")
    assert all(row["berita_terakhir"] is None or row["berita_terakhir"] < "2024-01-01" for row in rows)
    assert "62.02" not in {row["code"] for row in rows}
    causes = {row["code"]: row["sebab"] for row in rows}
    assert causes["64.01"] == "2 sumbernya terbaca dan tidak memberitakan", (
        "its own portal and an outlet of its province"
    )
    assert "tidak ada sumber yang khusus meliputnya" in causes.values()


def test_the_copies_of_a_text_are_counted(db: Database) -> None:
    (text,) = ask(db, "naskah_tersalin", minimal="2")
    assert (text["articles"], text["outlets"]) == (2, 2)
    copies = ask(db, "salinan_naskah", artikel=examples(db, "salinan_naskah")["artikel"])
    assert sorted(row["role"] for row in copies) == ["copy", "first"]
    assert {row["verbatim_share"] for row in copies} == {None, 1.0}


def test_a_budget_is_told_with_its_sentence(db: Database) -> None:
    rows = ask(db, "angka_daerah", kode="62.02", jenis="budget")
    assert {(row["value"], row["unit"]) for row in rows} == {(2_500_000_000, "rupiah")}
    assert all(row["tertulis"] in row["evidence"] for row in rows)


def test_the_nearest_regencies_of_palu_are_its_neighbours(db: Database) -> None:
    near = [row["name"] for row in ask(db, "tetangga", kode="72.71")]
    assert set(near[:3]) <= {"Kabupaten Sigi", "Kabupaten Donggala", "Kabupaten Pasangkayu", "Kabupaten Parigi Moutong"}


def test_a_correction_says_who_decided_what_and_why(db: Database) -> None:
    (row,) = ask(db, "koreksi", keadaan="applied")
    assert (row["decided_by"], row["decision"], row["reason"]) == ("R.A.", "correct", "jam terbit di halaman")
    assert "2025-04-25" in row["corrected"]


def test_who_speaks_is_grouped_by_office(db: Database) -> None:
    rows = ask(db, "suara_daerah", kode="64.01")
    assert [(row["kelompok_jabatan"], row["speaker_name"]) for row in rows] == [("kepala daerah", "Syamsul Rahmadani")]
    assert "Syamsul" in rows[0]["evidence"]


def test_the_site_offers_every_query_with_its_parameters() -> None:
    shown = yaml.safe_load((QUERIES.parent / "metadata.yml").read_text(encoding="utf-8"))
    queries = shown["databases"]["public"]["queries"]
    assert list(queries) == list(ASKED)
    assert len(queries) >= 15
    assert queries["tahapan_daerah"]["asked"]["kode"]["what"].startswith("kode Kemendagri daerah / ")
    assert json.dumps(queries["peristiwa_antara"]["params"]) == '["dari", "sampai"]'
