"""The weekly letter: what public.db says of one week, as HTML, as plain text and as an unsent message.

A letter is a function of public.db and the week: no clock, no chance, so the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

from db.connect import open_read_only
from publish.dates_id import Language, date_in_words
from publish.letters.reading import read_letter
from publish.letters.rendering import MAX_HTML_BYTES as MAX_HTML_BYTES
from publish.letters.rendering import render
from publish.letters.wording import say

WIB = timezone(timedelta(hours=7), "WIB")


@dataclass(frozen=True, slots=True)
class Digest:
    """One week's letter, ready to be read."""

    week: str
    """ISO week, 2023-W47."""
    monday: date
    lang: Language
    site_url: str
    """Without a slash at its end."""
    subject: str
    """ASCII, so that the header stays plain."""
    html: str
    text: str
    counts: dict[str, int]
    """What the week holds, cut or not: events, regions, articles, outlets, movements, announced, others, …"""


def latest_week(public: Path) -> date:
    """Monday of the week (Western Indonesia Time) in which the newest article was published.

    Raises ValueError when no article has a publication date.
    """
    with closing(open_read_only(public)) as db:
        newest = db.execute("select max(published_date) from articles").fetchone()[0]
    if newest is None:
        raise ValueError(f"{public}: no article with a publication date, so no week to write about")
    day = date.fromisoformat(newest)
    return day - timedelta(days=day.weekday())


def build_digest(public: Path, monday: date, site_url: str, lang: Language = "id") -> Digest:
    """The letter on the week that begins on `monday`, cut to stay below MAX_HTML_BYTES.

    Every event that an article of the week tells stands in it once. Raises ValueError when `monday` is none, and when
    even the shortest form is too large for a mail.
    """
    if monday.weekday() != 0:
        raise ValueError(f"{monday} is not a Monday")
    site_url = site_url.rstrip("/")
    with closing(open_read_only(public)) as db:
        letter = read_letter(db, monday, site_url, lang)
    html, text = render(letter, lang)
    counts = letter["counts"]
    year, number, _ = monday.isocalendar()
    dates = date_in_words(monday.isoformat(), letter["sunday"], lang).replace("–", "-")
    return Digest(
        week=f"{year}-W{number:02}",
        monday=monday,
        lang=lang,
        site_url=site_url,
        subject=say("subject" if counts["events"] else "subject_empty", lang, n=counts["events"], dates=dates),
        html=html,
        text=text,
        counts=counts,
    )


def build_message(digest: Digest) -> bytes:
    """The letter as a message (RFC 5322) without a recipient, dated the Monday after its week, 06.00 WIB."""
    fingerprint = hashlib.sha256(f"{digest.subject}\n{digest.text}\n{digest.html}".encode()).hexdigest()[:16]
    host = urlsplit(digest.site_url).hostname or "localhost"
    message = EmailMessage()
    message["Subject"] = digest.subject
    message["From"] = Address("Pantau Kota Cerdas", "surat", host)
    message["Date"] = format_datetime(datetime.combine(digest.monday + timedelta(days=7), time(6), WIB))
    message["Message-ID"] = f"<{digest.week}.{digest.lang}.{fingerprint}@{host}>"
    message["Content-Language"] = digest.lang
    message.set_content(digest.text, cte="quoted-printable")
    message.add_alternative(digest.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{digest.week}.{digest.lang}.{fingerprint}")
    # The default line length makes Python write long headers as encoded words, which Gmail then ignores.
    return message.as_bytes(policy=SMTP.clone(max_line_length=998))


def write_outbox(digest: Digest, folder: Path) -> list[Path]:
    """Write the letter as .eml, .html and .txt; a file that already says the same is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    name = digest.week if digest.lang == "id" else f"{digest.week}.{digest.lang}"
    files = {
        folder / f"{name}.eml": build_message(digest),
        folder / f"{name}.html": digest.html.encode(),
        folder / f"{name}.txt": digest.text.encode(),
    }
    for path, content in files.items():
        _write_atomically(path, content)
    return list(files)


def _write_atomically(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
