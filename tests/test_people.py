from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from build import SOURCES, Person, Story, build_example_db, build_extraction, build_page, build_story_article
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from crawler.items import article_id
from db.connect import open_db, open_read_only
from db.extractions import save_extraction
from db.reference import load_reference, read_rows
from db.resolve import resolve
from db.resolving._names import fold_name, is_short_for, likeness
from db.resolving._offices import read_agency, read_office
from db.resolving.people import decide_people, read_standing, undo_decision
from db.store import save_article, save_page, save_sources
from publish.bake import bake

FETCHED = datetime(2026, 1, 1, tzinfo=UTC)
BASEL, PASER, PALU, SOLOK, SOLOK_CITY = "19.03", "64.01", "72.71", "13.02", "13.72"


# Names


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("H. Ramadhansyah, S.E., M.Si.", "ramadhansyah"),
        ("Hj. SITI  Rochmah", "siti rochmah"),
        ("Dr. Ir. H. Ma’ruf Al-Amin", "maruf al amin"),
        ("I Gusti Ngurah Jaya", "i gusti ngurah jaya"),
        ("José Nahak", "jose nahak"),
        # An honorific alone is a name: nothing else would be left of it.
        ("Haji", "haji"),
    ],
)
def test_a_name_is_folded_to_its_bare_words(written: str, folded: str) -> None:
    assert fold_name(written) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ramadhansyah", "Ramadansyah"),
        ("Muhammad Yusuf Aziz", "Moh. Yusuf Aziz"),
        ("Mochamad Chairul Anwar", "M. Khairul Anwar"),
        ("Achmad Fauzi", "Ahmad Fauzi"),
        ("Akhmad Bachtiar", "Ahmad Bahtiar"),
        ("Soerjadi Poerwanto", "Suryadi Purwanto"),
        ("Tjahjo Widjaja", "Cahyo Wijaya"),
        ("Djoko Soesilo", "Joko Susilo"),
        ("Yusran Effendi", "Yusran Efendy"),
        ("Syahrul Riyanto", "Sahrul Rianto"),
        ("Nur Hayati", "Nurhayati"),
        ("I Made Sudarma", "Made Sudarma"),
        ("I Md Sudarma", "I Made Sudarma"),
        ("Ign Suteja Wirawan", "I Gusti Ngurah Suteja Wirawan"),
        ("Ma'ruf Fitriyah", "Maruf Fitriah"),
        ("A. Baso Mappiara", "Andi Baso Mappiara"),
    ],
)
def test_spellings_of_one_name_sound_the_same(one: str, other: str) -> None:
    assert likeness(fold_name(one), fold_name(other)) == "spelling"
    assert likeness(fold_name(other), fold_name(one)) == "spelling"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Budi Santoso", "Budi Santosa"),
        ("Semuel Abraham Lasut", "Samuel Abraham Lasut"),
        ("Jusuf Mappasessu", "Yusuf Mappasessu"),
        ("Dewi Kusumawardhani", "Dewi Kusumawardani"),
        ("Rina Marliana", "Rina Maliana"),
    ],
)
def test_a_slip_in_one_word_leaves_the_name_alike(one: str, other: str) -> None:
    assert likeness(fold_name(one), fold_name(other)) in ("slip", "spelling")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Husband and wife, brother and sister: what opens the name tells them apart.
        ("I Made Sudarma", "Ni Made Sudarma"),
        ("I Made Sudarma", "I Ketut Sudarma"),
        ("Andi Harun", "Andi Haris"),
        ("Budi Santoso", "Rudi Santoso"),
        ("Siti Aminah", "Siti Rohmah"),
        ("Ahmad Fauzi", "Ahmad Fauzan"),
        # One word each: a slip would make too many one.
        ("Suryadi", "Suryati"),
        ("Yono", "Jono"),
        ("M. Nasir", "Muhibbuddin"),
        ("A. Nasir", "B. Nasir"),
        ("Alex Nurdin", "Dodi Reza Alex Nurdin"),
    ],
)
def test_names_of_two_persons_are_not_alike(one: str, other: str) -> None:
    assert likeness(fold_name(one), fold_name(other)) is None


@pytest.mark.parametrize(
    ("short", "name", "is_short"),
    [
        ("Marwan", "Marwan Tanjung", True),
        ("Yusuf", "Muhammad Yusuf Aziz", True),
        ("Suteja", "I Suteja Wirawan", True),
        ("Ahmad Yani", "Achmad Yani Basuki", True),
        # The son bears the father's name behind his own.
        ("Alex Noerdin", "Dodi Reza Alex Noerdin", False),
        ("Gafur", "Abdul Gafur Masud", False),
        ("Tanjung", "Marwan Tanjung", False),
        ("Marwan Tanjung", "Marwan Tanjung", False),
        ("Muhammad", "Muhammad Yusuf", False),
        ("I Made", "Ni Made Ratna", False),
    ],
)
def test_a_name_is_cut_short_from_behind(short: str, name: str, is_short: bool) -> None:
    assert is_short_for(fold_name(short), fold_name(name)) is is_short


# Offices


