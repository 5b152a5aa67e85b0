"""The stages, the outlets and the health of the data as a reader's browser has them."""

from __future__ import annotations

import pytest
from browsing import PALE_WORDS, fits
from playwright.sync_api import Browser, Page


def test_a_reader_chooses_a_province_and_an_order(page: Page) -> None:
    page.goto("/tahapan")
    before = page.locator("table.stages tbody tr").count()
    page.locator("select[name=provinsi]").select_option("Bali")
    page.locator("select[name=urut]").select_option("langkah terbaru")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**/tahapan?provinsi=51*urut=terbaru*")
    assert 0 < page.locator("table.stages tbody tr").count() < before
    assert page.get_by_role("rowheader", name="Kab. Tabanan").is_visible()
    assert fits(page)


def test_every_stage_is_in_sight_on_a_desk_and_the_heads_stay_there(desk: Page) -> None:
    desk.goto("/tahapan?semua=1")
    region = desk.locator("#tabel .scroll")
    assert region.evaluate("element => element.scrollWidth <= element.clientWidth")
    top = region.evaluate("element => { element.scrollTop = 900; return element.getBoundingClientRect().top; }")
    head = desk.get_by_role("columnheader", name="Daerah").bounding_box()
    assert head is not None
    assert head["y"] == pytest.approx(top, abs=3)


def test_a_head_sorts_the_table(desk: Page) -> None:
    desk.goto("/tahapan")
    desk.get_by_role("columnheader", name="Terjauh").get_by_role("link").click()
    desk.wait_for_url("**urut=jauh**")
    assert desk.get_by_role("columnheader", name="Terjauh").get_attribute("aria-sort") == "descending"


def test_a_cell_leads_to_its_event(page: Page) -> None:
    page.goto("/tahapan?provinsi=51")
    page.locator("td.held a").first.click()
    page.wait_for_url("**/peristiwa/*")
    assert "Tabanan" in page.locator("main").inner_text()


def test_on_a_phone_a_regency_and_an_outlet_are_cards(page: Page) -> None:
    is_phone = (page.viewport_size or {"width": 0})["width"] < 480
    page.goto("/tahapan?provinsi=64")
    assert (page.locator("table.stages td:empty").first.is_hidden()) == is_phone
    assert page.locator("#tabel .scroll").evaluate("element => element.scrollWidth <= element.clientWidth")
    label = page.locator("td.held").first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == ('"Bimtek I"' if is_phone else "none")
    page.goto("/media")
    assert page.locator("table.outlets").evaluate("table => getComputedStyle(table).display") == (
        "block" if is_phone else "table"
    )
    assert fits(page)


def test_without_script_the_table_the_map_and_its_numbers_stand(browser: Browser, site: str) -> None:
    page = browser.new_page(java_script_enabled=False, base_url=site)
    page.goto("/tahapan")
    assert page.locator("table.stages tbody th[scope=row]").count() > 3
    assert page.locator("#senyap .map-view circle").count() == 514
    page.locator("#senyap-tabel summary").click()
    assert page.locator("#senyap-tabel tbody tr").count() == 38
    page.goto("/kesehatan")
    assert "WIB" in page.locator(".ages").inner_text()
    page.close()


def test_with_script_a_moment_says_how_long_ago_it_was(desk: Page) -> None:
    desk.goto("/kesehatan")
    assert "tahun yang lalu" in desk.locator(".ages dd").first.inner_text()
    desk.goto("/kesehatan?lang=en")
    assert "years ago" in desk.locator(".ages dd").first.inner_text()


@pytest.mark.parametrize("path", ["/tahapan/evaluasi-2", "/kesehatan", "/media/suara_mentaya"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_and_pages_fit(page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    answer = page.goto(path)
    assert answer is not None
    pale = page.evaluate(PALE_WORDS)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert pale == []
    assert fits(page)


CUT_OFF = """() => [...document.querySelectorAll('.scroll')]
    .filter(one => one.scrollWidth > one.clientWidth + 1)
    .map(one => `${one.getAttribute('aria-label')}: ${one.scrollWidth} px in ${one.clientWidth}`)"""


@pytest.mark.parametrize("letters", ["inherit", "monospace"])
@pytest.mark.parametrize("path", ["/tahapan", "/kesehatan", "/media"])
def test_paper_has_no_controls_and_nothing_cut_off(desk: Page, path: str, letters: str) -> None:
    """In wide letters too: every machine prints in those that it has."""
    desk.set_viewport_size({"width": 1040, "height": 700})
    desk.goto(path)
    desk.evaluate("letters => document.documentElement.style.setProperty('--sans', letters)", letters)
    desk.emulate_media(media="print")
    assert desk.locator("form.filter:visible, nav.menu:visible, .map-tools:visible").count() == 0
    assert desk.evaluate(CUT_OFF) == []
    desk.emulate_media(media="screen")
    desk.set_viewport_size({"width": 1280, "height": 900})
