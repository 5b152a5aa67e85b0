"""What the page of a regency asks public.db; every query costs as much as there is of that regency."""

from __future__ import annotations

from publish.site.events import REPORT_DATE_EVIDENCE
from publish.site.regency.standings import STANDINGS_BESIDE

STORIES_A_PAGE = 15
COPIES_SHOWN = 12
OTHERS_SHOWN = 60
UNSURE_SHOWN = 30
NAMED_SHOWN = 24
QUOTES_SHOWN = 12

REGENCY = """
select
    regencies.code, regencies.name, regencies.short_name, regencies.kind, regencies.province_code,
    regencies.province_name, regencies.capital_name, regencies.latitude, regencies.longitude, regencies.population,
    regencies.area_km2, regencies.cohort_year,
    coverage.articles, coverage.outlets, coverage.undated, coverage.last_published_date, coverage.last_article_id,
    coverage.watched_by,
    articles.title as last_title, articles.outlet_name as last_outlet_name
from regencies
left join regency_coverage as coverage on coverage.regency_code = regencies.code
left join articles on articles.id = coverage.last_article_id
where regencies.code = :code
"""

ALIASES = """
select regency_aliases.alias, regency_aliases.kind
from regency_aliases
join regencies on regencies.code = regency_code
where regency_code = :code and regency_aliases.kind in ('abbreviation', 'old_name', 'nickname')
and alias not in (regencies.name, regencies.short_name, regencies.capital_name)
order by regency_aliases.kind = 'nickname', regency_aliases.kind = 'old_name', alias
"""

COHORTS = """
select year, status, group_name, source_url
from cohorts
where regency_code = :code
order by year
"""

# The sentence that says the date, whether any article is about the event, whether a person corrected any report of it.
OF_ITS_REPORTS = """
    (
        select coalesce(
            max(iif(mentions.evidence_number = events.evidence_number, mentions.evidence_number, null)),
            min(mentions.evidence_number)
        )
        from mentions
        where mentions.article_id = events.evidence_article_id and mentions.label = 'DATE'
        and mentions.value in (events.start_date, events.start_date || '/' || events.end_date)
    ) as date_evidence_number,
    exists (
        select 1 from stage_reports where stage_reports.event_id = events.id and stage_reports.is_main
    ) as is_main,
    exists (
        select 1 from stage_reports
        where stage_reports.event_id = events.id and stage_reports.correction_id is not null
    ) as is_corrected
"""

# A rung is dated and proved by its event: the latest, or of a step that is taken once the one that most outlets tell.
RUNGS = f"""
select
    rungs.stage_code, stages.name_id as stage_name_id, stages.name_en as stage_name_en, rungs.state, rungs.edition,
    rungs.edition_by, rungs.is_past, rungs.events, rungs.articles as rung_articles,
    later_stages.name_id as later_name_id, later_stages.name_en as later_name_en, rungs.later_event_id,
    events.id, events.status, events.start_date, events.end_date, events.date_reason, events.venue, events.mode,
    events.articles, events.outlets, events.conflicts, events.confidence,
    events.evidence, events.evidence_article_id, events.evidence_number, {OF_ITS_REPORTS}
from ladder_editions as rungs
join stages on stages.code = rungs.stage_code
left join events on events.id = rungs.event_id
left join events as later on later.id = rungs.later_event_id
left join stages as later_stages on later_stages.code = later.stage_code
where rungs.regency_code = :code
order by stages.position, rungs.number
"""

# A stage may be missing over all editions where no edition is known; a gap in one edition says more.
GAPS = """
select
    ladder.stage_code, stages.name_id as stage_name_id, stages.name_en as stage_name_en, ladder.state,
    null as edition, ladder.later_event_id,
    later_stages.name_id as later_name_id, later_stages.name_en as later_name_en
from regency_ladder as ladder
join stages on stages.code = ladder.stage_code
join events as later on later.id = ladder.later_event_id
join stages as later_stages on later_stages.code = later.stage_code
where ladder.regency_code = :code and ladder.state = 'unreported'
and ladder.stage_code not in (
    select stage_code from ladder_editions where regency_code = :code and state = 'unreported'
)
order by stages.position
"""

