"""Officials: who they are, under which office, for which government, and whom they stand for."""

from __future__ import annotations

import pytest
from build import build_article

from nlp.extraction import Official
from nlp.people.namings import find_namings
from nlp.pipeline import build_pipeline, extract
from nlp.regencies import find_regencies

LEAD = "Pemkab Bangka Selatan mengikuti evaluasi smart city bersama Kementerian Kominfo."


def officials(*sentences: str, title: str = "Pemkab Bangka Selatan Ikuti Evaluasi Smart City") -> list[Official]:
    text = "\n\n".join((LEAD, " ".join(sentences)))
    return list(extract(build_article("https://warta.example/a", "warta", text, title)).officials)


def official(*sentences: str) -> Official:
    (only,) = officials(*sentences)
    return only


@pytest.mark.parametrize(
    ("sentence", "position", "acting"),
    [
        ("Rapat dipimpin Plt. Kepala Dinas Kominfo Darmo Wilis.", "Kepala Dinas Kominfo", "Plt."),
        ("Rapat dipimpin Plt Kepala Dinas Kominfo Darmo Wilis.", "Kepala Dinas Kominfo", "Plt."),
        ("Rapat dipimpin Pelaksana Tugas Kepala Dinas Kominfo Darmo Wilis.", "Kepala Dinas Kominfo", "Plt."),
        ("Rapat dipimpin Pelaksana Tugas (Plt) Kepala Dinas Kominfo Darmo Wilis.", "Kepala Dinas Kominfo", "Plt."),
        ("Rapat dipimpin Pj. Bupati Bangka Selatan Darmo Wilis.", "Bupati", "Pj."),
        ("Rapat dipimpin Penjabat Bupati Bangka Selatan Darmo Wilis.", "Bupati", "Pj."),
        ("Rapat dipimpin Penjabat (Pj) Bupati Bangka Selatan Darmo Wilis.", "Bupati", "Pj."),
        ("Rapat dipimpin Pjs. Bupati Bangka Selatan Darmo Wilis.", "Bupati", "Pjs."),
        ("Rapat dipimpin Penjabat Sementara Bupati Bangka Selatan Darmo Wilis.", "Bupati", "Pjs."),
        ("Rapat dipimpin Plh. Sekda Bangka Selatan Darmo Wilis.", "Sekda", "Plh."),
        ("Rapat dipimpin Pelaksana Harian Sekda Bangka Selatan Darmo Wilis.", "Sekda", "Plh."),
        ("Rapat dipimpin PLT Kepala Dinas Kominfo Darmo Wilis.", "Kepala Dinas Kominfo", "Plt."),
        ("Rapat dipimpin Bupati Bangka Selatan Darmo Wilis.", "Bupati", None),
        ("Rapat dipimpin Wakil Bupati Bangka Selatan Darmo Wilis.", "Wakil Bupati", None),
        ("Rapat dipimpin Kadis Kominfo Darmo Wilis.", "Kadis Kominfo", None),
        ("Rapat dipimpin Asisten Administrasi Umum Darmo Wilis.", "Asisten Administrasi Umum", None),
        ("Rapat dipimpin Sekretaris Daerah Bangka Selatan, Darmo Wilis.", "Sekretaris Daerah", None),
        ("Rapat dipimpin Darmo Wilis selaku Kepala Bappeda.", "Kepala Bappeda", None),
        ("Rapat dipimpin Kepala Dinas Kominfo (Plt.) Darmo Wilis.", "Kepala Dinas Kominfo", "Plt."),
        ("Rapat dipimpin Kepala Dinas Kominfo (Plt) Darmo Wilis.", "Kepala Dinas Kominfo", "Plt."),
        ("Rapat dipimpin Asisten I Darmo Wilis.", "Asisten I", None),
        ("Rapat dipimpin Direktur LAIP Kominfo Darmo Wilis.", "Direktur LAIP Kominfo", None),
        ("Rapat dipimpin Plt. Direktur LAIP Darmo Wilis.", "Direktur LAIP", "Plt."),
        ("Rapat dipimpin Direktur LAIP Kementerian Kominfo Darmo Wilis.", "Direktur LAIP", None),
        ("Kepala Diskominfo Bangka Selatan melalui Sekretaris Darmo Wilis hadir.", "Sekretaris", None),
        ("Kepala Diskominfo Bangka Selatan melalui Sekretarisnya, Darmo Wilis, hadir.", "Sekretaris", None),
    ],
)
def test_an_office_is_read_with_its_marker_and_without_its_place(
    sentence: str, position: str, acting: str | None
) -> None:
    found = official(sentence)
    assert (found.name, found.position, found.acting) == ("Darmo Wilis", position, acting)


