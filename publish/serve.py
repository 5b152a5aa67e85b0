"""Open the site: Datasette over public.db, with our pages, words and style."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SITE = Path(__file__).parent / "site"


def datasette_command(public: Path, host: str, port: int) -> list[str]:
    """The command that serves public.db read-only; run it in the folder that holds `publish/`, as `serve` does."""
    options = ["--immutable", str(public.resolve()), "--host", host, "--port", str(port)]
    return [sys.executable, "-m", "datasette", "serve", str(SITE), *options]


def serve(public: Path, host: str = "127.0.0.1", port: int = 8001) -> None:
    """Serve public.db until interrupted.

    The file is read as it is now: publishing anew swaps it, and the site shows the new one after a restart.
    Raises FileNotFoundError where there is no public.db, and CalledProcessError when Datasette cannot start.
    """
    if not public.is_file():
        raise FileNotFoundError(f"no {public}: run `pantau publish` first, it writes public.db")
    try:
        # The plugins import publish.site; -m puts this folder on their path where the project is not installed.
        subprocess.run(datasette_command(public, host, port), cwd=SITE.parents[1], check=True)
    except KeyboardInterrupt:
        return
