"""Words embedded once a batch: the same word with the same hints has the same vector wherever it stands.

Most words of a batch of articles stand in it before, and the embedding, whose vectors the later layers compare with
their neighbours, looks at no word beside another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import Model
from thinc.types import Floats2d

_OWN = ["NORM", "TAG", "LEMMA"]
"""What a word of a Doc may have of its own; all else that the embedding reads follows from how it is written."""
_Docs = Sequence[Doc]
_Vectors = list[Floats2d]


def embed_words_once(nlp: Language) -> None:
    """Have a trained pipeline, which is to learn nothing more, embed each distinct word of a batch once.

    The vectors are those that it made before.
    """
    tok2vec = nlp.get_pipe("tok2vec").model  # type: ignore[attr-defined]  # of every trainable pipe
    tok2vec.layers[0] = _once(tok2vec.layers[0], nlp.vocab)


def _once(embed: Model[_Docs, _Vectors], vocab: Vocab) -> Model[_Docs, _Vectors]:
    def forward(
        model: Model[_Docs, _Vectors], docs: _Docs, is_train: bool
    ) -> tuple[_Vectors, Callable[[_Vectors], _Docs]]:
        words, places = distinct_words(docs, vocab)
        (vectors,) = embed.predict([words])
        lengths = embed.ops.asarray1i([len(doc) for doc in docs])
        at_each: Floats2d = vectors[places]  # type: ignore[call-overload]  # thinc knows none of numpy's own
        return embed.ops.unflatten(at_each, lengths), _learn_nothing

    return Model("words_once", forward, layers=[embed], dims={"nO": embed.get_dim("nO")})


def distinct_words(docs: _Docs, vocab: Vocab) -> tuple[Doc, NDArray[np.intp]]:
    """A Doc of the words of several, each that is written and hinted alike once; and which of them stands where."""
    written = np.concatenate([doc.to_array(["ORTH", *_OWN]) for doc in docs])
    # As so many bytes each: numpy compares rows of numbers far more slowly, and lists of them take longer still.
    rows = written.view(f"V{written.itemsize * written.shape[1]}").ravel()
    _, first, places = np.unique(rows, return_index=True, return_inverse=True)
    distinct = written[first]
    words = Doc(vocab, words=[vocab.strings[orth] for orth in distinct[:, 0].tolist()])
    words.from_array(_OWN, distinct[:, 1:])  # type: ignore[arg-type]
    return words, places


def _learn_nothing(gradient: _Vectors) -> _Docs:
    raise NotImplementedError("the words of a batch were embedded together, which nothing can be learnt from")
