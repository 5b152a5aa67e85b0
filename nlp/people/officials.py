"""Officials: the people of the story, each once, with office, government, and whom they stand for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from spacy.tokens import Doc

from nlp.extraction import Official, Span
from nlp.gazetteer import places
from nlp.people.names import PersonName, alike, first_letter, fold_name, read_name, same_person
from nlp.people.namings import Naming, has_office_word
from nlp.tokens import end_of, sentence_at, text_of, token_at, words_of
from nlp.words import any_of, in_furniture


@dataclass(slots=True)
class Person:
    """An official while the article is being read; namings of one person gather here."""

    name: str
    """The fullest form of the name."""
    namings: list[Naming] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    """Where the person is named, in characters and in order, by one word of the name too."""


_MANY = 100
"""Namings looked back at: a text with more is a list, which names everybody once, and reading it must not take ages."""
_LOCAL = frozenset(["local", "head_of_region", "regional", "agency", "agency_whole", "field", "council", "committee"])
_NOT_LOCAL = re.compile(
    r"\b(?:kementerian|kemen|kemkom|universitas|institut|politeknik|direktorat|ditjen|otorita|bappenas|bssn|bps|bppt|lipi|brin)",
    re.IGNORECASE,
)
_UNIVERSITY_IN_SHORT = re.compile(r"\b(?:UM[A-Z][a-z]\w*|UIN|IAIN|UGM|ITB|ITS|UI|IPB|UPI)\b")  # UMSurabaya, UMKendari
# Heads of local bodies that are no agencies, unless they are companies, schools or associations of a trade.
_LOCAL_BODY = re.compile(r"(?:ketua|wakil ketua|sekretaris|perwakilan|duta digital)\b", re.IGNORECASE)
_NOT_A_LOCAL_BODY = re.compile(
    r"\b(?:umum|harian|pt|cv|asosiasi|perkumpulan|ikatan|himpunan|yayasan|lsm|stai|stie|stmik|klasis|sinode|paroki|keuskupan|kpu|bawaslu|pengadilan|komisi|dpc|dpw|dpd|lembaga|institute|prodi|lppm)\b"
    r"|\btim(?: (?:asesor|verifik\w+|penyusun|penilai|evaluator|ahli|pendamping|juri)|$)",
    re.IGNORECASE,
)
_BELOW_AN_AGENCY = re.compile(r"(?:kepala |ka)b(?:idang|id)|kasi|kepala seksi", re.IGNORECASE)
_SETDA = re.compile(r"setda|sekretariat daerah", re.IGNORECASE)
_BELOW_THE_SECRETARY = re.compile(r"kepala bagian|kabag", re.IGNORECASE)
_SCHOLAR = re.compile(r"\b(?:prof|dr)\b", re.IGNORECASE)
_NICKNAME = re.compile(r"(?:disapa|dipanggil|sapaan)\s+$")
_SAID_BEFORE = re.compile(rf"(?<!\w){any_of('speech')}\s+(?:dia\s+|pak\s+|bu\s+)?$")
_SAYS_AFTER = re.compile(
    rf"(?:\s*\([1-9]\d(?:\s+(?:tahun|th))?\))?(?:,\s*|\s+)(?:juga\s+|pun\s+|turut\s+|kembali\s+|sendiri\s+|sekaligus\s+)*{any_of('says')}\b"
)
# "Martini (54), warga Desa X": only people have an age.
_FROM_THE_CENTRE = re.compile(r"Dari (?:pihak )?(?:Kem\w+|kementerian|pusat|Komdigi|Kominfo RI)\b")
_IS_OF_THE_CENTRE = re.compile(
    r"\bdari (?:Kem\w+|kementerian|pusat|Komdigi|Kominfo RI)[^.;,]{0,30}\s(?:ialah|yakni|yaitu|adalah),?\s*$"
)
_AGE = re.compile(r"\s*(?:\([1-9]\d(?:\s+(?:tahun|th))?\),?\s+[a-z]|,\s*[1-9]\d\s+tahun,)")
_BROUGHT_ALONG = re.compile(r"(?:ditemani|didampingi|bersama|oleh|dan|serta|,)\s*$")
_COMES_FROM = re.compile(r"\s+(?:dari|asal)\s+(?:Universitas|Institut|Kementerian|Kemen|Kem)")
# "<person>, mewakili X" · "<person> yang hadir membacakan sambutan X"
_STANDS_FOR = re.compile(rf"[\s,]*(?:[^.,\n]{{0,30}}\s)?{any_of('stands_for')}\s+")
# "mewakili X, <person>"
_IN_THE_NAME_OF = re.compile(r"(?:mewakili|atas nama)\s*$", re.IGNORECASE)
# "X, yang diwakili oleh <person>"
_IS_REPRESENTED_BY = re.compile(
    r"(?:diwakili|diwakilkan|dibacakan|disampaikan|melalui|lewat)(?:\s+(?:oleh|kepada|pada))?\s*$"
)


def find_people(doc: Doc, namings: list[Naming]) -> list[Person]:
    """The people of the article, those too who only speak, in order of appearance; each with all namings."""
    people: list[Person] = []
    by_name: dict[str, Person] = {}
    for naming in [*namings, *_speaking_names(doc, namings)]:
        if naming.person is None:
            continue
        name, key = naming.person.name, fold_name(naming.person.name)
        person = by_name.get(key) or _alike(people, name) or _in_short(people, naming)
        if person is None or (key not in by_name and _is_namesake(doc, person, naming)):
            person = Person(name)
            people.append(person)
        by_name[key] = person
        person.name = max(person.name, name, key=_fullness)
        person.namings.append(naming)
    _find_spans(doc, people)
    return sorted(people, key=lambda person: min(naming.start for naming in person.namings))


def find_officials(doc: Doc, people: list[Person], namings: list[Naming], subject: str | None) -> tuple[Official, ...]:
    """The people as Officials, in their order, none of them marked as quoted yet.

    `subject` is the regency whose government a local office belongs to when none is said.
    """
    return tuple(_official(doc, person, subject, namings) for person in people)


def _in_short(people: list[Person], naming: Naming) -> Person | None:
    """The one person of the same office whose name this one cuts short: "Bupati Frans", Fransiskus."""
    short = fold_name(naming.person.name) if naming.person else ""
    if len(short) < 3 or " " in short or not naming.category:
        return None
    found = [
        person
        for person in people[-_MANY:]
        if any(other.category == naming.category for other in person.namings)
        and any(word.startswith(short) for word in _words_of(person.name))
    ]
    return found[0] if len(found) == 1 else None


def _is_namesake(doc: Doc, person: Person, naming: Naming) -> bool:
    """Whether a sentence names two whose names are alike, each with an office: "Kadis A, Hadi; Kadis B, Hadi Y"."""
    sentence = sentence_at(doc, naming.start)
    return bool(naming.position) and any(
        other.position
        and other.position != naming.position
        and other.office_end < naming.start
        and sentence_at(doc, other.start) == sentence
        for other in person.namings
    )


def _alike(people: list[Person], name: str) -> Person | None:
    """The one person who bears a part of this name, or the name with a slip of the pen; None where several do."""
    found = [person for person in people[-_MANY:] if same_person(person.name, name)]
    return found[0] if len(found) == 1 else None


def _speaking_names(doc: Doc, namings: list[Naming]) -> Iterator[Naming]:
    """Persons named without an office who act: "kata Budi Santoso", "Budi Santoso mengatakan", "Prof. Budi"."""
    taken = {i for naming in namings for i in range(naming.start, naming.end)}
    words = words_of(doc)
    for i, word in enumerate(words):
        if not word[0].isupper() or i in taken or (i > 0 and words[i - 1][0].isupper() and not doc[i].is_sent_start):
            continue
        person = read_name(doc, i)
        if person is None or (person.words < 2 and not person.prefix and not _is_person_alone(doc, person)):
            continue
        if has_office_word(doc, person):
            continue
        if _acts(doc, person) and not in_furniture(text_of(doc), doc[i].idx):
            yield Naming(person.start, person.end, person)


def _is_sent_from_the_centre(doc: Doc, naming: Naming, namings: list[Naming]) -> bool:
    """Whether an office without a place is of a ministry: "Pemateri dari kementerian ialah Koordinator X, Y"."""
    if naming.place or naming.category not in ("field", "central", "expert", "agency"):
        return False
    start = doc[naming.start].idx
    before = text_of(doc)[max(doc[naming.start].sent.start_char, start - 150) : start]
    if _FROM_THE_CENTRE.match(before) or _IS_OF_THE_CENTRE.search(before):
        return True
    previous = _naming_before(namings, naming)
    stands_for = previous is not None and _IS_REPRESENTED_BY.search(text_of(doc)[end_of(doc, previous.end - 1) : start])
    return bool(stands_for and previous and previous.category == "central" and not previous.place)


def _is_person_alone(doc: Doc, person: PersonName) -> bool:
    """Whether a single word is a person's name by the age that stands behind it, as the trained reader agrees."""
    is_person = person.start in doc.user_data.get("person_tokens", ())
    return is_person and bool(_AGE.match(text_of(doc), end_of(doc, person.end - 1)))


