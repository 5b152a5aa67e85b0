"""The paragraphs of a page's article: what is never the article taken out, trafilatura pointed to the rest."""

from __future__ import annotations

import re
from collections import defaultdict
from configparser import ConfigParser
from functools import lru_cache
from itertools import takewhile
from typing import Literal, NamedTuple

import trafilatura
from lxml.html import HtmlElement, document_fromstring  # type: ignore[import-untyped]
from trafilatura.settings import use_config
from trafilatura.xpaths import BODY_XPATH

from crawler.article.boilerplate import PROSE, SENTENCE_END, clean_spaces, fold, patterns
from crawler.article.metadata import select
from crawler.source import Selectors

_INLINE = frozenset(("a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "u"))
_PAGE = frozenset(("html", "head", "body", "main", "article"))
_SILENT = frozenset(("script", "style", "noscript", "template", "option", "textarea", "svg", "iframe"))
_BLOCKS = frozenset(("p", "div", "li", "h2", "h3", "h4", "h5", "h6", "section", "td"))
_PROMPTING = _BLOCKS | {"blockquote", "strong", "b", "em", "i", "span", "ul", "table", "tr", "tbody"}
_DATELINE = re.compile(r"(?:[A-Z][\w.,'’()/]*\s+){1,6}[-–—]{1,2}")
_PROMPTED = re.compile(r"[^:]{4,40}:\s*\S")


_NO_RUN = (0, 0, 0, 0)


class Size(NamedTuple):
    """Characters of an element's text."""

    chars: int
    links: int
    """Of these, in links to other pages."""
    prose: int
    """Of these, outside links in runs that are long enough for a paragraph."""


def body_lines(tree: HtmlElement, family: Selectors, own: Selectors, summary: str | None = None) -> list[str]:
    """The lines of the article in `tree`, which is cut up, furniture among them that only its words tell.

    `family` and `own`: where the sites of this CMS, and this site, have the body, and what they have in it besides. A
    `body` of its own that finds nothing raises LookupError. `summary` is what the page calls its description.
    """
    for css in (*family.remove, *own.remove):
        for element in select(tree, css):
            if element.getparent() is not None:
                element.drop_tree()
    found = select(tree, own.body) if own.body else []
    if own.body and not found:
        raise LookupError(f"nothing at {own.body!r}")
    if not found and family.body:
        found = [element for element in select(tree, family.body) if len(element.text_content()) > 2 * PROSE]
    if found:
        tree = _only(found)
    left = _prune(tree, summary)
    body, sizes = _find_body(left)
    if body is None:
        return _extract(tree)
    lines = _extract(tree if _is_known(tree, sizes, sizes[body].prose) else _only([body]))
    return lines if _prose(lines) >= 2 * PROSE else max(lines, _extract(_nameless(body)), key=_prose)


def _wrap_leads(tree: HtmlElement) -> None:
    """Make a paragraph of the bare words before the first one: trafilatura drops a dateline that stands so."""
    for parent in {paragraph.getparent() for paragraph in tree.iter("p")}:
        lead = list(takewhile(lambda child: child.tag in _INLINE, parent))
        if len(lead) == len(parent) or parent[len(lead)].tag != "p" or parent.tag in _INLINE:
            continue
        words = [parent.text, *(text for child in lead for text in (child.text_content(), child.tail))]
        if not clean_spaces("".join(filter(None, words))):
            continue
        paragraph = parent.makeelement("p")
        paragraph.text, parent.text = parent.text, None
        paragraph.extend(lead)
        parent.insert(0, paragraph)


def _extract(tree: HtmlElement) -> list[str]:
    _wrap_leads(tree)
    # fast=True: the fallback comparison of the default costs a third more and found nothing more on Indonesian pages.
    document = trafilatura.bare_extraction(
        tree, fast=True, include_comments=False, include_tables=True, config=_extraction_config()
    )
    text = document.text if document is not None else None
    lines = [re.sub(r"^(?:[-•]\s+)+", "", line).strip(" |") for line in (text or "").splitlines()]
    return _join_datelines(lines)


def _join_datelines(lines: list[str]) -> list[str]:
    """The lines with a dateline that stood before its paragraph at its head.

    >>> _join_datelines(["Kota Tegal -", "Wali Kota Tegal membuka bimtek."])
    ['Kota Tegal - Wali Kota Tegal membuka bimtek.']
    """
    joined: list[str] = []
    for line in lines:
        if joined and _DATELINE.fullmatch(joined[-1]):
            line = f"{joined.pop()} {line}"
        joined.append(line)
    return joined


@lru_cache
def _extraction_config() -> ConfigParser:
    """trafilatura's settings, but for short articles: it would pour all text of their pages into one line."""
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "60")
    return config


def _prose(lines: list[str]) -> int:
    return sum(len(line) for line in lines if len(line) >= PROSE)


def _is_known(tree: HtmlElement, sizes: dict[HtmlElement, Size], prose: int) -> bool:
    """Whether trafilatura will look where most paragraphs are: it goes by names, and by the first <article>."""
    for expression in BODY_XPATH:
        element = next(iter(expression(tree)), None)
        if element is not None:
            return element in sizes and sizes[element].prose >= 0.6 * prose
    return False


def _only(elements: list[HtmlElement]) -> HtmlElement:
    """A page that holds these elements alone, without those inside others of them."""
    tree = document_fromstring("<html><body><article itemprop='articleBody'></article></body></html>")
    article = next(tree.iter("article"))
    chosen = set(elements)
    for element in elements:
        if not chosen.intersection(element.iterancestors()):
            element.tail = None
            if element.tag in ("td", "body") or element.tag in _INLINE:
                element.tag = "div"
            article.append(element)
    return tree


def _nameless(body: HtmlElement) -> HtmlElement:
    """The same paragraphs under no names: trafilatura takes some for those of comments, shares, teasers."""
    for element in body.iter("*"):
        for name in ("class", "id", "role", "itemprop"):
            element.attrib.pop(name, None)
    return _only([body])


# What is never the article.


def _prune(tree: HtmlElement, summary: str | None = None) -> list[HtmlElement]:
    """Take elements out of `tree` that are never the article, and give those that are left, in order.

    What follows an element stays. `summary`, what the page calls its description, goes where a heading repeats it below
    the article.
    """
    elements = list(tree.iter("*"))
    sizes = _measure(elements)
    whole = sizes[tree]
    gone: set[HtmlElement] = set()
    for element in elements:
        if element.getparent() in gone:
            gone.add(element)
        elif element.tag not in _PAGE and (_is_pruned(element, sizes, whole) or _is_call(element, sizes[element])):
            element.drop_tree()
            gone.add(element)
    for heading in _summaries(tree, summary):
        heading.drop_tree()
        gone |= {heading, *heading.iterdescendants()}
    for box in _teasers(elements, sizes, whole):
        if box not in gone:
            box.drop_tree()
            gone |= {box, *box.iterdescendants()}
    left = [element for element in elements if element not in gone]
    _prune_prompts(left, sizes)
    return left


def _find_body(elements: list[HtmlElement]) -> tuple[HtmlElement | None, dict[HtmlElement, Size]]:
    """The smallest element that holds nearly all paragraphs of a page, None where there are none; the sizes of all."""
    sizes = _measure(elements)
    body = next((element for element in elements if sizes[element].prose), None)
    while body is not None:
        children = [child for child in body if child in sizes]
        largest = max(children, key=lambda child: sizes[child].prose, default=None)
        if largest is None or largest.tag == "p" or sizes[largest].prose < 0.8 * sizes[body].prose:
            break
        # Paragraphs between the title and the rest are its first ones; after the rest they are of other articles.
        first = next((i for i, child in enumerate(children) if next(child.iter("h1"), None) is not None), 0)
        if any(sizes[child].prose for child in children[first : children.index(largest)]):
            break
        body = largest
    return body, sizes


def _teasers(elements: list[HtmlElement], sizes: dict[HtmlElement, Size], whole: Size) -> list[HtmlElement]:
    """Boxes that stand beside others of their kind, each with the headline of another article and its excerpt."""
    kinds: dict[tuple[HtmlElement, str, str], list[HtmlElement]] = defaultdict(list)
    for element in elements:
        size = sizes[element]
        if element.tag in ("div", "li", "article", "section") and 0 < size.links < size.chars <= 600:
            kinds[element.getparent(), element.tag, element.get("class") or ""].append(element)
    groups = [boxes for boxes in kinds.values() if len(boxes) > 1 and all(map(_has_linked_headline, boxes))]
    # Where most of a page is such boxes it is a list, and told as one.
    return [box for boxes in groups for box in boxes if 2 * sum(sizes[each].prose for each in boxes) <= whole.prose]


def _has_linked_headline(box: HtmlElement) -> bool:
    headings = list(box.iter("h2", "h3", "h4", "h5", "h6"))
    return len(headings) == 1 and bool(_own_text(headings[0])) and not _text_outside_links(headings[0])


def _summaries(tree: HtmlElement, summary: str | None) -> list[HtmlElement]:
    opening = fold(re.sub(r"\W*(?:\.{2,}|…)$", "", summary or ""))
    if len(opening) < 60:
        return []
    headings = [
        each for each in tree.iter("h2", "h3", "h4", "h5", "h6") if fold(each.text_content()).startswith(opening)
    ]
    return [each for each in headings if len(each.xpath("preceding::p")) > 2 * len(each.xpath("following::p"))]


def _measure(elements: list[HtmlElement]) -> dict[HtmlElement, Size]:
    sizes: dict[HtmlElement, Size] = {}
    runs: dict[HtmlElement, list[int]] = {}
    # From the last to the first, so that all its children are known before an element.
    for element in reversed(elements):
        tag, text, tail, parent = element.tag, element.text, element.tail, element.getparent()
        chars, links, prose, run = runs.pop(element, _NO_RUN)
        if text and tag not in _SILENT:
            own = len(text.strip())
            chars, run = chars + own, run + own
        if tag == "a" and _leads_away(element):
            links, run = chars, 0
        above = runs.get(parent)
        if above is None:
            above = runs[parent] = [0, 0, 0, 0]
        total = prose
        if run >= PROSE:
            total += run
        if tag in _INLINE:
            above[3] += run
        else:
            prose = total
        sizes[element] = Size(chars, links, total)
        after = len(tail.strip()) if tail else 0
        above[0] += chars + after
        above[1] += links
        above[2] += prose
        above[3] += after
    return sizes


def _is_pruned(element: HtmlElement, sizes: dict[HtmlElement, Size], whole: Size) -> bool:
    if element.tag == "figcaption" or element.get("role") == "dialog":
        return True
    size = sizes[element]
    if element.tag in ("ul", "ol") and size.prose == 0 and size.links > 0.6 * size.chars:
        # A menu, a list of categories or of other articles; an article's own list has few links.
        return sum(1 for _ in element.iterdescendants("a")) >= 5
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(names) < 3 or (element.tag in _INLINE and _is_within_text(element)):
        return False
    rule = _rule_of(names)
    if rule == "always":
        return size.chars * 3 < whole.chars and next(element.iterdescendants("h1"), None) is None
    return rule == "short" and size.prose == 0


@lru_cache(maxsize=20_000)
def _rule_of(names: str) -> Literal["always", "short"] | None:
    # The same few hundred names stand on every page of a site.
    names = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", names)
    if patterns().always.search(names):
        return "always"
    return "short" if patterns().short.search(names) else None


def _is_call(element: HtmlElement, size: Size) -> bool:
    """Whether a box asks the reader to do something: a few words and one link or button that says what."""
    if element.tag not in ("div", "section", "aside") or not 0 < size.chars <= 300:
        return False
    doors = [*element.iter("a", "button")]
    return len(doors) == 1 and patterns().action.fullmatch(_own_text(doors[0])) is not None


def _is_within_text(element: HtmlElement) -> bool:
    """Whether words stand right before or after it: it is part of a sentence, whatever its name."""
    before = element.getprevious()
    text = element.getparent().text if before is None else before.tail
    return bool((text or "").strip() or (element.tail or "").strip())


def _own_text(element: HtmlElement) -> str:
    return clean_spaces(element.text_content())


def _text_outside_links(element: HtmlElement) -> str:
    """The text of an element without that of its links to other pages."""
    pieces = [element.text or ""]
    for child in element:
        if not (child.tag == "a" and _leads_away(child)):
            pieces.append(_text_outside_links(child))
        pieces.append(child.tail or "")
    return clean_spaces(" ".join(pieces))


def _leads_away(link: HtmlElement) -> bool:
    return not (link.get("href") or "#").startswith("#")


def _prune_prompts(elements: list[HtmlElement], sizes: dict[HtmlElement, Size]) -> None:
    """Take out "Baca juga" with the links it announces, and blocks that are one link and no sentence."""
    for element in elements:
        size = sizes[element]
        if element.tag not in _PROMPTING or not 0 < size.chars <= 400 or element.getparent() is None:
            continue
        # No prompt is longer.
        if size.chars - size.links < 80:
            _prune_prompt(element, size)
    for link in elements:
        if link.tag == "a" and link.getparent() is not None:
            _drop_prompted_link(link)


def _prune_prompt(element: HtmlElement, size: Size) -> None:
    rest = _text_outside_links(element).strip(" :-–|»>•*") if size.links else _own_text(element)
    if patterns().prompt.fullmatch(rest) and (size.links or element.tag in _BLOCKS or _announces(element)):
        if not size.links:
            _drop_announced(element)
        element.drop_tree()
    elif element.tag in _BLOCKS and size.links and not rest and _is_headline(element):
        element.drop_tree()


def _is_headline(element: HtmlElement) -> bool:
    """Whether a block that is all links is the headline of another page, not a sentence or a name in a list."""
    text = _own_text(element)
    if SENTENCE_END.search(text):
        return False
    return element.tag == "p" or len(text.split()) >= 5


def _announces(element: HtmlElement) -> bool:
    """Whether an inline "Baca juga:" stands right before a link."""
    following = element.getnext()
    return following is not None and following.tag == "a" and not (element.tail or "").strip(" :\u00a0\n\t")


def _drop_announced(prompt: HtmlElement) -> None:
    following = prompt.getnext()
    while following is not None and not (prompt.tail or "").strip(" :\u00a0\n\t"):
        is_link = following.tag == "a" and _leads_away(following)
        is_left = bool(_text_outside_links(following).strip(" :-–|»>•*"))
        if is_left and not is_link and not (prompt.tag in _BLOCKS and _has_linked_headline(following)):
            break
        if following.tag == "br" and (following.tail or "").strip():
            break
        after = following.getnext()
        prompt.tail = following.tail
        following.tail = None
        following.drop_tree()
        following = after


def _drop_prompted_link(link: HtmlElement) -> None:
    """`…berakhir.<br>Baca juga: <a>…</a><br>Kegiatan…`, and `<a>Baca juga: …</a>`: within a paragraph."""
    before, parent = link.getprevious(), link.getparent()
    text = (before.tail if before is not None else parent.text) or ""
    if _PROMPTED.match(_own_text(link)) and _is_prompt(_own_text(link).partition(":")[0]):
        link.drop_tree()
        return
    *head, last = re.split(r"(?<=[.!?\n\"”)])\s*", text)
    if not re.search(r":\s*$", last) or not _is_prompt(clean_spaces(last)):
        return
    kept = text[: len(text) - len(last)] if head else ""
    if before is not None:
        before.tail = kept
    else:
        parent.text = kept
    link.drop_tree()


def _is_prompt(text: str) -> bool:
    return patterns().prompt.fullmatch(text) is not None
