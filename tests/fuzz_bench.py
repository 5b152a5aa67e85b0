"""What no stranger's words may do, tried with atheris: `python tests/fuzz_bench.py --seconds 60 [TARGET …]`.

Each target of `tests/fuzz/targets.py` runs in a process of its own, guided by the branches of our code that an input
reaches, from our own sample pages on, and then takes the hostile inputs of `tests/fuzz/hostile.py`. Atheris runs on
Linux alone. An input at which a target fails is kept in `--keep`; made as short as it goes it belongs into hostile.py.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from reliability import Part, publish_part

TESTS = Path(__file__).parent
OURS = ["crawler", "nlp", "db", "publish"]
INSIDE = "--inside"
"""What the process of one target is started with; then its name, the folder of `--keep`, and libFuzzer's flags."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "pantau-fuzz")
    if sys.argv[1:2] == [INSIDE]:
        fuzz(sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
        return
    args = parser.parse_args()
    from fuzz.guard import Outcome, try_cases
    from fuzz.hostile import CASES
    from fuzz.targets import TARGETS

    rows, total = [], {"inputs": 0, "faults": 0}
    for name in args.targets or TARGETS:
        found = run_target(name, args.seconds, args.keep)
        outcomes: list[Outcome] = try_cases([case for case, (target, _) in CASES.items() if target == name])
        faults = [*found["faults"], *(f"{outcome.case}: {outcome.fault}" for outcome in outcomes if outcome.fault)]
        seconds = max([found["slowest"], *(outcome.seconds for outcome in outcomes)])
        megabytes = max([found["megabytes"], *(outcome.megabytes for outcome in outcomes)])
        inputs = found["inputs"] + len(outcomes)
        total["inputs"] += inputs
        total["faults"] += len(faults)
        what = TARGETS[name].what
        rows.append([what, f"{inputs:,}", str(len(outcomes)), str(len(faults)), f"{seconds:.1f}", str(megabytes)])
        tell(f"{name}: {inputs:,} inputs, slowest {seconds:.1f} s, {megabytes} MB, {len(faults)} faults")
        for fault in faults:
            tell(f"  {fault}")
    publish_part(
        "inputs",
        Part(
            f"python tests/fuzz_bench.py --seconds {args.seconds}",
            {"inputs tried": f"{total['inputs']:,}", "crashes": str(total["faults"])},
            ["what reads it", "inputs", "of these made by hand", "crashes", "slowest (s)", "most memory (MB)"],
            rows,
            "A crash is an exception that is not documented, an input that takes longer than its target may, or more "
            "memory. Inputs are made by atheris (libFuzzer), which follows the branches that an input reaches, from our"
            " own sample pages on, in processes of which none may take more than 4 GB; those made by hand are in "
            "tests/fuzz/hostile.py. Seconds are of processor time, memory is that of the whole process with its "
            "libraries.",
        ),
    )
    sys.exit(1 if total["faults"] else 0)


def run_target(name: str, seconds: int, keep: Path) -> dict[str, Any]:
    """Inputs, faults, and the slowest input's seconds and the most megabytes, of a process that tries a target."""
    from fuzz.targets import TARGETS

    bounds = TARGETS[name]
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for seed in bounds.seeds():
            (corpus / hashlib.sha256(seed).hexdigest()[:12]).write_bytes(seed)
        figures = Path(folder) / "figures.json"
        flags = [
            f"-max_total_time={seconds}", f"-timeout={bounds.seconds * 10}", "-rss_limit_mb=4096", "-max_len=65536",
            f"-artifact_prefix={keep}/{name}-", "-verbosity=0", str(corpus),
        ]  # fmt: skip
        fault = ""
        try:
            ran = subprocess.run(
                [sys.executable, __file__, INSIDE, name, str(keep), *flags],
                env={**os.environ, "PANTAU_FUZZ_FIGURES": str(figures), "PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds * 5 + 600,
                check=False,
            )
            if ran.returncode:
                fault = f"the process ended with {ran.returncode}: {' '.join(ran.stderr.split())[-300:]}"
        except subprocess.TimeoutExpired as error:
            fault = f"the process had not ended after {error.timeout:.0f} seconds"
        found: dict[str, Any] = json.loads(figures.read_text()) if figures.exists() else {
            "inputs": 0, "faults": [], "slowest": 0.0, "megabytes": 0,
        }  # fmt: skip
    found["faults"] += [fault] if fault else []
    return found


def fuzz(name: str, keep: Path, flags: list[str]) -> None:
    """Try a target until the time is over; figures are written as they come, for libFuzzer ends the process itself."""
    import atheris

    with atheris.instrument_imports(include=OURS):
        from fuzz.guard import tell as said
        from fuzz.targets import TARGETS
    run, most = TARGETS[name].run, TARGETS[name].seconds
    figures = Path(os.environ["PANTAU_FUZZ_FIGURES"])
    found: dict[str, Any] = {"inputs": 0, "faults": [], "slowest": 0.0, "megabytes": 0}
    places: set[str] = set()
    written = 0.0

    def try_one(data: bytes) -> None:
        nonlocal written
        began = time.process_time()
        fault = ""
        try:
            run(data)
        except Exception as error:
            fault = said(error)
        took = time.process_time() - began
        if took > most:
            fault = f"longer than {most} seconds"
        found["inputs"] += 1
        found["slowest"] = max(found["slowest"], took)
        place = fault.rpartition("(")[2]
        if fault and place not in places:
            places.add(place)
            found["faults"].append(fault)
            (keep / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}").write_bytes(data)
        if fault or time.monotonic() - written > 1:
            written = time.monotonic()
            found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            figures.write_text(json.dumps(found))

    atheris.Setup([sys.argv[0], *flags], try_one)
    atheris.Fuzz()


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
