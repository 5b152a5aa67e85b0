"""All that a letter says, read from public.db."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlite_utils import Database

from publish.dates_id import Language, day_in_words, days_in_words
from publish.letters.addresses import more_urls
from publish.letters.announced import find_passed, find_to_come
from publish.letters.articles import read_articles
from publish.letters.cleaning import shorten
from publish.letters.corrections import MOST_TOLD, read_corrections
from publish.letters.events import Parts, find_reported, group_by_province, read_reports, tell_events
from publish.letters.late import find_late
from publish.letters.looked import read_last_heard, read_looked
from publish.letters.missing import (
    find_sources,
    read_silent_sources,
    read_unread_pages,
    read_unread_sources,
    read_unsure_reports,
)
from publish.letters.movements import find_movements
from publish.letters.parts import Asked, Part, span_of
from publish.letters.rows import Row
from publish.letters.unheard import UNHEARD_WEEKS, read_unheard

LONGEST_NAME = 80


def read_letter(
    db: Database,
    parts: Sequence[Part],
    *,
    zone: str = "WIB",
    lang: Language = "id",
    site_url: str,
    issue: str = "",
    known_since: str | None = None,
    tables: Sequence[Any] = (),
) -> Row:
    """All that the templates say, uncut; a function of public.db and the arguments, without a clock.

    Of 100,000 articles it takes about 60 ms for a regency, 110 ms for fifty of them, 200 ms for everything.

    An article belongs to the day of `zone` (WIB, WITA, WIT) on which it appeared; each part has its own days. An event
    that several choices bring is told once. `known_since` is the instant up to which the reader's former letter knew.
    Raises ValueError without a part, for days out of order and for another zone; who chose queries alone has a part of
    the scope NO_EVENTS. What comes back:

    - `issue`, `zone`, `site_url`; `first` and `last`, ISO days of all parts; `monday`, the first in words;
      `week`, the days in words; `is_week`, whether they are a Monday to a Sunday.
    - `choices`: what was chosen, in words, with the queries; `scope_names`: the scopes alone, empty where one is
      everything, and the queries where there is no scope; `has_scopes`, whether it is more than queries; `scopes`: each
      with `name`, `kind`, `url` and the number of `events` that are its news.
    - `provinces`: each with `name`, `events` and `more_url`. An event is a row with `id`, `stage`, `region`, `when`,
      `venue`, `mode`, `told_by` ("12 media, 2 liputan sendiri"), `is_main` (else only background), `status` (held or
      announced), `is_past`, `title` and `outlet_name` of its best article, `others` (`outlet_name`, `url`), `quote`
      (`text`, `speaker`, `speaker_url`, `office`, `url`) or None, `differs` (what others say of the date or state:
      `words`, `url`), `published` (when its articles appeared, in words), `because` (which choices brought it, empty
      where there is only one), `event_url`, `evidence_url`, `article_url`. What took a regency further comes first.
    - `movements`: events that took their regency further, with `before` (its furthest stage until then, in words),
      `before_when` and `before_url` (or None), `region_url`.
    - `announced`: events that are to come, or announced in the days without a date; `passed`: announced ones whose day
      has passed without an article that says they took place. Both by date.
    - `late`: events found only now, though their articles appeared before the days; MOST_TOLD at most, the newest
      first, `counts.late` is how many there are.
    - `corrections`: `what` was told, its `changes` (sentences: what we said and say, the reason last), `kind` (changed
      or withdrawn), `is_merged`, `event_url` (its history), `now_url`, `evidence_url` (of what is said now), `why`,
      `decision_url`, `article_url` (the last five None where there is none); MOST_TOLD at most, `counts.corrections` is
      how many there are.
    - `others`, `unsure_articles`, `undated_articles`: articles with `title`, `outlet_name`, `when`, `article_url`,
      `site_url`; `unsure_reports`: `stage`, `region`, `when`, `outlet_name`, `evidence_url`, `article_url`.
    - `pages` (`outlet_name`, `fates`, `url`), `unread` (`outlet_name`, `reason`, `since`, `is_new`: broke in the days,
      `is_national`, `url`), `silent` (`outlet_name`, `seen`, `articles` of the twelve weeks before, `url`).
    - `unheard`: regencies of the programme without news for `unheard_weeks`: `region`, `province_name`, `heard` (when
      last), `why` (quiet, or not read), `is_watched` (quiet), `is_never`, `is_chosen`, `population`, `region_url`,
      `url` (the last article, or None). The chosen ones, then the longest silent. `never_heard`: the same of those that
      were never in the news and are not chosen themselves.
      `silent`, `unheard` and `never_heard` are told by letters whose days hold a Sunday, so once a week.
    - `undated_events`: how many of the events have no date.
    - `looked`: `sources` read of the `visited` of the `watched` from which news could come; `pages` looked at;
      None for NO_EVENTS. `last_heard`: where no event of the days is told the newest of the choices, or None.
    - `tables`: as given. `more_urls`: where each list goes on. `longest`: of the lists of events by province.
    - `counts`: how much there is of each, cut or not; `counts.news` is how much of it is new, 0 in an empty letter.
    """
    asked = Asked(db, parts, span_of(parts, zone), lang, site_url.rstrip("/"), known_since)
    letter = _frame(asked, issue, tables)
    letter |= _read_news(asked) | _read_gaps(asked) if letter["has_scopes"] else NOTHING
    return letter | {"counts": letter["counts"] | _count(letter)}


def _frame(asked: Asked, issue: str, tables: Sequence[Any]) -> Row:
    """What a letter is about, and when."""
    names = _names(part.scope.name[asked.lang] for part in asked.parts if part.scope.kind != "none")
    queries = _names(table.title for table in tables)
    return {
        "issue": issue,
        "zone": asked.span.zone.tzname(None),
        "site_url": asked.site,
        "first": asked.days["first"],
        "last": asked.days["last"],
        "monday": day_in_words(asked.span.first, asked.lang),
        "sunday": asked.days["last"],
        "week": days_in_words(asked.span.first, asked.span.last, asked.lang),
        "is_week": asked.span.is_week,
        "has_scopes": bool(names),
        "scope_names": [] if any(part.scope.kind == "all" for part in asked.parts) else names or queries,
        "choices": [*names, *queries],
        "unheard_weeks": UNHEARD_WEEKS,
        "tables": list(tables),
        "more_urls": more_urls(asked.days, asked.site),
    }


def _read_news(asked: Asked) -> Row:
    """What took place, what is to come, and what was told otherwise before."""
    articles = read_articles(asked)
    reported = find_reported(asked, articles)
    to_come, passed = find_to_come(asked), find_passed(asked)
    found_late = find_late(asked, reported)
    late = {id: parts for id, parts in found_late.items() if id not in to_come and id not in passed}
    wanted = _together(reported, to_come, passed, dict(islice(late.items(), MOST_TOLD)))
    reports = read_reports(asked, wanted)
    told = tell_events(asked, wanted, reports)
    held = [told[id] for id in reported if id in told and told[id]["status"] == "held"]
    announced = [told[id] for id in {**reported, **to_come} if id in told and told[id]["status"] == "announced"]
    movements = find_movements(held, asked)
    corrections, corrections_count = read_corrections(asked, told)
    unsure = read_unsure_reports(asked)
    telling = {report["article_id"] for id in reported for report in reports.get(id, ())}
    known = telling | {report["article_id"] for report in unsure}
    own = [article for article in articles if article["parts"]]
    dated = [article for article in own if article["is_relevant"] and article["in_week"]]
    # Of a stage no article is, beside those that tell its events.
    read = [a for a in articles if a["is_relevant"] and a["in_week"] and (a["parts"] or a["id"] in telling)]
    provinces = group_by_province(held, {event["id"] for event in movements}, asked)
    return {
        "scopes": _tell_scopes(asked, [event for event in held if event["is_main"]]),
        "movements": movements,
        "provinces": provinces,
        "longest": max((len(province["events"]) for province in provinces), default=0),
        "announced": _by_date(event for event in announced if not event["is_past"]),
        "passed": _by_date(
            event for id, event in told.items() if event["is_past"] and (id in passed or id in reported)
        ),
        "late": [told[id] for id in late if id in told],
        "corrections": corrections,
        "others": [article for article in dated if article["id"] not in known],
        "unsure_reports": unsure,
        "unsure_articles": [article for article in own if not article["is_relevant"]],
        "undated_articles": [article for article in own if article["is_relevant"] and not article["in_week"]],
        "undated_events": sum(event["start_date"] is None for event in [*held, *announced]),
        "last_heard": None if held else read_last_heard(asked, told),
        "counts": {
            "events": len(held),
            "main_events": sum(event["is_main"] for event in held),
            "regions": len({event["regency_code"] for event in held} - {None}),
            "articles": len(read),
            "outlets": len({article["outlet_name"] for article in read}),
            "late": len(late),
            "corrections": corrections_count,
            "news": len(told.keys() & reported) + len(found_late) + corrections_count,
        },
    }


def _read_gaps(asked: Asked) -> Row:
    """Who was not read, and of whom there is no news; of silence, which is none of a day, once a week."""
    near = find_sources(asked)
    is_weekly = asked.span.ends_a_week
    unheard, never_heard = read_unheard(asked) if is_weekly else ([], [])
    return {
        "pages": read_unread_pages(asked, near),
        "unread": read_unread_sources(asked, near),
        "silent": read_silent_sources(asked, near) if is_weekly else [],
        "unheard": unheard,
        "never_heard": never_heard,
        "looked": read_looked(asked, near),
    }


NOTHING: Row = {
    **{name: [] for name in ("scopes", "movements", "provinces", "announced", "passed", "late", "corrections")},
    **{name: [] for name in ("others", "unsure_reports", "unsure_articles", "undated_articles")},
    **{name: [] for name in ("pages", "unread", "silent", "unheard", "never_heard")},
    **dict.fromkeys(("last_heard", "looked")),
    **dict.fromkeys(("longest", "undated_events"), 0),
    "counts": dict.fromkeys(
        ("events", "main_events", "regions", "articles", "outlets", "late", "corrections", "news"), 0
    ),
}
"""What a letter without a choice of events tells of events."""


def _count(letter: Row) -> dict[str, int]:
    lists = ("movements", "announced", "passed", "others", "pages", "unread", "silent", "unheard", "never_heard")
    new_rows = sum(table.new for table in letter["tables"])
    return {
        **{name: len(letter[name]) for name in (*lists, "unsure_reports", "unsure_articles", "undated_articles")},
        "undated_events": letter["undated_events"],
        "new_rows": new_rows,
        "news": letter["counts"]["news"] + len(letter["others"]) + new_rows,
    }


def _together(*found: Mapping[str, Parts]) -> dict[str, Parts]:
    """All events, each with all its parts."""
    together: dict[str, Parts] = {}
    for events in found:
        for id, parts in events.items():
            together[id] = together.get(id, Parts()) | parts
    return together


def _names(written: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(shorten(name, LONGEST_NAME) for name in written))


def _tell_scopes(asked: Asked, events: list[Row]) -> list[Row]:
    return [
        {
            "name": shorten(part.scope.name[asked.lang], LONGEST_NAME),
            "kind": part.scope.kind,
            "url": asked.site + part.scope.path,
            "events": sum(number in event["parts"] for event in events),
        }
        for number, part in enumerate(asked.parts)
    ]


def _by_date(events: Iterable[Row]) -> list[Row]:
    return sorted(events, key=lambda event: (event["start_date"] or "9", event["id"]))
