"""/cari: one search over regencies and their other names, stages, events, officials and articles."""

from __future__ import annotations

import json
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.events import EVENT_CARDS
from publish.site.evidence import MATCH_END, MATCH_START
from publish.site.page import Row, fetch_rows, render
from publish.site.phases import HIGHEST_PHASE, PHASE_PARAMETERS
from publish.site.search import like, match_expression, phrases_of, words_of

NAMED_REGENCIES = f"""
select
    regencies.code, regencies.name, regencies.kind, regencies.province_name, regencies.cohort_year, reached.phase,
    (select count(*) from article_regencies where regency_code = regencies.code) as articles,
    regencies.short_name, phrases.value as phrase
from json_each(:phrases) as phrases
join (
    select regency_code, alias from regency_aliases
    union
    select code, name from regencies
) as names on names.alias = phrases.value collate nocase
join regencies on regencies.code = names.regency_code
left join ({HIGHEST_PHASE}) as reached on reached.regency_code = regencies.code
order by length(phrases.value) desc, regencies.code
limit 40
"""

LIKE_REGENCIES = f"""
select
    regencies.code, regencies.name, regencies.kind, regencies.province_name, regencies.cohort_year, reached.phase,
    (select count(*) from article_regencies where regency_code = regencies.code) as articles
from regencies
left join ({HIGHEST_PHASE}) as reached on reached.regency_code = regencies.code
where regencies.name like :like escape '!' or regencies.province_name like :like escape '!' or regencies.code in (
    select regency_code from regency_aliases where alias like :like escape '!'
)
order by regencies.name like :like escape '!' desc, regencies.code
limit 40
"""

STAGES = """
select distinct stages.code
from stages
join json_each(:phrases) as phrases
on stages.code = phrases.value
or stages.code like phrases.value || '-%'
or stages.name_id = phrases.value collate nocase
or stages.name_en = phrases.value collate nocase
or replace(stages.code, '-', ' ') = phrases.value
"""

EVENTS = (
    EVENT_CARDS
    + """
where
    case
        when :has_names then
            (json_array_length(:regencies) = 0 or events.regency_code in (select value from json_each(:regencies)))
            and (json_array_length(:stages) = 0 or events.stage_code in (select value from json_each(:stages)))
        else events.evidence like :like escape '!' or events.venue like :like escape '!'
    end
order by events.start_date desc nulls last
limit 12
"""
)

OFFICIALS = """
select
    officials.name, officials.position, officials.acting, officials.regency_code, regencies.name as regency_name,
    officials.article_id, officials.evidence_number, max(coalesce(articles.published_date, '')) as last_date,
    count(distinct officials.article_id) as articles
from officials
join articles on articles.id = officials.article_id
left join regencies on regencies.code = officials.regency_code
where officials.name like :like escape '!' or officials.position like :like escape '!'
or officials.organization like :like escape '!'
group by officials.name, officials.regency_code
order by officials.name like :like escape '!' desc, last_date desc
limit 20
"""

ARTICLES = """
select
    articles.id, articles.title, articles.outlet_name, articles.published_date, articles.date_reason,
    articles.is_relevant,
    snippet(articles_fts, 0, :match_start, :match_end, '…', 40) as title_snippet,
    snippet(articles_fts, 1, :match_start, :match_end, '…', 32) as lead_snippet
from articles_fts
join articles on articles.rowid = articles_fts.rowid
where articles_fts match :expression
order by case when :newest then articles.published_date end desc nulls last, bm25(articles_fts, 8.0, 3.0)
limit 50
"""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/cari$", search)]


async def search(datasette: Any, request: Request) -> Response:
    query = (request.args.get("q") or "").strip()[:200]
    words = words_of(query)
    newest = request.args.get("urut") == "terbaru"
    found = await _find(datasette, query, words, newest) if words else {}
    return await render(datasette, request, "search.html", query=query, words=words, newest=newest, **found)


async def _find(datasette: Any, query: str, words: list[str], newest: bool) -> Row:
    phrases = {"phrases": json.dumps(phrases_of(words))}
    named = _longest_names(await fetch_rows(datasette, NAMED_REGENCIES, {**phrases, **PHASE_PARAMETERS}))
    stages = [row["code"] for row in await fetch_rows(datasette, STAGES, phrases)]
    pattern = {"like": like(query)}
    alike = await fetch_rows(datasette, LIKE_REGENCIES, {**pattern, **PHASE_PARAMETERS})
    regencies = list({row["code"]: row for row in named}.values())
    # "Solok" is a name, and yet Solok Selatan may be meant; its events are shown on its own page.
    codes = [row["code"] for row in regencies or alike]
    also = [row for row in alike if row["code"] not in {row["code"] for row in regencies}]
    regencies += also[:8] if regencies else also
    event_words = {
        **pattern,
        "has_names": bool(codes or stages),
        "regencies": json.dumps(codes),
        "stages": json.dumps(stages),
    }
    article_words = {
        "expression": match_expression(words, _short_names(named)),
        "newest": newest,
        "match_start": MATCH_START,
        "match_end": MATCH_END,
    }
    return {
        "regencies": regencies,
        "events": await fetch_rows(datasette, EVENTS, event_words),
        "officials": await fetch_rows(datasette, OFFICIALS, pattern),
        "articles": await fetch_rows(datasette, ARTICLES, article_words),
    }


def _longest_names(rows: list[Row]) -> list[Row]:
    """Without what only a part of a longer name names: in "Aceh Barat Daya", "Aceh Barat" is not meant."""
    phrases = {row["phrase"] for row in rows}
    return [
        row
        for row in rows
        if not any(f" {row['phrase']} " in f" {other} " and other != row["phrase"] for other in phrases)
    ]


def _short_names(named: list[Row]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for row in named:
        names.setdefault(row["phrase"], set()).add(row["short_name"])
    return names
