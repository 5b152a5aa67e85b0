"""The letter on the site: asking, confirming, changing, stopping, and the copies; a real mail.db, in process."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from datasette.app import Datasette
from lxml.html import document_fromstring
from reviewdesk import Person, open_desk
from sitepages import Get, change, prose
from sqlite_utils import Database

from db.mailing.connect import open_mail_db
from db.mailing.ledger import add_delivery, forget_letters, mark_handing, mark_sent, save_letter
from db.mailing.subscribers import (
    Choice,
    Subscriber,
    ask,
    confirm,
    find_subscriber,
    leave,
    read_requests,
    read_subscriber,
    read_subscriptions,
)
from pantau.house import House
from pantau.mail import send_letters
from publish.digest import build_digest
from publish.letters.letter import COPY_URL, PREFERENCES_URL, READER_NAME, UNSUBSCRIBE_URL
from publish.mail.tokens import Purpose, sign, sign_confirmation
from publish.serving.answers import is_for_all
from publish.site import writing
from publish.site.mailing import limits

SARI = "sari@diskominfo.example"
FORM = "form[method=post]"
SITE = "https://pantau.example"
PASER = ("regency", "64.01", {}, "weekly")
NOW = datetime.now(UTC)
OPEN = "from: {address: surat@kota.example}\n"


@pytest.fixture(scope="module")
def desk_site(public: Path) -> Datasette:
    return open_desk(public)


@pytest.fixture
def data(public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a site that sends letters."""
    shutil.copy(public, tmp_path / "public.db")
    (tmp_path / "mail.yml").write_text(OPEN)
    monkeypatch.setenv("PANTAU_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def reader(data: Path, desk_site: Datasette) -> Person:
    return Person(desk_site)


@contextmanager
def mail(data: Path) -> Iterator[Database]:
    with closing(open_mail_db(data / "mail.db")) as db:
        yield db


def choices(data: Path, email: str = SARI) -> list[tuple[str, str, dict[str, str], str]]:
    """What is kept of a reader's choices."""
    with mail(data) as db:
        found = find_subscriber(db, email)
        rows = read_subscriptions(db, found.id) if found else []
        return [(row.kind, row.value, row.parameters, row.cadence) for row in rows]


def subscriber(data: Path, email: str = SARI) -> Subscriber | None:
    with mail(data) as db:
        return find_subscriber(db, email)


def subscribe(data: Path, *extra: Choice, lang: Any = "id", email: str = SARI) -> tuple[int, Callable[..., str]]:
    """A reader who follows Kabupaten Paser, and a function that signs her tokens."""
    with mail(data) as db:
        chosen = [(Choice("regency", "64.01"), "weekly"), *((one, "weekly") for one in extra)]
        found = ask(
            db, email, chosen, name="Sari", lang=lang, zone="WITA", origin="operator", now=NOW, is_confirmed=True
        )  # type: ignore[arg-type]

    def token(purpose: Purpose, *more: str | int) -> str:
        with mail(data) as db:
            return sign(db, purpose, found.id, *more)

    return found.id, token


def send(data: Path, now: datetime = NOW) -> None:
    """What the timer does."""
    house = House(data, Path("sources"), data / "outbox")
    assert send_letters(house, SITE, now)


def letters_of(data: Path) -> list[Any]:
    """The letters in the outbox, as a mail program reads them."""
    files = sorted((data / "outbox").glob("*/*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]


def path_in(message: Any, start: str) -> str:
    """The path of the first address in a letter's text that begins so."""
    text = message.get_body(("plain",)).get_content()
    found = re.search(rf"{SITE}({start}\S+)", text)
    assert found, text
    return found[1]


def fill(reader: Person, query: str = "?daerah=64.01", **fields: str) -> Any:
    reader.open(f"/langganan/surat{query}")
    return reader.send(FORM, "kirim", **{"surel": SARI, **fields})


# Asking


@pytest.mark.parametrize(
    ("asked", "kept", "name"),
    [
        ({"semua": "1"}, ("all", "", {}), "Semua daerah"),
        ({"daerah": "64.01"}, ("regency", "64.01", {}), "Kabupaten Paser"),
        ({"daerah": "Kotim"}, ("regency", "62.02", {}), "Kabupaten Kotawaringin Timur"),
        ({"provinsi": "64"}, ("province", "64", {}), "Provinsi Kalimantan Timur"),
        ({"tahapan": "evaluasi-2"}, ("stage", "evaluasi-2", {}), "Evaluasi tahap II"),
        ({"media": "portal_paser"}, ("outlet", "portal_paser", {}), "Portal Pemkab Paser"),
        ({"cari": "q=bimtek&provinsi=64"}, ("search", "q=bimtek&provinsi=64", {}), "Pencarian “bimtek”"),
        (
            {"kueri": "tahapan_daerah", "nilai": "kode=64.01"},
            ("query", "tahapan_daerah", {"kode": "64.01"}),
            "Tahapan satu daerah",
        ),
        (
            {"sql": "select id from events where regency_code = :kode", "nilai": "kode=64.01"},
            ("sql", "select id from events where regency_code = :kode", {"kode": "64.01"}),
            "select id from events",
        ),
    ],
)
def test_what_an_address_asks_for_is_what_is_kept(
    reader: Person, data: Path, asked: dict[str, str], kept: tuple[str, str, dict[str, str]], name: str
) -> None:
    assert fill(reader, "?" + urlencode(asked)).status_code == 200
    assert name in reader.text(".followed")
    assert choices(data) == [(*kept, "weekly")]
    found = subscriber(data)
    assert found is not None
    assert (found.state, found.origin) == ("pending", "form")


def test_several_choices_are_gathered_without_losing_what_was_typed(reader: Person, data: Path) -> None:
    reader.open("/langganan/surat?pejabat=&daerah=64.01")
    reader.send(FORM, "lanjut", surel=SARI, daerah="Tabanan")
    reader.send(FORM, "tambah", provinsi="62", tahapan="mou", cari="bimtek")
    reader.send(FORM, "buang-2")
    assert reader.page.get_element_by_id("surel").get("value") == SARI
    reader.send(FORM, "kirim", irama="daily", nama="Sari\r\nBcc: x")
    assert choices(data) == [
        ("regency", "64.01", {}, "daily"),
        ("province", "62", {}, "daily"),
        ("stage", "mou", {}, "daily"),
        ("search", "q=bimtek", {}, "daily"),
    ]
    found = subscriber(data)
    assert found is not None
    assert found.name == "Sari Bcc: x"


def test_of_several_places_of_a_name_one_is_pressed(reader: Person, data: Path) -> None:
    reader.open("/langganan/surat")
    assert reader.send(FORM, "kirim", surel=SARI, daerah="Solok").status_code == 422
    assert "bisa berarti" in reader.text("[role=alert]")
    reader.send(FORM, "daerah:13.72")
    assert reader.text(".followed a") == "Kota Solok"
    assert not reader.has("[role=alert]")
    assert subscriber(data) is None


@pytest.mark.parametrize(
    ("query", "zone", "told"),
    [
        ("?daerah=64.01", "WITA", "WITA kami pilihkan karena itu zona waktu daerah"),
        ("?provinsi=94", "WIT", "WIT kami pilihkan karena itu zona waktu daerah"),
        ("?daerah=11.01&daerah=64.01", "WIB", "WIB kami pilihkan sebagai awal"),
        ("?tahapan=mou", "WIB", "WIB kami pilihkan sebagai awal"),
    ],
)
def test_the_zone_is_that_of_the_places_and_says_so(reader: Person, query: str, zone: str, told: str) -> None:
    reader.open(f"/langganan/surat{query}")
    assert reader.page.cssselect("#zona option[selected]")[0].get("value") == zone
    assert told in reader.text("#zona-ket")


def test_the_zone_follows_the_places_until_the_reader_chooses_one(reader: Person) -> None:
    reader.open("/langganan/surat")
    reader.send(FORM, "tambah", daerah="64.01")
    assert reader.page.cssselect("#zona option[selected]")[0].get("value") == "WITA"
    reader.send(FORM, "tambah", zona="WIT", tahapan="mou")
    assert reader.page.cssselect("#zona option[selected]")[0].get("value") == "WIT"


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(reader: Person, data: Path) -> None:
    subscribe(data)
    with mail(data) as db:
        gone = ask(db, "pergi@kota.example", [(Choice("all"), "weekly")], origin="form", now=NOW)
        confirm(db, gone.id, NOW)
        leave(db, gone.id, NOW)
    told = set()
    for email in (SARI, "baru@kota.example", "pergi@kota.example"):
        answer = fill(reader, surel=email)
        told.add((answer.status_code, prose(answer).replace(email, "…")))
    assert len(told) == 1
    (status, text) = told.pop()
    assert status == 200
    assert text.startswith("Periksa surel Anda")


def test_what_a_stranger_asks_for_a_reader_changes_nothing_of_hers(reader: Person, data: Path) -> None:
    subscribe(data)
    fill(reader, "?provinsi=62", nama="Orang Lain", zona="WIT", bahasa="en")
    assert choices(data) == [PASER]
    found = subscriber(data)
    assert found is not None
    assert (found.name, found.zone, found.lang) == ("Sari", "WITA", "id")


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ("", "Tulis alamat surel Anda"),
        ("bukan surel", "tidak memuat spasi"),
        ("sari", "memuat tanda @"),
        ("sari@", "nama domain"),
        ("Sari <sari@kota.example>", "alamatnya saja"),
        ("a@kota.example,b@kota.example", "satu alamat"),
        ("a@kota.example\nBcc: b@kota.example", "satu baris"),
        ("x" * 10_000 + "@kota.example", "terlalu panjang"),
    ],
)
def test_an_address_that_is_none_is_said_and_what_was_typed_stays(
    reader: Person, data: Path, email: str, told: str
) -> None:
    assert fill(reader, surel=email, nama="Sari Dewi", irama="daily").status_code == 422
    assert told in reader.text("#galat")
    assert reader.page.get_element_by_id("nama").get("value") == "Sari Dewi"
    assert reader.page.get_element_by_id("surel").get("aria-describedby") == "galat"
    assert reader.has("#irama-daily[checked]")
    assert reader.text(".followed a") == "Kabupaten Paser"
    assert subscriber(data) is None


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"csrftoken": "palsu"}, 403, "kedaluwarsa"),
        ({"nama": "x" * 70_000}, 413, "terlalu panjang"),
        ({"nama": "a\0b"}, 400, "tidak terbaca"),
        ({"nama": "x" * 10_000}, 422, "paling banyak 80"),
        ({"pilihan-1": "bukan json"}, 422, "tidak dikenal lagi"),
        ({"pilihan-1": "[" * 3000}, 422, "tidak dikenal lagi"),
        ({"pilihan-1": '["regency", "99.99", {}]'}, 422, "tidak dikenal lagi"),
        ({"pilihan-1": '["sql", "delete from events", {}]'}, 422, "tidak dikenal lagi"),
        ({"pilihan-1": '["regency", {"a": 1}, {}]'}, 422, "tidak dikenal lagi"),
        ({"pilihan-1": '["kepala", "x", {}]'}, 422, "tidak dikenal lagi"),
        ({"tekan": "buang-1"}, 200, "Belum ada yang dipilih"),
        ({"daerah": "Atlantis"}, 422, "Atlantis"),
        ({"tahapan": "tidak-ada"}, 422, "tidak-ada"),
    ],
)
def test_a_form_that_cannot_be_taken_says_why_and_asks_again(
    reader: Person, data: Path, fields: dict[str, str], status: int, told: str
) -> None:
    reader.open("/langganan/surat?daerah=64.01")
    (form,) = reader.page.cssselect(FORM)
    sent = {name: value or "" for name, value in form.fields.items()} | {"surel": SARI, "tekan": "kirim"} | fields
    assert reader.post(form.get("action"), sent).status_code == status
    assert told in reader.text("main")
    assert reader.has("#surel")
    assert not (data / "mail.db").exists() or subscriber(data) is None


