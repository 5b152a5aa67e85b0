"""Small news sites on loopback, each with one thing wrong until it is mended: what the fault bench crawls."""

from __future__ import annotations

import gzip
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Literal, NamedTuple

HTML = {"content-type": "text/html; charset=utf-8"}
RSS = {"content-type": "application/rss+xml; charset=utf-8"}
XML = {"content-type": "application/xml"}
LARGE = 1_000_000
"""Bytes of a body behind which no address is filled in."""
PUBLISHED = datetime.fromisoformat("2023-11-08T16:20:00+07:00")


@dataclass(frozen=True)
class Answer:
    """What a path answers. In body and headers `HOME` becomes the site's address, `ELSEWHERE` that of a host that is
    not it, and `SITE[name]` that of another site that runs beside it."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: HTML)
    length: int | None = None
    """What Content-Length says, where it is not the truth."""
    ending: Literal["close", "reset", "silence", "endless", "chunks", "drip"] = "close"
    """What comes after the body: the end, a reset of the connection, nothing for ever, or for ever more of it: until
    the connection is closed, in chunks that tell their length, or a byte now and then."""
    raw: bytes | None = None
    """What is sent in place of status, headers and body; with the ending "endless" again and again."""
    cut: int | None = None
    """The body is gzipped, and so many bytes are missing at its end."""
    then: Answer | None = None
    """What is answered from the second time on."""


Path = Callable[["Asked"], Answer] | Answer


@dataclass(frozen=True)
class Asked:
    """A request, as a path that answers by it sees it."""

    path: str
    headers: Mapping[str, str]
    times: int
    """How many times the path has been asked for, this time included."""
    all_times: int
    """The same for all paths but robots.txt."""


class Seen(NamedTuple):
    """A request that was answered."""

    path: str
    headers: Mapping[str, str]
    """Lower-case names."""
    status: int
    at: float
    """When it came, by the monotonic clock."""


@dataclass
class Site:
    """A site on loopback: what it answers while it is broken, and what is different once it is mended."""

    name: str
    broken: Mapping[str, Path]
    mended: Mapping[str, Path]
    is_down: bool = False
    """Nobody listens at its port until it is mended."""
    before: Mapping[str, Path] = field(default_factory=dict)
    """What is different on the day before it breaks."""
    scheme: str = "http"
    """Of its home. The server speaks plain HTTP whatever it says."""
    state: Literal["before", "broken", "mended"] = "broken"
    home: str = ""
    log: list[Seen] = field(default_factory=list)

    @property
    def is_mended(self) -> bool:
        return self.state == "mended"

    def answer(self, path: str, headers: Mapping[str, str], times: int) -> Answer:
        changed = {"before": self.before, "broken": {}, "mended": self.mended}[self.state]
        answers = {**self.broken, **changed}
        bare = path.partition("?")[0]
        found = answers.get(path, answers.get(bare, Answer("<h1>Tidak ada</h1>", 404)))
        everything = sum(seen.path != "/robots.txt" for seen in self.log) + 1
        if isinstance(found, Answer):
            return found if found.then is None or times == 1 else found.then
        return found(Asked(path, headers, times, everything))

    def asked(self, path: str) -> int:
        """How many times a path was asked for, its query left out."""
        return sum(seen.path.partition("?")[0] == path for seen in self.log)


@contextmanager
def running(sites: Sequence[Site]) -> Iterator[Callable[[], None]]:
    """Serve the sites on free ports while the block runs; their `home` says where. Calling what it gives mends them."""
    homes: dict[str, str] = {}
    servers: dict[str, ThreadingHTTPServer] = {}
    stopping = threading.Event()

    def start(site: Site) -> None:
        servers[site.name].server_activate()
        threading.Thread(target=servers[site.name].serve_forever, args=(0.01,), daemon=True).start()

    def mend() -> None:
        for site in sites:
            site.state = "mended"
            if site.is_down:
                start(site)

    for site in sites:
        shared = {"site": site, "homes": homes, "counts": Counter(), "stopping": stopping}
        handler = type(site.name, (_Handler,), shared)
        servers[site.name] = server = ThreadingHTTPServer(("127.0.0.1", 0), handler, bind_and_activate=False)
        server.daemon_threads = True
        server.server_bind()
        site.home = homes[site.name] = f"{site.scheme}://127.0.0.1:{server.server_address[1]}"
        if not site.is_down:
            start(site)
    try:
        yield mend
    finally:
        stopping.set()
        for site in sites:
            if site.is_mended or not site.is_down:
                servers[site.name].shutdown()
            servers[site.name].server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site
    homes: Mapping[str, str]
    counts: Counter[str]
    stopping: threading.Event

    def do_GET(self) -> None:
        self.counts[self.path] += 1
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.site.answer(self.path, headers, self.counts[self.path])
        self.site.log.append(Seen(self.path, headers, answer.status, monotonic()))
        try:
            if answer.raw is None:
                self._send(answer)
            else:
                self.wfile.write(answer.raw)
                self.close_connection = True
            self._end(answer)
        except OSError:
            pass  # the crawler has had enough

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        body = self._fill(body[:LARGE]) + body[LARGE:]
        if answer.cut is not None:
            body = gzip.compress(body)
            body = body[: len(body) - answer.cut]
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, self._fill(value.encode("latin-1")).decode("latin-1"))
        if answer.ending == "chunks":
            self.send_header("transfer-encoding", "chunked")
        elif answer.ending not in ("endless", "drip") and answer.status not in (204, 304):
            self.send_header("content-length", str(len(body) if answer.length is None else answer.length))
        if answer.ending != "close" or answer.length is not None:
            self.send_header("connection", "close")
            self.close_connection = True
        self.end_headers()
        if answer.ending == "chunks":
            body = b"%x\r\n%s\r\n" % (len(body), body)
        self.wfile.write(body)

    def _end(self, answer: Answer) -> None:
        more = answer.raw or b"<p>Bupati membuka bimtek.</p>" * 2000
        if answer.ending == "reset":
            self.wfile.flush()
            # Closed at once and with what is unread thrown away: the other side sees a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif answer.ending == "silence":
            self.stopping.wait(60)
        while answer.ending in ("endless", "chunks") and not self.stopping.is_set():
            self.wfile.write(b"%x\r\n%s\r\n" % (len(more), more) if answer.ending == "chunks" else more)
        while answer.ending == "drip" and not self.stopping.wait(0.2):
            self.wfile.write(b"x")

    def _fill(self, text: bytes) -> bytes:
        home = self.site.home.encode()
        text = text.replace(b"HOME", home).replace(b"ELSEWHERE", home.replace(b"127.0.0.1", b"localhost"))
        return re.sub(rb"SITE\[(\w+)\]", lambda found: self.homes[found[1].decode()].encode(), text)

    def log_message(self, *args: object) -> None:
        """Be quiet."""


# What sites are made of.


def story(number: int = 1, day: str = "Rabu, 8 November 2023 | 16:20 WIB", head: str = "", before: str = "") -> Answer:
    """An article page, its day in print alone."""
    title = title_of(number)
    return Answer(
        f"<!DOCTYPE html><html><head><title>{title} - Kabar Muara</title>{head}</head><body>{before}<article>"
        f"<h1>{title}</h1><div class='tanggal'>{day}</div><div class='isi'>"
        f"<p>MUARA, Kabar Muara - Bupati membuka bimbingan teknis smart city di aula, kegiatan ke-{number}.</p>"
        "<p>Kepala dinas mengatakan bahwa masterplan kota cerdas disusun bersama perangkat daerah selama dua hari.</p>"
        "<p>Tim ahli meminta rencana aksi diselesaikan sebelum akhir tahun, lalu dinilai bersama para asesor.</p>"
        "</div></article></body></html>"
    )


def title_of(number: int) -> str:
    """Headline of the article of that number."""
    names = ("Satu", "Dua", "Tiga", "Empat", "Lima", "Enam", "Tujuh", "Delapan", "Sembilan", "Sepuluh")
    return f"Pemkab Muara Gelar Bimtek Smart City Tahap {names[(number - 1) % 10]} di Aula {number}"


def link_list(*paths: str) -> Answer:
    """A page that lists articles."""
    return Answer(
        "<html><body>" + "".join(f'<h3><a href="{path}">Berita</a></h3>' for path in paths) + "</body></html>"
    )


def rss(*items: str, headers: Mapping[str, str] = RSS) -> Answer:
    """A feed of the items."""
    return Answer(
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>Kabar Muara</title>{''.join(items)}</channel></rss>",
        headers=headers,
    )


def item(path: str, number: int = 1, date: str | None = format_datetime(PUBLISHED)) -> str:
    """An entry of a feed; `date` as it is printed there, or none."""
    day = "" if date is None else f"<pubDate>{date}</pubDate>"
    return f"<item><title>{title_of(number)}</title><link>HOME{path}</link>{day}</item>"


def urlset(*paths: str) -> str:
    """A sitemap of the paths."""
    rows = "".join(f"<url><loc>HOME{path}</loc></url>\n" for path in paths)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
