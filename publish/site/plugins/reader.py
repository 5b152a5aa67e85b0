"""A reader's own pages, by the token in her letters: confirming, changing what she follows, stopping.

/langganan/konfirmasi/<token>, /langganan/atur/<token>, /langganan/berhenti/<token>. Programs that look at mail open
every link in it, so GET changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from datasette import Request, Response, hookimpl
from sqlite_utils import Database

from db.mailing.subscribers import Cadence, Choice, Lang, SubscriberError, change, set_subscriptions
from publish.mail.addresses import LONGEST_NAME, clean_name
from publish.site.forms import FormError, read_body, read_form, see_other
from publish.site.limits import take
from publish.site.mailing.choices import MOST, Reading, name_choices
from publish.site.mailing.limits import CHANGING
from publish.site.mailing.pages import MOST_FIELDS, busy, in_language_of, lists, message, read_added
from publish.site.mailing.readers import Asked, Leaving, Own, confirm_asked, read_asked, read_leaving, read_own, stop
from publish.site.mailing.store import ask_mail
from publish.site.mailing.zones import ZONES, Zone
from publish.site.reviewing.session import here, render_private
from publish.site.writing import BusyError

TOKEN = r"(?P<token>[^/]+)"
ONE_CLICK = b"List-Unsubscribe"
"""What a mail program sends when its own button is pressed (RFC 8058, 3.1), as a form of either media type."""
PLAIN = "text/plain; charset=utf-8"
NOT_OPEN = {
    "foreign": (404, "letter.foreign", "letter.foreign_what"),
    "expired": (410, "letter.expired", "letter.expired_what"),
    "left": (410, "letter.left_before", "letter.left_before_what"),
    "done": (200, "letter.confirmed_before", "letter.confirmed_before_what"),
}
"""By why a token opens nothing: the status, the heading, what is said."""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (rf"^/langganan/konfirmasi/{TOKEN}$", confirmation),
        (rf"^/langganan/atur/{TOKEN}$", preferences),
        (rf"^/langganan/berhenti/{TOKEN}$", unsubscribe),
    ]


# Confirming


async def confirmation(datasette: Any, request: Request) -> Response:
    now, token = datetime.now(UTC), request.url_vars["token"]
    # No cookie is asked for: who knows the address of this page may press its button.
    try:
        asked = await ask_mail(partial(read_asked, token=token, now=now)) or Asked("foreign")
        if request.method == "POST" and asked.request:
            if not await take(CHANGING, token):
                return await message(datasette, request, 429, "letter.problem", "letter.many_changes")
            asked = await ask_mail(partial(confirm_asked, token=token, now=now)) or Asked("foreign")
    except BusyError:
        return await busy(datasette, request)
    except SubscriberError:
        return await message(datasette, request, 422, "letter.problem", "letter.too_many_now")
    if asked.reader:
        request = in_language_of(request, asked.reader.lang)
    if asked.request is None:
        return await message(datasette, request, *NOT_OPEN[asked.why], manage=asked.manage)
    named = await name_choices(datasette, [choice for choice, _ in asked.request.choices])
    cadences = [cadence for _, cadence in asked.request.choices]
    return await render_private(
        datasette,
        request,
        "letter_confirm.html",
        reader=asked.reader,
        chosen=list(zip(named, cadences, strict=True)),
        cadences=set(cadences),
        address=here(datasette, request, request.path),
        is_done=request.method == "POST",
        manage=asked.manage,
    )


# Changing what is followed


async def preferences(datasette: Any, request: Request) -> Response:
    token = request.url_vars["token"]
    try:
        own = await ask_mail(partial(read_own, token=token)) or "foreign"
    except BusyError:
        return await busy(datasette, request)
    if isinstance(own, str):
        return await message(datasette, request, *NOT_OPEN[own])
    request = in_language_of(request, own.reader.lang)
    if request.method != "POST":
        return await _own_page(datasette, request, own, Reading(), {}, is_saved=bool(request.args.get("tersimpan")))
    try:
        form = await read_form(request, MOST_FIELDS)
        if not await take(CHANGING, token):
            return await _own_page(datasette, request, own, Reading(), form, 429, "letter.many_changes")
        return await _save(datasette, request, own, form)
    except FormError as error:
        return await _own_page(datasette, request, own, Reading(), error.fields, error.status, error.key)
    except BusyError:
        return await _own_page(datasette, request, own, Reading(), form, 503, "letter.busy")


async def _save(datasette: Any, request: Request, own: Own, form: Mapping[str, str]) -> Response:
    reading = Reading()
    await read_added(datasette, form, reading)
    kept = [one for one in own.subscriptions if not form.get(f"buang-{one.id}")]
    # What another window has changed meanwhile stays: a form speaks of those choices alone that it shows.
    choices = [(Choice(one.kind, one.value, one.parameters), _cadence(form, one.id, one.cadence)) for one in kept]
    had = [choice for choice, _ in choices]
    usual = choices[0][1] if choices else "weekly"
    choices += [(one.choice, usual) for one in reading.chosen if one.choice not in had]
    problem = (
        "letter.cannot_empty" if not choices else "letter.too_many_choices" if len(choices) > MOST
        else "letter.long_name" if len(form.get("nama", "")) > LONGEST_NAME else None
    )  # fmt: skip
    if problem or reading.misread:
        return await _own_page(datasette, request, own, reading, form, 422, problem)
    now = datetime.now(UTC)

    def work(db: Database) -> None:
        set_subscriptions(db, own.reader.id, choices, now)
        change(
            db,
            own.reader.id,
            lang=cast(Lang, form["bahasa"]) if form.get("bahasa") in ("id", "en") else None,
            zone=cast(Zone, form["zona"]) if form.get("zona") in ZONES else None,
            name=clean_name(form["nama"]) or "" if "nama" in form else None,
            now=now,
        )

    try:
        await ask_mail(work)
    except SubscriberError as error:
        if error.key == "unknown":  # she left in another window
            return await message(datasette, request, *NOT_OPEN["left"])
        return await _own_page(datasette, request, own, reading, form, 422, "letter.long_choice", error.values)
    return see_other(here(datasette, request, request.path, tersimpan=1))


def _cadence(form: Mapping[str, str], number: int, otherwise: Cadence) -> Cadence:
    told = form.get(f"irama-{number}")
    return cast(Cadence, told) if told in ("weekly", "daily") else otherwise


async def _own_page(
    datasette: Any,
    request: Request,
    own: Own,
    reading: Reading,
    form: Mapping[str, str],
    status: int = 200,
    problem: str | None = None,
    values: Mapping[str, Any] | None = None,
    is_saved: bool = False,
) -> Response:
    named = await name_choices(datasette, own.subscriptions)
    cadences = [_cadence(form, one.id, one.cadence) for one in own.subscriptions]
    return await render_private(
        datasette,
        request,
        "letter_own.html",
        status=status,
        headers={"retry-after": "10"} if status == 503 else None,
        own=own,
        email=masked(own.reader.email),
        choices=list(zip(own.subscriptions, named, cadences, strict=True)),
        reading=reading,
        form=form,
        problem=problem,
        problem_values={"most": LONGEST_NAME if problem == "letter.long_name" else MOST, **(values or {})},
        is_saved=is_saved,
        address=here(datasette, request, request.path),
        longest_name=LONGEST_NAME,
        **await lists(datasette),
    )


def masked(email: str) -> str:
    """An address that its owner knows again, and nobody reads from a letter that was handed on.

    >>> [masked(email).replace("\\N{WORD JOINER}", "") for email in ("sari.dewi@tabanan.example", "a@b.example")]
    ['sa…@tabanan.example', '…@b.example']
    """
    local, _, domain = email.rpartition("@")
    return f"{local[: min(2, len(local) - 1)]}…\N{WORD JOINER}@{domain}"


# Stopping


async def unsubscribe(datasette: Any, request: Request) -> Response:
    token = request.url_vars["token"]
    if request.method == "POST":
        return await _stop(datasette, request, token)
    try:
        leaving = await ask_mail(partial(read_leaving, token=token))
    except BusyError:
        return await busy(datasette, request)
    if leaving is None:
        return await message(datasette, request, *NOT_OPEN["foreign"])
    return await _stop_page(datasette, request, leaving)


async def _stop(datasette: Any, request: Request, token: str) -> Response:
    try:
        body = await read_body(request)
    except FormError:
        body = b""  # What it says does not matter: to be asked by POST is enough.
    is_one_click = ONE_CLICK in body
    try:
        done = bool(await ask_mail(partial(stop, token=token, now=datetime.now(UTC))))
    except BusyError:
        if is_one_click:
            return _plain("503 busy, try again\n", 503)
        return await busy(datasette, request)
    if is_one_click:
        return _plain("200 unsubscribed\n" if done else "404 unknown address\n", 200 if done else 404)
    if not done:
        return await message(datasette, request, *NOT_OPEN["foreign"])
    return await _stop_page(datasette, request, Leaving(None, None))


def _plain(text: str, status: int) -> Response:
    headers = {"cache-control": "private, no-store"} | ({"retry-after": "60"} if status == 503 else {})
    return Response(text, status, headers, PLAIN)


async def _stop_page(datasette: Any, request: Request, leaving: Leaving) -> Response:
    if leaving.reader:
        request = in_language_of(request, leaving.reader.lang)
    return await render_private(
        datasette,
        request,
        "letter_stop.html",
        is_done=leaving.manage is None,
        manage=leaving.manage,
        address=here(datasette, request, request.path),
    )
