"""Whether an installation is well, and if not why: judged from its facts, told as JSON at /-/health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal
from zoneinfo import ZoneInfo

from publish.serving.facts import Facts, Row

WIB = ZoneInfo("Asia/Jakarta")
LATE = timedelta(hours=36)
"""Between two crawls, or two bakes: once a day is enough, and half a day more is no alarm. /kesehatan says the same."""
LONGEST_RUN = timedelta(hours=24)
"""What systemd gives a run (deploy/systemd/pantau-run.service)."""
LETTER_HOUR = 12
"""Of Monday, WIB: by then the letter of the week that ended should be there."""
LETTERS_LATE = timedelta(hours=2)
"""How long a letter that is due may wait for a `pantau send`, which comes every five minutes."""
LEAST_READ = 0.5
"""Of the sources that are asked, the share that must have answered: else it is us, or our network."""
SPARE_BYTES = 200 * 1024**2
DATA_OLD = timedelta(days=7)

Reason = Literal[
    "nothing-shown", "new-file-not-shown", "not-readable", "publish-late", "crawl-late", "run-failed", "run-stuck",
    "sources-unread", "letter-missing", "letters-late", "disk-nearly-full", "data-old", "no-letter-yet", "alarms-open",
]  # fmt: skip
NOTES: frozenset[Reason] = frozenset({"data-old", "no-letter-yet", "alarms-open"})
"""Worth a look, but nothing that a machine should wake somebody for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    reason: Reason
    says: str
    """In one English line, without a path of the machine and without a reader."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a process of the site shows."""

    release: str | None
    """The hash; None where nothing can be shown."""
    why: str
    """Where nothing is shown: missing, old, broken."""
    is_latest: bool
    """Whether it is what stands in public.db now."""
    code: str
    """A hash of the code that makes the pages."""


