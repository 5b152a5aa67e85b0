"""Copies of one text are one story, whatever the order in which they come; other events in its words are not."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import permutations
from unittest.mock import patch

import pytest
from build import PARSER, build_article, build_page, build_source
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from story_texts import Text, fill_stories_db, load_texts, score_pairs

from crawler.items import article_id
from db.connect import open_db, transaction
from db.extractions import save_extraction
from db.reference import load_reference
from db.resolve import resolve
from db.resolving._bodies import is_same_text, read_body, says_release
from db.store import save_article, save_page, save_sources
from nlp.extraction import Extraction, Regency

TABLES = ("story_bodies", "story_bands", "story_links", "story_articles")


@pytest.fixture(scope="module", params=["tuned", "held"])
def labelled(request, tmp_path_factory) -> tuple[Database, dict[str, Text]]:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.mktemp("stories") / "pantau.db"
    texts = fill_stories_db(path, load_texts(request.param))
    db = open_db(path)
    resolve(db)
    return db, texts


def read_stories(db: Database) -> dict[str, str]:
    return dict(db.execute("select article_id, story_id from story_articles").fetchall())


def test_the_labelled_texts_are_grouped_as_people_would(labelled) -> None:
    db, texts = labelled
    precision, recall, f1 = score_pairs({id: text.story for id, text in texts.items()}, read_stories(db))
    assert f1 >= 0.95, f"precision {precision:.3f}, recall {recall:.3f}"
    assert precision >= 0.98, "saying that an outlet copied what it wrote is worse than missing a copy"


def test_the_first_of_a_story_is_never_later_than_its_copies(labelled) -> None:
    db, texts = labelled
    for id, first in read_stories(db).items():
        assert texts[first].published_at <= texts[id].published_at


@pytest.mark.parametrize(
    ("kind", "role"),
    [("copy", "copy"), ("edited", "edited"), ("edited", "copy"), ("first", "first"), ("independent", "first")],
)
def test_what_an_article_is_to_its_story(labelled, kind, role) -> None:
    db, texts = labelled
    roles = dict(db.execute("select article_id, role from story_articles").fetchall())
    assert role in {roles[id] for id, text in texts.items() if text.kind == kind}


def test_quotations_alone_make_no_copy() -> None:
    """Two reporters heard the same statement, which is most of what they write."""
    said = (
        "“Kami tidak membeli aplikasi baru tahun ini, yang lama saja belum semua dipakai warga. Anggarannya "
        "kami pindahkan untuk melatih petugas loket di dua belas kecamatan, sebab di sanalah warga pertama kali "
        "bertanya. Setelah itu barulah kami hitung apakah masih ada yang perlu dibeli,” kata Marwan."
    )
    one, other = (
        f"Halaman dinas itu masih lengang ketika para tamu tiba membawa payung dan map cokelat. {said} Ia lalu pamit.",
        f"Penghematan menjadi pokok jumpa pers singkat pada sore yang sama di lantai dua gedung utama. {said} Sekian.",
    )
    assert not is_same_text(read_body(one), read_body(other))
    unmarked = [read_body(text.replace("“", "").replace("”", "")) for text in (one, other)]
    assert is_same_text(*unmarked)


@pytest.mark.parametrize(
    ("text", "is_release"),
    [
        ("SIARAN PERS. Kementerian memperbarui panduan.", True),
        ("Evaluasi berjalan lancar.\n\nSumber: Diskominfo Kota Solok", True),
        ("Evaluasi berjalan lancar. (Adv/Kominfo)", True),
        ("Bupati membantah isi siaran itu kepada pers. (Humas menolak berkomentar.) Rapat ditutup sore.", False),
    ],
)
def test_a_text_says_that_it_is_a_release(text, is_release) -> None:
    assert says_release(text) is is_release


# A world of few words, in which the order of arrival is all that differs

SENTENCES = [
    f"Pada {place} petugas {work} mencatat {thing} warga sebanyak mungkin sebelum rapat {meeting} dimulai oleh panitia."
    for place, work, thing, meeting in zip(
        ("balai desa", "kantor camat", "pasar lama", "dermaga utara", "puskesmas", "sekolah dasar", "terminal", "aula"),
        ("statistik", "kebersihan", "retribusi", "pelabuhan", "kesehatan", "pendidikan", "angkutan", "persandian"),
        ("keluhan", "laporan", "tunggakan", "permintaan", "kunjungan", "usulan", "pengaduan", "sandi"),
        ("paripurna", "koordinasi", "anggaran", "evaluasi", "teknis", "pleno", "kerja", "tertutup"),
        strict=True,
    )
]


@dataclass(frozen=True)
class Draft:
    """An article to be: its outlet, the hour it came out, its sentences, its regency; whether it counts."""

    source: str
    hour: int
    sentences: tuple[int, ...]
    regency: str | None
    is_relevant: bool | None


drafts = st.builds(
    Draft,
    source=st.sampled_from(["portal_paser", "kabar_lumbung"]),
    hour=st.sampled_from([0, 1, 2, 3, 4, 24 * 20, 24 * 40]),
    sentences=st.sampled_from([(0, 1, 2, 3), (0, 1, 2, 3), (1, 0, 2, 3, 4), (2, 3, 4, 5), (4, 5, 6, 7), (7,)]),
    regency=st.sampled_from([None, None, "64.01", "51.02"]),
    is_relevant=st.sampled_from([True, True, None, False]),
)


@cache
def empty_db() -> bytes:
    db = open_db(":memory:")
    load_reference(db)
    save_sources(
        db,
        [
            build_source("portal_paser", "Portal Paser", "https://portal-paser.example", "government"),
            build_source("kabar_lumbung", "Kabar Lumbung", "https://kabarlumbung.example", "media"),
        ],
    )
    return db.conn.serialize()


def copy_db(content: bytes) -> Database:
    db = Database(sqlite3.connect(":memory:"))
    db.conn.deserialize(content)
    db.execute("pragma foreign_keys = on")
    return db


def save(db: Database, number: int, draft: Draft) -> str:
    """Put an article and what was read of it into the database, in place of what it was."""
    text = " ".join(SENTENCES[sentence] for sentence in draft.sentences)
    at = datetime.fromisoformat("2023-06-13T08:00:00+08:00") + timedelta(hours=draft.hour)
    article = build_article(f"https://berita.example/{number}", draft.source, text, published_at=at)
    id = article_id(article.canonical_url)
    regencies = (Regency(draft.regency, "subject", 0.9),) if draft.regency else ()
    with transaction(db):
        page = build_page(article.url, draft.source, at + timedelta(hours=1), text.encode())
        save_article(db, save_page(db, page), article, PARSER)
        extraction = Extraction(
            id, "model", 0.9, draft.is_relevant, (), regencies, (), (), (), (), (), ((0, len(text)),)
        )
        save_extraction(db, extraction, article)
    return id


def read_tables(db: Database) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(db.execute(f"select * from {table}").fetchall(), key=str) for table in TABLES}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
@pytest.mark.parametrize("neighbours", [1, 6])
def test_stories_do_not_depend_on_the_order_of_arrival(neighbours, data) -> None:
    """Articles come in any order and in batches of any size, are edited, and go; what is left is told as if at once."""
    with patch("db.resolving.stories.NEIGHBOURS", neighbours):
        compare_with_at_once(data)


def compare_with_at_once(data) -> None:  # type: ignore[no-untyped-def]
    numbers = st.integers(0, 7)
    steps = data.draw(
        st.lists(st.tuples(numbers, st.one_of(drafts, drafts, drafts, st.none())), min_size=4, max_size=16)
    )
    stops = data.draw(st.lists(st.booleans(), min_size=len(steps), max_size=len(steps)))
    db = copy_db(empty_db())
    last: dict[int, Draft] = {}
    for (number, draft), stop in zip(steps, stops, strict=True):
        if draft is None:
            db.execute("delete from extractions where article_id = ?", [article_id(f"https://berita.example/{number}")])
            last.pop(number, None)
        else:
            # A page keeps the outlet at whose address it is.
            last[number] = replace(draft, source=last[number].source) if number in last else draft
            save(db, number, last[number])
        if stop:
            resolve(db)
    resolve(db)
    assert_told_as_at_once(db)


def assert_told_as_at_once(db: Database) -> None:
    at_once = copy_db(db.conn.serialize())
    for table in TABLES:
        at_once.execute(f"delete from {table}")
    at_once.execute("insert into unresolved select article_id from extractions where true on conflict do nothing")
    resolve(at_once)
    assert read_tables(db) == read_tables(at_once)


@pytest.mark.parametrize("neighbours", [1, 2])
def test_an_article_comes_or_goes_between_two_that_were_neighbours(neighbours) -> None:
    """More copies than are compared with each other, in several orders of arrival, then without one of them."""
    with patch("db.resolving.stories.NEIGHBOURS", neighbours):
        for order in list(permutations(range(4)))[::4]:
            db = copy_db(empty_db())
            ids = []
            for number in order:
                ids.append(save(db, number, Draft("kabar_lumbung", number, (0, 1, 2, 3), None, True)))
                resolve(db)
            assert_told_as_at_once(db)
            db.execute("delete from extractions where article_id = ?", [ids[1]])
            resolve(db)
            assert_told_as_at_once(db)
            assert len(set(read_stories(db).values())) == 1
