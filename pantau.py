"""The front door: the words `pantau` understands. The only file that knows every room.

Each word does what is pending and stops; running it again does nothing. The database is the queue, so a word may be
killed at any moment and said again.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import logging
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, tee
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit

import click
from tqdm import tqdm

from crawler.items import Article, ListVisit, Page, ParseError, WayCount
from crawler.past import Past
from crawler.source import Source, SourceError, load_sources
from db.connect import Database, hold_pages, open_db, transaction
from db.reference import load_reference

if TYPE_CHECKING:
    from crawler.pool import Found
    from crawler.probe import Findings, Place
    from db.reviewing.queue import Deed
    from nlp.measure.evaluate import Graded, Report
    from publish.export import Format

T = TypeVar("T")
HERE = Path(__file__).parent
SITE = "http://127.0.0.1:8001"
ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")
AUDIT_EVERY = 7
"""Days between two crawls that ask all ways of a source, to see what the first one misses."""
NEVER = datetime.min.replace(tzinfo=UTC)


class Stopped(click.ClickException):
    """Somebody pressed Ctrl-C: what was under way is kept, and nothing more is begun."""


@dataclass(frozen=True, slots=True)
class House:
    """Where this installation keeps its things."""

    data: Path
    sources: Path
    outbox: Path

    @property
    def pantau_db(self) -> Path:
        return self.data / "pantau.db"

    @property
    def public_db(self) -> Path:
        return self.data / "public.db"

    @property
    def archive(self) -> Path:
        return self.data / "archive"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("data"), envvar="PANTAU_DATA",
    show_default=True, help="Folder of the databases, the archive and the outbox.",
)  # fmt: skip
@click.option(
    "--sources", type=click.Path(path_type=Path, file_okay=False), default=HERE / "crawler" / "sources",
    envvar="PANTAU_SOURCES", help="Folder of source files. Default: crawler/sources.",
)  # fmt: skip
@click.pass_context
def main(context: click.Context, data: Path, sources: Path) -> None:
    """Watch Indonesia's smart-city programme in the regional news."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.WARNING)  # Scrapy's loggers ask for more than the root's level
    # What it discards comes back as a ParseError, which names the page.
    for library in ("trafilatura", "htmldate"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    context.obj = House(data, sources, data / "outbox")


@main.command()
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--due", "is_due", is_flag=True, help="Only sources whose time has come: daily, busy ones sooner.")
@click.option("--limit", type=click.IntRange(1), help="Pages asked for of each source in this run.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day wanted, where a site tells days.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day wanted, where a site tells days.")
@click.pass_obj
def crawl(house: House, names: Sequence[str], is_due: bool, limit: int | None, since: Any, until: Any) -> None:
    """Fetch what is new from all or some sources into the archive; with days, what is old."""
    if since and until and until < since:
        raise click.UsageError(f"--until {until:%Y-%m-%d} is before --since {since:%Y-%m-%d}")
    sources = choose_sources(house, names, is_due)
    click.echo(crawl_pages(house, sources, limit, since.date() if since else None, until.date() if until else None))


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "is_all", is_flag=True, help="Read every kept page anew, whatever parser read it before.")
@click.option(
    "--print", "is_printed", is_flag=True, help="Print the articles of local files as JSON Lines; keep nothing."
)
@click.option(
    "--urls", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --print: the address of each file, a line each: file name without its ending, tab, URL.",
)  # fmt: skip
@click.pass_obj
def parse(house: House, paths: Sequence[Path], is_all: bool, is_printed: bool, urls: Path | None) -> None:
    """Read articles out of kept pages that the present parser has not seen."""
    if is_printed != bool(paths) or (urls and not is_printed):
        raise click.UsageError("--print, and --urls with it, are for files, and files need --print")
    if is_all and is_printed:
        raise click.UsageError("--all reads kept pages, --print files")
    if not is_printed:
        click.echo(parse_pages(house, is_all))
    elif print_articles(house, paths, urls):
        raise SystemExit(1)


@main.command()
@click.pass_obj
def extract(house: House) -> None:
    """Read regencies, officials, dates, stages and events out of articles the present model has not seen."""
    click.echo(extract_articles(house))


@main.command()
@click.option("--full-text", is_flag=True, help="Publish whole articles too; only for texts that are yours.")
@click.pass_obj
def publish(house: House, full_text: bool) -> None:
    """Bake the public database from the private one."""
    click.echo(publish_database(house, full_text))


@main.command()
@click.argument("tables", metavar="[TABLE]...", nargs=-1)
@click.option("--query", metavar="NAME", help="The answer of a query of the site instead of tables.")
@click.option(
    "-p", "parameters", metavar="NAME=VALUE", multiple=True, help="Parameter of the query; empty if not said."
)
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl", "parquet"]), default="csv", show_default=True,
    help="Form of the files.",
)  # fmt: skip
@click.option(
    "--to", metavar="DIR", help="Folder of the files; - prints. Default: exports/<release>/<format> in the data folder."
)
@click.pass_obj
def export(
    house: House, tables: Sequence[str], query: str | None, parameters: Sequence[str], form: Any, to: str | None
) -> None:
    """Write tables of the public database, all if none is named, or the answer of a query, as files."""
    if query and tables:
        raise click.UsageError("either tables or --query")
    if parameters and not query:
        raise click.UsageError("-p is for --query")
    export_files(house, tables, query, parse_parameters(parameters), form, to)


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", "is_checked", is_flag=True, help="Reckon the hash anew and say whether it is the release's.")
@click.pass_obj
def cite(house: House, file: Path | None, is_checked: bool) -> None:
    """Print how to cite the release that is published, or that a file is."""
    if not cite_release(file or house.public_db, is_checked):
        raise SystemExit(1)


