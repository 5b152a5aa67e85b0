"""The words of a letter, in both languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from publish.dates_id import Language

EMAILS = Path(__file__).parents[1] / "emails"


@cache
def read_words() -> dict[str, Any]:
    return yaml.safe_load((EMAILS / "words.yml").read_text(encoding="utf-8"))


def say(key: str, lang: Language, **values: object) -> str:
    """What words.yml says; `fates.error` looks in a group."""
    wording: Any = read_words()
    for part in key.split("."):
        wording = wording[part]
    one, _, many = str(wording[lang]).partition("|")
    return (one if not many or values.get("n") == 1 else many).format(**values)
