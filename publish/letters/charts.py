"""Pictures of a letter: its week beside other weeks, and a regency beside those that began with it.

They are drawn light on a dark ground of their own, which is read on a light letter as on a dark one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlite_utils import Database

from publish.dates_id import MONTHS, Language, day_in_words
from publish.letters.articles import DAY
from publish.letters.parts import Span
from publish.letters.rows import Row, read_rows
from publish.letters.scopes import Scope, renamed, renamed_parameters
from publish.letters.wording import say
from publish.site.phases import HIGHEST_PHASE, PHASES
from publish.site.strings import translate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# matplotlib is imported where something is drawn: most words of `pantau` draw nothing, and it takes its time.

WEEKS = 12
USUAL_WEEKS = 52
"""Weeks before the letter's that say what is usual; since the first event known, if there are ENOUGH_WEEKS of them."""
ENOUGH_WEEKS = 8
WIDTH = 536
"""Of a picture in the letter, in CSS pixels; it is drawn twice as fine."""
GROUND, WORDS, FAINT, BAR, THIS = "#10343a", "#eef3f1", "#a9c4c4", "#4f9396", "#f0c674"
COLOURS = 48
POINT = 0.72
"""Of a CSS pixel, at 100 of them to the inch."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, and all that it shows in words."""

    name: str
    """By which the letter shows it: cid:NAME."""
    title: str
    caption: str
    """What it comes to, in one sentence."""
    alt: str
    """The numbers."""
    height: int
    """In the letter, where it is WIDTH wide."""
    png: bytes


@dataclass(frozen=True, slots=True)
class Week:
    """The events of a week that an article of that week reports as its own news."""

    monday: date
    events: int
    state: Literal["read", "unread", "archive"]
    """`unread` where no source answered us; `archive` where we did not ask yet and know it from later only."""


def draw_charts(db: Database, scopes: Sequence[Scope], span: Span, lang: Language) -> tuple[Chart, ...]:
    """The pictures of the letter on a week, for these choices.

    Who follows a single regency sees how far it has come beside those of its cohort; who follows more sees how many
    events there were each week. None where there is nothing to compare with, and for other days than a week.
    """
    if not span.is_week:
        return ()
    if len(scopes) == 1 and scopes[0].kind == "regency":
        charts = [chart_cohort(db, scopes[0].value, lang)]
    else:
        charts = [chart_weeks(read_weeks(db, scopes, span), lang)]
    return tuple(chart for chart in charts if chart)


def read_weeks(db: Database, scopes: Sequence[Scope], span: Span) -> list[Week]:
    """The weeks up to the one of `span`, in its zone, oldest first: USUAL_WEEKS before it, and itself.

    An event counts in each week in which an article reports it as its own news, if an article up to then says that it
    took place.
    """
    monday = span.first
    parameters: Row = span.parameters | {"earliest": (monday - timedelta(weeks=USUAL_WEEKS)).isoformat()}
    for number, scope in enumerate(scopes):
        parameters |= renamed_parameters(scope, number)
    counted = read_rows(
        db,
        f"""
        select monday, count(*) as events
        from (
            select distinct date({DAY}, 'weekday 0', '-6 days') as monday, events.id
            from articles
            join stage_reports on stage_reports.article_id = articles.id
            join events on events.id = stage_reports.event_id
            where articles.is_relevant = 1 and stage_reports.is_main = 1
                -- Whatever zone an article was published in, its day there is at most one away from the reader's.
                and articles.published_date between date(:earliest, '-1 day') and date(:last, '+1 day')
                and {DAY} between :earliest and :last
                and ({_chosen(scopes)})
        ) as told
        where exists (
            select 1
            from stage_reports
            join articles on articles.id = stage_reports.article_id
            where stage_reports.event_id = told.id and stage_reports.status = 'held'
                and ({DAY} <= date(monday, '+6 days') or articles.published_date is null)
        )
        group by monday
        """,
        **parameters,
    )
    events = {row["monday"]: row["events"] for row in counted}
    asked = {row["monday"]: row["answered"] for row in read_rows(db, ANSWERED)}
    begun = min(asked, default="9999-12-31")

    def week(back: int) -> Week:
        day = monday - timedelta(weeks=back)
        key = day.isoformat()
        state: Literal["read", "unread", "archive"] = "read" if asked.get(key) else "unread"
        return Week(day, events.get(key, 0), "archive" if key < begun else state)

    return [week(back) for back in range(USUAL_WEEKS, -1, -1)]


