"""How long a word takes that has nothing to do: the start of each command."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.compare import ROUNDS
from benchmarks.measures import ROOT, Measure
from crawler.sampleweb.samples import load_samples

QUICK, LOADING = 1.0, 4.0
"""Seconds: of any command, and of one that loads the model."""
LISTING = (
    ("sources", "list"),
    ("sources", "health"),
    ("subscribers", "list"),
    ("reviewer", "list"),
    ("review", "status"),
    ("review", "list"),
    ("parse",),
    ("publish",),
    ("export",),
    ("digest",),
    ("cite",),
)
"""Words that have nothing to do in an empty folder, or say that there is nothing; none of them asks anybody else."""


@dataclass(frozen=True, slots=True)
class Start:
    """The quickest of some starts of one command."""

    words: tuple[str, ...]
    wall: float
    cpu: float


def measure(is_small: bool = False) -> Iterator[Measure]:
    """Processor seconds of every command's help, of words in an empty folder, and of those that load the model.

    On a machine that does nothing else the wall's are as many; beside other work only they are those of the command.
    """
    rounds = 1 if is_small else ROUNDS
    helps = [(*path, "--help") for path in command_paths()]
    with tempfile.TemporaryDirectory() as folder:
        data, page = Path(folder) / "data", Path(folder) / "berita.txt"
        page.write_text("\n\n".join(load_samples("portal")[0].pages[0]), encoding="utf-8")
        told = [start(words, data, rounds) for words in (helps[:2] if is_small else helps)]
        slowest = max(told, key=lambda one: one.cpu)
        yield _measured(slowest, QUICK, f", the slowest of {len(told)}")
        for words in LISTING[:1] if is_small else LISTING:
            yield _measured(start(words, data, rounds), QUICK)
        for words in (("annotate", str(page)), ("extract",)):
            yield _measured(start(words, data, rounds), LOADING, ", which loads the model")


def _measured(one: Start, bar: float, more: str = "") -> Measure:
    said = " ".join(Path(word).name for word in one.words)
    return Measure(f"`pantau {said}`{more}", "CPU s", one.cpu, at_most=bar, note=f"{one.wall:.2f} s of the wall")


def command_paths() -> list[tuple[str, ...]]:
    """Every command and group, as it is typed; the door itself first."""
    from pantau import main

    def below(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        if isinstance(command, click.Group):
            for name, one in command.commands.items():
                yield from below(one, (*path, name))

    return list(below(main, ()))


def start(words: tuple[str, ...], data: Path, rounds: int) -> Start:
    """Run a command some times on the same data; RuntimeError where it fails by a fault of ours."""
    command = [sys.executable, "-m", "pantau", "--data", str(data), *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    told = []
    for _ in range(rounds):
        begun, before = time.perf_counter(), _children()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if "Traceback" in done.stderr:
            raise RuntimeError(f"pantau {' '.join(words)}: {done.stderr}")
        told.append((time.perf_counter() - begun, _children() - before))
    return Start(words, min(wall for wall, _ in told), min(cpu for _, cpu in told))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