def test_a_form_that_came_too_late_is_sent_once_more_as_it_was(reader: Person, data: Path) -> None:
    reader.open("/langganan/surat")
    reader.send(FORM, "tambah", daerah="64.01")
    assert reader.send(FORM, "kirim", surel=SARI, csrftoken="palsu").status_code == 403
    assert "kedaluwarsa" in reader.text("#galat")
    assert reader.send(FORM, "kirim").status_code == 200
    assert choices(data) == [PASER]


def test_a_choice_that_is_gone_takes_no_other_with_it(reader: Person, data: Path) -> None:
    reader.open("/langganan/surat?daerah=64.01&provinsi=62")
    reader.send(FORM, "kirim", surel=SARI, **{"pilihan-1": '["official", "tidak-ada", {}]'})
    assert "tidak dikenal lagi" in reader.text("#galat")
    assert reader.send(FORM, "kirim").status_code == 200
    assert choices(data) == [("province", "62", {}, "weekly")]


def test_more_choices_than_a_letter_holds_are_refused(reader: Person, data: Path, public: Path) -> None:
    with closing(sqlite3.connect(public)) as db:
        codes = [code for (code,) in db.execute("select code from regencies order by code limit 51")]
    reader.open("/langganan/surat?" + "&".join(f"daerah={code}" for code in codes))
    assert reader.send(FORM, "kirim", surel=SARI).status_code == 422
    assert "paling banyak 50" in reader.text("#galat")
    reader.send(FORM, "buang-51")
    assert reader.send(FORM, "kirim", surel=SARI).status_code == 200
    assert len(choices(data)) == 50


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n", "satu detik"),
        ("select json_extract('x', '$')", "tidak dapat dijalankan"),
    ],
)
def test_a_query_that_cannot_be_answered_is_not_followed(
    reader: Person, data: Path, monkeypatch: pytest.MonkeyPatch, sql: str, told: str
) -> None:
    monkeypatch.setattr("publish.site.plugins.asking.QUERY_MS", 50)
    assert fill(reader, "?" + urlencode({"sql": sql})).status_code == 422
    assert told in reader.text("#galat")
    assert not (data / "mail.db").exists()


