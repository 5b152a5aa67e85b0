"""What every template can say: words in the reader's language, links that keep it, dates."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from datasette import Request, hookimpl
from jinja2 import Environment

from publish.dates_id import Language
from publish.site.dates import date_html, day_in_jakarta, instant_html
from publish.site.evidence import snippet
from publish.site.figures import figure_text
from publish.site.metadata import METADATA
from publish.site.page import Row, fetch_row
from publish.site.phases import PHASE_OF_STAGE, PHASES
from publish.site.strings import number, translate
from publish.theirs import is_web, unsteered

STATIC = Path(__file__).parents[1] / "static"
# In the address, so that a browser asks anew after a change and not before.
STATIC_VERSIONS = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:8] for path in STATIC.iterdir()}

# What each table holds, for the list of tables: Datasette tells its database page only the names.
DESCRIBED = {
    name: table["description"]
    for name, table in yaml.safe_load(METADATA.read_text(encoding="utf-8"))["databases"]["public"]["tables"].items()
}


@hookimpl
def extra_template_vars(request: Request | None, datasette: Any) -> Callable[[], Awaitable[dict[str, Any]]]:
    # On Datasette's own pages `lang` is `_lang` (stock.py).
    asked = (request.args.get("lang"), request.args.get("_lang")) if request else ()
    language: Language = "en" if "en" in asked else "id"

    async def variables() -> dict[str, Any]:
        return {
            **_words(datasette, language),
            "switch_link": _switch_link(request, language),
            "this_release": await _this_release(datasette),
        }

    return variables


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    # Datasette renders its error pages without extra_template_vars; they speak Indonesian.
    env.globals.update({**_words(datasette, "id"), "switch_link": "?lang=en"})
    # Whatever a page says, in whichever template, also in Datasette's own: no text turns the words after it around.
    env.finalize = unsteered


async def _this_release(datasette: Any) -> Row | None:
    try:
        told = await fetch_row(datasette, "select id, made_at from release")
    except sqlite3.DatabaseError:
        # A page that says what is wrong with the data must not fail for the same reason.
        return None
    return told and {"id": told["id"], "day": day_in_jakarta(told["made_at"])}


def _words(datasette: Any, language: Language) -> dict[str, Any]:
    return {
        "lang": language,
        "t": partial(translate, language=language),
        "number": partial(number, language=language),
        "date": partial(date_html, language=language),
        "day_in_jakarta": day_in_jakarta,
        "instant": partial(instant_html, language=language),
        "snippet": snippet,
        "is_web": is_web,
        "figure": partial(figure_text, language=language),
        "link": _links(datasette, language),
        "static": lambda name: f"{datasette.urls.path('/static/' + name)}?{STATIC_VERSIONS[name]}",
        "described": DESCRIBED,
        "phases": list(PHASES),
        "phase_of_stage": PHASE_OF_STAGE,
    }


def _links(datasette: Any, language: Language) -> Callable[..., str]:
    def link(path: str, fragment: str = "", **parameters: object) -> str:
        if language == "en":
            parameters["lang"] = "en"
        told = {name: value for name, value in parameters.items() if value not in (None, "")}
        # A page has hundreds of links, most of them without parameters.
        query = f"?{urlencode(told)}" if told else ""
        return str(datasette.urls.path(path)) + query + (f"#{fragment}" if fragment else "")

    return link


def _switch_link(request: Request | None, language: Language) -> str:
    kept = (
        []
        if request is None
        else [(name, request.args[name]) for name in request.args if name not in ("lang", "_lang")]
    )
    if language == "id":
        kept.append(("lang", "en"))
    elif request is not None and request.path.startswith("/langganan/"):
        # A reader's own page is in the language of her letter unless its address says another.
        kept.append(("lang", "id"))
    return "?" + urlencode(kept)
