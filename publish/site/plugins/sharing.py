"""What others are told of a page: search engines, messengers, feed readers. Templates say it by _sharing.html."""

from __future__ import annotations

import hashlib
import re
from functools import partial
from pathlib import Path
from typing import Any

from datasette import Request, hookimpl

from publish.site import jsonld
from publish.site.feed_answers import language_of, whole_address
from publish.site.feed_atom import account, headline

FOLLOWED = re.compile(r"/(?:(?:daerah|tahapan|pejabat)/[^/]+|peristiwa|cari)?")
"""Pages whose events can be followed; the first page tells all."""
DATA = re.compile(r"/(?:daerah|peristiwa|artikel|pejabat|media)(?:/[^/]+)?")
"""Pages whose data is there as JSON."""
CARD_VERSION = hashlib.sha256((Path(__file__).parents[1] / "static" / "card.png").read_bytes()).hexdigest()[:8]
KEPT = ("halaman",)
"""Parameters by which a page is another page; all others only choose or order what is shown."""


@hookimpl
def extra_template_vars(request: Request | None, datasette: Any) -> dict[str, Any]:
    if request is None:
        return {}
    language = language_of(request)
    path = request.path
    query = {name: request.args[name] for name in request.args if name != "lang"} if path == "/cari" else {}
    kept = {name: request.args[name] for name in KEPT if request.args.get(name) not in (None, "", "1")}
    here = partial(whole_address, datasette, request)
    own = partial(here, path, **query, **kept)
    return {
        "whole": partial(here, lang="en" if language == "en" else None),
        "card": f"{here('/static/card.png')}?{CARD_VERSION}",
        "here": here,
        "own_address": own(lang="en" if language == "en" else None),
        "languages": {"id": own(), "en": own(lang="en"), "x-default": own()},
        "followed": _followed(path, language, query, here) if not query or request.args.get("q") else [],
        "thing": jsonld,
        "json_ld": jsonld.json_ld,
        "clipped": jsonld.clipped,
        "event_account": partial(account, language=language),
        "event_headline": partial(headline, language=language),
    }


def _followed(path: str, language: str, query: dict[str, str], here: Any) -> list[tuple[str, str]]:
    """Media type and address of each way to follow what the page shows, and of its data."""
    kept = {**query, "lang": "en" if language == "en" else None}
    ways = []
    if FOLLOWED.fullmatch(path) and (path != "/cari" or query):
        feed = "/peristiwa" if path == "/" else path
        ways = [("application/atom+xml", f"{feed}.atom"), ("text/calendar", f"{feed}.ics")]
    found = [(kind, here(address, **kept)) for kind, address in ways]
    return found + ([("application/json", here(f"{path}.json"))] if DATA.fullmatch(path) else [])
