"""The outbox: letters as files, and the page that lists them."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import pytest
from duemail import DAY, ISSUE, NOW, SITE, add_letter, add_reader, add_readers, read, send, states
from lxml import html
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from publish.mail.outbox import write_index
from publish.mail.sending import Report
from publish.mail.settings import load_settings


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(open_mail_db(tmp_path / "mail.db")) as db:
        db.execute("pragma synchronous = off")
        yield db


def send_to_outbox(db: Database, tmp_path: Path, days: int = 0) -> Report:
    return send(db, load_settings(tmp_path / "mail.yml", SITE, {}), tmp_path, NOW + days * DAY)


def letters(tmp_path: Path) -> dict[str, str]:
    """Reader by file."""
    return {
        str(path.relative_to(tmp_path / "outbox")): email.message_from_bytes(
            path.read_bytes(), policy=email.policy.default
        )["To"]
        for path in (tmp_path / "outbox").rglob("*.eml")
    }


def links(page: Path) -> list[str]:
    return [unquote(href) for href in html.fromstring(page.read_text(encoding="utf-8")).xpath("//a/@href")]


def test_each_letter_is_a_file_and_the_ledger_says_where(db: Database, tmp_path: Path) -> None:
    addresses = add_readers(db, 3)
    report = send_to_outbox(db, tmp_path)
    assert (report.sent, report.exit_status, states(db)) == (3, 0, ["sent"] * 3)
    assert sorted(letters(tmp_path).values()) == addresses
    assert letters(tmp_path)[str(read(db, 2).answer)] == addresses[1]
    assert read(db, 2).code is None


def test_no_address_stands_in_a_name_of_a_file_and_nobody_else_reads_one(db: Database, tmp_path: Path) -> None:
    add_readers(db, 1)
    send_to_outbox(db, tmp_path)
    (name,) = letters(tmp_path)
    assert re.fullmatch(r"2026-W47/2026-W47\.1\.[a-z2-7]{20}\.eml", name)
    for path in (tmp_path / "outbox").rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o777 == 0o600, path


def test_a_run_that_was_killed_leaves_the_same_files_as_one_that_was_not(db: Database, tmp_path: Path) -> None:
    add_readers(db, 2)
    send_to_outbox(db, tmp_path)
    files = {path: path.read_bytes() for path in (tmp_path / "outbox").rglob("*.eml")}
    # As it is when a run is killed before it told the ledger.
    db.execute("update deliveries set state = 'handing'")
    report = send_to_outbox(db, tmp_path, days=1)
    assert (report.sent, report.repeated) == (2, 2)
    assert {path: path.read_bytes() for path in (tmp_path / "outbox").rglob("*.eml")} == files


def test_the_page_lists_every_issue_and_links_to_its_letters(db: Database, tmp_path: Path) -> None:
    add_readers(db, 2)
    letter = add_letter(db, "2026-W48", subject="Pantau 3–9 Mei: <b>tebal</b>")
    add_reader(db, "made@tabanan.example", letter, "2026-W48", name="Made <script>")
    send_to_outbox(db, tmp_path)
    outbox = tmp_path / "outbox"
    (outbox / "2026-W40.eml").write_bytes(b"Subject: Surat nasional minggu 40\r\n\r\nisi")
    (outbox / "2026-W40.html").write_text("isi")
    write_index(outbox)
    page = html.fromstring((outbox / "index.html").read_text(encoding="utf-8"))
    assert [heading.text_content() for heading in page.iter("h2")] == [
        "Surat mingguan 2026-W48",
        "Surat mingguan 2026-W47",
        "Surat nasional",
    ]
    text = page.text_content()
    for said in ("Pantau 3–9 Mei: <b>tebal</b>", "Made <script> · made@tabanan.example", "2 surat", "minggu 40"):
        assert said in text
    copies = [link for link in links(outbox / "index.html") if link.startswith(f"{SITE}/surat/saya/")]
    assert len(copies) == 3
    for link in set(links(outbox / "index.html")) - set(copies):
        assert (outbox / link).is_file(), link
    assert set(letters(tmp_path)) <= set(links(outbox / "index.html"))
    assert "2026-W40.html" in links(outbox / "index.html")


def test_an_issue_of_many_letters_has_a_page_of_its_own(db: Database, tmp_path: Path) -> None:
    add_readers(db, 25)
    send_to_outbox(db, tmp_path)
    outbox = tmp_path / "outbox"
    assert len([link for link in links(outbox / "index.html") if link.endswith(".eml")]) == 20
    assert f"{ISSUE}/index.html" in links(outbox / "index.html")
    all_of_them = [link for link in links(outbox / ISSUE / "index.html") if link.endswith(".eml")]
    assert len(all_of_them) == 25
    for link in links(outbox / ISSUE / "index.html"):
        if not link.startswith(SITE):
            assert (outbox / ISSUE / link).is_file(), link


def test_an_outbox_without_letters_says_what_would_write_one(tmp_path: Path) -> None:
    (tmp_path / "outbox").mkdir()
    write_index(tmp_path / "outbox")
    assert "Belum ada surat" in (tmp_path / "outbox" / "index.html").read_text(encoding="utf-8")


def test_a_file_that_somebody_put_there_does_not_stop_the_page(db: Database, tmp_path: Path) -> None:
    (tmp_path / "outbox" / "2026-W47").mkdir(parents=True)
    (tmp_path / "outbox" / "2026-W47" / "lain.eml").write_bytes(b"\xff\xfe\x00tidak terbaca")
    (tmp_path / "outbox" / "catatan.txt").write_text("catatan")
    add_readers(db, 1)
    assert send_to_outbox(db, tmp_path).sent == 1
    assert "(tanpa judul)" in (tmp_path / "outbox" / "index.html").read_text(encoding="utf-8")


def test_an_outbox_that_cannot_be_written_to_leaves_the_letters_due(db: Database, tmp_path: Path) -> None:
    add_readers(db, 2)
    (tmp_path / "outbox").write_text("bukan folder")
    report = send_to_outbox(db, tmp_path)
    assert report.problem == f"{tmp_path / 'outbox'}: cannot be written to (Not a directory)"
    assert (report.exit_status, states(db)) == (1, ["due"] * 2)
    (tmp_path / "outbox").unlink()
    assert send_to_outbox(db, tmp_path).sent == 2
