"""Officials: who acts in the story, under which office, for which government.

The offices of Indonesian government follow a grammar: (Plt.) head (agency, field, place) name (degrees). A walk over
the words after each head finds where the office ends and the name begins; the words of offices are listed in
`assets/office_words.txt`, the heads in `assets/positions.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

import yaml
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from nlp.extraction import Acting, Official
from nlp.gazetteer import ASSETS, places
from nlp.names import PersonName, alike, fold_name, is_prefix, read_name, same_person
from nlp.regencies import PlaceMention
from nlp.tokens import text_of, token_at
from nlp.words import any_of, in_furniture


@dataclass(frozen=True, slots=True)
class Naming:
    """One place in the text where a person is named with an office, or an office stands alone."""

    start: int
    end: int
    person: PersonName | None
    position: str | None
    category: str
    acting: Acting | None
    organization: str | None
    place: PlaceMention | None
    is_provincial: bool
    office_start: int
    office_end: int


@dataclass(slots=True)
class Person:
    """An official while the article is being read; mentions of one person gather here."""

    namings: list[Naming] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    """Every naming in characters, short ones too, for finding who speaks."""

    @property
    def name(self) -> str:
        return max((n.person.name for n in self.namings if n.person), key=_fullness)


ACTING: dict[str, Acting] = {
    "plt": "Plt.", "pelaksana tugas": "Plt.", "plh": "Plh.", "pelaksana harian": "Plh.",
    "pjs": "Pjs.", "penjabat sementara": "Pjs.", "pejabat sementara": "Pjs.", "pj": "Pj.", "penjabat": "Pj.",
}  # fmt: skip
_ACTING = re.compile(
    r"(?<!\w)(pelaksana tugas|pelaksana harian|penjabat sementara|pejabat sementara|penjabat|plt|plh|pjs|pj)\.?"
    r"(?:\s*\(\s*(?:plt|plh|pjs|pj)\.?\s*\))?\s*$",
    re.IGNORECASE,
)
_ACTING_INSIDE = re.compile(r"\(\s*(plt|plh|pjs|pj)\.?\s*\)", re.IGNORECASE)
_FIELD_OF_RANK = re.compile(r"^(?:I{1,3}|IV|[1-4])$")
_ORGANIZATION = re.compile(rf"\b{any_of('organization_heads')}\b", re.IGNORECASE)
_STANDS_FOR = re.compile(
    r"[\s,]*(?:[^.,\n]{0,30}\s)?(?:mewakili|membacakan\s+(?:sambutan|arahan|pidato|amanat)(?:\s+tertulis)?|atas\s+nama)\s+"
)
_ONE_OF_THEM = re.compile(r"[^.\n]{0,80}\.\s+(?:Salah satunya|Satu di antaranya|Seorang di antaranya),?\s+")
# Two capitals that open a person's name, not an agency.
_INITIALS = frozenset("FX HM HL HA HB HR HS HJ AA IB RM RR RA KH MH".split())
_AFTER_BALINESE_I = frozenset(
    "gusti made wayan ketut gede gde nyoman komang putu kadek dewa ngurah nengah luh gst bagus".split()
)
_LOCAL_HEADS = frozenset("camat lurah desa kades keuchik sekcam distrik panewu kapanewon nagari kampung".split())
_DIRECTIONS = frozenset("utara selatan timur barat tengah hulu hilir kota raya baru lama".split())
_TAKES_A_FIELD = frozenset(
    "kadis kadin kaban kabid kabag kasi sekdin bidang bagian dinas seksi upt uptd pt cv perumda pasar ketua direktur "
    "induk raya tambang kepala".split()
)
_KIND_OF_PLACE = re.compile(
    r"(?:\s+(?:Kabupaten|Kab\.?|Kota|Provinsi|Prov\.?|RI|Pemkab|Pemkot|Pemprov|dan|di|dari|,))+$"
)
_LOWER_AGENCY = re.compile(r"(?:dis|din)?kominfo\w*|aptika")
_UNIVERSITY = re.compile(r"universitas|institut|politeknik", re.IGNORECASE)
_AFFILIATION = frozenset("dari di pada yang asal kementerian utusan untuk bidang program didatangkan setempat".split())
_LOCAL = frozenset(["local", "head_of_region", "regional", "agency", "agency_whole", "field", "council", "committee"])
SPEECH = any_of("speech")
SAYS = any_of("says")
_SAYS_AFTER = re.compile(rf"(?:,\s*|\s+)(?:juga\s+|pun\s+|turut\s+|kembali\s+|sendiri\s+|sekaligus\s+)*{SAYS}\b")


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
        # Office and agency in one word are coined freely: kadisperindag, kadinsos, sekdisdik.
        self.coined = Matcher(nlp.vocab)
        self.coined.add("agency_whole", [[{"LOWER": {"REGEX": r"^(?:ka|sek)(?:dis|din|bap|kom)[a-z]{2,}$"}}]])

    def __call__(self, doc: Doc) -> Doc:
        spans = [*self.matcher(doc, as_spans=True), *self.coined(doc, as_spans=True)]
        doc.spans["positions"] = filter_spans(
            [span for span in spans if not in_furniture(text_of(doc), span.start_char)]
        )
        return doc


def find_namings(doc: Doc, mentions: list[PlaceMention]) -> list[Naming]:
    """Every office in the text, with the person that it names where there is one, in order."""
    place_at = _places_by_token(doc, mentions)
    namings: list[Naming] = []
    done = 0
    for span in doc.spans["positions"]:
        if span.start < done:
            continue
        naming = _read_office(doc, span.start, span.end, span.label_, place_at)
        if naming:
            namings.append(naming)
            done = naming.end
    namings = [_with_name_before(doc, naming, namings) for naming in namings]
    return sorted([*namings, *_companions(doc, namings)], key=lambda naming: naming.start)


def find_officials(
    doc: Doc, namings: list[Naming], subject: str | None, speakers: frozenset[str] = frozenset()
) -> tuple[tuple[Official, ...], list[Person]]:
    """The officials of the article, each once, in order of appearance; and the people behind them with all namings.

    `subject` is the regency whose government a local office belongs to when none is said; `speakers` are names that
    quotes were attributed to.
    """
    people = _gather(doc, namings)
    officials = []
    for person in people:
        officials.append(_official(doc, person, subject, namings))
    return tuple(officials), people


def _gather(doc: Doc, namings: list[Naming]) -> list[Person]:
    people: list[Person] = []
    for naming in [*namings, *_speaking_names(doc, namings)]:
        if naming.person is None:
            continue
        person = _known(people, naming.person.name)
        if person is None:
            person = Person()
            people.append(person)
        person.namings.append(naming)
    for person in people:
        person.spans = sorted(set(_all_namings(doc, person)))
    return sorted(people, key=lambda person: min(naming.start for naming in person.namings))


def _known(people: list[Person], name: str) -> Person | None:
    exact = [
        person
        for person in people
        if any(n.person and fold_name(n.person.name) == fold_name(name) for n in person.namings)
    ]
    if exact:
        return exact[0]
    alike = [person for person in people if same_person(person.name, name)]
    return alike[0] if len(alike) == 1 else None


def _speaking_names(doc: Doc, namings: list[Naming]) -> Iterator[Naming]:
    """Persons named without an office who speak: "kata Budi Santoso", "Budi Santoso mengatakan"."""
    taken = [(doc[n.start].idx, doc[n.end - 1].idx) for n in namings]
    for token in doc:
        if not token.text[0].isupper() or (
            token.i and doc[token.i - 1].text[0].isupper() and not doc[token.i].is_sent_start
        ):
            continue
        if any(start <= token.idx <= end for start, end in taken) or in_furniture(text_of(doc), token.idx):
            continue
        person = read_name(doc, token.i)
        if person is None or (person.words < 2 and not person.prefix) or _has_office_word(doc, person):
            continue
        end = doc[person.end - 1].idx + len(doc[person.end - 1].text)
        before = text_of(doc)[max(0, token.idx - 25) : token.idx]
        if re.search(r"(?:disapa|dipanggil|sapaan)\s+$", before):
            continue
        said = re.search(rf"(?<!\w){SPEECH}\s+(?:dia\s+|pak\s+|bu\s+)?$", before)
        says = _SAYS_AFTER.match(text_of(doc), end)
        scholar = re.search(r"(?i)\b(?:prof|dr)\b", person.prefix or "")
        comes_from = (
            person.words > 1
            and doc[token.i - 1].text == ","
            and re.match(r"\s+(?:dari|asal)\s+(?:Universitas|Institut|Kementerian|Kemen|Kem)", text_of(doc)[end:])
        )
        if said or says or person.degrees or scholar or comes_from:
            yield Naming(
                person.start, person.end, person, None, "", None, None, None, False, person.start, person.start
            )


def _has_office_word(doc: Doc, person: PersonName) -> bool:
    return any(
        _is_office_word(doc[i].text) and not is_prefix(doc[i].text)
        for i in range(person.start, person.end - len(person.degrees))
    )


def _companions(doc: Doc, namings: list[Naming]) -> Iterator[Naming]:
    """Others under the same role: "evaluator ialah Dr. A dan B", "dua asesor. Salah satunya, C"."""
    starts = {naming.start for naming in namings}
    for naming in namings:
        if naming.category != "expert":
            continue
        i = naming.end
        if naming.person is None:
            after = _end_of(doc, i - 1)
            match = _ONE_OF_THEM.match(text_of(doc), after)
            person = read_name(doc, i) if match and (i := _token_after(doc, match.end())) < len(doc) else None
            if person is None:
                continue
            yield replace(naming, start=person.start, end=person.end, person=person)
            i = person.end
        while i + 1 < len(doc) and doc[i].lower_ in (",", "dan", "serta"):
            k = i + 2 if doc[i].text == "," and doc[i + 1].lower_ in ("dan", "serta") else i + 1
            other = read_name(doc, k) if k < len(doc) and not doc[k].is_sent_start else None
            if other is None or k in starts or (other.words < 2 and not other.prefix) or _has_office_word(doc, other):
                break
            yield replace(naming, start=other.start, end=other.end, person=other)
            i = other.end


def _end_of(doc: Doc, i: int) -> int:
    """Offset after token `i`."""
    return int(doc[i].idx + len(doc[i].text))


def _all_namings(doc: Doc, person: Person) -> Iterator[tuple[int, int]]:
    """Where the person is named, in full or by one name."""
    for naming in person.namings:
        assert naming.person is not None
        yield doc[naming.person.start].idx, doc[naming.person.end - 1].idx + len(doc[naming.person.end - 1].text)
    words = {word for word in re.findall(r"[^\W\d_]{3,}", person.name) if word[0].isupper()}
    for token in doc:
        if token.text[0].isupper() and not token.ent_type_ and any(alike(token.lower_, word.lower()) for word in words):
            yield token.idx, token.idx + len(token.text)


def _read_office(doc: Doc, start: int, end: int, category: str, place_at: dict[int, PlaceMention]) -> Naming | None:
    """The office whose head is tokens start:end, and the name that follows it; None when it is no office."""
    stop, last, place, provincial = _walk_tail(doc, end, category, place_at)
    if category in ("expert", "council", "committee", "central", "company"):
        stop = _skip_affiliation(doc, stop)
    if (
        category == "agency"
        and stop == end
        and doc[start].lower_ not in ("kadis", "kadin", "kabid", "kabag", "sekdis", "sekdin", "sekretaris")
    ):
        return None
    acting, office_start = _acting_before(doc, start)
    inside = _ACTING_INSIDE.search(text_of(doc), doc[start].idx, _end_of(doc, stop - 1))
    if inside and acting is None:
        acting = ACTING[inside[1].lower()]
    position, organization = _split_office(doc, start, end, last, place_at, category)
    person, after = _name_after(doc, stop, place_at)
    return Naming(
        office_start, after if person else max(stop, end), person, position, category, acting, organization, place,
        provincial, start, stop,
    )  # fmt: skip


def _walk_tail(
    doc: Doc, i: int, category: str, place_at: dict[int, PlaceMention]
) -> tuple[int, int, PlaceMention | None, bool]:
    """Walk over the words of an office from token `i`.

    Gives the token after it, the token after its last word that is no place or bracket, its place, and whether it is a
    province's.
    """
    last, place, provincial = i, None, False
    while i < len(doc) and not (doc[i].is_sent_start and i):
        token, lower = doc[i], doc[i].lower_
        if i in place_at and place is None:
            place = place_at[i]
            i = _token_after(doc, place.end)
            continue
        if lower in ("provinsi", "prov", "prov.", "pemprov"):
            provincial = True
        if token.ent_type_ and place is None and i not in place_at:
            provincial = (
                provincial or token.ent_type_ == "PROVINCE" or doc[i - 1].lower_ in ("provinsi", "prov", "prov.")
            )
            i += 1
            continue
        if category == "local" and (after := _after_local_place(doc, i)) > i:
            i = after
            continue
        if token.text == "(":
            closing = _closing_bracket(doc, i)
            if closing is None or not _is_bracket_of_office(doc, i + 1, closing):
                break
            i = closing + 1
            continue
        if _is_tail_word(doc, i, category):
            i += 1
            last = i
            continue
        break
    while last > 0 and doc[last - 1].lower_ in ("dan", "&", "/", ",", "di", "dari", "pada", "-", "bidang") and last > 1:
        last -= 1
    while i > last and doc[i - 1].lower_ in ("dan", "&", "/", ",", "di", "dari", "pada", "-"):
        i -= 1
    return max(i, last), last, place, provincial


def _after_local_place(doc: Doc, i: int) -> int:
    """The token after the name of a kecamatan or desa right behind its head, as long as a name still follows; else `i`.

    Those places are in no gazetteer: "Camat Oba Utara Nurlela", "Lurah Ngleri Jati, Supriyono", "Kades Karangtengah
    Turyono". Up to the comma they are the place; without one it is a word, and a direction behind it.
    """
    if doc[i - 1].lower_ not in _LOCAL_HEADS or not doc[i].text[0].isupper() or is_prefix(doc[i].text):
        return i
    k = i
    while k < len(doc) and k - i < 4 and doc[k].text[0].isupper() and not doc[k].is_sent_start:
        k += 1
    if k + 1 < len(doc) and doc[k].text == "," and read_name(doc, k + 1) is not None and not _starts_office(doc, k + 1):
        return k
    after = i + 2 if i + 1 < len(doc) and doc[i + 1].lower_ in _DIRECTIONS else i + 1
    return after if after < len(doc) and read_name(doc, after) is not None and not doc[after].is_sent_start else i


def _skip_affiliation(doc: Doc, i: int) -> int:
    """The comma or "ialah" after where somebody comes from: "asesor yang memimpin wawancara, Prof. X".

    Gives `i` itself where no name follows within ten words.
    """
    if i >= len(doc) or doc[i].lower_ not in _AFFILIATION:
        return i
    for k in range(i, min(i + 11, len(doc) - 1)):
        if doc[k].is_sent_start or doc[k].text in '.;:"“”(':
            return i
        if doc[k].lower_ in ("ialah", "adalah", "yakni", "yaitu") or (doc[k].text == "," and _is_apposition(doc, k)):
            return k
    return i


def _is_apposition(doc: Doc, comma: int) -> bool:
    """Whether a full name, or one with an honorific, follows the comma."""
    person = read_name(doc, comma + 1)
    return person is not None and not doc[comma + 1].is_sent_start and (person.words > 1 or person.prefix is not None)


def _is_tail_word(doc: Doc, i: int, category: str) -> bool:
    token, lower = doc[i], doc[i].lower_
    following = doc[i + 1] if i + 1 < len(doc) else None
    if category in ("company", "committee", "expert") and any(
        span.start == i and span.label_ in ("head_of_region", "regional", "agency") for span in doc.spans["positions"]
    ):
        return False
    if re.fullmatch(r"[A-E]", token.text):
        return doc[i - 1].lower_ == "komisi"
    if token.text == "I" and following is not None and following.lower_ in _AFTER_BALINESE_I:
        return False
    # Among mixed-case words capitals are an acronym: "Direktur LAIP Bayu Praditha".
    if re.fullmatch(r"[A-Z]{3,}", token.text) and following is not None and following.text.istitle():
        return not is_prefix(token.text)
    if category in ("agency", "agency_whole", "company", "council", "central") and _is_unknown_field(doc, i):
        return True
    if any(_UNIVERSITY.fullmatch(doc[k].text) for k in (i - 1, i - 2) if k >= 0) and token.text[0].isupper():
        return _university_goes_on(doc, i)
    if lower in ("dan", "&", "/", "-"):
        return following is not None and _is_office_word(following.text) and not _starts_office(doc, i + 1)
    if token.text == "," and following is not None and following.lower_ == "dan" and i + 2 < len(doc):
        return _is_office_word(doc[i + 2].text) and not _starts_office(doc, i + 2)
    if token.text == ",":
        return (
            following is not None
            and following.text[0].isupper()
            and following.lower_ in _office_words()
            and not _starts_office(doc, i + 1)
            and _list_goes_on(doc, i + 1)
        )
    if lower in ("di", "dari", "pada"):
        return (
            category in ("expert", "central", "company", "agency")
            and following is not None
            and _is_office_word(following.text)
        )
    if _LOWER_AGENCY.fullmatch(token.text):
        return True
    if token.text[0].islower() and lower not in ("bidang", "urusan", "umum", "muda", "madya", "ahli", "smart", "city"):
        return False
    return _is_office_word(token.text)


def _is_unknown_field(doc: Doc, i: int) -> bool:
    """Whether an unknown capitalised word belongs to the office by what follows it.

    "Kadis Infokom dan Persandian", "Dinas Staper Kabupaten X", "Kabid Aptika, Harso Gutomo": more of the office, its
    place, or after a comma the full name.
    """
    if not doc[i].text[0].isupper() or i + 2 >= len(doc) or is_prefix(doc[i].text) or doc[i].text[0:1] == "(":
        return False
    following = doc[i + 1]
    if following.lower_ in ("dan", "&"):
        return _is_office_word(doc[i + 2].text) and not _starts_office(doc, i + 2) and not is_prefix(doc[i + 2].text)
    if following.lower_ in ("kabupaten", "kota", "kab", "kab.", "provinsi", "prov."):
        return True
    if doc[i - 1].lower_ not in _TAKES_A_FIELD:
        return False
    # "Kabid Destinasi, Maria …", "Kepala UPT Pasar Induk, Sudirman", "perwakilan PT Tambang Raya, Kevin …"
    k = i
    while (
        k < len(doc)
        and k - i < 4
        and (doc[k].text[0].isupper() or doc[k].lower_ == "setempat")
        and not doc[k].is_sent_start
    ):
        if is_prefix(doc[k].text):
            return False
        k += 1
    person = read_name(doc, k + 1) if k + 1 < len(doc) and doc[k].text == "," else None
    if person is None or _starts_office(doc, k + 1) or doc[k + 1].is_sent_start:
        return False
    return person.words > 1 or person.prefix is not None or doc[min(person.end, len(doc) - 1)].text in ",."


def _university_goes_on(doc: Doc, i: int) -> bool:
    """Whether token `i` still names the university: a word of our list, or what stands before a comma or a prefix."""
    if is_prefix(doc[i].text):
        return False
    if doc[i].lower_ in _office_words():
        return True
    ahead = [doc[k] for k in range(i + 1, min(i + 4, len(doc)))]
    return not ahead or not ahead[0].text[0].isupper() or any(t.text in ",(" or is_prefix(t.text) for t in ahead[:2])


def _is_office_word(word: str) -> bool:
    lower = word.lower()
    if "-" in word and any(part.lower() in _office_words() for part in word.split("-")):
        return True
    if lower in _office_words() or _FIELD_OF_RANK.match(word):
        return True
    if re.fullmatch(
        r"(?:Kominfo|Dis|Dinkom|Dinkes|Dinsos|Dinhub|Dinpar|Bap|Bak|Bal|Kesbang|Kemen|Kem|Prok|Satpol|Setda)[a-z]{2,}",
        word,
    ):
        return True
    if re.fullmatch(r"[A-Z]{2,}[a-z]+\w*", word):  # UMSurabaya, PANRb
        return True
    is_acronym = word.isupper() and len(word) > 1 and word.isalpha() and word not in _INITIALS and not is_prefix(word)
    return (
        (is_acronym and not re.search(r"[AEIOU].*[AEIOU]", word))
        or bool(re.fullmatch(r"[A-Z]{2,}(?:[-/][A-Z]{2,})+", word))
        or (is_acronym and len(word) <= 6 and lower in _office_words())
    )


def _list_goes_on(doc: Doc, i: int) -> bool:
    """Whether the words from `i` are more of an agency's name ("Riset dan Inovasi Daerah") and not a new person."""
    words = 0
    while i < len(doc) and (_is_office_word(doc[i].text) or doc[i].lower_ in ("dan", "&", ",")) and words < 8:
        if doc[i].lower_ in ("dan", "&"):
            return True
        i += 1
        words += 1
    return False


