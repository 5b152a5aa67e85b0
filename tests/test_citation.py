from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent


@pytest.fixture
def cited() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return told


def test_the_citation_says_what_the_project_says(cited: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cited["version"] == project["version"]
    assert cited["license"] == project["license"]
    assert cited["abstract"] == project["description"]
    assert cited["authors"] == [{"name": "the Pantau Kota Cerdas developers"}]
    assert cited["authors"][0]["name"] in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_citation_is_of_the_day_of_its_version(cited: dict[str, Any]) -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {cited['version']} ({cited['date-released']})" in changes


def test_the_citation_has_the_keys_of_its_format_and_no_other(cited: dict[str, Any]) -> None:
    """Of CFF 1.2.0: cff-version, message, title and authors are required; the others are known to it."""
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(cited)
    assert set(cited) <= {
        "cff-version", "message", "title", "authors", "type", "abstract", "version", "date-released", "license",
        "keywords",
    }  # fmt: skip
    assert cited["type"] in ("software", "dataset")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", cited["date-released"])
    assert all(isinstance(word, str) for word in cited["keywords"])
    assert "`pantau cite`" in cited["message"]
