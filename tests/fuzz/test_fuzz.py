"""What strangers write is answered: in time, in little memory, and with no exception that is not documented."""

from __future__ import annotations

import gzip
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType

import pytest
from fuzz import guard
from fuzz.hostile import CASES
from fuzz.targets import SUFFIXES, TARGETS
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st


def some(number: int) -> settings:
    """So many examples, always the same ones."""
    unchecked = [HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large]
    return settings(
        deadline=None, derandomize=True, database=None, max_examples=number, suppress_health_check=unchecked
    )


class TooLongError(BaseException):
    """An input took more processor time than its target may; no `except Exception` of ours takes it for an answer."""


@contextmanager
def bounded(target: str, data: bytes) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLongError(f"{target} takes longer than {TARGETS[target].seconds} seconds: {data[:2000]!r}")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, TARGETS[target].seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def answers(target: str, data: bytes) -> None:
    """The target takes it, or says that it does not."""
    with bounded(target, data):
        TARGETS[target].run(data)


# What it is made of


def pieces(words: str, *more: str) -> st.SearchStrategy[str]:
    return st.sampled_from([*words.replace("\\s", "\0").split(), *more]).map(lambda word: word.replace("\0", " "))


def joined(*of: st.SearchStrategy[str], most: int = 14, marks: tuple[str, ...] = ("",)) -> st.SearchStrategy[str]:
    """Pieces one after another, between them one of the marks."""
    words = st.lists(st.one_of(*of, st.text(max_size=3)), max_size=most)
    return st.tuples(words, st.sampled_from(marks)).map(lambda drawn: drawn[1].join(drawn[0]))


NUMBERS = pieces("0 1 12 31 32 00 13 99 2023 1999 9999 99999 0000 -1 ² ١٢ ½ 1700000000 1999999999999", "1" * 40)
DATE_WORDS = pieces(
    """Senin Selasa Jumat Jum'at Rabu Mei Mar Agustus Des May Okt Feb Februari WIB WITA WIT pukul jam Diposting pada
    Terakhir diubah oleh Rina Palu, . : - / | ( ) – T Z +07:00 +99:99 -23:59 +0000 GMT am p.m. th tahun lalu depan
    kemarin besok hari ini pekan minggu bulan akhir awal pertengahan abad triwulan hingga s.d. dan tanggal İ""",
    "\u2028", "\u00a0", "\n",
)  # fmt: skip
DATES = joined(NUMBERS, DATE_WORDS, marks=(" ", "", "-", "/", ":", ", "))
NAMES = pieces(
    """Drs. H. Basri Talumepa, M.Si, Dr. Ir. Hj. Nurhayati S.Kom., Bupati Wakil Plt. Pj. Sekda Kepala Dinas Kominfo Sigi
    Kabupaten Kota Palu Tabanan Wali mengatakan ujar kata menambahkan “ ” " ‘ ’ , . : ; ( ) - – / didampingi mewakili ia
    bimtek evaluasi tahap I II smart city masterplan digelar di pada diikuti 50 kabupaten/kota Rp4,3 miliar persen
    yang dan serta bersama al bin van Kepala Bidang ß 🇮🇩""",
    "\n\n", "\u200b", "\u0301",
)  # fmt: skip
NEWS = joined(NAMES, NAMES, DATES, most=60, marks=(" ",))
URL_PARTS = pieces(
    """http:// https:// a.example [ ] [::1] @ : :99999 / // ? # % %zz %2F & = utm_source=x /amp page=2 m. www. index.php
    https://web.archive.org/web/2020/ https://www.google.com/url?q= https://a.cdn.ampproject.org/c/s/ .translate.goog
    https://translate.google.com/translate?u= é xn-- .. /./ ;jsessionid=1""",
    "\n", "\0", "1" * 20,
)  # fmt: skip
URLS = st.tuples(pieces("https:// https://a.example/", ""), joined(URL_PARTS)).map("".join)
MARKUP = pieces(
    r"""<div> </div> <p> </p> <article> <h1> </h1> <a\shref=/x> </a> <time\sdatetime=9999-12-31> <script> </script>
    <meta\sname=date\scontent=2023> <!-- --> <![CDATA[ ]]> &nbsp; &#0; &#x1f; <table><tr><td> <span\sclass=author> <br>
    <script\stype=application/ld+json> {"@type":"NewsArticle","headline":[ }]} <b> <li> <figure> <svg> <template>
    <frameset> <select> <?xml\sversion="1.0"?> <!DOCTYPE\shtml> <base\shref="http://["> <meta\scharset=punycode>
    <link\srel=canonical\shref=http://[>"""
)
XML_PARTS = pieces(
    r"""<item> </item> <entry> </entry> <title> </title> <link> </link> <guid> <pubDate> </pubDate> <url> <loc> </loc>
    <lastmod> </lastmod> <sitemap> </rss> </urlset> <![CDATA[ ]]> & &x; <!DOCTYPE\sa> <a:b> <!-- --> <? ?> < </ http://[
    <feed\sxml:base='http://['> 2023-01-01T00:00:00Z""",
    "\0",
)
XML = st.tuples(pieces("<rss> <urlset> <sitemapindex> <feed> [", ""), joined(XML_PARTS, DATES, URLS, most=25)).map(
    "".join
)
YAML_PARTS = pieces(
    r"""delay: !!int !!timestamp !!binary !!set !!python/name:os.system &a *a ? - : { } [ ] ' " # 0o7 1_0 .inf 1:60
    2023-13-01 (?P< {from:% port: host: family: <<: match:""",
    "outlet: a\n", "home: https://a.example\n", "ways:\n- {way: feed, url: ", "timezone: Asia/Jakarta\n", "|\n", ">\n",
    "\n", "\t", "---\n", "%TAG ! x\n", "selectors: {body: ", "from: {address: ",
)  # fmt: skip
YAML = joined(YAML_PARTS, most=16, marks=("", " "))
SEARCH_PARTS = pieces(
    """q= & %22 + AND OR NEAR( ^ * %00 tahun= tahap=bimtek-1 media= jenis=artikel halaman=-1 provinsi=51 kab+solok
    evaluasi+tahap+ii %FF""",
    "\u2028",
)


