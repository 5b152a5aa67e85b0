"""Figures that matter: regions that take part, money, index values, ranks, shares, and what is counted.

A number becomes a figure by the words around it; what those words are is in `assets/figures.yml`. Dates, times, numbers
of rules, telephones, pages and stages have no such words, or one that says that they count nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import yaml

from nlp.extraction import Bound, Figure, FigureKind, Span
from nlp.gazetteer import ASSETS
from nlp.numbers import DIGITS, WORDS, Number, find_numbers, read_ordinal
from nlp.patterns import by_letter
from nlp.tokens import begin_between
from nlp.words import any_of, in_furniture

_WINDOW = 110
"""How many characters before and after a number tell what it is about."""
_ABOUT_WORDS = 7
_CURRENCIES = {"rp": "rupiah", "idr": "rupiah", "rupiah": "rupiah", "us$": "dolar AS", "usd": "dolar AS",
               "$": "dolar AS"}  # fmt: skip
_AFTER_SHARE = re.compile(r"\s*(?:%|(?:persen|per\s?sen|prosen|percent)(?!\w))", re.IGNORECASE)
_AFTER_MONEY = re.compile(r"\s*(rupiah|dolar(?:\s+(?:AS|Amerika(?:\s+Serikat)?))?)(?!\w)", re.IGNORECASE)
_TOP = re.compile(r"\s+besar(?!\w)", re.IGNORECASE)
_POINTS = re.compile(r"\s+(?:poin|point)(?!\w)", re.IGNORECASE)
_SAME_INDEX = re.compile(r"\W*(?:(?:naik|turun|meningkat|menurun)\s+)?(?:menjadi|ke|hingga|dari)\s+", re.IGNORECASE)
"""Between two values of one index: "2,88 menjadi 3,21"."""
_YEAR = re.compile(r"(?:19[5-9]\d|20[0-4]\d)$")
_OUT_OF = re.compile(rf"\s+dari\s+(?:total\s+|jumlah\s+)?(?:{DIGITS}|{WORDS})(?!\w)", re.IGNORECASE)
_SCALE = re.compile(
    r"\s*(?:\(?\s*(?:dari\s+|pada\s+|dalam\s+)?(?:skala|maksimal|nilai maksimal|rentang)\s+(?:\d\s*[-–]\s*)?"
    rf"{DIGITS}\)?"
    rf"|dari\s+{DIGITS}(?!\s*\w)|/\s?{DIGITS})",
    re.IGNORECASE,
)
_AIM = re.compile(r"(?<!\w)(?:target|menargetkan|ditargetkan|rata-rata|proyeksi)\s+$", re.IGNORECASE)
_PURPOSE = re.compile(r"(?<!\w)(?:untuk|bagi|guna|buat)\s", re.IGNORECASE)
_ONE_OF = re.compile(r"(?<!\w)(?:dari|termasuk(?:\s+dalam)?|antara|bersama)\s+$", re.IGNORECASE)
# A point or comma between two digits ends nothing.
_CLAUSE_END = re.compile(r"(?<!\d)[.,]|[.,](?!\d)|[;:!?()\[\]\"“”\n–—]|\s-\s")


def find_figures(text: str, sentences: Sequence[Span], taken: Iterable[Span] = ()) -> tuple[Figure, ...]:
    """The figures of a text that is about the programme, in order, without overlaps.

    `taken` are stretches that are something else, dates and names of places. Each figure lies in one of the sentences.

    >>> text = "Evaluasi diikuti 191 kabupaten/kota. Anggarannya Rp4,3 miliar."
    >>> [(f.value, f.unit, f.about) for f in find_figures(text, ((0, 36), (37, 62)))]
    [(191.0, 'kabupaten/kota', 'Evaluasi diikuti'), (4300000000.0, 'rupiah', 'Anggarannya')]
    """
    closed = bytearray(len(text))
    for start, end in taken:
        closed[start:end] = b"1" * (end - start)
    found = list(_ranks(text, closed))
    for figure in found:
        closed[figure.start : figure.end] = b"1" * (figure.end - figure.start)
    numbers: list[Number] = []
    for number in find_numbers(text):
        if any(closed[number.start : number.end]) or _is_numbering(text, number) or in_furniture(text, number.start):
            continue
        if one := _read_figure(text, number):
            found.append(one)
            closed[one.start : one.end] = b"1" * (one.end - one.start)
        else:
            numbers.append(number)
    found += _indexes(text, sentences, numbers)
    found.sort(key=lambda figure: figure.start)
    return tuple(f for start, end in sentences for f in begin_between(found, start, end) if f.end <= end)


def _read_figure(text: str, number: Number) -> Figure | None:
    """The figure that a number is by the words right beside it: money, a share, the best so many, a count."""
    if number.currency:
        unit = _CURRENCIES[number.currency.lower().rstrip(".")]
        return _figure(text, number, number.end, unit, "budget", 0.97)
    if match := _AFTER_SHARE.match(text, number.end):
        return _figure(text, number, match.end(), "persen", "share", 0.96)
    if match := _AFTER_MONEY.match(text, number.end):
        unit = _CURRENCIES.get(match[1].lower(), "dolar AS" if " " in match[1] else "dolar")
        return _figure(text, number, match.end(), unit, "budget", 0.97)
    if number.value >= 3 and (match := _TOP.match(text, number.end)):
        return _figure(text, replace(number, bound="most"), match.end(), "peringkat", "rank", 0.85)
    return _read_count(text, number) or _read_bare_money(text, number) or _read_sum(text, number)


def _read_count(text: str, number: Number) -> Figure | None:
    """How many of something: "191 kabupaten/kota", "50 titik CCTV", "12 dari 15 aplikasi"; one is no figure."""
    match = _counted().match(text, number.end)
    if match is None or _is_year(number) or _bears_name(text, number.start, match):
        return None
    unit, kind = _units()[_key(match["noun"])]
    # "1,250 peserta": nobody counts thousandths of people.
    is_grouped = re.fullmatch(r"\d{1,3},\d{3}", number.digits) and not number.scale
    value = float(number.digits.replace(",", "")) if is_grouped else number.value
    if value < 2 or value != int(value) or (kind == "count" and value < 5 and unit not in _words("few_count")):
        return None
    return _figure(text, replace(number, value=value), match.end(), unit, kind, 0.95 if kind == "regencies" else 0.92)


def _read_bare_money(text: str, number: Number) -> Figure | None:
    """Money without its currency: "anggaran 2,1 miliar", "lima ratus miliar dalam implementasi"."""
    if number.scale not in ("juta", "miliar", "triliun") or not _stands_alone(text, number.end):
        return None
    before = text[max(0, number.start - _WINDOW) : number.start]
    names_money = any(word in _words("money") for word in re.findall(r"[a-z]+", before[_last_stop(before) :].lower()))
    if number.scale == "juta" and not names_money:
        return None
    return _figure(text, number, number.end, "rupiah", "budget", 0.85 if names_money else 0.6)


def _read_sum(text: str, number: Number) -> Figure | None:
    """A count told after what is counted: "jumlah peserta 86", "aplikasi sebanyak 35"."""
    if number.value < 2 or number.is_decimal or _is_year(number) or not _stands_alone(text, number.end):
        return None
    before = text[max(0, number.start - 80) : number.start]
    match = _told_before().search(before[_last_stop(before) :])
    if match is None:
        return None
    unit, kind = _units()[_key(match["noun"] or match["noun2"])]
    return _figure(text, number, number.end, unit, kind, 0.8)


def _ranks(text: str, closed: bytearray) -> Iterator[Figure]:
    for match in _rank().finditer(text):
        if any(closed[match.start() : match.end()]) or in_furniture(text, match.start()):
            continue
        try:
            value = read_ordinal(match["number"] or match["ordinal"])
        except ValueError:
            continue
        number = Number(value, match.start(), match.end(), match[0], None, None, False, None)
        yield _figure(text, number, match.end(), "peringkat", "rank", 0.93)


def _indexes(text: str, sentences: Sequence[Span], numbers: list[Number]) -> Iterator[Figure]:
    """Values of an index among the numbers that are nothing else."""
    last: tuple[str, int] | None = None  # unit and end of the sentence of the value before
    for start, end in sentences:
        inside = begin_between(numbers, start, end)
        before: Figure | None = None
        said: re.Match[str] | None = None
        looked = start
        for number in inside:
            floor = before.end if before else start
            if said is None or said.start() < floor:
                said = _index_cue().search(text, max(floor, looked), number.start) or said
            looked = number.start
            confidence = _index_confidence(text, start, number, said, last)
            if confidence is None:
                continue
            unit = _index_unit(said[0]) if said else last[0] if last else "nilai"
            figure = _figure(text, number, _index_end(text, number.end), unit, "index", confidence)
            if before and _SAME_INDEX.fullmatch(text, before.end, number.start):
                figure = replace(figure, about=before.about)
            elif said and said.start() >= floor:
                about = _subject(text, said, number) or _left(text, number.start)[0] or said[0]
                figure = replace(figure, about=about)
            yield figure
            before, last = figure, (unit, end)


def _index_confidence(
    text: str, start: int, number: Number, cue: re.Match[str] | None, last: tuple[str, int] | None
) -> float | None:
    """How sure a bare number is the value of an index; None where it is none."""
    if number.scale or number.is_range or number.value > 100 or _is_version(number):
        return None
    before = text[max(start, number.start - _WINDOW) : number.start]
    if before.strip() and _bare(before.split()[-1]) in _words("changes"):
        return None
    has_points, has_scale = bool(_POINTS.match(text, number.end)), bool(_SCALE.match(text, number.end))
    leads = cue is not None and number.start - cue.end() < _WINDOW and _leads_on(text[cue.end() : number.start])
    if not (has_points or has_scale or _stands_alone(text, number.end) or (leads and not _is_measured(text, number))):
        return None
    if not number.is_decimal:
        return 0.85 if leads and (number.value > 5 or has_scale) else None
    if cue:
        return 0.95 if leads or number.start - cue.end() < 60 else 0.8
    if has_points:
        return 0.8
    is_next = last is not None and start - last[1] < 150 and "\n" not in text[last[1] : start]
    return 0.6 if is_next and any(_bare(word) in _words("goes_on") for word in before.split()) else None


def _leads_on(between: str) -> bool:
    """Whether what stands between an index and a number leads to it: at most three words beside those that link."""
    words = [_bare(word) for word in between.split()]
    others = [word for word in words if word not in _words("linking", "telling")]
    return len(others) <= 3 and not _CLAUSE_END.search(between.rstrip(" :="))


def _is_measured(text: str, number: Number) -> bool:
    """Whether a unit of measure follows, or something counted."""
    following = re.match(r"\s*([^\W\d]\w*)", text[number.end : number.end + 40])
    return bool(following and following[1].lower() in _words("measures")) or bool(_counted().match(text, number.end))


def _subject(text: str, cue: re.Match[str], number: Number) -> str | None:
    """The name of the index, from its first word to the verb or number that follows; None where it has no name."""
    # "target indeks": what is aimed at is not what was reached.
    aim = _AIM.search(text, max(0, cue.start() - 20), cue.start())
    start, end, words = aim.start() if aim else cue.start(), cue.start(), 0
    ends = _words("linking", "telling", "measuring")
    for match in re.finditer(r"\S+", text[cue.start() : number.start]):
        if words == 10 or (words and (_bare(match[0]) in ends or match[0][0].isdigit())):
            break
        end, words = cue.start() + match.end(), words + 1
    return text[start:end].strip(" ,.:;(") if words > 1 or aim else None


def _index_unit(cue: str) -> str:
    return "indeks" if _bare(cue) in ("indeks", "index", "ipm", "ikm", "indeksnya", "maturitas") else "nilai"


def _index_end(text: str, end: int) -> int:
    """Where a value ends with its points, scale and grade: "3,31 (skala 4)", "2,74 dengan predikat baik"."""
    for pattern in (_POINTS, _SCALE, _grade()):
        if match := pattern.match(text, end):
            end = match.end()
    return end


def _is_version(number: Number) -> bool:
    """Whether it reads like the number of a version: "revolusi industri 4.0"."""
    return bool(re.fullmatch(r"\d\.0", number.digits))


def _is_year(number: Number) -> bool:
    return bool(_YEAR.match(number.digits)) and number.bound is None


def _is_numbering(text: str, number: Number) -> bool:
    """Whether the word before makes it a number that counts nothing: "tahap 2", "Pasal 12", "pukul 09.00"."""
    if number.currency:
        return False
    before = re.search(r"(\w+)\.?\s*$", text[max(0, number.start - 20) : number.start])
    return before is not None and before[1].lower() in _words("numbering")


def _bears_name(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether what looks counted is part of a name: "Bimtek 3 Kabupaten Tegal", "Program Bandung 1000 Kampung"."""
    noun = match["noun"]
    if noun[0].islower() or noun.isupper():
        return False
    if re.search(r"\b[A-Z]\w+\s$", text[max(0, start - 30) : start]):
        return True
    if _key(noun) not in _words("bears_a_name"):
        return False
    following = re.match(r"\s+([A-Z]\w*)", text[match.end() :])
    return following is not None and following[1].lower() not in _words("may_follow")


