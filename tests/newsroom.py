"""A public.db as the bake makes it, emptied of news, to put the news of a test in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.connect import open_read_only
from publish.digest import Digest, build_digest
from publish.letters.parts import Part
from publish.letters.reading import read_letter
from publish.letters.rows import Row
from publish.letters.scopes import find_scope

MONDAY = date(2023, 11, 13)
SUNDAY = MONDAY + timedelta(days=6)
SITE = "https://pantau.contoh.id"
SLEMAN = ("34.04", "Kabupaten Sleman", "Daerah Istimewa Yogyakarta")
BULELENG = ("51.08", "Kabupaten Buleleng", "Bali")
DENPASAR = ("51.71", "Kota Denpasar", "Bali")
NOWHERE = (None, None, None)
OUTLETS = {"warta_sleman": "Warta Sleman", "kabar_praja": "Kabar Praja", "radar_nusa": "Radar Nusa"}

# Every column of the contract, so that a test names only what it is about.
DEFAULTS: dict[str, dict[str, object]] = {
    "sources": {"kind": "media", "articles": 0},
    "articles": {
        "source": "warta_sleman", "title": "Sleman ikuti bimtek kota cerdas", "authors": "[]", "lead": "",
        "published_date": "2023-11-14", "relevance": 0.9, "is_relevant": 1, "is_complete": 1,
        "fetched_at": "2023-11-14T05:00:00+00:00", "archive_digest": "0" * 64, "parser": "p1", "model": "m1",
    },
    "events": {
        "articles": 1, "outlets": 1, "stories": 1, "conflicts": 0, "participants": 0, "status": "held",
        "confidence": 0.9, "evidence": "Digelar.", "evidence_article_id": "-", "evidence_number": 2,
        "first_report_article_id": "-",
    },
    "stage_reports": {
        "is_main": 1, "status": "held", "confidence": 0.9, "evidence_number": 2, "evidence": "Bimtek digelar.",
    },
    "quotes": {"confidence": 0.9, "evidence_number": 3, "evidence": "Warga harus dilayani."},
    "officials": {
        "degrees": "[]", "is_quoted": 1, "confidence": 0.9, "evidence_number": 3, "evidence": "Warga harus dilayani.",
    },
    "evidence": {"start": 0, "end": 8, "text": "Digelar.", "anchor": "00000001", "is_former": 0},
    "event_versions": {"number": 1, "status": "held"},
    "urls": {"found_by": "feed", "found_at": "2023-11-14T05:00:00+00:00", "fate_at": "2023-11-14T05:00:00+00:00",
             "outcome": "event", "reason": "-"},
}  # fmt: skip

EMPTIED = (
    "event_people", "event_conflicts", "merged_events", "people", "merged_people", "office_terms", "stories",
    "story_articles", "corrections", "article_regencies", "source_regencies", "source_provinces", "source_subjects",
    "source_weeks",
)  # fmt: skip


class Public:
    """A public.db as the bake makes it, emptied of news, to put a week's news in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = sqlite3.connect(path)
        self.db.execute("pragma synchronous = off")
        with self.db:
            for table in (*DEFAULTS, *EMPTIED):
                self.db.execute(f"delete from {table}")
            self.db.execute("update regencies set cohort_year = null")
            self.db.execute(
                "update regency_coverage set articles = 0, last_published_date = null, last_article_id = null"
            )
        for name, outlet_name in OUTLETS.items():
            self.put("sources", name=name, outlet_name=outlet_name, home_url=f"https://{name}.contoh.id/")

    def put(self, table: str, **values: object) -> None:
        row = DEFAULTS.get(table, {}) | values
        with self.db:
            self.db.execute(
                f"insert into {table} ({', '.join(f'[{name}]' for name in row)}) values ({', '.join('?' * len(row))})",
                list(row.values()),
            )
        if "article_id" in row and "evidence_number" in row:
            proof = [row["article_id"], row["evidence_number"]]
            self.db.execute(
                "insert or ignore into evidence values (?, ?, 0, 8, 'Digelar.', printf('%08x', ?2), 0)", proof
            )
            self.db.commit()

    def article(self, id: str, source: str = "warta_sleman", **values: object) -> None:
        url = values.pop("url", f"https://{source}.contoh.id/berita/{id}")
        self.put("articles", id=id, url=url, source=source, outlet_name=OUTLETS[source], **values)

    def event(self, id: str, stage: str, region: tuple[str | None, ...], start: str | None, **values: object) -> None:
        code, name, province = region
        place = {"regency_code": code, "regency_name": name, "province_name": province}
        self.put("events", id=id, stage_code=stage, start_date=start, **place, **values)

    def report(self, article: str, event: str, number: int = 1, **values: object) -> None:
        columns = "id, stage_code, regency_code, start_date, end_date, status"
        row = self.db.execute(f"select {columns} from events where id = ?", [event]).fetchone()
        told = dict(zip(columns.replace("id", "event_id", 1).split(", "), row, strict=True))
        self.put("stage_reports", article_id=article, number=number, **told | values)

    def news(self, id: str, stage: str, region: tuple[str | None, ...], start: str | None, **values: object) -> None:
        """An article with one event of its own; `published_date` goes to the article, the rest to the event."""
        published = {"published_date": values.pop("published_date", "2023-11-14")}
        self.article(f"a{id}", **published)
        self.event(f"e{id}", stage, region, start, **values)
        self.report(f"a{id}", f"e{id}")

    def digest(self, **options: str) -> Digest:
        return build_digest(self.path, MONDAY, SITE, **options)  # type: ignore[arg-type]

    def change(self, sql: str, *values: object) -> None:
        """Say it to the database."""
        with self.db:
            self.db.execute(sql, values)

    def sqlite(self) -> Database:
        """The file, to be read only."""
        return open_read_only(self.path)

    def letter(
        self, *choices: tuple[str, str], first: date = MONDAY, last: date = SUNDAY, zone: str = "WIB", **options: Any
    ) -> Row:
        """What a letter on the choices (kind and value; everything where there is none) says of the days."""
        with closing(open_read_only(self.path)) as db:
            scopes = [find_scope(db, *choice) for choice in choices or [("all", "")]]
            parts = [Part(scope, first, last) for scope in scopes if scope]
            assert len(parts) == len(scopes)
            return read_letter(db, parts, zone=zone, site_url=SITE, **options)


def lines(letter: Row, name: str = "events") -> list[str]:
    """The events of a list, or of all provinces, in their order, by their ids."""
    if name == "events":
        return [event["id"] for province in letter["provinces"] for event in province["events"]]
    return [event["id"] for event in letter[name]]