def find_reasons(facts: Facts, shown: Shown, now: datetime) -> list[Finding]:
    """All that is not as it should be, the gravest first."""
    return [
        *_of_shown(facts, shown),
        *_of_age(facts, now),
        *_of_runs(facts.runs, now),
        *_of_sources(facts.sources, now),
        *_of_letters(facts, now),
        *_of_disk(facts),
        *_of_alarms(facts.alarms),
    ]


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether nothing is found that somebody should mend now."""
    return all(finding.reason in NOTES for finding in findings)


def build_health(facts: Facts, shown: Shown, now: datetime) -> dict[str, Any]:
    """What /-/health says; instants are ISO 8601 with offset, ages whole seconds."""
    findings = find_reasons(facts, shown, now)
    release = facts.release
    return {
        "status": "ok" if is_well(findings) else "failing",
        "reasons": [
            {"reason": one.reason, "says": one.says, "is_failure": one.reason not in NOTES} for one in findings
        ],
        "now": now.astimezone(UTC).isoformat(timespec="seconds"),
        "code": {"version": code_version(), "pages": shown.code[:12]},
        "release": None
        if release is None
        else {
            **release,
            "age_seconds": age(release["made_at"], now),
            "baked_at": facts.baked_at,
            "baked_age_seconds": age(facts.baked_at, now),
            "is_latest": shown.is_latest,
        },
        "data": {"newest_article_date": facts.newest_article_date, "urls_by_fate": facts.fates, "funnel": facts.funnel},
        "letter": facts.letter,
        "letters_by_state": facts.letters,
        "runs": {run["word"]: {**_named(run), "age_seconds": age(run["last_ended_at"], now)} for run in facts.runs},
        "alarms": facts.alarms,
        "sources": [
            {
                **source,
                "visited_age_seconds": age(source["visited_at"], now),
                "read_age_seconds": age(source["read_at"], now),
            }
            for source in facts.sources
        ],
        "readable": facts.readable,
        "free_bytes": facts.free_bytes,
    }


def code_version() -> str | None:
    """The version of the program; None where it is not installed but run from its folder."""
    try:
        return version("pantau-kota-cerdas")
    except PackageNotFoundError:
        return None


def age(iso: str | None, now: datetime) -> int | None:
    """Seconds since an instant; None where there was none. A clock that jumped back gives no age below 0."""
    return None if iso is None else max(0, int((now - _instant(iso)).total_seconds()))


def _of_shown(facts: Facts, shown: Shown) -> list[Finding]:
    found = []
    if shown.release is None:
        found.append(Finding("nothing-shown", f"readers are shown nothing: public.db is {shown.why}"))
    elif not shown.is_latest:
        found.append(
            Finding("new-file-not-shown", "the newest public.db cannot be shown; readers see a former release")
        )
    unread = sorted(name for name, is_readable in facts.readable.items() if not is_readable)
    if unread:
        found.append(
            Finding("not-readable", f"could not be read by the site: {', '.join(f'{one}.db' for one in unread)}")
        )
    return found


def _of_age(facts: Facts, now: datetime) -> list[Finding]:
    found = []
    ended = {run["word"]: run["last_ended_at"] for run in facts.runs}
    baked = max(filter(None, (facts.baked_at, ended.get("publish"))), key=_instant, default=None)
    if baked and now - _instant(baked) > LATE:
        found.append(Finding("publish-late", f"nothing was published since {baked}"))
    if "crawl" in ended and (ended["crawl"] is None or now - _instant(ended["crawl"]) > LATE):
        found.append(Finding("crawl-late", f"no crawl came to its end since {ended['crawl'] or 'ever'}"))
    newest = facts.newest_article_date
    if newest and now.astimezone(WIB).date() - date.fromisoformat(newest) > DATA_OLD:
        found.append(Finding("data-old", f"the newest article on the programme is of {newest}"))
    return found


def _of_runs(runs: Sequence[Row], now: datetime) -> list[Finding]:
    found = []
    for run in runs:
        if run["ended_at"] is not None:
            continue
        if not run["is_newest"]:
            # Words that write take turns, so it is not at work any more.
            found.append(
                Finding("run-failed", f"the last `{run['word']}` did not come to its end (began {run['started_at']})")
            )
        elif now - _instant(run["started_at"]) > LONGEST_RUN:
            found.append(Finding("run-stuck", f"`{run['word']}` began {run['started_at']} and has not ended"))
    return found


def _of_sources(sources: Sequence[Row], now: datetime) -> list[Finding]:
    asked = [one for one in sources if one["visited_at"] and now - _instant(one["visited_at"]) <= LATE]
    read = [one for one in asked if one["read_at"] and now - _instant(one["read_at"]) <= LATE]
    if asked and len(read) < LEAST_READ * len(asked):
        return [Finding("sources-unread", f"of {len(asked)} sources that were asked {len(read)} could be read")]
    return []


def _of_letters(facts: Facts, now: datetime) -> list[Finding]:
    found = []
    monday = letter_expected(now)
    if facts.letter is None:
        if facts.release is not None:
            found.append(Finding("no-letter-yet", "no weekly letter was ever written"))
    elif date.fromisoformat(facts.letter["monday"]) < monday:
        found.append(
            Finding("letter-missing", f"there is no letter of the week of {monday}; the last is {facts.letter['week']}")
        )
    if facts.due and facts.due["letters"] and now - _instant(facts.due["since"]) > LETTERS_LATE:
        found.append(Finding("letters-late", f"{facts.due['letters']} letters wait since {facts.due['since']}"))
    return found


def letter_expected(now: datetime) -> date:
    """The Monday of the newest week whose letter should be there.

    >>> [letter_expected(datetime(2026, 11, 23, hour, tzinfo=WIB)).isoformat() for hour in (11, 12)]
    ['2026-11-09', '2026-11-16']
    """
    at = now.astimezone(WIB) - timedelta(hours=LETTER_HOUR)
    return at.date() - timedelta(days=at.weekday() + 7)


def _of_disk(facts: Facts) -> list[Finding]:
    # The next release is written beside the one that is shown, and kept as that of its week.
    if facts.free_bytes < 2 * facts.public_bytes + SPARE_BYTES:
        return [Finding("disk-nearly-full", f"{facts.free_bytes // 1024**2} MiB are left for the next release")]
    return []


def _of_alarms(alarms: Sequence[Mapping[str, Any]] | None) -> list[Finding]:
    broken = sum(alarm["level"] == "broken" for alarm in alarms or ())
    return [Finding("alarms-open", f"{broken} sources bring nothing new")] if broken else []


def _named(run: Row) -> Row:
    return {name: run[name] for name in ("started_at", "ended_at", "last_ended_at")}


def _instant(iso: str) -> datetime:
    at = datetime.fromisoformat(iso)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
