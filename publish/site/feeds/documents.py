"""What the JSON of each kind of page holds: the columns of the public tables under their own names (db/columns.yml)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from publish.site.events import FILTERS
from publish.site.page import Row

MOST = 600
"""Rows of one list in a document; where there are more, `cut` names the list."""
JSON_COLUMNS = frozenset({"authors", "degrees", "original", "corrected"})
"""Columns that hold JSON as text."""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing with all that belongs to it."""

    path: str
    """The address of its page without the key."""
    sql: str
    """Its own row, for :key."""
    lists: Mapping[str, str] = field(default_factory=dict)
    """Rows that belong to it, for :key; no list is longer than MOST."""
    merged: str | None = None
    """The key that a former key became, for :key."""
    feeds: tuple[str, ...] = ()
    """The endings under which it can be followed."""


EVENT_COLUMNS = """
    events.id, events.stage_code, stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    events.regency_code, events.regency_name, events.province_name, events.start_date, events.end_date,
    events.date_precision, events.date_reason, events.edition, events.edition_by, events.edition_reason,
    events.venue, events.mode, events.status, events.articles, events.outlets, events.stories,
    events.first_published_date, events.last_published_date, events.conflicts, events.participants,
    events.confidence, events.evidence, events.evidence_article_id, events.evidence_number
from events
join stages on stages.code = events.stage_code
"""

REPORT_COLUMNS = """
    stage_reports.article_id, stage_reports.number, stage_reports.event_id, stage_reports.joined_by,
    stage_reports.stage_code, stage_reports.regency_code, stage_reports.start_date, stage_reports.end_date,
    stage_reports.date_reason, stage_reports.edition, stage_reports.venue, stage_reports.mode, stage_reports.is_main,
    stage_reports.status, stage_reports.confidence, stage_reports.evidence_number, stage_reports.evidence,
    stage_reports.correction_id
"""

SOURCE_COLUMNS = """
    name, outlet_name, home_url, kind, network, family, articles, last_published_date, verdict, is_to_look_at,
    reason_id, reason_en, since_date, visited_at, read_at, new_week, usual_low, usual_high, read_share, dated_share,
    held, estimate, low, high, unsaid_id, unsaid_en
"""

REGENCY = Document(
    path="/daerah",
    sql="""
        select
            regencies.code, regencies.name, regencies.short_name, regencies.kind, regencies.province_code,
            regencies.province_name, regencies.capital_name, regencies.latitude, regencies.longitude,
            regencies.population, regencies.area_km2, regencies.cohort_year,
            coverage.articles, coverage.outlets, coverage.undated, coverage.first_published_date,
            coverage.last_published_date
        from regencies
        left join regency_coverage as coverage on coverage.regency_code = regencies.code
        where regencies.code = :key
    """,
    lists={
        "aliases": """
            select alias, kind, ambiguous_with, note, source from regency_aliases where regency_code = :key
            order by alias, kind
        """,
        "cohorts": """
            select year, status, group_name, note, source_url from cohorts where regency_code = :key order by year
        """,
        "ladder": """
            select
                stage_code, state, edition, edition_by, is_past, events, first_date, last_date, date_precision,
                regency_ladder.articles, conflicts, event_id, later_event_id, confidence, evidence,
                evidence_article_id, evidence_number
            from regency_ladder
            join stages on stages.code = stage_code
            where regency_code = :key
            order by stages.position
        """,
        "events": f"""
            select {EVENT_COLUMNS}
            where events.regency_code = :key
            order by events.start_date desc nulls last, events.id
        """,
        "officials": """
            select
                office_id, person_id, status, number, office_name, agency_name, is_single, person_name,
                first_seen_date, last_seen_date, is_latest, articles, outlets, first_article_id,
                first_evidence_number, last_article_id, last_evidence_number
            from office_terms
            where regency_code = :key
            order by last_seen_date desc, office_id, person_id, status, number
        """,
        "articles": """
            select
                articles.id, articles.title, articles.url, articles.source, articles.outlet_name,
                articles.published_date, articles.date_reason, articles.is_relevant, article_regencies.role,
                article_regencies.confidence
            from article_regencies
            join articles on articles.id = article_regencies.article_id
            where article_regencies.regency_code = :key
            order by articles.published_date desc nulls last, articles.id
        """,
        "sources": """
            select sources.name, sources.outlet_name, sources.verdict, sources.since_date
            from source_regencies
            join sources on sources.name = source_regencies.source
            where source_regencies.regency_code = :key
            order by sources.name
        """,
    },
    feeds=("atom", "ics"),
)