def test_a_machine_that_fills_in_what_nobody_sees_is_thanked_and_not_heard(reader: Person, data: Path) -> None:
    assert fill(reader, situs="https://jual.example").status_code == 200
    assert not (data / "mail.db").exists()


def test_a_sender_asks_only_so_often(reader: Person, data: Path) -> None:
    for number in range(limits.ASKING.most):
        assert fill(reader, surel=f"a{number}@kota.example").status_code == 200
    answer = fill(reader, surel="satu-lagi@kota.example")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
    assert reader.page.get_element_by_id("surel").get("value") == "satu-lagi@kota.example"
    assert subscriber(data, "satu-lagi@kota.example") is None


def test_a_mailbox_is_asked_three_times_a_day_and_nobody_else_is_told(reader: Person, data: Path) -> None:
    told = {prose(fill(reader)) for _ in range(5)}
    assert len(told) == 1
    with mail(data) as db:
        found = find_subscriber(db, SARI)
        assert found is not None
        assert len(read_requests(db, found.id)) == 3


def test_while_a_command_writes_the_form_asks_to_come_back(
    reader: Person, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BUSY_MS", 20)
    with mail(data) as db:
        db.execute("begin immediate")
        answer = fill(reader)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert "sedang dipakai" in reader.text("#galat")
        assert reader.page.get_element_by_id("surel").get("value") == SARI
    assert fill(reader).status_code == 200


@pytest.mark.parametrize(
    ("folder", "settings", "host", "told"),
    [
        (False, None, "localhost", "hanya untuk dibaca"),
        (True, None, "pantau.example", "belum menyiapkan"),
        (True, None, "localhost", "percobaan"),
        (True, OPEN, "pantau.example", "Yang Anda ikuti"),
    ],
)
def test_the_form_is_there_only_where_letters_are_sent(
    reader: Person,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder: bool,
    settings: str | None,
    host: str,
    told: str,
) -> None:
    monkeypatch.setenv("PANTAU_CONTACT", "redaksi@kota.example")
    if not folder:
        monkeypatch.delenv("PANTAU_DATA")
    if settings is None:
        (data / "mail.yml").unlink()
    answer = reader.open("/langganan/surat?daerah=64.01", headers={"host": host})
    assert answer.status_code == 200
    assert told in reader.text("main")
    is_offered = "percobaan" in told or settings is not None
    assert reader.has(FORM) == is_offered
    if not is_offered:
        assert reader.has("main a[href='mailto:redaksi@kota.example']")
        assert reader.post("/langganan/surat", {"surel": SARI}, headers={"host": host}).status_code == 403
    assert not (data / "mail.db").exists()


@pytest.mark.parametrize("query", ["?daerah=Atlantis", "?sql=delete+from+events", "?kueri=tidak_ada", "?pejabat=%00x",
                                   "?media=" + "a" * 10_000, "?cari=tahun%3Ddua", "?daerah=%25"])  # fmt: skip
@pytest.mark.parametrize("language", ["", "&lang=en"])
def test_an_address_that_asks_for_nothing_there_is_says_so(reader: Person, query: str, language: str) -> None:
    answer = reader.open(f"/langganan/surat{query}{language}")
    assert answer.status_code == 404
    assert reader.text("[role=alert]")
    assert reader.has("#daerah")
    assert len(answer.text) < 60_000


# The page where it is chosen, and those that lead to it


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/langganan", "Semua daerah"),
        ("/langganan?daerah=64.01", "Kabupaten Paser"),
        ("/langganan?q=bimtek&provinsi=64", "Pencarian “bimtek”, Kalimantan Timur"),
        ("/daerah/64.01", "Kabupaten Paser"),
        ("/daerah/11.01", "Kabupaten Aceh Selatan"),
        ("/provinsi/64", "Provinsi Kalimantan Timur"),
        ("/tahapan/evaluasi-2", "Evaluasi tahap II"),
        ("/pejabat/{person}", "{name}"),
        ("/media/portal_paser", "Portal Pemkab Paser"),
        ("/cari?q=bimtek&tahun=2021", "Pencarian “bimtek”, 2021"),
        ("/public/tahapan_daerah?kode=64.01", "Tahapan satu daerah (kode: 64.01)"),
        ("/public?sql=select+id+from+events+where+regency_code+%3D+%3Ak&k=64.01", "SQL: select id from events where"),
        ("/surat", "Semua daerah"),
        ("/surat/2024-W47", "Semua daerah"),
    ],
)
@pytest.mark.parametrize("language", ["", "lang=en"])
def test_a_page_leads_to_a_letter_about_itself(
    reader: Person, public: Path, path: str, name: str, language: str
) -> None:
    with closing(sqlite3.connect(public)) as db:
        person = db.execute("select id, name from people where id in (select person_id from office_terms)").fetchone()
    path, name = path.format(person=person[0]), name.format(name=person[1])
    reader.open(path + (("&" if "?" in path else "?") + language if language else ""))
    link = reader.page.cssselect("main a[href*='/langganan/surat']")[0]
    assert link.get("rel") == "nofollow"
    answer = reader.open(link.get("href"))
    assert answer.status_code == 200
    if not language:
        assert name in reader.text(".followed")
    else:
        assert reader.text("h1") == "Ask for the letter by e-mail"
        assert len(reader.page.cssselect(".followed li")) == 1