def _stands_alone(text: str, end: int) -> bool:
    """Whether nothing that could be counted or measured follows."""
    following = re.match(r"\s*([^\W\d][\w/-]*)?", text[end : end + 40])
    word = following[1] if following else None
    return word is None or word.lower() in _words("may_follow")


def _figure(text: str, number: Number, end: int, unit: str, kind: FigureKind, confidence: float) -> Figure:
    bound: Bound | None = number.bound
    if not number.currency and (
        more := re.match(r"\s+lebih(?!\s+(?:dari|baik|banyak|besar))(?!\w)", text[end : end + 20])
    ):
        bound, end = "over", end + more.end()
    return Figure(
        value=number.value,
        unit=unit,
        kind=kind,
        bound=bound,
        about=_about(text, number.start, end, kind),
        text=text[number.start : end],
        start=number.start,
        end=end,
        confidence=round(confidence - (0.1 if number.is_range else 0), 2),
    )


# --- what it is about


def _about(text: str, start: int, end: int, kind: FigureKind) -> str | None:
    """The words beside a figure that say what it is about: those that lead to it, or else those that follow."""
    left, leads = _left(text, start, fewest=1 if kind == "index" else 2)
    right = _right(text, end)
    first = _bare(right.split()[0]) if right else ""
    if kind == "budget":
        purpose = _PURPOSE.search(right)
        if any(_bare(word) in _words("money") - _words("measuring") for word in left.split()) or not purpose:
            return left or right or None
        return right[purpose.start() :]
    # "satu dari 50 daerah terpilih": what leads there is one of them, not what they are.
    is_one_of = kind in ("regencies", "count") and bool(_ONE_OF.search(text[max(0, start - 30) : start]))
    if right and (is_one_of or kind == "rank" or (not leads and first not in _words("weak_starts"))):
        return right
    return left or right or None