@pytest.mark.parametrize(
    "written",
    [
        [("Sekretaris Daerah", None), ("Sekda", "Pemerintah Kabupaten Paser"), ("Sekdakab", None), ("Sekkab", None),
         ("Sekretaris Daerah Kabupaten Paser", None), ("Pj. Sekda", None), ("Sekab", None)],
        [("Kepala Dinas Komunikasi dan Informatika", "Dinas Komunikasi dan Informatika"), ("Kadis Kominfo", None),
         ("Kepala Diskominfo", "Diskominfo"), ("Kadiskominfo", "Diskominfo"), ("Kadiskominfotik", None),
         ("Kepala Dinas Komunikasi, Informatika, Statistik dan Persandian", None), ("Kepala DKISP", "DKISP"),
         ("Plt. Kepala Dinas Kominfo-SP", None), ("Kepala Dinas", "Diskominfosantik"), ("Ka. Diskominfo", None),
         ("Kepala Diskominfoarpus", None), ("Kadis Kominfosantik", None)],
        [("Kepala Bappeda", "Bappeda"), ("Kepala Bapperida", None), ("Kepala Bappelitbangda", None),
         ("Kepala Badan Perencanaan Pembangunan Daerah", None), ("Kabappeda", None), ("Kepala Badan", "Bapelitbang"),
         ("Kaban", "Bappeda Litbang")],
        [("Bupati", "Pemerintah Kabupaten Paser"), ("bupati", None), ("Bupati terpilih", None), ("Pj Bupati", None)],
        [("Wakil Bupati", None), ("Wabup", None), ("Plt Wabup", None)],
        [("Wali Kota", None), ("Walikota", None), ("Wako", None), ("Pj Wali Kota", "Pemerintah Kota Palu")],
        [("Wakil Wali Kota", None), ("Wawako", None), ("Wawali", None), ("Wakil Walikota", None)],
        [("Asisten I", None), ("Asisten Pemerintahan dan Kesra", None), ("Asda I", None), ("Asisten I Setda", None),
         ("Asisten Bidang Pemerintahan dan Kesejahteraan Rakyat", None), ("Asisten 1", None)],
        [("Asisten II", None), ("Asisten Perekonomian dan Pembangunan", None), ("Asisten Ekbang", None),
         ("Asisten Ekonomi dan Pembangunan Setda", None)],
        [("Asisten III", None), ("Asisten Administrasi Umum", None), ("Asisten Sekda Bidang Administrasi Umum", None)],
        [("Kabid Aptika", "Diskominfo"), ("Kepala Bidang Aplikasi Informatika", "Dinas Kominfo"),
         ("Kepala Bidang Aplikasi Informatika Diskominfo", None), ("Kabid Aptika Dinas Kominfo", None)],
        [("Camat Toboali", None), ("Camat", "Kecamatan Toboali"), ("Camat Toboali", "Kecamatan Toboali")],
        [("Kepala Desa Tulamben", None), ("Perbekel", "Desa Tulamben"), ("Kades Tulamben", "Desa Tulamben")],
        [("Ketua DPRD", "DPRD Paser"), ("Ketua DPRD Kabupaten Paser", None), ("Ketua DPRK", None)],
        [("Kepala Dinas Kesehatan", None), ("Kadinkes", None), ("Kadis Kesehatan", "Dinas Kesehatan")],
        [("Sekretaris Diskominfo", None), ("Sekdis Kominfo", None), ("Sekretaris Dinas Kominfo", "Dinas Kominfo")],
        [("Inspektur", "Inspektorat"), ("Kepala Inspektorat", None), ("Inspektur Daerah", None)],
        [("Sekretaris DPRD", None), ("Sekwan", None)],
        [("Kepala Pelaksana BPBD", None), ("Kalak BPBD", "BPBD"), ("Kepala BPBD", None)],
    ],
    ids=lambda written: written[0][0],
)  # fmt: skip
def test_one_office_of_a_regency_has_one_key_and_one_holder(written: Sequence[tuple[str, str | None]]) -> None:
    offices = {read_office(position, organization, PASER) for position, organization in written}
    assert len(offices) == 1
    assert all(office and office.is_single for office in offices)


@pytest.mark.parametrize(
    "written",
    [
        [("Direktur Jenderal Aplikasi Informatika", "Kementerian Kominfo"), ("Dirjen Aptika", "Kemenkominfo"),
         ("Dirjen Aplikasi Informatika", None)],
        [("Menteri Komunikasi dan Informatika", "Kementerian Komunikasi dan Informatika"), ("Menkominfo", None),
         ("Menteri Kominfo", None), ("Menkomdigi", None), ("Menteri Komunikasi dan Digital RI", None)],
        [("Direktur Layanan Aplikasi Informatika Pemerintahan", "Kementerian Kominfo"), ("Direktur LAIP", None),
         ("Direktur e-Government", "Kemkominfo")],
    ],
    ids=lambda written: written[0][0],
)  # fmt: skip
def test_one_office_of_a_ministry_has_one_key_and_one_holder(written: Sequence[tuple[str, str | None]]) -> None:
    offices = {read_office(position, organization, None) for position, organization in written}
    assert len(offices) == 1
    assert all(office and office.is_single for office in offices)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Bupati", None), ("Wakil Bupati", None)),
        (("Kepala Diskominfo", None), ("Sekretaris Diskominfo", None)),
        (("Kepala Diskominfo", None), ("Kepala Dishub", None)),
        (("Kabid Aptika", "Diskominfo"), ("Kabid Statistik", "Diskominfo")),
        (("Kabid Statistik", "Diskominfo"), ("Kabid Statistik", "Bappeda")),
        (("Asisten I", None), ("Asisten II", None)),
        (("Camat Toboali", None), ("Camat Lepar Pongok", None)),
        (("Kepala Desa Toboali", None), ("Camat Toboali", None)),
        (("Ketua DPRD", None), ("Ketua Dewan Adat", None)),
        (("Ketua Komisi I DPRD", None), ("Ketua Komisi II DPRD", None)),
        (("Sekretaris Daerah", None), ("Sekretaris DPRD", None)),
        (("Sekretaris Daerah", None), ("Asisten Sekda", None)),
        (("Inspektur", None), ("Inspektur Pembantu Wilayah I", None)),
        (("Kepala BPBD", None), ("Kepala Bappeda", None)),
    ],
)
def test_two_offices_have_two_keys(one: tuple[str, str | None], other: tuple[str, str | None]) -> None:
    assert read_office(*one, PASER).key != read_office(*other, PASER).key  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("position", "organization", "regency"),
    [
        ("asesor", "Universitas Indonesia", None),
        ("Tenaga Ahli", "Kementerian Kominfo", None),
        ("Narasumber", None, None),
        ("Anggota DPRD", "DPRD", PASER),
        ("Anggota Komisi II", "DPRD", PASER),
        ("Wakil Ketua II DPRD", "DPRD", PASER),
        ("Staf Ahli Bupati Bidang Ekonomi", None, PASER),
        ("Asisten", None, PASER),
        ("Camat", None, PASER),
        ("Kepala Bidang", "Diskominfo", PASER),
        ("Pranata Komputer Ahli Muda", "Diskominfo", PASER),
        ("Wakil Menteri Komunikasi dan Digital", "Kementerian Komunikasi dan Digital", None),
        # A province's office, and which province is not known.
        ("Gubernur", None, None),
        ("Sekretaris Daerah", "Pemerintah Provinsi", None),
        ("Kepala Diskominfo", "Diskominfo", None),
        ("Direktur Pemasaran", "PT Cakra Griya", None),
    ],
)
def test_what_many_are_at_a_time_is_no_single_office(
    position: str, organization: str | None, regency: str | None
) -> None:
    office = read_office(position, organization, regency)
    assert office is not None
    assert not office.is_single