def _chosen(scopes: Sequence[Scope]) -> str:
    # Who follows an outlet is told what it reports, not what others tell of what it once reported.
    told = (f"{scope.where} and {scope.where_article}" if scope.kind == "outlet" else scope.where for scope in scopes)
    return " or ".join(f"({renamed(where, number)})" for number, where in enumerate(told)) or "false"


ANSWERED = "select monday, sum(answered_runs) as answered from source_weeks group by monday"


def usual_range(weeks: Sequence[Week]) -> tuple[int, int] | None:
    """Between what the middle half of the weeks before the last lies; None where too few are known.

    Weeks that were not read say nothing, and those before the first event may lie before our sources.

    >>> weeks = [Week(date(2026, 1, 5), number, "read") for number in (0, 2, 1, 3, 1, 2, 9, 1, 2, 40)]
    >>> usual_range(weeks), usual_range(weeks[:8])
    ((1, 3), None)
    """
    counts = [week.events for week in weeks[:-1] if week.state != "unread"]
    first = next((place for place, count in enumerate(counts) if count), len(counts))
    known = sorted(counts[first:])
    if len(known) < ENOUGH_WEEKS:
        return None
    return known[(len(known) - 1) // 4], known[-1 - (len(known) - 1) // 4]


def chart_weeks(weeks: Sequence[Week], lang: Language) -> Chart | None:
    """How many events there were in each of the last WEEKS; None where there was none."""
    shown, usual = weeks[-WEEKS:], usual_range(weeks)
    if not any(week.events for week in shown):
        return None
    caption = [say("charts.weeks.now", lang, n=shown[-1].events)]
    if usual:
        caption.append(say("charts.weeks.usual" if usual[1] else "charts.weeks.seldom", lang, usual=_span(usual)))
    unread = [_day(week.monday, lang) for week in shown if week.state == "unread"]
    archive = [week for week in shown if week.state == "archive"]
    if unread:
        caption.append(say("charts.weeks.unread", lang, weeks=", ".join(unread)))
    if archive:
        caption.append(say("charts.weeks.archive", lang, day=day_in_words(archive[-1].monday + timedelta(6), lang)))
    numbers = ", ".join(f"{_day(week.monday, lang)}: {week.events}" for week in shown if week.state != "unread")
    height = 216
    return Chart(
        name="pekan",
        title=say("charts.weeks.title", lang),
        caption=" ".join(caption),
        alt=say("charts.weeks.alt", lang, numbers=numbers),
        height=height,
        png=_draw(height, lambda axes: _draw_weeks(axes, shown, usual, lang)),
    )


def chart_cohort(db: Database, code: str, lang: Language) -> Chart | None:
    """How far a regency has come beside those that began in its year; None where it is not known when it began."""
    found = read_rows(db, "select short_name, name, cohort_year from regencies where code = :code", code=code)
    if not found or found[0]["cohort_year"] is None:
        return None
    own = found[0]
    reached = read_rows(
        db,
        f"""
        select regencies.code, coalesce(phase, 0) as phase
        from regencies
        join ({HIGHEST_PHASE}) as highest on highest.regency_code = regencies.code
        where regencies.cohort_year = :year
        """,
        year=own["cohort_year"],
    )
    phases = [row["phase"] for row in reached]
    names = [say("charts.cohort.unknown", lang), *(translate(f"phase.{name}", lang) for name in PHASES)]
    counts = [phases.count(phase) for phase in range(len(names))]
    place = next(row["phase"] for row in reached if row["code"] == code)
    numbers = ", ".join(f"{name}: {counts[phase]}" for phase, name in enumerate(names))
    said = {"year": own["cohort_year"], "n": len(reached), "name": own["name"]}
    caption = say("charts.cohort.now" if place else "charts.cohort.none", lang, **said, phase=names[place])
    height = 296
    return Chart(
        name="angkatan",
        title=say("charts.cohort.title", lang, **said),
        caption=caption,
        alt=say("charts.cohort.alt", lang, **said, numbers=numbers),
        height=height,
        png=_draw(height, lambda axes: _draw_cohort(axes, names, counts, place, own["short_name"])),
    )


def _span(usual: tuple[int, int]) -> str:
    low, high = usual
    return str(low) if low == high else f"{low}–{high}"


def _day(day: date, lang: Language) -> str:
    return f"{day.day} {MONTHS[lang][day.month - 1][:3]}"


def _draw(height: int, draw: Callable[[Axes], None]) -> bytes:
    """A picture as PNG, the same bytes for the same numbers."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    # Not pyplot: what it draws on is shared by all threads.
    figure = Figure(figsize=(WIDTH / 100, height / 100), dpi=200, facecolor=GROUND)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), facecolor=GROUND)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    draw(axes)
    canvas.draw()
    file = io.BytesIO()
    # A third of the size, in the few colours that there are. Pillow is what matplotlib itself writes pictures with.
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").quantize(COLOURS)
    picture.save(file, format="png", optimize=True)
    return file.getvalue()


def _write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    colour: str = WORDS,
    size: int = 17,
    ha: str = "center",
    weight: str = "normal",
) -> None:
    from matplotlib import get_data_path
    from matplotlib.font_manager import FontProperties

    # A font that matplotlib brings along, so that a picture is the same wherever it is drawn.
    font = FontProperties(
        fname=Path(get_data_path(), "fonts", "ttf") / f"DejaVuSans{'-Bold' if weight == 'bold' else ''}.ttf",
        size=size * POINT,
    )
    axes.text(x, y, text, color=colour, fontproperties=font, ha=ha, va="center")


def _draw_weeks(axes: Axes, weeks: Sequence[Week], usual: tuple[int, int] | None, lang: Language) -> None:
    left, right, top, bottom = 28, WIDTH - 28, 58, 170
    most = max([week.events for week in weeks] + [usual[1] if usual else 0, 1])
    step = (right - left) / len(weeks)

    def level(number: float) -> float:
        return bottom - (bottom - top) * number / most

    if usual and usual[1]:
        band = level(usual[0]) - min(level(usual[1]), level(usual[0]) - 3)
        axes.barh(level(usual[0]) - band / 2, right - left, band, left, color="#ffffff", alpha=0.12)
        _write(axes, left, 21, say("charts.weeks.band", lang, usual=_span(usual)), FAINT, ha="left")
    axes.plot([left, right], [bottom, bottom], color=FAINT, linewidth=0.8)
    for place, week in enumerate(weeks):
        middle, is_now = left + step * (place + 0.5), week is weeks[-1]
        if week.state == "unread":
            axes.bar(middle, top - bottom, step * 0.66, bottom, fill=False, hatch="////", edgecolor=FAINT, linewidth=0)
            _write(axes, middle, top - 12, "?", WORDS, weight="bold")
        else:
            colour = THIS if is_now else BAR
            inside = GROUND if week.state == "archive" and not is_now else colour
            height = level(week.events) - bottom
            axes.bar(middle, height, step * 0.66, bottom, facecolor=inside, edgecolor=colour, linewidth=1.2)
            _write(axes, middle, level(week.events) - 12, str(week.events), weight="bold" if is_now else "normal")
        if (len(weeks) - 1 - place) % 3 == 0:
            _write(axes, middle, bottom + 23, _day(week.monday, lang), WORDS if is_now else FAINT)


def _draw_cohort(axes: Axes, names: Sequence[str], counts: Sequence[int], place: int, own: str) -> None:
    left, step = 188, 33
    # A long name needs the room that the longest bar would take.
    right = max(left + 80, WIDTH - 70 - 11 * len(own))
    for row, phase in enumerate(reversed(range(len(names)))):
        y, is_own = 33 + row * step, phase == place
        colour = THIS if is_own else BAR
        _write(axes, left - 12, y, names[phase], WORDS if is_own else FAINT, ha="right")
        # Of whom nothing is known is no phase, and would only dwarf the others.
        length = (right - left) * counts[phase] / max(*counts[1:], 5) if phase else 0
        axes.barh(y, length, step * 0.6, left, color=colour)
        end = left + length
        _write(
            axes, end + (8 if length else 0), y, str(counts[phase]), ha="left", weight="bold" if is_own else "normal"
        )
        if is_own:
            _write(axes, end + 18 + 11 * len(str(counts[phase])), y, f"◂ {own}", THIS, ha="left", weight="bold")
