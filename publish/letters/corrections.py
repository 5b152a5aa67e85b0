"""What was said before a reader's former letter and is said otherwise now, or not at all."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from itertools import groupby

from publish.dates_id import date_in_words
from publish.letters.addresses import article_url, evidence_url, table_url
from publish.letters.cleaning import shorten
from publish.letters.parts import Asked, belongs_to
from publish.letters.proofs import Proof, read_proof_urls
from publish.letters.rows import Row, read_rows

Changes = list[tuple[str, str]]
MOST_TOLD = 60
"""Lines that are read of a long list; of the others a letter says how many they are."""
REMEMBERED = timedelta(weeks=26)
"""How long ago the last article on an event appeared, or a withdrawn one was to begin, for a letter still to correct
it: who reads letters is told of what letters said, and the site keeps the history of all."""

CHANGED = """
select former.event_id, former.stage_code, former.regency_code, former.start_date, former.end_date, former.status,
    former.known_from, former.known_to,
    former_stage.name_id as stage_id, former_stage.name_en as stage_en, former_regency.name as regency_name,
    events.id as now_id, events.stage_code as now_stage_code, events.regency_code as now_regency_code,
    events.start_date as now_start_date, events.end_date as now_end_date, events.status as now_status,
    events.last_published_date, events.evidence_article_id, events.evidence_number,
    now_stage.name_id as now_stage_id, now_stage.name_en as now_stage_en, events.regency_name as now_regency_name,
    {columns}
from event_versions as former
join stages as former_stage on former_stage.code = former.stage_code
left join regencies as former_regency on former_regency.code = former.regency_code
left join merged_events on merged_events.id = former.event_id
left join events on events.id = coalesce(merged_events.event_id, former.event_id)
left join stages as now_stage on now_stage.code = events.stage_code
-- The conditions of a scope name the table as it is called.
join event_versions on event_versions.event_id = former.event_id and event_versions.number = former.number
where former.known_to > :since
    and (events.id is null
        or (former.stage_code, former.regency_code, former.start_date, former.end_date, former.status)
            is not (events.stage_code, events.regency_code, events.start_date, events.end_date, events.status))
    and coalesce(events.last_published_date, former.start_date, former.known_from) >= :remembered
    and {any_of}
