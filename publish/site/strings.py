"""The words of the site, Indonesian and English: a file in strings/ for each page, shared.yml for several."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from publish.dates_id import Language


class Text(BaseModel):
    """One text in both languages; `{name}` stands for a value."""

    model_config = ConfigDict(extra="forbid")
    id: str
    en: str


def _read_strings(folder: Path) -> dict[str, Text]:
    strings: dict[str, Text] = {}
    texts = TypeAdapter(dict[str, Text])
    for path in sorted(folder.glob("*.yml")):
        # The parser in C where there is one: each start of the site and of a letter waits for these files.
        said = texts.validate_python(
            yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        )
        if twice := strings.keys() & said.keys():
            raise ValueError(f"{path} says again what another file says: {', '.join(sorted(twice))}")
        strings |= said
    return strings


STRINGS = _read_strings(Path(__file__).with_name("strings"))


def translate(key: str, language: Language, **values: object) -> str:
    """The text in the language, numbers with its thousands mark.

    Raises KeyError for a key that no file of strings/ has.

    >>> translate("count.articles", "id", n=1204)
    '1.204 artikel'
    """
    shown = {name: number(value, language) if isinstance(value, int) else value for name, value in values.items()}
    text: str = getattr(STRINGS[key], language)
    return text.format(**shown)


def number(value: int, language: Language) -> str:
    """A whole number with the thousands mark of the language.

    >>> number(1204, "id"), number(1204, "en")
    ('1.204', '1,204')
    """
    return f"{value:,}".replace(",", ".") if language == "id" else f"{value:,}"