@pytest.mark.parametrize(
    ("sentence", "name", "prefix", "degrees"),
    [
        ("Sekda Bangka Selatan Darmo Wilis S.Hut., M.Si, M.Pd hadir.", "Darmo Wilis", None, ("S.Hut.", "M.Si", "M.Pd")),
        ("Bupati Bangka Selatan H.A.S. Karim Patta hadir.", "A.S. Karim Patta", "H.", ()),
        ("Bupati Bangka Selatan, H. Basri Lamadi, S.E., hadir.", "Basri Lamadi", "H.", ("S.E.",)),
        ("Kepala Dinas Kominfo Dr. Ir. Ratna Dewi, M.T. hadir.", "Ratna Dewi", "Dr. Ir.", ("M.T.",)),
        ("Kepala Dinas Kominfo La Ode Samsir hadir.", "La Ode Samsir", None, ()),
        ("Kepala Dinas Kominfo FX Bimo Haryadi hadir.", "FX Bimo Haryadi", None, ()),
        ("Bupati Bangka Selatan HM Basri Lamadi hadir.", "Basri Lamadi", "HM", ()),
        ("Kepala Dinas Kominfo AA Gede Raka, S.T. hadir.", "AA Gede Raka", None, ("S.T.",)),
        ("Bupati Bangka Selatan I Ketut Wardana hadir.", "I Ketut Wardana", None, ()),
        ("Sekda Bangka Selatan I Gede Wirya hadir.", "I Gede Wirya", None, ()),
        (
            "Kepala Dinas Komunikasi dan Informatika Bangka Selatan I Made Sugita, S.T. hadir.",
            "I Made Sugita",
            None,
            ("S.T.",),
        ),
        ("BUPATI BANGKA SELATAN RUSTAM BENI MEMBUKA RAPAT.", "RUSTAM BENI", None, ()),
        ("Kepala Dinas Kominfo Ni Ketut Murni, S.Sos hadir.", "Ni Ketut Murni", None, ("S.Sos",)),
    ],
)
def test_names_come_bare_with_honorifics_and_degrees_apart(
    sentence: str, name: str, prefix: str | None, degrees: tuple[str, ...]
) -> None:
    found = official(sentence)
    assert (found.name, found.prefix, found.degrees) == (name, prefix, degrees)


@pytest.mark.parametrize(
    ("sentence", "organization", "regency"),
    [
        ("Bupati Bangka Selatan Darmo Wilis hadir.", "Pemerintah Kabupaten Bangka Selatan", "19.03"),
        ("Wali Kota Pangkalpinang Darmo Wilis hadir.", "Pemerintah Kota Pangkal Pinang", "19.71"),
        ("Sekda Darmo Wilis hadir.", "Pemerintah Kabupaten Bangka Selatan", "19.03"),
        ("Kepala Dinas Kominfo Bangka Selatan Darmo Wilis hadir.", "Dinas Kominfo", "19.03"),
        ("Gubernur Kepulauan Bangka Belitung Darmo Wilis hadir.", None, None),
        ("Asesor dari Universitas Gadjah Mada, Darmo Wilis, hadir.", None, None),
    ],
)
def test_an_office_belongs_to_its_own_government(sentence: str, organization: str | None, regency: str | None) -> None:
    found = official(sentence)
    assert found.regency == regency
    if organization:
        assert found.organization == organization


