"""What goes on, told on stderr with one line an event: to be read by people, or JSON Lines for programs.

    2026-11-23T07:15:02+07:00 [warning] page kept url=https://warta.example/a source=warta run=12 word=crawl

PANTAU_LOG=json asks for JSON (`time` in UTC, `level`, `event`, `logger`, `run`, `word`, then the event's own fields),
PANTAU_LOG_LEVEL for more or fewer events of ours; of the libraries only warnings are told. Rooms ask
`logging.getLogger(__name__)`, which costs nothing where nobody listens, and give fields as `extra=`; loggers of
structlog say the same. No room knows of this module: where it is not set up, their warnings come out plain.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import click

OURS = ("pantau", "crawler", "nlp", "db", "publish")
LEVELS = ("debug", "info", "warning", "error", "critical")
SECRETS = ("PANTAU_SMTP_PASSWORD", "PANTAU_DKIM_KEY", "PANTAU_METRICS_TOKEN", "DATASETTE_SECRET")
"""Variables of the environment whose values are never told, wherever they stand in a line."""
SILENT = ("trafilatura", "htmldate")
"""What they discard comes back as a ParseError, which names the page."""
LONGEST = 4000
"""Characters of one value; journald breaks a line of 48 KiB in two."""
ROOT = Path(__file__).parent.parent


def is_json(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether events are told as JSON Lines."""
    return environ.get("PANTAU_LOG", "").lower() == "json"


def set_up_logs(environ: Mapping[str, str] = os.environ) -> None:
    """Have all that is logged, warned of, or crashes in this process told as one line an event on stderr.

    Said twice it is the same. Raises UsageError where a setting is not one.
    """
    import structlog

    level, is_wanted_json = read_settings(environ)
    secrets = [value for name in SECRETS if len(value := environ.get(name, "")) >= 8]
    handler = _Stderr()
    handler.addFilter(_is_told)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), structlog.contextvars.merge_contextvars],
            processors=[_in_order, lambda _, __, event: render(event, is_wanted_json, secrets)],
            use_get_message=True,
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    root = logging.getLogger()
    for former in [one for one in root.handlers if isinstance(one, _Stderr)]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for room in OURS:
        logging.getLogger(room).setLevel(level.upper())
    for library in SILENT:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    logging.captureWarnings(True)
    warnings.formatwarning = _format_warning
    # Whoever listens already, such as a test, goes on.
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _tell_crash
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda crash: _tell_crash(crash.exc_type, crash.exc_value, crash.exc_traceback)


def read_settings(environ: Mapping[str, str]) -> tuple[str, bool]:
    """The least level that is told of our own events, and whether as JSON. Raises UsageError.

    >>> read_settings({"PANTAU_LOG_LEVEL": "INFO"})
    ('info', False)
    """
    level = environ.get("PANTAU_LOG_LEVEL", "").lower() or "warning"
    if level not in LEVELS:
        raise click.UsageError(f"PANTAU_LOG_LEVEL is {level!r}; one of {', '.join(LEVELS)}")
    form = environ.get("PANTAU_LOG", "").lower()
    if form not in ("", "json", "text"):
        raise click.UsageError(f"PANTAU_LOG is {form!r}; json, or text")
    return level, form == "json"


def render(event: Mapping[str, Any], as_json: bool, secrets: list[str]) -> str:
    """One line, whatever strangers wrote into it.

    >>> event = {"time": "2026-11-23T00:15:02+00:00", "level": "info", "event": "page kept", "logger": "crawler.crawl"}
    >>> print(render({**event, "title": "Bupati: \\n[critical] x"}, True, []))
    ... # doctest: +NORMALIZE_WHITESPACE
    {"time": "2026-11-23T00:15:02+00:00", "level": "info", "event": "page kept", "logger": "crawler.crawl",
     "title": "Bupati: \\n[critical] x"}
    """
    told = {_hide(str(name), secrets): _plain(value, secrets) for name, value in event.items()}
    return json.dumps(told) if as_json else render_text(told)


