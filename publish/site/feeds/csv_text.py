"""Tables that readers take away: CSV that a spreadsheet may open with a double click."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from publish.theirs import cell


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """CSV of RFC 4180 with a line of names and a byte-order mark, by which Excel knows that it is UTF-8.

    A text that a spreadsheet would run as a formula gets an apostrophe before it (publish/theirs.py).

    >>> csv_text(["kode", "bukti"], [{"kode": "51.02", "bukti": "=cmd, x"}]).removeprefix("\\ufeff").splitlines()
    ['kode,bukti', '51.02,"\\'=cmd, x"']
    """
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(columns)
    table.writerows([cell(row[column]) for column in columns] for row in rows)
    return "\ufeff" + written.getvalue()
