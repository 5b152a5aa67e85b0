"""`pantau subscribers`: who gets letters, and of what."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from pantau.house import House, complain, parse_parameters, progress

if TYPE_CHECKING:
    from db.connect import Database
    from db.mailing.subscribers import Cadence, Choice, Subscription

CHOICES = {
    "regency": ("CODE", "A kabupaten or kota, by its Kemendagri code or its name."),
    "province": ("CODE", "A province, by its code or its name."),
    "stage": ("CODE", "A stage, by its code or its name."),
    "official": ("ID", "An official, by the id of /pejabat or by name."),
    "outlet": ("NAME", "An outlet, by the name of its source or its own."),
    "search": ("WORDS", "A search, as it is typed at /cari, or the address of its page."),
    "query": ("NAME", "New rows of a query of the site; -p says its parameters."),
    "sql": ("SQL", "New rows of a query of your own on the public database."),
}
"""What can be chosen beside everything, how its option is called and explained."""


@click.group()
def subscribers() -> None:
    """Say who gets letters, and of what; readers do so themselves at /langganan."""


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each kind of choice; each may be said again."""
    for kind, (metavar, says) in reversed(CHOICES.items()):
        command = click.option(f"--{kind}", metavar=metavar, multiple=True, help=says)(command)
    return command


@subscribers.command("add")
@click.argument("email")
@choice_options
@click.option("-p", "parameters", metavar="NAME=VALUE", multiple=True, help="Parameter of --query or --sql.")
@click.option("--daily", "is_daily", is_flag=True, help="On every day with something new, instead of once a week.")
@click.option("--name", help="Name of the reader.")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Language.")
@click.option(
    "--zone", type=click.Choice(["WIB", "WITA", "WIT"]), default="WIB", show_default=True, help="Reader's time zone."
)
@click.option("--confirmed", "is_confirmed", is_flag=True, help="The reader has agreed already, and is not asked.")
@click.pass_obj
def add_subscriber(
    house: House,
    email: str,
    parameters: Sequence[str],
    is_daily: bool,
    name: str | None,
    lang: Any,
    zone: Any,
    is_confirmed: bool,
    **written: Sequence[str],
) -> None:
    """Let somebody get letters, of everything or what is chosen, once she has said yes to the letter that asks her."""
    from db.mailing.subscribers import ask
    from publish.mail.addresses import clean_name, parse_address

    now = datetime.now(UTC)
    with mailing(house) as db, published(house) as public:
        address = parse_address(email)
        choices = read_choices(public, written, parse_parameters(parameters))
        asked: list[tuple[Choice, Cadence]] = [(choice, "daily" if is_daily else "weekly") for choice in choices]
        ask(
            db, address, asked, name=clean_name(name), lang=lang, zone=zone, origin="operator", now=now,
            is_confirmed=is_confirmed,
        )  # fmt: skip
        what = "gets letters from now on" if is_confirmed else "is asked by the next `pantau send`"
        click.echo(f"{address} {what}: {said(public, asked)}")


@subscribers.command("list")
@click.option(
    "--state", type=click.Choice(["pending", "active", "dead", "left"]), help="Default: all but those who left."
)
@click.pass_obj
def list_readers(house: House, state: Any) -> None:
    """Print one line a reader: address, state, language, zone, what she follows, her last letter."""
    from db.mailing.ledger import read_last_delivery
    from db.mailing.subscribers import list_subscribers, read_subscriptions

    with mailing(house) as db, published(house) as public:
        for reader in list_subscribers(db, state):
            if reader.state == "left" and state != "left":
                continue
            followed = said(public, [(one, one.cadence) for one in read_subscriptions(db, reader.id)])
            last = read_last_delivery(db, reader.id)
            letter = f"{last.issue} {last.state} {last.state_at}" if last else "-"
            click.echo(
                "\t".join([reader.email or "-", reader.state, reader.lang, reader.zone, followed or "-", letter])
            )