def _acts(doc: Doc, person: PersonName) -> bool:
    """Whether somebody named without an office speaks, or bears a degree or comes from where experts come from."""
    start, end = doc[person.start].idx, end_of(doc, person.end - 1)
    before = text_of(doc)[max(0, start - 25) : start]
    if _NICKNAME.search(before):
        return False
    if person.degrees or _SCHOLAR.search(person.prefix or "") or _SAID_BEFORE.search(before):
        return True
    is_apposition = person.words > 1 and _BROUGHT_ALONG.search(before)
    after = text_of(doc)[end : end + 120]
    return bool(_SAYS_AFTER.match(after) or _AGE.match(after) or (is_apposition and _COMES_FROM.match(after)))


def _find_spans(doc: Doc, people: list[Person]) -> None:
    """Give each person the places where he is named: in full, or by one word of three letters or more of the name."""
    owners = _owners(doc, people)
    names = _names_by_letter(people)
    bearers: dict[str, list[Person]] = {}
    for i, word in enumerate(words_of(doc)):
        if not word[0].isupper() or len(word) < 3:
            continue
        lower = word.lower()
        near = names.get(first_letter(lower), [])
        # Most words begin as no name does; a token is dear to ask.
        if not (near or i in owners) or (doc[i].ent_type_ and not doc[i].is_sent_start):
            continue
        if i in owners:
            found = [owners[i]] if any(alike(lower, other) for other in _words_of(owners[i].name)) else []
        elif lower in bearers:
            found = bearers[lower]
        else:
            found = bearers[lower] = _bearers(near, lower)
        if not found and len(lower) > 3 and near:
            found = _shortly(doc, i, near)
        for person in found:
            person.spans.append((doc[i].idx, end_of(doc, i)))
    for person in people:
        full = [naming.person for naming in person.namings if naming.person]
        person.spans = sorted({*person.spans, *((doc[n.start].idx, end_of(doc, n.end - 1)) for n in full)})


