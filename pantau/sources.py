"""`pantau sources`: the outlets and portals that are read, how they are, and one more."""

from __future__ import annotations

import difflib
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from pantau.house import House, complain, read_sources

if TYPE_CHECKING:
    from crawler.probe import Findings, Place
    from crawler.source import Source

ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")


@click.group()
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


@sources.command("check")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--json", "is_json", is_flag=True, help="Print the same as JSON, with all that is known of each alarm.")
@click.pass_obj
def print_check(house: House, names: Sequence[str], is_json: bool) -> None:
    """Print a table of all or some sources: what is expected, what is seen, what is wrong and since when.

    Exit status 1 when something is to be looked at, so that cron says so.
    """
    from pantau.checking import check_sources, json_text, table_lines

    told, uncovered = check_sources(house, names)
    click.echo(json_text(told, uncovered) if is_json else "\n".join(table_lines(told, uncovered)))
    if any(one.is_to_look_at for one in told):
        raise SystemExit(1)


@sources.command("learn")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--write", "is_written", is_flag=True, help="Put them into the source files; comments stay.")
@click.pass_obj
def print_learnt(house: House, names: Sequence[str], is_written: bool) -> None:
    """Propose floors for `expect` of all or some sources, learnt from their good weeks, as differences."""
    from pantau.checking import learn

    lines = learn(house, names, is_written)
    click.echo("\n".join(lines) or "nothing to propose")


@sources.command("try")
@click.argument("addresses", metavar="URL...", nargs=-1, required=True)
@click.option("--print", "is_printed", is_flag=True, help="Print the source files; write nothing.")
@click.option("--timezone", type=click.Choice(ZONES), help="Of the sites' clocks, where nothing on them tells it.")
@click.pass_obj
def try_source(house: House, addresses: Sequence[str], is_printed: bool, timezone: str | None) -> None:
    """Find out how a site is read from one address of it, and write its source file."""
    if not try_addresses(house, addresses, is_printed, timezone):
        raise SystemExit(1)


def check_health(house: House) -> list[str]:
    """Judge every source, and how complete the last weeks are; a line for each source that someone should look at."""
    from crawler.watch.completeness import LAST_WEEKS, estimate_sources, estimate_spans
    from crawler.watch.health import gap_weeks, health_line, judge_sources
    from crawler.watch.history import day_of
    from db.connect import open_db
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
    from crawler.source import SourceError

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
        for line in difflib.unified_diff(old, new, "there", "new", lineterm=""):
            complain(line)
        return False
    path.write_text(text, encoding="utf-8")
    click.echo(f"written: {path}")
    return True