def _left(text: str, start: int, fewest: int = 2) -> tuple[str, bool]:
    """The clause before, less the words that only lead on to the number, and whether it does lead there.

    One word alone says little, unless it leads: "Biayanya Rp2 miliar", but "Kemarin 412 petani".
    """
    at = max(0, start - _WINDOW)
    # A window that opens inside a word begins with the next.
    at += len(text[at:start].partition(" ")[0]) if at else 0
    at += _last_stop(text[at:start])
    words = [(at + m.start(), at + m.end(), _bare(m[0])) for m in re.finditer(r"\S+", text[at:start])]
    joints = [i for i, word in enumerate(words) if word[2] in _words("joints") or _says().fullmatch(word[2])]
    words = words[joints[-1] + 1 if joints else 0 :][-_ABOUT_WORDS:]
    leads = False
    while words and words[-1][2] in _words("linking", "telling"):
        leads = leads or words[-1][2] in _words("telling")
        words.pop()
    while words and words[0][2] in _words("linking"):
        words.pop(0)
    leads = leads or (bool(words) and words[-1][2] in _words("measuring"))
    is_money = len(words) == 1 and words[0][2] in _words("money")
    if not words or (len(words) < fewest and not leads and not is_money):
        return "", False
    return text[words[0][0] : words[-1][1]], leads


