"""The words of offices: which heads there are, and how far an office goes on after its head.

The offices of Indonesian government follow a grammar: (Plt.) head (agency, field, place) name (degrees). Heads are
listed in `assets/positions.yml`, the words that offices are made of in `assets/office_words.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import yaml
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from nlp.extraction import Acting
from nlp.gazetteer import ASSETS
from nlp.people.names import INITIALS_AFTER, is_degree, is_initial, is_initials, is_known_name, is_prefix, read_name
from nlp.regencies import PlaceMention
from nlp.tokens import end_of, starts_of, text_of, token_at
from nlp.words import in_furniture, lowered, word_set

ACTING: dict[str, Acting] = {
    "plt": "Plt.", "pelaksana tugas": "Plt.", "plh": "Plh.", "pelaksana harian": "Plh.",
    "pjs": "Pjs.", "penjabat sementara": "Pjs.", "pejabat sementara": "Pjs.", "pj": "Pj.", "penjabat": "Pj.",
}  # fmt: skip

DIRECTIONS = word_set("directions")
_TAKES_A_FIELD = word_set("takes_a_field")
_AFFILIATION = word_set("affiliation")
_BALINESE_NAMES = word_set("balinese_names")
_LOWER_IN_OFFICES = word_set("lower_in_offices")
_PROVINCE = frozenset(["provinsi", "prov", "prov.", "pemprov"])
_JOINTS = frozenset(["dan", "&", "/", ",", "di", "dari", "pada", "-"])
_NAMELY = frozenset(["ialah", "adalah", "yakni", "yaitu"])

_NAMED_AFTER_IT = word_set("named_after_it")
_PLACES_OF_TWO_WORDS = word_set("places_of_two_words")

_NUMBER_OF_RANK = re.compile(r"I{1,3}|IV|[1-4]")
_LOWER_AGENCY = re.compile(r"(?:dis|din)?kominfo\w*|aptika|e-?gov\w*", re.IGNORECASE)
_UNIVERSITY = re.compile(r"universitas|institut|politeknik", re.IGNORECASE)
# Office and agency in one word are coined freely: kadisperindag, kadinsos, sekdisdik.
_COINED_OFFICE = re.compile(r"(?:ka|sek)(?:dis|din|bap|kom)[a-z]{2,}")
# Agencies are shortened freely, each regency in its own way: Diskominfosantik, Bapperida, Satpolpp.
_COINED_AGENCY = re.compile(
    r"(?:Kominfo|Dis|Dinkom|Dinkes|Dinsos|Dinhub|Dinpar|Bap(?:p|e|en)|Bake|Bako|Bali(?:t|bang)|Baren|Kesbang|Kemen|Kem|Prok|Satpol|Setda)[a-z]{2,}"
)
_CAPITALS = re.compile(r"[A-Z]{3,}")
_HALF_CAPITALS = re.compile(r"[A-Z]{2,}[a-z]+\w*")  # UMSurabaya, PANRb
_JOINED_CAPITALS = re.compile(r"[A-Z]{2,}(?:[-/][A-Z]{2,})+|[A-Z]+\d[A-Z\d]+")  # PUPR-PKPP, P2KBP3A
# What agencies are for is said in nouns of these shapes: Penegakan, Kelembagaan, Transportasi, Komunitas.
_ABSTRACT = re.compile(
    r"(?:Pe|Ke)[a-z]{4,}(?<!w)(?<!m)(?<!y)an|[A-Z][a-z]{3,}(?:asi|itas|logi|grafi|ansi|ensi)", re.IGNORECASE
)
_TWO_VOWELS = re.compile(r"[AEIOU].*[AEIOU]")


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows the head of an office."""

    end: int
    """The token after it."""
    last: int
    """The token after its last word that is neither place nor bracket."""
    place: PlaceMention | None
    is_provincial: bool


