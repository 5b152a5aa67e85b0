"""Take out of a page what is not the article: elements by their names, links to other pages, furniture lines."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import yaml
from lxml.html import HtmlElement  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict

from crawler.dates import parse_dateline

RULES_FILE = Path(__file__).with_name("boilerplate.yml")
PROSE = 100
"""Characters, outside links, from which a block is read as a paragraph of the report."""

# "SAMPIT, kalselpos.com – ", "jpnn.com, JAKARTA -", "Palu (ANTARA) -", "KBRN, Sampit:": town and outlet, or an outlet's
# address. A bare "Sungailiat - " is one too, but so looks many a list item: it does not end the head of a page.
_NAMES = r"(?:[A-Z][\w.']*(?: [A-Z][\w.']*){0,3}|[\w-]+(?:\.[\w-]+)*\.(?i:com|co|id|net|org|info|news|tv))"
_ADDRESS = r"[\w-]+(?:\.[\w-]+)*\.(?i:com|co|id|net|org|info|news|tv)"
DATELINE = re.compile(
    rf"(?:{_NAMES}, {_NAMES}|{_ADDRESS}|{_NAMES} \({_NAMES}\))\s*(?:[-–—]+|\|)\s+\S|KBRN, {_NAMES}\s?:\s"
)
INLINE = ("a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "u")
CAPTION = re.compile(r"[A-Z][A-Z0-9 ,.&/'-]{3,60} [-–—] \S.*")
CREDIT = re.compile(r"[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}/[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}")
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]*]*$")


class LineRule(BaseModel):
    """A line that is dropped, with lines that asked for the rule and lines that it must leave alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    pattern: str
    drops: tuple[str, ...]
    keeps: tuple[str, ...]


class Elements(BaseModel):
    """Regular expressions for the names of elements that are not the article."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    always: tuple[str, ...]
    short: tuple[str, ...]


class Rules(BaseModel):
    """crawler/boilerplate.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    elements: Elements
    prompts: str
    lines: tuple[LineRule, ...]
    ends: str
    no_authors: str


class Patterns(NamedTuple):
    """The rules, compiled."""

    always: re.Pattern[str]
    short: re.Pattern[str]
    prompt: re.Pattern[str]
    lines: tuple[re.Pattern[str], ...]
    ends: re.Pattern[str]
    no_author: re.Pattern[str]


@cache
def load_rules() -> Rules:
    """The rules as they are written; a mistake in the file is told by pydantic."""
    return Rules.model_validate(yaml.safe_load(RULES_FILE.read_text(encoding="utf-8")))


@cache
def patterns() -> Patterns:
    """The rules, compiled once."""
    rules = load_rules()

    def names(parts: tuple[str, ...]) -> re.Pattern[str]:
        return re.compile(rf"(?:^|[\s_-])(?:{'|'.join(parts)})(?=$|[\s_-])", re.IGNORECASE)

    def words(pattern: str) -> re.Pattern[str]:
        # YAML folds long expressions; the folds are no part of them.
        pattern = re.sub(r"\s+\|", "|", pattern).strip()
        return re.compile(pattern.replace("{prompts}", re.sub(r"\s+\|", "|", rules.prompts).strip()), re.IGNORECASE)

    return Patterns(
        names(rules.elements.always),
        names(rules.elements.short),
        words(r"(?:yuk,?\s+)?(?:{prompts})\s*:?"),
        tuple(words(rule.pattern) for rule in rules.lines),
        words(rf"(?:{rules.ends})\s*:?"),
        words(rules.no_authors),
    )


_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\ud800-\udfff]")


def clean_spaces(text: str) -> str:
    """One line in NFC with plain single spaces, without zero-width characters and halves of characters.

    >>> clean_spaces(" Wali\\u00a0Kota \\u200bPalu\\n hadir ")
    'Wali Kota Palu hadir'
    """
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def is_prose(line: str) -> bool:
    """Whether a line reads as a sentence of the report: long, with a final stop."""
    return len(line) >= PROSE and SENTENCE_END.search(line) is not None


def is_furniture(line: str) -> bool:
    """Whether a whole line is something that pages print around and between paragraphs.

    >>> is_furniture("Baca juga: Jadwal Bimtek"), is_furniture("Terkait hal itu, Sekda mengapresiasi semua OPD.")
    (True, False)
    """
    return any(pattern.fullmatch(line) for pattern in patterns().lines)


def is_person(name: str) -> bool:
    """Whether an author's field names a person, not the outlet, a desk or an account.

    >>> is_person("Rina Wulandari"), is_person("Warta Cyber Media"), is_person("admin")
    (True, False, False)
    """
    return 2 < len(name) <= 60 and name[0].isalpha() and not patterns().no_author.fullmatch(name)


def prune(tree: HtmlElement) -> None:
    """Take elements out of `tree` that are never the article; what follows them stays."""
    whole = len(_own_text(tree))
    for element in list(tree.iterdescendants()):
        if not isinstance(element.tag, str) or element.tag in ("html", "head", "body", "main", "article"):
            continue
        if element.tag in INLINE and _is_within_text(element):
            continue
        if element.tag == "figcaption" or element.get("role") == "dialog" or _is_named_away(element, whole):
            element.drop_tree()
    _prune_prompts(tree)


def _is_within_text(element: HtmlElement) -> bool:
    """Whether words stand right before or after it: it is part of a sentence, whatever its name."""
    before = element.getprevious()
    text = element.getparent().text if before is None else before.tail
    return bool((text or "").strip() or (element.tail or "").strip())


