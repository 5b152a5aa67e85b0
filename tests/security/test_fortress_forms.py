"""Who may change anything by the served site, and how often: every route, every form, every way in."""

from __future__ import annotations

import sqlite3
import statistics
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from fortress import Fortress, own_pages, routes, sign_in, token_of, walk
from lxml.html import HtmlElement, document_fromstring
from reviewdesk import PASSWORD, RAHMI, SARI

from publish.mail.tokens import CONFIRM_WITHIN
from publish.site.mailing.limits import ASKING
from publish.site.reviewing.accounts import HINTS, TRIES, add_account

WRITING = ("POST", "PUT", "PATCH", "DELETE")
NEEDS_NO_TOKEN = ("/langganan/konfirmasi/", "/langganan/berhenti/")
"""Their address is the secret: mail programs press the button, without our cookie (RFC 8058)."""


def forms_of(pages: dict[str, HtmlElement]) -> dict[str, tuple[str, dict[str, str]]]:
    """The address and the fields of each form that is sent, by page and number."""
    return {
        f"{path} {number}": (
            urljoin(path, form.get("action") or path),
            {name: value or "" for name, value in form.fields.items()},
        )
        for path, page in pages.items()
        for number, form in enumerate(page.forms)
        if form.method == "POST"
    }


def test_no_method_of_no_address_changes_anything_for_a_stranger(
    site: Fortress, strangers_pages: dict[str, HtmlElement]
) -> None:
    paths = {path.partition("?")[0] for path in strangers_pages} - {
        path for path in own_pages(site) if "/atur/" not in path
    }
    paths |= set(routes(site).values()) | {
        "/-/static-plugins/datasette-copyable/x", "/-/versions", "/tinjauan/butir/x", "/tinjauan/urung", "/public.db",
        "/public/provinces/-/insert", "/public/-/create", "/public/provinces/51/-/update", "/public/provinces/-/drop",
        "/_memory", "/public/-/execute-write",
    }  # fmt: skip
    before = site.kept()
    with site.client() as client:
        for path in sorted(paths):
            for method in WRITING:
                data = {"nama": "x", "sandi": "x", "surel": "x@kota.example", "salah": "x" * 20, "kirim": "1"}
                answer = client.request(method, path, data=data)
                assert answer.status_code in (303, 400, 401, 403, 404, 405, 410), (method, path, answer.status_code)
    assert site.kept() == before


def test_a_question_changes_nothing(site: Fortress) -> None:
    before = site.kept()
    for path in [
        *own_pages(site),
        "/langganan/surat?daerah=51.02&surel=x@kota.example",
        "/salah",
        "/keluar",
        "/tinjauan",
    ]:
        assert site.ask("GET", path).status_code in (200, 303, 404)
        assert site.ask("HEAD", path).status_code in (200, 303, 404)
    assert site.kept() == before


def test_every_form_is_refused_without_its_reader_s_token(
    site: Fortress, strangers_pages: dict[str, HtmlElement]
) -> None:
    before = site.kept()
    with site.client() as signed, site.client() as other, site.client() as stranger:
        assert sign_in(signed).status_code == 303
        theirs = token_of(other.get("/masuk").text)
        forms = forms_of(strangers_pages) | forms_of(walk(signed, "/tinjauan", "/keluar", *own_pages(site), most=40))
        addresses = {urlsplit(address).path for address, _ in forms.values()}
        assert {"/masuk", "/keluar", "/langganan/surat"} <= addresses
        assert any(path.startswith("/tinjauan") for path in addresses)
        assert any(path.startswith("/langganan/atur/") for path in addresses)
        for name, (address, fields) in forms.items():
            if urlsplit(address).path.startswith(NEEDS_NO_TOKEN):
                continue
            assert fields.get("csrftoken"), name
            for token in ({}, {"csrftoken": ""}, {"csrftoken": theirs}, {"csrftoken": "palsu"}):
                sent = {key: value for key, value in fields.items() if key != "csrftoken"} | token
                assert is_refused(signed.post(address, data=sent)), (name, token)
            elsewhere = {"origin": "https://lain.example"}
            assert signed.post(address, data=fields, headers=elsewhere).status_code == 403, name
            assert signed.post(address, data=fields, headers={"sec-fetch-site": "cross-site"}).status_code == 403, name
            assert is_refused(stranger.post(address, data=fields)), name
    assert site.kept() == before


