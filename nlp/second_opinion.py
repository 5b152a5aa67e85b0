"""A second opinion on names: where the trained reader of names sees a person whom the grammar of offices passed over.

The grammar knows offices and how names stand beside them; the trained reader knows what names look like. Alone each
errs: here the second only mends what the first read as a name though it is a place or part of an office, and adds
persons who stand beside an office, bear a title or a degree, or speak.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Doc, Span

from nlp.names import PersonName, is_prefix, read_name
from nlp.namings import Naming, has_office_word
from nlp.offices import head_at
from nlp.tokens import text_of
from nlp.words import in_furniture

_BETWEEN = frozenset([",", "(", "-", "–", ":", "yakni", "yaitu", "bernama", "ialah", "adalah"])


def ask_again(doc: Doc, namings: list[Naming]) -> list[Naming]:
    """The namings, mended and completed by the entities in `doc.spans["entities"]`, in order."""
    entities: list[Span] = list(doc.spans.get("entities", ()))
    label_at = {token.i: entity for entity in entities for token in entity}
    mended = [_mended(doc, naming, label_at) for naming in namings]
    named = {i for naming in mended if naming.person for i in range(naming.person.start, naming.person.end)}
    for entity in entities:
        if entity.label_ == "PER" and not any(token.i in named for token in entity):
            # Within an office and its holder it is what the office is named after: "Direktur RSUD H. Abdul Manan, dr. X".
            if any(naming.person and naming.start <= entity.start < naming.end for naming in mended):
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
    if person is None or not naming.position or person.prefix or person.degrees or person.start < naming.start:
        return naming
    labels = {label_at[i].label_ if i in label_at else "" for i in range(person.start, person.end)}
    k = person.end + (person.end < len(doc) and doc[person.end].text == ",")
    if "PER" in labels or k >= len(doc) or k not in label_at or doc[k].is_sent_start:
        return naming
    other = _person_of(doc, label_at[k], k) if label_at[k].label_ == "PER" else None
    if other is None:
        return naming
    position = naming.position if labels == {"LOC"} else f"{naming.position} {person.name}"
    return replace(naming, person=other, position=position, end=other.end)


def _person_of(doc: Doc, entity: Span, start: int) -> PersonName | None:
    """The name of an entity, honorifics from token `start` on; None where the grammar of names reads another."""
    person = read_name(doc, start)
    if person is None or person.end < entity.end or has_office_word(doc, person):
        return None
    return person if person.words > 1 or person.prefix else None


def _overlooked(doc: Doc, entity: Span, label_at: dict[int, Span], namings: list[Naming]) -> Iterator[Naming]:
    """The person of an entity as a naming, with the office beside it."""
    start = entity.start
    while start and is_prefix(doc[start - 1].text) and not doc[start].is_sent_start:
        start -= 1
    person = _person_of(doc, entity, start)
    if person is None or in_furniture(text_of(doc), doc[start].idx):
        return
    office = _office_before(doc, start, label_at)
    if office is not None:
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
