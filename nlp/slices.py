"""What is read out of a slice of an archive, in a process of its own: a page may end that process, and nothing else.

Time is the processor's, so that a page has the same fate on a busy machine. A page at which the process ended is known,
because it says what it takes up before it does; the others are read by the next process.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import NamedTuple

from crawler.items import Article, Page, RecordFate, Slice, Unread
from nlp.extraction import Extraction
from nlp.parts import KeptPage, Read

SECONDS = 30
"""Processor time for one page, and for some articles that are annotated together."""
MEMORY = 4 * 1024**3
"""Bytes of addresses for one process."""
SILENCE = 900
"""Seconds without a word after which a process is given up: it waits for something that does not come."""
ARTICLES = 64
"""That are annotated together."""
WAITING = 2_000
"""Records whose fate is held back, so that all are told in the order of the archive."""

Records = Iterator[tuple[int, Page | Unread]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How records become articles. The functions are those of other rooms and are handed in; they must pickle."""

    read: Callable[[Slice, int], Records]
    """The records of a slice from an offset on, in order."""
    parse: Callable[[Page], tuple[Article, str] | Unread]
    """The article of a page and the version of its parser, or why there is none."""
    parser: str
    """Version of all that decides about it: another one reads finished slices again."""
    model: str
    """Version of the model that reads the articles."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A record that was worth reading and gave no article, or bytes that are none."""

    offset: int
    fate: RecordFate
    reason: str
    url: str | None


@dataclass(frozen=True, slots=True)
class _Question:
    reading: bytes
    slice: Slice
    seconds: float
    begin: int
    after: int = -1
    """Offset of the last record that was answered."""
    careful: int = -1
    """Up to this offset each article is annotated alone, because one of them ended a process."""
    spoilt: Mapping[int, Unread] | None = None
    seen: frozenset[bytes] = frozenset()


class _DiedError(Exception):
    """A process ended; `offsets` are those of the pages it had in hand, `code` is its exit code."""

    def __init__(self, offsets: tuple[int, ...], code: int) -> None:
        super().__init__(offsets, code)
        self.offsets, self.code = offsets, code


def read_rows(reading: bytes, slice: Slice, fates: Counter[RecordFate], lost: list[Lost]) -> Iterator[Read]:
    """Every article of a slice with what was found in it, in the order of the archive.

    `reading` is a pickled Reading. Every record is counted in `fates`, once; those that were lost although they looked
    like ours are told in `lost`. Raises RuntimeError where the slice itself cannot be read.
    """
    question, last, seen = _Question(reading, slice, SECONDS, slice.start), -1, set()
    deaths: Counter[int] = Counter()
    while True:
        try:
            for last, found in _helper().ask(question):
                if isinstance(found, Read):
                    seen.add(_identity(found.page))
                    fates["kept"] += 1
                    yield found
                else:
                    fates[found.fate] += 1
                    if found.reason:
                        lost.append(Lost(last, found.fate, found.reason, found.url))
            return
        except _DiedError as death:
            begin = last if last >= 0 else slice.start
            question = replace(_judge(question, death, deaths), begin=begin, after=last, seen=frozenset(seen))


def _judge(question: _Question, death: _DiedError, deaths: Counter[int]) -> _Question:
    """What to ask the next process. Raises RuntimeError where no page is to blame."""
    if not death.offsets:
        raise RuntimeError(f"the process that reads {question.slice.id} ended with {_ending(death.code)}")
    if len(death.offsets) > 1:
        return replace(question, careful=death.offsets[-1])
    [offset] = death.offsets
    deaths[offset] += 1
    if death.code == -signal.SIGPROF:
        bad = Unread("too-slow", f"not read within {question.seconds} seconds (nlp/slices.py)")
    elif deaths[offset] > 1:
        bad = Unread("failed", f"the process that read it ended twice, the last time with {_ending(death.code)}")
    else:
        return replace(question, careful=max(offset, question.careful))
    return replace(question, spoilt={**(question.spoilt or {}), offset: bad})


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


# The process.


class _Helper:
    """A process that reads slices, one after the other."""

    def __init__(self) -> None:
        self.connection, theirs = Pipe()
        # Not multiprocessing: the processes of a Dask cluster may not have children of that kind.
        command = [sys.executable, "-c", f"from nlp.slices import serve; serve({theirs.fileno()})"]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self.process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        theirs.close()

    def ask(self, question: _Question) -> Iterator[tuple[int, Read | Unread]]:
        """Offset and answer of each record, in order. Raises _DiedError, RuntimeError."""
        offsets: tuple[int, ...] = ()
        is_answered = False
        try:
            self.connection.send(question)
            while (told := self._hear()) is not None:
                if isinstance(told, tuple):
                    offsets = told
                elif isinstance(told, str):
                    is_answered = True
                    raise RuntimeError(told)
                else:
                    yield from told
            is_answered = True
        except (EOFError, OSError):
            raise _DiedError(offsets, self.process.wait()) from None
        finally:
            # Who stops asking in the middle leaves a process that is still answering.
            if not is_answered:
                self.close()

    def _hear(self) -> tuple[int, ...] | str | list[tuple[int, Read | Unread]] | None:
        if not self.connection.poll(SILENCE):
            self.process.kill()
        told: tuple[int, ...] | str | list[tuple[int, Read | Unread]] | None = self.connection.recv()
        return told

    def __del__(self) -> None:
        # The thread that asked it has come to its end.
        if not self.connection.closed:
            self.close()

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        self.connection.close()


