"""The letter: `pantau digest`."""

from __future__ import annotations

from datetime import date

import click

from pantau.house import SITE_OPTION, House, opened
from pantau.publishing import publish_database


@click.command()
@click.option("--week", metavar="YYYY-Www", help="ISO week of the letter. Default: the week of the newest article.")
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Language.")
@SITE_OPTION
@click.option("--print", "is_printed", is_flag=True, help="Print the letter as text.")
@click.pass_obj
def digest(house: House, week: str | None, lang: str, site: str, is_printed: bool) -> None:
    """Write the weekly letter into the outbox."""
    text, said = write_digest(house, week, lang, site)
    click.echo(text if is_printed else said)


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


def parse_week(text: str) -> date:
    """Monday of an ISO week.

    >>> parse_week("2023-W45")
    datetime.date(2023, 11, 6)
    """
    try:
        return date.fromisoformat(f"{text}-1")
    except ValueError:
        raise ValueError(f"no ISO week: {text!r}; one reads 2023-W45") from None
