"""The only writer of the private database, and what it says is still to be done.

Every function is one transaction: killed anywhere and run again, nothing is lost and nothing stands twice.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol, get_args

from sqlite_utils import Database

from crawler.items import Article, Fate, Page, ParseError, article_id
from db.connect import transaction
from db.forgetting import Forgotten, cover_article, cover_hints, forget_page, is_forgotten, read_forgotten
from db.reviewing.corrected_dates import corrected_date, keep_uncorrected_date
from db.reviewing.stale import note_former_facts
from db.rows import first, insert, now, utc

LEAD_LENGTH = 300

# A point after a short or capitalised word is more often an abbreviation (Kab., Drs., H.) than the end of a sentence.
SENTENCE_END = re.compile(r"""(?:[a-z]{4}|[0-9)%])[.!?]["”’']?(?=\s)""")

FATE_RANK: Mapping[str | None, int] = {
    None: 0,
    # known from the address or the server's answer, without reading the page
    "error": 1,
    "blocked": 1,
    "robots": 1,
    "too-old": 1,
    "gone": 1,
    # a page is held
    "kept": 2,
    # the page was read
    "duplicate": 3,
    "not-article": 3,
    "off-topic": 3,
    "not-understood": 3,
    # it was asked to be forgotten
    "removed": 4,
}
"""How much was known when the fate was given: a fate gives way to one of the same or a higher rank."""


