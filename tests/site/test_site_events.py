"""The list of events, its agenda, and the page of an event."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, open_site, prose, words, write

from publish.site.plugins.events import PAGE_SIZE


def shown(page: Any) -> list[str]:
    """The events of a list, in its order."""
    return [
        link.removeprefix("/peristiwa/").partition("?")[0]
        for link in document_fromstring(page.text).xpath("//li[@class='card']//a[@class='date']/@href")
    ]


def total(page: Any) -> int:
    return int(
        re.search(r"(\d+) peristiwa", document_fromstring(page.text).cssselect(".count-line")[0].text_content())[1]
    )  # type: ignore[index]


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("", "true"),
        ("provinsi=51", "regency_code like '51.%'"),
        ("daerah=51.02", "regency_code = '51.02'"),
        ("tahapan=evaluasi-2", "stage_code = 'evaluasi-2'"),
        ("tahun=2024", "start_date like '2024%'"),
        ("edisi=2021", "edition = 2021"),
        ("keadaan=berlangsung", "status = 'held'"),
        ("keadaan=diumumkan", "status = 'announced'"),
        ("beda=1", "conflicts > 0"),
        ("provinsi=64&tahapan=bimtek-2&keadaan=berlangsung", "regency_code like '64.%' and stage_code = 'bimtek-2'"),
        ("provinsi=&daerah=&tahun=", "true"),
    ],
)
def test_the_list_holds_what_was_asked_for_the_latest_first(
    mixed: Get, mixed_rows: Rows, query: str, where: str
) -> None:
    page = mixed(f"/peristiwa?{query}")
    wanted = [row["id"] for row in mixed_rows(f"select id from events where {where} order by start_date desc, id")]
    assert wanted
    assert shown(page) == wanted[:PAGE_SIZE]
    assert total(page) == len(wanted)


@pytest.fixture(scope="module")
def mixed_db(public: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example data, with two announcements, a contradiction, and pages enough to turn."""
    copy = tmp_path_factory.mktemp("mixed") / "public.db"
    copy.write_bytes(public.read_bytes())
    with write(copy) as db:
        ids = [row[0] for row in db.execute("select id from events order by id")]
        db.execute("update release set made_at = '2024-11-24T20:00:00+00:00'")
        db.execute(
            "update events set status = 'announced', start_date = '2024-11-25', end_date = '2024-11-25' where id = ?",
            [ids[0]],
        )
        db.execute(
            "update events set status = 'announced', start_date = '2024-11', end_date = null where id = ?", [ids[1]]
        )
        db.execute(
            "update events set status = 'announced', start_date = '2024-11-24', end_date = '2024-11-24' where id = ?",
            [ids[2]],
        )
        db.execute("update events set conflicts = 1 where id = ?", [ids[3]])
        columns = [row[1] for row in db.execute("pragma table_info(events)")]
        copied = ", ".join("printf('%012x', value)" if name == "id" else f"events.{name}" for name in columns)
        forty = json.dumps(list(range(40)))
        db.execute(f"insert into events select {copied} from events, json_each(?) where events.id = ?", [forty, ids[4]])
    return copy


@pytest.fixture(scope="module")
def mixed(mixed_db: Path) -> Get:
    return open_site(mixed_db)


@pytest.fixture(scope="module")
def mixed_rows(mixed_db: Path) -> Any:
    with closing(sqlite3.connect(mixed_db)) as db:
        db.row_factory = sqlite3.Row
        yield lambda sql, *values: db.execute(sql, values).fetchall()


def test_turning_the_pages_shows_every_event_once(mixed: Get, mixed_rows: Rows) -> None:
    seen, path = [], "/peristiwa"
    while path:
        page = mixed(path)
        seen += shown(page)
        path = next(iter(document_fromstring(page.text).xpath("//a[@rel='next']/@href")), "")
    assert seen == [row["id"] for row in mixed_rows("select id from events order by start_date desc, id")]
    assert len(seen) > PAGE_SIZE


def test_a_page_keeps_the_filter_and_the_language(mixed: Get) -> None:
    (link,) = document_fromstring(mixed("/peristiwa?keadaan=berlangsung&lang=en").text).xpath("//a[@rel='next']/@href")
    assert link == "/peristiwa?keadaan=berlangsung&halaman=2&lang=en"
    downloads = document_fromstring(mixed("/peristiwa?tahun=2024").text).xpath("//*[@class='downloads']/a/@href")
    assert downloads == [f"/peristiwa.{ending}?tahun=2024" for ending in ("csv", "json", "atom")]


