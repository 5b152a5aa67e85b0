"""What a page prints in short lines around its article: where the title stands, bylines, date lines, pagers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from crawler.article.boilerplate import clean_spaces, fold

SHORT = 160
"""Characters of the longest byline or date line."""
HEADLINE = 240
"""Characters of the longest title."""

_BREAK = "\x1e"
_BLOCK = "\x1d"
_MARKS = re.compile(f"[{_BREAK}{_BLOCK}]")
# Not a single blank, which stays what it is: there is one in most places.
_GAP = re.compile(r"[ \t\r\n\xa0]{2,}|[\t\r\n\xa0]")
# Text in them stands in one line with what is around it.
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "big", "cite", "em", "font", "i", "label", "mark", "small", "span", "strong", "sub",
     "sup", "time", "tt", "u")
)  # fmt: skip
_SILENT = frozenset(("head", "script", "style", "noscript", "template", "option", "textarea", "svg", "iframe"))
_OUTSIDE = frozenset(("nav", "aside", "footer", "form", "select", "figure"))
_SURROUNDINGS = (
    r"today|top-?date|head-?date|current-?date|date-?now|hari-?ini|clock|jam|ticker|top-?bar|nav-?bar|nav|menu|sidebar|widget"
    r"|(?<!post-)(?<!entry-)(?<!article-)footer|related\w*|terkait|populer|terpopuler|popular|trending|comments?|komentar"
    r"|latest|terbaru|terkini|recommend\w*|rekomendasi"
)
Parents = dict[HtmlElement, HtmlElement | None]

_CARDS = rf"{_SURROUNDINGS}|card|snippet"
# Elementor calls every part of a page a widget, the article too.
_BUILDER = re.compile(r"\belementor-[\w-]+")


class Line(NamedTuple):
    """A short text with the element that holds it; `text` is None for an element that holds more than a short text."""

    element: HtmlElement
    text: str | None
    is_outside: bool
    """In what surrounds an article: navigation, sidebars, lists of other articles."""


class Printed(NamedTuple):
    """The lines of a page in the order of its source, those above its title and those below it."""

    heading: HtmlElement | None
    above: list[Line]
    below: list[Line]
    """All lines where the title was not found."""

    def inside(self) -> list[str]:
        """The short texts of the article's own part of the page."""
        return [line.text for line in (*self.above, *self.below) if line.text and not line.is_outside]


def read_printed(tree: HtmlElement, title: str | None) -> Printed:
    """What `tree` prints, with its elements as blocks, the lines in them and the texts between their children."""
    elements = list(tree.iter("*"))
    parents = {element: element.getparent() for element in elements}
    texts = _texts(elements, parents)
    heading = _find_heading(elements, texts, title)
    own = set() if heading is None else {heading, *heading.iterancestors()}
    outside: dict[HtmlElement, bool] = {}
    above: list[Line] = []
    below: list[Line] = []
    lines = below if heading is None else above
    for element in elements:
        parent = parents[element]
        # An article in a list is as far outside as its list, unless nothing else says which is the page's own.
        is_around = outside.get(parent, False) and (heading is not None or element.tag != "article")
        outside[element] = element not in own and (is_around or _is_outside(element))
        if element is heading:
            lines = below
            continue
        text = texts[element]
        if text is None or (text and not text.isspace() and text != texts.get(parent)):
            lines += [Line(element, short, outside[element]) for short in _split(element, text)]
    return Printed(heading, above, below)


def is_outside(element: HtmlElement, names: str = _CARDS) -> bool:
    """Whether an element lies in navigation, a sidebar, a list of other articles."""
    for node in (element, *element.iterancestors()):
        if node.tag in ("html", "body", "main", "article"):
            return False
        if _is_outside(node, names):
            return True
    return False


def _is_outside(element: HtmlElement, outside: str = _CARDS) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag == "footer":
        # The footer of an article says who wrote it, and when.
        return "entry-footer" not in names and next(element.iterancestors("article"), None) is None
    if element.tag in _OUTSIDE or element.tag in ("html", "body", "main", "article"):
        return element.tag in _OUTSIDE
    return len(names) > 1 and _has_name(names, outside)


@lru_cache(maxsize=20_000)
def _has_name(names: str, wanted: str) -> bool:
    # The same few hundred names stand on every page of a site.
    pattern = rf"(?:^|[\s_-])(?:{wanted})(?=$|[\s_-])"
    return re.search(pattern, _BUILDER.sub(" ", names), re.IGNORECASE) is not None


def _texts(elements: list[HtmlElement], parents: Parents) -> dict[HtmlElement, str | None]:
    """The text of each element, with marks where a line or a block ends; None where it is longer than any headline."""
    texts: dict[HtmlElement, str | None] = {}
    after: dict[HtmlElement | None, str | None] = {}
    # From the last to the first, so that the text of all its children is known before an element's own.
    for element in reversed(elements):
        tag, parent = element.tag, parents[element]
        behind, following = after.pop(element, ""), after.get(parent, "")
        text = "" if tag in _SILENT else None if behind is None else _short((element.text or "") + behind)
        texts[element] = text
        if text is None or following is None:
            after[parent] = None
            continue
        mark = "" if tag in _INLINE else _BREAK if tag == "br" else _BLOCK
        after[parent] = _short(f"{mark}{text}{mark}{element.tail or ''}{following}")
    return texts


def _short(text: str) -> str | None:
    if len(text) > HEADLINE:
        text = _GAP.sub(" ", text)
    return text if len(text) <= HEADLINE else None


def _split(element: HtmlElement, text: str | None) -> list[str | None]:
    """The short texts of an element: whole, by lines, and between its children; [None] for a longer one."""
    if text is None or len(whole := clean_spaces(_MARKS.sub(" ", text))) > SHORT:
        return [None]
    if not len(element):
        return [whole]
    # What blocks inside it print is theirs.
    parts = [] if _BLOCK in text else [whole, *text.split(_BREAK)]
    parts += [piece for piece in (element.text, *(child.tail for child in element)) if piece and not piece.isspace()]
    return list(dict.fromkeys(filter(None, map(clean_spaces, parts))))


def _find_heading(
    elements: list[HtmlElement], texts: dict[HtmlElement, str | None], title: str | None
) -> HtmlElement | None:
    if title is None:
        return None
    wanted = fold(title)
    for tags in (("h1",), ("h2", "h3", "h4", "h5"), ("div", "span", "p", "strong", "b", "font", "td")):
        for element in elements:
            text = texts[element] if element.tag in tags else None
            if text is None or len(text) < len(wanted):
                continue
            # Some portals set the article itself as a card.
            if len(element) < 4 and fold(text) == wanted and not is_outside(element, _SURROUNDINGS):
                return element
    return None