@pytest.mark.parametrize(
    ("sentence", "represented"),
    [
        ("Bupati Bangka Selatan Rustam Beni diwakili Asisten Administrasi Umum Darmo Wilis.", "Rustam Beni"),
        ("Bupati Bangka Selatan Rustam Beni yang diwakili oleh Sekda Darmo Wilis membuka rapat.", "Rustam Beni"),
        ("Sekda Darmo Wilis, mewakili Bupati Rustam Beni, membuka rapat.", "Rustam Beni"),
        ("Plh. Sekda Darmo Wilis mewakili Pj. Bupati Rustam Beni yang berhalangan hadir.", "Rustam Beni"),
        ("Sekda Darmo Wilis membacakan sambutan Bupati Rustam Beni di aula.", "Rustam Beni"),
        ("Mewakili Bupati Rustam Beni, Sekda Darmo Wilis membuka rapat.", "Rustam Beni"),
        ("Sekda Darmo Wilis, M.Si., yang hadir mewakili Bupati Rustam Beni, membuka rapat.", "Rustam Beni"),
        ("Bupati Rustam Beni dalam sambutannya yang dibacakan Sekda Darmo Wilis mengajak tim bekerja.", "Rustam Beni"),
        ("Bupati Rustam Beni melalui Sekda Darmo Wilis mengajak tim bekerja.", "Rustam Beni"),
        ("Bupati Rustam Beni berhalangan dan diwakili Sekda Darmo Wilis.", "Rustam Beni"),
        ("Bupati Rustam Beni yang diwakilkan kepada Sekda Darmo Wilis membuka rapat.", "Rustam Beni"),
        ("Sekda Darmo Wilis atas nama Bupati Rustam Beni membuka rapat.", "Rustam Beni"),
        ("Sekda Darmo Wilis hadir menggantikan Bupati Rustam Beni.", "Rustam Beni"),
        (
            "Bupati Rustam Beni dalam pidato tertulis yang disampaikan Sekda Darmo Wilis mengajak bekerja.",
            "Rustam Beni",
        ),
    ],
)
def test_who_stands_for_whom(sentence: str, represented: str) -> None:
    stands_for = {found.name: found.represents for found in officials(sentence)}
    assert stands_for == {"Rustam Beni": None, "Darmo Wilis": represented}


def test_an_office_that_is_represented_without_a_name_is_named_as_office() -> None:
    assert official("Sekda Darmo Wilis mewakili Plt. Bupati Bangka Selatan yang berhalangan.").represents is not None


def test_a_person_named_again_by_one_name_or_misspelt_is_listed_once() -> None:
    found = officials(
        "Kepala Dinas Kominfo Ramdhansyah Wilis, S.Kom. memimpin rapat.",
        "Ramdansyah Wilis mengatakan tim sudah siap.",
        "Ramdhansyah berharap nilainya naik.",
    )
    assert [person.name for person in found] == ["Ramdhansyah Wilis"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Tim asesor terdiri atas Wulan Tantri dan Bramantyo Seno.",
        "Tim asesor terdiri dari Wulan Tantri dan Bramantyo Seno.",
        "Tim asesor yakni Wulan Tantri dan Bramantyo Seno.",
        "Tim asesor: Wulan Tantri serta Bramantyo Seno.",
    ],
)
def test_the_members_of_a_team_are_listed_each(sentence: str) -> None:
    assert [person.name for person in officials(sentence)] == ["Wulan Tantri", "Bramantyo Seno"]


