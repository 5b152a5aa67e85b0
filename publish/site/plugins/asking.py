"""/langganan/surat: a reader asks for the letter; what it follows is chosen here and where she came from."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_args

from datasette import Request, Response, hookimpl
from datasette.database import QueryInterrupted
from sqlite_utils import Database

from db.mailing.subscribers import MOST_CONFIRMATIONS, Cadence, Lang, SubscriberError, ask
from publish.mail.addresses import LONGEST_NAME, AddressError, clean_name, parse_address
from publish.serving.release import as_research
from publish.site.forms import FormError, address_of, read_form
from publish.site.limits import take
from publish.site.mailing.choices import MOST, Reading, read_choices
from publish.site.mailing.limits import ASKING
from publish.site.mailing.pages import (
    MOST_FIELDS,
    closed,
    default_zone,
    is_adding,
    lists,
    offer,
    read_added,
    read_chosen,
)
from publish.site.mailing.store import change_mail, mail_db
from publish.site.mailing.zones import ZONES, Zone
from publish.site.page import fetch_row, language_of
from publish.site.reviewing.session import render_private
from publish.site.writing import BusyError

Problem = tuple[str, dict[str, Any]]
"""The key of the words, and what they say."""

QUERY_MS = 1000
LATEST = "select week, monday from digests order by week desc limit 1"
# The store's word for what is wrong, and the page's.
REFUSED = {"no-choice": "letter.no_choice", "too-many": "letter.too_many_choices", "too-long": "letter.long_choice"}


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/langganan/surat$", ask_for_letter)]


@hookimpl
def skip_csrf(datasette: Any, scope: dict[str, Any]) -> bool:
    """Of forms that `read_form` checks itself, and of those that need no cookie: their address is the secret."""
    path = scope["path"].removeprefix(datasette.setting("base_url").rstrip("/"))
    return bool(path.startswith("/langganan/"))


@hookimpl
def extra_template_vars() -> dict[str, Any]:
    # Of the process, not of the moment: pages that lead to the form are kept for as long as their release is shown.
    return {"can_ask": mail_db() is not None}


async def ask_for_letter(datasette: Any, request: Request) -> Response:
    why = offer(request)
    if why in ("reading", "no_mail"):
        return await closed(datasette, request, why)
    if request.method == "POST":
        return await _take(datasette, request)
    return await _show_address(datasette, request)


async def _show_address(
    datasette: Any, request: Request, status: int = 200, problem: Problem | None = None
) -> Response:
    """The form with the choices of the address."""
    written = [(name, value) for name in request.args for value in request.args.getlist(name)]
    reading = await read_choices(datasette, written)
    if status == 200 and not reading.chosen and any(not one.candidates for one in reading.misread):
        status = 404
    return await _page(datasette, request, reading, {}, status, problem)


async def _take(datasette: Any, request: Request) -> Response:
    try:
        form = await read_form(request, MOST_FIELDS)
    except FormError as error:
        if not error.fields:
            return await _show_address(datasette, request, error.status, (error.key, {}))
        reading, _ = await read_chosen(datasette, error.fields)
        return await _page(datasette, request, reading, error.fields, error.status, (error.key, {}))
    reading, is_whole = await read_chosen(datasette, form)
    await read_added(datasette, form, reading)
    if is_adding(form) or reading.misread:
        status = 422 if reading.misread else 200
        problem = ("letter.too_many_choices", {"most": MOST}) if len(reading.chosen) > MOST else None
        return await _page(datasette, request, reading, form, 422 if problem else status, problem)
    if form.get("situs"):  # nobody sees this field; a machine fills it in and is thanked
        return await _sent(datasette, request, reading, form.get("surel", ""))
    problem, email = await _check(datasette, request, reading, form, is_whole)
    if problem:
        return await _page(datasette, request, reading, form, 422, problem)
    try:
        if not await take(ASKING, address_of(request)):
            return await _page(datasette, request, reading, form, 429, ("letter.many_senders", {}))
        await _ask(reading, form, email)
    except BusyError:
        return await _page(datasette, request, reading, form, 503, ("letter.busy", {}))
    except SubscriberError as error:
        # That a mailbox was written to often is told to nobody but its owner, who has the letters.
        if error.key != "too-often":
            return await _page(datasette, request, reading, form, 422, (REFUSED[error.key], error.values))
    return await _sent(datasette, request, reading, email)


async def _ask(reading: Reading, form: Mapping[str, str], email: str) -> None:
    now = datetime.now(UTC)
    cadence = _one_of(form, "irama", get_args(Cadence), "weekly")
    choices = [(one.choice, cast(Cadence, cadence)) for one in reading.chosen]

    def work(db: Database) -> None:
        # The letter that asks her to confirm is composed by the next `pantau send`.
        ask(
            db,
            email,
            choices,
            name=clean_name(form.get("nama")),
            lang=cast(Lang, _one_of(form, "bahasa", ("id", "en"), "id")),
            zone=cast(Zone, _one_of(form, "zona", ZONES, "WIB")),
            origin="form",
            now=now,
        )

    await change_mail(work)


async def _check(
    datasette: Any, request: Request, reading: Reading, form: Mapping[str, str], is_whole: bool
) -> tuple[Problem | None, str]:
    """The words for what is wrong with a form, or the address as it is written to."""
    if not is_whole:
        return ("letter.gone_choice", {}), ""
    if not reading.chosen:
        return ("letter.no_choice", {}), ""
    if len(reading.chosen) > MOST:
        return ("letter.too_many_choices", {"most": MOST}), ""
    try:
        email = parse_address(form.get("surel", ""))
    except AddressError as error:
        return ("said", {"said": error.say(language_of(request))}), ""
    if len(form.get("nama", "")) > LONGEST_NAME:
        return ("letter.long_name", {"most": LONGEST_NAME}), ""
    return await _try_queries(datasette, reading), email


async def _try_queries(datasette: Any, reading: Reading) -> Problem | None:
    """Why a query of a reader's own cannot be followed: it is asked once here, as the letter will ask it."""
    for one in reading.chosen:
        if one.choice.kind == "sql":
            try:
                with as_research():
                    await datasette.get_database().execute(
                        one.choice.value, one.choice.parameters, truncate=True, page_size=1, custom_time_limit=QUERY_MS
                    )
            except QueryInterrupted:
                return "letter.slow_sql", {}
            except (sqlite3.Error, MemoryError) as error:
                return "letter.bad_sql", {"said": str(error)}
    return None


