"""The site over the example data, asked in process: what a reader of each page must find."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import yaml
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, in_english, is_ours, open_site, words, write

from publish.serve import SITE
from publish.site.figures import figure_text
from publish.site.metadata import METADATA, metadata_text
from publish.site.phases import PHASE_OF_STAGE
from publish.site.strings import STRINGS, translate

PAGES = (
    "/", "/daerah", "/daerah?tampil=belum", "/tahapan", "/tahapan?provinsi=62&tahun=2021", "/tahapan?semua=1",
    "/pejabat", "/pejabat?q=bupati", "/media", "/media?keadaan=blocked", "/media?provinsi=64",
    "/media/lensa_teluk", "/surat", "/surat/2024-W47", "/tentang",
    "/cari", "/cari?q=kotim", "/public", "/public/articles", "/public/events", "/public/urls?fate=not-understood",
    "/public/articles?published_date__isnull=1", "/public/review", "/public/events.csv",
)  # fmt: skip


@pytest.mark.parametrize("path", [*PAGES, *map(in_english, filter(is_ours, PAGES))])
def test_every_page_opens(get: Get, path: str) -> None:
    response = get(path)
    assert response.status_code == 200
    if not path.endswith(".csv"):
        assert 'href="/tahapan' in response.text, "the menu is on every page"


def test_every_regency_article_and_event_of_the_data_opens(get: Get, rows: Rows) -> None:
    paths = [
        *(f"/daerah/{row['regency_code']}" for row in rows("select distinct regency_code from article_regencies")),
        *(f"/artikel/{row['id']}" for row in rows("select id from articles")),
        *(f"/peristiwa/{row['id']}" for row in rows("select id from events")),
    ]
    assert len(paths) > 20
    assert [path for path in paths if get(path).status_code != 200] == []


def test_every_link_to_a_proof_finds_its_sentence(get: Get) -> None:
    pages = [get(path) for path in ("/", "/tahapan", "/daerah/51.02", "/daerah/19.03", "/pejabat", "/cari?q=bimtek")]
    links = {link for page in pages for link in re.findall(r'href="(/artikel/[0-9a-f]{12}#bukti-\d+)"', page.text)}
    assert len(links) > 10
    for link in links:
        path, anchor = link.split("#")
        assert f'id="{anchor}"' in get(path).text, link


def test_a_date_said_in_another_sentence_leads_to_that_one(public: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(public)) as db:
        event, article, number, date = db.execute(
            "select id, evidence_article_id, evidence_number, start_date from events "
            "where regency_code = '51.02' and length(start_date) = 10"
        ).fetchone()
    other = number + 1
    get = change(
        public,
        tmp_path,
        f"update mentions set evidence_number = {other} where article_id = '{article}' and label = 'DATE'",
    )
    for path in ("/daerah/51.02", f"/peristiwa/{event}"):
        page = get(path).text
        assert re.search(rf'href="/artikel/{article}#bukti-{other}"[^>]*><time datetime="{date}">', page), path
    for path in ("/daerah/51.02", f"/peristiwa/{event}", f"/artikel/{article}"):
        assert f"tanggalnya ada di bukti {other}" in words(get(path)), path


def test_what_articles_only_look_back_on_is_no_news(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "update stage_reports set is_main = 0 where regency_code = '51.02'")
    newest = get("/").text
    assert 'class="place" href="/daerah/51.02"' not in newest[newest.index('id="terbaru"') :]
    assert "disebut sepintas" in words(get("/daerah/51.02"))


def test_an_article_says_how_its_date_was_found_and_where_the_original_is(get: Get, rows: Rows) -> None:
    article = rows("select id, url, outlet_name, published_by from articles where published_by is not null")[0]
    page = get(f"/artikel/{article['id']}")
    assert f"(terbaca dari {translate('date.by.' + article['published_by'], 'id')})" in words(page)
    assert f"Baca artikel asli di {article['outlet_name']}" in words(page)
    assert f'class="button" href="{article["url"]}"' in page.text


@pytest.mark.parametrize(
    ("kind", "value", "unit", "bound", "indonesian", "english"),
    [
        ("budget", 4.3e9, "rupiah", None, "Rp4,3 miliar", "Rp4.3 billion"),
        ("budget", 5e11, "rupiah", "about", "sekitar Rp500 miliar", "about Rp500 billion"),
        ("budget", 1_200_000_000_000.0, "rupiah", None, "Rp1,2 triliun", "Rp1.2 trillion"),
        ("budget", 1_234_567_890.0, "rupiah", None, "Rp1.234.567.890", "Rp1,234,567,890"),
        ("budget", 15_000.0, "rupiah", None, "Rp15.000", "Rp15,000"),
        ("budget", 2e6, "dolar AS", "over", "lebih dari US$2 juta", "more than US$2 million"),
        ("regencies", 191.0, "kabupaten/kota", None, "191 kabupaten/kota", "191 kabupaten/kota"),
        ("count", 1_250.0, "orang", "least", "paling sedikit 1.250 orang", "at least 1,250 orang"),
        ("index", 3.1, "indeks", None, "3,10", "3.10"),
        ("index", 85.0, "nilai", None, "85", "85"),
        ("share", 87.5, "persen", "under", "kurang dari 87,5 persen", "less than 87.5 percent"),
        ("rank", 4.0, "peringkat", None, "peringkat 4", "rank 4"),
        ("rank", 10.0, "peringkat", "most", "10 besar", "top 10"),
    ],
)
def test_a_figure_is_written_as_its_readers_write(
    kind: str, value: float, unit: str, bound: str | None, indonesian: str, english: str
) -> None:
    figure = {"kind": kind, "value": value, "unit": unit, "bound": bound}
    assert (figure_text(figure, "id"), figure_text(figure, "en")) == (indonesian, english)


def test_a_sentence_in_a_table_leads_to_its_article(get: Get, rows: Rows) -> None:
    event = rows("select evidence_article_id as article, evidence_number as number from events order by id")[0]
    proof = f'<a href="/artikel/{event["article"]}#bukti-{event["number"]}">'
    assert proof in get("/public/events").text
    assert 'href="/artikel/' in get("/public/tahapan_daerah?kode=51.02").text
    assert 'href="/artikel/' in get("/public/officials").text


@pytest.fixture(scope="module")
def crawled(get: Get) -> dict[str, Any]:
    """The pages a reader can reach by links, as documents; of the 514 regencies and of Datasette's pages only some."""
    found: dict[str, Any] = {}
    waiting = ["/", "/?lang=en"]
    while waiting:
        path = waiting.pop()
        if path in found or _is_left_out(path):
            continue
        response = get(path)
        assert response.status_code == 200, path
        found[path] = document_fromstring(response.text)
        # What is chosen on a page leads to ever more choices.
        if is_ours(path) and not re.search(r"[?&](?!lang=)", path):
            waiting += [link.split("#")[0] for link in _links(path, found[path])]
    return found