def is_refused(answer: httpx.Response) -> bool:
    """Whether a form was not taken, or its sender led to where she may do what she wanted."""
    return answer.status_code in (403, 404) or (
        answer.status_code == 303 and answer.headers["location"].startswith(("/masuk", "/tinjauan"))
    )


# Signing in


def test_a_session_is_new_ends_and_is_worth_nothing_copied(site: Fortress) -> None:
    with site.client() as rahmi, site.client() as thief:
        rahmi.cookies.set("ds_actor", "dipasang-orang-lain")
        answer = sign_in(rahmi)
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("ds_actor="))
        assert "dipasang-orang-lain" not in cookie
        for flag in ("httponly", "samesite=lax", "max-age=43200", "path=/"):
            assert flag in cookie.lower()
        value = cookie.partition("=")[2].partition(";")[0].strip('"')
        thief.cookies.set("ds_actor", value)
        assert thief.get("/tinjauan").status_code == 200
        rahmi.cookies.clear()
        rahmi.cookies.set("ds_actor", value)
        page = rahmi.get("/keluar").text
        assert rahmi.post("/keluar", data={"csrftoken": token_of(page)}).status_code == 303
        for _ in range(6):  # each of the processes
            assert thief.get("/tinjauan").status_code == 303, "signing out ends it wherever it was copied to"
        changed = value[:-3] + ("aaa" if not value.endswith("aaa") else "bbb")
        thief.cookies.set("ds_actor", changed)
        assert thief.get("/tinjauan").status_code == 303


def test_a_new_password_ends_the_sessions_of_the_former(site: Fortress) -> None:
    with site.client() as sari:
        sign_in(sari, SARI)
        assert sari.get("/tinjauan").status_code == 200
        add_account(site.data / "reviewers.yml", SARI, "sandi baru yang lain")
        try:
            assert sari.get("/tinjauan").status_code == 303
        finally:
            add_account(site.data / "reviewers.yml", SARI, PASSWORD)


def test_tries_are_counted_over_all_processes_and_connections(site: Fortress) -> None:
    site.forget_limits()
    statuses = []
    for _ in range(TRIES.most + 4):
        with site.client() as client:
            statuses.append(sign_in(client, password="keliru sekali").status_code)
    assert statuses == [403] * TRIES.most + [429] * 4
    with site.client() as client:
        assert sign_in(client).status_code == 429, "not even the right one"
        assert sign_in(client, SARI).status_code == 303
    site.forget_limits()


def test_a_name_that_there_is_and_one_that_there_is_not_are_told_apart_by_nothing(site: Fortress) -> None:
    told: dict[str, set[str]] = {}
    seconds: dict[str, list[float]] = {RAHMI: [], "Tidak Ada": []}
    for name in (RAHMI, "Tidak Ada") * 4:
        site.forget_limits()
        with site.client() as client:
            form = {"csrftoken": token_of(client.get("/masuk").text), "nama": name, "sandi": "keliru sekali"}
            began = time.monotonic()
            answer = client.post("/masuk", data=form)
            seconds[name].append(time.monotonic() - began)
            page = answer.text.replace(form["csrftoken"], "").replace(name, "")
            told.setdefault(name, set()).add(f"{answer.status_code} {page}")
    assert told[RAHMI] == told["Tidak Ada"]
    slow, quick = sorted(map(statistics.median, seconds.values()), reverse=True)
    assert slow < 5 * quick, "both reckon a hash of 600,000 rounds; without it one would be a hundred times as quick"
    site.forget_limits()


