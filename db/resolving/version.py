"""Which code resolved what is kept."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


@cache
def resolver_version() -> str:
    """Hash of the code that resolves, 12 hex digits."""
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.iterdir()) if path.is_file())
    return hashlib.sha256(code).hexdigest()[:12]
