"""What the pages of the letter share: whether letters are offered, forms read and shown, answers that nobody keeps."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from datasette import Request, Response

from publish.dates_id import Language
from publish.site.forms import address_of
from publish.site.mailing.choices import MOST, Chosen, Reading, read_choices, read_told
from publish.site.mailing.store import mail_db
from publish.site.mailing.zones import ZONES, Zone, common_zone
from publish.site.page import fetch_rows
from publish.site.reviewing.session import render_private

Offer = Literal["open", "trial", "reading", "no_mail"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_FIELDS = 4 * MOST + 40
CHOICE = "pilihan-"
"""What the fields that hold choices begin with."""
ADDED = ("daerah", "provinsi", "tahapan", "cari")
"""Fields by which a choice is added."""


def offer(request: Request) -> Offer:
    """Whether this site sends letters by mail, or why it does not.

    `trial`: nobody has set up mail yet, and whoever looks does so on the same machine; letters go to the outbox.
    """
    path = mail_db()
    if path is None:
        return "reading"
    if path.with_name("mail.yml").is_file():
        return "open"
    # Whom one asks for is the asker's word alone.
    is_here = urlsplit(f"//{request.host}").hostname in LOOPBACK and address_of(request) in (*LOOPBACK, "::/64")
    return "trial" if is_here else "no_mail"


async def read_chosen(datasette: Any, form: Mapping[str, str]) -> tuple[Reading, bool]:
    """The choices that a form holds, without the one whose button was pressed; whether all of them are known."""
    out = form.get("tekan", "").removeprefix("buang-")
    told = [value for name, value in form.items() if name.startswith(CHOICE) and name != CHOICE + out]
    found, is_whole = await read_told(datasette, told)
    reading = Reading()
    for one in found:
        reading.add(one)
    return reading, is_whole


async def read_added(datasette: Any, form: Mapping[str, str], reading: Reading) -> None:
    """Add what the fields and buttons for one more choice say."""
    press = form.get("tekan", "")
    written = [(name, form[name]) for name in ADDED if form.get(name)]
    pressed, is_one_of, value = press.partition(":")
    if is_one_of and pressed in ADDED:
        # One of those that may have been meant was pressed, which answers what stands in the field.
        written = [(pressed, value), *(pair for pair in written if pair[0] != pressed)]
    if press == "semua":
        written.append(("semua", "1"))
    added = await read_choices(datasette, written)
    for one in added.chosen:
        reading.add(one)
    reading.misread += added.misread


def is_adding(form: Mapping[str, str]) -> bool:
    """Whether a press only changes the list of choices; Enter in a field for one does."""
    press = form.get("tekan", "")
    is_entered = press == "lanjut" and any(form.get(name) for name in ADDED)
    return is_entered or press in ("tambah", "semua") or press.startswith("buang-") or ":" in press


def default_zone(chosen: list[Chosen]) -> Zone | None:
    """The zone of the places that are chosen, or None where they have no common one."""
    return common_zone(one.place for one in chosen if one.place)


async def lists(datasette: Any) -> dict[str, Any]:
    """What the fields of a choice offer."""
    return {
        "provinces": await fetch_rows(datasette, "select code, name from provinces order by name"),
        "stages": await fetch_rows(datasette, "select code, name_id, name_en from stages order by position"),
        "zones": ZONES,
        "most": MOST,
    }


async def closed(datasette: Any, request: Request, why: Offer) -> Response:
    """The page that says why there is no form; for who sends one all the same, that nothing was done."""
    return await render_private(
        datasette,
        request,
        "letter_closed.html",
        status=200 if request.method != "POST" else 403,
        why=why,
        contact=os.environ.get("PANTAU_CONTACT"),
    )


async def busy(datasette: Any, request: Request) -> Response:
    """The page that asks to press once more: a command writes."""
    return await render_private(
        datasette,
        request,
        "letter_message.html",
        status=503,
        headers={"retry-after": "10"},
        heading="letter.not_now",
        note="letter.not_now_what",
        again=request.method == "GET",
    )


def in_language_of(request: Request, lang: Language) -> Request:
    """The request as if it asked for a reader's language, unless it asks for one itself."""
    if "lang" in request.args:
        return request
    query = f"{request.query_string}&lang={lang}" if request.query_string else f"lang={lang}"
    return Request({**request.scope, "query_string": query.encode("latin-1")}, request.receive)


async def message(
    datasette: Any, request: Request, status: int, heading: str, note: str, manage: str | None = None
) -> Response:
    """A page that says one thing, and where to go on; `manage` is the token of the reader's own page."""
    return await render_private(
        datasette, request, "letter_message.html", status=status, heading=heading, note=note, manage=manage, again=False
    )
