"""The site as a reader's browser has it: a real Datasette, a real Chromium, a desk and a phone.

PANTAU_SCREENSHOTS names the folder for the pictures of the README, PANTAU_PUBLIC_DB the public.db that they show
(without it, the example data).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browsing import PALE_WORDS, SIZES, find, fits
from playwright.sync_api import Browser, Page


def test_a_date_leads_to_the_highlighted_sentence(page: Page) -> None:
    page.goto("/daerah/51.02")
    assert page.locator("h1").inner_text() == "Kabupaten Tabanan"
    assert fits(page)
    proof = page.locator(".steps q").first.inner_text()
    page.locator(".steps a.date").first.click()
    page.wait_for_url("**/artikel/*#bukti-*")
    sentence = page.locator(".evidence li:target")
    assert sentence.locator("p").first.inner_text() == proof
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
    event_id, articles = find(public, "select id, articles from events where articles > 1")
    page.goto(f"/peristiwa/{event_id}")
    assert page.locator(".reports > .panel").count() >= int(articles)
    assert fits(page)


def test_a_reader_of_english_stays_in_english(desk: Page) -> None:
    desk.goto("/daerah/51.02")
    desk.get_by_role("link", name="English").click()
    desk.wait_for_url("**lang=en*")
    desk.locator(".steps a.date").first.click()
    desk.wait_for_url("**/artikel/**lang=en#bukti-*")
    assert desk.locator("#bukti").inner_text() == "Proving sentences"


@pytest.mark.parametrize(
    "path",
    ["/daerah", "/media", "/media/suara_mentaya", "/pejabat", "/surat", "/tentang", "/public", "/public/events",
     "/public/tahapan_daerah?kode=51.02"],
)  # fmt: skip
def test_other_pages_fit(page: Page, path: str) -> None:
    page.goto(path)
    assert page.locator("nav.menu").get_by_role("link", name="Daerah", exact=True).is_visible()
    assert fits(page)


def test_the_keyboard_reaches_the_search_box_first(desk: Page) -> None:
    desk.goto("/cari")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.className") == "skip"
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.id") == "q"


REDDENED = """element => {
  const colour = () => getComputedStyle(element).backgroundColor;
  const before = colour();
  element.style.backgroundColor = "rgb(255, 0, 0)";
  return [before, colour()];
}"""


def test_what_changes_is_there_at_once_for_who_asks_for_no_motion(desk: Page) -> None:
    """A change drawn over frames, however short, shows the old colours in the first of them."""
    desk.goto("/cari")
    before, after = desk.locator("form button").first.evaluate(REDDENED)
    assert before != after == "rgb(255, 0, 0)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(desk: Page, public: Path, scheme: str) -> None:
    """4.5 to 1 (WCAG AA) for every word, on pages with all kinds of marks and tags."""
    desk.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    article, number = find(public, "select evidence_article_id, evidence_number from events where articles > 1")
    pale = []
    for path in ("/", "/daerah/51.02", "/tahapan", f"/artikel/{article}#bukti-{number}", "/media"):
        desk.goto(path)
        pale += desk.evaluate(PALE_WORDS)
    desk.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert pale == []


def test_pictures_for_the_readme(browser: Browser, public: Path, site: str, tmp_path: Path) -> None:
    folder = Path(os.environ.get("PANTAU_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    take_pictures(browser, public, site, folder)
    assert {path.name: path.stat().st_size for path in folder.glob("*.png") if path.stat().st_size > 300_000} == {}


def take_pictures(browser: Browser, public: Path, site: str, folder: Path) -> None:
    """What one sees on opening each page, of the regency and the event with the most news."""
    (regency,) = find(
        public, "select regency_code from events where regency_code <> '' group by 1 order by count(*) desc, 1"
    )
    event, article, number = find(
        public,
        f"select id, evidence_article_id, evidence_number from events where regency_code = '{regency}' "
        "order by articles desc, length(start_date) desc, confidence desc, id",
    )
    addresses = {
        "beranda": "/",
        "daerah": f"/daerah/{regency}",
        "artikel": f"/artikel/{article}#bukti-{number}",
        "tahapan": "/tahapan",
        "media": "/media",
        "peristiwa": f"/peristiwa/{event}",
        "cari": "/cari?q=evaluasi",
        "langganan": f"/langganan?daerah={regency}",
        "peneliti": "/peneliti",
        "kesehatan": "/kesehatan",
    }
    for size, names in {"meja": list(addresses), "ponsel": ["beranda", "daerah", "artikel"]}.items():
        width, height = SIZES[size]
        page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
        for name in names:
            page.goto(site + addresses[name])
            page.screenshot(path=folder / (f"{name}.png" if size == "meja" else f"{name}-{size}.png"))
        page.close()
