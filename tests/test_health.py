from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest

from crawler.items import Health, ListAnswer, PageDay, Poll, SourceRecord, Verdict, WayCount
from crawler.watch.health import judge_sources
from crawler.watch.history import day_of, overlap_of
from crawler.watch.problems import explain_problem
from crawler.watch.volume import judge_volume

NOW = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # Monday 23 November, 06.00 in Jakarta
TODAY = date(2026, 11, 23)
FEED, REST = "/feed/", "/"
HOME = "https://kabarpaser.example"


def build_way(
    poll_at: datetime, found: int = 20, new: int = 4, problem: str | None = None, way: str = "feed", url: str = FEED,
    number: int = 0, is_audit: bool = False,
) -> WayCount:  # fmt: skip
    return WayCount(
        "kabar_paser", number, way, url, found, new, new, 0, 1 + new, problem is None, is_audit, problem, poll_at
    )


def build_answer(
    links: int = 20, known: int = 16, status: int | None = 200, newest: datetime | None = None,
    problem: str | None = None, way: str = "feed",
) -> ListAnswer:  # fmt: skip
    return ListAnswer(way, HOME + FEED, status, links, known, newest, problem)


def build_poll(back: int, **values: Any) -> Poll:
    """The run of so many days ago, each at six in the morning of Jakarta."""
    at = NOW - timedelta(days=back, minutes=30)
    answer = {key: values.pop(key) for key in ("links", "known", "status", "newest") if key in values}
    problem = values.get("problem")
    if "links" in answer:
        values.setdefault("found", answer["links"])
    answers = (build_answer(problem=problem, **answer),) if answer or problem is None else ()
    return Poll(1000 - back, at, (build_way(at, **values),), answers)


def build_day(back: int, found: int = 4, read: int = 4, dated: int | None = None, **values: Any) -> PageDay:
    fates = {"kept": read, **values.pop("fates", {})}
    return PageDay(
        TODAY - timedelta(days=back),
        {"feed": found} if found else {},
        {fate: number for fate, number in fates.items() if number},
        articles=read,
        dated=read if dated is None else dated,
        signed=values.pop("signed", read),
        **values,
    )


def well(days: int = 40, is_open: Callable[[date], bool] = lambda day: True) -> SourceRecord:
    """A regional paper: visited every day, something new on each day on which it is open, told of the programme."""
    told = [back for back in reversed(range(days)) if is_open(TODAY - timedelta(days=back))]
    polls = []
    for back in reversed(range(days)):
        new = 4 if back in told else 0
        newest = NOW - timedelta(days=min(one for one in [*told, days] if one >= back), hours=2)
        polls.append(build_poll(back, links=20, known=20 - new, new=new, newest=newest))
    return SourceRecord(
        "kabar_paser", HOME, {}, tuple(polls), tuple(build_day(back) for back in told), date(2026, 11, 20)
    )


def with_last(record: SourceRecord, polls: list[Poll] | None = None, days: list[PageDay] | None = None) -> SourceRecord:
    """The record with its last polls and days replaced; days that are not told anew stay."""
    kept = record.polls[: len(record.polls) - len(polls)] if polls is not None else record.polls
    new = {day.day for day in days or []}
    others = tuple(day for day in record.days if day.day not in new)
    return replace(record, polls=(*kept, *(polls or [])), days=(*others, *(days or [])))


def failing(problem: str, runs: int = 2, status: int | None = None) -> SourceRecord:
    """The paper, whose list could not be read in the last runs."""
    polls = [
        replace(
            build_poll(back, found=0, new=0, problem=f"{HOME}{FEED}: {problem}"),
            answers=(build_answer(0, 0, status, problem=problem),),
        )
        for back in reversed(range(runs))
    ]
    empty = [PageDay(TODAY - timedelta(days=back)) for back in reversed(range(runs))]
    return with_last(well(), polls, empty)


