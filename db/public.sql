-- The tables of public.db, in the order in which they are filled. What fills a table is views/<table>.sql, in the order
-- of its key; indexes are made afterwards.

create table provinces (
    code text primary key not null,
    name text not null
) strict;

create table regencies (
    code text primary key not null,
    name text not null,
    short_name text not null,
    kind text not null,
    province_code text not null references provinces(code),
    province_name text not null,
    capital_name text not null,
    latitude real not null,
    longitude real not null,
    population integer not null,
    area_km2 real not null,
    cohort_year integer
) strict;
create index regencies_province_code on regencies(province_code);
create index regencies_name on regencies(name collate nocase);

create table regency_aliases (
    regency_code text not null references regencies(code),
    alias text not null,
    kind text not null,
    ambiguous_with text,
    note text,
    source text not null,
    primary key (regency_code, alias, kind)
) strict, without rowid;
create index regency_aliases_alias on regency_aliases(alias);
create index regency_aliases_written on regency_aliases(alias collate nocase);

create table positions (
    name text primary key not null,
    rank integer not null,
    government_level text not null,
    kind text not null,
    variants text,
    note text
) strict;

create table agencies (
    name text primary key not null,
    abbreviation text,
    family_name text not null,
    government_level text not null,
    variants text,
    note text
) strict;
create index agencies_family_name on agencies(family_name);

create table stages (
    code text primary key not null,
    position integer not null,
    name_id text not null,
    name_en text not null,
    description_id text not null,
    description_en text not null
) strict;

create table stage_order (
    rule text not null,
    earlier_code text not null references stages(code),
    later_code text not null references stages(code),
    scope text not null,
    kind text,
    is_needed integer not null,
    reason_id text not null,
    reason_en text not null,
    source_url text not null,
    primary key (rule, earlier_code, later_code)
) strict, without rowid;
create index stage_order_later_code on stage_order(later_code);

create table cohorts (
    regency_code text not null references regencies(code),
    year integer not null,
    status text not null,
    group_name text,
    note text,
    source_url text not null,
    primary key (regency_code, year)
) strict, without rowid;
create index cohorts_year on cohorts(year);

create table programme_calendar (
    number integer primary key not null,
    year integer not null,
    stage_code text not null references stages(code),
    label text not null,
    start_date text not null,
    end_date text not null,
    place text,
    mode text,
    scope text not null,
    source_url text not null,
    note text
) strict;
create index programme_calendar_stage_code on programme_calendar(stage_code);

create table articles (
    id text primary key not null,
    url text not null,
    source text not null references sources(name),
    outlet_name text not null,
    title text,
    authors text not null,
    published_at text,
    published_date text,
    published_by text,
    date_reason text,
    lead text not null,
    relevance real not null,
    is_relevant integer,
    is_complete integer not null,
    fetched_at text not null,
    gone_at text,
    archive_digest text not null,
    parser text not null,
    model text not null,
    correction_id integer,
    date_correction_id integer
) strict;
create index articles_source on articles(source);
create index articles_published_date on articles(published_date);
create index articles_url on articles(url);

create table sources (
    name text primary key not null,
    outlet_name text not null,
    home_url text,
    kind text not null,
    network text,
    family text,
    knowledge text,
    delay real,
    budget integer,
    articles integer not null,
    last_published_date text,
    verdict text,
    is_to_look_at integer,
    reason_id text,
    reason_en text,
    since_date text,
    notes_id text,
    notes_en text,
    visited_at text,
    read_at text,
    new_week integer,
    usual_low integer,
    usual_high integer,
    overlap real,
    read_share real,
    dated_share real,
    placed_share real,
    week_pages integer,
    floor_week integer,
    floor_read real,
    floor_dated real,
    floor_placed real,
    held integer,
    estimate real,
    low integer,
    high integer,
    unsaid_id text,
    unsaid_en text
) strict;
create index sources_verdict on sources(verdict);

create table source_provinces (
    source text not null references sources(name),
    province_code text not null references provinces(code),
    primary key (source, province_code)
) strict, without rowid;
create index source_provinces_province_code on source_provinces(province_code);

