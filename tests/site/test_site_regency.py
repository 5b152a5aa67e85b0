"""/daerah, /daerah/<code> and /provinsi/<code> over the example data: what an officer must find on her own page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from build import STORIES, build_story_article, fill_example_db
from lxml.html import HtmlElement, document_fromstring
from sitepages import Get, Rows, change, open_site, prose, words

from crawler.items import article_id
from db.connect import open_db
from db.reviewing.corrections import decide
from db.reviewing.facts import read_facts
from publish.bake import bake
from publish.site.dates import date_text
from publish.site.regency.queries import STORIES_A_PAGE


def parse(response: Any) -> HtmlElement:
    return document_fromstring(response.text)


def text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def find(page: HtmlElement, selector: str) -> str:
    """What the only element of a selector says."""
    (element,) = page.cssselect(selector)
    return text(element)


def answer(page: HtmlElement, question: str) -> str:
    """What the head of the page answers to a question."""
    (told,) = page.xpath(f"//dl[@class='answers']/div[dt[starts-with(normalize-space(), '{question}')]]/dd")
    return text(told)


def in_strip(page: HtmlElement, phase: str) -> str:
    """What the strip at the top says of a phase."""
    (told,) = page.xpath(f"//ol[@class='track']/li[*[@class='phase'][contains(., '{phase}')]]")
    return text(told)


# The head


def test_the_head_says_how_far_we_are_with_the_date_and_its_proof(get: Get, rows: Rows) -> None:
    (event,) = rows("select * from events where regency_code = '51.02' and stage_code = 'evaluasi-2'")
    page = parse(get("/daerah/51.02"))
    (first,) = page.cssselect(".answers .first dd")
    assert text(first).startswith("Evaluasi tahap II, 20 November 2024")
    assert event["evidence"] in text(first)
    proof = f"/artikel/{event['evidence_article_id']}#bukti-{event['evidence_number']}"
    assert first.xpath("a/@href")[0] == proof
    assert f'id="bukti-{event["evidence_number"]}"' in get(proof.split("#")[0]).text


def test_the_head_says_who_we_are_and_who_writes_about_us(get: Get) -> None:
    page = parse(get("/daerah/62.02"))
    known = find(page, ".known")
    assert "Kabupaten di Kalimantan Tengah · kode Kemendagri 62.02 · ibu kota Sampit" in known
    assert "disingkat Kotim" in known
    assert answer(page, "Berita").startswith("2 artikel dari 1 media; terbaru 18 November 2024:")


def test_the_cohort_is_told_with_what_it_means_and_where_that_is_said(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update regencies set cohort_year = 2021 where code = '51.02'",
        "delete from cohorts where regency_code = '51.02'",
        "insert into cohorts values ('51.02', 2021, 'named', null, null, 'https://daftar.example/2021')",
    )
    told = answer(parse(get("/daerah/51.02")), "Angkatan program")
    assert told == "2021, tahun pertama tercatat sebagai peserta (2021: disebut berita, sumber)"
    assert 'href="https://daftar.example/2021"' in get("/daerah/51.02").text
    none = change(public, tmp_path, "update regencies set cohort_year = null where code = '51.02'")
    assert "tidak ada pada daftar peserta yang kami punya" in answer(parse(none("/daerah/51.02")), "Angkatan")


def test_the_head_leads_to_feed_calendar_data_and_subscription(get: Get) -> None:
    links = parse(get("/daerah/51.02?lang=en")).xpath("//p[@class='doors']//a/@href")
    assert {link.split("?")[0] for link in links} == {
        "/langganan", "/daerah/51.02.ics", "/daerah/51.02.atom", "/daerah/51.02.csv", "/daerah/51.02.json"
    }  # fmt: skip
    assert any("daerah=51.02" in link for link in links)


def test_the_head_counts_what_is_missing_and_leads_to_it(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update ladder_editions set is_past = 1, state = 'announced' "
        "where regency_code = '64.01' and stage_code = 'bimtek-2'",
        "update stage_reports set event_id = null where regency_code = '64.01' and stage_code = 'bimtek-1'",
        "insert into source_regencies values ('suara_mentaya', '64.01')",
    )
    page = parse(get("/daerah/64.01"))
    told = answer(page, "Kurang")
    gaps = page.xpath("//p[@class='gap']/b")
    assert f"{len(gaps)} langkah belum diberitakan" in told
    assert "1 rencana yang harinya sudah lewat tanpa berita" in told
    assert "laporan belum pasti" in told
    assert "1 sumber tidak terbaca" in told
    places = page.xpath("//dl[@class='answers']//a[starts-with(@href, '#')]/@href")
    assert {place[1:] for place in places} <= set(page.xpath("//@id"))


# The ladder


def test_the_strip_tells_every_phase_with_its_years_or_that_there_is_no_news(get: Get) -> None:
    page = parse(get("/daerah/64.01"))
    assert in_strip(page, "Bimtek") == "3. Bimtek 2021 berlangsung"
    assert in_strip(page, "Seleksi") == "1. Seleksi 2021 belum diberitakan"
    assert in_strip(page, "Penghargaan") == "7. Penghargaan belum ada berita"
    links = page.xpath("//ol[@class='track']/li/a/@href")
    assert len(links) == 7
    assert {link[1:] for link in links} <= set(page.xpath("//@id"))


def test_the_strip_leads_nowhere_where_there_are_no_steps(get: Get) -> None:
    page = parse(get("/daerah/11.05"))
    assert len(page.cssselect(".track .phase")) == 7
    assert page.cssselect(".track a") == []


def test_each_step_has_its_date_a_click_from_the_sentence_that_proves_it(get: Get, rows: Rows) -> None:
    held = rows("select * from events where regency_code = '64.01' and length(start_date) = 10")
    page = get("/daerah/64.01")
    assert held
    for event in held:
        assert date_text(event["start_date"]) in words(page)
        assert event["evidence"] in words(page)
        assert f'href="/artikel/{event["evidence_article_id"]}#bukti-{event["evidence_number"]}"' in page.text
        assert f'href="/peristiwa/{event["id"]}"' in page.text


def test_reports_that_differ_are_marked_in_head_strip_and_ladder(public: Path, tmp_path: Path, rows: Rows) -> None:
    (event,) = rows("select id from events where regency_code = '51.02' and stage_code = 'evaluasi-2'")
    get = change(public, tmp_path, f"update events set conflicts = 1 where id = '{event['id']}'")
    page = parse(get("/daerah/51.02"))
    assert "1 langkah dengan laporan berbeda" in answer(page, "Kurang")
    assert in_strip(page, "Evaluasi") == "6. Evaluasi 2024 berlangsung ≠"
    assert f"/peristiwa/{event['id']}#beda" in page.xpath("//ol[@class='ladder']//a/@href")


def test_a_gap_is_told_with_the_later_step_that_shows_it_and_is_no_judgement(get: Get) -> None:
    page = words(get("/daerah/64.01"))
    assert "Belum diberitakan, padahal Evaluasi tahap II sudah: Evaluasi tahap I ." in page
    assert "Belum diberitakan, padahal Bimtek II sudah: Nota kesepahaman ." in page
    assert "kami belum menemukan beritanya, bukan berarti dilewati" in page
    assert "padahal" not in words(get("/daerah/72.71"))


def test_a_stage_missing_over_all_editions_is_a_gap_too(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        """
        insert into regency_ladder (regency_code, stage_code, state, events, articles, conflicts, later_event_id)
        select '72.71', 'masterplan', 'unreported', 0, 0, 0, id from events where regency_code = '72.71' limit 1
        """,
    )
    page = parse(get("/daerah/72.71"))
    assert in_strip(page, "Masterplan") == "4. Masterplan belum diberitakan"
    assert "Belum diberitakan, padahal Implementasi sudah: Masterplan." in find(page, ".ladder .gap")


def test_evaluations_of_several_years_stand_apart_and_the_newest_first(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, *(as_edition(year) for year in (2019, 2020, 2021, 2022)))
    page = parse(get("/daerah/51.02"))
    assert in_strip(page, "Evaluasi") == ("6. Evaluasi 2024 berlangsung 2022 berlangsung +3 tahun lain"), (
        "two years and how many more"
    )
    (phase,) = page.xpath("//li[h3[@id='tahap-evaluasi']]")
    years = [text(heading) for heading in phase.cssselect(".edition h4")]
    assert years == ["2024", "Tahun program 2022", "Tahun program 2021", "Tahun program 2020", "Tahun program 2019"]
    (older,) = phase.xpath("details")
    assert text(older.find("summary")) == "3 tahun program lain: 2021, 2020, 2019"


def as_edition(year: int) -> str:
    """The second evaluation of Tabanan once more, as of another edition."""
    return f"""
        insert into ladder_editions
        select
            regency_code, stage_code, number + {2030 - year}, state, {year}, 'said', is_past, events, first_date,
            last_date, date_precision, articles, conflicts, event_id, later_event_id, confidence, evidence,
            evidence_article_id, evidence_number
        from ladder_editions
        where regency_code = '51.02' and stage_code = 'evaluasi-2' and number = 1
    """


def test_a_year_that_only_the_day_tells_is_not_called_the_edition(get: Get) -> None:
    page = parse(get("/daerah/19.03"))
    (phase,) = page.xpath("//li[h3[@id='tahap-evaluasi']]")
    assert [text(heading) for heading in phase.cssselect("h4")] == ["Tahun program 2023 menurut kalender program"]
    (phase,) = parse(get("/daerah/64.01")).xpath("//li[h3[@id='tahap-bimtek']]")
    assert [text(heading) for heading in phase.cssselect("h4")] == ["2021"]
    page = parse(get("/daerah/62.02"))
    (phase,) = page.xpath("//li[h3[@id='tahap-masterplan']]")
    assert [text(heading) for heading in phase.cssselect("h4")] == ["Tahun program tidak diketahui"]
    assert in_strip(page, "Masterplan") == "4. Masterplan tanpa tanggal berlangsung"


@pytest.fixture
def announced(public: Path, tmp_path: Path) -> Get:
    """The site over data in which Tabanan's evaluation is only announced."""
    return change(
        public,
        tmp_path,
        "update events set status = 'announced', start_date = '2024-11-28', end_date = '2024-11-28' "
        "where regency_code = '51.02' and stage_code = 'evaluasi-2'",
        *(
            f"update {table} set state = 'announced', first_date = '2024-11-28', last_date = '2024-11-28', is_past = 0 "
            "where regency_code = '51.02' and stage_code = 'evaluasi-2'"
            for table in ("ladder_editions", "regency_ladder")
        ),
    )


