"""Beranda in a real browser: the map, the search box, the page on a phone, in the dark, on paper, without script."""

from __future__ import annotations

import pytest
from browsing import fits
from playwright.sync_api import Browser, Page, expect

MAP = "[data-map] svg"


def test_home(page: Page) -> None:
    page.goto("/")
    assert page.locator("h1").inner_text() == "Sampai di mana kota cerdas Anda?"
    assert page.locator(f"{MAP} > a").count() == 514
    assert 100 < page.locator(".inset a").count() < 140, "Java and Bali once more, larger"
    assert page.locator(".card").count() > 3
    assert fits(page)


def test_search_from_home(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("kotim")
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("link", name="Kabupaten Kotawaringin Timur").first.wait_for()
    assert page.get_by_role("searchbox").input_value() == "kotim", "the box keeps what was asked"
    assert fits(page)


def test_what_one_types_is_understood_before_it_is_sent(page: Page) -> None:
    page.goto("/")
    box = page.locator("#q")
    box.focus()
    expect(box).to_have_attribute("role", "combobox")
    box.press_sequentially("kotim")
    option = page.get_by_role("option", name="Kabupaten Kotawaringin Timur")
    expect(option).to_be_visible()
    assert "Kotim" in option.inner_text(), "it says by which name it was found"
    box.press("ArrowDown")
    assert option.get_attribute("aria-selected") == "true"
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    box.press("Enter")
    page.wait_for_url("**/daerah/62.02")


def test_the_suggestions_can_be_left_alone(desk: Page) -> None:
    desk.goto("/")
    box = desk.locator("#q")
    box.focus()
    expect(box).to_have_attribute("role", "combobox")
    box.press_sequentially("tabanan")
    expect(desk.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    expect(desk.get_by_role("listbox")).to_be_hidden()
    assert box.input_value() == "tabanan"
    box.press("Enter")
    desk.wait_for_url("**/cari?q=tabanan")


def test_the_map_is_magnified_by_buttons_and_goes_back(page: Page) -> None:
    page.goto("/")
    whole = shown(page)
    page.get_by_role("button", name="Perbesar").click()
    assert shown(page)[2] == pytest.approx(whole[2] / 2)
    page.get_by_role("button", name="Papua", exact=True).click()
    papua = shown(page)
    assert papua[0] > 400
    assert papua[2] < whole[2] * 0.6
    page.get_by_role("button", name="Seluruh Indonesia").click()
    assert shown(page) == whole
    assert page.get_by_role("button", name="Perkecil").is_disabled()


def test_a_regency_is_found_and_opened_by_keyboard_alone(desk: Page) -> None:
    desk.goto("/")
    desk.get_by_role("button", name="Papua", exact=True).focus()
    desk.keyboard.press("Tab")
    first = focused(desk)
    assert first.startswith("Kab")
    told = desk.locator(".map-told")
    assert told.inner_text() == first
    desk.keyboard.press("ArrowLeft")
    second = focused(desk)
    assert second != first
    assert told.get_attribute("role") == "status"
    assert told.inner_text() == second
    before = shown(desk)
    desk.keyboard.press("+")
    assert shown(desk)[2] == pytest.approx(before[2] / 2)
    assert focused(desk) == second
    desk.keyboard.press("-")
    desk.keyboard.press("Home")
    assert shown(desk) == before
    assert desk.locator(f'{MAP} a[tabindex="0"]').count() == 1, "one stop on the way of the Tab key, not 514"
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/daerah/*")
    assert desk.locator("h1").inner_text() in second


def test_arrows_lead_to_every_regency(desk: Page) -> None:
    """From any dot, by arrows alone, whatever the shape of the islands."""
    desk.goto("/")
    reached = desk.evaluate(
        """() => {
          const start = document.querySelector('[data-map] a[tabindex="0"]'), seen = new Set([start]), todo = [start];
          while (todo.length) {
            const from = todo.pop();
            for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
              from.focus({ preventScroll: true });
              from.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
              const to = document.activeElement;
              if (!seen.has(to)) { seen.add(to); todo.push(to); }
            }
          }
          return seen.size;
        }"""
    )
    assert reached == 514


def test_names_stand_beside_the_dots_when_few_are_in_sight(desk: Page) -> None:
    desk.goto("/")
    assert desk.locator(f"{MAP} .names text").count() == 0
    desk.get_by_role("button", name="Jawa", exact=True).click()
    for _ in range(2):
        desk.get_by_role("button", name="Perbesar").click()
    assert 3 < desk.locator(f"{MAP} .names text").count() <= 60


def test_the_wheel_magnifies_only_with_a_key_held(desk: Page) -> None:
    desk.goto("/")
    whole = shown(desk)
    drawing = desk.locator(MAP)
    wheel = "(svg, ctrlKey) => svg.dispatchEvent(new WheelEvent('wheel', {deltaY: -200, ctrlKey, cancelable: true}))"
    assert drawing.evaluate(wheel, False), "the page scrolls"
    assert shown(desk) == whole
    assert not drawing.evaluate(wheel, True)
    assert shown(desk)[2] < whole[2] / 2


def test_a_magnified_map_is_dragged(desk: Page) -> None:
    desk.goto("/")
    desk.get_by_role("button", name="Kalimantan", exact=True).click()
    drawing = desk.locator(MAP)
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    x, y, *_ = shown(desk)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.mouse.move(*middle)
    desk.mouse.down()
    desk.mouse.move(middle[0] - 120, middle[1] - 40, steps=5)
    desk.mouse.up()
    moved_x, moved_y, *_ = shown(desk)
    assert moved_x > x
    assert moved_y >= y
    assert desk.url.endswith("/"), "a drag opens no regency"


def test_a_finger_chooses_the_nearest_dot_and_then_opens_it(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, base_url=site)
    phone = context.new_page()
    phone.goto("/")
    phone.get_by_role("button", name="Kalimantan", exact=True).tap()
    drawing = phone.locator(MAP)
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    offer = phone.locator(".map-told a")
    name = offer.inner_text().removeprefix("Buka ")
    assert phone.url.endswith("/"), "a tap near several dots opens none by chance"
    offer.tap()
    phone.wait_for_url("**/daerah/*")
    assert phone.locator("h1").inner_text() == name
    context.close()


def test_without_script_the_map_stands_and_a_table_says_the_same(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site)
    still = context.new_page()
    still.goto("/")
    assert still.locator(f"{MAP} > a").count() == 514
    expect(still.locator(MAP)).to_be_visible()
    expect(still.locator(".map-tools")).to_be_hidden()
    still.get_by_text("Tabel pengganti peta").click()
    expect(still.locator(".provinces")).to_be_visible()
    assert still.locator(".provinces tbody tr").count() == 38
    still.locator(".provinces").get_by_role("link", name="Bali").click()
    assert still.url.endswith("/provinsi/51")
    context.close()


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (1280, 2)])
def test_nobody_scrolls_sideways(browser: Browser, site: str, width: int, zoom: int) -> None:
    page = browser.new_page(viewport={"width": width // zoom, "height": 700}, base_url=site, device_scale_factor=zoom)
    for path in ("/", "/?lang=en"):
        page.goto(path)
        assert fits(page)
        page.get_by_role("button", name="Jawa" if path == "/" else "Java", exact=True).click()
        assert fits(page)
    page.close()


def test_every_place_of_the_menu_is_seen_on_a_phone(pages: dict[str, tuple[Page, list[str]]]) -> None:
    phone = pages["ponsel"][0]
    phone.goto("/daerah")
    for name in ("Daerah", "Tahapan", "Peristiwa", "Pejabat", "Media", "Surat", "Peneliti", "Cari"):
        link = phone.locator(".menu").get_by_role("link", name=name, exact=True)
        box = link.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["height"] >= 24


def test_paper_shows_what_is_read_and_not_what_is_clicked(desk: Page) -> None:
    desk.goto("/")
    desk.emulate_media(media="print")
    for gone in (".menu", ".search", ".map-tools", ".switch"):
        expect(desk.locator(gone).first).to_be_hidden()
    for kept in ("h1", ".week .numbers", ".card", MAP, ".provinces"):
        expect(desk.locator(kept).first).to_be_visible()
    grey = desk.locator(f"{MAP} circle.p6").first.evaluate("dot => getComputedStyle(dot).fill")
    red, green, blue = (int(part) for part in grey.removeprefix("rgb(").removesuffix(")").split(","))
    assert red == green == blue
    desk.emulate_media(media="screen")


def test_old_data_says_how_old_it_is(browser: Browser, site: str) -> None:
    page = browser.new_page(base_url=site)
    page.clock.set_fixed_time("2031-01-01T00:00:00Z")
    page.goto("/")
    expect(page.locator("[data-read-at]")).to_contain_text("hari lalu")
    page.close()


def shown(page: Page) -> list[float]:
    """The part of the drawing in sight: left, top, width, height."""
    return [float(number) for number in (page.locator(MAP).get_attribute("viewBox") or "").split()]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.querySelector('title')?.textContent"))