# The events of a rung beside its own.
OTHERS = f"""
select
    events.id, events.stage_code, stages.name_id as stage_name_id, stages.name_en as stage_name_en, events.edition,
    events.status, events.start_date, events.end_date, events.date_reason, events.venue, events.articles,
    events.confidence, events.conflicts, events.evidence_article_id, events.evidence_number, {OF_ITS_REPORTS}
from events
join stages on stages.code = events.stage_code
where events.regency_code = :code
and events.id not in (
    select event_id from ladder_editions where regency_code = :code and event_id is not null
)
order by events.start_date desc, events.id
limit {OTHERS_SHOWN + 1}
"""

FLAGS = """
select
    rule, kind, reason_id, reason_en,
    earlier_event_id, earlier.name_id as earlier_name_id, earlier.name_en as earlier_name_en, earlier_date,
    later_event_id, later.name_id as later_name_id, later.name_en as later_name_en, later_date
from order_flags
join stages as earlier on earlier.code = earlier_stage_code
join stages as later on later.code = later_stage_code
where regency_code = :code
order by kind, later_date, later_event_id, rule, earlier.position
"""

# What is not sure is no event yet, but the reader may know more than the machine. The index is named because SQLite
# would look through all that is of no event.
UNSURE = f"""
with doubtful as materialized (
    select article_id, stage_code, start_date, end_date, date_reason, status, confidence, evidence_number, evidence
    from stage_reports indexed by stage_reports_unsure_newest
    where regency_code = :code and event_id is null
    order by start_date desc, article_id desc, number desc
    limit {UNSURE_SHOWN}
)
select
    stage_reports.article_id, stage_reports.stage_code,
    stages.name_id as stage_name_id, stages.name_en as stage_name_en,
    stage_reports.start_date, stage_reports.end_date, stage_reports.date_reason, stage_reports.status,
    stage_reports.confidence, stage_reports.evidence_number, stage_reports.evidence, {REPORT_DATE_EVIDENCE},
    articles.outlet_name,
    (
        select count(*)
        from stage_reports indexed by stage_reports_unsure_newest
        where regency_code = :code and regency_code is not null and event_id is null
    ) as total
from doubtful as stage_reports
join stages on stages.code = stage_reports.stage_code
join articles on articles.id = stage_reports.article_id
order by stage_reports.start_date desc, stages.position, stage_reports.article_id
"""

# Whoever holds an office of the regency now or held it before, as far as seen; leaders first.
TERMS = """
select
    terms.office_id, terms.office_name, terms.agency_name, terms.status, terms.person_id, terms.person_name,
    terms.is_single, terms.first_seen_date, terms.last_seen_date, terms.is_latest, terms.articles, terms.outlets,
    terms.first_article_id, terms.first_evidence_number, terms.last_article_id, terms.last_evidence_number,
    terms.last_seen_date < (select date(made_at, '+7 hours', '-1 year') from release) as is_long_unseen
from office_terms as terms
left join positions on positions.name = terms.office_name
where terms.regency_code = :code
order by
    coalesce(terms.is_latest, 1) desc, coalesce(positions.rank, 99), terms.agency_name like '%Komunikasi%' desc,
    terms.last_seen_date desc, terms.person_name, terms.number
limit 150
"""

CONFLICTS = """
select
    office_name, agency_name, person_a_id, person_a_name, status_a, seen_a_date, article_a_id,
    evidence_a_number, person_b_id, person_b_name, status_b, seen_b_date, article_b_id, evidence_b_number
from office_conflicts
where regency_code = :code
order by last_seen_date desc, office_name
"""