def _shortly(doc: Doc, i: int, names: list[tuple[Person, tuple[str, ...]]]) -> list[Person]:
    """The one whose name token `i` begins, where somebody speaks: "tutup Theo", "Reni berkelakar"."""
    text = text_of(doc)
    is_person = i in doc.user_data.get("person_tokens", ())
    speaks = _SAYS_AFTER.match(text, end_of(doc, i)) or _SAID_BEFORE.search(text[max(0, doc[i].idx - 25) : doc[i].idx])
    if not speaks and (not is_person or len(names) > _MANY):
        return []
    word = doc[i].lower_
    found = [person for person, words in names if any(other.startswith(word) for other in words)]
    return found if len(found) == 1 else []


def _owners(doc: Doc, people: list[Person]) -> dict[int, Person]:
    """Whose full name each token is part of: of two who share a word each keeps his own."""
    return {
        i: person
        for person in people
        for naming in person.namings
        if naming.person
        for i in range(naming.person.start, naming.person.end)
    }


def _names_by_letter(people: list[Person]) -> dict[str, list[tuple[Person, tuple[str, ...]]]]:
    """The people with the words of their names, under the first letter of each: words alike begin alike."""
    names: dict[str, list[tuple[Person, tuple[str, ...]]]] = defaultdict(list)
    for person in people:
        words = _words_of(person.name)
        for letter in sorted({first_letter(word) for word in words}):
            names[letter].append((person, words))
    return names


@lru_cache(maxsize=2**12)
def _words_of(name: str) -> tuple[str, ...]:
    """The words of three letters or more of a name, in lower case."""
    return tuple(word.lower() for word in re.findall(r"[^\W\d_]{3,}", name) if word[0].isupper())


def _bearers(names: list[tuple[Person, tuple[str, ...]]], word: str) -> list[Person]:
    """Those whom a word alone may name; where several bear it, those who are called so, by the first name."""
    found = [(person, words[0]) for person, words in names if any(alike(word, other) for other in words)]
    return [person for person, first in found if alike(word, first)] or [person for person, _ in found]


def _official(doc: Doc, person: Person, subject: str | None, namings: list[Naming]) -> Official:
    """The person as an Official: the fullest naming gives the office, the fullest name the name."""
    fullest = max(person.namings, key=lambda n: (n.position is not None, n.category not in ("committee", ""), -n.start))
    names = [naming.person for naming in person.namings if naming.person]
    regency = (
        None
        if _is_sent_from_the_centre(doc, fullest, namings)
        else _regency_of(fullest, _host_of(doc, fullest, namings) or subject)
    )
    return Official(
        name=person.name,
        prefix=next((name.prefix for name in names if name.prefix), None),
        degrees=max((name.degrees for name in names), key=len),
        position=fullest.position,
        acting=next((n.acting for n in person.namings if n.acting and n.category == fullest.category), None),
        organization=_organization_of(fullest, regency, namings),
        regency=regency,
        represents=_represents(doc, fullest, namings),
        is_quoted=False,
        start=doc[fullest.start].idx,
        end=end_of(doc, fullest.end - 1),
        confidence=_confidence(fullest, max(names, key=lambda name: _fullness(name.name))),
    )


