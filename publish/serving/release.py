"""One release as it is served: a Datasette over a name of its own for the file, and all answers given so far."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp
from typing import Any, TypeVar

import httpx
from datasette.app import Datasette
from datasette.database import Database
from starlette.types import ASGIApp

from publish.release import NO_LINKS
from publish.serve import SITE
from publish.serving.answers import Answers
from publish.serving.fitness import UnfitError, read_fit_release, read_made_at
from publish.site.confining import Confined

T = TypeVar("T")
FileState = tuple[int, int, int, int]
"""Device, inode, size and time of change (ns): a publish gives another."""

OUR_PAGES_MS = 10_000
"""How long a query of our own pages may take: they are quick, except where the machine is busy, which is no error."""
RESEARCH_THREADS = 2
"""Queries of researchers that run at once in a process; the others of them wait."""

LAST_MS = 100
"""How long each may still take after that."""
QUESTION_MS = 5_000
"""How long all queries of one page of a researcher's may take together: a page with facets has many."""


@dataclass(slots=True)
class Question:
    """What a researcher asks by one request; see publish.serving.answers.is_research()."""

    left_ms: float = QUESTION_MS
    """What its queries may still take; a table that is handed on as it is read has no end but its own."""


asks_research: ContextVar[Question | None] = ContextVar("asks_research", default=None)
"""The researcher's question that what runs now answers, if it is one."""


@contextmanager
def as_research() -> Iterator[None]:
    """Whatever is asked of the database inside was written by a reader, and is bounded as a researcher's question."""
    former = asks_research.set(Question())
    try:
        yield
    finally:
        asks_research.reset(former)


class PublicDatabase(Database):
    """A database whose readers' own queries run in threads of their own, behind those of our pages.

    They cannot take the threads of our pages, and get only what time of the processors is left.
    """

    def __init__(self, datasette: Datasette, path: Path, release: str) -> None:
        super().__init__(datasette, path=str(path), is_mutable=False)
        # Datasette would read the whole file to know it, while all wait.
        self.cached_hash = release
        self.research = ThreadPoolExecutor(RESEARCH_THREADS, "research", initializer=_step_back)
        self._local = threading.local()

    async def execute(
        self, sql: str, params: Any = None, truncate: bool = False, custom_time_limit: int | None = None, **more: Any
    ) -> Any:
        """Rows of a query; a researcher's is stopped at the time that the settings say."""
        if asks_research.get():
            most: int = self.ds.setting("sql_time_limit_ms")
            custom_time_limit = min(custom_time_limit or most, most)
        return await super().execute(sql, params, truncate, custom_time_limit, **more)

    async def execute_fn(self, fn: Callable[[Any], T]) -> T:
        """What `fn` makes of a connection, in a thread. A researcher's may be an OperationalError "interrupted"."""
        question = asks_research.get()
        if question is None:
            return await super().execute_fn(fn)
        return await asyncio.get_running_loop().run_in_executor(self.research, partial(self._run, fn, question))

    def _run(self, fn: Callable[[Any], T], question: Question) -> T:
        if not hasattr(self._local, "confined"):
            connection = self.connect()
            self.ds._prepare_connection(connection, self.name)
            self._local.confined = Confined(connection)
        confined: Confined = self._local.confined
        # What a page asks of its own, as its frame does, is quick and never refused.
        most_ms = min(max(question.left_ms, LAST_MS), self.ds.setting("sql_time_limit_ms"))
        began = time.monotonic()
        try:
            return confined.run(fn, most_ms / 1000)
        finally:
            question.left_ms -= (time.monotonic() - began) * 1000


def _step_back() -> None:
    # Only on Linux is a thread's priority its own.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)