@pytest.mark.parametrize(
    ("sentence", "position", "name"),
    [
        # words that no list knows, before a title, a common name, more of the office, or a comma
        ("Hadir Camat Way Tabuan I Ketut Wardana.", "Camat Way Tabuan", "I Ketut Wardana"),
        ("Hadir Camat Way Tabuan Hj. Nurlina Basri.", "Camat Way Tabuan", "Nurlina Basri"),
        ("Hadir Kades Bukit Sarang, Zaiwan Orlan, di aula.", "Kades Bukit Sarang", "Zaiwan Orlan"),
        ("Hadir Lurah Mekarasih Deni Kurniawan.", "Lurah Mekarasih", "Deni Kurniawan"),
        ("Hadir Kepala Distrik Semboga Yonas Wenda.", "Kepala Distrik Semboga", "Yonas Wenda"),
        ("Hadir Keuchik Gampong Lamkuta Lama Munzir Halim.", "Keuchik Gampong Lamkuta Lama", "Munzir Halim"),
        ("Hadir Kabid Perumahan Swadaya DPRKP Een Rohaeni.", "Kabid Perumahan Swadaya DPRKP", "Een Rohaeni"),
        ("Hadir Kabid Penegakan Perda Romy Salim.", "Kabid Penegakan Perda", "Romy Salim"),
        (
            "Hadir Kabid Pemberdayaan Perajin, Mistara Effendi, di aula.",
            "Kabid Pemberdayaan Perajin",
            "Mistara Effendi",
        ),
        (
            "Hadir Direktur Pemasaran PT Cakra Griya, Michella Oentung.",
            "Direktur Pemasaran PT Cakra Griya",
            "Michella Oentung",
        ),
        (
            "Hadir Direktur RSUD H. Abdul Sani Purba dr. Wulan Tarigan.",
            "Direktur RSUD H. Abdul Sani Purba",
            "Wulan Tarigan",
        ),
        ("Hadir Ketua Majelis Adat Rencong (MAR) Tgk. Marwan Halim.", "Ketua Majelis Adat Rencong", "Marwan Halim"),
        ("Hadir Danramil Kuta Tinggi Kapten Inf Bayu Purba.", "Danramil Kuta Tinggi", "Bayu Purba"),
        ("Hadir Danlanal Letkol Laut (P) Yovan Purba.", "Danlanal", "Yovan Purba"),
        ("Hadir Kadis P2KBP3A Arfan Kasim.", "Kadis P2KBP3A", "Arfan Kasim"),
        ("Hadir Kepala Bakeuda Priyatno Hadi.", "Kepala Bakeuda", "Priyatno Hadi"),
        ("Hadir Koordinator Wilayah Timur Dwi Lestari.", "Koordinator Wilayah Timur", "Dwi Lestari"),
        (
            "Hadir Pamong Budaya Ahli Madya Disdikbud, Ni Ketut Murni.",
            "Pamong Budaya Ahli Madya Disdikbud",
            "Ni Ketut Murni",
        ),
        # names that look like offices
        ("Hadir Kepala Dinas Kominfo Bakri Hamid.", "Kepala Dinas Kominfo", "Bakri Hamid"),
        ("Hadir Sekda Anak Agung Gede Raka.", "Sekda", "Anak Agung Gede Raka"),
        ("Hadir Kepala Bappeda Umbu Rada Ama, S.Pt.", "Kepala Bappeda", "Umbu Rada Ama"),
        ("Hadir Kepala Bappeda Romauli Sagala.", "Kepala Bappeda", "Romauli Sagala"),
        # brackets, and a role beside the office
        ("Hadir Kepala DPMPTSP (Dra. Siti Aminah, M.Si).", "Kepala DPMPTSP", "Siti Aminah"),
        ("Tercantum Nasrun Ishak (Kepala Bappeda) sebagai ketua.", "Kepala Bappeda", "Nasrun Ishak"),
        ("Hadir Ketua Dewan Smart City yang juga Kepala Bappeda, Drs. Oman Rustam.", "Kepala Bappeda", "Oman Rustam"),
        ("Bupati terpilih yang hadir sebagai undangan, I Made Wirya, diam.", "Bupati terpilih", "I Made Wirya"),
        (
            "Kasubdit Tata Kelola Direktorat e-Government, Ir. Hasnul Yuda, hadir.",
            "Kasubdit Tata Kelola",
            "Hasnul Yuda",
        ),
        ("Mendampinginya Siti Rahma, S.T. selaku Kepala Bappeda.", "Kepala Bappeda", "Siti Rahma"),
    ],
)
def test_an_office_of_unknown_words_ends_where_the_name_begins(sentence: str, position: str, name: str) -> None:
    found = official(sentence)
    assert found.name == name
    assert (found.position or "").startswith(position)


@pytest.mark.parametrize(
    "sentence",
    [
        "Sekcam Lambuya mencatat usulan itu.",
        "Ia menemui pedagang Pasar Gembira di sana.",
        "Tampak Bupati Gunung Kidul, Bupati Sampang, Bupati Tapanuli Tengah di lokasi.",
        "Daerah itu diwakili Sekretaris Daerahnya.",
        "Ada 412 petani, Pak. Semua memakai aplikasi.",
    ],
)
def test_places_and_plain_words_behind_an_office_are_no_names(sentence: str) -> None:
    assert officials(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Dua asesor ditugasi menguji, yakni Prof. Haryo Seno dari Universitas Airlangga dan Dr. Ratih Kumala.", 2),
        ("Anggota tim asesor Lestari Widya (Universitas Airlangga) dan Mirza Alfian hadir.", 2),
        ("Hadir dua anggota Komisi II DPRD, Muslim Ngantung serta Hj. Jamilah Haerul.", 2),
        ("Asesor Haryo Seno menilai runtut. Rekannya, Farah Dibyo, meminta bukti.", 2),
        ("Hadir Sekda Darmo Wilis, Basri Lamadi selaku Kabag Umum.", 2),
    ],
)
def test_companions_bear_the_role_of_the_one_before(sentence: str, names: int) -> None:
    found = officials(sentence)
    assert len(found) == names
    assert all(person.position for person in found)


@pytest.mark.parametrize(
    ("sentence", "regency"),
    [
        ("Hadir Ketua Forum Anak, Darmo Wilis.", "19.03"),
        ("Hadir Ketua LAM H. Darmo Wilis.", "19.03"),
        ("Hadir Ketua Umum Asosiasi Pemda, Darmo Wilis.", None),
        ("Hadir Ketua Tim Asesor Darmo Wilis.", None),
        ("Hadir Kapolres AKBP Darmo Wilis.", None),
        ("Hadir Dandim 0413/Bangka Letkol Inf Darmo Wilis.", None),
        ("Hadir Dekan Fakultas Teknik Universitas Malikul Dr.-Ing. Darmo Wilis.", None),
        ("Hadir Sub Koordinator Layanan Direktorat LAIP, Darmo Wilis.", None),
        ("Hadir Auditor Sistem dari Politeknik Negeri Sriwijaya, Darmo Wilis.", None),
    ],
)
def test_local_bodies_are_of_the_regency_and_guests_of_none(sentence: str, regency: str | None) -> None:
    assert official(sentence).regency == regency


def test_the_hosts_of_a_visit_are_of_the_regency_of_their_head() -> None:
    found = officials("Rombongan disambut Wakil Bupati Banyuwangi Munir Prawira bersama Kadis Kominfo Hadi Wicaksana.")
    assert [person.regency for person in found] == ["35.10", "35.10"]


def test_two_officials_in_a_row_keep_their_own_offices() -> None:
    found = officials("Hadir Sekda Darmo Wilis, Kepala Bappeda Ratna Dewi, dan Kepala Dinas Kominfo Basri Lamadi.")
    assert [(person.name, person.position) for person in found] == [
        ("Darmo Wilis", "Sekda"),
        ("Ratna Dewi", "Kepala Bappeda"),
        ("Basri Lamadi", "Kepala Dinas Kominfo"),
    ]


def test_the_office_counts_more_than_the_role_in_the_team() -> None:
    found = official("Plt. Kepala Bapperida Darmo Wilis selaku Ketua Tim Pelaksana memaparkan hasil.")
    assert (found.position, found.acting) == ("Kepala Bapperida", "Plt.")


def test_an_agency_inside_the_office_is_no_part_of_the_name() -> None:
    assert official("Kepala DKISP Paser Darmo Wilis hadir.").name == "Darmo Wilis"


@pytest.mark.parametrize(
    ("sentence", "is_quoted"),
    [
        ("“Kami siap menghadapi penilaian tahun ini,” ujar Sekda Darmo Wilis.", True),
        ("Sekda Darmo Wilis mengatakan seluruh berkas sudah lengkap.", True),
        ("Menurut Sekda Darmo Wilis, seluruh berkas sudah lengkap.", True),
        ("Rapat dihadiri Sekda Darmo Wilis.", False),
    ],
)
def test_only_those_who_speak_are_quoted(sentence: str, is_quoted: bool) -> None:
    assert official(sentence).is_quoted is is_quoted


@pytest.mark.parametrize(
    "sentence",
    [
        "Kepala dinas diminta segera melengkapi berkas.",
        "Para kepala perangkat daerah hadir.",
        "Seluruh Kepala OPD hadir dalam rapat itu.",
        "Smart Governance menjadi dimensi pertama.",
        "Reporter: Darmo Wilis",
        "Kepala Dinas Kominfo S.Kom. hadir.",
        "Kepala Dinas Kominfo S.Kom., M.Si. hadir.",
        "Rapat digelar di Hotel Grand Melati.",
    ],
)
def test_offices_without_persons_and_reporters_are_no_officials(sentence: str) -> None:
    assert officials(sentence) == []


def test_the_place_of_an_official_is_where_the_text_names_him() -> None:
    text = f"{LEAD}\n\nRapat dipimpin Sekda Darmo Wilis, M.Si. di aula."
    (found,) = extract(build_article("https://warta.example/a", "warta", text, "Evaluasi")).officials
    assert text[found.start : found.end] == "Sekda Darmo Wilis, M.Si."


