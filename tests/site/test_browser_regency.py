"""The pages of regencies as a reader's browser has them, on a desk and on a phone, with and without script."""

from __future__ import annotations

import pytest
from browsing import PALE_WORDS, fits
from playwright.sync_api import Browser, Page

PATHS = ("/daerah/64.01", "/daerah/11.05", "/daerah?provinsi=51", "/provinsi/64", "/daerah/solok", "/daerah/51.99")


@pytest.mark.parametrize("path", PATHS)
def test_the_pages_fit(page: Page, path: str) -> None:
    page.route(f"**{path}", lambda route: route.fulfill(response=route.fetch(), status=200))
    page.goto(path)
    assert fits(page)
    page.unroute(f"**{path}")


def test_the_strip_leads_to_the_phase(page: Page) -> None:
    page.goto("/daerah/64.01")
    page.locator(".track").get_by_role("link", name="Bimtek").click()
    heading = page.locator("#tahap-bimtek")
    box, size = heading.bounding_box(), page.viewport_size
    assert box is not None
    assert size is not None
    assert 0 <= box["y"] < size["height"], "the phase is in sight"


def test_a_date_in_the_ladder_leads_to_its_sentence(page: Page) -> None:
    page.goto("/daerah/64.01")
    page.locator(".ladder .edition a.date").first.click()
    page.wait_for_url("**/artikel/*#bukti-*")
    assert page.locator(".evidence li:target").is_visible()


def test_the_strip_stands_side_by_side_on_a_desk_and_one_under_the_other_on_a_phone(page: Page) -> None:
    page.goto("/daerah/64.01")
    tops = page.locator(".track > li").evaluate_all("items => items.map(item => Math.round(item.offsetTop))")
    size = page.viewport_size
    assert size is not None
    assert len(set(tops)) == (1 if size["width"] > 1000 else 7)


def test_the_map_shows_the_regency_in_its_middle(desk: Page) -> None:
    desk.goto("/daerah/64.01")
    assert desk.get_by_role("img", name="Letak Kabupaten Paser di Kalimantan Timur").is_visible()
    place, ring = (desk.locator(part).bounding_box() for part in (".where svg", ".where circle.here"))
    assert place is not None
    assert ring is not None
    assert abs(place["x"] + place["width"] / 2 - ring["x"] - ring["width"] / 2) < 3
    assert desk.locator(".where use.land").evaluate("land => land.getBBox().width") > 0, "the outline is drawn"


def test_the_list_narrows_while_one_types_and_tells_how_many_are_left(page: Page) -> None:
    page.goto("/daerah")
    page.get_by_role("searchbox", name="Nama daerah atau provinsi").fill("kotim")
    assert page.locator("#daftar tbody th[scope=row]:visible > a").all_inner_texts() == ["Kabupaten Kotawaringin Timur"]
    assert page.get_by_role("status").inner_text() == "1 daerah ditampilkan"
    page.get_by_role("searchbox", name="Nama daerah atau provinsi").fill("bali ")
    assert page.locator("#daftar tbody th[scope=row]:visible > a").count() > 8, "all of a province"
    page.get_by_role("searchbox", name="Nama daerah atau provinsi").fill("")
    assert page.locator("#daftar tbody th[scope=row]:visible > a").count() == 514
    assert page.get_by_role("status").inner_text() == ""


def test_without_script_the_form_narrows_the_list(browser: Browser, site: str) -> None:
    page = browser.new_page(java_script_enabled=False, base_url=site)
    page.goto("/daerah?lang=en")
    page.get_by_role("searchbox", name="Name of a regency or province").fill("kotim")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**q=kotim**")
    assert page.locator("#daftar tbody th[scope=row] > a").all_inner_texts() == ["Kabupaten Kotawaringin Timur"]
    assert page.locator("html").get_attribute("lang") == "en"
    page.close()


def test_the_list_is_sorted_by_its_heads(desk: Page) -> None:
    desk.goto("/daerah")
    desk.get_by_role("link", name="Langkah terakhir").click()
    desk.wait_for_url("**urut=langkah")
    assert desk.locator("th[aria-sort=descending]").inner_text().startswith("Langkah terakhir")
    assert "Tabanan" in desk.locator("#daftar tbody tr").first.inner_text()


def test_a_printed_page_keeps_the_strip_and_leaves_the_buttons_out(desk: Page) -> None:
    desk.goto("/daerah/64.01")
    desk.emulate_media(media="print")
    assert not desk.locator(".doors").is_visible()
    assert desk.locator(".track > li").first.is_visible()
    desk.emulate_media(media="screen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(desk: Page, scheme: str) -> None:
    desk.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    pale = []
    for path in ("/daerah/64.01", "/daerah/11.05", "/provinsi/64"):
        desk.goto(path)
        pale += desk.evaluate(PALE_WORDS)
    desk.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert pale == []