@dataclass(slots=True)
class Served:
    """A release that is open for readers."""

    hash: str
    """Of its content, 64 hex digits; see publish.release.content_hash()."""
    made_at: datetime
    """When its content was published first, UTC."""
    file: Path
    """The name under which only this process knows it."""
    state: FileState | None
    """Of the file when it was opened."""
    datasette: Datasette
    app: ASGIApp
    answers: Answers
    readers: int = 0
    """Requests that are being answered from it."""
    _left: asyncio.Event = field(default_factory=asyncio.Event)

    def is_sound(self) -> bool:
        """Whether nobody wrote into the file since it was opened."""
        return file_state(self.file) == self.state

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep it open while a request is answered."""
        self.readers += 1
        try:
            yield
        finally:
            self.readers -= 1
            if not self.readers:
                self._left.set()

    async def close(self) -> None:
        """Give all back as soon as the last request is answered."""
        while self.readers:
            self._left.clear()
            await self._left.wait()
        await close(self.datasette, self.file)


def file_state(path: Path) -> FileState | None:
    """What tells a file from the one that takes its place; None where there is no file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


async def open_release(public: Path, folder: Path, secret: str, code: str) -> Served:
    """Open what a public database is at this moment, whatever takes its place later, and see its first page.

    `folder` is where this process keeps its names for files. Raises UnfitError where it cannot be shown, and OSError.
    """
    file = await asyncio.to_thread(_take_name, public, folder)
    datasette = None
    try:
        release = await asyncio.to_thread(read_fit_release, file)
        made_at = await asyncio.to_thread(read_made_at, file)
        state = file_state(file)
        datasette = Datasette([], immutables=[str(file)], config_dir=SITE, secret=secret)
        datasette.sql_time_limit_ms = OUR_PAGES_MS
        datasette.remove_database("public")
        datasette.add_database(PublicDatabase(datasette, file, release), name="public")
        app = datasette.app()
        await _see_first_page(app)
        # Datasette's catalogue of the tables is made for the first of its own pages that is asked: it would be charged
        # to that reader's question, and left half made at its end.
        await datasette.refresh_schemas()
    except BaseException:
        await close(datasette, file)
        raise
    # What is no content changes without the hash: how the sources are doing.
    return Served(release, made_at, file, state, datasette, app, Answers(f"{release} {state} {code}"))


async def _see_first_page(app: ASGIApp) -> None:
    """Have Datasette make itself ready, and look whether it answers."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as client:
        answer = await client.get("/")
    if answer.status_code != 200:
        raise UnfitError("broken", f"its first page answers {answer.status_code}")


async def close(datasette: Datasette | None, file: Path) -> None:
    """End the threads of a Datasette that nobody asks any more, and remove the name of its file."""
    if datasette:
        # Its thread for the internal catalogue waits for work for ever; SystemExit ends a thread without a word.
        internal = datasette.get_database("_internal")
        if internal._write_thread:
            await internal.execute_write_fn(_end_thread, block=False)
        public = datasette.databases.get("public")
        for pool in (datasette.executor, getattr(public, "research", None)):
            if pool:
                await asyncio.to_thread(pool.shutdown, cancel_futures=True)
        for database in datasette.databases.values():
            database.close()
    await asyncio.to_thread(rmtree, file.parent, ignore_errors=True)


def _end_thread(connection: Any) -> None:
    connection.close()
    sys.exit()


def _take_name(public: Path, folder: Path) -> Path:
    """Another name for a file, in the folder; a copy where the disk knows no second names."""
    file = Path(mkdtemp(dir=folder)) / "public.db"
    try:
        try:
            os.link(public, file)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            copyfile(public, file)
    except FileNotFoundError as error:
        file.parent.rmdir()
        raise UnfitError("missing", "there is no such file") from error
    return file


@contextmanager
def own_folder(public: Path) -> Iterator[Path]:
    """A folder beside public.db for the names that this process gives to files; those of dead processes are removed."""
    parent = public.parent / ".serving"
    parent.mkdir(parents=True, exist_ok=True)
    for folder in parent.glob("open-*"):
        with suppress(OSError), (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            rmtree(folder)
    new = Path(mkdtemp(dir=parent, prefix="new-"))
    with (new / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Others look only at folders whose process had the time to lock.
        folder = new.rename(parent / new.name.replace("new-", "open-"))
        try:
            yield folder
        finally:
            rmtree(folder)
