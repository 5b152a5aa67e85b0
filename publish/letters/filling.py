"""Templates of emails/ filled in: as HTML whose styles stand in its elements, and as plain text."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from functools import cache
from typing import Any

import css_inline
import jinja2
from markupsafe import Markup

from publish.dates_id import Language
from publish.letters import wording
from publish.letters.wording import EMAILS

MAX_LINE_OCTETS = 900
"""Of the text part; RFC 5322 (2.1.1) ends a line at 998. Shorter lines are left to the reader's window."""
KEPT = 'data-css-inline="keep"'
"""By which css-inline leaves the rules for dark and narrow windows in <head>."""
FIRST_STRONG, POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def fill_html(template: str, lang: Language, **values: Any) -> str:
    """A template of emails/ as a whole HTML document, its styles written into the elements."""
    return _inliner().inline(_fill(template, lang, values)).replace(f" {KEPT}", "") + "\n"


def fill_text(template: str, lang: Language, **values: Any) -> str:
    """A template of emails/ as plain text, no line of it longer than MAX_LINE_OCTETS, no two empty lines together."""
    lines = [part for line in _fill(template, lang, values).splitlines() for part in wrap(line.rstrip())]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def wrap(line: str) -> list[str]:
    """A line cut at its spaces into lines of MAX_LINE_OCTETS at most; an address stays whole.

    >>> [len(part) for part in wrap("  " + "berita " * 200)]
    [225, 225, 225, 225, 225, 225, 57]
    >>> wrap("pendek")
    ['pendek']
    """
    if len(line.encode()) <= MAX_LINE_OCTETS:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    # A character has four octets at most.
    return textwrap.wrap(
        line, MAX_LINE_OCTETS // 4, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def reads_from_the_right(text: str) -> bool:
    """Whether any of it is written from right to left."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


@cache
def _templates() -> jinja2.Environment:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(EMAILS),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters |= {"isolate": _isolate, "theirs": _theirs}
    return templates


@jinja2.pass_eval_context
def _isolate(context: jinja2.nodes.EvalContext, text: str) -> str:
    """A text of others that does not turn the words around it, whichever way it is written."""
    if not reads_from_the_right(text):
        return text
    return Markup('<span dir="auto">{}</span>').format(text) if context.autoescape else f"{FIRST_STRONG}{text}{POP}"


@jinja2.pass_context
def _theirs(context: jinja2.runtime.Context, text: str) -> str:
    """The words of an article: they are Indonesian in an English letter, too, and are read aloud so."""
    if not context.eval_ctx.autoescape or context["lang"] == "id" or reads_from_the_right(text):
        return _isolate(context.eval_ctx, text)
    return Markup('<span lang="id">{}</span>').format(text)


@cache
def _inliner() -> css_inline.CSSInliner:
    css = (EMAILS / "letter.css").read_text(encoding="utf-8")
    return css_inline.CSSInliner(extra_css=css, keep_style_tags=False, load_remote_stylesheets=False, minify_css=True)


def _fill(template: str, lang: Language, values: dict[str, Any]) -> str:
    def say(key: str, **words: object) -> str:
        return wording.say(key, lang, **words)

    return _templates().get_template(template).render(values, say=say, lang=lang, zip=zip)
