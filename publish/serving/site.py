"""The ASGI application: the release that is shown, until another stands in its place."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasette
from jinja2 import Environment, FileSystemLoader
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from publish.dates_id import Language
from publish.serve import SITE
from publish.serving.answers import SMALLEST, is_for_all, is_research, is_somebody
from publish.serving.fitness import Unfit, UnfitError
from publish.serving.health import Shown
from publish.serving.metrics import SHOWN
from publish.serving.release import FileState, Question, Served, asks_research, file_state, open_release
from publish.serving.watching import HEALTH, LIVE, METRICS, Watching, counted, note_limit
from publish.site.strings import translate

LOOK_EVERY = 1.0
"""Seconds between two looks at the file."""
MOST_WAITING = 12
"""Researchers' questions that a process takes at once; most are a query of a second at most, two at a time."""
FORMER = 3
"""Releases that are tried where public.db cannot be shown and none is."""
RETRY_SECONDS = {"busy": "5", "missing": "60", "old": "60", "broken": "60"}
PUBLISH = Path(__file__).parents[1]

log = logging.getLogger(__name__)


class Site:
    """All that readers ask is answered from the release that is shown when they ask."""

    def __init__(self, public: Path, folder: Path, secret: str) -> None:
        self.public = public
        self.folder = folder
        """Where this process keeps its names for files."""
        self.secret = secret
        """What signs the cookies of those who signed in, the same before and after a publish."""
        self.code = code_version()
        self.served: Served | None = None
        self.why: Unfit = "missing"
        """Why nothing is served."""
        self._seen: FileState | str | None = "nothing yet"
        self._said = ""
        self._waiting: set[object] = set()
        """Researchers' questions that no answer has begun to."""
        self._closing: set[asyncio.Task[None]] = set()
        self._static = StaticFiles(directory=SITE / "static")
        self._watching = Watching(public)
        self._counted = counted(self._serve, lambda: self.served.hash if self.served else None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._counted(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in (LIVE, HEALTH, METRICS):
            # Asked when something is wrong, so whatever is wrong it is answered.
            await self._watching.answer(scope, receive, send, self.served.file if self.served else None, self._shown())
            return
        if self.served is None:
            await self._excuse(self.why, scope, receive, send)
            return
        served = self.served
        with served.held():
            await self._answer(served, scope, receive, _naming(served, send))

    def _shown(self) -> Shown:
        return Shown(self.served.hash if self.served else None, self.why, is_latest=not self._said, code=self.code)

    async def _answer(self, served: Served, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            # The server leaves the body away.
            scope = {**scope, "method": "GET"}
        if is_somebody(scope):
            # Not compressed, as what is secret in a page must not show in its length.
            await self._ask(served, scope, receive, send)
            return

        async def compressed(scope: Scope, receive: Receive, send: Send) -> None:
            if is_for_all(scope):
                await served.answers.answer(self._asked_of(served), scope, receive, send)
            else:
                await self._ask(served, scope, receive, send)

        await GZipMiddleware(compressed, SMALLEST, compresslevel=6)(scope, receive, send)

    def _asked_of(self, served: Served) -> Any:
        async def ask(scope: Scope, receive: Receive, send: Send) -> None:
            await self._ask(served, scope, receive, send)

        return ask

    async def _ask(self, served: Served, scope: Scope, receive: Receive, send: Send) -> None:
        """Have Datasette answer, unless it is a researcher's question and too many wait."""
        if not is_research(scope["path"]):
            await served.app(scope, receive, send)
        elif len(self._waiting) >= MOST_WAITING:
            await self._excuse("busy", scope, receive, send)
        else:
            await self._ask_research(served, scope, receive, send)

    async def _ask_research(self, served: Served, scope: Scope, receive: Receive, send: Send) -> None:
        question = object()
        self._waiting.add(question)

        async def begin(message: Message) -> None:
            # A long table is on its way; how fast is up to the reader.
            self._waiting.discard(question)
            await send(message)

        # Whatever is asked of the database from here on is a researcher's.
        asks_research.set(Question(float("inf")) if scope["path"].endswith(".csv") else Question())
        try:
            await served.app(scope, receive, begin)
        finally:
            self._waiting.discard(question)

    async def _excuse(self, why: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Say, in the reader's language, why there is no answer now."""
        if scope["path"].startswith("/static/") and scope["method"] in ("GET", "HEAD"):
            await self._static({**scope, "path": scope["path"].removeprefix("/static")}, receive, send)
            return
        note_limit(why)
        is_english = b"lang=en" in scope["query_string"].split(b"&")
        page = HTMLResponse(
            excuse(why, "en" if is_english else "id"),
            status_code=503,
            headers={"retry-after": RETRY_SECONDS[why], "cache-control": "no-store"},
        )
        await page(scope, receive, send)

    async def watch(self) -> None:
        """Look again and again, for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()

    async def look(self) -> None:
        """Show what public.db is now, if it is another file than the last time and can be shown.

        What is shown goes on being shown where the other cannot be, and says so to the operator.
        """
        state = file_state(self.public)
        if self.served and not self.served.is_sound():
            self._say(f"{self.public} was written into while it was shown; let `pantau publish` put a new one in place")
            self._seen = "nothing yet"
            self._show(None)
        if state == self._seen:
            return
        try:
            self._show(await open_release(self.public, self.folder, self.secret, self.code))
            self._seen = state
            self._said = ""
        except UnfitError as error:
            self._seen = state
            self.why = error.why
            self._say(f"{self.public}: {error}")
            await self._show_former()
        except OSError as error:
            self._say(str(error))  # A full disk, perhaps: it is tried again.

    async def _show_former(self) -> None:
        """Where nothing is shown, show the newest release that is kept and can be."""
        for kept in [] if self.served else _kept_releases(self.public)[:FORMER]:
            try:
                self._show(await open_release(kept, self.folder, self.secret, self.code))
            except (UnfitError, OSError):
                continue
            self._say(f"shown is {kept}")
            return

    def _show(self, served: Served | None) -> None:
        former, self.served = self.served, served
        SHOWN.set(served.made_at.timestamp() if served else 0)
        if served:
            log.info("release shown", extra={"release": served.hash[:12], "former": former and former.hash[:12]})
        if former:
            task = asyncio.create_task(former.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _say(self, what: str) -> None:
        if what != self._said:
            shown = f"release {self.served.hash[:12]} stays" if self.served else "readers are told to wait"
            log.error("%s; %s; `pantau publish` makes public.db anew", what, shown)
            self._said = what

    async def close(self) -> None:
        """Give all back; nothing is shown any more."""
        self._show(None)
        await asyncio.gather(*self._closing)


def _kept_releases(public: Path) -> list[Path]:
    """The files of former releases, the newest first."""
    kept = (public.parent / "releases").glob("pantau-kota-cerdas-*.db")
    return sorted(kept, key=lambda path: path.stat().st_mtime, reverse=True)


def _naming(served: Served, send: Send) -> Send:
    """Say with each answer which release it is from."""

    async def named(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"x-release", served.hash[:12].encode())]}
        await send(message)

    return named


def excuse(why: str, language: Language) -> str:
    """A whole page that says why there is no answer, and what to do."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    words = {part: translate(f"serving.{why}.{part}", language) for part in ("title", "reader", "operator")}
    return environment.get_template("excuse.html").render(lang=language, why=why, **words)


def code_version() -> str:
    """A hash of all that makes pages out of a release: our code, templates, words, styles, and Datasette's version."""
    digest = hashlib.sha256(datasette.__version__.encode())
    for path in _sources():
        digest.update(f"{path.relative_to(PUBLISH)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    return (path for path in sorted(PUBLISH.rglob("*")) if path.is_file() and path.suffix != ".pyc")