def _is_named_away(element: HtmlElement, whole: int) -> bool:
    names = f"{element.get('class', '')} {element.get('id', '')}"
    names = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", names)
    if patterns().always.search(names):
        return len(_own_text(element)) * 3 < whole and element.find(".//h1") is None
    return patterns().short.search(names) is not None and not _holds_prose(element)


def _own_text(element: HtmlElement) -> str:
    return clean_spaces(element.text_content())


def _link_text(element: HtmlElement) -> str:
    return clean_spaces(" ".join(link.text_content() for link in element.iter("a") if link.get("href")))


def _holds_prose(element: HtmlElement) -> bool:
    return any(
        len(_own_text(block)) - len(_link_text(block)) >= PROSE
        for block in element.iter("p", "div", "li", "section", "td", "span")
        if block.find(".//p") is None
    )


def _prune_prompts(tree: HtmlElement) -> None:
    """Take out "Baca juga" with the links it announces, and paragraphs that are one link and no sentence."""
    for element in list(tree.iter("p", "div", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "strong", "b", "em",
                                  "span", "td")):  # fmt: skip
        if element.getparent() is None:
            continue
        text = _own_text(element)
        if not text or len(text) > 400:
            continue
        links = _link_text(element)
        rest = text.replace(links, "", 1).strip(" :-–|»>") if links else text
        if patterns().prompt.fullmatch(rest) and (links or element.tag in ("p", "div", "h2", "h3", "h4", "h5", "h6")):
            if not links:
                _drop_announced(element)
            element.drop_tree()
        elif element.tag == "p" and links and links == text and not SENTENCE_END.search(text):
            element.drop_tree()
    for link in list(tree.iter("a")):
        _drop_prompted_link(link)


def _drop_announced(prompt: HtmlElement) -> None:
    following = prompt.getnext()
    while following is not None and isinstance(following.tag, str) and not (prompt.tail or "").strip():
        text = _own_text(following)
        if text and len(_link_text(following)) < 0.8 * len(text):
            break
        after = following.getnext()
        following.drop_tree()
        following = after


def _drop_prompted_link(link: HtmlElement) -> None:
    """`…berakhir.<br>Baca juga: <a>…</a><br>Kegiatan…`: the words stand in the text before the link."""
    before, parent = link.getprevious(), link.getparent()
    if parent is None:
        return
    text = (before.tail if before is not None else parent.text) or ""
    *head, last = re.split(r"(?<=[.!?\n\"”)])\s*", text)
    if not re.search(r":\s*$", last) or not patterns().prompt.fullmatch(clean_spaces(last)):
        return
    kept = text[: len(text) - len(last)] if head else ""
    if before is not None:
        before.tail = kept
    else:
        parent.text = kept
    link.drop_tree()


def clean_lines(lines: list[str], title: str | None) -> list[str]:
    """The paragraphs of the article among the lines of a page, in order.

    Furniture goes wherever it stands; the title, date lines, a standfirst that the text repeats and what precedes the
    dateline go from the head. A caption in capitals ("NOTA KESEPAHAMAN - …") stays: it can hold the only date.
    """
    kept = [line for line in map(clean_spaces, lines) if line]
    kept = [line for line in kept if not is_furniture(line) and (title is None or fold(line) != fold(title))]
    kept = _drop_head(kept)
    kept = [line for i, line in enumerate(kept) if 3 <= i < len(kept) - 3 or not is_date_line(line)]
    kept = [line for i, line in enumerate(kept) if i >= 3 or line not in kept[i + 1 :]]
    return _join_broken(kept)


def cut_end(lines: list[str]) -> list[str]:
    """Lines of a text copied from a page, up to the lists and the comment form that follow the article."""
    for i, line in enumerate(lines):
        # The same words also head a box between two paragraphs; after an article's end nothing longer follows.
        if patterns().ends.fullmatch(clean_spaces(line)) and sum(map(len, lines[:i])) > sum(map(len, lines[i:])):
            return lines[:i]
    return lines


def unwrap(lines: list[str]) -> list[str]:
    """Paragraphs of a text whose lines were broken at a width, else the lines as they are."""
    inner = [line.strip() for line, after in pairwise(lines) if line.strip() and after.strip()]
    width = max(map(len, inner), default=0)
    full = sum(len(line) >= 0.75 * width for line in inner)
    open_ended = sum(SENTENCE_END.search(line) is None for line in inner)
    if len(inner) < 6 or not 40 <= width <= 110 or min(full, open_ended) < 0.7 * len(inner):
        return lines
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", "\n".join(lines))]


def fold(text: str) -> str:
    """Letters and digits only, for comparing a title with its repetition."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def is_date_line(line: str) -> bool:
    """Whether a whole line is a date line."""
    try:
        parse_dateline(line)
    except ValueError:
        return False
    return True


def _drop_head(lines: list[str]) -> list[str]:
    lines = [line for i, line in enumerate(lines) if i >= 4 or not (CREDIT.fullmatch(line) and " " in line)]
    for i, line in enumerate(lines[:5]):
        if DATELINE.match(line) and sum(map(len, lines[:i])) <= 600:
            return [line for line in lines[:i] if CAPTION.fullmatch(line)] + lines[i:]
    return lines


def _join_broken(lines: list[str]) -> list[str]:
    """Join what a line break in the middle of a sentence has split."""
    joined: list[str] = []
    for line in lines:
        if joined and line[0].islower() and re.search(r"[\w,]$", joined[-1]):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined
