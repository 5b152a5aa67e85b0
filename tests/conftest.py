"""What tests share: golden files, the sample web, and a public.db to put the news of a test in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from crawler.sampleweb.samples import ROOT as SAMPLEWEB
from crawler.sampleweb.server import running_sampleweb
from crawler.source import load_sources, relocate

if TYPE_CHECKING:
    from newsroom import Public

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files, and fail")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """`golden(value, "articles/a.json")`: the value is what the file under tests/golden says.

    A text is kept as it is, anything else as JSON. `--update-golden` writes the file and fails, so that the difference
    is read before it is believed.
    """

    def compare(value: Any, path: str) -> None:
        file = GOLDEN / path
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            pytest.fail(f"wrote {path}; read the difference")
        assert file.exists(), f"no golden file {path}; run with --update-golden"
        assert text == file.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public.db of the example databases, to be read."""
    from build import build_example_db

    return build_example_db(tmp_path_factory.mktemp("example"))[1]


@pytest.fixture
def public(example: Path, tmp_path: Path) -> Iterator[Public]:
    """A public.db of its own for a test, emptied of news."""
    from newsroom import Public

    path = tmp_path / "public.db"
    path.write_bytes(example.read_bytes())
    emptied = Public(path)
    yield emptied
    emptied.db.close()


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Source files of the sample web, on free ports."""
    folder = tmp_path_factory.mktemp("sources")
    with running_sampleweb() as addresses:
        for source in load_sources(SAMPLEWEB / "sources"):
            moved = relocate(source, addresses[source.name]).model_dump(mode="json", exclude={"name"})
            (folder / f"{source.name}.yml").write_text(yaml.safe_dump(moved), encoding="utf-8")
        yield folder
