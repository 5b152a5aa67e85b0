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
from publish.letters.missing import read_silent_sources, read_unread_pages, read_unread_sources, read_unsure_reports
from publish.letters.movements import find_movements
from publish.letters.parts import Asked, Part, span_of
from publish.letters.quotes import read_quotes
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

    An article belongs to the day of `zone` (WIB, WITA, WIT) on which it appeared; each part has its own days. An event
    that several choices bring is told once. `known_since` is the instant up to which the reader's former letter knew.
    Raises ValueError without a part, for days out of order and for another zone. What comes back:

    - `issue`, `zone`, `site_url`; `first` and `last`, ISO days of all parts; `monday`, the first in words;
      `week`, the days in words; `is_week`, whether they are a Monday to a Sunday.
    - `scope_names`, `choices`: what was chosen, in words, the latter with the queries; `has_scopes`, whether it is more
      than queries; `scopes`: each with `name`, `kind`, `url` and the number of
      `events` told of it.
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
      or withdrawn), `is_merged`, `event_url` (its history), `now_url`, `why`, `why_url`, `article_url` (the last three
      or None); MOST_TOLD at most, `counts.corrections` is how many there are.
    - `others`, `unsure_articles`, `undated_articles`: articles with `title`, `outlet_name`, `when`, `article_url`,
      `site_url`; `unsure_reports`: `stage`, `region`, `when`, `outlet_name`, `evidence_url`, `article_url`.
    - `pages` (`outlet_name`, `fates`, `url`), `unread` (`outlet_name`, `reason`, `since`, `is_new`: broke in the days,
      `is_national`, `url`), `silent` (`outlet_name`, `seen`, `articles` of the twelve weeks before, `url`).
    - `unheard`: regencies of the programme without news for `unheard_weeks`: `region`, `province_name`, `heard` (when
      last), `why` (quiet, or not read), `is_watched` (quiet), `is_never`, `is_chosen`, `population`, `region_url`,
      `url` (the last article, or None). The chosen ones, the longest silent, those never heard of.
    - `undated_events`: how many of the events have no date.
    - `looked` (`sources` read of `watched`, `pages` looked at) and `last_heard` (an event, or None): where nothing of
      the days is told; else both None.
    - `tables`: as given. `more_urls`: where each list goes on. `longest`: of the lists of events by province.
    - `counts`: how much there is of each, cut or not; `counts.news` is how much of it is new, 0 in an empty letter.
    """
    site = site_url.rstrip("/")
    span = span_of(parts, zone)
    asked = Asked(db, parts, span, lang, site, known_since)
    articles = read_articles(asked)
    reported = find_reported(asked, articles)
    to_come, passed = find_to_come(asked), find_passed(asked)
    found_late = find_late(asked, reported)
    late = {id: parts for id, parts in found_late.items() if id not in to_come and id not in passed}
    wanted = _together(reported, to_come, passed, dict(islice(late.items(), MOST_TOLD)))
    reports = read_reports(asked, wanted)
    quotes = read_quotes(asked, {report["article_id"] for told in reports.values() for report in told})
    told = tell_events(asked, wanted, reports, quotes)
    events = [told[id] for id in reported if id in told and told[id]["status"] == "held"]
    announced = [
        event for id, event in told.items() if event["status"] == "announced" and (id in reported or id in to_come)
    ]
    unsure = read_unsure_reports(asked)
    known = {report["article_id"] for id in reported for report in reports.get(id, ())}
    known |= {report["article_id"] for report in unsure}
    own = [article for article in articles if article["parts"]]
    movements = find_movements(events, asked)
    corrections, corrections_count = read_corrections(asked, told)
    letter: Row = {
        "issue": issue,
        "zone": zone,
        "site_url": site,
        "first": asked.days["first"],
        "last": asked.days["last"],
        "sunday": asked.days["last"],
        "monday": day_in_words(span.first, lang),
        "week": days_in_words(span.first, span.last, lang),
        "is_week": span.is_week,
        "scopes": _tell_scopes(asked, [*events, *announced]),
        "scope_names": [] if _is_everything(parts) else _scope_names(asked) or _table_names(tables),
        "choices": _scope_names(asked) + _table_names(tables),
        "has_scopes": bool(_scope_names(asked)),
        "movements": movements,
        "provinces": group_by_province(events, {event["id"] for event in movements}, asked),
        "announced": _by_date(event for event in announced if not event["is_past"]),
        "passed": _by_date(
            event
            for id, event in told.items()
            if event["is_past"] and (id in passed or (id in reported and event["status"] == "announced"))
        ),
        "late": [told[id] for id in late if id in told],
        "corrections": corrections,
        "others": [a for a in own if a["is_relevant"] and a["in_week"] and a["id"] not in known],
        "unsure_reports": unsure,
        "unsure_articles": [a for a in own if not a["is_relevant"]],
        "undated_articles": [a for a in own if a["is_relevant"] and not a["in_week"]],
        "undated_events": sum(event["start_date"] is None for event in [*events, *announced]),
        "pages": read_unread_pages(asked),
        "unread": read_unread_sources(asked),
        "silent": read_silent_sources(asked),
        "unheard": read_unheard(asked),
        "unheard_weeks": UNHEARD_WEEKS,
        "looked": None,
        "last_heard": None,
        "tables": list(tables),
        "more_urls": more_urls(asked.days, site),
    }
    letter["longest"] = max((len(province["events"]) for province in letter["provinces"]), default=0)
    counts = _count(letter, events, own) | {"late": len(late), "corrections": corrections_count}
    counts["news"] = len(told.keys() & reported) + len(found_late)
    counts["news"] += sum(counts[name] for name in ("corrections", "others", "new_rows"))
    if not events and letter["has_scopes"]:
        letter |= {"looked": read_looked(asked), "last_heard": read_last_heard(asked, told)}
    return letter | {"counts": counts}


def _count(letter: Row, events: list[Row], articles: list[Row]) -> dict[str, int]:
    dated = [article for article in articles if article["is_relevant"] and article["in_week"]]
    lists = ("movements", "announced", "passed", "others", "pages", "unread", "silent", "unheard")
    return {
        "events": len(events),
        "main_events": sum(event["is_main"] for event in events),
        "regions": len({event["regency_code"] for event in events} - {None}),
        "articles": len(dated),
        "outlets": len({article["outlet_name"] for article in dated}),
        **{name: len(letter[name]) for name in lists},
        **{name: len(letter[name]) for name in ("unsure_reports", "unsure_articles", "undated_articles")},
        "undated_events": letter["undated_events"],
        "new_rows": sum(table.new for table in letter["tables"]),
    }


def _together(*found: Mapping[str, Parts]) -> dict[str, Parts]:
    """All events, each with all its parts."""
    together: dict[str, Parts] = {}
    for events in found:
        for id, parts in events.items():
            together[id] = together.get(id, Parts()) | parts
    return together


def _is_everything(parts: Sequence[Part]) -> bool:
    return all(part.scope.kind == "all" for part in parts)


def _scope_names(asked: Asked) -> list[str]:
    names = (part.scope.name[asked.lang] for part in asked.parts if part.scope.kind != "none")
    return list(dict.fromkeys(shorten(name, LONGEST_NAME) for name in names))


def _table_names(tables: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(shorten(table.title, LONGEST_NAME) for table in tables))


def _tell_scopes(asked: Asked, events: list[Row]) -> list[Row]:
    return [
        {
            "name": shorten(part.scope.name[asked.lang], LONGEST_NAME),
            "kind": part.scope.kind,
            "url": asked.site + part.scope.path,
            "events": sum(number in event["parts"] for event in events),
        }
        for number, part in enumerate(asked.parts)
        if part.scope.kind != "none"
    ]


def _by_date(events: Iterable[Row]) -> list[Row]:
    return sorted(events, key=lambda event: (event["start_date"] or "9", event["id"]))
