from __future__ import annotations

import re

from publish.dictionary import DICTIONARY, dictionary_text


def test_the_dictionary_is_that_of_the_tables() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == dictionary_text(), "run: python -m publish.dictionary"


def test_the_dictionary_says_types_keys_and_where_a_column_leads() -> None:
    text = dictionary_text()
    events = re.search(r"^## events\n.*?(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert events
    assert "Key: `id`." in events[0]
    assert re.search(r"\| `regency_code` \| text, may be empty \| Kode Kemendagri .* → `regencies.code` \|", events[0])
    assert re.search(r"\| `articles` \| integer \| Jumlah berita", events[0])
