"""The check that mail programs can show a letter finds what they cannot, and nothing else."""

from __future__ import annotations

import pytest
from emailcheck import ATTRIBUTES, ELEMENTS, MAX_BYTES, MEDIA, PROPERTIES, check_letter, check_rules, check_sheet

GOOD = """<!doctype html><html lang="id"><head><meta charset="utf-8"><title>Surat</title>
<style>:root { color-scheme: light dark } @media (prefers-color-scheme: dark) { .a { color: #fff !important } }</style>
</head><body><table role="presentation" width="100%"><tr><td style="padding: 3px 0; color: #000"><h1>Surat</h1>
<h2>Bagian</h2><p><a href="https://contoh.id/">Buka</a></p>
<img src="cid:pekan" width="536" alt="Diagram: 1, 2, 3">HERE</td></tr></table></body></html>"""


def test_a_letter_of_what_all_programs_know_passes() -> None:
    assert check_letter(GOOD, ["pekan"]) == []


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<svg></svg>", "<svg>"),
        ("<script>1</script>", "<script>"),
        ("<form action='https://contoh.id'></form>", "<form>"),
        ("<iframe></iframe>", "<iframe>"),
        ("<button>Ya</button>", "<button>"),
        ("<video></video>", "<video>"),
        ("<link rel='stylesheet' href='https://contoh.id/a.css'>", "<link>"),
        ("<p onclick='alert(1)'>x</p>", "onclick on <p>"),
        ("<p style='display: flex'>x</p>", "display: flex"),
        ("<p style='display:grid'>x</p>", "display: grid"),
        ("<p style='position: absolute'>x</p>", "property position"),
        ("<p style='float: left'>x</p>", "property float"),
        ("<p style='margin: -4px'>x</p>", "margin: -4px"),
        ("<p style='background-color: var(--a)'>x</p>", "background-color: var(--a)"),
        ("<p style='background-image: url(https://contoh.id/a.png)'>x</p>", "property background-image"),
        ("<p style='font-size: 2rem'>x</p>", "font-size: 2rem"),
        ("<p style='font-size: 12px'>x</p>", "text of 12px"),
        ("<img src='https://contoh.id/a.png' width='1' alt='x'>", "a picture from elsewhere: https://contoh.id/a.png"),
        (
            "<img src='data:image/png;base64,AA' width='1' alt='x'>",
            "a picture from elsewhere: data:image/png;base64,AA",
        ),
        ("<img src='cid:pekan' width='1'>", "cid:pekan without alt"),
        ("<img src='cid:pekan' alt='x'>", "cid:pekan without width"),
        ("<img src='cid:lain' width='1' alt='x'>", "cid:lain does not come with the letter"),
        ("<a href='http://contoh.id'>x</a>", "a link to http://contoh.id"),
        ("<a href='javascript:alert(1)'>x</a>", "a link to javascript:alert(1)"),
        ("<a>x</a>", "a link to nothing"),
        ("<a href='https://contoh.id'> </a>", "a link without words"),
        ("<table><tr><td>x</td></tr></table>", "<table> without role=presentation"),
        ("<h1>Lagi</h1>", "more than one <h1>"),
        ("<h4>Jauh</h4>", "<h4> after <h2>"),
        ("<p id='a'>x</p><p id='a'>y</p>", "id a twice"),
        ("<style>p { color: #000 }</style>", "<style> in the body"),
        ("<!-- rahasia -->", "a comment:  rahasia "),
        ("x" * MAX_BYTES, f"{len(GOOD) - 4 + MAX_BYTES} bytes, above {MAX_BYTES}"),
    ],
)
def test_what_some_program_cannot_show_is_found(html: str, complaint: str) -> None:
    assert complaint in check_letter(GOOD.replace("HERE", html), ["pekan"])


@pytest.mark.parametrize(
    ("part", "instead", "complaint"),
    [
        (' lang="id"', "", "<html> without lang"),
        ("<title>Surat</title>", "", "<title> is missing"),
        ("<!doctype html>", "", "no <!doctype html>"),
        ("<h1>Surat</h1>", "", "<h1> is missing"),
        ("<img src", "<b src", "pekan comes with the letter and is not shown"),
    ],
)
def test_what_is_missing_is_found(part: str, instead: str, complaint: str) -> None:
    assert complaint in check_letter(GOOD.replace(part, instead), ["pekan"])


@pytest.mark.parametrize(
    ("css", "complaint"),
    [
        ("@import 'https://contoh.id/a.css';", "@import"),
        ("@font-face { font-family: A; src: url(a.woff) }", "@font-face"),
        ("@media (hover: hover) { p { color: #000 } }", "@media (hover: hover)"),
        ("@supports (display: grid) { p { color: #000 } }", "@supports"),
        ("a:hover { color: #000 }", "selector a:hover"),
        ("p > a { color: #000 }", "selector p > a"),
        ("[class] { color: #000 }", "selector [class]"),
        ("@media (max-width: 480px) { .a { position: fixed } }", "property position"),
    ],
)
def test_a_sheet_of_what_some_program_drops_is_found(css: str, complaint: str) -> None:
    assert complaint in check_sheet(css)


def test_an_address_that_is_filled_in_later_is_a_link() -> None:
    html = GOOD.replace("HERE", "<a href='\ue000berhenti\ue001'>Berhenti</a>")
    assert check_letter(html, ["pekan"]) == ["a link to \ue000berhenti\ue001"]
    assert check_letter(html, ["pekan"], ["\ue000berhenti\ue001"]) == []


def test_small_text_is_allowed_where_nobody_sees_it() -> None:
    assert check_rules("display: none; font-size: 1px") == []


def test_all_that_is_allowed_says_why() -> None:
    for listed in (ELEMENTS, ATTRIBUTES, PROPERTIES, MEDIA):
        assert all(why.strip() for why in listed.values())