def test_what_is_only_announced_is_no_step_taken(get: Get, announced: Get) -> None:
    held, coming = (parse(site("/daerah/51.02")) for site in (get, announced))
    assert find(held, ".answers .first dd").startswith("Evaluasi tahap II, 20 November 2024")
    assert find(coming, ".answers .first dd").startswith("Evaluasi internal, 12 November 2024")
    assert answer(coming, "Yang diumumkan") == "Evaluasi tahap II, diumumkan untuk 28 November 2024"
    assert in_strip(coming, "Evaluasi") == "6. Evaluasi 2024 baru diumumkan"
    for page, state, dot in ((held, "is-held", "p6"), (coming, "is-announced", "p0")):
        (rung,) = page.xpath("//ol[@class='ladder']/li[h3[@id='tahap-evaluasi']]")
        assert state in rung.get("class").split()
        assert rung.cssselect("h3 .dot")[0].get("class") == f"dot {dot}"


def test_an_announcement_whose_day_passed_says_so(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update ladder_editions set is_past = 1 where regency_code = '64.01' and stage_code = 'bimtek-2'",
    )
    assert "Harinya sudah lewat, tetapi belum ada berita bahwa sudah berlangsung." in words(get("/daerah/64.01"))


def test_an_order_that_cannot_be_is_told_in_plain_words_with_both_dates(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        """
        insert into order_flags
        select
            one.regency_code, 2021, 'bimtek-1-lanjutan', 'impossible', one.stage_code, one.id, one.start_date,
            other.stage_code, other.id, '2021-06', 'Alasan.', 'Reason.'
        from events as one
        join events as other on other.regency_code = one.regency_code
        where one.stage_code = 'bimtek-1' and other.stage_code = 'bimtek-2'
        """,
    )
    page = words(get("/daerah/64.01"))
    assert "Mustahil: Bimtek II, Juni 2021 diberitakan mendahului Bimtek I, 6 Juli 2021 . Alasan." in page
    assert "kami tidak mengubah keduanya" in page
    assert "1 urutan patut diperiksa" in page
    assert "Impossible: Guidance II, June 2021 is reported before" in words(get("/daerah/64.01?lang=en"))


