"""The site asked in process, and what a reader sees of an answer."""

from __future__ import annotations

import asyncio
import html
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from lxml.html import document_fromstring

from publish.serve import SITE

Get = Callable[[str], Any]
Rows = Callable[..., list[sqlite3.Row]]


@contextmanager
def write(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as db, db:
        yield db


def open_site(public: Path) -> Get:
    site = Datasette(immutables=[str(public)], config_dir=SITE)
    return lambda path: asyncio.run(site.client.get(path))


def change(public: Path, folder: Path, *statements: str) -> Get:
    """The site over a copy of the data in which something is different."""
    copy = folder / "public.db"
    shutil.copy(public, copy)
    with write(copy) as db:
        for statement in statements:
            db.execute(statement)
    return open_site(copy)


def words(response: Any) -> str:
    """What a reader sees of a page, on one line."""
    text = re.sub(r"<(style|head|script)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", text)).split())


def prose(response: Any) -> str:
    """What stands in the middle of a page, its punctuation as it is read."""
    return " ".join(document_fromstring(response.text).get_element_by_id("isi").text_content().split())


def is_ours(path: str) -> bool:
    return not path.startswith("/public")


def in_english(path: str) -> str:
    return path + ("&" if "?" in path else "?") + "lang=en"
