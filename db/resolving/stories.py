"""Which articles are one text: a release and its copies, cut, enlarged, or put in another order.

Two articles are linked where most of the shorter one stands word for word in the other, quotations left out, and where
neither the facts read out of them nor the words themselves tell of different events. A story is what hangs together by
links, except that no article joins a story whose first article tells of another event. The first is the earliest.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlite_utils import Database

from db.resolving._bodies import (
    Body,
    clean,
    is_same_text,
    read_bands,
    read_body,
    read_overlap,
    read_similarity,
    says_release,
    weigh_changes,
)
from db.resolving.version import resolver_version

DAY = 86_400
WINDOW = 31 * DAY
"""Seconds; texts published farther apart are no copies: a release used again a year later is another story."""
NEIGHBOURS = 6
"""Articles before and after that are compared in each band: a turn of phrase that thousands share costs no more."""
CONTRADICTION = 2
"""Weight of different facts from which two texts are about different events."""
COPY_SHARE = 0.9
"""Share of a copy's words that stand in the first; with less of them, or a sentence more, it is edited."""

Step = tuple[str, str | None, str | None]
"""Stage, first and last day, month or year."""
Links = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class _Article:
    """What is kept of an article to find its copies."""

    id: str
    at: int
    """Second since 1970 by which it was out."""
    fetched_at: str
    digest: int
    bands: tuple[int, ...]
    is_government: int
    is_release: int
    subjects: frozenset[str]
    events: frozenset[Step]
    version: str

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """Sorts the earlier first; of those out by the same second the government's own."""
        return self.at, -self.is_government, self.fetched_at, self.id

    @property
    def place(self) -> tuple[int, tuple[int, ...]]:
        """Where it stands in the bands."""
        return self.at, self.bands


def resolve_stories(db: Database, articles: Sequence[str]) -> None:
    """Bring the stories up to date with articles that were read, read anew, or are gone."""
    kept, told = _read_kept(db, articles), _read_told(db, articles)
    changed = {id for id in kept.keys() | told.keys() if kept.get(id) != told.get(id)}
    new, old = [told[id] for id in changed & told.keys()], [kept[id] for id in changed & kept.keys()]
    _replace_bodies(db, old, new)
    neighbours, crossed = _read_neighbours(db, new)
    # Where articles came or went between them, others may now be neighbours, or none any more.
    crossed |= _read_neighbours(db, [one for one in old if one.id not in told or told[one.id].place != one.place])[1]
    crossed -= changed
    neighbours |= _read_neighbours(db, list(_read_kept(db, crossed).values()))[0]
    bodies: dict[str, Body] = {}
    parted = _replace_links(db, changed | crossed, _find_links(db, neighbours, bodies))
    _replace_stories(db, changed, changed | crossed | parted, bodies)


def _read_told(db: Database, ids: Collection[str]) -> dict[str, _Article]:
    """What the articles say now that are relevant, or may be."""
    subjects, events = defaultdict(set), defaultdict(set)
    for id, code in _query(
        db,
        """
        select article_id, regency_code
        from article_regencies
        where article_id in (select value from json_each(:ids))
            and role = 'subject'
            and confidence >= 0.5
        """,
        ids,
    ):
        subjects[id].add(code)
    for id, *step in _query(
        db,
        """
        select article_id, stage_code, start_date, end_date
        from event_mentions
        where article_id in (select value from json_each(:ids))
            and is_main = 1
            and confidence >= 0.5
        """,
        ids,
    ):
        events[id].add(tuple(step))
    told = {}
    for id, text, published_at, fetched_at, first_fetched_at, is_government in _query(
        db,
        """
        select articles.id, text, published_at, fetched_at, first_fetched_at, kind = 'government'
        from json_each(:ids)
        join articles on articles.id = value
        join extractions on extractions.article_id = articles.id
        join pages on pages.id = page_id
        join sources on sources.name = articles.source
        where is_relevant is not 0
        """,
        ids,
    ):
        digest, bands = read_bands(clean(text))
        at = _read_out_by(published_at, fetched_at, first_fetched_at, is_government)
        told[id] = _Article(
            id,
            at,
            first_fetched_at,
            digest,
            tuple(bands),
            is_government,
            int(is_government or says_release(text)),
            frozenset(subjects[id]),
            frozenset(events[id]),
            resolver_version(),
        )
    return told