EVENT = Document(
    path="/peristiwa",
    sql=f"select {EVENT_COLUMNS} where events.id = :key",
    lists={
        "reports": f"""
            select
                {REPORT_COLUMNS}, articles.title, articles.url, articles.source, articles.outlet_name,
                articles.published_date, story_articles.story_id, story_articles.role
            from stage_reports
            join articles on articles.id = stage_reports.article_id
            left join story_articles on story_articles.article_id = stage_reports.article_id
            where stage_reports.event_id = :key
            order by articles.published_date nulls last, articles.id, stage_reports.number
        """,
        "conflicts": """
            select
                event_conflicts.number, field, value, with_event_id, articles, outlets, is_best,
                event_conflicts.article_id, evidence_number, evidence.text as evidence
            from event_conflicts
            join evidence on evidence.article_id = event_conflicts.article_id and evidence.number = evidence_number
            where event_id = :key
            order by event_conflicts.number
        """,
        "people": """
            select
                number, person_id, name, position, acting, organization, articles, is_quoted, article_id,
                evidence_number
            from event_people
            where event_id = :key
            order by number
        """,
        "versions": """
            select
                number, stage_code, regency_code, edition, start_date, end_date, status, venue, mode, known_from,
                known_to
            from event_versions
            where event_id = :key
            order by number
        """,
    },
    merged="select event_id as key from merged_events where id = :key",
)

ARTICLE = Document(
    path="/artikel",
    sql="""
        select
            id, url, source, outlet_name, title, authors, published_at, published_date, published_by, date_reason,
            lead, relevance, is_relevant, is_complete, fetched_at, gone_at, archive_digest, parser, model
        from articles
        where id = :key
    """,
    lists={
        "evidence": """
            select number, start, "end", text, anchor, is_former from evidence where article_id = :key order by number
        """,
        "mentions": """
            select number, label, text, value, confidence, evidence_number, offset_start, offset_end
            from mentions
            where article_id = :key
            order by number
        """,
        "regencies": """
            select regency_code, regency_name, role, confidence, evidence_number
            from article_regencies
            where article_id = :key
            order by regency_code
        """,
        "reports": f"select {REPORT_COLUMNS} from stage_reports where article_id = :key order by number",
        "officials": """
            select
                number, name, prefix, degrees, position, acting, organization, regency_code, represents, is_quoted,
                person_id, office_id, standing, confidence, evidence_number, evidence
            from officials
            where article_id = :key
            order by number
        """,
        "quotes": """
            select number, speaker_name, person_id, text, confidence, evidence_number, evidence
            from quotes
            where article_id = :key
            order by number
        """,
        "figures": """
            select number, kind, value, unit, bound, about, text, confidence, evidence_number, evidence
            from figures
            where article_id = :key
            order by number
        """,
        "pillars": """
            select pillar, evidence_number from article_pillars where article_id = :key order by pillar
        """,
        "story": """
            select told.story_id, told.article_id, told.role, told.verbatim_share, told.similarity
            from story_articles as mine
            join story_articles as told on told.story_id = mine.story_id
            where mine.article_id = :key
            order by told.role = 'first' desc, told.article_id
        """,
        "versions": """
            select number, title, published_at, replaced_at, archive_digest
            from article_versions
            where article_id = :key
            order by number
        """,
        "corrections": """
            select
                id, kind, decision, original, corrected, evidence, decided_by, decided_at, reason, state,
                state_reason, undone_at
            from corrections
            where article_id = :key
            order by id
        """,
    },
)

PERSON = Document(
    path="/pejabat",
    sql="""
        select
            people.id, people.name, people.regency_code, regencies.name as regency_name, people.spellings,
            people.articles, people.outlets, people.first_seen_date, people.last_seen_date
        from people
        left join regencies on regencies.code = people.regency_code
        where people.id = :key
    """,
    lists={
        "names": "select name, articles from person_names where person_id = :key order by articles desc, name",
        "offices": """
            select
                office_id, status, number, office_name, agency_name, regency_code, is_single, first_seen_date,
                last_seen_date, is_latest, articles, outlets, first_article_id, first_evidence_number,
                last_article_id, last_evidence_number
            from office_terms
            where person_id = :key
            order by last_seen_date desc, office_id, status, number
        """,
        "quotes": """
            select
                quotes.article_id, quotes.number, quotes.text, quotes.confidence, quotes.evidence_number,
                articles.outlet_name, articles.url, articles.published_date
            from quotes
            join articles on articles.id = quotes.article_id
            where quotes.person_id = :key
            order by articles.published_date desc nulls last, quotes.article_id, quotes.number
        """,
        "events": f"""
            select {EVENT_COLUMNS}
            where events.id in (select event_id from event_people where person_id = :key)
            order by events.start_date desc nulls last, events.id
        """,
    },
    merged="select person_id as key from merged_people where id = :key",
    feeds=("atom", "ics"),
)

SOURCE = Document(
    path="/media",
    sql=f"select {SOURCE_COLUMNS} from sources where name = :key",
    lists={
        "provinces": "select province_code from source_provinces where source = :key order by province_code",
        "regencies": "select regency_code from source_regencies where source = :key order by regency_code",
        "ways": """
            select number, way, url, asked_at, is_answered, is_audit, problem, found, new, kept, runs
            from source_ways
            where source = :key
            order by number
        """,
        "fates": "select fate, reason, urls, last_at from fates where source = :key order by fate, reason",
        "articles": """
            select id, title, url, published_date, date_reason, is_relevant
            from articles
            where source = :key
            order by published_date desc nulls last, id
        """,
    },
)

