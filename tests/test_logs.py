"""What is told of what goes on: one line an event, for people or as JSON, whatever strangers wrote."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pantau.logs import OURS, SECRETS

ROOT = Path(__file__).parent.parent
HOSTILE = [
    "Bupati\n2026-11-23T07:15:02+07:00 [critical] stopped by a fault",
    "carriage\rreturn\r\nand both",
    "escape \x1b[2J\x1b]0;title\x07 bell \x9b31m",
    "next line \x85, separators \u2028 and \u2029, tabs \t \v \f, NUL \0",
    "direction \u202e kadis \u2066 isolate, zero\u200bwidth, surrogate \udc80",
    '"}\n{"level": "critical", "event": "forged"}',
    "x level=critical run=1",
    "{'%s': %(name)s} %d {0} $HOME",
    "panjang " * 100_000,
]


def told(code: str, *given: str, **environ: str) -> list[str]:
    """The lines on stderr of a process that has set up its logs and then runs some code, `given` being its input."""
    program = "import json, logging, sys\nfrom pantau.logs import set_up_logs\nset_up_logs()\n" + code
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(given),
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.stdout == ""
    lines = done.stderr.split("\n")
    assert lines.pop() == ""
    # Nothing that splitlines(), a terminal or journald would take for the end of a line.
    assert lines == done.stderr.splitlines()
    return lines


def pantau(*words: str, **environ: str) -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "pantau", *words]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stderr.splitlines()


SAY_EACH = """
import structlog
for number, text in enumerate(json.load(sys.stdin)):
    logging.getLogger("crawler.crawl").warning("page kept: %s", text, extra={"title": text, "odd" + text[:50]: [text]})
    structlog.stdlib.get_logger("crawler.crawl").warning("page kept", title=text, source={text: number})
    logging.getLogger("scrapy.core").warning(text)
    try:
        raise ValueError(text)
    except ValueError:
        logging.getLogger("db.store").exception("not stored")
"""


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_event_is_one_line_whatever_strangers_wrote(form: str) -> None:
    lines = told(SAY_EACH, *HOSTILE, PANTAU_LOG=form)
    assert len(lines) == 4 * len(HOSTILE)
    assert max(len(line) for line in lines) < 48 * 1024  # LineMax= of journald
    if form == "json":
        events = [json.loads(line) for line in lines]
        assert {event["level"] for event in events} == {"warning", "error"}
        assert [event["title"] for event in events[1::4]][:-1] == HOSTILE[:-1]
    else:
        assert all(character.isprintable() for line in lines for character in line)
        levels = {line.split(" ")[1] for line in lines}
        assert levels == {"[warning]", "[error]"}


def test_a_line_for_people_cannot_be_forged_by_a_value() -> None:
    (line,) = told(
        'logging.getLogger("crawler").warning("kept", extra={"title": json.load(sys.stdin)[0], "source": "warta"})',
        'a" source=palsu level=critical',
    )
    assert line.endswith(r'] kept title="a\" source=palsu level=critical" source=warta')


def test_json_has_the_same_keys_first_and_the_time_in_utc() -> None:
    code = """
import structlog
with structlog.contextvars.bound_contextvars(run=12, word="crawl"):
    logging.getLogger("crawler.crawl").info("page kept", extra={"url": "https://warta.example/a", "level": "mine"})
    structlog.stdlib.get_logger("crawler.crawl").info("page kept", url="https://warta.example/a", level="mine")
"""
    first, second = [json.loads(line) for line in told(code, PANTAU_LOG="json", PANTAU_LOG_LEVEL="info")]
    assert list(first) == ["time", "level", "event", "logger", "run", "word", "url", "level_"]
    assert datetime.fromisoformat(first["time"]).utcoffset() == timedelta(0)
    assert {**first, "time": ""} == {**second, "time": ""}
    assert {**first, "time": ""} == {
        "time": "",
        "level": "info",
        "event": "page kept",
        "logger": "crawler.crawl",
        "run": 12,
        "word": "crawl",
        "url": "https://warta.example/a",
        "level_": "mine",
    }


def test_people_read_the_time_of_their_machine() -> None:
    (line,) = told('logging.getLogger("crawler").warning("kept", extra={"url": None, "pages": 3})', TZ="Asia/Jakarta")
    assert line[19:] == "+07:00 [warning] kept url=- pages=3"


@pytest.mark.parametrize(
    ("level", "events"),
    [("", ["w"]), ("warning", ["w"]), ("INFO", ["i", "w"]), ("debug", ["d", "i", "w"]), ("error", [])],
)
def test_of_our_events_as_many_are_told_as_is_asked(level: str, events: list[str]) -> None:
    code = """
import structlog
for log in logging.getLogger("db.store"), structlog.stdlib.get_logger("publish.bake"):
    log.debug("d"), log.info("i"), log.warning("w")