@main.command()
@click.option("--week", metavar="YYYY-Www", help="ISO week of the letter. Default: the week of the newest article.")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Language.")
@click.option("--site", default=SITE, show_default=True, envvar="PANTAU_SITE", help="Address of the site.")
@click.option("--print", "is_printed", is_flag=True, help="Print the letter as text.")
@click.pass_obj
def digest(house: House, week: str | None, lang: str, site: str, is_printed: bool) -> None:
    """Write the weekly letter into the outbox."""
    text, said = write_digest(house, week, lang, site)
    click.echo(text if is_printed else said)


@main.command()
@click.option("--due", "is_due", is_flag=True, help="Crawl only sources whose time has come: for a timer by the hour.")
@click.option("--limit", type=click.IntRange(1), help="Pages asked for of each source in this run.")
@click.pass_obj
def run(house: House, is_due: bool, limit: int | None) -> None:
    """Say the five words in order: crawl, parse, extract, publish, digest."""
    print_steps(run_all(house, choose_sources(house, (), is_due), limit, SITE))


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_obj
def ingest(house: House, paths: Sequence[Path]) -> None:
    """Keep local files (HTML, text, WARC, JSON Lines) as if they had been fetched."""
    kept = ingest_files(house, paths)
    click.echo(f"{kept} pages kept")
    if not kept:
        raise SystemExit(1)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def annotate(paths: Sequence[Path]) -> None:
    """Print what is read out of local files as JSON Lines, touching no database."""
    if not annotate_files(paths):
        raise SystemExit(1)


@main.command()
@click.argument("golds", metavar="GOLD...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--errors", "is_listing", is_flag=True, help="List what was missed and what was made up.")
@click.option("--raise", "is_raising", is_flag=True, help="Keep the scores in nlp/metrics.json and lift the floors.")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
def evaluate(golds: Sequence[Path], is_listing: bool, is_raising: bool, is_json: bool) -> None:
    """Score what is read out of annotated articles against the floors of nlp/metrics.json.

    Of a file of corrections (cases.jsonl) it says how many of people's decisions the present reading agrees with.
    """
    if not evaluate_files(golds, is_listing, is_raising, is_json):
        raise SystemExit(1)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, help="Port to listen on.")
@click.pass_obj
def serve(house: House, host: str, port: int) -> None:
    """Open the site on the public database, until Ctrl-C; it shows what is published meanwhile."""
    from publish import serve as site

    try:
        with site.listening(host, port) as listener:
            click.echo(f"Site: http://{host}:{port}/  (Ctrl-C ends it)")
            site.serve(house.public_db, listener)
    except (OSError, CalledProcessError) as error:  # a port that is taken; a process that cannot start, which says why
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--serve/--no-serve", "is_served", default=True, help="Open the site at the end.")
@click.option("--port", default=8001, show_default=True, help="Port of the site.")
@click.pass_obj
def demo(house: House, is_served: bool, port: int) -> None:
    """Run everything on a small invented web that this command starts on loopback."""
    from crawler.sampleweb.server import PORTS, running_sampleweb
    from publish import serve as site

    # Invented articles never mix with real ones: the demo has a database of its own.
    house = House(house.data / "demo", HERE / "crawler" / "sampleweb" / "sources", house.outbox)
    address = f"http://127.0.0.1:{port}"
    try:
        if is_served:
            site.check_port("127.0.0.1", port)  # before the work, not after it
        with running_sampleweb(PORTS):
            print_steps(run_all(house, choose_sources(house), None, address))
            click.echo(f"\nLetter: {house.outbox}/    Site: {address}/")
            if is_served:
                with site.listening("127.0.0.1", port) as listener:
                    site.serve(house.public_db, listener)
    except OSError as error:  # a port is taken
        raise click.ClickException(str(error)) from error


@main.group()
def sources() -> None:
    """See and add the outlets and portals that are read."""


@sources.command("list")
@click.pass_obj
def list_sources(house: House) -> None:
    """Print one line a source: name, outlet, family, ways, provinces, knowledge."""
    for source in read_sources(house):
        click.echo(source_line(source))


@sources.command("health")
@click.pass_obj
def print_health(house: House) -> None:
    """Print one line a source that someone should look at: name, verdict, since when, reason, notes."""
    lines = check_health(house)
    click.echo("\n".join(lines) or "no source to look at")
    if lines:
        raise SystemExit(1)


@sources.command("try")
@click.argument("addresses", metavar="URL...", nargs=-1, required=True)
@click.option("--print", "is_printed", is_flag=True, help="Print the source files; write nothing.")
@click.option("--timezone", type=click.Choice(ZONES), help="Of the sites' clocks, where nothing on them tells it.")
@click.pass_obj
def try_source(house: House, addresses: Sequence[str], is_printed: bool, timezone: str | None) -> None:
    """Find out how a site is read from one address of it, and write its source file."""
    if not try_addresses(house, addresses, is_printed, timezone):
        raise SystemExit(1)


@main.group()
def review() -> None:
    """See what is not sure, and decide about it: the decisions outlast every new model and parse."""


BY = click.option("--by", envvar="PANTAU_REVIEWER", metavar="NAME", help="Who decides. Environment: PANTAU_REVIEWER.")
WHY = click.option("--why", metavar="TEXT", help="Why: what the decision rests on.")
SET = click.option(
    "--set", "changes", multiple=True, metavar="FIELD=VALUE", help="What it says instead; may be repeated."
)


@review.command("list")
@click.option("--kind", metavar="KIND", help="Only items of a kind: reset, conflict, stale, event, article, source ...")
@click.option("--regency", metavar="CODE", help="Only items of a kabupaten or kota, by its Kemendagri code.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Items at most.")
@click.pass_obj
def list_review(house: House, kind: str | None, regency: str | None, limit: int) -> None:
    """Print what waits, one line an item, what is wrong for readers first: id, kind, regency, what, why, confidence."""
    from db.reviewing.lines import item_line
    from db.reviewing.queue import KINDS, review_items

    if kind and kind not in KINDS:
        raise click.UsageError(f"no such kind: {kind}; there are {', '.join(KINDS)}")
    with reviewed(house) as db:
        for item in islice(review_items(db, kind, regency), limit):
            click.echo(item_line(item))


