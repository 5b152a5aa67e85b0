"""The site as a reader's browser has it: a real Datasette, a real Chromium, a desk and a phone.

Pictures go to tests/screenshots (git ignores it), or to the folder that PANTAU_SCREENSHOTS names.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from build import build_example_db
from playwright.sync_api import Browser, Page, sync_playwright

from publish.serve import SITE, datasette_command

SIZES = {"meja": (1280, 900), "ponsel": (360, 740)}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

if CHROMIUM is None:
    if os.environ.get("CI"):
        pytest.fail("no Chromium on this machine; CI must have one (Debian: apt-get install chromium)", pytrace=False)
    pytest.skip("no chromium or chromium-browser on this machine", allow_module_level=True)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_example_db(tmp_path_factory.mktemp("browser"))[1]


@pytest.fixture(scope="module")
def site(public: Path) -> Iterator[str]:
    """Address of the running site."""
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
        server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=SIZES)
def page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that fails the test, at its end, on any console error or any request to another host."""
    width, height = SIZES[request.param]
    page = browser.new_page(viewport={"width": width, "height": height}, base_url=site, reduced_motion="reduce")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(site) else None)
    yield page
    page.close()
    assert complaints == []


@pytest.fixture
def picture(page: Page, request: pytest.FixtureRequest) -> Iterator[None]:
    """A screenshot of the whole page at the end of the test, named for the test and the size."""
    yield
    folder = Path(os.environ.get("PANTAU_SCREENSHOTS") or Path(__file__).parent / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Nobody has to scroll sideways to read."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


pytestmark = pytest.mark.usefixtures("picture")


def test_home(page: Page) -> None:
    page.goto("/")
    assert page.locator("h1").inner_text() == "Sampai di mana kota cerdas Anda?"
    assert page.locator("svg circle[class^=p]").count() == 514
    assert page.locator(".card").count() > 3
    assert fits(page)


def test_search_from_home(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("kotim")
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("link", name="Kabupaten Kotawaringin Timur").first.wait_for()
    assert page.get_by_role("searchbox").input_value() == "kotim", "the box keeps what was asked"
    assert fits(page)


def test_regency(page: Page) -> None:
    page.goto("/daerah/51.02")
    assert page.locator("h1").inner_text() == "Kabupaten Tabanan"
    assert page.locator(".ladder > li.reached").count() >= 1
    assert fits(page)


def test_a_date_leads_to_the_highlighted_sentence(page: Page) -> None:
    page.goto("/daerah/51.02")
    date = page.locator(".steps a.date").first
    proof = page.locator(".steps q").first.inner_text()
    date.click()
    page.wait_for_url("**/artikel/*#bukti-*")
    sentence = page.locator(".evidence li:target")
    assert sentence.locator("p").inner_text() == proof.strip("“”")
    box = sentence.bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    assert 0 <= box["y"] < size["height"], "the sentence is in sight"
    other = page.locator(".evidence li:not(:target)").first
    colour = "element => getComputedStyle(element).backgroundColor"
    assert sentence.evaluate(colour) != other.evaluate(colour)
    assert fits(page)


def test_event_with_two_reports(page: Page, public: Path) -> None:
    with closing(sqlite3.connect(f"file:{public}?mode=ro", uri=True)) as db:
        event_id, articles = db.execute("select id, articles from events where articles > 1").fetchone()
    page.goto(f"/peristiwa/{event_id}")
    assert page.locator(".reports > .panel").count() >= articles
    assert fits(page)


def test_matrix(page: Page) -> None:
    page.goto("/tahapan")
    before = page.locator(".matrix tbody tr").count()
    page.get_by_label("Provinsi").select_option("Bali")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**/tahapan?provinsi=51*")
    assert 0 < page.locator(".matrix tbody tr").count() < before
    assert fits(page)


def test_a_reader_of_english_stays_in_english(page: Page) -> None:
    page.goto("/daerah/51.02")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**lang=en*")
    page.locator(".steps a.date").first.click()
    page.wait_for_url("**/artikel/**lang=en#bukti-*")
    assert page.locator("#bukti").inner_text() == "Proving sentences"


@pytest.mark.parametrize("path", ["/public", "/public/events"])
def test_tables_of_the_researcher(page: Page, path: str) -> None:
    page.goto(path)
    assert page.get_by_role("link", name="Daerah", exact=True).is_visible()


@pytest.mark.parametrize("path", ["/daerah", "/media", "/pejabat", "/surat", "/tentang"])
def test_other_pages_fit(page: Page, path: str) -> None:
    page.goto(path)
    assert fits(page)


def test_the_keyboard_reaches_the_search_box_first(page: Page) -> None:
    page.goto("/cari")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
