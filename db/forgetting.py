"""What we were asked to forget, and keep forgetting: a name, wherever it stands, or a whole article.

A name is covered with asterisks, letter by letter, so that every offset into a text stays right and nothing reads a
name there again. What is remembered of it is a keyed hash: enough to cover it in what comes later, and of no use to who
wants to know whose it was (but to one who has this file *and* guesses the name).
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlite_utils import Database

from crawler.items import Article, Page, article_id
from db.connect import transaction
from db.rows import first, utc

COVER = "*"
# What may stand between two words of a name: in a text blanks, points and apostrophes ("H. Ma'ruf"), in a page tags and
# the same written as entities or in JSON too; the halves of characters are those of pages in cp1252.
_PARTS = re.compile(
    r"(?P<between>(?:[\s.'‘’`ʼ\udca0\udc91\udc92]|&(?:nbsp|apos|[lr]squo|#0*(?:32|39|160|821[67])|#x0*(?:20|27|a0|201[89]));"
    r"|\\u(?:0020|0027|00a0|201[89])|<[^<>]{0,300}>)+)|(?P<word>[^\W_]+|-)|(?P<end>.)",
    re.DOTALL | re.IGNORECASE,
)
EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The names that are to be covered, as hashes."""

    key: bytes
    names: Mapping[str, frozenset[bytes]]
    """By article; those of EVERYWHERE in all."""
    lengths: tuple[int, ...]
    """How many words these names have, the longest first."""

    def cover(self, text: str, ids: Collection[str] = ()) -> str:
        """The text with its forgotten names covered, as long as before; `ids` are those of its article and page."""
        hashes = frozenset().union(*(self.names.get(one, frozenset()) for one in (EVERYWHERE, *ids)))
        if not hashes:
            return text
        covered = list(text)
        for words in _runs(text):
            for at in range(len(words)):  # a name may begin in the middle of another
                length = next((n for n in self.lengths if self._is_name(words[at : at + n], n, hashes)), 0)
                for word in words[at : at + length]:
                    covered[word.start() : word.end()] = COVER * len(word[0])
        return "".join(covered)

    def cover_loose(self, text: str) -> str:
        """The same of a text that belongs to no article: names of one article where it leads there by its id."""
        return self.cover(text, [article for article in self.names if article in text])

    def cover_bytes(self, body: bytes, ids: Collection[str] = ()) -> bytes:
        """The same of a page, in whatever encoding that has ASCII in it."""
        text = body.decode("utf-8", "surrogateescape")
        return self.cover(text, ids).encode("utf-8", "surrogateescape")

    def _is_name(self, words: Sequence[re.Match[str]], length: int, hashes: frozenset[bytes]) -> bool:
        return len(words) == length and hash_name(self.key, [word[0] for word in words]) in hashes


def hash_name(key: bytes, words: Sequence[str]) -> bytes:
    """What is remembered of a name."""
    return blake2b(" ".join(words).casefold().encode("utf-8", "surrogatepass"), key=key, digest_size=16).digest()


def words_of(name: str) -> list[str]:
    """The words of a name as they are looked for: without points, which some writers leave out.

    Raises ValueError where something else stands between them: it ends a name wherever one is looked for.

    >>> words_of("H. Siti  Nur-Aini")
    ['H', 'Siti', 'Nur', '-', 'Aini']
    """
    runs = [[word[0] for word in run] for run in _runs(name)]
    if len(runs) > 1:
        raise ValueError("a name is words alone, without what stands behind a comma, in brackets or between slashes")
    return runs[0] if runs else []


def read_forgotten(db: Database) -> Forgotten | None:
    """What is to be covered; None where nobody was ever forgotten."""
    names: defaultdict[str, set[bytes]] = defaultdict(set)
    lengths: set[int] = set()
    for hashed, article, words in db.execute("select hash, article_id, words from forgotten_names"):
        names[article].add(bytes(hashed))
        lengths.add(words)
    if not names:
        return None
    return Forgotten(
        _read_key(db), {where: frozenset(hashes) for where, hashes in names.items()}, tuple(sorted(lengths)[::-1])
    )