class Source(Protocol):
    """What the database keeps of a source; the crawler's own type has these and more."""

    @property
    def name(self) -> str: ...
    @property
    def outlet(self) -> str: ...
    @property
    def home(self) -> object: ...
    @property
    def kind(self) -> str: ...
    @property
    def network(self) -> str | None: ...
    @property
    def provinces(self) -> tuple[str, ...]: ...
    @property
    def regencies(self) -> tuple[str, ...]: ...
    @property
    def family(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def knowledge(self) -> str: ...
    @property
    def delay(self) -> float: ...
    @property
    def budget(self) -> int: ...
    @property
    def expect(self) -> Any: ...
    @property
    def robots(self) -> Any: ...


class FoundUrl(NamedTuple):
    """An address that was seen, and its fate where that is known already."""

    url: str
    source: str
    found_by: str
    """The way of finding: feed, sitemap, listing, wordpress, ingest …"""
    fate: Fate | None = None
    reason: str | None = None
    hints: Mapping[str, str] | None = None
    """What the list said of it, for its Page."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """A kept page without its body, which lies in the archive."""

    id: str
    url: str
    source: str
    fetched_at: datetime
    """UTC."""
    status: int
    content_type: str | None
    etag: str | None
    last_modified: str | None
    digest: str
    """SHA-256 of the body, in hex."""
    archive_file: str | None
    archive_offset: int | None
    hints: dict[str, str]


def save_sources(db: Database, sources: Iterable[Source]) -> None:
    """Put the sources into the database; pages and URLs refer to them, so this comes first.

    Raises LookupError for a province or a code that there is not.
    """
    sources = list(sources)
    with transaction(db):
        db.table("sources").upsert_all(map(_row_of_source, sources), pk="name")
        _save_areas(db, sources)
        _save_exceptions(db, sources)


def _row_of_source(source: Source) -> dict[str, Any]:
    same = ("name", "kind", "network", "family", "timezone", "knowledge", "delay", "budget")
    row = {name: getattr(source, name) for name in same}
    row |= {"outlet_name": source.outlet, "home_url": str(source.home) or None}
    return row | {"expect": source.expect.model_dump_json()}


def _save_exceptions(db: Database, sources: Sequence[Source]) -> None:
    """Where robots.txt is not obeyed, as the files say now; what was asked under it stays on record."""
    db.conn.executemany("delete from robots_exceptions where source = ?", [(source.name,) for source in sources])
    for source in sources:
        if source.robots is not None:
            told = source.robots.ignore.model_dump(mode="json")
            db.table("robots_exceptions").insert({"source": source.name, **told, "paths": json.dumps(told["paths"])})


def _save_areas(db: Database, sources: Sequence[Source]) -> None:
    """What the sources are about."""
    provinces = dict(db.execute("select name, code from provinces"))
    regencies = {code for (code,) in db.execute("select code from regencies")}
    for source in sources:
        if unknown := [name for name in source.provinces if name not in provinces]:
            there = ", ".join(sorted(provinces))
            raise LookupError(f"{source.name}: no such province: {unknown[0]!r}; there are {there}")
        if not regencies.issuperset(source.regencies):
            raise LookupError(f"{source.name}: no such regency among {list(source.regencies)} (db/reference)")
    areas = {
        "source_provinces": [(source.name, provinces[name]) for source in sources for name in source.provinces],
        "source_regencies": [(source.name, code) for source in sources for code in source.regencies],
    }
    for table, rows in areas.items():
        db.conn.executemany(f"delete from {table} where source = ?", [(source.name,) for source in sources])
        db.conn.executemany(f"insert or ignore into {table} values (?, ?)", rows)


def save_url(
    db: Database,
    url: str,
    source: str,
    found_by: str,
    fate: Fate | None = None,
    reason: str | None = None,
    hints: Mapping[str, str] | None = None,
) -> bool:
    """Remember an address, and its fate where it is known: see `save_urls`. Whether it was new."""
    return save_urls(db, [FoundUrl(url, source, found_by, fate, reason, hints)]) == 1


def save_urls(db: Database, found: Iterable[FoundUrl]) -> int:
    """Remember addresses; how many of them were new.

    Who found an address first is kept, and what lists said of it until its page is. A fate is never taken back, and
    never replaced by one that knows less: an article that is kept does not become `gone` because its address is dead
    today; its page says since when that is.
    """
    with transaction(db):
        forgotten = read_forgotten(db)
        return sum(_save_url(db, one, forgotten) for one in found)


def known_urls(db: Database) -> Iterator[str]:
    """Every address that has a fate, so that it need not be fetched.

    Not those that were too old for one crawl: another may want what is older.
    """
    for (url,) in db.execute("select url from urls where fate is not null and fate <> 'too-old'"):
        yield url


def dead_urls(db: Database) -> Iterator[str]:
    """Every address at which there was no article, or none that may be fetched."""
    return (url for (url,) in db.execute("select url from urls where fate in ('gone', 'not-article', 'robots')"))


def pending_urls(db: Database) -> list[tuple[str, str]]:
    """Address and source of every URL without a fate, in the order in which they were found."""
    return db.execute("select url, source from urls where fate is null order by found_at, rowid").fetchall()


def url_hints(db: Database) -> dict[str, dict[str, str]]:
    """What lists said of each address that is to be fetched, or failed and is to be tried again."""
    return {url: json.loads(hints) for url, hints in db.execute("select url, hints from urls where hints is not null")}


def save_page(db: Database, page: Page, digest: str | None = None) -> str:
    """Keep a page and mark its address as kept; the page's id. `digest` is that of its body where it comes without.

    The same body again changes nothing but when it was seen last. A changed body replaces the page, which is then to
    be parsed again; where the former one lies is remembered in `page_versions`. Raises ValueError for an answer that
    holds no page (404, 304 …): that is a fate for `save_url`.
    """
    if not 200 <= page.status < 300:
        raise ValueError(
            f"{page.url}: answered {page.status}, so there is no page to keep; give the URL a fate instead"
        )
    page_id = article_id(page.url)
    row = _page_row(page, page_id, digest or hashlib.sha256(page.body).hexdigest())
    with transaction(db):
        _save_url(db, FoundUrl(page.url, page.source, "ingest" if page.source == "ingest" else "crawl"))
        held = first(db, "select digest from pages where id = ?", page_id)
        seen = {"checked_at": row["fetched_at"], "gone_at": None}
        if held is None:
            insert(db, "pages", row | seen | {"first_fetched_at": row["fetched_at"]})
        elif held["digest"] != row["digest"]:
            db.execute(
                """
                insert or replace into page_versions (page_id, digest, fetched_at, archive_file, archive_offset)
                select id, digest, fetched_at, archive_file, archive_offset from pages where id = ?
                """,
                [page_id],
            )
            db.table("pages").update(page_id, row | seen)
            db.execute("delete from parses where page_id = ?", [page_id])
        else:
            db.table("pages").update(page_id, seen)
            return page_id
        _set_fate(db, page.url, "kept")
    return page_id


def pending_pages(db: Database, versions: Mapping[str, str]) -> Iterator[PageRow]:
    """Pages that the present parser has not dealt with, in the order in which they were first fetched.

    `versions` gives each source's present parser version; pages of other sources are left alone, and so are those whose
    body is not in our archive: what a backfill read there stays as it was read. What is pending is decided at the first
    one; of all others no more than their numbers are held, so there may be millions.
    """
    numbers = _pending_numbers(db, versions)
    for start in range(0, len(numbers), 500):
        chunk = numbers[start : start + 500].tolist()
        rows = db.query(
            """
            select pages.id, url, source, fetched_at, status, content_type, etag, last_modified, digest,
                   archive_file, archive_offset, hints
            from json_each(:numbers) as chosen
            join pages on pages.rowid = chosen.value
            order by chosen.key
            """,
            {"numbers": json.dumps(chunk)},
        )
        # As a list: whoever saves what came of a page must not write while rows are being read.
        for row in list(rows):
            fetched_at, hints = datetime.fromisoformat(row["fetched_at"]), json.loads(row["hints"])
            yield PageRow(**row | {"fetched_at": fetched_at, "hints": hints})


def count_pending_pages(db: Database, versions: Mapping[str, str]) -> int:
    """How many pages `pending_pages` would give now."""
    return len(_pending_numbers(db, versions))


def forget_parses(db: Database) -> None:
    """Make every page pending; its article stays until the page is read again."""
    with transaction(db):
        db.execute("update parses set parser = ''")


def build_kept_page(row: PageRow, body: bytes) -> Page:
    """The page as it was saved, from its row and its body."""
    headers = {"content-type": row.content_type, "etag": row.etag, "last-modified": row.last_modified}
    return Page(
        url=row.url,
        source=row.source,
        fetched_at=row.fetched_at,
        status=row.status,
        body=body,
        headers={name: value for name, value in headers.items() if value is not None},
        hints=row.hints,
        archive_file=row.archive_file,
        archive_offset=row.archive_offset,
    )


def save_article(db: Database, page_id: str, article: Article, parser: str) -> Fate:
    """Put an article beside its page; the fate of the page's address, `kept`, `duplicate`, `off-topic` or `removed`.

    Of several pages with one canonical address, the one fetched first holds the article and the others are
    duplicates, whichever was parsed first. An extraction stays as long as title, text and date do.
    """
    row = _article_row(cover_article(db, article, page_id), page_id, parser)
    with transaction(db):
        page = _read_page(db, page_id)
        if is_forgotten(db, row["id"]):
            return _remove(db, page_id, parser, page["url"])
        row["digest"] = page["digest"]
        # What the page was read as before, under another canonical address; its duplicates become pending.
        db.execute("delete from articles where page_id = ? and id <> ?", [page_id, row["id"]])
        told = dict(row)
        corrected = corrected_date(db, row)
        row |= corrected
        holder = first(
            db,
            """
            select page_id, first_fetched_at, pages.url, title, text, published_at, articles.digest
            from articles join pages on pages.id = page_id
            where articles.id = ?
            """,
            row["id"],
        )
        if holder and holder["page_id"] != page_id:
            older, newer = sorted((page, holder), key=lambda one: (one["first_fetched_at"], one["url"]))
            _set_fate(db, newer["url"], "duplicate", f"artikel yang sama: {article.canonical_url}")
            if older is holder:
                _save_parse(db, page_id, parser, row["id"])
                return "duplicate"
        if holder and any(holder[key] != row[key] for key in ("title", "text", "published_at")):
            note_former_facts(db, [row["id"]], holder["digest"] not in (None, row["digest"]))
            db.execute("delete from extractions where article_id = ?", [row["id"]])
            if holder["page_id"] == page_id and holder["digest"] not in (None, row["digest"]):
                _save_former(db, row["id"], holder)
        _upsert_article(db, row)
        if corrected:
            keep_uncorrected_date(db, told)
        _save_parse(db, page_id, parser, row["id"])
        return set_article_fate(db, row["id"])


def save_found(db: Database, page: Page, found: Article | ParseError, parser: str) -> Fate | None:
    """Put what came of a page beside it; the fate of its address.

    None, and nothing is kept, for a page that was replaced since it was read: it is pending, as it is now.
    """
    with transaction(db):
        page_id = article_id(page.url)
        held = first(db, "select archive_file, archive_offset from pages where id = ?", page_id)
        if held != {"archive_file": page.archive_file, "archive_offset": page.archive_offset}:
            return None
        if isinstance(found, Article):
            return save_article(db, page_id, found, parser)
        save_parse_error(db, page_id, parser, str(found))
        return "not-understood"


def save_parse_error(db: Database, page_id: str, parser: str, message: str) -> None:
    """Remember that this parser finds no article in the page, and why; the same parser does not try it again.

    An article that was found in the page before stays as it was: what an edit, a wall or a new template put in its
    place is no reason to lose it. Where the page is the same and the parser is another, `settle_held` decides once all
    pages of the source have been read.
    """
    with transaction(db):
        page = _read_page(db, page_id)
        held = first(db, "select id from articles where page_id = ?", page_id)
        if held:
            _save_parse(db, page_id, parser, held["id"], held=message)
            return
        _save_parse(db, page_id, parser, None, message)
        _set_fate(db, page["url"], "not-understood", message)


def settle_held(db: Database, versions: Mapping[str, str], least: Mapping[str, float]) -> int:
    """Let go of articles that the present parser does not find in the same pages any more; how many.

    They go, and their pages are not understood, where the parser still reads the share that `least` asks for of the
    pages which came from that source in the same month: then they were no articles. Where it does not, the page looked
    different then or the parser is wrong, and what was published stays as it was last read. `versions` gives each
    source's present parser. Decided by what is kept, not by what one run read, so that it is the same after a kill.
    """
    with transaction(db):
        rows = db.query(
            """
            select
                pages.source,
                substr(pages.fetched_at, 1, 7) as month,
                sum(parses.article_id is not null and held_error is null) as read,
                sum(held_error is not null and coalesce(articles.digest, pages.digest) = pages.digest) as held
            from parses
            join pages on pages.id = parses.page_id
            join json_each(:versions) as present on present.key = pages.source and present.value = parses.parser
            left join articles on articles.page_id = pages.id
            group by pages.source, month
            """,
            {"versions": json.dumps(dict(versions))},
        )
        gone = [row for row in rows if row["held"] and _is_read_well(row, least.get(row["source"], 1))]
        for row in gone:
            _let_go(db, row["source"], row["month"])
    return sum(row["held"] for row in gone)


def _is_read_well(counts: Mapping[str, Any], least: float) -> bool:
    return bool(counts["read"] >= least * (counts["read"] + counts["held"]))


def _let_go(db: Database, source: str, month: str) -> None:
    held = db.query(
        """
        select pages.id, pages.url, parses.parser, held_error
        from parses
        join pages on pages.id = parses.page_id
        join articles on articles.page_id = pages.id and coalesce(articles.digest, pages.digest) = pages.digest
        where pages.source = ? and substr(pages.fetched_at, 1, 7) = ? and held_error is not null
        """,
        [source, month],
    )
    for page in list(held):
        db.execute("delete from articles where page_id = ?", [page["id"]])
        _save_parse(db, page["id"], page["parser"], None, page["held_error"])
        _set_fate(db, page["url"], "not-understood", page["held_error"])


def build_lead(text: str) -> str:
    """The beginning of a text, at most 300 characters, up to the end of a sentence or else of a word.

    >>> build_lead("Bupati membuka bimtek.\\n\\nAcara berlangsung dua hari.")
    'Bupati membuka bimtek. Acara berlangsung dua hari.'
    >>> build_lead("Kata " * 100)[-10:]
    'Kata Kata…'
    """
    flat = " ".join(text.split())
    if len(flat) <= LEAD_LENGTH:
        return flat
    ends = [match.end() for match in SENTENCE_END.finditer(flat[: LEAD_LENGTH + 1])]
    # A first sentence that is only a dateline or a cry would be a poor lead.
    if ends and ends[-1] >= LEAD_LENGTH // 3:
        return flat[: ends[-1]]
    return flat[: flat.rindex(" ", 0, LEAD_LENGTH)] + "…" if " " in flat[:LEAD_LENGTH] else flat[:LEAD_LENGTH]


def save_digest(db: Database, week: str, monday: str, html: str, text: str) -> None:
    """Keep a weekly letter (`2026-W47`); the next bake publishes it.

    The same week again replaces it; the same letter again changes nothing, not even when it was made.
    """
    row = {"week": week, "monday": monday, "html": html, "text": text, "made_at": now()}
    with transaction(db):
        held = first(db, "select html, text from digests where week = ?", week)
        if held != {"html": html, "text": text}:
            db.table("digests").upsert(row, pk="week")


def start_run(db: Database, command: str) -> int:
    """Note that a command began; the id to finish it with."""
    with transaction(db):
        cursor = db.execute("insert into runs (command, started_at) values (?, ?)", [command, now()])
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def finish_run(db: Database, run_id: int, counts: Mapping[str, int]) -> None:
    """Note that the command ended, and what it did; a run that never ended was cut off."""
    with transaction(db):
        db.execute("update runs set ended_at = ?, counts = ? where id = ?", [now(), json.dumps(dict(counts)), run_id])


def counts(db: Database) -> dict[str, int]:
    """How many rows of each kind there are, then URLs by fate; `pending` are the URLs without one."""
    tables = ("sources", "urls", "pages", "articles", "extractions", "officials", "event_mentions", "quotes")
    result = {table: db.table(table).count for table in tables}
    fates = dict(db.execute("select coalesce(fate, 'pending'), count(*) from urls group by fate").fetchall())
    return result | {fate: fates.get(fate, 0) for fate in ("pending", *get_args(Fate))}


def _pending_numbers(db: Database, versions: Mapping[str, str]) -> array[int]:
    rows = db.execute(
        """
        select pages.rowid
        from pages
        left join parses on parses.page_id = pages.id
        join json_each(:versions) as present on present.key = pages.source
        where archive_file is not null and (parses.parser is null or parses.parser <> present.value)
        order by first_fetched_at, url
        """,
        {"versions": json.dumps(dict(versions))},
    )
    return array("q", (number for (number,) in rows))


def _page_row(page: Page, page_id: str, digest: str) -> dict[str, Any]:
    return {
        "id": page_id,
        "url": page.url,
        "source": page.source,
        "fetched_at": utc(page.fetched_at),
        "status": page.status,
        "content_type": page.headers.get("content-type"),
        "etag": page.headers.get("etag"),
        "last_modified": page.headers.get("last-modified"),
        "digest": digest,
        "archive_file": page.archive_file,
        "archive_offset": page.archive_offset,
        "hints": json.dumps(page.hints, ensure_ascii=False),
    }


def _article_row(article: Article, page_id: str, parser: str) -> dict[str, Any]:
    if article.published_at is not None and article.published_at.utcoffset() is None:
        raise ValueError(f"{article.url}: published_at has no offset: {article.published_at.isoformat()}")
    return {
        "id": article_id(article.canonical_url),
        "page_id": page_id,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "source": article.source,
        "title": article.title,
        "authors": json.dumps(article.authors, ensure_ascii=False),
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "published_by": article.published_by,
        "date_reason": article.date_reason,
        "text": article.text,
        "lead": build_lead(article.text),
        "is_complete": article.is_complete,
        "parser": parser,
        "parsed_at": now(),
    }


def _upsert_article(db: Database, row: dict[str, Any]) -> None:
    # By hand: the key that conflicts is not the table's, and a row replaced would take its extraction along.
    columns = ", ".join(row)
    values = ", ".join(f":{column}" for column in row)
    updates = ", ".join(f"{column} = excluded.{column}" for column in row if column != "id")
    db.execute(f"insert into articles ({columns}) values ({values}) on conflict (id) do update set {updates}", row)


def _remove(db: Database, page_id: str, parser: str, url: str) -> Fate:
    """Let a page go that holds an article which was asked to be forgotten, at another address perhaps."""
    forget_page(db, page_id)
    _save_parse(db, page_id, parser, None, "removed on request")
    _set_fate(db, url, "removed", "removed on request")
    return "removed"


def _save_former(db: Database, article: str, former: dict[str, Any]) -> None:
    """Keep what an article said before its page was edited; a better parser of the same page is no edit."""
    kept = {name: former[name] for name in ("digest", "title", "published_at", "text")}
    row = {"article_id": article, **kept, "replaced_at": now()}
    db.table("article_versions").insert(row, pk=("article_id", "digest"), replace=True)


def _save_parse(
    db: Database, page_id: str, parser: str, article: str | None, error: str | None = None, held: str | None = None
) -> None:
    row = {"page_id": page_id, "parser": parser, "article_id": article, "error": error}
    row |= {"held_error": held, "parsed_at": now()}
    insert(db, "parses", row, "insert or replace")


def _read_page(db: Database, page_id: str) -> dict[str, Any]:
    page = first(db, "select url, first_fetched_at, digest from pages where id = ?", page_id)
    if page is None:
        raise LookupError(f"no page {page_id!r}; save_page comes before its article")
    return page


def _save_url(db: Database, found: FoundUrl, forgotten: Forgotten | None = None) -> bool:
    row = {"url": found.url, "source": found.source, "found_by": found.found_by, "found_at": now()}
    try:
        cursor = db.execute(
            """
            insert into urls (url, source, found_by, found_at) values (:url, :source, :found_by, :found_at)
            on conflict (url) do nothing
            """,
            row,
        )
        is_new = cursor.rowcount == 1
    except sqlite3.IntegrityError as error:
        raise LookupError(f"{found.url}: no source {found.source!r}; save_sources comes first") from error
    held = first(db, "select fate from urls where url = ?", found.url)
    assert held is not None
    if found.fate is not None and FATE_RANK[found.fate] >= FATE_RANK[held["fate"]]:
        _set_fate(db, found.url, found.fate, found.reason)
    elif found.fate is None and held["fate"] == "too-old":
        # Too old for one crawl, wanted by this one: to be fetched, also if this one is killed before.
        db.execute("update urls set fate = null, fate_reason = null, fate_at = null where url = ?", [found.url])
    elif found.fate == "gone":
        db.execute("update pages set gone_at = ? where url = ? and gone_at is null", [now(), found.url])
    if found.hints:
        hints = cover_hints(forgotten, found.hints, [article_id(found.url)])
        db.execute(
            """
            update urls set hints = json_patch(coalesce(hints, '{}'), :hints)
            where url = :url and (fate is null or fate in ('error', 'blocked'))
            """,
            {"url": found.url, "hints": json.dumps(hints, ensure_ascii=False)},
        )
    return is_new


def _set_fate(db: Database, url: str, fate: Fate, reason: str | None = None) -> None:
    db.execute(
        """
        update urls set fate = :fate, fate_reason = :reason, fate_at = :now,
            hints = case when :fate in ('error', 'blocked') then hints end
        where url = :url and (fate is not :fate or fate_reason is not :reason)
        """,
        {"url": url, "fate": fate, "reason": reason, "now": now()},
    )


def set_article_fate(db: Database, article: str) -> Fate:
    """Give an article's address the fate that its extraction decides: kept or off-topic."""
    row = first(
        db,
        """
        select pages.url, relevance, is_relevant
        from articles
        join pages on pages.id = articles.page_id
        left join extractions on extractions.article_id = articles.id
        where articles.id = ?
        """,
        article,
    )
    assert row is not None
    fate: Fate = "off-topic" if row["is_relevant"] == 0 else "kept"
    _set_fate(db, row["url"], fate, f"relevansi {row['relevance']:.2f}" if fate == "off-topic" else None)
    return fate


def set_article_fates(db: Database, articles: Iterable[str]) -> None:
    """Give the addresses of articles that were read the fates that their extractions decide; see set_article_fate."""
    changed = db.execute(
        """
        select articles.id
        from json_each(:articles) as read
        join articles on articles.id = read.value
        join pages on pages.id = articles.page_id
        join urls on urls.url = pages.url
        join extractions on extractions.article_id = articles.id
        where is_relevant is 0 or fate is not 'kept' or fate_reason is not null
        """,
        {"articles": json.dumps(list(articles))},
    ).fetchall()
    for (article,) in changed:
        set_article_fate(db, article)