def silent(runs: int, **answer: Any) -> SourceRecord:
    """The paper, whose list answers and has brought nothing new in the last runs."""
    polls = [build_poll(back, **{"links": 20, "known": 20, "new": 0, **answer}) for back in reversed(range(runs))]
    days = {TODAY - timedelta(days=back) for back in range(runs)}
    record = well()
    return replace(with_last(record, polls), days=tuple(day for day in record.days if day.day not in days))


def pages(*fates: Mapping[str, int], **values: Any) -> SourceRecord:
    """The paper, with what became of its pages on the last days, the newest last."""
    count = len(fates)
    days = [build_day(count - 1 - number, read=0, fates=dict(one), **values) for number, one in enumerate(fates)]
    return with_last(well(), days=days)


def articles(back: int, number: int, **values: Any) -> PageDay:
    return build_day(back, read=number, **values)


def judge(record: SourceRecord, now: datetime = NOW) -> Health:
    (health,) = judge_sources([record], now)
    return health


FAULTS: dict[str, tuple[SourceRecord, Verdict, str, int]] = {
    # what happened: the record, the verdict, words of its reason, since how many days
    "the feed answers 304 to everything": (silent(2, status=304, links=0, known=0), "changed", "“tidak berubah”", 2),
    "an empty feed": (with_last(well(), [build_poll(1, links=0, new=0), build_poll(0, links=0, new=0)]),
                      "changed", "tidak ada tautan berita di dalamnya; biasanya 20", 1),
    "a list of which one link is left": (
        with_last(well(), [build_poll(1, links=1, new=0), build_poll(0, links=1, new=0)]),
        "changed", "hanya 1 tautan", 1),
    "a list that never changes and tells no times": (silent(3), "changed", "tidak bertambah", 3),
    "a list that says it is new and is not": (silent(3, newest=NOW), "changed", "tidak bertambah", 3),
    "a Cloudflare page with status 200": (
        failing("Cloudflare asks for a proof of being human", status=200), "blocked", "bukti bahwa pengunjung", 1),
    "403 for everyone of our kind": (failing("HTTP 403", status=403), "blocked", "HTTP 403", 1),
    "asked too often": (failing("HTTP 429", status=429), "blocked", "HTTP 429", 1),
    "robots.txt forbids the list": (failing("robots"), "blocked", "robots.txt", 1),
    "the name is gone": (failing("DNSLookupError: no results for hostname lookup"), "unreachable", "nama domain", 1),
    "the certificate ran out": (failing("ResponseFailed: certificate verify failed"), "unreachable", "sertifikat", 1),
    "no answer in time": (failing("TimeoutError: took longer than 30.0 seconds"), "unreachable", "batas waktu", 1),
    "the server fails": (failing("HTTP 502", status=502), "unreachable", "HTTP 502", 1),
    "it asks to be left alone for days": (
        failing("paser.example asked to be left alone until 2026-11-25 08:00 UTC (Retry-After)"),
        "blocked", "meminta kami menunggu", 1),
    "the domain moved": (
        failing("redirects to another site: https://kabarpaser.example.org/", status=200),
        "unreachable", "kini mengarah ke kabarpaser.example.org", 1),
    "the domain is for sale": (failing("the domain is parked or for sale", status=200), "unreachable", "diparkir", 1),
    "the list has another address": (failing("HTTP 404", status=404), "changed", "HTTP 404", 1),
    "the feed is no feed any more": (
        failing("no RSS or Atom", status=200), "changed", "tidak ada lagi daftar berita", 1),
    "every page is read as nothing": (
        pages({"not-understood": 6}, {"not-understood": 5}), "changed", "Tidak satu pun dari 11 halaman", 1),
    "most pages are read as nothing": (
        pages({"kept": 2, "not-understood": 6}, {"kept": 1, "not-understood": 7}), "changed", "3 dari 16 halaman", 1),
    "articles refuse us, the feed does not": (
        pages({"kept": 1, "blocked": 5}, {"blocked": 6}), "blocked", "11 dari 12 halaman beritanya menolak", 1),
    "robots.txt forbids the articles": (pages({"robots": 5}, {"robots": 6}), "blocked", "robots.txt-nya melarang", 1),
    "articles fail": (pages({"error": 5}, {"error": 6, "kept": 1}), "unreachable", "gagal dibuka", 1),
    "links lead nowhere": (pages({"gone": 5}, {"not-article": 6}), "changed", "tidak menuju halaman berita", 1),
    "the date line was moved": (
        with_last(well(), days=[articles(1, 9, dated=2), articles(0, 8, dated=1)]),
        "changed", "Hanya 3 dari 17 berita terakhirnya bertanggal; diharapkan 90 %", 1),
    "the budget is spent before the lists are read": (
        failing("the 20 requests of this day are spent; the rest is left to another"), "not-asked", "jatah", 1),
    "it needs a browser": (failing("its pages need a browser"), "not-asked", "peramban", 1),
    "nobody ran the crawl": (
        replace(well(), polls=well().polls[:-3]), "not-asked", "Tidak kami kunjungi selama 3 hari", 3),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_noticed_in_two_runs_with_its_reason(fault: str) -> None:
    record, verdict, says, days = FAULTS[fault]
    health = judge(record)
    assert health.verdict == verdict
    assert says in health.reason.id
    assert health.reason.en
    assert health.is_to_look_at
    assert health.since == TODAY - timedelta(days=days)


def test_there_is_a_fault_for_every_verdict_that_tells_of_one() -> None:
    assert {verdict for _, verdict, _, _ in FAULTS.values()} == {*get_args(Verdict)} - {"new", "ok", "quiet"}
    assert len(FAULTS) >= 20


ONE_BAD_DAY: dict[str, SourceRecord] = {
    "one failed visit": failing("HTTP 503", runs=1, status=503),
    "one visit with an empty feed": with_last(well(), [build_poll(0, links=0, new=0)]),
    "one day of pages that are not understood": pages({"not-understood": 40}),
    "one day of refusals": pages({"blocked": 12}),
    "one day of articles without a date": with_last(well(), days=[articles(0, 30, dated=0)]),
    "one day without anything new": silent(1),
    "two failed visits within three hours": replace(
        failing("HTTP 503", runs=1),
        polls=(
            *well().polls[:-1],
            *(
                replace(failing("HTTP 503", runs=1).polls[-1], run=2000 + hour, at=NOW - timedelta(hours=23 - hour))
                for hour in (0, 3)
            ),
        ),
    ),
}


@pytest.mark.parametrize("case", ONE_BAD_DAY)
def test_one_bad_day_is_no_verdict(case: str) -> None:
    health = judge(ONE_BAD_DAY[case])
    assert (health.verdict, health.is_to_look_at) == ("ok", False)


def test_a_failed_last_visit_is_told_beside_the_verdict() -> None:
    (note,) = judge(failing("HTTP 503", runs=1, status=503)).notes
    assert note.id == "Kunjungan terakhir belum berhasil: peladennya gagal menjawab (HTTP 503). Dicoba lagi."


def on_weekdays(day: date) -> bool:
    return day.weekday() < 5


def on_thursdays(day: date) -> bool:
    return day.weekday() == 3


def in_no_holiday(day: date) -> bool:
    return not date(2026, 11, 13) <= day <= date(2026, 11, 23)


@pytest.mark.parametrize("is_open", [on_weekdays, on_thursdays], ids=["portal of a kabupaten", "weekly paper"])
def test_a_rhythm_of_its_own_is_no_silence(is_open: Callable[[date], bool]) -> None:
    for back in range(14):
        now = NOW - timedelta(days=back)
        record = well(120, is_open)
        record = replace(
            record,
            polls=tuple(poll for poll in record.polls if poll.at <= now),
            days=tuple(day for day in record.days if day.day <= day_of(now)),
        )
        assert judge(record, now).verdict == "ok", now


def test_a_weekly_paper_that_stops_is_noticed_too() -> None:
    record = well(120, lambda day: on_thursdays(day) and day < date(2026, 11, 1))
    health = judge(replace(record, expect={"quiet_days": 60}))
    assert (health.verdict, health.is_to_look_at, health.since) == ("quiet", True, date(2026, 10, 29))
    assert health.reason.id == (
        "Daftar beritanya terbaca; berita terbarunya bertanggal 29 Oktober 2026; "
        "biasanya paling lama 6 hari tanpa yang baru."
    )


def test_a_holiday_of_all_is_no_silence_of_one() -> None:
    """Lebaran: eleven days on which the big ones write and the portals do not."""
    portals = [replace(well(60, in_no_holiday), name=f"portal_{number}") for number in range(6)]
    big = replace(well(60), name="a_big_one")
    healths = {health.source: health for health in judge_sources([*portals, big], NOW)}
    assert {health.verdict for health in healths.values()} == {"ok"}
    assert not any(health.is_to_look_at for health in healths.values())
    alone = judge(replace(portals[0], last_told=date(2026, 11, 20)))
    assert (alone.verdict, alone.is_to_look_at) == ("quiet", True), "nobody to compare with"


def test_a_silence_of_really_all_is_no_holiday() -> None:
    stale = [replace(silent(4, status=304, links=0, known=0), name=f"media_{number}") for number in range(12)]
    assert {health.verdict for health in judge_sources(stale, NOW)} == {"changed"}


def test_a_night_without_our_own_network_is_laid_to_nobody() -> None:
    """Two runs in which hardly any of ten sources answered; the one that is truly gone is told from then on."""
    down = "DNSLookupError: no results for hostname lookup"
    others = [replace(failing(down), name=f"media_{number}") for number in range(9)]
    healths = judge_sources([*others, replace(well(), name="nearby")], NOW)
    assert {health.verdict for health in healths} == {"ok"}
    longer = [replace(failing(down, runs=4), name=f"media_{number}") for number in range(9)]
    assert {health.verdict for health in judge_sources(longer, NOW)} == {"not-asked"}
    alone = [replace(well(), name=f"media_{number}") for number in range(9)]
    healths = judge_sources([*alone, replace(failing(down), name="tutup")], NOW)
    assert [health.source for health in healths if health.verdict == "unreachable"] == ["tutup"]


@pytest.mark.parametrize(
    ("record", "verdict", "says"),
    [
        (SourceRecord("kabar_paser"), "new", "Belum pernah dikunjungi."),
        (replace(well(1), last_told=None), "new", "Baru mulai dikunjungi: 20 tautan berita."),
        (
            SourceRecord("kabar_paser", HOME, {}, failing("HTTP 404", 1, 404).polls[-1:]),
            "new",
            "Baru mulai dikunjungi, belum terbaca: alamat daftarnya tidak ada lagi (HTTP 404).",
        ),
        (well(), "ok", "Daftar beritanya terbaca."),
        (replace(well(), last_told=None), "quiet", "Daftar beritanya terbaca; belum ada berita tentang program ini."),
        (
            replace(well(), last_told=date(2026, 9, 1)),
            "quiet",
            "Daftar beritanya terbaca; tidak ada berita baru tentang program ini.",
        ),
    ],
)
def test_a_source_that_is_well_is_not_to_be_looked_at(record: SourceRecord, verdict: str, says: str) -> None:
    health = judge(record)
    assert (health.verdict, health.reason.id, health.is_to_look_at) == (verdict, says, False)


def test_a_source_that_never_could_be_read_is_told_after_two_runs() -> None:
    record = failing("HTTP 404", 2, 404)
    health = judge(SourceRecord("kabar_paser", HOME, {}, record.polls[-2:]))
    assert (health.verdict, health.since) == ("changed", TODAY - timedelta(days=1))


def test_a_search_that_finds_nothing_new_is_no_fault() -> None:
    """It is asked for the programme alone, and may rightly say the same for months."""
    polls = tuple(
        Poll(back, NOW - timedelta(days=back), (build_way(NOW, found=9, new=0, way="wordpress", url=REST),))
        for back in reversed(range(60))
    )
    health = judge(SourceRecord("kabar_paser", HOME, {}, polls))
    assert (health.verdict, health.is_to_look_at, health.volume) == ("quiet", False, None)


def test_a_search_that_finds_nothing_at_all_any_more_is_a_fault() -> None:
    polls = tuple(
        Poll(back, NOW - timedelta(days=back), (build_way(NOW, 0 if back < 2 else 9, 0, way="wordpress", url=REST),))
        for back in reversed(range(20))
    )
    health = judge(SourceRecord("kabar_paser", HOME, {}, polls))
    assert (health.verdict, health.is_to_look_at) == ("changed", True)
    assert "biasanya 9" in health.reason.id


def test_a_list_beyond_its_quiet_days_is_worth_a_look() -> None:
    record = well(60, lambda day: day.day in (1, 15) and day < date(2026, 10, 20))
    health = judge(record)
    assert (health.verdict, health.is_to_look_at, health.since) == ("quiet", True, date(2026, 10, 15))
    assert "15 Oktober 2026" in health.reason.id


def test_a_way_that_fails_while_another_is_read_is_a_note() -> None:
    def both(poll: Poll) -> Poll:
        refused = build_way(poll.at, 0, 0, f"{HOME}/wp-json: HTTP 403", "wordpress", REST)
        return replace(poll, ways=(refused, replace(poll.ways[0], number=1)))

    record = well()
    health = judge(with_last(record, [both(poll) for poll in record.polls[-2:]]))
    assert health.verdict == "ok"
    assert health.notes[0].id == (
        "Jalan “wordpress” tidak terbaca: menolak permintaan kami (HTTP 403). Jalan lain dipakai."
    )


def test_a_list_that_breaks_off_was_read_as_far_as_it_came() -> None:
    problem = f"{HOME}{FEED}: the feed is cut off"
    health = judge(with_last(well(), [build_poll(back, links=12, known=8, problem=problem) for back in (1, 0)]))
    assert (health.verdict, health.is_to_look_at) == ("ok", False)


def test_an_audit_that_fails_says_nothing_of_the_source() -> None:
    record = well()
    audited = replace(
        record.polls[-1],
        ways=(*record.polls[-1].ways, build_way(NOW, 0, 0, "HTTP 404", "sitemap", "/sitemap.xml", 1, True)),
    )
    assert judge(with_last(record, [audited])).notes == ()


@pytest.mark.parametrize(("known", "is_told"), [(3, True), (6, True), (7, False), (20, False)])
def test_a_list_of_which_little_was_known_may_have_missed_something(known: int, is_told: bool) -> None:
    health = judge(with_last(well(), [build_poll(0, links=20, known=known)]))
    assert health.overlap == known / 20
    assert any("sebagian berita mungkin terlewat" in note.id for note in health.notes) is is_told
    assert health.verdict == "ok"


def test_a_list_that_was_paged_until_it_was_known_missed_nothing() -> None:
    at = NOW - timedelta(hours=1)
    first, second = build_answer(20, 0), replace(build_answer(20, 10), url=f"{HOME}{FEED}?paged=2")
    assert overlap_of(Poll(1, at, (build_way(at),), (first, second))) is None
    assert overlap_of(Poll(1, at, (build_way(at),), (first,))) == 0


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ([articles(1, 10), articles(0, 10, future=3)], "3 dari 10 berita terakhirnya bertanggal lebih lambat"),
        ([articles(1, 10), articles(0, 10, old=8)], "8 dari 10 berita terakhirnya bertanggal lebih dari 30 hari"),
        ([articles(0, 12, signed=2)], "2 dari 12 berita terakhirnya menyebut penulis; sebelumnya 100 %"),
    ],
)  # fmt: skip
def test_odd_dates_and_lost_authors_are_notes(days: list[PageDay], says: str) -> None:
    (note,) = judge(with_last(well(), days=days)).notes
    assert says in note.id