def cover_page(forgotten: Forgotten | None, page: Page) -> Page:
    """The page with its forgotten names covered."""
    if forgotten is None:
        return page
    ids = [article_id(page.url)]
    return replace(page, body=forgotten.cover_bytes(page.body, ids), hints=cover_hints(forgotten, page.hints, ids))


def cover_hints(forgotten: Forgotten | None, hints: Mapping[str, str], ids: Collection[str]) -> dict[str, str]:
    """What a list said of an address, with its forgotten names covered."""
    return {
        name: forgotten.cover(value, ids) if forgotten and name in ("title", "author") else value
        for name, value in hints.items()
    }


def cover_article(db: Database, article: Article, page: str) -> Article:
    """The article with its forgotten names covered; `page` is the id of the page it was read from."""
    forgotten = read_forgotten(db)
    if forgotten is None:
        return article
    ids = [page, article_id(article.canonical_url)]
    return replace(
        article,
        title=article.title and forgotten.cover(article.title, ids),
        authors=tuple(forgotten.cover(author, ids) for author in article.authors),
        text=forgotten.cover(article.text, ids),
    )


def ask_name(db: Database, names: Iterable[str], articles: Sequence[str], reason: str, now: datetime) -> int:
    """Remember that these spellings of a name are to be forgotten, everywhere or in these articles; the removal's id.

    Nothing is covered yet. Raises ValueError for a name of fewer than four letters or that is not words alone, and for
    a reason that says it; LookupError for an article that is not there.
    """
    spelt = [words_of(name) for name in names]
    if not spelt or any(len("".join(words).replace("-", "")) < 4 for words in spelt):
        raise ValueError("a name has four letters or more")
    places = [place for article in articles for place in _places(db, article)] or [EVERYWHERE]
    key = _read_key(db)
    hashes = {hash_name(key, words): len(words) for words in spelt}
    if Forgotten(key, {EVERYWHERE: frozenset(hashes)}, tuple(hashes.values())).cover(reason) != reason:
        raise ValueError("the reason is published, and must not say of whom")
    with transaction(db):
        removal = _insert(db, "name", reason, now)
        db.conn.executemany(
            "insert or ignore into forgotten_names (hash, article_id, words, removal_id) values (?, ?, ?, ?)",
            [(hashed, place, words, removal) for hashed, words in hashes.items() for place in places],
        )
    return removal


def ask_article(db: Database, article: str, reason: str, now: datetime) -> int:
    """Remember that an article is to be forgotten, by its id or its address; the removal's id. Raises LookupError."""
    places = _places(db, article)
    with transaction(db):
        removal = _insert(db, "article", reason, now)
        db.conn.executemany(
            "insert or ignore into forgotten_articles (article_id, removal_id) values (?, ?)",
            [(place, removal) for place in places],
        )
    return removal


def open_removals(db: Database) -> list[int]:
    """Those of which a part is still to be done, the oldest first."""
    return [id for (id,) in db.execute("select id from removals where done_at is null order by id")]


def note_articles(db: Database, removals: Iterable[int], articles: int) -> None:
    """Add the articles that were covered or deleted to what is told of the removals."""
    with transaction(db):
        for removal in removals:
            db.execute("update removals set articles = articles + ? where id = ?", [articles, removal])


def finish_removals(db: Database, removals: Iterable[int], now: datetime) -> None:
    """Note that all of it is done."""
    with transaction(db):
        for removal in removals:
            db.execute("update removals set done_at = ? where id = ?", [utc(now), removal])


def forgotten_articles(db: Database) -> list[str]:
    """The ids of all articles that were ever to be forgotten, and of their pages."""
    return [id for (id,) in db.execute("select article_id from forgotten_articles order by 1")]


def cover_rows(db: Database, forgotten: Forgotten | None) -> list[str]:
    """Cover the names in every text of the database but addresses; the ids of the articles that had one.

    These are to be read again: their extractions are deleted. One transaction.
    """
    if forgotten is None:
        return []
    with transaction(db):
        triggers = db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        had = _articles_with(db, forgotten)
        # Decisions and versions refuse to be changed, and rightly so; this is the one exception.
        for name, _ in triggers:
            db.execute(f"drop trigger {name}")
        for table, columns in text_columns(db).items():
            _cover_table(db, table, columns, forgotten)
        for _, sql in triggers:
            db.execute(sql)
        db.execute("insert into articles_fts (articles_fts) values ('rebuild')")
        db.conn.executemany("delete from extractions where article_id = ?", [(article,) for article in had])
    return had


