"""Quotations: what counts as one, and who spoke it. Words in a wrong mouth do harm."""

from __future__ import annotations

import pytest
from build import build_article

from nlp.extraction import Quote
from nlp.pipeline import extract

LEAD = "Pemkab Tabanan mengikuti evaluasi smart city bersama Kementerian Kominfo."


def quotes(text: str) -> tuple[Quote, ...]:
    return extract(build_article("https://warta.example/a", "warta", f"{LEAD}\n\n{text}", "Evaluasi Smart City")).quotes


def speakers(text: str) -> list[str | None]:
    return [quote.speaker for quote in quotes(text)]


@pytest.mark.parametrize(
    "text",
    [
        "“Kami siap menghadapi penilaian itu,” ujar Sekda Darmo Wilis.",
        '"Kami siap menghadapi penilaian itu," ujar Sekda Darmo Wilis.',
        "''Kami siap menghadapi penilaian itu,'' ujar Sekda Darmo Wilis.",
        "«Kami siap menghadapi penilaian itu,» ujar Sekda Darmo Wilis.",
        "“Kami siap menghadapi penilaian itu,” demikian Sekda Darmo Wilis.",
        "“Kami siap menghadapi penilaian itu,” tulis Sekda Darmo Wilis.",
        "“Kami siap menghadapi penilaian itu”, kata Darmo Wilis, Sekda Tabanan.",
        "Sekda Darmo Wilis mengatakan, “Kami siap menghadapi penilaian itu.”",
        "Sekda Darmo Wilis menjelaskan: “Kami siap menghadapi penilaian itu.”",
        "Rapat dipimpin Sekda Darmo Wilis.\n\n“Kami siap menghadapi penilaian itu,” ujarnya.",
        "Rapat dipimpin Sekda Darmo Wilis.\n\n“Kami siap menghadapi penilaian itu,” ujar Darmo.",
        "Rapat dipimpin Sekda Darmo Wilis.\n\n“Kami siap menghadapi penilaian itu,” kata Sekda.",
        "Sekda Darmo Wilis berharap nilai naik.\n\n“Kami siap menghadapi penilaian itu.",
        "Sekda Darmo Wilis mengatakan berkas lengkap. “Kami siap menghadapi penilaian itu,” imbuhnya.",
    ],
)
def test_a_quotation_belongs_to_the_one_who_is_named_with_it(text: str) -> None:
    (quote,) = quotes(text)
    assert quote.speaker == "Darmo Wilis"
    assert quote.text.startswith("Kami siap menghadapi penilaian itu")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "“Berkas kami sudah lengkap semua,” kata Sekda Darmo Wilis. "
            "“Nilai tahun lalu cukup baik,” kata Asesor Wulan Tantri.",
            ["Darmo Wilis", "Wulan Tantri"],
        ),
        (
            "Sekda Darmo Wilis menyambut asesor Wulan Tantri.\n\n“Nilai tahun lalu cukup baik,” kata Wulan.\n\n"
            "“Kami akan memperbaiki yang kurang,” ujar Darmo.",
            ["Wulan Tantri", "Darmo Wilis"],
        ),
        (
            "“Berkas kami sudah lengkap semua,” kata Sekda Darmo Wilis.\n\n"
            "“Tinggal menunggu jadwal wawancara,” tambahnya.",
            ["Darmo Wilis", "Darmo Wilis"],
        ),
        (
            "Sekda Darmo Wilis, mewakili Bupati Rustam Beni, mengatakan, “Kami siap menghadapi penilaian itu.”",
            ["Darmo Wilis"],
        ),
        (
            "“Kami siap menghadapi penilaian itu,” ujar Sekda Darmo Wilis mewakili Bupati Rustam Beni.",
            ["Darmo Wilis"],
        ),
        (
            "“Kami siap menghadapi penilaian itu,” tegas Sekda Darmo Wilis, bersama Bupati Rustam Beni.",
            ["Darmo Wilis"],
        ),
        (
            "Bupati Rustam Beni didampingi Sekda Darmo Wilis membuka rapat.\n\n"
            "“Kami siap menghadapi penilaian itu,” ujarnya.",
            ["Rustam Beni"],
        ),
        (
            "Bupati Rustam Beni menyerahkan piala. Didampingi Ketua TP PKK Ny. Ratna Rustam, ia mengaku bangga.\n\n"
            "“Saya dulu juga peserta lomba seperti ini.”",
            ["Rustam Beni"],
        ),
        (
            "Bupati Rustam Beni mengapresiasi kerja Sekda Darmo Wilis.\n\n"
            "“Kami siap menghadapi penilaian itu,” kata Sekda.",
            ["Darmo Wilis"],
        ),
        (
            "Rapat dipimpin Sekda Darmo Wilis.\n\n"
            "“Kami siap menghadapi penilaian itu,” ujarnya mewakili Bupati Rustam Beni.",
            ["Darmo Wilis"],
        ),
        (
            "Asesor Wulan Tantri bertanya. Sekda Darmo Wilis menjawab, “Anggarannya sudah disiapkan sejak awal.”",
            ["Darmo Wilis"],
        ),
        (
            "Asesor Wulan Tantri bertanya kepada Sekda Darmo Wilis. “Anggarannya sudah siap sejak awal,” jawab Darmo.",
            ["Darmo Wilis"],
        ),
    ],
)
def test_each_of_several_speakers_keeps_his_own_words(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the pronoun is who spoke in the paragraph, not who opens the next one
        (
            "Menurut asesor Wulan Tantri, buku itu lengkap.\n\n“Soal sampah jangan berhenti di kalimat,” tegas dia.\n\n"
            "Sekda Darmo Wilis menyampaikan terima kasih.",
            ["Wulan Tantri"],
        ),
        (
            "Bupati Rustam Beni, yang hadir bersama Sekda Darmo Wilis, menyebut piala itu milik warga.\n\n"
            "“Mereka yang menyapu sejak subuh,” ucapnya haru.",
            ["Rustam Beni"],
        ),
        (
            "Sekda Darmo Wilis hadir. Narasumber didatangkan dari kementerian, yakni Wulan Tantri.\n\n"
            "“Kesalahan paling sering salah rekening,” kata dia.",
            ["Wulan Tantri"],
        ),
        (
            "“Pulau kecil harus ikut dilayani,” ujar Sekda Darmo Wilis. Sedangkan Camat Samosa, Yance Rumbiak, minta "
            "listrik dibereskan. “Tanpa listrik cerdasnya dari mana,” kata dia.",
            ["Darmo Wilis", "Yance Rumbiak"],
        ),
        (
            "“Responden tambah jadi empat ribu,” jawab Sekda Darmo Wilis, yang langsung disahut asesor Wulan Tantri, "
            "“Sebarannya juga harus diperbaiki.”",
            ["Darmo Wilis", "Wulan Tantri"],
        ),
        ("Sekda Darmo Wilis hadir.\n\n“Saya siap,” tandasnya.", ["Darmo Wilis"]),
        ("“Ini bagian dari upaya kami,” celetuk Sekda Darmo Wilis.", ["Darmo Wilis"]),
        (
            "Sekda Darmo Wilis hadir.\n\n“Kalau naik ya kami senang, pungkas asesor Wulan Tantri tertawa.",
            ["Wulan Tantri"],
        ),
        (
            "Kadis Kominfo Ratna Dewi, M.E. menambahkan, kotanya lolos.\n\n“Yang kami perlu sekarang tim satu meja",
            ["Ratna Dewi"],
        ),
    ],
)
def test_a_pronoun_is_the_one_who_has_the_word(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize("tail", ["ujarnya", "ujarnya mewakili Bupati Rustam Beni"])
def test_a_quotation_of_which_nobody_is_named_has_no_speaker(tail: str) -> None:
    assert speakers(f"“Kami siap menghadapi penilaian itu,” {tail}.") == [None]


@pytest.mark.parametrize(
    "text",
    [
        "Tema tahun ini “Kota Cerdas untuk Semua Warga” terpampang di aula.",
        "Aplikasi “Tabanan Dalam Genggaman” diluncurkan.",
        'Ia menyebut istilah "quick win" beberapa kali.',
        "Buku 1 berjudul “Analisis Strategis Smart City Daerah” selesai disusun.",
    ],
)
def test_titles_and_names_in_quotation_marks_are_no_quotations(text: str) -> None:
    assert quotes(text) == ()


def test_a_mark_that_is_never_closed_ends_with_its_paragraph() -> None:
    (quote, *_) = quotes("“Kami siap menghadapi penilaian itu, ujar Sekda Darmo Wilis.\n\nRapat ditutup sore hari.")
    assert "Rapat ditutup" not in quote.text


def test_the_place_of_a_quotation_holds_its_words_without_the_marks() -> None:
    text = "“Kami siap menghadapi penilaian itu,” ujar Sekda Darmo Wilis."
    whole = f"{LEAD}\n\n{text}"
    (quote,) = quotes(text)
    assert whole[quote.start : quote.end] == quote.text == "Kami siap menghadapi penilaian itu,"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“Data ada, cuma berkasnya besar,” kilah Rio. “Kompres saja, Pak,” potong Darmo.", "Darmo Wilis"),
        ("“Saya tagih bulan depan, ya,” tutup Darmo.", "Darmo Wilis"),
        ("Sekda Darmo Wilis memberi tenggat. “Lewat itu saya lapor ke bupati”", "Darmo Wilis"),
        ("Darmo Wilis tidak mau menebak. “Nanti kalau meleset diketawai orang", "Darmo Wilis"),
        (
            "Darmo Wilis mengaku lega bersama Kabag Umum Basri.\n\n“Empat kali kami lalui,” tambah pria itu.",
            "Darmo Wilis",
        ),
        ("Theodorus Manek, pembimbing, memuji. “Berkas harus beres sebelum itu” tutup Theo.", "Theodorus Manek"),
    ],
)
def test_the_last_words_of_a_paragraph_have_a_speaker(text: str, speaker: str) -> None:
    assert speakers(f"Rapat dipimpin Sekda Darmo Wilis.\n\n{text}")[-1] == speaker


@pytest.mark.parametrize(
    "text", ["Rapat itu bertema: “Bersama Membangun Kota Cerdas Tabanan”\n\nSekda Darmo Wilis hadir."]
)
def test_a_motto_at_the_end_of_a_paragraph_is_no_quotation(text: str) -> None:
    assert quotes(text) == ()
