"""Bytes of a page to readable text, whatever its header says."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
# What browsers do: pages that say ISO 8859-1 or ASCII are windows-1252, with its curly quotes and dashes.
_BROWSER = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-15": "cp1252"}
# Python's own, of which no browser knows: some refuse everything, some take time by the square of length.
_NO_CHARSETS = frozenset(
    ("base64", "bz2", "hex", "idna", "punycode", "quopri", "raw-unicode-escape", "rot-13", "undefined",
     "unicode-escape", "uu", "utf-7", "zlib")
)  # fmt: skip
_DOUBLED = re.compile("[\u00c2-\u00f4][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]{1,3}")
# Nobody writes C1 controls: they are windows-1252's punctuation, decoded as ISO 8859-1. Other controls are no text,
# and lxml refuses to write them.
_CONTROLS = {chr(code): bytes([code]).decode("cp1252", errors="replace") for code in range(0x80, 0xA0)} | {"\f": "\n"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffd]")
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd-\uffff]")
"""One that either of the two finds."""
_ASCII = re.compile("[\x00-\x7f]+")


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a page, read as UTF-8 where it is, else as declared (header, then meta), else as it looks.

    UTF-8 that was stored as if it were windows-1252 ("â€œ") is repaired. ValueError for what is no text.
    """
    if body.startswith(_MAGIC):
        raise ValueError(f"a file that begins with {body[:4]!r}, no text")
    text = _decode(body, content_type)
    # Nearly every page has none of them, and one search is enough to see it.
    has_controls = _STRANGE.search(text) is not None
    strange = len(_UNREADABLE.findall(text)) if has_controls else 0
    if strange > max(2, len(text) / 200):
        raise ValueError(f"{strange} of {len(text)} characters are unreadable")
    others = 0 if text.isascii() else sum(map(str.isalpha, _ASCII.sub("", text)))
    latin = sum(map(len, re.findall("[A-Za-z]+", text))) if others * 10 > len(text) else len(text)
    if latin < others:
        # Indonesian is written in Latin letters: a wrong encoding makes Chinese or Arabic ones of them.
        raise ValueError(f"{latin} of {latin + others} letters are Latin, the encoding is another")
    undone = text if text.isascii() else _DOUBLED.sub(_undouble, text)
    if not has_controls and undone == text:
        return text
    return _CONTROL.sub(lambda match: _CONTROLS.get(match[0], ""), undone)


def _decode(body: bytes, content_type: str) -> str:
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body.decode(name, errors="replace")
    # Other encodings hardly ever make valid UTF-8, so it is right even where the header says ISO 8859-1.
    declared = [name for name in _declared(body, content_type) if name != "utf-8"]
    for name in ("utf-8", *declared):
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    if _is_mostly_utf8(body):
        return body.decode("utf-8", errors="replace")
    if not re.search(rb"[\x00-\x08\x0e-\x1f]", body):
        try:
            return body.decode("cp1252")
        except UnicodeDecodeError:
            pass
    best = from_bytes(body).best()
    if best is None:
        raise ValueError("bytes unreadable in any known encoding")
    return str(best)


def _declared(body: bytes, content_type: str) -> list[str]:
    meta = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", body[:4096], re.IGNORECASE)
    header = re.search(r"charset\s*=\s*[\"']?\s*([\w-]+)", content_type, re.IGNORECASE)
    names = ([header[1]] if header else []) + ([meta[1].decode()] if meta else [])
    known = []
    for name in names:
        try:
            known.append(codecs.lookup(name).name)
        except LookupError:
            continue
    return [_BROWSER.get(name, name) for name in known if name not in _NO_CHARSETS]


def _is_mostly_utf8(body: bytes) -> bool:
    """A page that was cut in the middle of a character, or quotes another encoding once, is still UTF-8."""
    text = body.decode("utf-8", errors="replace")
    good = sum(char > "\x7f" and char != "\ufffd" for char in text)
    return text.count("\ufffd") * 10 <= good


def _undouble(match: re.Match[str]) -> str:
    try:
        return b"".join(bytes([ord(c)]) if ord(c) < 256 else c.encode("cp1252") for c in match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
