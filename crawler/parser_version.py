"""Which parser read a page: a hash of all that decides how it reads, reckoned without loading the parser."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from crawler.source import Selectors, Source, load_family

ROOM = Path(__file__).parent
CODE = ("parse.py", "items.py", "urls.py", "article/*.py", "article/*.yml")
"""Files that decide how a page reads."""


def parser_versions(sources: Iterable[Source]) -> dict[str, str]:
    """By the name of each source the first 12 hex digits of a hash of all that decides how its pages read: code, rules,
    selectors."""
    code = hashlib.sha256(version("trafilatura").encode())
    for path in sorted(path for pattern in CODE for path in ROOM.glob(pattern)):
        code.update(path.name.encode() + b"\0" + path.read_bytes())
    return {source.name: hashlib.sha256(code.digest() + _selectors_of(source)).hexdigest()[:12] for source in sources}


def _selectors_of(source: Source) -> bytes:
    # Not its ways and delays: asking a site more slowly does not make its pages read differently.
    own = source.model_dump_json(include={"family", "timezone", "selectors", "multi_page"})
    return (load_family(source.family).model_dump_json(include=set(Selectors.model_fields)) + own).encode()
