"""A reader's connection: which process takes it, how long it may take over what it sends and what it reads."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from typing import Any

import h11
from uvicorn import Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from publish.site.plugins.guarding import guards

HEAD_SECONDS = 10.0
"""From the first byte of a request to the last of its header, and from the connection to the first byte."""
BODY_SECONDS = 20.0
READ_SECONDS = 60.0
LEAST_READ = 32 * 1024
"""Bytes that a reader takes in READ_SECONDS of what waits for it, or all of it: less than any telephone does."""
MOST_CONNECTIONS = 400
"""That a process holds at once; below what a process may have open files."""
FULL_PAUSE = 0.05
"""Seconds for which a process that is full leaves newcomers to the others, before it sends one away."""
NO_FILE_PAUSE = 1.0
"""Seconds until a process that may open no more files tries again."""


class Connection(H11Protocol):
    """Closes itself where the other side is so slow that it only holds a place; more than so many are sent away."""

    _deadline: asyncio.TimerHandle | None = None
    _awaits: float | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.write(_plain(503, b"too many connections\n", retry_after=b"5"))
            transport.close()
            return
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._time_reader()
        if self.conn.their_state is h11.IDLE:
            # What it does between two requests is looked at by uvicorn, until it begins with the next one.
            self._await(None)
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._await(None)
        if self._reading:
            self._reading.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._time_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        # More may be written at once; what is left of a whole answer is all that still waits.
        if self.cycle is None or self.cycle.response_complete:
            self._time_reader()
        elif self._reading:
            self._reading.cancel()
            self._reading = None

    def send_400_response(self, msg: str) -> None:
        self._end(400, msg.encode() + b"\n")

    def _watch(self) -> None:
        """Begin to wait for what the other side is to send next, unless it is what is waited for."""
        match self.conn.their_state:
            case h11.IDLE:
                self._await(HEAD_SECONDS)
            case h11.SEND_BODY:
                self._await(BODY_SECONDS)
            case _:
                self._await(None)

    def _await(self, seconds: float | None) -> None:
        if seconds == self._awaits:
            return
        if self._deadline:
            self._deadline.cancel()
        self._awaits = seconds
        self._deadline = self.loop.call_later(seconds, self._late) if seconds else None

    def _late(self) -> None:
        if self.conn.our_state is h11.IDLE:
            self._end(408, b"a request that takes too long\n")
        else:
            self.transport.abort()

    def _end(self, status: int, body: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(_plain(status, body))
            self.transport.close()
            self._time_reader()

    def _time_reader(self) -> None:
        """Look, after a while, whether the reader has taken some of what waits for it now.

        Also where the connection is being closed: what waits would keep it for as long as nobody reads.
        """
        if self._reading:
            self._reading.cancel()
        waiting = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(READ_SECONDS, self._look, waiting) if waiting else None

    def _look(self, waited: int) -> None:
        waiting = self.transport.get_write_buffer_size()
        if waiting and waiting > waited - LEAST_READ:
            self.transport.abort()
        else:
            self._time_reader()


class SharingServer(Server):
    """One of several processes on one listening socket, who takes one connection at a time, and none while it is full.

    asyncio's own server takes all that wait at once, so one process would hold them while the others stand idle.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([])
        self._accepting = [asyncio.create_task(self._accept(listener)) for listener in sockets or ()]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for task in self._accepting:
            task.cancel()
        await super().shutdown(sockets)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        listener.setblocking(False)
        while True:
            await _readable(listener)
            if len(self.server_state.connections) >= MOST_CONNECTIONS:
                await asyncio.sleep(FULL_PAUSE)
            try:
                line, _ = listener.accept()
            except BlockingIOError:  # another process was faster
                continue
            except OSError:
                await asyncio.sleep(NO_FILE_PAUSE)
                continue
            line.setblocking(False)
            with suppress(OSError):  # it is gone already
                await loop.connect_accepted_socket(self._connection, line)

    def _connection(self) -> asyncio.Protocol:
        kind: Any = self.config.http_protocol_class
        made: asyncio.Protocol = kind(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        return made


async def _readable(listener: socket.socket) -> None:
    """Return when somebody waits to be taken."""
    loop, comes = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(listener, comes.set)
    try:
        await comes.wait()
    finally:
        loop.remove_reader(listener)


def _plain(status: int, body: bytes, **more: bytes) -> bytes:
    """A whole answer, as bytes."""
    fields = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        *guards("/"),
        *((name.replace("_", "-").encode(), value) for name, value in more.items()),
    ]
    head = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
    return b"HTTP/1.1 %d \r\n%b\r\n%b" % (status, head, body)


def be_quiet() -> None:
    """Say nothing of requests that cannot be read: strangers send them all day, and each would be a line."""
    logging.getLogger("uvicorn.error").addFilter(_is_ours)


def _is_ours(record: logging.LogRecord) -> bool:
    said: Any = record.msg
    return not str(said).startswith(("Invalid HTTP request", "Unsupported upgrade", "No supported WebSocket"))
