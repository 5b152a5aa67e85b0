"""Who wrote an article: persons, by the byline that readers see or by what the page says to machines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from crawler.article import boilerplate
from crawler.article.boilerplate import clean_spaces, fold
from crawler.article.metadata import Head, first_text, types_of
from crawler.article.printed import Line, Printed, is_outside
from crawler.items import Page
from crawler.source import Source, load_family

LIMIT = 4
"""Names; a list of more is no byline."""

_ROLES = (
    r"(?:(?:di)?(?:tulis|laporkan|posting|publikasikan|unggah)\s+oleh|posted\s+by|penulis|reporter|pewarta|wartawan|jurnalis"
    r"|kontributor|rep|oleh|by|redaktur\s*&\s*reporter|(?:penulis|reporter)\s*[/&]\s*(?:editor|redaktur))"
)
# "Penulis: …", "Laporan Wartawan Warta Paser, …", and without a mark only where nothing but a name follows.
_BYLINES = (
    re.compile(rf"{_ROLES}\s*[:;]\s*(?P<names>[^|•·–—/]{{3,80}})", re.IGNORECASE),
    re.compile(
        r"(?i:laporan\s+(?:wartawan|reporter|kontributor|jurnalis))\s*(?::|[^,:/|]{2,40}[,:/])\s*(?P<names>[^|•·–—/:]{3,60})"
    ),
    re.compile(rf"(?i:{_ROLES})\s+(?P<names>[A-Z][\w.'’]+(?:,? [A-Z][\w.'’]*){{1,4}})"),
)
_HAS_ROLE = re.compile(r"\b(?:oleh|by|rep|penulis|reporter|pewarta|wartawan|jurnalis|kontributor)\b", re.IGNORECASE)
# "Pewarta: Rina Wulandari Editor: Damar", also without the space, where the page broke the line.
_SECOND_ROLE = re.compile(
    r"(?P<first>[^:]{2,30}:.{3,80}?)(?:\s*[,|/]\s*|\s+|(?<=[a-z])(?=E))(?:editor|redaktur|red|penyunting|fotografer|sumber|copyright)"
    r"\s*:.*",
    re.IGNORECASE,
)
_AUTHOR_NAMES = re.compile(
    r"(?:^|[\s_-])(?:author|penulis|reporter|pewarta|wartawan|jurnalis|byline|writer)(?:-?name)?(?=$|[\s_-])",
    re.IGNORECASE,
)
_EDITOR = re.compile(r"(?:^|[\s_-])(?:editor|redaktur|penyunting)(?=$|[\s_:-])", re.IGNORECASE)
_AUTHOR_PATH = re.compile(
    r"/(?:author|penulis|reporter|wartawan|jurnalis|me|profile?)/[^/?#]+/?(?:[?#]|$)", re.IGNORECASE
)


def find_authors(tree: HtmlElement, head: Head, printed: Printed, page: Page, source: Source) -> tuple[str, ...]:
    """Persons who wrote it: the visible byline first, because meta tags often name the outlet or the editor."""
    chosen = first_text(tree, source.selectors.author) or first_text(tree, load_family(source.family).author) or ""
    styled = [line for line in (*printed.below, *reversed(printed.above)) if _is_marked(line)]
    stated = [line for line in styled if _is_stated(line.element)]
    linked = [" ".join(link.itertext()) for link in tree.iter("a") if _leads_to_author(link)]
    ways = (
        read_bylines([chosen]) or split_names(chosen),
        read_bylines(printed.inside()),
        [name for text in _first_of(stated) for name in _without_role(text)],
        split_names(head.metas.get("content_author", "")),
        [name for text in _first_of(styled) for name in _without_role(text)],
        [name for text in linked for name in _without_role(text)],
        split_names(page.hints.get("author", "")),
        [name for node in head.articles() for name in _named(node.get("author"))],
        split_names(head.metas.get("author", "") or head.metas.get("article:author", "")),
    )
    return next(filter(None, (persons(names, head.site) for names in ways)), ())


def read_bylines(lines: Iterable[str]) -> list[str]:
    """Names behind "Penulis:", "Oleh:" and their kin, among short lines."""
    names: list[str] = []
    for line in lines:
        if not _HAS_ROLE.search(line) or len(line) > 160:
            continue
        second = _SECOND_ROLE.fullmatch(line)
        for piece in re.split(r"\s*[|•·–—]\s*|\s+-\s+", second["first"] if second else line):
            match = next(filter(None, (pattern.fullmatch(piece) for pattern in _BYLINES)), None)
            names += split_names(match["names"]) if match else []
    return names


def split_names(names: str) -> list[str]:
    """Names in an author's field; a comma parts two people, but not a person from a degree.

    >>> split_names("Rina Wulandari, S.Kom dan Damar Prakoso; Editor: Sekar")
    ['Rina Wulandari, S.Kom', 'Damar Prakoso', 'Editor: Sekar']
    """
    return re.split(r"\s*[;&|]\s*|\s+(?:dan|and)\s+|,\s*(?=[A-Z][a-z]+\s+[A-Z][a-z])", names)


def persons(names: Iterable[str], site: Iterable[str] = ()) -> tuple[str, ...]:
    """Those of the names that are of persons and not of the site, each once, a few at most."""
    own = [name for name in site if len(name) > 3]
    cleaned = dict.fromkeys(clean_spaces(name).strip(" .,:|/-") for name in names)
    return tuple(name for name in cleaned if boilerplate.is_person(name) and not _is_outlet(name, own))[:LIMIT]


def _is_outlet(name: str, site: list[str]) -> bool:
    folded = fold(name).replace(" ", "")
    return any(each in folded or (folded in each and len(folded) > 5) for each in site)


def _first_of(lines: list[Line]) -> list[str]:
    """The texts of the first of the lines and of those that stand with it."""
    box = next((node for line in lines[:1] for node in islice(line.element.iterancestors(), 1, 2)), None)
    return [line.text or "" for line in lines if line is lines[0] or box in line.element.iterancestors()]


def _is_stated(element: HtmlElement) -> bool:
    """Whether the page says that an element is the author, and not only its style sheet."""
    classes = (element.get("class") or "").split()
    return element.get("rel") == "author" or element.get("itemprop") == "author" or "author" in classes


def _is_marked(line: Line) -> bool:
    """Whether a line is marked as the author's name, and not as an editor's."""
    element = line.element
    if line.is_outside or line.text is None or len(line.text) >= 60:
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return (_is_stated(element) or _AUTHOR_NAMES.search(names) is not None) and not _is_editor(element)


def _is_editor(element: HtmlElement) -> bool:
    before = element.getprevious()
    parent = element.getparent()
    text = (before.tail or before.text if before is not None else parent.text) or ""
    boxes = [parent, *(node for node in [parent.getparent()] if node is not None)]
    return _EDITOR.search(text) is not None or any(_EDITOR.search(box.get("class") or "") for box in boxes)


def _leads_to_author(link: HtmlElement) -> bool:
    return _AUTHOR_PATH.search(link.get("href") or "") is not None and not is_outside(link) and not _is_editor(link)


def _without_role(text: str) -> list[str]:
    """The names in a text that is marked as its author's; none for an editor's.

    >>> _without_role("Rina Wulandari Author"), _without_role("Damar Editor"), _without_role("By Sekar Arum - Warta")
    (['Rina Wulandari'], [], ['Sekar Arum', 'Warta'])
    """
    text = re.sub(rf"^{_ROLES}\b\s*:?\s*|\s*(?:author|penulis|reporter)$", "", clean_spaces(text), flags=re.IGNORECASE)
    if re.search(r"(?:editor|redaktur)$", text, re.IGNORECASE):
        return []
    return [name for piece in re.split(r"\s+[|•·–—-]\s+", text) for name in split_names(piece)]


def _named(author: Any) -> Iterator[str]:
    for each in author if isinstance(author, list) else [author]:
        if isinstance(each, str):
            yield from split_names(each)
        elif isinstance(each, dict) and "Organization" not in types_of(each):
            yield from split_names(str(each.get("name") or ""))
