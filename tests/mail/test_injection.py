"""What outlets and readers write is text, from the database to the message."""

from __future__ import annotations

import email
import email.policy
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import icalendar
import pytest
from build import build_example_db
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from db.mailing.ledger import add_delivery, due_deliveries, read_delivery, read_letter, save_letter
from db.mailing.subscribers import Choice, SubscriberError, ask, find_subscriber, read_subscriber
from publish.letters.letter import COPY_URL, PREFERENCES_URL, UNSUBSCRIBE_URL
from publish.mail.addresses import AddressError, clean_name, parse_address
from publish.mail.composing import compose_due
from publish.mail.message import build_message
from publish.mail.settings import MailSettings
from publish.mail.tokens import message_id_for, urls_of

SITE = "https://pantau.example"
JOINED = datetime.fromisoformat("2024-11-20T10:00:00+07:00")
MONDAY = datetime.fromisoformat("2024-11-25T06:00:00+07:00")
SETTINGS = MailSettings.model_validate({"from": {"address": "surat@pantau.example"}})
HOSTILE = [
    "Bimtek\r\nBcc: korban@judi.example",
    "Bimtek\nBcc: korban@judi.example\n\n<h1>Menang</h1>",
    "Bimtek\u2028Bcc: korban@judi.example\u0085X-Judi: ya",
    "=?utf-8?q?Bimtek=0D=0ABcc=3A_korban=40judi=2Eexample?=",
    f"Bimtek {UNSUBSCRIBE_URL} {PREFERENCES_URL} {COPY_URL} judi",
    "<script>alert(1)</script><img src=https://judi.example/x.png>",
    "Bimtek\u202eretsaM\u202c {{ site_url }} {% raw %} %s {0}",
    "عربي " + "Bimtek" * 400,
    "\r\n.\r\nMAIL FROM:<korban@judi.example>\r\n",
    "Bimtek\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:judi",
    "--=_judi\r\nContent-Type: text/html\r\n\r\n<b>judi</b>",
    "\0\x1b[31mBimtek\x07",
]
UNSEEN = re.compile("[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029\u202a-\u202e\ue000-\uf8ff]")
"""What may stand nowhere: control characters, turns of the direction, our marks; in a header no line ends either."""
SOMETHING = st.one_of(st.text(max_size=120), st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE)).map("".join))


def parse(raw: bytes) -> EmailMessage:
    assert re.search(rb"[^\r]\n|\r[^\n]", raw) is None
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert not message.defects
    return message


def is_clean(message: EmailMessage, address: str) -> None:
    """It has the headers of an innocent letter, no other ones, goes to one reader, and every value is one line."""
    assert message.keys() == innocent_headers()
    assert [one.addr_spec for one in message["To"].addresses] == [address]
    assert [one.addr_spec for one in message["From"].addresses] == ["surat@pantau.example"]
    assert UNSEEN.search(message["Subject"]) is None
    assert {part.get_content_type() for part in message.walk()} <= {
        "multipart/mixed", "multipart/alternative", "multipart/related", "text/plain", "text/html", "text/calendar",
        "image/png",
    }  # fmt: skip


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(open_mail_db(":memory:")) as db:
        yield db


# What outlets write