def _read_out_by(published_at: str | None, fetched_at: str, first_fetched_at: str, is_government: int) -> int:
    """Second since 1970 by which an article was out.

    One dated by the day only was out by the end of that day: nobody is said to be earlier who cannot be shown to be. A
    government's own is taken to have come out as the day began, since it is where releases are written. A date of
    the future is none (views/articles.sql), and without a date it was out when it was fetched.

    >>> _read_out_by("2024-11-18T00:00:00+07:00", "2024-11-20T00:00:00+00:00", "2024-11-20T00:00:00+00:00", 0)
    1731949199
    """
    fetched = datetime.fromisoformat(fetched_at)
    published = datetime.fromisoformat(published_at) if published_at else None
    if published is None or published > fetched + timedelta(days=1):
        return int(datetime.fromisoformat(first_fetched_at).timestamp())
    is_day = (published.hour, published.minute, published.second) == (0, 0, 0)
    return int(published.timestamp()) + (DAY - 1 if is_day and not is_government else 0)


def _read_kept(db: Database, ids: Collection[str]) -> dict[str, _Article]:
    """What was kept of articles when they were last resolved."""
    rows = _query(
        db,
        """
        select article_id, at, fetched_at, digest, bands, is_government, is_release, subjects, events, version
        from json_each(:ids)
        join story_bodies on article_id = value
        """,
        ids,
    )
    return {
        id: _Article(
            id,
            at,
            fetched_at,
            digest,
            tuple(np.frombuffer(bands, "<i8").tolist()),
            is_government,
            is_release,
            frozenset(json.loads(subjects)),
            frozenset(tuple(step) for step in json.loads(events)),
            version,
        )
        for id, at, fetched_at, digest, bands, is_government, is_release, subjects, events, version in rows
    }


