"""A reader's letter as a message (RFC 5322, MIME): the same delivery gives the same bytes."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, quote

import dkim

from db.mailing.ledger import CONFIRMATION, Delivery, KeptLetter
from db.mailing.subscribers import Subscriber
from publish.letters.cleaning import clean
from publish.letters.letter import COPY_URL, READER_NAME, UNSUBSCRIBE_URL, Letter, personalize
from publish.mail.addresses import clean_name
from publish.mail.settings import MailSettings

CRLF = "\r\n"
LONGEST_LINE = 998
"""Octets without the line end: RFC 5322, 2.1.1."""
SIGNED = (
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "Content-Language",
    "Auto-Submitted", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
)  # fmt: skip
"""Header fields under the signature; RFC 8058 wants the last two there, RFC 6376, 5.4.1 the others.

One that is not there is signed as missing, so that nobody can add it.
"""
SIGNED_TWICE = ("From", "To", "Subject", "Date", "Reply-To", "Content-Type", "List-Unsubscribe")
"""And these cannot be added a second time either (RFC 6376, 8.15): readers see the first, or the last."""


class MessageError(ValueError):
    """Something cannot stand in a message."""


def build_message(
    letter: KeptLetter, delivery: Delivery, subscriber: Subscriber, settings: MailSettings, urls: Mapping[str, str]
) -> bytes:
    """The message to one reader, not yet signed: lines of at most LONGEST_LINE octets, all of them ASCII.

    `urls` are the values of the letter's marks but for the reader's name. Raises MessageError when something of it
    cannot stand in a header.
    """
    marks = {**urls, READER_NAME: clean_name(subscriber.name) or ""}
    html, text = personalize(Letter(letter.lang, letter.subject, letter.html, letter.text), marks)
    headers = {
        "From": format_mailbox(settings.sender.name, settings.sender.address),
        "To": format_mailbox(clean_name(subscriber.name), subscriber.email),
        "Subject": format_text("Subject", letter.subject),
        # When it was composed, not when it is sent: a second copy is the same message.
        "Date": format_datetime(datetime.fromisoformat(delivery.due_at)),
        "Message-ID": check_message_id(delivery.message_id),
        "Content-Language": letter.lang,
        # No holiday replies (RFC 3834).
        "Auto-Submitted": "auto-generated",
    }
    if settings.reply_to:
        headers["Reply-To"] = check_address(settings.reply_to)
    # Who is asked whether she wants letters is on no list yet.
    if not delivery.issue.startswith(CONFIRMATION):
        headers |= _list_headers(settings, urls[UNSUBSCRIBE_URL], urls[COPY_URL])
    # A Content-ID has an @ in it, as a Message-ID does (RFC 2045, 7).
    pictures = {f"{name}@{settings.sender.address.partition('@')[2]}": png for name, png in letter.images.items()}
    for name, content_id in zip(letter.images, pictures, strict=True):
        html = html.replace(f'src="cid:{name}"', f'src="cid:{check_content_id(content_id)}"')
    boundary = hashlib.sha256(delivery.message_id.encode()).hexdigest()[:24]
    _check_headers(headers)
    message = _build_body(letter, html, text, pictures, boundary)
    for name, value in headers.items():
        message[name] = value
    return _flatten(message)


def sign_message(message: bytes, settings: MailSettings) -> bytes:
    """The message with a DKIM signature (RFC 6376, rsa-sha256) before it, or as it is where no key is set up.

    The signature tells when it was made, so its bytes are others each time.
    """
    if not settings.dkim or not settings.dkim_key:
        return message
    signature: bytes = dkim.sign(
        message,
        settings.dkim.selector.encode(),
        settings.dkim.domain.encode(),
        settings.dkim_key.get_secret_value(),
        # Relays fold headers anew and cut spaces at the ends of lines.
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.encode() for name in (*SIGNED, *SIGNED_TWICE)],
    )
    return signature + message


def format_text(header: str, text: str) -> str:
    """A header's free text on lines that everybody reads: as it is in ASCII, else in encoded words (RFC 2047).

    Line breaks and characters that cannot be seen become spaces, so nothing in it starts another header.

    >>> format_text("Subject", "Sleman\\r\\nBcc: a@b.example"), format_text("Subject", "3–9 Mei")
    ('Sleman Bcc: a@b.example', '=?utf-8?b?M+KAkzkgTWVp?=')
    """
    line = clean(text)
    # What looks like an encoded word would be read as one.
    if line.isascii() and "=?" not in line and len(line) <= 200:
        return line
    return Header(line, "utf-8", header_name=header, maxlinelen=76).encode(linesep=CRLF)


def format_mailbox(name: str | None, address: str) -> str:
    """A name and an address as From and To have them.

    >>> format_mailbox('Sari "Dewi", S.T.', "sari@tabanan.example")
    '"Sari \\\\"Dewi\\\\", S.T." <sari@tabanan.example>'
    >>> format_mailbox("Bcc: x\\r\\n", "sari@tabanan.example\\r\\nBcc: a@b.example")
    Traceback (most recent call last):
        ...
    publish.mail.message.MessageError: not an address: 'sari@tabanan.example\\r\\nBcc: a@b.example'
    """
    phrase = _format_phrase(name or "")
    if not phrase:
        return check_address(address)
    # RFC 2047, 2: a line with an encoded word has 76 characters at most.
    return f"{phrase}{CRLF if phrase.startswith('=?') else ''} <{check_address(address)}>"


def _format_phrase(name: str) -> str:
    """A name as it stands before an address: quoted, or in encoded words."""
    line = clean(name)
    if line and line.isascii() and "=?" not in line:
        return f'"{quote(line)}"'
    return Header(line, "utf-8", header_name="Reply-To", maxlinelen=76).encode(linesep=CRLF) if line else ""


def check_address(address: str) -> str:
    """The address itself, if it may stand in a header and in SMTP's commands; raises MessageError."""
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}", address):
        raise MessageError(f"not an address: {address!r}")
    return address


