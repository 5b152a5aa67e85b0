"""What the tests of the site share: the example data, the site in process, and the site in a browser."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from browsing import SIZES, open_browser, running_site, watched_page
from build import build_example_db
from datasette.app import Datasette
from playwright.sync_api import Browser, Page
from reviewdesk import RAHMI, SARI, Person, build_desk, open_accounts, open_desk
from sitepages import Get, Rows, open_site, write

from publish.site import limits
from publish.site.reviewing import accounts, queue


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example data; $PANTAU_PUBLIC_DB names another, for the tests that hold of every site (links, quality)."""
    if shown := os.environ.get("PANTAU_PUBLIC_DB"):
        return Path(shown)
    path = build_example_db(tmp_path_factory.mktemp("site"))[1]
    letter = "<html><head><title>Surat</title></head><body><h1>Surat</h1><p>Sepekan di <b>Tabanan</b></p></body></html>"
    with write(path) as db:
        db.execute(
            "insert into digests (week, monday, html, text, made_at) values (?, ?, ?, ?, ?)",
            ("2024-W47", "2024-11-18", letter, "Sepekan di Tabanan", "2024-11-25T01:00:00+00:00"),
        )
    return path


@pytest.fixture(scope="module")
def get(public: Path) -> Get:
    return open_site(public)


@pytest.fixture(scope="module")
def rows(public: Path) -> Iterator[Rows]:
    with closing(sqlite3.connect(f"file:{public}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        yield lambda sql, *values: db.execute(sql, values).fetchall()


@pytest.fixture(scope="module")
def site(public: Path) -> Iterator[str]:
    with running_site(public) as address:
        yield address


# For the module, not the session: while Playwright runs, no other test could call asyncio.run().
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(browser: Browser, site: str) -> dict[str, tuple[Page, list[str]]]:
    """A page for each size, with what it complained about: console errors, and requests to another host."""
    return {name: watched_page(browser, site, name) for name in SIZES}


@pytest.fixture(params=SIZES)
def page(pages: dict[str, tuple[Page, list[str]]], request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that fails the test, at its end, on whatever it complained about."""
    page, complaints = pages[request.param]
    complaints.clear()
    yield page
    assert complaints == []


@pytest.fixture
def desk(pages: dict[str, tuple[Page, list[str]]]) -> Page:
    return pages["meja"][0]


# The review desk


@pytest.fixture(scope="session")
def desk_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder, and beside its private database one that no test changes."""
    folder = tmp_path_factory.mktemp("meja")
    pantau, _ = build_desk(folder)
    shutil.copy(pantau, folder / "first.db")
    return folder


@pytest.fixture(scope="session")
def desk_site(desk_built: Path) -> Datasette:
    return open_desk(desk_built / "public.db")


@pytest.fixture
def folder(desk_built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder as it was at first, with two reviewers, and the site knows it."""
    for leftover in desk_built.glob("pantau.db*"):
        leftover.unlink()
    shutil.copy(desk_built / "first.db", desk_built / "pantau.db")
    monkeypatch.setenv("PANTAU_DATA", str(desk_built))
    monkeypatch.setattr(accounts, "ITERATIONS", 1000)
    monkeypatch.setattr(queue, "QUICK_SECONDS", float("inf"))
    limits.forget_all()
    (desk_built / "reviewers.yml").unlink(missing_ok=True)
    open_accounts(desk_built / "pantau.db")
    return desk_built


@pytest.fixture
def person(folder: Path, desk_site: Datasette) -> Person:
    return Person(desk_site)


@pytest.fixture
def rahmi(person: Person) -> Person:
    """Somebody who is signed in."""
    person.be(RAHMI)
    return person


@pytest.fixture
def sari(folder: Path, desk_site: Datasette) -> Person:
    other = Person(desk_site)
    other.be(SARI)
    return other


@pytest.fixture
def ask(folder: Path) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Rows of a query on the private database."""
    with closing(sqlite3.connect(folder / "pantau.db")) as db:
        yield lambda sql, *values: db.execute(sql, values).fetchall()
