"""/pejabat: who was seen in which office, from when to when, newest first."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.page import fetch_rows, page_number, render
from publish.site.search import like

PAGE_SIZE = 100

# Newest first; without a date last.
OFFICIALS = """
select
    office_terms.office_name, office_terms.agency_name, office_terms.status, office_terms.person_name,
    office_terms.first_seen_date, office_terms.last_seen_date, office_terms.articles,
    office_terms.regency_code, regencies.name as regency_name,
    office_terms.last_article_id, office_terms.last_evidence_number,
    (
        select group_concat(name, ', ')
        from (
            select name
            from person_names
            where person_names.person_id = office_terms.person_id and name <> office_terms.person_name
            order by articles desc, name
            limit 8
        )
    ) as spellings,
    (
        select group_concat(iif(person_a_id = office_terms.person_id, person_b_name, person_a_name), ', ')
        from office_conflicts
        where office_conflicts.office_id = office_terms.office_id
        and office_terms.person_id in (person_a_id, person_b_id)
    ) as others
from office_terms
left join regencies on regencies.code = office_terms.regency_code
where :q = '' or office_terms.office_name like :like escape '!' or office_terms.agency_name like :like escape '!'
or regencies.name like :like escape '!' or office_terms.person_id in (
    select person_id from person_names where name like :like escape '!'
)
order by office_terms.last_seen_date desc, office_terms.person_name, office_terms.office_id, office_terms.number
limit :size offset :offset
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/pejabat$", officials)]


async def officials(datasette: Any, request: Request) -> Response:
    query, page = (request.args.get("q") or "").strip()[:200], page_number(request)
    # One more than is shown tells whether there is a next page.
    window = {"size": PAGE_SIZE + 1, "offset": (page - 1) * PAGE_SIZE}
    rows = await fetch_rows(datasette, OFFICIALS, {"q": query, "like": like(query), **window})
    return await render(
        datasette,
        request,
        "officials.html",
        officials=rows[:PAGE_SIZE],
        has_next=len(rows) > PAGE_SIZE,
        page=page,
        query=query,
    )