def test_an_office_that_nobody_knows_stays_as_written_and_none_is_none() -> None:
    office = read_office("Pawang  Hujan (senior)", None, PASER)
    assert office is not None
    assert (office.position, office.organization, office.place) == ("Pawang Hujan", None, PASER)
    assert read_office(None, "Diskominfo", PASER) is None
    assert read_office(" ", None, None) is None


@pytest.mark.parametrize(
    ("written", "is_local", "family"),
    [
        ("DPUPR Kota Palu", True, "Dinas Pekerjaan Umum dan Penataan Ruang"),
        ("PUPR", False, "Kementerian Pekerjaan Umum dan Perumahan Rakyat"),
        ("Kominfo", False, "Kementerian Komunikasi dan Informatika"),
        ("Dinas Pendidikan, Pemuda dan Olahraga", True, "Dinas Pendidikan"),
        # Two agencies share it.
        ("DKP", True, None),
        ("Dewan Kesenian", True, None),
        ("Karang Taruna", True, None),
        (None, True, None),
    ],
)
def test_an_agency_is_known_by_its_family(written: str | None, is_local: bool, family: str | None) -> None:
    assert read_agency(written, is_local) == family


# How a person stands to the office


@pytest.mark.parametrize(
    ("before", "named", "after", "acting", "standing"),
    [
        ("", "Plt. Kepala Diskominfo Marwan Tanjung", " hadir.", "Plt.", "Plt."),
        ("Hadir ", "Bupati Paser Hasan Basri", ".", None, "definitif"),
        ("Hadir pula mantan ", "Bupati Paser Hasan Basri", ".", None, "mantan"),
        ("Menurut eks-", "Sekda Paser, Hasan Basri", ",", None, "mantan"),
        ("Mantan ", "Plt. Kadis Kominfo Hasan Basri", ",", "Plt.", "mantan"),
        ("Almarhum ", "Bupati Hasan Basri", "", None, "mantan"),
        ("", "Sekda saat itu, Hasan Basri", ",", None, "mantan"),
        ("", "Bupati Paser periode 2016-2021 Hasan Basri", ",", None, "mantan"),
        ("", "Bupati Paser Hasan Basri", " periode 2016–2021 ", None, "mantan"),
        ("", "Bupati Paser periode 2021-2026 Hasan Basri", ",", None, "definitif"),
        ("", "Bupati Paser terpilih Hasan Basri", ",", None, "terpilih"),
        ("Calon ", "Bupati Paser Hasan Basri", ",", None, "calon"),
        # The words are of another sentence part, or of the programme.
        ("Mantan atlet dan ", "Bupati Paser Hasan Basri", ",", None, "definitif"),
        ("Bersama Wali Kota Palu terpilih, ", "Bupati Paser Hasan Basri", ",", None, "definitif"),
        ("", "Bupati Paser Hasan Basri", " pada program 2019-2021.", None, "definitif"),
        ("", "Ketua Pansus RPJMD 2016-2021 Hasan Basri", "", None, "definitif"),
        ("", "Bupati Paser (2016-2021) Hasan Basri", "", None, "mantan"),
    ],
)
def test_standing_is_read_from_the_words_around(
    before: str, named: str, after: str, acting: str | None, standing: str
) -> None:
    assert read_standing(before, named, after, acting, "2023-11-08") == standing


# Persons


@pytest.fixture(scope="module")
def reference() -> Database:
    db = open_db(":memory:")
    load_reference(db)
    save_sources(db, SOURCES)
    return db


@pytest.fixture
def db(reference: Database) -> Database:
    return copy(reference)


def copy(reference: Database) -> Database:
    db = Database(memory=True)
    reference.conn.backup(db.conn)
    db.execute("pragma foreign_keys = on")
    return db


