"""What lies in the parts of a backfill, and that all of it comes back."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from build import STORIES, build_extraction, build_story_article
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import Article
from crawler.sampleweb.samples import load_samples
from nlp import parts
from nlp.extraction import Extraction
from nlp.parts import KeptPage, PartError, Read, part_files, read_parts, write_part
from nlp.pipeline import extract_articles

WITA = timezone(timedelta(hours=8))
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    datetime: st.datetimes(timezones=st.sampled_from([UTC, WITA, timezone(timedelta(hours=-3, minutes=-30))])),
}


def any_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return st.builds(hint, **{one.name: any_of(hints[one.name]) for one in fields(hint)})
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(any_of, arguments))
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(any_of(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(any_of, arguments))
    if origin is dict:
        return st.dictionaries(*map(any_of, arguments), max_size=3)
    return st.none() if hint is types.NoneType else PLAIN[hint]


def build_read(article: Article, extraction: Extraction, number: int = 0) -> Read:
    page = KeptPage(
        url=article.url,
        source=article.source,
        fetched_at=datetime(2025, 11, 20, 3, tzinfo=UTC),
        status=200,
        digest=f"{number:064x}",
        archive_file="CC-NEWS-20251120030000-00001.warc.gz",
        archive_offset=number * 10_000,
        headers={"content-type": "text/html", "etag": '"a1"'},
        hints={"title": "Judul dari umpan"},
    )
    return Read(page, "0123456789ab", article, extraction)


@pytest.fixture(scope="module")
def stories() -> list[Read]:
    return [
        build_read(build_story_article(story), build_extraction(story), number) for number, story in enumerate(STORIES)
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(any_of(Read), max_size=3))
def test_every_field_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, rows: list[Read]) -> None:
    path = tmp_path_factory.mktemp("part") / "part-0.parquet"
    assert write_part(path, rows) == len(rows)
    found = list(read_parts(path))
    assert found == rows
    # Instants are equal also where they are told in other zones.
    assert [str(row.article.published_at) for row in found] == [str(row.article.published_at) for row in rows]


def test_what_is_read_out_of_the_sample_articles_comes_back(tmp_path: Path) -> None:
    articles = [
        Article(
            url=f"https://contoh.example/{sample.slug}", canonical_url=f"https://contoh.example/{sample.slug}",
            source="warta_muara", title=sample.title, authors=("Redaksi",), published_at=sample.published,
            published_by="jsonld", date_reason=None, text=sample.text,
        )
        for site in ("kabarnusa", "portal", "serumpun")
        for sample in load_samples(site)
    ]  # fmt: skip
    rows = list(map(build_read, articles, extract_articles(articles)))
    assert sum(len(row.extraction.events) for row in rows) > 20
    write_part(tmp_path / "part-0.parquet", rows)
    assert list(read_parts(tmp_path)) == rows


def test_equal_rows_are_equal_bytes(tmp_path: Path, stories: list[Read]) -> None:
    turned = [replace(row, page=replace(row.page, headers=dict(reversed(row.page.headers.items())))) for row in stories]
    write_part(tmp_path / "a.parquet", stories)
    write_part(tmp_path / "b.parquet", turned)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_rows_are_held_a_block_at_a_time(tmp_path: Path, stories: list[Read], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "BLOCK", 2)
    write_part(tmp_path / "a.parquet", stories[:5])
    assert pq.ParquetFile(tmp_path / "a.parquet").metadata.num_row_groups == 3
    assert list(read_parts(tmp_path / "a.parquet")) == stories[:5]


def test_the_parts_of_a_folder_come_by_their_names(tmp_path: Path, stories: list[Read]) -> None:
    write_part(tmp_path / "part-b.parquet", stories[2:])
    write_part(tmp_path / "part-a.parquet", stories[:2])
    (tmp_path / "manifest.json").write_text("{}")
    assert list(read_parts(tmp_path)) == stories
    assert part_files(tmp_path / "part-b.parquet") == [tmp_path / "part-b.parquet"]


def test_other_programs_read_the_columns_as_our_types_are_nested(tmp_path: Path, stories: list[Read]) -> None:
    write_part(tmp_path / "a.parquet", stories)
    [row, *_] = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert row["article"]["title"] == stories[0].article.title
    assert [event["stage"] for event in row["extraction"]["events"]] == [
        event.stage for event in stories[0].extraction.events
    ]


def test_a_part_without_rows_is_a_part(tmp_path: Path) -> None:
    assert write_part(tmp_path / "a.parquet", []) == 0
    assert list(read_parts(tmp_path)) == []


def test_what_breaks_off_in_writing_leaves_the_former_part(tmp_path: Path, stories: list[Read]) -> None:
    path = tmp_path / "a.parquet"
    write_part(path, stories)

    def breaking() -> Iterator[Read]:
        yield stories[0]
        raise RuntimeError("a worker that dies")

    with pytest.raises(RuntimeError):
        write_part(path, breaking())
    assert list(tmp_path.iterdir()) == [path]
    assert list(read_parts(path)) == stories


def test_an_instant_without_an_offset_is_refused(tmp_path: Path, stories: list[Read]) -> None:
    page = replace(stories[0].page, fetched_at=datetime(2025, 11, 20, 3))  # noqa: DTZ001
    with pytest.raises(ValueError, match="without an offset"):
        write_part(tmp_path / "a.parquet", [replace(stories[0], page=page)])
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_part_is_told(tmp_path: Path, stories: list[Read]) -> None:
    path = tmp_path / "a.parquet"
    path.write_text("url,judul\n")
    with pytest.raises(PartError, match=r"a\.parquet: no part of a backfill"):
        list(read_parts(path))
    pq.write_table(pa.table({"url": ["https://contoh.example/1"]}), path)
    with pytest.raises(PartError, match="another version"):
        list(read_parts(path))
    write_part(path, stories)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(PartError, match="not a whole one"):
        list(read_parts(path))


def test_a_part_with_a_wrong_byte_is_told(tmp_path: Path, stories: list[Read]) -> None:
    path = tmp_path / "a.parquet"
    write_part(path, stories)
    written = bytearray(path.read_bytes())
    columns = pq.ParquetFile(path).metadata.row_group(0).to_dict()["columns"]
    [text] = [column for column in columns if column["path_in_schema"] == "article.text"]
    written[text["data_page_offset"] + text["total_compressed_size"] // 2] ^= 255
    path.write_bytes(written)
    with pytest.raises(PartError):
        list(read_parts(path))


def test_a_folder_without_parts_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \*\.parquet files"):
        list(read_parts(tmp_path))
