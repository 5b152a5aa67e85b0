"""When an article was published, by the most trusted of the ways in which its page says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, time, tzinfo
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from crawler.article import boilerplate, dates
from crawler.article.boilerplate import clean_spaces, fold
from crawler.article.metadata import Head, select
from crawler.article.printed import Printed, is_outside
from crawler.items import DateSource, Page
from crawler.source import Source, load_family

PUBLISHED_METAS = (
    "article:published_time", "og:published_time", "og:article:published_time", "article:published", "datepublished",
    "publishdate", "publish-date", "publish_date", "published_time", "published-date", "pubdate", "dtk:publishdate",
    "content_publisheddate", "cxenseparse:recs:publishtime", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dc.date.created", "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date", "date",
)  # fmt: skip
# One outlet each names it after itself: "jpnncom_news_pubdate".
PUBLISHED_META = re.compile(r"\w+_(?:pub(?:lish(?:ed)?)?_?date|published_?time)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOCK = re.compile(r"\d\s?[:.]\s?\d\d(?!\d)")
_ZONE = re.compile(r"\bwi(?:b|ta|t)\b", re.IGNORECASE)
_DATE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:date|tanggal|tgl|time|waktu|publish\w*|posted\w*|meta|info|created|submitted)(?=$|[\s_-])",
    re.IGNORECASE,
)


class Published(NamedTuple):
    """When an article was published and how that was found, or why it is not known."""

    at: datetime | None
    by: DateSource | None
    reason: str | None


def find_date(
    tree: HtmlElement, head: Head, printed: Printed, title: str | None, page: Page, source: Source
) -> Published:
    """When the article was published.

    Asked in this order: the selector of the source, the CMS's API (a hint), JSON-LD, meta tags, <time>, date lines, the
    address. Never a date of change, and never one that cannot be: in the future of the fetch, or before the web.
    """
    zone = source.zone()
    lines = list(_date_lines(tree, printed, page, zone, load_family(source.family).date))
    articles = sorted(head.articles(), key=lambda node: fold(str(node.get("headline"))) != fold(title or ""))
    machine: list[tuple[DateSource, str]] = [("api", page.hints["date"])] if page.hints.get("date") else []
    machine += [("jsonld", str(node["datePublished"])) for node in articles if node.get("datePublished")]
    machine += [("meta", head.metas[name]) for name in PUBLISHED_METAS if name in head.metas]
    machine += [("meta", stamp) for name, stamp in head.metas.items() if PUBLISHED_META.fullmatch(name)]
    machine += [("time", stamp) for stamp in _time_stamps(tree, printed.heading)]
    days = []
    with suppress(ValueError):
        days.append(dates.parse_path(urlsplit(page.url).path, zone))
    candidates = list(_dates_of_source(tree, source))
    candidates += [(by, at) for by, text in machine if (at := _read_stamp(text, page, zone, lines, days)) is not None]
    candidates += [("text", at) for _, at in lines]
    candidates += [("url", at) for at in days]
    return choose_date(page, candidates)


def choose_date(page: Page, candidates: list[tuple[DateSource, datetime]]) -> Published:
    """The first of the dates that can be, or the reason why there is none."""
    for by, stamp in candidates:
        if dates.is_plausible(stamp, page.fetched_at):
            return Published(stamp, by, None)
    if candidates:
        return Published(None, None, f"Tanggal pada halaman tidak masuk akal: {candidates[0][1]:%Y-%m-%d}.")
    return Published(None, None, "Halaman tidak menyebut tanggal terbit.")


def read_dates(lines: Iterable[str], zone: tzinfo) -> Iterator[tuple[str, datetime]]:
    """The date lines among short lines, with what they say."""
    for line in lines:
        if _YEAR.search(line):
            with suppress(ValueError):
                yield line, dates.parse_dateline(line, zone)


def _dates_of_source(tree: HtmlElement, source: Source) -> Iterator[tuple[DateSource, datetime]]:
    """What a person chose for this source goes before all that machines say."""
    for found in select(tree, source.selectors.date) if source.selectors.date else []:
        with suppress(ValueError):
            if isinstance(found, str):
                yield "time", dates.parse_stamp(found, source.zone())
            else:
                yield "text", dates.parse_dateline(clean_spaces(found.text_content()), source.zone())


# Machine-readable stamps.


def _read_stamp(
    text: str, page: Page, zone: tzinfo, lines: list[tuple[str, datetime]], days: list[datetime]
) -> datetime | None:
    """A machine's date, in the zone that readers see beside the same clock."""
    try:
        stamp = dates.parse_stamp(text, zone)
        clock = dates.parse_clock(text)
    except ValueError:
        with suppress(ValueError):
            return dates.parse_dateline(clean_spaces(text), zone)
        return None
    is_foreign = dates.is_foreign(text)
    for line, seen in lines:
        names_zone = _ZONE.search(line) is not None
        # Some sites print the local clock and call it UTC, or WIB in a town on WITA.
        if f"{clock:%F %R}" == f"{seen:%F %R}" and (names_zone or is_foreign):
            return clock.replace(tzinfo=seen.tzinfo)
        if names_zone and abs(seen - stamp).total_seconds() < 60:
            return stamp.astimezone(seen.tzinfo)
    if is_foreign and (_is_day(clock, stamp, lines, days) or stamp > page.fetched_at >= clock.replace(tzinfo=zone)):
        return clock.replace(tzinfo=zone)
    return stamp


