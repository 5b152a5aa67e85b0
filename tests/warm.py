"""Words of `pantau` by fork from a process that has imported everything: who is killed need not load for seconds.

    python -c "import warm; warm.serve()"

reads one job a line (JSON) from stdin and answers with one line. {"words": [...], "told": FILE} starts `pantau` in a
session of its own, what it prints goes to the file, and answers with its process id. There is one word more, `send-at
SITE NOW`, which hands over the letters that are due at an instant. With "step": N it kills itself before its Nth step,
and "with_all" what it started too; without, it writes the number of its steps beside the file as it ends. "busy_ms" is
how long it waits for another writer, "largest" how many bytes a file may have. {"wait": ID} answers with how it ended.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import signal
import sqlite3
import sys
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import click

STEPS = ("os.rename", "os.remove", "os.link", "os.truncate", "os.mkdir", "sqlite3.connect")
"""What is a step, of the events of Python's audit hooks; beside a file opened to be written, and begin and commit."""


WRITES = os.O_WRONLY | os.O_RDWR


def serve() -> None:
    """Answer until stdin is closed."""
    _load()
    for line in sys.stdin:
        job = json.loads(line)
        if "wait" in job:
            _, status = os.waitpid(job["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _work(job)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _load() -> None:
    from crawler.items import Article
    from nlp import pipeline

    text = "Bupati membuka bimtek smart city."
    pipeline.extract(Article("https://a.example", "https://a.example", "a", None, (), None, None, None, text))


def _work(job: dict[str, Any]) -> None:
    os.setsid()
    told = os.open(job["told"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, to in ((0, nothing), (1, told), (2, told)):
        os.dup2(to, number)
    sys.stdin = os.fdopen(0, closefd=False)
    _count_steps(Path(f"{job['told']}.steps"), job.get("step"), 0 if job.get("with_all") else os.getpid())
    if "busy_ms" in job:
        import db.connect

        db.connect.BUSY_MS = job["busy_ms"]
    if "largest" in job:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["largest"], job["largest"]))
    from pantau import main

    main.add_command(_send_at)
    main(job["words"], prog_name="pantau")


@click.command("send-at")
@click.argument("site")
@click.argument("now")
@click.pass_obj
def _send_at(house: Any, site: str, now: str) -> None:
    from pantau.mail import send_letters

    if not send_letters(house, site, datetime.fromisoformat(now)):
        raise SystemExit(1)


def _count_steps(file: Path, last: int | None, killed: int) -> None:
    steps = count(1)

    def step() -> None:
        if next(steps) == last:
            os.kill(killed, signal.SIGKILL)

    def said(sql: str) -> None:
        if sql.lower().startswith(("begin", "commit")):
            step()

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event in STEPS or (event == "open" and isinstance(given[2], int) and given[2] & WRITES):
            step()

    open_database = sqlite3.connect

    def connect(*given: Any, **named: Any) -> sqlite3.Connection:
        connection = open_database(*given, **named)
        connection.set_trace_callback(said)
        return connection

    sqlite3.connect = connect
    sys.addaudithook(hook)
    atexit.register(lambda: file.write_text(str(next(steps))))
