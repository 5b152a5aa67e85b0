"""A BERT-base that gives each word a label, with random weights: what it says is worth nothing, what it costs is true.

Its pieces of words are learnt from other articles of the same kind, the files of JSON Lines that the third argument
and those after it name. Texts are cut into stretches of 512 pieces, 8 at once, sorted by length. `int8` as the second
argument makes its matrices such.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from rounds import answer
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertForTokenClassification

AT_ONCE, LENGTH = 8, 512
torch.set_num_threads(1)
torch.manual_seed(1)


def build_model(pieces: int, is_int8: bool) -> torch.nn.Module:
    """BERT-base as it is published: 12 layers of 768, here with nine labels."""
    model: torch.nn.Module = BertForTokenClassification(BertConfig(vocab_size=max(pieces, 30_522), num_labels=9)).eval()
    if is_int8:
        model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
    return model


def build_tokenizer(paths: Sequence[Path]) -> BertWordPieceTokenizer:
    """As many pieces as BERT-base has, where the articles hold so many."""
    texts = [json.loads(line)["text"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    tokenizer = BertWordPieceTokenizer(lowercase=False)
    tokenizer.train_from_iterator(texts, vocab_size=30_522, min_frequency=1, show_progress=False)
    return tokenizer


tokenizer = build_tokenizer([Path(argument) for argument in sys.argv[3:]])
model = build_model(tokenizer.get_vocab_size(), sys.argv[2] == "int8")


def read(rows: Sequence[dict[str, str]]) -> int:
    """How many pieces the articles are cut into."""
    pieces = 0
    with torch.inference_mode():
        for batch in batches(rows):
            size = max(map(len, batch))
            ids = torch.tensor([stretch + [0] * (size - len(stretch)) for stretch in batch])
            logits = model(input_ids=ids, attention_mask=(ids != 0).long()).logits
            assert logits.shape == (len(batch), size, 9)
            pieces += sum(map(len, batch))
    return pieces


def batches(rows: Sequence[dict[str, str]]) -> Iterator[list[list[int]]]:
    stretches = []
    for row in rows:
        ids = tokenizer.encode(row["text"], add_special_tokens=False).ids
        stretches += [[2, *ids[at : at + LENGTH - 2], 3] for at in range(0, len(ids), LENGTH - 2)]
    stretches.sort(key=len)
    for at in range(0, len(stretches), AT_ONCE):
        yield stretches[at : at + AT_ONCE]


if __name__ == "__main__":
    answer(read)