def _starts_office(doc: Doc, i: int) -> bool:
    return any(span.start == i for span in doc.spans["positions"]) or doc[i].lower_.rstrip(".") in ACTING


def _closing_bracket(doc: Doc, i: int) -> int | None:
    return next((k for k in range(i + 1, min(i + 9, len(doc))) if doc[k].text == ")"), None)


def _is_bracket_of_office(doc: Doc, start: int, end: int) -> bool:
    return (
        start < end
        and all(
            _is_office_word(doc[k].text) or doc[k].text[0].isupper() or doc[k].lower_ in ("dan", "&", ".")
            for k in range(start, end)
        )
        and not any(doc[k].like_num for k in range(start, end))
    )


def _acting_before(doc: Doc, start: int) -> tuple[Acting | None, int]:
    """The marker Plt./Pj./Pjs./Plh. right before an office, and the token where it begins."""
    before = text_of(doc)[max(0, doc[start].idx - 40) : doc[start].idx]
    match = _ACTING.search(before)
    if not match:
        return None, start
    offset = doc[start].idx - (len(before) - match.start())
    return ACTING[match[1].lower()], token_at(doc, offset)


def _split_office(
    doc: Doc, start: int, head_end: int, last: int, place_at: dict[int, PlaceMention], category: str
) -> tuple[str, str | None]:
    """Office and organisation of an office as written, place and brackets left out of the office."""
    words = []
    i = start
    while i < last:
        if i in place_at and i >= head_end:
            i = _token_after(doc, place_at[i].end)
            continue
        if doc[i].text == "(":
            closing = _closing_bracket(doc, i)
            i = (closing or i) + 1
            continue
        if not doc[i].ent_type_ or i < head_end:
            words.append(doc[i].text + doc[i].whitespace_)
        i += 1
    office = re.sub(r"\s+([,/])", r"\1", " ".join("".join(words).split()))
    head = " ".join(doc[start:head_end].text.split())
    # The kind of place goes with the place, but never the head itself: "Wali Kota" ends with one.
    office = head + _KIND_OF_PLACE.sub("", office[len(head) :])
    if category in ("head_of_region", "regional", "province"):
        return re.split(r"\s+(?=Pemerintah\b|Setda|Sekretariat Daerah)", office)[0], None
    match = next((m for m in _ORGANIZATION.finditer(office) if m.start() > 0), None)
    if (
        match
        and category not in ("council",)
        and not office.lower().startswith(("kepala dinas", "sekretaris dprd", "ketua dprd"))
    ):
        head = office[: match.start()].rstrip(" ,")
        head = re.sub(r"\s+(?:dari|di|pada)$", "", head)
        if head and head.lower() not in ("kepala", "sekretaris", "ketua"):
            return head, office[match.start() :]
    if category in ("agency", "agency_whole"):
        agency = re.sub(r"^(?:kepala pelaksana|kepala|sekretaris|ka\.)\s+", "", office, flags=re.IGNORECASE)
        return office, agency if agency != office and not re.match(r"(?i)bidang|bagian|seksi|sub", agency) else None
    return office, None


