"""A letter as it is kept and sent: the same bytes for all readers of one choice, with marks where it is personal."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from publish.dates_id import Language

UNSUBSCRIBE_URL = "\ue000berhenti\ue001"
PREFERENCES_URL = "\ue000atur\ue001"
COPY_URL = "\ue000salinan\ue001"
READER_NAME = "\ue000nama\ue001"
CONFIRM_URL = "\ue000konfirmasi\ue001"
"""Marks of characters that mean nothing in Unicode; from all that others wrote they are taken out before."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture inside a letter, shown by `<img src="cid:NAME">`."""

    name: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What a reader gets, but for what is hers alone."""

    lang: Language
    subject: str
    """One line."""
    html: str
    text: str
    """Says the same as `html`."""
    calendar: bytes | None = None
    """The dates to come as iCalendar (RFC 5545), where there are any."""
    images: tuple[Image, ...] = ()
    is_empty: bool = False
    """Whether it has nothing new to tell of the choices of events; a daily letter is not sent then."""


def personalize(letter: Letter, values: Mapping[str, str]) -> tuple[str, str]:
    """HTML and text of a letter with its marks replaced; the values are text, and are escaped in HTML."""
    html, text = letter.html, letter.text
    for mark, value in values.items():
        html, text = html.replace(mark, escape(value)), text.replace(mark, value)
    return html, text


def with_images(html: str, images: Iterable[Image]) -> str:
    """The HTML with its pictures inside it (RFC 2397), as a page or a file shows them; mail programs do not."""
    for image in images:
        html = html.replace(f'src="cid:{image.name}"', f'src="data:image/png;base64,{b64encode(image.png).decode()}"')
    return html
