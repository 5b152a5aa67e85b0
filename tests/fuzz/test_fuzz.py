"""What strangers write is answered: in time, in little memory, and with no exception that is not documented."""

from __future__ import annotations

import gzip
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest
from fuzz import guard
from fuzz.hostile import CASES
from fuzz.targets import SUFFIXES, TARGETS
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

FAULTY = settings(
    deadline=None, derandomize=True, database=None, max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)  # fmt: skip


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

NUMBERS = st.sampled_from(
    ["0", "1", "12", "31", "32", "00", "13", "99", "2023", "1999", "9999", "99999", "0000", "-1", "1" * 40, "²", "١٢", "½",
     "1700000000", "1999999999999"]
)  # fmt: skip
DATE_WORDS = st.sampled_from(
    """Senin Selasa Jumat Jum'at Rabu Mei Mar Agustus Des May Okt Feb Februari WIB WITA WIT pukul jam Diposting pada
    Terakhir diubah oleh Rina Palu, . : - / | ( ) – T Z +07:00 +99:99 -23:59 +0000 GMT am p.m. th tahun lalu depan
    kemarin besok hari ini pekan minggu bulan akhir awal pertengahan abad triwulan hingga s.d. dan tanggal""".split()
    + ["\u2028", "\u00a0", "\0", "İ", "\n"]
)
DATES = st.lists(st.one_of(NUMBERS, DATE_WORDS, st.text(max_size=3)), max_size=14).flatmap(
    lambda words: st.sampled_from([" ", "", "-", "/", ":", ", "]).map(lambda mark: mark.join(words))
)
NAMES = st.sampled_from(
    """Drs. H. Basri Talumepa, M.Si, Dr. Ir. Hj. Nurhayati S.Kom., Bupati Wakil Plt. Pj. Sekda Kepala Dinas Kominfo Sigi
    Kabupaten Kota Palu Tabanan Wali mengatakan ujar kata menambahkan “ ” " ‘ ’ , . : ; ( ) - – / didampingi mewakili ia
    bimtek evaluasi tahap I II smart city masterplan digelar di pada diikuti 50 kabupaten/kota Rp4,3 miliar persen
    yang dan serta bersama al bin van Kepala Bidang""".split()
    + ["\n\n", "\u200b", "İ", "ß", "\u0301", "🇮🇩"]
)
NEWS = st.lists(st.one_of(NAMES, NAMES, DATES, st.text(max_size=4)), max_size=60).map(" ".join)
URLS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "http://",
                "https://",
                "a.example",
                "[",
                "]",
                "[::1]",
                "@",
                ":",
                ":99999",
                "/",
                "//",
                "?",
                "#",
                "%",
                "%zz",
                "%2F",
                "&",
                "=",
                "utm_source=x",
                "/amp",
                "web.archive.org/web/2020/",
                "https://www.google.com/url?q=",
                "cdn.ampproject.org/c/s/",
                ".translate.goog",
                "translate.google.com/translate?u=",
                "\0",
                "é",
                "xn--",
                "..",
                "/./",
                "index.php",
                ";jsessionid=1",
                "page=2",
                "\n",
                "m.",
                "www.",
                "1" * 20,
            ]
        ),  # fmt: skip
        st.text(max_size=3),
    ),
    max_size=12,
).flatmap(
    lambda parts: st.sampled_from(["", "https://", "https://a.example/"]).map(lambda start: start + "".join(parts))
)
MARKUP = st.sampled_from(
    """<div> </div> <p> </p> <article> <h1> </h1> <a\x20href=/x> </a> <time\x20datetime=9999-12-31> <script> </script>
    <meta\x20name=date\x20content=2023> <!-- --> <![CDATA[ ]]> &nbsp; &#0; &#x1f; <table><tr><td> <span\x20class=author>
    <script\x20type=application/ld+json> {"@type":"NewsArticle","headline":[ }]} <br> <b> <li> <figure> <svg> <template>
    <frameset> <select> <?xml\x20version="1.0"?> <!DOCTYPE\x20html> <base\x20href="http://["> <link\x20rel=canonical\x20href=http://[>
    """.split()
)  # fmt: skip
XML = st.lists(
    st.one_of(
        st.sampled_from(
            """<rss> <channel> <item> </item> <entry> </entry> <title> </title> <link> </link> <guid> <pubDate> </pubDate>
            <urlset> <sitemapindex> <url> <loc> </loc> <lastmod> </lastmod> <sitemap> </rss> </urlset> <![CDATA[ ]]> & &x;
            <!DOCTYPE\x20a> <a:b> <feed\x20xml:base='http://['> <!-- --> <? ?> < </ 2023-01-01T00:00:00Z http://[ \0""".split()
        ),
        DATES,
        URLS,
    ),
    max_size=25,
).flatmap(lambda parts: st.sampled_from(["", "<rss>", "<urlset>", "<feed>", "["]).map(lambda s: s + "".join(parts)))
YAML = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "outlet: a\n",
                "home: https://a.example\n",
                "ways:\n- {way: feed, url: ",
                "family: ",
                "timezone: Asia/Jakarta\n",
                "delay: ",
                "!!int ",
                "!!timestamp ",
                "!!binary ",
                "!!set ",
                "!!python/name:os.system ",
                "&a ",
                "*a",
                "? ",
                "- ",
                ": ",
                "{",
                "}",
                "[",
                "]",
                "'",
                '"',
                "|\n",
                ">\n",
                "\n",
                "\t",
                "# ",
                "---\n",
                "%TAG ! x\n",
                "<<: ",
                "0o7",
                "1_0",
                ".inf",
                "1:60",
                "2023-13-01",
                "selectors: {body: ",
                "match: ",
                "(?P<",
                "{from:%",
                "from: {address: ",
                "host: ",
                "port: ",
            ]
        ),  # fmt: skip
        st.text(max_size=4),
    ),
    max_size=16,
).map("".join)


