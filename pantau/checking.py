"""`pantau sources check` and `pantau sources learn`: what is expected of each source and what is seen of it."""

from __future__ import annotations

import difflib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from pantau.house import House, complain, read_sources

if TYPE_CHECKING:
    from crawler.items import Health
    from crawler.source import Source
    from db.alarms import Raised

HEADS = ("source", "state", "since", "week", "read", "dated", "placed", "alarms")


@dataclass(frozen=True, slots=True)
class Checked:
    """A source as the table tells it. Shares are 0..1; None: not known, or not expected."""

    source: str
    state: str
    """read, nothing happened, broken, blocked, new or not judged."""
    since: str | None
    reason: str
    is_to_look_at: bool
    expected: Mapping[str, float | int | None]
    """Floors: `week` (pages), `read`, `dated`, `placed`."""
    usual: tuple[int, int] | None
    """New links of a week, as learnt."""
    seen: Mapping[str, float | int | None]
    alarms: tuple[Mapping[str, Any], ...]
    """Open ones, with their kind, level, sentence and since when."""


def check_sources(house: House, names: Sequence[str]) -> tuple[list[Checked], tuple[int, int, int]]:
    """Each source as it is now, by name; and how many regencies nobody covers: see db/alarms.py."""
    from crawler.watch.health import judge_sources
    from db.alarms import count_pages, count_uncovered, read_open_alarms, read_placed
    from db.connect import open_db
    from db.health import read_source_records

    now = datetime.now(UTC)
    sources = choose(house, names)
    db = open_db(house.pantau_db)
    present = {source.name for source in read_sources(house)}
    records = [record for record in read_source_records(db, now) if record.name in present]
    healths = {health.source: health for health in judge_sources(records, now)}
    alarms: defaultdict[str, list[Raised]] = defaultdict(list)
    for raised in read_open_alarms(db):
        alarms[raised.alarm.source].append(raised)
    placed, pages, uncovered = read_placed(db, now), count_pages(db, now), count_uncovered(db)
    db.close()
    told = [
        _check(
            source, healths.get(source.name), alarms[source.name], pages.get(source.name, 0), placed.get(source.name)
        )
        for source in sources
    ]
    return told, uncovered


def choose(house: House, names: Collection[str]) -> list[Source]:
    """The sources of these names, or all; a usage error for a name that there is not."""
    sources = {source.name: source for source in read_sources(house)}
    if unknown := [name for name in names if name not in sources]:
        raise click.UsageError(f"no such source: {unknown[0]}. See {house.sources}/")
    return [source for source in sources.values() if not names or source.name in names]


def _check(
    source: Source, health: Health | None, alarms: list[Raised], pages: int, placed: tuple[int, int] | None
) -> Checked:
    from crawler.watch.alarms import FEWEST_PLACED, state_of

    state = state_of(health.verdict if health else None, [raised.alarm for raised in alarms])
    stopped = [raised for raised in alarms if raised.alarm.level == "broken"]
    since = health.since.isoformat() if health and health.since else None
    if stopped and (health is None or health.verdict in ("ok", "quiet", "new")):
        since = min(raised.raised_at for raised in stopped).isoformat(timespec="minutes")
    serious = [raised for raised in alarms if raised.alarm.level != "note"]
    volume = health.volume if health else None
    return Checked(
        source=source.name,
        state=state,
        since=since,
        reason=stopped[0].alarm.said.en if stopped else health.reason.en if health else "Not visited yet.",
        is_to_look_at=bool(serious) or (health is not None and health.is_to_look_at),
        expected={
            "week": source.expect.weekly,
            "read": source.expect.read,
            "dated": source.expect.dated,
            "placed": source.expect.placed,
        },
        usual=volume.usual if volume else None,
        seen={
            "week": pages,
            "read": health.read_share if health else None,
            "dated": health.dated_share if health else None,
            "placed": placed[0] / placed[1] if placed and placed[1] >= FEWEST_PLACED else None,
        },
        alarms=tuple(
            {
                "kind": raised.alarm.kind,
                "level": raised.alarm.level,
                "said": raised.alarm.said.en,
                "since": raised.raised_at.isoformat(),
                "urls": raised.alarm.urls,
                "number": raised.alarm.number,
            }
            for raised in alarms
        ),
    )


