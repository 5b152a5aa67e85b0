"""One process of the site: `python -m publish.serving.worker PUBLIC FD`, started by publish.serve."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from pathlib import Path

from uvicorn import Config

from publish.serving.connection import Connection, SharingServer, be_quiet
from publish.serving.release import own_folder
from publish.serving.site import Site
from publish.serving.wall import LONGEST_ADDRESS, LONGEST_HEADERS, Place, walled

PROXY = "PANTAU_PROXY"
"""Environment variable: the addresses or networks, with commas, of the proxies whose X-Forwarded-For is believed."""
GRACE_SECONDS = 5
"""How long requests under way may take when it ends."""


async def run(public: Path, listener: socket.socket, secret: str) -> None:
    """Answer what comes in on a listening socket, until a signal or the end of standard input."""
    with own_folder(public) as folder:
        site = Site(public, folder, secret)
        await site.look()
        watch = asyncio.create_task(site.watch())
        proxy = os.environ.get(PROXY, "")
        server = SharingServer(
            Config(
                walled(site, Place.of_environment()),
                http=Connection,
                h11_max_incomplete_event_size=LONGEST_ADDRESS + LONGEST_HEADERS,
                lifespan="off",
                log_config=None,
                ws="none",
                # Who asks is who connects, unless the operator says whose word is taken for it.
                proxy_headers=bool(proxy),
                forwarded_allow_ips=proxy,
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        # Who started us holds the other end; without them nobody could end us.
        asyncio.get_running_loop().add_reader(0, lambda: server.handle_exit(signal.SIGTERM, None))
        try:
            await server.serve(sockets=[listener])
        finally:
            watch.cancel()
            await site.close()


def main() -> None:
    """Run until it is ended."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)  # where nobody has decided otherwise
    be_quiet()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: sys.exit())
    asyncio.run(run(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])), os.environ["DATASETTE_SECRET"]))


if __name__ == "__main__":
    main()