def encoded(texts: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    return texts.map(lambda text: text.encode("utf-8", "surrogatepass"))


@cache
def _seeds(target: str) -> list[bytes]:
    """Made once: a web archive has the time and chance in it."""
    return TARGETS[target].seeds()


@st.composite
def mutated(draw: Callable[[st.SearchStrategy[object]], object], target: str, others: st.SearchStrategy[str]) -> bytes:
    """An innocent input of the target in which some stretches are others."""
    data = draw(st.sampled_from(_seeds(target)))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 0, 1, 8, 60, 1000]))
        piece = draw(st.one_of(encoded(others), st.binary(max_size=6), st.just(data[start : start + length] * 3)))
        data = data[:start] + piece + data[start + length :]
    return data


# Each with what it reads


@some(60)
@given(mutated("page", st.one_of(MARKUP, DATES)))
def test_no_page_stops_the_parser(data: bytes) -> None:
    answers("page", data)


@some(60)
@given(st.one_of(mutated("plain", st.one_of(DATES, NEWS)), encoded(NEWS)))
def test_no_text_stops_the_parser(data: bytes) -> None:
    answers("plain", data)


@some(60)
@given(mutated("record", st.one_of(DATES, URLS, pieces(r"""{ [ \ud800 \u0000 1e999 NaN null"""))))
def test_no_record_stops_the_parser(data: bytes) -> None:
    answers("record", data)


@some(60)
@given(st.one_of(mutated("file", st.one_of(MARKUP, URLS)), st.binary(max_size=200)))
def test_what_cannot_be_ingested_is_told_and_nothing_more(data: bytes) -> None:
    answers("file", data)


@some(60)
@given(mutated("file", MARKUP).map(lambda data: bytes([SUFFIXES.index(".warc.gz")]) + gzip.compress(data[1:])))
def test_no_packed_web_archive_stops_ingesting(data: bytes) -> None:
    answers("file", data)


@some(60)
@given(mutated("archive", st.sampled_from(["Content-Length: ", "WARC/1.0\r\n", "-1", "9" * 30, "\r\n\r\n"])))
def test_a_broken_record_of_the_archive_is_told_as_one(data: bytes) -> None:
    answers("archive", data)


