"""The letter that asks a reader to confirm."""

from __future__ import annotations

import re

import pytest

from publish.letters.confirmation import build_confirmation
from publish.letters.letter import CONFIRM_URL, READER_NAME, personalize

SITE = "https://pantau.contoh.id"
CHOICES = ["Kabupaten Sleman, tiap minggu", "Provinsi Bali, tiap hari"]
LINK = f"{SITE}/langganan/konfirmasi/abc"


@pytest.mark.parametrize(("lang", "button"), [("id", "Ya, kirimi saya"), ("en", "Yes, send it to me")])
def test_it_says_what_was_asked_and_has_one_button(lang: str, button: str) -> None:
    letter = build_confirmation(CHOICES, lang, SITE)  # type: ignore[arg-type]
    html, text = personalize(letter, {CONFIRM_URL: LINK})
    for part in (html, text):
        assert all(choice in part for choice in CHOICES)
        assert button in part
        assert part.count(LINK) == 1
        assert "\ue000" not in part
    assert f'<html lang="{lang}"' in html
    assert set(re.findall(r'href="([^"]*)"', html)) == {LINK, f"{SITE}/"}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Cari “https://contoh.id/menang”", "Cari “https:|//contoh.|id/menang”"),
        ("tulis ke menang@contoh.id", "tulis ke menang@|contoh.|id"),
        ("hadiah " * 60, " ".join(["hadiah"] * 17) + " …"),
        ("<b>tebal</b>", "<b>tebal</b>"),
        (f"klik {CONFIRM_URL}\r\nBcc: a", "klik konfirmasi Bcc: a"),
    ],
)
def test_nobody_writes_to_a_stranger_through_it(typed: str, shown: str) -> None:
    letter = build_confirmation([typed], "id", SITE)
    assert f"* {shown}\n" in letter.text.replace("\u200b", "|")
    assert "<b>" not in letter.html
    assert READER_NAME not in letter.html + letter.text


def test_a_choice_written_from_the_right_does_not_turn_the_line() -> None:
    letter = build_confirmation(["Pencarian “مدينة”, tiap minggu"], "id", SITE)
    assert '<span dir="auto">Pencarian “مدينة”, tiap minggu</span>' in letter.html
    assert "* \u2068Pencarian “مدينة”, tiap minggu\u2069\n" in letter.text