def _right(text: str, end: int) -> str:
    window = text[end : end + _WINDOW]
    stop = _CLAUSE_END.search(window)
    window = window[: stop.start()] if stop else window.rpartition(" ")[0]
    words = [(m.start(), m.end(), _bare(m[0])) for m in re.finditer(r"\S+", window)]
    while words and words[0][2] in ("yang", "itu", "ini", "tersebut", "saja", "lagi"):
        words.pop(0)
    joints = [i for i, word in enumerate(words) if word[2] in _words("joints")]
    words = words[: joints[0] if joints else None][:_ABOUT_WORDS]
    while words and words[-1][2] in _words("linking", "cut_short"):
        words.pop()
    return window[words[0][0] : words[-1][1]] if words else ""


def _last_stop(window: str) -> int:
    """Where the last clause of a window begins."""
    return max((match.end() for match in _CLAUSE_END.finditer(window)), default=0)


def _bare(word: str) -> str:
    return word.lower().strip(".,:;()'’‘")


# --- the lists of assets/figures.yml


@lru_cache
def _lists() -> dict[str, list[str]]:
    """The plain lists of words."""
    return {name: words for name, words in _file().items() if isinstance(words, list)}


@lru_cache
def _file() -> dict[str, list[str] | dict[str, list[str]]]:
    lists: dict[str, list[str] | dict[str, list[str]]] = yaml.safe_load(
        (ASSETS / "figures.yml").read_text(encoding="utf-8")
    )
    return lists


