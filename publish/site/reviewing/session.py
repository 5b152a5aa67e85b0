"""What the pages of reviewers share: who is signed in, the private database, answers that no cache keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from datasette import Request, Response

from db.connect import Database, open_db
from publish.site.forms import see_other
from publish.site.limits import is_ended
from publish.site.reviewing.accounts import is_current, private_db, site_accounts
from publish.site.writing import ask_file

T = TypeVar("T")


def reviewer(request: Request | None) -> str | None:
    """The name of who is signed in and may still review, or None."""
    actor = request.actor if request else None
    name = actor.get("id") if isinstance(actor, dict) else None
    told = site_accounts().get(name) if isinstance(name, str) else None
    session = actor.get("session") if actor and told and is_current(told, actor.get("key")) else None
    return name if isinstance(session, str) and not is_ended(session) else None


async def ask_private(work: Callable[[Database], T]) -> T:
    """What `work` answers of the private database.

    Raises BusyError as ask_file does, FileNotFoundError where there is none.
    """
    path = private_db()
    if path is None:
        raise FileNotFoundError("no private database")
    return await ask_file(path, open_db, work)


def here(datasette: Any, request: Request, path: str, fragment: str = "", **parameters: object) -> str:
    """The address of a page in the language of this one."""
    if request.args.get("lang") == "en":
        parameters["lang"] = "en"
    query = urlencode({name: value for name, value in parameters.items() if value not in (None, "")})
    joint = "&" if "?" in path else "?"
    return f"{datasette.urls.path(path)}{joint + query if query else ''}{'#' + fragment if fragment else ''}"


async def render_private(
    datasette: Any,
    request: Request,
    template: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Response:
    """A page for one reader, which no cache keeps; forms in it carry this reader's token."""
    html = await datasette.render_template(template, {"own_page": True, **context}, request=request)
    return Response.html(html, status=status, headers={"cache-control": "private, no-store", **(headers or {})})


def see_desk(datasette: Any, request: Request, article: str, fact: str) -> Response:
    """To the desk, where the form stands open that corrects a fact of an article."""
    item = f"{article}-{fact}" if fact in ("article", "date") else fact
    # Without a fragment: where there is one, a browser does not go to the field that wants the focus.
    return see_other(here(datasette, request, f"/tinjauan/butir/{quote(item, safe='')}", koreksi=1))
