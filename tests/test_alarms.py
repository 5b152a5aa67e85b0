"""What one run remembered, and the alarms that are found in it: a normal day makes no noise, and no fault is silent."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from build import SOURCES, build_page
from test_health import HOME, NOW, build_answer, build_poll

from crawler.items import Alarm, Article, Met, Page, Reading, Said, SourceRun, WeekSeen
from crawler.source import load_source
from crawler.watch.alarms import find_alarms, is_our_outage, kinds, looked_at, state_of
from crawler.watch.floors import NotLearntError, learn_floors
from db.alarms import Changes, read_open_alarms, read_source_runs, save_alarms
from db.connect import Database, open_db
from db.reference import load_reference
from db.store import finish_run, save_article, save_page, save_parse_error, save_sources, save_url, start_run
from pantau.alarms import alarm_line, alarm_lines
from pantau.checking import learn, put_floors
from pantau.house import House, complain

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


def single(*known: int, days: int) -> tuple[Any, ...]:
    """Visits of a list with one article, so many days from the first to the last."""
    every = zip(range(days, -1, -days // (len(known) - 1)), known, strict=True)
    return tuple(build_poll(back, links=1, known=one, new=1 - one) for back, one in every)


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
    "a page that wants to be left out": (
        lost("robots", "the page asks not to be shown elsewhere: noindex", 1, 5), {"page-unshown": "note"}),
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
    "one article for ever": (run(polls=single(0, 1, 1, days=8)), {"list-still": "look"}),
    "one article since yesterday": (run(polls=single(0, 1, days=1)), {}),
    "one article, and each time another": (run(polls=single(0, 0, 0, days=8)), {}),
    "one article that is new now": (run(polls=single(0, 1, 0, days=8)), {}),
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
    assert save(db, 1, [worse]) == Changes((worse,), ())
    assert [held.raised_at for held in read_open_alarms(db)] == [NOW - timedelta(days=1)]


def test_a_part_that_is_lost_is_told_again_when_nothing_is_read_any_more(db: Database) -> None:
    save(db, 3, [build_alarm("list-gone", "look")])
    worse = build_alarm("list-gone", "broken")
    assert save(db, 2, [worse]) == Changes((worse,), ())
    assert [(held.alarm.level, held.raised_at) for held in read_open_alarms(db)] == [
        ("broken", NOW - timedelta(days=3))
    ]
    assert save(db, 1, [build_alarm("list-gone", "look")]) == Changes((), ()), "better, and not over"


def test_what_was_told_is_told_to_be_over_when_only_a_note_is_left_of_it(db: Database) -> None:
    look, note = build_alarm("page-down", "look"), build_alarm("page-down", "note")
    save(db, 3, [look])
    changes = save(db, 2, [note])
    assert (changes.raised, [(one.alarm, one.ended_at) for one in changes.ended]) == (
        (), [(look, NOW - timedelta(days=2))]
    )  # fmt: skip
    lines = alarm_lines(changes, read_open_alarms(db))
    assert lines[0] == f"OVER {SOURCE} page-down: since {(NOW - timedelta(days=3)).isoformat(timespec='seconds')}"
    assert alarm_lines(save(db, 1, [], {"page-down"}), []) == [], "of the note nobody was told"


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


@pytest.mark.parametrize(("before", "read"), [("crawl", 1), ("extract", 0)])
def test_what_a_crawl_read_and_what_it_left_to_be_read_is_one_lot(db: Database, before: str, read: int) -> None:
    """Else one page that is left, and is no article, would be all pages of its source."""
    for hour, word in enumerate((before, "parse")):
        run = start_run(db, word)
        address = f"{URL}/{word}"
        page = Page(address, SOURCE, NOW, 200, address.encode(), archive_file="a.warc.gz", archive_offset=0)
        if word == "parse":
            save_parse_error(db, save_page(db, page), "1", "no article")
        else:
            article = Article(address, address, SOURCE, "Bimtek", (), NOW, "meta", None, f"Bupati membuka {word}.")
            save_article(db, save_page(db, page), article, "1")
        at = f"2026-01-01T{hour:02}:00:00+00:00"
        db.execute("update runs set started_at = ? where id = ?", [at, run])
        db.execute(
            "update parses set parsed_at = ? where page_id in (select id from pages where url = ?)", [at, address]
        )
        finish_run(db, run, {})
    (one,) = read_source_runs(db, run, NOW)
    assert one.reading is not None
    assert (one.reading.read, one.reading.unread.number) == (read, 1)


def test_a_crawl_that_was_cut_off_and_the_one_that_went_on_are_one_lot(db: Database) -> None:
    start_run(db, "crawl")
    keep_article(db, "before")  # read while it crawled; then it was killed
    finish_run(db, start_run(db, "crawl"), {})
    run = start_run(db, "parse")
    save_parse_error(db, save_page(db, build_page(f"{URL}/video", SOURCE, NOW, b"<video>")), "1", "no article")
    (one,) = read_source_runs(db, run, NOW)
    assert one.reading is not None
    assert (one.reading.read, one.reading.unread.number) == (1, 1)


def test_what_was_read_in_the_second_before_a_run_is_not_of_it(db: Database) -> None:
    run = start_run(db, "parse")
    keep_article(db, "before")
    finish_run(db, run, {})
    after = start_run(db, "extract")
    assert [[one.reading for one in read_source_runs(db, each, NOW) if one.reading] for each in (run, after)] == [
        [Reading(read=1)],
        [],
    ]


def keep_article(db: Database, name: str) -> None:
    address = f"{URL}/{name}"
    article = Article(address, address, SOURCE, "Bimtek", (), NOW, "meta", None, f"Bupati membuka {name}.")
    save_article(db, save_page(db, build_page(address, SOURCE, NOW, address.encode())), article, "1")


@pytest.mark.parametrize(("published_by", "number"), [("meta", 1), ("text", 1), ("api", 0), ("url", 0)])
def test_an_old_date_is_odd_where_the_page_alone_tells_it(db: Database, published_by: Any, number: int) -> None:
    run = start_run(db, "parse")
    page = Page(URL, SOURCE, NOW, 200, b"<p>Bimtek", archive_file="a.warc.gz", archive_offset=0)
    old = NOW - timedelta(days=400)
    article = Article(URL, URL, SOURCE, "Bimtek", (), old, published_by, None, "Bupati membuka bimtek.")
    save_article(db, save_page(db, page), article, "1")
    (one,) = read_source_runs(db, run, NOW)
    assert one.reading is not None
    assert one.reading.old.number == number


def test_an_address_cannot_steer_the_terminal_and_is_told_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    complain(alarm_line(replace(build_alarm("list-wall"), urls=("https://a.example/\x1b[2J\n",))))
    assert capsys.readouterr().err == f"ALARM {SOURCE} list-wall: Not read. https://a.example/\\x1b[2J\\n\n"


# Floors.


def weeks(*pages: int | None) -> list[WeekSeen | None]:
    return [None if n is None else WeekSeen(n, n, n, n, n, n) for n in pages]


def shares(*dated: int) -> list[WeekSeen]:
    """Weeks of ten articles, of which so many have a date."""
    return [WeekSeen(10, 10, 10, number) for number in dated]


@pytest.mark.parametrize(
    ("seen", "expect", "floors"),
    [
        (weeks(50, 61, 55, 70), {}, {"weekly": 40, "placed": 0.8}),
        (weeks(50, 61, 3, 55, 70), {}, {"weekly": 40, "placed": 0.8}),
        (weeks(50, 61, 55, 70), {"weekly": 45, "placed": 0.9}, {}),
        (weeks(50, 61, 55, 70), {"weekly": 10, "placed": 0.5}, {"weekly": 40, "placed": 0.8}),
        (shares(3, 3, 3, 3), {"weekly": 8}, {"dated": 0.15}),
        (shares(0, 0, 10, 10, 10, 10, 10), {"weekly": 8}, {}),
        (weeks(3, 0, 4, 0, 3, 0, 5, 0), {"placed": 0.8}, {}),
        (weeks(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1), {}, {}),
        (weeks(6, 4, 2, 7, 5, 9, 4, 3), {"placed": 0.8}, {"weekly": 1}),
        ([WeekSeen(5, 5, 5, 5, 5, 3)] * 8, {"weekly": 4}, {"placed": 0.35}),
        ([WeekSeen(50, 50, 50, 50, 50, 30)] * 8, {"weekly": 40}, {"placed": 0.45}),
    ],
    ids=[
        "new", "one bad week", "held already", "raised", "a floor that no week reached", "dates that were lost",
        "every other week", "an article a month", "few", "few on the programme", "many on the programme",
    ],
)  # fmt: skip
def test_floors_are_learnt_from_good_weeks(seen: Any, expect: dict[str, Any], floors: dict[str, Any]) -> None:
    assert {name: floor.value for name, floor in learn_floors(seen, expect).items()} == floors


@pytest.mark.parametrize("seen", [weeks(50, 61, 55), weeks(2, 3, 50, 61, 55, 70), weeks(0, 0, 50, 50, 50, 50, 50)])
def test_nothing_is_learnt_of_few_weeks_or_from_a_collapse(seen: Any) -> None:
    with pytest.raises(NotLearntError):
        learn_floors(seen, {})


def test_in_a_holiday_nobody_is_named_for_few_articles_and_nothing_is_over() -> None:
    few = [replace(run(week=3), source=f"media_{number}", expect={"weekly": 8}) for number in range(5)]
    enough = [replace(run(week=9), source=f"koran_{number}", expect={"weekly": 8}) for number in range(6)]
    assert find_alarms([*few, *enough[:5]], NOW) == []
    assert {alarm.kind for alarm in find_alarms([*few, *enough], NOW)} == {"few-articles"}
    assert ["few-articles" in looked_at(one) for one in (few[0], enough[0])] == [False, True]


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


KABAR = """# WordPress; seen on 2026-10-01.
outlet: Kabar Paser
home: https://kabarpaser.example
kind: media
family: generic
timezone: Asia/Makassar
ways: [{way: feed, url: /feed}]
expect: {quiet_days: 60}  # it writes little
knowledge: seen  # by the editor
"""


def test_what_is_learnt_is_told_with_its_reason_and_put_into_the_file_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(tmp_path / "data", tmp_path, tmp_path / "outbox")
    house.data.mkdir()
    for name in ("kabar_paser", "kabar_baru"):
        (tmp_path / f"{name}.yml").write_text(KABAR)
    monkeypatch.setattr("db.alarms.read_weeks", lambda db, now: {"kabar_paser": [WeekSeen(50, 50, 50, 50)] * 6})
    proposed = learn(house, [], is_written=False)
    assert proposed[0] == "kabar_paser: weekly 40: the least of 6 weeks brought 50 pages"
    assert "+expect: {quiet_days: 60, weekly: 40}  # it writes little" in proposed
    assert "nothing can be learnt of 1 sources" in capsys.readouterr().err
    assert (tmp_path / "kabar_paser.yml").read_text() == KABAR, "only proposed"
    learn(house, ["kabar_paser", "kabar_baru"], is_written=True)
    assert capsys.readouterr().err == "kabar_baru: nothing to propose: only 0 weeks can tell, it takes 4\n"
    written = (tmp_path / "kabar_paser.yml").read_text()
    assert written == KABAR.replace("quiet_days: 60}", "quiet_days: 60, weekly: 40}")
    assert load_source(tmp_path / "kabar_paser.yml").expect.weekly == 40
    assert sorted(path.name for path in tmp_path.glob("kabar*")) == ["kabar_baru.yml", "kabar_paser.yml"]


def test_a_file_that_the_floors_would_spoil_is_left_to_its_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(tmp_path / "data", tmp_path, tmp_path / "outbox")
    house.data.mkdir()
    # All in one pair of brackets, which is YAML too.
    text = json.dumps({name: value for name, value in yaml.safe_load(KABAR).items() if name != "expect"})
    (tmp_path / "kabar_paser.yml").write_text(text)
    monkeypatch.setattr("db.alarms.read_weeks", lambda db, now: {"kabar_paser": [WeekSeen(50, 50, 50, 50)] * 6})
    assert learn(house, [], is_written=True) == []
    assert "kabar_paser.yml: to be put into `expect` by hand: {'weekly': 40}" in capsys.readouterr().err
    assert (tmp_path / "kabar_paser.yml").read_text() == text
