"""Who said what."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from publish.letters.cleaning import shorten
from publish.letters.parts import Asked
from publish.letters.proofs import read_proof_urls
from publish.letters.rows import SURE, Row, read_rows


def choose_quotes(asked: Asked, reports: Mapping[str, Sequence[Row]]) -> dict[str, Row]:
    """One direct quotation for each event, by its id, where an article that reports it as its own news has one.

    People whom the reader follows first, then named speakers, the surest first; none is chosen for two events.
    """
    main = {id: [r["article_id"] for r in told if r["is_main"]] for id, told in reports.items()}
    left = _read_quotes(asked, {article_id for articles in main.values() for article_id in articles})
    chosen = {}
    for id, articles in main.items():
        own = next((left[article_id] for article_id in articles if left.get(article_id)), None)
        if own:
            chosen[id] = own.pop(0)
    return _tell_quotes(asked, chosen)


def _read_quotes(asked: Asked, articles: Collection[str]) -> dict[str, list[Row]]:
    followed = [part.scope.value for part in asked.parts if part.scope.kind == "official"]
    rows = read_rows(
        asked.db,
        """
        select quotes.article_id, quotes.number, quotes.evidence_number
        from json_each(:articles) as wanted
        join quotes on quotes.article_id = wanted.value
        where quotes.confidence >= :sure
        order by quotes.article_id,
            coalesce(quotes.person_id in (select value from json_each(:followed)), 0) desc,
            quotes.speaker_name is null, quotes.confidence desc, quotes.number
        """,
        articles=json.dumps(sorted(articles)),
        followed=json.dumps(followed),
        sure=SURE,
    )
    return {article_id: list(own) for article_id, own in groupby(rows, key=lambda row: row["article_id"])}


def _tell_quotes(asked: Asked, chosen: Mapping[str, Row]) -> dict[str, Row]:
    """Who said what, by the key of each."""
    rows = read_rows(
        asked.db,
        """
        select wanted.key as id, quotes.article_id, quotes.evidence_number, quotes.speaker_name, quotes.text,
            iif(
                exists (select 1 from office_terms where office_terms.person_id = quotes.person_id),
                quotes.person_id, null
            ) as person_id,
            max(officials.confidence), -- SQLite takes the next three from the row that holds it
            officials.acting, officials.position, officials.organization
        from json_each(:chosen) as wanted
        join quotes on quotes.article_id = wanted.value ->> 0 and quotes.number = wanted.value ->> 1
        left join officials
            on officials.article_id = quotes.article_id and officials.name = quotes.speaker_name
            and officials.confidence >= :sure
        group by wanted.key
        """,
        chosen=json.dumps({id: [row["article_id"], row["number"]] for id, row in chosen.items()}),
        sure=SURE,
    )
    urls = read_proof_urls(asked, ((row["article_id"], row["evidence_number"]) for row in rows))
    return {
        row["id"]: {
            "text": shorten(row["text"].strip("\"“”'‘’, "), 280),
            "speaker": shorten(row["speaker_name"], 80) or asked.say("unnamed_speaker"),
            "speaker_url": f"{asked.site}/pejabat/{row['person_id']}" if row["person_id"] else None,
            "office": shorten(_office(row), 120),
            "url": urls[row["article_id"], row["evidence_number"]],
        }
        for row in rows
    }


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
