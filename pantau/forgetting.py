"""`pantau forget`: what somebody asks to have removed, and what is kept of nobody who leaves."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pantau.extracting import extract_articles
from pantau.house import House, alone, complain, opened, progress
from pantau.parts import delete_parts
from pantau.publishing import publish_database

if TYPE_CHECKING:
    from db.connect import Database
    from db.forgetting import Forgotten
    from publish.forgetting import Wanted

REASON = click.option("--reason", required=True, help="Why, as it is published; it must not say of whom.")


@click.group(invoke_without_command=True)
@click.pass_context
def forget(context: click.Context) -> None:
    """Forget a name, an article or a reader, for good; alone: finish what was begun."""
    if context.invoked_subcommand is None:
        with alone(context.obj, "forget"):
            click.echo(finish(context.obj))


@forget.command("name")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--in", "articles", metavar="ARTICLE", multiple=True, help="Only in this article (id or address).")
@REASON
@click.pass_obj
def forget_name(house: House, names: Sequence[str], articles: Sequence[str], reason: str) -> None:
    """Cover a name, in each way it is spelt, wherever it stands and wherever it will; without titles and degrees.

    Everybody who is called so is covered: of a common name say in which articles.
    """
    from db.forgetting import ask_name

    with alone(house, "forget"), opened(house, "forget") as (db, _, _):
        try:
            ask_name(db, names, articles, reason, datetime.now(UTC))
        except (ValueError, LookupError) as error:
            raise click.ClickException(str(error)) from error
        click.echo(finish(house))


@forget.command("article")
@click.argument("article")
@REASON
@click.pass_obj
def forget_article(house: House, article: str, reason: str) -> None:
    """Delete an article (id or address) and its page, and do not fetch it again. Its copies elsewhere are others."""
    from db.forgetting import ask_article

    with alone(house, "forget"), opened(house, "forget") as (db, _, _):
        try:
            ask_article(db, article, reason, datetime.now(UTC))
        except LookupError as error:
            raise click.ClickException(str(error)) from error
        click.echo(finish(house))


@forget.command("reader")
@click.argument("email")
@click.pass_obj
def forget_reader(house: House, email: str) -> None:
    """Erase a reader: address, name, choices, letters, and what was said under the address; no list adds it again."""
    with alone(house, "forget"):
        click.echo(f"{erase_reader(house, email)} records of this address erased")


def erase_reader(house: House, email: str) -> int:
    """Erase what is kept under an address; how many records and letters there were."""
    from db.connect import open_db, transaction
    from db.mailing.connect import open_mail_db
    from db.mailing.subscribers import find_subscriber, leave
    from publish.forgetting import delete_letters_to

    erased = 0
    if house.mail_db.exists():
        with closing(open_mail_db(house.mail_db)) as mail:
            if subscriber := find_subscriber(mail, email):
                leave(mail, subscriber.id, datetime.now(UTC))
                erased += 1
            shrink(mail)
    erased += delete_letters_to(house.outbox, email)
    with closing(open_db(house.pantau_db)) as db:
        with transaction(db):
            erased += db.execute("delete from reader_hints where email = ? collate nocase", [email]).rowcount
        shrink(db)
    return erased


def finish(house: House) -> str:
    """Do all that is still to be done of what was asked; killed anywhere, `pantau forget` alone goes on."""
    from db.connect import open_db
    from db.forgetting import cover_rows, finish_removals, note_articles, open_removals, read_forgotten
    from publish.bake import has_full_text

    with closing(open_db(house.pantau_db)) as db:
        removals = open_removals(db)
        if not removals:
            return "nothing is still to be forgotten"
        forgotten = read_forgotten(db)
        clean_mail(house, db, forgotten)
        cover_archive(house, db, forgotten)
        covered = cover_rows(db, forgotten)
        deleted = delete_forgotten(house, db)
        note_articles(db, removals, len(covered) + deleted)
    extract_articles(house)
    publish_database(house, house.public_db.exists() and has_full_text(house.public_db))
    with closing(open_db(house.pantau_db)) as db:
        withdrawn = clean_published(house, db, forgotten)
        shrink(db)
        finish_removals(db, removals, datetime.now(UTC))
    for name in withdrawn:
        complain(f"withdrawn: {name}")
    return f"{len(covered)} articles covered, {deleted} deleted, {len(withdrawn)} kept releases withdrawn"


def tell_unfinished(house: House) -> None:
    """Say on stderr where something that was asked for was cut off, as long as it is."""
    from db.connect import open_db
    from db.forgetting import open_removals

    with closing(open_db(house.pantau_db)) as db:
        if removals := open_removals(db):
            complain(f"to be forgotten, and not all done yet: {len(removals)} requests; `pantau forget` goes on")


def cover_archive(house: House, db: Database, forgotten: Forgotten | None) -> None:
    """Write the pages that hold a name anew without it, and erase the records that do."""
    from crawler.archive import Archive, ArchiveError, erase_record, read_page_body, read_records
    from crawler.items import article_id
    from db.forgetting import cover_page, move_page, page_at

    if forgotten is None or not house.archive.exists():
        return
    with Archive(house.archive) as archive:
        try:
            # As a list of places: the archive is written to meanwhile.
            held = [
                (file, offset)
                for file, offset, page in progress(read_records(house.archive), "archive")
                if forgotten.cover_bytes(page.body, [article_id(page.url)]) != page.body
            ]
        except ArchiveError as error:
            raise click.ClickException(str(error)) from error
        for file, offset in held:
            body = read_page_body(house.archive, file, offset)
            # Nobody refers to what a killed crawl wrote and did not note, nor to what was moved before a kill.
            if (page := page_at(db, file, offset, body)) is not None:
                move_page(db, file, offset, archive.write(cover_page(forgotten, page)))
            erase_record(house.archive, file, offset)


def delete_forgotten(house: House, db: Database) -> int:
    """Erase the pages of forgotten articles in the archive, then delete their rows; how many articles."""
    from crawler.archive import ArchiveError, erase_record
    from db.forgetting import delete_removed, removed_places

    for file, offset in removed_places(db):
        try:
            erase_record(house.archive, file, offset)
        except ArchiveError as error:
            raise click.ClickException(f"{error}; nothing of it was deleted yet") from error
    return delete_removed(db)


def clean_mail(house: House, db: Database, forgotten: Forgotten | None) -> None:
    """Take it out of the letters that are kept."""
    from db.mailing.connect import open_mail_db
    from publish.forgetting import LettersWaitError, cover_letters

    if not house.mail_db.exists():
        return
    with closing(open_mail_db(house.mail_db)) as mail:
        try:
            cover_letters(mail, read_wanted(db, forgotten))
        except LettersWaitError as error:
            raise click.ClickException(str(error)) from error
        shrink(mail)


def clean_published(house: House, db: Database, forgotten: Forgotten | None) -> list[str]:
    """Take it out of what was published before; the releases that were withdrawn."""
    from publish.forgetting import delete_exports, delete_from_outbox, withdraw_releases

    wanted = read_wanted(db, forgotten)
    delete_from_outbox(house.outbox, wanted)
    delete_exports(house.data, wanted)
    delete_parts(house.data / "backfill", wanted)
    return withdraw_releases(house.data, wanted)


def read_wanted(db: Database, forgotten: Forgotten | None) -> Wanted:
    from db.forgetting import forgotten_articles
    from publish.forgetting import Wanted

    return Wanted(forgotten, frozenset(forgotten_articles(db)))


def shrink(db: Database) -> None:
    """Write the file anew, so that nothing of what was deleted is left in its free pages or its log."""
    db.execute("vacuum")
    is_read, *_ = db.execute("pragma wal_checkpoint(truncate)").fetchone()
    if is_read:
        raise click.ClickException("another program reads the database, whose log keeps what was deleted: say it again")
