"""What sites write their lists in: XML that is cut off or has a warning before it, and dates in all spellings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from urllib.parse import urljoin

from lxml import etree  # type: ignore[import-untyped]
from scrapy.http import Response

from crawler.article.dates import parse_dateline, parse_stamp
from crawler.article.encoding import decode

MOST_BYTES = 50 * 1024 * 1024
"""Of a sitemap, by its protocol."""
MOST_WORDS = 1000
"""Characters of a title or a time that are looked at; what is longer is neither."""
MOST_TAGS = 3_000_000
"""Of a list; a sitemap of 50,000 addresses, the most that its protocol allows, has fewer with all that others add."""
SHARED_BY_CHANCE = 2
"""A time of change that more entries of a list share is when the list was made."""
_BEGINNING = 10_000  # characters; warnings of PHP stand there
_BARE_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:#\d+|#x[0-9a-f]+|amp|lt|gt|quot|apos);)", re.DOTALL | re.IGNORECASE
)
"""In addresses, and before the names that HTML knows and XML does not (`&nbsp;`); libxml would drop them."""
_ENTRY_END = re.compile(r"</(?:\w+:)?(?:item|entry|url|sitemap)\s*>")
_OFFSET = re.compile(r"\s*(?:(?P<offset>[+-]\d\d):?(?P<minutes>\d\d)|GMT|UTC|Z)$")
_ZONE = re.compile(r"\s*\b(WIB|WITA|WIT)$", re.IGNORECASE)


class ListError(ValueError):
    """A list that would take more memory than there is; the message says what was seen in it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A list in XML."""

    root: Any
    is_whole: bool
    """False where it was cut off; the entry in which that happened is left out."""


def parse_xml(body: bytes, content_type: str, roots: tuple[str, ...]) -> Document | None:
    """The document from its root on, which is one of `roots` (local names); None when it is no such document.

    What stands before the root does not matter: a BOM, blank lines, the warnings of a server. Raises ListError for one
    with more than MOST_TAGS.
    """
    text = _text(body, content_type)
    begin = re.search(rf"<(?P<name>(?:\w+:)?(?:{'|'.join(roots)}))[\s/>]", text[:_BEGINNING])
    if begin is None or re.search(r"<(?:html|body)[\s>]", text[: begin.start()], re.IGNORECASE):
        return None
    is_whole = text.rfind(f"</{begin['name']}") > 0 or re.match(r"<[^>]*/>", text[begin.start() :]) is not None
    end = (
        None
        if is_whole
        else max((found.end() for found in _ENTRY_END.finditer(text, begin.end())), default=begin.end())
    )
    if (tags := text.count("<")) > MOST_TAGS:
        raise ListError(f"{tags:,} tags, no list has so many (MOST_TAGS in crawler/spiders/lists.py)")
    parser = etree.XMLParser(
        recover=True, huge_tree=True, resolve_entities=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    markup = _BARE_AMPERSAND.sub(lambda found: "&amp;" if found[0] == "&" else found[0], text[begin.start() : end])
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # raised although it is to recover, where it finds no element at all
        return None
    return None if root is None else Document(root, is_whole)


def parse_moment(text: str, zone: tzinfo) -> datetime | date | None:
    """When a list says that something happened: an instant in `zone`, or a day without a clock; None for no date.

    Reads RFC 822, also with Indonesian names of days and months, ISO 8601 and printed date lines.

    >>> from zoneinfo import ZoneInfo
    >>> parse_moment("Sen, 06 Mei 2024 16:20:00 +0800", ZoneInfo("Asia/Makassar")).isoformat()
    '2024-05-06T16:20:00+08:00'
    >>> parse_moment("2023-11-08T08:20:00Z", ZoneInfo("Asia/Makassar")).isoformat()
    '2023-11-08T16:20:00+08:00'
    >>> parse_moment("2023-11-08", ZoneInfo("Asia/Makassar")), parse_moment("kemarin", ZoneInfo("Asia/Makassar"))
    (datetime.date(2023, 11, 8), None)
    """
    line = " ".join(text[:MOST_WORDS].split())
    try:
        found = _parse_clock(line, zone).astimezone(zone)
    except (ValueError, OverflowError):
        return None
    return found if ":" in line or (found.hour, found.minute) != (0, 0) else found.date()


def moments_of_list(moments: Iterable[datetime | date | None]) -> set[datetime | date]:
    """The times of change that are not those of the articles, for too many entries of the list share them."""
    shared = Counter(moment for moment in moments if moment is not None)
    return {moment for moment, times in shared.items() if times > SHARED_BY_CHANCE}


def content_type(response: Response) -> str:
    """As the header says it; empty where there is none."""
    return str(response.headers.get("Content-Type", b"").decode("latin-1"))


def as_day(moment: datetime | date | None) -> date | None:
    """The day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def day_of_entry(published: datetime | date | None, changed: datetime | date | None, until: date | None) -> date | None:
    """The day that decides whether an entry is wanted; None where the list does not tell enough.

    An entry that tells its last change alone was published on that day or before it: too old if the change is, but
    whether it was published until `until` nobody knows.
    """
    if published is not None or changed is None:
        return as_day(published)
    day = as_day(changed)
    return day if until is None or day is None or day <= until else None


def own_change(changed: datetime | date | None, unreal: set[datetime | date]) -> datetime | None:
    """The instant at which an article was last changed, as far as its list can be believed."""
    return changed if isinstance(changed, datetime) and changed not in unreal else None


def join(base: str, href: str) -> str | None:
    """The absolute address; None for one that cannot be read."""
    try:
        return urljoin(base, href.strip()) if href.strip() else None
    except ValueError:
        return None


def _parse_clock(line: str, zone: tzinfo) -> datetime:
    try:
        if _ZONE.search(line):
            return parse_dateline(line, zone)
        return parse_stamp(line, zone)
    except ValueError:
        offset = _OFFSET.search(line)
        clock = parse_dateline(line[: offset.start()] if offset else line, zone)
    if offset is None:
        return clock
    written = f"{offset['offset']}:{offset['minutes']}" if offset["offset"] else "+00:00"
    return parse_stamp(clock.replace(tzinfo=None).isoformat() + written, zone)


def _text(body: bytes, content_type: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = re.search(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w-]+)", body[:_BEGINNING])
        if declared is not None:
            # Of the two the document is more often right: servers say one and the same for all they have.
            content_type = f"text/xml; charset={declared[1].decode()}"
    try:
        return decode(body, content_type)
    except ValueError:
        return body.decode("utf-8", errors="replace")
