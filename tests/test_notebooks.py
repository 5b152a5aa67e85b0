"""Every notebook runs from top to bottom, by nbmake, on the demo's database and on one without articles."""

from __future__ import annotations

import ast
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from sqlite_utils import Database

import pantau
from crawler.sampleweb.server import running_sampleweb
from crawler.source import load_sources, relocate
from db.connect import open_db
from db.reference import load_reference
from publish.bake import bake
from publish.release import COLUMNS, OPERATION, bibtex, read_release

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
QUESTIONS = 5

Cell = dict[str, Any]


def read_cells(path: Path, kind: str) -> list[Cell]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def read_outputs(path: Path) -> list[Cell]:
    return [output for cell in read_cells(path, "code") for output in cell["outputs"]]


def read_words(path: Path) -> str:
    """What a notebook said in sentences."""
    told = (output.get("data", {}).get("text/markdown", "") for output in read_outputs(path))
    return "\n".join("".join(part) for part in told)


def count_figures(path: Path) -> int:
    return sum("image/png" in output.get("data", {}) for output in read_outputs(path))


def evaluate(folder: Path) -> str:
    """What `pantau evaluate` prints of two gold files, six articles of ours in each, and of a person's decisions."""
    lines = (ROOT / "tests" / "gold" / "heldout.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "satu.jsonl").write_text("".join(lines[:6]), encoding="utf-8")
    (folder / "dua.jsonl").write_text("".join(lines[6:12]), encoding="utf-8")
    article = json.loads(lines[0])
    decision = {
        "id": 1, "url": "https://warta.example/a", "title": article["title"], "text": article["text"],
        "published": article["published"], "kind": "article", "decision": "accept",
        "original": {"is_relevant": article["relevant"]}, "corrected": None, "sentence": None, "decided_by": "MA",
        "decided_at": "2026-11-20T08:00:00+00:00", "reason": "begitu bunyinya",
    }  # fmt: skip
    cases = [decision, {**decision, "id": 2, "original": {"is_relevant": not article["relevant"]}}]
    (folder / "cases.jsonl").write_text("".join(f"{json.dumps(case)}\n" for case in cases), encoding="utf-8")
    files = [str(folder / name) for name in ("satu.jsonl", "dua.jsonl", "cases.jsonl")]
    told = CliRunner().invoke(pantau.main, ["evaluate", *files, "--errors", "--json"], catch_exceptions=False)
    return told.stdout


def run_demo(folder: Path) -> Path:
    """The public database of the demo, whose web is on free ports."""
    (folder / "sources").mkdir()
    with running_sampleweb() as addresses:
        for source in load_sources(ROOT / "crawler" / "sampleweb" / "sources"):
            moved = relocate(source, addresses[source.name]).model_dump(mode="json", exclude={"name"})
            (folder / "sources" / f"{source.name}.yml").write_text(yaml.safe_dump(moved), encoding="utf-8")
        command = [sys.executable, "-m", "pantau", "--data", folder, "--sources", folder / "sources", "run"]
        subprocess.run(command, cwd=ROOT, capture_output=True, timeout=180, check=True)
    return folder / "public.db"


def start_notebooks(folder: Path) -> subprocess.Popen[str]:
    """Run those in a folder as nbmake does, which leaves their outputs in them."""
    # As the root of the run: the settings of this project are not theirs.
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--nbmake", "--overwrite", "-p", "no:cacheprovider", "-q", str(folder)]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run_notebooks(folder: Path) -> tuple[int, str]:
    """The exit status of their run, and what it printed."""
    running = start_notebooks(folder)
    printed, _ = running.communicate(timeout=600)
    return running.returncode, printed


@pytest.fixture(scope="module")
def checkouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A checkout as a reader has it, with the demo's data/public.db and an evaluation, and one without articles."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("demo", "empty")}
    for folder in folders.values():
        (folder / "data").mkdir()
        shutil.copytree(FOLDER, folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copyfile(run_demo(tmp_path_factory.mktemp("run")), folders["demo"] / "data" / "public.db")
    (folders["demo"] / "data" / "evaluation.json").write_text(
        evaluate(tmp_path_factory.mktemp("gold")), encoding="utf-8"
    )
    pantau_db = folders["empty"] / "pantau.db"
    db = open_db(pantau_db)
    load_reference(db)
    db.close()
    bake(pantau_db, folders["empty"] / "data" / "public.db")
    return folders


@pytest.fixture(scope="module")
def ran(checkouts: dict[str, Path]) -> dict[str, Path]:
    """The folders of the notebooks with their outputs; the databases are as they were."""
    before = {name: (folder / "data" / "public.db").read_bytes() for name, folder in checkouts.items()}
    runs = {name: start_notebooks(folder / "notebooks") for name, folder in checkouts.items()}
    for name, running in runs.items():
        printed, _ = running.communicate(timeout=600)
        assert running.returncode == 0, printed
        assert f"{len(NOTEBOOKS)} passed" in printed
        assert (checkouts[name] / "data" / "public.db").read_bytes() == before[name]
    return {name: folder / "notebooks" for name, folder in checkouts.items()}


def test_a_notebook_that_fails_is_not_passed_over(checkouts: dict[str, Path], tmp_path: Path) -> None:
    shutil.copyfile(NOTEBOOKS[0], tmp_path / NOTEBOOKS[0].name)
    status, printed = run_notebooks(tmp_path)
    assert status == 1
    assert "`pantau publish` makes it" in printed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("base", ["demo", "empty"])
def test_a_notebook_runs_to_its_end_without_a_warning(base: str, path: Path, ran: dict[str, Path]) -> None:
    notebook = ran[base] / path.name
    assert all(cell["execution_count"] for cell in read_cells(notebook, "code"))
    assert not [output for output in read_outputs(notebook) if output["output_type"] in ("error", "stream")]
    assert count_figures(notebook) or read_words(notebook)


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("01-coverage-and-its-gaps", 4),
        ("02-the-ladder", 3),
        ("03-who-speaks", 5),
        ("04-evaluation", 6),
        ("05-from-question-to-citation", 1),
    ],
)
def test_a_notebook_draws_what_there_is(name: str, figures: int, ran: dict[str, Path]) -> None:
    assert count_figures(ran["demo"] / f"{name}.ipynb") >= figures


