"""From address to event: how many addresses come to each step, and where the others end, with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from publish.site.page import Row

STEPS: Mapping[str, tuple[str, ...]] = {
    "found": ("pending", "title", "too-old", "robots", "blocked", "gone", "error"),
    "opened": ("duplicate", "not-article", "not-understood", "unparsed", "removed"),
    "read": ("off-topic", "unread", "not-sure"),
    "on_programme": ("without-event",),
    "with_event": (),
}
"""The steps in the order of the way, each with the outcomes of those that go no further; see urls.outcome."""
END = "event"
PERIODS = {"": "all", "30": "30", "7": "7"}
"""What stands in the address, and in the column `period`."""

OUTCOMES = """
select outcome, reason, sum(urls) as urls, max(since_at) as since_at
from url_outcomes
where period = :period and (:source = '' or source = :source)
group by outcome, reason
order by urls desc, outcome, reason
"""

BY_SOURCE = """
select
    source, outlet_name, sum(urls) as found,
    sum(iif(outcome in ('event', 'without-event'), urls, 0)) as on_programme,
    sum(iif(outcome = 'event', urls, 0)) as with_event
from url_outcomes
join sources on name = source
where period = :period
group by source
order by found desc, source
"""


def build_steps(outcomes: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The steps with how many come to each, and the losses there, the largest first, each with its reasons.

    Every address is counted once: what comes to a step is what came to the one before without its losses. Raises
    ValueError for an outcome that no step knows.
    """
    lost: dict[str, Row] = {}
    for row in outcomes:
        loss = lost.setdefault(row["outcome"], {"outcome": row["outcome"], "urls": 0, "reasons": []})
        loss["urls"] += row["urls"]
        if row["reason"] != "-":
            loss["reasons"].append({"reason": row["reason"], "urls": row["urls"]})
    if unknown := set(lost) - {END, *(outcome for losses in STEPS.values() for outcome in losses)}:
        raise ValueError(f"no step of the way knows the outcome {sorted(unknown)[0]!r} (publish/site/funnel.py)")
    left = sum(loss["urls"] for loss in lost.values())
    steps = []
    for name, outcomes_there in STEPS.items():
        losses = [lost[outcome] for outcome in outcomes_there if outcome in lost]
        losses.sort(key=lambda loss: -loss["urls"])
        for loss in losses:
            loss["reasons"].sort(key=lambda reason: -reason["urls"])
        steps.append({"step": name, "urls": left, "losses": losses, "outcomes": outcomes_after(name)})
        left -= sum(loss["urls"] for loss in losses)
    return steps


def outcomes_after(step: str) -> list[str]:
    """The outcomes of all that came to a step, whether it went further or not.

    >>> outcomes_after("on_programme")
    ['without-event', 'event']
    """
    names = list(STEPS)
    return [outcome for name in names[names.index(step) :] for outcome in STEPS[name]] + [END]


def rows_behind(outcomes: Sequence[str], source: str = "", reason: str = "", since: str | None = None) -> str:
    """The address, below that of the database, of the rows of `urls` that a number counts.

    >>> rows_behind(["robots"], "warta", since="2026-11-01T00:00:00+00:00")
    'urls?source=warta&outcome=robots&found_at__gte=2026-11-01T00%3A00%3A00%2B00%3A00'
    >>> rows_behind(["event", "without-event"])
    'urls?outcome__in=event%2Cwithout-event'
    """
    where = [("source", source)] if source else []
    where.append(("outcome", outcomes[0]) if len(outcomes) == 1 else ("outcome__in", ",".join(outcomes)))
    where += [("reason", reason)] if reason else []
    where += [("found_at__gte", since)] if since else []
    return f"urls?{urlencode(where)}"


def flat_rows(steps: Sequence[Row]) -> list[Row]:
    """A row for each step, for each loss there, and for each of its reasons, as a table."""
    rows = []
    for step in steps:
        rows.append({"step": step["step"], "outcome": None, "reason": None, "urls": step["urls"]})
        for loss in step["losses"]:
            rows.append({"step": step["step"], "outcome": loss["outcome"], "reason": None, "urls": loss["urls"]})
            rows += [
                {"step": step["step"], "outcome": loss["outcome"], "reason": one["reason"], "urls": one["urls"]}
                for one in loss["reasons"]
            ]
    return rows
