"""Reading pages in processes of their own: no page can stop, starve or hold up the others, nor the crawl."""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import TracebackType

from crawler.archive import ArchiveError, read_page_body
from crawler.items import Article, Page, ParseError
from crawler.source import Source

SECONDS = 30
"""Processor time for one page. The longest real pages take under two."""
MEMORY = 2 * 1024**3
"""Bytes of addresses for one process, so that a page that swells ends its own process and not another."""
MOST_WAITING = 10_000
AHEAD = 4
"""Pages handed to a process before it has answered, so that it need not wait for whoever hands them."""
SHORT = 16 * 1024
"""Bytes of a question that surely fit into the pipe of a process that is busy."""

Found = Article | ParseError | ArchiveError
"""What came of a page: its article, why there is none in it, or why its body is out of reach (it may come back)."""

Parser = Callable[[Page, Source], Article]


@dataclass(eq=False, slots=True)
class _Task:
    page: Page
    """Without its body."""
    message: bytes
    deaths: int = 0
    """Processes that were killed while they read it."""


@dataclass(eq=False, slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    tasks: deque[_Task] = field(default_factory=deque)
    """In the order in which they are answered."""
    is_ready: bool = False


class ParsePool:
    """Reads kept pages on all usable cores; their bodies come from the archive, by file and offset.

    The processes start when there is something to read. A page at which one ends is a ParseError: at once where it
    took too long, the second time where it was killed for another reason, which may have been another's fault.
    """

    def __init__(self, archive: Path, sources: Mapping[str, Source], workers: int | None = None) -> None:
        self._archive, self._sources = archive, dict(sources)
        self._size = workers or len(os.sched_getaffinity(0))
        # Not fork: a crawl's reactor, its threads and the lock of its archive file must not be copied.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, "crawler.parse"])
        self._workers: list[_Worker] = []
        self._waiting: deque[_Task] = deque()
        self._found: list[tuple[Page, Found]] = []

    def __enter__(self) -> ParsePool:
        forkserver.ensure_running()  # it imports the parser while the first pages are still to come
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.process.terminate()
            worker.process.join()
            worker.connection.close()
        self._workers.clear()

    def submit(self, page: Page) -> bool:
        """Have a page read, without waiting; False where so many wait that this one is not taken.

        What waits is handed on each time that `submit` or `finished` is called.
        """
        if len(self._waiting) >= MOST_WAITING:
            return False
        page = replace(page, body=b"")
        self._waiting.append(_Task(page, bytes(ForkingPickler.dumps(page))))
        self._feed()
        return True

    def finished(self) -> list[tuple[Page, Found]]:
        """The pages read since this was last asked, without their bodies and in any order; does not wait."""
        self._collect(timeout=0)
        found, self._found = self._found, []
        return found

    def drain(self) -> Iterator[tuple[Page, Found]]:
        """All that is still to come, as it comes."""
        while self._waiting or any(worker.tasks for worker in self._workers):
            self._collect(timeout=None)
            yield from self.finished()
        yield from self.finished()

    def read(self, pages: Iterable[Page]) -> Iterator[tuple[Page, Found]]:
        """Every page with what came of it, in any order. Takes pages only as fast as they are read."""
        for page in pages:
            while len(self._waiting) >= self._size:
                self._collect(timeout=None)
            self.submit(page)
            yield from self.finished()
        yield from self.drain()

    def _feed(self) -> None:
        """Hand what waits to the processes that have least to do."""
        while self._waiting:
            worker = min(self._workers, key=lambda worker: len(worker.tasks), default=None)
            if (worker is None or worker.tasks) and len(self._workers) < self._size:
                worker = self._start()
            assert worker is not None
            task = self._waiting[0]
            if len(worker.tasks) >= AHEAD or (worker.tasks and len(task.message) > SHORT):
                return
            worker.tasks.append(self._waiting.popleft())
            try:
                worker.connection.send_bytes(task.message)
            except OSError:
                self._bury(worker)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        limits = (SECONDS, MEMORY)
        process = self._context.Process(target=_work, args=(theirs, self._archive, self._sources, *limits), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _collect(self, timeout: float | None) -> None:
        """Take the answers that are there, and put others in the place of the processes that ended."""
        ready = wait([worker.connection for worker in self._workers], timeout) if self._workers else []
        for worker in [worker for worker in self._workers if worker.connection in ready]:
            try:
                while worker.connection.poll():
                    answer = worker.connection.recv()
                    if worker.is_ready:
                        self._found.append((worker.tasks.popleft().page, answer))
                    worker.is_ready = True
            except (EOFError, OSError):
                self._bury(worker)
        self._feed()

    def _bury(self, worker: _Worker) -> None:
        """Judge the page at which a process ended; the others it had are read by others."""
        self._workers.remove(worker)
        worker.connection.close()
        worker.process.join()
        code = worker.process.exitcode
        if not worker.is_ready:
            raise RuntimeError(f"a process to read pages in ended as it began, with exit code {code}")
        if worker.tasks:
            worker.tasks[0].deaths += 1
            if code == -signal.SIGPROF:
                reason = f"not read within {SECONDS} seconds"
            elif worker.tasks[0].deaths == 1:
                reason = None
            else:
                reason = f"the process that read it ended twice, the last time with {_ending(code)}"
            if reason:
                page = worker.tasks.popleft().page
                self._found.append((page, ParseError(f"{page.url}: {reason} (crawler/pool.py)")))
        self._waiting.extendleft(reversed(worker.tasks))


def _ending(code: int | None) -> str:
    """How a process ended, in words.

    >>> _ending(-9), _ending(1)
    ('SIGKILL', 'exit code 1')
    """
    return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"


def _work(connection: Connection, archive: Path, sources: Mapping[str, Source], seconds: float, memory: int) -> None:
    """The life of a process: answers question after question until nobody asks any more."""
    from crawler.parse import parse_article  # only these processes need the parser, and none is ready without it

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    os.nice(5)  # a crawl must not take its own delay for a slow site's
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Not a handler of ours: Python would run it only after a loop in C has come to its end.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    logging.disable()  # what is wrong with a page comes back as its ParseError
    logging.captureWarnings(True)
    try:
        connection.send(None)
        while True:
            page = connection.recv()
            signal.setitimer(signal.ITIMER_PROF, seconds)
            found = _read(page, archive, sources, parse_article)
            signal.setitimer(signal.ITIMER_PROF, 0)
            connection.send(found)
    except (EOFError, OSError):
        return


def _read(page: Page, archive: Path, sources: Mapping[str, Source], parse: Parser) -> Found:
    try:
        if page.archive_file is None or page.archive_offset is None:
            return ParseError(f"{page.url}: no body in the archive")
        body = read_page_body(archive, page.archive_file, page.archive_offset)
        return parse(replace(page, body=body), sources[page.source])
    except (ParseError, ArchiveError) as error:
        return type(error)(str(error))
    except Exception as error:
        # A fault of ours, which one page in a million brings out, must not stop the reading of the others.
        place = traceback.extract_tb(error.__traceback__)[-1]
        return ParseError(f"{page.url}: {type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})")
