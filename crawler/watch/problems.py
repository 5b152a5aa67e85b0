"""What it means for a source when one of its lists could not be read, in words for readers."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from crawler.items import Said

PROBLEMS = Path(__file__).with_name("problems.yml")

Trouble = Literal["changed", "blocked", "unreachable", "not-asked"]


class Failure(NamedTuple):
    """What a problem means."""

    verdict: Trouble
    said: Said
    cause: str = "changed"
    """What its alarm is named after."""


class Problem(BaseModel):
    """An entry of `problems.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: re.Pattern[str]
    verdict: Trouble
    cause: str
    id: str
    en: str


def explain_problem(status: int | None, problem: str | None) -> Failure:
    """What a list that could not be read means for its source.

    >>> explain_problem(None, "https://kabarpaser.example/feed: DNSLookupError: no results").said.en
    'its domain name is not found'
    >>> explain_problem(403, None).said.id
    'menolak permintaan kami (HTTP 403)'
    """
    # An address may hold any word.
    told = re.sub(r"^https?://\S+: |(?<=robots) of \S+", "", problem or "")
    if status is not None and status >= 300 and "HTTP" not in told:
        told += f" HTTP {status}"
    for entry in _load_problems():
        if found := re.search(entry.pattern, told):
            caught = found.groupdict().get("caught") or ""
            return Failure(entry.verdict, Said(entry.id.format(caught), entry.en.format(caught)), entry.cause)
    if status is None:
        return Failure("unreachable", Said("tidak dapat dihubungi", "it cannot be reached"), "unreachable")
    return Failure(
        "changed",
        Said("isinya bukan daftar berita yang kami kenal", "what is there is no list that we know how to read"),
    )


def known_causes() -> frozenset[str]:
    """Every cause that `explain_problem` can name."""
    return frozenset(entry.cause for entry in _load_problems())


@cache
def _load_problems() -> tuple[Problem, ...]:
    entries = yaml.safe_load(PROBLEMS.read_text(encoding="utf-8"))
    return tuple(
        Problem.model_validate(entry | {"pattern": re.compile(entry["pattern"], re.IGNORECASE)}) for entry in entries
    )