@some(60)
@given(mutated("wall", MARKUP))
def test_no_answer_stops_the_search_for_bot_walls(data: bytes) -> None:
    answers("wall", data)


@some(60)
@given(st.one_of(mutated("lists", XML), encoded(XML)))
def test_no_feed_and_no_sitemap_stops_the_crawl(data: bytes) -> None:
    answers("lists", data)


@some(60)
@given(mutated("robots", pieces("* $ Disallow: Allow: Crawl-delay:nan % User-agent:", "\n")))
def test_no_robots_txt_stops_the_crawl(data: bytes) -> None:
    answers("robots", data)


@some(300)
@given(encoded(URLS))
def test_an_address_is_cleaned_once_and_for_all(data: bytes) -> None:
    answers("address", data)


@some(300)
@given(encoded(DATES))
@example(b"9999-12-31T23:59:59Z")
@example(b"Mon, 01 Jan 2023 99999999999999999999:00:00 +0000")
def test_a_date_is_read_or_is_none(data: bytes) -> None:
    answers("stamp", data)


@some(300)
@given(encoded(DATES).map(lambda data: b"\3" + data))
def test_days_of_a_text_lie_where_they_say(data: bytes) -> None:
    answers("days", data)


@some(60)
@given(st.one_of(encoded(NEWS), mutated("article", NEWS)))
def test_no_article_stops_the_reader(data: bytes) -> None:
    answers("article", data)


@some(150)
@given(st.one_of(encoded(YAML), mutated("source", YAML)))
def test_a_source_file_is_right_or_told_to_be_wrong(data: bytes) -> None:
    answers("source", data)


@some(150)
@given(st.one_of(encoded(YAML), mutated("settings", YAML)))
def test_settings_are_right_or_told_to_be_wrong(data: bytes) -> None:
    answers("settings", data)


@some(60)
@given(mutated("readers", st.one_of(NEWS, pieces("""\" , ; email parameters kode=%""", "\n", "\r", "\t"))))
def test_a_table_of_readers_is_right_or_told_to_be_wrong(data: bytes) -> None:
    answers("readers", data)


@some(60)
@given(mutated("bounce", st.one_of(DATES, URLS, pieces("Content-Type: multipart/mixed =?utf-8?q?", "\n\n"))))
def test_no_mail_that_comes_back_stops_the_others(data: bytes) -> None:
    answers("bounce", data)


@some(200)
@given(st.one_of(mutated("token", URLS), st.binary(max_size=80)))
def test_no_token_is_ours_that_we_did_not_sign(data: bytes) -> None:
    answers("token", data)


@some(150)
@given(encoded(joined(SEARCH_PARTS, most=20)).map(lambda data: b"q=" + data))
def test_every_search_is_a_search(data: bytes) -> None:
    answers("search", data)


@some(4)
@given(st.integers(0, 255), encoded(st.one_of(NEWS, MARKUP, st.text(max_size=200))))
def test_no_words_of_outlets_break_a_letter(chosen: int, data: bytes) -> None:
    answers("letter", bytes([chosen]) + data)


# Inputs that a careless reader would end at, in processes that may take only so much


@pytest.fixture(scope="module")
def outcomes() -> dict[str, guard.Outcome]:
    return {outcome.case: outcome for outcome in guard.try_cases(list(CASES))}


@pytest.mark.parametrize("case", CASES)
def test_it_is_answered_although(case: str, outcomes: dict[str, guard.Outcome]) -> None:
    assert outcomes[case].fault is None


def test_a_fault_of_a_target_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(data: bytes) -> None:
        raise RuntimeError("rusak")

    def endless(data: bytes) -> None:
        while data:
            pass

    def greedy(data: bytes) -> None:
        bytearray(4 * 1024**3)

    for run, fault in ((faulty, "RuntimeError: rusak"), (endless, "longer than 1 seconds"), (greedy, "MemoryError")):
        target = type(TARGETS["page"])("x", run, list, seconds=1)
        monkeypatch.setitem(TARGETS, "page", target)  # type: ignore[arg-type]
        assert fault in (guard.run_guarded("x", "page", b"x").fault or "")
