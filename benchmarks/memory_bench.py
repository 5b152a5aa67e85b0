"""What a million articles cost: `python -m benchmarks.memory_bench --articles 1000000`.

The articles are varied from those of the sample web (memory_articles.py) by a process of its own. Their pages and texts
are put into the database by the bench itself; measured are the storing of what was read out of them, the resolving
after each tenth of them, the baking of public.db, and every example query of the site. Figures of different machines
must not be compared; ratios of one run may.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import pickle
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, Literal

import yaml
from datasette.utils import escape_fts
from sqlite_utils import Database

from benchmarks.memory_articles import OUTLETS, build_articles
from crawler.items import Article
from db import resolve
from db.connect import hold_pages, open_db, open_read_only, transaction
from db.extractions import COLUMNS, save_extractions
from db.reference import load_reference
from db.store import build_lead
from nlp.extraction import Extraction
from publish.bake import bake

BATCH = 500
"""As many articles as `pantau extract` stores at once."""
HANDED = 2000
"""As many as one process hands to the other at once."""
QUERIES = Path(__file__).parent.parent / "publish" / "site" / "queries.yml"
_CONTEXT = multiprocessing.get_context("spawn")

Read = list[tuple[Extraction, Article]]
Part = tuple[Literal["keep", "store"], Read]


@dataclass(slots=True)
class Report:
    """What was measured; times in seconds, sizes in bytes."""

    articles: int
    rows: int = 0
    storing: list[float] = field(default_factory=list)
    """A time for each tenth of the articles."""
    resolving: list[float] = field(default_factory=list)
    resolvers: list[dict[str, float]] = field(default_factory=list)
    memory: int = 0
    """The most that storing and resolving held."""
    pantau_size: int = 0
    baking: float = 0
    bake_memory: int = 0
    public_size: int = 0
    queries: dict[str, float] = field(default_factory=dict)
    """The longest of three times."""

    def lines(self) -> Iterator[str]:
        """The report as people read it, with the bars."""
        # The first and the last hundred thousand, or as many of three tenths.
        parts = min(3, max(1, round(1_000_000 / self.articles)))
        few = parts * self.articles / 10
        yield f"{self.articles} articles, {self.rows / self.articles:.1f} rows each"
        yield f"storing:   {self.articles / sum(self.storing):.0f} articles/s (bar 1500)"
        yield f"  first {few:.0f}: {few / sum(self.storing[:parts]):.0f}, last {few / sum(self.storing[-parts:]):.0f}"
        yield f"resolving: {self.articles / sum(self.resolving):.0f} articles/s"
        first, last = (1e6 * sum(spent) / few for spent in (self.resolving[:parts], self.resolving[-parts:]))
        yield f"  first {few:.0f}: {first:.0f} µs an article, last {last:.0f}: {last / first:.2f} times (bar 1.3)"
        for name in self.resolvers[0]:
            spent = [each[name] for each in self.resolvers]
            first, last = (1e6 * sum(some) / few for some in (spent[:parts], spent[-parts:]))
            yield f"  {name}: {first:.0f} µs, last {last:.0f}: {last / first:.2f} times"
        yield f"memory:    {self.memory / 1e6:.0f} MB, baking {self.bake_memory / 1e6:.0f} MB (bar 1500)"
        yield f"baking:    {self.baking:.0f} s (bar 600)"
        yield f"sizes:     pantau.db {self.pantau_size / 1e9:.2f} GB, public.db {self.public_size / 1e9:.2f} GB"
        for name, spent in sorted(self.queries.items(), key=lambda one: -one[1]):
            yield f"query {name}: {1000 * spent:.0f} ms (bar 200)"


def measure(articles: int, folder: Path) -> Report:
    """Do it all in a folder."""
    report = Report(articles)
    pantau, public = folder / "pantau.db", folder / "public.db"
    db = open_db(pantau)
    fill_sources(db)
    hold_pages(db)
    for tenth in generated(articles):
        report.storing.append(keep_and_store(db, tenth))
        report.resolving.append(resolve_all(db, report))
        each = ", ".join(f"{name} {spent:.1f}" for name, spent in report.resolvers[-1].items())
        say(
            f"{len(report.storing)} tenths: {report.storing[-1]:.1f} s stored, {report.resolving[-1]:.1f} s resolved"
            f" ({each}), {peak_memory() / 1e6:.0f} MB"
        )
    report.rows = sum(db.table(table).count for table in COLUMNS)
    db.close()
    report.memory, report.pantau_size = peak_memory(), pantau.stat().st_size
    report.baking, report.bake_memory = measure_bake(pantau, public)
    report.public_size = public.stat().st_size
    report.queries = measure_queries(public)
    return report


def generated(articles: int) -> Iterator[Iterator[Part]]:
    """The articles in tenths, made by another process: parts to be kept, as they come, then the same to be stored.

    These are in the order of their ids, as `pantau extract` reads what is pending.
    """
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_generate, args=(theirs, articles), daemon=True)
    process.start()
    theirs.close()
    for _ in range(10):
        yield iter(ours.recv, None)
    process.join()


def _generate(told: Connection, articles: int) -> None:
    stream = build_articles(articles)
    for tenth in range(10):
        told_here = islice(stream, articles // 10) if tenth < 9 else stream
        with tempfile.TemporaryFile() as spool:
            places = {}
            while part := list(islice(told_here, HANDED)):
                told.send(("keep", part))
                for read in part:
                    places[read[0].article_id] = spool.tell()
                    pickle.dump(read, spool)
            ordered = (_load(spool, places[article]) for article in sorted(places))
            while part := list(islice(ordered, HANDED)):
                told.send(("store", part))
        told.send(None)


def _load(spool: IO[bytes], place: int) -> tuple[Extraction, Article]:
    spool.seek(place)
    read: tuple[Extraction, Article] = pickle.load(spool)
    return read


def fill_sources(db: Database) -> None:
    """The reference facts and the outlets."""
    load_reference(db)
    with transaction(db):
        db.conn.executemany(
            "insert into sources (name, outlet_name, home_url, kind) values (?, ?, ?, 'media')",
            [(name, name.replace("_", " ").title(), f"https://{name.replace('_', '-')}.example") for name in OUTLETS],
        )


def keep_and_store(db: Database, parts: Iterable[Part]) -> float:
    """Keep and store what is handed over; how long the storing took."""
    spent = 0.0
    for what, read in parts:
        if what == "keep":
            keep(db, [article for _, article in read])
            db.execute("pragma wal_checkpoint(restart)").fetchall()
        else:
            spent += store(db, read)
    return spent


def store(db: Database, read: Read) -> float:
    """Store what was read out of articles; how long it took, until it stood in the file itself."""
    begun = time.perf_counter()
    for start in range(0, len(read), BATCH):
        save_extractions(db, read[start : start + BATCH])
    db.execute("pragma wal_checkpoint(restart)").fetchall()
    return time.perf_counter() - begun


def keep(db: Database, articles: Sequence[Article]) -> None:
    """Put articles and their pages into the database as the crawl and the parser do, but many at once."""
    from crawler.items import article_id

    rows = []
    for article in articles:
        at = (article.published_at + timedelta(hours=2)).isoformat() if article.published_at else "2026-05-02"
        rows.append(
            asdict(article)
            | {
                "id": article_id(article.canonical_url),
                "at": at,
                "authors": json.dumps(article.authors),
                "published_at": article.published_at.isoformat() if article.published_at else None,
                "lead": build_lead(article.text),
            }
        )
    with transaction(db):
        for sql in KEEPING:
            db.conn.executemany(sql, rows)


KEEPING = (
    """
    insert or ignore into urls (url, source, found_by, found_at, fate, fate_at)
    values (:url, :source, 'feed', :at, 'kept', :at)
    """,
    """
    insert or ignore into pages (
        id, url, source, fetched_at, first_fetched_at, status, content_type, digest, hints, checked_at
    )
    values (:id, :url, :source, :at, :at, 200, 'text/html', hex(:id), '{}', :at)
    """,
    """
    insert or ignore into articles (
        id, page_id, url, canonical_url, source, title, authors, published_at, published_by, date_reason, text, lead,
        is_complete, parser, parsed_at, digest
    )
    values (
        :id, :id, :url, :canonical_url, :source, :title, :authors, :published_at, :published_by, :date_reason, :text,
        :lead, 1, 'parser-bangku', :at, hex(:id)
    )
    """,
    "insert or ignore into parses (page_id, parser, article_id) values (:id, 'parser-bangku', :id)",
)


def resolve_all(db: Database, report: Report) -> float:
    """Resolve what was stored; how long it took, which is told apart by resolver in the report."""
    spent: Counter[str] = Counter(dict.fromkeys(resolve.RESOLVERS, 0))
    begun = time.perf_counter()
    with timed_resolvers(spent):
        resolve.resolve(db)
    report.resolvers.append(dict(spent))
    return time.perf_counter() - begun


@contextmanager
def timed_resolvers(spent: Counter[str]) -> Iterator[None]:
    """Count the seconds that each resolver takes."""
    kept = resolve.RESOLVERS

    def timed(name: str) -> resolve.Resolver:
        def run(db: Database, articles: Sequence[str]) -> None:
            begun = time.perf_counter()
            kept[name](db, articles)
            spent[name] += time.perf_counter() - begun

        return run

    resolve.RESOLVERS = {name: timed(name) for name in kept}
    try:
        yield
    finally:
        resolve.RESOLVERS = kept


def measure_bake(pantau: Path, public: Path) -> tuple[float, int]:
    """Seconds and bytes of memory of a bake in a process of its own."""
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_bake, args=(theirs, pantau, public))
    process.start()
    theirs.close()
    told: tuple[float, int] = ours.recv()
    process.join()
    return told


def _bake(told: Connection, pantau: Path, public: Path) -> None:
    begun = time.perf_counter()
    bake(pantau, public)
    told.send((time.perf_counter() - begun, peak_memory()))


def measure_queries(public: Path) -> dict[str, float]:
    """The longest of three times of every example query with its example parameters, in seconds."""
    db = open_read_only(public)
    db.register_function(escape_fts)
    values = {name: db.execute(sql).fetchone()[0] for name, sql in EXAMPLES.items()}
    queries = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))["queries"]
    spent = {name: max(_time_query(db, query, values) for _ in range(3)) for name, query in queries.items()}
    db.close()
    return spent


EXAMPLES = {
    "(event_id)": "select id from events order by articles desc, id limit 1",
    "(article_id)": "select first_article_id from stories order by articles desc, id limit 1",
    "(speaker_name)": "select speaker_name from quotes group by 1 order by speaker_name is null, count(*) desc limit 1",
    "(url)": "select url from articles order by id limit 1",
}
"""What stands for an example that depends on the data: the one with most to tell."""


def _time_query(db: Database, query: dict[str, Any], values: dict[str, str]) -> float:
    told = {name: of["example"] for name, of in query.get("params", {}).items()}
    begun = time.perf_counter()
    # A page of Datasette shows no more.
    db.execute(query["sql"], {name: values.get(value, value) for name, value in told.items()}).fetchmany(1000)
    return time.perf_counter() - begun


def peak_memory() -> int:
    """The most bytes that this process held."""
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(peak) * 1024


def say(line: str) -> None:
    """Tell how far it is."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def main() -> None:
    """Print the report; as JSON too where that is wanted."""
    parser = argparse.ArgumentParser(prog="benchmarks.memory_bench", description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=20_000, help="how many (20000)")
    parser.add_argument("--folder", type=Path, help="where the databases are made and stay (a temporary one)")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.folder and wanted.folder.parent) as temporary:
        folder = wanted.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        report = measure(wanted.articles, folder)
    print("\n".join(report.lines()))  # noqa: T201
    if wanted.json:
        wanted.json.write_text(json.dumps(asdict(report), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