def test_where_there_are_no_articles_only_the_regencies_are_drawn_and_the_rest_is_said(ran: dict[str, Path]) -> None:
    drawn = [count_figures(ran["empty"] / path.name) for path in NOTEBOOKS]
    assert drawn == [1, 1, 0, 0, 0]
    assert all("Belum ada" in read_words(ran["empty"] / path.name) for path in NOTEBOOKS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_names_its_question_and_is_kept_without_outputs(path: Path) -> None:
    title = "".join(read_cells(path, "markdown")[0]["source"]).splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in read_cells(path, "code"))
    assert path.name in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_notebooks_are_numbered_begin_alike_and_need_no_kernel_of_one_machine() -> None:
    assert [path.name[:3] for path in NOTEBOOKS] == [f"{number:02}-" for number in range(1, QUESTIONS + 1)]
    assert len({"".join(read_cells(path, "code")[0]["source"]) for path in NOTEBOOKS}) == 1
    kept = [json.loads(path.read_text(encoding="utf-8"))["metadata"] for path in NOTEBOOKS]
    assert all(
        one["kernelspec"] == {"display_name": "Python 3", "language": "python", "name": "python3"} for one in kept
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_the_database_read_only_and_imports_nothing_of_ours(path: Path) -> None:
    trees = [ast.parse("".join(cell["source"])) for cell in read_cells(path, "code")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {name.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module).split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    allowed = {"pandas", "matplotlib", "numpy", "IPython"}
    assert imported - set(sys.stdlib_module_names) <= allowed
    opened = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr == "connect"]
    assert len(opened) == 1
    assert "mode=ro" in "".join("".join(cell["source"]) for cell in read_cells(path, "code"))


def test_what_the_hash_leaves_out_is_what_a_release_leaves_out() -> None:
    cell = next(
        "".join(cell["source"])
        for cell in read_cells(FOLDER / "05-from-question-to-citation.ipynb", "code")
        if "NO_CONTENT = " in "".join(cell["source"])
    )
    told = {
        part.targets[0].id: ast.literal_eval(part.value)
        for part in ast.parse(cell).body
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name) and part.targets[0].id.isupper()
    }
    assert told == {"NO_CONTENT": OPERATION, "ONLY": COLUMNS}


def test_the_citation_is_that_of_the_release_and_its_hash_was_reckoned_anew(ran: dict[str, Path]) -> None:
    public = ran["demo"].parent / "data" / "public.db"
    with closing(sqlite3.connect(public)) as conn:
        release = read_release(Database(conn))
    words = read_words(ran["demo"] / "05-from-question-to-citation.ipynb")
    assert f"cocok dengan rilisnya: `{release.hash}`" in words
    assert bibtex(release) in words


def test_a_changed_file_is_not_cited(checkouts: dict[str, Path], tmp_path: Path) -> None:
    notebook = next(path for path in NOTEBOOKS if path.name.startswith("05"))
    (tmp_path / "data").mkdir()
    (tmp_path / "notebooks").mkdir()
    shutil.copyfile(notebook, tmp_path / "notebooks" / notebook.name)
    shutil.copyfile(checkouts["demo"] / "data" / "public.db", tmp_path / "data" / "public.db")
    with closing(sqlite3.connect(tmp_path / "data" / "public.db")) as db:
        db.execute("update events set start_date = '2019-01-01' where rowid = (select min(rowid) from events)")
        db.commit()
    assert run_notebooks(tmp_path / "notebooks")[0] == 0
    words = read_words(tmp_path / "notebooks" / notebook.name)
    assert "Jangan dikutip" in words
    assert "@misc" not in words


def test_people_s_decisions_are_held_against_the_present_reading(ran: dict[str, Path]) -> None:
    words = read_words(ran["demo"] / "04-evaluation.ipynb")
    assert "2 berkas, 12 berita beranotasi" in words
    assert "tanpa berkas koreksi" not in words
