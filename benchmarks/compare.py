"""Sides of a comparison, measured in turn in one run, so that what else the machine does strikes all of them."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measures import FOLDER, ROOT

ROUNDS = 3
"""The fastest counts: what else a machine does makes a round slower, never faster."""
RIVALS_PYTHON = FOLDER / ".venv" / "bin" / "python"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Side:
    """A script of sides/, and which Python runs it."""

    name: str
    script: str
    python: Path = Path(sys.executable)
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """The fastest round of a side."""

    seconds: float
    """Processor seconds."""
    count: int
    """Things of which something came."""


def compare(sides: Sequence[Side], given: Sequence[Any], rounds: int = ROUNDS) -> dict[str, Round]:
    """The fastest round of each side over the same things, by its name; RuntimeError where one of them ends."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.NamedTemporaryFile(suffix=".pickle"))
        pickle.dump(list(given), file)
        file.flush()
        running = {side.name: stack.enter_context(_start(side, file.name)) for side in sides}
        for process in running.values():
            stack.callback(process.kill)
        for name, process in running.items():
            _hear(name, process)
        told: dict[str, list[Round]] = {side.name: [] for side in sides}
        for _ in range(rounds):
            for name, process in running.items():
                assert process.stdin is not None
                process.stdin.write("again\n")
                process.stdin.flush()
                told[name].append(Round(**json.loads(_hear(name, process))))
    return {name: min(some, key=lambda one: one.seconds) for name, some in told.items()}


def _start(side: Side, given: str) -> subprocess.Popen[str]:
    environment = os.environ | ONE_THREAD | {"HF_HUB_OFFLINE": "1"}
    environment.pop("PYTHONPATH", None)
    if side.python != RIVALS_PYTHON:
        environment["PYTHONPATH"] = str(ROOT)
    words = [str(side.python), "-W", "ignore", str(FOLDER / "sides" / side.script), given, *side.arguments]
    return subprocess.Popen(words, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _hear(name: str, process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{name} ended with {process.wait()}; what it said stands above")
    return line


def rivals(sides: Sequence[Side]) -> list[Side]:
    """The sides that can be had: those of the rivals only where `make benchmarks/.venv/ready` was said."""
    return [side for side in sides if side.python.exists()]
