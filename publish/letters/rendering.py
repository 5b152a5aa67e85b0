"""How a letter looks: cut to the size of a mail, as HTML and as plain text of equal content."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cache

import css_inline
import jinja2

from publish.dates_id import Language
from publish.letters import wording
from publish.letters.rows import Row
from publish.letters.wording import EMAILS

MAX_HTML_BYTES = 90_000
"""Gmail hides what comes after about 102 kB; the rest of its allowance is for a forwarder's own words."""
LIST_LINES = 12
"""Lines of a side list before "… dan N lagi"; the lists of events by province are as long as the size allows."""


def render(letter: Row, lang: Language) -> tuple[str, str]:
    """HTML and text of a letter (publish.letters.reading), cut to stay below MAX_HTML_BYTES.

    Raises ValueError when even the shortest form is too large for a mail.
    """
    lines = _lines_that_fit(lambda lines: _render_html(letter, lines, lang), letter["longest"])
    return _render_html(letter, lines, lang), _render_text(letter, lines, lang)


def _lines_that_fit(render: Callable[[int], str], longest: int) -> int:
    """The most lines a list may have for the HTML to fit; `longest` when nothing need be cut."""

    def size(lines: int) -> int:
        return len(render(lines).encode())

    if size(longest) <= MAX_HTML_BYTES:
        return longest
    lines = bisect_right(range(longest), MAX_HTML_BYTES, key=size) - 1
    if lines < 0:
        raise ValueError(f"the letter is {size(0)} bytes even with no event in it, above {MAX_HTML_BYTES}")
    return lines


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(EMAILS),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _inliner() -> css_inline.CSSInliner:
    css = (EMAILS / "letter.css").read_text(encoding="utf-8")
    return css_inline.CSSInliner(extra_css=css, keep_style_tags=False, load_remote_stylesheets=False)


def _render(template: str, letter: Row, lines: int, lang: Language) -> str:
    def say(key: str, **values: object) -> str:
        return wording.say(key, lang, **values)

    return _templates().get_template(template).render(letter, lines=lines, side_lines=LIST_LINES, say=say, lang=lang)


def _render_html(letter: Row, lines: int, lang: Language) -> str:
    return _inliner().inline(_render("letter.html", letter, lines, lang)) + "\n"


def _render_text(letter: Row, lines: int, lang: Language) -> str:
    return _render("letter.txt", letter, lines, lang)
