"""What a page may do in the browser of a source with `browser: true`: be shown, and nothing else."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from guest.outside import pantau
from livesite import SENTENCES, Monitor, live_site

pytestmark = pytest.mark.skipif(
    not os.environ.get("CI") and shutil.which("chromium") is None, reason="no Chromium here"
)

PAGE = """<html><head><title>Bimtek Smart City</title>
<meta property='article:published_time' content='2024-06-07T15:00:00+08:00'>
<link rel=preconnect href='SECRET'><link rel=prefetch href='SECRET/pre'><link rel=stylesheet href='/gaya.css'>
<script src='SECRET/luar.js'></script><script src='/larang/skrip.js'></script><script src='/dalam.js'></script></head>
<body><img src='SECRET/gambar'><iframe src='SECRET/bingkai'></iframe>
<form id=f method=post action='/kirim'></form><main></main><script>
const quietly = act => { try { const done = act(); if (done && done.catch) done.catch(() => {}) } catch {} }
quietly(() => fetch('SECRET/ambil'))
quietly(() => fetch('/pindah'))
quietly(() => fetch('/kirim', {method: 'POST', body: 'x'}))
quietly(() => navigator.sendBeacon('/kirim', 'x'))
quietly(() => navigator.sendBeacon('SECRET/suar', 'x'))
quietly(() => new WebSocket('ws://SECRETHOST/soket'))
quietly(() => new EventSource('SECRET/aliran'))
quietly(() => new Worker('SECRET/pekerja.js'))
quietly(() => navigator.serviceWorker.register('/pelayan.js'))
quietly(() => window.open('SECRET/jendela'))
quietly(() => new RTCPeerConnection({iceServers: [{urls: 'stun:SECRETHOST'}]}).createDataChannel('x'))
</script></body></html>"""


@contextmanager
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port, and the first bytes of each connection that was made to it while the block runs."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.settimeout(1)
                        heard.append(b"?")
                        with suppress(OSError):
                            heard[-1] = connection.recv(200)

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_page_in_the_browser_gets_what_the_crawl_gives_it_and_reaches_nobody(tmp_path: Path) -> None:
    monitor = Monitor(tmp_path)
    with live_site() as site, listener() as (port, heard):
        host = f"127.0.0.1:{port}"
        page = PAGE.replace("SECRETHOST", host).replace("SECRET", f"http://{host}")
        text = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
        site.answers |= {
            "/robots.txt": (200, {"content-type": "text/plain"}, "User-agent: *\nDisallow: /larang/\n"),
            "/berita": "<h3><a href='/a'>Bimtek</a></h3>",
            "/a": (200, {"set-cookie": "sesi=1"}, page),
            "/dalam.js": (200, {"content-type": "text/javascript"}, "addEventListener('DOMContentLoaded', () => fetch("
                "'/isi.json').then(got => got.json()).then(isi => document.querySelector('main').innerHTML = isi))"),
            "/isi.json": (200, {"content-type": "application/json"}, f'"<article><h1>Bimtek</h1>{text}</article>"'),
            "/pindah": (302, {"location": f"http://{host}/pindah"}, ""),
        }  # fmt: skip
        monitor.write_source(
            "kabar", site.home, [{"way": "listing", "url": "/berita", "articles": "h3 a"}], browser=True
        )
        done = pantau(tmp_path, "crawl")
        assert (done.code, done.stderr) == (0, "")
        assert pantau(tmp_path, "parse").code == 0
        assert heard == []
        asked = [path for path, _ in site.asked]
        assert set(asked) == {"/robots.txt", "/berita", "/a", "/dalam.js", "/isi.json", "/pindah"}
        assert [headers for _, headers in site.asked if {"cookie", "referer"} & headers.keys()] == []
        assert {headers["user-agent"] for _, headers in site.asked} == {"PantauKotaCerdas/0.1"}
        [(number,)] = monitor.rows("select sum(number) from requests")
        assert number >= len(asked), "what the page wanted is counted too"
    assert monitor.rows("select title from articles") == [("Bimtek Smart City",)]


def test_a_page_that_wants_to_be_elsewhere_stays_where_it_is(tmp_path: Path) -> None:
    monitor = Monitor(tmp_path)
    with live_site() as site, listener() as (port, heard):
        site.answers |= {
            "/berita": "<h3><a href='/a'>Bimtek</a></h3>",
            "/a": f"<html><p>Bimtek</p><script>location.href = 'http://127.0.0.1:{port}/lain'</script></html>",
        }
        monitor.write_source(
            "kabar", site.home, [{"way": "listing", "url": "/berita", "articles": "h3 a"}], browser=True
        )
        pantau(tmp_path, "crawl")
        assert heard == []
    [(url, fate)] = monitor.rows("select url, fate from urls")
    assert url == f"{site.home}/a"
    assert fate in ("kept", "error")