# Only who was seen in an office has a page.
PAGE_OF = """
    iif(
        exists (select 1 from office_terms where office_terms.person_id = {table}.person_id), {table}.person_id, null
    ) as person_id
"""

# Whom the newest stories name with the regency, but who hold no office of it as far as we know for sure.
NAMED = f"""
with newest as materialized (
    select story_id
    from regency_stories
    where regency_code = :code and role = 'subject'
    order by first_published_date desc, story_id desc
    limit 200
)
select
    coalesce(officials.person_id, officials.name) as who, {PAGE_OF.format(table="officials")}, officials.name,
    officials.position, officials.acting, officials.organization, officials.represents, officials.standing,
    officials.confidence, officials.article_id, officials.evidence_number,
    max(coalesce(articles.published_date, '')) as seen_date
from newest
cross join officials on officials.article_id = newest.story_id
cross join articles on articles.id = newest.story_id
where officials.regency_code = :code
and (officials.standing is null or officials.standing in ('terpilih', 'calon', 'mantan'))
and coalesce(officials.person_id, '') not in (select person_id from office_terms where regency_code = :code)
and officials.name not in (
    select name
    from person_names
    where person_id in (select person_id from office_terms where regency_code = :code)
)
group by who
order by seen_date desc, who
limit {NAMED_SHOWN}
"""

# A quotation stands once, in the first article of its text.
QUOTES = f"""
select
    quotes.article_id, quotes.number, quotes.speaker_name, {PAGE_OF.format(table="quotes")}, quotes.text,
    quotes.confidence, quotes.evidence_number, articles.outlet_name, articles.published_date, articles.date_reason,
    officials.position, officials.acting, officials.organization
from regency_stories as stories
join quotes on quotes.article_id = stories.story_id
join articles on articles.id = quotes.article_id
left join officials
    on officials.article_id = quotes.article_id and officials.number = (
        select min(named.number)
        from officials as named
        where named.article_id = quotes.article_id and named.name = quotes.speaker_name
    )
where stories.regency_code = :code and stories.role = 'subject'
order by stories.first_published_date desc, stories.story_id desc, quotes.number
limit {QUOTES_SHOWN}
"""

STORY_COUNTS = """
select
    count(*) filter (where role = 'subject') as subject,
    count(*) filter (where role = 'mention') as mention
from regency_stories
where regency_code = :code
"""

# Page by page: what is skipped is counted in the index and not looked up.
STORIES = f"""
with told as materialized (
    select story_id, first_published_date
    from regency_stories
    where regency_code = :code and role = :role
    order by first_published_date desc, story_id desc
    limit {STORIES_A_PAGE} offset :offset
)
select
    told.story_id, subjects.confidence, stories.articles, stories.outlets, stories.is_release,
    articles.title, articles.outlet_name, articles.published_date, articles.date_reason, articles.is_relevant
from told
join regency_stories as subjects on subjects.regency_code = :code and subjects.story_id = told.story_id
join stories on stories.id = told.story_id
join articles on articles.id = stories.first_article_id
order by told.first_published_date desc, told.story_id desc
"""

COPIES = f"""
select story_id, id, outlet_name, title, published_date, date_reason, role, rank
from (
    select
        told.story_id, articles.id, articles.outlet_name, articles.title, articles.published_date,
        articles.date_reason, copies.role,
        row_number() over (partition by told.story_id order by articles.published_date, articles.id) as rank
    from (
        select story_id
        from regency_stories
        where regency_code = :code and role = :role
        order by first_published_date desc, story_id desc
        limit {STORIES_A_PAGE} offset :offset
    ) as told
    join story_articles as copies on copies.story_id = told.story_id and copies.article_id <> told.story_id
    join articles on articles.id = copies.article_id
)
where rank <= {COPIES_SHOWN}
order by story_id, rank
"""

