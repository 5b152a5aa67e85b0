"""/surat: the web copies of the weekly letters, and /surat/saya/<token>, a reader's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Any

from datasette import Request, Response, hookimpl
from markupsafe import Markup

from publish.letters.letter import (
    CONFIRM_URL,
    COPY_URL,
    PREFERENCES_URL,
    READER_NAME,
    UNSUBSCRIBE_URL,
    Image,
    with_images,
)
from publish.site.feeds.answers import whole_address
from publish.site.mailing.pages import busy, in_language_of, message
from publish.site.mailing.readers import read_copy
from publish.site.mailing.store import ask_mail
from publish.site.page import fetch_row, fetch_rows, not_found, render
from publish.site.reviewing.session import here, render_private
from publish.site.writing import BusyError

# Counted as the headlines of the letters do: what is only looked back on or announced is no event of the week.
LETTERS = """
select
    digests.week, digests.monday, date(digests.monday, '+6 days') as sunday, digests.made_at,
    (
        select count(distinct told.event_id)
        from articles
        join stage_reports as told on told.article_id = articles.id
        where articles.is_relevant = 1
        and articles.published_date between digests.monday and date(digests.monday, '+6 days')
        and told.is_main = 1
        and exists (
            select 1
            from stage_reports as held
            join articles as teller on teller.id = held.article_id
            where held.event_id = told.event_id
            and held.status = 'held'
            and (teller.published_date <= date(digests.monday, '+6 days') or teller.published_date is null)
        )
    ) as events,
    (
        select count(*) from articles
        where articles.is_relevant = 1
        and articles.published_date between digests.monday and date(digests.monday, '+6 days')
    ) as articles
from digests
order by digests.week desc
"""
LETTER = "select week, monday, date(monday, '+6 days') as sunday, html, made_at from digests where week = :week"
AROUND = """
select
    (select max(week) from digests where week < :week) as former,
    (select min(week) from digests where week > :week) as next
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/surat$", letters),
        (r"^/surat/saya/(?P<token>[^/]+)$", own_letter),
        (r"^/surat/(?P<week>[^/]+)$", letter),
    ]


async def letters(datasette: Any, request: Request) -> Response:
    rows = await fetch_rows(datasette, LETTERS)
    # By the year of the ISO week, which its number is of.
    years = [(year, list(of_year)) for year, of_year in groupby(rows, key=lambda row: row["week"][:4])]
    return await render(datasette, request, "letters.html", years=years)


async def letter(datasette: Any, request: Request) -> Response:
    week = {"week": request.url_vars["week"]}
    row = await fetch_row(datasette, LETTER, week)
    if row is None:
        return await not_found(datasette, request, "missing.letter")
    page = here(datasette, request, "/langganan")
    # What is a reader's alone in a letter that is sent leads here to where anybody may ask for one.
    marks = dict.fromkeys((UNSUBSCRIBE_URL, PREFERENCES_URL, CONFIRM_URL), page)
    marks |= {COPY_URL: here(datasette, request, request.path), READER_NAME: ""}
    html = _filled(row["html"], marks)
    return await render(
        datasette,
        request,
        "letter.html",
        letter=row,
        body=_body(html),
        style=_style(html),
        letter_lang=_lang(html),
        around=await fetch_row(datasette, AROUND, week),
    )


async def own_letter(datasette: Any, request: Request) -> Response:
    home = whole_address(datasette, request, "/").rstrip("/")
    try:
        found = await ask_mail(
            partial(read_copy, token=request.url_vars["token"], site_url=home, now=datetime.now(UTC))
        )
    except BusyError:
        return await busy(datasette, request)
    if found is None:
        return await message(datasette, request, 404, "letter.copy_gone", "letter.copy_gone_what")
    kept, html = found
    html = with_images(html, [Image(name, png) for name, png in kept.images.items()])
    return await render_private(
        datasette,
        in_language_of(request, kept.lang),
        "letter_copy.html",
        subject=kept.subject,
        composed_at=kept.composed_at,
        letter_lang=kept.lang,
        body=_body(html),
        style=_style(html),
    )


def _filled(html: str, values: Mapping[str, str]) -> str:
    for mark, value in values.items():
        html = html.replace(mark, str(Markup.escape(value)))
    return html


def _body(html: str) -> Markup:
    """The inside of the letter's <body>. It is our own, escaped when it was written, so it goes out as it is."""
    inside = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL | re.IGNORECASE)
    return Markup(inside[1] if inside else html)


def _lang(html: str) -> str:
    """The language that a letter is written in, whatever that of the page around it."""
    told = re.search(r'<html[^>]*\blang="(id|en)"', html)
    return told[1] if told else "id"


def _style(html: str) -> Markup:
    """The rules for narrow and dark screens that stand in the letter's head; they hold for the letter alone."""
    rules = "\n".join(re.findall(r"<style[^>]*>(.*?)</style>", html.partition("<body")[0], re.DOTALL | re.IGNORECASE))
    return Markup(f"@scope (.copy) {{\n{rules}\n}}") if rules.strip() else Markup("")