def test_a_page_that_is_kept_for_all_has_no_token_and_no_cookie(data: Path, get: Get) -> None:
    for path in ("/langganan?daerah=64.01", "/surat", "/daerah/64.01"):
        answer = get(path)
        assert "/langganan/surat?" in answer.text
        assert "csrftoken" not in answer.text
        assert "set-cookie" not in answer.headers


def test_a_site_for_reading_only_offers_no_letter(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PANTAU_DATA", raising=False)
    for path in ("/langganan?daerah=64.01", "/surat", "/daerah/64.01", "/cari?q=bimtek"):
        assert "/langganan/surat" not in get(path).text, path


# Confirming


def test_from_the_form_to_the_first_letter_and_out_again(reader: Person, data: Path) -> None:
    fill(reader, "?daerah=64.01&daerah=62.02", nama="Sari Dewi")
    send(data)
    (asked,) = letters_of(data)
    assert "Kabupaten Paser" in asked.get_body(("plain",)).get_content()
    page = path_in(asked, "/langganan/konfirmasi/")
    reader.open(page)
    assert reader.text("h1") == "Mulai kirim surat ini?"
    assert reader.text(".followed a") == "Kabupaten Paser"
    assert subscriber(data).state == "pending"  # type: ignore[union-attr]
    reader.send(FORM)
    assert reader.text("h1") == "Terima kasih, surat Anda dimulai"
    assert "setiap Senin, sesudah pukul 06.00 WIB" in reader.text("[role=status]")
    assert subscriber(data).state == "active"  # type: ignore[union-attr]
    reader.open(reader.page.cssselect(".presses a")[0].get("href"))
    assert reader.text("h1") == "Atur surat Anda"
    assert [link.text for link in reader.page.cssselect(".followed a")] == [
        "Kabupaten Paser",
        "Kabupaten Kotawaringin Timur",
    ]

    send(data, NOW + timedelta(days=8))
    letter = next(one for one in letters_of(data) if one["List-Unsubscribe"] and one["Subject"] != asked["Subject"])
    copy = reader.open(path_in(letter, "/surat/saya/"))
    assert copy.status_code == 200
    assert "\ue000" not in copy.text
    stop = urlsplit(letter["List-Unsubscribe"].split(",")[0].strip(" <>")).path
    stranger = Person(reader.site)
    answer = stranger.post(stop, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert subscriber(data) is None
    assert reader.open(urlsplit(str(copy.url)).path).status_code == 404


def confirmation(data: Path, now: datetime = NOW, choices: tuple[Choice, ...] = (Choice("regency", "64.01"),)) -> str:
    with mail(data) as db:
        found = ask(db, SARI, [(choice, "weekly") for choice in choices], origin="form", now=now)
        return f"/langganan/konfirmasi/{sign_confirmation(db, found.id, found.confirmations, now)}"


def test_confirming_twice_says_that_it_is_done_and_leads_to_what_is_followed(reader: Person, data: Path) -> None:
    page = confirmation(data)
    reader.post(page, {})
    for answer in (reader.post(page, {}), reader.open(page)):
        assert answer.status_code == 200
        assert reader.text("h1") == "Sudah dikonfirmasi"
    assert reader.open(reader.page.cssselect(".button")[0].get("href")).status_code == 200
    assert choices(data) == [PASER]


def test_only_what_the_link_is_for_is_confirmed(reader: Person, data: Path) -> None:
    page = confirmation(data)
    fill(reader, "?provinsi=62")
    reader.post(page, {})
    assert choices(data) == [PASER]


@pytest.mark.parametrize(
    ("case", "status", "told"),
    [
        ("expired", 410, "Tautan ini sudah kedaluwarsa"),
        ("forgotten", 410, "Tautan ini sudah kedaluwarsa"),
        ("left", 410, "Langganan ini sudah berhenti"),
        ("foreign", 404, "Tautan ini tidak kami kenal"),
        ("cut", 404, "Tautan ini tidak kami kenal"),
        ("other", 404, "Tautan ini tidak kami kenal"),
    ],
)
@pytest.mark.parametrize("method", ["open", "post"])
def test_a_link_that_confirms_nothing_says_why_and_leads_on(
    reader: Person, data: Path, case: str, status: int, told: str, method: str
) -> None:
    page = confirmation(data, NOW - timedelta(days=8) if case == "expired" else NOW)
    with mail(data) as db:
        found = find_subscriber(db, SARI)
        assert found is not None
        if case == "forgotten":
            db.execute("delete from subscribers")
            db.conn.commit()
        elif case == "left":
            confirm(db, found.id, NOW)
            leave(db, found.id, NOW)
        elif case == "other":
            page = f"/langganan/konfirmasi/{sign(db, 'preferences', found.id)}"
    path = {"foreign": "/langganan/konfirmasi/WzFd.xyz", "cut": page[:-3]}.get(case, page)
    answer = reader.open(path) if method == "open" else reader.post(path, {})
    assert answer.status_code == status
    assert reader.text("h1") == told
    assert reader.has("main a[href='/langganan/surat']")
    if case not in ("forgotten", "left"):
        assert subscriber(data).state == "pending"  # type: ignore[union-attr]


def test_before_anybody_asked_a_link_is_foreign_and_makes_no_file(reader: Person, data: Path) -> None:
    for page in ("konfirmasi", "atur", "berhenti"):
        assert reader.open(f"/langganan/{page}/WzFd.abc").status_code == 404
    assert reader.open("/surat/saya/WzFd.abc").status_code == 404
    assert not (data / "mail.db").exists()


# Changing what is followed


def test_a_reader_changes_what_she_follows_and_who_she_is(reader: Person, data: Path) -> None:
    _, token = subscribe(data, Choice("stage", "mou"))
    reader.open(f"/langganan/atur/{token('preferences')}")
    first, second = (field.get("name") for field in reader.page.cssselect("select[name^=irama-]"))
    reader.send(FORM, "simpan", **{first: "daily", f"buang-{second.removeprefix('irama-')}": "1", "provinsi": "62",
                                   "nama": "", "bahasa": "en", "zona": "WIT"})  # fmt: skip
    assert reader.text("[role=status]") == "Saved. It holds from the next letter on."
    assert choices(data) == [("regency", "64.01", {}, "daily"), ("province", "62", {}, "daily")]
    found = subscriber(data)
    assert found is not None
    assert (found.name, found.lang, found.zone) == (None, "en", "WIT")


def test_taking_out_everything_is_leaving_and_says_so(reader: Person, data: Path) -> None:
    _, token = subscribe(data)
    reader.open(f"/langganan/atur/{token('preferences')}")
    (field,) = reader.page.cssselect("input[type=checkbox]")
    assert reader.send(FORM, "simpan", **{field.get("name"): "1"}).status_code == 422
    assert "pakai tombol di bawah" in reader.text("[role=alert]")
    assert reader.has("input[type=checkbox][checked]")
    assert choices(data) == [PASER]


def test_two_windows_undo_nothing_of_each_other(reader: Person, data: Path) -> None:
    _, token = subscribe(data, Choice("stage", "mou"))
    page = f"/langganan/atur/{token('preferences')}"
    reader.open(page)
    other = Person(reader.site)
    other.cookies = dict(reader.cookies)
    other.open(page)
    second = other.page.cssselect("input[type=checkbox]")[1].get("name")
    other.send(FORM, "simpan", **{second: "1"})
    reader.send(FORM, "tambah", provinsi="62")
    assert choices(data) == [PASER, ("province", "62", {}, "weekly")]
    other.open(page)
    other.send("form[action*=berhenti]")
    assert other.text("h1") == "Surat sudah berhenti"
    answer = reader.send(FORM, "simpan")
    assert (answer.status_code, reader.text("h1")) == (410, "Langganan ini sudah berhenti")


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [({"csrftoken": "palsu"}, 403, "kedaluwarsa"), ({"nama": "x" * 100}, 422, "paling banyak 80"),
     ({"daerah": "Atlantis"}, 422, "Atlantis"), ({"nama": "x" * 70_000}, 413, "terlalu panjang")],
)  # fmt: skip
def test_a_change_that_cannot_be_made_says_why(
    reader: Person, data: Path, fields: dict[str, str], status: int, told: str
) -> None:
    _, token = subscribe(data)
    reader.open(f"/langganan/atur/{token('preferences')}")
    assert reader.send(FORM, "simpan", **{"zona": "WIT"}, **fields).status_code == status
    assert told in reader.text("[role=alert]")
    assert subscriber(data).zone == "WITA"  # type: ignore[union-attr]


def test_the_page_is_in_the_language_of_the_letter_unless_asked_otherwise(reader: Person, data: Path) -> None:
    _, token = subscribe(data, lang="en")
    page = f"/langganan/atur/{token('preferences')}"
    reader.open(page)
    assert reader.text("h1") == "Your letter"
    reader.open(page + reader.page.cssselect("a.switch")[0].get("href"))
    assert reader.text("h1") == "Atur surat Anda"


def test_the_page_does_not_show_the_whole_address(reader: Person, data: Path) -> None:
    _, token = subscribe(data)
    answer = reader.open(f"/langganan/atur/{token('preferences')}")
    assert SARI not in answer.text
    assert "sa…" in reader.text(".lede")


# Stopping


def one_click(reader: Person, path: str, body: bytes, media: str) -> Any:
    async def post() -> Any:
        return await reader.site.client.post(path, content=body, headers={"content-type": media})

    return asyncio.run(post())


MULTIPART = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=b"),
    ],
)
def test_one_click_stops_the_letters_without_cookie_token_or_name(
    reader: Person, data: Path, body: bytes, media: str
) -> None:
    number, token = subscribe(data)
    page = f"/langganan/berhenti/{token('unsubscribe')}"
    for _ in range(2):
        answer = one_click(reader, page, body, media)
        assert (answer.status_code, answer.text) == (200, "200 unsubscribed\n")
        assert "no-store" in answer.headers["cache-control"]
        assert "set-cookie" not in answer.headers
    with mail(data) as db:
        left = read_subscriber(db, number)
    assert left is not None
    assert (left.state, left.email, left.name) == ("left", "", None)