def test_other_days_told_of_a_step_stand_with_it(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update events set stage_code = 'evaluasi-2', edition = 2024 where regency_code = '51.02'",
        "delete from ladder_editions where regency_code = '51.02' and stage_code = 'evaluasi-internal'",
    )
    (details,) = parse(get("/daerah/51.02")).xpath("//li[h3[@id='tahap-evaluasi']]//details[ul[@class='others']]")
    assert text(details.find("summary")) == "1 peristiwa lain dari Evaluasi tahap II"
    assert "12 November 2024" in text(details)


def test_reports_not_sure_stand_in_their_phase_and_move_nothing(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update stage_reports set event_id = null, confidence = 0.3 where regency_code = '51.02'",
        *(
            f"delete from {table} where regency_code = '51.02'"
            for table in ("ladder_editions", "regency_ladder", "events")
        ),
    )
    page = parse(get("/daerah/51.02"))
    assert in_strip(page, "Evaluasi") == "6. Evaluasi belum pasti"
    (doubtful,) = page.xpath("//li[h3[@id='tahap-evaluasi']]/details")
    assert "Terbaca dalam berita, tetapi belum cukup meyakinkan" in text(doubtful)
    assert "Rabu (20/11/2024)" in text(doubtful)
    assert "Belum ada tahap yang terbukti dari berita." in find(page, ".answers .first dd")
    assert find(page, ".quiet h2") == "Mengapa sepi di sini?"