def official(
    name: str, position: str, regency: str | None = None, organization: str | None = None, acting: str | None = None
) -> Person:
    return Person(name, f"{name}", position, organization or "", regency, acting=acting)  # type: ignore[arg-type]


def tell(db: Database, path: str, published: str | None, *people: Person, before: str = "") -> str:
    """Save an article that names people, each in a sentence of its own; its id."""
    story = Story(
        source="kabar_lumbung",
        path=f"/{path}",
        title=f"Kota cerdas {path}",
        published=f"{published}T08:00:00+07:00" if published else None,
        paragraphs=(tuple(f"{before}{person.written} hadir." for person in people) or ("Sepi.",),),
        people=people,
    )
    article = build_story_article(story)
    page = build_page(article.url, story.source, FETCHED, article.text.encode())
    save_article(db, save_page(db, page), article, "parser")
    save_extraction(db, build_extraction(story), article)
    return article_id(article.canonical_url)


def forget(db: Database, *articles: str) -> None:
    """The articles are to be read anew, and say nothing until then."""
    db.conn.executemany("delete from extractions where article_id = ?", [(article,) for article in articles])


def persons(db: Database) -> list[set[str]]:
    """The folded names, with their place, of each person who has more than one naming."""
    found: dict[str, set[str]] = {}
    for person, name, place in db.execute("select person_id, name, place from namings"):
        found.setdefault(person, set()).add(f"{name} {place}")
    return sorted(found.values(), key=sorted)


def evidence(db: Database) -> list[str]:
    return [kind for (kind,) in db.execute("select evidence from person_links order by evidence")]


def naming(db: Database, name: str, position: str | None = None) -> str:
    (found,) = db.execute(
        "select id from namings where name = ? and coalesce(?, position) = position", [name, position]
    ).fetchone()
    return str(found)


KADIS = "Kepala Dinas Komunikasi dan Informatika"


def test_two_spellings_in_one_office_are_one_person_with_the_articles_that_prove_it(db: Database) -> None:
    one = tell(db, "satu", "2023-06-12", official("Ramadhansyah", "Kadis Kominfo", BASEL))
    other = tell(db, "dua", "2023-11-03", official("Ramadansyah", "Plt. Kepala Diskominfo", BASEL))
    resolve(db)
    assert persons(db) == [{f"ramadhansyah {BASEL}", f"ramadansyah {BASEL}"}]
    (link,) = db.query("select evidence, article_a, article_b from person_links")
    assert link["evidence"] == "same-office"
    assert {link["article_a"], link["article_b"]} == {one, other}


@pytest.mark.parametrize(
    "other",
    [
        # Another office, another regency, seven years later: the sound alone proves nothing.
        (official("Ramadansyah", "Camat Toboali", BASEL), "2023-11-03"),
        (official("Ramadansyah", "Kadis Kominfo", PASER), "2023-11-03"),
        (official("Ramadansyah", "Kadis Kominfo", BASEL), "2016-01-03"),
        # Kota Solok and Kabupaten Solok are two.
        (official("Ramadhansyah", "Kadis Kominfo", SOLOK), "2023-06-12"),
    ],
)
def test_a_name_alike_without_evidence_stays_another_person(db: Database, other: tuple[Person, str]) -> None:
    tell(db, "satu", "2023-06-12", official("Ramadhansyah", "Kadis Kominfo", BASEL))
    tell(db, "dua", other[1], other[0])
    resolve(db)
    assert len(persons(db)) == 2


def test_without_dates_only_the_sound_in_one_office_is_evidence(db: Database) -> None:
    tell(db, "satu", None, official("Budi Santoso", "Sekda", PASER), official("Rama Dhansyah", "Bupati", PASER))
    tell(db, "dua", None, official("Budi Santosa", "Sekda", PASER), official("Ramadansyah", "Bupati", PASER))
    resolve(db)
    assert persons(db) == [
        {f"budi santosa {PASER}"},
        {f"budi santoso {PASER}"},
        {f"rama dhansyah {PASER}", f"ramadansyah {PASER}"},
    ]


def test_one_full_name_in_one_regency_is_one_person_in_all_offices(db: Database) -> None:
    tell(db, "satu", "2019-06-12", official("Dewi Arum Lestari", "Kabid Aptika", PASER, "Diskominfo"))
    tell(db, "dua", "2025-06-12", official("Dewi Arum Lestari", "Sekda", PASER))
    resolve(db)
    assert len(persons(db)) == 1
    assert evidence(db) == ["same-place"]


def test_one_word_is_no_evidence_across_offices(db: Database) -> None:
    tell(db, "satu", "2023-06-12", official("Sutrisno", "Camat Tanah Grogot", PASER))
    tell(db, "dua", "2023-06-13", official("Sutrisno", "Sekda", PASER), official("Sutrisno", "asesor", None, "ITB"))
    resolve(db)
    assert len(persons(db)) == 3


def test_a_name_that_one_article_tells_apart_proves_nothing_in_that_place(db: Database) -> None:
    tell(db, "satu", "2023-06-12", official("Ahmad Fauzi", "Camat Tanah Grogot", PASER))
    tell(db, "dua", "2023-06-13", official("Ahmad Fauzi", "Sekda", PASER))
    resolve(db)
    assert len(persons(db)) == 1
    both = tell(
        db,
        "tiga",
        "2023-07-01",
        official("Ahmad Fauzi", "Camat Tanah Grogot", PASER),
        official("Ahmad Fauzi", "Sekda", PASER),
    )
    resolve(db)
    assert len(persons(db)) == 2
    forget(db, both)
    resolve(db)
    assert len(persons(db)) == 1


