"""Every column filled with what would run: every kind of page, letter, feed, calendar and file shows it as text."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import icalendar
import pyarrow.parquet as pq
import pytest
from browsing import running_site
from canaries import Filled, canaries, fill
from closed import MAIL, PRIVATE, PUBLIC
from lxml import etree
from playwright.sync_api import Page
from reliability import Part, publish_part
from reviewdesk import PASSWORD, RAHMI, build_desk, open_accounts
from walking import Found, look, open_walker, show, walk

from db.connect import open_read_only
from db.mailing.connect import open_mail_db
from db.mailing.subscribers import Choice, ask
from publish.export import Asked, export_files
from publish.mail.composing import compose_due
from publish.mail.outbox import write_index
from publish.mail.sending import send_due
from publish.mail.settings import MailSettings
from publish.mail.tokens import sign, sign_confirmation
from publish.site.reviewing.queue import ALL_KINDS
from publish.theirs import NUMBER, original_cell

JOINED = datetime.fromisoformat("2024-11-20T10:00:00+07:00")
MONDAY = datetime.fromisoformat("2024-11-25T06:00:00+07:00")
RUN = re.compile(r"(?:^|[;\r\n])[ \t]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]")
"""What a spreadsheet runs."""
HEADERS = re.compile(r"(?m)^(?:Bcc|X-Judi|SUMMARY:canary|END:VEVENT\r?\nBEGIN:VEVENT\r?\nSUMMARY:canary)")

TABLES = "select name from sqlite_master where type = 'table' and sql like '%strict%'"


@dataclass
class World:
    """A data folder whose databases are full of canaries, the site over it, and what was found there."""

    folder: Path
    filled: Filled
    site: str
    found: dict[str, Found] = field(default_factory=dict)

    @property
    def public(self) -> Path:
        return self.folder / "public.db"

    def of(self, kind: str) -> Found:
        """What was found in pages, letters, feeds and so on."""
        return self.found.setdefault(kind, Found())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("kanari")
    pantau, public = build_desk(folder)
    with closing(sqlite3.connect(public)) as db, db:
        # No source of the example has an exception: its list is JSON, its day one that a date was read from.
        db.execute("update source_visits set exception_paths = '[\"/siaran/\"]', exception_since = '2024-11-01'")
    filled = fill(public, PUBLIC)
    with closing(sqlite3.connect(public)) as db, db:
        venue = canaries("event_conflicts.value", is_address=False)[0]
        db.execute("update event_conflicts set value = ? where field = 'venue'", [venue])
    open_accounts(pantau)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANTAU_DATA", str(folder))
        patch.setenv("DATASETTE_SECRET", "rahasia")
        with running_site(public) as site:
            yield World(folder, filled, site)


def starts(world: World) -> list[str]:
    """Where walks begin: the first page, the tables, and pages that nothing leads to without asking."""
    with closing(sqlite3.connect(world.public)) as db:
        tables = [f"/public/{name}" for (name,) in db.execute(TABLES)]
        (regency,) = db.execute("select regency_code from events where regency_code is not null limit 1").fetchone()
    asked = [
        "/public?sql=select+title+from+articles",
        "/cari?q=canary",
        "/cari?q=%22%3E%3Cscript%3Ecanary",
        f"/daerah/{regency}",
    ]
    return ["/", *asked, *tables]


def test_no_page_of_the_site_runs_or_follows_what_strangers_wrote(world: World) -> None:
    """Without the Content-Security-Policy, which would hide what escaping lets through; the desk signed in, too."""
    found = world.of("pages")
    with open_walker(found, world.site, is_bypassing=True) as page:
        sign_in(page, world.site)
        walk(page, found, world.site, [*starts(world), "/tinjauan"], 1)
    assert (found.ran, found.wrong) == ([], [])
    assert found.pages.total() > 100


def test_with_its_policy_no_page_even_tries(world: World) -> None:
    """Whatever the policy had to refuse would be a stranger's markup, or of a page of ours that does not work so."""
    if "pages" not in world.found:
        pytest.skip("the walk without the policy finds the pages")
    found = world.of("pages with the policy")
    with open_walker(found, world.site, is_bypassing=False) as page:
        sign_in(page, world.site)
        for path in world.of("pages").places:
            page.goto(world.site + path)
            look(page, found, path)
            found.pages[path] += 1
    assert (found.ran, found.wrong) == ([], [])