@review.command("show")
@click.argument("what", metavar="ITEM")
@click.pass_obj
def show_review(house: House, what: str) -> None:
    """Print all that helps to decide about an item, a fact, an article or a correction."""
    from db.reviewing.lines import show_lines

    with reviewed(house) as db:
        for line in show_lines(db, what):
            click.echo(line)


def decide_review(house: House, what: str, deed: Deed, by: str | None, why: str | None, changes: Sequence[str]) -> None:
    """Do what the commands accept, correct, reject and skip say, and print it."""
    from db.reviewing.queue import settle

    told = parse_changes(changes)
    name, reason = need(by, "--by NAME (or PANTAU_REVIEWER)"), need(why, "--why TEXT")
    with reviewed(house) as db:
        click.echo(settle(db, what, deed, name, reason, told))


@review.command("accept")
@click.argument("what", metavar="ITEM")
@BY
@WHY
@click.pass_obj
def accept_item(house: House, what: str, by: str | None, why: str | None) -> None:
    """Say that a fact is right."""
    decide_review(house, what, "accept", by, why, ())


@review.command("correct")
@click.argument("what", metavar="ITEM")
@SET
@BY
@WHY
@click.pass_obj
def correct_item(house: House, what: str, changes: Sequence[str], by: str | None, why: str | None) -> None:
    """Say what a fact is instead."""
    decide_review(house, what, "correct", by, why, changes)


@review.command("reject")
@click.argument("what", metavar="ITEM")
@BY
@WHY
@click.pass_obj
def reject_item(house: House, what: str, by: str | None, why: str | None) -> None:
    """Say that a fact is none."""
    decide_review(house, what, "reject", by, why, ())


@review.command("skip")
@click.argument("what", metavar="ITEM")
@BY
@WHY
@click.pass_obj
def skip_item(house: House, what: str, by: str | None, why: str | None) -> None:
    """Leave an item as it is, until what it is about changes."""
    decide_review(house, what, "skip", by, why, ())


@review.command("add")
@click.argument("article")
@click.argument("kind", type=click.Choice(["event", "official", "quote", "figure", "regency"]))
@SET
@click.option("--sentence", required=True, help="The sentence of the article that proves it, word for word.")
@BY
@WHY
@click.pass_obj
def add_fact(
    house: House, article: str, kind: str, changes: Sequence[str], sentence: str, by: str | None, why: str | None
) -> None:
    """Add a fact that was missed, with the sentence that proves it."""
    from db.reviewing.corrections import add

    told = parse_changes(changes)
    name, reason = need(by, "--by NAME (or PANTAU_REVIEWER)"), need(why, "--why TEXT")
    with reviewed(house) as db:
        click.echo(f"correction {add(db, article, kind, told, sentence, name, reason)}: add {kind} to {article}")


@review.command("undo")
@click.argument("what", metavar="DECISION")
@BY
@click.pass_obj
def undo_review(house: House, what: str, by: str | None) -> None:
    """Take back a correction by its number, what was said of two persons (person-3), or the skipping of an item."""
    from db.resolving.people import undo_decision
    from db.reviewing.queue import undo

    name = need(by, "--by NAME (or PANTAU_REVIEWER)")
    number = what.removeprefix("person-")
    with reviewed(house) as db:
        if number != what and number.isdecimal():
            undo_decision(db, int(number), name)
            click.echo(f"{what} undone; `pantau publish` obeys it")
        else:
            click.echo(undo(db, what, name))


@review.command("same")
@click.argument("one")
@click.argument("other")
@BY
@WHY
@click.pass_obj
def say_same(house: House, one: str, other: str, by: str | None, why: str | None) -> None:
    """Say that two persons are one, by their ids in people."""
    decide_persons(house, one, other, "same", by, why)


@review.command("different")
@click.argument("one")
@click.argument("other")
@BY
@WHY
@click.pass_obj
def say_different(house: House, one: str, other: str, by: str | None, why: str | None) -> None:
    """Say that two namings that were merged are two persons, by their ids in person_links."""
    decide_persons(house, one, other, "different", by, why)


@review.command("status")
@click.pass_obj
def print_review_status(house: House) -> None:
    """Print how much waits of each kind, and how many corrections hold, were reset, or lost their fact."""
    from db.reviewing.queue import count_review

    with reviewed(house) as db:
        for name, count in count_review(db).items():
            click.echo(f"{name}\t{count}")


@review.command("export")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export_review(house: House, folder: Path | None) -> None:
    """Write corrections as cases for evaluate and passages for training. Default folder: corrections in the data."""
    from db.reviewing.export import export_corrections

    folder = folder or house.data / "corrections"
    with reviewed(house) as db:
        counts = export_corrections(db, folder)
    click.echo(f"{counts['cases']} cases, {counts['passages']} passages: {folder}")
    if counts["left out"]:
        complain(f"{counts['left out']} decisions left out: the texts that they were taken on are not kept any more")


@main.group()
def reviewer() -> None:
    """Say who may review on the site: names and passwords, kept in the data folder."""


@reviewer.command("add")
@click.argument("name")
@click.pass_obj
def add_reviewer(house: House, name: str) -> None:
    """Let a person sign in, or give them a new password; it is asked for, twice, and not shown."""
    from publish.site.reviewing.accounts import account_name, accounts_file, add_account

    with accounted():
        name = account_name(name)
        # From the terminal alone: a password in a command line stands in the history and in the list of processes.
        password = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
        path = accounts_file(house.pantau_db)
        is_new = add_account(path, name, password)
    click.echo(f"{name}: {'may review now' if is_new else 'has a new password'} ({path})")


@reviewer.command("list")
@click.pass_obj
def list_reviewers(house: House) -> None:
    """Print who may review, one name a line."""
    from publish.site.reviewing.accounts import accounts_file, read_accounts

    with accounted():
        for name in read_accounts(accounts_file(house.pantau_db)):
            click.echo(name)


