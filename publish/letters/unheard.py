"""Regencies of the programme of which there is no news, and whether anybody is read who would tell."""

from __future__ import annotations

from datetime import timedelta

from publish.dates_id import date_in_words
from publish.letters.parts import Asked
from publish.letters.rows import Row, read_rows

UNHEARD_WEEKS = 12
"""Weeks without an article on the programme after which a regency is named: a quarter of a year, our choice."""


def read_unheard(asked: Asked) -> tuple[list[Row], list[Row]]:
    """Regencies that are or were in the programme and of which no article of the weeks before the last day tells.

    First those that the reader chose, then the longest silent; apart from them those of which there never was an
    article, by code. Of a regency also the others of its province, of which its neighbours are, are told.
    """
    own = {part.scope.value for part in asked.parts if part.scope.kind == "regency"}
    rows = read_rows(
        asked.db,
        f"""
        select regencies.code, regencies.name, regencies.province_name, regencies.population,
            regency_coverage.last_published_date, regency_coverage.last_article_id, regency_coverage.articles,
            regency_coverage.watched_by
        from regencies
        join regency_coverage on regency_coverage.regency_code = regencies.code
        where regencies.cohort_year <= :year
            and coalesce(regency_coverage.last_published_date, '') < :before
            and {asked.any_of("where_regency")}
        order by regency_coverage.last_published_date is null, regency_coverage.last_published_date, regencies.code
        """,
        year=asked.span.last.year,
        before=(asked.span.last - timedelta(weeks=UNHEARD_WEEKS)).isoformat(),
        **asked.parameters,
    )
    told = [_tell(row, asked) | {"is_chosen": row["code"] in own} for row in rows]
    unheard = [row for row in told if row["is_chosen"] or not row["is_never"]]
    return sorted(unheard, key=lambda row: not row["is_chosen"]), [row for row in told if row not in unheard]


def _tell(row: Row, asked: Asked) -> Row:
    last = row["last_published_date"]
    if last:
        heard = asked.say("last_seen", day=date_in_words(last, lang=asked.lang))
    else:
        heard = asked.say("only_undated" if row["articles"] else "never_heard")
    return {
        "region": row["name"],
        "province_name": row["province_name"],
        "population": row["population"],
        "region_url": f"{asked.site}/daerah/{row['code']}",
        "heard": heard,
        "is_never": not row["articles"],
        "url": f"{asked.site}/artikel/{row['last_article_id']}" if row["last_article_id"] else None,
        "is_watched": row["watched_by"] in ("own", "province"),
        "why": asked.say(f"watched.{row['watched_by']}"),
    }
