"""The message that a reader gets: its headers, its levels, its signature."""

from __future__ import annotations

import base64
import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from duemail import NOW, SITE, add_letter, add_reader, read
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from db.mailing.ledger import read_letter
from db.mailing.subscribers import read_subscriber
from publish.letters.letter import COPY_URL, PREFERENCES_URL, READER_NAME, UNSUBSCRIBE_URL
from publish.mail.message import MessageError, build_message, format_mailbox, format_text, sign_message
from publish.mail.settings import MailSettings
from publish.mail.tokens import urls_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"


@pytest.fixture(scope="module")
def key() -> bytes:
    return rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture
def db() -> Iterator[Database]:
    with closing(open_mail_db(":memory:")) as db:
        yield db


def settings(**more: Any) -> MailSettings:
    return MailSettings.model_validate({"from": {"address": "surat@pantau.contoh.example"}} | more)


def build(
    db: Database,
    *,
    issue: str = "2026-W47",
    name: str | None = "Ni Luh Sari",
    sent_by: MailSettings | None = None,
    site: str = SITE,
    **letter: Any,
) -> bytes:
    kept = read_letter(db, add_letter(db, issue, **letter))
    assert kept
    delivery = add_reader(db, "sari@tabanan.example", kept.id, issue, name=name)
    reader = read_subscriber(db, 1)
    assert reader
    urls = urls_of(db, site, 1, issue, NOW)
    return build_message(kept, delivery, reader, sent_by or settings(), urls)


def parse(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert not message.defects
    assert not any(part.defects for part in message.walk())
    return message


def outline(message: EmailMessage) -> Any:
    """The type, and of a multipart what is in it."""
    kind = message.get_content_type()
    return {kind: [outline(part) for part in message.iter_parts()]} if message.is_multipart() else kind


# Levels


@pytest.mark.parametrize(
    ("images", "calendar", "levels"),
    [
        ({}, None, {"multipart/alternative": ["text/plain", "text/html"]}),
        (
            {"minggu": PNG},
            None,
            {"multipart/alternative": ["text/plain", {"multipart/related": ["text/html", "image/png"]}]},
        ),
        (
            {},
            ICS,
            {"multipart/mixed": [{"multipart/alternative": ["text/plain", "text/html"]}, "text/calendar"]},
        ),
        (
            {"minggu": PNG, "daerah": PNG},
            ICS,
            {
                "multipart/mixed": [
                    {
                        "multipart/alternative": [
                            "text/plain",
                            {"multipart/related": ["text/html", "image/png", "image/png"]},
                        ]
                    },
                    "text/calendar",
                ]
            },
        ),
    ],
)
def test_a_message_has_the_levels_that_it_needs(
    db: Database, images: dict[str, bytes], calendar: bytes | None, levels: Any
) -> None:
    shown = "".join(f'<img alt="" src="cid:{name}">' for name in images)
    message = parse(build(db, images=images, calendar=calendar, html=shown or "<p>Halo</p>"))
    assert outline(message) == levels
    html = message.get_body(("html",))
    assert html
    named = set(re.findall(r'src="cid:([^"]+)"', html.get_content()))
    assert named == {part["Content-ID"].strip("<>") for part in message.walk() if "Content-ID" in part}
    assert named == {f"{name}@pantau.contoh.example" for name in images}
    for part in message.walk():
        if part.get_content_type() == "image/png":
            assert part.get_content() == PNG
            assert part.get_filename().removesuffix(".png") in images
            assert part.get_content_disposition() == "inline"
        if part.get_content_type() == "text/calendar":
            assert part.get_payload(decode=True) == ICS
            assert part.get_filename() == "pantau-2026-W47.ics"
            assert part.get_content_disposition() == "attachment"
            assert part.get_param("method") == "PUBLISH"


def test_what_is_the_readers_own_stands_in_both_texts(db: Database) -> None:
    marks = f"{READER_NAME} | {UNSUBSCRIBE_URL} | {PREFERENCES_URL} | {COPY_URL}"
    message = parse(build(db, html=f"<p>{marks}</p>", text=marks, name="Sari & Dewi <S.T.>"))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain
    assert html
    assert "Sari & Dewi <S.T.> | https://pantau.contoh.example/langganan/berhenti/" in plain.get_content()
    assert "Sari &amp; Dewi &lt;S.T.&gt; | https://pantau.contoh.example/langganan/berhenti/" in html.get_content()
    assert not re.search("[\ue000-\uf8ff]", plain.get_content() + html.get_content())


# Headers


def test_the_headers_of_a_letter(db: Database) -> None:
    sent_by = settings(reply_to="redaksi@pantau.contoh.example", unsubscribe_address="berhenti@pantau.contoh.example")
    message = parse(build(db, sent_by=sent_by))
    address = urls_of(db, SITE, 1, "2026-W47", NOW)[UNSUBSCRIBE_URL]
    assert message["From"] == "Pantau Kota Cerdas <surat@pantau.contoh.example>"
    assert message["To"] == "Ni Luh Sari <sari@tabanan.example>"
    assert message["Reply-To"] == "redaksi@pantau.contoh.example"
    assert datetime.fromisoformat(read(db, 1).due_at) == NOW == message["Date"].datetime
    assert message["Message-ID"] == read(db, 1).message_id
    assert message["List-Id"] == '"Pantau Kota Cerdas" <surat.pantau.contoh.example>'
    assert message["List-Unsubscribe"] == f"<{address}>, <mailto:berhenti@pantau.contoh.example?subject=berhenti>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Archived-At"] == f"<{urls_of(db, SITE, 1, '2026-W47', NOW)[COPY_URL]}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "id"


