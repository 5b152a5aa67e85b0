"""JSON that strangers write."""

from __future__ import annotations

import json
from typing import Any


def parse_json(text: str | bytes, is_strict: bool = True) -> Any:
    """The value that a JSON text tells; without `is_strict` strings may go over several lines.

    ValueError for what is no JSON, and for JSON that is nested too deep to be read.

    >>> parse_json("[" * 100_000)
    Traceback (most recent call last):
        ...
    ValueError: JSON nested too deep to be read
    """
    try:
        return json.loads(text, strict=is_strict)
    except RecursionError:
        raise ValueError("JSON nested too deep to be read") from None
