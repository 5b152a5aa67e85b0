"""docs/security.md: every line of the table names a test that is there, and the page stays one page."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
TABLE = [line for line in LINES if line.startswith("|")][2:]


def test_every_line_names_a_test_that_is_there() -> None:
    assert len(TABLE) > 15
    for line in TABLE:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 4, line
        assert all(cells[1:]), line
        named = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", cells[3])
        assert named, line
        code = (ROOT / named[1]).read_text(encoding="utf-8")
        assert f"def {named[2]}(" in code, line


def test_every_attacker_is_in_it_and_what_is_not_defended() -> None:
    told = "\n".join(LINES)
    for who in ("stranger", "writer of articles", "hostile source", "subscriber", "reviewer", "backup", "neighbour"):
        assert any(who in line for line in TABLE), who
    assert "**Not defended against**" in told
    assert len(LINES) < 80
