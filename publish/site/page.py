"""What every page of ours does: ask the database, render a template, answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datasette import Request, Response
from jinja2 import Template

from publish.dates_id import Language

Row = dict[str, Any]

# A route of a page ends with this; the same address with an ending is the page's feed, calendar or data.
KEY = r"[^/]+(?<!\.atom)(?<!\.ics)(?<!\.json)(?<!\.csv)"


async def fetch_rows(datasette: Any, sql: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
    """Rows of a query on public.db, in the query's order; at most as many as the setting max_returned_rows."""
    results = await datasette.get_database().execute(sql, parameters or {})
    return [dict(row) for row in results.rows]


async def fetch_row(datasette: Any, sql: str, parameters: Mapping[str, object] | None = None) -> Row | None:
    """The first row of a query, or None."""
    rows = await fetch_rows(datasette, sql, parameters)
    return rows[0] if rows else None


async def render(datasette: Any, request: Request, template: str, status: int = 200, **context: object) -> Response:
    """The page, kept by caches for as long as Datasette's own pages are. Nothing in its template may be awaited."""
    page = _read_template(datasette, template)
    html = await datasette.render_template(page, {"own_page": True, "status": status, **context}, request=request)
    cache = f"max-age={datasette.setting('default_cache_ttl')}" if status == 200 else "no-cache"
    return Response.html(html, status=status, headers={"cache-control": cache})


class PlainTemplate(Template):
    """A template that asks of nothing whether it is to be awaited, which is a fifth of the work."""

    async def render_async(self, *args: Any, **context: Any) -> str:
        """The text, made at once."""
        return self.render(*args, **context)


def _read_template(datasette: Any, name: str) -> Template:
    environment = datasette.jinja_env
    if not hasattr(environment, "plain"):
        environment.plain = environment.overlay(enable_async=False)
        environment.plain.template_class = PlainTemplate
    template: Template = environment.plain.get_template(name)
    return template


async def not_found(datasette: Any, request: Request, what: str) -> Response:
    """A 404 that says what was looked for and where to go on; `what` is a key of strings/."""
    return await render(datasette, request, "404.html", status=404, what=what)


def language_of(request: Request) -> Language:
    """The language that the reader asked for."""
    return "en" if request.args.get("lang") == "en" else "id"


def page_number(request: Request) -> int:
    """The page asked for with `?halaman=`, from 1; what is no number is the first page."""
    asked = request.args.get("halaman") or "1"
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
