"""The types that leave the crawler: a Page as it came, an Article as it reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

Fate = Literal[
    "kept",  # an article of ours
    "duplicate",  # the same canonical article under another address
    "not-article",  # a listing, a tag page, a file that is no article
    "off-topic",  # parsed, and none of the keywords is in it
    "too-old",
    "robots",  # robots.txt forbids it
    "blocked",  # 401, 403, 429, a bot wall
    "gone",  # 404, 410
    "error",  # network failure, 5xx, an encoding nobody can read
    "not-understood",  # fetched and kept, but the parser found no article in it: see the reason
    "removed",  # somebody asked for it: nothing of it is kept but this address, which is not fetched again
]
"""Every URL ever seen has exactly one of these; a URL without one is still to be fetched."""

DateSource = Literal["api", "jsonld", "meta", "time", "text", "url"]
"""Where a publication date was read: the CMS's own API, JSON-LD, a meta tag, <time>, the visible date line, the URL."""

PAGE_BREAK = b"\n<!-- pantau: next page -->\n"
"""Stands between the whole HTML documents, in order, in the body of a Page whose article goes over several pages."""


@dataclass(frozen=True, slots=True)
class Page:
    """A response as it came from the web (or a file as it was ingested)."""

    url: str
    source: str
    """Name of the source: `crawler/sources/<source>.yml`, or `ingest` for a local file."""
    fetched_at: datetime
    """UTC, with its offset."""
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    """Lower-case names; only those that matter: content-type, etag, last-modified."""
    hints: dict[str, str] = field(default_factory=dict)
    """What the way of finding said of it: `title`, `date` (ISO 8601, with the offset of the source's zone), `author`.
    Better than the page for dates. `incomplete`: why a further page of the article is missing."""
    archive_file: str | None = None
    """Where the body lies: name of the WARC file in data/archive, and the offset of its record in it."""
    archive_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What a reader reads. Every offset in the house counts characters of `text`."""

    url: str
    """The address it was fetched from."""
    canonical_url: str
    source: str
    title: str | None
    authors: tuple[str, ...]
    published_at: datetime | None
    """With the offset it was printed with, or WIB where a date has none; None when the page does not say."""
    published_by: DateSource | None
    """How the date was found."""
    date_reason: str | None
    """Why there is no date; None when there is one."""
    text: str
    """Body without the title; paragraphs are separated by a blank line."""
    is_complete: bool = True
    """False where the article has further pages that could not be fetched."""


RecordFate = Literal[
    "kept",  # an article, with all that was read out of it
    "duplicate",  # the same address with the same body stands before it in its slice
    "no-page",  # a request, a picture, metadata, an answer that is not 200, a type that holds no article
    "erased",  # a record of our own archive that was taken out
    "off-topic",  # of no outlet of ours, and without a word of the programme
    "foreign",  # of no outlet of ours, with a word of the programme, and not Indonesian
    "not-article",  # the parser found no article in it
    "too-big",  # more bytes than any page has
    "too-slow",  # not read within the time for a page
    "unreadable",  # damaged, cut off, of a wrong length, or no record at all
    "failed",  # a fault of ours: an error nobody thought of, or a process that ended over it
]
"""Every record of an archive that is read anew has exactly one of these; bytes between two records count as one."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of a file of an archive: the records that begin in it."""

    file: str
    """Path or URL."""
    start: int
    end: int
    """Offsets in bytes; end is exclusive."""
    id: str
    """Out of the address of the file and `start`, fit for the name of a file."""
    state: str
    """Of the file when the slices were cut: another one where it was written to since."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What became of a record that gave no article."""

    fate: RecordFate
    reason: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ListVisit:
    """One visit of a list of articles: a feed, a sitemap, a page of an index or of a search."""

    url: str
    source: str
    way: str
    visited_at: datetime
    """UTC."""
    status: int | None
    """None when nothing was answered."""
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    """SHA-256, in hex, of what it lists: addresses, titles, times. A feed's own clock does not count."""
    listed: tuple[str, ...] = ()
    """Addresses of its articles, clean, each once."""
    known: int = 0
    """Of these, known before this crawl."""
    newest: datetime | None = None
    """The newest time that it tells of an article."""
    is_last: bool = False
    """Nothing of the list was left to be read after this, because it ended or the rest was known."""
    problem: str | None = None
    strangers: int = 0
    """Entries that lead to another host; they are not taken up."""
    invalid: int = 0
    """Entries without a link that can be read."""


RobotsVerdict = Literal["read", "none", "unreachable", "too-slow"]
"""Of a robots.txt: it was read; there is none (4xx); it cannot be had, and nothing is asked; it wants more seconds
between requests than are waited for, and nothing is asked."""


