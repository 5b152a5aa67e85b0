"""Who sends or reads too slowly, on real connections to a server whose times are cut short."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config

from publish.serving import connection
from publish.serving.connection import Connection, SharingServer

SOON = 0.2
"""Seconds for which a slow one is waited here."""


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """As many bytes as the path says, in one piece; a body is read to its end before."""
    while scope["method"] == "POST" and (await receive()).get("more_body"):
        pass
    body = b"x" * int(scope["path"].removeprefix("/"))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(kind: type[Connection], number: int = 1) -> Iterator[Callable[[], socket.socket]]:
    """What connects to a server on loopback, or to several on one socket, with room for little between the two."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    config = Config(answer, http=kind, ws="none", lifespan="off", log_config=None, access_log=False)
    servers = [SharingServer(config) for _ in range(number)]
    threads = [threading.Thread(target=asyncio.run, args=[one.serve(sockets=[listener])]) for one in servers]
    lines: list[socket.socket] = []

    def connect() -> socket.socket:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(60)
        line.connect(listener.getsockname())
        lines.append(line)
        return line

    for thread in threads:
        thread.start()
    try:
        yield connect
    finally:
        for line in lines:
            line.close()
        for server in servers:
            server.should_exit = True
        for thread in threads:
            thread.join(60)
        listener.close()


class Ended(Connection):
    """Says when it is lost, and whenever it is looked whether its reader reads."""

    lost = threading.Event()
    looks = threading.Semaphore(0)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.lost.set()

    def _look(self, waited: int) -> None:
        super()._look(waited)
        self.looks.release()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> type[Ended]:
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "READ_SECONDS"):
        monkeypatch.setattr(connection, name, SOON)
    return type("Own", (Ended,), {"lost": threading.Event(), "looks": threading.Semaphore(0)})


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET / HTT", b"GET /1 HTTP/1.1\r\nHost: x\r\nX-a: b\r\n",
     b"POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na"],
    ids=["nothing", "half-a-line", "half-a-header", "half-a-body"],
)  # fmt: skip
def test_who_sends_half_a_request_is_left(short: type[Ended], begun: bytes) -> None:
    with serving(short) as connect:
        connect().sendall(begun)
        assert short.lost.wait(60)


@pytest.mark.parametrize("size", [30_000, 90_000, 3_000_000])
@pytest.mark.parametrize("then", [b"", b"Connection: close\r\n"], ids=["kept", "closed"])
def test_who_reads_nothing_is_left_however_little_waits(short: type[Ended], size: int, then: bytes) -> None:
    """Little is more than the machine takes for the reader, and less than what the server stops writing at."""
    with serving(short) as connect:
        connect().sendall(b"GET /%d HTTP/1.1\r\nHost: x\r\n%b\r\n" % (size, then))
        assert short.lost.wait(60)


def test_who_reads_slowly_gets_all_of_a_long_answer(short: type[Ended]) -> None:
    size = 8 * connection.LEAST_READ
    with serving(short) as connect:
        line = connect()
        line.sendall(b"GET /%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % size)
        taken = 0
        for _ in range(4):
            # No more than is asked of a reader, and only when it was looked for.
            due = taken + connection.LEAST_READ + 8192
            while taken < due:
                taken += len(line.recv(1024))
            assert short.looks.acquire(timeout=60)
        while some := line.recv(65536):
            taken += len(some)
        assert taken > size


def test_newcomers_are_left_to_whoever_has_room_and_sent_away_where_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 3)
    with serving(Connection, number=2) as connect:
        told = []
        for _ in range(8):
            line = connect()  # and stays: what keeps its connection may ask again
            line.sendall(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
            told.append(line.recv(4096)[9:12])
    assert told == [b"200"] * 6 + [b"503"] * 2


def test_the_times_of_the_site_are_those_that_are_told() -> None:
    assert (connection.HEAD_SECONDS, connection.BODY_SECONDS, connection.READ_SECONDS) == (10, 20, 60)
