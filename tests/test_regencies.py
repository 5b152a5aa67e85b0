"""Kabupaten and kota: names inside names, aliases, namesakes, and whose programme an article reports."""

from __future__ import annotations

import pytest

from nlp.gazetteer import names, places
from nlp.pipeline import build_pipeline
from nlp.regencies import find_regencies, weigh_regencies


def codes(text: str) -> list[str]:
    return [mention.code for mention in find_regencies(build_pipeline()(text))]


def roles(title: str, text: str) -> dict[str, str]:
    doc = build_pipeline()(text)
    regencies = weigh_regencies(doc, title, find_regencies(doc), find_regencies(build_pipeline()(title)))
    return {regency.code: regency.role for regency in regencies}


def subjects(title: str, text: str) -> set[str]:
    return {code for code, role in roles(title, text).items() if role == "subject"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kabupaten Bangka mengikuti bimtek.", ["19.01"]),
        ("Kabupaten Bangka Selatan mengikuti bimtek.", ["19.03"]),
        ("Pemkab Bangka Tengah dan Pemkab Bangka Barat hadir.", ["19.04", "19.05"]),
        ("Provinsi Kepulauan Bangka Belitung menjadi tuan rumah.", []),
        ("Bangka Belitung menjadi tuan rumah.", []),
        ("Demikian dilaporkan Bangka Pos.", []),
        ("Kabupaten Solok Selatan lolos.", ["13.11"]),
        ("Kabupaten Penajam Paser Utara lolos.", ["64.09"]),
        ("Kabupaten Luwu Utara lolos.", ["73.22"]),
        ("Kabupaten Bone Bolango lolos.", ["75.03"]),
        ("Kabupaten Kapuas Hulu lolos.", ["61.06"]),
        ("Kabupaten Lampung Selatan lolos.", ["18.01"]),
        ("Kabupaten Bandung Barat lolos.", ["32.17"]),
        ("Kabupaten Gorontalo Utara lolos.", ["75.05"]),
        ("Kota Jakarta Selatan lolos.", ["31.74"]),
        ("Kabupaten Kepulauan Selayar lolos.", ["73.01"]),
    ],
)
def test_the_longest_name_is_meant(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Pemkab Kotim menyiapkan evaluasi.", "62.02"),
        ("Bupati Kotim membuka bimtek.", "62.02"),
        ("Rapat digelar di Basel Command Center.", "19.03"),
        ("Pemkab Basel menyiapkan evaluasi.", "19.03"),
        ("Bupati KSB membuka bimtek.", "52.07"),
        ("Pemkab KSB menyiapkan evaluasi.", "52.07"),
        ("Kab. Tabanan menyiapkan evaluasi.", "51.02"),
        ("KABUPATEN TABANAN menyiapkan evaluasi.", "51.02"),
        ("Diskominfo Buleleng menyiapkan evaluasi.", "51.08"),
        ("Pemkot Palangka Raya menyiapkan evaluasi.", "62.71"),
        ("Pemkot Baubau menyiapkan evaluasi.", "74.72"),
    ],
)
def test_aliases_and_spellings_name_the_same_place(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "Nilai KSB di rapor itu bagus.",
        "Toko batu itu ramai.",
        "Ia menulis dengan huruf metro.",
    ],
)
def test_an_alias_that_is_a_word_too_needs_a_government_beside_it(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bupati Serang membuka bimtek.", ["36.04"]),
        ("Wali Kota Serang membuka bimtek.", ["36.73"]),
        ("Walikota Solok membuka bimtek.", ["13.72"]),
        ("Bupati Solok membuka bimtek.", ["13.02"]),
        ("Pemkot Magelang menyiapkan evaluasi.", ["33.71"]),
        ("Pemkab Magelang menyiapkan evaluasi.", ["33.08"]),
        ("Bupati Banjar hadir, juga Wali Kota Banjar.", ["63.03", "32.79"]),
        ("Pemkab Bandung hadir, juga Pemkot Bandung.", ["32.04", "32.73"]),
        ("Wali Kota Gorontalo hadir, juga Pemprov Gorontalo.", ["75.71"]),
        ("Kota Jayapura dan Kabupaten Jayapura lolos.", ["91.71", "91.03"]),
        ("Kota Bima lolos, lalu Wali Kota Bima datang.", ["52.72", "52.72"]),
    ],
)
def test_kabupaten_and_kota_of_one_name_are_told_apart_by_their_office(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pemkot Tegal bersiap. Smart city Tegal dinilai baik.", {"33.76"}),
        ("Pemkab Tegal bersiap. Smart city Tegal dinilai baik.", {"33.28"}),
        ("Diskominfo Tegal bersiap.", {"33.28"}),
    ],
)
def test_a_bare_shared_name_is_what_the_article_calls_it_elsewhere_else_the_kabupaten(
    text: str, expected: set[str]
) -> None:
    assert set(codes(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Pakar dari Universitas Padjadjaran Bandung hadir.",
        "Dosen Universitas Negeri Malang memberi materi.",
        "Dosen Politeknik Negeri Batam memberi materi.",
        "Telkom University Bandung menjadi mitra.",
        "PT Semen Padang hadir.",
        "Banjir Sungai Kapuas surut.",
        "Peserta melewati Jalan Surabaya.",
        "Pesawat tiba di Bandara Lombok.",
        "Wisatawan ke Pulau Bintan bertambah.",
        "Ia warga Kecamatan Bogor.",
        "Pendaki Gunung Semarang turun.",
        "Kapolda Lampung hadir.",
        "Gubernur Bengkulu hadir.",
        "Dikutip dari Tribun Jambi.",
        "Kunjungi diskominfo.tabanan.go.id segera.",
    ],
)
def test_names_inside_the_names_of_other_things_name_no_regency(text: str) -> None:
    assert codes(text) == []