@reviewer.command("remove")
@click.argument("name")
@click.pass_obj
def remove_reviewer(house: House, name: str) -> None:
    """Let a person not sign in any more; who is signed in is signed out. Their decisions stay."""
    from publish.site.reviewing.accounts import accounts_file, remove_account

    with accounted():
        remove_account(accounts_file(house.pantau_db), name)
    click.echo(f"{name}: may not review any more")


@contextmanager
def accounted() -> Iterator[None]:
    """What is wrong with an account is told in one line, and the exit status is 1."""
    from publish.site.reviewing.accounts import AccountError

    try:
        yield
    except AccountError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def reviewed(house: House) -> Iterator[Database]:
    """The private database; what cannot be decided is told in one line, and the exit status is 1."""
    from db.reviewing.corrections import CorrectionError
    from db.reviewing.facts import FactError

    if not house.pantau_db.is_file():
        raise click.ClickException(f"no database at {house.pantau_db}: `pantau crawl` makes it")
    db = open_db(house.pantau_db)
    try:
        yield db
    except (CorrectionError, FactError, LookupError) as error:
        raise click.ClickException(error.args[0]) from error
    finally:
        db.close()


def decide_persons(
    house: House, one: str, other: str, decision: Literal["same", "different"], by: str | None, why: str | None
) -> None:
    """Keep that two namings are one person, or two."""
    from db.resolving.people import decide_people

    name, reason = need(by, "--by NAME (or PANTAU_REVIEWER)"), need(why, "--why TEXT")
    if one == other:
        raise click.UsageError(f"{one} is the same person as itself")
    with reviewed(house) as db:
        number = decide_people(db, one, other, decision, name, reason)
    click.echo(f"person-{number}: {one} and {other} are {decision}; `pantau publish` obeys it")


def parse_changes(changes: Sequence[str]) -> dict[str, str]:
    """Fields and their values, as `--set` takes them.

    >>> parse_changes(["start_date=2023-11-04", "venue="])
    {'start_date': '2023-11-04', 'venue': ''}
    """
    told: dict[str, str] = {}
    for change in changes:
        field, is_set, value = change.partition("=")
        if not is_set or not field.strip():
            raise click.UsageError(f"--set wants FIELD=VALUE, seen: {change!r}")
        if field.strip() in told:
            raise click.UsageError(f"--set says {field.strip()} twice")
        told[field.strip()] = value.strip()
    return told


def need(value: str | None, option: str) -> str:
    """The value of an option that a decision is not taken without."""
    if value is None or not value.strip():
        raise click.UsageError(f"a decision says who took it and why: {option} is missing")
    return value


def crawl_pages(
    house: House,
    sources: Sequence[Source],
    limit: int | None = None,
    since: date | None = None,
    until: date | None = None,
    parsed: Counter[str] | None = None,
) -> str:
    """Fetch what is new and keep it; says what was kept. One crawl a process (Twisted's reactor starts once).

    With `parsed` pages are read while others are fetched; it counts what came of them.
    """
    from crawler.archive import Archive
    from crawler.crawl import CrawlError, SeenUrl
    from crawler.crawl import crawl as crawl_sources
    from db.store import pending_urls, save_page, save_url
    from db.visits import save_visit, save_way_count

    ways: list[WayCount] = []
    with (
        opened(house, "crawl") as (db, counts, run),
        Archive(house.archive) as archive,
        nullcontext(None) if parsed is None else reading(house, db, parsed) as read,
    ):
        keep_sources(db, sources)

        def keep(page: Page) -> None:
            save_page(db, page)
            counts["pages"] += 1
            if read:
                read(page)

        def note(seen: SeenUrl) -> None:
            save_url(db, seen.url, seen.source, seen.found_by, seen.fate, seen.reason)
            counts["urls"] += seen.fate is None

        def visited(visit: ListVisit) -> None:
            save_visit(db, visit)

        def counted(way: WayCount) -> None:
            save_way_count(db, run, way)
            ways.append(way)

        try:
            crawl_sources(sources, read_past(db, sources), archive, keep, note, visited, counted, limit, since, until)
        except CrawlError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            left = len(pending_urls(db))
            raise Stopped(
                f"stopped: {counts['pages']} pages kept, {left} URLs still to be fetched; `pantau crawl` goes on there"
            ) from None
    ways.sort(key=lambda way: (way.source, way.number))
    for way in ways:
        if way.problem:
            click.echo(f"{way.source}: {way.way}: {way.problem}", err=True)
    if ways and all(way.problem for way in ways) and not counts["pages"]:
        raise click.ClickException(f"none of {len(sources)} sources could be read; each is told above")
    again = sum(way.revisited for way in ways)
    return f"{counts['pages']} pages kept from {len(sources)} sources" + (f", {again} asked for again" if again else "")


def choose_sources(house: House, names: Sequence[str] = (), is_due: bool = False) -> list[Source]:
    """The sources of these names, or all; of them only those whose time has come where that is asked."""
    from crawler.watch.schedule import is_due as is_time_for
    from db.health import read_source_records
    from db.store import pending_urls

    sources = {source.name: source for source in read_sources(house)}
    if unknown := [name for name in names if name not in sources]:
        raise click.UsageError(f"no such source: {unknown[0]}. See {house.sources}/")
    chosen = [sources[name] for name in names] if names else list(sources.values())
    if not is_due:
        return chosen
    now = datetime.now(UTC)
    db = open_db(house.pantau_db)
    records = {record.name: record for record in read_source_records(db, now)}
    waiting = {source for _, source in pending_urls(db)}
    db.close()
    return [
        source
        for source in chosen
        if source.name not in records or is_time_for(records[source.name], now, source.name in waiting)
    ]


def keep_sources(db: Database, sources: Iterable[Source]) -> None:
    """Put the sources into the database, or one clear line about the first that names a place that is not."""
    from db.store import save_sources

    try:
        save_sources(db, sources)
    except LookupError as error:
        raise click.ClickException(str(error)) from error


