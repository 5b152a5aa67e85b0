from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import pytest
from build import MODEL, PARSER, SOURCES, STORIES, build_article, build_extraction, build_page, build_story_article
from queue_worker import work
from sqlite_utils import Database

from crawler.items import Article, Fate, Page, ParseError, article_id
from db.connect import open_db, transaction
from db.extractions import count_pending_articles, pending_articles, save_extraction, save_extractions
from db.reference import load_reference
from db.store import (
    FATE_RANK,
    FoundUrl,
    build_kept_page,
    build_lead,
    count_pending_pages,
    counts,
    finish_run,
    forget_parses,
    known_urls,
    pending_pages,
    pending_urls,
    save_article,
    save_digest,
    save_found,
    save_page,
    save_parse_error,
    save_sources,
    save_url,
    save_urls,
    settle_held,
    start_run,
    url_hints,
)
from nlp.extraction import Quote

URL = "https://wartaselatan.example/2023/11/04/basel"
NOON = datetime(2023, 11, 4, 5, tzinfo=UTC)
VERSIONS = {source.name: PARSER for source in SOURCES}
TEXT = "Kabupaten Bangka Selatan mengikuti evaluasi tahap II."


@pytest.fixture
def db() -> Iterator[Database]:
    db = open_db(":memory:")
    load_reference(db)
    save_sources(db, SOURCES)
    yield db
    db.close()


def page(url: str = URL, body: bytes = b"<p>isi</p>", fetched_at: datetime = NOON) -> Page:
    return build_page(url, "warta_selatan", fetched_at, body)


def article(url: str = URL, canonical_url: str = URL, text: str = TEXT) -> Article:
    return build_article(url, "warta_selatan", text, canonical_url=canonical_url)


def fate(db: Database, url: str = URL) -> tuple[str | None, str | None]:
    return db.execute("select fate, fate_reason from urls where url = ?", [url]).fetchone()


def rows(db: Database, sql: str) -> list[dict[str, Any]]:
    return list(db.query(sql))


def dump(db: Database) -> list[str]:
    """All that is in the database but the instants at which it was written."""
    clocks = {"found_at", "fate_at", "parsed_at", "extracted_at", "rowid"}
    lines = []
    for table in sorted(set(db.table_names()) - {"_sqlite_migrations"}):
        if not table.startswith("articles_fts"):
            kept = ({k: v for k, v in row.items() if k not in clocks} for row in db.table(table).rows)
            lines += sorted(f"{table} {row}" for row in kept)
    return lines


# urls


def test_every_fate_has_a_rank() -> None:
    assert set(FATE_RANK) == {None, *get_args(Fate)}


def test_a_url_is_pending_until_it_has_a_fate(db: Database) -> None:
    other = URL + "-2"
    assert save_urls(db, [FoundUrl(URL, "warta_selatan", "feed"), FoundUrl(other, "warta_selatan", "feed")]) == 2
    assert save_urls(db, [FoundUrl(URL, "warta_selatan", "sitemap")]) == 0
    assert pending_urls(db) == [(URL, "warta_selatan"), (other, "warta_selatan")]
    save_url(db, other, "warta_selatan", "feed", "gone", "404")
    assert set(known_urls(db)) == {other}
    assert pending_urls(db) == [(URL, "warta_selatan")]
    assert rows(db, "select distinct found_by from urls") == [{"found_by": "feed"}]


def test_what_lists_said_of_a_url_is_kept_until_its_page_is(db: Database) -> None:
    save_url(db, URL, "warta_selatan", "feed", hints={"title": "Bimtek", "date": "2024-11-21T08:00:00+07:00"})
    save_url(db, URL, "warta_selatan", "sitemap", hints={"title": "Bimtek Smart City"})
    told = {"title": "Bimtek Smart City", "date": "2024-11-21T08:00:00+07:00"}
    assert url_hints(db) == {URL: told}
    save_url(db, URL, "warta_selatan", "feed", "error", "HTTP 503")
    assert url_hints(db) == {URL: told}
    save_page(db, build_page(URL, "warta_selatan", NOON, b"isi"))
    assert url_hints(db) == {}
    save_url(db, URL, "warta_selatan", "feed", hints={"title": "Bimtek"})
    assert url_hints(db) == {}


