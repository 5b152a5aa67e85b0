"""Letters: `pantau digest` writes everybody's, `send` each reader's own, `bounces` takes in what comes back."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pantau.house import SITE, SITE_OPTION, House, alone, complain, opened
from pantau.publishing import publish_database
from pantau.subscribers import mailing, published

if TYPE_CHECKING:
    from db.connect import Database
    from publish.mail.sending import Report
    from publish.mail.settings import MailSettings


@click.command()
@click.option("--week", metavar="YYYY-Www", help="ISO week of the letter. Default: the week of the newest article.")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Language.")
@SITE_OPTION
@click.option("--print", "is_printed", is_flag=True, help="Print the letter as text.")
@click.pass_obj
def digest(house: House, week: str | None, lang: str, site: str, is_printed: bool) -> None:
    """Write the weekly letter into the outbox."""
    with alone(house, "digest"):
        text, said = write_digest(house, week, lang, site)
    click.echo(text if is_printed else said)


@click.command()
@click.option("--dry-run", "is_dry", is_flag=True, help="Print one line a letter that is due; keep and send nothing.")
@SITE_OPTION
@click.pass_obj
def send(house: House, is_dry: bool, site: str) -> None:
    """Compose the letters that are due and hand them to the mail server, without one to the outbox.

    The server is set up in mail.yml of the data folder; its password comes from the environment: docs/letters.md.
    """
    now = datetime.now(UTC)
    if is_dry:
        for line in due_lines(house, site, now):
            click.echo(line)
    elif not send_letters(house, site, now):
        raise SystemExit(1)


@click.command()
@click.argument("paths", metavar="PATH|-...", nargs=-1, required=True)
@click.pass_obj
def bounces(house: House, paths: Sequence[str]) -> None:
    """Take in mail that came back: dead addresses and whoever complains get no more letters.

    A path is a message, an mbox, a folder of *.eml or a Maildir; - is one message on stdin.
    """
    if not take_back(house, paths, datetime.now(UTC)):
        raise SystemExit(1)


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
        save_digest(db, letter.week, letter.monday.isoformat(), letter.page, letter.text)
        counts.update(letter.counts)
    publish_database(house, has_full_text(house.public_db))
    paths = write_outbox(letter, house.outbox)
    return letter.text, f"{letter.subject} ({', '.join(path.name for path in paths) or 'unchanged'})"


def parse_week(text: str) -> date:
    """Monday of an ISO week.

    >>> parse_week("2023-W45")
    datetime.date(2023, 11, 6)
    """
    try:
        return date.fromisoformat(f"{text}-1")
    except ValueError:
        raise ValueError(f"no ISO week: {text!r}; one reads 2023-W45") from None


def send_letters(house: House, site: str, now: datetime) -> bool:
    """Compose and hand over what is due at `now`, with one line of counts; False where somebody should look."""
    from publish.mail.sending import send_due

    settings = read_settings(house, site)
    with mailing(house) as db, published(house):
        composed = compose_letters(db, house, site, now)
        report = send_due(db, settings, now, site_url=site, outbox=house.outbox, lock=house.data / "mail.lock")
    click.echo(f"{composed['letters'] + composed['confirmations']} letters composed, {report_line(report)}")
    if composed["failed"]:
        complain(f"{composed['failed']} readers' letters could not be built; each is told above")
    if report.failed:
        complain(f"{report.failed} letters were refused, of which {report.dead} for an address that gets no more")
    if report.problem:
        complain(report.problem)
    return not (composed["failed"] or report.failed or report.exit_status)


def compose_letters(db: Database, house: House, site: str, now: datetime) -> Counter[str]:
    """Make the letters that are due; how many of what, or one clear line about what they would be made from."""
    from publish.mail.composing import compose_due

    try:
        return compose_due(db, house.public_db, site, now)
    except LookupError as error:
        raise click.ClickException(f"{house.public_db}: {error}; say `pantau publish`") from error


def read_settings(house: House, site: str) -> MailSettings:
    """How letters leave, or one clear line about what is wrong there."""
    from publish.mail.settings import SettingsError, load_settings

    try:
        settings = load_settings(house.data / "mail.yml", site)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if settings.host and site == SITE:
        raise click.ClickException(f"letters would lead their readers to {site}: set PANTAU_SITE to the site's address")
    return settings


def report_line(report: Report) -> str:
    """What became of the letters that were due.

    >>> from publish.mail.sending import Report
    >>> report_line(Report(sent=12, repeated=1, deferred=2))
    '12 handed over (1 perhaps once more), 2 put off, 0 refused'
    """
    if report.is_busy:
        return "none handed over: another `pantau send` is at it"
    again = f" ({report.repeated} perhaps once more)" if report.repeated else ""
    others = {"without an answer": report.unknown, "dropped": report.dropped}
    told = "".join(f", {count} {what}" for what, count in others.items() if count)
    return f"{report.sent} handed over{again}, {report.deferred} put off, {report.failed} refused{told}"


def due_lines(house: House, site: str, now: datetime) -> Iterator[str]:
    """Address, issue and subject of every letter that `send` would hand over at `now`; nothing of it is kept."""
    from db.mailing.connect import open_mail_db
    from db.mailing.ledger import due_deliveries, read_letter
    from db.mailing.subscribers import read_subscriber

    read_settings(house, site)
    with mailing(house) as db, published(house), closing(open_mail_db(":memory:")) as copy:
        db.conn.backup(copy.conn)
        compose_letters(copy, house, site, now)
        for delivery in due_deliveries(copy, now):
            reader, letter = read_subscriber(copy, delivery.subscriber_id), read_letter(copy, delivery.letter_id)
            if reader and letter:
                yield f"{reader.email}\t{delivery.issue}\t{letter.subject}"


def take_back(house: House, paths: Sequence[str], now: datetime) -> bool:
    """Take in what came back, with one line of counts; False where somebody should look."""
    from publish.mail.bounces import take_each

    sources = [sys.stdin.buffer.read() if path == "-" else Path(path) for path in paths]
    counts: Counter[str] = Counter()
    with mailing(house) as db:
        try:
            for taken in take_each(db, sources, now):
                counts[taken.outcome] += 1
                if taken.outcome in ("policy", "unreadable"):
                    complain(f"{taken.where}: {taken.outcome}: {taken.told}")
        except FileNotFoundError as error:
            raise click.ClickException(f"{error.filename}: no such file or folder") from error
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    click.echo(f"{counts.total()} messages" + (f": {told}" if told else ""))
    return not counts["policy"]