def test_the_desk_shows_what_the_private_database_holds_as_text(world: World) -> None:
    """Filled only now: the pages of before are of public.db alone."""
    found = world.of("desk")
    fill(world.folder / "pantau.db", PRIVATE)
    with open_walker(found, world.site, is_bypassing=True) as page:
        sign_in(page, world.site)
        for kind in ALL_KINDS:
            page.goto(f"{world.site}/tinjauan?jenis={kind}")
            look(page, found, f"/tinjauan?jenis={kind}")
        walk(page, found, world.site, ["/tinjauan", "/tinjauan/riwayat"], 4, lambda path: path.startswith("/tinjauan"))
    assert (found.ran, found.wrong) == ([], [])
    assert set(found.seen) >= {
        "articles.title", "articles.text", "evidence.text", "corrections.reason", "corrections.decided_by",
        "reader_hints.wrong", "reader_hints.instead", "reader_hints.email", "mentions.value", "sources.outlet_name",
        "quotes.text", "quotes.speaker_name", "officials.name", "officials.position", "figures.about",
    }  # fmt: skip


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/masuk")
    page.fill("form.sign-in [name=nama]", RAHMI)
    page.fill("form.sign-in [name=sandi]", PASSWORD)
    page.click("form.sign-in button")
    assert "/masuk" not in page.url


FEEDS = ("/peristiwa", "/daerah/{regency}", "/pejabat/{person}", "/tahapan/{stage}", "/cari")


def test_feeds_and_calendars_say_it_as_text(world: World) -> None:
    found = world.of("feeds")
    keys = {
        "regency": "select regency_code from events where regency_code is not null limit 1",
        "person": "select person_id from officials where person_id is not null limit 1",
        "stage": "select stage_code from events limit 1",
    }
    with closing(sqlite3.connect(world.public)) as db:
        named = {name: db.execute(sql).fetchone()[0] for name, sql in keys.items()}
    with httpx.Client(base_url=world.site, timeout=60) as client, open_walker(found, world.site, True) as page:
        for path in FEEDS:
            address = path.format(**named)
            more = "?q=canary" if path == "/cari" else ""
            feed = client.get(f"{address}.atom{more}")
            assert feed.headers["content-type"].startswith("application/atom+xml")
            entries = etree.fromstring(feed.content).findall("{*}entry")
            for entry in entries:
                found.read(entry.findtext("{*}title") or "", address)
                show(page, found, entry.findtext("{*}content") or "", f"{address}.atom")
                assert {link.get("href").partition(":")[0] for link in entry.findall("{*}link")} <= {"http", "https"}
            calendar = client.get(f"{address}.ics{more}")
            assert calendar.headers["content-type"].startswith("text/calendar")
            check_calendar(calendar.text, found, address)
            found.pages["feeds"] += 1
            found.pages["calendars"] += 1
    assert (found.ran, found.wrong) == ([], [])
    assert "events.venue" in found.seen


def check_calendar(text: str, found: Found, place: str) -> None:
    """Nobody's line end begins a line of ours."""
    assert HEADERS.search(text) is None, place
    calendar = icalendar.Calendar.from_ical(text)
    for event in calendar.walk("VEVENT"):
        assert set(event) <= {
            "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "STATUS", "CATEGORIES",
            "SEQUENCE", "TRANSP", "LAST-MODIFIED", "CREATED",
        }, place  # fmt: skip
        assert str(event["URL"]).startswith("http"), place
        found.read("".join(str(event.get(name, "")) for name in ("SUMMARY", "DESCRIPTION", "LOCATION")), place)