PROVINCE = Document(
    path="/provinsi",
    sql="select code, name from provinces where code = :key",
    lists={
        "regencies": """
            select
                regencies.code, regencies.name, regencies.kind, regencies.cohort_year, coverage.articles,
                coverage.outlets, coverage.first_published_date, coverage.last_published_date
            from regencies
            left join regency_coverage as coverage on coverage.regency_code = regencies.code
            where regencies.province_code = :key
            order by regencies.code
        """,
        "months": """
            select month, articles, outlets, regencies from monthly_coverage where province_code = :key order by month
        """,
        "sources": """
            select sources.name, sources.outlet_name, sources.verdict, sources.since_date
            from source_provinces
            join sources on sources.name = source_provinces.source
            where source_provinces.province_code = :key
            order by sources.name
        """,
    },
    feeds=("atom", "ics"),
)

STAGE = Document(
    path="/tahapan",
    sql="""
        select code, position, name_id, name_en, description_id, description_en from stages where code = :key
    """,
    lists={
        "order": """
            select rule, earlier_code, later_code, scope, kind, is_needed, reason_id, reason_en, source_url
            from stage_order
            where earlier_code = :key or later_code = :key
            order by rule, earlier_code, later_code
        """,
        "ladder": """
            select
                regency_code, state, edition, edition_by, is_past, events, first_date, last_date, date_precision,
                articles, conflicts, event_id, later_event_id, confidence, evidence, evidence_article_id,
                evidence_number
            from regency_ladder
            where stage_code = :key
            order by regency_code
        """,
    },
    feeds=("atom", "ics"),
)

DOCUMENTS = {
    "regency": REGENCY,
    "province": PROVINCE,
    "stage": STAGE,
    "event": EVENT,
    "article": ARTICLE,
    "person": PERSON,
    "source": SOURCE,
}
"""Every kind of document by the name under which its JSON holds it."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A list of things, told a page at a time."""

    path: str
    key: str
    """The column by which each has its own page."""
    size: int
    """Rows of a page of JSON."""
    sql: str
    """In its order, a page of :size after the :before first; `{where}` stands for the reader's choice."""
    choices: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What may be chosen: by its name in the address how it is written, and the condition (as FILTERS of events)."""


REGENCIES = Collection(
    path="/daerah",
    key="code",
    size=600,
    sql="""
        select
            regencies.code, regencies.name, regencies.kind, regencies.province_code, regencies.province_name,
            regencies.latitude, regencies.longitude, regencies.cohort_year, coverage.articles, coverage.outlets,
            coverage.first_published_date, coverage.last_published_date
        from regencies
        left join regency_coverage as coverage on coverage.regency_code = regencies.code
        where {where}
        order by regencies.code
        limit :size offset :before
    """,
    choices={"provinsi": (r"\d\d", "regencies.province_code = :provinsi")},
)

EVENTS = Collection(
    path="/peristiwa",
    key="id",
    size=200,
    # Chosen first and joined then, in this order: SQLite would rather begin with the stages and sort all.
    sql=f"""
        with chosen as materialized (
            select events.id
            from events
            where {{where}}
            order by events.first_published_date desc, events.id
            limit :size offset :before
        )
        select {EVENT_COLUMNS.replace("from events", "from chosen cross join events on events.id = chosen.id")}
        order by events.first_published_date desc, events.id
    """,
    choices=FILTERS,
)

PEOPLE = Collection(
    path="/pejabat",
    key="id",
    size=500,
    sql="""
        select
            people.id, people.name, people.regency_code, people.spellings, people.articles, people.outlets,
            people.first_seen_date, people.last_seen_date
        from people
        where {where}
        order by people.id
        limit :size offset :before
    """,
    choices={"daerah": (r"\d\d\.\d\d", "people.regency_code = :daerah")},
)

PROVINCES = Collection(
    path="/provinsi",
    key="code",
    size=100,
    sql="select code, name from provinces where {where} order by code limit :size offset :before",
)

SOURCES = Collection(
    path="/media",
    key="name",
    size=1000,
    sql=f"select {SOURCE_COLUMNS} from sources where {{where}} order by name limit :size offset :before",
)

KNOWN = {
    "daerah": "select 1 from regencies where code = :value",
    "provinsi": "select 1 from provinces where code = :value",
    "tahapan": "select 1 from stages where code = :value",
}
"""A query for each choice of a code that gives a row where there is such a code."""

COLLECTIONS = {"regencies": REGENCIES, "provinces": PROVINCES, "events": EVENTS, "people": PEOPLE, "sources": SOURCES}
"""Every list by the name under which its JSON holds it."""


def plain(row: Row) -> Row:
    """A row as JSON tells it: truths are true or false, and what is kept as JSON is read.

    >>> plain({"is_main": 1, "is_past": None, "authors": '["A"]', "articles": 1})
    {'is_main': True, 'is_past': None, 'authors': ['A'], 'articles': 1}
    """
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: object) -> object:
    if value is None:
        return None
    if name.startswith("is_"):
        return bool(value)
    return json.loads(str(value)) if name in JSON_COLUMNS else value