# People


def test_officials_are_shown_with_their_office_since_when_and_until_when_they_were_seen(get: Get, rows: Rows) -> None:
    (term,) = rows("select * from office_terms where regency_code = '19.03'")
    page = parse(get("/daerah/19.03"))
    (holder,) = page.cssselect(".terms-now li")
    assert text(holder).startswith(
        "Plt. Kepala Dinas Komunikasi dan Informatika Marwan Tanjung terlihat 4 Nov 2023, 1 artikel"
    )
    links = holder.xpath(".//a/@href")
    assert links == [
        f"/pejabat/{term['person_id']}",
        f"/artikel/{term['first_article_id']}#bukti-{term['first_evidence_number']}",
    ]
    assert "bukan tanggal pelantikan" in prose(get("/daerah/19.03"))


def test_whoever_held_an_office_before_stands_apart(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update office_terms set is_latest = 0, last_seen_date = '2024-01-09' where person_name = 'Marwan Tanjung'",
    )
    page = parse(get("/daerah/19.03"))
    assert page.cssselect(".terms-now") == []
    (before,) = page.xpath("//h3[.='Sebelumnya']/following-sibling::ul[1]/li")
    assert "Marwan Tanjung terlihat 4 Nov 2023 – 9 Jan 2024" in text(before)


def test_whoever_was_not_seen_for_a_year_is_not_said_to_hold_the_office(public: Path, tmp_path: Path) -> None:
    made_at = "update release set made_at = '{}T00:00:00+00:00'"
    soon = change(public, tmp_path, made_at.format("2024-11-01"))
    assert "setahun lebih tidak terlihat" not in words(soon("/daerah/19.03"))
    late = change(public, tmp_path, made_at.format("2024-11-10"))
    assert "setahun lebih tidak terlihat" in words(late("/daerah/19.03"))


def test_the_merely_named_stand_apart_from_those_in_office(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "update officials set standing = 'mantan' where name = 'Marwan Tanjung'",
        "delete from office_terms where person_name = 'Marwan Tanjung'",
    )
    page = parse(get("/daerah/19.03"))
    assert page.cssselect(".terms-now") == []
    assert find(page, ".named li").startswith("Marwan Tanjung mantan, Plt. Kepala Dinas")


