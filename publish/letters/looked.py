"""What was looked at for a letter, and what was last heard: what an empty letter has to say."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import timedelta

from publish.letters.events import read_reports, tell_events
from publish.letters.parts import Asked, Span, belongs_to
from publish.letters.rows import Row, read_rows

SOON = timedelta(days=2)


def read_looked(asked: Asked, near: Mapping[str, int]) -> Row:
    """How many sources about the choices were read in the days, of how many, and how many pages were looked at.

    `sources` counts those whose lists were read in the days or SOON after; `visited` those that we tried to read, and
    `watched` all that are about the choices.
    """
    rows = read_rows(
        asked.db,
        """
        with near as materialized (
            select sources.name, sources.read_at, sources.visited_at
            from json_each(:near) as wanted
            join sources on sources.name = wanted.key
            where sources.kind <> 'file'
        )
        select count(*) as watched,
            sum(
                coalesce(near.read_at >= :begins and near.read_at < :read_until, 0)
                or exists (
                    select 1
                    from source_weeks
                    where source_weeks.source = near.name and source_weeks.answered_runs > 0
                        and source_weeks.monday between :first and :last_monday
                )
            ) as sources,
            sum(
                coalesce(near.visited_at >= :begins and near.visited_at < :read_until, 0)
                or exists (
                    select 1
                    from source_weeks
                    where source_weeks.source = near.name and source_weeks.runs > 0
                        and source_weeks.monday between :first and :last_monday
                )
            ) as visited,
            (
                select count(*)
                from urls
                where urls.source in (select name from near) and urls.fate_at >= :begins and urls.fate_at < :ends
            ) as pages
        from near
        """,
        **asked.days,
        # Lists that are read soon after the days still name their articles.
        read_until=Span(asked.span.first, asked.span.last + SOON, asked.span.zone).ends,
        # A week counts where the days hold it whole.
        last_monday=(asked.span.last - timedelta(days=6)).isoformat(),
        near=json.dumps(near),
    )
    return {name: number or 0 for name, number in rows[0].items()}


def read_last_heard(asked: Asked, told: Collection[str]) -> Row | None:
    """The newest event of the choices whose news appeared before the days, as a line; None where there is none."""
    rows = read_rows(
        asked.db,
        f"""
        select events.id, {asked.columns("where")}
        from events
        where events.first_published_date < :first and {asked.any_of("where")}
        order by events.first_published_date desc, events.start_date desc, events.id desc
        limit 1
        """,
        first=asked.days["first"],
        **asked.parameters,
    )
    if not rows or rows[0]["id"] in told:
        return None
    wanted = {rows[0]["id"]: belongs_to(rows[0])}
    return tell_events(asked, wanted, read_reports(asked, wanted)).get(rows[0]["id"])