def test_a_long_address_for_leaving_is_one_plain_line(db: Database) -> None:
    site = "https://pantau.contoh.example/" + "a" * 200
    raw = build(db, site=site)
    (line,) = [line for line in raw.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
    assert line.startswith(f"List-Unsubscribe: <{site}/langganan/berhenti/".encode())
    assert line.endswith(b">")


def test_who_is_asked_whether_she_wants_letters_is_on_no_list(db: Database) -> None:
    message = parse(build(db, issue="konfirmasi-1"))
    assert not [name for name in message if name.startswith(("List-", "Precedence", "Archived"))]


def test_an_answer_goes_to_the_sender_where_no_other_address_is_given(db: Database) -> None:
    assert "Reply-To" not in parse(build(db))


@pytest.mark.parametrize(
    "subject",
    [
        "Pantau Kota Cerdas 3-9 Mei: 12 peristiwa",
        "Pantau Kota Cerdas 3–9 Mei: “bimtek” di Pekanbaru",
        "Sleman =?utf-8?q?ikut?= bimtek",
        "مدينة ذكية في جاكرتا",
        "Kabupaten " * 100 + "akhir",
        "Kota – " * 200 + "akhir",
        "🏙" * 90,
    ],
)
def test_a_subject_is_read_as_it_was_written(db: Database, subject: str) -> None:
    raw = build(db, subject=subject)
    assert parse(raw)["Subject"] == subject.strip()
    head = raw.split(b"\r\n\r\n", 1)[0]
    for line in head.split(b"\r\n"):
        if b"=?utf-8?" in line:
            assert len(line) <= 76, "RFC 2047, 2"


NASTY = [
    "Sleman\r\nBcc: korban@lain.example",
    "Sleman\nBcc: korban@lain.example",
    "Sleman\rBcc: korban@lain.example",
    "Sleman\u2028Bcc: korban@lain.example",
    "Sleman\x85Bcc: korban@lain.example",
    "Sleman\x0b\x0cBcc: korban@lain.example\r\n\r\n<script>",
    "Sleman\r\n\tBcc: korban@lain.example",
    "Sleman – \r\nBcc: korban@lain.example",
    "Sleman\x00\r\n",
]


@pytest.mark.parametrize("text", NASTY)
def test_nothing_in_a_subject_starts_another_header(db: Database, text: str) -> None:
    message = parse(build(db, subject=text))
    assert "Bcc" not in message
    assert message["Subject"].startswith("Sleman")
    assert set(message.keys()) == set(parse(build(db, issue="2026-W46")).keys())


@pytest.mark.parametrize("text", [*NASTY, '"Sari" <korban@lain.example>, ', "Sari, korban@lain.example", "Sari\\"])
def test_nothing_in_a_name_adds_a_recipient(db: Database, text: str) -> None:
    build(db)
    db.execute("update subscribers set name = ?", [text])
    reader, kept = read_subscriber(db, 1), read_letter(db, 1)
    assert reader
    assert kept
    raw = build_message(kept, read(db, 1), reader, settings(), urls_of(db, SITE, 1, "2026-W47", NOW))
    message = parse(raw)
    assert [address.addr_spec for address in message["To"].addresses] == ["sari@tabanan.example"]
    assert "Bcc" not in message
    assert message.get_all("To") == [message["To"]]


@given(st.text(), st.text())
def test_whatever_is_written_stays_in_its_header(subject: str, name: str) -> None:
    raw = f"Subject: {format_text('Subject', subject)}\r\nTo: {format_mailbox(name, 'a@b.example')}\r\n\r\nbody"
    assert raw.isascii()
    message = email.message_from_string(raw, policy=email.policy.default)
    assert message.keys() == ["Subject", "To"]
    assert message.get_payload() == "body"
    assert all(len(line) <= 200 + len("Subject: ") for line in format_text("Subject", subject).split("\r\n"))


@pytest.mark.parametrize(
    "address",
    [
        "sari@tabanan.example\r\nBcc: a@b.example",
        "sari@tabanan.example> SIZE=1",
        "sari tabanan@contoh.example",
        "sari@tabanan.example,a@b.example",
        "sari@örtchen.example",
        "<sari@tabanan.example>",
        "",
    ],
)
def test_what_is_no_address_stands_in_no_message(address: str) -> None:
    with pytest.raises(MessageError, match="not an address"):
        format_mailbox("Sari", address)


def test_an_address_of_a_page_with_a_line_break_stands_in_no_message(db: Database) -> None:
    with pytest.raises(MessageError):
        build(db, site="https://pantau.contoh.example/\r\nBcc: a@b.example\r\n")


# Lines


@pytest.mark.parametrize(
    "text",
    [
        "x" * 998,
        "x" * 999,
        "kata " * 5000,
        "مدينة ذكية " * 400,
        "\u202bשלום\u202c " * 300,
        "=" * 3000,
        ".\n..\n.titik\n",
        "From sini\nFrom sana\n",
        "spasi di ujung   \ntab\t\n",
        "tanpa akhir baris",
        "\n\n\nkosong\n\n",
        "lone\rcr\r\ncrlf\nlf",
        "\x00\x07\x1b[2J",
    ],
)
def test_texts_of_any_length_and_script_arrive_in_short_ascii_lines(db: Database, text: str) -> None:
    raw = build(db, html=f"<p>{text}</p>", text=text, images={"minggu": PNG}, calendar=ICS)
    assert raw.isascii()
    assert b"\x00" not in raw
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    head, body = raw.split(b"\r\n\r\n", 1)
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, body.split(b"\r\n"))) <= 100
    message = parse(raw)
    plain = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert plain
    assert html
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert plain.get_content().rstrip("\n").replace("\r\n", "\n") == expected.rstrip("\n")
    assert html.get_content().rstrip("\n").replace("\r\n", "\n") == f"<p>{expected}</p>"


def test_the_same_delivery_gives_the_same_bytes(db: Database) -> None:
    more = {"images": {"minggu": PNG}, "calendar": ICS}
    assert build(db, **more) == build(db, **more)


def test_no_text_can_look_like_the_end_of_a_part(db: Database) -> None:
    raw = build(db)
    boundary = parse(raw).get_boundary()
    message = parse(build(db, issue="2026-W47", selection="lain", text=f"awal\n--{boundary}\n--{boundary}--\nakhir"))
    assert outline(message) == {"multipart/alternative": ["text/plain", "text/html"]}
    plain = message.get_body(("plain",))
    assert plain
    assert "akhir" in plain.get_content()


# The signature


def signed(db: Database, key: bytes, **more: Any) -> tuple[bytes, Any]:
    """A signed message, and what answers for the DNS."""
    sent_by = settings(dkim={"domain": "contoh.example", "selector": "s2026"}, dkim_key=key)
    public = serialization.load_pem_private_key(key, None).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)

    def lookup(name: bytes, timeout: float = 5) -> bytes | None:
        return record if name == b"s2026._domainkey.contoh.example." else None

    return sign_message(build(db, sent_by=sent_by, **more), sent_by), lookup


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"subject": "Pantau 3–9 Mei " * 10, "name": "Ñi Luh Šari " * 5, "text": "x" * 3000},
        {"images": {"minggu": PNG}, "calendar": ICS},
        {"issue": "konfirmasi-1"},
    ],
)
def test_a_signed_letter_is_proved_by_the_key_in_the_dns(db: Database, key: bytes, more: dict[str, Any]) -> None:
    raw, lookup = signed(db, key, **more)
    assert raw.startswith(b"DKIM-Signature: ")
    assert dkim.verify(raw, dnsfunc=lookup)
    # A relay folds a header anew, and leaves out spaces at the ends of lines.
    assert dkim.verify(raw.replace(b"\r\nTo: ", b"\r\nTo:  "), dnsfunc=lookup)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\r\nSubject: ", b"\r\nSubject: Re: "),
        (b"\r\nSubject: ", b"\r\nSubject: Lain\r\nSubject: "),
        (b"\r\nFrom: ", b"\r\nFrom: lain@lain.example\r\nFrom: "),
        (b"\r\nMIME-Version: ", b"\r\nReply-To: lain@lain.example\r\nMIME-Version: "),
        (b"\r\nList-Unsubscribe: <https://pantau", b"\r\nList-Unsubscribe: <https://lain"),
        (b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", b""),
        (b"berhenti/", b"lain/"),
        (b"\r\nDate: ", b"\r\nDate: Mon, 01 Jan 2024 00:00:00 +0000\r\nDate: "),
    ],
)
def test_a_letter_that_was_changed_on_its_way_is_not_proved(
    db: Database, key: bytes, before: bytes, after: bytes
) -> None:
    raw, lookup = signed(db, key)
    changed = raw.replace(before, after)
    assert changed != raw
    assert not dkim.verify(changed, dnsfunc=lookup)


def test_without_a_key_nothing_is_signed(db: Database) -> None:
    raw = build(db)
    assert sign_message(raw, settings()) is raw


def test_a_picture_has_a_name_that_can_be_pointed_to(db: Database) -> None:
    with pytest.raises(MessageError, match="not a name of a picture"):
        build(db, images={"minggu>\r\nBcc: a@b.example": PNG})