def test_shares_are_those_of_the_newest_pages() -> None:
    health = judge(
        with_last(well(), days=[build_day(0, read=9, dated=8, fates={"not-understood": 3}), build_day(1, read=9)][::-1])
    )
    assert (health.read_share, health.dated_share) == (9 / 12, 17 / 18)


def test_a_week_far_below_its_own_band_is_worth_a_look() -> None:
    days = [build_day(back, found=1 if back < 7 else 12 if back < 60 else 0) for back in reversed(range(60))]
    health = judge(replace(well(60), days=tuple(days)))
    assert (health.verdict, health.is_to_look_at) == ("ok", True)
    assert [note.id for note in health.notes] == ["7 tautan baru sepekan terakhir; biasanya 27 sampai 254."]


def test_a_slow_decline_moves_its_band_along_and_is_told_all_the_same() -> None:
    """A fifth less each week: no week is out of the band of the weeks before it."""
    weeks = [round(120 * 0.8**number) for number in range(16)][::-1]
    volume = judge_volume(weeks)
    assert volume is not None
    assert (volume.is_low, volume.is_sinking) == (False, True)


@pytest.mark.parametrize(
    ("weeks", "low", "high"),
    [
        ([60, 55, 70, 62, 58, 66], False, False),
        ([9, 55, 70, 62, 58, 66], True, False),
        ([400, 55, 70, 62, 58, 66], False, True),
        ([0, 2, 3, 1, 2, 0], False, False),
        ([9, 55, 70, 62], False, False),
        ([9, 55, None, None, 70, None, 62], False, False),
        ([25, 55, 20, 140, 62, 58, 200, 66, 18], False, False),
    ],
)
def test_the_band_of_a_week(weeks: list[int | None], low: bool, high: bool) -> None:
    volume = judge_volume(weeks)
    assert volume is not None
    assert (volume.is_low, volume.is_high) == (low, high)


