"""The review desk in Chromium, over `pantau serve` with a private database: by keyboard alone, and without script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browsing import PALE_WORDS
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, StorageState, expect
from reviewdesk import PASSWORD, RAHMI, build_desk, open_accounts
from test_corrections import fact
from test_quality import violations
from test_serving import Serving, serving

import pantau
from db.connect import open_db
from db.reviewing.queue import review_items

# A page is laid out anew a while after its width changed. We ask from outside: the page itself may evaluate no text.
FITS = """new Promise(tell => {
  const last = performance.now() + 5000;
  const look = () => {
    const fits = document.documentElement.scrollWidth <= window.innerWidth;
    fits || performance.now() > last ? tell(fits) : requestAnimationFrame(look);
  };
  look();
})"""
"""Asked until it is so: a window takes a moment to be another width."""
WHY = "panitia: aktl, hari Selasa"
"""A reason made of the desk's own letters."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("meja")
    private, _ = build_desk(folder)
    open_accounts(private)
    with serving(folder) as site:
        yield site


@pytest.fixture(scope="module")
def signed_in(browser: Browser, running: Serving) -> StorageState:
    """The cookies of a reviewer who signed in by keyboard."""
    page = new_page(browser, running)
    page.goto("/masuk")
    expect(page.locator("#nama")).to_be_focused()
    page.keyboard.type(RAHMI)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Tinjauan")
    state = page.context.storage_state()
    page.context.close()
    return state


@pytest.fixture
def keyboard(browser: Browser, running: Serving, signed_in: StorageState) -> Iterator[Page]:
    """A reviewer who is signed in and has no mouse, on a desk-top screen."""
    page = new_page(browser, running, storage_state=signed_in)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.context.close()
    assert complaints == []


@pytest.fixture
def scriptless(browser: Browser, running: Serving) -> Iterator[Page]:
    """A reviewer who signed in without script."""
    page = new_page(browser, running, java_script_enabled=False)
    page.goto("/masuk")
    page.fill("#nama", RAHMI)
    page.fill("#sandi", PASSWORD)
    page.click("form.sign-in button")
    yield page
    page.context.close()


def new_page(browser: Browser, running: Serving, **options: Any) -> Page:
    address = f"http://127.0.0.1:{running.port}"
    return browser.new_context(base_url=address, reduced_motion="reduce", **options).new_page()


def event_of(running: Serving, path: str) -> str:
    db = open_db(running.data / "pantau.db")
    try:
        (article,) = db.execute("select id from articles where url like ?", [f"%{path}"]).fetchone()
        return fact(db, article, "event")
    finally:
        db.close()


def publish(running: Serving) -> None:
    done = CliRunner().invoke(pantau.main, ["--data", str(running.data), "publish"])
    assert done.exit_code == 0, done.output


def waiting(running: Serving, kind: str) -> list[str]:
    db = open_db(running.data / "pantau.db")
    try:
        return [item.id for item in review_items(db, kind)]
    finally:
        db.close()


