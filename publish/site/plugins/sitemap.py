"""/sitemap.xml: the index of all pages for search engines, in parts, and /sitemap/<kind>-<n>.xml, the parts.

robots.txt is datasette-block-robots (queries.yml says what is kept out); datasette-sitemap adds the index's address
to it. Its own sitemap knows neither parts nor days of change, so ours answers at the same address.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from datasette import Request, Response, hookimpl

from publish.site.feeds.answers import open_answer, whole_address
from publish.site.feeds.events import read_release
from publish.site.page import fetch_row, fetch_rows, not_found

PART = 10_000
"""Addresses in a part; the protocol allows 50,000."""
Entry = tuple[str, str, str | None]
"""The element, the path, and the day of its last change where one is known."""
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
FIXED = (
    "/", "/daerah", "/tahapan", "/peristiwa", "/pejabat", "/media", "/kesehatan", "/langganan", "/surat", "/tentang",
    "/perayap", "/peneliti", "/peneliti/kamus", "/peneliti/kueri", "/peneliti/catatan", "/public",
)  # fmt: skip
"""Pages that are always there; they change with every release."""

# Of each kind the path of its pages and the day on which what they say changed last.
KINDS = {
    "daerah": (
        "regencies",
        """
        select '/daerah/' || regencies.code as path, regency_coverage.last_published_date as day
        from regencies
        left join regency_coverage on regency_coverage.regency_code = regencies.code
        order by regencies.code
        """,
    ),
    "provinsi": ("provinces", "select '/provinsi/' || code as path, null as day from provinces order by code"),
    "tahapan": ("stages", "select '/tahapan/' || code as path, null as day from stages order by code"),
    "media": (
        "sources",
        "select '/media/' || name as path, last_published_date as day from sources order by name",
    ),
    "peristiwa": (
        "events",
        """
        select
            '/peristiwa/' || events.id as path,
            (
                select substr(known_from, 1, 10) from event_versions
                where event_versions.event_id = events.id and known_to is null
            ) as day
        from events
        order by events.id
        """,
    ),
    "pejabat": (
        "people",
        "select '/pejabat/' || id as path, last_seen_date as day from people "
        "where id in (select person_id from office_terms) order by id",
    ),
    "artikel": (
        "articles",
        "select '/artikel/' || id as path, substr(fetched_at, 1, 10) as day from articles order by id",
    ),
    "surat": (
        "digests",
        "select '/surat/' || week as path, substr(made_at, 1, 10) as day from digests order by week",
    ),
}


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    kinds = "|".join(KINDS)
    return [
        (r"^/sitemap\.xml$", index),
        (r"^/sitemap/halaman\.xml$", fixed),
        (rf"^/sitemap/(?P<kind>{kinds})-(?P<number>[1-9][0-9]{{0,4}})\.xml$", part),
    ]


async def index(datasette: Any, request: Request) -> Response:
    parts = ["/sitemap/halaman.xml"]
    for kind, (table, _) in KINDS.items():
        counted = await fetch_row(datasette, f"select count(*) as pages from {table}")
        pages = counted["pages"] if counted else 0
        parts += [f"/sitemap/{kind}-{number}.xml" for number in range(1, -(-pages // PART) + 1)]
    return _answer(datasette, request, "sitemapindex", [("sitemap", path, None) for path in parts])


async def fixed(datasette: Any, request: Request) -> Response:
    day = (await read_release(datasette)).made_at.date().isoformat()
    return _answer(datasette, request, "urlset", [("url", path, day) for path in FIXED])


async def part(datasette: Any, request: Request) -> Response:
    window = {"size": PART, "before": (int(request.url_vars["number"]) - 1) * PART}
    sql = KINDS[request.url_vars["kind"]][1]
    rows = await fetch_rows(datasette, f"{sql} limit :size offset :before", window)
    if not rows:
        return await not_found(datasette, request, "missing.page")
    return _answer(datasette, request, "urlset", [("url", row["path"], row["day"]) for row in rows])


def _answer(datasette: Any, request: Request, element: str, entries: Iterable[Entry]) -> Response:
    root = whole_address(datasette, request, "/").removesuffix("/")
    inside = "\n".join(
        f"<{kind}><loc>{escape(root + path)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{kind}>"
        for kind, path, day in entries
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    text = f'{head}\n<{element} xmlns="{NAMESPACE}">\n{inside}\n</{element}>\n'
    return open_answer(datasette, text, "application/xml")
