"""Which namings in articles are one person, by evidence only, and who said so where a person decided.

A naming is a name in an office of a place: "Marwan Tanjung", Kepala Dinas of Diskominfo, Bangka Selatan. Two namings
are linked by what they have in common and when they were seen (`Evidence`); persons are what the links hold together.
The same name in two regencies stays two persons until somebody decides that it is one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, Literal

from sqlite_utils import Database

from db.connect import transaction
from db.resolving._names import fold_name, is_short_for, keys, likeness, words_of
from db.resolving._offices import Office, read_agency, read_office
from db.rows import now

Evidence = Literal["same-office", "same-place", "same-name", "short-name"]
"""Why two namings are one person: the name spelt differently in one office; the same name in one place; the same full
name of which one has no regency; a name cut short in one office."""

Standing = Literal["definitif", "Plt.", "Pj.", "Pjs.", "Plh.", "terpilih", "calon", "mantan"]
"""How a person stands to the office: holding it, one of the four ways of acting, or elected, candidate and former,
which is not holding it."""

SAME_OFFICE_DAYS = 1096
"""Two spellings in one office are one person when seen no farther apart than this."""
SAME_NAME_DAYS = 366
"""One name in two organizations is one person when seen no farther apart: an edition of the programme is a year."""
SHORT_NAME_DAYS = 183
"""A name cut short is that of the holder of its office who is seen no farther away."""

_STRENGTH: Mapping[Evidence, int] = {"same-office": 0, "same-place": 1, "same-name": 2, "short-name": 3}
_FORMER_BEFORE = re.compile(r"\b(?:mantan|eks|bekas|ex|almarhum|almarhumah|alm)\.?[\s-]+$", re.IGNORECASE)
_FORMER_INSIDE = re.compile(
    r"^(?:mantan|eks|bekas|ex)\b|\b(?:saat|kala|waktu|ketika) itu\b|\b(?:lama|terdahulu|sebelumnya)\b\W*$",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"\b(?:bakal calon|calon|cabup|cawabup|cawali|balon)\s+$", re.IGNORECASE)
_ELECT = re.compile(r"\bterpilih\b", re.IGNORECASE)
_TERM = re.compile(
    r"(?:\b(?:periode|masa jabatan|masa bakti)\s*\(?|\()(?:20|19)\d\d\s*[-–]\s*((?:20|19)\d\d)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Naming:
    """A name in an office of a place, with when it was seen."""

    id: str
    name: str
    """Folded."""
    place: str
    is_regional: bool
    """Whether the place is a regency."""
    position: str | None
    organization: str | None
    office_id: str | None
    is_single: bool
    """Whether one person holds the office at a time."""
    first_seen: str | None
    """Days of publication; None where no article that names them has a date."""
    last_seen: str | None
    first_article: str


@dataclass(frozen=True, slots=True)
class Link:
    """Evidence that two namings, the smaller id first, are one person, with an article for each."""

    a: str
    b: str
    evidence: Evidence
    article_a: str
    article_b: str


Pair = tuple[str, str]


def resolve_people(db: Database, articles: Sequence[str]) -> None:
    """Bring namings, their links and their persons up to date with what these articles say now."""
    touched = _replace_namings(db, articles)
    near = touched.keys() | _neighbours(db, touched)
    moved = _replace_links(db, near)
    component = _component(db, near | moved)
    namings = _read_namings(db, component)
    persons = partition(namings.values(), _read_links(db, component), _read_decisions(db, component))
    changed = [(person, naming) for naming, person in persons.items()]
    db.conn.executemany("update namings set person_id = ?1 where id = ?2 and person_id <> ?1", changed)


def naming_id(name: str, office: Office | None, place: str) -> str:
    """12 hex digits of what a naming is: the folded name, the place and the office."""
    return _hash(name, place, office.key if office else "-")


def _hash(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def link(one: Naming, other: Naming, has_namesake: bool) -> Link | None:
    """The strongest evidence that two namings are one person, or None.

    `has_namesake`: some article tells two of this name in this place apart, so that the name alone proves nothing.
    """
    a, b = sorted((one, other), key=lambda naming: naming.id)
    evidence = _evidence(a, b, has_namesake)
    return evidence and Link(a.id, b.id, evidence, a.first_article, b.first_article)


def _evidence(a: Naming, b: Naming, has_namesake: bool) -> Evidence | None:
    days = days_between(a, b)
    if a.name == b.name:
        # A single word is the name of many.
        if len(a.name.split()) < 2 or words_of(a.name) < 1:
            return None
        if a.place == b.place and a.place != "-":
            return None if has_namesake else "same-place"
        is_near = days is not None and days <= SAME_NAME_DAYS
        return "same-name" if is_near and not (a.is_regional and b.is_regional) else None
    if a.office_id is None or a.office_id != b.office_id or a.place == "-":
        return None
    like = likeness(a.name, b.name)
    if like and _is_office_evidence(a, like) and (days is None or days <= SAME_OFFICE_DAYS):
        # Without a date only the sound of the name is evidence enough.
        return "same-office" if days is not None or like == "spelling" else None
    is_short = is_short_for(a.name, b.name) or is_short_for(b.name, a.name)
    return "short-name" if is_short and a.is_single and days is not None and days <= SHORT_NAME_DAYS else None


def _is_office_evidence(naming: Naming, like: str) -> bool:
    """In an office that many hold only a full name in another spelling is evidence."""
    return naming.is_single or (like == "spelling" and words_of(naming.name) > 1)


def days_between(a: Naming, b: Naming) -> int | None:
    """Days between the sightings of one and those of the other, 0 where they overlap, None without dates."""
    if not (a.first_seen and a.last_seen and b.first_seen and b.last_seen):
        return None
    gap = max(date.fromisoformat(a.first_seen), date.fromisoformat(b.first_seen)) - min(
        date.fromisoformat(a.last_seen), date.fromisoformat(b.last_seen)
    )
    return max(gap.days, 0)


def partition(namings: Iterable[Naming], links: Iterable[Link], decisions: Mapping[Pair, str]) -> dict[str, str]:
    """Person of each naming of a group that hangs together: the smallest id of the namings that are the person's.

    What was decided comes first; then the strongest evidence. Never are two regencies, or two who were decided to be
    different, joined by evidence. A short name, or a name without a regency, that could be of two is of neither.
    """
    groups = _Groups(namings, decisions)
    for (a, b), decision in sorted(decisions.items()):
        if decision == "same":
            groups.join(a, b, is_decided=True)
    found = sorted(links, key=lambda link: (_STRENGTH[link.evidence], link.a, link.b))
    within = [link for link in found if link.evidence != "short-name" and not groups.is_mixed(link)]
    for found_link in within:
        groups.join(found_link.a, found_link.b)
    groups.attach(groups.from_short(link) for link in found if link.evidence == "short-name")
    groups.attach(groups.from_abroad(link) for link in found if groups.is_mixed(link))
    return {naming: min(group) for naming, group in groups.of.items()}


class _Groups:
    """Namings that are one person so far, and what must stay apart."""

    def __init__(self, namings: Iterable[Naming], decisions: Mapping[Pair, str]) -> None:
        self.namings = {naming.id: naming for naming in namings}
        self.of: dict[str, set[str]] = {naming: {naming} for naming in self.namings}
        self._apart: defaultdict[str, set[str]] = defaultdict(set)
        for (a, b), decision in decisions.items():
            if decision == "different":
                self._apart[a].add(b)
                self._apart[b].add(a)

    def join(self, a: str, b: str, is_decided: bool = False) -> None:
        """Make one of the groups of two namings, unless that joins what must stay apart."""
        if a not in self.of or b not in self.of or self.of[a] is self.of[b]:
            return
        one, other = sorted((self.of[a], self.of[b]), key=len)
        if any(not self._apart[naming].isdisjoint(other) for naming in one if naming in self._apart):
            return
        if not is_decided and len(self._regencies(one) | self._regencies(other)) > 1:
            return
        other |= one
        for naming in one:
            self.of[naming] = other

    def attach(self, pairs: Iterable[Pair]) -> None:
        """Join the group of a first naming to that of its second, where all say the same second group."""
        targets: defaultdict[str, set[str]] = defaultdict(set)
        for first, second in pairs:
            if self.of[first] is not self.of[second]:
                targets[min(self.of[first])].add(min(self.of[second]))
        for first, seconds in sorted(targets.items()):
            if len(seconds) == 1:
                self.join(first, seconds.pop())

    def is_mixed(self, link: Link) -> bool:
        """Whether one of the two has a regency and the other has none."""
        return self.namings[link.a].is_regional != self.namings[link.b].is_regional

    def from_short(self, link: Link) -> Pair:
        """The shorter name of the two, then the longer."""
        is_first = is_short_for(self.namings[link.a].name, self.namings[link.b].name)
        return (link.a, link.b) if is_first else (link.b, link.a)

    def from_abroad(self, link: Link) -> Pair:
        """The naming without a regency, then the one that has one."""
        return (link.b, link.a) if self.namings[link.a].is_regional else (link.a, link.b)

    def _regencies(self, group: set[str]) -> set[str]:
        return {self.namings[naming].place for naming in group if self.namings[naming].is_regional}


def read_standing(before: str, named: str, after: str, acting: str | None, published: str | None) -> Standing:
    """How a person stands to the office, from the words of the sentence before, within and after the naming.

    >>> read_standing("Hadir pula mantan ", "Bupati Paser Hasan Basri", ".", None, "2023-11-08")
    'mantan'
    >>> read_standing("", "Bupati Paser periode 2016-2021 Hasan Basri", "", None, "2023-11-08")
    'mantan'
    >>> read_standing("", "Plt. Kadis Kominfo Marwan", "", "Plt.", None)
    'Plt.'
    """
    term = _TERM.search(named) or _TERM.match(after.lstrip(" ,"))
    is_over = term is not None and published is not None and term[1] < published[:4]
    if _FORMER_BEFORE.search(before) or _FORMER_INSIDE.search(named) or is_over:
        return "mantan"
    if _CANDIDATE.search(before):
        return "calon"
    if _ELECT.search(named):
        return "terpilih"
    return acting or "definitif"  # type: ignore[return-value]


def decide_people(
    db: Database, one: str, other: str, decision: Literal["same", "different"], by: str, reason: str
) -> int:
    """Keep that two namings are one person, or two; the decision's id. The next `resolve` obeys it.

    `one` and `other` are ids of namings, as in `person_links`; the id of a person is that of one of its namings, so
    two persons are joined by their ids. An earlier decision about the two is undone. Raises LookupError for an id that
    no article has, ValueError for one id twice.
    """
    a, b = sorted((one, other))
    if a == b:
        raise ValueError(f"{a}: a naming is the same person as itself")
    with transaction(db):
        for naming in (a, b):
            if db.execute("select 1 from namings where id = ?", [naming]).fetchone() is None:
                raise LookupError(f"{naming}: no such person or naming; their ids are in people and person_links")
        _undo_pair(db, a, b, by)
        cursor = db.execute(
            """
            insert into person_decisions (naming_a, naming_b, decision, decided_by, decided_at, reason)
            values (?, ?, ?, ?, ?, ?)
            """,
            [a, b, decision, by, now(), reason],
        )
        _ask_anew(db, a, b)
    return int(cursor.lastrowid or 0)


def undo_decision(db: Database, decision_id: int, by: str) -> None:
    """Let evidence alone speak again about the two namings of a decision; the decision stays readable.

    Raises LookupError where there is no such decision, or it was undone before.
    """
    with transaction(db):
        pair = db.execute(
            "select naming_a, naming_b from person_decisions where id = ? and undone_at is null", [decision_id]
        ).fetchone()
        if pair is None:
            raise LookupError(f"{decision_id}: no such decision in person_decisions, or it was undone before")
        _undo_pair(db, pair[0], pair[1], by)
        _ask_anew(db, pair[0], pair[1])


def _undo_pair(db: Database, a: str, b: str, by: str) -> None:
    db.execute(
        """
        update person_decisions set undone_by = ?, undone_at = ?
        where naming_a = ? and naming_b = ? and undone_at is null
        """,
        [by, now(), a, b],
    )


def _ask_anew(db: Database, a: str, b: str) -> None:
    """Queue an article of each of two namings, so that they are resolved again."""
    db.execute("insert or ignore into unresolved select first_article_id from namings where id in (?, ?)", [a, b])


def _replace_namings(db: Database, articles: Sequence[str]) -> dict[str, Naming]:
    """Put what articles say now in place of what they said; the namings that either has, as they are now or were."""
    batch = json.dumps(list(articles))
    before = _said_before(db, batch)
    rows, named = _read_officials(db, batch)
    for table in ("official_namings", "namesakes"):
        db.execute(f"delete from {table} where article_id in (select value from json_each(?))", [batch])
    db.conn.executemany("insert into official_namings values (?, ?, ?, ?, ?)", rows)
    present = {(naming, article) for article, _, naming, _, _ in rows}
    _save_namesakes(db, present, named)
    _add_namings(db, named.values())
    touched = {naming for naming, _ in before | present}
    delta = Counter(naming for naming, _ in present)
    delta.subtract(naming for naming, _ in before)
    former = _read_namings(db, touched)
    _update_namings(db, touched, delta)
    return former | _read_namings(db, touched)


def _said_before(db: Database, batch: str) -> set[Pair]:
    """Naming and article."""
    rows = db.execute(
        """
        select distinct naming_id, official_namings.article_id
        from json_each(?) as batch
        join official_namings on official_namings.article_id = batch.value
        """,
        [batch],
    )
    return {(naming, article) for naming, article in rows}


def _read_officials(db: Database, batch: str) -> tuple[list[tuple[Any, ...]], dict[str, Naming]]:
    """Rows of official_namings for the articles that count, and the namings in them, not yet seen anywhere."""
    rows: list[tuple[Any, ...]] = []
    named: dict[str, Naming] = {}
    for article, number, name, position, acting, organization, regency, at, end, sentence, published in db.execute(
        """
        select
            officials.article_id, officials.number, officials.name, officials.position, officials.acting,
            officials.organization, officials.regency_code, officials.start - evidence.start,
            officials."end" - evidence.start, evidence.text,
            iif(julianday(published_at) > julianday(fetched_at) + 1, null, substr(published_at, 1, 10))
        from json_each(?) as batch
        join extractions on extractions.article_id = batch.value and is_relevant = 1
        join officials on officials.article_id = batch.value and officials.confidence >= 0.5
        join evidence on evidence.article_id = batch.value and evidence.number = officials.evidence_number
        join articles on articles.id = batch.value
        join pages on pages.id = articles.page_id
        """,
        [batch],
    ):
        folded = fold_name(name)
        if not folded:
            continue
        office = read_office(position, organization, regency)
        naming = _build_naming(folded, office, organization, regency, article)
        named.setdefault(naming.id, naming)
        standing = read_standing(
            sentence[:at], f"{position or ''} {sentence[at:end]}", sentence[end:], acting, published
        )
        rows.append((article, number, naming.id, standing, published))
    return rows, named


def _build_naming(
    name: str, office: Office | None, organization: str | None, regency: str | None, article: str
) -> Naming:
    place = office.place if office else regency or read_agency(organization, False) or "-"
    return Naming(
        id=naming_id(name, office, place),
        name=name,
        place=place,
        is_regional=regency is not None,
        position=office.position if office else None,
        organization=office.organization if office else None,
        office_id=_hash(place, office.key) if office else None,
        is_single=office is not None and office.is_single,
        first_seen=None,
        last_seen=None,
        first_article=article,
    )


def _save_namesakes(db: Database, present: set[tuple[str, str]], named: Mapping[str, Naming]) -> None:
    """Note the articles in which two namings have one name and one place: they tell two persons apart."""
    bearers = Counter((named[naming].name, named[naming].place, article) for naming, article in present)
    rows = [bearer for bearer, count in bearers.items() if count > 1]
    db.conn.executemany("insert into namesakes values (?, ?, ?)", rows)


def _add_namings(db: Database, namings: Iterable[Naming]) -> None:
    rows = [
        (n.id, n.name, n.place, n.is_regional, n.position, n.organization, n.office_id, n.is_single, n.first_article)
        for n in namings
    ]
    db.conn.executemany(
        """
        insert or ignore into namings (
            id, name, place, is_regional, position, organization, office_id, is_single, articles, first_article_id,
            person_id
        )
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?1)
        """,
        rows,
    )


def _update_namings(db: Database, touched: Iterable[str], delta: Mapping[str, int]) -> None:
    """Count the articles of namings, forget those that none names any more, and note when the others were seen."""
    db.conn.executemany(
        "update namings set articles = articles + ? where id = ?", [(count, naming) for naming, count in delta.items()]
    )
    ids = json.dumps(sorted(touched))
    db.execute("delete from namings where articles = 0 and id in (select value from json_each(?))", [ids])
    db.execute(
        """
        update namings set
            first_seen_date = (select min(seen_date) from official_namings where naming_id = id),
            last_seen_date = (select max(seen_date) from official_namings where naming_id = id),
            first_article_id = coalesce(
                (
                    select article_id
                    from official_namings
                    where naming_id = id and seen_date is not null
                    order by seen_date, article_id
                    limit 1
                ),
                (
                    select article_id
                    from official_namings
                    where naming_id = id and seen_date is null
                    order by article_id
                    limit 1
                )
            )
        where id in (select value from json_each(?))
        """,
        [ids],
    )
    _replace_sounds(db, ids)


def _replace_sounds(db: Database, ids: str) -> None:
    db.execute("delete from naming_sounds where naming_id in (select value from json_each(?))", [ids])
    rows = [
        (naming.office_id, sound, naming.id)
        for naming in _read_namings(db, json.loads(ids)).values()
        if naming.office_id is not None and naming.place != "-"
        for sound in keys(naming.name, is_whole=not naming.is_single)
    ]
    db.conn.executemany("insert into naming_sounds values (?, ?, ?)", rows)


def _neighbours(db: Database, touched: Mapping[str, Naming]) -> set[str]:
    """The namings whose links depend on the touched ones though they may not be linked with them.

    Those of the same name in the same place, for a namesake, and those of the same name without a regency, for it may
    no longer be a name of one regency alone.
    """
    names = sorted({(n.name, n.place, n.is_regional) for n in touched.values() if " " in n.name})
    found = db.execute(
        """
        with names as (
            select value ->> 0 as name, value ->> 1 as place, value ->> 2 as is_regional from json_each(?)
        )
        select namings.id
        from names
        join namings
            on namings.name = names.name and namings.is_regional = names.is_regional and namings.place = names.place
        union
        select namings.id
        from names
        join namings on namings.name = names.name and namings.is_regional = 0
        where names.is_regional
        """,
        [json.dumps(names)],
    )
    return {naming for (naming,) in found}


def _replace_links(db: Database, touched: set[str]) -> set[str]:
    """Find the links of namings anew; the namings that gained or lost one."""
    ids = json.dumps(sorted(touched))
    former = {
        found
        for column in ("naming_a", "naming_b")
        for found in _links_of(db, f"{column} in (select value from json_each(?))", ids)
    }
    present = _find_links(db, ids)
    db.conn.executemany(
        "delete from person_links where naming_a = ? and naming_b = ?", [(old.a, old.b) for old in former - present]
    )
    db.conn.executemany("insert into person_links values (?, ?, ?, ?, ?)", [astuple(new) for new in present - former])
    return {naming for changed in former ^ present for naming in (changed.a, changed.b)}


def _find_links(db: Database, ids: str) -> set[Link]:
    pairs = {tuple(sorted(pair)) for pair in db.execute(_CANDIDATES, {"ids": ids})}
    namings = _read_namings(db, {naming for pair in pairs for naming in pair})
    places = json.dumps(sorted({(naming.name, naming.place) for naming in namings.values()}))
    namesakes = {
        tuple(row)
        for row in db.execute(
            """
            select distinct name, place
            from json_each(?) as told
            join namesakes on name = told.value ->> 0 and place = told.value ->> 1
            """,
            [places],
        )
    }
    found = (link(namings[a], namings[b], (namings[a].name, namings[a].place) in namesakes) for a, b in sorted(pairs))
    return {one for one in found if one}


# Who may be one person with the touched: in one office by the sound of the name; of one name in one place, or where
# one has no regency, unless the name is one of several regencies.
_CANDIDATES = """
with touched as (
    select
        id,
        name,
        place,
        is_regional,
        (select min(place) from namings as other where other.name = namings.name and is_regional = 1) as first_regency,
        (select max(place) from namings as other where other.name = namings.name and is_regional = 1) as last_regency
    from namings
    where id in (select value from json_each(:ids)) and instr(name, ' ')
)
select one.naming_id, other.naming_id
from json_each(:ids)
join naming_sounds as one on one.naming_id = value
join naming_sounds as other on other.office_id = one.office_id and other.sound = one.sound
where other.naming_id <> one.naming_id
union
select touched.id, namings.id
from touched
join namings
    on namings.name = touched.name
    and namings.is_regional = touched.is_regional
    and (namings.place = touched.place or not touched.is_regional)