def _is_day(clock: datetime, stamp: datetime, lines: list[tuple[str, datetime]], days: list[datetime]) -> bool:
    """Whether the page tells the clock's day as its own and not the day to which its zone would move it."""
    told: set[date] = {seen.date() for line, seen in lines[:1] if seen.time() == time() and not _CLOCK.search(line)}
    told |= {day.date() for day in days}
    return clock.date() in told and stamp.date() not in told


def _time_stamps(tree: HtmlElement, heading: HtmlElement | None) -> Iterator[str]:
    """Stamps on elements of the article itself; a page has many of other articles."""
    own = None
    if heading is not None:
        own = next((node for node in heading.iterancestors() if node.tag == "article"), None)
        if own is None:
            boxes = [node for node in islice(heading.iterancestors(), 3) if node.tag not in ("main", "body", "html")]
            own = boxes[-1] if boxes else None
    elif len(articles := list(tree.iter("article"))) == 1:
        own = articles[0]
    if own is None:
        return
    times = [
        (element, stamp) for element in own.iter("time", "abbr", "span", "p", "date") if (stamp := _stamp_of(element))
    ]
    times = [(element, stamp) for element, stamp in times if not is_outside(element)]
    times = [(element, stamp) for element, stamp in times if _is_marked(element) or not _is_change(element)]
    yield from (stamp for _, stamp in sorted(times, key=lambda found: not _is_marked(found[0])))


def _stamp_of(element: HtmlElement) -> str:
    names = ["datetime", "content"]
    if element.get("itemprop") == "datePublished" or "published" in (element.get("class") or "").split():
        names.append("title")
    elif element.tag != "time":
        return ""
    return next((str(element.get(name)) for name in names if element.get(name)), "")


def _is_change(element: HtmlElement) -> bool:
    return "updated" in (element.get("class") or "").split() or element.get("itemprop") == "dateModified"


def _is_marked(element: HtmlElement) -> bool:
    names = f"{element.get('class')} {element.get('itemprop')}"
    return re.search(r"publish|entry-date|post-date|datepublished", names, re.IGNORECASE) is not None


# Date lines.


def _date_lines(
    tree: HtmlElement, printed: Printed, page: Page, zone: tzinfo, css: str | None
) -> Iterator[tuple[str, datetime]]:
    """Printed date lines with what they say, the most trusted first."""
    chosen = [
        clean_spaces(found if isinstance(found, str) else found.text_content()) for found in select(tree, css or "nil")
    ]
    yield from read_dates(chosen, zone)
    if printed.heading is not None:
        yield from read_dates(_lines_before_text(printed), zone)
        # A theme's "today" bar stands above the title, too; what shows the day of the fetch may be one.
        today = page.fetched_at.astimezone(zone).date()
        above = read_dates(_lines_in_box_above(printed, printed.heading), zone)
        yield from ((line, stamp) for line, stamp in above if stamp.date() != today)
    yield from read_dates([line for line in printed.inside() if dates.says_published(line)], zone)
    if printed.heading is not None:
        named = [
            line.text for line in printed.below if line.text and not line.is_outside and _is_named_date(line.element)
        ]
        found = list(read_dates(named, zone))
        # Below the text many dates are of other articles; one alone is its own.
        if len({stamp.date() for _, stamp in found}) == 1:
            yield from found


def _is_named_date(element: HtmlElement) -> bool:
    return _DATE_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None


def _lines_before_text(printed: Printed) -> Iterator[str]:
    """Short texts between the title and the first paragraph."""
    for line in islice(printed.below, 300):
        if line.element.tag in ("h1", "aside") or (line.text is None and _is_paragraph(line.element)):
            return
        if line.text and len(line.text) >= 80 and boilerplate.SENTENCE_END.search(line.text):
            return
        if line.text and not line.is_outside:
            yield line.text


def _is_paragraph(element: HtmlElement) -> bool:
    return element.tag == "p" or all(
        child.tag in ("br", "b", "strong", "i", "em", "a", "span", "img") for child in element
    )


def _lines_in_box_above(printed: Printed, heading: HtmlElement) -> Iterator[str]:
    """Short texts above the title in the same box, the nearest first."""
    box = next(islice(heading.iterancestors(), 1, 2), None)
    if box is None or box.tag in ("html", "body"):
        return
    for line in reversed(printed.above):
        if line.text and not line.is_outside and box in line.element.iterancestors():
            yield line.text