def test_the_agenda_holds_what_was_still_to_come_on_the_day_of_the_release(mixed: Get, mixed_rows: Rows) -> None:
    """Made at 20.00 UTC of the 24th, which is the 25th in Jakarta; November has not passed."""
    page = mixed("/peristiwa?tampil=agenda")
    coming = mixed_rows("select id from events where start_date in ('2024-11', '2024-11-25') and status = 'announced'")
    assert sorted(shown(page)) == sorted(row["id"] for row in coming)
    assert "2 jadwal yang diumumkan" in prose(page)
    assert "1 jadwal lain sudah lewat tanpa berita bahwa sudah berlangsung" in prose(page)
    assert "Agenda 2" in words(mixed("/peristiwa"))


def test_an_empty_agenda_says_what_it_could_hold(get: Get) -> None:
    assert "Kami hanya tahu jadwal yang ditulis dalam berita" in prose(get("/peristiwa?tampil=agenda&tahun=2018"))


def test_a_filter_that_finds_nothing_says_why_that_may_be(get: Get) -> None:
    page = get("/peristiwa?daerah=11.05")
    assert page.status_code == 200
    assert "Bisa jadi belum diberitakan, bisa jadi medianya tidak terbaca" in prose(page)


def test_what_is_not_sure_is_listed_apart_with_the_reason(get: Get, rows: Rows) -> None:
    page = get("/peristiwa?keadaan=belum-pasti")
    unsure = rows("select evidence, confidence from stage_reports where event_id is null")
    assert unsure
    assert all(row["evidence"] in prose(page) for row in unsure)
    assert "keyakinan hanya 41 %" in prose(page)


@pytest.mark.parametrize("written", ["Kotim", "kotawaringin timur", "Kabupaten Kotawaringin Timur"])
def test_a_regency_can_be_asked_for_by_a_name_that_people_use(get: Get, written: str) -> None:
    response = get(f"/peristiwa?daerah={quote(written)}&tahun=2024")
    assert response.status_code == 302
    assert response.headers["location"] == "/peristiwa?daerah=62.02&tahun=2024"


def test_a_name_of_several_regencies_asks_which_is_meant(get: Get) -> None:
    page = get("/peristiwa?daerah=Solok")
    assert page.status_code == 400
    assert 'href="/peristiwa?daerah=13.02"' in page.text
    assert 'href="/peristiwa?daerah=13.72"' in page.text


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("provinsi=99", 400, "Tidak ada provinsi dengan kode “99”"),
        ("daerah=99.99", 400, "Tidak ada satu kabupaten atau kota bernama atau berkode “99.99”"),
        ("daerah=Atlantis", 400, "“Atlantis”"),
        ("tahapan=menari", 400, "Tidak ada tahapan dengan kode “menari”"),
        ("tahun=24", 400, "Tahun ditulis empat angka, bukan “24”"),
        ("tahun=2024-13-45", 400, "empat angka"),
        ("edisi=dua", 400, "Tahun program ditulis empat angka"),
        ("keadaan=batal", 400, "bukan “batal”"),
        ("beda=ya", 400, "beda hanya dapat diisi 1"),
        ("halaman=0", 400, "Bukan nomor halaman: “0”"),
        ("halaman=-1", 400, "Bukan nomor halaman"),
        ("halaman=1e9", 400, "Bukan nomor halaman"),
        ("halaman=٣", 400, "Bukan nomor halaman"),
        ("halaman=2", 404, "yang terakhir halaman 1"),
        ("halaman=" + "9" * 5000, 404, "yang terakhir halaman 1"),
        ("daerah=%00", 400, "Tidak ada satu kabupaten"),
        ("daerah=" + "a" * 10_000, 400, "Tidak ada satu kabupaten"),
        ("provinsi=%27;drop table events", 400, "Tidak ada provinsi"),
        ("tahapan=" + quote("<script>alert(1)</script>"), 400, "<script>alert(1)</script>"),
    ],
)
def test_what_cannot_be_asked_for_is_answered_with_a_way_on(get: Get, query: str, status: int, says: str) -> None:
    page = get(f"/peristiwa?tahapan=mou&{query}" if "halaman" in query else f"/peristiwa?{query}")
    assert page.status_code == status
    assert says in prose(page)
    assert "<script>alert" not in page.text
    assert document_fromstring(page.text).xpath("//*[@role='alert']//a[starts-with(@href, '/peristiwa')]")


