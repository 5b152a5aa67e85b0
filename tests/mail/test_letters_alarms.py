"""What single visits could not read stands in the letter of its week, and that it is read again."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from letters import national

SAID = ("Tidak satu pun dari 6 halamannya terbaca.", "None of its 6 pages could be read.")


def alarm(
    example: Path, folder: Path, level: str, raised: str, ended: str | None, source: str = "warta_selatan"
) -> Path:
    """The example, with an alarm of a source that is otherwise read."""
    changed = folder / "public.db"
    shutil.copy(example, changed)
    with closing(sqlite3.connect(changed)) as db, db:
        row = (source, "not-understood", level, *SAID, "[]", 6, raised, ended)
        db.execute("insert into alarms values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return changed


@pytest.mark.parametrize(
    ("level", "raised", "ended", "said"),
    [
        ("broken", "2024-11-20T01:00:00+00:00", None, "(sejak 20 November 2024) · baru kali ini"),
        ("look", "2024-11-10T01:00:00+00:00", None, "(sejak 10 November 2024)"),
        (
            "broken",
            "2024-11-10T01:00:00+00:00",
            "2024-11-21T20:00:00+00:00",
            "(sejak 10 November 2024, terbaca lagi 22 November 2024)",
        ),
    ],
)
def test_a_source_that_was_not_read_in_the_days_is_named_with_since_when_and_when_it_was_over(
    example: Path, tmp_path: Path, level: str, raised: str, ended: str | None, said: str
) -> None:
    letter = national(alarm(example, tmp_path, level, raised, ended))
    assert f"Warta Selatan: {SAID[0]} {said}" in letter.text
    assert f"Warta Selatan: {SAID[1]}" in national(tmp_path / "public.db", "en").text


@pytest.mark.parametrize(
    ("level", "raised", "ended"),
    [
        ("note", "2024-11-20T01:00:00+00:00", None),
        ("broken", "2024-11-25T01:00:00+00:00", None),
        ("broken", "2024-11-10T01:00:00+00:00", "2024-11-15T01:00:00+00:00"),
    ],
)
def test_a_note_and_what_was_wrong_in_other_weeks_is_not_told(
    example: Path, tmp_path: Path, level: str, raised: str, ended: str | None
) -> None:
    assert SAID[0] not in national(alarm(example, tmp_path, level, raised, ended)).text


def test_a_source_is_named_once(example: Path, tmp_path: Path) -> None:
    text = national(alarm(example, tmp_path, "broken", "2024-11-20T01:00:00+00:00", None, "suara_mentaya")).text
    assert text.count("* Suara Mentaya: ") == 1
