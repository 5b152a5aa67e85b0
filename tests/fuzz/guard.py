"""Inputs given to targets in processes of their own, which may take only so much time and memory.

`python -m fuzz.guard` (in tests/) is one such process: it imports the targets once and forks for every input.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

TESTS = Path(__file__).parent.parent
MOST_SECONDS = 900
"""For all inputs of a call, whatever the machine is at besides; none is measured by it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an input."""

    case: str
    fault: str | None
    """What went wrong, and where; None where the target held."""
    seconds: float
    """Processor time."""
    megabytes: int
    """Most that was resident, the libraries included."""


def try_cases(cases: Sequence[str]) -> list[Outcome]:
    """What came of the cases of `hostile.CASES`, by their names."""
    ran = subprocess.run(
        [sys.executable, "-m", "fuzz.guard"],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [Outcome(**json.loads(line)) for line in ran.stdout.splitlines()]


def run_guarded(case: str, target: str, data: bytes) -> Outcome:
    """What comes of one input in a forked process, within the bounds of its target."""
    from fuzz.targets import TARGETS

    bounds = TARGETS[target]
    told, telling = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(told)
        resource.setrlimit(resource.RLIMIT_CPU, (bounds.seconds, bounds.seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (bounds.megabytes * 1024**2,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        fault = ""
        try:
            bounds.run(data)
        except BaseException as error:
            fault = tell(error)
        os.write(telling, fault.encode("utf-8", "replace")[:2000])
        os._exit(1 if fault else 0)
    os.close(telling)
    with os.fdopen(told, "rb") as stream:
        fault = stream.read().decode()
    _, status, used = os.wait4(child, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        is_late = number == signal.SIGXCPU
        fault = f"longer than {bounds.seconds} seconds" if is_late else f"ended by {signal.Signals(number).name}"
    return Outcome(case, fault or None, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def tell(error: BaseException) -> str:
    """An error on one line, with the last place in our code that it came through."""
    places = [place for place in traceback.extract_tb(error.__traceback__) if _is_ours(place.filename)]
    where = f" ({Path(places[-1].filename).name}:{places[-1].lineno})" if places else ""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300] + where


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(TESTS.parent) and ".venv" not in file


def main() -> None:
    import fuzz.targets  # noqa: F401  once, before the forks
    from fuzz.hostile import CASES

    for case in json.load(sys.stdin):
        target, build = CASES[case]
        sys.stdout.write(json.dumps(asdict(run_guarded(case, target, build()))) + "\n")


if __name__ == "__main__":
    main()
