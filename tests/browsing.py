"""A real Datasette and a real Chromium, a desk and a phone, for the tests that look at pages."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from publish.serve import SITE, datasette_command

SIZES = {"meja": (1280, 900), "ponsel": (360, 740)}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A Chromium; the test is skipped where there is none, and fails in CI."""
    if CHROMIUM is None and os.environ.get("CI"):
        pytest.fail("no Chromium on this machine; CI must have one (Debian: apt-get install chromium)", pytrace=False)
    if CHROMIUM is None:
        pytest.skip("no chromium or chromium-browser on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def running_site(public: Path) -> Iterator[str]:
    """Address of a running site over a public.db."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = datasette_command(public, "127.0.0.1", port)
    with subprocess.Popen(
        command, cwd=SITE.parents[1], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout is not None
        said = []
        for line in server.stdout:
            said.append(line)
            if "Uvicorn running on" in line:
                break
        else:
            pytest.fail("Datasette did not start:\n" + "".join(said), pytrace=False)
        # Nobody reads its log from here on; a full pipe would make it wait.
        threading.Thread(target=server.stdout.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}"
        # It has nothing to save, and a graceful end waits for the browser's open connections.
        server.kill()


def watched_page(browser: Browser, site: str, size: str) -> tuple[Page, list[str]]:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, base_url=site, reduced_motion="reduce")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(site) else None)
    return page, complaints


def fits(page: Page) -> bool:
    """Nobody has to scroll sideways to read."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def find(public: Path, sql: str) -> tuple[str, ...]:
    with closing(sqlite3.connect(f"file:{public}?mode=ro", uri=True)) as db:
        row: tuple[str, ...] = db.execute(sql).fetchone()
        return row


PALE_WORDS = """() => {
  const parse = colour => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    const scale = colour.startsWith("color(") ? 255 : 1;
    return [r * scale, g * scale, b * scale, a];
  };
  const over = (top, ground) => top.slice(0, 3).map((part, i) => part * top[3] + ground[i] * (1 - top[3])).concat(1);
  const light = colour => colour.slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const texts = [...document.querySelectorAll("body *:not(svg *, option)")].filter(element =>
    element.checkVisibility() && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  return texts.map(element => {
    const below = ground(element), words = over(parse(getComputedStyle(element).color), below);
    const [high, low] = [light(words), light(below)].sort((a, b) => b - a);
    return [element.tagName, element.className, element.textContent.trim().slice(0, 30), (high + 0.05) / (low + 0.05)];
  }).filter(found => found[3] < 4.5);
}"""
