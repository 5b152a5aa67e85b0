from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, in_english, prose

from publish.site.silence import WATCHED


def shown(response: Any) -> list[str]:
    """The regencies of the table, in its order."""
    links = document_fromstring(response.text).cssselect("table.stages tbody th[scope=row] a")
    return [link.get("href").split("/")[-1].split("?")[0] for link in links]


def cells(response: Any, regency: str) -> dict[str, Any]:
    """The cells of a regency that say something, by the name of their stage."""
    page = document_fromstring(response.text)
    (row,) = page.xpath(f"//table[contains(@class, 'stages')]//tr[th/a[starts-with(@href, '/daerah/{regency}')]]")
    return {cell.get("data-stage"): cell for cell in row.cssselect("td[data-stage]")}


def test_the_table_keeps_to_the_province_the_year_and_the_cohort_asked_for(get: Get, rows: Rows) -> None:
    def wanted(where: str) -> list[str]:
        return [row["regency_code"] for row in rows(f"select distinct regency_code from ladder_editions where {where}")]

    assert shown(get("/tahapan")) == wanted("1")
    assert shown(get("/tahapan?provinsi=64")) == wanted("regency_code like '64.%'")
    assert shown(get("/tahapan?tahun=2023")) == wanted("edition = 2023")
    assert shown(get("/tahapan?provinsi=51&tahun=2024")) == wanted("regency_code like '51.%' and edition = 2024")
    joined = "regency_code in (select code from regencies where cohort_year = 2022)"
    assert shown(get("/tahapan?angkatan=2022")) == wanted(joined)
    assert len(wanted(joined)) > 0


def test_regencies_of_which_nothing_is_told_are_there_when_asked_for(get: Get) -> None:
    everyone = shown(get("/tahapan?provinsi=51&semua=1"))
    assert len(everyone) == 9
    assert set(shown(get("/tahapan?provinsi=51"))) == {"51.02"}


def test_a_long_table_comes_in_pages_that_say_what_they_hold(get: Get) -> None:
    first, second, last = (get(f"/tahapan?semua=1&halaman={page}") for page in (1, 2, 99999))
    assert "Daerah 1 sampai 40 dari 514." in prose(first)
    assert "Daerah 41 sampai 80 dari 514." in prose(second)
    assert "Daerah 481 sampai 514 dari 514." in prose(last)
    assert not set(shown(first)) & set(shown(second))
    assert "unduhan CSV dan JSON memuat semuanya" in prose(first)


@pytest.mark.parametrize(
    ("order", "first", "sorted_header"),
    [
        ("", "19.03", None),
        ("nama", "19.03", ("Daerah", "ascending")),
        ("jauh", "62.02", ("Terjauh", "descending")),
        ("terbaru", "51.02", ("Terbaru", "descending")),
    ],
)
def test_the_table_is_sorted_as_asked(get: Get, order: str, first: str, sorted_header: tuple[str, str] | None) -> None:
    response = get(f"/tahapan?urut={order}")
    assert shown(response)[0] == first
    headers = document_fromstring(response.text).cssselect("th[aria-sort]")
    assert [(header.text_content(), header.get("aria-sort")) for header in headers] == (
        [sorted_header] if sorted_header else []
    )


def test_what_is_held_planned_a_gap_or_not_sure_is_told_apart_in_words_and_leads_to_its_proof(
    public: Path, tmp_path: Path, rows: Rows
) -> None:
    of_mentaya = "where regency_code = '62.02' and stage_code = 'masterplan'"
    get = change(
        public,
        tmp_path,
        *(f"update {table} set state = 'announced', is_past = 0 {of_mentaya}" for table in LADDERS),
        f"update events set status = 'announced', start_date = '2025-02', date_precision = 'month' {of_mentaya}",
    )
    page = get("/tahapan")
    held = cells(page, "51.02")["Evaluasi tahap II"]
    (event,) = rows("select id from events where regency_code = '51.02' and stage_code = 'evaluasi-2'")
    assert held.text_content() == "20 Nov 2024"
    assert held.find("a").get("href") == f"/peristiwa/{event['id']}"
    assert held.find("a").get("title") == "sudah berlangsung; edisi 2024"
    planned = cells(page, "62.02")["Masterplan"]
    assert planned.text_content() == "rencana: Feb 2025"
    gap = cells(page, "51.02")["Evaluasi tahap I"]
    assert gap.text_content() == "celah"
    assert gap.find("a").get("href") == f"/peristiwa/{event['id']}", "the later step that shows the gap"
    unsure = cells(page, "64.01")["Nota kesepahaman"]
    (report,) = rows(
        "select article_id, evidence_number from stage_reports where event_id is null and stage_code = 'mou'"
    )
    assert unsure.cssselect("a")[-1].text_content() == "belum pasti?"
    assert unsure.cssselect("a")[-1].get("href").startswith(f"/artikel/{report['article_id']}#")
    assert [cell.get("class").split()[0] for cell in (held, planned, gap, unsure)] == [
        "held", "announced", "unreported", "unsure",
    ]  # fmt: skip
    in_english_too = cells(get("/tahapan?lang=en"), "51.02")
    assert [cell.text_content() for cell in in_english_too.values()][:1] == ["gap"]


