from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from build import build_example_db
from click.testing import CliRunner, Result
from sqlite_utils import Database

import pantau
from db.connect import open_read_only
from publish.export import FORMATS, Asked, ExportError, Format, export_files, print_rows, published_tables
from publish.theirs import original_cell

ROOT = Path(__file__).parent.parent
FORMULA = '=HYPERLINK("https://contoh.example","klik")'


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_example_db(tmp_path_factory.mktemp("contoh"))[1]


def rows_of(public: Path, table: str) -> list[dict[str, Any]]:
    with closing(open_read_only(public)) as db:
        keys = ", ".join(db.table(table).pks)
        return list(db.query(f"select * from {table} order by {keys}"))


def read_package(folder: Path) -> dict[str, Any]:
    package: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return package


def say(*words: str) -> Result:
    return CliRunner().invoke(pantau.main, words)


def truth(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bool(value) if name.startswith("is_") and value is not None else value for name, value in row.items()}


@pytest.mark.parametrize("table", ["articles", "events", "regencies", "digests", "officials"])
def test_every_form_says_what_the_table_says(public: Path, tmp_path: Path, table: str) -> None:
    wanted = [truth(row) for row in rows_of(public, table)]
    for form in FORMATS:
        assert list(export_files(public, Asked([table]), form, tmp_path).values()) == [len(wanted)]
    assert pq.read_table(tmp_path / f"{table}.parquet").to_pylist() == wanted
    lines = (tmp_path / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == wanted
    with (tmp_path / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    texts = {None: "", True: "true", False: "false"}
    assert written == [
        {name: texts[value] if value is None or isinstance(value, bool) else str(value) for name, value in row.items()}
        for row in wanted
    ]


def test_columns_have_their_types_and_what_they_mean(public: Path, tmp_path: Path) -> None:
    export_files(public, Asked(["articles"]), "parquet", tmp_path)
    schema = pq.read_schema(tmp_path / "articles.parquet")
    assert schema.field("is_relevant").type == pa.bool_()
    assert schema.field("relevance").type == pa.float64()
    assert schema.field("published_at").type == pa.string()
    assert schema.field("published_date").metadata[b"description"].startswith(b"Tanggal terbit")
    assert pq.read_table(tmp_path / "articles.parquet")["is_relevant"].null_count == 1


def test_a_headline_that_looks_like_a_formula_is_not_run_and_not_lost(public: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copyfile(public, tmp_path / "public.db"))
    with closing(Database(copy)) as db:
        db.execute("update articles set title = ? where rowid = 1", [FORMULA])
        db.conn.commit()
    export_files(copy, Asked(["articles"]), "csv", tmp_path)
    with (tmp_path / "articles.csv").open(encoding="utf-8", newline="") as file:
        titles = {row["title"] for row in csv.DictReader(file)}
    assert f"'{FORMULA}" in titles
    assert FORMULA in {original_cell(title) for title in titles}
    for form in ("jsonl", "parquet"):
        export_files(copy, Asked(["articles"]), form, tmp_path)
    written = (tmp_path / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    assert FORMULA in {json.loads(line)["title"] for line in written}
    assert FORMULA in pq.read_table(tmp_path / "articles.parquet")["title"].to_pylist()


def test_the_package_says_what_the_files_are(public: Path, tmp_path: Path) -> None:
    counts = export_files(public, Asked(), "csv", tmp_path)
    package = read_package(tmp_path)
    ((release,),) = [rows_of(public, "release")]
    assert (package["version"], package["release"]["hash"]) == (release["id"], release["hash"])
    assert package["created"] == release["made_at"]
    assert "Facts are free to use" in package["licenses"][0]["title"]
    with closing(open_read_only(public)) as db:
        tables = published_tables(db)
        shown = [name for name in db.table_names() if not name.startswith(("articles_fts", "search_fts", "sqlite_"))]
    assert tables == shown
    assert [resource["name"] for resource in package["resources"]] == tables
    assert sorted(path.name for path in counts) == sorted(path.name for path in tmp_path.glob("*.csv"))
    for described in package["resources"]:
        written = (tmp_path / described["path"]).read_bytes()
        assert described["bytes"] == len(written)
        assert described["hash"] == f"sha256:{hashlib.sha256(written).hexdigest()}"
        header = next(csv.reader([written.decode().partition("\n")[0]]))
        assert header == [field["name"] for field in described["schema"]["fields"]]
        assert all(" / " in field["description"] for field in described["schema"]["fields"])
        assert set(described["schema"]["primaryKey"]) <= set(header)
    reports = next(described for described in package["resources"] if described["name"] == "stage_reports")
    assert {
        "fields": ["article_id", "evidence_number"],
        "reference": {"resource": "evidence", "fields": ["article_id", "number"]},
    } in reports["schema"]["foreignKeys"]


def test_tables_exported_one_after_another_make_one_package(public: Path, tmp_path: Path) -> None:
    for tables in (["events"], ["stages", "regencies"], ["events"]):
        export_files(public, Asked(tables), "csv", tmp_path)
    package = read_package(tmp_path)
    assert sorted(resource["name"] for resource in package["resources"]) == ["events", "regencies", "stages"]
    (events,) = [resource for resource in package["resources"] if resource["name"] == "events"]
    led_to = {key["reference"]["resource"] for key in events["schema"]["foreignKeys"]}
    assert led_to == {"stages", "regencies"}, "articles and evidence are not in the package"


def test_a_package_of_another_release_is_replaced(public: Path, tmp_path: Path) -> None:
    export_files(public, Asked(["stages"]), "csv", tmp_path)
    package = read_package(tmp_path) | {"version": "000000000000"}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    export_files(public, Asked(["events"]), "csv", tmp_path)
    assert [resource["name"] for resource in read_package(tmp_path)["resources"]] == ["events"]


@pytest.mark.parametrize("form", FORMATS)
def test_the_answer_of_a_query_is_written_with_its_question(public: Path, tmp_path: Path, form: Format) -> None:
    asked = Asked(query="tahapan_daerah", parameters={"kode": "51.02"})
    (path, count), *_ = export_files(public, asked, form, tmp_path).items()
    assert (path.name, count) == (f"tahapan_daerah.{form}", 2)
    (described,) = read_package(tmp_path)["resources"]
    assert described["parameters"]["kode"] == "51.02"
    assert "where events.regency_code = coalesce(nullif(:kode, '')" in described["query"]
    types = {field["name"]: field["type"] for field in described["schema"]["fields"]}
    assert (types["outlets"], types["start_date"]) == ("integer", "string")


def test_an_answer_with_values_of_several_types_is_text(public: Path, tmp_path: Path, monkeypatch: Any) -> None:
    queries = tmp_path / "queries.yml"
    queries.write_text(
        "queries: {campur: {title: T, description: D, sql: 'select 1 as a, 1 as b, null as c"
        " union all select 2.5, 2.5, 3 union all select ''x'', 4, null'}}",
        encoding="utf-8",
    )
    monkeypatch.setattr("publish.export.QUERIES", queries)
    export_files(public, Asked(query="campur"), "parquet", tmp_path)
    assert pq.read_table(tmp_path / "campur.parquet").to_pylist() == [
        {"a": "1", "b": 1.0, "c": None},
        {"a": "2.5", "b": 2.5, "c": 3},
        {"a": "x", "b": 4.0, "c": None},
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(["peristiwa"]), r"no such table: peristiwa. There are provinces, regencies"),
        (Asked(["articles_fts"]), "no such table: articles_fts"),
        (Asked(query="tahapan"), "no such query: tahapan. There are .*tahapan_daerah"),
        (Asked(query="tahapan_daerah", parameters={"code": "1"}), "has no parameter code. It has kode"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(public: Path, tmp_path: Path, asked: Asked, said: str) -> None:
    with pytest.raises(ExportError, match=said):
        export_files(public, asked, "csv", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_rows_can_be_printed(public: Path) -> None:
    said = say("--data", str(public.parent), "export", "stages", "--format", "jsonl", "--to", "-")
    assert [json.loads(line)["code"] for line in said.stdout.splitlines()] == [
        row["code"] for row in rows_of(public, "stages")
    ]
    said = say("--data", str(public.parent), "export", "--query", "tahapan_daerah", "-p", "kode=51.02", "--to", "-")
    assert len(list(csv.DictReader(said.stdout.splitlines()))) == 2


def test_only_one_table_can_be_printed_and_no_parquet(public: Path) -> None:
    for asked, form in ((Asked(), "csv"), (Asked(["events"]), "parquet")):
        with pytest.raises(ExportError, match="need a folder"):
            print_rows(public, asked, form, sys.stdout)  # type: ignore[arg-type]


def test_exports_lie_in_a_folder_of_their_release(public: Path) -> None:
    said = say("--data", str(public.parent), "export", "stages")
    folder = public.parent / "exports" / rows_of(public, "release")[0]["id"] / "csv"
    assert said.stdout == f"15 rows: {folder / 'stages.csv'}\n"
    assert (folder / "datapackage.json").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "events", "--query", "tahapan_daerah"], "either tables or --query"),
        (["export", "-p", "kode=51.02"], "-p is for --query"),
        (["export", "--query", "tahapan_daerah", "-p", "51.02"], "one reads name=value"),
        (["export", "peristiwa"], "no such table"),
    ],
)
def test_a_wrong_word_is_told(public: Path, words: list[str], said: str) -> None:
    result = say("--data", str(public.parent), *words)
    assert result.exit_code in (1, 2)
    assert said in result.stderr


def test_without_a_public_database_it_says_what_makes_one(tmp_path: Path) -> None:
    for words in (["export"], ["cite"]):
        result = say("--data", str(tmp_path), *words)
        assert result.exit_code == 1
        assert "`pantau publish`" in result.stderr


EXPORT = (
    "import sys; from pathlib import Path; from publish.export import Asked, export_files; "
    "export_files(Path(sys.argv[1]), Asked(TABLES), sys.argv[2], Path(sys.argv[3]))"
)


@pytest.mark.parametrize("form", FORMATS)
def test_without_room_the_former_files_stay(public: Path, tmp_path: Path, form: Format) -> None:
    export_files(public, Asked(["stages", "regencies"]), form, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    limit = 20_000  # shorter than the regencies in each form
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
    code = limited + EXPORT.replace("TABLES", "['stages', 'regencies']")
    done = subprocess.run(
        [sys.executable, "-c", code, str(public), form, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("publish.disk.DiskFullError: ")
    assert "say `pantau export` again" in last
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_memory_does_not_grow_with_the_table(public: Path, tmp_path: Path) -> None:
    """Rows of Python of all that would take more than sixty megabytes."""
    big = Path(shutil.copyfile(public, tmp_path / "public.db"))
    with closing(Database(big)) as db:
        db.execute("pragma foreign_keys = off")
        db.execute(
            """
            with recursive counted(n) as (select 1 union all select n + 1 from counted where n < 150000)
            insert into urls (url, source, found_by, found_at, outcome, reason)
            select
                'https://contoh.example/' || n, 'warta_selatan', 'feed', '2024-11-20T03:00:00+00:00', 'pending', ''
            from counted
            """
        )
        db.conn.commit()
    measured = "; import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    peaks = []
    for table in ("stages", "urls"):
        code = EXPORT.replace("TABLES", f"['{table}']") + measured
        done = subprocess.run(
            [sys.executable, "-c", code, str(big), "jsonl", str(tmp_path)], cwd=ROOT, capture_output=True, text=True
        )
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] - peaks[0] < 35


def test_a_release_is_cited_by_its_hash(public: Path) -> None:
    release = rows_of(public, "release")[0]
    said = say("--data", str(public.parent), "cite", "--check")
    assert said.exit_code == 0
    assert f"Rilis {release['id']} (" in said.stdout
    assert f"@misc{{pantau-kota-cerdas-{release['id']}," in said.stdout
    assert "its content has this hash" in said.stdout


def test_a_file_that_was_changed_after_it_was_published_is_told(public: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copyfile(public, tmp_path / "kutipan.db"))
    with closing(Database(copy)) as db:
        db.execute("update events set start_date = '2024-12-24' where start_date = '2024-11-20'")
        db.conn.commit()
    assert say("cite", str(copy)).exit_code == 0, "not asked to check"
    said = say("cite", str(copy), "--check")
    assert said.exit_code == 1
    assert "changed after it was published" in said.stderr


def test_a_database_that_is_no_release_is_told(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "lain.db")) as db:
        db.execute("create table lain (id integer)")
    said = say("cite", str(tmp_path / "lain.db"))
    assert said.exit_code == 1
    assert "lain.db: no release" in said.stderr