@lru_cache
def _office_words() -> frozenset[str]:
    lines = (ASSETS / "office_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@lru_cache
def _heads() -> dict[str, list[str]]:
    heads: dict[str, list[str]] = yaml.safe_load((ASSETS / "positions.yml").read_text(encoding="utf-8"))
    return heads


@Language.factory("position_matcher")
def create_position_matcher(nlp: Language, name: str) -> PositionMatcher:
    """Put every head of an office into `doc.spans["positions"]`, longest first, labelled with its category."""
    return PositionMatcher(nlp)


class PositionMatcher:
    """Heads of offices, matched without regard to case."""

    def __init__(self, nlp: Language) -> None:
        self.matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        for category, heads in _heads().items():
            self.matcher.add(category, [nlp.make_doc(head) for head in heads])

    def __call__(self, doc: Doc) -> Doc:
        spans = filter_spans([*self.matcher(doc, as_spans=True), *_coined_offices(doc)])
        spans = [span for span in spans if not in_furniture(text_of(doc), span.start_char)]
        doc.spans["positions"] = spans
        doc.user_data["positions"] = {span.start: span.label_ for span in spans}
        return doc


def _coined_offices(doc: Doc) -> Iterator[Span]:
    for match in _COINED_OFFICE.finditer(lowered(text_of(doc))):
        i = token_at(doc, match.start())
        if i < len(doc) and starts_of(doc)[i] == match.start() and end_of(doc, i) == match.end():
            yield Span(doc, i, i + 1, "agency_whole")


def head_at(doc: Doc, i: int) -> str | None:
    """The category of the office whose head begins at token `i`; None where none does."""
    category: str | None = doc.user_data["positions"].get(i)
    return category


def starts_office(doc: Doc, i: int) -> bool:
    """Whether an office begins at token `i`, its marker Plt., Pj. included."""
    return head_at(doc, i) is not None or doc[i].lower_.rstrip(".") in ACTING


def is_listed_word(word: str) -> bool:
    """Whether a word stands in `assets/office_words.txt`."""
    return word.lower() in _office_words()


@lru_cache(maxsize=2**14)  # the same words are asked about again and again
def is_office_word(word: str) -> bool:
    """Whether a word belongs to offices and agencies: listed, a rank's number, a coined agency or an acronym.

    >>> [is_office_word(word) for word in ("Informatika", "II", "Diskominfosan", "DKISP", "Darmo", "FX")]
    [True, True, True, True, False, False]
    """
    if is_listed_word(word) or ("-" in word and any(is_listed_word(part) for part in word.split("-"))):
        return True
    shapes = (_NUMBER_OF_RANK, _COINED_AGENCY, _HALF_CAPITALS, _JOINED_CAPITALS, _ABSTRACT)
    if any(shape.fullmatch(word) for shape in shapes) and not is_known_name(word):
        return True
    is_of_a_name = is_initials(word) or is_prefix(word) or word.lower() in INITIALS_AFTER
    is_acronym = word.isupper() and len(word) > 1 and word.isalpha() and not is_of_a_name
    # With two vowels capitals may be a name in a headline: "AGUS".
    return is_acronym and not _TWO_VOWELS.search(word)


def walk_tail(doc: Doc, i: int, category: str, place_at: dict[int, PlaceMention]) -> Tail:
    """Walk over the words of an office from token `i`, the one after its head; `place_at` knows the places."""
    last, place, provincial = i, None, False
    while i < len(doc) and not (doc[i].is_sent_start and i):
        if i in place_at and place is None:
            place = place_at[i]
            i = token_at(doc, place.end)
            continue
        provincial = provincial or doc[i].lower_ in _PROVINCE
        if category == "security" and (doc[i].text.isdigit() or (doc[i].text == "/" and i + 1 in place_at)):
            i += 1  # "Dandim 1711/Mimika"
            continue
        if category == "local" and place is not None and doc[i].lower_ in DIRECTIONS:
            i = last = i + 1  # a kecamatan that is named after its regency
            continue
        if doc[i].ent_type_ and place is None and i not in place_at:
            goes_on = i + 2 < len(doc) and doc[i + 1].lower_ in ("dan", "&") and is_listed_word(doc[i + 2].text)
            provincial = provincial or (doc[i].ent_type_ == "PROVINCE" and not goes_on)
            i += 1
        elif category == "local" and _is_kind_of_place(doc, i):
            i += 1
        elif doc[i].text == "(":
            closing = closing_bracket(doc, i)
            if closing is None or not _is_bracket_of_office(doc, i + 1, closing):
                break
            i = closing + 1
        elif category != "local" and _is_tail_word(doc, i, category):
            i += 1
            last = i
        else:
            after = _after_unknown_words(doc, i, category)
            if after > i:
                place = place or next((place_at[k] for k in range(i, after) if k in place_at), None)
                i = last = after
            break
    last = _step_back(doc, last, 1, _JOINTS | {"bidang"})
    return Tail(max(_step_back(doc, i, last, _JOINTS), last), last, place, provincial)


def skip_affiliation(doc: Doc, i: int) -> int:
    """The comma or "ialah" after where somebody comes from: "asesor yang memimpin wawancara, Prof. X".

    Gives `i` itself where no name follows within ten words.
    """
    if i >= len(doc) or doc[i].lower_ not in _AFFILIATION:
        return i
    for k in range(i, min(i + 11, len(doc) - 1)):
        if doc[k].is_sent_start or doc[k].text in '.;:"“”(' or starts_office(doc, k):
            return i
        if doc[k].lower_ in _NAMELY or (doc[k].text == "," and _is_apposition(doc, k)):
            return k
    return i


def closing_bracket(doc: Doc, i: int) -> int | None:
    """The token that closes the bracket at token `i`, at most eight tokens on."""
    return next((k for k in range(i + 1, min(i + 9, len(doc))) if doc[k].text == ")"), None)


def _step_back(doc: Doc, i: int, floor: int, words: frozenset[str]) -> int:
    """The token after the last one before `i` that is none of the words, `floor` at least."""
    while i > floor and doc[i - 1].lower_ in words:
        i -= 1
    return i


def _after_unknown_words(doc: Doc, i: int, category: str) -> int:
    """The token where the holder's name begins, past words from token `i` on that no list of offices knows; else `i`.

    "Ketua Karang Taruna Muda Bakti Rahmat Hidayat", "Kabid Perumahan Formal DPRKP Een Nuraeni", "Camat Way Serdang I
    Ketut Widiarsa", "Direktur PT Cakra Griya, Michelle Oentoro": they are of the office where a rank or title stands
    before the name, where more of the office follows them, or where known names do.
    """
    if category in ("head_of_region", "province") or not _may_be_of_an_office(doc, i):
        return i
    end = i + 1
    while end < len(doc) and end - i < 9 and _may_be_of_an_office(doc, end) and not starts_office(doc, end):
        end += 1
    if is_prefix(doc[i].text):
        return _after_hospital(doc, i, end)
    if _is_short_form(doc, end):
        return end + 3
    first_name = next((k for k in range(i, end) if _is_of_a_name(doc, k)), end)
    titles = (k for k in range(i + 1, end) if is_prefix(doc[k].text) and doc[k].lower_ not in ("h", "h.", "hi", "hi."))
    title = next(titles, next((k for k in range(i + 1, first_name) if is_prefix(doc[k].text)), None))
    if title is not None and first_name > i and read_name(doc, title) is not None:
        return title
    start = 1 + max((k for k in range(i, first_name) if _is_of_an_office(doc, k)), default=i - 1)
    is_open = _is_named_after(doc, start)
    if start in (end, first_name):
        return end if is_open and start < end and _name_follows_comma(doc, end) else start
    if _name_follows_comma(doc, end) and (is_open or (first_name == end and end - start == 1)):
        return end
    unknown, words = first_name - start, end - start
    if first_name < end:
        if not is_open and (unknown < 2 or end - first_name < 2):
            return start
        # Of three unknown words and a name the last is the first name: "Kades Tambang Emas Zaiwan Hamid".
        is_half = end - first_name == 1 and unknown > 1 and doc[first_name - 1].lower_ not in DIRECTIONS
        return first_name - 1 if is_half else first_name
    if not is_open:
        return start
    if words == 1:
        return end if category == "local" else start
    if doc[start].lower_ in _PLACES_OF_TWO_WORDS or doc[start + 1].lower_ in DIRECTIONS:
        return min(start + 2, end - 1)
    return start + max(1, words - 2) if category != "local" else start + max(1, words // 2)


def _is_short_form(doc: Doc, i: int) -> bool:
    """Whether an agency's short form stands in brackets from token `i` on: "Majelis Permusyawaratan Ulama (MPU)"."""
    return i + 2 < len(doc) and doc[i].text == "(" and doc[i + 2].text == ")" and is_office_word(doc[i + 1].text)


def _is_named_after(doc: Doc, i: int) -> bool:
    """Whether the words before token `i` still wait for the name of a place, school, company …"""
    if doc[i - 1].lower_ in DIRECTIONS:
        return False
    for k in range(i - 1, max(i - 4, -1), -1):
        if doc[k].lower_ in _NAMED_AFTER_IT or doc[k].like_num:
            return True
        is_acronym = doc[k].text.isupper() and len(doc[k].text) > 1
        if is_acronym or doc[k].ent_type_ or not doc[k].text[0].isupper() or is_office_word(doc[k].text):
            return False
    return False


def _after_hospital(doc: Doc, i: int, end: int) -> int:
    """Past the name of a physician that a hospital bears: "Direktur RSUD dr. Soetomo Hadi, dr. Adhitya Nugraha"."""
    if doc[i - 1].lower_ not in ("rsud", "rs", "sakit", "rsu", "rsup"):
        return i
    second = next((k for k in range(i + 2, end) if is_prefix(doc[k].text) and not is_prefix(doc[k - 1].text)), None)
    return second or (end if _name_follows_comma(doc, end) else i)


def _name_follows_comma(doc: Doc, comma: int) -> bool:
    """Whether a comma stands at a token, and behind it a name that is no new office."""
    if comma + 1 >= len(doc) or doc[comma].text != "," or starts_office(doc, comma + 1):
        return False
    return _is_apposition(doc, comma) or (
        (person := read_name(doc, comma + 1)) is not None
        and not doc[comma + 1].is_sent_start
        and doc[min(person.end, len(doc) - 1)].text in ",."
    )


def _is_kind_of_place(doc: Doc, i: int) -> bool:
    return doc[i].lower_ in _NAMED_AFTER_IT and i + 1 < len(doc) and doc[i + 1].text[0].isupper()


def _may_be_of_an_office(doc: Doc, i: int) -> bool:
    """Whether token `i` has a capital or is a number within a line, so that it may belong to an office or a name."""
    if i >= len(doc) or doc[i].is_sent_start or (is_degree(doc[i].text) and not is_initial(doc[i].text)):
        return False
    return doc[i].text[0].isupper() or doc[i].text.isdigit() or is_prefix(doc[i].text)


def _is_of_a_name(doc: Doc, i: int) -> bool:
    """Whether token `i` is a common part of names, an initial or a particle before one."""
    if doc[i].ent_type_:
        return False
    if is_in_a_double_name(doc, i):
        return True
    if doc[i].text in ("I", "Ni") or is_initial(doc[i].text):
        return i + 1 < len(doc) and doc[i + 1].text[0].isupper()
    return is_known_name(doc[i].text)


def _is_of_an_office(doc: Doc, i: int) -> bool:
    word = doc[i]
    return bool(word.ent_type_) or is_office_word(word.text) or word.text.isdigit() or word.lower_ in DIRECTIONS


def _is_apposition(doc: Doc, comma: int) -> bool:
    """Whether a full name, or one with an honorific, follows the comma."""
    person = read_name(doc, comma + 1)
    return person is not None and not doc[comma + 1].is_sent_start and (person.words > 1 or person.prefix is not None)


def _is_tail_word(doc: Doc, i: int, category: str) -> bool:
    """Whether token `i` is one more word of the office: of a field or an agency, or what joins two of them."""
    word, following = doc[i].text, doc[i + 1] if i + 1 < len(doc) else None
    if category in ("company", "committee", "expert") and head_at(doc, i) in ("head_of_region", "regional", "agency"):
        return False
    if is_in_a_double_name(doc, i):
        return False
    if doc[i].lower_ in DIRECTIONS and doc[i - 1].text[0].isupper() and category not in ("head_of_region", "province"):
        return True
    if len(word) == 1 and word in "ABCDE":
        return doc[i - 1].lower_ == "komisi"
    if word == "I" and following is not None and following.lower_ in _BALINESE_NAMES:
        return False
    # Among mixed-case words capitals are an acronym: "Direktur LAIP Bayu Praditha".
    if _CAPITALS.fullmatch(word) and following is not None and following.text.istitle():
        return not is_prefix(word)
    if category in ("agency", "agency_whole", "company", "council", "central") and _is_unknown_field(doc, i):
        return True
    if any(_UNIVERSITY.fullmatch(doc[k].text) for k in (i - 1, i - 2) if k >= 0) and word[0].isupper():
        return _university_goes_on(doc, i)
    if doc[i].lower_ in _JOINTS:
        return following is not None and _joins(doc, i, category)
    if _LOWER_AGENCY.fullmatch(word):
        return True
    if word[0].islower() and doc[i].lower_ not in _LOWER_IN_OFFICES:
        return False
    return is_office_word(word)


def is_in_a_double_name(doc: Doc, i: int) -> bool:
    """Whether token `i` opens "Anak Agung", a name though its first word is one of offices too."""
    return doc[i].text == "Anak" and i + 1 < len(doc) and doc[i + 1].lower_ == "agung"


def _joins(doc: Doc, i: int, category: str) -> bool:
    """Whether the "dan", comma or "di" at token `i` goes on with the same office."""
    joint, following = doc[i].lower_, doc[i + 1]
    if joint in ("di", "dari", "pada"):
        return category in ("expert", "central", "company", "agency") and is_office_word(following.text)
    if joint != ",":
        return is_office_word(following.text) and not starts_office(doc, i + 1)
    if following.lower_ == "dan" and i + 2 < len(doc):
        return is_office_word(doc[i + 2].text) and not starts_office(doc, i + 2)
    return (
        following.text[0].isupper()
        and is_listed_word(following.text)
        and not starts_office(doc, i + 1)
        and _list_goes_on(doc, i + 1)
    )


def _is_unknown_field(doc: Doc, i: int) -> bool:
    """Whether an unknown capitalised word belongs to the office by what follows it.

    "Kadis Infokom dan Persandian", "Dinas Staper Kabupaten X", "Kabid Aptika, Harso Gutomo": more of the office, its
    place, or after a comma the full name.
    """
    if not doc[i].text[0].isupper() or i + 2 >= len(doc) or is_prefix(doc[i].text):
        return False
    following = doc[i + 1]
    if following.lower_ in ("dan", "&"):
        return is_office_word(doc[i + 2].text) and not starts_office(doc, i + 2) and not is_prefix(doc[i + 2].text)
    if following.lower_ in ("kabupaten", "kota", "kab", "kab.", "provinsi", "prov."):
        return True
    return doc[i - 1].lower_ in _TAKES_A_FIELD and _is_field_before_comma(doc, i)


def _is_field_before_comma(doc: Doc, i: int) -> bool:
    """Whether up to four capitalised words lead to a comma and a name behind it.

    "Kabid Destinasi, Maria …", "Kepala UPT Pasar Induk, Sudirman", "perwakilan PT Tambang Raya, Kevin …"
    """
    k = i
    while k < len(doc) and k - i < 4 and (doc[k].text[0].isupper() or doc[k].lower_ == "setempat"):
        if is_prefix(doc[k].text):
            return False
        if doc[k].is_sent_start:
            break
        k += 1
    person = read_name(doc, k + 1) if k + 1 < len(doc) and doc[k].text == "," else None
    if person is None or starts_office(doc, k + 1) or doc[k + 1].is_sent_start:
        return False
    return person.words > 1 or person.prefix is not None or doc[min(person.end, len(doc) - 1)].text in ",."


def _university_goes_on(doc: Doc, i: int) -> bool:
    """Whether token `i` still names the university: a word of our list, or what stands before a comma or a prefix."""
    if is_prefix(doc[i].text):
        return False
    if is_listed_word(doc[i].text):
        return True
    ahead = [doc[k] for k in range(i + 1, min(i + 4, len(doc)))]
    return not ahead or not ahead[0].text[0].isupper() or any(t.text in ",(" or is_prefix(t.text) for t in ahead[:2])


def _list_goes_on(doc: Doc, i: int) -> bool:
    """Whether the words from `i` are more of an agency's name ("Riset dan Inovasi Daerah") and not a new person."""
    for k in range(i, min(i + 8, len(doc))):
        if doc[k].lower_ in ("dan", "&"):
            return True
        if doc[k].text != "," and not doc[k].ent_type_ and not is_office_word(doc[k].text):
            return False
    return False


def _is_bracket_of_office(doc: Doc, start: int, end: int) -> bool:
    """Whether what stands between two brackets is a short form of the office, and no date or number."""
    inside = [doc[k] for k in range(start, end)]
    if start < end and (is_prefix(doc[start].text) or (end - start > 1 and _is_of_a_name(doc, start))):
        return False
    return bool(inside) and all(
        not token.like_num
        and (is_office_word(token.text) or token.text[0].isupper() or token.lower_ in ("dan", "&", "."))
        for token in inside
    )
