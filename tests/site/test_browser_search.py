"""/cari in a browser: searches are kept in it and nowhere else, and all but that works without script."""

from __future__ import annotations

from browsing import fits
from playwright.sync_api import Browser, Page, expect


def test_a_search_is_kept_in_this_browser_and_can_be_let_go(page: Page) -> None:
    page.goto("/cari?q=bimtek&jenis=peristiwa&provinsi=51&halaman=1")
    page.evaluate("localStorage.clear()")
    page.reload()
    page.get_by_role("button", name="Simpan di peramban ini").click()
    expect(page.get_by_role("button", name="Tersimpan")).to_be_disabled()
    page.goto("/cari")
    saved = page.get_by_role("link", name="bimtek · Peristiwa · Bali")
    saved.click()
    expect(page).to_have_url("/cari?q=bimtek&jenis=peristiwa&provinsi=51")
    page.goto("/cari")
    page.get_by_role("button", name="Hapus bimtek").click()
    expect(page.locator("[data-saved-list]")).to_be_hidden()
    assert fits(page)


def test_saved_searches_of_another_hand_lead_nowhere_else(page: Page) -> None:
    page.goto("/cari")
    bad = '[{"address": "javascript:alert(1)", "name": "x"}, 3, null, {"address": "?q=kota", "name": "<b>kota</b>"}]'
    page.evaluate("bad => localStorage.setItem('pencarian', bad)", bad)
    page.reload()
    links = page.locator("[data-saved-list] a")
    expect(links).to_have_count(1)
    expect(links).to_have_text("<b>kota</b>")
    page.evaluate("localStorage.clear()")


def test_a_search_needs_no_script(browser: Browser, site: str) -> None:
    page = browser.new_page(java_script_enabled=False, base_url=site, viewport={"width": 320, "height": 700})
    page.goto("/cari")
    page.get_by_role("searchbox").fill("kotim")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("link", name="Kabupaten Kotawaringin Timur").first).to_be_visible()
    assert page.locator("[data-save]").is_hidden()
    page.close()
