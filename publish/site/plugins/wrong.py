"""/salah: a reader says that a fact is wrong; a reviewer is led to correct it."""

from __future__ import annotations

import os
import re
from typing import Any

from datasette import Request, Response, hookimpl

from db.connect import Database
from db.reviewing.corrections import CorrectionError
from db.reviewing.facts import KINDS, Content, content
from db.reviewing.hints import save_hint
from publish.site.facts import name_facts
from publish.site.forms import FormError, address_of, read_form
from publish.site.limits import take
from publish.site.page import Row, fetch_row, fetch_rows, not_found
from publish.site.reviewing import accounts
from publish.site.reviewing.session import ask_private, here, render_private, reviewer, see_desk
from publish.site.writing import BusyError

LONGEST = {"salah": 1000, "benar": 1000, "sumber": 500, "surel": 200}

TABLES = {
    "event": "stage_reports",
    "official": "officials",
    "quote": "quotes",
    "figure": "figures",
    "regency": "article_regencies",
}

ARTICLE = """
select id, title, url, outlet_name, published_at, published_date, date_reason, is_relevant
from articles
where id = :id
"""

PROOF = "select number, text, anchor from evidence where article_id = :id and number = :number"
REGENCIES = "select code, name from regencies"
STAGES = "select code, name_id, name_en from stages"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/salah$", wrong)]


async def wrong(datasette: Any, request: Request) -> Response:
    article = await fetch_row(datasette, ARTICLE, {"id": (request.args.get("artikel") or "")[:60]})
    name = (request.args.get("fakta") or "")[:60]
    if article is None:
        return await not_found(datasette, request, "missing.article")
    if reviewer(request):
        return see_desk(datasette, request, article["id"], name)
    fact = await _find_fact(datasette, article, name)
    if fact is None:
        return await _page(datasette, request, article, None, 404)
    if request.method == "POST" and accounts.can_sign_in():
        return await _take(datasette, request, article, fact)
    return await _page(datasette, request, article, fact)


async def _find_fact(datasette: Any, article: Row, name: str) -> Row | None:
    """The published fact of a name: its kind, what it says, and its sentence."""
    if name == "article":
        relevant = article["is_relevant"]
        return _whole(name, {"is_relevant": None if relevant is None else bool(relevant)})
    if name == "date":
        return _whole(name, {"published_at": article["published_at"]})
    for kind, table in TABLES.items():
        fields = ", ".join(f'"{field}"' for field in KINDS[kind].fields)
        rows = await fetch_rows(
            datasette,
            f"select article_id, evidence_number, {fields} from {table} where article_id = :id",
            {"id": article["id"]},
        )
        for row in name_facts(kind, rows):
            if row["fact"] == name:
                proof = await fetch_row(datasette, PROOF, {"id": article["id"], "number": row["evidence_number"]})
                return {"name": name, "kind": kind, "said": content(kind, row), "proof": proof}
    return None


def _whole(kind: str, said: Content) -> Row:
    return {"name": kind, "kind": kind, "said": said, "proof": None}


async def _take(datasette: Any, request: Request, article: Row, fact: Row) -> Response:
    try:
        form = await read_form(request)
    except FormError as error:
        return await _page(datasette, request, article, fact, error.status, {}, error.key)
    if form.get("situs"):  # nobody sees this field; a machine fills it in and is thanked
        return await _page(datasette, request, article, fact, is_sent=True)
    if problem := _problem(form):
        return await _page(datasette, request, article, fact, 400, form, *problem)
    address = address_of(request)
    proof = fact["proof"]["text"] if fact["proof"] else None

    def work(db: Database) -> None:
        save_hint(
            db, article["id"], fact["name"], fact["kind"], fact["said"], proof,
            form["salah"], form.get("benar") or None, form.get("sumber") or None, form.get("surel") or None,
        )  # fmt: skip

    try:
        if not await take(accounts.HINTS, address):
            return await _page(datasette, request, article, fact, 429, form, "wrong.too_many")
        await ask_private(work)
    except BusyError:
        return await _page(datasette, request, article, fact, 503, form, "desk.busy_note")
    except CorrectionError as error:
        key, status = ("wrong.full", 503) if error.problem == "full" else ("wrong.unknown", 404)
        return await _page(datasette, request, article, fact, status, form, key)
    return await _page(datasette, request, article, fact, is_sent=True)


def _problem(form: dict[str, str]) -> tuple[str, dict[str, Any]] | None:
    """The words for what is wrong with a hint, or None."""
    for name, most in LONGEST.items():
        if len(form.get(name, "")) > most:
            return "wrong.long", {"most": most}
    if len(form.get("salah", "")) < 5:
        return "wrong.missing", {}
    source, email = form.get("sumber", ""), form.get("surel", "")
    if source and not (re.fullmatch(r"https?://[^\s<>\"]+", source) and source.isprintable()):
        return "wrong.no_address", {}
    if email and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", email):
        return "wrong.no_email", {}
    return None


async def _page(
    datasette: Any,
    request: Request,
    article: Row,
    fact: Row | None,
    status: int = 200,
    form: dict[str, str] | None = None,
    problem: str | None = None,
    values: dict[str, Any] | None = None,
    is_sent: bool = False,
) -> Response:
    return await render_private(
        datasette,
        request,
        "review_wrong.html",
        status=status,
        headers={"retry-after": "3600"} if status == 429 else None,
        article=article,
        fact=fact,
        form=form or {},
        problem=problem,
        problem_values=values or {},
        is_sent=is_sent,
        is_open=accounts.can_sign_in(),
        contact=os.environ.get("PANTAU_CONTACT"),
        longest=LONGEST,
        address=here(datasette, request, "/salah", artikel=article["id"], fakta=fact["name"] if fact else ""),
        names={row["code"]: row["name"] for row in await fetch_rows(datasette, REGENCIES)},
        stages={row["code"]: row for row in await fetch_rows(datasette, STAGES)},
        keys={},
    )
