"""From a regency's page to the letter and out of it again, in a browser, over HTTP, with the letters of the outbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import PALE_WORDS, SIZES, fits, running_site
from playwright.sync_api import Browser, Page, expect

from db.mailing.connect import open_mail_db
from db.mailing.subscribers import find_subscriber, read_subscriptions
from pantau.house import House
from pantau.mail import send_letters

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def house(public: Path) -> House:
    data = public.parent
    (data / "mail.yml").write_text("from: {address: surat@kota.example}\n")
    return House(data, Path("sources"), data / "outbox")


@pytest.fixture(scope="module")
def site(public: Path, house: House) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PANTAU_DATA", str(house.data))
        with running_site(public) as address:
            yield address


@pytest.fixture(params=[("meja", "light"), ("ponsel", "dark")], ids="-".join)
def reader(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser without script at a desk and on a phone, by day and by night."""
    size, theme = request.param
    width, height = SIZES[size]
    page = browser.new_page(
        viewport={"width": width, "height": height}, base_url=site, color_scheme=theme, java_script_enabled=False
    )
    yield page
    page.close()


def letters_to(house: House, email: str) -> list[Any]:
    files = sorted((house.outbox).glob("*/*.eml"), key=lambda path: path.stat().st_mtime_ns)
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]
    return [letter for letter in letters if email in str(letter["To"])]


def link_in(letter: Any, start: str) -> str:
    """The first address of a letter that leads to such a page, as it stands in its HTML."""
    found = re.search(rf'href="(http[^"]*{start}[^"]*)"', letter.get_body(("html",)).get_content())
    assert found
    return found[1].replace("&amp;", "&")


def check(page: Page) -> None:
    assert fits(page), page.url


def test_a_reader_asks_confirms_changes_and_leaves(reader: Page, house: House, site: str) -> None:
    email = f"sari.{reader.viewport_size['width']}@kota.example"  # type: ignore[index]
    reader.goto("/daerah/64.01")
    reader.get_by_role("link", name="Kirimi saya surat tentang Kabupaten Paser").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Minta surat lewat surel")
    check(reader)
    expect(reader.locator("#zona")).to_have_value("WITA")
    reader.get_by_label("Alamat surel").fill("sari")
    reader.get_by_label("Alamat surel").press("Enter")
    expect(reader.get_by_role("alert")).to_contain_text("memuat tanda @")
    expect(reader.get_by_label("Alamat surel")).to_have_value("sari")
    check(reader)
    reader.get_by_label("Alamat surel").fill(email)
    reader.get_by_text("Tambah yang lain").click()
    reader.get_by_label("Satu kabupaten atau kota").fill("Kotim")
    reader.get_by_label("Satu kabupaten atau kota").press("Enter")
    expect(reader.locator(".followed li")).to_have_count(2)
    expect(reader.get_by_label("Alamat surel")).to_have_value(email)
    reader.get_by_label("Setiap hari").check()
    reader.get_by_role("button", name="Kirimi saya tautan konfirmasi").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Periksa surel Anda")
    expect(reader.get_by_role("status")).to_contain_text(email)
    check(reader)

    send_letters(house, site, NOW)
    (asking,) = letters_to(house, email)
    reader.goto(link_in(asking, "/langganan/konfirmasi/"))
    check(reader)
    reader.get_by_role("button", name="Ya, kirimi saya surat ini").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Terima kasih, surat Anda dimulai")
    check(reader)
    reader.get_by_role("link", name="Atur yang diikuti").click()
    expect(reader.get_by_label("Buang Kabupaten Paser")).to_be_visible()
    check(reader)
    reader.get_by_label("Seberapa sering: Kabupaten Kotawaringin Timur").select_option("weekly")
    reader.get_by_label("Buang Kabupaten Paser").check()
    reader.get_by_role("button", name="Simpan").click()
    expect(reader.get_by_role("status")).to_contain_text("Tersimpan")
    check(reader)
    with closing(open_mail_db(house.mail_db)) as db:
        found = find_subscriber(db, email)
        assert found is not None
        assert [(one.value, one.cadence) for one in read_subscriptions(db, found.id)] == [("62.02", "weekly")]
    manage = reader.url

    send_letters(house, site, NOW + timedelta(days=8))
    letter = letters_to(house, email)[-1]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    reader.goto(link_in(letter, "/surat/saya/"))
    expect(reader.locator(".copy")).to_contain_text("Kotawaringin Timur")
    check(reader)
    reader.goto(manage)
    reader.get_by_role("link", name="Baca salinannya").click()
    expect(reader.locator(".copy")).to_contain_text("Kotawaringin Timur")

    stop = re.search(r"<(http[^>]+)>", letter["List-Unsubscribe"])
    assert stop
    reader.goto(stop[1])
    expect(reader.get_by_role("heading", level=1)).to_have_text("Berhenti menerima surat?")
    check(reader)
    pressed = reader.request.post(stop[1], form={"List-Unsubscribe": "One-Click"})
    assert (pressed.status, pressed.text()) == (200, "200 unsubscribed\n")
    reader.get_by_role("button", name="Berhenti menerima surat").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Surat sudah berhenti")
    check(reader)
    reader.goto(manage)
    expect(reader.get_by_role("heading", level=1)).to_have_text("Langganan ini sudah berhenti")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_the_form_says_can_be_read_by_everybody(browser: Browser, site: str, theme: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640}, base_url=site, color_scheme=theme)
    page.goto("/langganan/surat?daerah=solok&provinsi=64&lang=en")
    for surel in ("sari", "sari@kota.example"):
        assert Axe().run(page, options=RULES).response["violations"] == []
        assert page.evaluate(PALE_WORDS) == []
        assert fits(page)
        page.get_by_label("E-mail address").fill(surel)
        sending = page.get_by_role("button", name="Send me the confirmation link")
        for button in (page.get_by_role("button", name="Kota Solok").or_(sending).first, sending):
            with page.expect_navigation():  # until its sheets have come too
                button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")
    assert Axe().run(page, options=RULES).response["violations"] == []
    assert page.evaluate(PALE_WORDS) == []
    assert fits(page)
    page.close()
