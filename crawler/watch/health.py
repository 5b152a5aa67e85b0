"""How a source is doing: one verdict out of a closed list, its reason, since when, and whether someone should look.

Rules, not guesses, each said with its number. No source is judged by one bad visit: that takes two runs and most of a
day. And nothing here says that an outlet is broken: we say what *we* could not read.

Where the ideas come from: Media Cloud (under a third of a poll known already: poll sooner; bands of 28 days for how
much is written; dates that are early, late or missing), Querido Diário (a bot wall answered with 200), OpenSanctions
(floors for the share of filled fields), PlanningAlerts (two weeks of silence before anyone knew, which is to be beaten,
and the plea of a council not to be called broken).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crawler.items import Health, ListAnswer, PageDay, Poll, Said, SourceRecord, Verdict, Volume
from crawler.watch.completeness import week_of
from crawler.watch.history import (
    FEWEST_PAGES,
    MOST_OF_A_DAY,
    History,
    day_of,
    is_read,
    is_same,
    is_without_answer,
    overlap_of,
    searches,
    way_failure,
)
from crawler.watch.problems import Trouble
from crawler.watch.volume import judge_volume

NOT_ASKED = timedelta(hours=60)
"""Two daily runs that were missed, and a third that is late."""
PROGRAMME_DAYS = 30
"""Days without an article on the programme after which a source is quiet."""
FEWEST_ARTICLES = 10
FEWEST_KNOWN = 1 / 3
"""Share of a list that was known before; under it something may have been missed between two visits."""
READ = frozenset({"kept", "duplicate", "off-topic"})
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found."""

    verdict: Verdict
    reason: Said
    since: date | None
    """Day of Jakarta from which on it holds."""
    is_to_look_at: bool = True


@dataclass(frozen=True, slots=True)
class PageTrouble:
    """What most pages of two days have in common when something is wrong with them."""

    fates: frozenset[str]
    least: float
    """Share of the pages asked for."""
    verdict: Trouble
    said: Said


PAGE_TROUBLES = (
    PageTrouble(
        frozenset({"robots"}), 0.5, "blocked",
        Said("robots.txt-nya melarang kami membuka {n} dari {all} halaman berita, atau halamannya meminta tidak "
             "ditampilkan.",
             "Its robots.txt forbids us {n} of {all} articles, or they ask not to be shown."),
    ),
    PageTrouble(
        frozenset({"blocked"}), 0.5, "blocked",
        Said("Daftarnya terbaca, tetapi {n} dari {all} halaman beritanya menolak kami.",
             "Its lists are read, but {n} of {all} articles refuse us."),
    ),
    PageTrouble(
        frozenset({"error"}), 0.5, "unreachable",
        Said("Daftarnya terbaca, tetapi {n} dari {all} halaman beritanya gagal dibuka.",
             "Its lists are read, but {n} of {all} articles fail to open."),
    ),
    PageTrouble(
        frozenset({"gone", "not-article"}), 0.7, "changed",
        Said("{n} dari {all} tautan di daftarnya tidak menuju halaman berita.",
             "{n} of {all} links of its lists lead to no article."),
    ),
)  # fmt: skip


def judge_sources(records: Iterable[SourceRecord], now: datetime) -> list[Health]:
    """The health of every source at an instant, by name.

    Sources are looked at together first. A run in which hardly any of them answered says something of our own
    connection and nothing of theirs, and is left out. A day on which most of those that write daily wrote nothing
    (Lebaran, Nyepi) does not count as silence of any of them; a day on which *none* did is no holiday, and counts.
    """
    histories = _without_our_outages([History(record, now) for record in records])
    calm = _calm_days(histories)
    return [_judge(history, calm) for history in sorted(histories, key=lambda history: history.record.name)]


def gap_weeks(record: SourceRecord) -> frozenset[str]:
    """ISO weeks in which a list had so little that was known that something may have been missed."""
    overlaps = ((poll, overlap_of(poll)) for poll in record.polls[1:])
    return frozenset(
        week_of(day_of(poll.at)) for poll, overlap in overlaps if overlap is not None and overlap < FEWEST_KNOWN
    )