def removed_places(db: Database) -> list[tuple[str, int]]:
    """Where in the archive the pages of forgotten articles lie, former bodies too: file and offset."""
    rows = db.execute(
        f"""
        select archive_file, archive_offset from pages where id in ({_REMOVED})
        union
        select archive_file, archive_offset from page_versions where page_id in ({_REMOVED})
        """
    )
    return [(file, offset) for file, offset in rows.fetchall() if file is not None]


def delete_removed(db: Database) -> int:
    """Delete forgotten articles and their pages; how many articles. Their addresses keep the fate `removed`.

    The archive comes before: once the rows are gone nobody knows where the pages lay.
    """
    with transaction(db):
        db.execute(
            f"""
            update urls
            set fate = 'removed', fate_reason = 'removed on request'
            where url in (select url from pages where id in ({_REMOVED}))
            """
        )
        deleted = db.execute("delete from articles where id in (select article_id from forgotten_articles)").rowcount
        # A letter is not cut: those that tell of it go.
        db.execute(
            """
            delete from digests
            where exists (select 1 from forgotten_articles where instr(html, article_id) or instr(text, article_id))
            """
        )
        pages = [(id,) for (id,) in db.execute(_REMOVED)]
        for table, column in (("page_versions", "page_id"), ("parses", "page_id"), ("pages", "id")):
            db.conn.executemany(f"delete from {table} where {column} = ?", pages)
    return deleted


_REMOVED = """
select id
from pages
join forgotten_articles on article_id = pages.id
union
select page_id
from parses
join forgotten_articles on forgotten_articles.article_id = parses.article_id
"""


def page_at(db: Database, file: str, offset: int, body: bytes) -> Page | None:
    """The page, or the former body of one, that lies at a place of the archive; None where nothing refers to it."""
    rows = db.query(
        """
        select url, source, pages.fetched_at, status, content_type, etag, last_modified, hints
        from pages
        where archive_file = :file and archive_offset = :offset
        union all
        select url, source, page_versions.fetched_at, status, content_type, null, null, hints
        from page_versions
        join pages on pages.id = page_id
        where page_versions.archive_file = :file and page_versions.archive_offset = :offset
        """,
        {"file": file, "offset": offset},
    )
    if (row := next(rows, None)) is None:
        return None
    names = {"content-type": "content_type", "etag": "etag", "last-modified": "last_modified"}
    return Page(
        url=row["url"],
        source=row["source"],
        fetched_at=datetime.fromisoformat(row["fetched_at"]),
        status=row["status"],
        body=body,
        headers={name: row[column] for name, column in names.items() if row[column] is not None},
        hints=json.loads(row["hints"]),
    )


def move_page(db: Database, file: str, offset: int, page: Page) -> bool:
    """Point what lies at a place of the archive to where the page lies now; whether there was something."""
    place = {"file": file, "offset": offset, "new_file": page.archive_file, "new_offset": page.archive_offset}
    place["digest"] = hashlib.sha256(page.body).hexdigest()
    with transaction(db):
        moved = 0
        former = "select digest from pages where archive_file = :file and archive_offset = :offset"
        db.execute(f"update articles set digest = :digest where digest in ({former})", place)
        for table in ("pages", "page_versions"):
            moved += db.execute(
                f"""
                update {table}
                set archive_file = :new_file, archive_offset = :new_offset, digest = :digest
                where archive_file = :file and archive_offset = :offset
                """,
                place,
            ).rowcount
    return moved > 0


def is_forgotten(db: Database, article: str) -> bool:
    """Whether an article, by its id, was asked to be forgotten."""
    return first(db, "select 1 from forgotten_articles where article_id = ?", article) is not None


def forget_page(db: Database, page: str) -> None:
    """Have a page forgotten with the article that it turned out to be; its record waits to be erased."""
    db.execute(
        """
        insert or ignore into forgotten_articles (article_id, removal_id)
        select :page, max(id)
        from removals
        where kind = 'article'
        """,
        {"page": page},
    )


