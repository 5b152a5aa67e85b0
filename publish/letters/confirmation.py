"""The letter that asks whether it was the reader herself who subscribed (double opt-in)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from publish.dates_id import Language
from publish.letters.cleaning import shorten
from publish.letters.filling import fill_html, fill_text
from publish.letters.letter import CONFIRM_URL, Letter
from publish.letters.wording import say

LONGEST_CHOICE = 120


def build_confirmation(choices: Sequence[str], lang: Language, site_url: str, confirm_url: str = CONFIRM_URL) -> Letter:
    """The letter that asks to confirm these choices, in words such as "Kabupaten Paser, tiap minggu".

    Whoever asked may have typed somebody else's address, and so writes to a stranger through us: what he typed is cut
    short, an address in it is no link, and his name is not in the letter.
    """
    values = {
        "choices": [_harmless(choice) for choice in choices],
        "confirm_url": confirm_url,
        "site_url": site_url.rstrip("/"),
    }
    return Letter(
        lang=lang,
        subject=say("confirmation.subject", lang),
        html=fill_html("confirmation.html", lang, **values),
        text=fill_text("confirmation.txt", lang, **values),
    )


def _harmless(choice: str) -> str:
    """A choice cut short, in which no mail program finds an address to make a link of.

    >>> _harmless("Cari “https://contoh.id/menang”").replace("\\u200b", "|")
    'Cari “https:|//contoh.|id/menang”'
    """
    return re.sub(r"(:(?=//)|(?<=\w)[.@](?=\w))", "\\1\u200b", shorten(choice, LONGEST_CHOICE))
