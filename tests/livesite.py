"""A small site on loopback that may change between two crawls, and the front door that crawls it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import yaml
from sqlite_utils import Database

ROOT = Path(__file__).parent.parent
HTML = "text/html; charset=utf-8"
SENTENCES = (
    "Pemerintah Kabupaten Paser membuka bimbingan teknis penyusunan masterplan Smart City di aula kantor bupati. ",
    "Kegiatan itu diikuti perangkat daerah, pendamping dari kementerian, dan perwakilan warga dari sepuluh kecamatan. ",
)


@dataclass
class Site:
    """What it answers, by path (with the query where one is written), and what it was asked."""

    home: str
    answers: dict[str, str | tuple[int, dict[str, str], str]]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    """When it was asked, in seconds of a clock that only runs forward."""

    def paths(self) -> list[str]:
        """Paths asked since the last time, without robots.txt, in their order."""
        paths = [path for path, _ in self.asked if path != "/robots.txt"]
        self.asked.clear()
        return paths


def article(title: str, more: str = "", day: str = "2024-06-07T15:00:00+08:00") -> str:
    """A page with an article on the programme."""
    return (
        f"<html><head><title>{title}</title><meta property='article:published_time' content='{day}'></head><body>"
        f"<article><h1>{title}</h1><p>{''.join(SENTENCES)}</p><p>{more or SENTENCES[1]}</p></article></body></html>"
    )


def feed(home: str, *entries: tuple[str, str, str]) -> str:
    """An Atom feed of (path, title, updated)."""
    rows = "".join(
        f"<entry><title>{title}</title><link href='{home}{path}'/><published>2024-06-07T07:00:00Z</published>"
        f"<updated>{updated}</updated></entry>"
        for path, title, updated in entries
    )
    return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Kabar Paser</title>{rows}</feed>"


@contextmanager
def live_site() -> Iterator[Site]:
    """A site without pages, which answers while the block runs."""
    site = Site("", {"/robots.txt": (200, {"content-type": "text/plain"}, "User-agent: *\nAllow: /\n")})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.times.append(monotonic())
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = site.answers.get(self.path, site.answers.get(urlsplit(self.path).path, (404, {}, "")))
            status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
            etag = headers.get("etag")
            if etag and self.headers.get("if-none-match") == etag:
                status, body = 304, ""
            data = body.encode()
            self.send_response(status)
            for name, value in {"content-type": HTML, **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    site.home = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Monitor:
    """An installation of its own: sources and data in a folder."""

    folder: Path

    @property
    def db(self) -> Database:
        return Database(self.folder / "data" / "pantau.db")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the private database."""
        db = self.db
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def change(self, sql: str, *values: object) -> None:
        """Change the private database, to let time pass."""
        db = self.db
        with db.conn:
            db.execute(sql, list(values))
        db.close()

    def write_source(self, name: str, home: str, ways: list[dict[str, Any]], **more: Any) -> None:
        """A source file of this installation."""
        written = {
            "outlet": name, "home": home, "kind": "media", "family": "generic", "timezone": "Asia/Makassar",
            "ways": ways, "delay": 0, "knowledge": "seen", **more,
        }  # fmt: skip
        (self.folder / "sources").mkdir(parents=True, exist_ok=True)
        (self.folder / "sources" / f"{name}.yml").write_text(yaml.safe_dump(written))

    def pantau(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Say a word of the front door, in a process of its own."""
        command = self._command(*words)
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A process that was told a word and is at it while the block runs; it is ended with the block."""
        process = subprocess.Popen(
            self._command(*words), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def _command(self, *words: str) -> list[str]:
        where = ["--data", str(self.folder / "data"), "--sources", str(self.folder / "sources")]
        return [sys.executable, "-m", "pantau", *where, *words]