def test_looking_at_the_page_stops_nothing_and_pressing_does(reader: Person, data: Path) -> None:
    _, token = subscribe(data)
    page = f"/langganan/berhenti/{token('unsubscribe')}"
    reader._ask("HEAD", page)
    reader.open(page)
    assert reader.text("h1") == "Berhenti menerima surat?"
    assert reader.has("main a[href^='/langganan/atur/']")
    assert subscriber(data) is not None
    reader.send(FORM)
    assert reader.text("h1") == "Surat sudah berhenti"
    assert reader.has("main a[href='/langganan/surat']")
    assert subscriber(data) is None
    reader.open(page)
    assert reader.text("h1") == "Surat sudah berhenti"


def test_who_is_gone_is_told_that_it_is_done(reader: Person, data: Path) -> None:
    _, token = subscribe(data)
    page = f"/langganan/berhenti/{token('unsubscribe')}"
    with mail(data) as db:
        db.execute("delete from subscribers")
        db.conn.commit()
    assert reader.open(page).status_code == 200
    assert reader.text("h1") == "Surat sudah berhenti"
    assert reader.post(page, {"List-Unsubscribe": "One-Click"}).text == "200 unsubscribed\n"


def test_a_token_of_another_page_stops_nothing(reader: Person, data: Path) -> None:
    _, token = subscribe(data)
    page = f"/langganan/berhenti/{token('preferences')}"
    assert reader.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert reader.post(page, {"tekan": "berhenti"}).status_code == 404
    assert subscriber(data) is not None


