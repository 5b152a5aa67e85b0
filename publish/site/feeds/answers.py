"""What the answers of feeds, calendars and data have in common: their whole addresses, and who may read them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from datasette import Request, Response

from publish.release import Release
from publish.site.feeds.atom import Frame
from publish.site.feeds.scopes import Scope
from publish.site.page import language_of
from publish.site.strings import translate


def whole_address(datasette: Any, request: Request, path: str, **parameters: object) -> str:
    """The whole address of a path of the site, which may have a query and a fragment; parameters are added.

    It is that of the site as it was set up (PANTAU_SITE, as in the letters), or else as the reader asked for it.
    """
    before, mark, fragment = path.partition("#")
    query = urlencode({name: value for name, value in parameters.items() if value not in (None, "")})
    joint = "&" if "?" in before else "?"
    local: str = datasette.urls.path(before + (joint + query if query else ""))
    site = os.environ.get("PANTAU_SITE", "").rstrip("/")
    address: str = site + local if site else datasette.absolute_url(request, local)
    return address + mark + fragment


def build_frame(datasette: Any, request: Request, scope: Scope, ending: str, release: Release) -> Frame:
    """What a feed or calendar (`ending`: atom or ics) of a scope says of itself, in the reader's language."""
    language = language_of(request)
    kept: Mapping[str, str] = {"lang": "en"} if language == "en" else {}

    root = whole_address(datasette, request, "/").removesuffix("/")

    def address(path: str) -> str:
        before, mark, fragment = path.partition("#")
        return f"{root}{before}{'?' + urlencode(kept) if kept else ''}{mark}{fragment}"

    return Frame(
        title=translate("feed.title", language, name=scope.name[language]),
        own_address=whole_address(datasette, request, f"{scope.path}.{ending}", **scope.query, **kept),
        page_address=whole_address(datasette, request, scope.page, **scope.query, **kept),
        language=language,
        release=release,
        address=address,
    )


def open_answer(datasette: Any, body: str | bytes, content_type: str, **headers: str) -> Response:
    """An answer that pages of any site may read, kept by caches for as long as pages are."""
    cache = {"cache-control": f"max-age={datasette.setting('default_cache_ttl')}", "access-control-allow-origin": "*"}
    return Response(body, 200, {**cache, **headers}, content_type=f"{content_type}; charset=utf-8")
