"""`pantau serve` as real processes with reviewers and readers of letters, asked by strangers."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from build import build_example_db
from datasette.app import Datasette
from lxml.html import HtmlElement, document_fromstring
from reviewdesk import PASSWORD, RAHMI, SARI

from db.mailing.connect import open_mail_db
from db.mailing.subscribers import Cadence, Choice, ask, confirm, read_requests
from publish.mail.tokens import sign, sign_confirmation
from publish.serve import SITE
from publish.site.reviewing.accounts import add_account

EXAMPLE = "https://pantau.example"


@dataclass(frozen=True, slots=True)
class Fortress:
    """A running site."""

    data: Path
    port: int
    process: subprocess.Popen[str]
    tokens: dict[str, str]
    """By what they are for: those of one reader who gets letters, and of a request that waits."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options: Any) -> httpx.Client:
        """Somebody who keeps cookies."""
        return httpx.Client(base_url=self.address, timeout=180, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer to a stranger."""
        with self.client() as client:
            return client.request(method, path, **options)

    def say(self, raw: bytes, ends: bool = False) -> bytes:
        """All that comes back for bytes that are sent as they are."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=180) as line:
            line.sendall(raw)
            if ends:
                line.shutdown(socket.SHUT_WR)
            told = bytearray()
            # Who closes with something unread resets the line, also where an answer was on its way.
            with suppress(ConnectionResetError):
                while some := line.recv(65536):
                    told += some
            return bytes(told)

    def kept(self) -> dict[str, str]:
        """What the private databases hold, as a hash of each table."""
        told = {}
        for name in ("pantau.db", "mail.db"):
            with closing(sqlite3.connect(f"file:{self.data / name}?mode=ro", uri=True)) as db:
                for (table,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
                    rows = db.execute(f'select * from "{table}"').fetchall()
                    told[f"{name} {table}"] = hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
        return told

    def public(self) -> tuple[str, list[str]]:
        """The hash of what readers are shown, and the files that SQLite would put beside it."""
        names = [self.data / "public.db", *(self.data / ".serving").glob("open-*/*/public.db")]
        beside = [str(file) for name in names for file in name.parent.glob("public.db-*")]
        return hashlib.sha256((self.data / "public.db").read_bytes()).hexdigest(), beside

    def forget_limits(self) -> None:
        """Let everybody begin anew."""
        file = self.data / ".serving" / "limits.db"
        if file.exists():
            with closing(sqlite3.connect(file, timeout=30)) as db, db:
                db.execute("delete from counts")


def sign_in(client: httpx.Client, name: str = RAHMI, password: str = PASSWORD, **more: str) -> httpx.Response:
    """The answer to a name and a password, redirections not followed."""
    form = {"csrftoken": token_of(client.get("/masuk").text), "nama": name, "sandi": password, **more}
    return client.post("/masuk", data=form)


def token_of(page: str) -> str:
    """The token that the forms of a page carry."""
    found = re.search(r'name="csrftoken" value="([^"]+)"', page)
    assert found, page[:2000]
    return found[1]


SAMPLES = {
    "database": "public", "table": "provinces", "pks": "51", "format": "json", "kind": "daerah", "number": "1",
    "week": "2024-W47", "token": "palsu", "path": "app.css", "rest": "",
}  # fmt: skip
"""What stands in an address for a part that its route names; `x` for all others."""


def routes(site: Fortress) -> dict[str, str]:
    """An address for each route of the running site, by its regular expression."""
    datasette = Datasette(immutables=[str(site.data / "public.db")], config_dir=SITE)
    asyncio.run(datasette.client.get("/"))
    told = {regex.pattern: an_address(regex.pattern) for regex, _ in datasette._routes()}
    assert [pattern for pattern, path in told.items() if not re.match(pattern, path)] == []
    return told


def an_address(pattern: str) -> str:
    """An address that the regular expression of a route means.

    >>> an_address(r"^/surat/(?P<week>[^/]+)$"), an_address(r"/(?P<database>[^\\/\\.]+)(\\.(?P<format>\\w+))?$")
    ('/surat/2024-W47', '/public')
    """
    path = re.sub(r"\^\(\?!.*?\$\)\)|\(\?<![^()]*\)", "", pattern)
    path = re.sub(r"\(\?P<(\w+)>[^()]*\)", lambda part: SAMPLES.get(part[1], "x"), path)
    path = re.sub(r"\([^()]*\)\?", "", path)
    return re.sub(r"[\^$\\]|\[\^/\]\*", "", path) or "/"


def walk(client: httpx.Client, *starts: str, most: int = 150) -> dict[str, HtmlElement]:
    """Pages by their addresses: a few of each kind of address, found by following links."""
    found: dict[str, HtmlElement] = {}
    kinds: dict[str, int] = {}
    waiting = list(starts)
    while waiting and len(found) < most:
        path = waiting.pop(0)
        if path in found:
            continue
        answer = client.get(path, follow_redirects=True)
        if "html" not in answer.headers.get("content-type", "") or not answer.text:
            continue
        found[path] = page = document_fromstring(answer.text)
        for link in page.xpath("//a/@href"):
            to = urlsplit(urljoin(path, link))
            kind = re.sub(r"[0-9a-f]{6,}|\d+|(?<=/public/)[^/]+", "#", to.path) + "?" * bool(to.query)
            if not to.netloc and to.path.startswith("/") and kinds.setdefault(kind, 0) < 2:
                kinds[kind] += 1
                waiting.append(to.path + (f"?{to.query}" if to.query else ""))
    return found


def own_pages(site: Fortress) -> list[str]:
    """The pages of readers, by the tokens of their letters."""
    return [f"/langganan/{page}/{token}" for page, token in site.tokens.items()]


def build_fortress(folder: Path) -> dict[str, str]:
    """Databases, two reviewers and a reader of letters; the tokens of the reader."""
    build_example_db(folder)
    for name in (RAHMI, SARI):
        add_account(folder / "reviewers.yml", name, PASSWORD)
    (folder / "mail.yml").write_text("from: {address: surat@pantau.example}\n")
    with closing(open_mail_db(folder / "mail.db")) as db:
        now = datetime.now(UTC)
        reader = {}
        for email in ("sari@kota.example", "dewi@kota.example"):
            choices: list[tuple[Choice, Cadence]] = [(Choice("all", "", {}), "weekly")]
            ask(db, email, choices, name=None, lang="id", zone="WIB", origin="form", now=now)
            ((reader[email],),) = db.execute("select id from subscribers where email = ?", [email]).fetchall()
        confirmed, waiting = reader.values()
        confirm(db, confirmed, now, read_requests(db, confirmed)[0].number)
        return {
            "atur": sign(db, "preferences", confirmed),
            "berhenti": sign(db, "unsubscribe", confirmed),
            "konfirmasi": sign_confirmation(db, waiting, read_requests(db, waiting)[0].number, now),
        }


@contextmanager
def open_fortress(data: Path, tokens: dict[str, str], **environment: str) -> Iterator[Fortress]:
    """The site, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "pantau", "--data", str(data), "serve", "--port", str(port)]
    known = {name: value for name, value in os.environ.items() if not name.startswith("PANTAU_")}
    with (
        (data / "said.txt").open("a") as told,
        subprocess.Popen(
            command, cwd=SITE.parents[1], env={**known, **environment}, stdout=subprocess.PIPE, stderr=told, text=True
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Site:")
        try:
            site = Fortress(data, port, process, tokens)
            while site.ask("GET", "/").status_code != 200:
                pass
            yield site
        finally:
            process.terminate()
            process.wait(timeout=180)
