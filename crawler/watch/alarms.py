"""What one run found wrong with a source, by rules: told at the end of that run, and again when it is over.

Beside the verdicts of crawler/watch/health.py, which take two runs and most of a day, an alarm is a smoke detector: it
says what happened, with its numbers, the first time that it happens. So that it is not switched off, a page or two of
many that fail are worth a note, and nobody is told of a note by itself.

broken: nothing new is read. look: a part is lost, or may be. note: nothing is lost, and it should be known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from crawler.items import (
    Alarm,
    AlarmLevel,
    Fate,
    ListAnswer,
    Met,
    Poll,
    Said,
    SourceRecord,
    SourceRun,
    Verdict,
    WayCount,
)
from crawler.source import Expectations
from crawler.watch.history import History, is_read, is_same, is_without_answer, searches, way_failure
from crawler.watch.problems import Failure, explain_problem, known_causes

MOST_URLS = 3
FEWEST_PLACED = 5
"""Articles on the programme under which their share with a regency says nothing."""
FEWEST_ASKED = 5
"""Sources of a run under which it says nothing of our own connection."""
STILL = timedelta(days=7)
"""After which a list that has one article and always the same is worth a look."""
FIRST_WEEKS = timedelta(days=28)
"""At first a source brings its past."""

LIST, PAGE = "list-", "page-"
READING: dict[str, Said] = {
    "not-understood": Said(
        "{n} dari {all} halamannya tidak terbaca sebagai berita; tampilannya mungkin berubah.",
        "{n} of {all} of its pages could not be read as articles; its template may have changed.",
    ),
    "reading-kept": Said(
        "{n} halaman yang dulu terbaca kini tidak terbaca oleh pembaca kami yang baru; bacaan lama dipertahankan.",
        "{n} pages that were read before are not understood by our present parser; the earlier reading stays.",
    ),
    "undated": Said("{n} dari {all} beritanya tidak bertanggal.", "{n} of {all} of its articles have no date."),
    "future-dates": Said(
        "{n} dari {all} beritanya bertanggal lebih lambat daripada saat diambil.",
        "{n} of {all} of its articles are dated later than they were fetched.",
    ),
    "old-dates": Said(
        "{n} dari {all} beritanya bertanggal lebih dari 30 hari sebelum diambil.",
        "{n} of {all} of its articles are dated more than 30 days before they were fetched.",
    ),
    "garbled": Said(
        "{n} dari {all} beritanya memuat huruf yang rusak.",
        "{n} of {all} of its articles have characters that could not be read.",
    ),
    "incomplete": Said(
        "{n} dari {all} beritanya belum utuh: halaman lanjutannya tidak terambil, atau isinya terputus.",
        "{n} of {all} of its articles are incomplete: further pages could not be fetched, or they break off.",
    ),
    "same-text": Said(
        "{n} dari {all} beritanya berisi teks yang sama di alamat yang berbeda.",
        "{n} of {all} of its articles have the same text at different addresses.",
    ),
}
CHANGES: dict[str, Said] = {
    "edited": Said(
        "{n} halaman beritanya berubah setelah kami simpan; isi lamanya tetap disimpan.",
        "{n} of its articles changed after we kept them; what they said before is kept.",
    ),
    "removed": Said(
        "{n} berita yang kami simpan tidak ada lagi di situsnya.",
        "{n} articles that we keep are not on its site any more.",
    ),
    "same-etag": Said(
        "{n} daftarnya berubah tanpa mengubah penandanya (ETag); penanda itu tidak kami percaya.",
        "{n} of its lists changed while their ETag stayed the same; we do not trust it.",
    ),
}
FLOORS: dict[str, Said] = {
    "few-articles": Said(
        "{n} halaman berita baru dalam sepekan; diharapkan paling sedikit {all}.",
        "{n} new article pages in a week; at least {all} are expected.",
    ),
    "few-places": Said(
        "{n} dari {all} berita terakhirnya tentang program ini menyebut kabupaten atau kota yang kami kenali; "
        "diharapkan {floor} %.",
        "{n} of {all} of its last articles on the programme name a kabupaten or kota that we know; {floor} % are "
        "expected.",
    ),
}
OF_LISTS = ("thin", "still", "strangers", "invalid")
OF_PAGES = ("gone", "no-article")
MINOR = frozenset({"page-gone", "page-no-article", "page-robots", "page-unshown", "page-not-modified"})
"""Of pages that are not ours to have: a few of them are nothing to look at."""
PASSING = frozenset({"slow", "unreachable", "down", "asked-less"})
"""What is over by itself, most often."""


def kinds() -> frozenset[str]:
    """Every kind of alarm that there is."""
    causes = known_causes()
    lists = {LIST + cause for cause in (*causes, *OF_LISTS)} - {"list-budget", "list-unshown"}
    pages = {PAGE + cause for cause in (*causes, *OF_PAGES)} - {"page-budget"}
    return frozenset({*lists, *pages, "budget", *READING, *CHANGES, *FLOORS})


State = Literal["read", "nothing happened", "broken", "blocked", "new", "not judged"]
"""What a source is now. Three reasons for which nothing is new of it, never merged; the fourth, that nobody covers a
place, is none of a source."""
BLOCKING = frozenset({"refused", "wall", "robots", "login", "provider", "asked-less"})
STATES: dict[Verdict, State] = {
    "ok": "read", "quiet": "nothing happened", "new": "new", "blocked": "blocked",
    "changed": "broken", "unreachable": "broken", "not-asked": "broken",
}  # fmt: skip


def state_of(verdict: Verdict | None, alarms: Iterable[Alarm]) -> State:
    """What a source is, by its verdict and its open alarms; one of level broken comes before a verdict of days."""
    stopped = [alarm.kind.partition("-")[2] for alarm in alarms if alarm.level == "broken"]
    if stopped:
        return "blocked" if any(cause in BLOCKING for cause in stopped) else "broken"
    return "not judged" if verdict is None else STATES[verdict]


def find_alarms(runs: Iterable[SourceRun], now: datetime) -> list[Alarm]:
    """What a run found wrong with each source, by name; one alarm of a kind, the worst kinds first.

    Where hardly any source answered that is our own connection, and nothing is said of theirs: see `is_our_outage`.
    Nor is anything said of the few articles of a week in which most brought fewer than usual: see `is_holiday`.
    """
    told = list(runs)
    if is_holiday(told):
        told = [replace(run, week=None) for run in told]
    if is_our_outage(told):
        told = [replace(run, polls=(), is_asked=False, lost={}) if _is_without_answer(run) else run for run in told]
    return [alarm for run in sorted(told, key=lambda run: run.source) for alarm in _alarms_of(run, now)]


def is_our_outage(runs: Iterable[SourceRun]) -> bool:
    """True when of five or more sources that were asked hardly any gave an answer, not even a refusal."""
    silent = [_is_without_answer(run) for run in runs if run.is_asked]
    return len(silent) >= FEWEST_ASKED and sum(silent) >= 0.8 * len(silent)


def is_holiday(runs: Iterable[SourceRun]) -> bool:
    """True when of five or more sources with a floor of articles a week half or more missed it (Lebaran, Nyepi)."""
    missed = [run.week < least for run in runs if run.week is not None and (least := _least_of_week(run)) is not None]
    return len(missed) >= FEWEST_ASKED and 2 * sum(missed) >= len(missed)


def looked_at(run: SourceRun) -> frozenset[str]:
    """The kinds of which a run can say that they are over: it saw what they are about, and something of it was well."""
    told: set[str] = set()
    every = kinds()
    if run.is_asked and any(is_read(way) and not way.is_audit for way in run.polls[-1].ways):
        told |= {kind for kind in every if kind.startswith(LIST)} | {"same-etag", "budget"}
    if run.kept:
        told |= {kind for kind in every if kind.startswith(PAGE)} | {"edited", "removed"}
    if run.reading is not None and run.reading.read:
        told |= set(READING)
    if run.week is not None and run.week >= (_least_of_week(run) or 0):
        told.add("few-articles")
    if run.placed is not None and run.placed[1] >= FEWEST_PLACED:
        told.add("few-places")
    return frozenset(told)


def _alarms_of(run: SourceRun, now: datetime) -> list[Alarm]:
    rules: tuple[Callable[[SourceRun, datetime], Iterator[Alarm]], ...] = (
        _lists,
        _odd_entries,
        _pages,
        _reading,
        _changes,
        _floors,
    )
    found: defaultdict[str, list[Alarm]] = defaultdict(list)
    for rule in rules:
        for alarm in rule(run, now):
            found[alarm.kind].append(alarm)
    order: tuple[AlarmLevel, ...] = ("broken", "look", "note")
    worst = [min(alarms, key=lambda alarm: order.index(alarm.level)) for alarms in found.values()]
    return sorted(worst, key=lambda alarm: (order.index(alarm.level), alarm.kind))


# Lists.


def _lists(run: SourceRun, now: datetime) -> Iterator[Alarm]:
    """What was wrong with lists, and lists that hold nothing, or too little, or the same for ever."""
    if not run.is_asked:
        return
    poll = run.polls[-1]
    history = History(SourceRecord(run.source, expect=run.expect, polls=run.polls), now)
    troubles = [(way, _trouble(history, poll, way)) for way in poll.ways]
    is_nothing_read = all(trouble is not None for way, trouble in troubles if not way.is_audit)
    for way, trouble in troubles:
        for note in way.notes:
            failure = explain_problem(None, note)
            yield _list_alarm(run, way, failure, "note")
        if trouble is not None:
            yield _list_alarm(run, way, trouble, _list_level(way, trouble, is_nothing_read))
        elif _stands_still(run.polls, way):
            said = Said("di dalamnya selalu satu berita yang sama", "the same single article is in it for ever")
            yield _list_alarm(run, way, Failure("changed", said, "still"), "look")


def _trouble(history: History, poll: Poll, way: WayCount) -> Failure | None:
    # What was wrong with its articles is told of these.
    problem = None if way.problem and "in a row, the last" in way.problem else way.problem
    if problem is None:
        return history.hollow(len(history.polls) - 1, way) if is_read(way) else None
    return way_failure(poll, replace(way, problem=problem))


def _list_level(way: WayCount, trouble: Failure, is_nothing_read: bool) -> AlarmLevel:
    if way.is_audit:
        return "note"
    if trouble.cause == "budget":
        return "note" if is_read(way) else "look"
    if is_nothing_read and (not is_read(way) or trouble.cause == "empty"):
        return "broken"
    return "note" if is_read(way) and trouble.cause in PASSING else "look"


def _list_alarm(run: SourceRun, way: WayCount, trouble: Failure, level: AlarmLevel) -> Alarm:
    answers = [answer for answer in run.polls[-1].answers if answer.way == way.way]
    urls = tuple(dict.fromkeys(answer.url for answer in answers if answer.problem)) or tuple(
        dict.fromkeys(answer.url for answer in answers)
    )
    kind = "budget" if trouble.cause == "budget" else LIST + trouble.cause
    said = Said(f"Daftarnya ({way.way}): {trouble.said.id}.", f"Its list ({way.way}): {trouble.said.en}.")
    return Alarm(run.source, kind, level, said, urls[:MOST_URLS], max(1, len(urls)))


def _stands_still(polls: tuple[Poll, ...], way: WayCount) -> bool:
    """A list of all that a source writes that has had one and the same article in it for a week."""
    if searches(way) or way.is_audit:
        return False
    first = last = polls[-1].at
    for poll in reversed(polls):
        answers = _answers(poll, way)
        if not answers or any(answer.problem or answer.status == 304 for answer in answers):
            continue  # it tells nothing of what is in the list
        if sum(answer.links for answer in answers) != 1:
            break
        first = poll.at
        if not all(answer.known for answer in answers):
            break
    return last - first >= STILL


def _answers(poll: Poll, way: WayCount) -> list[ListAnswer]:
    if not any(is_same(other, way) for other in poll.ways):
        return []
    return [answer for answer in poll.answers if answer.way == way.way]


def _odd_entries(run: SourceRun, now: datetime) -> Iterator[Alarm]:
    """Entries that lead to other sites, or nowhere, in lists that have others."""
    if not run.is_asked:
        return
    answers = [answer for answer in run.polls[-1].answers if answer.problem is None]
    strangers = [answer for answer in answers if answer.strangers]
    invalid = [answer for answer in answers if answer.invalid]
    for cause, odd, number, said in (
        ("strangers", strangers, sum(answer.strangers for answer in strangers),
         Said("{n} dari {all} tautan di daftarnya menuju situs lain dan tidak kami ambil.",
              "{n} of {all} links of its lists lead to other sites; we did not take them up.")),
        ("invalid", invalid, sum(answer.invalid for answer in invalid),
         Said("{n} dari {all} entri daftarnya tidak punya tautan yang dapat dibaca.",
              "{n} of {all} entries of its lists have no link that can be read.")),
    ):  # fmt: skip
        if number:
            every = number + sum(answer.links for answer in odd)
            level: AlarmLevel = "look" if 2 * number >= every else "note"
            yield _alarm(run, LIST + cause, level, said, Met(number, tuple(answer.url for answer in odd)), every)


# Pages.


def _pages(run: SourceRun, now: datetime) -> Iterator[Alarm]:
    """What kept articles from being fetched, by its cause."""
    causes: defaultdict[str, list[tuple[Failure, Met]]] = defaultdict(list)
    for (fate, reason), met in run.lost.items():
        failure = _page_failure(fate, reason)
        causes[failure.cause].append((failure, met))
    every = run.kept + sum(met.number for met in run.lost.values())
    for cause, troubles in causes.items():
        met = _sum(met for _, met in troubles)
        failure = max(troubles, key=lambda trouble: trouble[1].number)[0]
        said = Said(
            f"{{n}} dari {{all}} halaman beritanya tidak terambil: {failure.said.id}.",
            f"{{n}} of {{all}} of its articles could not be fetched: {failure.said.en}.",
        )
        yield _alarm(run, PAGE + cause, _page_level(PAGE + cause, met.number, run.kept, every), said, met, every)


def _page_failure(fate: Fate, reason: str) -> Failure:
    if fate == "gone":
        said = Said("tidak ada lagi di alamatnya", "they are not at their addresses any more")
        return Failure("changed", said, "gone")
    if fate == "robots":
        return explain_problem(None, reason or "robots")
    if fate == "not-article" and "to another site" not in reason:
        return Failure("changed", Said("bukan halaman berita", "they are no articles"), "no-article")
    return explain_problem(None, reason)


def _page_level(kind: str, number: int, kept: int, every: int) -> AlarmLevel:
    if kind in MINOR:
        return "look" if number >= 3 and 2 * number >= every else "note"
    if kept == 0 and number >= 2:
        return "broken"
    return "look" if every == 1 or (number >= 2 and 5 * number >= every) else "note"


# What was read of them.


def _reading(run: SourceRun, now: datetime) -> Iterator[Alarm]:
    reading, expect = run.reading, Expectations.model_validate(dict(run.expect))
    if reading is None:
        return
    pages, articles = reading.read + reading.unread.number, reading.read
    if reading.unread.number:
        level = _share_level(reading.unread.number, pages, 1 - expect.read)
        if reading.read == 0 and pages > 1:
            level = "broken"
        yield _alarm(run, "not-understood", level, READING["not-understood"], reading.unread, pages)
    if reading.held.number:
        yield _alarm(run, "reading-kept", "look", READING["reading-kept"], reading.held, pages)
    for kind, met, most in (
        ("undated", reading.undated, 1 - expect.dated),
        ("future-dates", reading.future, 0.1),
        ("garbled", reading.garbled, 0.2),
        ("incomplete", reading.incomplete, 0.5),
        ("same-text", reading.same, 0.2),
    ):
        if met.number:
            yield _alarm(run, kind, _share_level(met.number, articles, most), READING[kind], met, articles)
    if reading.old.number >= 5 and 2 * reading.old.number >= articles and _is_settled(run, now):
        yield _alarm(run, "old-dates", "look", READING["old-dates"], reading.old, articles)


def _share_level(bad: int, every: int, most: float) -> AlarmLevel:
    """A look where too large a share is bad, and more than one; one of one is as much as there can be."""
    return "look" if (bad >= 2 or every == 1) and bad > most * every else "note"


def _is_settled(run: SourceRun, now: datetime) -> bool:
    return bool(run.polls) and now - run.polls[0].at >= FIRST_WEEKS


def _changes(run: SourceRun, now: datetime) -> Iterator[Alarm]:
    for kind, met in (("edited", run.edited), ("removed", run.gone), ("same-etag", run.same_etag)):
        if met.number:
            yield _alarm(run, kind, "note", CHANGES[kind], met, met.number)


def _floors(run: SourceRun, now: datetime) -> Iterator[Alarm]:
    expect, least = Expectations.model_validate(dict(run.expect)), _least_of_week(run)
    if run.week is not None and least is not None and run.week < least:
        yield _alarm(run, "few-articles", "look", FLOORS["few-articles"], Met(run.week), least)
    if run.placed is not None and expect.placed is not None:
        placed, every = run.placed
        if every >= FEWEST_PLACED and placed < expect.placed * every:
            said = FLOORS["few-places"]
            floor = round(100 * expect.placed)
            said = Said(said.id.replace("{floor}", str(floor)), said.en.replace("{floor}", str(floor)))
            yield _alarm(run, "few-places", "look", said, Met(placed), every)


def _least_of_week(run: SourceRun) -> int | None:
    return Expectations.model_validate(dict(run.expect)).weekly


def _alarm(run: SourceRun, kind: str, level: AlarmLevel, said: Said, met: Met, every: int) -> Alarm:
    counts = {"n": met.number, "all": every}
    told = Said(said.id.format(**counts), said.en.format(**counts))
    return Alarm(run.source, kind, level, told, met.urls[:MOST_URLS], met.number)


def _sum(parts: Iterable[Met]) -> Met:
    told = list(parts)
    urls = tuple(url for met in told for url in met.urls)
    return Met(sum(met.number for met in told), urls[:MOST_URLS])


def _is_without_answer(run: SourceRun) -> bool:
    return run.is_asked and is_without_answer(run.polls[-1])
