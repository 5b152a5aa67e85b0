"""What Indonesian pages print around and between paragraphs: the rules of boilerplate.yml, lines cleaned by them."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from crawler.article.dates import parse_dateline

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
_PARTICLES = frozenset(("al", "bin", "binti", "da", "de", "del", "der", "di", "dos", "du", "el", "la", "van", "von"))
CAPTION = re.compile(r"[A-Z][A-Z0-9 ,.&/'-]{3,60} [-–—] \S.*")
CREDIT = re.compile(r"[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}/[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}")
# "22 Nov", "09:15": a calendar leaf beside the title.
_CLOCK = re.compile(r"\d{1,2} [A-Z][a-z]{2,8}|\d{1,2}[:.]\d{2}(?: ?(?:WIB|WITA|WIT))?")
# "… (Foto: Diskominfo)", "… . Foto: Diskominfo", "….-Rina Wulandari-Warta Paser"
_CREDITED = re.compile(
    r"\((?:foto|dok\w*|ist\w*|sumber|kredit|credit)\b[^)]*\)\W*$|\b(?:foto|dok|sumber foto)\s*[:.]\s?[^.:]{2,60}$"
    r"|\.\s?[-–]\s?[^-–.]{2,40}[-–]\s?[^-–]{2,40}$|/(?:istimewa|ist|dok)\)?\W*$"
    r"|\b(?-i:[A-Z]{4,}(?: FOTO)?/[A-Z][\w-]*)[^.]{0,40}$",
    re.IGNORECASE,
)
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
    """crawler/article/boilerplate.yml."""

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


_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u2060\ufeff\ud800-\udfff]")


def clean_spaces(text: str) -> str:
    """One line in NFC with plain single spaces, without control and zero-width characters and halves of characters.

    >>> clean_spaces(" Wali\\u00a0Kota \\u200bPalu\\n hadir ")
    'Wali Kota Palu hadir'
    """
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line  # as nearly every line is; the rest costs three times as much
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def is_prose(line: str) -> bool:
    """Whether a line reads as a sentence of the report: long, with a final stop."""
    return len(line) >= PROSE and SENTENCE_END.search(line) is not None


def is_furniture(line: str) -> bool:
    """Whether a whole line is something that pages print around and between paragraphs.

    >>> is_furniture("Baca juga: Jadwal Bimtek"), is_furniture("Terkait hal itu, Sekda mengapresiasi semua OPD.")
    (True, False)
    """
    # Paragraphs are longer than any of them.
    return len(line) <= 700 and any(pattern.fullmatch(line) for pattern in patterns().lines)


def is_person(name: str) -> bool:
    """Whether an author's field names a person, not the outlet, a desk or an account.

    >>> is_person("Rina Wulandari"), is_person("Warta Cyber Media"), is_person("admin")
    (True, False, False)
    """
    words = name.split()
    if not 2 < len(name) <= 60 or len(words) > 7 or patterns().no_author.fullmatch(name):
        return False
    return name[0].isupper() and all(word.lstrip("\"'“(")[:1].isupper() or word in _PARTICLES for word in words)


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
        is_opened = len(joined) == 1 and _OPENING.fullmatch(joined[0])
        if joined and (is_opened or (line[0].islower() and re.search(r"[\w,]$", joined[-1]))):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined
