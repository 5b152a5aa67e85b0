"""The pipeline as a whole: the hard cases of the programme's press, and what holds for any text at all."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from build import build_article

import nlp.pipeline
from crawler.items import Article
from nlp.extraction import Extraction
from nlp.gazetteer import places
from nlp.pipeline import build_pipeline, extract, extract_articles, model_version


def article(text: str, title: str | None = "Pemkab Ikuti Evaluasi Smart City", published: str | None = None) -> Article:
    day = datetime.fromisoformat(f"{published}T09:00:00+07:00") if published else None
    return build_article("https://warta.example/berita/1", "warta", text, title, day)


def read(text: str, title: str | None = "Pemkab Ikuti Evaluasi Smart City", published: str | None = None) -> Extraction:
    return extract(article(text, title, published))


def subjects(extraction: Extraction) -> set[str]:
    return {regency.code for regency in extraction.regencies if regency.role == "subject"}


def main_dates(extraction: Extraction) -> set[str | None]:
    return {event.start_date for event in extraction.events if event.is_main}


# The hard cases, in the order of the list in which the project keeps them.


def test_01_the_subject_is_not_the_city_of_the_hotel() -> None:
    found = read(
        "Pemkab Bangka Selatan ikut evaluasi smart city tahap I di Hotel Melati Surabaya, Senin (12/6/2023).",
        "Bangka Selatan Ikuti Evaluasi Smart City di Surabaya",
    )
    assert subjects(found) == {"19.03"}
    assert [event.venue for event in found.events] == ["Hotel Melati Surabaya"]


def test_02_the_own_date_stands_apart_in_brackets_and_the_other_in_full() -> None:
    found = read(
        "Pemkab Buleleng menjalani evaluasi smart city tahap II. Evaluasi ini melanjutkan evaluasi tahap I yang "
        "berlangsung pada 12 Juni 2023.\n\nSekda Buleleng Komang Arsana menyampaikan hal itu, Jum'at (3/11/2023).",
        "Buleleng Jalani Evaluasi Smart City Tahap II",
    )
    assert main_dates(found) == {"2023-11-03"}


@pytest.mark.parametrize(
    ("when", "published", "expected"),
    [
        ("Jumat (21/4)", "2023-04-22", "2023-04-21"),
        ("Jumat (21/4)", None, None),
        ("kemarin", "2023-04-22", None),
        ("baru-baru ini", "2023-04-22", None),
        ("beberapa waktu lalu", "2023-04-22", None),
    ],
)
def test_03_dates_without_a_year_and_vague_words(when: str, published: str | None, expected: str | None) -> None:
    found = read(f"Pemkab Buleleng mengikuti bimtek smart city, {when}.", "Buleleng Ikuti Bimtek Smart City", published)
    assert main_dates(found) == {expected}
    assert all(event.date_reason for event in found.events if event.start_date is None)


@pytest.mark.parametrize("when", ["Rabu (7/12/2023)", "Senin (07/12/2023)"])
def test_04_a_wrong_weekday_does_not_move_the_date(when: str) -> None:
    found = read(
        f"Pemkab Buleleng mengikuti bimtek smart city, {when}.", "Buleleng Ikuti Bimtek Smart City", "2023-12-08"
    )
    assert main_dates(found) == {"2023-12-07"}


@pytest.mark.parametrize(
    ("when", "end"),
    [
        ("3 sampai 4 Juli 2023", "2023-07-04"),
        ("Senin hingga Selasa (3-4/7/2023)", "2023-07-04"),
        ("3 s.d 4 Juli 2023", "2023-07-04"),
        ("selama dua hari mulai Senin (3/7/2023)", "2023-07-04"),
    ],
)
def test_05_ranges(when: str, end: str) -> None:
    found = read(f"Pemkab Buleleng mengikuti bimtek smart city {when}.", "Buleleng Ikuti Bimtek Smart City")
    assert [(event.start_date, event.end_date) for event in found.events] == [("2023-07-03", end)]


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ("bimtek tahap III", "bimtek-3"),
        ("bimtek ke-4", "bimtek-4"),
        ("evaluasi tahap kedua", "evaluasi-2"),
        ("bimtek bersama daerah gelombang kedua", "bimtek"),
        ("bimtek bagi peserta 100 smart city tahap kedua", "bimtek"),
        ("bimtek tahap III bagi peserta Gerakan Menuju 100 Smart City tahap kedua", "bimtek-3"),
    ],
)
def test_06_the_number_of_the_cohort_is_not_the_number_of_the_step(words: str, stage: str) -> None:
    found = read(f"Pemkab Buleleng mengikuti {words} smart city, Senin (3/9/2018).", "Buleleng Menuju Smart City")
    assert [event.stage for event in found.events if event.is_main] == [stage]


@pytest.mark.parametrize("name", ["nota kesepakatan", "nota kesepahaman", "MoU", "perjanjian kerja sama"])
def test_07_one_ceremony_has_many_names(name: str) -> None:
    found = read(
        f"Bupati Buleleng menandatangani {name} smart city dengan Kementerian Kominfo, Selasa (9/5/2023).",
        f"Bupati Buleleng Teken {name.title()} Smart City",
    )
    assert [event.stage for event in found.events if event.is_main] == ["mou"]


@pytest.mark.parametrize("count", ["50 kabupaten/kota lain", "51 kabupaten/kota", "47 daerah"])
def test_08_counts_of_regions_name_none_and_date_nothing(count: str) -> None:
    found = read(f"Pemkab Buleleng mengikuti bimtek smart city bersama {count}.", "Buleleng Ikuti Bimtek Smart City")
    assert {regency.code for regency in found.regencies} == {"51.08"}
    assert main_dates(found) == {None}


def test_09_degrees_without_commas_and_stacked_honorifics() -> None:
    found = read(
        "Pemkab Buleleng mengikuti evaluasi smart city. Hadir Bupati Buleleng H.A.S. Karim Patta dan "
        "Sekda Darmo Wilis S.Hut., M.Si, M.Tr.IP."
    )
    assert [(official.name, official.prefix, official.degrees) for official in found.officials] == [
        ("A.S. Karim Patta", "H.", ()),
        ("Darmo Wilis", None, ("S.Hut.", "M.Si", "M.Tr.IP.")),
    ]


@pytest.mark.parametrize("name", ["La Ode Samsir", "Ni Ketut Murni", "A. Baso Tompo", "M. Yusran Halim"])
def test_10_initials_and_particles_belong_to_the_name(name: str) -> None:
    found = read(f"Pemkab Buleleng mengikuti evaluasi smart city. Hadir Kepala Dinas Kominfo {name}.")
    assert [official.name for official in found.officials] == [name]


def test_11_one_person_in_two_spellings_is_listed_once() -> None:
    found = read(
        "Pemkab Buleleng mengikuti evaluasi smart city. Rapat dipimpin Sekda Ramdhansyah Wilis.\n\n"
        "“Kami sudah menyiapkan semua berkas,” kata Ramdansyah."
    )
    assert [official.name for official in found.officials] == ["Ramdhansyah Wilis"]
    assert [quote.speaker for quote in found.quotes] == ["Ramdhansyah Wilis"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Bupati Buleleng Rustam Beni, yang diwakili oleh Asisten Administrasi Umum Darmo Wilis, membuka rapat.",
        "Asisten Administrasi Umum Darmo Wilis, mewakili Bupati Rustam Beni, membuka rapat.",
        "Pj. Bupati Buleleng Rustam Beni diwakili Plh. Sekda Darmo Wilis.",
    ],
)
def test_12_the_proxy_is_told_from_the_represented(sentence: str) -> None:
    found = read(f"Pemkab Buleleng mengikuti evaluasi smart city. {sentence}")
    assert {official.name: official.represents for official in found.officials} == {
        "Rustam Beni": None,
        "Darmo Wilis": "Rustam Beni",
    }


def test_13_office_and_role_of_one_person() -> None:
    found = read(
        "Pemkab Buleleng mengikuti evaluasi smart city. Pelaksana Tugas Kepala Bappeda Darmo Wilis selaku "
        "Ketua Tim Pelaksana memaparkan hasil."
    )
    assert [(official.name, official.position, official.acting) for official in found.officials] == [
        ("Darmo Wilis", "Kepala Bappeda", "Plt.")
    ]


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Kepala DKISP Buleleng Rina Wulandari hadir.", "Rina Wulandari"),
        ("Sekretaris DPRD Buleleng Rina Wulandari hadir.", "Rina Wulandari"),
    ],
)
def test_14_the_agency_inside_the_office_is_no_name(sentence: str, name: str) -> None:
    found = read(f"Pemkab Buleleng mengikuti evaluasi smart city. {sentence}")
    assert [official.name for official in found.officials] == [name]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SAMPIT – Pemkab Kotim menjalani evaluasi smart city bersama Kementerian Komdigi.", "62.02"),
        ("Evaluasi smart city digelar di Basel Command Center. Pemkab Basel diuji asesor Kominfo.", "19.03"),
        ("Diskominfo KSB menjalani evaluasi smart city bersama Kementerian Kominfo.", "52.07"),
    ],
)
def test_15_a_regency_known_only_by_its_alias(text: str, code: str) -> None:
    assert subjects(read(text, "Jalani Evaluasi Smart City")) == {code}


@pytest.mark.parametrize(
    ("office", "code"), [("Bupati Serang", "36.04"), ("Walikota Serang", "36.73"), ("Walikota Solok", "13.72")]
)
def test_16_kabupaten_or_kota_known_only_from_the_office(office: str, code: str) -> None:
    found = read(
        f"{office} membuka evaluasi smart city bersama asesor Kementerian Kominfo.",
        f"{office} Buka Evaluasi Smart City",
    )
    assert subjects(found) == {code}


def test_17_a_list_of_regions_makes_no_subjects() -> None:
    listed = ["Kabupaten Ende", "Kabupaten Sikka", "Kabupaten Sleman", "Kota Ternate", "Kabupaten Cilacap", "Kota Palu"]
    found = read(
        f"Pemkab Buleleng lolos seleksi smart city Kementerian Kominfo. Yang lain ialah {', '.join(listed)}.",
        "Buleleng Lolos Seleksi Smart City",
    )
    assert subjects(found) == {"51.08"}
    assert len(found.regencies) == 1 + len(listed)


@pytest.mark.parametrize(
    "line", ["Halaman 1/2", "Bacaan Lainnya", "Tinggalkan Balasan", "© 2024 Warta Selatan", "Teks foto: suasana rapat."]
)
def test_18_page_furniture_makes_no_facts(line: str) -> None:
    text = "Pemkab Buleleng mengikuti bimtek smart city bersama Kementerian Kominfo, Senin (3/7/2023)."
    plain, furnished = read(text), read(f"{text}\n\n{line}")
    assert [replace(event, confidence=0) for event in furnished.events] == [
        replace(event, confidence=0) for event in plain.events
    ]
    assert furnished.officials == plain.officials
    assert furnished.mentions == plain.mentions


@pytest.mark.parametrize(
    "quote",
    [
        "“Kami siap menghadapi penilaian itu,” ujarnya.",
        '"Kami siap menghadapi penilaian itu," ujarnya.',
        "“Kami siap menghadapi penilaian itu, ujarnya.",
        "“Kami siap menghadapi penilaian itu,” ujar Darmo.",
    ],
)
def test_19_marks_of_every_kind_and_speakers_by_half_a_name(quote: str) -> None:
    found = read(f"Pemkab Buleleng mengikuti evaluasi smart city. Rapat dipimpin Sekda Darmo Wilis.\n\n{quote}")
    assert [found_quote.speaker for found_quote in found.quotes] == ["Darmo Wilis"]


def test_20_copies_of_a_release_say_the_same() -> None:
    one = article("Pemkab Buleleng mengikuti bimtek smart city, Senin (3/7/2023).", "Buleleng Ikuti Bimtek Smart City")
    other = replace(one, url="https://kabar.example/2", canonical_url="https://kabar.example/2", source="kabar")
    assert replace(extract(other), article_id="") == replace(extract(one), article_id="")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Desa Cerdas Dikenalkan", "Program Desa Cerdas dikenalkan kepada perangkat desa di Kabupaten Buleleng."),
        ("Evaluasi SPBE Buleleng", "Pemkab Buleleng mengikuti evaluasi SPBE bersama Kementerian PANRB."),
        ("Provinsi Cerdas", "Pemprov Jawa Barat menyiapkan provinsi cerdas bersama Kementerian Kominfo."),
    ],
)
def test_21_near_misses_have_no_events_and_no_subjects(title: str, text: str) -> None:
    found = read(text, title)
    assert (found.is_relevant, found.events, found.pillars, subjects(found)) == (False, (), (), set())


def test_22_the_year_of_the_evaluation_is_not_the_day_of_the_award() -> None:
    found = read(
        "Pemkab Buleleng menerima penghargaan smart city atas evaluasi tahun 2024 dari Kementerian Komdigi, "
        "Kamis (14/8/2025). Plakat diterima Sekda Darmo Wilis mewakili Bupati Rustam Beni.",
        "Buleleng Terima Penghargaan Smart City",
    )
    assert main_dates(found) == {"2025-08-14"}
    assert {official.name: official.represents for official in found.officials}["Darmo Wilis"] == "Rustam Beni"


def test_23_an_english_page_gives_no_wrong_facts() -> None:
    found = read(
        "The regency of Buleleng joined a smart city workshop last week.", "Buleleng Joins Smart City Workshop"
    )
    assert main_dates(found) <= {None}
    assert found.officials == ()


# What holds for any text.

OPENINGS = (
    "SINGARAJA – Pemkab Buleleng mengikuti evaluasi smart city tahap II dari Kominfo, Jum’at (3/11/2023).",
    "Pemkab Kotim menggelar bimtek tahap III penyusunan masterplan kota cerdas pada 12-14 Juni 2023 di Aula Bappeda.",
    "Wali Kota Palu meneken nota kesepahaman smart city secara virtual, Selasa (9/5).",
    "BUPATI BANGKA SELATAN MEMBUKA EVALUASI SMART CITY.",
    "pemkab ende ikut bimtek smart city tanpa tanda baca apa pun",
)
SENTENCES = (
    "Rapat dipimpin Plt. Kepala Dinas Kominfo H.A.S. Karim Patta, S.Kom., M.Si.",
    "“Kami siap menghadapi penilaian itu,” ujar Sekda Darmo Wilis.",
    '"Nilai kita naik terus," katanya 🙂.',
    "Sebelumnya, evaluasi tahap I berlangsung pada 30 Mei s.d 2 Juni 2023 di Surabaya.",
    "Dimensi itu ialah smart governance, branding, economy, living, society, dan environment.",
    "Hadir pula Asesor Wulan\u00a0Tantri dan I Gusti Made Wirata,S.Sos .",
    "Daerah lain ialah Kabupaten Ende, Kota Ternate, dan Kab. Tabanan.",
    "Pada\ttahun 2021 daerah ini terpilih dalam gerakan menuju smart city…",
    "Baca juga: Bangka Pos memberitakan Bangka Belitung",
    "“Kutipan yang tak pernah ditutup oleh redaksi, kata Bupati Rustam Beni",
    "   ",
    "(((“”\"'--,,..;;",
    "Jl. Merdeka No. 7, pukul 09.30 WITA; https://diskominfo.example/a?b=1 31/02/2023",
)
ODD_TEXTS = (
    "a",
    "Ende",
    "Bupati",
    "“",
    "(",
    "3/11/2023",
    "🙂🇮🇩👩‍💻",
    "Plt.",
    "H.",
    "I",
    "S.Kom.",
    "Ketua Komisi",
    "smart city",
    "Dinas Kominfo,",
    "Kepala Dinas Kominfo (",
    "mewakili",
    "ujar Sekda",
    "“" * 50,
    "\u200bSmart\u00adCity\ufeff Buleleng",
    "e\u0301valuasi smart city Buleleng \U0001f3db\ufe0f",
    "SMART CITY BULELENG EVALUASI TAHAP II DIPIMPIN SEKDA DARMO WILIS SENIN 3 JULI 2023",
    "العربية 中文 Русский smart city",
)


def mixture(seed: int) -> str:
    chance = random.Random(seed)
    body = chance.choices(SENTENCES, k=chance.randint(1, 9))
    return chance.choice(OPENINGS) + "".join(chance.choice((" ", "\n\n", "\n", "  ")) + sentence for sentence in body)


MIXTURES = tuple(mixture(seed) for seed in range(60))


@pytest.mark.parametrize("text", [*ODD_TEXTS, *MIXTURES], ids=lambda text: ascii(text[:20]))
def test_every_finding_lies_in_the_text_where_it_says(text: str) -> None:
    found = read(text, published="2023-11-06")
    spans = [*((x.start, x.end) for x in (*found.mentions, *found.officials, *found.events, *found.quotes))]
    assert all(0 <= start < end <= len(text) for start, end in [*spans, *found.sentences])
    assert all(text[mention.start : mention.end] == mention.text for mention in found.mentions)
    assert all(text[quote.start : quote.end] == quote.text for quote in found.quotes)
    assert all(re.sub(r"\s+", " ", text[o.start : o.end]).count(o.name.split()[-1]) for o in found.officials)


@pytest.mark.parametrize("text", [*ODD_TEXTS, *MIXTURES], ids=lambda text: ascii(text[:20]))
def test_sentences_cover_all_words_once_and_events_are_proved_by_whole_sentences(text: str) -> None:
    found = read(text, published="2023-11-06")
    between = zip(
        [0, *(end for _, end in found.sentences)], [*(start for start, _ in found.sentences), len(text)], strict=True
    )
    assert all(text[end:start].strip() == "" for end, start in between)
    assert {(event.start, event.end) for event in found.events} <= set(found.sentences)


@pytest.mark.parametrize("text", [*ODD_TEXTS, *MIXTURES], ids=lambda text: ascii(text[:20]))
def test_values_are_of_their_kind_and_agree_with_each_other(text: str) -> None:
    found = read(text, published="2023-11-06")
    codes = {regency.code for regency in found.regencies}
    assert codes <= set(places())
    assert {event.regency for event in found.events} <= {*codes, None}
    assert {quote.speaker for quote in found.quotes} <= {*(official.name for official in found.officials), None}
    assert len({official.name for official in found.officials}) == len(found.officials)
    assert all((event.start_date is None) == (event.date_reason is not None) for event in found.events)
    assert all((event.start_date is None) == (event.end_date is None) for event in found.events)
    assert all(str(event.start_date) <= str(event.end_date) for event in found.events)
    assert all(0 <= x.confidence <= 1 for x in (*found.mentions, *found.officials, *found.events, *found.quotes))
    assert [mention.start for mention in found.mentions] == sorted(mention.start for mention in found.mentions)


@pytest.mark.parametrize("text", MIXTURES[:20], ids=lambda text: ascii(text[:20]))
def test_every_date_of_an_event_stands_in_the_text(text: str) -> None:
    found = read(text, published="2023-11-06")
    said = {day for mention in found.mentions if mention.label == "DATE" for day in mention.value.split("/")}
    assert {event.start_date for event in found.events} <= {*said, None}


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\u00a0\u2003"])
def test_an_article_without_words_has_an_extraction_in_which_nothing_is_found(text: str) -> None:
    found = read(text, None)
    assert (found.mentions, found.regencies, found.officials, found.events, found.quotes) == ((), (), (), (), ())
    assert found.is_relevant is False


@pytest.mark.parametrize("text", ["", "  \n\u00a0"])
def test_a_headline_alone_proves_no_event(text: str) -> None:
    assert read(text, "Tabanan Ikuti Evaluasi Smart City").events == ()


@pytest.mark.parametrize("text", ["", " ", "Ende"])
def test_nothing_is_known_of_the_date_of_an_article_without_text(text: str) -> None:
    assert main_dates(read(text, "Pemkab Ende Ikuti Bimtek Smart City", "2023-07-04")) <= {None}


def test_a_text_without_a_title_is_read() -> None:
    assert read("Pemkab Ende mengikuti bimtek smart city, Senin (3/7/2023).", None).events


@pytest.mark.parametrize(
    "text",
    [
        "Pemkab Ende mengikuti bimtek smart city. ",
        "Evaluasi tahap I smart city digelar pada 3 Juli 2023. ",
        "Sekda Darmo Wilis mengatakan tim siap. ",
        "“Kami siap menghadapi penilaian itu,” ujar Sekda Darmo Wilis. ",
        "“Kami siap menghadapi penilaian itu,” ujarnya. ",
        "Asesor Wulan Tantri dan Bramantyo Seno hadir. ",
        "mewakili Bupati Ende, ",
        "S.Kom., ",
        "Kepala ",
        "smart governance, ",
        "tahun 2021 ",
        "(3/7) ",
        "(3/",
        "“",
    ],
)
def test_eight_times_the_text_takes_no_more_than_ten_times_the_steps(text: str) -> None:
    once = text * (600 // len(text))
    assert steps(once * 8) <= 10 * steps(once)


def steps(text: str) -> int:
    """Lines of this room's code that run while a text is read: a measure that a busy machine does not change."""
    build_pipeline()
    room = str(Path(nlp.pipeline.__file__).parent)
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        nonlocal count
        if not frame.f_code.co_filename.startswith(room):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read(text)
    finally:
        sys.settrace(before)
    return count


# The same article gives the same facts.


def test_reading_twice_gives_the_same() -> None:
    assert [read(text) for text in MIXTURES[:10]] == [read(text) for text in MIXTURES[:10]]


def test_the_order_and_the_company_in_a_batch_change_nothing() -> None:
    articles = [
        build_article(f"https://warta.example/{number}", "warta", text, "Evaluasi Smart City")
        for number, text in enumerate((*MIXTURES[:20], *ODD_TEXTS))
    ]
    alone = {item.canonical_url: extract(item) for item in articles}
    shuffled = random.Random(7).sample(articles, len(articles))
    assert list(extract_articles(shuffled)) == [alone[item.canonical_url] for item in shuffled]


def test_every_article_of_a_batch_has_one_extraction_and_an_empty_batch_none() -> None:
    assert len(list(extract_articles([article(""), article(" "), article("Ende")]))) == 3
    assert list(extract_articles([])) == []


def test_the_version_of_the_model_is_twelve_hex_digits_and_stays() -> None:
    first = model_version()
    model_version.cache_clear()
    assert re.fullmatch(r"[0-9a-f]{12}", first)
    assert model_version() == first == read("Ende").model