def test_a_bake_keeps_nobody_from_stopping_and_a_run_of_letters_asks_to_come_back(
    reader: Person, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = subscribe(data)
    page = f"/langganan/berhenti/{token('unsubscribe')}"
    monkeypatch.setattr(writing, "BUSY_MS", 20)
    with mail(data) as db:
        db.execute("begin immediate")
        answer = reader.post(page, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        answer = reader.post(page, {"tekan": "berhenti"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
        assert "sedang dipakai" in reader.text("h1")
        assert reader.open(page).status_code == 200
    with closing(sqlite3.connect(data / "pantau.db", isolation_level=None)) as baking:
        baking.execute("begin exclusive")
        assert reader.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert subscriber(data) is None


# Copies


PNG = b"\x89PNG\r\n\x1a\n"


def keep_letter(data: Path, number: int, html: str) -> None:
    with mail(data) as db:
        letter = save_letter(
            db, issue="2026-W47", selection="a", lang="id", subject="Sepekan", html=html, text="x",
            images={"pekan": PNG}, now=NOW,
        )  # fmt: skip
        add_delivery(db, number, "2026-W47", letter, "<a@kota.example>", NOW)
        mark_handing(db, number, "2026-W47", NOW)
        mark_sent(db, number, "2026-W47", NOW)


LETTER = (
    "<html><head><style>.page { color: red }</style></head><body><h1>Sepekan, " + READER_NAME + "</h1>"
    '<img src="cid:pekan" alt="Grafik"><a href="' + UNSUBSCRIBE_URL + '">Berhenti</a>'
    '<a href="' + PREFERENCES_URL + '">Atur</a><a href="' + COPY_URL + '">Di situs</a></body></html>'
)


def test_a_reader_reads_her_own_letter_as_it_was_sent(reader: Person, data: Path) -> None:
    number, token = subscribe(data)
    keep_letter(data, number, LETTER)
    reader.open(f"/langganan/atur/{token('preferences')}")
    link = reader.page.cssselect("a[href^='/surat/saya/']")[0]
    answer = reader.open(link.get("href"))
    assert reader.text("h1") == "Sepekan, Sari"
    assert reader.page.cssselect(".copy img")[0].get("src") == "data:image/png;base64,iVBORw0KGgo="
    stop, own, copy = (one.get("href") for one in reader.page.cssselect(".copy a"))
    assert stop == f"http://localhost/langganan/berhenti/{token('unsubscribe')}"
    assert own == f"http://localhost/langganan/atur/{token('preferences')}"
    assert urlsplit(copy).path == urlsplit(str(answer.url)).path
    assert "@scope (.copy)" in answer.text
    assert "style-src 'self' 'unsafe-inline'" in answer.headers["content-security-policy"]
    assert "script-src 'self';" in answer.headers["content-security-policy"]


def test_a_copy_that_was_forgotten_is_not_led_to(reader: Person, data: Path) -> None:
    number, token = subscribe(data)
    keep_letter(data, number, LETTER)
    with mail(data) as db:
        forget_letters(db, NOW + timedelta(days=400))
    answer = reader.open(f"/surat/saya/{token('copy', '2026-W47')}")
    assert (answer.status_code, reader.text("h1")) == (404, "Salinan ini tidak ada")
    reader.open(f"/langganan/atur/{token('preferences')}")
    assert not reader.has("a[href^='/surat/saya/']")


def test_the_public_copies_show_no_marks_and_lead_to_the_form(public: Path, tmp_path: Path) -> None:
    get = change(public, tmp_path, f"update digests set html = '{LETTER}'")
    page = document_fromstring(get("/surat/2024-W47").text)
    assert "\ue000" not in page.text_content()
    assert {one.get("href") for one in page.cssselect(".copy a")} == {"/langganan", "/surat/2024-W47"}


def test_the_letters_are_listed_by_year_with_what_they_hold(public: Path, tmp_path: Path) -> None:
    get = change(
        public,
        tmp_path,
        "insert into digests (week, monday, html, text, made_at) values ('2023-W52', '2023-12-25', 'a', 'a', 'x')",
        # What an article only looks back on is no event of its week.
        """
        update stage_reports
        set is_main = 0
        where event_id = (
            select min(event_id)
            from stage_reports
            join articles on articles.id = article_id
            where published_date between '2024-11-18' and '2024-11-24'
        )
        """,
    )
    page = document_fromstring(get("/surat").text)
    assert [head.text for head in page.cssselect("h2")] == ["2024", "2023"]
    told = [" ".join(line.text_content().split()) for line in page.cssselect(".archive li")]
    headline = build_digest(tmp_path / "public.db", date(2024, 11, 18), "https://pantau.example").counts
    assert told[0].startswith("18–24 November 2024 2024-W47")
    assert told[0].endswith(f"{headline['main_events']} peristiwa dalam {headline['articles']} artikel pekan itu")
    assert headline["main_events"] < headline["events"]
    assert told[1] == "25–31 Desember 2023 2023-W52 tidak ada artikel pada pekan itu"


# What is secret in an address


@pytest.mark.parametrize("page", ["/langganan/surat?daerah=64.01", "/langganan/konfirmasi/{confirm}",
                                  "/langganan/atur/{preferences}", "/langganan/berhenti/{unsubscribe}",
                                  "/surat/saya/{copy}", "/langganan/atur/asing", "/surat/saya/asing"])  # fmt: skip
def test_a_page_of_one_reader_is_kept_by_nobody_and_told_to_nobody(reader: Person, data: Path, page: str) -> None:
    number, token = subscribe(data)
    keep_letter(data, number, LETTER)
    with mail(data) as db:
        confirming = sign_confirmation(db, number, 1, NOW)
    path = page.format(
        confirm=confirming, preferences=token("preferences"), unsubscribe=token("unsubscribe"),
        copy=token("copy", "2026-W47"),
    )  # fmt: skip
    answer = reader.open(path)
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in reader.page.cssselect("meta[name=robots]")[0].get("content")
    assert not reader.has("link[rel=canonical], link[rel=alternate], meta[property='og:url']")
    assets = reader.page.xpath("//@src | //link[@rel='stylesheet' or @rel='icon']/@href")
    assert [asset for asset in assets if urlsplit(asset).netloc] == []


@pytest.mark.parametrize(
    ("path", "is_kept"),
    [("/langganan", True), ("/langganan/surat", False), ("/langganan/atur/a", False), ("/surat/saya/a", False),
     ("/surat/2024-W47", True)],
)  # fmt: skip
def test_a_running_site_keeps_no_page_of_one_reader(path: str, is_kept: bool) -> None:
    assert is_for_all({"type": "http", "method": "GET", "path": path, "query_string": b""}) == is_kept


def test_search_engines_are_kept_out(get: Get) -> None:
    rules = get("/robots.txt").text
    assert "Disallow: /langganan/" in rules
    assert "Disallow: /surat/saya/" in rules


@pytest.mark.parametrize("path", ["/langganan", "/langganan/lain", "/surat/saya/x", "/surat"])
def test_nothing_is_taken_where_no_form_is(reader: Person, path: str) -> None:
    assert reader.post(path, {"surel": SARI}).status_code == 405