LADDERS = ("regency_ladder", "ladder_editions")


def test_what_is_announced_and_whose_day_passed_says_so(public: Path, tmp_path: Path) -> None:
    of_tabanan = "where regency_code = '51.02' and stage_code = 'evaluasi-2'"
    get = change(
        public,
        tmp_path,
        *(f"update {table} set state = 'announced', is_past = 1 {of_tabanan}" for table in LADDERS),
        f"update events set status = 'announced' {of_tabanan}",
    )
    cell = cells(get("/tahapan"), "51.02")["Evaluasi tahap II"]
    assert cell.text_content() == "rencana: 20 Nov 2024 (harinya lewat)"
    assert "belum ada berita bahwa sudah berlangsung" in cell.find("a").get("title")


def test_what_is_announced_without_a_date_says_both(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update events set start_date = null, end_date = null, status = 'announced' where 1",
        *(f"update {table} set state = 'announced' where state = 'held'" for table in LADDERS),
    )
    assert "rencana: tanpa tanggal" in prose(get("/tahapan"))


def test_a_round_that_comes_every_year_is_shown_by_its_year(public: Path, tmp_path: Path) -> None:
    former = (
        "insert into ladder_editions select regency_code, stage_code, 2, 'announced', 2022, edition_by, 0, 1, "
        "'2022-11', '2022-11', 'month', 1, 0, event_id, null, confidence, evidence, evidence_article_id, "
        "evidence_number from ladder_editions where regency_code = '51.02' and stage_code = 'evaluasi-2'"
    )
    get = change(public, tmp_path, former)
    assert "Evaluasi tahap II" in cells(get("/tahapan?tahun=2022"), "51.02")
    assert cells(get("/tahapan?tahun=2022"), "51.02")["Evaluasi tahap II"].get("class") == "announced"
    assert cells(get("/tahapan?tahun=2024"), "51.02")["Evaluasi tahap II"].get("class") == "held p6"
    assert shown(get("/tahapan?tahun=2021")) == ["64.01"]


def test_a_step_without_a_year_of_the_programme_stands_in_the_year_of_its_date(public: Path, tmp_path: Path) -> None:
    of_tabanan = "where regency_code = '51.02' and stage_code = 'evaluasi-internal'"
    get = change(
        public,
        tmp_path,
        f"update events set edition = null {of_tabanan}",
        *(f"update {table} set edition = null {of_tabanan}" for table in LADDERS),
    )
    cell = cells(get("/tahapan?tahun=2024"), "51.02")["Evaluasi internal"]
    assert "tahun program tidak disebut" in cell.find("a").get("title")
    assert "masuk menurut tanggalnya" in prose(get("/tahapan?tahun=2024"))


