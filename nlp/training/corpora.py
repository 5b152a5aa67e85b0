"""Training data of the reader of names: the open corpora and our passages, as spaCy's examples.

`python -m nlp.training.corpora SHARED_NER OUT` writes `train.spacy` and `dev.spacy`, to choose with, and `final.spacy`,
which has everything but the test splits.
The corpora are read where they lie and are not part of the project.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.util import filter_spans

from nlp.hints import OUR_HABIT, Hints
from nlp.tokens import IndonesianTokenizer
from nlp.training.passages import FILES, FOLDER, read_marks, read_passages

TRAIN = ("idner2k.train", "nerui.train", "nerugm.all", "nergrit.train", "nerp.train_dedup")
DEV = ("idner2k.dev",)
REST = ("nerui.dev", "nerui.test", "nergrit.dev", "nerp.dev", "nerp.test_noidner")
TEST = ("idner2k.test", "nergrit.test")
"""What is reported; never trained on, nor looked at to choose."""
OUR_SHARE = 2
"""How often each passage of ours stands among the training examples of one epoch."""
_RUN = 8
"""So many words in a row shared with a held-out sentence make a training sentence a copy of it."""

Marked = tuple[str, Sequence[tuple[int, int, str]]]
"""A text and its spans: start, end (exclusive), label."""


@spacy.registry.readers("pantau.examples.v1")
def create_reader(path: str, shuffle: bool = False, swap: float = 0.0) -> Callable[[Language], Iterator[Example]]:
    """Reader of a file written here, for spaCy's training config; each word carries its hints.

    `swap` is the share of sentences in which every person gets the name of another person of the file.
    """

    def read(nlp: Language) -> Iterator[Example]:
        hints = Hints(nlp.vocab)
        docs = list(DocBin().from_disk(path).get_docs(nlp.vocab))
        names = [[token.text for token in ent] for doc in docs for ent in doc.ents if ent.label_ == "PER"]
        dice = random.Random(len(docs))
        if shuffle:
            random.shuffle(docs)
        for doc in docs:
            told = _with_other_names(doc, names, dice) if swap and dice.random() < swap else doc
            yield Example(hints(_bare(told)), told)

    return read


def read_our_passages(share: Callable[[int], bool]) -> list[Marked]:
    """Our passages whose place in their file is in the share."""
    return [
        read_marks(passage.text)
        for name in FILES
        for number, passage in enumerate(read_passages(FOLDER / f"{name}.jsonl"))
        if share(number)
    ]


def is_dev(number: int) -> bool:
    """Every sixth passage is kept from training, to see when to stop."""
    return number % 6 == 5


def passage_docs(share: Callable[[int], bool]) -> list[Doc]:
    """The same as Docs with entities."""
    return [build_doc(marked, OUR_HABIT) for marked in read_our_passages(share)]


def read_corpus(folder: Path, name: str) -> list[Marked]:
    """The sentences of one file of the open corpora."""
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row["text"], row["ents"]) for row in rows if row["text"].strip()]


def corpus_docs(folder: Path, name: str) -> list[Doc]:
    """The same as Docs, with the corpus's name as habit."""
    return [build_doc(marked, habit_of(name)) for marked in read_corpus(folder, name)]


def habit_of(name: str) -> str:
    """The corpus that a file belongs to.

    >>> habit_of("idner2k.train")
    'idner2k'
    """
    return name.split(".")[0]


def build_doc(marked: Marked, habit: str) -> Doc:
    """A Doc with entities; spans that do not end where words end are widened, those over two sentences left open."""
    text, spans = marked
    doc = _tokenizer(text)
    entities: list[Span] = []
    unclear: list[Span] = []
    for start, end, label in spans:
        span = doc.char_span(start, end, label=label, alignment_mode="expand")
        if span is not None:
            broken = any(token.is_sent_start or token.is_space for token in span[1:]) or span[0].is_space
            (unclear if broken else entities).append(span)
    entities = filter_spans(entities)
    taken = {token.i for entity in entities for token in entity}
    unclear = [span for span in filter_spans(unclear) if not any(token.i in taken for token in span)]
    doc.set_ents(entities, missing=unclear, default="outside")
    doc.user_data = {"habit": habit}
    return doc


