"""Take out of a page what is not the article: elements by their names, links to other pages, furniture lines."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

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
_PARTICLES = frozenset(("al", "bin", "binti", "da", "de", "del", "der", "di", "dos", "du", "el", "la", "van", "von"))
_PAGE = frozenset(("html", "head", "body", "main", "article"))
_SILENT = frozenset(("script", "style", "noscript", "template", "option", "textarea", "svg", "iframe"))
_BLOCKS = frozenset(("p", "div", "li", "h2", "h3", "h4", "h5", "h6", "section", "td"))
_PROMPTING = _BLOCKS | {"blockquote", "strong", "b", "em", "i", "span", "ul", "table", "tr", "tbody"}
_PROMPTED = re.compile(r"[^:]{4,40}:\s*\S")
CAPTION = re.compile(r"[A-Z][A-Z0-9 ,.&/'-]{3,60} [-–—] \S.*")
CREDIT = re.compile(r"[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}/[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}")
# "22 Nov", "09:15": a calendar leaf beside the title.
_CLOCK = re.compile(r"\d{1,2} [A-Z][a-z]{2,8}|\d{1,2}[:.]\d{2}(?: ?(?:WIB|WITA|WIT))?")
# "… (Foto: Diskominfo)", "… . Foto: Diskominfo", "….-Rina Wulandari-Warta Paser"
_CREDITED = re.compile(
    r"\((?:foto|dok\w*|ist\w*|sumber|kredit|credit)\b[^)]*\)\W*$|\b(?:foto|dok|sumber foto)\s*[:.]\s?[^.:]{2,60}$"
    r"|\.\s?[-–]\s?[^-–.]{2,40}[-–]\s?[^-–]{2,40}$|/(?:istimewa|ist|dok)\)?\W*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-|:\s]+")
_MARK = re.compile(r"[(\[][^()\[\]\d]{2,60}[)\]]|[A-Z][\w.']+(?: [A-Z][\w.']+){1,3}|[a-z]{2,10}/[a-z]{2,10}")
# "Kota Tegal -", "JAKARTA, WARTA MUARA –" on a line of its own.
_OPENING = re.compile(r"[A-Z][\w.,'() ]{2,60} ?[-–—]")
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
    actions: str
    lines: tuple[LineRule, ...]
    ends: str
    no_authors: str


class Patterns(NamedTuple):
    """The rules, compiled."""

    always: re.Pattern[str]
    short: re.Pattern[str]
    prompt: re.Pattern[str]
    inline: re.Pattern[str]
    action: re.Pattern[str]
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
        words(
            r"\s*[(\[](?:{prompts})\s*:\s*[^()\[\]]{5,160}[)\]]|(?<=[.!?”\"'’)])\s*(?:{prompts})\s*:\s*[^.!?]{5,160}$"
        ),
        words(rules.actions),
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
    words = name.split()
    if not 2 < len(name) <= 60 or len(words) > 7 or patterns().no_author.fullmatch(name):
        return False
    return name[0].isupper() and all(word.lstrip("\"'“(")[:1].isupper() or word in _PARTICLES for word in words)


class Size(NamedTuple):
    """Characters of an element's text."""

    chars: int
    links: int
    """Of these, in links to other pages."""
    prose: int
    """Of these, outside links in runs that are long enough for a paragraph."""


_NOTHING = Size(0, 0, 0)


def prune(tree: HtmlElement, summary: str | None = None) -> list[HtmlElement]:
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
    left = [element for element in elements if element not in gone]
    _prune_prompts(left, sizes)
    return left