def check_message_id(message_id: str) -> str:
    """The Message-ID itself, if it is one; raises MessageError."""
    if not re.fullmatch(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>", message_id) or len(message_id) > 250:
        raise MessageError(f"not a Message-ID: {message_id!r}")
    return message_id


def _list_headers(settings: MailSettings, unsubscribe_url: str, copy_url: str) -> dict[str, str]:
    ways = [unsubscribe_url]
    if settings.unsubscribe_address:
        ways.append(f"mailto:{settings.unsubscribe_address}?subject=berhenti")
    for address in (*ways, copy_url):
        if not re.fullmatch(r"[!-;=?-~]+", address):
            raise MessageError(f"not an address of a page: {address!r}")
    return {
        # RFC 2919: a name of the list that stays the same when its host changes its ways.
        "List-Id": f"{_format_phrase(settings.sender.name)} <surat.{settings.sender.address.partition('@')[2]}>",
        "List-Unsubscribe": ", ".join(f"<{way}>" for way in ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        # RFC 5064: where the same letter stands on the site.
        "Archived-At": f"<{copy_url}>",
        # Older programs that answer for people on holiday know no other sign of a list (RFC 3834, 2).
        "Precedence": "list",
    }


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        for line in f"{name}: {value}".split(CRLF):
            if len(line) > LONGEST_LINE or not line.isascii() or not line.isprintable():
                raise MessageError(f"a line that cannot stand in a header: {line[:80]!r}")


def _flatten(message: Message) -> bytes:
    # Not the newer EmailMessage: it turns a long List-Unsubscribe into encoded words, which is not valid there and
    # makes Gmail ignore it, or with longer lines makes encoded words that are too long. Ours are folded already.
    return message.as_bytes(policy=compat32.clone(linesep=CRLF, max_line_length=0, mangle_from_=False))


def _build_body(letter: KeptLetter, html: str, text: str, pictures: Mapping[str, bytes], boundary: str) -> Message:
    """As many levels as are needed: mixed(alternative(text, related(html, pictures)), calendar)."""
    readable: Message = _text_part("html", html)
    if pictures:
        attached = [_picture(name, png) for name, png in pictures.items()]
        readable = MIMEMultipart("related", f"=_{boundary}r", [readable, *attached], type="text/html")
    whole = MIMEMultipart("alternative", f"=_{boundary}a", [_text_part("plain", text), readable])
    return MIMEMultipart("mixed", f"=_{boundary}m", [whole, _calendar(letter)]) if letter.calendar else whole


def _text_part(subtype: str, text: str) -> MIMENonMultipart:
    """A text in quoted-printable: ASCII, lines of 76 characters, whatever the text's own lines are."""
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part["Content-Transfer-Encoding"] = "quoted-printable"
    # MIMEText's own encoder is in Python and takes a hundred times as long.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").encode()
    part.set_payload(binascii.b2a_qp(lines, istext=True).decode("ascii"))
    return part


def _picture(name: str, png: bytes) -> MIMEImage:
    part = MIMEImage(png, "png")
    part["Content-ID"] = f"<{name}>"
    part.add_header("Content-Disposition", "inline", filename=f"{_file_name(name.partition('@')[0])}.png")
    return part


def _calendar(letter: KeptLetter) -> MIMENonMultipart:
    assert letter.calendar is not None
    part = MIMENonMultipart("text", "calendar", charset="utf-8")
    if b"METHOD:PUBLISH" in letter.calendar:
        part.set_param("method", "PUBLISH")  # RFC 6047, 2.4: the type tells the method
    part.set_payload(letter.calendar)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=f"pantau-{_file_name(letter.issue)}.ics")
    return part


def check_content_id(name: str) -> str:
    """The name itself, if `cid:` can point to it; raises MessageError."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+@[A-Za-z0-9.-]+", name):
        raise MessageError(f"not a name of a picture: {name!r}")
    return name


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)