def test_the_same_name_in_two_regencies_is_two_persons_and_a_name_without_one_is_neither(db: Database) -> None:
    tell(db, "satu", "2023-06-12", official("Ahmad Fauzi", "Sekda", PASER))
    tell(db, "dua", "2023-06-20", official("Ahmad Fauzi", "asesor", None, "Universitas Indonesia"))
    resolve(db)
    assert len(persons(db)) == 1
    assert evidence(db) == ["same-name"]
    elsewhere = tell(db, "tiga", "2023-06-13", official("Ahmad Fauzi", "Sekda", PALU))
    resolve(db)
    assert len(persons(db)) == 3
    forget(db, elsewhere)
    resolve(db)
    assert len(persons(db)) == 1


def test_experts_of_one_name_are_one_while_they_are_seen_within_a_year(db: Database) -> None:
    tell(db, "satu", "2023-06-12", official("Yulius Hardjono", "asesor", None, "ITB"))
    tell(db, "dua", "2024-02-12", official("Yulius Hardjono", "Tenaga Ahli", None, "Kemkominfo"))
    tell(db, "tiga", "2027-02-12", official("Yulius Hardjono", "Rektor", None, "Universitas Papua"))
    resolve(db)
    assert sorted(len(names) for names in persons(db)) == [1, 2]


def test_evidence_never_joins_two_regencies_over_a_third_naming(db: Database) -> None:
    """Two spellings of a director general, each of which is also a regent's name."""
    tell(db, "satu", "2023-06-12", official("Semuel Lasut", "Dirjen Aptika", None, "Kemkominfo"))
    tell(db, "dua", "2023-06-12", official("Samuel Lasut", "Dirjen Aptika", None, "Kemkominfo"))
    tell(db, "tiga", "2023-06-12", official("Semuel Lasut", "Bupati", PASER))
    tell(db, "empat", "2023-06-12", official("Samuel Lasut", "Bupati", BASEL))
    resolve(db)
    assert len(persons(db)) == 3


def test_a_short_name_is_that_of_the_one_holder_of_the_office(db: Database) -> None:
    tell(db, "satu", "2023-11-04", official("Marwan Tanjung", "Kadis Kominfo", BASEL))
    tell(db, "dua", "2023-11-08", official("Marwan", "Kepala Diskominfo", BASEL))
    tell(db, "tiga", "2023-11-08", official("Marwan", "Kadishub", BASEL))
    resolve(db)
    assert persons(db) == [{f"marwan {BASEL}"}, {f"marwan {BASEL}", f"marwan tanjung {BASEL}"}]
    # Another who could be meant: then it is neither.
    tell(db, "empat", "2023-12-08", official("Marwan Hakim", "Plt. Kadis Kominfo", BASEL))
    resolve(db)
    assert [len(names) for names in persons(db)] == [1, 1, 1, 1]


def test_a_son_in_his_father_s_office_is_another(db: Database) -> None:
    tell(db, "satu", "2018-01-04", official("Alex Noerdin", "Bupati", BASEL))
    tell(db, "dua", "2018-03-04", official("Dodi Reza Alex Noerdin", "Bupati", BASEL))
    tell(db, "tiga", "2018-01-04", official("Gafur Masud", "Bupati", PASER))
    tell(db, "empat", "2021-03-04", official("Gafur Masud Hakim", "Bupati", PASER))
    resolve(db)
    assert len(persons(db)) == 4


def test_only_facts_of_relevant_articles_that_are_sure_count(db: Database) -> None:
    tell(db, "satu", "2023-06-12", replace(official("Ramadhansyah", "Sekda", BASEL), confidence=0.4))
    other = tell(db, "dua", "2023-06-12", official("Budi Santoso", "Sekda", BASEL))
    db.execute("update extractions set is_relevant = null where article_id = ?", [other])
    resolve(db)
    assert persons(db) == []


def test_the_id_of_a_person_is_one_of_its_namings_and_does_not_move_when_others_join(db: Database) -> None:
    tell(db, "satu", "2023-06-12", official("Ramadhansyah", "Kadis Kominfo", BASEL))
    resolve(db)
    alone = naming(db, "ramadhansyah")
    tell(db, "dua", "2023-11-03", official("Ramadansyah", "Kepala Diskominfo", BASEL))
    resolve(db)
    ids = {naming(db, "ramadhansyah"), naming(db, "ramadansyah")}
    assert alone in ids
    assert {person for (person,) in db.execute("select person_id from namings")} == {min(ids)}


# What people decided


def test_two_persons_can_be_made_one_and_be_two_again(db: Database) -> None:
    tell(db, "satu", "2019-06-12", official("Yusran Effendy", "Sekda", PASER))
    tell(db, "dua", "2024-06-12", official("Yusran Effendy", "Bupati", BASEL, acting="Pj."))
    resolve(db)
    one, other = naming(db, "yusran effendy", "Sekretaris Daerah"), naming(db, "yusran effendy", "Bupati")
    decision = decide_people(db, one, other, "same", "dewi", "riwayat jabatannya sama")
    resolve(db)
    assert len(persons(db)) == 1
    undo_decision(db, decision, "dewi")
    resolve(db)
    assert len(persons(db)) == 2
    (kept,) = db.query("select * from person_decisions")
    assert (kept["decided_by"], kept["reason"], kept["undone_by"]) == ("dewi", "riwayat jabatannya sama", "dewi")
    assert kept["undone_at"] >= kept["decided_at"]


