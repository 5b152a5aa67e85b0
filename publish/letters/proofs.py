"""The sentences that prove what a letter says, by the names under which they last."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from publish.letters.addresses import evidence_url
from publish.letters.parts import Asked
from publish.letters.rows import read_rows

Proof = tuple[str, int]
"""An article and the number of its sentence."""


def read_proof_urls(asked: Asked, proofs: Iterable[Proof]) -> Mapping[Proof, str]:
    """Where the site shows each sentence. Asked only of what is told: the table of sentences is the largest of all."""
    rows = read_rows(
        asked.db,
        """
        select evidence.article_id, evidence.number, evidence.anchor
        from json_each(:proofs) as wanted
        join evidence on evidence.article_id = wanted.value ->> 0 and evidence.number = wanted.value ->> 1
        """,
        proofs=json.dumps(sorted(set(proofs))),
    )
    return {
        (row["article_id"], row["number"]): evidence_url(asked.site, row["article_id"], row["anchor"]) for row in rows
    }