def test_two_holders_of_one_office_are_shown_with_both_proofs(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        """
        insert into office_conflicts
        select
            office_id, person_id, 'lain', office_name, agency_name, regency_code, person_name, 'Plt.', '2023-11-04',
            last_article_id, last_evidence_number, 'Hasan Basri', 'Pj.', '2023-11-20', last_article_id,
            last_evidence_number, '2023-11-04', '2023-11-20'
        from office_terms
        where person_name = 'Marwan Tanjung'
        """,
    )
    told = find(parse(get("/daerah/19.03")), "#jabatan-ganda li")
    assert "Marwan Tanjung (Plt., 4 November 2023) dan Hasan Basri (Pj., 20 November 2023)" in told


def test_a_quotation_names_its_speaker_the_office_the_day_and_the_proof(get: Get, rows: Rows) -> None:
    (quote,) = rows(
        "select quotes.* from quotes join article_regencies using (article_id) "
        "where regency_code = '19.03' and speaker_name = 'Marwan Tanjung' limit 1"
    )
    (figure,) = [one for one in parse(get("/daerah/19.03")).cssselect("figure.quote") if quote["text"] in text(one)]
    said = text(figure.find("figcaption"))
    assert said.startswith("Marwan Tanjung, Plt. Kepala Dinas")
    assert "4 November 2023" in said
    assert f"/artikel/{quote['article_id']}#bukti-{quote['evidence_number']}" in figure.xpath(".//a/@href")


# Articles by story


def test_a_text_in_many_outlets_is_one_entry_with_its_copies_folded(public: Path, tmp_path: Path, rows: Rows) -> None:
    first, copy = rows(
        "select article_id as id, title from article_regencies join articles on id = article_id "
        "where regency_code = '64.01' order by published_date limit 2"
    )
    get = change(
        public,
        tmp_path,
        f"update story_articles set story_id = '{first['id']}', role = 'copy' where article_id = '{copy['id']}'",
        f"update stories set articles = 2, outlets = 2 where id = '{first['id']}'",
        f"delete from regency_stories where story_id = '{copy['id']}'",
    )
    entries = parse(get("/daerah/64.01")).cssselect(".stories > li")
    assert len(entries) == 2
    (story,) = [one for one in entries if first["title"] in text(one)]
    assert text(story.find("details/summary")) == "2 media, 1 salinan"
    assert story.xpath("details//a/@href") == [f"/artikel/{copy['id']}"]


def test_stories_are_listed_by_the_page_newest_first(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, *many_stories(3 * STORIES_A_PAGE))
    seen: list[str] = []
    days: list[str] = []
    for number in range(1, 5):
        page = parse(get(f"/daerah/51.02?halaman={number}"))
        seen += page.xpath("//ol[contains(@class, 'stories')]/li/a[1]/@href")
        days += page.xpath("//ol[contains(@class, 'stories')]/li/p/time/@datetime")
        assert f"halaman {number} dari 4" in find(page, ".pages")
    assert len(seen) == len(set(seen)) == 3 * STORIES_A_PAGE + 2
    assert days == sorted(days, reverse=True)
    first = parse(get("/daerah/51.02"))
    assert first.xpath("//a[@rel='next']/@href") == ["/daerah/51.02?halaman=2#artikel"]
    assert first.xpath("//a[@rel='prev']") == []


def many_stories(count: int) -> list[str]:
    """That many more stories about Tabanan, a day each: copies of an article of its own under another id."""
    columns = (
        "url, source, outlet_name, title, authors, published_at, {day}, published_by, date_reason, lead, relevance, "
        "is_relevant, is_complete, fetched_at, gone_at, archive_digest, parser, model, correction_id, "
        "date_correction_id"
    )
    statements = []
    for number in range(count):
        day = f"'2020-{1 + number // 28:02}-{1 + number % 28:02}'"
        statements += [
            f"insert into articles select 'a{number:011}', {columns.format(day=day)} from articles "
            "where id = (select min(article_id) from article_regencies where regency_code = '51.02')",
            f"insert into stories select 'a{number:011}', 'a{number:011}', 'kabar_lumbung', null, 1, 1, 0",
            f"insert into regency_stories values ('51.02', 'a{number:011}', 'subject', 0.9, 1, 1, {day}, {day})",
        ]
    return statements


@pytest.mark.parametrize("asked", ["99", "999999"])
def test_a_page_of_articles_that_is_not_there_leads_to_the_last(get: Get, asked: str) -> None:
    response = get(f"/daerah/51.02?halaman={asked}&lang=en")
    assert response.status_code == 302
    assert response.headers["location"] == "/daerah/51.02?lang=en"