def _links(path: str, page: Any) -> list[str]:
    return [urljoin(path, link) for link in page.xpath("//a/@href") if not re.match(r"\w+:", link)]


def _is_left_out(path: str) -> bool:
    is_far_regency = re.match(r"/daerah/(?!51|62\.0|64\.0)", path)
    return bool(is_far_regency or re.search(r"\.(?:csv|json|atom|ics|xml|db)(?:\?|$)", path))


def test_no_link_is_dead(crawled: dict[str, Any]) -> None:
    assert len(crawled) > 100
    ids = {path: set(page.xpath("//@id")) for path, page in crawled.items()}
    targets = {tuple(link.split("#")) for path, page in crawled.items() for link in _links(path, page) if "#" in link}
    assert [target for target in targets if target[0] in ids and target[1] not in ids[target[0]]] == []


def test_pages_are_well_formed_for_those_who_hear_them(crawled: dict[str, Any]) -> None:
    for path, page in crawled.items():
        if not is_ours(path):
            continue
        levels = [int(heading.tag[1]) for heading in page.xpath("//main//*[self::h1 or self::h2 or self::h3]")]
        assert levels.count(1) == 1, f"{path}: one main heading"
        assert all(after <= before + 1 for before, after in pairwise(levels)), f"{path}: no level is skipped"
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), f"{path}: an id names one thing"
        named_by = {name for names in page.xpath("//@aria-labelledby") for name in names.split()}
        assert named_by <= set(ids), path
        fields = page.xpath("//input[not(@type='hidden')] | //select")
        assert all(field.xpath("ancestor::label") or field.get("id") in page.xpath("//label/@for") for field in fields)
        assert page.get("lang") == ("en" if "lang=en" in path else "id")
        assert page.xpath("//a[not(normalize-space()) and not(@aria-label) and not(.//*[local-name()='title'])]") == []