def _name_after(doc: Doc, i: int, place_at: dict[int, PlaceMention]) -> tuple[PersonName | None, int]:
    """The name after an office that ends before token `i`: straight on, or after a comma, "yakni" or an honorific."""
    k = i
    while (
        k < len(doc)
        and doc[k].lower_ in (",", ":", "yakni", "yaitu", "ialah", "adalah", "bernama", "atas", "nama")
        and k - i < 3
    ):
        k += 1
    if k >= len(doc) or (doc[k].is_sent_start and k != i) or k in place_at or _starts_office(doc, k):
        return None, i
    person = read_name(doc, k)
    if person is None or doc[k].is_sent_start:
        return None, i
    first = doc[k + len((person.prefix or "").split())]
    if not is_prefix(first.text) and (
        first.lower_ in _office_words() if person.words > 1 else _is_office_word(person.name)
    ):
        return None, i
    return person, person.end


def _with_name_before(doc: Doc, naming: Naming, namings: list[Naming]) -> Naming:
    """Give an office without a name the person that stands before it: "Budi Santoso selaku Kepala Dinas X"."""
    if naming.person is not None:
        return naming
    i = naming.start - 1
    linked = False
    while i >= 0 and doc[i].lower_ in ("selaku", "sebagai", ",", "(", "yang", "juga", "merupakan", "seorang", "salah"):
        linked = linked or doc[i].lower_ in ("selaku", "sebagai")
        i -= 1
    if i == naming.start - 1 or i < 0 or any(other.end == i + 1 and other.person for other in namings):
        return naming
    for back in range(min(12, i + 1), 0, -1):
        k = i - back + 1
        if not doc[k].text[0].isupper() or (
            k
            and doc[k - 1].text[0].isupper()
            and not doc[k].is_sent_start
            and not _is_office_word(doc[k - 1].text)
            and doc[k - 1].lower_ not in ("oleh", "menurut", "kata")
        ):
            continue
        person = read_name(doc, k)
        enough = person is not None and (
            person.words > 1 or person.prefix or (k and doc[k - 1].lower_ in ("oleh", "kata", "menurut"))
        )
        if person and person.end == i + 1 and enough and not _has_office_word(doc, person):
            return replace(naming, person=person, start=person.start)
    return naming


