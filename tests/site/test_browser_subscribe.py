"""/langganan in a browser: choosing, copying, and all of it without script."""

from __future__ import annotations

import pytest
from browsing import PALE_WORDS, fits
from playwright.sync_api import Browser, Page, expect


def test_a_reader_chooses_a_regency_and_copies_its_address(desk: Page) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto("/langganan")
    desk.get_by_label("Satu kabupaten atau kota").fill("Kotim")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/langganan?daerah=Kotim#ikuti")
    expect(desk.get_by_role("heading", name="Ikuti: Kabupaten Kotawaringin Timur")).to_be_in_viewport()
    button = desk.get_by_role("button", name="Salin").first
    button.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Tersalin")).to_be_visible()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied == desk.get_by_label("Alamat kalender (ICS)").input_value()
    assert copied.endswith("/daerah/62.02.ics")


def test_without_script_the_addresses_are_there_and_no_button_is_dead(browser: Browser, site: str) -> None:
    page = browser.new_page(base_url=site, java_script_enabled=False)
    page.goto("/langganan?provinsi=64")
    assert page.get_by_label("Alamat umpan (Atom)").input_value() == f"{site}/provinsi/64.atom"
    assert not page.get_by_role("button", name="Salin").first.is_visible()
    page.get_by_label("Satu tahapan di semua daerah").select_option("evaluasi-2")
    page.get_by_role("button", name="Pilih").nth(2).click()
    assert page.url == f"{site}/langganan?tahapan=evaluasi-2#ikuti"
    page.close()


@pytest.mark.parametrize("path", ["/langganan", "/langganan?daerah=solok", "/langganan?daerah=Atlantis&lang=en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_fits_and_is_dark_enough_to_read(page: Page, path: str, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    # That a page is not there is told to the console of the browser; the page is what is looked at here.
    page.route("**/langganan*", lambda route: route.fulfill(response=route.fetch(), status=200))
    page.goto(path)
    assert fits(page)
    assert page.evaluate(PALE_WORDS) == []
    page.unroute("**/langganan*")
    page.emulate_media(color_scheme="light")