order by former.known_to desc, former.event_id
"""


def read_corrections(asked: Asked, told: Collection[str]) -> tuple[list[Row], int]:
    """Events that were known when the reader's former letter was made and of which something else is said now.

    MOST_TOLD at most, and how many there are: what was withdrawn first, then what was wrong, what was less exact, and
    what has taken place since; of each the latest change first. Only events that are REMEMBERED. What is progress is
    no correction where this letter tells the event anyway (`told`). An event whose id became another's, and that says
    the same under it, has not changed. Without a former letter there are none.
    """
    if asked.known_since is None:
        return [], 0
    told_before = "former.known_to > :since_{number} and former.known_from <= :since_{number}"
    both = zip(asked.conditions("where_version"), asked.conditions("where"), strict=True)
    conditions = [
        f"({told_before.format(number=number)} and ({version} or ({now} and events.id is not null)))"
        for number, (version, now) in enumerate(both)
    ]
    columns = ", ".join(f"{condition} as part_{number}" for number, condition in enumerate(conditions))
    any_of = f"({' or '.join(conditions)})"
    rows = read_rows(
        asked.db,
        CHANGED.format(columns=columns, any_of=any_of),
        since=asked.known_since,
        remembered=(asked.span.first - REMEMBERED).isoformat(),
        **{f"since_{number}": asked.since(number) for number in range(len(conditions))},
        **asked.parameters,
    )
    changed = [
        row | {"changes": changes}
        for row in rows
        if (changes := _find_changes(row, asked)) and not (row["now_id"] in told and _is_progress(changes))
    ]
    changed.sort(key=lambda row: min(SERIOUS.index(field) for field, _ in row["changes"]))
    shown = changed[:MOST_TOLD]
    reasons = _read_reasons(shown, asked)
    proofs = {(row["evidence_article_id"], row["evidence_number"]) for row in shown if row["now_id"]}
    urls = read_proof_urls(asked, proofs)
    return [_tell(row, reasons.get(row["event_id"]), urls, asked) for row in shown], len(changed)


SERIOUS = ("withdrawn", "region", "stage", "date", "status", "exact", "held")
"""Kinds of changes; the last two are progress."""


def _is_progress(changes: Changes) -> bool:
    return all(field in ("exact", "held") for field, _ in changes)


def is_more_exact(before: str | None, now: str | None) -> bool:
    """Whether a date says more of the same.

    >>> is_more_exact("2023-11", "2023-11-14"), is_more_exact(None, "2023"), is_more_exact("2023-11-14", "2023-11-15")
    (True, True, False)
    """
    return now is not None and now != before and now.startswith(before or "")


def _tell(row: Row, reason: Row | None, urls: Mapping[Proof, str], asked: Asked) -> Row:
    proof_url = urls[row["evidence_article_id"], row["evidence_number"]] if row["now_id"] else None
    return {
        "kind": "withdrawn" if row["now_id"] is None else "changed",
        "is_merged": row["now_id"] not in (None, row["event_id"]),
        "what": " · ".join((row[f"stage_{asked.lang}"], row["regency_name"] or asked.say("no_region"))),
        "changes": [sentence for _, sentence in row["changes"]] + ([reason["words"]] if reason else []),
        "event_url": f"{asked.site}/peristiwa/{row['event_id']}",
        "now_url": f"{asked.site}/peristiwa/{row['now_id']}" if row["now_id"] else None,
        "why": reason and reason["words"],
        "decision_url": reason and reason["decision_url"],
        "evidence_url": (reason and reason["evidence_url"]) or proof_url,
        "article_url": reason and reason["article_url"],
        "parts": belongs_to(row),
    }


def _find_changes(row: Row, asked: Asked) -> Changes:
    """What we said and what we say now: for each that differs its kind, one of SERIOUS, and a sentence."""
    if row["now_id"] is None:
        return [("withdrawn", asked.say("correction_withdrawn", when=_when(row, "", asked)))]
    nowhere = asked.say("no_region")
    said = {
        "stage": (row[f"stage_{asked.lang}"], row[f"now_stage_{asked.lang}"]),
        "region": (row["regency_name"] or nowhere, row["now_regency_name"] or nowhere),
        "exact" if is_more_exact(row["start_date"], row["now_start_date"]) else "date": (
            _when(row, "", asked),
            _when(row, "now_", asked),
        ),
        "held" if row["now_status"] == "held" else "status": (
            asked.say(f"status_{row['status']}"),
            asked.say(f"status_{row['now_status']}"),
        ),
    }
    return [
        (field, asked.say(f"correction_{field}", before=before, now=now))
        for field, (before, now) in said.items()
        if before != now
    ]


def _when(row: Row, prefix: str, asked: Asked) -> str:
    return date_in_words(row[f"{prefix}start_date"], row[f"{prefix}end_date"], asked.lang)


def _read_reasons(rows: Iterable[Row], asked: Asked) -> dict[str, Row]:
    """Why each event is told otherwise, by its former id: a decision of a person, else a report that is new.

    Where neither explains it, nothing is said.
    """
    now = {row["event_id"]: row["now_id"] for row in rows if row["now_id"]}
    reports = _read_new_reports(asked, set(now.values()))
    decisions = _read_decisions(asked, set(now.values()))
    reasons = {id: reason for id, event in now.items() if (reason := decisions.get(event) or reports.get(event))}
    withdrawn = {
        row["event_id"]: reason
        for row in rows
        if row["now_id"] is None and (reason := _read_withdrawal(asked, row)) is not None
    }
    return reasons | withdrawn


def _read_new_reports(asked: Asked, ids: Collection[str]) -> dict[str, Row]:
    rows = read_rows(
        asked.db,
        """
        select stage_reports.event_id, stage_reports.article_id, evidence.anchor, articles.url,
            coalesce(articles.outlet_name, articles.source) as outlet_name, articles.published_date
        from json_each(:ids) as wanted
        join stage_reports on stage_reports.event_id = wanted.value
        join articles on articles.id = stage_reports.article_id
        join evidence
            on evidence.article_id = stage_reports.article_id and evidence.number = stage_reports.evidence_number
        join events on events.id = stage_reports.event_id
        where articles.fetched_at > :since
            -- What does not say all that is said now explains nothing.
            and stage_reports.stage_code = events.stage_code and stage_reports.regency_code is events.regency_code
            and stage_reports.start_date is events.start_date and stage_reports.status = events.status
            and coalesce(stage_reports.end_date, stage_reports.start_date)
                is coalesce(events.end_date, events.start_date)
        order by stage_reports.event_id, stage_reports.is_main desc, stage_reports.confidence desc,
            stage_reports.article_id
        """,
        ids=json.dumps(sorted(ids)),
        since=asked.known_since,
    )
    return {id: _tell_report(next(reports), asked) for id, reports in groupby(rows, key=lambda row: row["event_id"])}


def _tell_report(report: Row, asked: Asked) -> Row:
    day = date_in_words(report["published_date"], lang=asked.lang)
    return {
        "words": asked.say("because_report", outlet=shorten(report["outlet_name"], 60), day=day),
        "decision_url": None,
        "evidence_url": evidence_url(asked.site, report["article_id"], report["anchor"]),
        "article_url": article_url(report, "article_id", asked.site),
    }


DECISIONS = """
select {key} as event_id, corrections.id, corrections.article_id, corrections.reason, articles.url
from corrections
join articles on articles.id = corrections.article_id
{join}
where corrections.decided_at > :since and corrections.undone_at is null and corrections.state = 'applied'
    and corrections.decision <> 'accept' and corrections.kind in ('event', 'regency', 'article', 'date')
    and {condition}
