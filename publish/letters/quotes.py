"""Who said what."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from itertools import groupby

from publish.letters.addresses import evidence_url
from publish.letters.cleaning import shorten
from publish.letters.parts import Asked
from publish.letters.rows import SURE, Row, read_rows


def read_quotes(asked: Asked, articles: Collection[str]) -> dict[str, list[Row]]:
    """Direct quotations by article: of people whom the reader follows first, then named speakers, the surest first."""
    followed = [part.scope.value for part in asked.parts if part.scope.kind == "official"]
    rows = read_rows(
        asked.db,
        """
        select quotes.article_id, quotes.number, quotes.speaker_name, quotes.text, evidence.anchor,
            iif(
                exists (select 1 from office_terms where office_terms.person_id = quotes.person_id),
                quotes.person_id, null
            ) as person_id,
            max(officials.confidence), -- SQLite takes the next three from the row that holds it
            officials.acting, officials.position, officials.organization
        from json_each(:articles) as wanted
        join quotes on quotes.article_id = wanted.value
        join evidence on evidence.article_id = quotes.article_id and evidence.number = quotes.evidence_number
        left join officials
            on officials.article_id = quotes.article_id and officials.name = quotes.speaker_name
            and officials.confidence >= :sure
        where quotes.confidence >= :sure
        group by quotes.article_id, quotes.number
        order by quotes.article_id,
            coalesce(quotes.person_id in (select value from json_each(:followed)), 0) desc,
            quotes.speaker_name is null, quotes.confidence desc, quotes.number
        """,
        articles=json.dumps(sorted(articles)),
        followed=json.dumps(followed),
        sure=SURE,
    )
    quotes = [
        {
            "article_id": row["article_id"],
            "text": shorten(row["text"].strip("\"“”'‘’, "), 280),
            "speaker": shorten(row["speaker_name"], 80) or asked.say("unnamed_speaker"),
            "speaker_url": f"{asked.site}/pejabat/{row['person_id']}" if row["person_id"] else None,
            "office": shorten(_office(row), 120),
            "url": evidence_url(asked.site, row["article_id"], row["anchor"]),
        }
        for row in rows
    ]
    return {article_id: list(own) for article_id, own in groupby(quotes, key=lambda quote: quote["article_id"])}


def _office(row: Row) -> str:
    """Acting mark, position and organization, as far as known.

    >>> _office({"acting": "Plt.", "position": "Kepala Dinas Kominfo", "organization": "Dinas Kominfo"})
    'Plt. Kepala Dinas Kominfo'
    >>> _office({"acting": "Pj.", "position": "Bupati", "organization": "Pemerintah Kabupaten Kolaka"})
    'Pj. Bupati Kolaka'
    >>> _office({"acting": None, "position": "Sekretaris", "organization": "Bappeda Kabupaten Sleman"})
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
