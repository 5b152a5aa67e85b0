"""The articles of the sample web, from `articles/<site>/<NN>-<slug>.yml`, and how an Indonesian page prints them."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parent
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli"),
    *("Agustus", "September", "Oktober", "November", "Desember"),
)
ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One article of the sample web, as its newsroom filed it."""

    site: str
    stem: str
    """Name of its file without the suffix; begins with its number."""
    title: str
    author: str | None
    editor: str | None
    published: datetime
    """With the offset of its desk."""
    section: str
    slug: str
    caption: str | None
    pages: tuple[tuple[str, ...], ...]
    """Paragraphs, page by page."""

    @property
    def number(self) -> int:
        return int(self.stem.partition("-")[0])

    @property
    def lead(self) -> str:
        """First paragraph."""
        return self.pages[0][0]

    @property
    def text(self) -> str:
        return "\n\n".join(paragraph for page in self.pages for paragraph in page)


@cache
def load_samples(site: str) -> tuple[Sample, ...]:
    """All articles of a site, newest first."""
    samples = [_load_sample(path) for path in sorted((ROOT / "articles" / site).glob("*.yml"))]
    return tuple(sorted(samples, key=lambda sample: (sample.published, sample.stem), reverse=True))


def _load_sample(path: Path) -> Sample:
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Sample(
        site=path.parent.name,
        stem=path.stem,
        title=written["title"],
        author=written["author"],
        editor=written["editor"],
        published=datetime.fromisoformat(written["published"]),
        section=written["section"],
        slug=written["url_slug"],
        caption=written["lead_image_caption"],
        pages=tuple(
            tuple(" ".join(block.split()) for block in page.split("\n\n") if block.strip())
            for page in written["body"].split("<!--nextpage-->")
        ),
    )


def print_day(instant: datetime) -> str:
    """The day as newspapers print it.

    >>> print_day(datetime.fromisoformat("2023-09-12T10:15:00+08:00"))
    'Selasa, 12 September 2023'
    """
    return f"{DAYS[instant.weekday()]}, {instant.day} {MONTHS[instant.month - 1]} {instant.year}"


def print_zone(instant: datetime) -> str:
    """The Indonesian name of the offset.

    >>> print_zone(datetime.fromisoformat("2023-09-12T10:15:00+08:00"))
    'WITA'
    """
    offset = instant.utcoffset()
    assert offset is not None, f"{instant} names no zone"
    return ZONES[int(offset.total_seconds() // 3600)]


def print_paragraph(paragraph: str, addresses: dict[str, str], elsewhere: str) -> str:
    """HTML of a paragraph; the title after "Baca juga:" links to the article that has it, or else to `elsewhere`."""
    label, colon, title = paragraph.partition(": ")
    if label.casefold() not in ("baca juga", "baca") or not colon:
        return html.escape(paragraph, quote=False)
    href = html.escape(addresses.get(title.strip(), elsewhere))
    return f'{label}: <a href="{href}">{html.escape(title, quote=False)}</a>'


def slugify(words: str) -> str:
    """Words as they stand in an address.

    >>> slugify("Bangka Belitung")
    'bangka-belitung'
    """
    return "-".join("".join(c if c.isalnum() else " " for c in words.lower()).split())