def health_line(health: Health) -> str:
    """What `pantau sources health` prints of a source."""
    since = f" since {health.since}" if health.since else ""
    return f"{health.source}: {health.verdict}{since}: {' '.join(said.en for said in (health.reason, *health.notes))}"


Rule = Callable[[History], Finding | None]


def _judge(history: History, calm: Collection[date]) -> Health:
    rules: tuple[Rule, ...] = (
        _not_visited,
        _lists_fail,
        _too_new,
        _pages_in_trouble,
        _pages_unread,
        _articles_undated,
        lambda history: _lists_stand_still(history, calm),
        _well,
    )
    finding = next(found for found in (rule(history) for rule in rules) if found is not None)
    volume = judge_volume(_weeks(history, calm))
    is_less = volume is not None and (volume.is_low or volume.is_sinking)
    is_read = finding.verdict in ("ok", "quiet")
    answered = [poll for poll, failure in zip(history.polls, history.failures, strict=True) if failure is None]
    return Health(
        source=history.record.name,
        verdict=finding.verdict,
        reason=finding.reason,
        since=finding.since,
        is_to_look_at=finding.is_to_look_at or (is_read and is_less),
        notes=(
            *_visit_notes(history, finding),
            *(_volume_notes(volume) if is_read and volume else ()),
            *_article_notes(history),
        ),
        polled_at=history.polls[-1].at if history.polls else None,
        answered_at=answered[-1].at if answered else None,
        volume=volume,
        overlap=_newest_overlap(history),
        read_share=_share(history, _read, _judged),
        dated_share=_share(history, lambda day: day.dated, _articles),
    )


def _not_visited(history: History) -> Finding | None:
    if not history.polls:
        return Finding("new", Said("Belum pernah dikunjungi.", "Not visited yet."), None, is_to_look_at=False)
    last = history.polls[-1].at
    if history.now - last <= NOT_ASKED:
        return None
    days = (history.today - day_of(last)).days
    reason = Said(f"Tidak kami kunjungi selama {days} hari.", f"Not visited by us for {days} days.")
    return Finding("not-asked", reason, day_of(last))


def _lists_fail(history: History) -> Finding | None:
    failure = history.failures[-1]
    if failure is None or not history.is_failing:
        return None
    opening = {
        "not-asked": Said("Daftar beritanya tidak kami buka", "We did not open its lists"),
        "changed": Said("Daftar beritanya tidak terbaca oleh kami", "We cannot read its lists"),
        "blocked": Said("Daftar beritanya tidak dapat kami buka", "We cannot open its lists"),
        "unreachable": Said("Daftar beritanya tidak dapat kami buka", "We cannot open its lists"),
    }[failure.verdict]
    reason = Said(f"{opening.id}: {failure.said.id}.", f"{opening.en}: {failure.said.en}.")
    return Finding(failure.verdict, reason, day_of(history.polls[-history.failed].at))


def _too_new(history: History) -> Finding | None:
    first, last = history.polls[0], history.polls[-1]
    if last.at - first.at >= MOST_OF_A_DAY and None in history.failures:
        return None
    failure = history.failures[-1]
    found = sum(way.found for way in last.ways if not way.is_audit)
    reason = Said(
        f"Baru mulai dikunjungi: {found} tautan berita.", f"Visits have just begun: {found} links to articles."
    )
    if failure is not None:
        reason = Said(
            f"Baru mulai dikunjungi, belum terbaca: {failure.said.id}.",
            f"Visits have just begun, not read yet: {failure.said.en}.",
        )
    return Finding("new", reason, day_of(first.at), is_to_look_at=False)


def _pages_in_trouble(history: History) -> Finding | None:
    """Most pages of two days were refused, failed, or led nowhere."""
    return next((found for found in (_pages_with(history, trouble) for trouble in PAGE_TROUBLES) if found), None)


