"""What a stranger's SQL can do to the served site: read tables, in a short time, and nothing else."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fortress import Fortress, token_of

from publish.site.confining import LIMITS

SLOW = "lebih dari satu detik, lalu dihentikan"
AS = "replace(hex(zeroblob(30000)),'0','a')"
LIST = "'['||replace(hex(zeroblob(20000)),'00','[],')||'0]'"
DOUBLED = ",".join(f"t{n}(x) as (select * from t{n - 1} union all select * from t{n - 1})" for n in range(1, 30))
REACHING = {
    "attach": "attach database '/tmp/x.db' as x",
    "pragma": "pragma writable_schema = 1",
    "pragma-as-table": "select * from pragma_writable_schema",
    "heap": "select * from pragma_hard_heap_limit(1)",
    "load-extension": "select load_extension('/tmp/x.so')",
    "readfile": "select readfile('/etc/passwd')",
    "writefile": "select writefile('/tmp/x', 'x')",
    "edit": "select edit('x')",
    "vacuum": "vacuum into '/tmp/x.db'",
    "tokenizer": "select fts3_tokenizer('simple')",
    "statements": "select * from sqlite_stmt",
    "pages": "select * from dbstat",
    "insert": "insert into provinces values ('00', 'x')",
    "with-delete": "with x as (select 1) delete from provinces",
    "two": "select 1; drop table provinces",
    "comment": "/* select */ delete from provinces",
    "temporary": "create temp table x as select 1",
    "explain": "explain delete from provinces",
    "index": "insert into articles_fts(articles_fts) values('rebuild')",
}
HEAVY = {
    "endless": "with recursive n(i) as (select 1 union all select i+1 from n) select max(i) from n",
    "long-pattern": f"select {AS} like '%'||replace(hex(zeroblob(2000)),'0','a')||'b'",
    "many-patterns": "select " + ",".join([f"{AS} like '%'||replace(hex(zeroblob(80)),'0','a')||'b'"] * 7),
    "patterns-by-row": (
        f"with recursive n(i) as (select 1 union all select i+1 from n), v(x) as materialized (select {AS}) "
        "select count(*) from n, v where x like '%'||replace(hex(zeroblob(80)),'0','a')||'b'"
    ),
    "inside-by-row": (
        f"with recursive n(i) as (select 1 union all select i+1 from n), v(x) as materialized (select {AS}) "
        "select count(*) from n, v where instr(x, substr(x, 1, 15000)||'b')"
    ),
    "trim": (
        f"with v(x) as materialized (select {AS}) "
        "select length(trim(x, replace(hex(zeroblob(6000)),'0','b')||'a')) from v"
    ),
    "zeroblob": "select zeroblob(1000000000)",
    "many-blobs": "select zeroblob(100000) from regencies a, regencies b limit 5000",
    "printf": "select " + ",".join(["printf('%.*c', 1000000000, 'x')"] * 9),
    "replace": "select length(" + "replace(" * 20 + "'a'" + ",'a',hex(zeroblob(500)))" * 20 + ")",
    "concat": "with recursive n(i) as (select 1 union all select i+1 from n) select length(group_concat(i)) from n",
    "deep": "select " + "(" * 900 + "1" + ")" * 900,
    "nested-calls": "select " + "abs(" * 800 + "1" + ")" * 800,
    "columns": "select " + ",".join(["1"] * 1900) + " from regencies a, regencies b limit 5000",
    "cells": "select " + ",".join(["1"] * 100) + " from regencies a, regencies b limit 5000",
    "doubling": f"with t0(x) as (select 1), {DOUBLED} select count(*) from t29",
    "sort": (
        "with recursive n(i) as (select 1 union all select i+1 from n) "
        "select i, hex(zeroblob(900)) h from n order by h desc, i"
    ),
    "json": f"select count(*) from json_tree({LIST}) a, json_tree({LIST}) b",
    "compound": " union all ".join(["select 1"] * 400),
}  # fmt: skip


@pytest.mark.parametrize("name", REACHING)
def test_a_query_does_nothing_but_read_tables(site: Fortress, name: str) -> None:
    before = site.public()
    for path in ("/public", "/public.json"):
        answer = site.ask("GET", path, params={"sql": REACHING[name]})
        if name != "explain":
            assert answer.status_code == 400, answer.text[:300]
        assert str(site.data) not in answer.text
    assert site.public() == before
    assert before[1] == [], "no journal beside it"


def test_a_query_is_told_no_path_and_the_tables_all_the_same(site: Fortress) -> None:
    told = site.ask(
        "GET", "/public.json", params={"sql": "select * from pragma_database_list", "_shape": "array"}
    ).json()
    assert [(row["name"], row["file"]) for row in told] == [("main", None)]
    columns = "select name from pragma_table_info('provinces')"
    told = site.ask("GET", "/public.json", params={"sql": columns, "_shape": "array"}).json()
    assert [row["name"] for row in told][:2] == ["code", "name"]


def test_heavy_queries_end_small_and_readers_are_answered_meanwhile(site: Fortress) -> None:
    """Bounds are generous: on a machine of its own each takes a second or two at most."""

    def one(name: str) -> tuple[str, int]:
        return name, site.ask("GET", "/public.json", params={"sql": HEAVY[name]}).status_code

    before = site.public()
    with ThreadPoolExecutor(4) as strangers:
        asked = strangers.map(one, HEAVY)
        statuses = [site.ask("GET", f"/daerah?berat={number}").status_code for number in range(3)]
        told = dict(asked)
    assert statuses == [200] * 3
    assert {name: status for name, status in told.items() if status not in (200, 400, 503)} == {}
    assert site.ask("GET", "/public.json", params={"sql": "select 1"}).status_code == 200, "nobody waits any more"
    assert site.public() == before
    for process in Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text().split():
        (line,) = [line for line in Path(f"/proc/{process}/status").read_text().splitlines() if "VmHWM" in line]
        # 512 MiB of SQLite (the sort, the doubled tables), and what the site itself takes.
        assert int(line.split()[1]) < 1_000_000, "kB, at their most"


def test_the_queries_of_a_page_share_one_time(site: Fortress) -> None:
    facets = "&".join(f"_facet={column}" for column in ("code", "name", "province_code") * 60)
    began = time.monotonic()
    assert site.ask("GET", f"/public/regencies?{facets}").status_code in (200, 400)
    assert time.monotonic() - began < 120


@pytest.mark.parametrize("call", ["printf('%.*c', 1000000000, 'x')", "format('%1000000000d', 1)"])
def test_a_call_that_no_clock_would_end_is_refused(site: Fortress, call: str) -> None:
    answers = (site.ask("GET", "/public", params={"sql": f"select {call}"}).text for _ in range(20))
    # Where others have the processors, even the page around it may take as long as a researcher has.
    assert "string or blob too big" in next((text for text in answers if SLOW not in text), "")
    plain = "select printf('%5.1f %s, 1000000000 * 2', 1.26, 'a'), trim('xxaxx', 'x'), ltrim(' a'), rtrim(null, 'x')"
    answer = site.ask("GET", "/public.json", params={"sql": plain, "_shape": "arrays"})
    assert answer.json()["rows"] == [["  1.3 a, 1000000000 * 2", "a", "a", None]]


@pytest.mark.parametrize(
    "path",
    ["/~70ublic", "/~70ublic.json?sql=select+1", "/publi~63/provinces.csv", "/p~75blic.db", "/~70ublic/provinces/51"],
)
def test_the_database_has_one_name_by_which_its_limits_know_it(site: Fortress, path: str) -> None:
    """Datasette takes `~70` for `p`."""
    assert site.ask("GET", path).status_code == 404


@pytest.mark.parametrize("name", ["printf", "cells", "endless", "doubling", "sort", "many-blobs"])
def test_a_query_that_a_letter_is_to_follow_has_no_more_room_than_a_researcher_s(site: Fortress, name: str) -> None:
    with site.client() as client:
        form = {"csrftoken": token_of(client.get("/langganan/surat").text), "surel": "a@kota.example", "tekan": "kirim"}
        answer = client.post("/langganan/surat", data=form | {"pilihan-1": json.dumps(["sql", HEAVY[name], {}])})
        assert answer.status_code == 422
        # Not even to be prepared, by an address alone.
        assert client.get("/langganan/surat", params={"sql": HEAVY[name]}).status_code in (200, 404)


def test_a_value_that_is_shown_fits(site: Fortress) -> None:
    assert max(LIMITS.values()) == 128 * 1024
    longest = "select max(length(html)) from digests"
    answer = site.ask("GET", "/public.json", params={"sql": longest, "_shape": "arrayfirst"})
    assert answer.status_code == 200
