"""Which code resolved what is kept."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def resolver_version() -> str:
    """Hash of the code that resolves and of the lists that it reads, 12 hex digits."""
    room = Path(__file__).parent
    lists = [room.parent / "reference" / name for name in ("agencies.csv", "positions.csv", "programme_calendar.csv")]
    code = b"".join(path.read_bytes() for path in [*sorted(room.iterdir()), *lists] if path.is_file())
    return hashlib.sha256(code).hexdigest()[:12]
