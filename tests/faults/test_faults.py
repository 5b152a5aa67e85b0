"""What goes wrong on the web, on real servers on loopback, with the real commands: nothing is lost in silence.

All sites are crawled, parsed and extracted together: well (those that need a day before), broken, then mended. A fault
passes when every URL has a fate and a reason, when its alarm is told within the run that met it, or what tells of it
where nothing is wrong for anyone, when the other sites are not held up, and when the story is there and the alarm over
after it was mended. What lists say of their own changes is tried in test_gathering.py.
"""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from time import monotonic

import pytest
from reliability import Part, publish_part

from faults.alarms import ALARMS
from faults.articles import ARTICLES, DAYS
from faults.bodies import BODIES, LETTERS
from faults.fault import STORY, Fault
from faults.hosts import HOSTS
from faults.lists import LISTS
from faults.rounds import ROOT, Round, let_days_pass, run_round, write_sources
from faults.traps import TRAPS
from faults.web import Site, running, story

FAULTS: dict[str, Fault] = {**HOSTS, **LISTS, **BODIES, **ARTICLES, **TRAPS}
MOST_MEMORY = 600 * 1024 * 1024
"""Bytes that a process of ours may have at once, whatever is sent to it."""


COMMAND = "python -m pytest tests/faults/test_faults.py"
NOTE = """
Small sites on loopback, each with one thing wrong, crawled, parsed and extracted together by the real commands, then
mended and read again. Survived: every address has a fate and a reason, what is wrong is told by the run that met it,
and once it is mended the article is there and the alarm over. Silent: something is wrong, and nothing tells of it.
Where there is no alarm it is read right, and nothing is wrong for anyone. Seconds run from the first faulty answer to
the line that tells of it, which comes at the end of the run: all faults are in one, and the slowest of them are waited
for. Sites that never come to the end of an answer are given three seconds for it instead of thirty.
"""


@dataclass(frozen=True)
class Rounds:
    well: Round
    broken: Round
    mended: Round
    sites: Mapping[str, Site]
    began: float
    """When the sites broke, by the monotonic clock."""


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """All sites crawled, parsed and extracted: some while they are well, all while they are broken and when mended."""
    sources, data = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("data")
    sites = [
        Site(name, fault.broken, fault.mended, fault.is_down, fault.before or {}, fault.scheme)
        for name, fault in FAULTS.items()
    ]
    victim = Site("victim", {"/rahasia": story(99), "/sitemap.xml": story(99)}, {})
    with running([*sites, victim]) as mend:
        write_sources(sources, sites, FAULTS)
        for site in sites:
            site.state = "before"
        well = run_round(data, sources, sites, [name for name, fault in FAULTS.items() if fault.before is not None])
        let_days_pass(data, 8)
        for site in sites:
            site.state = "broken"
        began = monotonic()
        broken = run_round(data, sources, sites, words=("crawl", "parse", "extract"))
        mend()
        write_sources(sources, sites, FAULTS)
        let_days_pass(data, 2)
        mended = run_round(data, sources, sites)
    told = Rounds(well, broken, mended, {site.name: site for site in (*sites, victim)}, began)
    publish_figures(told)
    return told


def wrong_fates(rounds: Rounds, name: str) -> list[str]:
    """What is wrong with the fates of a site's addresses while it is broken."""
    fates, wrong = rounds.broken.urls[name], []
    for path, (fate, reason) in FAULTS[name].fates.items():
        is_as_told = re.search(reason, fates[path][1] or "") if reason else fates[path][1] is None
        if not re.fullmatch(fate or "", fates[path][0] or "") or not is_as_told:
            wrong.append(f"{path}: {fates[path]}, not {(fate, reason)}")
    # What is left to be fetched is left because the way said that it stopped.
    if name not in rounds.broken.problems:
        wrong += [f"{path}: no fate" for path, (fate, _) in fates.items() if fate is None]
    told_by_themselves = (None, "kept", "robots")
    return wrong + [
        f"{path}: no reason" for path, (fate, why) in fates.items() if fate not in told_by_themselves and not why
    ]


