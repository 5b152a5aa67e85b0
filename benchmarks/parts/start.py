"""How long a word takes that has nothing to do: the start of each command."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
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
    """Wall seconds with every command's help, with an empty folder, and with the model; the slowest of each kind."""
    helps = [(*path, "--help") for path in command_paths()]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "berita.txt"
        page.write_text("\n\n".join(load_samples("portal")[0].pages[0]), encoding="utf-8")
        kinds: dict[str, tuple[Sequence[tuple[str, ...]], float]] = {
            "--help of each command": (helps[:2] if is_small else helps, QUICK),
            "with an empty folder": (LISTING[:1] if is_small else LISTING, QUICK),
            "with the model": ([("annotate", str(page)), ("extract",)][: 1 if is_small else 2], LOADING),
        }
        for kind, (commands, bar) in kinds.items():
            told = [start(words, Path(folder) / "data", 1 if is_small else ROUNDS) for words in commands]
            slowest = max(told, key=lambda one: one.wall)
            said = " ".join(Path(word).name for word in slowest.words)
            note = f"the slowest of {len(told)} is `{said}`, {slowest.cpu:.2f} CPU-seconds"
            yield Measure(kind, "s", slowest.wall, at_most=bar, note=note)


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
