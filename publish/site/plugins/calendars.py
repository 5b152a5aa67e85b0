"""Calendars: /peristiwa.ics, and of a regency, a province, a stage, a person and a search."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.feeds.answers import build_frame, open_answer
from publish.site.feeds.calendar import calendar_text
from publish.site.feeds.events import dated_of, read_release, withdrawn_of
from publish.site.feeds.scopes import FINDERS, Find
from publish.site.page import not_found


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(rf"^{path}\.ics$", _route(find)) for path, find in FINDERS.items()]


def _route(find: Find) -> Any:
    async def calendar(datasette: Any, request: Request) -> Response:
        scope = await find(datasette, request)
        if scope is None:
            return await not_found(datasette, request, "missing.feed")
        frame = build_frame(datasette, request, scope, "ics", await read_release(datasette))
        events = await dated_of(datasette, scope) + await withdrawn_of(datasette, scope, frame.release.made_at)
        return open_answer(datasette, calendar_text(frame, events), "text/calendar")

    return calendar
