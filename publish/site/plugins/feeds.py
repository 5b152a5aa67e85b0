"""Atom feeds: /peristiwa.atom, and of a regency, a province, a stage, a person and a search."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.feeds.answers import build_frame, open_answer
from publish.site.feeds.atom import atom_feed
from publish.site.feeds.events import news_of, read_release
from publish.site.feeds.scopes import FINDERS, Find
from publish.site.page import not_found


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(rf"^{path}\.atom$", _route(find)) for path, find in FINDERS.items()]


def _route(find: Find) -> Any:
    async def feed(datasette: Any, request: Request) -> Response:
        scope = await find(datasette, request)
        if scope is None:
            return await not_found(datasette, request, "missing.feed")
        frame = build_frame(datasette, request, scope, "atom", await read_release(datasette))
        events = await news_of(datasette, scope, frame.release.made_at)
        return open_answer(datasette, atom_feed(frame, events), "application/atom+xml")

    return feed
