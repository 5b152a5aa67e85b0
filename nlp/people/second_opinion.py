"""A second opinion on names: where the trained reader of names sees a person whom the grammar of offices passed over.

The grammar knows offices and how names stand beside them; the trained reader knows what names look like. Alone each
errs: here the second only mends what the first read as a name though it is a place or part of an office, and adds
persons who stand beside an office, bear a title or a degree, or speak.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Doc, Span

from nlp.people.names import PersonName, is_known_name, is_prefix, read_name
from nlp.people.namings import Naming, has_office_word
from nlp.people.offices import head_at, is_listed_word
from nlp.tokens import text_of
from nlp.words import in_furniture

_LONGEST_CHAIN = 16
"""Tokens from where an office was thought to end to its holder."""
_IN_A_CHAIN = frozenset(
    [",", "dan", "&", "(", ")", "selaku", "setempat", "di", "pada", "dari", "bernama", "yakni", "yaitu", "ialah"]
)
_CALLED = frozenset(["bernama", "yakni", "yaitu", "ialah"])
_BETWEEN = frozenset([",", "(", "-", "–", ":", "yakni", "yaitu", "bernama", "ialah", "adalah"])


def ask_again(doc: Doc, namings: list[Naming]) -> list[Naming]:
    """The namings, mended and completed by the entities in `doc.spans["entities"]`, in order."""
    entities: list[Span] = list(doc.spans.get("entities", ()))
    label_at = {i: entity for entity in entities for i in range(entity.start, entity.end)}
    mended = [_mended(doc, naming, label_at) for naming in namings]
    named = {i for naming in mended if naming.person for i in range(naming.person.start, naming.person.end)}
    within = {i for naming in mended if naming.person for i in range(naming.start, naming.end)}
    for entity in entities:
        if entity.label_ == "PER" and named.isdisjoint(range(entity.start, entity.end)):
            # Within an office and its holder it is what the office is named after: "RSUD H. Abdul Manan, dr. X".
            if entity.start in within:
                continue
            for naming in _overlooked(doc, entity, label_at, mended):
                mended = [other for other in mended if other.person or not _overlap(other, naming)]
                mended.append(naming)
    return sorted(mended, key=lambda naming: naming.start)


def _overlap(one: Naming, other: Naming) -> bool:
    return one.start < other.end and other.start < one.end


def _mended(doc: Doc, naming: Naming, label_at: dict[int, Span]) -> Naming:
    """The naming with the person behind what it took for one: "Kepala UPT Pasar Roga, Berastagi, Lamhot Situngkir"."""
    person = naming.person
    if not naming.position or naming.category in ("head_of_region", "regional", "province"):
        return naming
    if person is None:
        other = _farther_on(doc, naming.office_end, label_at)
        return _with_holder(doc, naming, other) if other else naming
    # A name begins where the trained reader sees one; further on it may see a place: "Andi Baso".
    is_person = person.start in label_at and label_at[person.start].label_ == "PER"
    if person.prefix or person.degrees or person.start < naming.start or is_person:
        return naming
    other = _farther_on(doc, person.end, label_at)
    if other is not None:
        return _with_holder(doc, naming, other)
    labels = {label_at[i].label_ if i in label_at else "" for i in range(person.start, person.end)}
    is_listed = doc[person.start - 1].text == "," and naming.category == "local"
    is_place = labels == {"LOC"} and is_listed and not is_known_name(person.name)
    return replace(naming, person=None, end=max(naming.office_end, naming.start + 1)) if is_place else naming


def _with_holder(doc: Doc, naming: Naming, person: PersonName) -> Naming:
    """The naming with a person farther on, the words between them being of the office, save for places."""
    words = [token.text_with_ws for token in doc[naming.office_end : person.start] if not token.ent_type_]
    more = "".join(words).strip(" ,:(").removesuffix("yakni").removesuffix("yaitu").rstrip(" ,:")
    position = f"{naming.position} {more}" if more[:1].isalnum() else f"{naming.position}{more}"
    return replace(naming, person=person, position=position, end=person.end)


def _farther_on(doc: Doc, i: int, label_at: dict[int, Span]) -> PersonName | None:
    """The person behind a comma to whom words of an office from token `i` on lead, none of which are small.

    "Direktur Perumda Tirta | Saribu Sungai, Elok", "Duta Digital Kampung Rembele |, Bener Meriah, Win Aramiko".
    """
    is_free = False
    for k in range(i, min(i + _LONGEST_CHAIN, len(doc) - 1)):
        word = doc[k]
        is_free = is_free or word.lower_ == "selaku"  # "selaku technology partner, X"
        is_of_it = word.text[0].isupper() or word.text.isdigit() or word.lower_ in _IN_A_CHAIN or is_free
        if word.is_sent_start or head_at(doc, k) or not is_of_it or word.text in '.;“”"':
            return None
        if (word.text == "," or word.lower_ in _CALLED) and not doc[k + 1].is_sent_start:
            start = k + 1
            first = start
            while first + 1 < len(doc) and is_prefix(doc[first].text):
                first += 1
            if first in label_at and label_at[first].label_ == "PER" and label_at[first].start == first:
                return _person_of(doc, label_at[first], start, is_alone=True)
    return None


def _person_of(doc: Doc, entity: Span, start: int, is_alone: bool = False) -> PersonName | None:
    """The name of an entity, honorifics from token `start` on; None where the grammar of names reads another.

    A single word is a name where `is_alone` says that it stands between marks: ", Elok;".
    """
    person = read_name(doc, start)
    if person is None or person.end < entity.end or has_office_word(doc, person):
        return None
    if person.words > 1 or person.prefix or person.degrees:
        return person
    follows = doc[person.end].text if person.end < len(doc) else "."
    return person if is_alone and follows in ",;.()" else None


def _overlooked(doc: Doc, entity: Span, label_at: dict[int, Span], namings: list[Naming]) -> Iterator[Naming]:
    """The person of an entity as a naming, with the office beside it."""
    start = entity.start
    while start and is_prefix(doc[start - 1].text) and not doc[start].is_sent_start:
        start -= 1
    person = _person_of(doc, entity, start)
    if person is None or in_furniture(text_of(doc), doc[start].idx):
        return
    office = _office_before(doc, start, label_at)
    if office is not None and (head_at(doc, office.start) or not is_listed_word(office[0].text)):
        category = head_at(doc, office.start) or "agency"
        known = next((n for n in namings if n.person is None and n.start <= office.start < n.office_end), None)
        if known:
            yield replace(known, person=person, end=person.end)
        else:
            yield Naming(office.start, person.end, person, office.text, category, office_end=office.end)
    elif person.prefix:
        yield Naming(person.start, person.end, person)


def _office_before(doc: Doc, start: int, label_at: dict[int, Span]) -> Span | None:
    """The office that the trained reader found right before a name, past a comma or a place."""
    i = start - 1
    if i >= 0 and doc[i].lower_ in _BETWEEN:
        i -= 1
    if i in label_at and label_at[i].label_ in ("LOC", "ORG"):
        i = label_at[i].start - 1
    if i not in label_at or label_at[i].label_ != "POSITION" or any(t.is_sent_start for t in doc[i + 1 : start + 1]):
        return None
    return label_at[i]
