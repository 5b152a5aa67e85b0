"""Local files become pages, and a bad one is told while the others go on."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.ingest import LOCAL_SOURCE, read_pages
from crawler.items import Page
from crawler.parse import parse_article

TEXT = "Pemkab Ende Ikuti Bimtek\nPemerintah Kabupaten Ende mengikuti bimtek tahap I Kota Cerdas."
HTML = "<html><body><h1>Ende Ikuti Bimtek</h1><p>Pemerintah Kabupaten Ende mengikuti bimtek.</p></body></html>"


def read(path: Path) -> tuple[list[Page], list[str]]:
    errors: list[str] = []
    return list(read_pages(path, errors.append)), errors


def test_a_text_file_is_a_page_that_parses(tmp_path: Path) -> None:
    (tmp_path / "ende.txt").write_text(TEXT)
    [page], errors = read(tmp_path / "ende.txt")
    assert not errors
    assert (page.source, page.status, page.headers) == ("ingest", 200, {"content-type": "text/plain"})
    assert page.fetched_at.tzinfo is UTC
    assert parse_article(page, LOCAL_SOURCE).title == "Pemkab Ende Ikuti Bimtek"


def test_the_same_file_elsewhere_is_the_same_page_and_another_text_is_not(tmp_path: Path) -> None:
    for folder, text in (("a", TEXT), ("b", TEXT), ("c", TEXT + " Lagi.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "ende bimtek.txt").write_text(text)
    first, second, third = (page.url for page in read(tmp_path)[0])
    assert first == second != third
    assert first.startswith("file:ende%20bimtek.txt#")
    assert str(tmp_path) not in first


def test_a_folder_is_read_by_name_with_its_folders(tmp_path: Path) -> None:
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / "c.htm").write_text(HTML)
    (tmp_path / "b.txt").write_text(TEXT)
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(HTML.encode()))
    (tmp_path / ".hidden.txt").write_text(TEXT)
    pages, errors = read(tmp_path)
    assert [page.url.partition("#")[0] for page in pages] == ["file:a.html", "file:b.txt", "file:c.htm"]
    assert pages[0].body == HTML.encode()
    assert not errors


def test_a_line_of_json_is_a_page_and_a_bad_one_is_told_with_its_number(tmp_path: Path) -> None:
    lines = [
        '{"id": "ende-1", "url": "https://a.example/1", "published": "2023-06-14", "title": "T", "text": "Isi satu."}',
        "{rusak",
        "",
        '["bukan objek"]',
        '{"text": ""}',
        '{"title": 3, "text": "Isi."}',
        '{"id": "ende-2", "text": "Isi dua."}',
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    pages, errors = read(tmp_path / "a.jsonl")
    assert [page.hints["id"] for page in pages] == ["ende-1", "ende-2"]
    assert pages[0].url == "https://a.example/1"
    assert pages[1].url.startswith("file:ende-2#")
    assert str(parse_article(pages[0], LOCAL_SOURCE).published_at) == "2023-06-14 00:00:00+07:00"
    assert [error.partition("line ")[2].partition(":")[0] for error in errors] == ["2", "4", "5", "6"]


def write_warc(path: Path, responses: list[tuple[str, str, str]]) -> None:
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=path.suffix == ".gz")
        for url, status, kind in responses:
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            dated = {"WARC-Date": "2024-05-06T07:08:09Z"}
            body = HTML.encode()
            record = writer.create_warc_record(
                url, "response", io.BytesIO(body), len(body), http_headers=headers, warc_headers_dict=dated
            )
            writer.write_record(record)


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_the_html_responses_of_a_web_archive_are_pages(tmp_path: Path, name: str) -> None:
    write_warc(
        tmp_path / name,
        [
            ("https://a.example/1", "200 OK", "text/html; charset=utf-8"),
            ("https://a.example/foto.png", "200 OK", "image/png"),
            ("https://a.example/hilang", "404 Not Found", "text/html"),
            ("https://a.example/2", "200 OK", "text/html"),
        ],
    )
    pages, errors = read(tmp_path / name)
    assert [page.url for page in pages] == ["https://a.example/1", "https://a.example/2"]
    assert pages[0].fetched_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert pages[0].body == HTML.encode()
    assert pages[0].headers == {"content-type": "text/html; charset=utf-8"}
    assert not errors


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("a.docx", b"PK\x03\x04", "not read: .docx"),
        ("tanpa", b"x", "no suffix"),
        ("a.txt", b"", "an empty file"),
        ("a.txt", b"\x00\x01\x02\x00", "binary"),
        ("a.html.gz", b"no gzip", "cannot be read"),
        ("a.warc", b"no archive", "web archive"),
        ("a.warc.gz", b"no archive", "web archive"),
    ],
)
def test_a_bad_file_is_told_and_the_others_go_on(tmp_path: Path, name: str, body: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(body)
    (tmp_path / "z.txt").write_text(TEXT)
    pages, errors = read(tmp_path)
    assert [page.url.partition("#")[0] for page in pages] == ["file:z.txt"]
    assert len(errors) == 1
    assert str(tmp_path / name) in errors[0]
    assert says in errors[0]


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    pages, [error] = read(tmp_path / "tidak-ada")
    assert not pages
    assert error.endswith("no such file or folder")