@pytest.fixture(scope="module")
def told(public: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Get]:
    """An event of which we said other things before, and one that is gone."""
    with closing(sqlite3.connect(public)) as db:
        event, stage = db.execute(
            "select id, stage_code from events where regency_code = '51.02' and start_date = '2024-11-20'"
        ).fetchone()
    versions = [
        (event, 1, stage, "51.02", 2024, "2024-11-21", "2024-11-21", "announced", "Aula", None, "2024-11-19",
         "2024-11-21"),
        (event, 2, stage, "51.02", 2024, "2024-11-20", "2024-11-20", "held", "Aula", None, "2024-11-21", None),
        ("aaaaaaaaaaaa", 1, stage, "51.02", 2024, "2024-11", None, "announced", None, None, "2024-11-10", "2024-11-19"),
        ("bbbbbbbbbbbb", 1, "mou", "51.02", None, "2017-05-22", "2017-05-22", "held", None, None, "2024-11-10",
         "2024-11-12"),
        ("cccccccccccc", 1, stage, "51.02", None, None, None, "held", None, None, "2024-11-10", "2024-11-12"),
    ]  # fmt: skip
    values = ", ".join(
        "("
        + ", ".join(
            "null" if one is None else f"'{one}'"
            for one in (*row[:10], *(day and f"{day}T02:00:00+00:00" for day in row[10:]))
        )
        + ")"
        for row in versions
    )
    return event, change(
        public,
        tmp_path_factory.mktemp("told"),
        "delete from event_versions",
        f"insert into event_versions values {values}",
        f"insert into merged_events (id, event_id) values ('aaaaaaaaaaaa', '{event}')",
    )


def test_an_event_tells_what_we_said_of_it_before_and_when_that_changed(told: tuple[str, Get]) -> None:
    event, get = told
    (history,) = document_fromstring(get(f"/peristiwa/{event}").text).cssselect("ol.history")
    steps = [" ".join(item.text_content().split()) for item in history]
    assert len(steps) == 3
    assert "dengan kode aaaaaaaaaaaa" in steps[0]
    assert "November 2024" in steps[0]
    assert "hari pertama: November 2024 → 21 November 2024" in steps[1]
    assert "hari pertama: 21 November 2024 → 20 November 2024" in steps[2]
    assert "keadaan: baru diumumkan → sudah berlangsung" in steps[2]
    assert "sekarang" in steps[2]


def test_an_event_that_we_no_longer_tell_says_what_it_was_and_what_there_is_instead(told: tuple[str, Get]) -> None:
    event, get = told
    gone, replaced = get("/peristiwa/bbbbbbbbbbbb"), get("/peristiwa/cccccccccccc?lang=en")
    assert (gone.status_code, replaced.status_code) == (410, 410)
    assert "Kabupaten Tabanan, 22 Mei 2017." in prose(gone)
    assert "Ditarik sejak 12 November 2024, 09.00 WIB" in prose(gone)
    assert "Tidak ada peristiwa lain dari tahap ini" in prose(gone)
    assert f"/peristiwa/{event}?lang=en" in replaced.text
    assert "The same step of this regency now" in prose(replaced)


def test_an_address_of_an_event_that_never_was_is_a_404(told: tuple[str, Get]) -> None:
    page = told[1]("/peristiwa/000000000000")
    assert page.status_code == 404
    assert "Peristiwa ini tidak ada dalam data" in prose(page)


def test_every_telling_can_be_called_wrong(get: Get, rows: Rows) -> None:
    event = rows("select id from events where articles > 1")[0]["id"]
    reports = rows("select article_id from stage_reports where event_id = ?", event)
    links = document_fromstring(get(f"/peristiwa/{event}").text).xpath("//a[@class='wrong']/@href")
    assert {re.search("artikel=([0-9a-f]+)", link)[1] for link in links} == {row["article_id"] for row in reports}  # type: ignore[index]


def test_an_event_leads_to_the_same_step_of_its_neighbours(public: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(public)) as db:
        (event,) = db.execute(
            "select id from events where regency_code = '51.02' and stage_code = 'evaluasi-2'"
        ).fetchone()
        (other,) = db.execute("select id from events where regency_code = '64.01' limit 1").fetchone()
    get = change(
        public,
        tmp_path,
        "insert into regency_ladder (regency_code, stage_code, state, events, articles, conflicts, event_id) "
        f"values ('51.03', 'evaluasi-2', 'held', 1, 1, 0, '{other}') "
        "on conflict do update set event_id = excluded.event_id",
    )
    near = document_fromstring(get(f"/peristiwa/{event}").text).cssselect(".neighbours li")
    badung = next(one for one in near if "Badung" in one.text_content())
    assert badung.xpath(f".//a[@href='/peristiwa/{other}']")
    assert any("belum ada beritanya" in one.text_content() for one in near)