def test_what_reports_say_differently_is_marked_wherever_the_event_stands(
    public: Path, tmp_path: Path, rows: Any
) -> None:
    event = rows("select id, evidence_article_id, evidence_number from events where regency_code = '51.02' limit 1")[0]
    told = (event["id"], 1, "mode", "luring", None, 1, 1, 1, event["evidence_article_id"], event["evidence_number"])
    copy = tmp_path / "public.db"
    copy.write_bytes(public.read_bytes())
    with write(copy) as db:
        db.execute("insert into event_conflicts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", told)
        db.execute("update events set conflicts = 1 where id = ?", [event["id"]])
    assert f'href="/peristiwa/{event["id"]}#beda">laporan berbeda' in open_site(copy)("/daerah/51.02").text


def test_a_step_that_is_not_sure_is_called_so_and_leaves_the_map_as_it_is(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "update events set confidence = 0.4 where regency_code = '51.02'")
    assert "belum pasti" in words(get("/daerah/51.02"))
    assert "Kabupaten Tabanan: belum ada berita tahapan" in words(get("/"))


@pytest.fixture(scope="module")
def announced(public: Path, tmp_path_factory: pytest.TempPathFactory) -> Get:
    """The site over data in which Tabanan's evaluation, and no other event of it, is only announced."""
    return change(
        public,
        tmp_path_factory.mktemp("announced"),
        *(
            f"update {table} set status = 'announced', start_date = '2024-11-28', end_date = '2024-11-28' "
            "where regency_code = '51.02' and stage_code = 'evaluasi-2'"
            for table in ("events", "stage_reports")
        ),
        *(
            f"update {table} set state = 'announced', is_past = 0 "
            "where regency_code = '51.02' and stage_code = 'evaluasi-2'"
            for table in ("regency_ladder", "ladder_editions")
        ),
    )


def test_what_is_only_announced_is_told_so_wherever_its_date_stands(announced: Get, rows: Rows) -> None:
    (event,) = rows("select * from events where regency_code = '51.02' and stage_code = 'evaluasi-2'")
    article = f"/artikel/{event['evidence_article_id']}"
    for path in ("/", "/daerah/51.02", article, f"/peristiwa/{event['id']}", "/cari?q=tabanan+evaluasi-2"):
        for said, announcing in ((path, "diumumkan untuk"), (in_english(path), "announced for")):
            assert set(re.findall(r"(\S+ \S+) 28 November 2024", words(announced(said)))) == {announcing}, said
    assert "rencana: 28 Nov 2024" in words(announced("/tahapan"))
    assert "planned: 28 Nov 2024" in words(announced("/tahapan?lang=en"))
    page = words(announced(f"/peristiwa/{event['id']}"))
    assert "belum ada berita bahwa ini sudah berlangsung" in page
    assert "Kabupaten Tabanan, diumumkan untuk 28 November 2024" in page


def test_what_is_announced_without_a_date_says_both(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "update events set start_date = null, end_date = null, status = 'announced' where 1")
    assert "diumumkan, tanggal tidak disebut" in words(get("/daerah/51.02"))
    assert "announced, date not said" in words(get("/daerah/51.02?lang=en"))