def test_one_person_can_be_made_two_and_be_one_again(db: Database) -> None:
    tell(db, "satu", "2019-06-12", official("Ahmad Fauzi", "Camat Tanah Grogot", PASER))
    tell(db, "dua", "2024-06-12", official("Ahmad Fauzi", "Sekda", PASER))
    tell(db, "tiga", "2024-06-13", official("Achmad Fauzi", "Sekda", PASER))
    resolve(db)
    assert len(persons(db)) == 1
    camat, sekda = naming(db, "ahmad fauzi", "Camat Tanah Grogot"), naming(db, "ahmad fauzi", "Sekretaris Daerah")
    decision = decide_people(db, sekda, camat, "different", "dewi", "dua orang")
    resolve(db)
    assert persons(db) == [{f"ahmad fauzi {PASER}"}, {f"achmad fauzi {PASER}", f"ahmad fauzi {PASER}"}] or persons(
        db
    ) == [{f"achmad fauzi {PASER}", f"ahmad fauzi {PASER}"}, {f"ahmad fauzi {PASER}"}]
    assert (
        len({person for (person,) in db.execute("select person_id from namings where id in (?, ?)", [camat, sekda])})
        == 2
    )
    undo_decision(db, decision, "dewi")
    resolve(db)
    assert len(persons(db)) == 1


def test_two_who_are_different_stay_apart_though_a_third_is_linked_with_both(db: Database) -> None:
    for path, position in (("a", "Kadishub"), ("b", "Kadinkes"), ("c", "Sekda")):
        tell(db, path, "2023-06-12", official("Ahmad Fauzi", position, PASER))
    resolve(db)
    one, other = (
        naming(db, "ahmad fauzi", "Sekretaris Daerah"),
        [found for (found,) in db.execute("select id from namings where position = 'Kepala Dinas' order by id")],
    )
    decide_people(db, one, other[0], "different", "dewi", "dua orang")
    resolve(db)
    first = sorted(db.execute("select id, person_id from namings"))
    assert len({person for _, person in first}) == 2
    decide_people(db, one, other[1], "same", "dewi", "orang yang sama")
    resolve(db)
    persons_of = dict(db.execute("select id, person_id from namings"))
    assert persons_of[one] == persons_of[other[1]] != persons_of[other[0]]


def test_a_later_decision_takes_the_place_of_an_earlier_and_survives_a_new_reading(db: Database) -> None:
    people = official("Yusran Effendy", "Sekda", PASER), official("Yusran Effendy", "Bupati", BASEL, acting="Pj.")
    tell(db, "satu", "2019-06-12", people[0])
    tell(db, "dua", "2024-06-12", people[1])
    resolve(db)
    one, other = naming(db, "yusran effendy", "Sekretaris Daerah"), naming(db, "yusran effendy", "Bupati")
    decide_people(db, one, other, "different", "dewi", "dua orang")
    decide_people(db, other, one, "same", "budi", "ternyata satu")
    tell(db, "dua", "2024-06-12")
    resolve(db)
    assert persons(db) == [{f"yusran effendy {PASER}"}]
    tell(db, "dua", "2024-06-12", people[1])
    resolve(db)
    assert len(persons(db)) == 1
    assert [row["undone_by"] for row in db.query("select undone_by from person_decisions order by id")] == [
        "budi",
        None,
    ]


def test_a_decision_about_nobody_is_refused(db: Database) -> None:
    tell(db, "satu", "2019-06-12", official("Yusran Effendy", "Sekda", PASER))
    resolve(db)
    one = naming(db, "yusran effendy")
    with pytest.raises(LookupError, match="0123456789ab"):
        decide_people(db, one, "0123456789ab", "same", "dewi", "coba")
    with pytest.raises(ValueError, match="itself"):
        decide_people(db, one, one, "same", "dewi", "coba")
    with pytest.raises(LookupError, match="7"):
        undo_decision(db, 7, "dewi")


# The same whatever the order

KEPT = ("namings", "naming_sounds", "official_namings", "namesakes", "person_links")

# Few names and offices, so that they meet.
PEOPLE = st.sampled_from(
    [
        official(name, position, regency, organization)
        for name in ("Ahmad Fauzi", "Achmad Fauzi", "Ahmad", "Ahmad Fauzi Hakim")
        for position, regency, organization in (
            ("Sekda", PASER, None),
            ("Kadis Kominfo", PASER, "Diskominfo"),
            ("Sekretaris Daerah", BASEL, None),
            ("Dirjen Aptika", None, "Kemkominfo"),
            ("asesor", None, "ITB"),
        )
    ]
)
DAYS = st.sampled_from([None, "2021-01-01", "2021-05-05", "2023-06-12", "2024-11-20", "2025-12-30"])
TOLD = st.tuples(DAYS, st.lists(PEOPLE, max_size=4, unique_by=lambda person: (person.name, person.position)))


