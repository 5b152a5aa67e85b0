"""Kabupaten and kota: names inside names, aliases, namesakes, and whose programme an article reports."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.gazetteer import names, places
from nlp.regencies import RegencyMatcher, find_regencies, weigh_regencies
from nlp.tokens import IndonesianTokenizer

TOKENIZER = IndonesianTokenizer(Vocab())


def read(text: str) -> Doc:
    return RegencyMatcher()(TOKENIZER(text))


def codes(text: str) -> list[str]:
    return [mention.code for mention in find_regencies(read(text))]


def roles(title: str, text: str) -> dict[str, str]:
    doc = read(text)
    regencies = weigh_regencies(doc, title, find_regencies(doc), find_regencies(read(title)))
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
    assert find_regencies(read(text), ((start, start + len("Bangun Bantul")),)) == []


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


# One sentence a line, then the codes of the places it names, in their order.
SENTENCES = {
    "abbreviation_names_its_place": """
        Pemkab Kotim menyiapkan evaluasi. | 62.02
        Wabup Kotim hadir di Sampit. | 62.02 62.02
        Bupati Basel membuka rapat. | 19.03
        Bupati Lotim membuka rapat. | 52.03
        Bupati KSB membuka rapat. | 52.07
        Diskominfo KSB menyiapkan evaluasi. | 52.07
        Bupati Bolsel membuka rapat. | 71.11
        Pemkab Bolmut menyiapkan evaluasi. | 71.08
        Pemkab Boltim menyiapkan evaluasi. | 71.10
        Pemkab Bolmong menyiapkan evaluasi. | 71.01
        Bupati Mateng membuka rapat. | 76.06
        Bupati Pessel membuka rapat. | 13.01
        Bupati Sergai membuka rapat. | 12.18
        Bupati Labura membuka rapat. | 12.23
        Bupati Labusel membuka rapat. | 12.22
        Sekda Paluta mewakili bupati. | 12.20
        Bupati Palas membuka rapat. | 12.21
        Bupati Madina membuka rapat. | 12.13
        Bupati Humbahas membuka rapat. | 12.16
        Pemkab Tapteng menyiapkan evaluasi. | 12.01
        Pemkab Taput menyiapkan evaluasi. | 12.02
        Pemkab Tapsel menyiapkan evaluasi. | 12.03
        Bupati Solsel membuka rapat. | 13.11
        Bupati Pasbar membuka rapat. | 13.12
        Diskominfo Inhu menyiapkan evaluasi. | 14.02
        DPRD Inhil menyetujui anggaran. | 14.04
        Wabup Rohul hadir. | 14.06
        Wabup Rohil hadir. | 14.07
        Sekda Kuansing hadir. | 14.09
        Bupati Tanjabbar hadir. | 15.06
        Bupati Tanjab Barat hadir. | 15.06
        Bupati Tanjabtim hadir. | 15.07
        Pemkab OKU menyiapkan evaluasi. | 16.01
        Pemkab OKI menyiapkan evaluasi. | 16.02
        Bupati OKU Timur hadir. | 16.08
        Bupati OKU Selatan hadir. | 16.09
        Bupati Muba hadir. | 16.06
        Bupati PALI hadir. | 16.12
        Bupati Pali hadir. | 16.12
        Bupati Muratara hadir. | 16.13
        Bupati Lamsel hadir. | 18.01
        Bupati Lamteng hadir. | 18.02
        Bupati Lampura hadir. | 18.03
        Bupati Lambar hadir. | 18.04
        Bupati Lamtim hadir. | 18.07
        Bupati Tubaba hadir. | 18.12
        Bupati Tuba hadir. | 18.05
        Bupati Bateng hadir. | 19.04
        Bupati Babar hadir. | 19.05
        Bupati Beltim hadir. | 19.06
        Wali Kota Jaksel hadir. | 31.74
        Bupati KBB hadir. | 32.17
        Wali Kota Tangsel hadir. | 36.74
        Pemkot Tangsel menyiapkan evaluasi. | 36.74
        Bupati Lobar hadir. | 52.01
        Bupati Loteng hadir. | 52.02
        Bupati KLU hadir. | 52.08
        Bupati TTS hadir. | 53.02
        Bupati TTU hadir. | 53.03
        Bupati SBD hadir. | 53.18
        Bupati Flotim hadir. | 53.06
        Bupati Mabar hadir. | 53.15
        Bupati Matim hadir. | 53.19
        Bupati KKR hadir. | 61.12
        Bupati KKU hadir. | 61.11
        Bupati Kobar hadir. | 62.01
        Bupati Gumas hadir. | 62.10
        Bupati Pulpis hadir. | 62.11
        Bupati Bartim hadir. | 62.13
        Bupati Barsel hadir. | 62.04
        Bupati Barut hadir. | 62.05
        Bupati HSS hadir, lalu Bupati HST dan Bupati HSU. | 63.06 63.07 63.08
        Bupati Tala hadir. | 63.01
        Bupati Tanbu hadir. | 63.10
        Bupati Batola hadir. | 63.04
        Bupati Kukar hadir. | 64.02
        Bupati Kubar hadir. | 64.07
        Bupati Kutim hadir. | 64.08
        Bupati PPU hadir. | 64.09
        Bupati Mahulu hadir. | 64.11
        Bupati KTT hadir, kata warga Tana Tidung. | 65.04 65.04
        Bupati Minsel hadir. | 71.05
        Bupati Minut hadir. | 71.06
        Bupati Mitra hadir. | 71.07
        Bupati Sitaro hadir. | 71.09
        Bupati Bangkep hadir. | 72.07
        Bupati Balut hadir. | 72.11
        Bupati Parimo hadir. | 72.08
        Bupati Touna hadir. | 72.09
        Bupati Morut hadir. | 72.12
        Bupati Pangkep hadir. | 73.10
        Bupati Sidrap hadir. | 73.14
        Bupati Lutra hadir, disusul Bupati Lutim. | 73.22 73.24
        Bupati Tator hadir, disusul Bupati Torut. | 73.18 73.26
        Bupati Konsel hadir, disusul Bupati Konut dan Bupati Kolut. | 74.05 74.09 74.08
        Bupati Koltim hadir, disusul Bupati Konkep dan Bupati Butur. | 74.11 74.12 74.10
        Bupati Buteng hadir, disusul Bupati Busel dan Bupati Mubar. | 74.14 74.15 74.13
        Bupati Bonebol hadir, disusul Bupati Gorut. | 75.03 75.05
        Bupati Polman hadir. | 76.04
        Bupati Malteng hadir, disusul Bupati Malra. | 81.01 81.02
        Bupati KKT hadir. | 81.03
        Bupati SBT hadir, disusul Bupati SBB dan Bupati MBD. | 81.05 81.06 81.08
        Bupati Bursel hadir. | 81.09
        Bupati Halut hadir, disusul Bupati Halsel dan Bupati Halbar. | 82.03 82.04 82.01
        Bupati Halteng hadir, disusul Bupati Haltim. | 82.02 82.06
        Wali Kota Tikep hadir. | 82.72
        Bupati Mansel hadir, disusul Bupati Pegaf. | 92.11 92.12
        Bupati Pegubin hadir. | 95.02
        Bupati Sorsel hadir. | 96.02
        Bupati Abdya hadir, disusul Bupati Pijay. | 11.12 11.18
    """,
    "office_or_agency_tells_whose_it_is": """
        Pemkab Bantul menyiapkan evaluasi. | 34.02
        Pemko Medan menyiapkan evaluasi. | 12.71
        Pemko Siantar menyiapkan evaluasi. | 12.72
        Pemerintah Kota (Pemkot) Madiun menyiapkan evaluasi. | 35.77
        Pemerintah Kabupaten (Pemkab) Madiun menyiapkan evaluasi. | 35.19
        Pemerintah Daerah Kabupaten Kediri menyiapkan evaluasi. | 35.06
        Pemda Kediri menyiapkan evaluasi. | 35.06
        Wawali Kediri hadir. | 35.71
        Wakil Wali Kota (Wawali) Tegal hadir. | 33.76
        Wakil Bupati (Wabup) Tegal hadir. | 33.28
        Walikota Malang hadir. | 35.73
        WALI KOTA MALANG HADIR | 35.73
        Wako Solok hadir. | 13.72
        Wawako Pariaman hadir. | 13.77
        Bupati terpilih Solok hadir. | 13.02
        Bupati dan Wakil Bupati Solok hadir. | 13.02
        Wali Kota dan Wakil Wali Kota Solok hadir. | 13.72
        Sekdako Payakumbuh hadir. | 13.76
        Sekdakab Pasuruan hadir. | 35.14
        Sekot Pasuruan hadir. | 35.75
        Ketua DPRD Kota Probolinggo hadir. | 35.74
        Ketua DPRD Kabupaten Probolinggo hadir. | 35.13
        DPRD Kab. Probolinggo rapat. | 35.13
        DPRK Langsa rapat. | 11.74
        Setda Kota Blitar rapat. | 35.72
        Setdakab Blitar rapat. | 35.05
        Bupati Kupang hadir. | 53.01
        Penjabat Wali Kota Kupang hadir. | 53.71
        Plt Bupati Sorong hadir. | 96.01
        Pj. Wali Kota Sorong hadir. | 96.71
        Bupati Jayapura hadir, disusul Wali Kota Jayapura. | 91.03 91.71
        Bupati Gorontalo hadir. | 75.01
        Wali Kota Gorontalo hadir. | 75.71
        Wali Kota Jambi hadir. | 15.71
        Wali Kota Bengkulu hadir. | 17.71
        Wali Kota Yogyakarta hadir. | 34.71
        Balai Kota Semarang ramai. | 33.74
        Kabupaten dan Kota Magelang lolos. | 33.08 33.71
        Kabupaten/Kota Bima lolos. | 52.06 52.72
        Pemkab dan Pemkot Cirebon lolos. | 32.09 32.74
        Kota dan Kabupaten Sukabumi lolos. | 32.02 32.72
        Bupati dan Wali Kota Tasikmalaya hadir. | 32.06 32.78
        se-Kabupaten Sleman ada 17 kecamatan. | 34.04
        Camat se-Kota Bogor hadir. | 32.71
        Kepala Bappeda Gianyar hadir. | 51.04
        Kadiskominfo Badung hadir. | 51.03
        Kadis Peternakan TTS hadir. | 53.02
        Kepala Dinas Perhubungan Kota Batu hadir. | 35.79
        Kepala Diskominfo Batu hadir, kata warga Kota Batu. | 35.79 35.79
        Kepala BPBD Lebak hadir. | 36.02
        Kapolres Landak hadir. | 61.08
        Dandim 1711/Mimika hadir. | 94.04
        Inspektorat Karo memeriksa berkas. | 12.06
        RSUD Soe kekurangan dokter. | 53.02
        Diskominfo Sampit menyiapkan evaluasi. | 62.02
        Kepala Kejari Toba hadir. | 12.12
        APBD Kaimana naik. | 92.08
        Bawaslu Buru menggelar rapat. | 81.04
        Satpol PP Pati menertibkan pedagang. | 33.18
        Polres Metro Bekasi Kota menahan pelaku. | 32.75
        Polres Bima Kota menahan pelaku. | 52.72
        Polres Bima menahan pelaku. | 52.06
    """,
    "spellings_and_old_names_name_the_same_place": """
        Kab Limapuluh Kota lolos. | 13.07
        Kabupaten 50 Kota lolos. | 13.07
        Pemkab Lima Puluh Kota lolos. | 13.07
        Kabupaten Pontianak lolos. | 61.02
        Bupati Pontianak hadir. | 61.02
        Wali Kota Pontianak hadir. | 61.71
        Pontianak lolos. | 61.71
        Diskominfo Pontianak menyiapkan evaluasi. | 61.71
        Kabupaten Mamuju Utara lolos. | 76.01
        Pasangkayu (dulu Mamuju Utara) lolos. | 76.01 76.01
        Kabupaten Toba Samosir lolos. | 12.12
        Bupati Tobasa hadir. | 12.12
        Kabupaten Maluku Tenggara Barat lolos. | 81.03
        Bupati MTB hadir. | 81.03
        Kota Ujung Pandang lolos. | 73.71
        Makasar lolos. | 73.71
        Siak Sri Indrapura menjadi tempat acara Pemkab Siak. | 14.08 14.08
        Kep. Meranti lolos. | 14.10
        Kab. Kep. Meranti lolos. | 14.10
        Kabupaten Kepulauan Meranti lolos. | 14.10
        Kepulauan Sitaro lolos. | 71.09
        Kabupaten Siau Tagulandang Biaro lolos. | 71.09
        Kabupaten Kepulauan Siau Tagulandang Biaro (Sitaro) lolos. | 71.09 71.09
        Kabupaten Sangihe lolos. | 71.03
        Kab. Kepulauan Sangihe lolos. | 71.03
        Kotabaru lolos. | 63.02
        Kabupaten Kota Baru lolos. | 63.02
        Kab. Kotabaru lolos. | 63.02
        Baubau lolos. | 74.72
        Bau-Bau lolos. | 74.72
        Kota Bau Bau lolos. | 74.72
        Kota Pare-Pare lolos. | 73.72
        Parepare lolos. | 73.72
        Tanjung Pinang lolos. | 21.72
        Kota Tanjungpinang lolos. | 21.72
        Tj. Pinang lolos. | 21.72
        Pangkal Pinang lolos. | 19.71
        Pemko P. Siantar lolos. | 12.72
        Pematang Siantar lolos. | 12.72
        Pematang-Siantar lolos. | 12.72
        Padang Sidempuan lolos. | 12.77
        Tebingtinggi lolos. | 12.76
        Kota Tebing Tinggi lolos. | 12.76
        Fakfak lolos. | 92.03
        Fak-Fak lolos. | 92.03
        Kabupaten Fak Fak lolos. | 92.03
        Toli-Toli lolos. | 72.04
        Tolitoli lolos. | 72.04
        Tojo Una-Una lolos. | 72.09
        Kabupaten Tojo Unauna lolos. | 72.09
        Palangka Raya lolos. | 62.71
        Palangkaraya lolos. | 62.71
        Lubuk Linggau lolos. | 16.73
        Lubuklinggau lolos. | 16.73
        Wali Kota Linggau hadir. | 16.73
        Pagaralam lolos. | 16.72
        Gunung Kidul lolos. | 34.03
        Kulonprogo lolos. | 34.01
        Labuhan Batu lolos. | 12.10
        Labuhan Batu Utara lolos. | 12.23
        Deliserdang lolos. | 12.07
        Muaro Jambi lolos. | 15.05
        Kabupaten Muara Jambi lolos. | 15.05
        Batang Hari lolos. | 15.04
        Muko-Muko lolos. | 17.06
        Kabupaten Karang Asem lolos. | 51.07
        Kabupaten Tulangbawang Barat lolos. | 18.12
        Bandarlampung lolos. | 18.71
        Kota Bukit Tinggi lolos. | 13.75
        Kota Padangpanjang lolos. | 13.74
        Kota Sungaipenuh lolos. | 15.72
        Kota Sei Penuh lolos. | 15.72
        Jogja lolos. | 34.71
        Yogya lolos. | 34.71
        Tasik lolos bersama Kabupaten Garut. | 32.06 32.05
        Kota Tasik lolos. | 32.78
        Kota Solo lolos. | 33.72
        Kabupaten Polewali Mandar lolos. | 76.04
        Kab. Pangkajene dan Kepulauan lolos. | 73.10
        Kab. Pangkajene Kepulauan lolos. | 73.10
        Kota Tidore lolos. | 82.72
        Morotai lolos. | 82.07
        Kabupaten Pulau Morotai lolos. | 82.07
        Pulau Taliabu lolos. | 82.08
        Kota Kotamobagu lolos. | 71.74
        Kutai Kertanegara lolos. | 64.02
        Memberamo Raya lolos. | 91.20
        Boven Digul lolos. | 93.02
        Bolaang mongondow Utara lolos. | 71.08
        Kabupaten Ogan Komering ilir lolos. | 16.02
        Kab.Sleman lolos. | 34.04
        KabupatenSleman lolos. | 34.04
        PemkabSleman bersiap. | 34.04
        Kutai  Timur lolos. | 64.08
        Kabupaten  Kutai  Timur lolos. | 64.08
        KABUPATEN BANGKA SELATAN LOLOS | 19.03
        PEMKAB KOTIM BERSIAP | 62.02
        kabupaten bondowoso tunda bimtek. | 35.11
        pemkab bondowoso tunda bimtek. | 35.11
        Kabupaten Kepulauan Seribu lolos. | 31.01
        Kota Administrasi Jakarta Pusat lolos. | 31.71
        Kota Adm. Jakarta Pusat lolos. | 31.71
    """,
    "name_is_read_to_its_end": """
        Bangka lolos. | 19.01
        Bangka Selatan lolos. | 19.03
        Bangka Belitung lolos. |
        Provinsi Kepulauan Bangka Belitung lolos. |
        Menurut Bangka Pos, rapat ditunda. |
        Paser lolos, Penajam Paser Utara gagal. | 64.01 64.09
        Luwu lolos, Luwu Utara dan Luwu Timur gagal. | 73.17 73.22 73.24
        Solok lolos, Solok Selatan gagal. | 13.02 13.11
        Bone lolos, Bone Bolango gagal. | 73.08 75.03
        Kapuas lolos, Kapuas Hulu gagal. | 62.03 61.06
        Padang lolos, Padang Pariaman dan Padang Panjang gagal. | 13.71 13.05 13.74
        Padang Lawas Utara lolos, Padang Lawas gagal. | 12.20 12.21
        Pariaman lolos. | 13.77
        Mamuju lolos, Mamuju Tengah gagal. | 76.02 76.06
        Konawe lolos, Konawe Kepulauan gagal. | 74.02 74.12
        Muna lolos, Muna Barat gagal. | 74.03 74.13
        Banggai lolos, Banggai Laut dan Banggai Kepulauan gagal. | 72.01 72.11 72.07
        Sorong Selatan lolos, Manokwari Selatan gagal. | 96.02 92.11
        Buru Selatan lolos. | 81.09
        Bandung Barat lolos. | 32.17
        Tangerang Selatan lolos. | 36.74
        Banjarnegara lolos, Banjarbaru dan Banjarmasin gagal. | 33.04 63.72 63.71
        Puncak Jaya lolos, Kabupaten Puncak gagal. | 94.02 94.05
        Pegunungan Bintang lolos. | 95.02
        Intan Jaya lolos. | 94.07
        Aceh Jaya lolos, Pidie Jaya gagal, Pidie ikut. | 11.14 11.18 11.07
        Sumba Barat lolos, Sumba Barat Daya gagal. | 53.12 53.18
        Seram Bagian Barat lolos. | 81.06
        Ogan Komering Ulu Timur lolos, Ogan Komering Ulu gagal. | 16.08 16.01
        Musi Rawas Utara lolos, Musi Rawas gagal. | 16.13 16.05
        Tulang Bawang lolos, Tulang Bawang Barat gagal. | 18.05 18.12
        Bengkulu Utara lolos. | 17.03
        Lampung Utara lolos. | 18.03
        Gorontalo Utara lolos. | 75.05
        Minahasa lolos, Minahasa Utara gagal. | 71.02 71.06
        Kotawaringin Barat lolos. | 62.01
        Hulu Sungai Tengah lolos. | 63.07
        Batanghari lolos. | 15.04
        Kabupaten Batang lolos. | 33.25
    """,
    "province_is_never_counted": """
        Gubernur Gorontalo hadir. |
        Pemprov Jambi mendukung. |
        Provinsi Bengkulu mendukung. |
        Papua Barat mendukung. |
        Papua Barat Daya mendukung. |
        DI Yogyakarta mendukung. |
        D.I. Yogyakarta mendukung. |
        Daerah Istimewa Yogyakarta mendukung. |
        Enam daerah di Bengkulu mengikuti asesmen. |
        Tiga daerah di Gorontalo mengikuti asesmen. |
        Dua daerah di Jambi mengikuti asesmen. |
        Wagub Gorontalo membuka rapat. |
        DPRD Provinsi Gorontalo rapat. |
        Sulawesi Barat mendukung. |
        Sumsel mendukung. |
        Babel mendukung. |
        Pemerintah Provinsi Jambi mendukung. |
        Diskominfo Provinsi Bengkulu mendukung. |
        Kepulauan Riau mendukung. |
        Maluku Utara mendukung. |
        Nusa Tenggara Timur mendukung. |
        Kalimantan Utara mendukung. |
        Lampung mendukung. |
        Banten mendukung. |
        Wakil Gubernur Jambi membuka rapat. |
        JAMBI – Wali kota meninjau taman. | 15.71
        GORONTALO – Wali kota meninjau taman. | 75.71
        BENGKULU, Portal – Wali kota meninjau taman. | 17.71
        Bimtek digelar di Hotel Melati, Jambi. | 15.71
        Di Bengkulu, Kota Bengkulu sudah lebih awal. | 17.71
    """,
    "common_word_is_no_place": """
        Nelayan buru ikan tuna. |
        Polisi buru pelaku. |
        Polisi Buru Pelaku Curanmor |
        Rumah itu di batang jalan. |
        Batang pohon itu tumbang. |
        Batang kayu hanyut. |
        Santan dan pati jagung dijual. |
        Toko batu itu ramai. |
        Harga Batu Bara naik. |
        Sopir Batu Bara mogok. |
        Tambang Batu Bara ditutup. |
        Batu bara diekspor. |
        Nasib malang menimpa warga. |
        Mereka serang lawan. |
        Landak itu masuk kebun. |
        Kota baru itu dibangun di pinggir sungai. |
        Kota Baru Parahyangan ramai. |
        Pabrik itu di Kuningan, Jakarta Selatan. | 31.74
        Rapat di kawasan Kuningan, Jakarta. |
        Stasiun Manggarai ramai. |
        Palu diketok wakil ketua. |
        Peserta datang dari Sabang sampai Merauke. |
        Peserta datang dari Sabang hingga Merauke. |
        Selat Malaka ramai kapal. |
        Benteng Malaka dipugar. |
        Danau Toba indah. |
        Kawasan Danau Toba dikembangkan. |
        Pisang bakar dan tebing tinggi menarik wisatawan. |
        Kereta Metro melaju. |
        Sampai di Puncak, macet. |
        Ia mendaki puncak. |
        Nilai KP dan ME naik. |
        Aplikasi SIAK diperbarui. |
        Sistem Informasi Administrasi Kependudukan (SIAK) diperbarui. |
        Ibu Kota Negara pindah. |
        Ibu Kota Nusantara dibangun. |
        Musi banjir. |
        Kota Cerdas adalah gerakan nasional. |
        Mitra kerja hadir. |
        Mura, kata petani, harga turun. |
        Tala kacang dijual. |
        Prabu Siliwangi dikenang. |
        Panda itu lucu. |
        Raya Idul Fitri tiba. |
        Tanjung itu indah. |
        Negara hadir. |
        Pendopo itu ramai. |
        Mulia hatinya. |
        Sumber air itu jernih. |
        Rantau jauh ditempuh. |
        Salak itu manis. |
    """,
    "name_inside_the_name_of_something_else_is_no_place": """
        Dosen Universitas Negeri Malang hadir. |
        Dosen Universitas Muhammadiyah Surakarta hadir. |
        Dosen UIN Sunan Kalijaga Yogyakarta hadir. |
        Dosen UPN Veteran Yogyakarta hadir. |
        Dosen Institut Teknologi Bandung hadir. |
        Dosen Institut Pertanian Bogor hadir. |
        Dosen Politeknik Negeri Jember hadir. |
        Dosen IAIN Kudus hadir. |
        Dosen STIE Pasaman hadir. |
        Mahasiswa Universitas Mataram hadir. |
        Mahasiswa Telkom University Bandung hadir. |
        Kepala SMAN 2 Bangli hadir. |
        Kepala SMKN 1 Majene hadir. |
        Kepala SMA Negeri 1 Mamasa hadir. |
        Kepala SD Negeri 4 Banawa hadir. |
        Direktur RS Mitra Kudus hadir. |
        Peserta melewati Jalan Surabaya. |
        Peserta melewati Jl. Bandung. |
        Peserta melewati Jalan Raya Cilegon. |
        Kemacetan di Tol Solo-Ngawi terurai. |
        Kemacetan di Jalan Tol Semarang terurai. |
        Ruas Rengat–Pekanbaru rusak. |
        KRI Banjarmasin berlabuh. |
        KRI Teluk Bintuni berlabuh. |
        KM Bintan berlayar. |
        Kapal Makassar tenggelam. |
        Yonif 144 Jember hadir. |
        Yonif Raider 300/Cianjur hadir. |
        Lanal Aru hadir. |
        Danlanal Maumere hadir. |
        Lanud Jayapura hadir. |
        Korem 072 Semarang hadir. |
        Kodam Jayapura hadir. |
        PSS Sleman menang. |
        PSM Makassar menang. |
        Persib Bandung menang. |
        Persebaya Surabaya menang. |
        Persis Solo menang. |
        Persik Kediri menang. |
        Arema Malang menang. |
        PSIS Semarang menang. |
        Tribun Jambi memberitakan rapat. |
        Radar Madiun memberitakan rapat. |
        Demikian ditulis Solo Pos. |
        Demikian ditulis Banjarmasin Post. |
        Demikian ditulis Pontianak Post. |
        Demikian ditulis Malang Times. |
        Demikian ditulis Kabar Banyuwangi. |
        Demikian ditulis Suara Lamongan. |
        Metro TV menyiarkan rapat. |
        Stasiun Tegal ramai. |
        Bandara Lombok ramai. |
        Pelabuhan Sambas ramai. |
        Pelabuhan Yos Sudarso Ambon ramai. |
        Penyeberangan Ketapang-Gilimanuk macet. |
        Sungai Kapuas meluap. |
        Sungai Barito meluap. |
        Gunung Agung meletus. |
        Pulau Buru indah. |
        Pulau Nias indah. |
        Pulau Sumbawa indah. |
        Laut Sawu dan Teluk Kupang indah. |
        Selat Bangka berombak. |
        Danau Sentani indah. |
        Kesultanan Tidore hadir. |
        Kesultanan Ternate dan Kerajaan Gowa hadir. |
        Sultan Ternate hadir. |
        Kerajaan Mataram runtuh. |
        Camat Pangkalan Kerinci hadir. |
        Camat Cimahi Selatan hadir. |
        Kecamatan Banjar lolos. |
        Kec. Bima dan Desa Sampit lolos. |
        Kapolsek Binjai Utara hadir. |
        Kecamatan Kota Sumenep ramai. |
        Polsek Kota Bima ramai. |
        Kelurahan Kota Baru ramai. |
        Lurah Depok hadir. |
        Wali Nagari Pasaman hadir. |
        Suku Banjar menari. |
        Bahasa Banjar dipakai. |
        Batik Pekalongan laku. |
        Sarung Samarinda laku. |
        Soto Lamongan laku. |
        Tahu Sumedang laku. |
        Kopi Bajawa laku. |
        Rumah Makan Padang ramai. |
        Nasi Padang laku. |
        PT Semen Padang hadir. |
        PT Telkom Kupang hadir. |
        Telkom Sentani hadir. |
        Cabang Jember hadir. |
        BPJS Kesehatan Cabang Kudus hadir. |
        KPP Pratama Kudus hadir. |
        Witel Manado hadir. |
        Pasar Nganjuk sepi. |
        Perumahan Bekasi Indah laku. |
        Ikatan Keluarga Minang Batam hadir. |
        Koalisi Pejalan Kaki Caruban hadir. |
        Balai Gakkum Wilayah II Samarinda hadir. |
        Badan Otorita Toba hadir. |
        Solo Raya lolos. |
        Malang Raya lolos. |
        Bandung Raya macet. |
        Kunjungi diskominfo.tabanan.go.id segera. |
        Surel ke humas@sleman.go.id segera. |
        Ikuti @pemkab_bantul segera. |
        Piala Konawe diperebutkan. |
        Balikpapan Utara banjir. |
        Cimahi Selatan banjir. |
        Sabu Barat banjir. |
        Malang Selatan banjir. |
    """,
    "name_of_a_person_is_no_place": """
        H. Tanjung hadir. |
        Pak Bima hadir. |
        Menurut Bapak Batang, rapat lancar. |
        "Kami siap," kata Bima. |
        Bima menambahkan, anggaran cukup. |
        Bima mengatakan anggaran cukup. |
        Muhammad Lingga hadir. |
        Ny. Tanjung hadir. |
        Letkol Malang hadir. |
        Sri Tanjung memberi sambutan. |
        Mas Bima dan Mbak Lingga datang. |
        Ir. Malang Suprapto datang. |
        dr. Solo datang. |
        Kompol Bone datang. |
    """,
    "capital_names_its_kabupaten_where_something_says_so": """
        SAMPIT – Rapat berlangsung lancar. | 62.02
        SAMPIT - Rapat berlangsung lancar. | 62.02
        SAMPIT, Portal Warta – Rapat berlangsung lancar. | 62.02
        SAMPIT, PW – Rapat berlangsung lancar. | 62.02
        Sampit (Portal Warta) – Rapat berlangsung lancar. | 62.02
        SAMPIT-Rapat berlangsung lancar. | 62.02
        SAMPIT – Pemkab Kotim rapat. | 62.02 62.02
        MARTAPURA – Bupati Banjar rapat. | 63.03 63.03
        MARTAPURA – Pemkab OKU Timur rapat. | 16.08 16.08
        SUKADANA – Pemkab Kayong Utara rapat. | 61.11 61.11
        SUKADANA – Pemkab Lampung Timur rapat. | 18.07 18.07
        TANJUNG – Pemkab Tabalong rapat. | 63.09 63.09
        TANJUNG – Pemkab Lombok Utara rapat. | 52.08 52.08
        RANTAU – Pemkab Tapin rapat. | 63.05 63.05
        PARIGI – Pemkab Parigi Moutong rapat. | 72.08 72.08
        NEGARA – Pemkab Jembrana rapat. | 51.01 51.01
        WATES – Pemkab Kulon Progo rapat. | 34.01 34.01
        MUNGKID – Pemkab Magelang rapat. | 33.08 33.08
        KAJEN – Bupati Pekalongan rapat. | 33.26 33.26
        SLAWI – Bupati Tegal rapat. | 33.28 33.28
        LIMBOTO – Bupati Gorontalo rapat. | 75.01 75.01
        SENTANI – Bupati Jayapura rapat. | 91.03 91.03
        SOREANG – Bupati Bandung rapat. | 32.04 32.04
        MAGETAN – Rapat berlangsung lancar. | 35.20
        KUNINGAN — Rapat berlangsung lancar. | 32.08
        KOTABARU – Rapat berlangsung lancar. | 63.02
        PATI – Rapat berlangsung lancar. | 33.18
        BATANG – Rapat berlangsung lancar. | 33.25
        METRO – Rapat berlangsung lancar. | 18.72
        SOLO – Rapat berlangsung lancar. | 33.72
        KOTA BIMA – Rapat berlangsung lancar. | 52.72
        KOTA BIMA_ Rapat berlangsung lancar. | 52.72
        Kabupaten Buru – Rapat berlangsung lancar. | 81.04
        BITUNG, SBB – Rapat berlangsung lancar. | 71.72
        BIAK, KK — Rapat berlangsung lancar. | 91.06
        SINTANG, KP - Rapat berlangsung lancar. | 61.05
        KABANJAHE, Simalem Post - Rapat berlangsung lancar. | 12.06
        JAKARTA – Rapat berlangsung lancar. |
        JAKARTA, METRO – Rapat berlangsung lancar. |
        Bupati Lamandau pulang ke Nanga Bulik. | 62.09 62.09
        Wabup Boven Digoel bicara di Tanah Merah. | 93.02 93.02
        Ia tinggal di Cikarang. | 32.16
        Acara digelar di Hotel Melati, Cibinong. | 32.01
        Anak itu bernama Slawi. |
        Pabrik Cibinong ditutup. |
    """,
    "word_that_is_a_place_too_needs_a_sign_of_one": """
        Solo belum ke situ. |
        Acara digelar di Solo. | 33.72
        Acara digelar di Solo, Selasa (5/4). | 33.72
        Warga Lebak mengeluh. | 36.02
        Warga Pati mengeluh. | 33.18
        Bandar Lampung memimpin, disusul Metro dan Pringsewu. | 18.71 18.72 18.10
        Indeksnya masih di bawah Banjarbaru dan Kotabaru. | 63.72 63.02
        Tetangganya Samosir dan Toba juga ikut. | 12.17 12.12
        Peserta dari Karo, Dairi, dan Toba hadir. | 12.06 12.11 12.12
        Dalam surat itu, nama Malaka tidak tercantum. | 53.21
        Tahun lalu, Bima kandas. | 52.06
        Batang raih penghargaan smart city. | 33.25
        Batang Raih Penghargaan Smart City | 33.25
        Solo Terima Penghargaan Smart City | 33.72
        Serang Masuk Daftar Daerah Terpilih | 36.04
        Pemkot Serang bersiap. Serang yakin lolos. | 36.73 36.73
        Pemkab Buru bersiap. Tim Buru yakin lolos. | 81.04 81.04
        Wali Kota Batu hadir. Kepada tim, Batu harus menang. | 35.79 35.79
        Bupati Banjar hadir. Smart city Banjar dinilai baik. | 63.03 63.03
        Wali Kota Banjar hadir. Smart city Banjar dinilai baik. | 32.79 32.79
        Rombongan dari Batam tiba di Hotel Batu Hijau, Balikpapan. | 21.71 64.71
        Sengketa di Nagari Padang Tarok, Agam, selesai. | 13.06
        Banjir di Kecamatan Pendopo, Empat Lawang. | 16.11
        Kabupaten Hulu Sungai Tengah banjir. BPBD HST siaga. | 63.07 63.07
        Kabupaten Manggarai Barat maju. Indeks Mabar 2,63. | 53.15 53.15
        Pemkab Murung Raya bersiap. Tim Mura yakin. | 62.12 62.12
        Pemkab Musi Rawas bersiap. Tim Mura yakin. | 16.05 16.05
    """,
    "bare_shared_name_is_what_the_article_says_else_the_kabupaten": """
        Bandung lolos. | 32.04
        Kota Bandung ikut. Bandung lolos. | 32.73 32.73
        Kupang lolos. | 53.01
        Madiun, Kediri dan Blitar lolos. | 35.19 35.06 35.05
        Pemkot Mojokerto ikut. Mojokerto lolos. Diskominfo Mojokerto siap. | 35.76 35.76 35.76
        Pemkab Mojokerto ikut. Mojokerto lolos. | 35.16 35.16
        Sorong lolos. | 96.01
        Bogor lolos. | 32.01
        Surabaya lolos. | 35.78
        Kota Sampit ramai. | 62.02
        Kota Sleman ramai. | 34.04
        Kabupaten Medan lolos. | 12.71
    """,
    "city_of_a_venue_is_named": """
        Evaluasi digelar di Shangri-La Hotel Surabaya. | 35.78
        Evaluasi digelar di Hotel Shangri-La Surabaya. | 35.78
        Evaluasi digelar di ICE BSD Tangerang. | 36.03
        Evaluasi digelar di Universitas Andalas Padang. | 13.71
        Bimtek dipusatkan di Politeknik Negeri Batam. | 21.71
    """,
    "place_is_read_as_people_write_it": """
        Baru pertama kali Sleman meraih penghargaan. | 34.04
        Ada 32 desa Konawe Selatan yang ikut. | 74.05
        Ada delapan kecamatan Kota Cimahi yang ikut. | 32.77
        Di wilayah Sleman sinyal kuat. | 34.04
        Ia tidak tahu Sleman ikut. | 34.04
        Di situ Sleman unggul. | 34.04
        Rapat di Ruang Meranti lancar. |
        Rapat di Aula Sangihe lancar. |
        Pak Kadis minta Bu Sulastri hadir. |
        Kepala Dinas memuji Solo. | 33.72
        Dinas Kesehatan Bima hadir. | 52.06
        Rombongan Pemkab Luwu Utara menginap di Hotel Claro, Makassar. | 73.22 73.71
        Peserta dari Kabupaten Tapin, Kotabaru, dan Balangan hadir. | 63.05 63.02 63.11
        Daerah itu ialah Sleman, Bantul, Kulon Progo, Gunungkidul, dan Kota Yogyakarta. | 34.04 34.02 34.01 34.03 34.71
        Daerah lain ialah Solo, Semarang, dan Batang. | 33.72 33.22 33.25
        Yang lolos: Kab. Bima, Kota Bima, Kab. Dompu. | 52.06 52.72 52.05
        Peserta: Kab. Buru, Kab. Buru Selatan, Kota Tual | 81.04 81.09 81.72
        1. Kabupaten Siak 2. Kabupaten Pelalawan 3. Kota Dumai | 14.08 14.05 14.72
        Kabupaten Siak, Pelalawan, dan Kota Dumai lolos. | 14.08 14.05 14.72
        Kota Bogor, Bekasi, dan Depok lolos. | 32.71 32.16 32.76
        Baca juga: Bupati Dairi Panen Jagung | 12.11
        Foto: Tim Smart City Kabupaten Karo saat rapat (Diskominfo Karo) | 12.06 12.06
        (Humas Pemkab Buleleng) | 51.08
        Laporan dari Taliwang: Pemkab Sumbawa Barat rapat. | 52.07 52.07
        Kepala Dinas Komunikasi dan Informatika Kabupaten Fakfak hadir. | 92.03
        Kepala Dinas Kominfo Fak-Fak hadir. | 92.03
        Kepala Dinas Komunikasi, Informatika, Statistik dan Persandian Bima hadir. | 52.06
        Plt. Kepala Bapelitbangda Kota Bima hadir. | 52.72
        Ketua TP PKK Biak Numfor hadir. | 91.06
        Forum Kabupaten Sehat Touna terbentuk. | 72.09
        Dewan Smart City Kota Tegal terbentuk. | 33.76
        Tim Smart City Tegal rapat di Pendopo Kabupaten Tegal. | 33.28 33.28
        Command Center Kota Serang diresmikan, lalu Serang dipuji. | 36.73 36.73
        Acara di Pendopo Bupati Lebak dihadiri warga. | 36.02
        Kantor Bupati Landak direnovasi. | 61.08
        Gedung DPRD Karo ramai. | 12.06
        Alun-alun Kota Batu ramai. | 35.79
        Warga Kecamatan Sungai Raya, Kabupaten Kubu Raya, hadir. | 61.12
        Warga Desa Kota Agung, Tanggamus, hadir. | 18.06
        Ia lahir di Palembang. | 16.71
        Ia menempuh kuliah di Universitas Sriwijaya, Palembang. | 16.71
        Ia alumnus Universitas Brawijaya Malang. |
        Ia alumnus Unhas Makassar. |
        Bupati berkunjung ke Banyuwangi. | 35.10
        Tim berguru ke Sragen dan Kota Surakarta. | 33.14 33.72
        Pekan depan tim bertolak ke Batam, Bintan, dan Tanjungpinang. | 21.71 21.01 21.72
        Kabupaten yang berbatasan dengan Enrekang itu lolos. | 73.16
        Kementerian memanggil 50 kota. |
        Ada 50 Kota dan kabupaten yang lolos. |
        Sebanyak 4 lawang berdiri. |
        Kota Pintar di Indonesia bertambah. |
        KOTA CERDAS DI INDONESIA BERTAMBAH |
        WALI KOTA BUKA BIMTEK |
        BUPATI BUKA BIMTEK SMART CITY |
        TANA TORAJA, PORTAL – Rapat berlangsung. | 73.18
        MAMUJU TENGAH -- Rapat berlangsung. | 76.06
        ENREKANG — Rapat berlangsung. | 73.16
        Masamba, Portal Rakyat — Rapat berlangsung. | 73.22
        Kuala Kapuas (Portal) - Rapat berlangsung. | 62.03
        TARUTUNG | PORTAL – Rapat berlangsung.|12.02
        Portal.id, SENGKANG – Rapat berlangsung. | 73.13
        PORTAL.COM, BULUKUMBA – Rapat berlangsung. | 73.02
        (PORTAL) BULUKUMBA – Rapat berlangsung. | 73.02
        Bulukumba, 5/11 (Portal) – Rapat berlangsung. | 73.02
        LIPUTAN MINAHASA – Rapat berlangsung. | 71.02
        Soppeng: Rapat berlangsung. | 73.12
        Bupati Bone Bolango berguru ke Bone. | 75.03 73.08
        Warga Pekon Kota Agung mengeluh. |
        Rute Kapal Kupang–Rote dibuka lagi. |
        Wisata Malang Raya ramai. |
        Pelatih Persela Lamongan dipecat. |
        Atlet asal Lamongan juara. | 35.24
        Kejuaraan Bupati Cup Lamongan dibuka. | 35.24
        Jalur Pantura Batang padat. |
        Jalan nasional Padang Panjang–Bukittinggi putus. |
        Penerbangan Kupang-Ende dibatalkan. |
        Gempa di laut Maluku terasa di Tual. | 81.72
        Ombak di Perairan Kepulauan Talaud tinggi. |
        Kepulauan Talaud lolos. | 71.04
        Warga Kepulauan Sula lolos. | 82.05
        Sula lolos. | 82.05
        Lapas Cipinang Jakarta Timur penuh. | 31.75
        Bank Jatim Cabang Lumajang memberi bantuan. |
        Bank Sulselbar Cabang Takalar memberi bantuan. |
        Kantor Imigrasi Sampit tutup. |
        BPS Kota Kediri merilis data. | 35.71
        BPS Sleman merilis data. | 34.04
        Kodim 0705/Magelang hadir. | 33.08
        Polresta Sidoarjo menahan pelaku. | 35.15
        PMI Kabupaten Kudus membagi air. | 33.19
        Lomba cerdas cermat tingkat Kota Malang digelar. | 35.73
        Kontingen Kabupaten Malang unggul atas Kota Malang. | 35.07 35.73
        Masjid Agung Demak ramai. |
        Masjid Agung Kendal ramai. |
        Candi Borobudur Magelang ramai. | 33.08
        Benteng Marlborough Bengkulu ramai. |
        Pantai Parangtritis Bantul ramai. | 34.02
        Taman Nasional Way Kambas Lampung Timur ramai. | 18.07
        Pulau Sabu dan Pulau Rote indah. |
        Gunung Landak tinggi. |
        Danau Poso surut. |
        Sungai Musi surut. |
        Sungai Melawi dan Sungai Sekadau surut. |
        Sungai Batanghari surut. |
        DAS Barito rusak. |
        Waduk Kedung Ombo, Grobogan, surut. | 33.15
        Bendungan Karian, Lebak, surut. | 36.02
        Tari Gandrung Banyuwangi tampil. | 35.10
        Dodol Garut laku. |
        Salak Sleman laku. |
        Orang Toba menari. |
        Adat Karo dijaga. |
        Kain Buton laku. |
        Aspal Buton laku. |
        Kuda Sumbawa laku. |
    """,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(text.strip(), found.split(), id=f"{what}: {text.strip()}")
        for what, lines in SENTENCES.items()
        for text, _, found in (line.rpartition("|") for line in lines.strip().splitlines())
    ],
)
def test_a_sentence_names_these_places(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "form",
    [
        "Pemerintah {full} rapat.", "PEMERINTAH {FULL} RAPAT", "{full} lolos.", "{head} {bare} hadir.",
        "{HEAD} {BARE} HADIR", "{government} {bare} rapat.", "{short} {bare} rapat.", "Diskominfo {full} rapat.",
        "Tim dari {full}, Selasa (5/4).",
    ],
)  # fmt: skip
def test_each_of_the_514_is_known_by_its_office(form: str) -> None:
    wrong = {}
    for place in places().values():
        bare = place.name.removeprefix("Kabupaten ").removeprefix("Kota ").removeprefix("Administrasi ")
        is_kota = place.kind == "kota"
        head = "Wali Kota" if is_kota else "Bupati"
        text = form.format(
            full=place.name, FULL=place.name.upper(), bare=bare, BARE=bare.upper(), head=head, HEAD=head.upper(),
            government="Pemkot" if is_kota else "Pemkab", short="Kota" if is_kota else "Kab.",
        )  # fmt: skip
        if codes(text) != [place.code]:
            wrong[text] = codes(text)
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "person", "expected"),
    [
        ("Kepala Dinas Kominfo Bima Prasetyo membuka rapat.", "Bima Prasetyo", []),
        ("Kepala Dinas Kominfo Nursyam Tanjung membuka rapat.", "Nursyam Tanjung", []),
        ("Kabid Aptika Yuni Malang dari Kota Malang hadir.", "Yuni Malang", ["35.73"]),
        ("Rudi Lingga memimpin rapat. Menurut Lingga, anggaran cukup.", "Rudi Lingga", []),
        ("Bima Prasetyo hadir. Siang itu Bima pulang ke Bima.", "Bima Prasetyo", ["52.06"]),
        ("Bupati Bima Surya Kencana hadir.", "Surya Kencana", ["52.06"]),
    ],
)
def test_who_is_known_as_a_person_is_no_place(text: str, person: str, expected: list[str]) -> None:
    start = text.index(person)
    found = find_regencies(read(text), ((start, start + len(person)),))
    assert [mention.code for mention in found] == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Basel Siap Dievaluasi",
            "JAKARTA – Pemerintah Kabupaten Bangka Selatan menyatakan siap dievaluasi Kementerian Kominfo.\n\n"
            "Evaluasi akan digelar di Surabaya bersama Kota Surabaya, Kabupaten Sleman, dan Kota Madiun.",
            "19.03",
        ),
        (
            "Sepuluh Daerah Terima Penghargaan Smart City",
            "Kementerian Kominfo menyerahkan penghargaan kepada sepuluh daerah di Jakarta. Mereka ialah "
            "Kabupaten Sleman, Kota Madiun, Kota Semarang, Kabupaten Badung, Kota Bogor, Kabupaten Siak, dan"
            " Kota Dumai.",
            "",
        ),
        (
            "Diskominfo Kotim Genjot Smart City",
            "SAMPIT – Kepala Diskominfo Kotim menyiapkan data dukung. Ia membandingkan dengan Kota "
            "Banjarmasin dan Kota Balikpapan yang lebih dulu.\n\nMenurutnya Banjarmasin unggul di smart "
            "living.",
            "62.02",
        ),
        (
            "Pemkab Sleman dan Pemkot Yogyakarta Teken Nota Kesepahaman Smart City",
            "Pemkab Sleman dan Pemkot Yogyakarta meneken nota kesepahaman dengan Kementerian Kominfo. Bupati"
            " Sleman dan Wali Kota Yogyakarta hadir.",
            "34.04 34.71",
        ),
        (
            "Wali Kota Kediri Jawab Pertanyaan Asesor",
            "SURABAYA – Wali Kota Kediri menjawab pertanyaan asesor dalam evaluasi smart city di Surabaya, "
            "Selasa.\n\nDi Surabaya, Kediri mendapat giliran setelah Kota Surabaya dan Kabupaten Gresik.",
            "35.71",
        ),
        (
            "Raih Predikat Baik, Buru Ungguli Ambon",
            "NAMLEA – Kabupaten Buru meraih predikat baik pada evaluasi smart city, di atas Kota Ambon.",
            "81.04",
        ),
        (
            "Rombongan Bupati Ende Belajar Smart City di Sleman",
            "SLEMAN – Rombongan Pemkab Ende diterima Bupati Sleman di Pendopo Kabupaten Sleman. Mereka "
            "belajar smart city.",
            "53.08 34.04",
        ),
        (
            "Bimtek Smart City Tahap II Digelar",
            "BATUSANGKAR – Bimtek smart city tahap II digelar di Gedung Indo Jolito. Sekda Tanah Datar "
            "membuka kegiatan itu.",
            "13.04",
        ),
        (
            "Tim Asesor Puji Inovasi Sampah",
            "MOJOKERTO – Tim asesor memuji bank sampah Kota Mojokerto. Kabupaten Mojokerto, Kota Madiun, dan"
            " Kota Blitar dinilai pada hari yang sama.",
            "35.76",
        ),
        (
            "Smart City: Kota Magelang Gandeng Universitas Diponegoro",
            "Pemkot Magelang menggandeng Universitas Diponegoro Semarang menyusun masterplan. Wali Kota "
            "Magelang dan Rektor menandatangani di Semarang.",
            "33.71",
        ),
        (
            "Pemkab Kuningan Kunjungi Command Center Kota Bandung",
            "BANDUNG – Rombongan Diskominfo Kabupaten Kuningan mengunjungi Bandung Command Center. Mereka "
            "diterima Diskominfo Kota Bandung.",
            "32.08 32.73",
        ),
        (
            "Wabup: Masterplan Harus Dipakai",
            "PAINAN – Wakil Bupati Pesisir Selatan meminta masterplan dipakai.\n\nPessel mengikuti gerakan ini"
            " sejak 2022. Bupati Solok dan Wali Kota Padang juga mengikuti.",
            "13.01",
        ),
        (
            "Pj Bupati Batang Luncurkan Aplikasi Lapor",
            "BATANG – Pj Bupati Batang meluncurkan aplikasi lapor.\n\nAplikasi itu meniru milik Pemkot Semarang.",
            "33.25",
        ),
        (
            "Berguru ke Banyuwangi, Pemko Binjai Kaji Mal Orang Sibuk",
            "BINJAI – Wali Kota Binjai memimpin rombongan ke Banyuwangi. Bupati Banyuwangi menerima mereka.",
            "12.75 35.10",
        ),
    ],
)
def test_whose_programme_an_article_reports(title: str, text: str, expected: str) -> None:
    assert subjects(title, text) == set(expected.split())


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("Kabupaten Buru di atas Kota Ambon.", {"81.71"}),
        ("Sleman meniru Pemkot Semarang.", {"33.74"}),
        ("Kediri mendapat giliran setelah Kota Surabaya dan Kabupaten Gresik.", {"35.78", "35.25"}),
        ("Kota Palu bisa dijadikan contoh.", {"72.71"}),
        ("Setelah Pemkab Sleman meneken nota, rapat ditutup.", set()),
    ],
)
def test_a_place_that_another_is_measured_by_is_marked(text: str, compared: set[str]) -> None:
    assert {mention.code for mention in find_regencies(read(text)) if mention.is_compared} == compared
