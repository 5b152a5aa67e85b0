"""Letters as a window of 375 or 700 pixels shows them, light and dark, with their pictures and without.

PANTAU_SCREENSHOTS names the folder for the pictures of the README.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PALE_WORDS, fits, open_browser
from letters import build_rich_db, letters
from playwright.sync_api import Browser, Page

from publish.letters.confirmation import build_confirmation
from publish.letters.letter import Letter, with_images

WIDTHS = {"meja": 700, "ponsel": 375}
# A mail stands in the page of a mail program, which has the landmarks.
RULES = {"rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}}

SMALL_WORDS = """() => [...document.querySelectorAll("body *")]
  .filter(one => one.checkVisibility() && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .map(one => [one.textContent.trim().slice(0, 30), parseFloat(getComputedStyle(one).fontSize)])
  .filter(found => found[1] < 13)"""
# Links that stand in a line of text are as high as the line (WCAG 2.2, 2.5.8); those that stand alone need 24 pixels.
THIN_LINES = """() => [...document.querySelectorAll("p, div, td, h1, h2, h3")]
  .filter(one => one.checkVisibility() && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .map(one => [one.textContent.trim().slice(0, 30), parseFloat(getComputedStyle(one).lineHeight)])
  .filter(found => found[1] < 20)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Letter]:
    folder = tmp_path_factory.mktemp("surat")
    rich = build_rich_db(folder)
    confirmation = build_confirmation(["Kabupaten Tabanan, tiap minggu"], "id", "https://pantau.contoh.id")
    return letters(rich, folder / "public.db", "id") | {
        "english": letters(rich, folder / "public.db", "en")["everything"],
        "confirmation": confirmation,
    }


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.route("**/*", lambda route: route.abort())
    yield page
    page.close()


def show(page: Page, html: str, size: str, scheme: str) -> None:
    page.set_viewport_size({"width": WIDTHS[size], "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_content(html)


@pytest.mark.parametrize("kind", ["everything", "english", "several", "empty", "confirmation"])
@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_letter_can_be_read(page: Page, made: dict[str, Letter], kind: str, size: str, scheme: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith("data:") else None)
    show(page, with_images(made[kind].html, made[kind].images), size, scheme)
    assert fits(page)
    assert page.evaluate(PALE_WORDS) == []
    assert page.evaluate(SMALL_WORDS) == []
    assert page.evaluate(THIN_LINES) == []
    if size == "meja":
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    # Nothing tells anybody that it was opened.
    assert asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_happened_stands_on_the_first_screen_of_a_phone(page: Page, made: dict[str, Letter], scheme: str) -> None:
    show(page, made["everything"].html, "ponsel", scheme)
    for selector in ("h1", "h2"):
        box = page.locator(selector).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 667
    assert page.locator("h2").first.inner_text() == "Tahap baru"


@pytest.mark.parametrize("size", WIDTHS)
def test_without_pictures_their_numbers_are_read(page: Page, made: dict[str, Letter], size: str) -> None:
    show(page, made["everything"].html, size, "light")
    picture = page.locator("img")
    assert picture.count() == 1
    assert "18 Nov: 3" in (picture.get_attribute("alt") or "")
    assert page.get_by_text("Pekan ini 3 peristiwa.").is_visible()
    assert fits(page)


def test_it_is_read_where_the_rules_in_its_head_are_lost(page: Page, made: dict[str, Letter]) -> None:
    """Gmail's apps leave <style> out with accounts of others: on their phones it is wide, and light in the dark."""
    html = made["everything"].html
    start, end = html.index("<style>"), html.index("</style>")
    show(page, html[:start] + html[end + len("</style>") :], "ponsel", "dark")
    assert fits(page)
    assert page.evaluate(PALE_WORDS) == []


def test_a_word_without_end_breaks(page: Page, made: dict[str, Letter]) -> None:
    show(page, made["everything"].html.replace("Tabanan dinilai", "x" * 400), "ponsel", "light")
    assert page.get_by_text("xxxx").first.is_visible()
    assert fits(page)


def test_pictures_for_the_readme(page: Page, made: dict[str, Letter], tmp_path: Path) -> None:
    folder = Path(os.environ.get("PANTAU_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind, size, scheme, height in (
        ("letter", "everything", "meja", "light", 1500),
        ("letter-ponsel", "everything", "ponsel", "dark", 1300),
        ("letter-kosong", "empty", "meja", "light", 900),
        ("letter-konfirmasi", "confirmation", "ponsel", "light", 700),
    ):
        show(page, with_images(made[kind].html, made[kind].images), size, scheme)
        clip = {"x": 0, "y": 0, "width": WIDTHS[size], "height": height}
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]
        assert 0 < path.stat().st_size < 300_000
