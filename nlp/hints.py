"""What the trained reader of names is told about each word beside its letters: what our lists know, whose habits count.

The open corpora disagree about spans: whether a place keeps its "Kabupaten", whether an organisation ends before its
town. So each word carries the name of the corpus whose habits are to be followed; ours is `kita`. Both hints are
features of the model's embedding (spaCy's attributes TAG and LEMMA, which nothing else here uses).
"""

from __future__ import annotations

import csv
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import yaml
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.gazetteer import ASSETS
from nlp.tokens import IndonesianTokenizer

OUR_HABIT = "kita"


@spacy.registry.tokenizers("pantau.indonesian.v1")
def create_tokenizer():  # type: ignore[no-untyped-def]  # spaCy's form of a registered tokenizer
    """The tokenizer of this house, for the config of a trained pipeline."""
    return lambda nlp: IndonesianTokenizer(nlp.vocab)


@Language.factory("hints")
def create_hints(nlp: Language, name: str) -> Hints:
    """Set TAG to what our lists know of the word and LEMMA to the habit of `doc.user_data["habit"]`."""
    return Hints(nlp.vocab)


class Hints:
    """Both hints for every word of a Doc; it must stand before the component that reads them.

    The lists are saved with a trained pipeline: it goes on hearing what it was told in training when they grow.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.strings = vocab.strings
        self.unknown = self.strings.add("-")
        self.tell(kinds_of_words())

    def tell(self, kinds: dict[str, str]) -> None:
        """Use these kinds of words from now on."""
        self.told = kinds
        self.kinds = {self.strings.add(word): self.strings.add(kind) for word, kind in kinds.items()}

    def __call__(self, doc: Doc) -> Doc:
        habit = self.strings.add(doc.user_data.get("habit", OUR_HABIT))
        kinds = [self.kinds.get(word, self.unknown) for word in doc.to_array("LOWER").tolist()]
        if kinds:
            both = np.array([kinds, [habit] * len(kinds)], dtype="uint64").T
            doc.from_array(["TAG", "LEMMA"], both)  # type: ignore[arg-type]
        return doc

    def to_disk(self, path: Path, **kwargs: Any) -> None:
        path.mkdir(exist_ok=True)
        (path / "kinds.json").write_text(json.dumps(self.told, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

    def from_disk(self, path: Path, **kwargs: Any) -> Hints:
        self.tell(json.loads((path / "kinds.json").read_text(encoding="utf-8")))
        return self


@lru_cache
def kinds_of_words() -> dict[str, str]:
    """What our lists know of single words, lower case: OFFICE, DEGREE, PLACE, or PLACE-PART of a longer name."""
    kinds: dict[str, str] = {}
    for words, kind in (
        (_words_of_offices(), "OFFICE"),
        (_forms_of_degrees(), "DEGREE"),
        (_words_of_places(longer=False), "PLACE"),
        (_words_of_places(longer=True), "PLACE-PART"),
    ):
        for word in words:
            kinds.setdefault(word.lower(), kind)
    return kinds


def _words_of_offices() -> list[str]:
    lines = (ASSETS / "office_words.txt").read_text(encoding="utf-8").splitlines()
    heads: dict[str, list[str]] = yaml.safe_load((ASSETS / "positions.yml").read_text(encoding="utf-8"))
    words = [word for line in lines if not line.startswith("#") for word in line.split()]
    return [*words, *(word for kind in heads.values() for head in kind for word in head.split())]


def _forms_of_degrees() -> list[str]:
    with (ASSETS / "degrees.csv").open(encoding="utf-8", newline="") as file:
        return [form for row in csv.DictReader(file) for form in re.split(r";\s*", row["forms"])]


def _words_of_places(longer: bool) -> list[str]:
    with (ASSETS / "gazetteer.csv").open(encoding="utf-8", newline="") as file:
        names = [row["name"].split() for row in csv.DictReader(file)]
    return [word for name in names for word in name if (len(name) > 1) == longer]


@Language.component("entities_aside")
def put_entities_aside(doc: Doc) -> Doc:
    """Keep what the trained reader found as `doc.spans["entities"]`; `doc.ents` is the gazetteer's from here on."""
    entities = list(doc.ents)
    doc.spans["entities"] = entities
    doc.user_data["person_tokens"] = frozenset(
        i for entity in entities if entity.label_ == "PER" for i in range(entity.start, entity.end)
    )
    doc.ents = ()
    return doc