@pytest.mark.parametrize("asked", ["0", "-3", "abc", "1e9", "9" * 40, "", "%00"])
def test_what_is_no_page_number_is_the_first_page(get: Get, asked: str) -> None:
    assert get(f"/daerah/51.02?halaman={asked}").status_code == 200


def test_articles_that_only_name_the_regency_are_a_list_of_their_own(get: Get, rows: Rows) -> None:
    (named,) = rows("select article_id from article_regencies where regency_code = '35.78' and role = 'mention'")
    link = f'href="/artikel/{named["article_id"]}"'
    assert link in get("/daerah/35.78").text, "there is no other"
    named_as_well = "/daerah/72.71?artikel=sebut"
    (other,) = rows("select article_id from article_regencies where regency_code = '72.71' and role = 'mention'")
    stories = [parse(get(path)).cssselect(".stories") for path in ("/daerah/72.71", named_as_well)]
    hrefs = [one[0].xpath("li/a/@href") for one in stories]
    assert hrefs[1] == [f"/artikel/{other['article_id']}"]
    assert hrefs[1] != hrefs[0]


# Side by side


def test_a_regency_is_compared_with_its_eight_nearest(get: Get) -> None:
    page = parse(get("/daerah/51.02"))
    (table,) = page.xpath("//section[@aria-labelledby='sekitar']//table[caption]")
    rows = table.cssselect("tbody tr")
    assert len(rows) == 9
    assert text(rows[0]).startswith("Kabupaten Tabanan")
    assert rows[0].get("aria-current") == "true"
    assert "/daerah/51.03" in table.xpath(".//tbody//th/a/@href"), "Badung lies beside Tabanan"


def test_the_cohort_is_compared_carefully(public: Path, tmp_path: Path) -> None:
    cohort = ("51.02", "64.01", "72.71", "11.05")
    get = change(
        public,
        tmp_path,
        "update regencies set cohort_year = null",
        f"update regencies set cohort_year = 2019 where code in {cohort}",
    )
    near = prose(get("/daerah/51.02"))
    assert "daerah ini lebih jauh dari 2 di antara 3 daerah lain seangkatannya (2019). Setara dengan 0" not in near
    assert "lebih jauh dari 2 di antara 3 daerah lain seangkatannya (2019)" in near
    assert "Setara dengan 1; yang lebih jauh 0." in near
    assert "Bagi 1 daerah di antaranya belum ada berita tahapan" in near
    (table,) = parse(get("/daerah/51.02")).cssselect("details.cohort table")
    assert {link.split("/")[-1] for link in table.xpath(".//tbody//th/a/@href")} == {*cohort} - {"51.02"}
    assert "seangkatannya" not in prose(get("/daerah/51.03"))


# What changed


def test_corrections_by_people_and_what_we_wrote_before_are_told(tmp_path: Path) -> None:
    path = tmp_path / "pantau.db"
    fill_example_db(path)
    bake(path, tmp_path / "public.db")
    article = article_id(build_story_article(STORIES[0]).canonical_url)
    db = open_db(path)
    facts = {one.kind: one for one in reversed(read_facts(db, article))}
    decide(db, article, facts["event"].id, "correct", "Rahmi Sari", "menurut panitia", {"start_date": "2023-11-04"})
    db.close()
    bake(path, tmp_path / "public.db")
    page = parse(open_site(tmp_path / "public.db")("/daerah/19.03"))
    changes = find(page, "section[aria-labelledby='perubahan']")
    assert re.search(r"Tahap dikoreksi \d+ \w+ \d{4} \(R\. ?S\.\): menurut panitia", changes)
    assert re.search(r"Evaluasi tahap II: sampai \d+ \w+ \d{4} kami menulis 3 November 2023; tempat", changes)
    assert "dikoreksi orang" in find(page, ".ladder")


# Why it is quiet


def reasons(page: HtmlElement) -> dict[str, str]:
    return {row.get("class"): text(row) for row in page.cssselect(".quiet .reasons > div")}