@dataclass(frozen=True, slots=True)
class AskedOf:
    """A request that goes out now: told before it is sent, so that a kill forgets none."""

    source: str
    host: str
    """With its port, without `www.`."""
    at: datetime
    """UTC."""
    excepted: str | None = None
    """The address, where robots.txt forbids it and an exception of the source is on record."""


@dataclass(frozen=True, slots=True)
class HostState:
    """What is remembered of a host from run to run; None: nothing new is known."""

    host: str
    """With its port, without `www.`."""
    asked_at: datetime | None = None
    """When it was last asked, UTC."""
    wait_until: datetime | None = None
    """Until when it asked to be left alone (Retry-After), UTC."""
    robots: RobotsVerdict | None = None
    robots_at: datetime | None = None
    crawl_delay: float | None = None
    """Seconds, of its robots.txt; told together with `robots`."""


@dataclass(frozen=True, slots=True)
class WayCount:
    """What a way of finding pages brought in a crawl."""

    source: str
    number: int
    """Its place in the file of the source, from 0."""
    way: str
    url: str
    """As it is written there."""
    found: int
    """Article URLs it listed, known ones too."""
    new: int
    """Of these, never seen before and asked for."""
    kept: int
    """Pages kept while this way ran, those an earlier run had left included."""
    revisited: int
    """Pages kept before that were asked for again."""
    requests: int
    is_answered: bool
    """Its lists could be read, even if with nothing in them or nothing changed."""
    is_audit: bool
    """Asked only to see what the way before it missed."""
    problem: str | None
    """What was first wrong with its lists; None when they could all be read."""
    ended_at: datetime
    """UTC."""
    notes: tuple[str, ...] = ()
    """What was odd although nothing is lost by it, each once; crawler/watch/problems.yml knows them."""


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What a list answered when it was visited, as it is remembered."""

    way: str
    url: str
    status: int | None
    """None when nothing was answered."""
    links: int
    """Addresses of articles in it; none where it answered 304."""
    known: int
    """Of these, known before that crawl."""
    newest: datetime | None
    """The newest time that it tells of an article."""
    problem: str | None
    strangers: int = 0
    """Entries that lead to another host."""
    invalid: int = 0
    """Entries without a link that can be read."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One run over a source: what its ways brought, what its lists answered."""

    run: int
    at: datetime
    """When the last of its ways ended, UTC."""
    ways: tuple[WayCount, ...]
    answers: tuple[ListAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class PageDay:
    """What became of a source's addresses on one day of Jakarta."""

    day: date
    found: Mapping[str, int] = field(default_factory=dict)
    """Addresses seen for the first time, by the way that found them."""
    fates: Mapping[str, int] = field(default_factory=dict)
    """Addresses that were asked for, by what became of them."""
    articles: int = 0
    """Read out of the pages of that day; below, how many of them."""
    dated: int = 0
    future: int = 0
    """Dated more than a day after they were fetched."""
    old: int = 0
    """Dated more than 30 days before they were fetched."""
    signed: int = 0
    """With an author."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What is remembered of a source: what `crawler/watch/health.py` judges it by."""

    name: str
    home: str = ""
    expect: Mapping[str, Any] = field(default_factory=dict)
    """`expect` of its file."""
    polls: tuple[Poll, ...] = ()
    """The oldest first."""
    days: tuple[PageDay, ...] = ()
    """The oldest first; days without any address are left out."""
    last_told: date | None = None
    """The newest day of publication of its articles on the programme."""


class Said(NamedTuple):
    """A sentence, or a part of one, for readers: in Indonesian and in English."""

    id: str
    en: str


Verdict = Literal["new", "ok", "quiet", "changed", "blocked", "unreachable", "not-asked"]
"""new: not visited often enough. ok: its lists are read, and it told of the programme lately. quiet: its lists are
read, and nothing on the programme, or nothing at all, is new. changed: its lists or pages are there, and we find too
little in them. blocked: it refuses us. unreachable: nothing of it answers. not-asked: we did not visit it."""


@dataclass(frozen=True, slots=True)
class Volume:
    """The newest week of a source."""

    new: int
    """Addresses that its lists brought."""
    usual: tuple[int, int] | None = None
    """Lower and upper end of what a week of it brings; None while there are too few weeks."""
    is_low: bool = False
    is_high: bool = False
    is_sinking: bool = False
    """Its last four weeks brought under a third of the best four weeks before them."""


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict on a source."""

    source: str
    verdict: Verdict
    reason: Said
    since: date | None
    """Day of Jakarta."""
    is_to_look_at: bool
    """Someone should look: at the source, or at how we read it."""
    notes: tuple[Said, ...] = ()
    """What else is worth knowing; none of it is a verdict."""
    polled_at: datetime | None = None
    """When it was last visited, UTC."""
    answered_at: datetime | None = None
    """When its lists were last read, UTC."""
    volume: Volume | None = None
    overlap: float | None = None
    """Share of its newest list that was known before."""
    read_share: float | None = None
    """Share of its newest pages in which an article was found."""
    dated_share: float | None = None
    """Share of its newest articles that have a date."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Articles by which of two draws held them."""

    both: int = 0
    only_first: int = 0
    only_second: int = 0

    @property
    def held(self) -> int:
        return self.both + self.only_first + self.only_second

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.both + other.both, self.only_first + other.only_first, self.only_second + other.only_second)


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a whole is held, or why that cannot be said."""

    held: int
    estimate: float | None
    """How many there were; never fewer than `held`."""
    low: int | None
    """Ends of the 95 % interval of the estimate."""
    high: int | None
    reason_id: str | None
    """Why there is no estimate, in Indonesian; None when there is one."""
    reason_en: str | None

    @property
    def share(self) -> float | None:
        """Held of all, 0..1."""
        return self.held / self.estimate if self.estimate else None

    @property
    def share_low(self) -> float | None:
        return self.held / self.high if self.high else None

    @property
    def share_high(self) -> float | None:
        return self.held / self.low if self.low else None


@dataclass(frozen=True, slots=True)
class Span:
    """Completeness of some weeks, of all sources whose articles were listed by two ways."""

    week: str
    """The last of them, as `2026-W47`."""
    weeks: int
    sources: int
    counts: Counts
    found: Completeness


AlarmLevel = Literal["broken", "look", "note"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something wrong with a source, as one run found it: told at its end, and again when it is gone."""

    source: str
    kind: str
    """Out of the closed list of crawler/watch/alarms.py."""
    level: AlarmLevel
    """broken: nothing new is read. look: a part is lost, or may be. note: nothing is lost, and it should be known."""
    said: Said
    """One sentence with its numbers, for readers."""
    urls: tuple[str, ...] = ()
    """Up to three examples."""
    number: int = 1
    """How many pages, entries or lists are concerned."""