@pytest.mark.parametrize(
    ("first", "then", "left"),
    [
        ("error", None, "error"),
        ("error", "gone", "gone"),
        ("gone", "error", "error"),
        ("kept", "gone", "kept"),
        ("kept", "not-article", "not-article"),
        ("duplicate", "kept", "duplicate"),
        ("off-topic", "blocked", "off-topic"),
        (None, "robots", "robots"),
    ],
)
def test_a_fate_gives_way_only_to_one_that_knows_as_much(db: Database, first: Fate, then: Fate, left: Fate) -> None:
    save_url(db, URL, "warta_selatan", "feed", first, "sebab" if first else None)
    save_url(db, URL, "warta_selatan", "feed", then, "sebab lain" if then else None)
    assert fate(db)[0] == left


def test_the_same_fate_again_leaves_its_instant(db: Database) -> None:
    save_url(db, URL, "warta_selatan", "feed", "gone", "404")
    db.execute("update urls set fate_at = '2023-11-04T05:00:00+00:00'")
    save_url(db, URL, "warta_selatan", "feed", "gone", "404")
    assert rows(db, "select fate_at from urls") == [{"fate_at": "2023-11-04T05:00:00+00:00"}]


def test_a_url_of_no_source_is_refused_and_none_of_its_batch_is_left(db: Database) -> None:
    with pytest.raises(LookupError, match="no source 'tak_ada'; save_sources comes first"):
        save_urls(db, [FoundUrl(URL, "warta_selatan", "feed"), FoundUrl(URL + "2", "tak_ada", "feed")])
    assert set(known_urls(db)) == set()
    assert pending_urls(db) == []


# pages


def test_a_page_comes_back_as_it_was_saved(db: Database) -> None:
    saved = page()
    page_id = save_page(db, saved)
    (row,) = pending_pages(db, VERSIONS)
    assert page_id == row.id == article_id(URL)
    assert build_kept_page(row, saved.body) == saved
    assert fate(db) == ("kept", None)


def test_pending_pages_may_be_many_and_are_saved_while_they_are_read(db: Database) -> None:
    urls = [f"{URL}/{number}" for number in range(1100)]
    with transaction(db):
        for number, url in enumerate(urls):
            save_page(db, page(url, fetched_at=NOON - timedelta(seconds=number)))
    assert count_pending_pages(db, VERSIONS) == len(urls)
    read = []
    for row in pending_pages(db, VERSIONS):
        read.append(row.url)
        save_found(db, build_kept_page(row, b""), article(row.url, row.url), PARSER)
    assert read == urls[::-1]
    assert count_pending_pages(db, VERSIONS) == 0


def test_what_was_read_of_a_page_that_changed_meanwhile_is_not_kept(db: Database) -> None:
    first = replace(page(), archive_file="pantau-20231103-00000.warc.gz", archive_offset=0)
    save_page(db, first)
    second = replace(first, body=b"<p>isi baru</p>", archive_offset=4711)
    save_page(db, second)
    assert save_found(db, first, article(), PARSER) is None
    assert [row.archive_offset for row in pending_pages(db, VERSIONS)] == [4711]
    assert save_found(db, second, ParseError(f"{URL}: tak ada isi"), PARSER) == "not-understood"
    assert save_found(db, second, article(), PARSER) == "kept"


def test_all_pages_are_pending_again_and_keep_their_articles(db: Database) -> None:
    save_article(db, save_page(db, page()), article(), PARSER)
    save_parse_error(db, save_page(db, page(URL + "/2")), PARSER, "tak ada isi")
    forget_parses(db)
    assert count_pending_pages(db, VERSIONS) == 2
    assert rows(db, "select url from articles") == [{"url": URL}]
    assert fate(db, URL + "/2") == ("not-understood", "tak ada isi")


def test_the_same_page_again_changes_nothing_but_when_it_was_seen_last(db: Database) -> None:
    save_article(db, save_page(db, page()), article(), PARSER)
    before = dump(db)
    later = NOON + timedelta(days=3)
    save_page(db, page(fetched_at=later))
    assert [row["checked_at"] for row in db.query("select checked_at from pages")] == [later.isoformat()]
    db.execute("update pages set checked_at = ?", [NOON.isoformat()])
    assert dump(db) == before
    assert list(pending_pages(db, VERSIONS)) == []


