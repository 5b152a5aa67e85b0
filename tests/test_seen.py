"""Whatever strangers write, the operator's terminal shows it and obeys none of it."""

from __future__ import annotations

import io
import json
import logging
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pantau import Door
from pantau.house import Seen, complain, data_stream, seen

TITLE = "Bimtek\x1b]0;judi\x07\x1bc\r\x9b31m \u202eoreo\u2028 Tabanan"
SHOWN = r"Bimtek\u001b]0;judi\u0007\u001bc\u000d\u009b31m \u202eoreo\u2028 Tabanan"


@click.group(cls=Door)
def main() -> None:
    """Say something of a stranger's title."""


@main.command()
def results() -> None:
    click.echo(TITLE)
    complain(TITLE)


@main.command()
def logs() -> None:
    log = logging.getLogger("judi")
    log.propagate = False
    handler = logging.StreamHandler()
    log.addHandler(handler)
    log.warning("%s", TITLE)
    log.removeHandler(handler)


@main.command()
def errors() -> None:
    raise click.ClickException(TITLE)


@main.command()
def objects() -> None:
    click.echo(json.dumps({"title": TITLE}, ensure_ascii=False))


@main.command()
def data() -> None:
    data_stream().write(TITLE)


@pytest.mark.parametrize("word", ["results", "logs", "errors"])
def test_what_would_steer_a_terminal_is_written_out(word: str) -> None:
    said = CliRunner().invoke(main, [word]).output
    assert SHOWN in said
    assert said == seen(said)


def test_json_on_the_terminal_is_still_the_same_json() -> None:
    said = CliRunner().invoke(main, ["objects"]).output
    assert said == seen(said)
    assert json.loads(said) == {"title": TITLE}


def test_data_for_a_program_is_unchanged_and_for_a_terminal_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(main, ["data"]).stdout_bytes.decode() == TITLE
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", Seen(screen))
    data_stream().write(TITLE)
    assert screen.getvalue() == SHOWN


def test_the_front_door_says_everything_so(tmp_path: Path) -> None:
    import pantau

    said = CliRunner().invoke(pantau.main, ["--data", str(tmp_path), "crawl", TITLE]).output
    assert SHOWN in said
    assert said == seen(said)