def _official(doc: Doc, person: Person, subject: str | None, namings: list[Naming]) -> Official:
    fullest = max(person.namings, key=lambda n: (n.position is not None, n.category not in ("committee", ""), -n.start))
    named = max((n.person for n in person.namings if n.person), key=lambda p: _fullness(p.name))
    prefix = next((n.person.prefix for n in person.namings if n.person and n.person.prefix), None)
    degrees = max((n.person.degrees for n in person.namings if n.person), key=len)
    acting = next((n.acting for n in person.namings if n.acting and n.category == fullest.category), fullest.acting)
    regency = _regency_of(fullest, subject)
    start, end = doc[fullest.start].idx, doc[fullest.end - 1].idx + len(doc[fullest.end - 1].text)
    return Official(
        name=named.name,
        prefix=prefix,
        degrees=degrees,
        position=fullest.position,
        acting=acting,
        organization=_organization_of(fullest, regency, person, namings),
        regency=regency,
        represents=_represents(doc, fullest, namings),
        is_quoted=False,
        start=start,
        end=end,
        confidence=_confidence(fullest, named),
    )


def _fullness(name: str) -> tuple[int, int]:
    return len(name.split()), len(name)


def _confidence(naming: Naming, person: PersonName) -> float:
    if naming.position is None:
        return 0.4 if person.words < 3 else 0.5
    return 0.9 if person.words > 1 or person.degrees else 0.75