def test_a_changed_page_is_pending_again(db: Database) -> None:
    page_id = save_page(db, page())
    save_parse_error(db, page_id, PARSER, f"{URL}: tak ada isi")
    assert fate(db) == ("not-understood", f"{URL}: tak ada isi")
    later = NOON + timedelta(days=1)
    save_page(db, page(body=b"<p>isi baru</p>", fetched_at=later))
    (row,) = pending_pages(db, VERSIONS)
    assert row.fetched_at == later
    assert fate(db) == ("kept", None)
    assert rows(db, "select first_fetched_at from pages") == [{"first_fetched_at": NOON.isoformat()}]


def test_a_page_whose_body_is_not_in_our_archive_is_never_to_be_read(db: Database) -> None:
    bodiless = replace(page(body=b""), archive_file=None, archive_offset=None)
    save_page(db, bodiless, "ab" * 32)
    assert rows(db, "select digest from pages") == [{"digest": "ab" * 32}]
    assert (list(pending_pages(db, VERSIONS)), count_pending_pages(db, VERSIONS)) == ([], 0)


def test_an_answer_that_is_no_page_is_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="answered 404"):
        save_page(db, replace(page(), status=404))
    assert counts(db)["urls"] == 0


def test_an_instant_without_an_offset_is_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="without an offset"):
        save_page(db, replace(page(), fetched_at=datetime(2023, 11, 4)))  # noqa: DTZ001
    page_id = save_page(db, page())
    naive = replace(article(), published_at=datetime(2023, 11, 4), published_by="meta", date_reason=None)  # noqa: DTZ001
    with pytest.raises(ValueError, match="published_at has no offset"):
        save_article(db, page_id, naive, PARSER)


def test_only_pages_that_the_present_parser_of_their_source_has_not_seen_are_pending(db: Database) -> None:
    later = save_page(db, page(URL + "/2", fetched_at=NOON + timedelta(hours=1)))
    first = save_page(db, page(URL + "/1"))
    other = save_page(db, build_page("https://kabarlumbung.example/1", "kabar_lumbung", NOON))
    assert [row.id for row in pending_pages(db, VERSIONS)] == [other, first, later]
    save_parse_error(db, first, PARSER, "tak ada isi")
    assert [row.id for row in pending_pages(db, {"warta_selatan": PARSER})] == [later]
    assert [row.id for row in pending_pages(db, {"warta_selatan": "parser-baru"})] == [first, later]
    assert list(pending_pages(db, {})) == []


# articles