_own = threading.local()


def _helper() -> _Helper:
    """The process of this thread; another one where it ended."""
    helper: _Helper | None = getattr(_own, "helper", None)
    if helper is None or helper.connection.closed or helper.process.poll() is not None:
        helper = _own.helper = _Helper()
    return helper


def end_helper() -> None:
    """End the process that reads for this thread; the next slice starts another."""
    helper: _Helper | None = getattr(_own, "helper", None)
    if helper is not None and not helper.connection.closed:
        helper.close()
    _own.helper = None


def serve(number: int) -> None:
    """The life of such a process: answers at a file descriptor until nobody asks any more."""
    connection = Connection(number)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    # Not a handler of ours: Python would run it only after a loop in C has come to its end.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()  # what is wrong with a page is its fate
    logging.captureWarnings(True)
    with suppress(EOFError, OSError):
        while True:
            question = connection.recv()
            connection.send(_answer(question, connection))


class _Parsed(NamedTuple):
    page: KeptPage
    article: Article
    parser: str


def _answer(question: _Question, connection: Connection) -> str | None:
    """Tell the fate of each record, in order; what stopped it, None where it came to the end."""
    from nlp.pipeline import model_version

    reading = _unpack(question.reading)
    if model_version() != reading.model:
        return f"another version of this program reads here: model {model_version()}, not {reading.model}"
    seen = set(question.seen)
    waiting: list[tuple[int, _Parsed | Unread]] = []
    articles = 0
    records = reading.read(question.slice, question.begin)
    while True:
        try:
            offset, found = next(records)
        except StopIteration:
            break
        except Exception as error:  # the archive is out of reach; the slice is tried again
            return f"{question.slice.file}: {type(error).__name__}: {error}"
        if offset <= question.after:
            continue
        parsed = found if isinstance(found, Unread) else _parse(offset, found, reading, question, seen, connection)
        waiting.append((offset, parsed))
        articles += isinstance(parsed, _Parsed)
        if articles == ARTICLES or len(waiting) == WAITING or offset <= question.careful:
            _annotate(waiting, question.seconds, connection)
            waiting, articles = [], 0
    _annotate(waiting, question.seconds, connection)
    return None


@lru_cache(maxsize=1)
def _unpack(reading: bytes) -> Reading:
    unpacked: Reading = pickle.loads(reading)
    return unpacked


def _parse(
    offset: int, page: Page, reading: Reading, question: _Question, seen: set[bytes], connection: Connection
) -> _Parsed | Unread:
    """The article of a page, or why there is none."""
    if question.spoilt and offset in question.spoilt:
        return replace(question.spoilt[offset], url=page.url)
    connection.send((offset,))
    _allow(question.seconds)
    try:
        found = reading.parse(page)
    except Exception as error:  # a fault of ours, which one page in a million brings out
        found = _failed(page.url, error)
    _allow(0)
    if isinstance(found, Unread):
        return found
    article, parser = found
    kept = _keep(page, article.source)
    if _identity(kept) in seen:
        return Unread("duplicate", None, page.url)
    seen.add(_identity(kept))
    return _Parsed(kept, article, parser)


def _annotate(waiting: Sequence[tuple[int, _Parsed | Unread]], seconds: float, connection: Connection) -> None:
    """Tell what became of some records, the articles among them annotated together."""
    articles = {offset: found.article for offset, found in waiting if isinstance(found, _Parsed)}
    read = _extract(articles, seconds, connection) if articles else {}
    answers: list[tuple[int, Read | Unread]] = []
    for offset, found in waiting:
        if isinstance(found, _Parsed):
            extraction = read[offset]
            if isinstance(extraction, Exception):
                answers.append((offset, _failed(found.page.url, extraction)))
            else:
                answers.append((offset, Read(found.page, found.parser, found.article, extraction)))
        else:
            answers.append((offset, found))
    connection.send(answers)


def _extract(
    articles: Mapping[int, Article], seconds: float, connection: Connection
) -> dict[int, Extraction | Exception]:
    """What was found in each article, by its offset; the error where one stopped us."""
    from nlp.pipeline import build_pipeline, extract_each
    from nlp.relevance import load_classifiers

    build_pipeline()  # loading takes seconds, and no page is to blame
    load_classifiers()
    connection.send(tuple(articles))
    read: dict[int, Extraction | Exception] = {}
    offsets = {id(article): offset for offset, article in articles.items()}

    def fail(article: Article, error: Exception) -> None:
        read[offsets[id(article)]] = error

    _allow(seconds)
    for extraction, article in extract_each(articles.values(), fail):
        read[offsets[id(article)]] = extraction
    _allow(0)
    return read


def _allow(seconds: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _failed(url: str, error: Exception) -> Unread:
    return Unread("failed", f"{type(error).__name__}: {error}", url)


def _keep(page: Page, source: str) -> KeptPage:
    assert page.archive_file is not None
    assert page.archive_offset is not None
    return KeptPage(
        page.url,
        source,
        page.fetched_at,
        page.status,
        hashlib.sha256(page.body).hexdigest(),
        page.archive_file,
        page.archive_offset,
        page.headers,
        page.hints,
    )


def _identity(page: KeptPage) -> bytes:
    """What two records of the same page have in common: address and body."""
    return hashlib.blake2b(f"{page.url}\n{page.digest}".encode(), digest_size=12).digest()