@lru_cache
def _words(*names: str) -> frozenset[str]:
    """The words of one list or several."""
    return frozenset(word for name in names for word in _lists()[name])


@lru_cache
def _says() -> re.Pattern[str]:
    return re.compile(any_of("says"), re.IGNORECASE)


@lru_cache
def _units() -> dict[str, tuple[str, FigureKind]]:
    """Unit and kind of every wording of what is counted."""
    kinds: dict[str, FigureKind] = {"regencies": "regencies", "counts": "count"}
    groups = {name: group for name, group in _file().items() if isinstance(group, dict)}
    return {
        wording: (unit, kind)
        for name, kind in kinds.items()
        for unit, words in groups[name].items()
        for wording in words
    }


def _key(noun: str) -> str:
    return re.sub(r"\s*/\s*", "/", " ".join(noun.lower().split()))


def _either(words: str | Iterable[str]) -> str:
    """Words as alternatives that match whole, the longest first; a name stands for the list of that name."""
    listed = sorted(_lists()[words] if isinstance(words, str) else words, key=len, reverse=True)
    forms = by_letter(re.escape(word).replace(r"\ ", r"\s+").replace("/", r"\s*/\s*") for word in listed)
    return rf"(?<!\w)(?:{forms})(?!\w)"


@lru_cache
def _counted() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_OUT_OF.pattern})?(?:\s+{_either('classifiers')})?\s+(?P<noun>{_either(_units())})(?!\s?-\s?\w)",
        re.IGNORECASE,
    )


@lru_cache
def _told_before() -> re.Pattern[str]:
    noun, tells = _either(_units()).removesuffix(r"(?!\w)"), r"(?:berjumlah|sebanyak|sejumlah|mencapai|ada|tercatat)"
    return re.compile(
        rf"(?P<noun>{noun})(?:nya)?(?:\s+\w+){{0,4}}?\s+{tells}\s*$"
        rf"|(?:jumlah|total)\s+(?P<noun2>{noun})(?:nya)?(?:\s+\w+){{0,3}}?(?:\s+(?:adalah|sebesar|{tells}))?\s*[:=]?\s*$",
        re.IGNORECASE,
    )


@lru_cache
def _rank() -> re.Pattern[str]:
    ordinal = rf"(?:ke[\s-]*\d{{1,3}}|pertama|ke{WORDS}|(?-i:[IVX]{{1,4}})(?!\w))"
    return re.compile(
        rf"(?:{_either('ranks')}(?:\s+(?:nasional|umum))?\s+(?:(?:nomor|no\.?)\s+)?"
        rf"(?P<number>{ordinal}|\d{{1,3}}|{WORDS})"
        rf"|{_either('ranks_by_ordinal')}\s+(?P<ordinal>{ordinal}|(?<=juara )\d|(?<=harapan )\d))"
        rf"(?!\w|[.,/:-]\d|\s+besar)",
        re.IGNORECASE,
    )


@lru_cache
def _index_cue() -> re.Pattern[str]:
    return re.compile(_either("indexes"), re.IGNORECASE)


@lru_cache
def _grade() -> re.Pattern[str]:
    grades = _either("grades")
    named = rf"(?:dengan\s+|atau\s+|ber)?(?:predikat|kategori|kualifikasi)\s+[\"“']?{grades}[\"”']?"
    return re.compile(rf"\s*,?\s*(?:\(\s*(?:{named}|{grades})\s*\)|{named})", re.IGNORECASE)
