"""Sentences with their mentions marked. Everything is escaped first; only our own tags are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

MATCH_START, MATCH_END = "\x02", "\x03"
"""What SQLite's snippet() puts around a word that matched; no text contains them."""


def highlight(text: str, mentions: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> Markup:
    """The sentence with a <mark> for every mention; where mentions overlap, the shorter gives the colour.

    The title of a mark lists what each mention names and how sure that is, in per cent; `labels` are the words for it.

    >>> tabanan = {"label": "REGENCY", "value": "51.02", "confidence": 0.9, "offset_start": 6, "offset_end": 13}
    >>> highlight("Kab. <Tabanan>", [tabanan], {"REGENCY": "daerah"})
    Markup('Kab. &lt;<mark class="m-regency" title="daerah: 51.02 (90%)">Tabanan</mark>&gt;')
    """
    edges = sorted(
        {0, len(text)} | {edge for mention in mentions for edge in (mention["offset_start"], mention["offset_end"])}
    )
    pieces = [
        _piece(text[start:end], [m for m in mentions if m["offset_start"] <= start and end <= m["offset_end"]], labels)
        for start, end in pairwise(edges)
    ]
    return Markup("").join(pieces)


def snippet(text: str) -> Markup:
    """What snippet() found, with the matching words marked."""
    return Markup(str(escape(text)).replace(MATCH_START, '<mark class="match">').replace(MATCH_END, "</mark>"))


def _piece(text: str, mentions: list[Mapping[str, Any]], labels: Mapping[str, str]) -> Markup:
    if not mentions:
        return escape(text)
    mentions = sorted(mentions, key=lambda mention: mention["offset_end"] - mention["offset_start"])
    title = "; ".join(f"{labels[m['label']]}: {m['value']} ({m['confidence']:.0%})" for m in mentions)
    kind = mentions[0]["label"].lower()
    return Markup('<mark class="m-{}" title="{}">{}</mark>').format(kind, title, text)