def _pages_with(history: History, trouble: PageTrouble) -> Finding | None:
    def good(day: PageDay) -> int:
        return sum(number for fate, number in day.fates.items() if fate not in trouble.fates)

    days = history.days_below(good, _asked_for, 1 - trouble.least, FEWEST_PAGES)
    asked = sum(map(_asked_for, days))
    counts = {"n": asked - sum(map(good, days)), "all": asked}
    said = Said(trouble.said.id.format(**counts), trouble.said.en.format(**counts))
    return Finding(trouble.verdict, said, days[0].day) if days else None


def _pages_unread(history: History) -> Finding | None:
    """Pages come, and too few of them hold an article that we can read: a changed template, most often."""
    days = history.days_below(_read, _judged, history.expect.read, FEWEST_PAGES)
    if not days:
        return None
    judged, read, expected = sum(map(_judged, days)), sum(map(_read, days)), round(history.expect.read * 100)
    reason = Said(
        f"Hanya {read} dari {judged} halaman terakhirnya terbaca sebagai berita; diharapkan {expected} %.",
        f"Only {read} of its last {judged} pages could be read as articles; {expected} % are expected.",
    )
    if read == 0:
        reason = Said(
            f"Tidak satu pun dari {judged} halaman terakhirnya terbaca sebagai berita.",
            f"None of its last {judged} pages could be read as an article.",
        )
    return Finding("changed", reason, days[0].day)


def _articles_undated(history: History) -> Finding | None:
    days = history.days_below(lambda day: day.dated, _articles, history.expect.dated, FEWEST_ARTICLES)
    if not days:
        return None
    articles, dated = sum(map(_articles, days)), sum(day.dated for day in days)
    expected = round(history.expect.dated * 100)
    reason = Said(
        f"Hanya {dated} dari {articles} berita terakhirnya bertanggal; diharapkan {expected} %.",
        f"Only {dated} of its last {articles} articles have a date; {expected} % are expected.",
    )
    return Finding("changed", reason, days[0].day)


def _lists_stand_still(history: History, calm: Collection[date]) -> Finding | None:
    """Its lists answer and bring nothing for longer than twice its own longest silence, or than `quiet_days`."""
    days = [day for day in history.asked_days if day not in calm]
    *before, silence = _silences(days, history.new_by_day)
    if not history.fed_days or not silence:
        return None
    last, longest = history.fed_days[-1], max(before, default=0)
    has_rhythm = len(history.fed_days) >= 7 and len(days) >= 14
    is_over = (history.today - last).days >= history.expect.quiet_days
    if not is_over and not (has_rhythm and silence > max(1, 2 * longest)):
        return None
    usual = _usual_silence(longest) if has_rhythm else Said("", "")
    answers = [answer for poll in history.polls if day_of(poll.at) > last for answer in _whole_lists(poll)]
    newest = max((day_of(answer.newest) for answer in answers if answer.newest is not None), default=None)
    if answers and all(answer.status == 304 for answer in answers):
        reason = Said("Daftar beritanya selalu menjawab “tidak berubah”", "Its lists always answer “not modified”")
    elif newest is not None and newest <= last + timedelta(days=1):
        # The list itself says so: nothing was written, as far as it shows.
        reason = Said(
            f"Daftar beritanya terbaca; berita terbarunya bertanggal {_day_id(newest)}{usual.id}.",
            f"Its lists are read; their newest article is of {newest}{usual.en}.",
        )
        return Finding("quiet", reason, last)
    else:
        reason = Said("Isi daftar beritanya tidak bertambah", "Its lists bring nothing new")
    return Finding("changed", Said(f"{reason.id}{usual.id}.", f"{reason.en}{usual.en}."), last)


