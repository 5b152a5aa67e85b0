"""How a letter looks: cut to the size of a mail, as HTML and as plain text of equal content."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from publish.dates_id import Language
from publish.letters.charts import Chart
from publish.letters.filling import fill_html, fill_text
from publish.letters.letter import COPY_URL, PREFERENCES_URL, UNSUBSCRIBE_URL
from publish.letters.rows import Row
from publish.letters.tables import Table
from publish.letters.wording import say

MAX_HTML_BYTES = 90_000
"""Gmail hides what comes after about 102 kB; the rest of its allowance is for a forwarder's own words."""
PERSONAL_BYTES = 1_000
"""Kept free for the addresses of a reader's own pages, which take the place of marks when her letter is sent."""
SIDE_LINES = 12
"""Lines of a side list before "… dan N lagi"; the lists of events by province are as long as the size allows."""
MARKS = {"unsubscribe": UNSUBSCRIBE_URL, "preferences": PREFERENCES_URL, "copy": COPY_URL}
GAPS = (
    *("pages", "unread", "silent", "unheard", "never_heard"),
    *("unsure_reports", "unsure_articles", "undated_articles", "undated_events"),
)
"""What of a letter stands under "what we may have missed"."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of a letter is told: the rest is said to be there, with a link."""

    full: int
    """Events that are told whole, those that most outlets tell; the others have one line."""
    lines: int
    """Events of each province, those that are news."""
    background: int
    """Events of each province that are only mentioned."""
    side_lines: int
    """Lines of each other list."""


def render(letter: Row, lang: Language, charts: Sequence[Chart] = ()) -> tuple[str, str]:
    """HTML and text of a letter (publish.letters.reading), cut to stay below MAX_HTML_BYTES.

    First what is only mentioned goes, then events lose their details, then the lists of provinces their ends, then the
    other lists. Raises ValueError
    when even the shortest form is too large for a mail.
    """
    told = letter | {
        "charts": charts,
        "marks": MARKS,
        "place": _place(letter, lang),
        "headline": _headline(letter, lang),
        "summary": _summary(letter, lang),
        "gaps": any(letter[name] for name in GAPS),
    }
    most = MAX_HTML_BYTES - (PERSONAL_BYTES if letter["is_personal"] else 0)
    cut = _find_cut(told, lang, _cuts(told), most)
    return _html(told, cut, lang), fill_text("letter.txt", lang, **told, **_room(told, cut))


def _cuts(told: Row) -> list[Cut]:
    """All cuts of a letter, the roomiest first."""
    news = len(_by_outlets(told))
    lists = [[event["is_main"] for event in province["events"]] for province in told["provinces"]]
    main = max((sum(events) for events in lists), default=0)
    mentioned = max((len(events) - sum(events) for events in lists), default=0)
    least = min(main, 3)
    return [
        *(Cut(news, main, background, SIDE_LINES) for background in range(mentioned, 0, -1)),
        *(Cut(full, main, 0, SIDE_LINES) for full in range(news, 0, -1)),
        *(Cut(0, lines, 0, SIDE_LINES) for lines in range(main, least, -1)),
        *(Cut(0, least, 0, side_lines) for side_lines in range(SIDE_LINES, 3, -1)),
        *(Cut(0, lines, 0, 3) for lines in range(least, 0, -1)),
        *(Cut(0, 0, 0, side_lines) for side_lines in range(3, -1, -1)),
    ]


def _by_outlets(told: Row) -> list[Row]:
    """The events that are news, those that most outlets tell first; of the side lists those that have a line."""
    provinces = [event for province in told["provinces"] for event in province["events"]]
    sides = [event for name in ("announced", "passed", "late") for event in told[name][:SIDE_LINES]]
    news = [event for event in (*provinces, *sides) if event["is_main"]]
    return sorted(news, key=lambda event: -len(event["others"]))


