"""What others are told of a page: search engines, messengers, feed readers. Templates say it by _sharing.html."""

from __future__ import annotations

import hashlib
import re
from functools import partial
from pathlib import Path
from typing import Any

from datasette import Request, hookimpl

from publish.site.events import FILTERS
from publish.site.feeds import jsonld
from publish.site.feeds.answers import whole_address
from publish.site.feeds.atom import account, headline
from publish.site.page import language_of
from publish.site.search.words import FILTERS as SEARCH_FILTERS

FOLLOWED = re.compile(r"/(?:(?:daerah|provinsi|tahapan|pejabat)/[^/]+|peristiwa|cari)?")
"""Pages whose events can be followed; the first page tells all."""
KEPT_OUT = ("/cari", "/masuk", "/keluar", "/tinjauan", "/salah", "/langganan/", "/surat/saya/")
"""Pages that search engines are not to keep, as robots.txt says too."""
DATA = re.compile(r"/(?:daerah|provinsi|peristiwa|artikel|pejabat|media)(?:/[^/]+)?|/tahapan/[^/]+")
"""Pages whose data is there as JSON."""
CARD_VERSION = hashlib.sha256((Path(__file__).parents[1] / "static" / "card.png").read_bytes()).hexdigest()[:8]
KEPT = {
    "/cari": ("q", "jenis", *SEARCH_FILTERS, "halaman"),
    "/peristiwa": (*FILTERS, "tampil", "halaman"),
}
"""Parameters by which a page is another page; all others only arrange what is shown."""


@hookimpl
def extra_template_vars(request: Request | None, datasette: Any) -> dict[str, Any]:
    if request is None:
        return {}
    language = language_of(request)
    path = request.path
    kept = {name: request.args.get(name) for name in KEPT.get(path, ("halaman",))}
    here = partial(whole_address, datasette, request)
    own = partial(here, path, **{name: value for name, value in kept.items() if (name, value) != ("halaman", "1")})
    return {
        "whole": partial(here, lang="en" if language == "en" else None),
        "card": f"{here('/static/card.png')}?{CARD_VERSION}",
        "here": here,
        "is_kept_out": path.startswith(KEPT_OUT),
        "own_address": own(lang="en" if language == "en" else None),
        "languages": {"id": own(), "en": own(lang="en"), "x-default": own()},
        "followed": _followed(path, request, here),
        "thing": jsonld,
        "json_ld": jsonld.json_ld,
        "clipped": jsonld.clipped,
        "event_account": partial(account, language=language),
        "event_headline": partial(headline, language=language),
    }


def _followed(path: str, request: Request, here: Any) -> list[tuple[str, str]]:
    """Media type and address of each way to follow what the page shows, and of its data."""
    chosen = [name for name in KEPT.get(path, ()) if name not in ("jenis", "tampil", "halaman")]
    kept = {name: request.args.get(name) for name in chosen}
    found = []
    if FOLLOWED.fullmatch(path) and (path != "/cari" or any(kept.values())):
        feed = "/peristiwa" if path == "/" else path
        language = {"lang": "en" if language_of(request) == "en" else None}
        ways = {"application/atom+xml": f"{feed}.atom", "text/calendar": f"{feed}.ics"}
        found = [(kind, here(address, **kept, **language)) for kind, address in ways.items()]
    return found + ([("application/json", here(f"{path}.json", **kept))] if DATA.fullmatch(path) else [])