@subscribers.command("remove")
@click.argument("email")
@click.pass_obj
def remove_subscriber(house: House, email: str) -> None:
    """Send somebody nothing more, and forget the address."""
    from db.mailing.subscribers import find_subscriber, leave

    with mailing(house) as db:
        found = find_subscriber(db, email)
        if found is None:
            raise click.ClickException(f"{email} gets no letters")
        leave(db, found.id, datetime.now(UTC))
    # One who never said yes has refused nothing either.
    refuses = "" if found.state == "pending" else "; no import brings the address back"
    click.echo(f"{email} gets no letters any more, and is forgotten{refuses}")


@subscribers.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--confirmed", "is_confirmed", is_flag=True, help="All of them have agreed already, and are not asked.")
@click.pass_obj
def import_subscribers(house: House, file: BinaryIO, is_confirmed: bool) -> None:
    """Let all readers of a CSV file get letters, or none where a line is wrong; docs/letters.md says its columns."""
    from publish.mail.importing import TableError, import_each, read_table

    counts: Counter[str] = Counter()
    with mailing(house) as db, published(house) as public:
        try:
            readers = read_table(public, file.read())
        except TableError as error:
            raise click.ClickException(f"{file.name}: nothing was imported:\n{error}") from error
        for one in import_each(db, progress(readers, "import"), datetime.now(UTC), is_confirmed=is_confirmed):
            counts[one.outcome] += 1
            if one.outcome == "refused":
                complain(f"{file.name}, line {one.line}: {one.email}: {one.reason}")
    asked = "" if is_confirmed or not counts["added"] + counts["extended"] else "; the next `pantau send` asks them"
    click.echo(
        f"{counts['added']} added, {counts['extended']} follow more, {counts['same']} as they were, "
        f"{counts['refused']} refused{asked}"
    )
    if counts.total() == counts["refused"]:
        raise SystemExit(1)


@contextmanager
def mailing(house: House) -> Iterator[Database]:
    """The database of readers and letters; what cannot be done is told in one line, and the exit status is 1."""
    from db.mailing.connect import open_mail_db
    from db.mailing.subscribers import SubscriberError
    from publish.mail.refusals import RefusalError

    try:
        opened = open_mail_db(house.mail_db)
    except sqlite3.OperationalError:  # the machine refuses: the door says why
        raise
    except (OSError, sqlite3.DatabaseError) as error:
        raise click.ClickException(f"{house.mail_db}: cannot be opened: {error}") from error
    with closing(opened) as db:
        try:
            yield db
        except (RefusalError, SubscriberError) as error:
            raise click.ClickException(str(error)) from error


@contextmanager
def published(house: House) -> Iterator[Database]:
    """The public database, or one clear line that there is none."""
    from db.connect import open_read_only

    if not house.public_db.exists():
        raise click.ClickException(f"{house.public_db}: not there yet; say `pantau publish` first")
    with closing(open_read_only(house.public_db)) as db:
        try:
            db.execute("select count(*) from sqlite_master")
        except sqlite3.DatabaseError as error:
            raise click.ClickException(f"{house.public_db}: {error}; say `pantau publish`") from error
        yield db


def read_choices(public: Database, written: Mapping[str, Sequence[str]], parameters: Mapping[str, str]) -> list[Choice]:
    """What was chosen by kinds; everything where nothing was. Raises RefusalError for what there is not."""
    from db.mailing.subscribers import Choice
    from publish.mail.choices import parse_choice

    if parameters and not (written["query"] or written["sql"]):
        raise click.UsageError("-p is for --query and --sql")
    choices = [
        parse_choice(public, kind, text, parameters if kind in ("query", "sql") else None)
        for kind, texts in written.items()
        for text in texts
    ]
    return choices or [Choice("all")]


def said(public: Database, asked: Sequence[tuple[Choice | Subscription, Cadence]]) -> str:
    """Choices in words: "Kabupaten Paser (weekly); Bimtek II (daily)"."""
    from db.mailing.subscribers import Choice
    from publish.mail.choices import choice_name

    return "; ".join(
        f"{choice_name(public, Choice(one.kind, one.value, one.parameters), 'en')} ({cadence})"
        for one, cadence in asked
    )
