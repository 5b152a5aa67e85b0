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
    """What the files of emails/ say, by key. Raises ValueError where two of them say the same key."""
    words: dict[str, Any] = {}
    for path in sorted(EMAILS.glob("*.yml")):
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        if twice := words.keys() & said.keys():
            raise ValueError(f"{path} says again what another file says: {', '.join(sorted(twice))}")
        words |= said
    return words


def say(key: str, lang: Language, **values: object) -> str:
    """What emails/*.yml say; `fates.error` looks in a group."""
    wording: Any = read_words()
    for part in key.split("."):
        wording = wording[part]
    one, _, many = str(wording[lang]).partition("|")
    return (one if not many or values.get("n") == 1 else many).format(**values)