def check_health(house: House) -> list[str]:
    """Judge every source, and how complete the last weeks are; a line for each source that someone should look at."""
    from crawler.watch.completeness import LAST_WEEKS, estimate_sources, estimate_spans
    from crawler.watch.health import gap_weeks, health_line, judge_sources
    from crawler.watch.history import day_of
    from db.health import read_listed, read_routes, read_source_records, save_completeness, save_health

    now = datetime.now(UTC)
    today = day_of(now)
    present = {source.name for source in read_sources(house)}
    db = open_db(house.pantau_db)
    # A source whose file was taken away is not asked any more, and nothing is to be said of it.
    records = [record for record in read_source_records(db, now) if record.name in present]
    first = today - timedelta(weeks=LAST_WEEKS)
    listed, routes = read_listed(db, first), read_routes(db, first)
    healths = judge_sources(records, now)
    save_health(db, healths, estimate_sources(listed, routes, today), now)
    gaps = Counter(week for record in records for week in gap_weeks(record))
    save_completeness(db, estimate_spans(listed, routes, today), gaps, now)
    db.close()
    return [health_line(health) for health in healths if health.is_to_look_at]


def read_past(db: Database, sources: Iterable[Source]) -> Past:
    """What the crawl is told of those before it."""
    from db.store import dead_urls, known_urls, pending_urls
    from db.visits import checked_pages, failed_urls, last_audits, read_visits, requests_since

    now = datetime.now(UTC)
    audited = last_audits(db)
    return Past(
        known=known_urls(db),
        dead=dead_urls(db),
        pending=pending_urls(db) + failed_urls(db, now),
        checked=checked_pages(db),
        visits=read_visits(db),
        spent=requests_since(db, now.replace(hour=0, minute=0, second=0, microsecond=0)),
        audits={
            source.name for source in sources if audited.get(source.name, NEVER) < now - timedelta(days=AUDIT_EVERY)
        },
    )


def parse_pages(house: House, is_all: bool = False, counts: Counter[str] | None = None) -> str:
    """Read articles out of pending pages, or of all; one bad page is told on stderr and the others go on.

    `counts` are of pages that were read already and are to be told with these. Ctrl-C keeps what has been read.
    """
    from crawler.pool import ParsePool
    from db.store import build_kept_page, count_pending_pages, forget_parses, pending_pages

    sources, versions = read_parsers(house)
    with opened(house, "parse") as (db, done, _), ParsePool(house.archive, sources) as pool:
        done.update(counts or {})
        keep_sources(db, sources.values())
        if is_all:
            forget_parses(db)
        pages = (build_kept_page(row, b"") for row in pending_pages(db, versions))
        pending = count_pending_pages(db, versions)
        read = 0
        try:
            for batch in batches(progress(pool.read(pages), "parse", pending), 20):
                save_batch(db, batch, versions, done)
                read += len(batch)
        except KeyboardInterrupt:
            raise click.ClickException(
                f"stopped: {read} of {pending} pages read; `pantau parse` goes on with the others"
            ) from None
    return (
        f"{done['kept'] + done['off-topic']} articles, {done['duplicate']} copies under another address, "
        f"{done['not-understood']} pages not understood"
        + (f", {done['out of reach']} out of reach in the archive" if done["out of reach"] else "")
    )


@contextmanager
def reading(house: House, db: Database, counts: Counter[str]) -> Iterator[Callable[[Page], None]]:
    """A function that has a page read that was just kept, in other processes, while the block goes on.

    What has been read is saved twenty at a time, the rest at the end. What was not taken is pending.
    """
    from crawler.pool import ParsePool

    sources, versions = read_parsers(house)
    found: list[tuple[Page, Found]] = []
    with ParsePool(house.archive, sources) as pool:

        def read(page: Page) -> None:
            pool.submit(page)
            found.extend(pool.finished())
            if len(found) >= 20:
                save()

        def save() -> None:
            save_batch(db, found, versions, counts)
            found.clear()

        try:
            yield read
        finally:
            found.extend(pool.finished())
            save()
        for batch in batches(pool.drain(), 20):
            save_batch(db, batch, versions, counts)


def read_parsers(house: House) -> tuple[dict[str, Source], dict[str, str]]:
    """Every source that a page can have, and the present version of its parser, by its name."""
    from crawler.ingest import LOCAL_SOURCE
    from crawler.parse import parser_version

    sources = {source.name: source for source in [*read_sources(house), LOCAL_SOURCE]}
    return sources, {name: parser_version(source) for name, source in sources.items()}


def save_batch(
    db: Database, batch: Sequence[tuple[Page, Found]], versions: Mapping[str, str], counts: Counter[str]
) -> None:
    """Put what came of some pages beside them, in one transaction."""
    from crawler.archive import ArchiveError
    from db.store import save_found

    with transaction(db):
        for page, found in batch:
            if isinstance(found, ArchiveError):
                # The archive is out of reach, which says nothing of the page: it stays pending, its article stays.
                counts["out of reach"] += 1
            else:
                counts[save_found(db, page, found, versions[page.source]) or "replaced"] += 1
            if not isinstance(found, Article):
                complain(str(found))


def extract_articles(house: House) -> str:
    """Read what is in pending articles."""
    from db.extractions import count_pending_articles, pending_articles, save_extractions
    from nlp import pipeline

    with opened(house, "extract") as (db, counts, _):
        model = pipeline.model_version()
        pending = (article for _, article in pending_articles(db, model))
        read, articles = tee(progress(pending, "extract", count_pending_articles(db, model)))
        hold_pages(db)
        # Killed, it reads at most so many again.
        for batch in batches(zip(pipeline.extract_articles(read), articles, strict=True), 500):
            save_extractions(db, batch)
            for extraction, _ in batch:
                counts["articles"] += 1
                counts["events"] += len(extraction.events)
                counts["relevant"] += bool(extraction.is_relevant)
                counts["not sure"] += extraction.is_relevant is None
    return (
        f"{counts['articles']} articles read, {counts['relevant']} on the programme, {counts['not sure']} not sure, "
        f"{counts['events']} events told"
    )