def test_a_person_who_bears_the_name_of_a_place_is_no_place() -> None:
    text = "Kepala Dinas Kominfo Bangun Bantul membuka rapat."
    start = text.index("Bangun")
    assert find_regencies(build_pipeline()(text), ((start, start + len("Bangun Bantul")),)) == []


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Pemkab Bangka Selatan Ikuti Bimtek Smart City",
            "Tim Kabupaten Bangka Selatan mengikuti bimtek di Hotel Melati Surabaya.",
            {"19.03"},
        ),
        (
            "Luwu Utara Rampungkan Bimtek IV",
            "Pemkab Luwu Utara merampungkan bimtek tahap IV di Makassar. Bupati Luwu Utara hadir.",
            {"73.22"},
        ),
        (
            "Makassar Jadi Tuan Rumah Bimtek Smart City",
            "Bimtek smart city bagi 12 daerah digelar Kementerian Kominfo di Makassar.",
            set(),
        ),
        (
            "Bupati Siak Buka Bimtek Smart City",
            "Bupati Siak membuka bimtek smart city di Pekanbaru. Kota Pekanbaru menjadi tuan rumah. "
            "Peserta bermalam di Pekanbaru.",
            {"14.08"},
        ),
        (
            "Enam Dimensi Diuji Asesor",
            "SAMPIT – Pemkab Kotim menjalani evaluasi smart city. Tim Diskominfo Kotim memaparkan hasil.",
            {"62.02"},
        ),
    ],
)
def test_the_city_of_the_venue_is_not_the_subject(title: str, text: str, expected: set[str]) -> None:
    assert subjects(title, text) == expected


def test_a_list_of_regions_has_mentions_and_one_subject() -> None:
    title = "Pemkab Sumedang Teken Nota Kesepahaman Smart City"
    text = (
        "Pemkab Sumedang meneken nota kesepahaman bersama daerah lain. "
        "Daerah itu ialah Kabupaten Cilacap, Kabupaten Kebumen, Kota Ternate, Kabupaten Ende, dan Kabupaten Sikka."
    )
    assert roles(title, text) == {
        "32.11": "subject", "33.01": "mention", "33.05": "mention", "82.71": "mention", "53.08": "mention",
        "53.07": "mention",
    }  # fmt: skip


def test_host_and_guest_of_a_study_visit_are_both_subjects() -> None:
    title = "Pemkab Ende Studi Tiru Smart City ke Pemkab Sleman"
    text = "Rombongan Pemkab Ende melakukan studi tiru ke Pemkab Sleman. Bupati Sleman menyambut Bupati Ende."
    assert subjects(title, text) == {"53.08", "34.04"}


def test_a_text_without_places_has_no_regencies() -> None:
    assert roles("Rapat Kota Cerdas", "Rapat berlangsung lancar.") == {}


def test_the_gazetteer_holds_every_kabupaten_and_kota_and_no_name_without_one() -> None:
    assert len(places()) == 514
    assert {entry.code for entries in names().values() for entry in entries} == set(places())


@pytest.mark.parametrize("code", ["19.03", "62.02", "31.72", "33.71", "96.05"])
def test_every_official_name_leads_to_its_own_code(code: str) -> None:
    assert set(codes(f"Pemerintah {places()[code].name} hadir.")) == {code}
