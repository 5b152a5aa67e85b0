"""The page of an article: its facts, each with its sentence, and its sentences, each with what was read in it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from build import STORIES, build_story_article, fill_example_db
from lxml.html import document_fromstring
from sitepages import Get, Rows, change, open_site, prose, words

from crawler.items import article_id
from db.connect import open_db
from db.reviewing.corrections import decide
from db.reviewing.facts import read_facts
from publish.bake import bake
from publish.site.evidence import Marked, mark


def flat(parts: tuple[str | Marked, ...]) -> str:
    return "".join(part if isinstance(part, str) else flat(part.parts) for part in parts)


def covers(parts: tuple[str | Marked, ...], inside: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The mentions that each character stands in."""
    for part in parts:
        if isinstance(part, str):
            yield from [inside] * len(part)
        else:
            yield from covers(part.parts, (*inside, part.mention["label"]))


def ends(parts: tuple[str | Marked, ...]) -> Iterator[str]:
    for part in parts:
        if not isinstance(part, str):
            yield from [part.mention["label"]] if part.is_end else []
            yield from ends(part.parts)


SPANS = [(start, end) for start in range(5) for end in range(start + 1, 6)]


@pytest.mark.parametrize("chosen", [2, 3])
def test_every_character_stands_in_the_mentions_that_cover_it_however_they_overlap(chosen: int) -> None:
    text = "abcde"
    for spans in combinations(SPANS, chosen):
        mentions = [{"label": str(n), "offset_start": start, "offset_end": end} for n, (start, end) in enumerate(spans)]
        parts = mark(text, mentions)
        wanted = [{str(n) for n, (start, end) in enumerate(spans) if start <= at < end} for at in range(len(text))]
        assert flat(parts) == text
        assert [set(inside) for inside in covers(parts)] == wanted, spans
        assert sorted(ends(parts)) == [str(n) for n in range(chosen)], f"each ends once: {spans}"


def test_a_mention_beyond_the_sentence_is_cut_off() -> None:
    beyond = {"label": "DATE", "offset_start": 3, "offset_end": 99}
    outside = {"label": "DATE", "offset_start": 50, "offset_end": 60}
    assert flat(mark("lusa", [beyond, outside])) == "lusa"
    assert [len(inside) for inside in covers(mark("lusa", [beyond, outside]))] == [0, 0, 0, 1]


def test_the_article_page_marks_what_was_read_and_says_where_it_lies(get: Get, rows: Rows) -> None:
    article = rows("select * from articles where id in (select article_id from officials) order by id")[0]
    official = rows("select * from officials where article_id = ?", article["id"])[0]
    page = get(f"/artikel/{article['id']}")
    assert article["title"] in words(page)
    assert article["archive_digest"] in page.text
    assert f'href="{article["url"]}"' in page.text
    assert f'href="/media/{article["source"]}"' in page.text
    assert official["name"] in words(page)


def test_what_a_mention_names_is_told_in_words_with_its_code_and_how_sure_it_is(public: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(public)) as db:
        (article,) = db.execute(
            "select article_id from stage_reports where regency_code = '51.02' and start_date = '2024-11-20'"
        ).fetchone()
    stage = f"""
        insert into mentions
        select article_id, 98, 'STAGE', 'x', 'evaluasi-2', 0.4, min(evidence_number), 0, 4
        from mentions where article_id = '{article}'
    """
    page = document_fromstring(change(public, tmp_path, stage)(f"/artikel/{article}").text)
    told = {button.get("aria-label") for button in page.cssselect(".evidence button.key")}
    assert "Daerah: Kabupaten Tabanan (51.02), keyakinan 95 %" in told
    assert "Tanggal: 20 November 2024, keyakinan 95 %" in told
    assert "Tahapan: Evaluasi tahap II, keyakinan 40 % (belum pasti)" in told
    for button in page.cssselect(".evidence button.key"):
        tip = page.get_element_by_id(button.get("popovertarget"))
        assert tip.get("popover") is not None
        assert tip.cssselect(".value")[0].text_content() in button.get("aria-label")


def test_an_official_is_told_with_the_office_in_which_the_article_names_them(get: Get, rows: Rows) -> None:
    (one,) = rows("select article_id from officials where name = 'Ruslan Hadiwijaya'")
    assert "Pejabat: Ruslan Hadiwijaya, Pj. Sekretaris Daerah, keyakinan" in get(f"/artikel/{one['article_id']}").text