@pytest.mark.parametrize(
    ("days", "field", "why"),
    [
        # Each is told by an outlet of its own: the days of the event, and others.
        (["2023-11-03", "2023-11-03", "2023-11-05"], "start_date", "disebut paling banyak media"),
        (["2023-11-03", "2023-11-05"], "start_date", "Hari-hari yang lain disebut sama banyak media"),
        (["2023-11-03", "2023-11-05", "2023-11-05"], "start_date", "menyebut tahap ini paling jelas"),
        (["2023-11-03"], "status", "lebih kuat daripada pengumuman"),
        (["2023-11-03"], "venue", "dari berita yang tanggalnya dipakai"),
        (["2023-11-03"], "edition", "Dipakai karena lebih banyak media menyebutnya"),
    ],
)
def test_a_value_that_is_used_says_why(public: Path, tmp_path: Path, days: list[str], field: str, why: str) -> None:
    with closing(sqlite3.connect(public)) as db:
        event, article, number = db.execute(
            "select id, evidence_article_id, evidence_number from events where articles = 1 order by id limit 1"
        ).fetchone()
        articles = [
            row[0]
            for row in db.execute(
                "select min(id) from articles where is_relevant = 1 and id <> ? group by source order by 1", [article]
            )
        ]
    told = {
        "start_date": ("2023-11-03", "2023-11-05"), "status": ("held", "announced"), "venue": ("Aula", "Balai"),
        "edition": ("2023", "2024"),
    }[field]  # fmt: skip
    get = change(
        public,
        tmp_path,
        f"update events set start_date = '2023-11-03', end_date = '2023-11-03', status = 'held' where id = '{event}'",
        f"delete from stage_reports where event_id = '{event}'",
        *(
            "insert into stage_reports (article_id, number, event_id, stage_code, start_date, end_date, is_main, "
            "status, confidence, evidence_number, evidence) "
            f"values ('{one}', 90, '{event}', 'mou', '{day}', '{day}', 1, 'held', 0.9, 1, 'x')"
            for one, day in zip(articles, days, strict=False)
        ),
        "insert into event_conflicts values "
        f"('{event}', 1, '{field}', '{told[0]}', null, 2, 2, 1, '{article}', {number}), "
        f"('{event}', 2, '{field}', '{told[1]}', null, 1, 1, 0, '{article}', {number})",
    )
    assert len(articles) >= len(days)
    (used,) = document_fromstring(get(f"/peristiwa/{event}").text).cssselect("section[aria-labelledby=beda] .best")
    assert why in used.text_content()


def test_an_event_shows_every_article_that_reports_it(get: Get, rows: Rows) -> None:
    event = rows("select id, articles from events where articles > 1")[0]
    reports = rows("select evidence from stage_reports where event_id = ?", event["id"])
    page = words(get(f"/peristiwa/{event['id']}"))
    assert all(report["evidence"] in page for report in reports)


def test_an_event_says_how_to_cite_it(get: Get, rows: Rows) -> None:
    event = rows("select id from events where regency_code = '51.02' and stage_code = 'evaluasi-2'")[0]["id"]
    address = f"http://localhost/peristiwa/{event}"
    page = words(get(f"/peristiwa/{event}"))
    assert "Pantau Kota Cerdas. “Evaluasi tahap II, Kabupaten Tabanan, 20 November 2024 ”. Data per" in page
    assert address in page
    (release,) = rows("select id, hash from release")
    assert re.search(rf"Rilis {release['id']} ?\. http://localhost/peristiwa/{event}", page)
    assert release["hash"] in page


