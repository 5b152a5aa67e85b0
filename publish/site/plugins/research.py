"""/peneliti: the data as a researcher needs it: tables, dictionary, queries, files, citation, notebooks."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl
from markupsafe import Markup

from publish.release import bibtex, build_release, citation
from publish.site.catalogue import apa, csl_json, grouped_queries, grouped_tables
from publish.site.notebooks import read_notebook, read_titles
from publish.site.page import KEY, fetch_row, fetch_rows, not_found, render

COUNT_MS = 200
"""What counting a table's rows may take; Datasette counts a file that does not change once."""

RELEASE = "select id, hash, made_at, week, articles, events from release"
RELEASES = "select id, hash, made_at, week, articles, events, is_kept from releases order by made_at desc, id limit 50"


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [
        (r"^/peneliti$", research),
        (r"^/peneliti/kamus$", dictionary),
        (r"^/peneliti/kueri$", queries),
        (r"^/peneliti/catatan$", notebooks),
        (rf"^/peneliti/catatan/(?P<name>{KEY})$", notebook),
    ]


async def research(datasette: Any, request: Request) -> Response:
    told = await fetch_row(datasette, RELEASE)
    release = build_release(told["hash"], told["made_at"], told["week"]) if told else None
    address = datasette.absolute_url(request, datasette.urls.path("/peneliti"))
    return await render(
        datasette,
        request,
        "research.html",
        groups=grouped_tables(),
        counts=await datasette.get_database().table_counts(COUNT_MS),
        queries=grouped_queries(),
        notebooks=read_titles(),
        told=told,
        release=release,
        releases=await fetch_rows(datasette, RELEASES),
        citations=release
        and {
            "APA": apa(release, address),
            "id": citation(release),
            "BibTeX": bibtex(release),
            "CSL JSON": csl_json(release, address),
        },
    )


async def dictionary(datasette: Any, request: Request) -> Response:
    there = await datasette.get_database().table_names()
    return await render(datasette, request, "research_dictionary.html", groups=grouped_tables(), there=there)


async def queries(datasette: Any, request: Request) -> Response:
    return await render(datasette, request, "research_queries.html", groups=grouped_queries())


async def notebooks(datasette: Any, request: Request) -> Response:
    return await render(datasette, request, "research_notebooks.html", notebooks=read_titles())


async def notebook(datasette: Any, request: Request) -> Response:
    told = await fetch_row(datasette, RELEASE)
    found = read_notebook(request.url_vars["name"], told["id"] if told else None)
    if found is None:
        return await not_found(datasette, request, "missing.notebook")
    markup, is_run = found
    response = await render(
        datasette,
        request,
        "research_notebook.html",
        name=request.url_vars["name"],
        heading=read_titles()[request.url_vars["name"]],
        markup=Markup(markup),  # render_notebook() escaped it.
        is_run=is_run,
        told=told,
    )
    if not is_run:
        # It may be run on this release yet.
        response.headers["cache-control"] = "no-store"
    return response