@pytest.mark.parametrize(
    "where", ["https://lain.example", "//lain.example", "/\\lain.example", "/tinjauan\r\nx: y", "javascript:alert(1)",
              "/tinjauan\\@lain.example", "https:/tinjauan", "/langganan/surat", "\t//lain.example"],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(site: Fortress, where: str) -> None:
    with site.client() as client:
        answer = sign_in(client, ke=where)
        assert answer.status_code == 303
        to = urlsplit(answer.headers["location"])
        assert (to.scheme, to.netloc) == ("", "")
        assert answer.headers["location"].startswith("/tinjauan")
        assert "x" not in answer.headers


# What strangers may ask for


def test_letters_are_asked_for_only_so_often_by_one_sender(site: Fortress) -> None:
    site.forget_limits()
    statuses = []
    for number in range(ASKING.most + 2):
        with site.client() as client:
            page = document_fromstring(client.get("/langganan/surat?semua=1").text)
            (address, fields), *_ = [one for name, one in forms_of({"/langganan/surat?semua=1": page}).items()]
            sent = fields | {"surel": f"pembaca{number}@kota.example", "tekan": "kirim"}
            statuses.append(client.post(address, data=sent).status_code)
    assert statuses == [200] * ASKING.most + [429] * 2
    site.forget_limits()


def test_one_click_ends_the_letters_without_cookie_token_or_origin(site: Fortress) -> None:
    before = site.kept()
    assert site.ask("POST", "/langganan/berhenti/WzFd.palsu", data={"List-Unsubscribe": "One-Click"}).status_code == 404
    assert site.kept() == before
    headers = {"origin": "https://surel.example", "sec-fetch-site": "cross-site"}
    address = f"/langganan/berhenti/{site.tokens['berhenti']}"
    for _ in range(2):
        answer = site.ask("POST", address, data={"List-Unsubscribe": "One-Click"}, headers=headers)
        assert (answer.status_code, answer.text) == (200, "200 unsubscribed\n")
    after = site.kept()
    changed = {name.split()[0] for name in after if after[name] != before.get(name)}
    assert changed == {"mail.db"}
    assert site.ask("GET", f"/langganan/atur/{site.tokens['atur']}").status_code in (404, 410), "revoked with it"
    assert CONFIRM_WITHIN.days == 7


def test_hints_are_taken_only_so_often_from_one_sender(site: Fortress) -> None:
    site.forget_limits()
    with closing(sqlite3.connect(f"file:{site.data / 'public.db'}?mode=ro", uri=True)) as db:
        articles = [key for (key,) in db.execute("select id from articles order by id limit ?", [HINTS.most // 2 + 1])]
    statuses = []
    for article in articles:
        for fact in ("article", "date"):
            with site.client() as client:
                address = f"/salah?artikel={article}&fakta={fact}"
                form = {"csrftoken": token_of(client.get(address).text), "salah": "Acaranya pindah ke hari Selasa"}
                statuses.append(client.post(address, data=form).status_code)
    assert statuses == [200] * HINTS.most + [429] * 2
    with closing(sqlite3.connect(f"file:{site.data / 'pantau.db'}?mode=ro", uri=True)) as db:
        assert db.execute("select count(*) from reader_hints").fetchone() == (HINTS.most,)
    site.forget_limits()


def test_limits_lie_where_only_their_owner_reads_and_name_nobody(site: Fortress) -> None:
    file = site.data / ".serving" / "limits.db"
    with site.client() as client:
        sign_in(client, "Nama Rahasia", "keliru sekali")
    told = b"".join(one.read_bytes() for one in file.parent.glob("limits.db*"))
    assert b"rahasia" not in told.lower()
    assert b"127.0.0.1" not in told
    assert len((file.parent / "secret").read_text()) == 64, "made anew where there is an empty one"
    for name in (file, site.data / "mail.db", site.data / "reviewers.yml", file.parent / "secret"):
        assert Path(name).stat().st_mode & 0o077 == 0, name
    site.forget_limits()
