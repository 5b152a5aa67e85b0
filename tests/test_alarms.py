"""What one run remembered, and the alarms that are found in it: a normal day makes no noise, and no fault is silent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from build import SOURCES
from test_health import HOME, NOW, build_answer, build_poll

from crawler.items import Alarm, Met, Reading, Said, SourceRun, WeekSeen
from crawler.watch.alarms import find_alarms, is_our_outage, kinds, looked_at, state_of
from crawler.watch.floors import NotLearntError, learn_floors
from db.alarms import read_open_alarms, read_source_runs, save_alarms
from db.connect import Database, open_db
from db.reference import load_reference
from db.store import finish_run, save_sources, save_url, start_run
from pantau.alarms import alarm_line
from pantau.checking import put_floors

URL = f"{HOME}/berita/1"


def run(**values: Any) -> SourceRun:
    """A visit that went well, but for what is said."""
    polls = (build_poll(1, links=20, known=16), build_poll(0, links=20, known=16))
    return SourceRun("kabar_paser", {}, values.pop("polls", polls), is_asked=True, **{"kept": 4, **values})


def failing(problem: str, status: int | None = None) -> SourceRun:
    poll = replace(
        build_poll(0, found=0, new=0, problem=f"{HOME}/feed/: {problem}"),
        answers=(build_answer(0, 0, status, problem=problem),),
    )
    return run(polls=(build_poll(1, links=20), poll), kept=0)


def single(known: int) -> tuple[Any, ...]:
    return tuple(build_poll(back, links=1, known=known, new=1 - known) for back in (1, 0))


def entries(**values: Any) -> SourceRun:
    answer = replace(build_answer(links=4, known=2), **values)
    return run(polls=(build_poll(1, links=4), replace(build_poll(0, links=4), answers=(answer,))))


def lost(fate: Any, reason: str, number: int, kept: int) -> SourceRun:
    return run(lost={(fate, reason): Met(number, (URL,))}, kept=kept)


def read(**values: Any) -> SourceRun:
    return run(reading=Reading(**values))


def found(one: SourceRun) -> dict[str, str]:
    return {alarm.kind: alarm.level for alarm in find_alarms([one], NOW)}


SETTLED = (build_poll(30), build_poll(0, links=20))
CASES: dict[str, tuple[SourceRun, dict[str, str]]] = {
    "a good visit": (run(reading=Reading(read=4)), {}),
    "one page of fifty": (lost("error", "HTTP 503", 1, 49), {"page-down": "note"}),
    "two pages of fifty": (lost("error", "HTTP 503", 2, 48), {"page-down": "note"}),
    "ten pages of fifty": (lost("error", "HTTP 503", 10, 40), {"page-down": "look"}),
    "all pages": (lost("error", "TimeoutError", 2, 0), {"page-slow": "broken"}),
    "the only page": (lost("blocked", "HTTP 403", 1, 0), {"page-refused": "look"}),
    "the only page is gone": (lost("gone", "HTTP 404", 1, 0), {"page-gone": "note"}),
    "all pages are forbidden": (lost("robots", "", 4, 0), {"page-robots": "look"}),
    "pages of another host": (
        lost("not-article", "redirects to another site: https://lain.example/a", 3, 0), {"page-moved": "broken"}),
    "pages at a private address": (
        lost("error", "PrivateAddressError: redirects to 10.0.0.7, an address that is not public", 3, 5),
        {"page-forbidden-address": "look"}),
    "a page without end": (
        lost("error", "DownloadCancelledError: larger than download max size (10485760)", 1, 5),
        {"page-too-large": "note"}),
    "304 on an article": (lost("error", "HTTP 304", 1, 5), {"page-not-modified": "note"}),
    "a wall before the list": (failing("Cloudflare asks for a proof of being human", 200), {"list-wall": "broken"}),
    "a list that refuses": (failing("HTTP 403", 403), {"list-refused": "broken"}),
    "a list of another host": (failing("redirects to another site: lain.example"), {"list-moved": "broken"}),
    "a list without entries": (failing("a feed with no entries", 200), {"list-empty": "broken"}),
    "a list whose entries are invalid": (failing("7 entries, none with a link", 200), {"list-invalid": "broken"}),
    "a list of strangers": (failing("none of its 9 links leads to kabarpaser.example", 200),
                            {"list-strangers": "broken"}),
    "robots.txt that cannot be read": (
        failing("RobotsUnreachableError: robots of kabarpaser.example cannot be read"),
        {"list-robots-unread": "broken"}),
    "robots.txt that leads to a private address": (
        failing("RobotsUnreachableError: redirects to 10.0.0.7, an address that is not public: robots of "
                "kabarpaser.example cannot be read"),
        {"list-robots-unread": "broken"}),
    "robots.txt that leads to no web address": (
        failing("RobotsUnreachableError: redirects to what is no web address: gopher://lain.example/: robots of "
                "kabarpaser.example cannot be read"),
        {"list-robots-unread": "broken"}),
    "a name that leads to a private address": (
        failing("RobotsUnreachableError: kabarpaser.example leads to 10.0.0.7, an address that is not public: "
                "robots of kabarpaser.example cannot be read"),
        {"list-forbidden-address": "broken"}),
    "robots.txt of a site that moved": (
        failing("RobotsUnreachableError: redirects to another site: https://lain.example/robots.txt: robots of "
                "kabarpaser.example cannot be read"),
        {"list-moved": "broken"}),
    "no budget left": (failing("the 2000 requests of this day are spent"), {"budget": "look"}),
    "one article for ever": (run(polls=single(known=1)), {"list-still": "look"}),
    "a first article": (run(polls=single(known=0)), {}),
    "an entry of another": (entries(strangers=1), {"list-strangers": "note"}),
    "as many entries of another": (entries(strangers=4), {"list-strangers": "look"}),
    "an entry without a link": (entries(invalid=1), {"list-invalid": "note"}),
    "a changed template": (read(unread=Met(6, (URL,))), {"not-understood": "broken"}),
    "a template of some pages": (read(read=6, unread=Met(2)), {"not-understood": "look"}),
    "a page of fifty that is no article": (read(read=49, unread=Met(1)), {"not-understood": "note"}),
    "a reading that is held": (
        read(unread=Met(3), held=Met(3)), {"not-understood": "broken", "reading-kept": "look"}),
    "articles without dates": (read(read=6, undated=Met(2)), {"undated": "look"}),
    "an article without a date": (read(read=6, undated=Met(1)), {"undated": "note"}),
    "articles of tomorrow": (read(read=6, future=Met(2)), {"future-dates": "look"}),
    "an archive, at first": (read(read=6, old=Met(6)), {}),
    "an archive, later": (run(polls=SETTLED, reading=Reading(read=6, old=Met(6))), {"old-dates": "look"}),
    "broken letters": (read(read=6, garbled=Met(1)), {"garbled": "note"}),
    "an article that was edited": (run(edited=Met(1, (URL,))), {"edited": "note"}),
    "an article that was deleted": (run(gone=Met(1, (URL,))), {"removed": "note"}),
    "a list that changed behind its ETag": (run(same_etag=Met(1)), {"same-etag": "note"}),
    "fewer pages than its floor": (replace(run(week=3), expect={"weekly": 8}), {"few-articles": "look"}),
    "as many pages as its floor": (replace(run(week=8), expect={"weekly": 8}), {}),
    "fewer places than its floor": (replace(run(placed=(2, 10)), expect={"placed": 0.5}), {"few-places": "look"}),
    "too few articles to tell": (replace(run(placed=(0, 4)), expect={"placed": 0.5}), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_run_raises_the_alarms_of_what_it_met(name: str) -> None:
    one, alarms = CASES[name]
    assert found(one) == alarms
    assert set(alarms) <= kinds()


def test_every_alarm_is_a_sentence_in_two_languages() -> None:
    for one, _ in CASES.values():
        for alarm in find_alarms([one], NOW):
            for said in alarm.said:
                assert said.endswith(".")
                assert "{" not in said


def test_where_hardly_anybody_answers_it_is_us_and_nobody_is_accused() -> None:
    silent = [replace(failing("DNSLookupError: no results"), source=f"media_{number}") for number in range(5)]
    assert is_our_outage(silent)
    assert find_alarms(silent, NOW) == []
    assert not is_our_outage(silent[:4])
    assert len(find_alarms(silent[:4], NOW)) == 4


def test_only_what_was_seen_to_be_well_can_be_over() -> None:
    assert "list-wall" not in looked_at(failing("HTTP 403", 403))
    assert "page-wall" not in looked_at(run(kept=0))
    assert {"list-wall", "page-wall", "budget"} <= looked_at(run())
    assert "not-understood" not in looked_at(run())
    assert "not-understood" in looked_at(read(read=1))


@pytest.mark.parametrize(
    ("verdict", "kinds_", "state"),
    [
        ("ok", [], "read"), ("quiet", [], "nothing happened"), ("blocked", [], "blocked"),
        ("unreachable", [], "broken"), ("ok", ["list-wall"], "blocked"), ("ok", ["not-understood"], "broken"),
        (None, [], "not judged"), ("new", ["page-refused"], "blocked"),
    ],
)  # fmt: skip
def test_the_reasons_of_silence_are_never_merged(verdict: Any, kinds_: list[str], state: str) -> None:
    assert state_of(verdict, [build_alarm(kind) for kind in kinds_]) == state


# Keeping them.


@pytest.fixture
def db() -> Any:
    db = open_db(":memory:")
    load_reference(db)
    save_sources(db, SOURCES)
    yield db
    db.close()


SOURCE = SOURCES[0].name


def build_alarm(kind: str, level: Any = "broken") -> Alarm:
    return Alarm(SOURCE, kind, level, Said("Tidak terbaca.", "Not read."), (URL,))


def save(db: Database, back: int, alarms: list[Alarm], over: Collection[str] = ()) -> Any:
    number = start_run(db, "crawl")
    changes = save_alarms(db, number, alarms, {SOURCE: over}, NOW - timedelta(days=back))
    finish_run(db, number, {})
    return changes


def test_an_alarm_is_told_once_and_again_when_it_is_over(db: Database) -> None:
    alarm = build_alarm("list-wall")
    assert save(db, 3, [alarm]).raised == (alarm,)
    assert save(db, 2, [alarm]).raised == ()
    assert save(db, 1, []).ended == (), "a run that did not look at it says nothing of it"
    assert [held.raised_at for held in read_open_alarms(db)] == [NOW - timedelta(days=3)]
    (over,) = save(db, 0, [], {"list-wall"}).ended
    assert (over.alarm, over.raised_at, over.ended_at) == (alarm, NOW - timedelta(days=3), NOW)
    assert read_open_alarms(db) == []
    assert save(db, 0, [alarm]).raised == (alarm,), "it may come back"


def test_a_note_that_gets_worse_is_told_and_begins_then(db: Database) -> None:
    save(db, 2, [build_alarm("page-down", "note")])
    worse = build_alarm("page-down", "look")
    assert save(db, 1, [worse]).raised == (worse,)
    assert [held.raised_at for held in read_open_alarms(db)] == [NOW - timedelta(days=1)]


def test_what_a_killed_run_met_is_told_by_the_next(db: Database) -> None:
    start_run(db, "crawl")
    save_url(db, URL, SOURCE, "feed", "blocked", "HTTP 403")
    db.execute("update runs set started_at = '2026-01-01T00:00:00+00:00'")
    db.execute("update urls set fate_at = '2026-01-01T00:00:10+00:00'")
    number = start_run(db, "crawl")
    (one,) = read_source_runs(db, number, datetime.now(UTC))
    assert one.lost == {("blocked", "HTTP 403"): Met(1, (URL,))}
    finish_run(db, number, {})
    assert read_source_runs(db, start_run(db, "crawl"), datetime.now(UTC)) == []


def test_an_address_cannot_steer_the_terminal() -> None:
    line = alarm_line(replace(build_alarm("list-wall"), urls=("https://a.example/\x1b[2J\n",)))
    assert line == f"ALARM {SOURCE} list-wall: Not read. https://a.example/?[2J?"


# Floors.


def weeks(*pages: int | None) -> list[WeekSeen | None]:
    return [None if n is None else WeekSeen(n, n, n, n, n, n) for n in pages]


@pytest.mark.parametrize(
    ("seen", "expect", "floors"),
    [
        (weeks(50, 61, 55, 70), {}, {"weekly": 40, "placed": 0.8}),
        (weeks(50, 61, 3, 55, 70), {}, {"weekly": 40, "placed": 0.8}),
        (weeks(50, 61, 55, 70), {"weekly": 45, "placed": 0.9}, {}),
        (weeks(50, 61, 55, 70), {"weekly": 10, "placed": 0.5}, {"weekly": 40, "placed": 0.8}),
        ([WeekSeen(10, 10, 10, 3, 0, 0)] * 4, {"weekly": 8}, {"dated": 0.2}),
    ],
    ids=["new", "one bad week", "held already", "raised", "a floor that no week reached"],
)
def test_floors_are_learnt_from_good_weeks(seen: Any, expect: dict[str, Any], floors: dict[str, Any]) -> None:
    assert learn_floors(seen, expect) == floors


@pytest.mark.parametrize("seen", [weeks(50, 61, 55), weeks(2, 3, 50, 61, 55, 70), weeks(0, 0, 50, 50, 50, 50, 50)])
def test_nothing_is_learnt_of_few_weeks_or_from_a_collapse(seen: Any) -> None:
    with pytest.raises(NotLearntError):
        learn_floors(seen, {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("outlet: A  # x\nknowledge: seen\n", "outlet: A  # x\nexpect: {weekly: 40}\nknowledge: seen\n"),
        ("expect: {weekly: 7, dated: 0.5} # y\n", "expect: {weekly: 40, dated: 0.5} # y\n"),
        (
            "expect:\n  # slow\n  dated: 0.5 # z\nhome: b\n",
            "expect:\n  # slow\n  weekly: 40\n  dated: 0.5 # z\nhome: b\n",
        ),
    ],
)
def test_floors_are_written_beside_what_a_person_wrote(text: str, told: str) -> None:
    assert put_floors(text, {"weekly": 40}) == told
