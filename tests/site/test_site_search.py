"""/cari: what a reader finds, why, and how what is found is narrowed, kept and followed."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from lxml.html import HtmlElement, document_fromstring
from sitepages import Get, Rows, change, in_english, words

from publish.site.search.suggestions import nearest_queries
from publish.site.search.words import FILTERS, Search, Term, expression, pieces_of, understand


def main(response: object) -> HtmlElement:
    return document_fromstring(response.text).get_element_by_id("isi")  # type: ignore[attr-defined]


def links(element: HtmlElement, path: str) -> list[str]:
    """Where the links of a part of a page lead, those that begin with a path."""
    return [href for href in element.xpath(".//a/@href") if href.startswith(path)]


def section(response: object, name: str) -> HtmlElement:
    return main(response).xpath(f'.//section[@aria-labelledby="h-{name}"]')[0]


def counted(response: object) -> dict[str, int]:
    """How many results each kind has, by its name in the address."""
    tabs = main(response).xpath('.//nav[@class="kinds"]/a[b]')
    return {parse_qs(urlsplit(tab.get("href")).query)["jenis"][0]: int(tab.find("b").text) for tab in tabs}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("kotim", "62.02"),
        ("Kotim", "62.02"),
        ("KOTAWARINGIN timur", "62.02"),
        ("kab. tabanan", "51.02"),
        ("kabupaten kotim", "62.02"),
        ("62.02", "62.02"),
    ],
)
def test_a_regency_is_found_by_the_names_people_use(get: Get, query: str, code: str) -> None:
    assert links(section(get(f"/cari?q={quote(query)}"), "daerah"), "/daerah/")[0] == f"/daerah/{code}"


@pytest.mark.parametrize(
    ("query", "stage"),
    [
        ("bimtek 2", "bimtek-2"),
        ("Bimtek II", "bimtek-2"),
        ("bimbingan teknis tahap kedua", "bimtek-2"),
        ("evaluasi tahap II", "evaluasi-2"),
        ("evaluasi ke-2", "evaluasi-2"),
        ("rencana induk", "masterplan"),
    ],
)
def test_a_stage_is_found_by_its_wordings(get: Get, rows: Rows, query: str, stage: str) -> None:
    found = links(main(get(f"/cari?q={quote(query)}&jenis=peristiwa")), "/peristiwa/")
    wanted = {f"/peristiwa/{row['id']}" for row in rows("select id from events where stage_code = ?", stage)}
    assert {link.partition("#")[0] for link in found} == wanted


def test_a_stage_without_its_number_is_meant_with_all(get: Get, rows: Rows) -> None:
    page = get("/cari?q=bimtek")
    assert counted(page)["peristiwa"] == len(rows("select 1 from events where stage_code like 'bimtek%'"))
    assert "Tahapan: Bimtek (semua tahap)" in words(page)


@pytest.mark.parametrize("query", ["kalteng", "Kalimantan Tengah", "provinsi kalimantan tengah", "prov. kalteng"])
def test_a_province_is_found_by_its_names(get: Get, rows: Rows, query: str) -> None:
    page = get(f"/cari?q={quote(query)}&jenis=daerah")
    regencies = rows("select code from regencies where province_code = '62' order by code")
    assert links(main(page), "/daerah/") == [f"/daerah/{row['code']}" for row in regencies]
    assert "Daerah: Kalimantan Tengah" in words(page)


def test_a_longer_name_is_not_taken_for_a_shorter_one(get: Get) -> None:
    assert "Daerah: Papua Barat Daya" in words(get("/cari?q=papua barat daya"))
    assert "Daerah: Kabupaten Aceh Barat Daya" in words(get("/cari?q=aceh barat daya"))


def test_a_year_is_that_of_the_day_or_of_the_edition(get: Get, rows: Rows) -> None:
    found = links(main(get("/cari?q=bimtek 2021&jenis=peristiwa")), "/peristiwa/")
    wanted = rows(
        "select id from events where stage_code like 'bimtek%' and (start_date like '2021%' or edition = 2021)"
    )
    assert wanted
    assert {link.partition("#")[0] for link in found} >= {f"/peristiwa/{row['id']}" for row in wanted}


def test_words_between_quotation_marks_stay_together(get: Get) -> None:
    assert counted(get('/cari?q="kota cerdas"'))["artikel"] > 0
    assert "Tidak ada yang cocok" in words(get('/cari?q="cerdas kota"'))


def test_what_is_written_in_words_only_can_be_asked_for(get: Get) -> None:
    (literal,) = main(get("/cari?q=kotim")).xpath('.//ul[@class="understood"]//a/@href')
    assert parse_qs(urlsplit(literal).query)["q"] == ['"kotim"']


def test_what_was_looked_for_is_marked(get: Get) -> None:
    marks = main(get("/cari?q=masterplan&jenis=artikel")).xpath('.//mark[@class="match"]')
    assert {mark.text_content().lower() for mark in marks} == {"masterplan"}


def test_a_result_that_does_not_say_the_words_says_why_it_is_found(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "update articles set title = 'Judul', lead = 'Ringkasan.'")
    page = main(get("/cari?q=kotim&jenis=artikel"))
    assert links(page, "/artikel/")
    for result in page.xpath('.//ul[contains(@class, "hits")]/li'):
        assert "tentang Kabupaten Kotawaringin Timur" in result.text_content()


def test_an_event_is_found_by_who_was_there_and_says_so(get: Get, rows: Rows) -> None:
    row = rows(
        """
        select event_people.name, event_id
        from event_people
        join events on events.id = event_id
        where instr(events.evidence, event_people.name) = 0
        """
    )[0]
    found = [
        card
        for card in main(get(f'/cari?q="{row["name"]}"&jenis=peristiwa')).xpath('.//li[@class="card"]')
        if f"/peristiwa/{row['event_id']}" in links(card, "/peristiwa/")
    ]
    assert f"disebut: {row['name']}" in " ".join(found[0].text_content().split())


def test_a_headline_comes_before_a_lead_and_the_newest_first_when_asked(get: Get, rows: Rows) -> None:
    told = {
        row["id"]: row
        for row in rows("select id, lower(title) as title, lower(lead) as lead, published_date from articles")
    }
    both = [
        word
        for word in {word for row in told.values() for word in re.findall(r"[a-z]{6,}", row["lead"])}
        if any(word in row["title"] for row in told.values())
        and any(re.search(rf"\b{word}\b", row["lead"]) and word not in row["title"] for row in told.values())
    ]
    assert both
    for word in both:
        page = main(get(f'/cari?q="{word}"&jenis=artikel'))
        found = [told[link.removeprefix("/artikel/")] for link in links(page, "/artikel/")]
        by_headline = [bool(re.search(rf"\b{word}\b", row["title"])) for row in found]
        assert by_headline == sorted(by_headline, reverse=True), word
    newest = main(get("/cari?q=kota&jenis=artikel&urut=terbaru"))
    dates = [told[link.removeprefix("/artikel/")]["published_date"] or "" for link in links(newest, "/artikel/")]
    assert dates == sorted(dates, reverse=True)
    assert len(dates) > 3


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leads_to_as_many_results_as_it_says(get: Get, name: str) -> None:
    narrow = main(get("/cari?q=kota&jenis=peristiwa")).xpath(f'.//section[@aria-labelledby="by-{name}"]//a')
    if name in ("provinsi", "tahap", "tahun"):
        assert len(narrow) > 1
    for link in narrow:
        assert counted(get(link.get("href")))["peristiwa"] == int(link.find("b").text), link.get("href")


def test_a_filter_is_named_and_can_be_taken_away(get: Get) -> None:
    page = main(get("/cari?q=kota&provinsi=51&tahap=evaluasi-2"))
    chosen = page.xpath('.//li[@class="chosen"]')
    assert [" ".join(one.text_content().split()) for one in chosen] == [
        "Provinsi Bali ×",
        "Tahapan Evaluasi tahap II ×",
    ]
    assert parse_qs(urlsplit(chosen[0].find("a").get("href")).query) == {"q": ["kota"], "tahap": ["evaluasi-2"]}


def test_filters_alone_find_too(get: Get, rows: Rows) -> None:
    events = rows("select 1 from events where stage_code = 'mou'")
    assert counted(get("/cari?tahap=mou"))["peristiwa"] == len(events) > 0


MANY = """
insert into {} with recursive n (i) as (select 1 union all select i + 1 from n where i < 1030) select {} from n
"""


def test_pages_follow_each_other_without_loss_and_end_where_it_is_said(public: Path, tmp_path: Path) -> None:
    coverage = "printf('x%04d', i), 0, 0, 0, null, null, null, 0, 0, 0, 0, 0, 'none'"
    get = change(
        public,
        tmp_path,
        MANY.format("search", "100000 + i, 'regency', printf('x%04d', i), iif(i % 2, 'kregency p62', 'kregency p63')"),
        MANY.format("search_fts (rowid, title, text, keys)", "100000 + i, 'banyak', '', 'kregency'"),
        MANY.format("regencies", "printf('x%04d', i), 'Banyak', '', 'kota', '62', '', '', 0, 0, 0, 0, null"),
        MANY.format("regency_coverage", coverage),
    )
    seen: list[str] = []
    address: str | None = "/cari?q=banyak&jenis=daerah"
    while address:
        page = main(get(address))
        seen += links(page.xpath('.//ul[contains(@class, "hits")]')[0], "/daerah/")
        address = next(iter(page.xpath('.//a[@rel="next"]/@href')), None)
    assert len(seen) == len(set(seen)) == 1000
    assert "Hanya 1.000 hasil pertama" in page.text_content()
    first = words(get("/cari?q=banyak"))
    assert "Daerah lebih dari 1.000" in first
    assert "Kalimantan Tengah 501+" in first, "of those that were looked at there are so many, and may be more"


def test_a_page_that_is_not_there_says_so(get: Get) -> None:
    response = get("/cari?q=kota&jenis=artikel&halaman=99")
    assert response.status_code == 404
    assert "Halaman 99 tidak ada" in words(response)
    assert get(links(main(response), "/cari?")[0]).status_code == 200


@pytest.mark.parametrize("page", ["-1", "abc", "1.5", "", "%00", "９", "100000000000"])
def test_a_page_number_that_is_none_is_the_first(get: Get, page: str) -> None:
    assert get(f"/cari?q=kota&jenis=artikel&halaman={page}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "'; drop table articles; --", '"', '"a', '" OR 1=1 --', "*", "a*", "NEAR(", "NEAR(a b, 2)",
        "a AND", "AND AND", "OR",
        "NOT x", "-kota", "%", "title:x", "keys:kevent", "{title}:x", "^", "(((",
        "\x00", "kota\x00cerdas", "😀", "½ ² ⅷ", "_",
        "a" * 10_000, "kota " * 2_000,
        '"' * 500, "ー" * 300, "İstanbul", "i̇", "ﬁ", "\ud7ff", "मध्य", "٣", "1 2 3 4 5 6 7 8 9 10",
    ],
)  # fmt: skip
def test_search_takes_any_characters_as_words(get: Get, query: str) -> None:
    for language in ("", "&lang=en"):
        response = get(f"/cari?q={quote(query)}{language}")
        assert response.status_code == 200
        assert "Traceback" not in response.text
    assert get("/public/articles.json?_shape=array&_size=1").json(), "the table is still there"


def test_what_is_too_long_says_what_is_looked_for(get: Get) -> None:
    assert "hanya dua belas kata pertamanya" in words(get(f"/cari?q={'kota ' * 2000}"))
    assert "hanya dua belas" not in words(get("/cari?q=kota"))


@pytest.mark.parametrize(
    "filters",
    ["provinsi=99", "provinsi=%00", "tahap=tidak-ada", "tahun=20x4", "status=batal", "media=tidak_ada", "jenis=x"],
)
def test_a_filter_that_is_not_known_is_named_and_narrows_nothing(get: Get, filters: str) -> None:
    response = get(f"/cari?q=kota&{filters}")
    assert response.status_code == 400
    assert f"tidak dikenal dan diabaikan: {filters.partition('=')[0]}" in words(response)
    if not filters.startswith("jenis"):
        assert counted(response) == counted(get("/cari?q=kota"))


def test_a_search_without_words_says_what_is_understood(get: Get) -> None:
    page = get("/cari")
    assert "Ketik nama daerah" in words(page)
    for link in links(main(page), "/cari?"):
        assert get(link).status_code == 200
    assert "Tidak ada huruf atau angka" in words(get("/cari?q=%21%21"))


def test_who_finds_nothing_is_told_what_to_try(get: Get, rows: Rows) -> None:
    assert "Tidak ada yang cocok dengan “zzzxy”" in words(get("/cari?q=zzzxy"))
    assert "Maksud Anda Tabanan" in words(get("/cari?q=tabanann"))
    (name,) = {row["name"] for row in rows("select name from people order by articles desc, id limit 1")}
    wrong = name[:-2] + name[-1] + name[-2]
    assert f"Maksud Anda {name}" in words(get(f"/cari?q={quote(wrong)}"))
    nothing = main(get("/cari?q=kota zzzxy&provinsi=51"))
    (less,) = nothing.xpath('.//div[contains(@class, "nothing")]//li/a')
    assert less.text_content() == "Tanpa kata “zzzxy”"
    assert counted(get(less.get("href")))
    (other,) = main(get("/cari?q=tabanan&provinsi=62")).xpath('.//div[contains(@class, "nothing")]//li/a')
    assert "Tanpa saringan provinsi Kalimantan Tengah" in other.text_content()
    assert counted(get(other.get("href")))


def test_a_beginning_is_enough_where_no_whole_word_is_found(get: Get) -> None:
    page = get("/cari?q=taban")
    assert links(section(page, "daerah"), "/daerah/51.02")
    assert "kata dengan awalan yang sama" in words(page)
    assert "awalan yang sama" not in words(get("/cari?q=tabanan"))


def test_the_search_is_whole_in_its_address(get: Get) -> None:
    page = get("/cari?q=kota&jenis=artikel&tahun=2024&urut=terbaru&lang=en")
    for link in main(page).xpath(".//aside//a/@href"):
        told = parse_qs(urlsplit(link).query)
        assert (told["q"], told["jenis"], told["tahun"], told["urut"], told["lang"]) == (
            ["kota"], ["artikel"], ["2024"], ["terbaru"], ["en"],
        )  # fmt: skip


def test_both_languages_find_the_same(get: Get) -> None:
    for path in ("/cari?q=kotim", "/cari?q=bimtek+2", "/cari?q=kota&jenis=peristiwa"):
        assert counted(get(path)) == counted(get(in_english(path)))
    assert "Stage: Guidance II" in words(get("/cari?q=bimtek+2&lang=en"))


def test_words_are_quoted_for_the_index() -> None:
    search = Search("", (Term(("near",), "word"), Term(("kota", "cerdas"), "phrase")), {"provinsi": "62"}, kind="event")
    assert expression(search, "event") == (
        'keys : "kevent" AND keys : "p62" AND {title text} : ("near" OR "nearnya") AND {title text} : "kota cerdas"'
    )


def test_a_name_between_other_words_is_understood() -> None:
    places = {"solok selatan": [{"code": "13.11", "name": "Kabupaten Solok Selatan", "short_name": "Solok Selatan"}]}
    terms = understand(pieces_of("bimtek I solok selatan 2023 aplikasi"), places, {})
    assert [term.meaning for term in terms] == ["stage", "place", "year", "word"]
    assert [term.keys for term in terms] == [("sbimtek1",), ("r1311",), ("y2023", "e2023"), ()]


def test_the_nearest_name_is_suggested_first() -> None:
    names = {"kolaka": "Kolaka", "kolaka utara": "Kolaka Utara", "kolaka timur": "Kolaka Timur"}
    assert nearest_queries(["kolakka", "utara"], names)[0] == "Kolaka Utara"
    assert nearest_queries(["qqqq"], names) == []


def test_the_index_holds_what_pages_show_and_nothing_twice(rows: Rows) -> None:
    found = {row["kind"]: row["n"] for row in rows("select kind, count(*) as n from search group by kind")}
    assert found["regency"] == 514
    for kind, table in {"article": "articles", "event": "events", "person": "people"}.items():
        assert found[kind] == rows(f"select count(*) as n from {table}")[0]["n"]
    assert rows("select count(*) as n from search_fts")[0]["n"] == sum(found.values())
    assert rows("select kind, id from search group by kind, id having count(*) > 1") == []
    kinds = rows("select keys from search")
    assert all(re.fullmatch(r"k[a-z]+( [a-z][a-z0-9]+)*", row["keys"].strip()) for row in kinds)