def test_an_article_comes_back_as_it_was_saved(db: Database) -> None:
    wita = timezone(timedelta(hours=8))
    saved = replace(
        article(),
        authors=("Ni Made Sari", "Redaksi"),
        published_at=datetime(2023, 11, 4, 8, 15, tzinfo=wita),
        published_by="jsonld",
        date_reason=None,
        is_complete=False,
    )
    assert save_article(db, save_page(db, page()), saved, PARSER) == "kept"
    assert list(pending_articles(db, MODEL)) == [(article_id(URL), saved)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_of_three_copies_the_first_fetched_is_the_article_whichever_is_parsed_first(
    db: Database, order: tuple[int, ...]
) -> None:
    urls = [f"{URL}/{name}" for name in ("asli", "amp", "cetak")]
    for number in order:
        page_id = save_page(db, page(urls[number], fetched_at=NOON + timedelta(minutes=number)))
        save_article(db, page_id, article(urls[number]), PARSER)
    assert rows(db, "select url from articles") == [{"url": urls[0]}]
    assert [fate(db, url)[0] for url in urls] == ["kept", "duplicate", "duplicate"]
    assert fate(db, urls[2])[1] == f"artikel yang sama: {URL}"
    assert list(pending_pages(db, VERSIONS)) == []


def test_when_the_first_copy_turns_out_to_be_another_article_its_duplicate_is_read_again(db: Database) -> None:
    first = save_page(db, page())
    second = save_page(db, page(URL + "/amp", fetched_at=NOON + timedelta(hours=1)))
    save_article(db, first, article(), PARSER)
    assert save_article(db, second, article(URL + "/amp"), PARSER) == "duplicate"
    save_article(db, first, article(canonical_url=URL + "/lain"), "parser-baru")
    assert [row.id for row in pending_pages(db, {"warta_selatan": "parser-baru"})] == [second]
    assert save_article(db, second, article(URL + "/amp"), "parser-baru") == "kept"
    assert {row["url"] for row in rows(db, "select url from articles")} == {URL, URL + "/amp"}


def test_when_the_first_copy_is_no_longer_understood_its_duplicate_is_read_again(db: Database) -> None:
    first = save_page(db, page())
    second = save_page(db, page(URL + "/amp", fetched_at=NOON + timedelta(hours=1)))
    save_article(db, first, article(), PARSER)
    save_article(db, second, article(URL + "/amp"), PARSER)
    save_parse_error(db, first, "parser-baru", "tak ada isi")
    assert settle_held(db, {"warta_selatan": "parser-baru"}, {"warta_selatan": 0}) == 1
    assert counts(db)["articles"] == 0
    assert [row.id for row in pending_pages(db, {"warta_selatan": "parser-baru"})] == [second]


@pytest.mark.parametrize(("read", "stays"), [(0, 4), (3, 4), (15, 4), (16, 0)])
def test_what_a_new_parser_does_not_find_any_more_stays_unless_it_reads_the_others(
    db: Database, read: int, stays: int
) -> None:
    urls = [f"{URL}/{number}" for number in range(read + 4)]
    for number, url in enumerate(urls):
        page_id = save_page(db, page(url))
        save_article(db, page_id, article(url, url), PARSER)
        if number < 4:
            save_parse_error(db, page_id, "parser-baru", "tak ada isi")
        else:
            save_article(db, page_id, article(url, url), "parser-baru")
    # Pages of another month looked different, and say nothing of these.
    for number in range(50):
        later = page(f"{URL}/kelak-{number}", fetched_at=NOON + timedelta(days=40))
        save_article(db, save_page(db, later), article(later.url, later.url), "parser-baru")
    assert settle_held(db, {"warta_selatan": "parser-baru"}, {"warta_selatan": 0.8}) == 4 - stays
    assert counts(db)["articles"] == 50 + read + stays
    assert counts(db)["not-understood"] == 4 - stays
    assert list(pending_pages(db, {"warta_selatan": "parser-baru"})) == []


def test_a_better_parser_keeps_an_extraction_as_long_as_the_text_is_the_same(db: Database) -> None:
    story = STORIES[0]
    told = build_story_article(story)
    page_id = save_page(db, build_page(told.url, story.source, NOON))
    save_article(db, page_id, told, PARSER)
    save_extraction(db, build_extraction(story), told)
    save_article(db, page_id, replace(told, authors=("Redaksi", "Penyunting")), "parser-baru")
    assert list(pending_articles(db, MODEL)) == []
    assert save_article(db, page_id, replace(told, text=told.text + " Selesai."), "parser-terbaru") == "kept"
    assert count_pending_articles(db, MODEL) == 1
    assert counts(db)["event_mentions"] == 0


def test_search_finds_an_article_by_its_present_words(db: Database) -> None:
    page_id = save_page(db, page())
    save_article(db, page_id, article(text="Pemkab menggelar évaluasi daring."), PARSER)

    def found(words: str) -> int:
        return db.execute("select count(*) from articles_fts where articles_fts match ?", [words]).fetchone()[0]

    assert found("evaluasi") == 1
    save_article(db, page_id, article(text="Pemkab menggelar bimtek luring."), "parser-baru")
    assert (found("evaluasi"), found("bimtek")) == (0, 1)
    db.vacuum()
    assert found("bimtek") == 1
    save_parse_error(db, page_id, "parser-terbaru", "tak ada isi")
    assert found("bimtek") == 1
    assert settle_held(db, {"warta_selatan": "parser-terbaru"}, {"warta_selatan": 0}) == 1
    assert found("bimtek") == 0
    db.execute("insert into articles_fts (articles_fts) values ('integrity-check')")


@pytest.mark.parametrize("call", [save_article, save_parse_error])
def test_an_article_without_its_page_is_refused(db: Database, call: Any) -> None:
    arguments = (article(), PARSER) if call is save_article else (PARSER, "tak ada isi")
    with pytest.raises(LookupError, match="no page 'abc'"):
        call(db, "abc", *arguments)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("Bupati hadir.", "Bupati hadir."),
        ("Tim menilai bukti. " * 30, ("Tim menilai bukti. " * 15).strip()),
        ("Panjang " * 20 + "Kab. Bangka " + "sekali " * 40, None),
        ("x" * 400, "x" * 300),
    ],
)
def test_a_lead_ends_with_a_sentence_or_a_word(text: str, lead: str | None) -> None:
    made = build_lead(text)
    assert len(made) <= 300
    if lead is None:
        assert made.endswith("sekali…")
    else:
        assert made == lead


# extractions