def table_lines(told: Sequence[Checked], uncovered: tuple[int, int, int]) -> list[str]:
    """The table: a line a source, what is expected before what is seen; then the regencies that nobody covers."""
    rows = [HEADS, *(_cells(one) for one in told)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    looked = sum(one.is_to_look_at for one in told)
    own, nobody, every = uncovered
    return [
        *lines,
        "",
        f"{looked} of {len(told)} sources are to be looked at",
        f"never covered: {own} of {every} regencies have no source of their own, "
        f"{nobody} none of their province either; /tahapan#senyap names them",
    ]


def json_text(told: Sequence[Checked], uncovered: tuple[int, int, int]) -> str:
    """The same as JSON: `sources`, and `never_covered` with `own`, `province` and `regencies`."""
    never = dict(zip(("own", "province", "regencies"), uncovered, strict=True))
    return json.dumps({"sources": [asdict(one) for one in told], "never_covered": never}, indent=1)


def _cells(one: Checked) -> tuple[str, ...]:
    week = f"≥{one.expected['week']}" if one.expected["week"] is not None else "-"
    if one.expected["week"] is None and one.usual:
        week = f"usually {one.usual[0]}-{one.usual[1]} links"
    alarms = ", ".join(f"{alarm['kind']} ({alarm['level']})" for alarm in one.alarms if alarm["level"] != "note")
    shares = (f"{_percent(one.expected[name], '≥')} {_percent(one.seen[name])}" for name in ("read", "dated", "placed"))
    return one.source, one.state, one.since or "-", f"{week}: {one.seen['week']}", *shares, alarms or "-"


def _percent(share: float | None, sign: str = "") -> str:
    return "-" if share is None else f"{sign}{100 * share:.0f}%"


# Learning.


def learn(house: House, names: Sequence[str], is_written: bool) -> list[str]:
    """Propose floors for the sources, as differences of their files; with `is_written` they are put there.

    Before each stands what was seen. Why nothing is proposed is told of those that were named; of all, for how many.
    """
    from crawler.watch.floors import NotLearntError, learn_floors
    from db.alarms import read_weeks
    from db.connect import open_db

    db = open_db(house.pantau_db)
    weeks = read_weeks(db, datetime.now(UTC))
    db.close()
    lines: list[str] = []
    unlearnt = 0
    for source in choose(house, names):
        path = house.sources / f"{source.name}.yml"
        text = path.read_text(encoding="utf-8")
        written = (yaml.safe_load(text) or {}).get("expect") or {}
        try:
            floors = learn_floors(weeks.get(source.name, []), written)
        except NotLearntError as error:
            unlearnt += 1
            if names:
                complain(f"{source.name}: nothing to propose: {error}")
            continue
        if not floors:
            continue
        values = {name: floor.value for name, floor in floors.items()}
        new = put_floors(text, values)
        if not _is_same_but(text, new, values):
            complain(f"{path}: to be put into `expect` by hand: {values}")
            continue
        lines.append(f"{source.name}: {'; '.join(f'{n} {one.value}: {one.why}' for n, one in floors.items())}")
        lines += difflib.unified_diff(
            text.splitlines(), new.splitlines(), str(path), f"{path} (learnt)", lineterm="", n=1
        )
        if is_written:
            _replace(path, new)
    if unlearnt and not names:
        complain(f"nothing can be learnt of {unlearnt} sources; `pantau sources learn NAME` says why")
    return lines


def _is_same_but(old: str, new: str, floors: Mapping[str, int | float]) -> bool:
    """Whether a source file says with the floors what it said without them."""
    told = yaml.safe_load(old)
    try:
        return bool(yaml.safe_load(new) == {**told, "expect": {**(told.get("expect") or {}), **floors}})
    except yaml.YAMLError:
        return False


def _replace(path: Path, text: str) -> None:
    """Write a file that a person wrote too: a kill leaves the one or the other."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def put_floors(text: str, floors: Mapping[str, int | float]) -> str:
    """The text of a source file with floors in its `expect`; all else, comments too, stays as it is.

    >>> put_floors("outlet: Kabar\\nexpect: {quiet_days: 365}  # slow\\n", {"weekly": 20})
    'outlet: Kabar\\nexpect: {quiet_days: 365, weekly: 20}  # slow\\n'
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    node = next((value for key, value in root.value if key.value == "expect"), None)
    told = ", ".join(f"{name}: {value}" for name, value in floors.items())
    if not isinstance(node, yaml.MappingNode):
        before = next((key for key, _ in root.value if key.value == "knowledge"), None)
        place = before.start_mark.index if before else len(text)
        gap = "" if not text[:place] or text[:place].endswith("\n") else "\n"
        return f"{text[:place]}{gap}expect: {{{told}}}\n{text[place:]}"
    held = {key.value: value for key, value in node.value}
    edits = [
        (held[name].start_mark.index, held[name].end_mark.index, str(value))
        for name, value in floors.items()
        if name in held
    ]
    new = {name: value for name, value in floors.items() if name not in held}
    if new:
        edits.append(_addition(node, new))
    for start, end, value in sorted(edits, reverse=True):
        text = text[:start] + value + text[end:]
    return text


def _addition(node: yaml.MappingNode, new: Mapping[str, int | float]) -> tuple[int, int, str]:
    if node.flow_style or not node.value:
        end = node.value[-1][1].end_mark.index if node.value else node.start_mark.index + 1
        comma = ", " if node.value else ""
        return end, end, comma + ", ".join(f"{name}: {value}" for name, value in new.items())
    first = node.value[0][0].start_mark
    indent = " " * first.column
    lines = "".join(f"{name}: {value}\n{indent}" for name, value in new.items())
    return first.index, first.index, lines