def _one_of(form: Mapping[str, str], name: str, values: tuple[str, ...], otherwise: str) -> str:
    return form[name] if form.get(name) in values else otherwise


async def _page(
    datasette: Any, request: Request, reading: Reading, form: Mapping[str, str], status: int, problem: Problem | None
) -> Response:
    proposed = default_zone(reading.chosen)
    # A zone that the reader did not touch follows the places that are added.
    is_touched = bool(form.get("zona")) and form.get("zona") != form.get("zona-awal")
    key, values = problem or (None, {})
    return await render_private(
        datasette,
        request,
        "letter_ask.html",
        status=status,
        headers={"retry-after": "3600"} if status == 429 else {"retry-after": "10"} if status == 503 else None,
        reading=reading,
        form=form,
        problem=key,
        problem_values=values,
        proposed=proposed,
        zone=_one_of(form, "zona", ZONES, "WIB") if is_touched else proposed or "WIB",
        action=request.path + (f"?{request.query_string}" if request.query_string else ""),
        is_trial=offer(request) == "trial",
        letter=await fetch_row(datasette, LATEST),
        longest_name=LONGEST_NAME,
        **await lists(datasette),
    )


async def _sent(datasette: Any, request: Request, reading: Reading, email: str) -> Response:
    return await render_private(
        datasette,
        request,
        "letter_sent.html",
        email=email,
        reading=reading,
        most_confirmations=MOST_CONFIRMATIONS,
        is_trial=offer(request) == "trial",
    )