def test_what_is_only_announced_moves_nothing_and_counts_as_no_event(get: Get, announced: Get) -> None:
    assert "Kabupaten Tabanan: Evaluasi" in words(get("/"))
    assert "Kabupaten Tabanan: Implementasi" in words(announced("/"))
    for path, said in (("/", "peristiwa diberitakan"), ("/tentang", "peristiwa yang sudah berlangsung")):
        assert _number(announced(path), said) == _number(get(path), said) - 1
    for site, day, is_reached in ((get, "2024-11-20", True), (announced, "2024-11-28", False)):
        page = document_fromstring(site("/tahapan?provinsi=51").text)
        (cell,) = page.xpath(f"//td[a/time/@datetime='{day}']")
        assert cell.get("class") == ("held p6" if is_reached else "announced")


def test_a_regency_of_the_programme_with_only_an_announcement_is_among_those_without_an_event(
    public: Path, tmp_path: Path
) -> None:
    cohort = "update regencies set cohort_year = 2021 where code = '51.02'"
    folders = [tmp_path / name for name in ("diadakan", "diumumkan")]
    for folder in folders:
        folder.mkdir()
    held = change(public, folders[0], cohort)
    announced = change(
        public,
        folders[1],
        cohort,
        "update events set status = 'announced' where regency_code = '51.02'",
        "update regency_ladder set state = 'announced' where regency_code = '51.02' and state = 'held'",
    )
    query = "/public/peserta_tanpa_peristiwa.json?_shape=array"
    for site, is_missing in ((held, False), (announced, True)):
        assert ("Kabupaten Tabanan" in words(site("/daerah?tampil=belum"))) == is_missing
        assert ("51.02" in {row["code"] for row in site(query).json()}) == is_missing
    lacking = [int(re.search(r"(\d+) dari \d+ daerah peserta", words(site("/")))[1]) for site in (held, announced)]  # type: ignore[index]
    assert lacking[1] == lacking[0] + 1


def _number(page: Any, of_what: str) -> int:
    """A number of the page's list of numbers."""
    found = document_fromstring(page.text).xpath(f"//dl[@class='numbers']/div[dt='{of_what}']/dd")
    return int(found[0].text)


def test_the_map_shows_the_furthest_step_and_no_regency_is_missing(get: Get) -> None:
    page = get("/")
    assert len(set(re.findall(r'href="/daerah/([\d.]+)" tabindex="-1"', page.text))) == 514
    assert "Kabupaten Tabanan: Evaluasi" in words(page)


def test_the_week_is_that_of_the_newest_publication(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "update articles set published_date = '2023-11-22'")
    assert "Pekan 20 – 26 November 2023 Pekan terakhir yang ada beritanya" in words(get("/"))


def test_a_database_without_articles_still_has_a_home(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "delete from events", "delete from articles", "delete from stage_reports")
    page = get("/")
    assert page.status_code == 200
    assert "Belum ada berita" in words(page)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/daerah/99.99", "Tidak ada kabupaten atau kota dengan kode ini"),
        ("/artikel/000000000000", "Artikel ini tidak ada dalam data terbitan"),
        ("/peristiwa/000000000000", "Peristiwa ini tidak ada dalam data"),
        ("/surat/1999-W01", "Tidak ada surat untuk pekan ini"),
        ("/tidak-ada", "Alamat ini tidak ada di situs ini"),
        ("/public/tidak_ada", "Tidak ada tabel atau kueri dengan nama ini"),
    ],
)
def test_what_does_not_exist_is_a_404_with_a_way_on(get: Get, path: str, says: str) -> None:
    response = get(path)
    assert response.status_code == 404
    assert says in words(response)
    assert 'action="/cari"' in response.text


def test_an_error_of_datasette_stands_in_our_frame(get: Get) -> None:
    response = get("/public?sql=select+nonsense")
    assert response.status_code == 400
    assert 'href="/tahapan"' in response.text


EVIL = "<script>alert(1)</script>\"'&amp;"