class Met(NamedTuple):
    """How often a run met something, with up to three addresses."""

    number: int = 0
    urls: tuple[str, ...] = ()


NOTHING_MET = Met()


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of the pages of a source that a run read."""

    read: int = 0
    """Pages in which an article was found."""
    unread: Met = NOTHING_MET
    """Pages in which none was found, those included whose earlier reading stays."""
    held: Met = NOTHING_MET
    """Of these, those whose unchanged page was read as an article before."""
    undated: Met = NOTHING_MET
    """Articles without a date; below, articles too."""
    future: Met = NOTHING_MET
    """Dated more than a day after they were fetched."""
    old: Met = NOTHING_MET
    """Dated more than 30 days before they were fetched, by the page alone."""
    garbled: Met = NOTHING_MET
    """With characters that could not be read."""
    incomplete: Met = NOTHING_MET
    """With further pages that could not be fetched, or a page that breaks off."""
    same: Met = NOTHING_MET
    """With the same text as another of them."""


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What one run met at a source: what `crawler/watch/alarms.py` finds alarms in."""

    source: str
    expect: Mapping[str, Any] = field(default_factory=dict)
    """`expect` of its file."""
    polls: tuple[Poll, ...] = ()
    """Of the last weeks, the oldest first."""
    is_asked: bool = False
    """The newest poll is of this run."""
    lost: Mapping[tuple[Fate, str], Met] = field(default_factory=dict)
    """Addresses that were asked for in vain, by fate and reason."""
    kept: int = 0
    """Pages that came, for the first time or again."""
    edited: Met = NOTHING_MET
    """Pages whose body was another than before."""
    gone: Met = NOTHING_MET
    """Articles of ours that are not there any more."""
    same_etag: Met = NOTHING_MET
    """Lists that changed while their validators stayed the same."""
    reading: Reading | None = None
    """None when no page of it was read in this run."""
    week: int | None = None
    """New pages of the last seven days; None when it was not asked on most of them."""
    placed: tuple[int, int] | None = None
    """Of its last articles on the programme, how many have a regency, and how many there are; None when this run
    looked at none."""


@dataclass(frozen=True, slots=True)
class WeekSeen:
    """What seven days brought of a source that was asked on most of them."""

    pages: int
    """Fetched for the first time."""
    read: int = 0
    """Of these, those in which an article was found."""
    judged: int = 0
    """Of these, those that were looked at for an article."""
    dated: int = 0
    """Articles with a date."""
    told: int = 0
    """Articles on the programme."""
    placed: int = 0
    """Of these, those with a kabupaten or kota."""


class ParseError(Exception):
    """A page in which no article was found. The message says what was wrong, where, and what to open next."""


def article_id(canonical_url: str) -> str:
    """First 12 hex digits of the SHA-256 of the canonical URL; a page and its article share it.

    >>> article_id("https://contoh.id/berita/1")
    '1c02fe21acc9'
    """
    return hashlib.sha256(canonical_url.encode()).hexdigest()[:12]