@pytest.fixture
def quiet(public: Path, tmp_path: Path) -> Any:
    """The reasons that the page of a regency without news gives, once who writes about it is told."""

    def of(code: str, own: tuple[str, ...] = (), province: tuple[str, ...] = ()) -> dict[str, str]:
        site = change(
            public,
            tmp_path,
            "delete from source_provinces",
            "delete from source_regencies",
            *(f"insert into source_regencies values ('{name}', '{code}')" for name in own),
            *(f"insert into source_provinces values ('{name}', '{code[:2]}')" for name in province),
        )
        return reasons(parse(site(f"/daerah/{code}")))

    return of


def test_quiet_though_sources_are_read_names_them_and_since_when(quiet: Any) -> None:
    told = quiet("11.05", own=("kabar_lumbung",))
    assert set(told) == {"read"}
    assert told["read"].startswith("1 sumber kami baca, dan langkahnya belum kami temukan Kabar Lumbung (")
    assert "sejak" in told["read"]


def test_quiet_because_sources_are_broken_names_them_with_the_reason(quiet: Any) -> None:
    told = quiet("11.05", own=("suara_mentaya", "lensa_teluk"))
    assert set(told) == {"unread"}
    assert "2 sumber sedang tidak terbaca oleh kami" in told["unread"]
    assert (
        "Suara Mentaya: tidak diizinkan sejak 19 November 2024. Daftar beritanya tidak dapat kami buka"
        in told["unread"]
    )


def test_quiet_because_nobody_covers_it_says_that_silence_is_no_news(quiet: Any) -> None:
    told = quiet("11.05")
    assert set(told) == {"uncovered"}
    assert "khusus menulis tentang daerah ini atau provinsinya" in told["uncovered"]
    assert "diam di sini tidak berarti tidak ada kegiatan" in told["uncovered"]


def test_the_three_reasons_are_never_one_sentence(quiet: Any) -> None:
    told = quiet("11.05", province=("kabar_lumbung", "suara_mentaya"))
    assert set(told) == {"read", "unread", "uncovered"}
    assert "2 sumber hanya meliput Aceh secara umum." in told["uncovered"]
    assert "Suara Mentaya" not in told["read"]
    assert "Kabar Lumbung" not in told["unread"]


def test_every_regency_has_a_page_that_opens(get: Get, rows: Rows) -> None:
    codes = [row["code"] for row in rows("select code from regencies")]
    assert len(codes) == 514
    for code in codes[::40]:
        page = parse(get(f"/daerah/{code}?lang=en"))
        assert page.xpath("//h1") != []
        assert page.cssselect(".answers .first dd") != []


# Addresses that are not quite there


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("kotim", "/daerah/62.02"),
        ("Kotim?lang=en", "/daerah/62.02?lang=en"),
        ("kotawaringin-timur", "/daerah/62.02"),
        ("Kab.%20Kotawaringin_Timur", "/daerah/62.02"),
        ("kabupaten-solok", "/daerah/13.02"),
        ("kota-solok", "/daerah/13.72"),
        ("6202", "/daerah/62.02"),
        ("62-02", "/daerah/62.02"),
        ("62.2", "/daerah/62.02"),
        ("62", "/provinsi/62"),
    ],
)
def test_a_name_or_a_code_written_otherwise_leads_to_the_regency(get: Get, asked: str, meant: str) -> None:
    response = get(f"/daerah/{asked}")
    assert (response.status_code, response.headers["location"]) == (302, meant)


def test_a_name_of_several_offers_all_of_them(get: Get) -> None:
    response = get("/daerah/solok")
    assert response.status_code == 300
    links = parse(response).xpath("//ul[@class='places']//a/@href")
    assert {"/daerah/13.02", "/daerah/13.72"} <= set(links)


def test_a_name_written_wrongly_offers_what_is_like_it(get: Get) -> None:
    response = get("/daerah/kotawarigin-timur")
    assert response.status_code == 404
    assert "/daerah/62.02" in parse(response).xpath("//ul[@class='places']//a/@href")
    assert parse(response).xpath("//input[@id='q']/@value") == ["kotawarigin-timur"]


def test_an_unknown_code_of_a_known_province_lists_the_province(get: Get) -> None:
    response = get("/daerah/51.99")
    assert response.status_code == 404
    assert "Kabupaten dan kota di Bali" in words(response)
    assert 'href="/daerah/51.02"' in response.text