def test_nothing_that_came_from_the_web_is_markup(public: Path, tmp_path: Path) -> None:
    quoted = EVIL.replace("'", "''")
    get = change(
        public,
        tmp_path,
        f"update articles set title = '{quoted}', lead = '{quoted}', outlet_name = '{quoted}'",
        f"update evidence set text = text || '{quoted}'",
        f"update mentions set value = '{quoted}'",
        f"update officials set name = '{quoted}', position = '{quoted}', evidence = '{quoted}'",
        f"update events set evidence = '{quoted}', venue = '{quoted}'",
        f"update stage_reports set evidence = '{quoted}', venue = '{quoted}'",
        f"update quotes set text = '{quoted}', speaker_name = '{quoted}'",
        f"update figures set about = '{quoted}', unit = '{quoted}'",
    )
    with closing(sqlite3.connect(public)) as db:
        article, event = db.execute(
            "select evidence_article_id, id from events where regency_code = '51.02'"
        ).fetchone()
    for path in (
        "/", "/daerah/51.02", f"/artikel/{article}", f"/peristiwa/{event}", "/tahapan", "/pejabat", "/media",
        "/cari?q=tabanan", "/cari?q=%3Cscript%3Ealert(1)%3C/script%3E", "/pejabat?q=%22%3E%3Cscript%3Ealert(1)",
    ):  # fmt: skip
        response = get(path)
        assert response.status_code == 200
        assert "<script>alert" not in response.text, path
    assert "<script>alert(1)</script>" in words(get(f"/artikel/{article}")), "shown as text, not swallowed"


def test_search_offers_names_that_begin_alike_after_the_one_that_is_meant(get: Get) -> None:
    page = get("/cari?q=solok").text
    places = [page.index(f'href="/daerah/{code}"') for code in ("13.02", "13.72", "13.11")]
    assert places == sorted(places), "Kabupaten Solok, Kota Solok, then Solok Selatan"


def test_search_for_a_stage_of_a_regency_finds_that_step_only(get: Get, rows: Rows) -> None:
    page = get("/cari?q=evaluasi tahap II tabanan").text + get("/cari?q=evaluasi 2 tabanan").text
    wanted = rows("select id from events where regency_code = '51.02' and stage_code = 'evaluasi-2'")
    others = rows("select id from events where regency_code <> '51.02'")
    assert all(f"/peristiwa/{row['id']}" in page for row in wanted)
    assert not any(f"/peristiwa/{row['id']}" in page for row in others)


def test_search_finds_words_of_headline_and_lead(get: Get, rows: Rows) -> None:
    article = rows("select id, title, lead from articles where title is not null order by id")[0]
    headline_word = max(re.findall(r"\w+", article["title"]), key=len)
    lead_word = max(set(re.findall(r"\w+", article["lead"])) - set(re.findall(r"\w+", article["title"])), key=len)
    for word in (headline_word, lead_word.upper()):
        page = get(f"/cari?q={word}")
        assert f'href="/artikel/{article["id"]}"' in page.text, word
        assert '<mark class="match">' in page.text


def test_search_finds_people(get: Get, rows: Rows) -> None:
    name = rows("select name from officials order by name")[0]["name"]
    assert name in words(get(f"/cari?q={name.split()[-1]}"))


def test_the_letter_is_shown_as_it_was_written(get: Get) -> None:
    assert "<p>Sepekan di <b>Tabanan</b></p>" in get("/surat/2024-W47").text
    assert 'href="/surat/2024-W47"' in get("/surat").text


def test_no_page_asks_another_host_for_anything(get: Get) -> None:
    for path in PAGES:
        if path.endswith(".csv"):
            continue
        # A browser loads no rel="alternate" or "canonical": the same page in another form, and its own address.
        loading = re.sub(r'<link rel="(?:alternate|canonical)"[^>]*>', "", get(path).text)
        loaded = re.findall(r'<(?:link|script|img|iframe|source)\b[^>]*?(?:href|src)="([^"]+)"', loading)
        assert loaded, path
        assert [address for address in loaded if re.match(r"(?:https?:)?//", address)] == [], path
    stylesheet = get("/static/pantau.css").text
    assert "url(" not in stylesheet
    assert "@import" not in stylesheet