def wrong_problem(rounds: Rounds, name: str) -> list[str]:
    """What is wrong with what the way of a site says of its lists while it is broken."""
    wanted, told = FAULTS[name].problem, rounds.broken.problems.get(name)
    is_as_told = told is None if wanted is None else told is not None and re.search(wanted, told)
    return [] if is_as_told else [f"{told}, not {wanted}"]


def wrong_alarms(rounds: Rounds, name: str) -> list[str]:
    """What is wrong with the alarms of a site: those that stand while it is broken, their lines, and their end."""
    wanted, told = ALARMS.get(name, {}), rounds.broken.alarms[name]
    wrong = [] if told == wanted else [f"{told}, not {wanted}"]
    lines = [kind for kind, level in wanted.items() if level != "note"]
    wrong += [f"{kind}: no line" for kind in lines if rounds.broken.when(f"ALARM {name} {kind}: ") is None]
    ended = [kind for kind in lines if kind not in FAULTS[name].stays]
    wrong += [f"{kind}: not over" for kind in ended if kind in rounds.mended.alarms[name]]
    return wrong + [f"{kind}: no end" for kind in ended if rounds.mended.when(f"OVER {name} {kind}: ") is None]


def wrong_later(rounds: Rounds, name: str) -> list[str]:
    """What is missing once a site is mended."""
    fates = {path: rounds.mended.urls[name].get(path, ("never found", None)) for path in FAULTS[name].later}
    wrong = [
        f"{path}: {fates[path]}, not {fate}" for path, fate in FAULTS[name].later.items() if fates[path][0] != fate
    ]
    kept = {path for path, fate in FAULTS[name].later.items() if fate == "kept"}
    return wrong + [f"{path}: no article" for path in kept - rounds.mended.articles[name].keys()]


def publish_figures(rounds: Rounds) -> None:
    """Write the part of docs/reliability.md, from what stands in the rounds."""
    checks = (wrong_fates, wrong_problem, wrong_alarms, wrong_later)
    survived = {name: not any(check(rounds, name) for check in checks) for name in FAULTS}
    seconds = {
        name: told - first_asked(rounds, name) for name in FAULTS if (told := first_told(rounds, name)) is not None
    }
    told = sorted(seconds.values())
    silent = [name for name, fault in FAULTS.items() if not fault.is_harmless and not rounds.broken.alarms[name]]
    rows = []
    for name in FAULTS:
        alarms = ", ".join(f"{kind} ({level})" for kind, level in rounds.broken.alarms[name].items())
        fates = Counter(fate or "pending" for fate, _ in rounds.broken.urls[name].values())
        rows.append(
            [
                name.replace("_", " "),
                ", ".join(f"{fate} {number}" for fate, number in fates.most_common()) or "none found",
                alarms or "none: read right",
                "yes" if survived[name] else "no",
                f"{seconds[name]:.0f}" if name in seconds else "",
            ]
        )
    headline = {
        "faults tried": str(len(FAULTS)),
        "survived": str(sum(survived.values())),
        "silent": str(len(silent)),
        "seconds to notice, median": f"{median(told):.0f}",
        "seconds to notice, worst": f"{told[-1]:.0f}",
        "most memory of a process, MB": f"{max(done.memory for done in rounds.broken.done) / 1e6:.0f}",
    }
    columns = ["fault", "fates of its addresses", "alarm", "survived", "seconds to notice"]
    publish_part("faults", Part(COMMAND, headline, columns, rows, " ".join(NOTE.split())))


def first_asked(rounds: Rounds, name: str) -> float:
    """When a broken site was first asked for anything; nobody can ask one that is down, so that is when it broke."""
    return next((seen.at for seen in rounds.sites[name].log if seen.at >= rounds.began), rounds.began)


def first_told(rounds: Rounds, name: str) -> float | None:
    """When the first alarm of a site was told: on stderr, or as a note that was counted at the end of a run."""
    alarms = rounds.broken.alarms[name]
    if all(level == "note" for level in alarms.values()):
        return rounds.broken.when("alarms: ") if alarms else None
    moments = [rounds.broken.when(f"ALARM {name} {kind}: ") for kind, level in alarms.items() if level != "note"]
    return min(moment for moment in moments if moment is not None)


