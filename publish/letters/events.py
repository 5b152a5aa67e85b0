"""The events of the days, one line each, from all that is said of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby

from publish.dates_id import date_in_words
from publish.letters.addresses import article_url, table_url
from publish.letters.articles import DAY
from publish.letters.cleaning import shorten
from publish.letters.parts import Asked, belongs_to
from publish.letters.proofs import Proof, read_proof_urls
from publish.letters.quotes import choose_quotes
from publish.letters.rows import Row, read_rows

Parts = frozenset[int]
NAMED_CHOICES = 3
"""Choices of a reader that are named beside an event; the others are counted."""


def find_reported(asked: Asked, articles: Iterable[Row]) -> dict[str, Parts]:
    """Events that articles of the days tell, each with the parts that it belongs to, by id."""
    telling = {a["id"]: a for a in articles if a["is_relevant"] and a["in_week"]}
    told = read_rows(
        asked.db,
        """
        select distinct stage_reports.event_id as id, stage_reports.article_id
        from json_each(:articles) as wanted
        join stage_reports on stage_reports.article_id = wanted.value
        where stage_reports.event_id is not null
        order by stage_reports.event_id, stage_reports.article_id
        """,
        articles=json.dumps(list(telling)),
    )
    by_event = {
        id: [telling[row["article_id"]] for row in rows] for id, rows in groupby(told, key=lambda row: row["id"])
    }
    matched = match_events(asked, by_event)
    found = {id: _parts_of(asked, matched.get(id, Parts()), by_event[id]) for id in by_event}
    return {id: parts for id, parts in found.items() if parts}


def _parts_of(asked: Asked, matched: Parts, articles: Iterable[Row]) -> Parts:
    def is_told(number: int) -> bool:
        part = asked.parts[number]
        # Who follows an outlet is told what it reports, not what others tell of what it once reported.
        return any(
            part.first.isoformat() <= article["day"] <= part.last.isoformat()
            and (part.scope.kind != "outlet" or article["source"] == part.scope.value)
            for article in articles
        )

    return frozenset(number for number in matched if is_told(number))


def match_events(asked: Asked, ids: Collection[str]) -> dict[str, Parts]:
    """To the scopes of which parts events belong, by id; those to none are left out."""
    rows = read_rows(
        asked.db,
        f"""
        select events.id, {asked.columns("where")}
        from json_each(:ids) as wanted
        join events on events.id = wanted.value
        """,
        ids=json.dumps(sorted(ids)),
        **asked.parameters,
    )
    return {row["id"]: parts for row in rows if (parts := belongs_to(row))}


def read_reports(asked: Asked, ids: Collection[str]) -> dict[str, list[Row]]:
    """What articles up to the last day say of events, by id; the best report first, undated articles among them."""
    rows = read_rows(
        asked.db,
        f"""
        select stage_reports.event_id, stage_reports.article_id, stage_reports.is_main, stage_reports.status,
            stage_reports.evidence_number, articles.title, articles.url, articles.source, articles.is_relevant,
            coalesce(articles.outlet_name, articles.source) as outlet_name, {DAY} as day,
            articles.fetched_at, story_articles.role,
            coalesce(stories.is_release, sources.kind = 'government', 0) as is_release
        from json_each(:ids) as wanted
        join stage_reports on stage_reports.event_id = wanted.value
        join articles on articles.id = stage_reports.article_id
        left join sources on sources.name = articles.source
        left join story_articles on story_articles.article_id = articles.id
        left join stories on stories.id = story_articles.story_id
        where {DAY} <= :last or articles.published_date is null
        order by stage_reports.event_id, stage_reports.status = 'announced', stage_reports.is_main desc,
            stage_reports.confidence desc, articles.published_date nulls last, articles.id, stage_reports.number
        """,
        **asked.days,
        ids=json.dumps(sorted(ids)),
    )
    return {id: list(reports) for id, reports in groupby(rows, key=lambda row: row["event_id"])}


def read_events(asked: Asked, ids: Collection[str]) -> dict[str, Row]:
    """Events with the names of their stage, by id."""
    rows = read_rows(
        asked.db,
        """
        select events.id, events.stage_code, events.regency_code, events.regency_name, events.province_name,
            events.start_date, events.end_date, events.venue, events.mode, events.status as status_now,
            stages.name_id, stages.name_en, stages.position
        from json_each(:ids) as wanted
        join events on events.id = wanted.value
        join stages on stages.code = events.stage_code
        """,
        ids=json.dumps(sorted(ids)),
    )
    return {row["id"]: row for row in rows}


def tell_events(asked: Asked, wanted: Mapping[str, Parts], reports: Mapping[str, list[Row]]) -> dict[str, Row]:
    """Events as lines of a letter, by id; `wanted` says to which parts each belongs, `reports` what is said of it.

    An event is held once any article up to the last day says so, and only announced until then, even when its day has
    passed. What is told of it is what the days say; all that was said before where they say nothing, or where it is
    still to come. No quotation is told twice.
    """
    events = read_events(asked, wanted)
    chosen = {}
    for id, event in sorted(events.items()):
        relevant = [report for report in reports.get(id, ()) if report["is_relevant"]]
        if relevant:
            event["status"] = "held" if any(report["status"] == "held" for report in reports[id]) else "announced"
            in_days = [report for report in relevant if _is_in_days(report, asked, wanted[id])]
            is_to_come = event["status"] == "announced" and (event["start_date"] or "") > asked.days["last"]
            chosen[id] = relevant if is_to_come or not in_days else in_days
    proofs = read_proof_urls(asked, ((r[0]["article_id"], r[0]["evidence_number"]) for r in chosen.values()))
    quotes = choose_quotes(asked, chosen)
    differing = _read_differences(asked, chosen)
    return {
        id: events[id]
        | {"parts": wanted[id], "differs": differing.get(id, []), "quote": quotes.get(id)}
        | _tell_event(events[id] | {"parts": wanted[id]}, told, proofs, asked)
        for id, told in chosen.items()
    }


def _is_in_days(report: Row, asked: Asked, parts: Parts) -> bool:
    spans = [(asked.parts[number].first.isoformat(), asked.parts[number].last.isoformat()) for number in parts]
    return report["day"] is not None and any(first <= report["day"] <= last for first, last in spans)


def _tell_event(event: Row, reports: list[Row], proofs: Mapping[Proof, str], asked: Asked) -> Row:
    """What is said of one event, the best report first."""
    best = reports[0]
    first_of_outlet = {report["outlet_name"]: report for report in reversed(reports)}
    others = [report for name, report in sorted(first_of_outlet.items()) if name != best["outlet_name"]]
    return {
        "article_id": best["article_id"],
        "outlet_name": shorten(best["outlet_name"], 60),
        "venue": shorten(event["venue"], 80),
        "is_main": any(report["is_main"] for report in reports),
        "stage": event[f"name_{asked.lang}"],
        "region": event["regency_name"] or asked.say("no_region"),
        "when": asked.say("ahead_of_news", when=when(event, asked))
        if _is_ahead(event, reports)
        else when(event, asked),
        "published": published_in_words(reports, asked),
        # What was announced then and is known to have been held since is not said to be without news.
        "is_past": event["status_now"] == "announced" and is_past(event, asked.span.last),
        "mode": event["mode"] and asked.say(f"modes.{event['mode']}"),
        "event_url": f"{asked.site}/peristiwa/{event['id']}",
        "evidence_url": proofs[best["article_id"], best["evidence_number"]],
        "article_url": article_url(best, "article_id", asked.site),
        "title": shorten(best["title"], 140) or asked.say("untitled"),
        "others": [
            {"outlet_name": shorten(r["outlet_name"], 60), "url": article_url(r, "article_id", asked.site)}
            for r in others
        ],
        "told_by": told_by(reports, asked),
        "because": because(event["parts"], asked),
        "article_ids": {report["article_id"] for report in reports},
    }


def _is_ahead(event: Row, reports: Iterable[Row]) -> bool:
    """Whether an event is told as held on a day, in a month or year after all its articles, which cannot be."""
    start = event["start_date"]
    if event["status"] == "announced" or start is None:
        return False
    return all(report["day"] and report["day"][: len(start)] < start for report in reports)


def told_by(reports: Collection[Row], asked: Asked) -> str:
    """How many outlets; and how many of them wrote for themselves, where the others carry what somebody else wrote.

    A copy, an edited copy and a press release, wherever it stands, are not an outlet's own.
    """
    outlets = {report["source"] for report in reports}
    own = {r["source"] for r in reports if not r["is_release"] and r["role"] not in ("copy", "edited")}
    counts = [asked.say("n_outlets", n=len(outlets))]
    if len(own) < len(outlets):
        none = "from_release" if any(report["is_release"] for report in reports) else "none_own"
        counts.append(asked.say("n_own" if own else none, n=len(own)))
    return ", ".join(counts)


def because(parts: Parts, asked: Asked) -> str:
    """Which choices of a reader who has several brought an event; nothing where only one could, or everything is."""
    scopes = [asked.parts[number].scope for number in sorted(parts) if asked.parts[number].scope.kind != "all"]
    if len(asked.parts) == 1 or not scopes:
        return ""
    names = list(dict.fromkeys(shorten(scope.name[asked.lang], 80) for scope in scopes))
    more = len(names) - NAMED_CHOICES
    listed = names[:NAMED_CHOICES] + ([asked.say("more_choices", n=more)] if more > 0 else [])
    return asked.say("because", choices=_and(listed, asked))


def _and(names: list[str], asked: Asked) -> str:
    return names[0] if len(names) == 1 else asked.say("and", first=", ".join(names[:-1]), last=names[-1])


def published_in_words(reports: Iterable[Row], asked: Asked) -> str:
    """From when to when its articles appeared."""
    days = sorted(report["day"] for report in reports if report["day"])
    return asked.say("published", days=date_in_words(days[0], days[-1], asked.lang)) if days else asked.say("undated")


def when(told: Row, asked: Asked) -> str:
    """The date of an event or a report; of what is only announced, that it is."""
    words = date_in_words(told["start_date"], told["end_date"], asked.lang)
    if told["status"] == "held":
        return words
    return asked.say("announced_for" if told["start_date"] else "announced_undated", when=words)


def last_day(period: str) -> date:
    """The last day of a day, month or year.

    >>> last_day("2024-02"), last_day("2023")
    (datetime.date(2024, 2, 29), datetime.date(2023, 12, 31))
    """
    if len(period) == 10:
        return date.fromisoformat(period)
    year, month = int(period[:4]), int(period[5:7] or 12)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def is_past(event: Row, day: date) -> bool:
    """Whether an event that was only announced should have taken place by the end of a day."""
    if event["status"] == "held" or event["start_date"] is None:
        return False
    return last_day(event["end_date"] or event["start_date"]) <= day


def group_by_province(events: Iterable[Row], moved: Collection[str], asked: Asked) -> list[Row]:
    """Provinces by name, those without one last; in each what took a regency further, then main events before
    background, the newest first."""
    by_province: dict[str | None, list[Row]] = {}
    for event in events:
        by_province.setdefault(event["province_name"], []).append(event)
    return [
        {
            "name": name or asked.say("no_province"),
            "events": sorted(
                sorted(by_province[name], key=lambda e: (e["region"], e["position"], e["id"])),
                key=lambda e: (e["id"] in moved, e["is_main"], e["start_date"] or ""),
                reverse=True,
            ),
            "more_url": table_url(
                asked.site,
                "events",
                {"province_name": name} if name else {"province_name__isnull": 1},
                last_published_date__gte=asked.days["first"],
                first_published_date__lte=asked.days["last"],
            ),
        }
        for name in sorted(by_province, key=lambda name: (name is None, name))
    ]


DIFFERENCES = ("start_date", "status", "date")


def _read_differences(asked: Asked, ids: Collection[str]) -> dict[str, list[Row]]:
    """What other articles say otherwise of when and whether an event took place, by id."""
    rows = read_rows(
        asked.db,
        """
        select event_conflicts.event_id, event_conflicts.field, event_conflicts.value, event_conflicts.outlets,
            event_conflicts.article_id, event_conflicts.evidence_number
        from json_each(:ids) as wanted
        join event_conflicts on event_conflicts.event_id = wanted.value
        where event_conflicts.is_best = 0 and event_conflicts.field in (select value from json_each(:fields))
        order by event_conflicts.event_id, event_conflicts.number
        """,
        ids=json.dumps(sorted(ids)),
        fields=json.dumps(DIFFERENCES),
    )
    urls = read_proof_urls(asked, ((row["article_id"], row["evidence_number"]) for row in rows))
    return {
        id: [
            {"words": _difference(row, asked), "url": urls[row["article_id"], row["evidence_number"]]}
            for row in differences
        ]
        for id, differences in groupby(rows, key=lambda row: row["event_id"])
    }


def _difference(row: Row, asked: Asked) -> str:
    outlets = asked.say("n_outlets", n=row["outlets"])
    if row["field"] == "status":
        return asked.say(f"differs_{row['value']}", outlets=outlets)
    start, _, end = row["value"].partition("/")
    return asked.say("differs_date", outlets=outlets, when=date_in_words(start, end or None, asked.lang))
