"""Taking what was asked to be forgotten out of what readers were given: kept releases, exports, letters, the outbox."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from pyarrow.parquet import ParquetFile
from sqlite_utils import Database

from db.connect import open_read_only, transaction
from db.forgetting import Forgotten, own_article, text_columns


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    forgotten: Forgotten | None
    """Names."""
    articles: frozenset[str]
    """Ids of articles; where a page or a letter tells of one it leads to it by this."""

    def is_in(self, text: str) -> bool:
        """Whether a text holds a name or leads to an article."""
        return any(article in text for article in self.articles) or self.cover(text) != text

    def cover(self, text: str) -> str:
        """The text with its names covered, those of one article where it leads to that."""
        return self.forgotten.cover_loose(text) if self.forgotten else text

    def is_told(self, text: str, article: str) -> bool:
        """Whether a text that belongs to an article holds a name."""
        return self.forgotten is not None and self.forgotten.cover(text, [article]) != text


def withdraw_releases(folder: Path, wanted: Wanted) -> list[str]:
    """Delete the kept releases beside public.db that hold it; the names of their files.

    A release is never changed: its hash would no longer be that of its content. `releases` still names those that went.
    """
    withdrawn = []
    for path in sorted((folder / "releases").glob("*.db")):
        with closing(open_read_only(path)) as db:
            is_held = _holds(db, wanted)
        if is_held:
            path.unlink()
            withdrawn.append(path.name)
    return withdrawn


def delete_exports(folder: Path, wanted: Wanted) -> int:
    """Delete the exports of each release, beside public.db, of which a file holds it; of how many releases."""
    held = [
        release
        for release in (folder / "exports").glob("*")
        if any(wanted.is_in(text) for path in release.rglob("*") if path.is_file() for text in _exported(path))
    ]
    for release in held:
        shutil.rmtree(release)
    return len(held)


def cover_letters(mail: Database, wanted: Wanted) -> int:
    """Cover the names in the kept letters, their subjects too, and let go of those that tell of a forgotten article.

    How many changed. Names of one article are covered in the letters that lead to it.

    Raises LettersWaitError, before anything is changed, where such a letter is still to be handed over.
    """
    with transaction(mail):
        told = [letter for letter in _letters(mail) if any(map(wanted.is_in, letter[1:]))]
        gone = [(id,) for id, _, html, text in told if any(article in html + text for article in wanted.articles)]
        waiting = "select 1 from deliveries where letter_id = ? and state in ('due', 'handing', 'deferred')"
        if any(mail.execute(waiting, id).fetchone() for id in gone):
            raise LettersWaitError("letters that tell of the article are still to be handed over: `pantau send` first")
        for id, subject, html, text in told:
            bodies = [zlib.compress(wanted.cover(body).encode()) for body in (html, text)]
            # It is a part of what leads to the article.
            head = wanted.cover(f"{subject}\n{html}").partition("\n")[0]
            mail.execute("update letters set subject = ?, html = ?, text = ? where id = ?", [head, *bodies, id])
        mail.conn.executemany(
            "update letters set html = null, text = null, calendar = null, images = null where id = ?", gone
        )
    return len(told)


class LettersWaitError(Exception):
    """Something is on its way to readers; the message says what to do."""


def delete_from_outbox(outbox: Path, wanted: Wanted) -> int:
    """Delete the files of the outbox that hold it, and the lists of letters, which are made anew; how many."""
    return _delete_letters(outbox, lambda path: any(map(wanted.is_in, _texts(path))))


def delete_letters_to(outbox: Path, email: str) -> int:
    """Delete the letters to an address in the outbox, and the lists of letters, which are made anew; how many."""
    return _delete_letters(outbox, lambda path: email.casefold() in map(str.casefold, _readers(path)))


def _delete_letters(outbox: Path, is_wanted: Callable[[Path], bool]) -> int:
    held = [path for path in outbox.rglob("*") if path.is_file() and is_wanted(path)]
    for path in held:
        path.unlink()
    if held:
        for index in outbox.rglob("index.html"):
            index.unlink()
    return len(held)


def _holds(db: Database, wanted: Wanted) -> bool:
    if wanted.articles:
        marks = ", ".join("?" * len(wanted.articles))
        if db.execute(f"select 1 from articles where id in ({marks})", list(wanted.articles)).fetchone():
            return True
    return any(
        wanted.is_in(text) if article is None else wanted.is_told(text, article)
        for text, article in _published_texts(db)
    )


def _published_texts(db: Database) -> Iterator[tuple[str, str | None]]:
    """Every text of a release, with the id of its article where it belongs to one."""
    for table, columns in text_columns(db).items():
        own = own_article(db, table) or "null"
        for column in columns:
            rows = db.execute(f'select distinct "{column}", {own} from "{table}" where "{column}" is not null')
            yield from ((str(text), article) for text, article in rows)


def _letters(mail: Database) -> Iterator[tuple[int, str, str, str]]:
    rows = mail.execute("select id, subject, html, text from letters where html is not null").fetchall()
    return ((id, head, zlib.decompress(html).decode(), zlib.decompress(text).decode()) for id, head, html, text in rows)


def _exported(path: Path) -> Iterator[str]:
    if path.suffix == ".parquet":
        for batch in ParquetFile(path).iter_batches(batch_size=1000):
            yield json.dumps(batch.to_pylist(), default=str, ensure_ascii=False)
    else:
        yield path.read_text(encoding="utf-8", errors="replace")


def _texts(path: Path) -> Collection[str]:
    if path.suffix in (".html", ".txt", ".ics"):
        return [path.read_text(encoding="utf-8", errors="replace")]
    if not _is_letter(path):
        return []
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]


def _readers(path: Path) -> Collection[str]:
    if not _is_letter(path):
        return []
    to = message_from_bytes(path.read_bytes(), policy=policy.default)["to"]
    return [address.addr_spec for address in to.addresses] if to else []


def _is_letter(path: Path) -> bool:
    """Also one of which the writing was cut off."""
    return ".eml" in path.suffixes