COLUMNS = {
    "articles": ("title", "lead", "outlet_name"),
    "sources": ("outlet_name",),
    "events": ("venue", "evidence"),
    "stage_reports": ("venue", "evidence"),
    "quotes": ("text", "speaker_name", "evidence"),
    "officials": ("name", "position", "organization"),
    "people": ("name",),
    "evidence": ("text",),
}
"""Texts of others in public.db."""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = build_example_db(tmp_path_factory.mktemp("injection"))[1]
    with closing(sqlite3.connect(path)) as db:
        for table, columns in COLUMNS.items():
            key = "rowid" if table in ("articles", "sources", "events") else None
            rows = db.execute(f"select {key or '*'} from {table}").fetchall()
            names = [name for _, name, *_ in db.execute(f"pragma table_info({table})")]
            keys = ["rowid"] if key else [name for _, name, *_, pk in db.execute(f"pragma table_info({table})") if pk]
            for number, row in enumerate(rows):
                values = row if key else [row[names.index(name)] for name in keys]
                for at, column in enumerate(columns):
                    db.execute(
                        f"update {table} set {column} = ? where {' and '.join(f'{name} = ?' for name in keys)}",
                        [HOSTILE[(number + at) % len(HOSTILE)], *values],
                    )
        db.commit()
    return path


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(
    "choices",
    [
        [Choice("all")],
        [Choice("regency", "62.02"), Choice("outlet", "suara_mentaya"), Choice("search", "q=bimtek")],
        [Choice("sql", "select title, url, outlet_name from articles"), Choice("query", "cari_artikel", {"q": ""})],
    ],
    ids=["all", "scopes", "tables"],
)
def test_whatever_outlets_write_a_letter_goes_to_its_reader_alone_and_says_it_as_text(
    db: Database, public: Path, choices: list[Choice], lang: str
) -> None:
    ask(
        db,
        "sari@tabanan.example",
        [(choice, "weekly") for choice in choices],
        lang=lang,
        origin="operator",
        now=JOINED,
        is_confirmed=True,
    )
    assert compose_due(db, public, SITE, MONDAY)["deliveries"] == 1
    (delivery,) = due_deliveries(db, MONDAY)
    letter, reader = read_letter(db, delivery.letter_id), read_subscriber(db, 1)
    urls = urls_of(db, SITE, 1, delivery.issue, MONDAY)
    message = parse(build_message(letter, delivery, reader, SETTINGS, urls))
    is_clean(message, "sari@tabanan.example")
    html = message.get_body(["html"]).get_content()
    text = message.get_body(["plain"]).get_content()
    assert "judi" in html
    assert "judi" in text
    # Tags of others are text, and so are marks; nothing turns the direction of what follows.
    assert re.search(r"<script|<img[^>]*judi|<h1>Menang|<b>judi", html) is None
    for body in (html, text):
        assert UNSEEN.search(body.replace("\r\n", "\n")) is None
        # Ours, around texts that may run from right to left.
        assert body.count("\u2068") == body.count("\u2069")
        assert re.search(r"/(?:berhenti|atur|saya)/\S+\s+(?:https:|judi)", body) is None
        assert re.search(r"(?m)^(?:Bcc|X-Judi|MAIL FROM|END:VEVENT|\.\r?$)", body) is None
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            calendar = icalendar.Calendar.from_ical(part.get_content())
            assert all(str(event.get("summary")) != "judi" for event in calendar.walk("VEVENT"))


# What readers write


@cache
def innocent_headers() -> list[str]:
    with closing(open_mail_db(":memory:")) as db:
        return message_to(db, "sari@tabanan.example", "Sari", "Bimtek II di Tabanan").keys()


def message_to(db: Database, address: str, name: str, subject: str) -> EmailMessage:
    with suppress(SubscriberError):  # the third time that an address is asked on a day
        ask(db, address, [(Choice("all"), "weekly")], name=clean_name(name), origin="form", now=JOINED)
    reader = find_subscriber(db, address)
    issue = f"konfirmasi-{db.execute('select count(*) from deliveries').fetchone()[0]}"
    kept = save_letter(db, issue=issue, selection="", lang="id", subject=subject, html="", text="", now=MONDAY)
    add_delivery(db, reader.id, issue, kept, message_id_for(db, reader.id, issue, "pantau.example"), MONDAY)
    delivery = replace(read_delivery(db, reader.id, issue), issue="2024-W47")
    urls = urls_of(db, SITE, reader.id, "2024-W47", MONDAY)
    reader = replace(reader, name=clean_name(name))
    return parse(build_message(read_letter(db, kept), delivery, reader, SETTINGS, urls))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=SOMETHING, local=SOMETHING, subject=SOMETHING)
@example(name="Sari\r\nBcc: x@judi.example", local="sari@tabanan.example\r\nBcc: x", subject="Surat\r\nBcc: x")
@example(name="Sari <x@judi.example>, Dewi", local="sari,dewi", subject="")
@example(name='Sari" <x@judi.example>, "', local="sari", subject="=?utf-8?b?QmNjOiB4?=")
def test_no_name_address_or_title_gives_a_message_a_header_or_a_recipient_more(
    db: Database, name: str, local: str, subject: str
) -> None:
    try:
        address = parse_address(f"{local}@tabanan.example")
    except AddressError:
        address = parse_address("sari@tabanan.example")
    is_clean(message_to(db, address, name, subject), address)


def test_an_innocent_letter_has_one_reader() -> None:
    headers = innocent_headers()
    assert sorted(set(headers)) == sorted(headers)
    assert not {"Bcc", "Cc", "Resent-To"} & set(headers)
    assert {"From", "To", "Subject", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"} <= set(headers)
