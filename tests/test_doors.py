"""The rooms of the house and the doors between them: crawler → nlp → db → publish, and pantau in front."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("crawler", "nlp", "db", "publish")

DOORS = {
    "crawler": (),
    "nlp": ("crawler.items",),
    "db": ("crawler.items", "nlp.extraction"),
    "publish": ("db",),
    "notebooks": (),
    "pantau": ROOMS,
}
"""What each room may import of ours, beside itself."""

LIBRARIES = {
    "scrapy": ("crawler",),
    "parsel": ("crawler",),
    "trafilatura": ("crawler",),
    "warcio": ("crawler",),
    "fsspec": ("crawler",),
    "dask": ("nlp",),
    "distributed": ("nlp",),
    "spacy": ("nlp",),
    "sklearn": ("nlp",),
    "sqlite_utils": ("db", "publish"),
    "datasette": ("publish",),
    "css_inline": ("publish",),
    "click": ("pantau",),
    "pandas": ("notebooks",),
}
"""Libraries that live only in some rooms."""


def python_files() -> list[Path]:
    folders = (ROOT / room for room in (*ROOMS, "pantau", "notebooks"))
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def imports(source: str) -> set[str]:
    """Dotted names that a module imports, wherever in it; `from nlp import words` gives `nlp.words`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def wrong_imports(place: str, source: str) -> list[str]:
    """Imports that a file may not have; `place` is its path in the repository."""
    room = place.partition("/")[0]
    return sorted(name for name in imports(source) if not _may_import(room, name))


def _may_import(room: str, name: str) -> bool:
    top = name.partition(".")[0]
    if top == "pantau":
        return room == "pantau"
    if top in ROOMS:
        return top == room or any(f"{name}.".startswith(f"{door}.") for door in DOORS[room])
    return room in LIBRARIES.get(top, (room,))


def notebook_source(path: Path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    lines = [line for cell in cells if cell["cell_type"] == "code" for line in "".join(cell["source"]).splitlines()]
    return "\n".join(line for line in lines if not line.startswith(("%", "!")))


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_rooms_upstream_and_its_own_libraries(path: Path) -> None:
    assert wrong_imports(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) == []


def test_notebooks_import_nothing_of_ours() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        assert wrong_imports("notebooks/x.py", notebook_source(path)) == [], path.name


def test_every_room_has_its_door() -> None:
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"} == {*ROOMS, "pantau"}


@pytest.mark.parametrize(
    ("place", "source", "wrong"),
    [
        ("crawler/parse.py", "from db.store import save_page", ["db.store.save_page"]),
        ("crawler/spiders/feed.py", "def f():\n    import nlp.calendar.dates", ["nlp.calendar.dates"]),
        ("nlp/calendar/dates.py", "from crawler.parse import parse_article", ["crawler.parse.parse_article"]),
        ("nlp/calendar/dates.py", "import crawler", ["crawler"]),
        ("db/store.py", "from nlp import extraction, pipeline", ["nlp.pipeline"]),
        ("db/store.py", "from crawler.items_of_mine import Page", ["crawler.items_of_mine.Page"]),
        ("db/store.py", "import spacy", ["spacy"]),
        ("publish/bake.py", "from nlp.extraction import Stage", ["nlp.extraction.Stage"]),
        ("publish/bake.py", "from pantau import main", ["pantau.main"]),
        ("crawler/archive.py", "import sqlite_utils.db as s", ["sqlite_utils.db"]),
        ("nlp/relevance.py", "from sklearn.svm import SVC\nimport click", ["click"]),
        ("notebooks/01.py", "from db.connect import open_db", ["db.connect.open_db"]),
        ("pantau/mail.py", "import click\nfrom datasette.app import Datasette", ["datasette.app.Datasette"]),
    ],
)
def test_a_wrong_import_is_caught(place: str, source: str, wrong: list[str]) -> None:
    assert wrong_imports(place, source) == wrong


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("nlp/calendar/dates.py", "from crawler.items import Article"),
        (
            "db/store.py",
            "import crawler.items\nfrom nlp.extraction import Extraction\nfrom sqlite_utils import Database",
        ),
        ("publish/digest.py", "from db.connect import open_read_only\nimport tqdm"),
        (
            "pantau/mail.py",
            "from crawler.parse import parse_article\nfrom publish.bake import bake\nimport click, tqdm",
        ),
        ("pantau/mail.py", "from pantau.house import House"),
        ("crawler/parse.py", "from . import items\nimport trafilatura"),
    ],
)
def test_an_open_door_is_open(place: str, source: str) -> None:
    assert wrong_imports(place, source) == []


SLOW = (
    "dask",
    "datasette",
    "distributed",
    "fsspec",
    "pydantic",
    "scrapy",
    "spacy",
    "sqlite_utils",
    "trafilatura",
    "yaml",
)


def test_the_front_door_loads_what_is_slow_only_when_a_word_needs_it() -> None:
    asked = f"import pantau, sys; print([name for name in {SLOW} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize(
    ("kept_out", "importers"), [("pandas", "joblib, sqlite_utils, sklearn.pipeline"), ("numpy", "sqlite_utils")]
)
def test_no_word_loads_what_its_libraries_import_because_it_is_there(kept_out: str, importers: str) -> None:
    asked = f"import pantau, {importers}, sys; print({kept_out!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
    without = asked.replace("pantau, ", "")
    assert subprocess.run([sys.executable, "-c", without], cwd=ROOT, capture_output=True, text=True).stdout == "True\n"


def test_numpy_is_there_for_all_others() -> None:
    asked = "import pantau, sqlite_utils, sklearn.pipeline, numpy; print(numpy.arange(2).sum())"
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True).stdout == "1\n"