def _well(history: History) -> Finding:
    told = history.record.last_told
    if told is not None and (history.today - told).days <= PROGRAMME_DAYS:
        failed = [number for number, failure in enumerate(history.failures) if failure is not None]
        since = history.polls[min(failed[-1] + 1 if failed else 0, len(history.polls) - 1)]
        return Finding("ok", Said("Daftar beritanya terbaca.", "Its lists are read."), day_of(since.at), False)
    never = Said("belum ada berita tentang program ini", "nothing on the programme yet")
    lately = Said("tidak ada berita baru tentang program ini", "nothing new on the programme")
    what = lately if told else never
    reason = Said(f"Daftar beritanya terbaca; {what.id}.", f"Its lists are read; {what.en}.")
    return Finding("quiet", reason, told, is_to_look_at=False)


def _visit_notes(history: History, finding: Finding) -> list[Said]:
    notes = []
    failure = history.failures[-1] if history.failures else None
    if failure is not None and finding.verdict in ("ok", "quiet"):
        notes.append(
            Said(
                f"Kunjungan terakhir belum berhasil: {failure.said.id}. Dicoba lagi.",
                f"The last visit did not succeed: {failure.said.en}. It is tried again.",
            )
        )
    if failure is None:
        notes += _fallen_back(history.polls)
    overlap = _newest_overlap(history)
    if overlap is not None and overlap < FEWEST_KNOWN:
        percent = round(overlap * 100)
        notes.append(
            Said(
                f"Hanya {percent} % isi daftarnya sudah kami kenal: sebagian berita mungkin terlewat di antara dua "
                "kunjungan. Sebaiknya dikunjungi lebih sering.",
                f"Only {percent} % of its list was known: some articles may have been missed between two visits. It "
                "should be visited more often.",
            )
        )
    return notes


def _fallen_back(polls: Sequence[Poll]) -> list[Said]:
    """The ways that failed in the last two runs while another one was read."""
    notes = []
    for way in polls[-1].ways if len(polls) > 1 else ():
        before = [is_read(other) for other in polls[-2].ways if is_same(other, way)]
        if not is_read(way) and not way.is_audit and before == [False]:
            said = way_failure(polls[-1], way).said
            notes.append(
                Said(
                    f"Jalan “{way.way}” tidak terbaca: {said.id}. Jalan lain dipakai.",
                    f"The way “{way.way}” is not read: {said.en}. Another one is used.",
                )
            )
    return notes


def _volume_notes(volume: Volume) -> list[Said]:
    if volume.usual is not None and (volume.is_low or volume.is_high):
        low, high = volume.usual
        return [
            Said(
                f"{volume.new} tautan baru sepekan terakhir; biasanya {low} sampai {high}.",
                f"{volume.new} new links in the last week; usually {low} to {high}.",
            )
        ]
    if volume.is_sinking:
        return [
            Said(
                "Empat pekan terakhir membawa kurang dari sepertiga empat pekan terbaiknya.",
                "The last four weeks brought under a third of its best four weeks.",
            )
        ]
    return []


def _article_notes(history: History) -> list[Said]:
    """Dates later or far earlier than the visit, and authors that are no longer found."""
    newest = history.newest_days(_articles, FEWEST_ARTICLES)
    articles = sum(map(_articles, newest))
    if articles < FEWEST_ARTICLES:
        return []
    future, old, signed = (sum(getattr(day, name) for day in newest) for name in ("future", "old", "signed"))
    notes = []
    if future >= 0.1 * articles:
        notes.append(
            Said(
                f"{future} dari {articles} berita terakhirnya bertanggal lebih lambat daripada saat diambil.",
                f"{future} of its last {articles} articles are dated later than they were fetched.",
            )
        )
    # At first a source brings its past.
    is_settled = bool(history.polls) and history.today - day_of(history.polls[0].at) > timedelta(days=28)
    if is_settled and old >= 0.5 * articles:
        notes.append(
            Said(
                f"{old} dari {articles} berita terakhirnya bertanggal lebih dari 30 hari sebelum diambil.",
                f"{old} of its last {articles} articles are dated more than 30 days before they were fetched.",
            )
        )
    before = [day for day in history.record.days if day.articles and day.day < newest[0].day]
    earlier, usual = sum(map(_articles, before)), sum(day.signed for day in before)
    if earlier >= 2 * FEWEST_ARTICLES and usual >= 0.5 * earlier and signed * earlier < usual * articles / 2:
        percent = round(100 * usual / earlier)
        notes.append(
            Said(
                f"{signed} dari {articles} berita terakhirnya menyebut penulis; sebelumnya {percent} %.",
                f"{signed} of its last {articles} articles name an author; {percent} % did before.",
            )
        )
    return notes


