"""Ship the trained reader of names and write its card.

`python -m nlp.training.card ship FOLDER` copies a trained pipeline to `nlp/model/names`, without the strings of the
sentences it was trained on; `python -m nlp.training.card write SHARED_NER` measures it and writes `model/README.md`.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import spacy
from spacy.language import Language

from nlp.hints import OUR_HABIT
from nlp.pipeline import NAMES_MODEL
from nlp.training.corpora import DEV, TEST, Marked, habit_of, is_dev, read_corpus, read_our_passages
from nlp.training.passages import LABELS

CARD = NAMES_MODEL.parent / "README.md"

_TEXT = """# Card of the trained parts

Made by `spacy project run all nlp`; this page by `python -m nlp.training.card`, {today}.

## names/ — spaCy {spacy}, {size:.1f} MB, {parameters:.1f} M parameters

Finds PER, ORG, LOC and, in our domain, POSITION, DEGREE and PROGRAMME in Indonesian news. Tokenizer of ours, hints from
our lists and from the corpus whose habits are to be followed (`nlp/hints.py`), hash embeddings and floret vectors, a
window encoder, a transition-based recogniser (`nlp/training/names.cfg`). It is a second opinion beside the rules
(`nlp/people/second_opinion.py`, `nlp/confidence.py`), never the only ground of a finding.

**Data**

| data | sentences | licence |
|---|---|---|
| our passages (`assets/passages`: barat, jawa, tengah, timur, mirip) | {passages} passages | ours |
| IDNER-news-2K (Khairunnisa et al. 2020), train and dev | 1,831 | MIT |
| NER of Universitas Indonesia, as in id-openie | 2,077 | MIT |
| Indonesia-ner (Syaifudin and Nurwidyantoro 2016) | 2,343 | MIT |
| NERGrit in IndoNLU, train and dev | 1,881 | Apache-2.0 |
| NERP (Prosa) in IndoNLU, lower case, no ORG | 7,285 | Apache-2.0 |
| kumparan's sentences in the package nlp-id, for the vectors only | 32,782 | MIT |

Sentences that share eight words in a row with a test sentence were left out of all of it, of the vectors too (473 of
Indonesia-ner stand in IDNER's test split). The corpora are not part of the project.

**Scores**: exact spans on raw text with our tokenizer, F1. IDNER-news-2K and NERGrit are their own test splits, each
with its corpus's habits; our passages are scored by a model of the same config that had not seen them.

| test | all | {labels} |
|---|---|{rules}
{rows}

## classifiers.joblib — scikit-learn

Relevance and coarse stage by headline and lead, calibrated logistic regression over TF-IDF; numbers, date and versions
in `classifiers.json`.

## confidence.json

Curves that make the readers' weights probabilities, with the names of the gold files they were fitted on.
"""


def ship(trained: Path) -> None:
    """Copy a trained pipeline to its place, without the strings of the training text and where that text lay.

    The model knows words by their hashes; only labels must be spelled out.
    """
    shutil.rmtree(NAMES_MODEL, ignore_errors=True)
    shutil.copytree(trained, NAMES_MODEL)
    strings = NAMES_MODEL / "vocab" / "strings.json"
    strings.write_text(json.dumps(sorted(LABELS)) + "\n", encoding="utf-8")
    config = NAMES_MODEL / "config.cfg"
    head, paths, rest = re.split(
        r"(?<=\[paths\]\n)(.*?)(?=\n\[)", config.read_text(encoding="utf-8"), maxsplit=1, flags=re.S
    )
    config.write_text(head + re.sub(r'".*"', "null", paths) + rest, encoding="utf-8")


def score(pipeline: Language, golds: Iterable[Marked], habit: str) -> dict[str, float]:
    """F1 of exact spans on raw text, `all` and by label, 0..100, when the pipeline follows the habit."""
    right: Counter[str] = Counter()
    told: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for text, spans in golds:
        doc = pipeline.make_doc(text)
        doc.user_data["habit"] = habit
        found = {(e.start_char, e.end_char, e.label_) for e in pipeline(doc).ents}
        known = {(start, end, label) for start, end, label in spans}
        for counts, counted in ((told, found), (wanted, known), (right, found & known)):
            counts.update(label for _, _, label in counted)
            counts["all"] += len(counted)
    return {label: 200 * right[label] / (told[label] + wanted[label]) for label in wanted}


def write(corpora: Path, unseen: Path | None) -> None:
    """Measure the shipped pipeline, and on our passages the one at `unseen` that was not trained on them."""
    pipeline = spacy.load(NAMES_MODEL)
    rows = [_row(name, score(pipeline, read_corpus(corpora, name), habit_of(name))) for name in TEST]
    if unseen:
        other = spacy.load(unseen)
        rows.append(_row("our passages, a sixth", score(other, read_our_passages(is_dev), OUR_HABIT)))
        rows += [_row(f"{name}, to choose", score(other, read_corpus(corpora, name), habit_of(name))) for name in DEV]
    size = sum(file.stat().st_size for file in NAMES_MODEL.rglob("*") if file.is_file())
    parameters = sum(
        node.get_param(name).size
        for _, pipe in pipeline.pipeline
        if hasattr(pipe, "model")
        for node in pipe.model.walk()
        for name in node.param_names
        if node.has_param(name)
    )
    CARD.write_text(
        _TEXT.format(
            today=f"{datetime.now(UTC):%Y-%m-%d}",
            spacy=spacy.__version__,
            size=size / 1e6,
            parameters=parameters / 1e6,
            passages=len(read_our_passages(lambda number: True)),
            labels=" | ".join(LABELS),
            rules="---|" * len(LABELS),
            rows="\n".join(rows),
        ),
        encoding="utf-8",
    )


def _row(name: str, scores: dict[str, float]) -> str:
    cells = [f"{scores[label]:.1f}" if label in scores else "–" for label in ("all", *LABELS)]
    return f"| {name} | {' | '.join(cells)} |"


def main(arguments: list[str]) -> int:
    """`ship FOLDER` or `write SHARED_NER [FOLDER OF A MODEL THAT HAS NOT SEEN OUR TEST PASSAGES]`."""
    task, *folders = arguments
    if task == "ship":
        ship(Path(folders[0]))
    else:
        write(Path(folders[0]), Path(folders[1]) if len(folders) > 1 else None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
