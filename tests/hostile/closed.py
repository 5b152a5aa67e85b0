"""Columns of public.db, pantau.db and mail.db that no stranger's words get into, with the reason."""

from __future__ import annotations

CLOSED = "a word of a closed list in our code"
OURS = "written by us, from code or reference files"

PUBLIC = {
    **dict.fromkeys(
        [
            "*.kind", "*.status", "*.mode", "*.role", "*.state", "*.verdict", "*.fate", "*.label", "*.pillar", "*.way",
            "*.edition_by", "*.date_precision", "*.published_by", "*.acting", "*.standing", "*.field", "*.decision",
            "*.scope", "*.joined_by", "*.found_by", "*.bound", "*.status_a", "*.status_b", "*.knowledge",
            "person_links.evidence", "regency_coverage.watched_by", "*.rule", "*.government_level", "*.command",
            "source_visits.robots",
        ],
        CLOSED,
    ),
    **dict.fromkeys(
        ["*.week", "*.month", "*.monday", "*.known_from", "*.known_to", "*.exception_since", "source_visits.day"],
        "a day or an instant of ours",
    ),
    **dict.fromkeys(
        ["*.model", "*.models", "*.parser", "*.parsers", "*.resolver", "*.schema"], "a hash of our code, read as one"
    ),
    **dict.fromkeys(["*.item", "*.naming_a", "*.naming_b"], "a key of ours, from hashes and names of kinds"),
    **dict.fromkeys(
        ["regencies.name", "regencies.short_name", "stages.name_id", "stages.name_en", "*.regency_name"],
        "a name of our reference files, which pages take apart",
    ),
    "event_conflicts.value": "a date or a word of a closed list; the venues among them are filled by the test itself",
    "runs.counts": "numbers of ours",
    "digests.html": "our own letter, escaped when it was written: tests/hostile opens those made of canaries",
    "digests.text": "our own letter",
}  # fmt: skip

PRIVATE = PUBLIC | dict.fromkeys(["*.fact", "*.said"], "a key of ours, and what was published when a reader saw it")

MAIL = {
    **dict.fromkeys(
        ["*.kind", "*.lang", "*.zone", "*.state", "*.origin", "*.cadence", "refusals.reason", "secrets.name"], CLOSED
    ),
    **dict.fromkeys(["*.issue", "*.selection", "*.release"], OURS),
    **dict.fromkeys(["*.known_until", "*.told_until", "subscribers.quiet"], "a day or an instant of ours"),
    "requests.choices": "JSON of choices: that of the test itself is a canary",
}
