"""Articles, events and officials in a browser: by pointer, keyboard and touch, narrow, dark, and held against WCAG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PALE_WORDS, find, fits
from playwright.sync_api import Browser, Page, expect
from sitepages import write

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

ARTICLE = "select article_id from stage_reports where regency_code = '51.02' and start_date = '2024-11-20'"
EVENT = "select id from events order by articles desc, conflicts desc, id"
PERSON = "select person_id from quotes where person_id is not null order by 1"

# Every kind of page, by an address and what stands in it.
KINDS = {
    "artikel": ("/artikel/{}", ARTICLE),
    "daftar peristiwa": ("/peristiwa", None),
    "agenda": ("/peristiwa?tampil=agenda", None),
    "belum pasti": ("/peristiwa?keadaan=belum-pasti", None),
    "salah saring": ("/peristiwa?daerah=Solok", None),
    "halaman jauh": ("/peristiwa?halaman=99", None),
    "peristiwa": ("/peristiwa/{}", EVENT),
    "peristiwa yang ditarik": ("/peristiwa/bbbbbbbbbbbb", None),
    "daftar pejabat": ("/pejabat", None),
    "pejabat": ("/pejabat/{}", PERSON),
}


@pytest.fixture(scope="module")
def public(public: Path) -> Path:
    """The example data, with a mention within another, reports that differ, and an event that is gone."""
    (article,) = find(public, ARTICLE)
    event, at, number = find(
        public, "select id, evidence_article_id, evidence_number from events order by articles desc, conflicts desc, id"
    )
    with write(public) as db:
        (sentence, length) = db.execute(
            "select number, length(text) from evidence where article_id = ? order by length(text) desc", [article]
        ).fetchone()
        db.execute(
            "insert into mentions values (?, 97, 'STAGE', 'x', 'evaluasi-2', 0.4, ?, 0, ?)", [article, sentence, length]
        )
        db.execute(
            "insert into event_conflicts values (?, 1, 'venue', 'Aula', null, 2, 2, 1, ?, ?)", [event, at, number]
        )
        db.execute(
            "insert into event_conflicts values (?, 2, 'venue', 'Balai', null, 1, 1, 0, ?, ?)", [event, at, number]
        )
        db.execute(
            "insert into event_versions values ('bbbbbbbbbbbb', 1, 'mou', '51.02', 2017, '2017-05-22', null, 'held', "
            "null, null, '2024-11-10T02:00:00+00:00', '2024-11-12T02:00:00+00:00')"
        )
    return public


def address(public: Path, kind: str) -> str:
    path, sql = KINDS[kind]
    return path.format(*find(public, sql)) if sql else path


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_within_wcag_and_its_words_stand_out_in_light_and_dark(desk: Page, public: Path, kind: str) -> None:
    wrong: list[Any] = []
    for scheme, query in (("light", ""), ("dark", "lang=en")):
        desk.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        path = address(public, kind)
        desk.goto(f"{path}{'&' if '?' in path else '?'}{query}")
        found = Axe().run(desk, options=RULES).response["violations"]
        wrong += [(scheme, one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]
        wrong += desk.evaluate(PALE_WORDS)
    desk.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert wrong == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_a_narrow_screen(browser: Browser, site: str, public: Path, kind: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640}, base_url=site, reduced_motion="reduce")
    page.goto(address(public, kind))
    for folded in page.locator("details:not([open]) > summary").all():
        if folded.is_visible():
            folded.click()
    assert fits(page)
    page.close()


def test_the_pointer_on_a_mention_tells_what_it_names(desk: Page, public: Path) -> None:
    desk.goto(address(public, "artikel"))
    mention = desk.locator(".evidence .mention.m-regency").first
    tip = mention.locator("> .tip")
    expect(tip).to_be_hidden()
    mention.locator("> mark").hover()
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("Kabupaten Tabanan (51.02) keyakinan 95 %")
    desk.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    desk.mouse.move(0, 0)


def test_of_a_mention_within_another_each_is_told_and_the_inner_one_at_its_words(desk: Page, public: Path) -> None:
    desk.goto(address(public, "artikel"))
    outer = desk.locator(".evidence .mention.m-stage:has(.mention)").first
    inner = outer.locator(".mention").first
    inner.locator("> mark").hover()
    expect(inner.locator("> .tip")).to_be_visible()
    expect(outer.locator("> .tip")).to_be_hidden()
    outer.locator("> .key").hover()
    expect(outer.locator("> .tip")).to_contain_text("Evaluasi tahap II keyakinan 40 % belum pasti")
    expect(inner.locator("> .tip")).to_be_hidden()
    desk.mouse.move(0, 0)


def test_the_keyboard_opens_what_a_mention_names_and_leads_to_its_fact(desk: Page, public: Path) -> None:
    desk.goto(address(public, "artikel"))
    key = desk.locator(".evidence .mention.m-date > .key").first
    tip = desk.locator(f"#{key.get_attribute('popovertarget')}")
    desk.locator("#tampil-pillar").focus()
    while not key.evaluate("element => element === document.activeElement"):
        desk.keyboard.press("Tab")
    expect(tip).to_be_visible()
    desk.keyboard.press("Enter")
    assert tip.evaluate("element => element.matches(':popover-open')")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**#fakta-*")
    expect(desk.locator(".fact:target")).to_be_visible()
    expect(desk.locator(".fact:target")).to_contain_text("20 November 2024")


@pytest.mark.parametrize("script", [True, False], ids=["dengan skrip", "tanpa skrip"])
def test_a_finger_opens_what_a_mention_names(browser: Browser, site: str, public: Path, script: bool) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, base_url=site, has_touch=True, java_script_enabled=script
    )
    page = context.new_page()
    page.goto(address(public, "artikel"))
    mention = page.locator(".evidence .mention.m-official").first
    mention.locator("> mark" if script else "> .key").tap()
    tip = page.locator(".tip:popover-open")
    expect(tip).to_contain_text("keyakinan")
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.locator("h1").tap()
    expect(tip).to_have_count(0)
    context.close()


def test_a_kind_that_is_switched_off_is_not_marked(desk: Page, public: Path) -> None:
    desk.goto(address(public, "artikel"))
    mark, key = (desk.locator(f".evidence .mention.m-date > {part}").first for part in ("mark", ".key"))
    other = desk.locator(".evidence .mention.m-regency > mark").first
    switch = desk.get_by_role("checkbox", name="tanggal")
    marked = mark.evaluate("element => getComputedStyle(element).backgroundColor")
    switch.press("Space")
    expect(mark).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(key).to_be_hidden()
    expect(other).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    switch.press("Space")
    expect(mark).to_have_css("background-color", marked)


def test_no_two_kinds_differ_by_colour_alone(desk: Page, public: Path) -> None:
    desk.goto(address(public, "artikel"))
    looks = desk.evaluate(
        """() => [...document.querySelectorAll(".kinds label")].map(label => [
            getComputedStyle(label.querySelector("mark")).textDecorationStyle,
            getComputedStyle(label.querySelector(".key"), "::before").content,
        ])"""
    )
    assert len({style for style, _ in looks}) == len({shape for _, shape in looks}) == 5


def test_the_facts_are_folded_on_a_phone_and_beside_the_sentences_on_a_desk(page: Page, public: Path) -> None:
    page.goto(address(public, "artikel"))
    assert page.viewport_size is not None
    if page.viewport_size["width"] > 1000:
        expect(page.locator(".fact").first).to_be_visible()
        facts, proofs = page.locator(".facts-side").bounding_box(), page.locator(".proofs").bounding_box()
        assert facts is not None
        assert proofs is not None
        assert facts["x"] > proofs["x"] + proofs["width"]
    else:
        expect(page.locator(".fact").first).to_be_hidden()
        page.get_by_text("Tampilkan fakta").click()
        expect(page.locator(".fact").first).to_be_visible()
    assert fits(page)


def test_a_link_to_a_fact_opens_the_fold_that_holds_it(browser: Browser, site: str, public: Path) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, base_url=site, reduced_motion="reduce")
    page.goto(address(public, "artikel"))
    page.locator(".evidence .aside a").first.click()
    expect(page.locator(".fact:target")).to_be_visible()
    page.close()


def test_events_are_chosen_by_a_form_that_needs_no_script(browser: Browser, site: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, base_url=site, java_script_enabled=False)
    page.goto("/peristiwa")
    page.get_by_text("Saring", exact=True).click()
    page.get_by_role("textbox", name="Daerah").fill("tabanan")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**daerah=51.02*")
    assert page.locator(".card .place").first.inner_text() == "Kabupaten Tabanan"
    page.close()


def test_officials_are_found_and_one_is_opened(page: Page) -> None:
    page.goto("/pejabat")
    if page.locator(".fold > summary").is_visible():
        page.locator(".fold > summary").click()
    page.get_by_role("searchbox", name="Nama, jabatan").fill("kotim")
    page.get_by_role("button", name="Tampilkan").click()
    page.get_by_role("link", name="Ruslan Hadiwijaya").click()
    page.wait_for_url("**/pejabat/*")
    assert page.locator("h1").inner_text() == "Ruslan Hadiwijaya"
    assert fits(page)


def test_what_is_printed_leaves_out_what_only_a_screen_needs(desk: Page, public: Path) -> None:
    desk.goto(address(public, "artikel"))
    desk.emulate_media(media="print")
    expect(desk.locator(".wrong").first).to_be_hidden()
    expect(desk.locator(".fact").first).to_be_visible()
    desk.emulate_media(media="screen")