def save_story(db: Database, number: int = 0) -> str:
    story = STORIES[number]
    told = build_story_article(story)
    save_article(db, save_page(db, build_page(told.url, story.source, NOON)), told, PARSER)
    save_extraction(db, build_extraction(story), told)
    return article_id(told.canonical_url)


def test_every_row_points_to_the_sentence_that_holds_it(db: Database) -> None:
    save_story(db)
    sentences = rows(db, "select number, start, text from evidence order by number")
    assert [row["number"] for row in sentences] == [1, 2, 3, 4]
    assert sorted(sentences, key=lambda row: row["start"]) == sentences
    proofs = rows(
        db,
        """
        select stage_code, evidence.text
        from event_mentions
        join evidence on evidence.article_id = event_mentions.article_id and evidence.number = evidence_number
        order by event_mentions.number
        """,
    )
    assert [row["stage_code"] for row in proofs] == ["evaluasi-2", "evaluasi-1"]
    assert "mengikuti evaluasi tahap II" in proofs[0]["text"]
    assert proofs[1]["text"] == "Evaluasi tahap I sudah dijalani pada 12-14 Juni 2023 di Surabaya."
    # a sentence that proves nothing is not kept
    assert not any("layanan aduan" in row["text"] for row in sentences)


def test_a_quotation_over_two_sentences_brings_both_as_evidence(db: Database) -> None:
    story = STORIES[11]
    told = build_story_article(story)
    (sentence,) = build_extraction(story).sentences
    middle = told.text.index("menjual")
    found = replace(
        build_extraction(story),
        mentions=(),
        quotes=(Quote(None, told.text[5:60], 5, 60, 0.9),),
        sentences=((0, middle - 1), (middle, sentence[1])),
    )
    save_article(db, save_page(db, build_page(told.url, story.source, NOON)), told, PARSER)
    save_extraction(db, found, told)
    assert [row["text"] for row in rows(db, "select text from evidence order by number")] == [
        told.text[: middle - 1],
        told.text[middle:],
    ]
    assert rows(db, "select evidence_number from quotes") == [{"evidence_number": 1}]


def test_a_figure_is_kept_with_its_unit_and_its_sentence(db: Database) -> None:
    save_story(db, 2)
    (figure,) = rows(
        db,
        """
        select kind, value, unit, bound, about, figures.text, evidence.text as sentence
        from figures
        join evidence on evidence.article_id = figures.article_id and evidence.number = evidence_number
        """,
    )
    assert figure == {
        "kind": "count",
        "value": 8,
        "unit": "OPD",
        "bound": None,
        "about": "Evaluasi diikuti",
        "text": "delapan perangkat daerah",
        "sentence": "Evaluasi diikuti delapan perangkat daerah.",
    }


def test_a_better_model_replaces_all_rows_of_an_article(db: Database) -> None:
    one = save_story(db)
    other = save_story(db, 2)
    ((pending, told), _) = sorted(pending_articles(db, "model-baru"), key=lambda found: found[0] != one)
    assert pending == one
    nothing: dict[str, Any] = dict.fromkeys(("mentions", "officials", "events", "quotes", "pillars", "figures"), ())
    empty = replace(build_extraction(STORIES[0], "model-baru"), **nothing)
    save_extraction(db, empty, told)
    assert rows(db, f"select * from evidence where article_id = '{one}'") == []
    assert rows(db, f"select count(*) as n from event_mentions where article_id = '{other}'") == [{"n": 1}]
    assert [found for found, _ in pending_articles(db, "model-baru")] == [other]


def test_an_article_off_topic_is_so_until_a_better_model_says_otherwise(db: Database) -> None:
    save_story(db, 11)
    told = build_story_article(STORIES[11])
    assert fate(db, told.url) == ("off-topic", "relevansi 0.06")
    # parsed anew with the same text, it is still off topic
    assert save_article(db, article_id(told.url), told, "parser-baru") == "off-topic"
    save_extraction(db, replace(build_extraction(STORIES[11], "model-baru"), is_relevant=None), told)
    assert fate(db, told.url) == ("kept", None)


def test_an_extraction_that_cannot_be_saved_leaves_the_one_before(db: Database) -> None:
    save_story(db)
    told = build_story_article(STORIES[0])
    good = build_extraction(STORIES[0])
    before = dump(db)
    stray = replace(good.mentions[0], start=len(told.text) + 1, end=len(told.text) + 5)
    with pytest.raises(ValueError, match="no sentence holds"):
        save_extraction(db, replace(good, mentions=(stray,)), told)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        save_extraction(db, replace(good, events=(replace(good.events[0], regency="99.99"),)), told)
    with pytest.raises(ValueError, match="of another article"):
        save_extraction(db, good, article())
    assert dump(db) == before
    assert not db.conn.in_transaction


