"""What webmasters read of us: /perayap, and how we visit each site on /media/<name>."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from build import build_example_db
from sitepages import change, open_site, prose

from db.connect import open_db
from publish.bake import bake

EXCEPTED = """
update source_visits
set
    exception_paths = '["/siaran/"]',
    exception_reason = 'Diminta humas <b>kabupaten</b>.',
    exception_agreed_with = 'Diskominfo',
    exception_since = '2024-10-01',
    excepted_28 = 7
where source = 'kabar_lumbung'
"""


def test_the_page_for_webmasters_says_who_asks_and_how_to_steer_us(
    example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_CONTACT", "redaksi@pantau.example")
    monkeypatch.setenv("PANTAU_SITE", "https://pantau.example/")
    page = prose(open_site(example)("/perayap"))
    assert "PantauKotaCerdas/0.1 (+https://pantau.example/perayap; contact redaksi@pantau.example)" in page
    assert "User-agent: PantauKotaCerdas Disallow: /" in page
    assert "Tidak ada: robots.txt semua situs dipatuhi sepenuhnya." in page
    english = prose(open_site(example)("/perayap?lang=en"))
    assert "None: robots.txt is obeyed in full at every site." in english
    assert "redaksi@pantau.example" in english


def test_a_site_whose_operator_gave_no_contact_says_so(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PANTAU_CONTACT", raising=False)
    assert "belum disebutkan oleh yang menjalankan situs ini" in prose(open_site(example)("/perayap"))


def test_the_page_of_a_source_tells_how_it_was_visited(example: Path) -> None:
    site = open_site(example)
    page = prose(site("/media/kabar_lumbung"))
    assert "Permintaan pada 22 Nov 2024 (UTC)9 permintaan" in page
    assert "Tujuh hari sampai hari itu63 permintaan" in page
    assert "terbaca dan dipatuhi (23 Nov 2024)" in page
    assert "Pengecualian dari robots.txttidak ada" in page
    slow = prose(site("/media/lensa_teluk"))
    assert "Jeda antara dua permintaan10 detik diminta robots.txt" in slow
    assert "tidak dapat kami buka, jadi kami tidak masuk" in prose(site("/media/suara_mentaya"))


def test_an_exception_is_shown_with_its_reason_consent_and_use(example: Path, tmp_path: Path) -> None:
    site = change(example, tmp_path, EXCEPTED)
    for path in ("/perayap", "/media/kabar_lumbung"):
        page = prose(site(path))
        assert "/siaran/" in page
        assert "Diminta humas <b>kabupaten</b>. Disetujui Diskominfo, sejak 1 Okt 2024." in page
        assert "7 permintaan dalam 28 hari memakainya." in page


def test_a_source_that_was_never_asked_has_no_figures(tmp_path: Path) -> None:
    private, _ = build_example_db(tmp_path)
    db = open_db(private)
    for table in ("requests", "hosts"):
        db.execute(f"delete from {table}")
    db.conn.commit()
    db.close()
    bake(private, tmp_path / "empty.db")
    with closing(sqlite3.connect(tmp_path / "empty.db")) as public:
        assert public.execute("select count(*) from source_visits").fetchone() == (0,)
    site = open_site(tmp_path / "empty.db")
    assert "belum diketahui: belum dikunjungi" in prose(site("/media/kabar_lumbung"))
    assert site("/perayap").status_code == 200
