"""What strangers wrote, as it may leave us: as a link, as a cell of a spreadsheet, as words between ours."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

# Controls, bidi embeddings, overrides and isolates, private use (our own marks stand there), surrogates, tags, what is
# no character. Marks of direction and joiners stay: scripts need them.
STEERING = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u206f\ue000-\uf8ff\ud800-\udfff\ufdd0-\ufdef"
    "\ufeff\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0]")

# OWASP (CSV Injection; ASVS 5.0, 1.2.10), and the wide forms that East Asian spreadsheets take for the same. Where
# the comma is the decimal sign, as in Indonesia, a spreadsheet that is opened with a double click ends cells at ";" and
# at every line, so a formula may begin there, too.
_FORMULA = r"'*[ \t]*[=+\-@＝＋－＠]"
_CELL_START = rf"\A(?='*[\t\r\n\0]|{_FORMULA})|(?<=[;\r\n])(?={_FORMULA})"
_CELL_MARK = rf"\A'(?='*[\t\r\n\0]|{_FORMULA})|(?<=[;\r\n])'(?={_FORMULA})"
IS_RUN, IS_MARKED = re.compile(_CELL_START), re.compile(_CELL_MARK)
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?")


def is_web(address: str | None) -> bool:
    """Whether an address may become a link: http or https, to the host that it seems to lead to.

    An ingested file has no address, and a page could name anything. One with a name and a password before the host
    (RFC 3986, 7.6) or with what cannot be seen is text.

    >>> is_web("https://warta.example/a"), is_web("javascript:alert(1)"), is_web("//judi.example"), is_web(None)
    (True, False, False, False)
    >>> is_web("https://warta.example@judi.example/"), is_web("https://warta.example\\\\@judi.example/")
    (False, False)
    """
    if not address or UNSEEN.search(address) or STEERING.search(address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def cell(value: object) -> object:
    """A value as a cell of CSV: a text that a spreadsheet would run has an apostrophe before what it would run.

    Nothing else is changed, and nothing is lost: original_cell() takes the apostrophes away again. Numbers stay
    numbers, also those that are negative or written as text.

    >>> cell("=1+1"), cell("-5 orang"), cell(-5), cell("-5"), cell(None), cell("Tabanan"), cell("Tabanan;=1+1")
    ("'=1+1", "'-5 orang", -5, '-5', None, 'Tabanan', "Tabanan;'=1+1")
    """
    if not isinstance(value, str) or NUMBER.fullmatch(value):
        return value
    return IS_RUN.sub("'", value)


def original_cell(text: str) -> str:
    """The text that cell() made a cell of.

    >>> original_cell("'=1+1"), original_cell("''=1+1"), original_cell("'Aisyiyah"), original_cell("Tabanan;'=1+1")
    ('=1+1', "'=1+1", "'Aisyiyah", 'Tabanan;=1+1')
    """
    return IS_MARKED.sub("", text)


def unsteered(value: Any) -> Any:
    """A text without the characters that steer what shows it; markup stays markup, and what is no text as it is.

    >>> unsteered("oleh \\u202enatab\\x1b[31m"), unsteered(5)
    ('oleh natab[31m', 5)
    """
    if not isinstance(value, str) or (value.isascii() and value.isprintable()) or not STEERING.search(value):
        return value
    return type(value)(STEERING.sub("", value))