def _fullness(name: str) -> tuple[int, int]:
    return len(name.split()), len(name)


def _confidence(naming: Naming, person: PersonName) -> float:
    """Set by hand: an office and a whole name are nearly sure, a short name without an office goes to review."""
    if naming.position is None:
        return 0.4 if person.words < 3 else 0.5
    return 0.9 if person.words > 1 or person.degrees else 0.75


def _regency_of(naming: Naming, subject: str | None) -> str | None:
    body = naming.position or ""
    is_local_body = naming.category in ("company", "expert", "central") and _LOCAL_BODY.match(body)
    if is_local_body and (_NOT_A_LOCAL_BODY.search(body) or _NOT_LOCAL.search(body) or " " not in body):
        return None
    if (naming.category not in _LOCAL and not is_local_body) or naming.is_provincial:
        return None
    if naming.place:
        return naming.place.code
    whole = f"{naming.position} {naming.organization}"
    return None if _NOT_LOCAL.search(whole) or _UNIVERSITY_IN_SHORT.search(whole) else subject


def _host_of(doc: Doc, naming: Naming, namings: list[Naming]) -> str | None:
    """The regency of the head of region named before in a list: "disambut Wakil Bupati Paser X bersama Camat Y"."""
    previous, sentence = _naming_before(namings, naming), sentence_at(doc, naming.start)
    for _ in range(_MANY):
        if previous is None or sentence_at(doc, previous.start) != sentence:
            return None
        if previous.category in ("head_of_region", "regional") and previous.person and previous.place:
            return None if previous.is_provincial else previous.place.code
        if previous.place or previous.end == 0:
            return None
        previous = _naming_before(namings, previous)
    return None


def _organization_of(naming: Naming, regency: str | None, namings: list[Naming]) -> str | None:
    """The organisation said with the office, else the one that such an office belongs to."""
    if naming.category in ("head_of_region", "regional"):
        if regency:
            return f"Pemerintah {places()[regency].name}".replace("Kota Administrasi", "Kota")
        return "Pemerintah Provinsi" if naming.is_provincial else None
    if naming.organization:
        return naming.organization
    if naming.category == "council":
        return "DPRD"
    if naming.category != "agency" or not naming.position:
        return None
    if _BELOW_AN_AGENCY.match(naming.position):
        before = [n.organization for n in namings if n.start < naming.start and n.category == "agency"]
        # A bidang belongs to a dinas or badan, never to the Setda of a bagian named in between.
        agencies = [organization for organization in before if organization and not _SETDA.match(organization)]
        return agencies[-1] if agencies else None
    return "Setda" if _BELOW_THE_SECRETARY.match(naming.position) else None


def _represents(doc: Doc, naming: Naming, namings: list[Naming]) -> str | None:
    """Whom the person stands for, by name or, where only that is named, by office; None for nobody."""
    text = text_of(doc)
    start, end = doc[naming.start].idx, end_of(doc, naming.end - 1)
    previous = _naming_before(namings, naming)
    if previous:
        between = text[end_of(doc, previous.end - 1) : start]
        before = text[max(0, doc[previous.start].idx - 25) : doc[previous.start].idx]
        if "." not in between and _IS_REPRESENTED_BY.search(between):
            return _called(doc, previous)
        if between.strip() in ("", ",") and _IN_THE_NAME_OF.search(before):
            return _called(doc, previous)
    after = _STANDS_FOR.match(text, end)
    following = _naming_at(doc, namings, after.end()) if after else None
    return _called(doc, following) if following else None


def _naming_before(namings: list[Naming], naming: Naming) -> Naming | None:
    """The last naming that ends before this one begins."""
    at = bisect_left(namings, naming.start, key=lambda other: other.start)
    return next((namings[k] for k in range(at - 1, -1, -1) if namings[k].end <= naming.start), None)


def _naming_at(doc: Doc, namings: list[Naming], offset: int) -> Naming | None:
    """The first naming that begins at a character, or up to eight further on ("mewakili Bapak Bupati …")."""
    at = bisect_left(namings, token_at(doc, offset - 2), key=lambda other: other.start)
    return namings[at] if at < len(namings) and doc[namings[at].start].idx <= offset + 8 else None


def _called(doc: Doc, naming: Naming) -> str:
    if naming.person:
        return naming.person.name
    return text_of(doc)[doc[naming.start].idx : end_of(doc, naming.office_end - 1)]
