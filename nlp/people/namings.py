"""Namings: every place in the text where a person is named with an office, or an office stands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Span

from nlp.extraction import Acting
from nlp.people.names import PersonName, is_degree, is_known_name, is_prefix, read_name
from nlp.people.offices import (
    ACTING,
    DIRECTIONS,
    closing_bracket,
    head_at,
    is_in_a_double_name,
    is_listed_word,
    is_office_word,
    skip_affiliation,
    starts_office,
    walk_tail,
)
from nlp.regencies import PlaceMention
from nlp.tokens import end_of, text_of, token_at
from nlp.words import any_of, word_set


@dataclass(frozen=True, slots=True)
class Naming:
    """A person with an office, or one of the two alone; places are counted in tokens."""

    start: int
    end: int
    person: PersonName | None
    position: str | None = None
    category: str = ""
    """What the office belongs to, a key of `assets/positions.yml`; empty where no office is named."""
    acting: Acting | None = None
    organization: str | None = None
    place: PlaceMention | None = None
    is_provincial: bool = False
    office_end: int = 0
    """The token after the office; 0 where no office is named."""


_ACTING = re.compile(
    r"(?<!\w)(pelaksana tugas|pelaksana harian|penjabat sementara|pejabat sementara|penjabat|plt|plh|pjs|pj)\.?"
    r"(?:\s*\(\s*(?:plt|plh|pjs|pj)\.?\s*\))?\s*$",
    re.IGNORECASE,
)
_ACTING_INSIDE = re.compile(r"\(\s*(plt|plh|pjs|pj)\.?\s*\)", re.IGNORECASE)
_ORGANIZATION = re.compile(rf"\b{any_of('organization_heads')}\b", re.IGNORECASE)
_AGENCY_IS_THE_OFFICE = ("kepala dinas", "sekretaris dprd", "ketua dprd")
_KIND_OF_PLACE = re.compile(
    r"(?:\s+(?:Kabupaten|Kab\.?|Kota|Provinsi|Prov\.?|RI|Pemkab|Pemkot|Pemprov|dan|di|dari|,))+$"
)
_INTRODUCES = re.compile(rf"\s*[,:]?\s*(?:{any_of('introduces')}\b\s*[:,]?\s*)?", re.IGNORECASE)
_ONE_OF_THEM = re.compile(r"[^.\n]{0,80}\.\s+(?:Salah satunya|Satu di antaranya|Seorang di antaranya),?\s+")
_STANDS_WITHOUT_AGENCY = word_set("stands_without_agency")
_LINKS_TO_OFFICE = frozenset(["selaku", "sebagai", ",", "(", "yang", "juga", "merupakan", "seorang", "salah"])
_ORDINARY_PEOPLE = word_set("ordinary_people")
_HAVE_ORIGINS = frozenset(["expert", "council", "committee", "central", "company", "field"])
_COLLEAGUE = re.compile(
    r"\b(?:Rekannya|Koleganya|(?:Seorang|Satu|Dua|Tiga|Asesor) (?:lainnya|lain)|[Ss]alah (?:satu|seorang) anggotanya),"
    r"\s+"
)
_LISTS = frozenset([",", ";", "dan", "serta", "&", "maupun", "bersama"])
_OPENS_A_LIST = frozenset(["hanya", "yakni", "yaitu", "ialah", "adalah", "antaranya", "lain"])
_COUNTS = frozenset("dua tiga empat lima enam tujuh delapan kedua ketiga keempat kelima para beberapa sejumlah".split())
_SENT_BY = frozenset(["lewat", "melalui", "diwakili", "diwakilkan"])
_HOLDS_TOO = re.compile(
    r",?\s*(?:yang\s+)?(?:juga|sekaligus|merangkap|sekalian)(?:\s+(?:sebagai|selaku|menjabat|merangkap|jabatan))*\s*"
)
_OF_IT = re.compile(r"\b(\w{4,})nya\b")
_SPEAKS = re.compile(rf"\s+{any_of('says')}\b")
_SAYS_IT = re.compile(any_of("speech"))
_BEFORE_A_NAME = frozenset(["oleh", "menurut", "kata"])


def find_namings(doc: Doc, mentions: list[PlaceMention]) -> list[Naming]:
    """Every office in the text, with the person that it names where there is one, in order."""
    mentions = _without_names(doc, mentions)
    place_at = _places_by_token(doc, mentions)
    namings: list[Naming] = []
    done = 0
    for head in doc.spans["positions"]:
        naming = _read_office(doc, head, place_at) if head.start >= done else None
        if naming:
            namings.append(naming)
            done = naming.end
    ends = frozenset(naming.end for naming in namings)
    namings = [_with_name_before(doc, naming, ends) for naming in namings]
    namings = [
        _with_place_before(doc, naming, namings[max(0, k - 8) : k], place_at) for k, naming in enumerate(namings)
    ]
    namings = [_with_next_holder(doc, naming, namings[k + 1 : k + 2]) for k, naming in enumerate(namings)]
    return sorted([*namings, *_companions(doc, namings)], key=lambda naming: naming.start)


def has_office_word(doc: Doc, person: PersonName) -> bool:
    """Whether one of the words of a name belongs to offices, so that it is no name after all."""
    words = (doc[i].text for i in range(person.start, person.end - len(person.degrees)) if doc[i].text != "I")
    return any(is_office_word(word) and not is_prefix(word) for word in words)


def _without_names(doc: Doc, mentions: list[PlaceMention]) -> list[PlaceMention]:
    """The mentions without those of words that are of people's names here: "Kadis Kominfo Pati Handoko".

    Their entities leave `doc.ents` too. A place within a name is told by the trained reader of names, or by a name
    behind it where the article speaks of that place nowhere else, save as of somebody who speaks.
    """
    entities = list(doc.spans.get("entities", ()))
    names = {i: entity for entity in entities if entity.label_ == "PER" for i in range(entity.start, entity.end)}
    taken: set[int] = set()
    likely: dict[str, list[bool]] = {}
    for mention in mentions:
        i, end = token_at(doc, mention.start), token_at(doc, mention.end)
        is_bare = end == i + 1 and head_at(doc, i - 1) is None and (i < 2 or head_at(doc, i - 2) != "head_of_region")
        is_followed = end in names and names[end].start == end and not doc[end].is_sent_start
        if is_bare and i in names and len(names[i]) > 1:
            taken.add(mention.start)
        speaks = _SPEAKS.match(text_of(doc), mention.end) or (i and _SAYS_IT.fullmatch(doc[i - 1].lower_))
        is_likely = is_bare and bool(is_followed or speaks)
        likely.setdefault(mention.code, []).append(is_likely or mention.start in taken)
    for mention in mentions:
        if all(likely[mention.code]) and (len(likely[mention.code]) > 1 or _opens_a_name(doc, mention, names)):
            taken.add(mention.start)
    if taken:
        doc.ents = [entity for entity in doc.ents if entity.start_char not in taken]
    return [mention for mention in mentions if mention.start not in taken]


def _opens_a_name(doc: Doc, mention: PlaceMention, names: dict[int, Span]) -> bool:
    """Whether a name of one word follows a place behind a comma, or one that speaks: ", Siak Hasibuan"."""
    i, end = token_at(doc, mention.start), token_at(doc, mention.end)
    if end not in names or len(names[end]) > 1 or i == 0:
        return False
    speaks = (
        _SPEAKS.match(text_of(doc), match.end())
        for match in re.finditer(rf"\b{re.escape(doc[i].text)}\b", text_of(doc))
    )
    return doc[i - 1].text == "," or any(speaks)


def _places_by_token(doc: Doc, mentions: list[PlaceMention]) -> dict[int, PlaceMention]:
    """The place that each token is part of; "Kota Jayapura" begins inside the head "Wali Kota"."""
    places_of: dict[int, PlaceMention] = {}
    for mention in mentions:
        span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
        if span is not None:
            places_of.update(dict.fromkeys(range(span.start, span.end), mention))
    return places_of


def _read_office(doc: Doc, head: Span, place_at: dict[int, PlaceMention]) -> Naming | None:
    """The office with this head, and the name that follows it; None when it is no office."""
    category = head.label_
    tail = walk_tail(doc, head.end, category, place_at)
    stop = tail.end
    origin = None
    if category in _HAVE_ORIGINS or doc[min(stop, len(doc) - 1)].lower_ == "yang":
        stop = skip_affiliation(doc, stop)
        if stop > tail.end + 1 and doc[tail.end].lower_ in ("dari", "asal") and doc[tail.end + 1].text[0].isupper():
            origin = doc[tail.end + 1 : stop].text
    person = _name_after(doc, stop, place_at)
    is_ordinary = doc[head.start].lower_ in _ORDINARY_PEOPLE and person is not None
    if (
        is_ordinary
        and person
        and (person.start == head.end or person.words == 1)
        and not _is_surely_a_name(doc, person)
    ):
        return None
    is_bare = category == "agency" and stop == head.end and doc[head.start].lower_ not in _STANDS_WITHOUT_AGENCY
    if is_bare and (person is None or not _is_surely_a_name(doc, person)):
        return None
    acting, start = _acting_before(doc, head.start)
    inside = _ACTING_INSIDE.search(text_of(doc), head.start_char, end_of(doc, stop - 1))
    if inside and acting is None:
        acting = ACTING[inside[1].lower()]
    office = _written_office(doc, head, tail.last, place_at)
    if doc[head.start].lower_.endswith("nya"):  # "Ketuanya X"
        office = _OF_IT.sub(r"\1", office, count=1)
    position, organization = _split_office(office, category)
    organization = organization or origin
    end = person.end if person else max(stop, head.end)
    return Naming(start, end, person, position, category, acting, organization, tail.place, tail.is_provincial, stop)


def _is_surely_a_name(doc: Doc, person: PersonName) -> bool:
    """Whether a name has a title, a degree or a word that is common in names."""
    words = (doc[i].text for i in range(person.start, person.end))
    return bool(person.prefix or person.degrees) or any(map(is_known_name, words))


def _acting_before(doc: Doc, start: int) -> tuple[Acting | None, int]:
    """The marker Plt./Pj./Pjs./Plh. right before an office, and the token where it begins."""
    before = text_of(doc)[max(0, doc[start].idx - 40) : doc[start].idx]
    match = _ACTING.search(before)
    if not match:
        return None, start
    return ACTING[match[1].lower()], token_at(doc, doc[start].idx - (len(before) - match.start()))


def _written_office(doc: Doc, head: Span, last: int, place_at: dict[int, PlaceMention]) -> str:
    """The office as written, from its head to before token `last`, places and brackets left out."""
    words = []
    i = head.start
    while i < last:
        if i in place_at and i >= head.end:
            after = token_at(doc, place_at[i].end)
            # A kecamatan that is named after its regency: "Camat Sangatta Utara".
            if head.label_ == "local" and after < len(doc) and doc[after].lower_ in DIRECTIONS:
                words += [token.text_with_ws for token in doc[i : after + 1]]
                after += 1
            i = after
            continue
        if doc[i].text == "(":
            i = (closing_bracket(doc, i) or i) + 1
            continue
        if not doc[i].ent_type_ or i < head.end:
            words.append(doc[i].text + doc[i].whitespace_)
        i += 1
    office = re.sub(r"\s+([,/])", r"\1", " ".join("".join(words).split()))
    # The kind of place goes with the place, but never the head itself: "Wali Kota" ends with one.
    written = " ".join(head.text.split())
    return written + _KIND_OF_PLACE.sub("", office[len(written) :])


def _split_office(office: str, category: str) -> tuple[str, str | None]:
    """Position and organisation of an office as written.

    >>> _split_office("Direktur LAIP Kementerian Kominfo", "central"), _split_office("Kepala Dinas Sosial", "agency")
    (('Direktur LAIP', 'Kementerian Kominfo'), ('Kepala Dinas Sosial', 'Dinas Sosial'))
    """
    if category in ("head_of_region", "regional", "province"):
        return re.split(r"\s+(?=Pemerintah\b|Setda|Sekretariat Daerah)", office)[0], None
    match = next((m for m in _ORGANIZATION.finditer(office) if m.start() > 0), None)
    if match and category != "council" and not office.lower().startswith(_AGENCY_IS_THE_OFFICE):
        position = re.sub(r"\s+(?:dari|di|pada)$", "", office[: match.start()].rstrip(" ,"))
        if position.lower() not in ("", "kepala", "sekretaris", "ketua"):
            return position, office[match.start() :]
    if category in ("agency", "agency_whole"):
        agency = re.sub(r"^(?:kepala pelaksana|kepala|sekretaris|ka\.)\s+", "", office, flags=re.IGNORECASE)
        return office, agency if agency != office and not re.match(r"(?i)bidang|bagian|seksi|sub", agency) else None
    return office, None


def _name_after(doc: Doc, i: int, place_at: dict[int, PlaceMention]) -> PersonName | None:
    """The name after an office that ends before token `i`: straight on, or after a comma, "yakni" or "terdiri atas"."""
    if i >= len(doc):
        return None
    if doc[i].text == "(" and (closing := closing_bracket(doc, i)) and not starts_office(doc, i + 1):
        # "Kadis Perikanan (Eddy Aprianto, S.P.)"
        inside = read_name(doc, i + 1)
        is_name = inside is not None and inside.end == closing and _is_surely_a_name(doc, inside)
        return replace(inside, end=closing + 1) if inside and is_name else None
    introduced = _INTRODUCES.match(text_of(doc), doc[i].idx)
    k = token_at(doc, introduced.end()) if introduced else i
    if k >= len(doc) or (doc[k].is_sent_start and k != i) or k in place_at or starts_office(doc, k):
        return None
    person = read_name(doc, k)
    if person is None or doc[k].is_sent_start:
        return None
    first = doc[k + len((person.prefix or "").split())]
    is_office = is_listed_word(first.text) if person.words > 1 else is_office_word(person.name)
    is_name = is_prefix(first.text) or is_in_a_double_name(doc, first.i)
    return None if is_office and not is_name else person


def _with_name_before(doc: Doc, naming: Naming, ends: frozenset[int]) -> Naming:
    """Give an office without a name the person that stands before it: "Budi Santoso selaku Kepala Dinas X".

    `ends` are the tokens after other offices and their holders.
    """
    if naming.person is not None:
        return naming
    i = naming.start - 1
    while i >= 0 and doc[i].lower_ in _LINKS_TO_OFFICE:
        i -= 1
    if i == naming.start - 1 or i < 0 or i + 1 in ends:
        return naming
    is_order = doc[i].text.isupper() and 2 < len(doc[i]) < 5 and not is_degree(doc[i].text)
    if i > 1 and is_order and doc[i - 1].text == ",":  # "Yohanes Tukan, SVD, dosen X"
        i -= 2
    for k in range(max(0, i - 11), i + 1):
        if not doc[k].text[0].isupper() or _is_inside_a_name(doc, k):
            continue
        person = read_name(doc, k)
        if person is None or person.end != i + 1 or has_office_word(doc, person):
            continue
        is_called = (k and doc[k - 1].lower_ in _BEFORE_A_NAME) or (
            k in doc.user_data.get("person_tokens", ()) and (not doc[k].is_sent_start or is_known_name(person.name))
        )
        if person.words > 1 or person.prefix or is_called:
            return replace(naming, person=person, start=person.start)
    return naming


def _with_place_before(doc: Doc, naming: Naming, before: list[Naming], place_at: dict[int, PlaceMention]) -> Naming:
    """Give an office without a place that of who sends its holder.

    "Dari Pidie Jaya hadir Wakil Bupati X, Kabag Y", "Pakpak Bharat, lewat Kepala Bappeda X", "Bupati Wakatobi diwakili
    Kepala Dinas X".
    """
    if naming.place or naming.is_provincial or naming.category in ("central", "expert", "province", "security"):
        return naming
    i = naming.start - 1
    if i > 1 and doc[i].lower_ in _SENT_BY:
        k = i - 1 - (doc[i - 1].text == ",") - (doc[i - 1].lower_ == "yang")
        sender = next((other for other in before[-2:] if other.start <= k < other.end), None)
        place = place_at.get(k) or (sender.place if sender else None)
        return replace(naming, place=place) if place else naming
    first = doc[naming.start].sent.start
    if (
        first + 1 in place_at
        and doc[first].lower_ in ("dari", "rombongan")
        and not any(other.place for other in before[-8:] if other.start > first)
    ):
        return replace(naming, place=place_at[first + 1])
    return naming


def _with_next_holder(doc: Doc, naming: Naming, following: list[Naming]) -> Naming:
    """Give an office the holder of the one that is joined to it: "Plt. Kadis X yang juga Kabag Y, Z"."""
    if naming.person is not None or not following or following[0].person is None:
        return naming
    between = text_of(doc)[end_of(doc, naming.office_end - 1) : doc[following[0].start].idx]
    return replace(naming, person=following[0].person) if _HOLDS_TOO.fullmatch(between) else naming


def _is_inside_a_name(doc: Doc, i: int) -> bool:
    """Whether the word before token `i` could belong to the same name."""
    if not i or doc[i].is_sent_start:
        return False
    before = doc[i - 1]
    if read_name(doc, i - 1) is None:  # a verb that opens the sentence
        return False
    return before.text[0].isupper() and not is_office_word(before.text) and before.lower_ not in _BEFORE_A_NAME


def _companions(doc: Doc, namings: list[Naming]) -> Iterator[Naming]:
    """Others under the same role: "evaluator ialah Dr. A dan B", "dua asesor. Salah satunya, C"."""
    starts = {naming.start for naming in namings}
    colleagues = [naming for naming in _colleagues(doc, namings) if naming.start not in starts]
    yield from colleagues
    for naming in [*namings, *colleagues]:
        if naming.category != "expert" and not _is_of_several(doc, naming):
            continue
        first = naming
        if naming.person is None:
            person = _one_of_them(doc, naming.end) or _listed_later(doc, naming.end)
            if person is None or person.start in starts:
                continue
            first = replace(naming, start=person.start, end=person.end, person=person)
            yield first
        i = _after_origin(doc, first.end)
        while i + 1 < len(doc) and doc[i].lower_ in _LISTS:
            k = i + 2 if doc[i].text == "," and doc[i + 1].lower_ in ("dan", "serta") else i + 1
            other = read_name(doc, k) if k < len(doc) and not doc[k].is_sent_start else None
            if other is None or k in starts or has_office_word(doc, other):
                break
            if other.words < 2 and not other.prefix and k not in doc.user_data.get("person_tokens", ()):
                break
            # "…, Rahmat Hidayat selaku Kabag": he has an office of his own.
            if doc[min(other.end, len(doc) - 1)].lower_ in ("selaku", "sebagai"):
                break
            yield replace(naming, start=other.start, end=other.end, person=other)
            i = _after_origin(doc, other.end)


def _colleagues(doc: Doc, namings: list[Naming]) -> Iterator[Naming]:
    """Those who share the role of the expert named last: "Rekannya, C, meminta", "Dua lainnya, D dan E"."""
    experts = [naming for naming in namings if naming.category == "expert"]
    for match in _COLLEAGUE.finditer(text_of(doc)):
        k = token_at(doc, match.end())
        before = [naming for naming in experts if naming.start < k]
        person = read_name(doc, k) if before and k < len(doc) else None
        if person is not None and person.words > 1 and not has_office_word(doc, person):
            yield replace(before[-1], start=person.start, end=person.end, person=person, office_end=0)


def _is_of_several(doc: Doc, naming: Naming) -> bool:
    """Whether several people hold the office at once: members, or as many as are counted before it."""
    if doc[naming.start].lower_ in ("anggota", "komisioner", "legislator", "staf", "tim"):
        return True
    return naming.start > 0 and doc[naming.start - 1].lower_ in _COUNTS


def _after_origin(doc: Doc, i: int) -> int:
    """Past where somebody comes from: "A (Universitas Airlangga) dan B", "A dari Universitas Indonesia dan B"."""
    if i < len(doc) and doc[i].text == "(":
        return (closing_bracket(doc, i) or i - 1) + 1
    if i < len(doc) and doc[i].lower_ in ("dari", "asal"):
        k = i + 1
        while k < len(doc) and k - i < 9 and doc[k].text[0].isupper() and not doc[k].is_sent_start:
            k += 1
        return k
    return i


def _listed_later(doc: Doc, i: int) -> PersonName | None:
    """The first of a list that a colon or "ialah" opens later in the sentence: "dua asesor ditugasi, yakni Prof. A"."""
    for k in range(i, min(i + 10, len(doc) - 1)):
        if doc[k].is_sent_start or doc[k].text in '.;"“”(' or starts_office(doc, k):
            return None
        if doc[k].text == ":" or doc[k].lower_ in _OPENS_A_LIST:
            person = read_name(doc, k + 1)
            is_name = person is not None and (person.words > 1 or person.prefix) and not has_office_word(doc, person)
            return person if is_name else None
    return None


def _one_of_them(doc: Doc, i: int) -> PersonName | None:
    """The one whom the next sentence picks out of those named before token `i`."""
    match = _ONE_OF_THEM.match(text_of(doc), end_of(doc, i - 1))
    k = token_at(doc, match.end()) if match else len(doc)
    return read_name(doc, k) if k < len(doc) else None