def _weeks(history: History, calm: Collection[date]) -> list[int | None]:
    """New addresses of each week back from today; None of a week that says nothing: too few visits, or a holiday."""
    asked = set(history.asked_days)
    weeks: list[int | None] = []
    end = history.today
    # The first day brings the past of a source.
    while asked and end - timedelta(days=6) > history.asked_days[0] and len(weeks) < 20:
        days = [end - timedelta(days=back) for back in range(7)]
        is_told = sum(day in asked for day in days) >= 5 and sum(day in calm for day in days) < 3
        weeks.append(sum(history.new_by_day.get(day, 0) for day in days) if is_told else None)
        end -= timedelta(days=7)
    return weeks


def _without_our_outages(histories: list[History]) -> list[History]:
    """The histories without the runs in which next to nobody answered, which is us."""
    asked: dict[int, list[bool]] = {}
    for history in histories:
        for poll in history.polls:
            asked.setdefault(poll.run, []).append(is_without_answer(poll))
    ours = {run for run, silent in asked.items() if len(silent) >= 5 and sum(silent) >= 0.8 * len(silent)}
    return [history.without(ours) for history in histories] if ours else histories


def _calm_days(histories: Iterable[History]) -> frozenset[date]:
    """Days on which fewer than half, but a tenth at least, of five or more daily sources brought anything."""
    fed: dict[date, list[bool]] = {}
    for history in histories:
        days = history.asked_days
        if len(days) >= 14 and len(history.fed_days) >= len(days) * 2 / 3:
            for day in days:
                fed.setdefault(day, []).append(day in history.new_by_day)
    return frozenset(day for day, all_of in fed.items() if len(all_of) >= 5 and 0.1 <= sum(all_of) / len(all_of) < 0.5)


def _silences(days: Iterable[date], fed: Collection[date]) -> list[int]:
    """Lengths, in days, of the stretches without anything new; the last is the present one, 0 where it is none."""
    runs = [0]
    for day in days:
        if day in fed:
            runs.append(0)
        else:
            runs[-1] += 1
    return runs


def _usual_silence(longest: int) -> Said:
    if longest == 0:
        return Said("; biasanya ada yang baru setiap hari", "; usually there is something new every day")
    return Said(
        f"; biasanya paling lama {longest} hari tanpa yang baru",
        f"; usually {longest} days without anything new at most",
    )


def _whole_lists(poll: Poll) -> list[ListAnswer]:
    searched = {way.way for way in poll.ways if searches(way)}
    return [answer for answer in poll.answers if answer.way not in searched]


def _newest_overlap(history: History) -> float | None:
    """Of the newest run that can tell, if it is not long past; in the first run nothing is known yet."""
    told = ((poll, overlap_of(poll)) for poll in reversed(history.polls[1:]))
    poll, overlap = next(((poll, overlap) for poll, overlap in told if overlap is not None), (None, None))
    return overlap if poll is not None and history.now - poll.at <= NOT_ASKED else None


def _share(history: History, part: Callable[[PageDay], int], whole: Callable[[PageDay], int]) -> float | None:
    days = history.newest_days(whole, FEWEST_ARTICLES)
    return sum(map(part, days)) / sum(map(whole, days)) if days else None


def _asked_for(day: PageDay) -> int:
    return sum(day.fates.values())


def _judged(day: PageDay) -> int:
    return _read(day) + day.fates.get("not-understood", 0)


def _read(day: PageDay) -> int:
    return sum(day.fates.get(fate, 0) for fate in READ)


def _articles(day: PageDay) -> int:
    return day.articles


def _day_id(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
