"""Words killed at random moments, and the machine at its worst: nothing is lost, doubled, half shown or sent twice.

A small part of two benches, in two minutes: a kill of some words, and conditions for words that come late, after which
little is left to be said. All the rest, and as many kills as one wants, is tried by

    python tests/crash_bench.py --kills 200 --jobs 2
    python tests/conditions_bench.py

(some of it by `--only '{"extract": 5}'`, and `"disk full, crawl" "clock ahead"`); `make reliability` says both and
writes docs/reliability.md.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conditions_bench import CONDITIONS
from crash_bench import ROOT, Result, Tally, bench, compare_rows

KILLS = {"crawl": 1, "publish": 1, "send": 1}
TRIED = ("disk full, digest", "locked for long, send", "SIGTERM, send", "read only, send")


@pytest.fixture(scope="module")
def seed() -> int:
    """Another one each time; said where something fails, so that it can be tried again."""
    return random.randrange(10**6)


@pytest.fixture(scope="module")
def killed(seed: int) -> Result:
    """What came of killing these words, told with its seed."""
    return bench(KILLS, seed)


@pytest.mark.parametrize("word", KILLS)
def test_killed_and_said_again_a_word_leaves_what_it_leaves_undisturbed(word: str, killed: Result, seed: int) -> None:
    tally = killed.tallies[word]
    assert tally.faults == [], f"seed {seed}"
    assert (tally.kills, tally.lost, tally.doubled) == (KILLS[word], 0, 0), f"seed {seed}"
    assert tally.rows > 10_000


def test_no_reader_sees_half_a_release_while_words_are_killed(killed: Result, seed: int) -> None:
    assert killed.half == [], f"seed {seed}"
    assert killed.looks > 10
    assert killed.visits > 0


def test_the_bench_sees_what_is_lost_and_what_is_there_twice() -> None:
    """Else it would say 0 of everything."""
    tally = Tally()
    compare_rows({"t": Counter({"a": 1, "b": 2})}, {"t": Counter({"a": 1, "b": 1, "c": 1})}, tally)
    assert (tally.rows, tally.lost, tally.doubled) == (3, 1, 1)
    assert tally.faults == ["t: lost c", "t: more b"]


@pytest.fixture(scope="module")
def borne(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bool, str]]:
    """Whether each condition was borne, and what happened."""
    file: Path = tmp_path_factory.mktemp("keadaan") / "found.json"
    words = [sys.executable, ROOT / "tests" / "conditions_bench.py", "--result", file, *TRIED]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert file.exists(), done.stderr
    found: dict[str, tuple[bool, str]] = json.loads(file.read_text())
    return found


@pytest.mark.parametrize("name", TRIED)
def test_a_word_bears_it_and_nothing_is_lost(name: str, borne: dict[str, tuple[bool, str]]) -> None:
    is_borne, said = borne[name]
    assert is_borne, said


def test_every_condition_that_is_tried_is_one() -> None:
    assert CONDITIONS.keys() >= set(TRIED)