def heading(page: Page) -> str:
    return page.inner_text("#judul")


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_session_by_keyboard_alone_ends_with_the_corrected_fact_on_the_article_s_page(
    running: Serving, keyboard: Page
) -> None:
    page = keyboard
    event = event_of(running, "/basel/tiga")
    page.goto(f"/tinjauan/butir/{event}")
    press(page, "k")
    expect(page.locator("#f-stage_code")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#f-start_date")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("7/11/2023")
    for _ in range(8):
        page.keyboard.press("Tab")
    expect(page.locator("#alasan-koreksi")).to_be_focused()
    page.keyboard.type(WHY)
    page.keyboard.press("Tab")
    press(page, "Enter")
    expect(page.locator("[role=alert]")).to_contain_text("Maksudnya 2023-11-07?")
    expect(page.locator("#f-start_date")).to_be_focused()
    assert page.input_value("#alasan-koreksi") == WHY, "letters typed in a field are no keys"
    page.keyboard.press("Control+a")
    page.keyboard.type("2023-11-07")
    for _ in range(9):
        page.keyboard.press("Tab")
    press(page, "Enter")
    expect(page.locator("#kabar")).to_contain_text("Dikoreksi")
    expect(page.locator("#kabar")).to_contain_text("7 November 2023")
    expect(page.locator(".desk-status")).to_contain_text("menunggu terbit")
    article = event.partition("-")[0]
    publish(running)
    running.until(lambda answer: 'datetime="2023-11-07"' in answer.text, f"/artikel/{article}")
    # The next page may come from another process, which sees the new release a second later.
    waiting_still = page.locator(".history li").filter(has_text=WHY).filter(has_text="menunggu terbit")
    for _ in range(20):
        page.goto("/tinjauan/riwayat")
        if not waiting_still.count():
            break
        page.wait_for_timeout(500)
    expect(page.locator(".history li").filter(has_text=WHY)).not_to_contain_text("menunggu terbit")


def test_letters_decide_skip_undo_and_lead_on(running: Serving, keyboard: Page) -> None:
    page = keyboard
    first, second = waiting(running, "official")[:2]
    page.goto("/tinjauan?jenis=official")
    name = heading(page)
    press(page, "n")
    assert second in page.url
    press(page, "p")
    assert first in page.url
    press(page, "a")
    assert second in page.url
    expect(page.locator("#kabar")).to_contain_text(f"Diterima: {name}")
    expect(page.locator("#butir")).to_be_focused()
    assert first not in waiting(running, "official")
    press(page, "u")
    assert first in page.url
    expect(page.locator("#kabar")).to_contain_text("Diurungkan")
    assert first in waiting(running, "official")
    press(page, "t")
    press(page, "l")
    assert not {first, second} & set(waiting(running, "official"))
    for _ in range(2):
        press(page, "u")
    assert {first, second} <= set(waiting(running, "official"))


def test_two_persons_are_told_apart_by_a_letter(running: Serving, keyboard: Page) -> None:
    keyboard.goto("/tinjauan?jenis=office")
    press(keyboard, "b")
    expect(keyboard.locator("#kabar")).to_contain_text("Dua orang")
    press(keyboard, "u")
    expect(keyboard.locator("#kabar")).to_contain_text("Diurungkan")


def test_no_letter_is_taken_from_a_field_a_modifier_or_who_switched_them_off(running: Serving, keyboard: Page) -> None:
    page = keyboard
    page.goto("/tinjauan?jenis=official")
    url, before = page.url, waiting(running, "official")
    page.keyboard.press("r")
    expect(page.locator("#alasan")).to_be_focused()
    page.keyboard.type("aktlunp?")
    page.keyboard.press("Enter")
    assert page.input_value("#alasan") == "aktlunp?"
    page.keyboard.press("Escape")
    expect(page.locator("#alasan")).not_to_be_focused()
    for keys in ("Control+l", "Alt+t", "Meta+a"):
        page.keyboard.press(keys)
    page.keyboard.press("?")
    expect(page.locator("details.keys")).to_have_attribute("open", "")
    page.locator("#pakai-tombol").focus()
    page.keyboard.press("Space")
    page.locator(".keys summary").focus()
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("t")
    expect(page.locator("#judul")).to_be_visible()
    assert page.url == url
    assert waiting(running, "official") == before
    page.keyboard.press("Tab")
    page.evaluate("localStorage.clear()")


def test_the_same_is_done_without_script(running: Serving, scriptless: Page) -> None:
    page = scriptless
    event = event_of(running, "/basel/empat")
    page.goto(f"/tinjauan/butir/{event}")
    page.click(".presses a")
    page.fill("#f-start_date", "2023-11-08")
    page.fill("#f-venue", "Aula Bappeda")
    page.fill("#alasan-koreksi", WHY)
    page.click("form.correct button[value=correct]")
    expect(page.locator("#kabar")).to_contain_text("8 November 2023")
    item = waiting(running, "official")[0]
    page.goto("/tinjauan?jenis=official")
    page.click("button[value=accept]")
    assert item not in waiting(running, "official")
    page.click(".undo button")
    assert item in waiting(running, "official")
    expect(page.locator("#kabar")).to_contain_text("Diurungkan")
    publish(running)
    running.until(lambda answer: "Aula Bappeda" in answer.text, f"/artikel/{event.partition('-')[0]}")


def test_a_reader_s_hint_reaches_the_reviewer_without_script(
    running: Serving, browser: Browser, keyboard: Page
) -> None:
    event = event_of(running, "/basel/tiga")
    reader = new_page(browser, running, java_script_enabled=False)
    publish(running)
    running.until(lambda answer: event in answer.text, f"/artikel/{event.partition('-')[0]}")
    reader.goto(f"/artikel/{event.partition('-')[0]}")
    reader.click(f"a.wrong[href*='{event}'] >> nth=0")
    reader.fill("#salah", "Panitia menyebut hari Rabu")
    reader.click("form[method=post] button")
    expect(reader.locator("h1")).to_have_text("Terima kasih")
    reader.context.close()
    keyboard.goto("/tinjauan?jenis=hint")
    while "hari Rabu" not in keyboard.inner_text(".hint-of-reader"):
        press(keyboard, "n")
    press(keyboard, "a")
    expect(keyboard.locator("#kabar")).to_contain_text("Diterima")


SHOWN = (
    "/tinjauan",
    "/tinjauan?jenis=conflict",
    "/tinjauan?jenis=reset",
    "/tinjauan?jenis=hint",
    "/tinjauan?jenis=person",
    "/tinjauan/butir/{}?koreksi=1",
    "/tinjauan/butir/tak-ada",
    "/tinjauan/riwayat",
    "/keluar",
)


@pytest.mark.parametrize("path", SHOWN)
def test_the_desk_is_for_everyone_on_every_screen(running: Serving, keyboard: Page, path: str) -> None:
    page = keyboard
    page.goto(path.format(waiting(running, "official")[0]))
    check(page)


def check(page: Page) -> None:
    """Nothing is wrong with a page on a wide screen in the light, nor on a narrow one in the dark."""
    assert violations(page) == []
    assert page.evaluate(PALE_WORDS) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(FITS)
    assert violations(page) == []
    assert page.evaluate(PALE_WORDS) == []


def test_the_form_for_readers_is_for_everyone(running: Serving, browser: Browser) -> None:
    page = new_page(browser, running)
    event = event_of(running, "/angka")
    for path in ("/masuk", f"/salah?artikel={event.partition('-')[0]}&fakta={event}"):
        page.goto(path)
        check(page)
    page.context.close()