def find_body(elements: list[HtmlElement]) -> tuple[HtmlElement | None, dict[HtmlElement, Size]]:
    """The smallest element that holds nearly all paragraphs of a page, None where there are none; the sizes of all."""
    sizes = _measure(elements)
    body = next((element for element in elements if sizes[element].prose), None)
    while body is not None:
        largest = max(body, key=lambda child: sizes[child].prose if child in sizes else 0, default=None)
        if largest is None or largest.tag == "p" or sizes.get(largest, _NOTHING).prose < 0.8 * sizes[body].prose:
            break
        body = largest
    return body, sizes


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
        chars, links, prose, run = runs.pop(element, [0, 0, 0, 0])
        own = 0 if element.tag in _SILENT else len((element.text or "").strip())
        chars, run = chars + own, run + own
        if element.tag == "a" and not (element.get("href") or "#").startswith("#"):
            links, run = chars, 0
        parent = element.getparent()
        tail = len((element.tail or "").strip())
        above = runs.setdefault(parent, [0, 0, 0, 0])
        if element.tag in INLINE:
            above[3] += run
        elif run >= PROSE:
            prose += run
        sizes[element] = Size(chars, links, prose if element.tag not in INLINE or run < PROSE else prose + run)
        above[0] += chars + tail
        above[1] += links
        above[2] += prose
        above[3] += tail
    return sizes


def _is_pruned(element: HtmlElement, sizes: dict[HtmlElement, Size], whole: Size) -> bool:
    if element.tag == "figcaption" or element.get("role") == "dialog":
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if len(names) < 3 or (element.tag in INLINE and _is_within_text(element)):
        return False
    rule = _rule_of(names)
    size = sizes[element]
    if rule == "always":
        return size.chars * 3 < whole.chars and element.find(".//h1") is None
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
        if not is_link and _text_outside_links(following).strip(" :-–|»>•*"):
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


def clean_lines(lines: list[str], title: str | None, is_page: bool = False) -> list[str]:
    """The paragraphs of the article among the lines of a page, in order.

    Furniture goes wherever it stands; the title, date lines, a standfirst that the text repeats and what precedes the
    dateline go from the head, the writer's mark from the foot. Captions go from the head of a page (`is_page`); in a
    text one in capitals ("NOTA KESEPAHAMAN - …") stays, because it can hold the only date.
    """
    kept = [patterns().inline.sub("", line) for line in map(clean_spaces, lines)]
    kept = [line for line in kept if line and not is_furniture(line) and (title is None or fold(line) != fold(title))]
    kept = _drop_head(kept, is_page)
    kept = [line for i, line in enumerate(kept) if 3 <= i < len(kept) - 3 or not is_date_line(line)]
    kept = [line for i, line in enumerate(kept) if i >= 3 or line not in kept[i + 1 :]]
    return _drop_mark(_join_broken(kept))


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


def _drop_head(lines: list[str], is_page: bool) -> list[str]:
    first = next((i for i, line in enumerate(lines) if is_prose(line)), 0)
    lines = [line for i, line in enumerate(lines) if i >= 4 or not (CREDIT.fullmatch(line) and " " in line)]
    lines = [line for i, line in enumerate(lines) if i >= first or not _CLOCK.fullmatch(line)]
    if is_page:
        lines = [line for i, line in enumerate(lines) if i >= min(first, 4) or not _CREDITED.search(line)]
    for i, line in enumerate(lines[:5]):
        if DATELINE.match(line) and sum(map(len, lines[:i])) <= 600:
            return [line for line in lines[:i] if CAPTION.fullmatch(line) and not is_page] + lines[i:]
    return lines


def _drop_mark(lines: list[str]) -> list[str]:
    """Without the writer's mark on a line of its own at the end: "(Tim Publikasi)", "Rina Wulandari"."""
    if len(lines) > 2 and _MARK.fullmatch(lines[-1]) and SENTENCE_END.search(lines[-2]):
        return lines[:-1]
    return lines


def _join_broken(lines: list[str]) -> list[str]:
    """Join what a line break in the middle of a sentence, or after its dateline, has split."""
    joined: list[str] = []
    for line in lines:
        if joined and ((line[0].islower() and re.search(r"[\w,]$", joined[-1])) or _OPENING.fullmatch(joined[-1])):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined
