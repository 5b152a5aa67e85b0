"""Names of officials: honorifics and degrees around them, in all the ways newspapers set them."""

from __future__ import annotations

import pytest

from nlp.people.names import PersonName, is_degree, is_prefix, read_name, same_person
from nlp.pipeline import build_pipeline


def person(text: str) -> PersonName | None:
    return read_name(build_pipeline()(text), 0)


@pytest.mark.parametrize(
    ("text", "name", "prefix", "degrees"),
    [
        ("Gatot Purba hadir.", "Gatot Purba", None, ()),
        ("H. Basri Lamadi hadir.", "Basri Lamadi", "H.", ()),
        ("Hj. Ratna Dewi hadir.", "Ratna Dewi", "Hj.", ()),
        ("Dr. Ir. H. Wahyu Lintang, M.T. hadir.", "Wahyu Lintang", "Dr. Ir. H.", ("M.T.",)),
        ("Drs. Kasman Dolo, M.Si hadir.", "Kasman Dolo", "Drs.", ("M.Si",)),
        ("Prof. Wulan Tantri hadir.", "Wulan Tantri", "Prof.", ()),
        ("AKBP Yoga Prasmana, S.I.K. hadir.", "Yoga Prasmana", "AKBP", ("S.I.K.",)),
        ("dr. Intan Lestari hadir.", "Intan Lestari", "dr.", ()),
        ("Bapak Gatot Purba hadir.", "Gatot Purba", None, ()),
    ],
)
def test_honorifics_before_a_name_are_kept_apart(
    text: str, name: str, prefix: str | None, degrees: tuple[str, ...]
) -> None:
    found = person(text)
    assert found is not None
    assert (found.name, found.prefix, found.degrees) == (name, prefix, degrees)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("Gatot Purba, S.Hut., M.Si., M.Pd. hadir.", ("S.Hut.", "M.Si.", "M.Pd.")),
        ("Gatot Purba S.Hut., M.Si, M.Pd hadir.", ("S.Hut.", "M.Si", "M.Pd")),
        ("Gatot Purba S.Hut M.Si M.Pd hadir.", ("S.Hut", "M.Si", "M.Pd")),
        ("Gatot Purba, SH, MH hadir.", ("SH", "MH")),
        ("Gatot Purba SE MM hadir.", ("SE", "MM")),
        ("Gatot Purba, S. Kom hadir.", ("S.Kom",)),
        ("Gatot Purba, S.STP., M.Tr.IP hadir.", ("S.STP.", "M.Tr.IP")),
        ("Gatot Purba, Ph.D hadir.", ("Ph.D",)),
        ("Gatot Purba, A.Md.Kom hadir.", ("A.Md.Kom",)),
        ("Gatot Purba ST.MT hadir.", ("ST", "MT")),
        ("Gatot Purba S.STP,.M.Si hadir.", ("S.STP", "M.Si")),
        ("Gatot Purba S.kom hadir.", ("S.kom",)),
    ],
)
def test_degrees_are_read_with_commas_and_without(text: str, degrees: tuple[str, ...]) -> None:
    found = person(text)
    assert found is not None
    assert (found.name, found.degrees) == ("Gatot Purba", degrees)


@pytest.mark.parametrize(
    ("text", "name", "prefix"),
    [
        ("H.A.S. Karim Patta hadir.", "A.S. Karim Patta", "H."),
        ("I Gusti Made Wirata hadir.", "I Gusti Made Wirata", None),
        ("I Wayan Sudana hadir.", "I Wayan Sudana", None),
        ("Ni Ketut Murni hadir.", "Ni Ketut Murni", None),
        ("La Ode Samsir hadir.", "La Ode Samsir", None),
        ("Andi Baso Tompo hadir.", "Andi Baso Tompo", None),
        ("L. Satria Wangsa hadir.", "L. Satria Wangsa", None),
        ("M. Yusran Halim hadir.", "M. Yusran Halim", None),
        ("Muh. Arfan Said hadir.", "Muh. Arfan Said", None),
        ("Abdul Rahim bin Saleh hadir.", "Abdul Rahim bin Saleh", None),
        ("Ma'ruf Nurdin hadir.", "Ma'ruf Nurdin", None),
        ("Siti Nur-Aini hadir.", "Siti Nur-Aini", None),
        ("T. Razali Hasan hadir.", "T. Razali Hasan", None),
        ("Ruslan Hi. Doa hadir.", "Ruslan Hi. Doa", None),
        ("Imran M. Hasan hadir.", "Imran M. Hasan", None),
        ("Mhd. Arfan Said hadir.", "Mhd. Arfan Said", None),
        ("Letkol Laut (P) Yovan Said hadir.", "Yovan Said", "Letkol Laut"),
        ("Dr.-Ing. Yovan Said hadir.", "Yovan Said", "Dr.-Ing."),
        ("Mbok Sumiyem Sari hadir.", "Sumiyem Sari", None),
    ],
)
def test_initials_and_particles_belong_to_the_name(text: str, name: str, prefix: str | None) -> None:
    found = person(text)
    assert found is not None
    assert (found.name, found.prefix) == (name, prefix)


@pytest.mark.parametrize(
    "text",
    [
        "Smart City berkembang.",
        "Senin pagi.",
        "Dinas Kominfo rapat.",
        "Kegiatan dimulai.",
        "dan lain-lain",
        "2023 tiba.",
    ],
)
def test_words_that_are_no_names_give_none(text: str) -> None:
    assert person(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ramdhansyah", "Ramdansyah"),
        ("Gatot Purba", "Gatot"),
        ("Gatot Purba", "gatot purba"),
        ("Gatot H. Purba", "Gatot Purba"),
        ("I Gusti Made Wirata", "Made Wirata"),
    ],
)
def test_one_person_in_two_spellings_is_one(one: str, other: str) -> None:
    assert same_person(one, other)
    assert same_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siti", "Susi"),
        ("Budi Santosa", "Budi Harjanto"),
        ("Ratna Dewi", "Rina Dewi"),
        ("", "Gatot"),
        ("Andi Baso", "Andi Basri Tompo"),
    ],
)
def test_two_persons_with_like_names_stay_two(one: str, other: str) -> None:
    assert not same_person(one, other)


@pytest.mark.parametrize("word", ["S.Hut.", "M.Si", "S.STP", "M.Tr.IP", "Ph.D", "SH", "S.H.", "A.Md", "M.Pd.I"])
def test_degrees_are_known(word: str) -> None:
    assert is_degree(word)


@pytest.mark.parametrize("word", ["Sari", "Mas", "Siti", "H.", "Dr.", "Medan"])
def test_names_and_honorifics_are_no_degrees(word: str) -> None:
    assert not is_degree(word)


@pytest.mark.parametrize("word", ["H.", "Hj.", "Dr.", "Ir.", "Drs.", "Prof.", "dr.", "AKBP"])
def test_honorifics_are_known(word: str) -> None:
    assert is_prefix(word)


@pytest.mark.parametrize("word", ["I", "Ni", "La", "Andi", "Gusti", "Budi", "Made"])
def test_parts_of_names_are_no_honorifics(word: str) -> None:
    assert not is_prefix(word)