def publish_database(house: House, full_text: bool = False) -> str:
    """Bake public.db; a failing check stops it, and the old one stays."""
    from publish.bake import BakeError, bake
    from publish.disk import DiskFullError

    check_health(house)
    with opened(house, "publish") as (_, counts, _):
        try:
            counts.update(bake(house.pantau_db, house.public_db, full_text))
        except (BakeError, DiskFullError) as error:
            raise click.ClickException(str(error)) from error
    return f"{counts['articles']} articles, {counts['events']} events, {counts['review']} to review: {house.public_db}"


def export_files(
    house: House, tables: Sequence[str], query: str | None, parameters: Mapping[str, str], form: Format, to: str | None
) -> None:
    """Write files into a folder, or print; one line a file."""
    from publish.disk import DiskFullError
    from publish.export import Asked, ExportError, export_folder, print_rows
    from publish.export import export_files as write_files

    asked = Asked(tables, query, parameters)
    try:
        if to == "-":
            print_rows(house.public_db, asked, form, sys.stdout)
            return
        folder = Path(to) if to else export_folder(house.public_db, form)
        for path, rows in write_files(house.public_db, asked, form, folder).items():
            click.echo(f"{rows} rows: {path}")
    except (ExportError, DiskFullError, LookupError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error


def parse_parameters(given: Iterable[str]) -> dict[str, str]:
    """Names and values of parameters as they are typed.

    >>> parse_parameters(["kode=62.02", "q=a=b"])
    {'kode': '62.02', 'q': 'a=b'}
    """
    parameters = {}
    for parameter in given:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise click.UsageError(f"-p {parameter}: one reads name=value")
        parameters[name] = value
    return parameters


def cite_release(path: Path, is_checked: bool) -> bool:
    """Print how a public database is cited; whether its content is that of its release, where that is checked."""
    from db.connect import open_read_only
    from publish.release import bibtex, citation, content_hash, read_release

    try:
        db = open_read_only(path)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error
    try:
        release = read_release(db)
    except LookupError as error:
        raise click.ClickException(f"{path}: {error}") from error
    seen = content_hash(db) if is_checked else release.hash
    db.close()
    click.echo(f"{citation(release)}\n\n{bibtex(release)}")
    if seen != release.hash:
        complain(f"{path}: it was changed after it was published: the hash of its content is {seen}")
    elif is_checked:
        click.echo(f"\n{path}: its content has this hash")
    return seen == release.hash


def write_digest(house: House, week: str | None, lang: str, site: str) -> tuple[str, str]:
    """The letter as text, and what was done with it: kept, published on the site and written to the outbox."""
    from db.store import save_digest
    from publish.bake import has_full_text
    from publish.digest import build_digest, latest_week, write_outbox

    if not house.public_db.exists():
        raise click.ClickException(f"{house.public_db}: not there yet; say `pantau publish` first")
    try:
        monday = parse_week(week) if week else latest_week(house.public_db)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    letter = build_digest(house.public_db, monday, site, "en" if lang == "en" else "id")
    with opened(house, "digest") as (db, counts, _):
        save_digest(db, letter.week, letter.monday.isoformat(), letter.html, letter.text)
        counts.update(letter.counts)
    publish_database(house, has_full_text(house.public_db))
    paths = write_outbox(letter, house.outbox)
    return letter.text, f"{letter.subject} ({', '.join(path.name for path in paths) or 'unchanged'})"


def run_all(house: House, sources: Sequence[Source], limit: int | None, site: str) -> Iterator[tuple[str, str]]:
    """The five words in order, each with what it did.

    Where no source could be read, what is pending is still done, and the failure is raised at the end.
    """
    failure: click.ClickException | None = None
    parsed: Counter[str] = Counter()
    try:
        yield "crawl", crawl_pages(house, sources, limit, parsed=parsed)
    except Stopped:
        raise
    except click.ClickException as error:
        failure = error
    yield "parse", parse_pages(house, counts=parsed)
    yield "extract", extract_articles(house)
    yield "publish", publish_database(house)
    try:
        yield "digest", write_digest(house, None, "id", site)[1]
    except click.ClickException as error:
        yield "digest", f"no letter: {error.message}"
    if failure:
        raise failure


def print_steps(steps: Iterable[tuple[str, str]]) -> None:
    """One line a step, as soon as it is done."""
    for word, said in steps:
        click.echo(f"{word:8} {said}")


def ingest_files(house: House, paths: Sequence[Path]) -> int:
    """Keep every page of the files; how many were kept, those already there included."""
    from crawler.archive import Archive
    from crawler.ingest import LOCAL_SOURCE, read_pages
    from db.store import save_page, save_sources, save_url

    with opened(house, "ingest") as (db, counts, _), Archive(house.archive) as archive:
        save_sources(db, [LOCAL_SOURCE])
        held = {row["url"]: row["digest"] for row in db.query("select url, digest from pages where source = 'ingest'")}
        for path in paths:
            for page in progress(read_pages(path, complain), "ingest"):
                if held.get(page.url) != sha256(page.body):
                    save_url(db, page.url, page.source, "ingest")
                    save_page(db, archive.write(page))
                counts["pages"] += 1
    return counts["pages"]


def print_articles(house: House, paths: Sequence[Path], addresses: Path | None) -> int:
    """Print the article of every page of the files as one JSON object; how many could not be read.

    A page whose address is told is read as the source of its host would be, any other as a local file.
    """
    from crawler.ingest import LOCAL_SOURCE, read_pages
    from crawler.parse import parse_article

    refused: list[str] = []

    def refuse(message: str) -> None:
        complain(message)
        refused.append(message)

    urls = read_urls(addresses, refuse) if addresses else {}
    by_host = hosts_of(read_sources(house)) if urls else {}
    for path in paths:
        for page in read_pages(path, refuse):
            key = annotation_key(page)
            url = urls.get(key, page.url)
            source = source_of(url, by_host) or LOCAL_SOURCE
            try:
                article = parse_article(replace(page, url=url, source=source.name), source)
            except ParseError as error:
                refuse(str(error))
            else:
                click.echo(json.dumps(printed_article(key, article), ensure_ascii=False))
    return len(refused)


def hosts_of(sources: Iterable[Source]) -> dict[str, Source]:
    """The source of each host where its articles stand, without `www.`."""
    named = [(urlsplit(source.home).hostname or "", source) for source in sources]
    named += [(host, source) for _, source in list(named) for host in source.hosts]
    return {host.removeprefix("www."): source for host, source in reversed(named)}


def source_of(url: str, by_host: dict[str, Source]) -> Source | None:
    """The source of an address, by its host or by the nearest domain above it."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    while host and host not in by_host:
        host = host.partition(".")[2]
    return by_host.get(host)


def printed_article(key: str, article: Article) -> dict[str, Any]:
    """An article as `parse --print` tells it; `date` is ISO 8601 with its offset."""
    return {
        "id": key,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "date": article.published_at.isoformat() if article.published_at else None,
        "date_by": article.published_by,
        "date_reason": article.date_reason,
        "author": ", ".join(article.authors) or None,
        "authors": article.authors,
        "text": article.text,
        "is_complete": article.is_complete,
    }


def read_urls(path: Path, on_error: Callable[[str], None]) -> dict[str, str]:
    """The addresses that a file tells, a line for each page: the stem of its file, tab, URL or nothing."""
    urls: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        key, _, url = (part.strip() for part in line.partition("\t"))
        if url.startswith(("http://", "https://")):
            urls[key] = url
        elif url or (key and "\t" not in line):
            on_error(f"{path}, line {number}: one reads `name<tab>https://…`, seen: {line[:60]!r}")
    return urls


def annotate_files(paths: Sequence[Path]) -> int:
    """Print one object for each article of the files; how many there were."""
    from crawler.ingest import LOCAL_SOURCE, read_pages
    from crawler.parse import parse_article
    from nlp.annotate import annotation
    from nlp.pipeline import extract as extract_article

    printed = 0
    for path in paths:
        for page in progress(read_pages(path, complain), "annotate"):
            try:
                article: Article = parse_article(page, LOCAL_SOURCE)
            except ParseError as error:
                complain(str(error))
                continue
            found = annotation(annotation_key(page), article, extract_article(article))
            click.echo(json.dumps(found, ensure_ascii=False))
            printed += 1
    return printed


def evaluate_files(golds: Sequence[Path], is_listing: bool, is_raising: bool, is_json: bool) -> bool:
    """Print the scores of every file; whether all floors are held."""
    from nlp.measure import floors
    from nlp.measure.cases import is_cases
    from nlp.measure.evaluate import error_lines, reliability_lines, reliability_object, report_lines, report_object
    from nlp.relevance import load_card

    for path in golds:
        if is_listing and path.name.casefold().startswith("blind"):
            raise click.ClickException(f"{path}: a blind set; its errors are shown to nobody, so that it stays one")
    decided = [judge_file(path, is_listing, is_json) for path in golds if is_cases(path)]
    golds = [path for path in golds if not is_cases(path)]
    objects: list[dict[str, Any]] = []
    findings: list[Graded] = []
    is_held = True
    for path in golds:
        report = read_report(path)
        kept = floors.load_floors(report.name)
        measured = report_object(report, kept)
        if is_listing:
            measured["errors"] = [asdict(error) for error in report.errors]
        if not is_json:
            lines = [*report_lines(report, kept), "", *reliability_lines(report.graded), ""]
            click.echo("\n".join([*lines, *error_lines(report.errors), ""] if is_listing else lines))
        sunk = floors.sunk({task: score.f1 for task, score in report.scores.items()}, kept)
        for line in sunk:
            complain(f"{report.name}: {line} (nlp/metrics.json)")
        if is_raising and not sunk:
            floors.save_measured(measured)
        objects.append(measured)
        findings += report.graded
        is_held = is_held and not sunk
    if is_json:
        whole = {
            "files": objects,
            "decisions": decided,
            "confidence": reliability_object(findings),
            "classifiers": load_card(),
        }
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    elif len(golds) > 1:
        click.echo("\n".join(["all files", *reliability_lines(findings)]))
    return is_held


def judge_file(path: Path, is_listing: bool, is_json: bool) -> dict[str, Any]:
    """What the present reading says of a file of decisions: as an object, and printed unless it is for JSON."""
    from nlp.measure.cases import CaseError, case_lines, cases_object, disagreement_lines, judge_cases, load_cases
    from nlp.pipeline import extract_articles as read_articles

    try:
        cases = load_cases(path)
    except CaseError as error:
        raise click.ClickException(str(error)) from error
    verdicts = judge_cases(cases, lambda articles: read_articles(progress([*articles], "evaluate")))
    if not is_json:
        lines = [*case_lines(path.stem, verdicts), ""]
        click.echo("\n".join([*lines, *disagreement_lines(verdicts), ""] if is_listing else lines))
    return cases_object(path.stem, verdicts)


def read_report(path: Path) -> Report:
    """The report on a gold file, whose articles are read as `annotate` reads them; refuses a malformed one."""
    from crawler.ingest import LOCAL_SOURCE, read_pages
    from crawler.parse import parse_article
    from nlp.measure.evaluate import GoldError, load_gold
    from nlp.measure.evaluate import evaluate as build_report
    from nlp.pipeline import extract_articles as read_articles

    def refuse(message: str) -> None:
        raise click.ClickException(message)

    try:
        golds = load_gold(path)
        articles = [parse_article(page, LOCAL_SOURCE) for page in read_pages(path, refuse)]
    except (GoldError, ParseError) as error:
        raise click.ClickException(str(error)) from error
    return build_report(path.stem, golds, read_articles(progress(articles, "evaluate")))


def annotation_key(page: Page) -> str:
    """The id of an annotated article: what its JSON line says, else the name of its file without the ending.

    >>> from datetime import UTC, datetime
    >>> now = datetime.now(UTC)
    >>> annotation_key(Page("file:bimtek%20paser.txt#e11093e140db", "ingest", now, 200, b""))
    'bimtek paser'
    """
    if key := page.hints.get("id"):
        return key
    parts = urlsplit(page.url)
    name = Path(unquote(parts.path)).name
    return name.removesuffix(".gz").rpartition(".")[0] or name if parts.scheme == "file" else page.url


@contextmanager
def opened(house: House, word: str) -> Iterator[tuple[Database, Counter[str], int]]:
    """The private database with its reference tables, counts that are kept as a row of `runs`, and its number."""
    from db.store import finish_run, start_run

    db = open_db(house.pantau_db)
    load_reference(db)
    counts: Counter[str] = Counter()
    number = start_run(db, word)
    yield db, counts, number
    finish_run(db, number, counts)
    db.close()


def read_sources(house: House) -> list[Source]:
    """The source files, or one clear line about the first that is wrong."""
    try:
        return load_sources(house.sources)
    except SourceError as error:
        raise click.ClickException(str(error)) from error


def source_line(source: Source) -> str:
    """Name, outlet, family, ways ("?": it searches), provinces and knowledge of a source, parted by tabs."""
    ways = ", ".join(way.way + ("?" if way.searches else "") for way in source.ways)
    provinces = ", ".join(source.provinces) or "national"
    return "\t".join((source.name, source.outlet, source.family, ways, provinces, source.knowledge))


def try_addresses(house: House, addresses: Sequence[str], is_printed: bool, timezone: str | None) -> bool:
    """Say what a crawl would find at each address and write its source; whether there was one to write for each."""
    from crawler.probe import try_sites
    from crawler.probe.card import report_lines
    from nlp.languages import is_indonesian

    known = read_sources(house)
    today = datetime.now(UTC).date()
    try:
        findings = try_sites(addresses, today, timezone, is_indonesian, place_of_name, complain)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    are_written = []
    for found in findings:
        click.echo("\n".join(["", *report_lines(found)]), err=is_printed)
        are_written.append(keep_source(house, found, known, today, is_printed))
    return all(are_written)


def keep_source(house: House, found: Findings, known: Sequence[Source], today: date, is_printed: bool) -> bool:
    """Write the source of a site that was tried, or print it; whether there was one."""
    from crawler.probe.card import check_text, source_name, source_text

    if not found.ways:
        return False
    if found.zone is None and sys.stdin.isatty():
        zone = click.prompt("Nothing tells the time zone. It is", type=click.Choice(ZONES))
        found = replace(found, zone=zone, zone_seen=("said by a person",))
    host = urlsplit(found.home).netloc
    own = [one.name for one in known if urlsplit(one.home).netloc == host]
    name = own[0] if own else source_name(found, {one.name for one in known})
    try:
        text = source_text(found, today)
        check_text(text, name)
    except (ValueError, SourceError) as error:
        complain(f"{found.home}: {error}")
        return False
    if is_printed:
        click.echo(text, nl=False)
        return True
    return write_source(house.sources / f"{name}.yml", text)


def place_of_name(name: str) -> Place | None:
    """The kabupaten or kota, else the province, that an outlet is named after in full.

    >>> place_of_name("Portal Resmi Pemerintah Kabupaten Bangka Selatan")
    Place(province='Kepulauan Bangka Belitung', regency='19.03')
    >>> place_of_name("Pemerintah Provinsi Bengkulu"), place_of_name("Kabar Bangka")
    (Place(province='Bengkulu', regency=None), None)
    """
    from crawler.probe import Place
    from nlp.gazetteer import places

    told = {place.name: Place(place.province, place.code) for place in places().values()}
    told |= {f"Provinsi {place.province}": Place(place.province, None) for place in places().values()}
    spelt = re.sub(
        r"\b(?:Pemkab|Kab\.?)(?=\s)", "Kabupaten", re.sub(r"\bPemkot\b", "Kota", name, flags=re.I), flags=re.I
    )
    named = [one for one in told if re.search(rf"\b{re.escape(one)}\b", spelt, re.IGNORECASE)]
    return told[max(named, key=len)] if named else None


def write_source(path: Path, text: str) -> bool:
    """Write a source file, unless there is one: then say how it would differ. Whether it was written."""
    if path.exists():
        complain(f"{path} is there already and was not changed; --print prints the new one. It would differ:")
        old, new = path.read_text(encoding="utf-8").splitlines(), text.splitlines()
        complain("\n".join(difflib.unified_diff(old, new, "there", "new", lineterm="")))
        return False
    path.write_text(text, encoding="utf-8")
    click.echo(f"written: {path}")
    return True


def parse_week(text: str) -> date:
    """Monday of an ISO week.

    >>> parse_week("2023-W45")
    datetime.date(2023, 11, 6)
    """
    try:
        return date.fromisoformat(f"{text}-1")
    except ValueError:
        raise ValueError(f"no ISO week: {text!r}; one reads 2023-W45") from None


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of a size, the last one shorter.

    >>> list(batches("palu", 3))
    [['p', 'a', 'l'], ['u']]
    """
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
    """The items behind a progress bar: after two seconds, and only on a terminal."""
    bar: Iterable[T] = tqdm(items, desc=what, total=total, delay=2, disable=None, leave=False)
    return bar


def sha256(body: bytes) -> str:
    """The digest that the database keeps of a body, in hex."""
    return hashlib.sha256(body).hexdigest()


def complain(message: str) -> None:
    """Say on stderr what was wrong with one thing; the others go on."""
    click.echo(message, err=True)


if __name__ == "__main__":
    main()
