"""Open the site: Datasette over public.db, with our pages, words and style."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SITE = Path(__file__).parent / "site"
PROCESSES = min(4, os.cpu_count() or 1)
WORKER = "publish.serving.worker"
OF_MAIL = ("PANTAU_SMTP_PASSWORD", "PANTAU_DKIM_KEY")
"""Secrets that the processes of the site have no use for."""
FREED_WITHIN = 10.0
"""Seconds until the processes of a killed `pantau serve` have let go of their port, also one that was just starting."""


def datasette_command(public: Path, host: str, port: int) -> list[str]:
    """The command that serves one public.db by Datasette alone; run it in the folder that holds `publish/`."""
    options = ["--immutable", str(public.resolve()), "--host", host, "--port", str(port)]
    return [sys.executable, "-m", "datasette", "serve", str(SITE), *options]


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket on which readers may ask from now on. Raises OSError, with one clear line, where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = time.monotonic() + FREED_WITHIN
    while True:
        try:
            listener = socket.create_server((host, port), family=family, backlog=2048)
            break
        except OSError as error:
            if time.monotonic() > until:
                raise OSError(f"port {port} of {host} is taken: is the site already open? (--port)") from error
            time.sleep(0.1)
    with listener:
        yield listener


def check_port(host: str, port: int) -> None:
    """Raise OSError, with one clear line, where somebody else listens on the port."""
    with listening(host, port):
        pass


def serve(public: Path, listener: socket.socket, processes: int = PROCESSES, worker: str = WORKER) -> None:
    """Serve public.db to who asks on `listener`, until it or one of its processes is told to end.

    `worker` is the module that each process runs, which sets up what it needs and calls the main() of WORKER.

    When another file takes its place, that is shown within a second or two; a file that cannot be shown is not, and
    where there is none at all, readers are told so. A process that is killed is started anew. Raises
    CalledProcessError when one cannot start.
    """
    # subprocess ends nobody by itself; a plain SIGTERM would leave the site running without us.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    workers: list[subprocess.Popen[bytes]] = []
    _begin_counts(_counts(public))
    try:
        for _ in range(processes):
            workers.append(_start(public, listener, worker))
        while not any(process.poll() == 0 for process in workers):
            time.sleep(0.5)
            workers = [
                process if _runs(process) else _replace(process, public, listener, worker) for process in workers
            ]
    except KeyboardInterrupt:
        return
    finally:
        _end(workers)
        shutil.rmtree(_counts(public), ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def _replace(
    dead: subprocess.Popen[bytes], public: Path, listener: socket.socket, worker: str
) -> subprocess.Popen[bytes]:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(dead.pid, str(_counts(public)))
    return _start(public, listener, worker)


def _start(public: Path, listener: socket.socket, worker: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", worker, str(public.resolve()), str(listener.fileno())]
    # The plugins import publish.site; -m puts this folder on their path where the project is not installed.
    return subprocess.Popen(
        command,
        cwd=SITE.parents[1],
        env={
            **{name: value for name, value in os.environ.items() if name not in OF_MAIL},
            "DATASETTE_SECRET": _secret(public.parent / ".serving"),
            # Where the plugins find what lies beside public.db, which they see under another name.
            "PANTAU_DATA": str(public.parent.resolve()),
            # Where all processes count what they were asked; see publish.serving.metrics.
            "PROMETHEUS_MULTIPROC_DIR": str(_counts(public)),
        },
        stdin=subprocess.PIPE,
        pass_fds=[listener.fileno()],
    )


def _counts(public: Path) -> Path:
    return public.parent.resolve() / ".serving" / f"counts-{os.getpid()}"


def _begin_counts(folder: Path) -> None:
    """An empty folder; those of sites that are no more are removed."""
    for other in folder.parent.glob("counts-*"):
        number = other.name.removeprefix("counts-")
        if number.isdigit() and (int(number) == os.getpid() or not _is_alive(int(number))):
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _secret(folder: Path) -> str:
    """What signs the cookies: DATASETTE_SECRET, else one that is kept, so that who signed in stays so."""
    if given := os.environ.get("DATASETTE_SECRET"):
        return given
    file = folder / "secret"
    folder.mkdir(parents=True, exist_ok=True)
    if not file.exists() or not file.stat().st_size:
        # Whole or not there, also after a power cut: an empty one would sign what anybody can.
        new = folder / f"secret-{os.getpid()}"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as text:
            text.write(secrets.token_hex(32))
            text.flush()
            os.fsync(text.fileno())
        new.replace(file)
    return file.read_text()


def _runs(worker: subprocess.Popen[bytes]) -> bool:
    """Whether it does, or was told to end; if not it was killed. Raises CalledProcessError where it gave up."""
    code = worker.poll()
    if code is not None and code > 0:
        raise subprocess.CalledProcessError(code, worker.args)
    return not code


def _end(workers: Sequence[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.wait()
