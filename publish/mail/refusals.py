"""Saying what is wrong with what somebody wrote, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from publish.dates_id import Language
from publish.site.strings import Text

WORDS = Path(__file__).parents[1] / "emails" / "refusals.yml"


@cache
def read_refusals() -> Mapping[str, Text]:
    """The sentences of refusals.yml by their key."""
    return TypeAdapter(dict[str, Text]).validate_python(yaml.safe_load(WORDS.read_text(encoding="utf-8")))


def say(key: str, lang: Language, **values: object) -> str:
    """A sentence of refusals.yml."""
    sentence: str = getattr(read_refusals()[key], lang)
    return sentence.format(**values)


class RefusalError(ValueError):
    """What somebody wrote cannot be taken. As text it is an English sentence; `say` tells it in either language."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def say(self, lang: Language) -> str:
        """One sentence, plain text."""
        return say(self.key, lang, **self.values)

    def __str__(self) -> str:
        return self.say("en")
