"""Words that are embedded once a batch have the vectors that the trained model gives them."""

from __future__ import annotations

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc

import nlp.hints  # noqa: F401  (registers what the trained pipeline asks for)
from nlp.embedding import distinct_words
from nlp.pipeline import NAMES_MODEL, build_pipeline

TEXTS = (
    "Bupati Lamandau membuka bimtek II. BIMTEK ii dibuka Bupati di aula, bukan di balai.",
    "",
    "Kepala Diskominfo Lamandau, Rangkai Wiyata, membuka bimtek: “Bimtek II”.\n\n  Bupati hadir.",
    "Kata2 anéh ☃ dan bimtekk.",
)


def prepared(habits: tuple[str, ...] = ()) -> list[Doc]:
    """The texts as they come to the embedding, some with habits of other corpora."""
    pipeline = build_pipeline()
    docs = [pipeline.make_doc(text) for text in TEXTS]
    for doc, habit in zip(docs, habits, strict=False):
        doc.user_data["habit"] = habit
    return [pipeline.get_pipe("hints")(doc) for doc in docs]


@pytest.mark.parametrize("habits", [(), ("lain", "kita", "lain")])
def test_the_vectors_are_those_of_the_trained_model(habits: tuple[str, ...]) -> None:
    trained = spacy.load(NAMES_MODEL).get_pipe("tok2vec").predict(prepared(habits))
    ours = build_pipeline().get_pipe("tok2vec").predict(prepared(habits))
    assert [len(vectors) for vectors in ours] == [len(doc) for doc in prepared()]
    for mine, theirs in zip(ours, trained, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)


def test_a_word_is_kept_once_with_each_of_its_hints() -> None:
    docs = prepared(("lain",))
    words, places = distinct_words(docs, build_pipeline().vocab)
    assert [words[place].text for place in places] == [word.text for doc in docs for word in doc]
    assert [words[place].lemma_ for place in places] == [word.lemma_ for doc in docs for word in doc]
    assert [words[place].norm_ for place in places] == [word.norm_ for doc in docs for word in doc]
    assert len({(word.text, word.lemma_) for word in words}) == len(words) < len(places)


def test_what_was_embedded_together_cannot_be_learnt_from() -> None:
    _, learn = build_pipeline().get_pipe("tok2vec").model.layers[0](prepared(), is_train=True)
    with pytest.raises(NotImplementedError, match="nothing can be learnt"):
        learn([])