def test_every_place_on_the_page_that_a_link_names_is_there(get: Get, rows: Rows) -> None:
    for row in rows("select id from articles"):
        page = document_fromstring(get(f"/artikel/{row['id']}").text)
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), row["id"]
        wanted = {link[1:] for link in page.xpath("//a/@href") if link.startswith("#")}
        wanted |= set(page.xpath("//@popovertarget")) | set(page.xpath("//@aria-labelledby"))
        assert wanted <= set(ids), row["id"]


def test_a_fact_leads_to_its_sentence_by_the_name_that_lasts_and_the_sentence_leads_back(get: Get, rows: Rows) -> None:
    report = rows("select * from stage_reports where regency_code = '51.02' and is_main order by 1")[0]
    (sentence,) = rows(
        "select anchor from evidence where article_id = ? and number = ?",
        report["article_id"],
        report["evidence_number"],
    )
    page = document_fromstring(get(f"/artikel/{report['article_id']}").text)
    (fact,) = [one for one in page.cssselect(".fact") if "Aula" in one.text_content() or one.cssselect(".stage")][:1]
    assert fact.xpath(f".//a[@href='#k-{sentence['anchor']}']")
    assert page.xpath(f"//li[@id='bukti-{report['evidence_number']}']//a[@href='#{fact.get('id')}']")


def test_every_fact_can_be_called_wrong_by_the_name_that_the_review_knows(get: Get, tmp_path: Path) -> None:
    fill_example_db(tmp_path / "pantau.db")
    db = open_db(tmp_path / "pantau.db")
    article = article_id(build_story_article(STORIES[0]).canonical_url)
    known = {fact.id for fact in read_facts(db, article)}
    db.close()
    page = document_fromstring(get(f"/artikel/{article}").text)
    asked = set(page.xpath("//a[contains(@class, 'wrong')]/@href"))
    assert asked == {f"/salah?artikel={article}&fakta={fact}" for fact in known | {"date", "article"}}
    assert all(link.xpath("string(.)") != "salah?" for link in page.cssselect("a.wrong")), "each says of what"


def test_what_an_article_does_not_say_of_a_step_is_said_to_be_missing(public: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(public)) as db:
        (article,) = db.execute("select article_id from stage_reports where venue is not null").fetchone()
    get = change(
        public,
        tmp_path,
        "update stage_reports set venue = null, mode = null, start_date = null, end_date = null, "
        "date_reason = 'hanya “pekan lalu”'",
    )
    page = prose(get(f"/artikel/{article}"))
    assert "tanggal tidak disebut (hanya “pekan lalu”)" in page
    assert re.search(r"Tempat\s*tidak disebut\s*Pelaksanaan\s*tidak disebut", page)


def test_an_article_without_a_date_says_why(get: Get, rows: Rows) -> None:
    article = rows("select id, date_reason from articles where published_date is null")[0]
    assert f"tanggal tidak ditemukan: {article['date_reason']}" in words(get(f"/artikel/{article['id']}"))


def test_an_article_that_may_not_be_on_the_programme_says_so(get: Get, rows: Rows) -> None:
    (maybe,) = rows("select id from articles where is_relevant is null")
    assert "Belum pasti artikel ini tentang program kota cerdas" in prose(get(f"/artikel/{maybe['id']}"))


def test_an_article_says_whom_it_copies_and_who_copied_it(public: Path, tmp_path: Path, rows: Rows) -> None:
    first, copy, alone = rows("select id, outlet_name from articles group by source order by id limit 3")
    get = change(
        public,
        tmp_path,
        "update story_articles set "
        f"story_id = '{first['id']}', role = 'copy', verbatim_share = 0.874 where article_id = '{copy['id']}'",
        f"update stories set articles = 2, outlets = 2 where id = '{first['id']}'",
    )
    page = get(f"/artikel/{copy['id']}")
    assert f"Salinan dari {first['outlet_name']}, 87 % sama kata demi kata." in prose(page)
    assert f'href="/artikel/{first["id"]}"' in page.text
    told = prose(get(f"/artikel/{first['id']}"))
    assert "Yang paling dulu memuat naskah ini; 1 artikel lain menyalinnya." in told
    assert "2 artikel di 2 media memuat naskah ini." in told
    assert not re.search("Salinan dari|menyalinnya|Naskah yang sama", prose(get(f"/artikel/{alone['id']}")))


