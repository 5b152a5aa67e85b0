"""/tinjauan: the queue of review as a desk for who is signed in, and /tinjauan/riwayat: who decided what."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast, get_args
from urllib.parse import quote

from datasette import Request, Response, hookimpl

from db.connect import Database
from db.reviewing.corrections import CorrectionError
from db.reviewing.facts import FactError
from db.reviewing.history import published_at, read_decision, read_decisions, read_unpublished, undo_ref
from db.reviewing.sight import FACT
from publish.dates_id import Language
from publish.site.dates import date_text
from publish.site.evidence import highlight
from publish.site.forms import FormError, read_form, see_other
from publish.site.page import Row, fetch_rows, language_of, not_found, page_number
from publish.site.reviewing.accounts import private_db, site_accounts
from publish.site.reviewing.desk import (
    KEYS,
    Desk,
    Press,
    decide,
    first_waiting,
    open_desk,
    ref_of,
    still_unpublished,
)
from publish.site.reviewing.fields import fact_problem
from publish.site.reviewing.queue import (
    ALL_KINDS,
    Filter,
    choose,
    fetch_published,
    fetch_published_item,
    read_filter,
    read_queue,
)
from publish.site.reviewing.session import ask_private, here, render_private, reviewer
from publish.site.strings import translate
from publish.site.writing import BusyError

PAGE = 50
LABELS = ("REGENCY", "OFFICIAL", "DATE", "STAGE", "PILLAR")
REGENCIES = "select code, name, province_code, province_name from regencies order by code"
STAGES = "select code, name_id, name_en from stages order by position"
PUBLISHED_CORRECTIONS = "select id, undone_at from corrections where id in (select value from json_each(:ids))"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/tinjauan$", desk),
        (r"^/tinjauan/butir/(?P<item>[^/]+)$", item),
        (r"^/tinjauan/urung$", undo),
        (r"^/tinjauan/riwayat$", history),
    ]


async def desk(datasette: Any, request: Request) -> Response:
    by = reviewer(request)
    if by is None:
        return await _ask_who(datasette, request)
    return await _busy_told(datasette, request, _show(datasette, request, by, None))


async def item(datasette: Any, request: Request) -> Response:
    by = reviewer(request)
    if by is None:
        return await _ask_who(datasette, request)
    what = request.url_vars["item"]
    if request.method == "POST":
        return await _busy_told(datasette, request, _decide(datasette, request, by, what))
    return await _busy_told(datasette, request, _show(datasette, request, by, what))


async def undo(datasette: Any, request: Request) -> Response:
    by = reviewer(request)
    if by is None:
        return await _ask_who(datasette, request)
    if request.method != "POST":
        return see_other(here(datasette, request, "/tinjauan"))
    return await _busy_told(datasette, request, _undo(datasette, request, by))


async def history(datasette: Any, request: Request) -> Response:
    by = reviewer(request)
    if by is None:
        return await _ask_who(datasette, request)
    return await _busy_told(datasette, request, _history(datasette, request, by))


async def _ask_who(datasette: Any, request: Request) -> Response:
    if not site_accounts():
        return await not_found(datasette, request, "sign_in.nobody")
    if request.method == "POST":
        return await _message(datasette, request, 403, "desk.signed_out", "desk.signed_out_note")
    return see_other(here(datasette, request, "/masuk", ke=request.full_path if request.path != "/tinjauan" else ""))


async def _busy_told(datasette: Any, request: Request, answer: Any) -> Response:
    try:
        response: Response = await answer
        return response
    except BusyError:
        return await _message(datasette, request, 503, "desk.busy", "desk.busy_note", {"retry-after": "10"})
    except FormError as error:
        return await _message(datasette, request, error.status, "form.title", error.key)


async def _message(
    datasette: Any,
    request: Request,
    status: int,
    title: str,
    note: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return await render_private(
        datasette, request, "review_message.html", status=status, headers=headers, heading=title, note=note
    )


# Showing


async def _show(
    datasette: Any,
    request: Request,
    by: str,
    what: str | None,
    status: int = 200,
    form: Mapping[str, str] | None = None,
    problem: Exception | None = None,
) -> Response:
    path, wanted = _path(), read_filter(request)
    published = await fetch_published(datasette)
    if what is None:
        what = await ask_private(lambda db: first_waiting(db, path, published, wanted))
    found = await fetch_published_item(datasette, what) if what else None
    done = request.args.get("selesai")
    shown: Desk = await ask_private(lambda db: open_desk(db, path, by, published, wanted, what, found, done))
    regencies = await fetch_rows(datasette, REGENCIES)
    stages = {row["code"]: row for row in await fetch_rows(datasette, STAGES)}
    names = {row["code"]: row["name"] for row in regencies}
    conflict = problem if isinstance(problem, CorrectionError) else shown.problem
    return await render_private(
        datasette,
        request,
        "review.html",
        status=404 if shown.problem and status == 200 else status,
        desk=shown,
        sight=shown.sight,
        by=by,
        wanted=wanted,
        kept=wanted.parameters | {"dari": request.args.get("dari")},
        names=names,
        stages=stages,
        provinces={row["province_code"]: row["province_name"] for row in regencies},
        regencies=regencies if form is not None or request.args.get("koreksi") else [],
        is_correcting=bool(request.args.get("koreksi") or (form and form.get("tekan") == "correct")),
        form=form or {},
        wrong=_wrong(problem, names) if isinstance(problem, FactError) else None,
        refused=_refused(conflict) if conflict else None,
        unpublished=len(await _unpublished(datasette, shown.unpublished)),
        keys=KEYS,
        mark=_marker(request),
        in_words=partial(_in_words, language=language_of(request)),
        kinds=ALL_KINDS,
    )


def _marker(request: Request) -> Any:
    """As `highlight` of every page, and it marks the words of the fact itself."""
    language = language_of(request)
    labels = {name: translate(f"label.{name.lower()}", language) for name in (*LABELS, FACT)}
    return partial(highlight, labels=labels)


def _in_words(text: str, language: Language) -> str:
    """A text of the queue with its dates as readers read them."""
    return re.sub(r"\b\d{4}-\d\d(-\d\d)?\b", lambda found: date_text(found[0], language), text)


def _wrong(error: FactError, names: Mapping[str, str]) -> Row:
    """A field and what is wrong with it."""
    key, values = fact_problem(error)
    if error.among:
        values["among"] = "; ".join(f"{names.get(code, '')} ({code})" for code in error.among)
    return {"field": error.field, "key": key, "values": values}


def _refused(error: CorrectionError) -> Row:
    return {"problem": error.problem, "values": error.values, "message": str(error)}


async def _unpublished(datasette: Any, refs: Sequence[Row]) -> set[str]:
    ids = [int(row["ref"][1:]) for row in refs if row["ref"].startswith("k")]
    rows = await fetch_rows(datasette, PUBLISHED_CORRECTIONS, {"ids": json.dumps(ids)})
    return still_unpublished(refs, {row["id"]: row["undone_at"] for row in rows})


# Deciding


async def _decide(datasette: Any, request: Request, by: str, what: str) -> Response:
    form = await read_form(request)
    press = form.get("tekan", "")
    if press not in get_args(Press):
        raise FormError(400, "form.unreadable")
    found = await fetch_published_item(datasette, what)
    published = await fetch_published(datasette)
    path, wanted = _path(), read_filter(request)
    reason = form.get("alasan") or _usual_reason(press)

    def work(db: Database) -> tuple[str, str | None]:
        before = [one.id for one in choose(db, read_queue(db, path, published), wanted)]
        done = decide(db, what, found, cast(Press, press), by, reason, form)
        behind = before[before.index(what) + 1 :] if what in before else []
        return ref_of(done), first_waiting(db, path, published, wanted, behind)

    try:
        ref, after = await ask_private(work)
    except FactError as error:
        return await _show(datasette, request, by, what, 400, form, error)
    except CorrectionError as error:
        status = {"decided": 409, "twin": 409, "gone": 404}.get(error.problem, 400)
        return await _show(datasette, request, by, what, status, form, error)
    return see_other(_onward(datasette, request, wanted, after, ref))


def _usual_reason(press: str) -> str:
    """What a decision rests on where the reviewer writes nothing: the sentence on the page."""
    return {
        "accept": "dibaca bersama kalimatnya: benar",
        "reject": "dibaca bersama kalimatnya: tidak benar",
        "skip": "dilewati di meja tinjauan",
        "same": "dibaca di meja tinjauan: satu orang",
        "different": "dibaca di meja tinjauan: dua orang",
    }.get(press, "")


def _onward(datasette: Any, request: Request, wanted: Filter, after: str | None, ref: str) -> str:
    """The item from which somebody came, else the next one, with what was done."""
    item = request.args.get("dari") or after
    path = f"/tinjauan/butir/{quote(item, safe='')}" if item else "/tinjauan"
    return here(datasette, request, path, "butir", **wanted.parameters, selesai=ref)


async def _undo(datasette: Any, request: Request, by: str) -> Response:
    form = await read_form(request)
    ref = form.get("keputusan", "")

    def work(db: Database) -> Row | None:
        row = read_decision(db, ref) if ref[1:].isdecimal() and len(ref) < 18 else None
        undo_ref(db, ref if row else "", by)
        return row

    try:
        row = await ask_private(work)
    except CorrectionError as error:
        status = 409 if error.problem == "undone" else 400
        return await _message(datasette, request, status, "desk.not_undone", f"desk.refused.{error.problem}")
    assert row is not None
    wanted = read_filter(request).parameters
    if form.get("ke") == "riwayat":
        return see_other(here(datasette, request, "/tinjauan/riwayat", row["ref"], urung=ref))
    back = row["item"] if row["item"] and "/" not in row["item"] else None
    return see_other(
        here(datasette, request, f"/tinjauan/butir/{back}" if back else "/tinjauan", "butir", **wanted, selesai=ref)
    )


# Looking back


async def _history(datasette: Any, request: Request, by: str) -> Response:
    number, whose = page_number(request), (request.args.get("oleh") or "").strip()[:60] or None

    def work(db: Database) -> tuple[list[Row], list[Row], str | None, list[str]]:
        rows = read_decisions(db, whose, PAGE + 1, PAGE * (number - 1))
        people = db.execute(
            "select decided_by from corrections union select decided_by from review_marks "
            "union select decided_by from person_decisions order by 1 limit 100"
        ).fetchall()
        return rows, read_unpublished(db), published_at(db), [name for (name,) in people]

    rows, unpublished, at, people = await ask_private(work)
    stages = {row["code"]: row for row in await fetch_rows(datasette, STAGES)}
    return await render_private(
        datasette,
        request,
        "review_history.html",
        rows=rows[:PAGE],
        has_more=len(rows) > PAGE,
        page_at=number,
        whose=whose,
        by=by,
        people=people,
        waiting=await _unpublished(datasette, unpublished),
        published_at=at,
        names={row["code"]: row["name"] for row in await fetch_rows(datasette, REGENCIES)},
        stages=stages,
        undone=request.args.get("urung"),
    )


def _path() -> Path:
    path = private_db()
    if path is None:
        raise FileNotFoundError("no private database")
    return path
