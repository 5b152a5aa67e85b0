"""Figures in Prometheus's text format: of this installation from its files, and of what the site was asked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from publish.disk import leftover_name, remove_leftovers
from publish.serving.facts import Facts, read_facts
from publish.serving.health import NOTES, Finding, Reason, Shown, code_version, find_reasons, is_well

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes of one site count together; prometheus-client reads it from the environment."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
ROUTES = {
    "": "home", "static": "static", "public": "research", "peneliti": "research", "daerah": "regency",
    "provinsi": "province", "tahapan": "stage", "peristiwa": "event", "berita": "article", "pejabat": "official",
    "media": "source", "kesehatan": "health", "cari": "search", "surat": "letter", "langganan": "subscribe",
    "tinjauan": "review", "masuk": "review", "keluar": "review", "salah": "wrong", "tentang": "about",
    "sitemap": "sitemap", "-": "machines",
}  # fmt: skip
"""Kinds of page by the first part of the address; all else is `other`, so that strangers make no labels."""

disable_created_metrics()  # another gauge for each count, which nobody asks for
STATES = ("due", "handing", "sent", "deferred", "failed", "dropped")
"""Of a reader's letter; see db/mailing/migrations.py."""

SITE = CollectorRegistry()
REQUESTS = Counter(
    "pantau_site_requests", "Requests answered, by status and kind of page.", ("status", "route"), registry=SITE
)
SECONDS = Histogram(
    "pantau_site_request_duration_seconds",
    "Time from a request to the end of its answer.",
    ("route",),
    buckets=BUCKETS,
    registry=SITE,
)
LIMITED = Counter(
    "pantau_site_limited",
    "Requests that met a limit: a query cut off (sql_time, sql_memory), or no answer now (busy, missing, old, broken).",
    ("limit",),
    registry=SITE,
)
SHOWN = Gauge(
    "pantau_site_shown_release_made_timestamp_seconds",
    "When the release that a process shows was made; 0 where it shows none.",
    registry=SITE,
    multiprocess_mode="liveall",
)


class FactsCollector(Collector):
    """What the files say, as metrics."""

    def __init__(self, facts: Facts, findings: Iterable[Finding]) -> None:
        self._facts, self._findings = facts, list(findings)

    def collect(self) -> Iterator[Metric]:
        """Each metric with its samples; an instant that is not known has no sample."""
        facts = self._facts
        yield InfoMetricFamily("pantau_code", "Version of the program.", {"version": code_version() or "unknown"})
        yield _one("pantau_healthy", "1 where /-/health answers 200.", float(is_well(self._findings)))
        reasons = {finding.reason for finding in self._findings}
        yield _many(
            "pantau_health_problem",
            "1 for what /-/health names as a reason; level failing or note.",
            ("reason", "level"),
            {(one, "note" if one in NOTES else "failing"): float(one in reasons) for one in get_args(Reason)},
        )
        yield _many(
            "pantau_database_readable",
            "1 where a database file that is there can be read.",
            ("database",),
            {(name,): float(is_readable) for name, is_readable in facts.readable.items()},
        )
        yield _one("pantau_disk_free_bytes", "Room on the disk of the data folder.", facts.free_bytes)
        yield from _of_release(facts)
        yield from _of_sources(facts)
        yield _many(
            "pantau_urls", "URLs ever found, by their fate.", ("fate",), {(k,): v for k, v in facts.fates.items()}
        )
        yield _many(
            "pantau_funnel_articles",
            "What is left at each step of the way from a URL to an event.",
            ("step",),
            {(step,): number for step, number in facts.funnel.items()},
        )
        yield from _of_runs(facts)
        yield from _of_letters(facts)
        yield from _of_alarms(facts)


def site_metrics(facts: Facts, findings: Iterable[Finding]) -> bytes:
    """All metrics: those of the files, and what all processes of the site have counted."""
    registry = CollectorRegistry()
    registry.register(FactsCollector(facts, findings))
    counted = SITE
    if os.environ.get(FOLDER):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    return generate_latest(registry) + generate_latest(counted)


def write_metrics(data: Path, now: datetime) -> None:
    """Write what the files of a data folder say to `metrics.prom` there, whole, for node_exporter's textfile collector.

    Raises OSError.
    """
    facts = read_facts(data / "public.db", data, now)
    release = facts.release["hash"] if facts.release else None
    registry = CollectorRegistry()
    shown = Shown(release, "missing", is_latest=True, code="")
    registry.register(FactsCollector(facts, find_reasons(facts, shown, now)))
    path = data / "metrics.prom"
    remove_leftovers(data, path.name)
    new = leftover_name(path)
    new.write_bytes(generate_latest(registry))
    new.replace(path)