def _find_cut(told: Row, lang: Language, cuts: list[Cut], most: int) -> Cut:
    """The roomiest cut that fits."""

    def size(cut: Cut) -> int:
        return len(_html(told, cut, lang).encode())

    if size(cuts[0]) <= most:
        return cuts[0]
    place = bisect_left(cuts, True, key=lambda cut: size(cut) <= most)
    if place == len(cuts):
        raise ValueError(f"the letter is {size(cuts[-1])} bytes in its shortest form, above {most}")
    return cuts[place]


def _html(told: Row, cut: Cut, lang: Language) -> str:
    return fill_html("letter.html", lang, **told, **_room(told, cut))


def _room(told: Row, cut: Cut) -> Row:
    """What the templates ask of a cut."""

    def shown(province: Row) -> list[Row]:
        """The events of a province that have a line."""
        news = [event for event in province["events"] if event["is_main"]]
        mentioned = [event for event in province["events"] if not event["is_main"]]
        return news[: cut.lines] + mentioned[: cut.background]

    return asdict(cut) | {
        "shown": shown,
        "whole": {event["id"] for event in _by_outlets(told)[: cut.full]},
        "gap_lines": cut.side_lines // 2,
        "table_lines": 2 * cut.side_lines,
    }


def _place(told: Row, lang: Language) -> str:
    """What the letter is about; empty where several choices are told one by one."""
    names = told["scope_names"] or [say("everything", lang)]
    return str(names[0]) if len(names) == 1 else ""


def tables_said(tables: Sequence[Table]) -> str:
    """What a letter of queries alone has to say first: new, problem, first or none."""
    said = {
        "new": any(table.new for table in tables),
        "problem": any(table.problem for table in tables),
        "first": any(table.is_first for table in tables),
    }
    return next((name for name, is_so in said.items() if is_so), "none")


def _headline(told: Row, lang: Language) -> str:
    """What happened, in one line. What is only mentioned in passing did not happen now."""
    counts = told["counts"]
    if not told["has_scopes"]:
        return say(f"headline_tables.{tables_said(told['tables'])}", lang, n=counts["new_rows"])
    if not counts["main_events"]:
        return say("headline_none", lang)
    events = say("n_events", lang, n=counts["main_events"])
    where = _where(told, lang)
    words = [say("headline", lang, events=events, where=where) if where else events]
    if counts["movements"]:
        words.append(say("n_movements", lang, n=counts["movements"]))
    return ", ".join(words)


def _where(told: Row, lang: Language) -> str:
    scopes, regions = told["scopes"], told["counts"]["regions"]
    if len(scopes) == 1 and scopes[0]["kind"] in ("regency", "province"):
        return str(scopes[0]["name"])
    return say("n_regions", lang, n=regions) if regions else ""


def _summary(told: Row, lang: Language) -> str:
    """How much was read for it, and what else the letter tells."""
    counts = told["counts"]
    if not told["has_scopes"]:
        return say("summary_tables", lang, n=len(told["tables"]))
    sentences = []
    if counts["articles"]:
        read = {name: say(f"n_{name}", lang, n=counts[name]) for name in ("articles", "outlets")}
        sentences.append(say("summary", lang, **read))
    elif told["looked"]:
        sentences.append(_looked(told["looked"], lang))
    also = {name: counts[name] for name in ("announced", "passed", "late", "corrections", "new_rows")}
    also["background"] = counts["events"] - counts["main_events"]
    also["unread"] = counts["unread"]
    more = ", ".join(say(f"n_{name}", lang, n=number) for name, number in also.items() if number)
    if more:
        sentences.append(say("summary_more", lang, more=more))
    if not counts["news"] and (told["looked"] or {}).get("sources"):
        sentences.append(say("empty", lang))
    return " ".join(sentences)


def _looked(looked: Row, lang: Language) -> str:
    """What an empty letter can say of itself: how many of the sources that would tell were read at all."""
    if not looked["watched"]:
        return say("looked_nowhere", lang)
    if not looked["visited"]:
        return say("not_looked", lang, n=looked["watched"])
    if not looked["sources"]:
        return say("looked_in_vain", lang, n=looked["watched"])
    return say(
        "looked", lang, n=looked["watched"], sources=looked["sources"], pages=say("n_pages", lang, n=looked["pages"])
    )