create table source_regencies (
    source text not null references sources(name),
    regency_code text not null references regencies(code),
    primary key (source, regency_code)
) strict, without rowid;
create index source_regencies_regency_code on source_regencies(regency_code);

create table source_ways (
    source text not null references sources(name),
    number integer not null,
    way text not null,
    url text not null,
    asked_at text not null,
    is_answered integer not null,
    is_audit integer not null,
    problem text,
    found integer not null,
    new integer not null,
    kept integer not null,
    runs integer not null,
    new_28 integer not null,
    kept_28 integer not null,
    requests_28 integer not null,
    primary key (source, number)
) strict, without rowid;

create table source_visits (
    source text primary key not null references sources(name),
    day text,
    requests_day integer not null,
    requests_7 integer not null,
    excepted_28 integer not null,
    asked_at text,
    robots text,
    robots_at text,
    crawl_delay real,
    pace real,
    exception_paths text,
    exception_reason text,
    exception_agreed_with text,
    exception_since text
) strict, without rowid;

create table funnel (
    source text primary key not null references sources(name),
    found integer not null,
    kept integer not null,
    read integer not null,
    on_programme integer not null,
    not_sure integer not null,
    with_event integer not null
) strict;

create table fates (
    source text not null references sources(name),
    fate text not null,
    reason text not null,
    urls integer not null,
    last_at text,
    primary key (source, fate, reason)
) strict, without rowid;

create table alarms (
    id integer primary key not null,
    source text not null references sources(name),
    kind text not null,
    level text not null,
    said_id text not null,
    said_en text not null,
    urls text not null,
    number integer not null,
    raised_at text not null,
    ended_at text
) strict;
create index alarms_source on alarms(source);

create table completeness (
    week text not null,
    weeks integer not null,
    sources integer not null,
    held_by_both integer not null,
    held_by_first integer not null,
    held_by_second integer not null,
    held integer not null,
    estimate real,
    low integer,
    high integer,
    unsaid_id text,
    unsaid_en text,
    gaps integer not null,
    primary key (week, weeks)
) strict, without rowid;

create table evidence (
    article_id text not null references articles(id),
    number integer not null,
    start integer not null,
    "end" integer not null,
    text text not null,
    anchor text not null,
    is_former integer not null,
    primary key (article_id, number)
) strict, without rowid;