def test_a_week_that_was_hardly_watched_says_nothing() -> None:
    assert judge_volume([None, 60, 60, 60, 60]) is None


@pytest.mark.parametrize(
    ("status", "problem", "verdict"),
    [
        (200, "a captcha stands before the page", "blocked"),
        (503, "the host asks us to wait while it checks the request (HTTP 503)", "blocked"),
        (200, "the internet provider blocks the site (Internet Positif)", "blocked"),
        (200, "a login stands before the page", "blocked"),
        (None, "5 refusals in a row, the last HTTP 403", "blocked"),
        (200, "the page advertises gambling: the site was broken into, or its domain sold", "unreachable"),
        (200, "the hosting account is suspended", "unreachable"),
        (200, "the server shows its default page", "unreachable"),
        (200, "the site is being maintained", "unreachable"),
        (None, "ConnectionRefusedError: Connection was refused by other side: 111", "unreachable"),
        (None, "https://tls.example/timeout: HTTP 404", "changed"),
        (None, None, "unreachable"),
        (None, "https://kabarpaser.example/feed/: robots", "blocked"),
        (None, "https://a.example/: RobotsUnreachableError: robots of login.example cannot be read", "unreachable"),
        (
            None,
            "https://a.example/: RobotsUnreachableError: HTTP 503: robots of a.example cannot be read",
            "unreachable",
        ),
        (None, "https://a.example/: CannotResolveHostError: no such host", "unreachable"),
    ],
)
def test_a_problem_is_explained(status: int | None, problem: str | None, verdict: str) -> None:
    failure = explain_problem(status, problem)
    assert failure.verdict == verdict
    assert failure.said.id
    assert failure.said.en


def test_robots_that_cannot_be_read_are_no_refusal() -> None:
    problem = "https://a.example/: RobotsUnreachableError: ConnectionRefusedError: robots of a.example cannot be read"
    assert explain_problem(None, problem).said.id == "sambungannya ditolak atau terputus"


def test_the_outlet_is_never_called_broken() -> None:
    """The plea of a council that its list was not broken; we say what we could not read."""
    said = [judge(record).reason for record, _, _, _ in FAULTS.values()]
    assert not [one for one in said if {"rusak", "mati", "gagal total"} & set(one.id.casefold().split())]
    assert not [one for one in said if {"broken", "dead"} & set(one.en.casefold().split())]