order by event_id, corrections.kind = 'event' desc, corrections.id desc
"""


def _read_decisions(asked: Asked, ids: Collection[str]) -> dict[str, Row]:
    """The latest decision of a person on an article that reports an event, by the event's id."""
    sql = DECISIONS.format(
        key="stage_reports.event_id",
        join="join stage_reports on stage_reports.article_id = corrections.article_id",
        condition="stage_reports.event_id in (select value from json_each(:ids))",
    )
    rows = read_rows(asked.db, sql, since=asked.known_since, ids=json.dumps(sorted(ids)))
    return {id: _tell_decision(next(told), asked) for id, told in groupby(rows, key=lambda row: row["event_id"])}


def _read_withdrawal(asked: Asked, row: Mapping[str, object]) -> Row | None:
    """The decision that took back a report of the same stage and region, where there was one."""
    sql = DECISIONS.format(
        key="null",
        join="",
        condition="""
        corrections.kind = 'event'
        and json_extract(corrections.original, '$.stage_code') = :stage_code
        and json_extract(corrections.original, '$.regency_code') is :regency_code
        """,
    )
    codes = {name: row[name] for name in ("stage_code", "regency_code")}
    rows = read_rows(asked.db, sql, since=asked.known_since, **codes)
    return _tell_decision(rows[0], asked) if rows else None


def _tell_decision(decision: Row, asked: Asked) -> Row:
    return {
        "words": asked.say("because_decision", reason=shorten(decision["reason"], 200)),
        "decision_url": table_url(asked.site, "corrections", id=decision["id"]),
        "evidence_url": None,
        "article_url": article_url(decision, "article_id", asked.site),
    }
