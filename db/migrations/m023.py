"""How each host was asked, day by day, and what it said of how it wants to be asked."""

from __future__ import annotations

from sqlite_utils import Database

from db.migrations.registry import migrations, run


@migrations()
def m023_create_requests(db: Database) -> None:
    run(
        db,
        # Counted before a request is sent. `day` is that of UTC, as the budget's.
        """
        create table requests (
            source text not null references sources(name),
            host text not null,
            day text not null,
            number integer not null default 0,
            excepted integer not null default 0,
            last_at text not null,
            primary key (source, host, day)
        ) strict, without rowid
        """,
        "create index requests_day on requests(day)",
        """
        insert into requests (source, host, day, number, last_at)
        select source, '-', substr(ended_at, 1, 10), sum(requests), max(ended_at)
        from way_counts
        where requests > 0
        group by source, substr(ended_at, 1, 10)
        """,
        # Every request that robots.txt forbids and that the file of its source has an exception for.
        """
        create table excepted_requests (
            source text not null references sources(name),
            url text not null,
            asked_at text not null,
            primary key (source, url, asked_at)
        ) strict, without rowid
        """,
        # `wait_until`: Retry-After. `robots`: what came of asking for its robots.txt.
        """
        create table hosts (
            host text primary key not null,
            asked_at text,
            wait_until text,
            robots text check (robots in ('read', 'none', 'unreachable', 'too-slow')),
            robots_at text,
            crawl_delay real
        ) strict
        """,
        # As the files of the sources tell them now.
        """
        create table robots_exceptions (
            source text primary key not null references sources(name),
            paths text not null check (json_valid(paths)),
            reason text not null,
            agreed_with text not null,
            since text not null
        ) strict
        """,
    )