@pytest.mark.parametrize(
    "query",
    ["provinsi=99", "provinsi=51%00", "tahun=20x4", "tahun=99999999999999999999", "angkatan=-1", "urut=drop", "semua=2",
     "provinsi=" + "a" * 10_000, "tahun=%F0%9F%98%80"],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
def test_a_choice_that_there_is_not_is_said_so(get: Get, query: str, ending: str) -> None:
    response = get(f"/tahapan{ending}?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.text
    if not ending:
        assert "Pilihan ini tidak kami kenal" in prose(response)
        assert "We do not know this choice" in prose(get(in_english(f"/tahapan?{query}")))


@pytest.mark.parametrize("ending", ["csv", "json"])
@pytest.mark.parametrize(("language", "said"), [("id", "tidak dikenal"), ("en", "is not known")])
def test_data_of_a_choice_that_there_is_not_says_so_in_the_language(
    get: Get, ending: str, language: str, said: str
) -> None:
    response = get(f"/tahapan.{ending}?tahun=1066&lang={language}")
    assert (response.status_code, said in response.text) == (400, True)


@pytest.mark.parametrize("page", ["0", "-3", "abc", "999999999999999999999", "%00"])
def test_an_absurd_page_number_is_the_first_or_last_page(get: Get, page: str) -> None:
    for path in ("/tahapan", "/tahapan/evaluasi-2"):
        assert get(f"{path}?halaman={page}").status_code == 200


def test_the_csv_holds_what_the_page_shows_with_ids_and_evidence(get: Get, rows: Rows) -> None:
    answer = get("/tahapan.csv?provinsi=51")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    told = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["regency_code"] for row in told} == {"51.02"}
    (evaluated,) = [row for row in told if row["stage_code"] == "evaluasi-2"]
    (event,) = rows("select * from events where regency_code = '51.02' and stage_code = 'evaluasi-2'")
    assert evaluated["event_id"] == event["id"]
    assert evaluated["start_date"] == "2024-11-20"
    assert evaluated["state"] == "held"
    assert evaluated["evidence"] == event["evidence"]
    assert evaluated["event_url"].endswith(f"/peristiwa/{event['id']}")
    assert evaluated["evidence_url"].endswith(
        f"/artikel/{event['evidence_article_id']}#bukti-{event['evidence_number']}"
    )
    assert {row["state"] for row in told} == {"held", "unreported"}


def test_the_csv_of_everyone_has_a_row_for_those_of_whom_nothing_is_told(get: Get) -> None:
    told = list(csv.DictReader(io.StringIO(get("/tahapan.csv?semua=1").content.decode("utf-8-sig"))))
    assert len({row["regency_code"] for row in told}) == 514
    silent = [row for row in told if row["regency_code"] == "11.01"]
    assert [(row["state"], row["stage_code"], row["watched_by"]) for row in silent] == [("nothing", "", "nation")]


def test_no_cell_of_the_csv_is_run_by_a_spreadsheet(public: Path, tmp_path: Path) -> None:
    get = change(
        public, tmp_path, """update regency_ladder set evidence = '=HYPERLINK("x";"y")' where evidence is not null"""
    )
    told = list(csv.DictReader(io.StringIO(get("/tahapan.csv").content.decode("utf-8-sig"))))
    said = {row["evidence"] for row in told if row["state"] == "held"}
    assert said == {"""'=HYPERLINK("x";"y")"""}
    as_json = {row["evidence"] for row in get("/tahapan.json").json()["rows"] if row["state"] == "held"}
    assert as_json == {'=HYPERLINK("x";"y")'}, "JSON is no spreadsheet"


def test_the_json_says_of_which_release_and_choice_it_is(get: Get, rows: Rows) -> None:
    answer = get("/tahapan.json?tahun=2023&urut=terbaru").json()
    assert answer["release"]["id"] == rows("select id from release")[0]["id"]
    assert answer["chosen"] == {"provinsi": "", "angkatan": "", "tahun": "2023", "urut": "terbaru", "semua": ""}
    assert answer["count"] == len(answer["rows"]) > 0
    assert {row["edition"] for row in answer["rows"]} == {2023}


def test_every_stage_has_a_page_with_who_took_it_by_year_and_who_did_not(get: Get, rows: Rows) -> None:
    for stage in rows("select code, name_id from stages"):
        page = get(f"/tahapan/{stage['code']}")
        assert page.status_code == 200
        assert document_fromstring(page.text).cssselect("h1")[0].text_content() == stage["name_id"]
    page = get("/tahapan/evaluasi-2")
    assert "Edisi 2024: 1 kabupaten dan kota" in prose(page)
    assert "Edisi 2023: 2 kabupaten dan kota" in prose(get("/tahapan/evaluasi-2?edisi=2023"))
    numbers = [number.text_content() for number in document_fromstring(page.text).cssselect(".numbers dd")]
    assert numbers[0] == "3", "in any year"
    names = {link.text_content() for link in document_fromstring(page.text).cssselect(".names a")}
    assert "Kab. Tabanan" not in names
    assert "Kab. Aceh Selatan" in names
    (gaps,) = rows("select count(*) as n from regency_ladder where stage_code = 'mou' and state = 'unreported'")
    assert gaps["n"] > 0
    assert f"{gaps['n']} daerah dengan celah: langkah sesudahnya sudah diberitakan" in prose(get("/tahapan/mou"))


def test_who_did_not_take_a_stage_is_told_of_all_years_or_of_one(get: Get) -> None:
    def untaken(path: str) -> set[str]:
        return {link.text_content() for link in document_fromstring(get(path).text).cssselect(".names a")}

    assert "Kab. Bangka Selatan" not in untaken("/tahapan/evaluasi-2"), "taken in 2023"
    assert "Kab. Bangka Selatan" in untaken("/tahapan/evaluasi-2?edisi=2024")
    assert "Kab. Tabanan" not in untaken("/tahapan/evaluasi-2?edisi=2024")
    assert "Pada tahun program 2024." in prose(get("/tahapan/evaluasi-2?edisi=2024"))
    numbers = [
        document_fromstring(get(f"/tahapan/evaluasi-2{q}").text).cssselect(".numbers dd")[0].text_content()
        for q in ("", "?edisi=2024")
    ]
    assert numbers == ["3", "3"], "how many ever took it does not depend on the year"


def test_a_step_on_the_page_of_its_stage_leads_to_the_sentence_and_the_date(get: Get, rows: Rows) -> None:
    (event,) = rows("select * from events where regency_code = '51.02' and stage_code = 'evaluasi-2'")
    card = document_fromstring(get("/tahapan/evaluasi-2").text).cssselect(".card")[0]
    assert card.cssselect(".date")[0].get("href") == f"/peristiwa/{event['id']}"
    assert card.cssselect(".date")[0].text_content() == "20 November 2024"
    assert card.cssselect("q")[0].text_content() == event["evidence"]
    assert card.cssselect("a.proof")[0].get("href").startswith(f"/artikel/{event['evidence_article_id']}#")


@pytest.mark.parametrize("code", ["tidak-ada", "evaluasi-2%00", "a" * 10_000, "..%2f..%2fetc"])
def test_a_stage_that_there_is_not_is_a_404_with_a_way_on(get: Get, code: str) -> None:
    response = get(f"/tahapan/{code}")
    assert response.status_code == 404
    assert 'href="/tahapan"' in response.text


def test_a_year_in_which_nobody_took_a_stage_is_said_so(get: Get) -> None:
    response = get("/tahapan/evaluasi-2?edisi=1999")
    assert response.status_code == 400
    assert "Pilihan ini tidak kami kenal: edisi" in prose(response)


def test_the_map_of_silence_tells_of_all_who_is_watched_by_whom(get: Get, rows: Rows) -> None:
    page = document_fromstring(get("/tahapan").text)
    assert len(page.cssselect("#senyap .map-view svg a")) == 514
    counts = {
        row["watched_by"]: row["n"] for row in rows("select watched_by, count(*) as n from regency_coverage group by 1")
    }
    said = [int(number.text_content()) for number in page.cssselect(".kinds b")]
    assert said == [counts.get(kind, 0) for kind in WATCHED]
    table = [row.text_content().split() for row in page.cssselect("#senyap details tbody tr")]
    assert len(table) == 38
    assert sum(int(row.cssselect("td")[0].text_content()) for row in page.cssselect("#senyap details tbody tr")) == 514


@pytest.mark.parametrize(
    ("sources", "verdicts", "kind"),
    [
        ("('kabar_lumbung', '62.02')", "'quiet'", "own"),
        ("('kabar_lumbung', '62.02')", "'blocked'", "unread"),
        ("('kabar_lumbung', '62.02')", "null", "unread"),
    ],
)
def test_a_regency_is_known_from_the_nearest_source_that_is_read(
    tmp_path: Path, sources: str, verdicts: str, kind: str
) -> None:
    """The rule stands in db/views; it is asked where it is baked."""
    from build import fill_example_db

    from db.connect import open_db, open_read_only
    from publish.bake import bake

    fill_example_db(tmp_path / "pantau.db")
    db = open_db(tmp_path / "pantau.db")
    db.execute(f"insert into source_regencies values {sources}")
    if verdicts == "null":
        db.execute("delete from source_health where source = 'kabar_lumbung'")
    else:
        db.execute(f"update source_health set verdict = {verdicts} where source = 'kabar_lumbung'")
    db.conn.commit()
    db.close()
    bake(tmp_path / "pantau.db", tmp_path / "public.db")
    public = open_read_only(tmp_path / "public.db")
    assert public.execute("select watched_by from regency_coverage where regency_code = '62.02'").fetchone() == (kind,)
    public.close()


def test_a_month_without_articles_says_whether_anybody_was_read(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update monthly_reading set read_sources = 0 where month = '2024-10' and province_code = '64'",
    )
    page = document_fromstring(get("/tahapan").text)
    rows = {row.cssselect("th")[0].text_content(): row for row in page.cssselect("table.months tbody tr")}
    assert len(rows) == 38

    def last_months(province: str) -> list[tuple[str, str]]:
        return [(cell.text_content(), cell.get("class").split()[1]) for cell in rows[province].cssselect("td")[-3:]]

    assert last_months("Kalimantan Timur") == [("–", "unwatched"), ("×", "unread"), ("0", "quiet")]
    assert last_months("Bali") == [("–", "unwatched"), ("·", "nation"), ("2", "told")]


def test_a_province_shows_its_regencies_and_its_months_of_all_years(get: Get) -> None:
    page = document_fromstring(get("/tahapan?provinsi=64").text)
    paser = page.cssselect("#senyap table tbody tr")[0].text_content()
    assert "Kabupaten Paser" in paser
    assert "1 dari 1" in paser
    years = [row.text_content() for row in page.cssselect("table.months tbody th")]
    assert years == ["2024", "2023", "2022", "2021"]