@pytest.mark.parametrize("name", FAULTS)
def test_every_url_has_a_fate_and_whoever_is_not_kept_a_reason(rounds: Rounds, name: str) -> None:
    assert wrong_fates(rounds, name) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_list_that_cannot_be_read_is_told_and_no_other_is(rounds: Rounds, name: str) -> None:
    assert wrong_problem(rounds, name) == []


@pytest.mark.parametrize("name", FAULTS)
def test_its_alarm_is_told_by_the_run_that_met_it_and_is_over_when_it_is_mended(rounds: Rounds, name: str) -> None:
    assert wrong_alarms(rounds, name) == []


@pytest.mark.parametrize("name", FAULTS)
def test_the_story_is_there_when_the_fault_is_gone(rounds: Rounds, name: str) -> None:
    assert wrong_later(rounds, name) == []


def test_no_fault_is_silent() -> None:
    assert {name for name in FAULTS if not ALARMS.get(name)} == {name for name in FAULTS if FAULTS[name].is_harmless}


def test_no_fault_is_an_accident_of_the_crawler(rounds: Rounds) -> None:
    for done in (*rounds.well.done, *rounds.broken.done, *rounds.mended.done):
        assert done.code == 0, done.stderr
        # Scrapy calls one Deferred from two sides as it closes a way, where the machine was held up for that second.
        ends = re.findall(r"^Traceback.*?^(\S[^\n]*)", done.stderr.replace("Traceback", "\nTraceback"), re.S | re.M)
        assert {end.strip() for end in ends} <= {"twisted.internet.defer.AlreadyCalledError:"}


def test_nothing_that_is_sent_takes_more_memory_than_a_small_machine_has(rounds: Rounds) -> None:
    assert max(done.memory for done in rounds.broken.done) < MOST_MEMORY


def test_nobody_makes_us_ask_a_host_that_is_no_source_of_ours(rounds: Rounds) -> None:
    assert rounds.sites["victim"].log == []


def test_no_article_is_asked_for_on_a_condition(rounds: Rounds) -> None:
    conditional = {"if-none-match", "if-modified-since"}
    asked = [seen.path for site in rounds.sites.values() for seen in site.log if conditional & seen.headers.keys()]
    assert asked == []


def test_a_list_that_repeats_its_first_page_is_left(rounds: Rounds) -> None:
    assert rounds.sites["first_page_for_ever"].asked("/berita") <= 4  # two in each of the two runs


def test_a_site_that_refuses_is_soon_left_alone(rounds: Rounds) -> None:
    statuses = [seen.status for seen in rounds.sites["refuses_after_eight"].log]
    assert statuses.count(403) < 30  # those under way and five in a row


def test_a_host_that_asks_for_a_day_is_not_asked_again(rounds: Rounds) -> None:
    assert rounds.sites["asks_to_wait_a_day"].asked(STORY) == 2  # once in each run


@pytest.mark.parametrize("path", DAYS)
def test_no_page_gets_the_day_of_the_crawl(rounds: Rounds, path: str) -> None:
    article = rounds.broken.articles["dates"][path]
    day = DAYS[path]
    assert (article["published_at"] or "")[:10] == (day or "")
    assert (article["date_reason"] is None) == (day is not None)


@pytest.mark.parametrize("name", ["charset_is_wrong", "charset_is_wrong_too", "charset_is_none"])
def test_letters_are_read_as_they_were_written(rounds: Rounds, name: str) -> None:
    assert LETTERS in rounds.broken.articles[name][STORY]["text"]


def test_what_trafilatura_needs_is_declared() -> None:
    """lxml took its HTML cleaner out; without `lxml_html_clean` a fresh install of trafilatura fails at its import."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\s\[<>=!~;]", dependency)[0].replace("-", "_").lower() for dependency in declared}
    assert {"trafilatura", "lxml_html_clean"} <= names
    assert importlib.metadata.version("lxml_html_clean")
    done = subprocess.run(
        [sys.executable, "-c", "import trafilatura"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