def encoded(texts: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    return texts.map(lambda text: text.encode("utf-8", "surrogatepass"))


@st.composite
def mutated(draw: Callable[[st.SearchStrategy[object]], object], target: str, pieces: st.SearchStrategy[str]) -> bytes:
    """An innocent input of the target in which some stretches are others."""
    data = draw(st.sampled_from(TARGETS[target].seeds()))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 0, 1, 8, 60, 1000]))
        piece = draw(st.one_of(encoded(pieces), st.binary(max_size=6), st.just(data[start : start + length] * 3)))
        data = data[:start] + piece + data[start + length :]
    return data


# Each with what it reads


@FAULTY
@given(mutated("page", st.one_of(MARKUP, DATES)))
def test_no_page_stops_the_parser(data: bytes) -> None:
    answers("page", data)


@FAULTY
@given(st.one_of(mutated("plain", st.one_of(DATES, NEWS)), encoded(NEWS)))
def test_no_text_stops_the_parser(data: bytes) -> None:
    answers("plain", data)


@FAULTY
@given(
    mutated("record", st.one_of(DATES, URLS, st.sampled_from(["{", "[", "\\ud800", "\\u0000", "1e999", "NaN", "null"])))
)
def test_no_record_stops_the_parser(data: bytes) -> None:
    answers("record", data)


@FAULTY
@given(st.one_of(mutated("file", st.one_of(MARKUP, URLS)), st.binary(max_size=200)))
def test_what_cannot_be_ingested_is_told_and_nothing_more(data: bytes) -> None:
    answers("file", data)


@FAULTY
@given(mutated("file", MARKUP).map(lambda data: bytes([SUFFIXES.index(".warc.gz")]) + gzip.compress(data[1:])))
def test_no_packed_web_archive_stops_ingesting(data: bytes) -> None:
    answers("file", data)


@FAULTY
@given(mutated("archive", st.sampled_from(["Content-Length: ", "WARC/1.0\r\n", "-1", "9" * 30, "\r\n\r\n"])))
def test_a_broken_record_of_the_archive_is_told_as_one(data: bytes) -> None:
    answers("archive", data)


