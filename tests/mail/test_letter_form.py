"""How letters look: the same in both parts, short enough, and what mail programs can show."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import astuple
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from emailcheck import check_letter
from letters import SITE, TABANAN, build_rich_db, letters, personal

from publish.dates_id import Language
from publish.letters.letter import COPY_URL, PREFERENCES_URL, UNSUBSCRIBE_URL, Letter, personalize, with_images
from publish.letters.rendering import MAX_HTML_BYTES, _cuts
from publish.letters.tables import Cell, Table
from publish.letters.wording import say

KINDS = ("national", "everything", "regency", "several", "daily", "empty")
LANGUAGES: tuple[Language, ...] = ("id", "en")
MARKS = (UNSUBSCRIBE_URL, PREFERENCES_URL, COPY_URL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("surat")
    build_rich_db(folder)
    return folder


@pytest.fixture(scope="module")
def made(folder: Path) -> dict[tuple[str, Language], Letter]:
    return {
        (kind, lang): letter
        for lang in LANGUAGES
        for kind, letter in letters(folder / "rich.db", folder / "public.db", lang).items()
    }


class Shown(HTMLParser):
    """What a mail program shows of the HTML: its words, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.parts: list[str] = []
        self.is_hidden = False
        self.feed(html)
        self.text = " ".join(" ".join(self.parts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.is_hidden = tag in ("style", "title") or values.get("class") == "hidden"
        self.parts.append(values.get("alt") or "")
        self.links |= {values["href"] or ""} if tag == "a" else set()

    def handle_endtag(self, tag: str) -> None:
        self.is_hidden = False
        self.parts.append("")

    def handle_data(self, data: str) -> None:
        if not self.is_hidden:
            self.parts.append(data)


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


def links(text: str) -> set[str]:
    """Addresses in a text, and marks of them."""
    return set(re.findall(r"https://[^\s,]+|\ue000\w+\ue001", text))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_the_text_says_all_that_the_html_says_and_no_more(made: Any, kind: str, lang: Language) -> None:
    letter = made[kind, lang]
    shown = Shown(letter.html)
    assert shown.links == links(letter.text)
    said = re.sub(r"https://\S+|\ue000\w+\ue001", " ", letter.text)
    # The text names what a link leads to where the HTML has a link.
    labels = words(" ".join(say(key, lang) for key in ("event_page", "region_page", "speaker_page")))
    assert words(shown.text) - words(said) == set()
    assert words(said) - words(shown.text) <= labels
    quotes = re.compile("“[^”]*”")
    assert quotes.findall(shown.text.replace("“ ", "“").replace(" ”", "”")) == quotes.findall(" ".join(said.split()))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_mail_programs_can_show_it(made: Any, kind: str, lang: Language) -> None:
    letter = made[kind, lang]
    assert check_letter(letter.html, [image.name for image in letter.images], MARKS) == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_first_what_happened(made: Any, kind: str) -> None:
    letter = made[kind, "id"]
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", letter.html, re.DOTALL)
    assert heading is not None
    expected = {
        "national": "3 peristiwa di 3 kabupaten/kota, 2 tahap baru",
        "everything": "3 peristiwa di 3 kabupaten/kota, 2 tahap baru",
        "regency": "1 peristiwa di Kabupaten Tabanan, 1 tahap baru",
        "several": "3 peristiwa di 3 kabupaten/kota, 2 tahap baru",
        "daily": "1 peristiwa di Kabupaten Tabanan, 1 tahap baru",
        "empty": "Tidak ada peristiwa baru yang kami temukan",
    }
    assert heading[1] == expected[kind]
    assert letter.text.splitlines()[3] == expected[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_letter_of_ones_own_has_personal_links(made: Any, kind: str) -> None:
    letter = made[kind, "id"]
    for part in (letter.html, letter.text):
        assert [mark in part for mark in MARKS] == [kind != "national"] * 3
        assert ("\ue000" in part) == (kind != "national")


def test_texts_of_others_are_text_and_do_not_turn_the_line(made: Any) -> None:
    letter = made["everything", "id"]
    assert 'Tabanan dinilai &lt;b&gt;asesor&lt;/b&gt; &amp; "tim ahli"' in letter.html.replace("&#34;", '"')
    assert '<span dir="auto">سليم الهادي</span>' in letter.html
    assert "Nama: \u2068سليم الهادي\u2069" in letter.text


def test_words_of_articles_are_read_aloud_as_indonesian(made: Any) -> None:
    quoted = '<span lang="id">Layar ini milik warga, bukan pajangan</span>'
    assert quoted in made["everything", "en"].html
    assert quoted not in made["everything", "id"].html
    assert '<html lang="en"' in made["everything", "en"].html


@pytest.mark.parametrize("kind", KINDS)
def test_lines_of_the_text_are_short_enough_for_mail(made: Any, kind: str) -> None:
    text = made[kind, "id"].text
    assert max(len(line.encode()) for line in text.splitlines()) <= 900
    assert "\n\n\n" not in text
    assert text.endswith("\n")


def test_a_letter_is_the_same_each_time(folder: Path, made: Any) -> None:
    again = personal(folder / "rich.db", [("regency", TABANAN)], "id")
    assert again == made["regency", "id"]


def test_dates_to_come_are_attached(made: Any) -> None:
    assert b"UID:bbbbbbbbbbb2@pantau-kota-cerdas" in made["regency", "id"].calendar
    assert b"STATUS:TENTATIVE" in made["regency", "id"].calendar
    assert made["empty", "id"].calendar is None


@pytest.mark.parametrize(("kind", "names"), [("national", ["pekan"]), ("regency", []), ("daily", []), ("empty", [])])
def test_pictures_are_those_that_help(made: Any, kind: str, names: list[str]) -> None:
    """Tabanan was never in a list of the programme's cohorts, and a day has no weeks to compare."""
    letter = made[kind, "id"]
    assert [image.name for image in letter.images] == names
    assert [image.name in letter.html for image in letter.images] == [True] * len(names)
    assert "cid:" not in with_images(letter.html, letter.images)


def test_tables_that_are_too_long_for_a_mail_are_cut_and_say_so(folder: Path) -> None:
    rows = ((Cell("x" * 160),) * 8,) * 50
    tables = [Table(f"Kueri {n}", "", tuple("abcdefgh"), rows, 50, 50, False, f"{SITE}/q") for n in range(30)]
    letter = personal(folder / "rich.db", [("all", "")], tables=tables)
    assert len(letter.html.encode()) <= MAX_HTML_BYTES
    hidden = [int(number) for number in re.findall(rf"… dan (\d+) lagi: {SITE}/q\n", letter.text)]
    assert len(hidden) == 30
    assert letter.text.count("* a: ") + sum(hidden) == 30 * 50


def test_a_letter_that_was_cut_has_room_for_the_addresses_of_its_readers_own_pages(folder: Path) -> None:
    address = f"{SITE}/langganan/atur/{'x' * 100}"
    # As wide as lets the letter with marks come within a few bytes of the most.
    tables = [Table(f"Kueri {n}", "", ("a",), ((Cell("x" * 150),),) * 50, 50, 50, False, None) for n in range(40)]
    html, _ = personalize(personal(folder / "rich.db", [("all", "")], tables=tables), dict.fromkeys(MARKS, address))
    assert len(html.encode()) <= MAX_HTML_BYTES


def test_cuts_only_ever_get_tighter() -> None:
    events = [{"is_main": n < 40, "others": [], "id": str(n)} for n in range(47)]
    told = {"provinces": [{"events": events}], "announced": [], "passed": [], "late": []}
    cuts = [astuple(cut) for cut in _cuts(told)]
    assert cuts[0] == (40, 40, 7, 12)
    assert cuts[-1] == (0, 0, 0, 0)
    for wide, tight in pairwise(cuts):
        assert wide != tight
        assert all(before >= after for before, after in zip(wide, tight, strict=True))


GOLDEN = [*((kind, "id") for kind in KINDS), ("everything", "en"), ("empty", "en")]


@pytest.mark.parametrize(("kind", "lang"), GOLDEN)
@pytest.mark.parametrize("part", ["html", "txt"])
def test_golden_letters(made: Any, golden: Callable[[Any, str], None], kind: str, lang: Language, part: str) -> None:
    letter = made[kind, lang]
    golden(letter.html if part == "html" else letter.text, f"letters/{kind}.{lang}.{part}")