where namings.id <> touched.id
union
select touched.id, namings.id
from touched
join namings
    on namings.name = touched.name
    and namings.is_regional = 1 - touched.is_regional
    and (namings.is_regional = 0 or namings.place = first_regency)
where first_regency = last_regency
"""


def _component(db: Database, seeds: Iterable[str]) -> set[str]:
    """All namings that links or decisions connect with the seeds, the seeds included."""
    reached = set(seeds)
    border = reached
    while border:
        found = db.execute(
            """
            with border as (select value as id from json_each(?))
            select naming_b from border join person_links on naming_a = border.id
            union
            select naming_a from border join person_links on naming_b = border.id
            union
            select naming_b
            from border
            join person_decisions on naming_a = border.id
            where decision = 'same' and undone_at is null
            union
            select naming_a
            from border
            join person_decisions on naming_b = border.id
            where decision = 'same' and undone_at is null
            """,
            [json.dumps(sorted(border))],
        )
        border = {naming for (naming,) in found} - reached
        reached |= border
    return reached


def _read_namings(db: Database, ids: Iterable[str]) -> dict[str, Naming]:
    rows = db.execute(
        """
        select
            id, name, place, is_regional, position, organization, office_id, is_single, first_seen_date,
            last_seen_date, first_article_id
        from namings
        where id in (select value from json_each(?))
        """,
        [json.dumps(sorted(ids))],
    )
    return {
        row[0]: Naming(
            id=row[0], name=row[1], place=row[2], is_regional=bool(row[3]), position=row[4], organization=row[5],
            office_id=row[6], is_single=bool(row[7]), first_seen=row[8], last_seen=row[9], first_article=row[10],
        )
        for row in rows
    }  # fmt: skip


def _read_links(db: Database, namings: Iterable[str]) -> Iterator[Link]:
    """The links of a group that hangs together: each lies within it."""
    return _links_of(db, "naming_a in (select value from json_each(?))", json.dumps(sorted(namings)))


def _links_of(db: Database, condition: str, ids: str) -> Iterator[Link]:
    rows = db.execute(
        f"select naming_a, naming_b, evidence, article_a, article_b from person_links where {condition}", [ids]
    )
    return (Link(*row) for row in rows)


def _read_decisions(db: Database, namings: Iterable[str]) -> dict[Pair, str]:
    rows = db.execute(
        """
        select naming_a, naming_b, decision
        from person_decisions
        where naming_a in (select value from json_each(?)) and undone_at is null
        """,
        [json.dumps(sorted(namings))],
    )
    return {(a, b): decision for a, b, decision in rows}