def render_text(event: Mapping[str, Any]) -> str:
    """The line that people read, in the time zone of the machine; `logger` and a traceback are left to JSON.

    >>> told = {"time": "2026-11-23T00:15:02+00:00", "level": "warning", "event": "page kept", "url": "https://a.id/b"}
    >>> render_text({**told, "title": "Tabanan\\x1b[2J level=info"}).partition(" [")[2]
    'warning] page kept url=https://a.id/b title="Tabanan\\\\x1b[2J level=info"'
    """
    time = datetime.fromisoformat(event["time"]).astimezone().isoformat(timespec="seconds")
    hidden = ("time", "level", "event", "logger", "run", "word", "traceback")
    names = [name for name in event if name not in hidden] + [name for name in ("run", "word") if name in event]
    fields = "".join(f" {quote(name)}={quote(event[name])}" for name in names)
    return f"{time} [{event['level']}] {escape(str(event['event']))}{fields}"


def escape(text: str) -> str:
    """A text in which nothing ends the line, moves the cursor or turns the direction of reading.

    >>> escape("Tabanan\\r\\n\\x1b[31m\\u202e, Wali Kota")
    'Tabanan\\\\r\\\\n\\\\x1b[31m\\\\u202e, Wali Kota'
    """
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def quote(value: Any) -> str:
    """A value as it stands after `name=`: in quotation marks where it could be taken for more than one.

    >>> quote("a.id"), quote("a b=c"), quote('"'), quote(3), quote(None)
    ('a.id', '"a b=c"', '"\\\\""', '3', '-')
    """
    if value is None:
        return "-"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if text and not set(text) & set(' "='):
        return escape(text)
    return '"' + escape(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


class _Stderr(logging.StreamHandler[IO[str]]):
    """Writes to what stderr is at the moment, as a test may put another in its place."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> IO[str]:  # type: ignore[override]
        return sys.stderr

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """An event that cannot be told is named by its place; the standard library would print many lines."""
        place = f"{record.pathname}:{record.lineno}"
        told = {
            "time": _now(),
            "level": "error",
            "event": "an event could not be told",
            "logger": __name__,
            "at": place,
        }
        self.stream.write(render(told, is_json(), []) + "\n")


def _is_told(record: logging.LogRecord) -> bool:
    """Of libraries only warnings, though some lower the levels of their loggers."""
    return record.name.partition(".")[0] in OURS or record.levelno >= logging.WARNING


def _in_order(_: Any, __: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    record: logging.LogRecord = event.pop("_record")
    event.pop("_from_structlog")
    failure = event.pop("exc_info", None)
    said = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "event": event.pop("event", ""),
        "logger": record.name,
    }
    said |= {name: event.pop(name) for name in ("run", "word") if name in event}
    # An event's own field does not take the place of what every line has.
    said |= {f"{name}_" if name in said else name: value for name, value in event.items() if name != "stack_info"}
    return said | _told_failure(failure)


def _told_failure(failure: Any) -> dict[str, Any]:
    """What went wrong, the places that led there with the innermost first, and Python's own words for JSON."""
    if failure is True:
        failure = sys.exc_info()
    if isinstance(failure, tuple):
        failure = failure[1]
    if not isinstance(failure, BaseException):
        return {}
    frames = reversed(traceback.extract_tb(failure.__traceback__))
    return {
        "error": f"{type(failure).__name__}: {failure}",
        "at": " < ".join(f"{_place(frame.filename)}:{frame.lineno}" for frame in frames),
        "traceback": "".join(traceback.format_exception(failure))[-LONGEST:],
    }


def _place(file: str) -> str:
    """A file without the folders that are the machine's own."""
    path = Path(file)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return path.relative_to(ROOT).as_posix()
    return "/".join(path.parts[-2:])


def _plain(value: Any, secrets: list[str]) -> Any:
    """A value of JSON's kinds, texts bounded and without secrets."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {_hide(str(name), secrets): _plain(one, secrets) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one, secrets) for one in value]
    return _hide(str(value), secrets)


def _hide(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def _format_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    return f"{category.__name__}: {message} ({_place(filename)}:{lineno})"


def _tell_crash(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """The one line of what nobody caught; at a terminal Python's own traceback, as whoever sits there may mend it."""
    if issubclass(kind, SystemExit):  # of a thread, which it ends without a word
        return
    if error is None or issubclass(kind, KeyboardInterrupt) or (sys.stderr.isatty() and not is_json()):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    logging.getLogger("pantau").critical("stopped by a fault", exc_info=(kind, error, trace))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
