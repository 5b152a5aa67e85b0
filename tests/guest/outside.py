"""Runs `pantau` in a process whose names and connections are known: no real resolver is asked, nothing leaves loopback.

The product's own code runs, down to the two calls by which a process asks its system: getaddrinfo is answered from a
table, and who is connected to is written down, by an audit hook that sees every connection of the interpreter.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

_PRELUDE = """
import json, os, socket, sys

names, real = json.loads(os.environ["GUEST_NAMES"]), socket.getaddrinfo
log = open(os.environ["GUEST_LOG"], "a", buffering=1)
asked = {}


def look_up(host, port, family=0, type=0, proto=0, flags=0):
    host = host.decode() if isinstance(host, bytes) else host
    if host not in names:
        # Addresses in any spelling, and what /etc/hosts has; never a server.
        wanted = 0 if host in ("localhost", "localhost.", None) else socket.AI_NUMERICHOST
        return real(host, port, family, type, proto, flags | wanted)
    asked[host] = asked.get(host, 0) + 1
    log.write(json.dumps(["name", host]) + "\\n")
    answer = names[host][min(asked[host], len(names[host])) - 1]
    return [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
        if ":" in address
        else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
        for address in answer
    ]


def watch(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        log.write(json.dumps(["connect", args[1][0], args[1][1]]) + "\\n")
        if not args[1][0].startswith("127.") and args[1][0] != "::1":
            raise ConnectionRefusedError(111, "kept in")


socket.getaddrinfo = look_up
sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Done:
    """What came of a word, and whom it turned to."""

    code: int
    stdout: str
    stderr: str
    names: list[str]
    """Names that were looked up, in their order."""
    connected: set[tuple[str, int]]
    """Address and port of every attempt to connect."""


def pantau(
    folder: Path,
    *words: str,
    names: Mapping[str, Sequence[Sequence[str]]] | None = None,
    before: str = "",
    **environment: str,
) -> Done:
    """Say a word of the front door; `names` has the answers of each name in turn, the last one for ever."""
    log = folder / "asked.jsonl"
    log.write_text("")
    where = ["--data", str(folder / "data"), "--sources", str(folder / "sources")]
    code = f"{_PRELUDE}\n{before}\nfrom pantau import main\nmain()"
    unset = {"PANTAU_CONTACT", "PANTAU_SITE"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *where, *words],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name not in unset},
            "GUEST_NAMES": json.dumps(names or {}),
            "GUEST_LOG": str(log),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = [json.loads(line) for line in log.read_text().splitlines()]
    return Done(
        done.returncode,
        done.stdout,
        done.stderr,
        [line[1] for line in told if line[0] == "name"],
        {(line[1], line[2]) for line in told if line[0] == "connect"},
    )
