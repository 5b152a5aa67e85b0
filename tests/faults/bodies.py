"""Faults of bodies: cut, packed, mislabelled, in the wrong letters."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli
from backports import zstd

from faults.fault import KEPT, LIST, LISTING, STORY, Fault, story_fault
from faults.web import HTML, Answer, story

LETTERS = "Rapat dihadiri José Ramos-Horta, biaya 5 € per orang, “selesai” kata Bupati"
TOLD = str(story().body).replace("Bupati membuka", f"{LETTERS}. Bupati membuka")
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: zlib.compress(body, wbits=31),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def packed(how: str, missing: int = 0, body: str = str(story().body)) -> Answer:
    """The story, packed in one of the ways that we say we read; so many bytes are missing at the end."""
    whole = PACKERS[how](body.encode())
    return Answer(whole[: len(whole) - missing], headers={**HTML, "content-encoding": how})


BODIES: dict[str, Fault] = {
    **{
        f"{how}_breaks_off": story_fault(packed(how, 60), "error", "breaks off", packed(how))
        for how in ("gzip", "deflate")
    },
    # Nobody asked for these; Scrapy unpacks them as far as they go.
    **{
        f"{how}_breaks_off": story_fault(packed(how, 60), "error|not-understood", ".", packed(how))
        for how in ("br", "zstd")
    },
    "packed_and_not": story_fault(
        Answer(story().body, headers={**HTML, "content-encoding": "gzip"}), "error", "breaks off|gzip"
    ),
    "packed_in_an_unknown_way": story_fault(
        Answer(b"\x93\x13\x07" * 400, headers={**HTML, "content-encoding": "compress"}), "not-article", "no HTML",
        later={STORY: "not-article"},
    ),
    "length_too_long": story_fault(Answer(str(story().body)[:900], length=90_000), "error", "DataLoss|ResponseFailed"),
    # What comes first is a page whose end is missing, and HTTP has no way to say so.
    "length_too_short": story_fault(Answer(story().body, length=len(str(story().body)) - 90), "kept", None),
    "empty": story_fault(Answer(""), "error", "empty response"),
    "no_content": story_fault(Answer("", 204), "error", "empty response|HTTP 204"),
    "picture_as_html": story_fault(
        Answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40), "not-understood|not-article|error", "."
    ),
    "pdf": story_fault(
        Answer(b"%PDF-1.7 \xe2\xe3\xcf\xd3" * 40, headers={"content-type": "application/pdf"}), "not-article", "pdf",
        later={STORY: "not-article"},
    ),
    "wrong_type": Fault(
        LISTING,
        {**LIST, STORY: Answer(story().body, headers={"content-type": "text/plain"})},
        fates={STORY: KEPT},
        is_harmless=True,
    ),
    # Read right, whatever the header says; test_letters_are_read_as_they_were_written looks at the text.
    **{
        name: Fault(LISTING, {**LIST, STORY: answer}, fates={STORY: KEPT}, is_harmless=True)
        for name, answer in {
            "charset_is_wrong": Answer(TOLD, headers={"content-type": "text/html; charset=iso-8859-1"}),
            "charset_is_wrong_too": Answer(TOLD.encode("cp1252")),
            "charset_is_none": Answer(TOLD, headers={"content-type": "text/html; charset=utf8mb4_unicode_ci"}),
            "utf8_breaks_in_the_middle": Answer(
                TOLD.encode().replace(b"membuka", b"membu\xe2\x80ka", 1)
            ),
            "nul_bytes": Answer(TOLD.replace("Bupati", "Bu\0pati").encode()),
        }.items()
    },
}  # fmt: skip