@FAULTY
@given(mutated("wall", MARKUP))
def test_no_answer_stops_the_search_for_bot_walls(data: bytes) -> None:
    answers("wall", data)


@FAULTY
@given(st.one_of(mutated("lists", XML), encoded(XML)))
def test_no_feed_and_no_sitemap_stops_the_crawl(data: bytes) -> None:
    answers("lists", data)


@FAULTY
@given(
    mutated(
        "robots", st.sampled_from(["*", "$", "Disallow: ", "Allow: ", "\n", "Crawl-delay: nan", "%", "User-agent:"])
    )
)
def test_no_robots_txt_stops_the_crawl(data: bytes) -> None:
    answers("robots", data)


@FAULTY
@settings(max_examples=300)
@given(encoded(URLS))
def test_an_address_is_cleaned_once_and_for_all(data: bytes) -> None:
    answers("address", data)


@FAULTY
@settings(max_examples=300)
@given(encoded(DATES))
@example(b"9999-12-31T23:59:59Z")
@example(b"Mon, 01 Jan 2023 99999999999999999999:00:00 +0000")
def test_a_date_is_read_or_is_none(data: bytes) -> None:
    answers("stamp", data)


@FAULTY
@settings(max_examples=300)
@given(encoded(DATES).map(lambda data: b"\3" + data))
def test_days_of_a_text_lie_where_they_say(data: bytes) -> None:
    answers("days", data)


@FAULTY
@given(st.one_of(encoded(NEWS), mutated("article", NEWS)))
def test_no_article_stops_the_reader(data: bytes) -> None:
    answers("article", data)


@FAULTY
@settings(max_examples=150)
@given(st.one_of(encoded(YAML), mutated("source", YAML)))
def test_a_source_file_is_right_or_told_to_be_wrong(data: bytes) -> None:
    answers("source", data)


@FAULTY
@settings(max_examples=150)
@given(st.one_of(encoded(YAML), mutated("settings", YAML)))
def test_settings_are_right_or_told_to_be_wrong(data: bytes) -> None:
    answers("settings", data)


@FAULTY
@given(
    mutated(
        "readers", st.one_of(NEWS, st.sampled_from(['"', ",", "\n", "\r", ";", "\t", "email", "parameters", "kode=%"]))
    )
)
def test_a_table_of_readers_is_right_or_told_to_be_wrong(data: bytes) -> None:
    answers("readers", data)


@FAULTY
@given(
    mutated(
        "bounce", st.one_of(DATES, URLS, st.sampled_from(["\n\n", "Content-Type: ", "multipart/mixed", "=?utf-8?q?"]))
    )
)
def test_no_mail_that_comes_back_stops_the_others(data: bytes) -> None:
    answers("bounce", data)


@FAULTY
@settings(max_examples=200)
@given(st.one_of(mutated("token", URLS), st.binary(max_size=80)))
def test_no_token_is_ours_that_we_did_not_sign(data: bytes) -> None:
    answers("token", data)


@FAULTY
@settings(max_examples=150)
@given(
    encoded(
        st.lists(
            st.one_of(
                st.sampled_from(
                    [
                        "q=",
                        "&",
                        "%22",
                        "+",
                        "AND",
                        "OR",
                        "NEAR(",
                        "^",
                        "*",
                        "%00",
                        "tahun=",
                        "tahap=bimtek-1",
                        "media=",
                        "jenis=artikel",
                        "halaman=-1",
                        "provinsi=51",
                        "kab+solok",
                        "evaluasi+tahap+ii",
                        "%FF",
                        "\u2028",
                    ]
                ),  # fmt: skip
                st.text(max_size=3),
            ),
            max_size=20,
        ).map(lambda parts: "q=" + "".join(parts))
    )
)
def test_every_search_is_a_search(data: bytes) -> None:
    answers("search", data)


@FAULTY
@settings(max_examples=4)
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