create table mentions (
    article_id text not null references articles(id),
    number integer not null,
    label text not null,
    text text not null,
    value text not null,
    confidence real not null,
    evidence_number integer not null,
    offset_start integer not null,
    offset_end integer not null,
    primary key (article_id, number),
    foreign key (article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index mentions_label_value on mentions(label, value);

create table article_regencies (
    article_id text not null references articles(id),
    regency_code text not null references regencies(code),
    regency_name text not null,
    role text not null,
    confidence real not null,
    evidence_number integer,
    correction_id integer,
    primary key (article_id, regency_code),
    foreign key (article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index article_regencies_regency_code on article_regencies(regency_code, role);

create table person_names (
    person_id text not null references people(id),
    name text not null,
    articles integer not null,
    primary key (person_id, name)
) strict, without rowid;

create table people (
    id text primary key not null,
    name text not null,
    regency_code text references regencies(code),
    spellings integer not null,
    articles integer not null,
    outlets integer not null,
    first_seen_date text,
    last_seen_date text
) strict, without rowid;
create index people_name on people(name);
create index people_regency_code on people(regency_code);

create table merged_people (
    id text primary key not null,
    person_id text not null references people(id)
) strict, without rowid;
create index merged_people_person_id on merged_people(person_id);

create table offices (
    id text primary key not null,
    name text not null,
    agency_name text,
    regency_code text references regencies(code),
    is_single integer not null
) strict, without rowid;
create index offices_regency_code on offices(regency_code);
create index offices_name on offices(name);

create table person_links (
    naming_a text not null,
    naming_b text not null,
    person_id text references people(id),
    name_a text not null,
    office_a_id text references offices(id),
    name_b text not null,
    office_b_id text references offices(id),
    evidence text not null,
    article_a_id text not null references articles(id),
    article_b_id text not null references articles(id),
    primary key (naming_a, naming_b)
) strict, without rowid;
create index person_links_person_id on person_links(person_id);
create index person_links_naming_b on person_links(naming_b);

create table officials (
    article_id text not null references articles(id),
    number integer not null,
    name text not null,
    prefix text,
    degrees text not null,
    position text,
    acting text,
    organization text,
    regency_code text references regencies(code),
    represents text,
    is_quoted integer not null,
    person_id text references people(id),
    office_id text references offices(id),
    standing text,
    confidence real not null,
    evidence_number integer not null,
    evidence text not null,
    correction_id integer,
    primary key (article_id, number),
    foreign key (article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index officials_person_id on officials(person_id);
create index officials_office_id on officials(office_id);
create index officials_name on officials(name);
create index officials_regency_standing on officials(regency_code, standing);

create table office_terms (
    office_id text not null references offices(id),
    person_id text not null references people(id),
    status text not null,
    number integer not null,
    office_name text not null,
    agency_name text,
    regency_code text references regencies(code),
    is_single integer not null,
    person_name text not null,
    first_seen_date text,
    last_seen_date text,
    is_latest integer,
    articles integer not null,
    outlets integer not null,
    first_article_id text not null references articles(id),
    first_evidence_number integer not null,
    last_article_id text not null references articles(id),
    last_evidence_number integer not null,
    primary key (office_id, person_id, status, number),
    foreign key (first_article_id, first_evidence_number) references evidence(article_id, number),
    foreign key (last_article_id, last_evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index office_terms_person_id on office_terms(person_id);
create index office_terms_regency_code on office_terms(regency_code);
create index office_terms_last_seen_date on office_terms(last_seen_date);

create table office_conflicts (
    office_id text not null references offices(id),
    person_a_id text not null references people(id),
    person_b_id text not null references people(id),
    office_name text not null,
    agency_name text,
    regency_code text references regencies(code),
    person_a_name text not null,
    status_a text not null,
    seen_a_date text not null,
    article_a_id text not null references articles(id),
    evidence_a_number integer not null,
    person_b_name text not null,
    status_b text not null,
    seen_b_date text not null,
    article_b_id text not null references articles(id),
    evidence_b_number integer not null,
    first_seen_date text not null,
    last_seen_date text not null,
    primary key (office_id, person_a_id, person_b_id),
    foreign key (article_a_id, evidence_a_number) references evidence(article_id, number),
    foreign key (article_b_id, evidence_b_number) references evidence(article_id, number)
) strict, without rowid;
create index office_conflicts_regency_code on office_conflicts(regency_code);
create index office_conflicts_person_a_id on office_conflicts(person_a_id);
create index office_conflicts_person_b_id on office_conflicts(person_b_id);

create table story_articles (
    article_id text primary key not null references articles(id),
    story_id text not null references articles(id),
    role text not null,
    verbatim_share real,
    similarity real,
    added_sentences integer,
    dropped_sentences integer
) strict;
create index story_articles_story_id on story_articles(story_id);

create table stories (
    id text primary key not null,
    first_article_id text not null references articles(id),
    first_source text not null references sources(name),
    first_published_at text,
    articles integer not null,
    outlets integer not null,
    is_release integer not null
) strict;
create index stories_articles on stories(articles);

create table merged_events (
    id text primary key not null,
    event_id text not null
) strict;
create index merged_events_event_id on merged_events(event_id);

create table event_people (
    event_id text not null references events(id),
    number integer not null,
    person_id text,
    name text not null,
    position text,
    acting text,
    organization text,
    articles integer not null,
    is_quoted integer not null,
    article_id text not null references articles(id),
    evidence_number integer not null,
    primary key (event_id, number),
    foreign key (article_id, evidence_number) references evidence(article_id, number)
) strict;
create index event_people_person_id on event_people(person_id);
create index event_people_name on event_people(name);

create table event_conflicts (
    event_id text not null references events(id),
    number integer not null,
    field text not null,
    value text not null,
    with_event_id text references events(id),
    articles integer not null,
    outlets integer not null,
    is_best integer not null,
    article_id text not null references articles(id),
    evidence_number integer not null,
    primary key (event_id, number),
    foreign key (article_id, evidence_number) references evidence(article_id, number)
) strict;
create index event_conflicts_field on event_conflicts(field);

create table events (
    id text primary key not null,
    stage_code text not null references stages(code),
    regency_code text references regencies(code),
    regency_name text,
    province_name text,
    start_date text,
    end_date text,
    date_precision text,
    date_reason text,
    edition integer,
    edition_by text,
    edition_reason text,
    venue text,
    mode text,
    status text not null,
    articles integer not null,
    outlets integer not null,
    stories integer not null,
    first_published_date text,
    last_published_date text,
    first_report_article_id text not null references articles(id),
    conflicts integer not null,
    participants integer not null,
    confidence real not null,
    evidence text not null,
    evidence_article_id text not null references articles(id),
    evidence_number integer not null,
    foreign key (evidence_article_id, evidence_number) references evidence(article_id, number)
) strict;
create index events_regency_stage
    on events(regency_code, stage_code, status, start_date, first_published_date, confidence);
create index events_stage_code on events(stage_code);
create index events_held_by_province on events(stage_code, province_name, start_date, id)
    where status = 'held' and date_precision = 'day' and regency_code is not null;
create index events_start_date on events(start_date);
create index events_edition on events(edition);
create index events_without_edition on events(regency_code, stage_code, start_date)
    where edition is null and regency_code is not null;
create index events_newest on events(first_published_date, start_date, id);
-- The list of events answers every filter, and its count, from this alone.
create index events_listed on events(
    start_date desc, id, stage_code, regency_code, edition, status, conflicts, end_date
);

create table stage_reports (
    article_id text not null references articles(id),
    number integer not null,
    event_id text references events(id),
    joined_by text,
    stage_code text not null references stages(code),
    regency_code text references regencies(code),
    start_date text,
    end_date text,
    date_reason text,
    edition integer,
    venue text,
    mode text,
    is_main integer not null,
    status text not null,
    confidence real not null,
    evidence_number integer not null,
    evidence text not null,
    correction_id integer,
    primary key (article_id, number),
    foreign key (article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index stage_reports_event_id on stage_reports(event_id);
create index stage_reports_unsure_listed on stage_reports(
    start_date desc, article_id, number, stage_code, regency_code, edition, event_id
) where event_id is null;
create index stage_reports_regency_stage on stage_reports(regency_code, stage_code);
create index stage_reports_unsure on stage_reports(regency_code, stage_code, edition, start_date)
    where event_id is null and regency_code is not null;
create index stage_reports_unsure_newest on stage_reports(regency_code, start_date, article_id, number)
    where event_id is null and regency_code is not null;

create table ladder_editions (
    regency_code text not null references regencies(code),
    stage_code text not null references stages(code),
    number integer not null,
    state text not null,
    edition integer,
    edition_by text,
    is_past integer,
    events integer not null,
    first_date text,
    last_date text,
    date_precision text,
    articles integer not null,
    conflicts integer not null,
    event_id text references events(id),
    later_event_id text references events(id),
    confidence real,
    evidence text,
    evidence_article_id text references articles(id),
    evidence_number integer,
    primary key (regency_code, stage_code, number),
    foreign key (evidence_article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index ladder_editions_edition on ladder_editions(edition, stage_code, state);
create index ladder_editions_regency on ladder_editions(edition, regency_code, stage_code, state, last_date);
create index ladder_editions_stage on ladder_editions(stage_code, edition, state, last_date, regency_code);

create table regency_ladder (
    regency_code text not null references regencies(code),
    stage_code text not null references stages(code),
    state text not null,
    edition integer,
    edition_by text,
    is_past integer,
    events integer not null,
    first_date text,
    last_date text,
    date_precision text,
    articles integer not null,
    conflicts integer not null,
    event_id text references events(id),
    later_event_id text references events(id),
    confidence real,
    evidence text,
    evidence_article_id text references articles(id),
    evidence_number integer,
    primary key (regency_code, stage_code),
    foreign key (evidence_article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index regency_ladder_stage_code on regency_ladder(stage_code, state);
create index regency_ladder_regency_code on regency_ladder(regency_code, stage_code, state, last_date);

create table order_flags (
    regency_code text not null references regencies(code),
    edition integer,
    rule text not null,
    kind text not null,
    earlier_stage_code text not null references stages(code),
    earlier_event_id text not null references events(id),
    earlier_date text not null,
    later_stage_code text not null references stages(code),
    later_event_id text not null references events(id),
    later_date text not null,
    reason_id text not null,
    reason_en text not null,
    primary key (later_event_id, rule, earlier_stage_code)
) strict, without rowid;
create index order_flags_regency_code on order_flags(regency_code, kind);

create table event_versions (
    event_id text not null,
    number integer not null,
    stage_code text not null references stages(code),
    regency_code text references regencies(code),
    edition integer,
    start_date text,
    end_date text,
    status text not null,
    venue text,
    mode text,
    known_from text not null,
    known_to text,
    primary key (event_id, number)
) strict, without rowid;
create index event_versions_regency_stage on event_versions(regency_code, stage_code, start_date, known_from, known_to);
create index event_versions_known_from on event_versions(known_from);
create index event_versions_known_to on event_versions(known_to) where known_to is not null;

create table quotes (
    article_id text not null references articles(id),
    number integer not null,
    speaker_name text,
    person_id text references people(id),
    text text not null,
    confidence real not null,
    evidence_number integer not null,
    evidence text not null,
    correction_id integer,
    primary key (article_id, number),
    foreign key (article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index quotes_speaker_name on quotes(speaker_name);
create index quotes_person_id on quotes(person_id);

create table article_versions (
    article_id text not null references articles(id),
    number integer not null,
    title text,
    published_at text,
    replaced_at text not null,
    archive_digest text not null,
    primary key (article_id, number)
) strict, without rowid;

create table figures (
    article_id text not null references articles(id),
    number integer not null,
    kind text not null,
    value real not null,
    unit text not null,
    bound text,
    about text,
    text text not null,
    confidence real not null,
    evidence_number integer not null,
    evidence text not null,
    correction_id integer,
    primary key (article_id, number),
    foreign key (article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index figures_kind_unit on figures(kind, unit);

create table article_pillars (
    article_id text not null references articles(id),
    pillar text not null,
    evidence_number integer,
    primary key (article_id, pillar),
    foreign key (article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index article_pillars_pillar on article_pillars(pillar);

create table urls (
    url text primary key not null,
    source text not null references sources(name),
    found_by text not null,
    found_at text not null,
    fate text,
    fate_reason text,
    fate_at text,
    outcome text not null,
    reason text not null
) strict;
create index urls_source_fate on urls(source, fate);
create index urls_fate on urls(fate);
create index urls_outcome on urls(outcome, reason, found_at);
create index urls_source_outcome on urls(source, outcome, reason, found_at);

create table url_outcomes (
    period text not null,
    source text not null references sources(name),
    outcome text not null,
    reason text not null,
    urls integer not null,
    since_at text,
    primary key (source, period, outcome, reason)
) strict, without rowid;

create table review (
    item text primary key not null,
    kind text not null,
    priority integer not null,
    article_id text references articles(id),
    regency_code text references regencies(code),
    what text not null,
    reason_id text not null,
    reason_en text not null,
    confidence real,
    evidence text
) strict, without rowid;
create index review_kind on review(kind, priority, confidence, item);
create index review_priority on review(priority, confidence, item);
create index review_article_id on review(article_id);
create index review_regency_code on review(regency_code);

create table review_kinds (
    kind text primary key not null,
    priority integer not null,
    waiting integer not null
) strict;

create table corrections (
    id integer primary key not null,
    article_id text not null references articles(id),
    kind text not null,
    decision text not null,
    original text,
    corrected text,
    evidence text,
    is_former integer not null,
    model text not null,
    confidence real,
    decided_by text not null,
    decided_at text not null,
    reason text not null,
    state text not null,
    state_reason text,
    undone_at text
) strict;
create index corrections_article_id on corrections(article_id);

create table removals (
    id integer primary key not null,
    kind text not null,
    reason text not null,
    asked_date text not null,
    articles integer not null
) strict;

create table runs (
    id integer primary key not null,
    command text not null,
    started_at text not null,
    ended_at text,
    counts text
) strict;
create index runs_command on runs(command, ended_at);

create table digests (
    week text primary key not null,
    monday text not null,
    html text not null,
    text text not null,
    made_at text not null
) strict;

-- What a question over a million articles would have to count anew each time.

create table speakers (
    speaker_name text not null,
    number integer not null,
    position text,
    acting text,
    office text not null,
    organization text,
    regency_code text references regencies(code),
    quotes integer not null,
    articles integer not null,
    first_date text,
    last_date text,
    evidence_article_id text not null references articles(id),
    evidence_number integer not null,
    primary key (speaker_name, number),
    foreign key (evidence_article_id, evidence_number) references evidence(article_id, number)
) strict, without rowid;
create index speakers_regency_code on speakers(regency_code);
create index speakers_office on speakers(office, quotes);

create table regency_coverage (
    regency_code text primary key not null references regencies(code),
    articles integer not null,
    outlets integer not null,
    undated integer not null,
    first_published_date text,
    last_published_date text,
    last_article_id text references articles(id),
    sources integer not null,
    unread_sources integer not null,
    own_sources integer not null,
    own_read_sources integer not null,
    province_read_sources integer not null,
    watched_by text not null
) strict;
create index regency_coverage_watched_by on regency_coverage(watched_by);

create table regency_stories (
    regency_code text not null references regencies(code),
    story_id text not null references stories(id),
    role text not null,
    confidence real not null,
    articles integer not null,
    outlets integer not null,
    first_published_date text,
    last_published_date text,
    primary key (regency_code, story_id)
) strict, without rowid;
create index regency_stories_newest on regency_stories(regency_code, role, first_published_date);
create index regency_stories_story_id on regency_stories(story_id);

create table monthly_coverage (
    month text not null,
    province_code text not null references provinces(code),
    articles integer not null,
    outlets integer not null,
    regencies integer not null,
    primary key (month, province_code)
) strict, without rowid;
create index monthly_coverage_province_code on monthly_coverage(province_code);

create table weekly_coverage (
    monday text primary key not null,
    articles integer not null,
    outlets integer not null,
    events integer not null,
    regencies integer not null
) strict, without rowid;

create table monthly_reading (
    month text not null,
    province_code text not null references provinces(code),
    sources integer not null,
    read_sources integer not null,
    national_read_sources integer not null,
    primary key (month, province_code)
) strict, without rowid;
create index monthly_reading_province_code on monthly_reading(province_code);

create table province_pillars (
    province_code text not null references provinces(code),
    pillar text not null,
    articles integer not null,
    regencies integer not null,
    primary key (province_code, pillar)
) strict, without rowid;

create table source_reporting (
    source text primary key not null references sources(name),
    articles integer not null,
    dated integer not null,
    events integer not null,
    shared_events integer not null,
    first_reports integer not null,
    originals integer not null,
    copies integer not null,
    edited_copies integer not null,
    verbatim_share real,
    regencies integer not null
) strict;

create table source_subjects (
    source text not null references sources(name),
    regency_code text not null references regencies(code),
    articles integer not null,
    last_published_date text,
    primary key (source, regency_code)
) strict, without rowid;
create index source_subjects_regency_code on source_subjects(regency_code);

create table source_copies (
    source text not null references sources(name),
    first_source text not null references sources(name),
    copies integer not null,
    edited_copies integer not null,
    primary key (source, first_source)
) strict, without rowid;
create index source_copies_first_source on source_copies(first_source);

create table source_weeks (
    source text not null references sources(name),
    monday text not null,
    runs integer not null,
    answered_runs integer not null,
    new integer not null,
    kept integer not null,
    requests integer not null,
    primary key (source, monday)
) strict, without rowid;

create table search (
    number integer primary key not null,
    kind text not null,
    id text not null,
    keys text not null
) strict;

create table release (
    id text primary key not null,
    hash text not null,
    made_at text not null,
    week text not null,
    articles integer not null,
    events integer not null,
    models text not null,
    parsers text not null,
    resolver text not null,
    schema text not null
) strict;

create table releases (
    id text primary key not null,
    hash text not null,
    made_at text not null,
    week text not null,
    articles integer not null,
    events integer not null,
    models text not null,
    parsers text not null,
    resolver text not null,
    schema text not null,
    is_kept integer not null
) strict;

-- Only there where the owner said `publish --full-text`.
create table texts (
    article_id text primary key not null references articles(id),
    text text not null
) strict, without rowid;