def _regency_of(naming: Naming, subject: str | None) -> str | None:
    if naming.category not in _LOCAL or naming.is_provincial:
        return None
    if naming.place:
        return naming.place.code
    if naming.organization and re.match(r"(?i)kementerian|kemen|universitas|institut", naming.organization):
        return None
    return subject


def _organization_of(naming: Naming, regency: str | None, person: Person, namings: list[Naming]) -> str | None:
    if naming.category in ("head_of_region", "regional"):
        if regency:
            return f"Pemerintah {places()[regency].name}".replace("Kota Administrasi", "Kota")
        return "Pemerintah Provinsi" if naming.is_provincial else None
    if naming.organization:
        return naming.organization
    if (
        naming.category == "agency"
        and naming.position
        and re.match(r"(?i)(?:kepala |ka)b(?:idang|id)|kasi|kepala seksi", naming.position)
    ):
        before = [n for n in namings if n.start < naming.start and n.organization and n.category == "agency"]
        return before[-1].organization if before else None
    if naming.category == "agency" and naming.position and re.match(r"(?i)kepala bagian|kabag", naming.position):
        return "Setda"
    if naming.category == "council":
        return "DPRD"
    return None


def _represents(doc: Doc, naming: Naming, namings: list[Naming]) -> str | None:
    """Whom the person stands for: "X, yang diwakili oleh <person>", "mewakili X, <person>", "<person>, mewakili X"."""
    text = text_of(doc)
    start, end = doc[naming.start].idx, _end_of(doc, naming.end - 1)
    left = [other for other in namings if other.end <= naming.start]
    if left:
        previous = left[-1]
        between = text[_end_of(doc, previous.end - 1) : start]
        before = text[max(0, doc[previous.start].idx - 25) : doc[previous.start].idx]
        if re.search(r"(?:diwakili|dibacakan|disampaikan)(?:\s+oleh)?\s*$", between) and "." not in between:
            return _called(doc, previous)
        if re.search(r"(?:mewakili|atas nama)\s*$", before, re.IGNORECASE) and re.fullmatch(r"\s*,?\s*", between):
            return _called(doc, previous)
    after = _STANDS_FOR.match(text, end)
    if after is None:
        return None
    right = [other for other in namings if -2 <= doc[other.start].idx - after.end() <= 8]
    return _called(doc, right[0]) if right else None


def _called(doc: Doc, naming: Naming) -> str:
    if naming.person:
        return naming.person.name
    return text_of(doc)[doc[naming.start].idx : doc[naming.office_end - 1].idx + len(doc[naming.office_end - 1].text)]


def _places_by_token(doc: Doc, mentions: list[PlaceMention]) -> dict[int, PlaceMention]:
    """The place that each token is part of; "Kota Jayapura" begins inside the head "Wali Kota"."""
    places_of: dict[int, PlaceMention] = {}
    for mention in mentions:
        span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
        if span is not None:
            places_of.update({token.i: mention for token in span})
    return places_of


def _token_after(doc: Doc, offset: int) -> int:
    return token_at(doc, offset)
