"""The query for events as cards show them, shared by the pages; each page adds its own `where` and `order by`.

The date often stands in another sentence than the step: `date_evidence_number` is the sentence that says the date.
`is_main` is 0 where articles only look back on the event. An event whose `status` is announced took place in no article
yet, whatever its date.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

from datasette import Request

EVENT_CARDS = """
select
    events.id, events.stage_code, stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    events.regency_code, events.regency_name, events.province_name,
    events.start_date, events.end_date, events.venue, events.mode, events.status,
    events.articles, events.outlets, events.stories, events.conflicts,
    events.first_published_date, events.last_published_date, events.confidence,
    events.edition, events.edition_by, events.edition_reason,
    events.date_reason, events.evidence, events.evidence_article_id, events.evidence_number,
    (
        select coalesce(
            max(iif(mentions.evidence_number = events.evidence_number, mentions.evidence_number, null)),
            min(mentions.evidence_number)
        )
        from mentions
        where mentions.article_id = events.evidence_article_id and mentions.label = 'DATE'
        and mentions.value in (events.start_date, events.start_date || '/' || events.end_date)
    ) as date_evidence_number,
    exists (
        select 1 from stage_reports where stage_reports.event_id = events.id and stage_reports.is_main
    ) as is_main
from events
join stages on stages.code = events.stage_code
"""

REPORT_DATE_EVIDENCE = """
    (
        select coalesce(
            max(iif(mentions.evidence_number = stage_reports.evidence_number, mentions.evidence_number, null)),
            min(mentions.evidence_number)
        )
        from mentions
        where mentions.article_id = stage_reports.article_id and mentions.label = 'DATE'
        and mentions.value in (stage_reports.start_date, stage_reports.start_date || '/' || stage_reports.end_date)
    ) as date_evidence_number
"""
"""The column of a query on stage_reports: the sentence that says the report's date, its own where it does."""

UPDATED_AT = "select max(ended_at) as updated_at from runs"


STATES = {"berlangsung": "held", "diumumkan": "announced"}
"""How an event stands, as addresses say it."""

# By the name in the address: what it must look like, and the condition on events. A province's regencies have codes
# that begin with its own, and `/` comes after `.`. A `+` keeps SQLite from an index that leads to thousands of rows of
# the table, where events_listed has all that is asked, and the order.
FILTERS: Mapping[str, tuple[str, str]] = {
    "provinsi": (r"\d\d", "+events.regency_code > :provinsi || '.' and +events.regency_code < :provinsi || '/'"),
    "daerah": (r"\d\d\.\d\d", "events.regency_code = :daerah"),
    "tahapan": (r"[a-z0-9-]{2,30}", "+events.stage_code = :tahapan"),
    "edisi": (r"20\d\d", "+events.edition = cast(:edisi as integer)"),
    "tahun": (r"20\d\d", "events.start_date >= :tahun and events.start_date < cast(:tahun + 1 as text)"),
    "keadaan": ("|".join(STATES), "events.status = :keadaan"),
    "beda": ("1", "events.conflicts > 0"),
}


class FilterError(ValueError):
    """A filter that cannot be; `name` is that of the field in the address."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def read_filter(request: Request, names: Iterable[str] = FILTERS) -> dict[str, str]:
    """What events an address asks for: the fields of FILTERS (those of `names`) that it fills, as they stand there.

    Raises FilterError for what no filter can be, such as a year of three digits. Whether there is such a regency,
    province or stage is not looked up.
    """
    asked = {name: (request.args.get(name) or "").strip() for name in names}
    for name, value in asked.items():
        if value and not re.fullmatch(FILTERS[name][0], value, re.ASCII):
            raise FilterError(name)
    return {name: value for name, value in asked.items() if value}


def filter_condition(asked: Mapping[str, str]) -> str:
    """The condition on events for a filter, to stand behind `where`; its parameters are filter_parameters()."""
    return " and ".join(FILTERS[name][1] for name in asked) or "true"


def filter_parameters(asked: Mapping[str, str]) -> dict[str, str]:
    """The values for filter_condition(), by name."""
    return {name: STATES.get(value, value) if name == "keadaan" else value for name, value in asked.items()}


def event_address(datasette: Any, request: Request, event_id: str) -> str:
    """The whole address of an event's page, as a citation gives it.

    It is that of the site as it was set up (PANTAU_SITE, as in the letters), or else as the reader asked for it.
    """
    path: str = datasette.urls.path(f"/peristiwa/{event_id}")
    site = os.environ.get("PANTAU_SITE", "").rstrip("/")
    address: str = site + path if site else datasette.absolute_url(request, path)
    return address
