"""Serves the sample web: three sites, each on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping

import uvicorn

from crawler.sampleweb import kabarnusa, portal, serumpun

HOST = "127.0.0.1"
PORTS = {"serumpun": 8101, "kabarnusa": 8102, "portal": 8103}
_SITES = {"serumpun": serumpun.build_app, "kabarnusa": kabarnusa.build_app, "portal": portal.build_app}


def serve(ports: Mapping[str, int]) -> None:
    """Serve the sample web until Ctrl-C. Raises OSError where a port is taken."""
    with running_sampleweb(ports) as addresses:
        for site, address in addresses.items():
            print(f"{site:10} {address}/")  # noqa: T201
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


@contextlib.contextmanager
def running_sampleweb(ports: Mapping[str, int] | None = None) -> Iterator[dict[str, str]]:
    """The sample web while the block runs: the address of each site, without a slash at the end.

    Without `ports` free ones are taken. Every site answers when the block begins and is stopped when it ends.
    Raises OSError where a port is taken.
    """
    with contextlib.ExitStack() as sockets:
        listening = {site: sockets.enter_context(_listen(ports[site] if ports is not None else 0)) for site in _SITES}
        addresses = {site: f"http://{HOST}:{sock.getsockname()[1]}" for site, sock in listening.items()}
        servers = {site: uvicorn.Server(_config(site)) for site in _SITES}
        thread = threading.Thread(target=_run, args=(servers, listening), name="sampleweb", daemon=True)
        thread.start()
        try:
            for address in addresses.values():
                _wait_until_it_answers(address)
            yield addresses
        finally:
            for server in servers.values():
                server.should_exit = True
            thread.join()


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is said; with it each answer waits 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise OSError(f"port {port} of {HOST} is taken: is the sample web already running?") from error
    return sock


def _config(site: str) -> uvicorn.Config:
    return uvicorn.Config(_SITES[site](), log_level="warning", access_log=False, lifespan="off", ws="none")


def _run(servers: dict[str, uvicorn.Server], listening: dict[str, socket.socket]) -> None:
    async def run_all() -> None:
        await asyncio.gather(*(server.serve(sockets=[listening[site]]) for site, server in servers.items()))

    asyncio.run(run_all())


def _wait_until_it_answers(address: str) -> None:
    until = time.monotonic() + 30
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy does not know our loopback
    while True:
        try:
            with opener.open(f"{address}/robots.txt", timeout=5):
                return
        except OSError:
            if time.monotonic() > until:
                raise
