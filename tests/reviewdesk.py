"""The site with a private database and accounts, asked in process by somebody who keeps cookies and fills in forms."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from build import STORIES, build_extraction, fill_example_db
from datasette.app import Datasette
from lxml.html import HtmlElement, document_fromstring
from sqlite_utils import Database
from test_corrections import BASEL, PALU, WHY, correct_date, edited, fact, save, wrong_date
from test_people import official, tell
from test_review import without_people

from db.connect import open_db
from db.reviewing.corrections import decide
from db.reviewing.hints import save_hint
from publish.bake import bake
from publish.serve import SITE
from publish.site.reviewing.accounts import add_account, fingerprint, site_accounts

PASSWORD = "sepuluh huruf lebih"
RAHMI, SARI = "Rahmi Sari", "Sari Dewi"


class Person:
    """Somebody at a browser without script."""

    def __init__(self, site: Datasette) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}
        self.page: HtmlElement = document_fromstring("<p></p>")
        self.at = "/"

    def open(self, path: str, **more: Any) -> Any:
        """The answer to a request, redirections followed."""
        return self._ask("GET", path, **more)

    def post(self, path: str, form: dict[str, str], **more: Any) -> Any:
        """The answer to a form that is sent as it is."""
        headers = {"content-type": "application/x-www-form-urlencoded"} | more.pop("headers", {})
        return self._ask("POST", path, content=urlencode(form), headers=headers, **more)

    def send(self, form: str = "form", press: str | None = None, **fields: str) -> Any:
        """The answer to a form of the page, by CSS: its own values with those given, and the button pressed."""
        (element, *_) = self.page.cssselect(form)
        told = {name: value or "" for name, value in element.fields.items() if value is not None}
        told |= {name.replace("_", "-", 1) if name.startswith("f_") else name: value for name, value in fields.items()}
        if press:
            told["tekan"] = press
        return self.post(urljoin(self.at, element.get("action")), told)

    def sign_in(self, name: str = RAHMI, password: str = PASSWORD) -> Any:
        self.open("/masuk")
        return self.send("form.sign-in", nama=name, sandi=password)

    def be(self, name: str = RAHMI) -> None:
        """Hold the session that signing in gives, without doing it."""
        session = {"a": {"id": name, "key": fingerprint(site_accounts()[name]), "session": f"sesi {name}"}}
        self.cookies["ds_actor"] = self.site.sign(session, "actor")

    def text(self, selector: str) -> str:
        """What the first element says, on one line."""
        (element, *_) = self.page.cssselect(selector)
        return " ".join(element.text_content().split())

    def has(self, selector: str) -> bool:
        return bool(self.page.cssselect(selector))

    def _ask(self, method: str, path: str, follow: bool = True, **more: Any) -> Any:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | more.pop(
            "headers", {}
        )
        answer = asyncio.run(self._request(method, path, headers, more))
        for line in answer.headers.get_list("set-cookie"):
            for name, cookie in SimpleCookie(line).items():
                self.cookies[name] = cookie.value
                if cookie["max-age"] == "0":
                    del self.cookies[name]
        if answer.status_code == 303 and follow:
            return self._ask("GET", answer.headers["location"])
        self.at = path
        if answer.headers.get("content-type", "").startswith("text/html") and answer.text:
            self.page = document_fromstring(answer.text)
        return answer

    async def _request(self, method: str, path: str, headers: dict[str, str], more: dict[str, Any]) -> Any:
        return await self.site.client.request(method, path, headers=headers, follow_redirects=False, **more)


def open_desk(public: Path) -> Datasette:
    """The site, with a secret that another one of the same public.db has too."""
    return Datasette(immutables=[str(public)], config_dir=SITE, secret="rahasia")


def open_accounts(pantau: Path, *names: str) -> None:
    """Accounts beside a private database, all with PASSWORD."""
    for name in names or (RAHMI, SARI):
        add_account(pantau.with_name("reviewers.yml"), name, PASSWORD)


def build_desk(folder: Path) -> tuple[Path, Path]:
    """A private database in which every kind of item waits, and the public one that is baked from it."""
    pantau, public = folder / "pantau.db", folder / "public.db"
    fill_example_db(pantau)
    db = open_db(pantau)
    _contradict(db)
    _change(db)
    _doubt(db)
    for day, person in (
        ("2023-11-01", official("Hasan Basri", "Sekda", "13.02")),
        ("2023-11-10", official("Dewi Lestari", "Sekda", "13.02", acting="Pj.")),
        ("2023-11-20", official("Hasan Basri", "Sekda", "13.02")),
        ("2023-06-12", official("Semuel Lasut", "Dirjen Aptika", None, "Kemkominfo")),
        ("2023-06-12", official("Samuel Lasut", "Dirjen Aptika", None, "Kemkominfo")),
        ("2023-06-12", official("Semuel Lasut", "Bupati", "64.01")),
        ("2023-06-12", official("Samuel Lasut", "Bupati", "19.03")),
    ):
        tell(db, f"{day}-{person.name}-{person.position}".replace(" ", "-"), day, person)
    db.close()
    bake(pantau, public)
    return pantau, public


def _contradict(db: Database) -> None:
    """Reports of one step on two days, and two steps in the wrong order."""
    (step,) = PALU.steps
    for path, day in (("/palu/a", "2024-11-19"), ("/palu/b", "2024-11-19"), ("/palu/c", "2024-11-20")):
        save(db, replace(PALU, path=path, steps=(replace(step, stage="evaluasi-2", start=day, end=day),)))
    for path, stage, day in (("/palu/d", "bimtek-3", "2022-05-03"), ("/palu/e", "bimtek-1", "2022-09-05")):
        save(db, replace(PALU, path=path, steps=(replace(step, stage=stage, start=day, end=day, edition=2022),)))


def _change(db: Database) -> None:
    """Pages that were edited: a correction without its fact, a fact without its sentence, a correction reset."""
    gone = replace(BASEL, path="/basel/dua")
    article = save(db, gone)
    decide(db, article, fact(db, article, "official"), "accept", "Sari Dewi", WHY)
    save(db, without_people(gone), at=1)
    correct_date(db)
    mended = edited(BASEL, "Jumat (3/11/2023)", "Senin (6/11/2023)")
    save(db, mended, at=1, **wrong_date(build_extraction(mended), "2023-11-06"))


def _doubt(db: Database) -> None:
    """Facts that are not sure, of every kind that the example lacks."""
    story = next(one for one in STORIES if one.figures)
    unsure = replace(story, path="/angka")
    read = build_extraction(unsure)
    save(
        db,
        unsure,
        figures=tuple(replace(one, confidence=0.4) for one in read.figures),
        regencies=tuple(replace(one, confidence=0.4) for one in read.regencies),
    )
    told = replace(BASEL, path="/basel/tiga")
    save(db, told, quotes=tuple(replace(one, speaker=None, confidence=0.4) for one in build_extraction(told).quotes))
    (step,) = PALU.steps
    save(db, replace(PALU, path="/palu/f", steps=(replace(step, stage="masterplan", regency=None),)))
    article = save(db, replace(BASEL, path="/basel/empat"))
    save_hint(db, article, fact(db, article, "event"), "event", {}, None, "hari itu hari Minggu")
