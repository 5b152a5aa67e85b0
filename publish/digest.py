"""The weekly letter: what public.db says of one week, as HTML, as plain text and as an unsent message.

A letter is a function of public.db and the week: no clock, no chance, so the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database

from db.connect import hold_pages, open_read_only
from publish.dates_id import Language, date_in_words
from publish.letters.calendar import build_calendar
from publish.letters.charts import draw_charts
from publish.letters.letter import Image, Letter, with_images
from publish.letters.parts import Part, span_of
from publish.letters.reading import read_letter
from publish.letters.rendering import MAX_HTML_BYTES as MAX_HTML_BYTES
from publish.letters.rendering import render, tables_said
from publish.letters.rows import Row
from publish.letters.scopes import find_scope
from publish.letters.tables import Table
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
    """One line, ASCII, so that the header stays plain."""
    html: str
    text: str
    images: tuple[Image, ...]
    counts: dict[str, int]
    """What the week holds, cut or not: events, regions, articles, outlets, movements, announced, others, …"""

    @property
    def page(self) -> str:
        """The HTML with its pictures inside, for the site and for files."""
        return with_images(self.html, self.images)


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


def build_letter(
    db: Database,
    parts: Sequence[Part],
    *,
    issue: str,
    zone: str,
    lang: Language,
    site_url: str,
    known_since: str | None = None,
    tables: Sequence[Table] = (),
) -> Letter:
    """The letter of a reader who chose `parts`, each for its own days, with marks where it is hers alone.

    `db` is public.db; `known_since` is the instant up to which her former letter knew. Every event that an article of
    the days tells stands in it once. Raises ValueError for parts and zones that `read_letter` refuses, and when even
    the shortest form is too large for a mail.
    """
    said = read_letter(
        db,
        parts,
        issue=issue,
        zone=zone,
        lang=lang,
        site_url=site_url,
        known_since=known_since,
        tables=tables,
    )
    return _write(db, said | {"is_personal": True}, parts, lang)


def _write(db: Database, said: Row, parts: Sequence[Part], lang: Language) -> Letter:
    charts = draw_charts(db, [part.scope for part in parts], span_of(parts, said["zone"]), lang) if parts else ()
    html, text = render(said, lang, charts)
    to_come = [event["id"] for event in said["announced"] if (event["start_date"] or "") > said["last"]]
    return Letter(
        lang,
        _subject(said, lang),
        html,
        text,
        images=tuple(Image(chart.name, chart.png) for chart in charts),
        calendar=build_calendar(db, to_come, lang, said["site_url"]) if to_come else None,
        is_empty=said["counts"]["news"] == 0,
    )


def _subject(said: Row, lang: Language) -> str:
    """One line: what the letter is about, its days, and how many events it tells."""
    number = said["counts"]["main_events"]
    dates = date_in_words(said["first"], said["last"], lang).replace("–", "-")
    if not said["has_scopes"]:
        words = f"subject_tables.{tables_said(said['tables'])}"
        return say(words, lang, n=said["counts"]["new_rows"], dates=dates, title=said["scope_names"][0])
    if not said["scope_names"]:
        return say("subject" if number else "subject_empty", lang, n=number, dates=dates)
    scope, *others = said["scope_names"]
    if others:
        scope = say("subject_scopes", lang, scope=scope, n=len(others))
    return say("subject_scope" if number else "subject_scope_empty", lang, n=number, dates=dates, scope=scope)


def build_digest(public: Path, monday: date, site_url: str, lang: Language = "id") -> Digest:
    """The national letter on the week (Western Indonesia Time) that begins on `monday`, for everybody.

    It is cut to stay below MAX_HTML_BYTES. Raises ValueError when `monday` is none, and when even the shortest form is
    too large for a mail.
    """
    if monday.weekday() != 0:
        raise ValueError(f"{monday} is not a Monday")
    year, number, _ = monday.isocalendar()
    week = f"{year}-W{number:02}"
    with closing(open_read_only(public)) as db:
        hold_pages(db)
        everything = find_scope(db, "all")
        assert everything is not None
        part = Part(everything, monday, monday + timedelta(days=6))
        said = read_letter(db, [part], issue=week, zone="WIB", lang=lang, site_url=site_url)
        letter = _write(db, said | {"is_personal": False}, [part], lang)
    return Digest(
        week, monday, lang, said["site_url"], letter.subject, letter.html, letter.text, letter.images, said["counts"]
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
    html = next(part for part in message.iter_parts() if part.get_content_subtype() == "html")
    for image in digest.images:
        html.add_related(image.png, "image", "png", cid=f"<{image.name}>", filename=f"{image.name}.png")
    if digest.images:
        html.set_boundary(f"=_{digest.week}.{digest.lang}.{fingerprint}.html")
    # The default line length makes Python write long headers as encoded words, which Gmail then ignores.
    return message.as_bytes(policy=SMTP.clone(max_line_length=998))


def write_outbox(digest: Digest, folder: Path) -> list[Path]:
    """Write the letter as .eml, .html and .txt; a file that already says the same is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    name = digest.week if digest.lang == "id" else f"{digest.week}.{digest.lang}"
    files = {
        folder / f"{name}.eml": build_message(digest),
        folder / f"{name}.html": digest.page.encode(),
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