"""
    lines = told(code, PANTAU_LOG="json", PANTAU_LOG_LEVEL=level)
    assert [json.loads(line)["event"] for line in lines] == events * 2


def test_of_libraries_only_warnings_are_told_even_where_they_lower_their_own_levels() -> None:
    code = """
logging.getLogger("scrapy").setLevel("DEBUG")
for level in "debug", "info", "warning":
    getattr(logging.getLogger("scrapy.core.engine"), level)(level)
"""
    lines = told(code, PANTAU_LOG="json", PANTAU_LOG_LEVEL="debug")
    assert [json.loads(line)["event"] for line in lines] == ["warning"]


def test_a_warning_is_an_event() -> None:
    (line,) = told('import warnings; warnings.warn("old\\nthing", UserWarning)', PANTAU_LOG="json")
    event = json.loads(line)
    assert (event["level"], event["logger"]) == ("warning", "py.warnings")
    assert event["event"].startswith("UserWarning: old\nthing (")


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("where", ["fail()", "import threading; threading.Thread(target=fail).start()"])
def test_what_nobody_caught_is_one_event(form: str, where: str) -> None:
    code = f"def fail():\n    raise ValueError('buruk\\n[critical] \\x1b[2J')\n{where}"
    (line,) = told(code, PANTAU_LOG=form)
    if form == "json":
        event = json.loads(line)
        assert (event["level"], event["event"]) == ("critical", "stopped by a fault")
        assert event["error"] == "ValueError: buruk\n[critical] \x1b[2J"
        assert event["traceback"].startswith("Traceback (most recent call last):\n")
    else:
        assert r'[critical] stopped by a fault error="ValueError: buruk\n[critical] \x1b[2J" at=' in line


def test_an_event_that_cannot_be_told_is_named_by_its_place() -> None:
    (line,) = told('logging.getLogger("db").warning("%s and %s", "one")', PANTAU_LOG="json")
    event = json.loads(line)
    assert (event["event"], event["at"]) == ("an event could not be told", "<string>:4")


def test_every_secret_that_the_program_takes_from_the_environment_is_one_of_the_logs() -> None:
    rooms = [path for room in OURS for path in (ROOT / room).rglob("*.py")]
    named = re.compile(r'"((?:PANTAU|DATASETTE)_[A-Z_]*(?:PASSWORD|SECRET|TOKEN|KEY))"')
    assert {name for path in rooms for name in named.findall(path.read_text(encoding="utf-8"))} == set(SECRETS)


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("form", ["json", "text"])
def test_a_secret_of_the_environment_is_never_told(form: str, name: str) -> None:
    code = (
        f"import os\nsecret = os.environ[{name!r}]"
        """
import structlog
log = structlog.stdlib.get_logger("publish.mail")
log.warning(f"handed over with {secret}", url=f"smtp://u:{secret}@mail.example", more=[secret, {secret: secret}])
raise OSError(f"cannot sign in with {secret}")
"""
    )
    lines = told(code, PANTAU_LOG=form, **{name: "rahasia-benar\nrahasia-7"})
    assert len(lines) == 2
    assert "rahasia" not in "".join(lines)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("crawll",), 2, "No such command 'crawll'"),
        (("crawl", "tidak_ada"), 2, "no such source: tidak_ada"),
        (("cite",), 1, "no database at"),
        (("parse", "--print", "tidak-ada.html"), 1, "tidak-ada.html: no such file or folder"),
    ],
)
def test_in_json_the_error_of_a_word_is_an_event(
    tmp_path: Path, words: tuple[str, ...], status: int, says: str
) -> None:
    code, lines = pantau("--data", str(tmp_path), *words, PANTAU_LOG="json")
    events: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert code == status
    assert says in events[-1]["event"]
    assert list(events[-1])[:4] == ["time", "level", "event", "logger"]


@pytest.mark.parametrize(("name", "value"), [("PANTAU_LOG", "xml"), ("PANTAU_LOG_LEVEL", "loud")])
def test_a_wrong_setting_is_told_at_once(tmp_path: Path, name: str, value: str) -> None:
    code, lines = pantau("--data", str(tmp_path), "cite", **{name: value})
    assert code == 2
    assert lines[-1].startswith(f"Error: {name} is '{value}'; ")


def test_a_word_says_which_run_it_is_and_what_came_of_it(tmp_path: Path) -> None:
    _, lines = pantau("--data", str(tmp_path), "extract", PANTAU_LOG="json", PANTAU_LOG_LEVEL="info")
    began, ended = [json.loads(line) for line in lines if "run " in line]
    assert [began["event"], ended["event"]] == ["run began", "run ended"]
    assert {(event["run"], event["word"]) for event in (began, ended)} == {(1, "extract")}
    assert isinstance(ended["seconds"], float)


def test_the_front_door_asks_for_structlog_only_when_a_word_is_said() -> None:
    asked = "import pantau, sys; print([name for name in ('structlog', 'rich', 'twisted') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
