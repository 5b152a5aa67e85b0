"""What tests of letters share: a public.db to put the news of a week in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from build import build_example_db
from newsroom import Public


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_example_db(tmp_path_factory.mktemp("example"))[1]


@pytest.fixture
def public(example: Path, tmp_path: Path) -> Iterator[Public]:
    path = tmp_path / "public.db"
    path.write_bytes(example.read_bytes())
    emptied = Public(path)
    yield emptied
    emptied.db.close()