def test_a_citation_gives_the_address_that_the_site_was_set_up_with(
    get: Get, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_SITE", "https://pantau.example/")
    event = rows("select id from events")[0]["id"]
    assert f"https://pantau.example/peristiwa/{event}" in words(get(f"/peristiwa/{event}"))


def test_the_about_page_says_how_an_event_is_cited_and_what_may_be_used(get: Get) -> None:
    about = words(get("/tentang"))
    assert re.search(r"http://localhost/peristiwa/[0-9a-f]{12}", about)
    assert "asalkan Pantau Kota Cerdas disebut sebagai sumber" in about
    assert "milik medianya masing-masing" in about


def test_reports_that_contradict_each_other_are_both_shown_with_their_proof(public: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(public)) as db:
        event, other, article, number, proof = db.execute(
            """
            select events.id, (select max(id) from events), evidence_article_id, evidence_number, evidence
            from events order by articles desc, id limit 1
            """
        ).fetchone()
    told = [
        (event, 1, "venue", "Aula Sei Mentaya", None, 2, 2, 1, article, number),
        (event, 2, "venue", "Hotel Mentaya", None, 1, 1, 0, article, number),
        (event, 3, "date", "2023-12-01", other, 1, 1, 0, article, number),
    ]
    copy = tmp_path / "public.db"
    copy.write_bytes(public.read_bytes())
    with write(copy) as db:
        db.executemany("insert into event_conflicts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", told)
    get = open_site(copy)
    page = words(get(f"/peristiwa/{event}"))
    assert "Laporan berbeda" in page
    assert "Aula Sei Mentaya 2 artikel, 2 media dipakai di halaman ini" in page
    assert "Hotel Mentaya 1 artikel, 1 media" in page
    assert re.search("Tahap yang sama pada hari lain .* Kami tidak memilih. .* 1 Desember 2023", page)
    assert page.count(proof) >= 3
    assert f"/peristiwa/{other}" in get(f"/peristiwa/{event}").text


def test_an_event_on_other_days_stands_among_the_contradictions_alone(public: Path, tmp_path: Path, rows: Any) -> None:
    one, other = rows(
        "select id, stage_code, evidence_article_id, evidence_number from events where regency_code = '51.02'"
    )[:2]
    told = (
        one["id"],
        1,
        "date",
        "2023-12-01",
        other["id"],
        1,
        1,
        0,
        other["evidence_article_id"],
        other["evidence_number"],
    )
    apart, contradicting = tmp_path / "apart.db", tmp_path / "contradicting.db"
    for copy in (apart, contradicting):
        copy.write_bytes(public.read_bytes())
        with write(copy) as db:
            db.execute("update events set stage_code = ? where id = ?", [one["stage_code"], other["id"]])
            if copy == contradicting:
                db.execute("insert into event_conflicts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", told)
    link = f'href="/peristiwa/{other["id"]}"'
    title = "Tahap yang sama pada tanggal lain"
    before, after = (open_site(copy)(f"/peristiwa/{one['id']}").text for copy in (apart, contradicting))
    assert link in before.partition(title)[2]
    assert link in after.partition(title)[0]
    assert link not in after.partition(title)[2]


def test_an_event_says_that_its_reports_are_copies_who_is_named_and_which_edition_each_says(
    public: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "public.db"
    copy.write_bytes(public.read_bytes())
    with write(copy) as db:
        event, article, name = db.execute(
            """
            select events.id, evidence_article_id, name
            from events
            join event_people on event_id = events.id
            where events.articles = 2
            order by 1, event_people.number
            limit 1
            """
        ).fetchone()
        before = words(open_site(public)(f"/peristiwa/{event}"))
        db.execute("update events set stories = 1 where id = ?", [event])
        db.execute("update story_articles set role = 'edited' where article_id = ?", [article])
        db.execute("update stage_reports set edition = 2019 where event_id = ? and article_id = ?", [event, article])
    page = words(open_site(copy)(f"/peristiwa/{event}"))
    assert name in page.partition("Pejabat yang disebut")[2]
    for said in ("1 naskah, selebihnya salinan", "salinan yang disunting", "Tahun program 2019"):
        assert said in page
        assert said not in before


def test_an_event_says_its_edition_and_how_that_is_known(get: Get, rows: Any) -> None:
    event = rows("select id from events where edition_by = 'date'")[0]["id"]
    assert "Tahun program 2023 (dari tahun pelaksanaannya)" in words(get(f"/peristiwa/{event}"))
    unknown = rows("select id from events where edition is null")[0]["id"]
    assert "Tahun program tidak diketahui" in words(get(f"/peristiwa/{unknown}"))


def test_the_address_of_a_merged_event_leads_to_the_event_it_now_is(public: Path, tmp_path: Path) -> None:
    copy = tmp_path / "public.db"
    copy.write_bytes(public.read_bytes())
    with write(copy) as db:
        ((event,),) = db.execute("select id from events limit 1").fetchall()
        db.execute("insert into merged_events (id, event_id) values ('0123456789ab', ?)", [event])
    response = open_site(copy)("/peristiwa/0123456789ab")
    assert (response.status_code, response.headers["location"]) == (302, f"/peristiwa/{event}")