_tokenizer = IndonesianTokenizer(spacy.blank("id").vocab)


def _bare(doc: Doc) -> Doc:
    """The words alone, as the pipeline will meet them."""
    bare = Doc(doc.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
    for token, source in zip(bare, doc, strict=True):
        token.is_sent_start = source.is_sent_start
    bare.user_data = dict(doc.user_data)
    return bare


def _with_other_names(doc: Doc, names: list[list[str]], dice: random.Random) -> Doc:
    """The same sentence about other people; `names` in words."""
    words: list[str] = []
    spaces: list[bool] = []
    tags: list[str] = []
    starts: list[bool | int | None] = []
    others = {ent.start: dice.choice(names) for ent in doc.ents if ent.label_ == "PER"}
    for token in doc:
        if token.ent_type_ == "PER" and token.i not in others:
            continue
        new = others.get(token.i, [token.text])
        last = token.i if token.i not in others else next(ent.end - 1 for ent in doc.ents if ent.start == token.i)
        words += new
        spaces += [True] * (len(new) - 1) + [bool(doc[last].whitespace_)]
        starts += [token.is_sent_start] + [False] * (len(new) - 1)
        inside = [f"I-{token.ent_type_}"] * (len(new) - 1)
        tags += [_tag(token.ent_iob_, token.ent_type_), *inside]
    told = Doc(doc.vocab, words=words, spaces=spaces, ents=tags, sent_starts=starts)
    told.user_data = dict(doc.user_data)
    return told


def _tag(iob: str, label: str) -> str:
    return f"{iob}-{label}" if iob in ("B", "I") else iob


def without_copies(docs: Iterable[Doc], held_out: Iterable[Doc]) -> list[Doc]:
    """Those docs that share no run of eight words, nor all their words, with a held-out sentence."""
    kept_back = {run for doc in held_out for run in _runs(doc)}
    return [doc for doc in docs if not kept_back & _runs(doc)]


def _runs(doc: Doc) -> set[str]:
    words = re.findall(r"\w+", doc.text.lower())
    return {" ".join(words[i : i + _RUN]) for i in range(max(1, len(words) - _RUN + 1))}


def save_docs(docs: list[Doc], path: Path) -> None:
    """Write Docs as the reader of examples wants them."""
    DocBin(docs=docs, store_user_data=True, attrs=["ENT_IOB", "ENT_TYPE", "SPACY", "SENT_START"]).to_disk(path)


def all_of(folder: Path, names: Iterable[str]) -> list[Doc]:
    """The sentences of several files, in their order."""
    return [doc for name in names for doc in corpus_docs(folder, name)]


def main(arguments: list[str]) -> int:
    """Write the files and say how many sentences each has."""
    folder, out = map(Path, arguments)
    out.mkdir(parents=True, exist_ok=True)
    test = all_of(folder, TEST)
    dev = all_of(folder, DEV)
    train = without_copies(all_of(folder, TRAIN), [*test, *dev, *all_of(folder, REST)])
    ours, ours_dev = passage_docs(lambda number: not is_dev(number)), passage_docs(is_dev)
    files = {
        "train": [*train, *ours * OUR_SHARE],
        "dev": [*dev, *ours_dev],
        "final": [
            *without_copies(all_of(folder, (*TRAIN, *DEV, *REST)), test),
            *[*ours, *ours_dev] * OUR_SHARE,
        ],
    }
    for name, docs in files.items():
        save_docs(docs, out / f"{name}.spacy")
        sys.stdout.write(f"{name}: {len(docs)} sentences or passages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