def route_of(path: str) -> str:
    """The kind of page that an address is, of a closed list.

    >>> route_of("/"), route_of("/daerah/51.02"), route_of("/public/events.json"), route_of("/wp-login.php")
    ('home', 'regency', 'research', 'other')
    """
    first = path.removeprefix("/").partition("/")[0].partition(".")[0]
    return ROUTES.get(first, "other")


def _of_release(facts: Facts) -> Iterator[Metric]:
    if facts.release is None:
        return
    yield InfoMetricFamily("pantau_release", "The release that is shown.", {"release": facts.release["id"]})
    yield _at("pantau_release_made", "When the content of the release was published first.", facts.release["made_at"])
    yield _at("pantau_release_baked", "When the file of the release was made.", facts.baked_at)
    yield _one("pantau_articles", "Articles in the release.", facts.release["articles"])
    yield _one("pantau_events", "Events in the release.", facts.release["events"])
    yield _at("pantau_newest_article", "Day of the newest article on the programme.", facts.newest_article_date)


def _of_sources(facts: Facts) -> Iterator[Metric]:
    verdicts: dict[tuple[str, ...], float] = {}
    for source in facts.sources:
        verdict = (source["verdict"] or "none",)
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    yield _many("pantau_sources", "Sources by what was last said of them.", ("verdict",), verdicts)
    for column, name, says in (
        ("visited_at", "visited", "When a source was last asked."),
        ("read_at", "read", "When a source last answered with what we could read."),
        ("newest_article_date", "newest_article", "Day of the newest article of a source."),
    ):
        yield _many(
            f"pantau_source_{name}_timestamp_seconds",
            says,
            ("source",),
            {(source["name"],): _seconds(source[column]) for source in facts.sources if source[column]},
        )


def _of_runs(facts: Facts) -> Iterator[Metric]:
    for column, name, says in (
        ("started_at", "started", "When a word last began."),
        ("last_ended_at", "ended", "When a word last came to its end."),
    ):
        yield _many(
            f"pantau_run_{name}_timestamp_seconds",
            says,
            ("word",),
            {(run["word"],): _seconds(run[column]) for run in facts.runs if run[column]},
        )
    yield _many(
        "pantau_run_duration_seconds",
        "How long the last run of a word took, where it came to its end.",
        ("word",),
        {
            (run["word"],): _seconds(run["ended_at"]) - _seconds(run["started_at"])
            for run in facts.runs
            if run["ended_at"]
        },
    )


def _of_letters(facts: Facts) -> Iterator[Metric]:
    if facts.letter is not None:
        yield _at("pantau_letter_written", "When the last weekly letter was written.", facts.letter["made_at"])
        yield _at("pantau_letter_week", "Monday of the week of the last letter.", facts.letter["monday"])
    if facts.letters is not None:
        yield _many(
            "pantau_letters",
            "Readers' letters by what became of them.",
            ("state",),
            {(state,): facts.letters.get(state, 0) for state in STATES},
        )
    if facts.due is not None:
        yield _one("pantau_letters_waiting", "Letters that could be handed over now.", facts.due["letters"])
        yield _at("pantau_letters_waiting_since", "Since when the first of them waits.", facts.due["since"])


def _of_alarms(facts: Facts) -> Iterator[Metric]:
    if facts.alarms is None:
        return
    open_alarms: dict[tuple[str, ...], float] = {}
    for alarm in facts.alarms:
        key = (alarm["level"], alarm["kind"])
        open_alarms[key] = open_alarms.get(key, 0) + 1
    yield _many("pantau_alarms_open", "Alarms of sources that are not over.", ("level", "kind"), open_alarms)


def _one(name: str, says: str, value: float) -> Metric:
    return _many(name, says, (), {(): value})


def _at(name: str, says: str, iso: str | None) -> Metric:
    return _many(f"{name}_timestamp_seconds", says, (), {(): _seconds(iso)} if iso else {})


def _many(name: str, says: str, labels: tuple[str, ...], values: dict[tuple[str, ...], float]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _seconds(iso: str) -> float:
    """An instant, or a day's beginning in Jakarta, as Unix time."""
    return datetime.fromisoformat(iso if "T" in iso else f"{iso}T00:00:00+07:00").timestamp()
