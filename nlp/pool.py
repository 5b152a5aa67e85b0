"""Other processes that read articles, each with a pipeline of its own."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from multiprocessing.connection import Connection
from types import TracebackType

from crawler.items import Article
from nlp.extraction import Extraction

BATCH = 64
"""Articles that a process is handed at once."""
MOST_PROCESSES = 4
"""Each holds some 400 MB."""

Found = Extraction | str
"""What was found in an article, or why it could not be read."""


class Reader:
    """A process that reads a batch of articles while this one does something else; it ends when this one does."""

    def __init__(self) -> None:
        # Not fork: a crawl's reactor, its threads and the lock of its archive file must not be copied.
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self.asked: list[Article] = []
        """What it is reading, until the answer is taken."""

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.join()
        self._connection.close()

    def ask(self, articles: Iterable[Article]) -> None:
        """Have articles read, without waiting; the answer to those before must have been taken.

        EOFError where the process ended.
        """
        asked = list(articles)
        try:
            self._connection.send(asked)
        except OSError as error:
            raise EOFError from error
        self.asked = asked

    def has_answered(self) -> bool:
        """Whether `take` need not wait."""
        return self._connection.poll()

    def take(self) -> list[tuple[Article, Found]]:
        """Each article that was asked about with what was found, in their order; EOFError where the process ended."""
        asked, self.asked = self.asked, []
        try:
            return list(zip(asked, self._connection.recv(), strict=True))
        except OSError as error:
            raise EOFError from error


def extract_in_parallel(
    articles: Iterable[Article], on_error: Callable[[Article, str], None], processes: int
) -> Iterator[tuple[Extraction, Article]]:
    """What was found in each article, in their order; one that cannot be read is told to `on_error`.

    A batch a process lies in memory. An article at which a process ends is told too, and the others are read.
    """
    stream = iter(articles)
    with ExitStack() as stack:
        readers: deque[Reader] = deque()
        while batch := list(islice(stream, BATCH)):
            reader = readers.popleft() if len(readers) == processes else stack.enter_context(Reader())
            answer = _take(reader)
            try:
                reader.ask(batch)  # before what it found is kept, so that it goes on meanwhile
            except EOFError:
                reader = stack.enter_context(Reader())
                reader.ask(batch)
            readers.append(reader)
            yield from _told(answer, on_error)
        yield from _told(chain.from_iterable(map(_take, readers)), on_error)


def _told(
    answers: Iterable[tuple[Article, Found]], on_error: Callable[[Article, str], None]
) -> Iterator[tuple[Extraction, Article]]:
    for article, found in answers:
        if isinstance(found, str):
            on_error(article, found)
        else:
            yield found, article


def _take(reader: Reader) -> list[tuple[Article, Found]]:
    """The answer of a process, if it was asked; one by one, each of a process of its own, where it ended."""
    if not (asked := reader.asked):
        return []
    try:
        return reader.take()
    except EOFError:
        return [_read_alone(article) for article in asked]


def _read_alone(article: Article) -> tuple[Article, Found]:
    with Reader() as reader:
        reader.ask([article])
        try:
            return reader.take()[0]
        except EOFError:
            return article, "the process that read it ended (killed for the memory it took?)"


def _work(connection: Connection) -> None:
    """The life of a process: answers batch after batch until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(5)  # a crawl must not take its own delay for a slow site's
    logging.disable()
    try:
        while True:
            connection.send(_read(connection.recv()))
    except (EOFError, OSError):
        return


def _read(articles: Sequence[Article]) -> list[Found]:
    from nlp.pipeline import extract_each

    failed: dict[int, Found] = {}

    def note(article: Article, error: Exception) -> None:
        failed[id(article)] = f"{type(error).__name__}: {error}"

    read = {id(article): extraction for extraction, article in extract_each(articles, note)}
    return [read.get(id(article)) or failed[id(article)] for article in articles]
