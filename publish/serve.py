"""Open the site: Datasette over public.db, with our pages, words and style."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

SITE = Path(__file__).parent / "site"


def datasette_command(public: Path, host: str, port: int) -> list[str]:
    """The command that serves public.db read-only; run it in the folder that holds `publish/`, as `serve` does."""
    options = ["--immutable", str(public.resolve()), "--host", host, "--port", str(port)]
    return [sys.executable, "-m", "datasette", "serve", str(SITE), *options]


def check_port(host: str, port: int) -> None:
    """Raise OSError, with one clear line, where somebody else listens on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(f"port {port} of {host} is taken: is the site already open? (--port)") from error


def serve(public: Path, host: str = "127.0.0.1", port: int = 8001) -> None:
    """Serve public.db until interrupted.

    The file is read as it is now: publishing anew swaps it, and the site shows the new one after a restart.
    Raises FileNotFoundError where there is no public.db, OSError where the port is taken, and CalledProcessError when
    Datasette cannot start.
    """
    if not public.is_file():
        raise FileNotFoundError(f"no {public}: run `pantau publish` first, it writes public.db")
    check_port(host, port)
    # subprocess.run ends its child on any exception; a plain SIGTERM would leave the site running without us.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        # The plugins import publish.site; -m puts this folder on their path where the project is not installed.
        subprocess.run(datasette_command(public, host, port), cwd=SITE.parents[1], check=True)
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, before)
