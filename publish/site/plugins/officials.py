"""/pejabat: everyone named as acting in an article, newest naming first."""

from __future__ import annotations

from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.page import fetch_rows, page_number, render
from publish.site.search import like

PAGE_SIZE = 100

OFFICIALS = """
select
    officials.name, officials.position, officials.acting, officials.organization, officials.confidence,
    officials.regency_code, regencies.name as regency_name, officials.article_id, officials.evidence_number,
    max(coalesce(articles.published_date, '')) as last_date,
    count(distinct officials.article_id) as articles
from officials
join articles on articles.id = officials.article_id
left join regencies on regencies.code = officials.regency_code
where :q = '' or officials.name like :like escape '!' or officials.position like :like escape '!'
or regencies.name like :like escape '!'
group by officials.name, officials.regency_code
order by last_date desc, officials.name
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
