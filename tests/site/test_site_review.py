"""Signing in, the review desk and its history, asked in process as a browser without script would."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from reviewdesk import PASSWORD, RAHMI, SARI, Person, open_desk
from test_corrections import PALU, save

import pantau
from db.connect import open_db
from db.reviewing.facts import read_facts
from db.reviewing.history import read_decisions
from db.reviewing.queue import KINDS, review_items
from publish.bake import bake
from publish.site import writing
from publish.site.reviewing import accounts as reviewing_accounts
from publish.site.reviewing import queue as reviewing_queue
from publish.site.reviewing.accounts import TRIES, remove_account


def waiting(folder: Path, kind: str | None = None) -> list[str]:
    db = open_db(folder / "pantau.db")
    try:
        return [item.id for item in review_items(db, kind)]
    finally:
        db.close()


def an_event(folder: Path, path: str = "/basel/empat") -> str:
    """The id of a sure event of an article."""
    db = open_db(folder / "pantau.db")
    try:
        (article,) = db.execute("select id from articles where url like ?", [f"%{path}"]).fetchone()
        return next(one.id for one in read_facts(db, article) if one.kind == "event")
    finally:
        db.close()


# Who may


@pytest.mark.parametrize("path", ["/tinjauan", "/tinjauan/riwayat", "/tinjauan/butir/x", "/masuk", "/keluar"])
@pytest.mark.parametrize("lacks", ["data", "accounts", "database", "readable accounts"])
def test_a_site_without_reviewers_is_for_reading_only(
    folder: Path, person: Person, monkeypatch: pytest.MonkeyPatch, lacks: str, path: str
) -> None:
    if lacks == "data":
        monkeypatch.delenv("PANTAU_DATA")
    elif lacks == "accounts":
        (folder / "reviewers.yml").unlink()
    elif lacks == "database":
        (folder / "pantau.db").unlink()
    else:
        (folder / "reviewers.yml").write_text("- Rahmi Sari")
    assert person.open(path).status_code == 404
    assert "hanya untuk dibaca" in person.text("#isi")
    assert not person.has(".foot a[href*='/masuk']")


def test_who_is_not_signed_in_is_asked_and_led_to_where_they_wanted(folder: Path, person: Person) -> None:
    item = waiting(folder, "official")[0]
    person.open(f"/tinjauan/butir/{item}?jenis=official")
    assert person.at.startswith("/masuk?ke=")
    assert person.send("form.sign-in", nama=RAHMI, sandi=PASSWORD).status_code == 200
    assert person.at == f"/tinjauan/butir/{item}?jenis=official"
    assert RAHMI in person.text(".desk-nav")


@pytest.mark.parametrize(
    "where", ["https://lain.example/", "//lain.example", "/\\lain.example", "/tinjauan\r\nset-cookie: a=b", "/tentang"]
)
def test_signing_in_leads_to_no_other_place_than_the_desk(person: Person, where: str) -> None:
    person.open("/masuk")
    person.send("form.sign-in", nama=RAHMI, sandi=PASSWORD, ke=where)
    assert person.at == "/tinjauan"


@pytest.mark.parametrize(
    ("name", "password"), [(RAHMI, "keliru sekali"), ("Tak Ada", PASSWORD), ("", ""), (RAHMI, "x" * 9000)]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(person: Person, name: str, password: str) -> None:
    assert person.sign_in(name, password).status_code == 403
    assert "Nama atau kata sandinya keliru" in person.text("[role=alert]")
    assert "ds_actor" not in person.cookies
    assert "sandi" not in (person.page.cssselect("#sandi")[0].get("value") or "")


def test_case_and_spaces_of_a_name_do_not_matter(person: Person) -> None:
    person.sign_in("  rahmi   SARI ")
    assert RAHMI in person.text(".desk-nav")


def test_tries_that_fail_are_limited_and_another_name_is_not(person: Person) -> None:
    statuses = [person.sign_in(RAHMI, "keliru sekali").status_code for _ in range(TRIES.most + 1)]
    assert statuses == [403] * TRIES.most + [429]
    answer = person.sign_in(RAHMI.upper(), PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Terlalu banyak percobaan" in person.text("[role=alert]")
    assert person.sign_in(SARI).status_code == 200


def test_a_right_try_lets_the_failed_ones_be_forgotten(person: Person) -> None:
    for _ in range(TRIES.most - 1):
        person.sign_in(RAHMI, "keliru sekali")
    assert person.sign_in().status_code == 200
    person.cookies.clear()
    assert person.sign_in(RAHMI, "keliru sekali").status_code == 403
    assert person.sign_in().status_code == 200


def test_a_session_ends_by_itself_and_is_no_script_s_business(person: Person) -> None:
    person.open("/masuk")
    token = person.page.cssselect("[name=csrftoken]")[0].get("value")
    answer = person.post("/masuk", {"csrftoken": token, "nama": RAHMI, "sandi": PASSWORD}, follow=False)
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("ds_actor=")]
    assert answer.status_code == 303
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert re.search(r"max-age=43200", cookie.lower())
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("what", ["removed", "new password", "forged", "of another secret"])
def test_a_session_that_does_not_hold_any_more_is_none(folder: Path, rahmi: Person, what: str) -> None:
    accounts = folder / "reviewers.yml"
    if what == "removed":
        remove_account(accounts, RAHMI)
    elif what == "new password":
        reviewing_accounts.add_account(accounts, RAHMI, "kata sandi yang baru")
    elif what == "forged":
        rahmi.cookies["ds_actor"] = rahmi.cookies["ds_actor"][:-3] + "abc"
    else:
        rahmi.cookies["ds_actor"] = Datasette(secret="lain").sign({"a": {"id": RAHMI}}, "actor")
    rahmi.open("/tinjauan")
    assert rahmi.at.startswith("/masuk")


def test_who_signs_out_is_out(person: Person) -> None:
    rahmi = person
    rahmi.sign_in()
    rahmi.open("/keluar")
    assert rahmi.text("form[action='/keluar'] button") == "Keluar"
    rahmi.send("form[action='/keluar']")
    assert rahmi.text("[role=status]") == "Anda sudah keluar."
    rahmi.open("/tinjauan")
    assert rahmi.at == "/masuk"


@pytest.mark.parametrize("path", ["/", "/tinjauan", "/tinjauan/riwayat", "/tentang", "/daerah/19.03", "/tak-ada"])
def test_what_a_reviewer_sees_is_kept_by_no_cache(rahmi: Person, path: str) -> None:
    assert rahmi.open(path).headers["cache-control"] == "private, no-store"
    assert rahmi.text(".foot a[href='/tinjauan']") == "Tinjauan", "from every page to the desk"


@pytest.mark.parametrize(("path", "to"), [("/-/login", "/masuk"), ("/-/logout", "/masuk")])
def test_the_other_ways_in_lead_to_ours(person: Person, path: str, to: str) -> None:
    person.open(path)
    assert person.at == to


def test_nobody_has_the_site_reckon_hashes_for_them(person: Person) -> None:
    assert person.open("/-/password-tool").status_code == 404
    assert person.post("/-/password-tool", {"password": "x"}).status_code == 405


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"csrftoken": ""}, 403),
        ({"csrftoken": "palsu"}, 403),
        ({"csrftoken": "pälsü"}, 403),
        ({"alasan": "x" * 70_000}, 413),
        ({"alasan": "a\0b"}, 400),
        ({"tekan": "hapus"}, 400),
        ({"tekan": ""}, 400),
        ({"tekan": "same"}, 400),
        ({"tekan": "correct"}, 400),
    ],
)
def test_a_form_that_is_not_ours_or_cannot_be_read_changes_nothing(
    folder: Path, rahmi: Person, ask: Any, change: dict[str, str], status: int
) -> None:
    before = ask("select count(*) from corrections")
    item = waiting(folder, "official")[0]
    rahmi.open(f"/tinjauan/butir/{item}")
    token = rahmi.page.cssselect("[name=csrftoken]")[0].get("value")
    answer = rahmi.post(f"/tinjauan/butir/{item}", {"csrftoken": token, "tekan": "accept"} | change)
    assert answer.status_code == status
    assert rahmi.text("h1")
    assert ask("select count(*) from corrections") == before


def test_a_form_in_bytes_that_are_no_text_is_refused(folder: Path, rahmi: Person) -> None:
    item = waiting(folder, "official")[0]
    answer = rahmi._ask("POST", f"/tinjauan/butir/{item}", content=b"tekan=\xff\xfe&csrftoken=%ff")
    assert answer.status_code in (400, 403)
    assert rahmi.text("h1") == "Formulir tidak dapat diterima"


def test_a_form_sent_from_elsewhere_signs_nobody_in(person: Person) -> None:
    assert person.post("/masuk", {"nama": RAHMI, "sandi": PASSWORD}).status_code == 403
    assert "ds_actor" not in person.cookies


def test_a_decision_without_a_session_is_not_taken(folder: Path, person: Person, ask: Any) -> None:
    before = ask("select count(*) from corrections")
    assert person.post(f"/tinjauan/butir/{waiting(folder)[0]}", {"tekan": "accept"}).status_code == 403
    assert "Anda sudah tidak masuk" in person.text("h1")
    assert ask("select count(*) from corrections") == before


# The desk


@pytest.mark.parametrize("kind", [*KINDS, "office", "person"])
def test_every_kind_of_item_is_told_in_words_and_settled_with_its_first_button(
    folder: Path, rahmi: Person, ask: Any, kind: str
) -> None:
    before = ask("select (select count(*) from corrections) + (select count(*) from review_marks)")[0][0]
    persons = ask("select count(*) from person_decisions")[0][0]
    assert rahmi.open(f"/tinjauan?jenis={kind}").status_code == 200
    count = int(rahmi.text(".desk-count b:last-child"))
    assert rahmi.text(".why .tag") == rahmi.text(f"option[value='{kind}']").rpartition(" (")[0]
    assert len(rahmi.text("#judul")) > 5
    assert not re.search(r"\b(None|null|True|False|[a-z]+_[a-z]+)\b", rahmi.text(".item"))
    press = rahmi.page.cssselect("form.decide button[value]")[0].get("value")
    assert rahmi.send("form.decide", press=press).status_code == 200
    assert rahmi.text("[role=status]")
    assert int(rahmi.text(".desk-count b:last-child")) in (count - 1, *range(count))
    after = ask("select (select count(*) from corrections) + (select count(*) from review_marks)")[0][0]
    assert (after - before) + (ask("select count(*) from person_decisions")[0][0] - persons) == 1


@pytest.mark.parametrize("kind", [*KINDS, "office", "person"])
def test_every_kind_of_item_speaks_english_too(rahmi: Person, kind: str) -> None:
    rahmi.open(f"/tinjauan?jenis={kind}&lang=en")
    assert rahmi.text("h1") == "Review"
    assert rahmi.page.get("lang") == "en"
    skip = rahmi.page.cssselect("form.decide button[value=skip]")[0]
    assert skip.text_content().startswith("Skip")
    rahmi.send("form.decide", press="skip")
    assert "lang=en" in rahmi.at
    assert rahmi.text("[role=status]").startswith("Skipped")


def test_the_desk_begins_with_what_is_wrong_for_readers_and_goes_through_all_that_waits(
    folder: Path, rahmi: Person
) -> None:
    rahmi.open("/tinjauan")
    assert rahmi.text(".why .tag") == "koreksi gugur"
    total = int(rahmi.text(".desk-count b:last-child"))
    for number in range(total + 1):
        if not rahmi.has("form.decide"):
            break
        assert rahmi.send("form.decide", press="skip").status_code == 200, number
    assert number == total
    assert "Tidak ada yang menunggu" in rahmi.text("#butir")
    assert waiting(folder) == []


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("provinsi=19", {"orphan", "stale", "reset", "hint"}),
        ("daerah=13.02", {"office"}),
        ("tahap=bimtek-3", {"order"}),
        ("jenis=quote", {"quote"}),
        ("provinsi=99", set()),
        ("tahap=%00&daerah=' or 1=1", set()),
        ("jenis=" + "x" * 10_000, set()),
    ],
)
def test_the_queue_is_filtered_and_counted(rahmi: Person, query: str, kinds: set[str]) -> None:
    answer = rahmi.open(f"/tinjauan?{query}")
    assert answer.status_code == 200
    told = {option.get("value"): option.text for option in rahmi.page.cssselect("select[name=jenis] option")}
    assert {kind for kind, text in told.items() if kind and "(0)" not in text} >= kinds
    if not kinds:
        assert "di dalam saringan ini" in rahmi.text("#butir")
        rahmi.open(rahmi.page.cssselect("#butir a")[0].get("href"))
        assert rahmi.has("form.decide")


def test_a_filter_stays_from_item_to_item(folder: Path, rahmi: Person) -> None:
    rahmi.open("/tinjauan?jenis=official")
    first, second = waiting(folder, "official")[:2]
    rahmi.send("form.decide", press="accept")
    assert rahmi.at.startswith(f"/tinjauan/butir/{second}?")
    assert "jenis=official" in rahmi.at
    assert first not in waiting(folder)


def test_a_sentence_is_shown_with_its_neighbours_and_its_mentions(folder: Path, rahmi: Person) -> None:
    rahmi.open(f"/tinjauan/butir/{an_event(folder)}")
    assert rahmi.has(".passage .proving mark.m-regency")
    assert rahmi.has(".passage .around")
    assert "Evaluasi tahap II" in rahmi.text("#judul")
    assert "3 November 2023" in rahmi.text("#judul")


def test_an_accepted_fact_can_be_undone_and_waits_again(folder: Path, rahmi: Person, ask: Any) -> None:
    item = waiting(folder, "official")[0]
    rahmi.open(f"/tinjauan/butir/{item}")
    rahmi.send("form.decide", press="accept")
    assert ask("select decision, decided_by, reason from corrections order by id desc limit 1") == [
        ("accept", RAHMI, "dibaca bersama kalimatnya: benar")
    ]
    assert item not in waiting(folder)
    rahmi.send("form.undo")
    assert item in waiting(folder)
    assert rahmi.at.startswith(f"/tinjauan/butir/{item}?")
    assert rahmi.text("[role=status]").startswith("Diurungkan.")


def test_a_reason_that_is_written_is_kept(folder: Path, rahmi: Person, ask: Any) -> None:
    rahmi.open(f"/tinjauan/butir/{waiting(folder, 'official')[0]}")
    assert rahmi.page.cssselect("#alasan")[0].get("form") == rahmi.page.cssselect("form.decide")[0].get("id")
    rahmi.send("form.decide", press="reject", alasan="<b>nama panggilan</b>")
    assert ask("select reason from corrections order by id desc limit 1") == [("<b>nama panggilan</b>",)]
    answer = rahmi.open("/tinjauan/riwayat")
    assert "&lt;b&gt;nama panggilan" in answer.text


def test_a_correction_is_taken_as_the_command_takes_it_and_shows_after_the_next_publication(
    folder: Path, rahmi: Person, ask: Any, tmp_path: Path
) -> None:
    item = an_event(folder)
    article = item.partition("-")[0]
    rahmi.open(f"/tinjauan/butir/{item}?koreksi=1")
    rahmi.send("form.correct", press="correct", f_start_date="2023-11-07", f_venue="Aula Bappeda", alasan="panitia")
    decision, by, corrected = ask("select decision, decided_by, corrected from corrections order by id desc limit 1")[0]
    assert (decision, by) == ("correct", RAHMI)
    assert '"start_date": "2023-11-07"' in corrected
    assert '"end_date": "2023-11-07"' in corrected, "an end on the same day moves with it"
    assert "regency_code" not in corrected, "what was not changed is not corrected"
    assert "menunggu terbit" in rahmi.text(".desk-status")
    assert "7 November 2023" not in rahmi.open(f"/artikel/{article}").text
    rahmi.open("/tinjauan/riwayat")
    assert "menunggu terbit" in rahmi.text(".history li")
    bake(folder / "pantau.db", tmp_path / "public.db")
    reader = Person(open_desk(tmp_path / "public.db"))
    assert "7 November 2023" in reader.open(f"/artikel/{article}").text
    assert "R.S." in reader.text("#isi")
    assert RAHMI not in reader.open(f"/artikel/{article}").text
    rahmi.site = reader.site
    rahmi.open("/tinjauan/riwayat")
    assert "menunggu terbit" not in rahmi.text(".history li")


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("start_date", "3/11/2023", "Maksudnya 2023-11-03?"),
        ("start_date", "3 Nopember", "bukan tanggal"),
        ("start_date", "2023-02-30", "bulan 02 tahun 2023 tidak punya tanggal 30; tanggal terakhirnya 28"),
        ("start_date", "2023-13", "tidak ada bulan 13"),
        ("start_date", "2023-1-5", "2023-01-05"),
        ("start_date", "<script>alert(1)</script>", "bukan tanggal"),
        ("start_date", "", "tanpa tanggal mulai"),
        ("end_date", "2023-11-01", "mendahului tanggal mulai"),
        ("edition", "dua ribu", "“dua ribu” tidak dapat diisikan"),
        ("edition", "1999", "“1999” tidak dapat"),
        ("regency_code", "Atlantis", "tidak ada kabupaten atau kota bernama “Atlantis”"),
        ("regency_code", "Bandung", "Kabupaten Bandung (32.04); Kota Bandung (32.73)"),
        ("regency_code", "'; drop table regencies; --", "tidak ada kabupaten"),
        ("stage_code", "bimtek-9", "“bimtek-9” tidak dapat"),
        ("mode", "lewat surat", "“lewat surat” tidak dapat"),
    ],
)
def test_what_a_fact_cannot_say_is_told_at_its_field_and_what_was_typed_stays(
    folder: Path, rahmi: Person, ask: Any, field: str, typed: str, told: str
) -> None:
    before = ask("select count(*) from corrections")
    rahmi.open(f"/tinjauan/butir/{an_event(folder)}?koreksi=1")
    answer = rahmi.send("form.correct", press="correct", **{f"f_{field}": typed, "alasan": "kata panitia"})
    assert answer.status_code == 400
    assert told in rahmi.text("[role=alert]")
    assert "<script>alert" not in answer.text
    assert rahmi.page.cssselect("#alasan-koreksi")[0].text == "kata panitia"
    (element,) = rahmi.page.cssselect(f"#f-{field}")
    if element.tag == "input":
        assert element.get("value") == typed
    assert ask("select count(*) from corrections") == before


@pytest.mark.parametrize(
    ("typed", "code"), [("Kotim", "62.02"), ("kab. paser", "64.01"), ("64.01", "64.01"), ("Kota Palu", "72.71")]
)
def test_a_regency_is_corrected_by_its_name_another_name_or_its_code(
    folder: Path, rahmi: Person, ask: Any, typed: str, code: str
) -> None:
    rahmi.open(f"/tinjauan/butir/{an_event(folder)}?koreksi=1")
    assert rahmi.page.cssselect("datalist option[value='Kabupaten Kotawaringin Timur']")
    rahmi.send("form.correct", press="correct", f_regency_code=typed, alasan="kata panitia")
    assert f'"regency_code": "{code}"' in ask("select corrected from corrections order by id desc limit 1")[0][0]


def test_every_other_kind_of_fact_is_corrected_by_its_form(folder: Path, rahmi: Person, ask: Any) -> None:
    for kind, fields in (
        ("official", {"f_degrees": "S.T., M.M.", "f_acting": "Plt.", "f_is_quoted": "ya"}),
        ("quote", {"f_speaker_name": "Marwan Tanjung"}),
        ("figure", {"f_value": "12,5", "f_bound": "about"}),
        ("regency", {"f_role": "mention"}),
    ):
        rahmi.open(f"/tinjauan/butir/{waiting(folder, kind)[0]}?koreksi=1")
        changed = {
            name: value
            for name, value in fields.items()
            if rahmi.page.cssselect(f"[name='{name.replace('_', '-', 1)}']")
        }
        assert changed == fields
        answer = rahmi.send("form.correct", press="correct", alasan="kata panitia", **fields)
        assert answer.status_code == 200, rahmi.text("[role=alert]")
    said = [corrected for (corrected,) in ask("select corrected from corrections order by id desc limit 4")]
    assert '"value": 12.5' in " ".join(one for one in said if one)
    assert '"degrees": ["S.T.", "M.M."]' in " ".join(one for one in said if one)


def test_a_date_of_publication_is_filled_in(folder: Path, rahmi: Person, ask: Any) -> None:
    (item,) = waiting(folder, "date")
    rahmi.open(f"/tinjauan/butir/{item}?koreksi=1")
    rahmi.send("form.correct", press="correct", f_published_at="kemarin", alasan="terbaca di halamannya")
    assert "bukan tanggal" in rahmi.text("[role=alert]")
    rahmi.send("form.correct", press="correct", f_published_at="2024-05-06T08:00", alasan="terbaca di halamannya")
    assert "tanpa zona waktu" in rahmi.text("[role=alert]")
    rahmi.send("form.correct", press="correct", f_published_at="2024-05-06", alasan="terbaca di halamannya")
    assert ask("select published_at from articles where id = ?", item.partition("-")[0]) == [
        ("2024-05-06T00:00:00+07:00",)
    ]


def test_nothing_changed_and_no_reason_are_refused(folder: Path, rahmi: Person) -> None:
    rahmi.open(f"/tinjauan/butir/{an_event(folder)}?koreksi=1")
    assert rahmi.send("form.correct", press="correct", alasan="begitu").status_code == 400
    assert "Belum ada yang diubah" in rahmi.text("[role=alert]")
    assert rahmi.send("form.correct", press="correct", f_venue="Aula", alasan=" ").status_code == 400
    assert "perlu alasan" in rahmi.text("[role=alert]")
    assert rahmi.send("form.correct", press="correct", f_venue="Aula", alasan="x" * 10_240).status_code == 400
    assert "10.240 karakter; paling banyak 2.000" in rahmi.text("[role=alert]")


# Two at once


@pytest.mark.parametrize("press", ["accept", "reject", "correct"])
def test_what_another_has_just_decided_is_not_decided_again_and_both_are_told(
    folder: Path, rahmi: Person, sari: Person, ask: Any, press: str
) -> None:
    item = waiting(folder, "official")[0]
    for one in (rahmi, sari):
        one.open(f"/tinjauan/butir/{item}" + ("?koreksi=1" if press == "correct" else ""))
    decided = ask("select count(*) from corrections")[0][0]
    form = "form.correct" if press == "correct" else "form.decide"
    fields = {"f_name": "Baso Mappiara", "alasan": "kata panitia"} if press == "correct" else {}
    if press == "accept":
        sari.send(form, press="accept")
    else:
        sari.send(form, press=press, **fields)
    answer = rahmi.send(form, press=press, **fields)
    assert answer.status_code == 409
    assert f"Baru saja diputuskan oleh {SARI}" in rahmi.text("[role=alert]")
    assert ask("select count(*) from corrections")[0][0] == decided + 1


def test_what_another_has_accepted_is_not_rejected_unseen(folder: Path, rahmi: Person, sari: Person) -> None:
    item = waiting(folder, "official")[0]
    for one in (rahmi, sari):
        one.open(f"/tinjauan/butir/{item}")
    sari.send("form.decide", press="accept")
    assert rahmi.send("form.decide", press="reject").status_code == 409
    assert "diterima" in rahmi.text("[role=alert]")
    assert rahmi.send("form.decide", press="reject").status_code == 200, "now it has been seen"


def test_a_skipped_item_and_two_persons_are_decided_once_too(folder: Path, rahmi: Person, sari: Person) -> None:
    for kind, press in (("source", "accept"), ("office", "same"), ("person", "different")):
        rahmi.open(f"/tinjauan?jenis={kind}")
        sari.open(f"/tinjauan?jenis={kind}")
        assert sari.send("form.decide", press=press).status_code == 200
        assert rahmi.send("form.decide", press=press).status_code == 409, kind
        assert SARI in rahmi.text("[role=alert]")


def test_an_undone_decision_is_not_undone_again(folder: Path, rahmi: Person, sari: Person) -> None:
    rahmi.open(f"/tinjauan/butir/{waiting(folder, 'official')[0]}")
    rahmi.send("form.decide", press="accept")
    sari.open("/tinjauan/riwayat")
    rahmi.send("form.undo")
    assert sari.send(".history form").status_code == 409
    assert "sudah diurungkan" in sari.text("#isi")


def test_a_database_that_is_being_written_is_told_and_nothing_is_lost(
    folder: Path, rahmi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = waiting(folder, "official")[0]
    rahmi.open(f"/tinjauan/butir/{item}")
    monkeypatch.setattr(writing, "BUSY_MS", 1)
    with closing(sqlite3.connect(folder / "pantau.db", isolation_level=None)) as writer:
        writer.execute("begin immediate")
        answer = rahmi.send("form.decide", press="accept")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert "belum disimpan" in rahmi.text("#isi")
        assert rahmi.open("/tinjauan").status_code == 200, "it may be read meanwhile"
        writer.execute("rollback")
    rahmi.open(f"/tinjauan/butir/{item}")
    assert rahmi.send("form.decide", press="accept").status_code == 200


# What is not there


@pytest.mark.parametrize(
    "item",
    [
        "x",
        "tak-ada",
        "person-a-b",
        "office-a-b-c",
        "hint-99",
        "source-",
        "k1",
        "%00",
        "a'b--",
        "%22%3E%3Cscript%3E",
        "x" * 9000,
    ],
)
def test_an_item_that_there_is_not_is_a_404_that_leads_on(rahmi: Person, item: str) -> None:
    answer = rahmi.open(f"/tinjauan/butir/{item}")
    assert answer.status_code == 404
    assert "tidak ada lagi" in rahmi.text("[role=alert]")
    assert "<script>" not in answer.text
    rahmi.open(rahmi.page.cssselect(".refused a.button")[0].get("href"))
    assert rahmi.has("form.decide")


def test_a_fact_that_was_read_anew_meanwhile_is_not_decided_about(folder: Path, rahmi: Person, ask: Any) -> None:
    item = an_event(folder, "/palu/f")
    rahmi.open(f"/tinjauan/butir/{item}")
    before = ask("select count(*) from corrections")
    db = open_db(folder / "pantau.db")
    (step,) = PALU.steps
    story = replace(PALU, path="/palu/f", steps=(replace(step, stage="masterplan"),))
    save(db, story, "model-baru")
    db.close()
    assert rahmi.send("form.decide", press="accept").status_code == 404
    assert "dibaca ulang" in rahmi.text("[role=alert]")
    assert ask("select count(*) from corrections") == before


@pytest.mark.parametrize("ref", ["", "k", "k99", "p1", "c0", "x1", "k1 or 1=1", "k" + "9" * 40, "k²"])
def test_a_decision_that_there_is_not_cannot_be_undone(rahmi: Person, ref: str) -> None:
    rahmi.open(f"/tinjauan?selesai={ref.replace(' ', '+')}")
    assert rahmi.has("form.decide")
    token = rahmi.page.cssselect("[name=csrftoken]")[0].get("value")
    assert rahmi.post("/tinjauan/urung", {"csrftoken": token, "keputusan": ref}).status_code == 400
    assert "Tidak ada keputusan" in rahmi.text("#isi")


def test_an_empty_queue_and_an_empty_history_say_so(folder: Path, rahmi: Person) -> None:
    rahmi.open("/tinjauan/riwayat?oleh=Tak+Ada")
    assert rahmi.text(".empty") == "Belum ada keputusan."
    assert rahmi.open("/tinjauan/riwayat?halaman=999999").status_code == 200


# Persons, contradictions, history


def test_two_persons_are_said_to_be_one_and_that_is_taken_back(folder: Path, rahmi: Person, ask: Any) -> None:
    rahmi.open("/tinjauan?jenis=person")
    rahmi.send("form.decide", press="same", alasan="orang yang sama menurut situs kementerian")
    assert ask("select decision, decided_by from person_decisions where undone_at is null") == [("same", RAHMI)]
    assert rahmi.text("[role=status]").startswith("Satu orang")
    rahmi.send("form.undo")
    assert ask("select undone_by from person_decisions") == [(RAHMI,)]


def test_of_a_contradiction_one_report_is_corrected_and_the_contradiction_is_there_again(
    folder: Path, rahmi: Person
) -> None:
    rahmi.open("/tinjauan?jenis=conflict")
    item = re.search(r"butir/(conflict-\w+)", rahmi.page.cssselect("form.decide")[0].get("action"))
    assert item
    assert len(rahmi.page.cssselect(".side-by-side li")) >= 2
    rahmi.open(rahmi.page.cssselect(".side-by-side a.button")[0].get("href"))
    assert rahmi.has("form.correct")
    rahmi.send("form.correct", press="correct", f_venue="Aula Bappeda", alasan="kata panitia")
    assert rahmi.at.startswith(f"/tinjauan/butir/{item[1]}?")


def test_the_history_tells_who_decided_what_and_undoes_it(folder: Path, rahmi: Person, sari: Person) -> None:
    for one, press in ((rahmi, "accept"), (sari, "skip")):
        one.open("/tinjauan?jenis=official")
        one.send("form.decide", press=press)
    rahmi.open("/tinjauan/riwayat")
    told = rahmi.text(".history")
    assert RAHMI in told
    assert SARI in told
    assert "Dilewati" in told
    rahmi.open("/tinjauan/riwayat?oleh=Rahmi+Sari")
    assert SARI not in rahmi.text(".history")
    rahmi.send(".history form")
    assert rahmi.text("[role=status]") == "Keputusan itu sudah diurungkan."
    assert rahmi.has(".history .is-undone")
    db = open_db(folder / "pantau.db")
    assert read_decisions(db, RAHMI)[0]["undone_by"] == RAHMI
    db.close()


def test_a_long_queue_is_asked_anew_only_now_and_then_and_what_is_decided_is_out_of_it_at_once(
    folder: Path, rahmi: Person, sari: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviewing_queue, "_TAKEN", {})
    monkeypatch.setattr(reviewing_queue, "QUICK_SECONDS", 0.0)
    monkeypatch.setattr(reviewing_queue, "REST", 10**9)
    asked: list[int] = []
    read = reviewing_queue.read_waiting
    monkeypatch.setattr(reviewing_queue, "read_waiting", lambda db: asked.append(1) or read(db))
    rahmi.open("/tinjauan?jenis=official")
    count = int(rahmi.text(".desk-count b:last-child"))
    for press, left in (("accept", count - 1), ("skip", count - 2)):
        rahmi.send("form.decide", press=press)
        assert int(rahmi.text(".desk-count b:last-child")) == left
    sari.open("/tinjauan?jenis=official")
    assert int(sari.text(".desk-count b:last-child")) == count - 2
    assert len(asked) == 1


# The commands


def say(folder: Path, *words: str, typed: str = "") -> Any:
    return CliRunner().invoke(pantau.main, ["--data", str(folder), "reviewer", *words], input=typed)


def test_reviewers_are_added_listed_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing_accounts, "ITERATIONS", 1000)
    done = say(tmp_path, "add", "Rahmi  Sari", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert "Rahmi Sari: may review now" in done.output
    assert PASSWORD not in done.output
    accounts = tmp_path / "reviewers.yml"
    assert PASSWORD not in accounts.read_text()
    assert accounts.stat().st_mode & 0o777 == 0o600
    assert "has a new password" in say(tmp_path, "add", "rahmi sari", typed=f"{PASSWORD}2\n{PASSWORD}2\n").output
    assert say(tmp_path, "list").output == "Rahmi Sari\n"
    assert say(tmp_path, "remove", "RAHMI SARI").exit_code == 0
    assert say(tmp_path, "list").output == ""


@pytest.mark.parametrize(
    ("words", "typed", "message"),
    [
        (("add", "Rahmi"), "pendek\npendek\n", "at least 10 characters"),
        (("add", "Rahmi"), "sepuluh huruf\nsebelas huruf\n", "Error"),
        (("add", "root"), "", "take the person's name"),
        (("add", "  "), "", "1 to 60 characters"),
        (("add", "a\x1b[31m"), "", "can be printed"),
        (("remove", "Tak Ada"), "", "no reviewer 'Tak Ada'"),
    ],
)
def test_what_is_wrong_with_an_account_is_told(
    tmp_path: Path, words: tuple[str, ...], typed: str, message: str
) -> None:
    done = say(tmp_path, *words, typed=typed)
    assert done.exit_code == 1
    assert message in done.output
    assert not (tmp_path / "reviewers.yml").exists()


def test_a_file_of_accounts_that_is_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "reviewers.yml").write_text("- Rahmi")
    done = say(tmp_path, "list")
    assert done.exit_code == 1
    assert "`pantau reviewer add` writes them" in done.output


def test_an_edited_page_keeps_its_place_at_the_desk(folder: Path, rahmi: Person) -> None:
    """A fact that was corrected before is decided about anew, from the form that shows what stands now."""
    item = an_event(folder)
    rahmi.open(f"/tinjauan/butir/{item}?koreksi=1")
    rahmi.send("form.correct", press="correct", f_start_date="2023-11-04", alasan="kata panitia")
    again = an_event(folder)
    rahmi.open(f"/tinjauan/butir/{again}")
    assert "4 November 2023" in rahmi.text("#judul")
    assert [one.get("value") for one in rahmi.page.cssselect("form.decide button[value]")] == ["reject"]
    rahmi.open(f"/tinjauan/butir/{again}?koreksi=1")
    rahmi.send("form.correct", press="correct", f_start_date="2023-11-03", alasan="ternyata benar")
    assert an_event(folder) == item


@pytest.mark.parametrize("written", ["x\r\nX-Evil: 1", "../../keluar", "x?jenis=office#", "//elsewhere.example/"])
def test_the_item_from_which_somebody_came_cannot_lead_anywhere_else(rahmi: Person, written: str) -> None:
    rahmi.open("/tinjauan")
    (token,) = set(rahmi.page.xpath("//input[@name='csrftoken']/@value"))
    (path, *_) = rahmi.page.xpath("//form[starts-with(@action, '/tinjauan/butir/')]/@action")
    asked = f"{path.split('?')[0]}?{urlencode({'dari': written})}"
    answer = rahmi.post(asked, {"csrftoken": token, "tekan": "skip"}, follow=False)
    assert answer.status_code == 303
    assert "x-evil" not in answer.headers
    assert answer.headers["location"].partition("?")[0] == f"/tinjauan/butir/{quote(written, safe='')}"
