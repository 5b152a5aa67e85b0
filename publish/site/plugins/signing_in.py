"""/masuk and /keluar: reviewers sign in with a name and a password; nobody else has to."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from secrets import token_urlsafe
from typing import Any

from datasette import Request, Response, hookimpl
from datasette.utils import baseconv

from publish.site.forms import FormError, address_of, read_form, see_other
from publish.site.limits import Limit, end_session, forget, give_back, take
from publish.site.page import not_found
from publish.site.reviewing import accounts
from publish.site.reviewing.session import here, render_private, reviewer
from publish.site.writing import BusyError

SESSION_SECONDS = 12 * 3600

# Two at a time: reckoning a hash is work by design, and readers wait for the same cores.
_CHECKS = ThreadPoolExecutor(2, thread_name_prefix="password")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/masuk$", sign_in),
        (r"^/keluar$", sign_out),
        # Datasette's and the library's own ways in know no limit; ours stand in front of them.
        (r"^/-/login$", sign_in_here),
        (r"^/-/logout$", sign_in_here),
    ]


@hookimpl
def skip_csrf(datasette: Any, scope: dict[str, Any]) -> bool:
    """Of forms that `read_form` checks itself, so that a reader is told in words what was wrong."""
    path = scope["path"].removeprefix(datasette.setting("base_url").rstrip("/"))
    return path in ("/masuk", "/keluar", "/salah") or path.startswith("/tinjauan")


@hookimpl
def extra_template_vars(request: Request | None) -> dict[str, Any]:
    return {"can_sign_in": accounts.can_sign_in(), "reviewer": reviewer(request)}


async def sign_in(datasette: Any, request: Request) -> Response:
    known = accounts.site_accounts()
    if not known:
        return await not_found(datasette, request, "sign_in.nobody")
    if request.method != "POST":
        if reviewer(request):
            return see_other(here(datasette, request, _where_to(request.args.get("ke"))))
        return await _page(datasette, request, 200, {"ke": request.args.get("ke") or ""})
    try:
        form = await read_form(request)
    except FormError as error:
        return await _page(datasette, request, error.status, {}, error.key)
    name, password, address = form.get("nama", ""), form.get("sandi", ""), address_of(request)
    tries = _tries(address, name)
    try:
        # Before the check, so that many at once are no way around the limit.
        if not all([await take(limit, who) for limit, who in tries]):
            return await _page(datasette, request, 429, form, "sign_in.locked")
    except BusyError:
        return await _page(datasette, request, 503, form, "sign_in.busy")
    opened = await asyncio.get_running_loop().run_in_executor(_CHECKS, accounts.check_password, known, name, password)
    if opened is None:
        return await _page(datasette, request, 403, form, "sign_in.wrong")
    with suppress(BusyError):
        await forget(*tries[0])
        for limit, who in tries[1:]:
            await give_back(limit, who)
    response = see_other(here(datasette, request, _where_to(form.get("ke"))))
    session = {
        "a": {"id": opened, "key": accounts.fingerprint(known[opened]), "session": token_urlsafe(16)},
        "e": baseconv.base62.encode(int(time.time()) + SESSION_SECONDS),
    }
    response.set_cookie(
        "ds_actor",
        datasette.sign(session, "actor"),
        max_age=SESSION_SECONDS,
        httponly=True,
        secure=request.scheme == "https",
        samesite="lax",
    )
    return response


async def sign_out(datasette: Any, request: Request) -> Response:
    if not accounts.site_accounts():
        return await not_found(datasette, request, "sign_in.nobody")
    if request.method == "POST":
        try:
            await read_form(request)
            # A cookie that somebody copied opens nothing from here on.
            if reviewer(request) and request.actor:
                await end_session(request.actor["session"], SESSION_SECONDS)
        except FormError as error:
            return await render_private(datasette, request, "review_out.html", status=error.status, problem=error.key)
        except BusyError:
            return await render_private(datasette, request, "review_out.html", status=503, problem="sign_in.busy")
        response = see_other(here(datasette, request, "/masuk", keluar="1"))
        response.set_cookie("ds_actor", "", max_age=0, expires=0, httponly=True)
        return response
    if reviewer(request) is None:
        return see_other(here(datasette, request, "/masuk"))
    return await render_private(datasette, request, "review_out.html", problem=None)


async def sign_in_here(datasette: Any, request: Request) -> Response:
    path = "/keluar" if request.path.endswith("logout") else "/masuk"
    return see_other(here(datasette, request, path))


async def _page(
    datasette: Any, request: Request, status: int, form: dict[str, str], problem: str | None = None
) -> Response:
    return await render_private(
        datasette,
        request,
        "review_in.html",
        status=status,
        headers={"retry-after": str(accounts.LOCKED_SECONDS)} if status == 429 else None,
        name=form.get("nama", ""),
        where=form.get("ke", ""),
        problem=problem,
        has_left=bool(request.args.get("keluar")),
    )


def _tries(address: str, name: str) -> list[tuple[Limit, str]]:
    """What a try to sign in counts for."""
    name = " ".join(name.split()).casefold()
    return [
        (accounts.TRIES, f"{address} {name}"),
        (accounts.TRIES_FROM_AN_ADDRESS, address),
        (accounts.TRIES_OF_A_NAME, name),
    ]


def _where_to(asked: str | None) -> str:
    """A page of this site; never another site, whatever a link to the form says."""
    is_ours = asked and asked.startswith(("/tinjauan", "/salah?")) and asked.isprintable() and "\\" not in asked
    return asked if asked and is_ours else "/tinjauan"
