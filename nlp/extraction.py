"""The types that leave this room: what was found in one article, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Stage = Literal[
    "seleksi", "mou", "bimtek", "bimtek-1", "bimtek-2", "bimtek-3", "bimtek-4", "masterplan", "implementasi",
    "evaluasi", "evaluasi-1", "evaluasi-2", "evaluasi-internal", "penghargaan", "lainnya",
]  # fmt: skip
"""Stages in the order a region walks them; `bimtek` and `evaluasi` where the number is not said."""

Pillar = Literal[
    "governance", "branding", "economy", "living", "society", "environment", "infrastructure", "mobility", "people"
]
Acting = Literal["Plt.", "Pj.", "Pjs.", "Plh."]
Mode = Literal["daring", "luring", "hibrida"]
Status = Literal["held", "announced"]
"""What a text says of a step: that it took place, or that it is to come on a date."""
Label = Literal["REGENCY", "OFFICIAL", "DATE", "STAGE", "PILLAR"]
FigureKind = Literal["regencies", "budget", "index", "rank", "share", "count"]
Bound = Literal["about", "over", "under", "least", "most"]
"""What a text says beside a number that is not exact: sekitar, lebih dari, hampir, sedikitnya, paling banyak."""

Span = tuple[int, int]
"""Start and end, as offsets in characters of Article.text; end is exclusive."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the article's text that names something."""

    label: Label
    start: int
    """Offset of the first character in Article.text."""
    end: int
    text: str
    """As written."""
    value: str
    """What it names, as we store it: Kemendagri code, person's name, ISO date or interval `2023-06-12/2023-06-14`,
    stage code, pillar."""
    confidence: float
    """0..1; below 0.5 is "not sure" and goes to review."""


@dataclass(frozen=True, slots=True)
class Regency:
    """What a kabupaten or kota is to the article."""

    code: str
    """Kemendagri code with a dot, 19.03."""
    role: Literal["subject", "mention"]
    confidence: float


@dataclass(frozen=True, slots=True)
class Official:
    """A person who acts in the story, once."""

    name: str
    """Bare: no honorific, no degree."""
    prefix: str | None
    degrees: tuple[str, ...]
    position: str | None
    acting: Acting | None
    organization: str | None
    regency: str | None
    """Code of the kabupaten or kota whose office it is; None for ministries, universities, provinces."""
    represents: str | None
    is_quoted: bool
    start: int
    """Place of the fullest naming of the person in Article.text."""
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a region through the programme, as this article tells it."""

    stage: Stage
    start_date: str | None
    """ISO day, month (2023-06) or year (2022), as precise as the text is; None when it is not said."""
    end_date: str | None
    date_reason: str | None
    """Why there is no date; None when there is one."""
    edition: int | None
    """Year of the programme that the text says beside the step, "evaluasi tahap II tahun 2024", which may be held in
    2025; None where none is said."""
    regency: str | None
    venue: str | None
    mode: Mode | None
    is_main: bool
    """True for the event that the article reports; the others are background."""
    status: Status
    start: int
    """The sentence that proves it, in Article.text."""
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Quote:
    """A direct quotation."""

    speaker: str | None
    """Name of the Official; None when nobody is named."""
    text: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that matters: how many regions, how much money, which value of an index."""

    value: float
    """Amounts of money in full, 4.3 miliar is 4300000000; of a range the lower end."""
    unit: str
    """rupiah, kabupaten/kota, indeks, persen, peringkat, aplikasi, orang, titik …: what one of it is."""
    kind: FigureKind
    bound: Bound | None
    """None where the number is told as exact."""
    about: str | None
    """The words it is about, as written; None where none stand beside it."""
    text: str
    """As written, with its unit."""
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read out of one article; made even when nothing was found."""

    article_id: str
    model: str
    """Hash of the model and of this room's code and assets."""
    relevance: float
    """0..1: that the article is about a local government's Smart City programme."""
    is_relevant: bool | None
    """None: not sure, goes to review."""
    mentions: tuple[Mention, ...]
    regencies: tuple[Regency, ...]
    officials: tuple[Official, ...]
    events: tuple[Event, ...]
    quotes: tuple[Quote, ...]
    pillars: tuple[Pillar, ...]
    figures: tuple[Figure, ...]
    """In the order of the text; none where the article is not relevant."""
    sentences: tuple[Span, ...]
    """Where the sentences of the text begin and end, in order; what is shown as evidence is whole sentences."""
