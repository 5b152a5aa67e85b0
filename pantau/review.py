"""`pantau review`: what is not sure, and what people decide about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from pantau.house import House, complain

if TYPE_CHECKING:
    from db.connect import Database
    from db.reviewing.queue import Deed

BY = click.option("--by", envvar="PANTAU_REVIEWER", metavar="NAME", help="Who decides. Environment: PANTAU_REVIEWER.")
WHY = click.option("--why", metavar="TEXT", help="Why: what the decision rests on.")
SET = click.option(
    "--set", "changes", multiple=True, metavar="FIELD=VALUE", help="What it says instead; may be repeated."
)


@click.group()
def review() -> None:
    """See what is not sure, and decide about it: the decisions outlast every new model and parse."""


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


def decide_review(house: House, what: str, deed: Deed, by: str | None, why: str | None, changes: Sequence[str]) -> None:
    """Do what the commands accept, correct, reject and skip say, and print it."""
    from db.reviewing.queue import settle

    told = parse_changes(changes)
    name, reason = need(by, "--by NAME (or PANTAU_REVIEWER)"), need(why, "--why TEXT")
    with reviewed(house) as db:
        click.echo(settle(db, what, deed, name, reason, told))


@contextmanager
def reviewed(house: House) -> Iterator[Database]:
    """The private database; what cannot be decided is told in one line, and the exit status is 1."""
    from db.connect import open_db
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
