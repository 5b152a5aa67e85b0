"""Word vectors from unlabelled news: `python -m nlp.training.vectors SENTENCES SHARED_NER OUT`.

SENTENCES is kumparan's tagged news as the package nlp-id carries it (MIT), a word and its tag a line; SHARED_NER lends
the text of its training sentences. Writes `OUT/vectors.txt` for `spacy init vectors --mode floret`. Needs floret
(the extra `train`).
"""

from __future__ import annotations

import sys
from pathlib import Path

import spacy

from nlp.tokens import IndonesianTokenizer
from nlp.training.corpora import DEV, REST, TEST, TRAIN, all_of, without_copies
from nlp.training.passages import FILES, FOLDER, read_marks, read_passages

_GLUED = frozenset(". , ; : ! ? ) % nya".split())


def read_sentences(path: Path) -> list[str]:
    """The sentences of a file with a word and its tag a line and an empty line after each, joined by rule."""
    return [_join(block) for block in path.read_text(encoding="utf-8").split("\n\n")]


def _join(block: str) -> str:
    """One sentence.

    >>> _join("Menurut\\tIN\\nwarga\\tNN\\nnya\\tDT\\n,\\tSYM\\nya\\tRB")
    'Menurut warganya, ya'
    """
    text = ""
    for line in block.splitlines():
        word = line.split("\t")[0].strip()
        glued = word in _GLUED or text.endswith("(") or not text
        text += word if glued else f" {word}"
    return text


def main(arguments: list[str]) -> int:
    """Train and write the vectors."""
    import floret  # only who trains needs it

    sentences, corpora, out = map(Path, arguments)
    # The text of a test sentence is kept out here too: vectors that have seen it would know its names.
    foreign = without_copies(all_of(corpora, (*TRAIN, *DEV, *REST)), all_of(corpora, TEST))
    ours = [read_marks(passage.text)[0] for name in FILES for passage in read_passages(FOLDER / f"{name}.jsonl")]
    tokenizer = IndonesianTokenizer(spacy.blank("id").vocab)
    texts = [*read_sentences(sentences), *(doc.text for doc in foreign), *ours]
    out.mkdir(parents=True, exist_ok=True)
    corpus = out / "words.txt"
    lines = (" ".join(token.text for token in tokenizer(text) if not token.is_space) for text in texts)
    corpus.write_text("\n".join(lines), encoding="utf-8")
    model = floret.train_unsupervised(
        str(corpus), model="skipgram", mode="floret", hashCount=2, bucket=20000, minn=3, maxn=5, dim=64,
        epoch=15, minCount=3, lr=0.05, ws=5, neg=10, thread=1,
    )  # fmt: skip
    model.save_floret_vectors(str(out / "vectors.txt"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
