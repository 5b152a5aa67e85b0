"""The walk notices what it is there for: whatever runs, leads away or is fetched from others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from walking import Found, open_walker, show

SITE = "http://127.0.0.1:9"
CALL = "canary('articles.title')"


@pytest.fixture(scope="module")
def walker() -> Iterator[tuple[Page, Found]]:
    found = Found()
    with open_walker(found, SITE, is_bypassing=True) as page:
        yield page, found


@pytest.mark.parametrize(
    ("html", "runs"),
    [
        (f"<script>{CALL}</script>", True),
        (f'<img src="data:," onerror="{CALL}">', True),
        (f"<svg onload={CALL}></svg>", True),
        (f'<a href="javascript:{CALL}">x</a>', True),
        (f'<a href=" JaVa&#9;ScRiPt:{CALL}">x</a>', True),
        ('<a href="vbscript:x">x</a>', False),
        ('<a href="data:text/html,x">x</a>', False),
        ('<a href="https://bank.example@judi.example/">x</a>', False),
        ('<img src="http://judi.example/x.png">', False),
        ('<iframe srcdoc="x"></iframe>', False),
        ('<form action="javascript:x"></form>', False),
        ("<p>\u202enatabat</p>", False),
        ("<p>t49t</p>", False),
        ("<script>alert(1)</script>", False),
    ],
)
def test_a_page_that_is_not_text_is_told(walker: tuple[Page, Found], html: str, runs: bool) -> None:
    page, found = walker
    found.ran.clear()
    found.wrong.clear()
    show(page, found, html, "contoh")
    page.evaluate("0")
    assert found.wrong or found.ran
    assert bool(found.ran) == runs


def test_a_canary_that_is_text_is_read_and_nothing_is_told(walker: tuple[Page, Found]) -> None:
    page, found = walker
    found.ran.clear()
    found.wrong.clear()
    show(page, found, f'<p>&lt;script&gt;{CALL}&lt;/script&gt;</p><input value="{CALL}">', "contoh")
    assert (found.ran, found.wrong) == ([], [])
    assert found.seen == {"articles.title": "contoh"}