def test_many_articles_are_saved_together_or_none_of_them(db: Database) -> None:
    stories = STORIES[1:5]
    read = [(build_extraction(story), build_story_article(story)) for story in stories]
    for _, told in read[1:]:
        save_article(db, save_page(db, build_page(told.url, told.source, NOON)), told, PARSER)
    with pytest.raises(LookupError, match=re.escape(read[0][1].url)):
        save_extractions(db, read)
    assert count_pending_articles(db, MODEL) == 3
    save_extractions(db, read[1:])
    together = dump(db)
    assert count_pending_articles(db, MODEL) == 0
    for extraction, told in read[1:]:
        save_extraction(db, extraction, told)
    assert dump(db) == together


def test_an_extraction_without_its_article_is_refused(db: Database) -> None:
    with pytest.raises(LookupError, match="save_article comes before"):
        save_extraction(db, build_extraction(STORIES[0]), build_story_article(STORIES[0]))


# runs and letters


def test_a_run_that_did_not_end_is_seen(db: Database) -> None:
    first, second = start_run(db, "crawl"), start_run(db, "parse")
    finish_run(db, second, {"articles": 41})
    assert rows(db, "select id, command, ended_at is null as cut, counts from runs") == [
        {"id": first, "command": "crawl", "cut": 1, "counts": None},
        {"id": second, "command": "parse", "cut": 0, "counts": '{"articles": 41}'},
    ]


def test_a_letter_of_the_same_week_replaces_the_one_before(db: Database) -> None:
    save_digest(db, "2024-W47", "2024-11-18", "<p>lama</p>", "lama")
    save_digest(db, "2024-W47", "2024-11-18", "<p>baru</p>", "baru")
    assert rows(db, "select week, text from digests") == [{"week": "2024-W47", "text": "baru"}]


def test_the_same_letter_again_is_not_made_anew(db: Database) -> None:
    save_digest(db, "2024-W47", "2024-11-18", "<p>sama</p>", "sama")
    db.execute("update digests set made_at = '2024-11-25T06:00:00+07:00'")
    save_digest(db, "2024-W47", "2024-11-18", "<p>sama</p>", "sama")
    assert rows(db, "select made_at from digests") == [{"made_at": "2024-11-25T06:00:00+07:00"}]


# killed anywhere


def test_two_commands_at_once_do_the_work_once(tmp_path: Path) -> None:
    work(str(tmp_path / "whole.db"))
    shared = tmp_path / "shared.db"
    open_db(shared).close()
    workers = [start_worker(shared, 10_000) for _ in range(2)]
    for worker in workers:
        complaints = worker.communicate()[1]
        assert worker.returncode == 0, complaints
    one, other = open_db(tmp_path / "whole.db"), open_db(shared)
    assert dump(other) == dump(one)
    one.close()
    other.close()


def test_killed_anywhere_and_run_again_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    whole = tmp_path / "whole.db"
    work(str(whole))
    killed = tmp_path / "killed.db"
    kills = 0
    # Each run gets a little further; the numbers hit different statements of a transaction.
    for statements in (9, 61, 83, 97, 121, 134, 149, 163, 178, 190, 10_000):
        kills += run_worker(killed, statements)
        db = open_db(killed)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("pragma foreign_key_check").fetchall() == []
        assert rows(db, "select url from pages natural join urls where fate is null") == []
        db.close()
    assert kills >= 8
    one, other = open_db(whole), open_db(killed)
    assert dump(other) == dump(one)
    assert counts(one)["kept"] + counts(one)["off-topic"] == len(STORIES)
    one.close()
    other.close()


def run_worker(path: Path, statements: int) -> bool:
    """Run the worker until it is killed (True) or has done all (False)."""
    worker = start_worker(path, statements)
    complaints = worker.communicate()[1]
    assert worker.returncode in (0, -signal.SIGKILL), complaints
    return worker.returncode != 0


def start_worker(path: Path, statements: int) -> subprocess.Popen[str]:
    root = Path(__file__).parent.parent
    command = [sys.executable, str(root / "tests" / "queue_worker.py"), str(path), str(statements)]
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