@settings(max_examples=60, deadline=None)
@given(
    said=st.lists(TOLD, min_size=1, max_size=7),
    before=st.lists(st.tuples(st.integers(0, 6), TOLD), max_size=5),
    order=st.randoms(use_true_random=False),
    decided=st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from(["same", "different"])), max_size=2
    ),
)
def test_what_is_kept_does_not_depend_on_the_order_nor_on_what_was_said_before(
    reference: Database,
    said: list[tuple[str | None, list[Person]]],
    before: list[tuple[int, tuple[str | None, list[Person]]]],
    order: Any,
    decided: list[tuple[int, int, Any]],
) -> None:
    at_once = copy(reference)
    for number, (published, people) in enumerate(said):
        tell(at_once, f"berita-{number}", published, *people)
    resolve(at_once)
    ids = [found for (found,) in at_once.execute("select id from namings order by id")]
    pairs = [
        (ids[a % len(ids)], ids[b % len(ids)], what) for a, b, what in decided if ids and a % len(ids) != b % len(ids)
    ]
    decide(at_once, pairs)

    step_by_step = copy(reference)
    for number, (published, people) in before:
        told = tell(step_by_step, f"berita-{number}", published, *people)
        if order.random() < 0.5:
            resolve(step_by_step)
        if order.random() < 0.3 or number >= len(said):
            forget(step_by_step, told)
    numbers = list(range(len(said)))
    order.shuffle(numbers)
    for number in numbers:
        published, people = said[number]
        tell(step_by_step, f"berita-{number}", published, *people)
        if order.random() < 0.5:
            resolve(step_by_step)
    resolve(step_by_step)
    decide(step_by_step, pairs)
    for table in KEPT:
        assert rows(step_by_step, table) == rows(at_once, table), table
    at_once.close()
    step_by_step.close()


def decide(db: Database, pairs: Iterable[tuple[str, str, Any]]) -> None:
    for one, other, decision in pairs:
        decide_people(db, one, other, decision, "dewi", "coba")
    resolve(db)


def rows(db: Database, table: str) -> list[tuple[Any, ...]]:
    return sorted(db.execute(f"select * from {table}"), key=str)


# Who held which office: each case in a regency of its own, all in one bake

PLT_THEN_HOLDER, BACK, TWO, STAND_IN, FORMER, HANDOVER, CAMPAIGN, AFTER_A_YEAR, ASSESSORS, UNDATED = (
    "64.01", "64.02", "64.03", "64.07", "64.08", "64.09", "64.11", "64.71", "-", "64.72",
)  # fmt: skip

Sighting = tuple[str | None, str, str, str | None]
"""Day, name, position, acting."""

