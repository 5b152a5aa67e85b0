"""How well each regency could have been known: an empty cell is standstill only where somebody is read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from publish.site.page import Row, fetch_row, fetch_rows

WATCHED = ("own", "province", "nation", "unread", "none")
"""From where a regency's news could be known, best first."""

REGENCIES = """
select
    code, name, short_name, province_code, province_name, latitude, longitude,
    articles, last_published_date, sources, own_sources, own_read_sources, province_read_sources, watched_by
from regencies
join regency_coverage on regency_code = code
order by code
"""

LAST_MONTH = """
select max(month) as month
from (
    select max(month) as month from monthly_coverage
    union all
    select max(month) from monthly_reading
)
"""

MONTHS = """
select
    provinces.code as province_code, name as province_name, months.month, articles, regencies, sources, read_sources,
    national_read_sources
from provinces
left join (
    select month, province_code
    from monthly_coverage
    where month between :first and :last
    union
    select month, province_code
    from monthly_reading
    where month between :first and :last
) as months on months.province_code = provinces.code
left join monthly_coverage as told on told.month = months.month and told.province_code = provinces.code
left join monthly_reading as read on read.month = months.month and read.province_code = provinces.code
where :province = '' or provinces.code = :province
order by provinces.code, months.month
"""


async def fetch_watched(datasette: Any) -> list[Row]:
    """The 514, each with from where its news can be known now (one of WATCHED) and how many sources that are."""
    return await fetch_rows(datasette, REGENCIES)


def count_watched(regencies: Iterable[Row]) -> dict[str, int]:
    """How many regencies there are of each of WATCHED.

    >>> count_watched([{"watched_by": "own"}, {"watched_by": "own"}, {"watched_by": "none"}])
    {'own': 2, 'province': 0, 'nation': 0, 'unread': 0, 'none': 1}
    """
    found = [regency["watched_by"] for regency in regencies]
    return {kind: found.count(kind) for kind in WATCHED}


def by_province(regencies: Iterable[Row]) -> list[Row]:
    """Each province with its name, the number of its regencies, and how many there are of each of WATCHED."""
    return [
        {"code": code, "name": members[0]["province_name"], "regencies": len(members), **count_watched(members)}
        for code, members in (
            (code, list(rows)) for code, rows in groupby(regencies, key=lambda regency: regency["province_code"])
        )
    ]


async def fetch_months(datasette: Any, province: str = "", year: str = "") -> Row | None:
    """Which months were quiet and which unread, as `columns` and `rows` of cells; None where no month is known at all.

    Of a province all its years, a row for each; else all provinces, in the year or in the twelve months up to the last.
    """
    newest = await fetch_row(datasette, LAST_MONTH)
    if newest is None or newest["month"] is None:
        return None
    last = newest["month"]
    if province:
        span = {"first": "0000-00", "last": "9999-99"}
    elif year:
        span = {"first": f"{year}-01", "last": f"{year}-12"}
    else:
        span = {"first": _months_before(last, 11), "last": last}
    told = await fetch_rows(datasette, MONTHS, {"province": province, **span})
    return _years_of(told, last) if province else _provinces_of(told, span["first"], last)


def month_state(cell: Row | None) -> str:
    """What a month without articles means.

    >>> month_state({"articles": 3}), month_state({"articles": None, "read_sources": 1}), month_state(None)
    ('told', 'quiet', 'unwatched')
    >>> month_state({"articles": None, "read_sources": 0, "sources": 2, "national_read_sources": 4})
    'unread'
    >>> month_state({"articles": None, "read_sources": 0, "sources": 0, "national_read_sources": 4})
    'nation'
    """
    if cell is None:
        return "unwatched"
    if cell["articles"]:
        return "told"
    if cell["read_sources"]:
        return "quiet"
    if cell["sources"]:
        return "unread"
    return "nation" if cell["national_read_sources"] else "unwatched"


def _years_of(told: list[Row], last: str) -> Row | None:
    cells = {row["month"]: row for row in told if row["month"]}
    if not cells:
        return None
    years = range(int(last[:4]), int(min(cells)[:4]) - 1, -1)
    return {
        "columns": [f"2000-{month:02}" for month in range(1, 13)],
        "rows": [
            {"head": str(year), "cells": [_cell(cells, f"{year}-{month:02}", last) for month in range(1, 13)]}
            for year in years
        ],
    }


def _provinces_of(told: list[Row], first: str, last: str) -> Row:
    columns = [_months_before(_months_before(first, -11), 11 - back) for back in range(12)]
    rows = []
    for code, members in groupby(told, key=lambda row: row["province_code"]):
        found = list(members)
        months = {row["month"]: row for row in found}
        cells = [_cell(months, month, last) for month in columns]
        rows.append({"head": found[0]["province_name"], "code": code, "cells": cells})
    return {"columns": columns, "rows": rows}


def _cell(months: dict[str, Row], month: str, last: str) -> Row:
    told = months.get(month)
    articles = told["articles"] or 0 if told else 0
    depth = sum(articles >= least for least in (1, 3, 10, 30))
    state = "coming" if month > last else month_state(told)
    return {"month": month, "state": state, "articles": articles, "depth": depth}


def _months_before(month: str, back: int) -> str:
    """The month so many months before.

    >>> _months_before("2024-02", 3), _months_before("2024-11", -2)
    ('2023-11', '2025-01')
    """
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - back
    return f"{number // 12}-{number % 12 + 1:02}"
