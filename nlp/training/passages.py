"""Our annotated passages: prose with marks in it, `[Kepala Diskominfo|POSITION] [Paser|LOC] [Rahmadi|PER]`.

`python -m nlp.training.passages` checks every file and counts; exit status 1 where something is wrong.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from nlp.extraction import Stage
from nlp.gazetteer import ASSETS

Label = Literal["PER", "ORG", "LOC", "POSITION", "DEGREE", "PROGRAMME"]
LABELS = get_args(Label)
FOLDER = ASSETS / "passages"
FILES = ("barat", "jawa", "tengah", "timur", "mirip")

_MARK = re.compile(rf"\[([^\[\]|]+)\|({'|'.join(LABELS)})\]")
_WORDS = range(40, 100)

LabelledSpan = tuple[int, int, Label]
"""Start, end (exclusive) and label, in characters of the text without its marks."""


class Passage(BaseModel):
    """One passage as written in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    text: str
    """With marks."""
    relevant: bool
    """About a regency's or city's Smart City programme."""
    stage: Stage | None
    """What it reports; None where it is not relevant."""
    status: Literal["held", "planned", "negated", "hypothetical"] | None
    """Whether that took place; None where it is not relevant or speaks in general."""


def read_passages(path: Path) -> Iterator[Passage]:
    """The passages of one file, in order.

    Raises ValueError that names file and line where a line is not a passage.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            yield Passage.model_validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            raise ValueError(f"{path.name}:{number}: {problem['loc']}: {problem['msg']}") from error


def read_marks(text: str) -> tuple[str, list[LabelledSpan]]:
    """The text without its marks, and the marked spans in order.

    >>> read_marks("Hadir [Bupati|POSITION] [Ende|LOC].")
    ('Hadir Bupati Ende.', [(6, 12, 'POSITION'), (13, 17, 'LOC')])
    """
    plain, spans, done = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[done : match.start()]
        spans.append((len(plain), len(plain) + len(match[1]), match[2]))
        plain += match[1]
        done = match.end()
    return plain + text[done:], spans  # type: ignore[return-value]


def check(passages: list[Passage]) -> list[str]:
    """One line for each thing that is wrong: marks, lengths, doubles, names that are marked here and not there."""
    problems = []
    for number, count in Counter(p.id for p in passages).items():
        if count > 1:
            problems.append(f"{number}: the id stands {count} times")
    first: dict[str, str] = {}
    for passage in passages:
        plain, spans = read_marks(passage.text)
        if first.setdefault(plain, passage.id) != passage.id:
            problems.append(f"{passage.id}: the same text as {first[plain]}")
        problems += [f"{passage.id}: {line}" for line in (*_check_marks(plain, spans), *_check_sense(passage, plain))]
    return problems


def _check_marks(plain: str, spans: list[LabelledSpan]) -> Iterator[str]:
    if re.search(r"[\[\]|]", plain):
        yield "a mark is not closed, nested, or has an unknown label"
    for start, end, label in spans:
        marked = plain[start:end]
        if marked != marked.strip(" \n,;:"):
            yield f"the mark {marked!r} begins or ends with a space or comma"
        if label == "PER" and " " in marked:
            for match in re.finditer(rf"(?<!\w){re.escape(marked)}(?!\w)", plain):
                if not any(a <= match.start() and match.end() <= b for a, b, _ in spans):
                    yield f"{marked!r} is marked once and once not"


def _check_sense(passage: Passage, plain: str) -> Iterator[str]:
    if len(plain.split()) not in _WORDS:
        yield f"{len(plain.split())} words, where {_WORDS[0]} to {_WORDS[-1]} are wanted"
    if passage.relevant != (passage.stage is not None):
        yield "a relevant passage has a stage, any other has none"
    if passage.status and not passage.relevant:
        yield "only a relevant passage has a status"


def main() -> int:
    """Print what is wrong and what there is."""
    passages = [passage for name in FILES for passage in read_passages(FOLDER / f"{name}.jsonl")]
    problems = check(passages)
    sys.stderr.write("".join(f"{line}\n" for line in problems))
    labels = Counter(label for p in passages for _, _, label in read_marks(p.text)[1])
    words = sum(len(read_marks(p.text)[0].split()) for p in passages)
    counted = ", ".join(f"{count} {label}" for label, count in labels.most_common())
    sys.stdout.write(f"{len(passages)} passages, {words} words: {counted}; {len(problems)} problems\n")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
