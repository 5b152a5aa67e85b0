"""The outbox: letters as .eml files that any mail program opens, and a page that lists them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser
from heapq import nsmallest
from pathlib import Path
from typing import Any

import jinja2

from db.mailing.ledger import CONFIRMATION
from publish.mail.handover import Answer, Parcel, ServerError

TEMPLATES = Path(__file__).parents[1] / "emails"
LONGEST_HEADER = 16_384
SHOWN = 20
"""Letters of an issue on the first page; all of them are on the issue's own."""


class Outbox:
    """A folder that letters are written to, instead of a server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._issues: set[str] = set()

    def hand_over(self, parcel: Parcel, before_end: Callable[[], None]) -> Answer:
        """Write `<issue>/<Message-ID before its @>.eml`, whole or not at all; a letter's file has one name ever."""
        name = f"{_plain(parcel.message_id.strip('<>').partition('@')[0])}.eml"
        folder = self._folder / _plain(parcel.issue)
        unfinished = folder / f".{name}.unfinished"
        with _explained(self._folder):
            if parcel.issue not in self._issues:
                folder.mkdir(parents=True, exist_ok=True)
                # It will be out of date; where this run is killed, the next one finds it missing.
                (folder / "index.html").unlink(missing_ok=True)
                self._issues.add(parcel.issue)
            # Before it is written, for nothing is to be left of a letter whose reader left just now.
            before_end()
            write_private(unfinished, parcel.message)
            unfinished.replace(folder / name)
        return Answer("end", None, f"{folder.name}/{name}")

    def close(self) -> None:
        """Write the pages that list the letters; raises ServerError."""
        with _explained(self._folder):
            if self._folder.is_dir():
                write_index(self._folder)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """What the disk refuses, as what a server refuses."""
    try:
        yield
    except OSError as error:
        raise ServerError(f"{folder}: cannot be written to ({error.strerror})") from error


def write_private(path: Path, content: bytes) -> None:
    """Write a file that its owner alone can read, for there are addresses in it, and wait for the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class _Line:
    """What a list says of one letter."""

    file: str
    subject: str
    reader: str
    copy_url: str | None
    """The same letter on the site."""


@dataclass(frozen=True, slots=True)
class _Issue:
    """The letters of one issue in the outbox."""

    name: str
    folder: Path
    count: int

    @classmethod
    def read(cls, folder: Path) -> _Issue:
        return cls(folder.name, folder, sum(1 for _ in _letters(folder)))

    @property
    def title(self) -> str:
        kind = "Surat mingguan" if "-W" in self.name else "Surat harian"
        return (
            self.name.replace(CONFIRMATION, "Permintaan konfirmasi ") if self.is_confirmation else f"{kind} {self.name}"
        )

    @property
    def is_confirmation(self) -> bool:
        return self.name.startswith(CONFIRMATION)

    @property
    def count_in_words(self) -> str:
        return f"{self.count:,} surat".replace(",", ".")

    def first_lines(self) -> Iterator[_Line]:
        return map(_read_line, nsmallest(SHOWN, _letters(self.folder)))

    def lines(self) -> Iterator[_Line]:
        return map(_read_line, sorted(_letters(self.folder)))


def write_index(folder: Path) -> None:
    """Write index.html: every issue with the first of its letters, and the national letters of `pantau digest`.

    And the page of each issue that has none.
    """
    issues = [issue for each in folder.iterdir() if each.is_dir() and (issue := _Issue.read(each)).count]
    for issue in issues:
        if not (page := issue.folder / "index.html").exists():
            _write_page(page, "outbox_issue.html", issue=issue)
    national = sorted(_letters(folder), reverse=True)
    _write_page(
        folder / "index.html",
        "outbox.html",
        issues=sorted(issues, key=lambda issue: issue.name, reverse=True),
        national=[(_read_line(path), _beside(path)) for path in national],
        shown=SHOWN,
    )


def _beside(path: Path) -> list[str]:
    """The same letter in other forms."""
    return [other.name for other in (path.with_suffix(".html"), path.with_suffix(".txt")) if other.exists()]


def _letters(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.suffix == ".eml" and not path.name.startswith("."))


def _read_line(path: Path) -> _Line:
    with path.open("rb") as file:
        # Not the whole letter, of which the parser would make lines.
        headers = BytesHeaderParser(policy=policy.default).parsebytes(
            file.read(LONGEST_HEADER).partition(b"\r\n\r\n")[0]
        )
    readers = [
        f"{to.display_name} · {to.addr_spec}".removeprefix(" · ") for to in getattr(headers["To"], "addresses", ())
    ]
    copy_url = (headers["Archived-At"] or "").strip("<>")
    # A file in the folder need not be ours, nor its links pages.
    is_page = copy_url.startswith(("http://", "https://"))
    return _Line(path.name, headers["Subject"] or "", ", ".join(readers), copy_url if is_page else None)


def _write_page(path: Path, template: str, **values: Any) -> None:
    """A page written piece by piece, so that ten thousand letters take no more memory than ten."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        for piece in environment.get_template(template).generate(**values):
            file.write(piece)
    unfinished.replace(path)


def _plain(name: str) -> str:
    """A name that stays in its folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip(".")
