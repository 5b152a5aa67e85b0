"""What all tests share: golden files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
