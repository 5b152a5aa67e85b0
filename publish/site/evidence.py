"""Sentences with their mentions: where each begins and ends, one within another where they overlap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

Mention = Mapping[str, Any]
"""With the offsets in the sentence of its first character and of the one behind its last."""

MATCH_START, MATCH_END = "\x02", "\x03"
"""What SQLite's snippet() puts around a word that matched; no text contains them."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a sentence that a mention covers."""

    mention: Mention
    parts: tuple[str | Marked, ...]
    is_end: bool
    """Whether the mention ends here: one that crosses another is in two pieces."""


def mark(text: str, mentions: Sequence[Mention]) -> tuple[str | Marked, ...]:
    """The sentence as plain and marked stretches, in their order; offsets beyond its ends are cut off.

    >>> stage = {"label": "STAGE", "offset_start": 0, "offset_end": 17}
    >>> tabanan = {"label": "REGENCY", "offset_start": 10, "offset_end": 17}
    >>> [outer] = mark("Evaluasi, Tabanan", [tabanan, stage])
    >>> outer.mention["label"], outer.parts[0], outer.parts[1].parts
    ('STAGE', 'Evaluasi, ', ('Tabanan',))
    """
    spans = [(max(0, m["offset_start"]), min(len(text), m["offset_end"]), m) for m in mentions]
    return tuple(_parts(text, 0, len(text), [span for span in spans if span[0] < span[1]]))


def highlight(text: str, mentions: Sequence[Mention], labels: Mapping[str, str]) -> Markup:
    """The sentence with a <mark> for every mention; where mentions overlap, the shorter gives the colour.

    For a page that tells beside the sentence what it says: the title of a mark only lists what each mention names and
    how sure that is, in per cent; `labels` are the words for it.

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


def _parts(text: str, start: int, end: int, spans: list[tuple[int, int, Mention]]) -> Iterator[str | Marked]:
    """The stretch from start to end; what reaches beyond `end` goes on outside, as does what begins there."""
    at = start
    # The longer one first: it holds the others that begin where it does.
    waiting = sorted(spans, key=lambda span: (span[0], -span[1]))
    while waiting:
        first, last, mention = waiting.pop(0)
        if first > at:
            yield text[at:first]
        within = [(one, min(two, last), inner) for one, two, inner in waiting if one < last and two <= last]
        crossing = [(one, two, inner) for one, two, inner in waiting if one < last < two]
        within += [(one, last, {**inner, "is_cut": True}) for one, _, inner in crossing]
        yield Marked(mention, tuple(_parts(text, first, last, within)), not mention.get("is_cut"))
        waiting = [(last, two, inner) for _, two, inner in crossing] + [span for span in waiting if span[0] >= last]
        waiting.sort(key=lambda span: (span[0], -span[1]))
        at = last
    if at < end:
        yield text[at:end]


def _piece(text: str, mentions: list[Mention], labels: Mapping[str, str]) -> Markup:
    if not mentions:
        return escape(text)
    mentions = sorted(mentions, key=lambda mention: mention["offset_end"] - mention["offset_start"])
    title = "; ".join(f"{labels[m['label']]}: {m['value']} ({m['confidence']:.0%})" for m in mentions)
    kind = mentions[0]["label"].lower()
    return Markup('<mark class="m-{}" title="{}">{}</mark>').format(kind, title, text)
