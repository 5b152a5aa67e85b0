"""Long lists, a page at a time: what the address asks for, and whether there is such a page."""

from __future__ import annotations

from dataclasses import dataclass

from datasette import Request


@dataclass(frozen=True, slots=True)
class Paging:
    """The page of a list that a reader asked for."""

    asked: str
    """What stands behind `?halaman=`; empty where nothing does."""
    number: int | None
    """The page, from 1; None where what was asked is no page number."""
    size: int
    total: int

    @property
    def last(self) -> int:
        """The last page there is: an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def is_there(self) -> bool:
        return self.number is not None and self.number <= self.last

    @property
    def offset(self) -> int:
        """How many stand on the pages before."""
        return ((self.number or 1) - 1) * self.size

    @property
    def status(self) -> int:
        """Of the answer: 400 for what is no page number, 404 for a page behind the last."""
        return 200 if self.is_there else 400 if self.number is None else 404


def read_paging(request: Request, size: int, total: int) -> Paging:
    """The page that `?halaman=` asks for, the first where it asks for none, of a list of `total` rows."""
    asked = (request.args.get("halaman") or "").strip()
    is_number = asked.isascii() and asked.isdigit() and len(asked.lstrip("0")) > 0
    # A number of any length is a page that is not there; int() refuses the longest.
    number = int(asked.lstrip("0")[:9]) if is_number else 1 if not asked else None
    return Paging(asked[:40], number, size, total)