def text_columns(db: Database) -> dict[str, list[str]]:
    """The columns of every table that may hold what outlets wrote; not addresses, ids, codes and hashes.

    A column that is new is among them without being named here.
    """
    found: dict[str, list[str]] = {}
    for table, sql in db.execute("select name, sql from sqlite_master where type = 'table'").fetchall():
        if table.startswith(("sqlite_", "articles_fts", "_sqlite")) or "virtual table" in sql.lower() or table in OURS:
            continue
        told = db.table(table).columns_dict
        columns = [
            column.name
            for column in db.table(table).columns
            if column.type.upper() == "TEXT" and not column.is_pk and not _names_a_thing(column.name, told)
        ]
        if columns:
            found[table] = columns
    return found


OURS = frozenset(
    "removals forgotten_names forgotten_articles forgetting_key provinces regencies regency_aliases positions agencies "
    "stages cohorts programme_calendar stage_order sources source_provinces source_regencies source_health runs "
    "releases resolvers".split()
)
"""Tables without a word of an article in them."""


def _names_a_thing(column: str, told: Collection[str]) -> bool:
    if column.endswith("_id") and f"{column[:-3]}_en" in told:  # in Indonesian
        return False
    return column.endswith(("url", "_id", "_code", "_at", "_date", "digest", "archive_file")) or column in ADDRESSES


def own_article(db: Database, table: str) -> str | None:
    """The column of a table by which a row belongs to an article or a page; None where it belongs to none."""
    if table in ("articles", "pages"):
        return "id"
    return next((name for name in ("article_id", "page_id") if name in db.table(table).columns_dict), None)


ADDRESSES = frozenset({"url", "canonical_url", "key", "parser", "model", "id", "source", "kind", "fate", "present"})


def _cover_table(db: Database, table: str, columns: Sequence[str], forgotten: Forgotten) -> None:
    db.conn.create_function("cover", 2, _coverer(forgotten), deterministic=True)
    place = own_article(db, table) or "null"
    sets = ", ".join(f'"{column}" = cover("{column}", {place})' for column in columns)
    changed = " or ".join(f'"{column}" is not cover("{column}", {place})' for column in columns)
    db.execute(f"update {table} set {sets} where {changed}")


def _coverer(forgotten: Forgotten) -> Callable[[Any, str], Any]:
    def cover(value: Any, place: str | None) -> Any:
        if not isinstance(value, str):
            return value
        return forgotten.cover_loose(value) if place is None else forgotten.cover(value, [place])

    return cover


def _articles_with(db: Database, forgotten: Forgotten) -> list[str]:
    db.conn.create_function("cover", 2, _coverer(forgotten), deterministic=True)
    return [
        id
        for (id,) in db.execute(
            """
            select id
            from articles
            where text is not cover(text, id) or title is not cover(title, id) or authors is not cover(authors, id)
            order by id
            """
        )
    ]


def _insert(db: Database, kind: str, reason: str, now: datetime) -> int:
    cursor = db.execute("insert into removals (kind, reason, asked_at) values (?, ?, ?)", [kind, reason, utc(now)])
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _places(db: Database, article: str) -> list[str]:
    """The ids by which an article is known: its own, and those of the pages that were read as it."""
    rows = db.execute(
        """
        select articles.id
        from articles
        where articles.id = :article or articles.url = :article or canonical_url = :article
        union
        select pages.id
        from pages
        left join parses on parses.page_id = pages.id
        left join articles on articles.id = parses.article_id
        where pages.id = :article or pages.url = :article or articles.id = :article or articles.url = :article
            or canonical_url = :article
        """,
        {"article": article},
    ).fetchall()
    if not rows:
        raise LookupError(f"no article {article!r}")
    return [id for (id,) in rows]


def _read_key(db: Database) -> bytes:
    row = db.execute("select key from forgetting_key").fetchone()
    if row is None:
        with transaction(db):
            db.execute("insert into forgetting_key (id, key) values (1, ?)", [secrets.token_bytes(32)])
        row = db.execute("select key from forgetting_key").fetchone()
    return bytes(row[0])


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Words that may be of one name, as they follow on each other."""
    words: list[re.Match[str]] = []
    for part in _PARTS.finditer(text):
        if part["word"]:
            words.append(part)
        elif part["end"] and words:
            yield words
            words = []
    if words:
        yield words