def test_letters_and_their_pages_say_it_as_text(world: World) -> None:
    found = world.of("letters")
    outbox = world.folder / "outbox"
    name = "Sari \"><script>canary('subscribers.name')</script>"
    with closing(open_mail_db(world.folder / "mail.db")) as db, closing(sqlite3.connect(world.public)) as public:
        (regency,) = public.execute("select regency_code from events where regency_code is not null limit 1").fetchone()
        columns = {
            "articles": "select title, url, outlet_name, lead from articles",
            "quotes": "select speaker_name, text from quotes",
        }
        for number, choices in enumerate(
            [
                [Choice("all")],
                [Choice("regency", regency), Choice("search", "q=<script>canary('subscriptions.value')</script>")],
                [Choice("sql", sql) for sql in columns.values()],
            ]
        ):
            for lang in ("id", "en"):
                asked, address = [(one, "weekly") for one in choices], f"sari{number}{lang}@tabanan.example"
                ask(db, address, asked, name=name, lang=lang, origin="operator", now=JOINED, is_confirmed=True)
        settings = MailSettings.model_validate({"from": {"address": "surat@pantau.example"}})
        assert compose_due(db, world.public, world.site, MONDAY)["deliveries"] == 6
        send_due(
            db, settings, MONDAY, site_url=world.site, outbox=outbox, lock=world.folder / "mail.lock",
            wait=lambda _: None, elapsed=lambda: 0.0,
        )  # fmt: skip
    write_index(outbox)
    with open_walker(found, world.site, True) as page:
        for path in sorted(outbox.rglob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert not {"Bcc", "X-Judi"} & set(message.keys())
            for part in message.walk():
                if part.get_content_type() == "text/html":
                    show(page, found, part.get_content(), path.name)
                    found.pages["letters"] += 1
                elif part.get_content_type() == "text/plain":
                    assert HEADERS.search(part.get_content()) is None
                    found.read(part.get_content(), path.name)
                elif part.get_content_type() == "text/calendar":
                    check_calendar(part.get_content(), found, path.name)
                    found.pages["calendars"] += 1
            for address in re.findall(rf"{world.site}/(?:surat/saya|langganan/atur)/[^\s\"<>]+", message.as_string())[
                :2
            ]:
                page.goto(address)
                look(page, found, "/surat/saya" if "saya" in address else "/langganan/atur")
                found.pages["pages of readers"] += 1
        for path in outbox.rglob("index.html"):
            page.goto(path.as_uri())
            look(page, found, "outbox")
            found.pages["outbox"] += 1
    assert (found.ran, found.wrong) == ([], [])
    assert found.pages["letters"] == 6
    assert {"articles.title", "articles.outlet_name", "quotes.text"} <= set(found.seen)


def test_a_reader_s_own_pages_show_what_the_database_of_mail_holds_as_text(world: World) -> None:
    found = world.of("pages of readers")
    now = datetime.now(UTC)
    search = Choice("search", "q=<script>canary('requests.choices')</script>")
    with closing(open_mail_db(world.folder / "mail.db")) as db:
        waiting = ask(db, "dewi@kota.example", [(search, "weekly")], name="Dewi", origin="form", now=now)
        paths = [f"/langganan/konfirmasi/{sign_confirmation(db, waiting.id, waiting.confirmations, now)}"]
        for reader, issue in db.execute("select subscriber_id, issue from deliveries order by 1, 2").fetchall():
            paths += [
                f"/langganan/atur/{sign(db, 'preferences', reader)}",
                f"/surat/saya/{sign(db, 'copy', reader, issue)}",
            ]
            paths += [f"/langganan/berhenti/{sign(db, 'unsubscribe', reader)}"]
    fill(world.folder / "mail.db", MAIL)
    for is_bypassing in (True, False):
        with open_walker(found, world.site, is_bypassing) as page:
            for path in paths:
                for lang in ("id", "en"):
                    answer = page.goto(f"{world.site}{path}?lang={lang}")
                    assert answer is not None
                    assert answer.status == 200, path
                    look(page, found, path.rpartition("/")[0])
                    found.pages["pages of readers"] += 1
    assert (found.ran, found.wrong) == ([], [])
    assert {"requests.choices", "subscriptions.value", "subscribers.name", "letters.subject"} <= set(found.seen)


def test_no_file_is_run_by_a_spreadsheet_and_every_file_says_what_the_data_says(world: World) -> None:
    found = world.of("exports")
    counts = export_files(world.public, Asked(), "csv", world.folder / "csv")
    for form in ("jsonl", "parquet"):
        export_files(world.public, Asked(["articles", "quotes"]), form, world.folder / form)
    found.pages["exports"] += len(counts) + 4
    with closing(open_read_only(world.public)) as db:
        for path in counts:
            with path.open(encoding="utf-8", newline="") as file:
                head, *rows = csv.reader(file)
            data = db.execute(
                f"select {', '.join(f'[{one}]' for one in head)} from {path.stem} "
                f"order by {', '.join(f'[{one}]' for one in db.table(path.stem).pks)}"
            ).fetchall()
            for written, wanted in zip(rows, data, strict=True):
                for cell, value in zip(written, wanted, strict=True):
                    if isinstance(value, str):
                        assert NUMBER.fullmatch(cell) or not RUN.search(cell), (path.name, cell)
                        assert original_cell(cell) == value
                        found.read(cell, path.name)
        titles = {title for (title,) in db.execute("select title from articles")}
    lines = (world.folder / "jsonl" / "articles.jsonl").read_text(encoding="utf-8").split("\n")
    assert {json.loads(line)["title"] for line in lines if line} == titles
    assert set(pq.read_table(world.folder / "parquet" / "articles.parquet")["title"].to_pylist()) == titles


def test_no_file_of_the_site_is_run_by_a_spreadsheet(world: World) -> None:
    found = world.of("downloads")
    paths = ["/peristiwa.csv", "/pejabat.csv", "/media.csv", "/daerah.csv", "/tahapan.csv"]
    with closing(sqlite3.connect(world.public)) as db:
        for (table,) in db.execute(TABLES).fetchall():
            paths.append(f"/public/{table}.csv")
    paths += ["/public/articles.csv?_stream=on&_size=max", "/public.csv?sql=select+title,lead+from+articles"]
    paths += ["/public/articles.copyable?_raw=1", "/public/articles.copyable?_raw=1&_table_format=unsafehtml"]
    with httpx.Client(base_url=world.site, timeout=60, follow_redirects=True) as client:
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "html" not in answer.headers["content-type"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            if "unsafehtml" in path:
                assert "<script" not in answer.text
                continue
            text = answer.text.removeprefix("\ufeff")
            for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "copyable" in path else ","):
                for one in row:
                    assert NUMBER.fullmatch(one) or not RUN.search(one), (path, one)
            found.read(text, path)
            found.pages["downloads"] += 1


NEVER_SHOWN: dict[str, str] = {}
"""Columns whose canary nothing shows, with the reason."""


def test_every_column_is_shown_somewhere_or_it_is_said_why_not(world: World) -> None:
    if "pages" not in world.found or "downloads" not in world.found:
        pytest.skip("the other tests of this file look first")
    # The desk shows columns of the same names of the private database.
    public = {kind: found.seen for kind, found in world.found.items() if kind != "desk"}
    on_pages = set().union(*(seen for kind, seen in public.items() if kind not in ("downloads", "exports")))
    anywhere = set().union(*public.values())
    assert sorted(set(world.filled.filled) - anywhere - set(NEVER_SHOWN)) == []
    tell(world, on_pages)


def tell(world: World, on_pages: set[str]) -> None:
    """The figures of docs/reliability.md."""
    kinds = sum((found.pages for found in world.found.values()), Counter())
    pages = world.found["pages"].pages
    own = ("feeds", "calendars", "letters", "pages of readers", "outbox", "exports", "downloads")
    ran = sum(len(found.ran) for found in world.found.values())
    filled = set(world.filled.filled)
    rows = [["pages of the site", str(pages.total()), str(len(filled & set(world.found["pages"].seen)))]]
    if desk := world.found.get("desk"):
        rows.append(["pages of the reviewers' desk", str(desk.pages.total()), f"{len(desk.seen)} of pantau.db"])
    rows += [[kind, str(kinds[kind]), ""] for kind in own if kind in kinds]
    publish_part(
        "canary",
        Part(
            command="pytest tests/hostile",
            headline={
                "columns filled with markup of others": str(len(filled)),
                "of them read as text on a page, in a letter or a feed": str(len(filled & on_pages)),
                "kinds of pages opened": str(len(pages)),
                "scripts of others that ran": str(ran),
            },
            columns=["what was opened", "how many", "columns read there as text"],
            rows=rows,
            note="Every text column of public.db that strangers' words may get into, in a real Chromium, without the "
            "site's Content-Security-Policy, and once more with it. A column that is on no page is in the exports and "
            "downloads. What pantau.db and mail.db hold is looked at on the desk and on readers' own pages.",
        ),
    )