def test_regencies_and_dimensions_of_an_article_are_proved_too(public: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(public)) as db:
        article, pillar, name, anchor = db.execute(
            """
            select article_id, pillar, regency_name, anchor
            from article_pillars
            join article_regencies using (article_id)
            join evidence using (article_id)
            where evidence.number = 2
            """
        ).fetchone()
    get = change(
        public,
        tmp_path,
        f"insert into mentions values ('{article}', 99, 'PILLAR', 'smart', '{pillar}', 0.9, 2, 0, 5)",
        f"update article_pillars set evidence_number = null where article_id = '{article}'",
    )
    facts = document_fromstring(get(f"/artikel/{article}").text).cssselect(".fact")
    regency = next(one for one in facts if one.text_content().startswith(name))
    assert regency.xpath(".//a[starts-with(@href, '#k-')]")
    dimension = next(one for one in facts if f"Smart {pillar.capitalize()}" in one.text_content())
    assert dimension.xpath(f".//a[@href='#k-{anchor}']")


def test_a_figure_is_shown_with_what_it_is_about_and_one_click_from_its_proof(get: Get, rows: Rows) -> None:
    (figure,) = rows("select article_id from figures")
    page = document_fromstring(get(f"/artikel/{figure['article_id']}").text)
    shown = next(one for one in page.cssselect(".fact") if one.text_content().startswith("8 OPD"))
    assert "Evaluasi diikuti" in shown.text_content()
    (target,) = [link.removeprefix("#") for link in shown.xpath(".//a[@class='to']/@href")]
    sentence = page.xpath(f"//*[@id='{target}']/ancestor-or-self::li")[0]
    assert "delapan perangkat daerah" in sentence.text_content()


def test_an_address_that_is_no_web_address_is_not_linked(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, "update articles set url = 'javascript:alert(1)'")
    with closing(sqlite3.connect(public)) as db:
        (article,) = db.execute("select id from articles").fetchone()
    assert 'href="javascript:' not in get(f"/artikel/{article}").text


def test_an_article_says_that_it_was_edited_and_that_its_address_is_gone(get: Get, rows: Any) -> None:
    ((article, title, digest),) = [
        tuple(row) for row in rows("select article_id, title, archive_digest from article_versions")
    ]
    text = words(get(f"/artikel/{article}"))
    assert f"judul sebelumnya: {title}" in text
    assert digest in text, "the former copy can be told from the present one"
    assert re.search(r"Alamat berita ini tidak ada lagi sejak \d+ \w+ \d{4}, [\d.]+ WIB ?\. Isinya tersimpan", text)
    other = words(get("/artikel/" + rows("select id from articles where gone_at is null")[0]["id"]))
    assert "judul sebelumnya" not in other
    assert "tidak ada lagi sejak" not in other


def test_an_article_tells_what_was_corrected_in_it_and_names_its_sentences_for_good(tmp_path: Path) -> None:
    path = tmp_path / "pantau.db"
    fill_example_db(path)
    db = open_db(path)
    article = article_id(build_story_article(STORIES[0]).canonical_url)
    facts = {one.kind: one for one in reversed(read_facts(db, article))}
    decide(db, article, facts["event"].id, "correct", "Rahmi Sari", "menurut panitia", {"start_date": "2023-11-04"})
    decide(db, article, facts["regency"].id, "correct", "Rahmi Sari", "bukan di sana", {"regency_code": "19.06"})
    decide(db, article, facts["official"].id, "accept", "Rahmi Sari", "benar")
    db.close()
    bake(path, tmp_path / "public.db")
    get = open_site(tmp_path / "public.db")
    page = get(f"/artikel/{article}")
    told = re.sub(r"\W+", " ", words(page))
    assert re.search(r"Tahap dikoreksi \d+ \w+ \d{4} semula 3 November 2023 menurut panitia R S ", told)
    assert "semula Kabupaten Bangka Selatan bukan di sana" in told, "not the code alone"
    assert len(document_fromstring(page.text).xpath("//li[starts-with(@id, 'koreksi-')]")) == 2, "none for accepted"
    assert "before that" in words(get(f"/artikel/{article}?lang=en"))
    with closing(sqlite3.connect(tmp_path / "public.db")) as public:
        anchors = [row[0] for row in public.execute("select anchor from evidence where article_id = ?", [article])]
    assert anchors
    for name in anchors:
        assert f'id="k-{name}" href="#k-{name}"' in page.text
