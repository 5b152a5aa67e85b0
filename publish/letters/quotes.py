"""Who said what."""

from __future__ import annotations

import re
from itertools import groupby

from sqlite_utils import Database

from publish.dates_id import Language
from publish.letters.addresses import evidence_url
from publish.letters.cleaning import shorten
from publish.letters.rows import SURE, Row, read_rows
from publish.letters.wording import say


def read_quotes(db: Database, span: dict[str, str], site: str, lang: Language) -> dict[str, list[Row]]:
    """The week's direct quotations by article, named speakers first, the surest first."""
    rows = read_rows(
        db,
        """
        select q.article_id, q.number, q.speaker_name, q.text, proof.anchor,
            max(o.confidence), -- SQLite takes the next three from the row that holds it
            o.acting, o.position, o.organization
        from quotes q
        join evidence proof on proof.article_id = q.article_id and proof.number = q.evidence_number
        join articles a on a.id = q.article_id
        left join officials o
            on o.article_id = q.article_id and o.name = q.speaker_name and o.confidence >= :sure
        where a.is_relevant = 1 and a.published_date between :monday and :sunday and q.confidence >= :sure
        group by q.article_id, q.number
        order by q.article_id, q.speaker_name is null, q.confidence desc, q.number
        """,
        **span,
        sure=SURE,
    )
    quotes = [
        {
            "article_id": row["article_id"],
            "text": shorten(row["text"].strip("\"“”'‘’, "), 280),
            "speaker": row["speaker_name"] or say("unnamed_speaker", lang),
            "office": office(row),
            "url": evidence_url(site, row["article_id"], row["anchor"]),
        }
        for row in rows
    ]
    return {article_id: list(own) for article_id, own in groupby(quotes, key=lambda quote: quote["article_id"])}


def office(row: Row) -> str:
    """Acting mark, position and organization, as far as known.

    >>> office({"acting": "Plt.", "position": "Kepala Dinas Kominfo", "organization": "Dinas Kominfo"})
    'Plt. Kepala Dinas Kominfo'
    >>> office({"acting": "Pj.", "position": "Bupati", "organization": "Pemerintah Kabupaten Kolaka"})
    'Pj. Bupati Kolaka'
    >>> office({"acting": None, "position": "Sekretaris", "organization": "Bappeda Kabupaten Sleman"})
    'Sekretaris, Bappeda Kabupaten Sleman'
    """
    position = " ".join(part for part in (row["acting"], row["position"]) if part)
    government = re.fullmatch(r"Pemerintah ((?:Kabupaten|Kota|Provinsi) (.+))", row["organization"] or "")
    if government and row["position"]:
        # A bupati is named with the bare place, others with its kind: "Bupati Kolaka", "Sekda Kabupaten Kolaka".
        is_head = re.search(r"(?i)(?:bupati|wali ?kota|gubernur)$", row["position"])
        return f"{position} {government[2 if is_head else 1]}"
    if not row["organization"] or row["organization"].lower() in position.lower():
        return position
    return ", ".join(part for part in (position, row["organization"]) if part)