# Who writes about the regency or its province, and whom of them we cannot read.
SOURCES = """
with watching as (
    select source, 1 as is_own
    from source_regencies
    where regency_code = :code
    union all
    select source, 0
    from source_provinces
    where province_code = (select province_code from regencies where code = :code)
    and source not in (select source from source_regencies where regency_code = :code)
)
select
    sources.name, sources.outlet_name, sources.verdict, sources.since_date, sources.reason_id, sources.reason_en,
    watching.is_own, coalesce(sources.verdict in ('ok', 'quiet', 'new'), 0) as is_read,
    subjects.articles, subjects.last_published_date
from watching
join sources on sources.name = watching.source
left join source_subjects as subjects
    on subjects.source = watching.source and subjects.regency_code = :code
order by watching.is_own desc, subjects.articles desc, sources.outlet_name
"""

# Those that are about no place of their own: they write about whatever they find.
ELSEWHERE = """
select count(*) as sources, coalesce(sum(verdict in ('ok', 'quiet', 'new')), 0) as read
from sources
where kind <> 'file' and not exists (select 1 from source_provinces where source = name)
and not exists (select 1 from source_regencies where source = name)
"""

# Whoever reported on the regency, the most diligent first.
REPORTERS = """
select sources.name, sources.outlet_name, subjects.articles, subjects.last_published_date
from source_subjects as subjects
join sources on sources.name = subjects.source
where subjects.regency_code = :code and sources.kind <> 'file'
order by subjects.articles desc, sources.outlet_name
limit 12
"""

CORRECTIONS = """
select
    corrections.id, corrections.article_id, corrections.kind, corrections.decision, corrections.decided_by,
    substr(corrections.decided_at, 1, 10) as decided_date, corrections.reason, articles.title, articles.outlet_name
from corrections
cross join article_regencies
    on article_regencies.article_id = corrections.article_id and article_regencies.regency_code = :code
join articles on articles.id = corrections.article_id
where corrections.undone_at is null and corrections.state = 'applied' and corrections.decision <> 'accept'
order by corrections.decided_at desc, corrections.id desc
limit 8
"""

# What we said of an event and say no more, beside what we said of it next: nothing where `next_number` is empty.
VERSIONS = """
with versions as (
    select
        event_id, number, stage_code, start_date, end_date, status, venue, mode, edition, known_to,
        lead(start_date) over event as next_start_date, lead(end_date) over event as next_end_date,
        lead(status) over event as next_status, lead(edition) over event as next_edition,
        lead(venue) over event as next_venue, lead(mode) over event as next_mode, lead(number) over event as next_number
    from event_versions
    where regency_code = :code
    window event as (partition by event_id order by number)
)
select
    versions.event_id, stages.name_id as stage_name_id, stages.name_en as stage_name_en, versions.start_date,
    versions.end_date, versions.status, versions.venue, versions.mode, versions.edition,
    substr(versions.known_to, 1, 10) as known_to_date, next_number, next_start_date, next_end_date, next_status,
    next_venue, next_mode, next_edition, coalesce(events.id, merged_events.event_id) as now_event_id
from versions
join stages on stages.code = versions.stage_code
left join events on events.id = versions.event_id
left join merged_events on merged_events.id = versions.event_id
where versions.known_to is not null
order by versions.known_to desc, versions.event_id, versions.number
limit 10
"""

QUERIES = {
    "standings": STANDINGS_BESIDE,
    "aliases": ALIASES,
    "cohorts": COHORTS,
    "rungs": RUNGS,
    "gaps": GAPS,
    "others": OTHERS,
    "flags": FLAGS,
    "unsure": UNSURE,
    "terms": TERMS,
    "conflicts": CONFLICTS,
    "named": NAMED,
    "quotes": QUOTES,
    "stories": STORIES,
    "copies": COPIES,
    "sources": SOURCES,
    "elsewhere": ELSEWHERE,
    "reporters": REPORTERS,
    "corrections": CORRECTIONS,
    "versions": VERSIONS,
}
"""All that the page asks of a regency that is there. `:role` is subject or mention, `:offset` counts stories."""
