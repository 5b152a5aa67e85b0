"""Texts that are no news of ours, broken texts and endless ones: the reader answers, and makes nothing up."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import pytest
from build import build_article

from crawler.items import Article
from nlp.extraction import Extraction
from nlp.pipeline import extract, extract_articles
from nlp.tokens import plain_text

NEWS = (
    "SIGI - Pemerintah Kabupaten Sigi mengikuti bimbingan teknis penyusunan masterplan Smart City tahap II di Aula"
    " Bappeda Sigi, Selasa (13/6/2023). Kegiatan dibuka Plt. Sekda Sigi Drs. H. Basri Talumepa, M.Si, mewakili Bupati"
    " Sigi Rustam Lapadjawa.\n\n“Kami ingin layanan publik lebih dekat dengan warga,” ujar Basri.\n\nKepala Dinas"
    " Kominfo Sigi Nurhayati Paembonan, S.Kom., mengatakan anggaran program mencapai Rp4,3 miliar. Sebelumnya bimtek"
    " tahap I digelar 3-4 Mei 2023 dan diikuti 50 kabupaten/kota."
)
ENGLISH = (
    "The City Council of Anderson Bay launched a smart city dashboard on Tuesday, 14 March 2023. Mayor Helen Whitcombe"
    " said the platform would connect traffic lights, water meters and street lamps. “We want data to serve residents"
    " of every district,” she said.\n\nThe council signed a memorandum of understanding with three universities in May"
    " 2022. Deputy Mayor Robert Keane, who chairs the smart city board, told reporters that phase two of the evaluation"
    " would begin next year. The director of the Department of Information Technology, Dr. Susan Okafor, presented the"
    " master plan and received an award."
)
MALAY = (
    "JOHOR BAHRU: Majlis Bandaraya Johor Bahru melancarkan pelan tindakan bandar pintar 2023-2027 pada Isnin. Datuk"
    " Bandar, Datuk Haji Rosman Shahril Idrus, berkata pelan smart city itu merangkumi tujuh domain termasuk smart"
    " mobility dan smart economy.\n\n“Kita mahu penduduk Johor Bahru menikmati perkhidmatan yang lebih pantas,” katanya"
    " pada sidang akhbar di Menara MBJB.\n\nSetiausaha Bandaraya, Puan Noraini Zulkifli, dan Pengarah Jabatan Teknologi"
    " Maklumat, Encik Faizul Hakimi, turut hadir. Bengkel penilaian smart city tahap dua akan diadakan di Putrajaya"
    " pada 12 Jun 2023, manakala memorandum persefahaman dengan Iskandar Puteri dimeterai bulan lepas. Kerajaan"
    " Selangor, Melaka dan Pulau Pinang turut menghantar wakil."
)
JAVANESE = (
    "Bupati Klaten ngawontenaken pepanggihan kaliyan para warga wonten pendhapa. Piyambakipun paring pangandikan bab"
    " kutha pinter. “Mangga sami nyengkuyung supados warga langkung tentrem,” ngendikanipun."
)
SUNDANESE = (
    "Pamaréntah Kabupatén Garut ngayakeun pelatihan pikeun para pagawé. Bupati nepikeun yén kota pinter téh kudu"
    " mangpaat pikeun balaréa. “Urang kudu babarengan ngawangun daérah,” saurna."
)
PUBLISHED = datetime(2023, 6, 14, 1, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def article_of(text: str, title: str | None = None, published: datetime | None = PUBLISHED) -> Article:
    return build_article("https://warta.example/a", "warta", text, title, published)


def read(text: str, title: str | None = None, published: datetime | None = PUBLISHED) -> Extraction:
    """What is found; everything found lies where it says."""
    extraction = extract(article_of(text, title, published))
    assert 0 <= extraction.relevance <= 1
    for mention in extraction.mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
    for said in (*extraction.quotes, *extraction.figures):
        assert text[said.start : said.end] == said.text
    for official in extraction.officials:
        assert official.name.split()[0] in plain_text(text)[official.start : official.end]
    assert all((event.start, event.end) in extraction.sentences for event in extraction.events)
    ends = [0, *(end for span in extraction.sentences for end in span)]
    assert ends == sorted(ends)
    assert ends[-1] <= len(text)
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in extraction.sentences)
    return extraction


def is_empty(extraction: Extraction) -> bool:
    """Whether nothing was found."""
    return extraction.is_relevant is False and not any(
        (
            extraction.mentions, extraction.regencies, extraction.officials, extraction.events, extraction.quotes,
            extraction.pillars, extraction.figures,
        )
    )  # fmt: skip


def words_of(seed: int, length: int, pattern: str) -> str:
    """The pattern again and again, every "x" in it a random word, to a length."""
    random = Random(seed)

    def word() -> str:
        return "".join(random.choices(LETTERS, k=random.randint(4, 9)))

    parts: list[str] = []
    while sum(map(len, parts)) < length:
        parts += [
            "".join({"x": word(), "X": word().title()}.get(sign, sign) for sign in pattern) for _ in range(length // 60)
        ]
    return "".join(parts)[:length]


ENDLESS = {
    "an article": lambda n: (f"{NEWS}\n\n" * (n // len(NEWS) + 1))[:n],
    "one paragraph": lambda n: (f"{NEWS} ".replace("\n", " ") * (n // len(NEWS) + 1))[:n],
    "random words": lambda n: words_of(1, n, "x "),
    "one word": lambda n: "kota" * (n // 4),
    "a line of capitals": lambda n: (NEWS.replace("\n", " ").upper() * (n // len(NEWS) + 1))[:n],
    "names": lambda n: words_of(2, n, "X X, "),
    "officials": lambda n: words_of(3, n, "🄺 X X X, ").replace("🄺", "Kepala Dinas"),
    "speakers": lambda n: words_of(4, n, "kata X X. "),
    "days": lambda n: ("Senin (4/5), 12 Juni 2023, 3/11/2023, Mei lalu, tahun 2022 dan " * n)[:n],
    "numbers": lambda n: ("2021 12 14 3,12 dua ratus " * n)[:n],
    "brackets and quotes": lambda n: ("([{“‘\"'" * n)[:n],
    "quotations": lambda n: ("“Kota kami siap dinilai hari ini,” kata Rustam Lapadjawa. " * n)[:n],
    "points": lambda n: "." * n,
    "initials": lambda n: "A." * (n // 2),
    "line breaks": lambda n: "\n" * n,
    "spaces": lambda n: "Sigi" + " " * n + "Sigi",
    "places": lambda n: ("Kabupaten Sigi, Kota Palu, Bandung " * n)[:n],
    "steps": lambda n: ("bimtek smart city tahap I dan II, evaluasi tahap I, " * n)[:n],
    "hyphens": lambda n: ("a.a-1" * n)[:n],
}


# --- other languages


@pytest.mark.parametrize("text", [ENGLISH, MALAY], ids=["English", "Malay"])
@pytest.mark.parametrize("title", [None, "Smart City Masterplan", "Majlis Bandaraya Lancar Pelan Smart City"])
@pytest.mark.parametrize("published", [PUBLISHED, None], ids=["dated", "undated"])
def test_nothing_is_found_in_news_in_english_or_malay(text: str, title: str | None, published: datetime | None) -> None:
    assert is_empty(read(text, title, published))


@pytest.mark.parametrize("text", [JAVANESE, SUNDANESE], ids=["Javanese", "Sundanese"])
def test_news_in_a_language_of_the_regions_makes_no_official_and_no_event(text: str) -> None:
    found = read(text)
    assert (found.is_relevant, found.officials, found.events) == (False, (), ())
    assert {regency.code for regency in found.regencies} <= {"33.10", "32.05"}


def test_a_summary_in_english_takes_nothing_from_an_article() -> None:
    summary = ENGLISH.split("\n")[0]
    assert {regency.code for regency in read(f"{NEWS}\n\n{summary}").regencies} == {"72.10"}


# --- nothing to read


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        " \n\t\r\n ",
        "\u00a0\u2003",
        "\u200b\ufeff",
        ".",
        "…",
        "“”",
        "()",
        "0",
        "\x00",
        "\x01\x02\x1b",
        "-",
    ],
)
@pytest.mark.parametrize("title", [None, "", "\n", "\u200b"])
def test_nothing_is_found_in_nothing(text: str, title: str | None) -> None:
    assert is_empty(read(text, title))


def test_an_empty_article_among_others_takes_nothing_from_them() -> None:
    texts = [NEWS, "", NEWS, ENGLISH, " ", NEWS]
    found = list(extract_articles(article_of(text) for text in texts))
    assert len(found) == len(texts)
    assert found[0] == found[2] == found[5] == extract(article_of(NEWS))
    assert is_empty(found[1])


# --- broken texts


def broken(text: str) -> dict[str, str]:
    """The article as bad pages and bad programs leave it."""
    return {
        "mojibake": text.encode().decode("cp1252", errors="replace"),
        "mojibake twice": text.encode().decode("latin-1").encode().decode("latin-1"),
        "no punctuation": "".join(sign for sign in text if sign.isalnum() or sign.isspace()).replace("\n", " "),
        "lower case": text.lower(),
        "upper case": text.upper(),
        "one line": text.replace("\n", " "),
        "a word a line": text.replace(" ", "\n"),
        "no spaces": "".join(text.split()),
        "zero-width": "\u200b".join(text),
        "zero-width between words": text.replace(" ", " \u200b"),
        "right to left": f"\u202e{text}\u202c \u0628\u0644\u062f\u064a\u0629 \u05e2\u05d9\u05e8",
        "soft hyphens": text.replace("a", "a\u00ad"),
        "combining accents": text.replace("a", "a\u0301"),
        "NUL": text.replace(" ", "\x00"),
        "control characters": text.replace(" ", " \x07\x1b[0m\x85\u2028"),
        "emoji": text.replace(" ", " 👩🏽‍💻🇮🇩 "),
        "tabs and CRLF": text.replace(" ", "\t").replace("\n", "\r\n"),
        "no-break spaces": text.replace(" ", "\u00a0"),
        "HTML": f'<div class="isi"><p>{text}</p><script>var kota = "Palu";</script>&nbsp;&amp;</div>'.replace(
            " ", "&nbsp;<b> </b>"
        ),
        "lone surrogates": text.replace(" ", " \ud83d"),
        "letters that grow when small": text.replace("i", "İ").replace("s", "ß"),
        "full width": "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text),
        "cut in a word": text[: len(text) // 2 - 3],
        "cut in a quotation": text[: text.index("dekat")],
        "backwards": text[::-1],
        "words backwards": " ".join(text.split()[::-1]),
        "doubled": f"{text}{text}",
        "degrees without a name": "S.Kom., M.Si. " * 20,
        "offices without a name": "Kepala Dinas Bupati Wakil Bupati Plt. Pj. Sekda " * 10,
        "only marks": "“”‘’\"'«»()[]{}<>.,;:!?…–—-/\\|@#$%^&*_+=~`" * 10,
    }  # fmt: skip


@pytest.mark.parametrize("text", broken(NEWS).values(), ids=broken(NEWS).keys())
@pytest.mark.parametrize("published", [PUBLISHED, None], ids=["dated", "undated"])
def test_a_broken_text_is_answered_and_names_no_other_place(text: str, published: datetime | None) -> None:
    found = read(text, "Sigi Ikuti Bimtek Smart City", published)
    assert {regency.code for regency in found.regencies} <= {"72.10", "72.71"}
    assert {event.regency for event in found.events} <= {"72.10", None}
    years = {(event.start_date or "2023")[:4] for event in found.events}
    assert years <= {"2023"}


@pytest.mark.parametrize("name", ["one line", "tabs and CRLF", "no-break spaces"])
def test_white_space_changes_nothing_of_what_is_found(name: str) -> None:
    whole, found = read(NEWS), read(broken(NEWS)[name])
    assert found.regencies == whole.regencies
    assert [official.name for official in found.officials] == [official.name for official in whole.officials]
    assert [(e.stage, e.start_date, e.regency) for e in found.events] == [
        (e.stage, e.start_date, e.regency) for e in whole.events
    ]


@pytest.mark.parametrize(
    "title",
    [
        None,
        "",
        "Sigi " * 2000,
        "“" * 5000,
        "SMART CITY " * 3000,
        "\x00\u202e\n",
        "SİGİ BİMTEK TAHAP İI \ud83d",
    ],
)
def test_no_title_is_too_bad(title: str | None) -> None:
    assert "72.10" in {regency.code for regency in read(NEWS, title).regencies}


@pytest.mark.parametrize("year", [1, 2, 1900, 1970, 2200, 9998, 9999])
@pytest.mark.parametrize("month", [1, 12])
def test_no_day_of_publication_is_too_far(year: int, month: int) -> None:
    text = f"{NEWS} Tahun lalu, kemarin, bulan depan, pekan depan, Jumat (31/12), 29 Februari dan akhir Mei digelar."
    found = read(text, "Sigi Ikuti Bimtek", datetime(year, month, 1 if month == 1 else 31, 12, tzinfo=UTC))
    assert "2023-06-13" in {mention.value for mention in found.mentions if mention.label == "DATE"}


# --- endless texts


@pytest.mark.parametrize("kind", ENDLESS)
def test_an_endless_text_is_answered(kind: str) -> None:
    read(f"Pemkab Sigi dan smart city. {ENDLESS[kind](10_000)}", "Smart City")


@pytest.mark.parametrize("kind", ["an article", "one word", "a line of capitals"])
def test_two_hundred_thousand_characters_are_read(kind: str) -> None:
    text = ENDLESS[kind](200_000)
    assert len(text) == 200_000
    read(text, "Smart City")


def test_an_article_that_is_repeated_names_the_same_people_and_places() -> None:
    once, often = read(NEWS), read(f"{NEWS}\n\n" * 40)
    assert {official.name for official in often.officials} == {official.name for official in once.officials}
    assert {regency.code for regency in often.regencies} == {regency.code for regency in once.regencies}


def calls(text: str) -> int:
    """How many calls, of Python and of C, reading a text takes: its work, whatever the machine."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    article = article_of(text, "Smart City")
    sys.setprofile(note)
    try:
        extract(article)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "kind", ["an article", "one paragraph", "names", "officials", "speakers", "days", "numbers", "steps"]
)
def test_twice_the_text_is_about_twice_the_work(kind: str) -> None:
    start = "Pemkab Sigi dan smart city, bimtek asesor masterplan. "
    read(start + ENDLESS[kind](8_000), "Smart City")  # lists are read and words met for the first time
    once, twice = (calls(start + ENDLESS[kind](length)) for length in (8_000, 16_000))
    assert twice < 2.6 * once


def test_blind_and_held_out_articles_hold_what_every_text_must() -> None:
    lines = (Path(__file__).parent / "gold" / "heldout.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        read(row["text"], row["title"], None)