def test_an_office_alone_is_kept_as_a_naming_without_a_person() -> None:
    doc = build_pipeline()("Bupati Tabanan membuka rapat.")
    (naming,) = find_namings(doc, find_regencies(doc))
    assert (naming.person, naming.position, naming.place and naming.place.code) == (None, "Bupati", "51.02")


@pytest.mark.parametrize(
    ("sentence", "name", "position", "regency"),
    [
        ("Plt Kadis kala itu, Drs. Darmo Wilis, pindah tugas.", "Darmo Wilis", "Kadis", "19.03"),
        ("Penilai kedua, Ratna Widuri, menyoroti survei.", "Ratna Widuri", "Penilai", None),
        ("Ketuanya Ratna Widuri, dosen Unhas.", "Ratna Widuri", "Ketua", "19.03"),
        ("Asesornya bertiga: Ratna Widuri, Basri Lamadi, dan Darmo Wilis.", "Basri Lamadi", "Asesor", None),
        ("Seorang duta, Ratna Widuri (24), mengaku senang.", "Ratna Widuri", "duta", None),
        ("Ratna Widuri, SVD, dosen Unhas, menyarankan hal lain.", "Ratna Widuri", "dosen Unhas", None),
        ("Ketua Forum Smart City Bangka Selatan, KRT. Darmo Wilis, hadir.", "Darmo Wilis", "Ketua Forum", "19.03"),
        (
            "Hadir Plt. Kepala Dinas Kominfo yang juga Kepala Bagian Protokol, Darmo Wilis.",
            "Darmo Wilis",
            "Kepala Dinas Kominfo",
            "19.03",
        ),
        (
            "Asisten Pemerintahan, Keistimewaan Aceh dan Kesra, Darmo Wilis, membuka acara.",
            "Darmo Wilis",
            "Asisten Pemerintahan, Keistimewaan",
            "19.03",
        ),
        ("Dari Belitung hadir Wakil Bupati Ratna Widuri dan Kabag Umum Darmo Wilis.", "Darmo Wilis", "Kabag", "19.02"),
        ("Bupati Belitung diwakili Kepala Dinas Kominfo, Darmo Wilis, hadir.", "Darmo Wilis", "Kepala Dinas", "19.02"),
        ("Dari Kementerian Komdigi hadir Analis Kebijakan Ahli Madya, Darmo Wilis.", "Darmo Wilis", "Analis", None),
    ],
)
def test_an_office_is_of_the_one_who_holds_it_and_of_whom_he_comes_from(
    sentence: str, name: str, position: str, regency: str | None
) -> None:
    found = {official.name: official for official in officials(sentence)}
    assert (found[name].position or "").startswith(position)
    assert found[name].regency == regency


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Hadir Kepala Bappeda, Basri; Kepala Dinas Pariwisata, Basri Lamadi; serta camat.", ["Basri", "Basri Lamadi"]),
        ("Bupati Fransiskus Adol hadir. Target itu ditegaskan Bupati Frans.", ["Fransiskus Adol"]),
        ("Kadis Kominfo Pati Handoko hadir. Pati menjelaskan angkanya.", ["Pati Handoko"]),
        ("Hadir Ketua DPRD Darmo HS dan Sekda Basri Lamadi.", ["Darmo HS", "Basri Lamadi"]),
        ("Hadir Sekda M. Nasir. Kabag Umum Muhibbuddin mencatat.", ["M. Nasir", "Muhibbuddin"]),
        ("Kota terpadat adalah Kolaka (65) dan Hanoi (66).", []),
        ("Wakilnya Pak La Rabu, ketua pangkalan ojek.", ["La Rabu"]),
        ("Martini (54), warga Desa Sukamaju, antre sejak pagi.", ["Martini"]),
    ],
)
def test_names_alike_are_told_apart_and_names_cut_short_put_together(sentence: str, names: list[str]) -> None:
    assert [official.name for official in officials(sentence)] == names


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("Rapat dipimpin Kadisperindag dan SEKDISDIK.", ["Kadisperindag", "SEKDISDIK"]),
        ("Itu makadisdik", []),
        ("Itu kadisdik5", []),
        ("kadinsos", ["kadinsos"]),
    ],
)
def test_an_office_and_its_agency_in_one_word_head_an_office(text: str, heads: list[str]) -> None:
    doc = build_pipeline()(text)
    assert [head.text for head in doc.spans["positions"]] == heads
