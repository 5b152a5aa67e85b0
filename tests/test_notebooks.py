"""Every notebook runs from top to bottom, as a reader would run it, on the example database."""

from __future__ import annotations

import ast
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from build import build_example_db
from click.testing import CliRunner

import pantau

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def read_cells(path: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def run_notebook(path: Path) -> list[Any]:
    """Run the code cells in order in one namespace; the value of each cell that ends in an expression."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    values = []
    for number, cell in enumerate(read_cells(path, "code"), start=1):
        tree = ast.parse("".join(cell["source"]), filename=f"{path.name}, code cell {number}")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"{path.name}, code cell {number}", "exec"), namespace)
        if isinstance(last, ast.Expr):
            values.append(eval(compile(ast.Expression(last.value), path.name, "eval"), namespace))
    if "db" in namespace:
        namespace["db"].close()
    return values


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_example_db(tmp_path_factory.mktemp("example"))[1]


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `pantau evaluate` prints of two gold files, six articles of ours in each."""
    folder = tmp_path_factory.mktemp("gold")
    lines = (FOLDER.parent / "tests" / "gold" / "heldout.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "satu.jsonl").write_text("".join(lines[:6]), encoding="utf-8")
    (folder / "dua.jsonl").write_text("".join(lines[6:12]), encoding="utf-8")
    golds = [str(folder / "satu.jsonl"), str(folder / "dua.jsonl")]
    return CliRunner().invoke(pantau.main, ["evaluate", *golds, "--json"], catch_exceptions=False).stdout


@pytest.fixture
def reader_folder(public: Path, evaluation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout as a reader has it, standing in notebooks/ with the example as data/public.db, and an evaluation."""
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").mkdir()
    shutil.copyfile(public, tmp_path / "data" / "public.db")
    (tmp_path / "data" / "evaluation.json").write_text(evaluation, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_rows(path: Path, reader_folder: Path) -> None:
    before = (reader_folder / "data" / "public.db").read_bytes()
    tables = run_notebook(path)
    assert tables
    assert all("<td>" in table._repr_html_() for table in tables)
    assert (reader_folder / "data" / "public.db").read_bytes() == before


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_names_its_question_and_is_kept_without_outputs(path: Path) -> None:
    title = "".join(read_cells(path, "markdown")[0]["source"]).splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in read_cells(path, "code"))
    assert path.name in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_silence_is_counted_from_the_newest_article(reader_folder: Path) -> None:
    with closing(sqlite3.connect(reader_folder / "data" / "public.db")) as db:
        newest = db.execute("select max(published_date) from articles where is_relevant = 1").fetchone()[0]
    held, quiet, *_ = run_notebook(FOLDER / "01-which-regencies-have-gone-quiet.ipynb")
    assert dict(zip(held.columns, held.rows[0], strict=True))["newest"] == newest
    rows = [dict(zip(quiet.columns, row, strict=True)) for row in quiet.rows]
    assert [row["days_of_silence"] for row in rows] == sorted((r["days_of_silence"] for r in rows), reverse=True)
    assert all((row["days_of_silence"] == 0) == (row["last_news"] == newest) for row in rows)


def test_the_evaluation_shows_every_task_of_every_file_and_a_curve_for_every_kind(reader_folder: Path) -> None:
    whole = json.loads((reader_folder / "data" / "evaluation.json").read_text(encoding="utf-8"))
    scores, kinds, curves, classifiers = run_notebook(FOLDER / "02-evaluation.ipynb")
    tasks = list(whole["files"][0]["tasks"])
    assert [row[:2] for row in scores.rows] == [(task, name) for task in tasks for name in ("satu", "dua")]
    assert [row[0] for row in kinds.rows] == list(whole["confidence"])
    assert [row[0] for row in classifiers.rows] == ["relevance", "stage"]
    assert all(row[2].count("<circle") > 3 for row in classifiers.rows)
    drawn = curves._repr_html_()
    assert drawn.count("<svg") == len(whole["confidence"])
    assert drawn.count("<circle") == sum(len(row["bins"]) for row in whole["confidence"].values())
