"""What a saved query tells that is new."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from build import build_example_db
from sqlite_utils import Database

from db.connect import open_read_only
from publish.letters.tables import MOST_ROWS, SHOWN_ROWS, Cell, Table, ask_table
from publish.site.catalogue import grouped_queries

SITE = "https://pantau.example"
PEOPLE = "select name, id from people order by name"

LARGE = ", ".join(["c0 (x) as (select 1)", *(f"c{n} (x) as (select 1 from c{n - 1}, c{n - 1})" for n in range(1, 21))])


@pytest.fixture(scope="module")
def public_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_example_db(tmp_path_factory.mktemp("tables"))[1]


@pytest.fixture
def public(public_path: Path) -> Iterator[Database]:
    with closing(open_read_only(public_path)) as db:
        yield db


def asked(public: Database, sql: str, seen: Any = frozenset(), **more: Any) -> tuple[Table, list[bytes]]:
    return ask_table(public, "sql", sql, more.pop("parameters", {}), seen, site_url=SITE, **more)


def texts(table: Table) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in table.rows]


def test_the_first_time_says_how_many_there_are_and_then_only_what_is_new_comes(public: Database) -> None:
    first, hashes = asked(public, "select column1 as kota from (values ('Palu'), ('Sampit'))", None)
    assert (first.is_first, first.new, first.total, len(hashes)) == (True, 0, 2, 2)
    assert texts(first) == [("Palu",), ("Sampit",)]
    again, more = asked(public, "select column1 as kota from (values ('Palu'), ('Sampit'))", set(hashes))
    assert (again.is_first, again.new, again.total, again.rows, more) == (False, 0, 2, (), [])
    third, more = asked(public, "select column1 as kota from (values ('Palu'), ('Toboali'), ('Toboali'))", set(hashes))
    assert (third.new, third.total, third.columns, texts(third)) == (1, 3, ("kota",), [("Toboali",)])
    assert len(more) == 1


def test_a_query_that_answered_nothing_before_has_new_rows_then(public: Database) -> None:
    table, hashes = asked(public, "select 1 where false", None)
    assert (table.is_first, table.total, hashes) == (True, 0, [])
    assert asked(public, "select 1", set())[0].new == 1


@pytest.mark.parametrize("name", [name for group in grouped_queries().values() for name in group])
def test_every_query_of_the_site_can_be_followed(public: Database, name: str) -> None:
    table, hashes = ask_table(public, "query", name, {}, frozenset(), site_url=SITE, lang="en")
    assert table.problem is None
    assert table.new == len(hashes)
    assert table.url == f"{SITE}/public/{name}"
    assert " / " not in table.title


def test_a_query_with_parameters_says_which_and_leads_to_that_answer(public: Database) -> None:
    table, _ = ask_table(
        public, "query", "tahapan_daerah", {"kode": "62.02"}, frozenset(), site_url=f"{SITE}/", lang="id"
    )
    assert table.title == "Tahapan satu daerah (kode: 62.02)"
    assert table.url == f"{SITE}/public/tahapan_daerah?kode=62.02"
    assert {row[0].text for row in table.rows} == {"Kabupaten Kotawaringin Timur"}


def test_a_row_leads_to_its_proof_its_event_and_its_article(public: Database) -> None:
    table, _ = ask_table(public, "query", "bukti_peristiwa", {}, frozenset(), site_url=SITE)
    assert not {"evidence number", "article id", "event id", "url"} & set(table.columns)
    cells = dict(zip(table.columns, table.rows[0], strict=True))
    proof, title = cells["evidence"], cells["title"]
    assert proof.url
    assert title.url
    article, anchor = proof.url.removeprefix(f"{SITE}/artikel/").split("#k-")
    quoted = public.execute("select text from evidence where article_id = ? and anchor = ?", [article, anchor])
    assert quoted.fetchone()[0].startswith(proof.text.removesuffix(" …"))
    assert title.url.startswith("https://")
    event_url = cells["published date"].url
    assert event_url
    event_id = event_url.removeprefix(f"{SITE}/peristiwa/")
    assert public.execute("select 1 from events where id = ?", [event_id]).fetchone()


def test_no_address_but_of_the_web_becomes_a_link(public: Database) -> None:
    for url in ("javascript:alert(1)", "https://a.example/' || char(10) || 'Bcc: x", "/artikel/1"):
        table, _ = asked(public, f"select 'Judul' as title, '{url}' as url")
        assert table.rows == ((Cell("Judul"),),)


def test_an_address_that_names_nothing_is_shown_by_its_outlet(public: Database) -> None:
    table, _ = asked(public, "select 'Palu' as kota, 'https://kabar.example/berita/1' as url")
    assert table.rows == ((Cell("Palu"), Cell("kabar.example", "https://kabar.example/berita/1")),)


def test_a_query_is_called_by_the_comment_that_it_begins_with(public: Database) -> None:
    table, _ = asked(public, "-- Orang di Palu\nselect name\nfrom people")
    assert (table.title, table.description) == ("SQL: Orang di Palu", "select name from people")


def test_nothing_of_an_answer_steers_the_letter(public: Database) -> None:
    mark = "'\ue000berhenti\ue001' || char(13, 10) || 'Bcc: \u202ex'"
    table, _ = asked(public, f'-- \ue000nama\ue001\nselect {mark} as "a\ue000\nb"')
    assert (table.columns, texts(table)) == (("a b",), [("berhenti Bcc: x",)])
    assert "\ue000" not in table.title + table.description


def test_long_answers_are_shown_in_part_and_say_how_many_there_are(public: Database) -> None:
    counting = "with recursive n(i) as (select 1 union all select i + 1 from n where i < {}) select i from n"
    table, hashes = asked(public, counting.format(MOST_ROWS))
    assert (table.new, table.total, table.is_cut, len(table.rows)) == (MOST_ROWS, MOST_ROWS, False, SHOWN_ROWS)
    assert len(hashes) == MOST_ROWS
    assert asked(public, counting.format(MOST_ROWS + 1))[0].is_cut


def test_what_is_no_text_is_told_by_its_size(public: Database) -> None:
    table, _ = asked(public, "select zeroblob(120000) as isi")
    assert texts(table) == [("(120000 bita)",)]


def test_a_wide_cell_is_cut_and_stays_on_one_line(public: Database) -> None:
    table, _ = asked(public, "select replace(printf('%300d', 0), ' ', 'kata' || char(10)) as isi")
    assert len(table.rows[0][0].text) <= 160
    assert "\n" not in table.rows[0][0].text


WRITES = (
    "delete from articles",
    "insert into release select * from release",
    "create table x (a)",
    "create temp table x (a)",
    "pragma query_only = 0",
    "attach ':memory:' as other",
    "begin",
    "vacuum into '{folder}/stolen.db'",
    "select 1; delete from articles",
    "select load_extension('x')",
)


@pytest.mark.parametrize("sql", WRITES)
def test_what_does_more_than_read_is_refused(public: Database, tmp_path: Path, sql: str) -> None:
    table, hashes = asked(public, sql.replace("{folder}", str(tmp_path)))
    assert table.problem
    assert (table.rows, hashes, list(tmp_path.iterdir())) == ((), [], [])
    assert not public.conn.in_transaction
    # The connection is as it was for what the letter reads itself.
    assert public.execute("pragma table_info(articles)").fetchall()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select nope from articles", "tidak dapat dijawab: no such column: nope"),
        ("selekt", "tidak dapat dijawab: near"),
        ("", "Hanya kueri yang membaca"),
        ("select 1; select 2", "Hanya kueri yang membaca"),
        ("select length(zeroblob(900000000))", "too big"),
        (f"select {', '.join(['zeroblob(150000)'] * 300)}", "too many columns"),
        ("with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n", "0.05 detik"),
        ("with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0", "0.05 detik"),
        (f"with {LARGE} select x from c20", "memori lebih besar"),
        # No clock ends a call of a function, so what takes long in one is refused.
        ("select printf('%.*c', 1000000000, 'x')", "too big"),
        ("select format('%1000000000d', 1)", "too big"),
    ],
)
def test_why_there_is_no_answer_is_said(public: Database, sql: str, says: str) -> None:
    table, hashes = asked(public, sql, {b"seen"}, seconds=0.05)
    assert table.problem
    assert says in table.problem
    assert (hashes, table.new, table.is_first) == ([], 0, False)
    assert asked(public, PEOPLE)[0].problem is None


def test_a_query_of_huge_rows_ends_when_its_time_is_over(public: Database) -> None:
    counted = "with recursive counted(n) as (select 1 union all select n + 1 from counted where n < 10000)"
    table, hashes = asked(public, f"{counted} select n, zeroblob(120000) as isi from counted", set(), seconds=0.05)
    assert table.problem is not None
    assert "0.05 detik" in table.problem
    assert (table.total, hashes) == (0, [])


def test_a_query_that_is_gone_says_so(public: Database) -> None:
    table, hashes = ask_table(public, "query", "sudah_dihapus", {}, None, site_url=SITE)
    assert (table.url, table.is_first, hashes) == (None, False, [])
    assert table.problem
    assert "sudah_dihapus" in table.problem


def test_a_parameter_that_is_not_given_is_empty_as_on_the_site(public: Database) -> None:
    table, _ = asked(public, "select :a || '|' || :b as isi", parameters={"a": "Palu"})
    assert texts(table) == [("Palu|",)]


def test_full_text_search_can_be_asked(public: Database) -> None:
    sql = "select title from articles_fts where articles_fts match escape_fts(:q)"
    assert asked(public, sql, parameters={"q": "kota cerdas"})[0].total > 0


def test_the_read_only_connection_stays_read_only(public: Database) -> None:
    asked(public, PEOPLE)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        public.execute("delete from articles")
