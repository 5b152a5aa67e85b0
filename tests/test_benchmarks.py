"""What `make bench` measures and keeps, with few pages and without the rivals; how fast it is stands in no test."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks import measures
from benchmarks.compare import Side, compare, rivals
from benchmarks.measures import Measure, read_parts, runs, save_part, table
from benchmarks.parts import annotate, parse

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", [name for name in measures.PARTS if name != "archive"])
def test_a_part_runs_and_its_figures_are_kept(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "OTHERS", parse.OTHERS[:1])
    monkeypatch.setattr(annotate, "BERT", ())
    path = tmp_path / "results.json"
    bench.measure_part(name, True, path)
    [(told, part)] = json.loads(path.read_text(encoding="utf-8")).items()
    assert told == name
    assert {"measured_at", "seconds", "load_before", "commit", "cores", "python", "versions", "measures"} == set(part)
    assert part["measures"]
    for one in part["measures"]:
        assert set(one) == {field.name for field in fields(Measure)} | {"ratio", "is_met"}
        assert one["ours"] > 0
        assert (one["ratio"] is None) == (one["rival"] is None)


def test_every_part_has_its_module_and_its_line_in_the_readme() -> None:
    readme = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    for name in measures.PARTS:
        assert import_module(f"benchmarks.parts.{name}").measure
        assert f"\n| {name} | " in readme


def test_a_part_takes_the_place_of_what_it_measured_before_and_of_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    save_part("parse", [Measure("halaman", "ms", 3.0, "trafilatura", 2.0, at_most=1)], 1, 0, path)
    save_part("start", [Measure("--help", "s", 0.4, at_most=1)], 1, 0, path)
    save_part("parse", [Measure("halaman", "ms", 1.0, "trafilatura", 2.0, at_most=1, note="semua")], 1, 0, path)
    lines = list(table(read_parts(path)))
    assert lines[2:] == [
        "| parse: halaman; semua | ms | 1 | 2 (trafilatura) | 0.500 | ≤ 1 | yes |",
        "| start: --help | s | 0.4 |  |  | ≤ 1 | yes |",
    ]
    assert [line.split(":")[0] for line in runs(read_parts(path))] == ["- parse", "- start"]


@pytest.mark.parametrize(
    ("measure", "is_met"),
    [
        (Measure("x", "s", 2.0), None),
        (Measure("x", "s", 2.0, at_most=1.5), False),
        (Measure("x", "s", 2.0, "y", 4.0, at_most=0.5), True),
        (Measure("x", "s", 2.0, "y", 4.0, at_least=0.8), False),
    ],
)
def test_a_bar_is_of_the_ratio_where_there_is_one(measure: Measure, is_met: bool | None) -> None:
    assert measure.is_met is is_met


def test_a_side_that_fails_is_told_and_one_that_is_not_installed_is_left_out(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="tidak ada ended with 2"):
        compare([Side("tidak ada", "tidak_ada.py")], [1])
    assert rivals([Side("tidak ada", "x.py", tmp_path / "python")]) == []


def test_the_lock_of_the_rivals_has_hashes_and_no_address() -> None:
    lock = (measures.FOLDER / "rivals.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert set(measures.read_locked(measures.RIVALS)) == set(measures.RIVALS)