def _replace_bodies(db: Database, old: Iterable[_Article], new: Sequence[_Article]) -> None:
    db.conn.executemany("delete from story_bodies where article_id = ?", [(article.id,) for article in old])
    db.conn.executemany(
        "delete from story_bands where bucket = ? and band = ? and at = ? and article_id = ?", _band_rows(old)
    )
    db.conn.executemany(
        """
        insert into story_bodies (
            article_id, at, fetched_at, digest, bands, is_government, is_release, subjects, events, version
        )
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (
                article.id,
                article.at,
                article.fetched_at,
                article.digest,
                np.array(article.bands, "<i8").tobytes(),
                article.is_government,
                article.is_release,
                json.dumps(sorted(article.subjects)),
                json.dumps(sorted(article.events, key=str)),
                article.version,
            )
            for article in new
        ],
    )
    # In the order of the key, so that pages of the index are written once.
    db.conn.executemany(
        "insert into story_bands (bucket, band, at, article_id) values (?, ?, ?, ?)", sorted(_band_rows(new))
    )


def _band_rows(articles: Iterable[_Article]) -> list[tuple[int, int, int, str]]:
    return [(article.at // WINDOW, band, article.at, article.id) for article in articles for band in set(article.bands)]


def _read_neighbours(db: Database, articles: Sequence[_Article]) -> tuple[dict[str, set[str]], set[str]]:
    """The articles next to each in its bands; and those of them whose own neighbours it comes between."""
    neighbours: dict[str, set[str]] = {article.id: set() for article in articles}
    crossed: set[str] = set()
    for id, before, after in _read_sides(db, articles):
        neighbours[id].update(before, after)
        if before and after and len(before) + len(after) > NEIGHBOURS:
            crossed.update(before)
    return neighbours, crossed


def _read_sides(db: Database, articles: Sequence[_Article]) -> Iterator[tuple[str, list[str], list[str]]]:
    """An article and those next to it in one of its bands, earlier and later, the nearest first; for each such band."""
    db.execute(
        "create temp table if not exists story_probes (article_id text, at integer, bucket integer, band integer)"
    )
    db.execute("delete from story_probes")
    db.conn.executemany(
        "insert into story_probes values (?, ?, ?, ?)",
        ((article.id, article.at, article.at // WINDOW, band) for article in articles for band in article.bands),
    )
    for id, *sides in db.execute(SIDES, {"window": WINDOW, "limit": NEIGHBOURS}):
        before, earlier, after, later = (side.split(",") if side else [] for side in sides)
        yield id, (before + earlier)[:NEIGHBOURS], (after + later)[:NEIGHBOURS]


def _side(bucket: str, is_later: bool) -> str:
    """The articles next to a probe in one bucket of its band, as one text."""
    beyond, within, order = (">", "<= probe.at +", "asc") if is_later else ("<", ">= probe.at -", "desc")
    return f"""(
        select group_concat(article_id)
        from (
            select article_id
            from story_bands as other
            where other.bucket = {bucket}
                and other.band = probe.band
                and (other.at, other.article_id) {beyond} (probe.at, probe.article_id)
                and other.at {within} :window
            order by other.at {order}, other.article_id {order}
            limit :limit
        )
    )"""


# One statement for all: asked one by one, the asking takes longer than the answers.
SIDES = f"""
    select
        article_id,
        {_side("probe.bucket", False)},
        {_side("probe.bucket - 1", False)},
        {_side("probe.bucket", True)},
        {_side("probe.bucket + 1", True)}
    from story_probes as probe
    where exists (
        select 1
        from story_bands
        where story_bands.bucket in (probe.bucket - 1, probe.bucket, probe.bucket + 1)
            and story_bands.band = probe.band
            and story_bands.article_id <> probe.article_id
    )
    """


def _find_links(db: Database, neighbours: Links, bodies: dict[str, Body]) -> set[tuple[str, str]]:
    """Pairs of neighbours that are one text about one event, the smaller id first."""
    pairs = {(min(id, other), max(id, other)) for id, others in neighbours.items() for other in others}
    articles = _read_kept(db, {id for pair in pairs for id in pair})
    links = set()
    for pair in sorted(pairs):
        one, other = articles[pair[0]], articles[pair[1]]
        if one.digest == other.digest or (
            _weigh_facts(one, other) < CONTRADICTION
            and is_same_text(*_read_bodies(db, pair, bodies))
            and not _tell_apart(db, one, other, bodies)
        ):
            links.add(pair)
    return links


def _weigh_facts(one: _Article, other: _Article) -> int:
    """How much the facts read out of two articles tell them apart: 1 for other regencies, 1 for another stage of the
    main event, 1 for another date. What was read out of one copy may be missing in the next, or read amiss: one of them
    alone does not part two texts."""
    regencies = int(bool(one.subjects and other.subjects) and not one.subjects & other.subjects)
    return regencies + min(
        (_weigh_steps(step, other_step) for step in one.events for other_step in other.events), default=0
    )


def _weigh_steps(step: Step, other: Step) -> int:
    """1 for stages that exclude each other, and 1 for dates that do.

    >>> _weigh_steps(("bimtek", "2023-06", "2023-06"), ("bimtek-2", "2023-06-12", "2023-06-14"))
    0
    >>> _weigh_steps(("bimtek-1", "2023-06-12", "2023-06-14"), ("bimtek-2", "2023-07-10", "2023-07-11"))
    2
    """
    (stage, *span), (other_stage, *other_span) = step, other
    is_stage = stage == other_stage or stage.startswith(f"{other_stage}-") or other_stage.startswith(f"{stage}-")
    return (not is_stage) + (not _may_overlap(*span, *other_span))


def _may_overlap(start: str | None, end: str | None, other_start: str | None, other_end: str | None) -> bool:
    """Whether two spans overlap or miss by a day: "hari ini" in a copy of the day after is a day late.

    >>> _may_overlap("2023-06-12", "2023-06-14", "2023-06-15", "2023-06-15")
    True
    >>> _may_overlap("2023-06-12", "2023-06-14", "2023-07", "2023-07")
    False
    """
    if start is None or other_start is None:
        return True
    day = timedelta(days=1)
    return (
        _first_day(start) <= _last_day(other_end or other_start) + day
        and _first_day(other_start) <= _last_day(end or start) + day
    )


def _first_day(told: str) -> date:
    return date.fromisoformat(f"{told}-01-01"[:10] if len(told) == 4 else f"{told}-01"[:10])


def _last_day(told: str) -> date:
    if len(told) == 10:
        return date.fromisoformat(told)
    year, month = int(told[:4]), int(told[5:] or 12)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _read_bodies(db: Database, ids: Collection[str], bodies: dict[str, Body]) -> list[Body]:
    """The bodies of articles, in the order of the ids; those read are kept in `bodies`."""
    missing = [id for id in ids if id not in bodies]
    if missing:
        rows = _query(db, "select articles.id, text from json_each(:ids) join articles on articles.id = value", missing)
        bodies |= {id: read_body(clean(text)) for id, text in rows}
    return [bodies[id] for id in ids]


def _replace_links(db: Database, ids: Collection[str], links: Collection[tuple[str, str]]) -> set[str]:
    """Put links in place of those that the articles had; the articles that they were linked with before."""
    rows = list(
        _query(
            db,
            "select article_id, other_id from json_each(:ids) join story_links on article_id = value",
            ids,
        )
    )
    db.conn.executemany(
        "delete from story_links where article_id = ? and other_id = ?", [*rows, *(row[::-1] for row in rows)]
    )
    db.conn.executemany(
        "insert into story_links (article_id, other_id) values (?, ?)", [*links, *(link[::-1] for link in links)]
    )
    return {other for _, other in rows}


def _replace_stories(db: Database, changed: Collection[str], seeds: Collection[str], bodies: dict[str, Body]) -> None:
    """Tell anew the stories of all that hangs together with the seeds."""
    links: dict[str, set[str]] = defaultdict(set)
    for id, other in _query(
        db,
        """
        with recursive reached (id) as (
            select value from json_each(:ids)
            union
            select other_id from story_links join reached on article_id = id
        )
        select id, other_id
        from reached
        left join story_links on article_id = id
        """,
        seeds,
    ):
        links[id].update([other] if other else [])
    articles = _read_kept(db, links.keys())
    kept = {
        row[0]: row
        for row in _query(
            db,
            """
            select article_id, story_id, role, verbatim_share, similarity, added_sentences, dropped_sentences
            from json_each(:ids)
            join story_articles on article_id = value
            """,
            links.keys(),
        )
    }
    # What was found of two texts is true as long as neither changed.
    lasting = {id: row for id, row in kept.items() if id not in changed and row[1] not in changed}
    rows = {
        id: lasting[id] if id in lasting and lasting[id][1] == story else _tell(db, id, story, bodies)
        for id, story in _tell_stories(db, articles, links, lasting, bodies).items()
    }
    db.conn.executemany(
        "delete from story_articles where article_id = ?", [(id,) for id in kept if rows.get(id) != kept[id]]
    )
    db.conn.executemany(
        """
        insert into story_articles (
            article_id, story_id, role, verbatim_share, similarity, added_sentences, dropped_sentences
        )
        values (?, ?, ?, ?, ?, ?, ?)
        """,
        [row for id, row in rows.items() if row != kept.get(id)],
    )


def _tell_stories(
    db: Database,
    articles: Mapping[str, _Article],
    links: Links,
    lasting: Mapping[str, tuple[Any, ...]],
    bodies: dict[str, Body],
) -> dict[str, str]:
    """The first article of each article's story.

    In the order of time, each joins the story of the earliest that it is linked with. Plain components would put two
    events into one story by way of a copy so short that it names neither.
    """
    stories: dict[str, str] = {}
    for id in sorted(articles, key=lambda id: articles[id].rank):
        earlier = sorted(links[id] & stories.keys(), key=lambda other: articles[other].rank)
        stories[id] = next(
            (
                first
                for first in dict.fromkeys(stories[other] for other in earlier)
                if first in links[id]
                or (id in lasting and lasting[id][1] == first)
                or not _tell_apart(db, articles[id], articles[first], bodies)
            ),
            id,
        )
    return stories


def _tell_apart(db: Database, one: _Article, other: _Article, bodies: dict[str, Body]) -> bool:
    """Whether two articles tell of different events."""
    facts = _weigh_facts(one, other)
    return facts + weigh_changes(*_read_bodies(db, [one.id, other.id], bodies)) >= CONTRADICTION


def _tell(db: Database, id: str, story: str, bodies: dict[str, Body]) -> tuple[Any, ...]:
    """The row of an article in a story."""
    if id == story:
        return id, story, "first", None, None, None, None
    body, first = _read_bodies(db, [id, story], bodies)
    overlap, dropped = read_overlap(body, first), read_overlap(first, body).added_sentences
    is_copy = overlap.verbatim_share >= COPY_SHARE and not overlap.added_sentences
    similarity = round(read_similarity(body, first), 3)
    share = round(overlap.verbatim_share, 3)
    return id, story, "copy" if is_copy else "edited", share, similarity, overlap.added_sentences, dropped


def _query(db: Database, sql: str, ids: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of a query about `:ids`, a JSON array."""
    return iter(db.execute(sql, {"ids": json.dumps(sorted(ids))}))