SEEN: dict[str, list[Sighting]] = {
    PLT_THEN_HOLDER: [
        ("2023-01-10", "Hasan Basri", "Sekda", "Plt."),
        # The marker is left out between two articles that have it.
        ("2023-02-10", "Hasan Basri", "Sekda", None),
        ("2023-03-10", "Hasan Basri", "Sekdakab", "Plt."),
        ("2023-05-10", "Hasan Basri", "Sekretaris Daerah", None),
        ("2023-06-10", "Hasan Basri", "Sekda", None),
    ],
    BACK: [
        ("2017-01-10", "Hasan Basri", "Bupati", None),
        ("2019-01-10", "Hasan Basri", "Bupati", None),
        ("2021-05-10", "Dewi Lestari", "Bupati", None),
        ("2024-01-10", "Hasan Basri", "Bupati", None),
    ],
    TWO: [
        ("2023-11-03", "Hasan Basri", "Sekda", None),
        ("2023-11-10", "Dewi Lestari", "Sekda", "Pj."),
        ("2023-11-20", "Hasan Basri", "Sekda", None),
    ],
    STAND_IN: [
        ("2023-11-03", "Hasan Basri", "Sekda", None),
        ("2023-11-10", "Dewi Lestari", "Sekda", "Plh."),
        ("2023-11-20", "Hasan Basri", "Sekda", None),
    ],
    HANDOVER: [("2023-11-03", "Hasan Basri", "Sekda", None), ("2023-11-10", "Dewi Lestari", "Sekda", None)],
    CAMPAIGN: [
        ("2024-10-03", "Hasan Basri", "Bupati", None),
        ("2024-10-10", "Dewi Lestari", "Bupati", "Pjs."),
        ("2024-10-20", "Hasan Basri", "Bupati", None),
    ],
    AFTER_A_YEAR: [
        ("2022-10-03", "Hasan Basri", "Wali Kota", None),
        ("2023-10-10", "Dewi Lestari", "Wali Kota", None),
        ("2023-11-20", "Hasan Basri", "Wali Kota", None),
    ],
    ASSESSORS: [("2023-11-03", "Yulius Hardjono", "asesor", None), ("2023-11-03", "Rina Marliana", "asesor", None)],
    UNDATED: [(None, "Hasan Basri", "Wali Kota", None), (None, "Dewi Lestari", "Wali Kota", None)],
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Database:
    folder = tmp_path_factory.mktemp("jabatan")
    db = open_db(folder / "pantau.db")
    load_reference(db)
    save_sources(db, SOURCES)
    for regency, sightings in SEEN.items():
        for number, (published, name, position, acting) in enumerate(sightings):
            person = official(name, position, regency if "." in regency else None, None, acting)
            tell(db, f"{regency}/{number}", published, person)
    tell(db, "mantan", "2023-11-03", official("Hasan Basri", "Sekda", FORMER), before="Mantan ")
    db.close()
    bake(folder / "pantau.db", folder / "public.db")
    return open_read_only(folder / "public.db")


@pytest.mark.parametrize(
    ("regency", "terms"),
    [
        (
            PLT_THEN_HOLDER,
            [
                ("Hasan Basri", "Plt.", "2023-01-10", "2023-03-10", 3, 0, 1),
                ("Hasan Basri", "definitif", "2023-05-10", "2023-06-10", 2, 1, 1),
            ],
        ),
        (
            BACK,
            [
                ("Hasan Basri", "definitif", "2017-01-10", "2019-01-10", 2, 0, 1),
                ("Dewi Lestari", "definitif", "2021-05-10", "2021-05-10", 1, 0, 1),
                ("Hasan Basri", "definitif", "2024-01-10", "2024-01-10", 1, 1, 2),
            ],
        ),
        (
            STAND_IN,
            [
                ("Hasan Basri", "definitif", "2023-11-03", "2023-11-20", 2, 1, 1),
                ("Dewi Lestari", "Plh.", "2023-11-10", "2023-11-10", 1, 1, 1),
            ],
        ),
        (
            UNDATED,
            [
                ("Dewi Lestari", "definitif", None, None, 1, None, 1),
                ("Hasan Basri", "definitif", None, None, 1, None, 1),
            ],
        ),
        (FORMER, []),
    ],
)
def test_a_term_is_what_news_shows_without_another_holder_in_between(
    seen: Database, regency: str, terms: list[tuple[Any, ...]]
) -> None:
    shown = """
        select person_name, status, first_seen_date, last_seen_date, articles, is_latest, number
        from office_terms
        where regency_code = ?
        order by first_seen_date, person_name
    """
    assert list(seen.execute(shown, [regency])) == terms


def test_a_term_is_proved_by_its_first_and_its_last_sentence(seen: Database) -> None:
    proof = """
        select first.text, last.text
        from office_terms
        join evidence as first on first.article_id = first_article_id and first.number = first_evidence_number
        join evidence as last on last.article_id = last_article_id and last.number = last_evidence_number
        where regency_code = ? and status = 'Plh.'
    """
    assert seen.execute(proof, [STAND_IN]).fetchone() == ("Dewi Lestari hadir.", "Dewi Lestari hadir.")


def test_two_in_one_office_at_a_time_are_shown_side_by_side_and_what_goes_together_is_not(seen: Database) -> None:
    (conflict,) = seen.query("select * from office_conflicts")
    assert {conflict["person_a_name"], conflict["person_b_name"]} == {"Hasan Basri", "Dewi Lestari"}
    assert {conflict["status_a"], conflict["status_b"]} == {"definitif", "Pj."}
    assert (conflict["first_seen_date"], conflict["last_seen_date"]) == ("2023-11-10", "2023-11-20")
    assert (conflict["office_name"], conflict["regency_code"]) == ("Sekretaris Daerah", TWO)


def test_a_contradiction_goes_to_review(seen: Database) -> None:
    (row,) = seen.query("select what from review where kind = 'office'")
    assert "Hasan Basri (definitif, " in row["what"]
    assert "Dewi Lestari (Pj., 2023-11-10)" in row["what"]


def test_who_held_an_office_before_is_known_as_such(seen: Database) -> None:
    (row,) = seen.query("select standing, person_id from officials where regency_code = ?", [FORMER])
    assert (row["standing"], row["person_id"] is None) == ("mantan", False)


def test_a_person_has_all_spellings_the_fullest_first_and_former_ids_lead_there(tmp_path: Path) -> None:
    db = open_db(tmp_path / "pantau.db")
    load_reference(db)
    save_sources(db, SOURCES)
    for number, name in enumerate(("Ramadhansyah Putra", "Ramadhansyah Putra", "Ramadansyah Putra", "Ramadhansyah")):
        tell(db, f"berita-{number}", f"2023-11-0{number + 3}", official(name, "Sekda", PASER))
    tell(db, "camat", None, official("Ramadhansyah Putra", "Camat Tanah Grogot", PASER))
    db.close()
    bake(tmp_path / "pantau.db", tmp_path / "public.db")
    db = open_read_only(tmp_path / "public.db")
    (person,) = db.query("select * from people")
    assert (person["name"], person["spellings"], person["articles"]) == ("Ramadhansyah Putra", 3, 5)
    assert (person["first_seen_date"], person["last_seen_date"]) == ("2023-11-03", "2023-11-06")
    assert dict(db.execute("select name, articles from person_names")) == {
        "Ramadhansyah Putra": 3,
        "Ramadansyah Putra": 1,
        "Ramadhansyah": 1,
    }
    assert {row["person_id"] for row in db.query("select person_id from merged_people")} == {person["id"]}
    assert db.table("merged_people").count == 3
    used = db.execute("select evidence from person_links where person_id is not null order by evidence").fetchall()
    assert used == [("same-office",), ("same-place",), ("short-name",), ("short-name",)]
    db.close()


def test_officials_and_quotes_lead_to_the_person(tmp_path: Path) -> None:
    db = open_read_only(build_example_db(tmp_path)[1])
    said = "select speaker_name, people.name from quotes join people on people.id = person_id order by speaker_name"
    assert ("Marwan Tanjung", "Marwan Tanjung") in db.execute(said).fetchall()
    unsure = db.execute("select person_id, office_id, standing from officials where confidence < 0.5").fetchall()
    assert unsure == [(None, None, None)]
    held = """
        select office_name, agency_name, status
        from office_terms
        where person_name = 'Marwan Tanjung'
    """
    assert db.execute(held).fetchall() == [("Kepala Dinas", "Dinas Komunikasi dan Informatika", "Plt.")]
    db.close()


# Reference


def test_every_office_and_agency_is_published_and_no_family_is_unknown(tmp_path: Path) -> None:
    db = open_read_only(build_example_db(tmp_path)[1])
    assert db.table("positions").count == len(read_rows("positions.csv")) > 80
    assert db.table("agencies").count == len(read_rows("agencies.csv")) > 75
    lost = "select name from agencies where family_name not in (select name from agencies)"
    assert db.execute(lost).fetchall() == []
    aliases = db.execute("select count(*), count(kind), count(source) from regency_aliases").fetchone()
    assert aliases == (len(read_rows("regency_aliases.csv")),) * 3
    db.close()
