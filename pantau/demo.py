"""`pantau demo`: everything on an invented web, with invented readers."""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from pantau.crawling import choose_sources
from pantau.house import ROOT, House, alone
from pantau.running import print_steps, run_all

if TYPE_CHECKING:
    from db.connect import Database


@click.command()
@click.option("--serve/--no-serve", "is_served", default=True, help="Open the site at the end.")
@click.option("--port", default=8001, show_default=True, help="Port of the site.")
@click.pass_obj
def demo(house: House, is_served: bool, port: int) -> None:
    """Run everything on a small invented web that this command starts on loopback."""
    from crawler.sampleweb.server import PORTS, running_sampleweb
    from publish import serve as site

    # Invented articles never mix with real ones: the demo has a database of its own.
    house = House(house.data / "demo", ROOT / "crawler" / "sampleweb" / "sources", house.outbox)
    address = f"http://127.0.0.1:{port}"
    try:
        if is_served:
            site.check_port("127.0.0.1", port)  # before the work, not after it
        with running_sampleweb(PORTS):
            with alone(house, "demo"):
                print_steps(run_all(house, choose_sources(house), None, address))
                click.echo(f"letters  {write_letters(house, address)}")
            click.echo(f"\nLetters: {house.outbox}/index.html    Site: {address}/")
            if is_served:
                with site.listening("127.0.0.1", port) as listener:
                    site.serve(house.public_db, listener, worker="pantau.site_worker")
    except OSError as error:  # a port is taken
        raise click.ClickException(str(error)) from error


def write_letters(house: House, site: str) -> str:
    """Write the letters of two readers on the newest week into the outbox; says how many were written.

    They are composed as if it were the Monday after that week. Said again, it writes nothing.
    """
    from db.mailing.connect import open_mail_db
    from publish.digest import WIB, latest_week
    from publish.mail.composing import compose_due
    from publish.mail.sending import send_due
    from publish.mail.settings import load_settings

    monday = datetime.combine(latest_week(house.public_db), time(8), WIB)
    now = monday + timedelta(weeks=1)
    with closing(open_mail_db(house.mail_db)) as db:
        add_readers(db, monday)
        compose_due(db, house.public_db, site, now)
        settings = load_settings(house.data / "mail.yml", site)
        lock = house.data / "mail.lock"
        report = send_due(db, settings, now, site_url=site, outbox=house.outbox, lock=lock)
    return f"{report.sent} written to two invented readers"


def add_readers(db: Database, now: datetime) -> None:
    """A communications officer who follows her daerah, and a researcher who follows a stage and asks for a table."""
    from db.mailing.subscribers import Choice, SubscriberError, ask

    own = [Choice("regency", "12.03")]
    asked = [Choice("stage", "penghargaan"), Choice("query", "pejabat_daerah", {"kode": "12.03"})]
    with suppress(SubscriberError):  # who has left, by the link of her letter, is left alone
        ask(
            db, "rahmi.sari@diskominfo.example", [(choice, "weekly") for choice in own],
            name="Rahmi Sari", origin="operator", now=now, is_confirmed=True,
        )  # fmt: skip
    with suppress(SubscriberError):
        ask(
            db, "yohanes.tandi@kampus.example", [(choice, "weekly") for choice in asked],
            name="Yohanes Tandi", lang="en", zone="WITA", origin="operator", now=now, is_confirmed=True,
        )  # fmt: skip