@pytest.mark.parametrize(
    "path",
    ["/daerah/99.99", "/daerah/%00", "/daerah/" + "x" * 10_000, "/daerah/%F0%9F%92%A9", "/daerah/'%20or%201=1--",
     "/daerah/%ff%fe", "/provinsi/99", "/provinsi/%00", "/daerah/51.02%00"],
)  # fmt: skip
def test_nonsense_is_a_404_with_a_way_on_and_leaks_nothing(get: Get, path: str) -> None:
    for language in ("", "?lang=en"):
        response = get(path + language)
        assert response.status_code == 404
        assert 'action="/cari"' in response.text
        assert not re.search(r"Traceback|sqlite|select |File \"", response.text)


# The list


def listed(response: Any) -> list[str]:
    return [
        link.split("/")[-1].split("?")[0]
        for link in parse(response).xpath("//table[@id='daftar']//tr[@data-names]/th/a/@href")
    ]


def test_the_list_has_all_regencies_by_province(get: Get) -> None:
    page = get("/daerah")
    assert len(listed(page)) == len(set(listed(page))) == 514
    assert len(parse(page).xpath("//tr[@class='group']/@id")) == 38


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=kotim", {"62.02"}),
        ("q=Tabanan", {"51.02"}),
        ("q=bali+tabanan", {"51.02"}),
        ("q=zzzxy", set()),
        ("provinsi=51&q=kota", {"51.71"}),
        ("tampil=evaluasi", {"19.03", "51.02", "64.01"}),
        ("tampil=penghargaan", {"62.02"}),
        ("tampil=evaluasi&provinsi=51", {"51.02"}),
    ],
)
def test_the_list_is_narrowed_without_script(get: Get, query: str, codes: set[str]) -> None:
    assert set(listed(get(f"/daerah?{query}"))) == codes


def test_those_in_the_programme_without_an_event_can_be_listed(get: Get, rows: Rows) -> None:
    wanted = rows(
        "select code from regencies where cohort_year is not null and code not in "
        "(select regency_code from events where status = 'held' and regency_code is not null)"
    )
    assert set(listed(get("/daerah?tampil=belum"))) == {row["code"] for row in wanted}


@pytest.mark.parametrize(
    ("sort", "first"), [("tahap", "62.02"), ("langkah", "51.02"), ("berita", "64.01"), ("peristiwa", "62.02")]
)
def test_the_list_is_sorted_as_asked_and_says_so(get: Get, sort: str, first: str) -> None:
    page = get(f"/daerah?urut={sort}")
    assert listed(page)[0] == first
    assert len(listed(page)) == 514
    (heading,) = parse(page).xpath("//th[@aria-sort='descending']/a/@href")
    assert heading == f"/daerah?urut={sort}"


@pytest.mark.parametrize("query", ["provinsi=zz", "angkatan=0", "tampil=x&urut=y", "q=%00", "q=" + "a" * 10_000])
def test_the_list_takes_any_question(get: Get, query: str) -> None:
    assert get(f"/daerah?{query}").status_code == 200


def test_the_page_of_a_province_lists_its_regencies_the_furthest_first(get: Get, rows: Rows) -> None:
    page = parse(get("/provinsi/51"))
    links = page.xpath("//tbody//th/a/@href")
    assert links[0] == "/daerah/51.02"
    assert len(links) == len(rows("select 1 from regencies where province_code = '51'"))
    assert "1 dari 9 daerah di provinsi ini punya tahap yang terbukti" in text(page)
    assert "/provinsi/51.atom" in page.xpath("//p[@class='doors']/a/@href")
    assert get("/provinsi").headers["location"] == "/daerah"
    assert get("/provinsi?lang=en").headers["location"] == "/daerah?lang=en"


def test_a_regency_told_of_only_beside_the_path_leads_to_its_sources(public: Path, tmp_path: Path) -> None:
    elsewhere = change(public, tmp_path, "update events set stage_code = 'lainnya' where regency_code = '51.02'")
    page = document_fromstring(elsewhere("/daerah/51.02").content)
    links = page.xpath("//*[@id='isi']//a[starts-with(@href, '#')]/@href")
    assert "#sumber" in links
    assert [link for link in links if not page.xpath("//*[@id=$id]", id=link[1:])] == []
