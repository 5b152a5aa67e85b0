"""The articles of the days, and those that no day is known of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from publish.dates_id import date_in_words
from publish.letters.addresses import article_url
from publish.letters.cleaning import shorten
from publish.letters.parts import Asked, belongs_to
from publish.letters.rows import Row, read_rows

DAY = """
coalesce(iif(length(articles.published_at) > 10, date(articles.published_at, :offset), null), articles.published_date)
"""
"""The day on which an article appeared in the reader's zone; where only a day is known, that day."""


def read_articles(asked: Asked) -> list[Row]:
    """Articles of the days, and those without a date that were fetched in them; the newest first.

    `parts` are those of whose scope an article is, in whose days it appeared or, without a date, was fetched.
    """
    rows = read_rows(
        asked.db,
        f"""
        select articles.id, articles.title, articles.url, articles.source,
            coalesce(articles.outlet_name, articles.source) as outlet_name, articles.published_date,
            articles.is_relevant, {DAY} as day, date(articles.fetched_at, :offset) as fetched_day,
            {asked.columns("where_article")}
        from articles
        where (
            -- Whatever zone an article was published in, its day there is at most one away from the reader's.
            articles.published_date between date(:first, '-1 day') and date(:last, '+1 day')
            and {DAY} between :first and :last
        )
        or (articles.published_date is null and articles.fetched_at >= :begins and articles.fetched_at < :ends)
        order by articles.published_date desc, outlet_name, articles.id
        """,
        **asked.days,
        **asked.parameters,
    )
    return [row | (_tell_article(row, asked) if row["parts"] else {}) for row in _find_parts(rows, asked)]


def _find_parts(rows: Iterable[Row], asked: Asked) -> Iterator[Row]:
    for row in rows:
        day = date.fromisoformat(row["day"] or row["fetched_day"])
        parts = (n for n in belongs_to(row) if asked.parts[n].first <= day <= asked.parts[n].last)
        yield row | {"parts": frozenset(parts), "in_week": row["published_date"] is not None}


def _tell_article(row: Row, asked: Asked) -> Row:
    return {
        "title": shorten(row["title"], 140) or asked.say("untitled"),
        "outlet_name": shorten(row["outlet_name"], 60),
        "when": date_in_words(row["day"], lang=asked.lang),
        "article_url": article_url(row, "id", asked.site),
        "site_url": f"{asked.site}/artikel/{row['id']}",
    }