def test_the_language_stays_from_page_to_page(get: Get) -> None:
    page = get("/daerah/51.02?lang=en")
    assert '<html lang="en"' in page.text
    own_links = re.findall(r'href="(/(?:daerah|artikel|peristiwa|tahapan|media)[^"]*)"', page.text)
    assert own_links
    assert all("lang=en" in link for link in own_links)
    assert "November 2024" in words(page)


def test_every_word_of_a_template_is_in_the_strings_and_none_is_left_over() -> None:
    templates = "".join(path.read_text("utf-8") for path in (SITE / "templates").glob("*.html"))
    code = "".join(path.read_text("utf-8") for path in SITE.parent.glob("s*/**/*.py"))
    used = set(re.findall(r"""\bt\(["']([\w.]+?)["']""", templates))
    used |= set(re.findall(r"""\btranslate\(\s*["']([\w.]+?)["']""", code)) & set(STRINGS)
    built = tuple({*re.findall(r"""\bt\(["']([\w.]+\.)["'] ~""", templates), *re.findall(r'f"([\w.]+\.){', code)})
    topics = "nav|missing|figure|desk|form|letter|sign_in|wrong|error|data|research"
    named = set(re.findall(rf"""["']((?:{topics})\.[\w.]+)["']""", templates + code))
    named = {key for key in named if not key.endswith((".html", ".css"))}
    assert used | named <= set(STRINGS) | set(built)
    assert {key for key in STRINGS if key not in used | named and not key.startswith(built)} == set()


def test_both_languages_take_the_same_values() -> None:
    for key, text in STRINGS.items():
        assert sorted(re.findall(r"{\w+}", text.id)) == sorted(re.findall(r"{\w+}", text.en)), key
    with pytest.raises(KeyError):
        translate("tidak.ada", "id")


def test_every_stage_but_other_events_lies_on_the_path(rows: Rows) -> None:
    assert {row["code"] for row in rows("select code from stages")} == set(PHASE_OF_STAGE) | {"lainnya"}


def test_metadata_says_what_columns_yml_says_of_every_table(rows: Rows) -> None:
    assert METADATA.read_text("utf-8") == metadata_text(), "run: python -m publish.site.metadata"
    tables = yaml.safe_load(METADATA.read_text("utf-8"))["databases"]["public"]["tables"]
    baked = rows("select name from sqlite_master where type = 'table' and name not like '%!_fts%' escape '!'")
    assert {row["name"] for row in baked if not row["name"].startswith("sqlite_")} <= set(tables)


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("tahapan_daerah", "?kode=51.02"),
        ("cari_artikel", "?q=bimtek"),
        ("cari_artikel", ""),
        ("peristiwa_antara", "?dari=2024-11-01&sampai=2024-11-30"),
        ("peserta_tanpa_peristiwa", ""),
        ("laporan_berbeda", ""),
        ("keadaan_pada_hari", "?hari=2024-11-20&kode="),
        ("diketahui_pada_hari", "?hari=2999-11-20&kode=64"),
        ("diberitakan_sampai_hari", "?hari=2024-11-20&kode=51.02"),
    ],
)
def test_the_example_queries_answer(get: Get, query: str, parameters: str) -> None:
    response = get(f"/public/{query}.json{parameters}{'&' if parameters else '?'}_shape=array")
    assert response.status_code == 200
    if query != "laporan_berbeda":
        assert response.json()


def test_the_about_page_says_how_the_release_is_cited(get: Get, rows: Any) -> None:
    ((release,),) = [rows("select id, hash from release")]
    page = get("/tentang")
    text = words(page)
    assert f"Rilis {release['id']} (" in text
    assert f"SHA-256 isi: {release['hash']}" in text
    assert f"@misc{{pantau-kota-cerdas-{release['id']}," in page.text
    assert f"-{release['id']}.db --check" in text
