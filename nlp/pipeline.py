"""The pipeline: spaCy components in the order they run, and what they found as an Extraction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import spacy
from spacy.language import Language
from spacy.tokens import Doc

import nlp.hints  # noqa: F401  (registers what the trained pipeline asks for)
from crawler.items import Article, article_id
from nlp.calendar.dates import DateSpan, find_dates
from nlp.confidence import calibrate, weigh_by_entities
from nlp.embedding import embed_words_once
from nlp.events import Story, find_events
from nlp.extraction import Event, Extraction, Figure, Mention, Official, Pillar, Quote, Regency
from nlp.figures import find_figures
from nlp.languages import is_indonesian
from nlp.people.namings import find_namings
from nlp.people.officials import Person, find_officials, find_people
from nlp.people.quotes import find_quotes, find_speakers, indirect_speakers
from nlp.people.second_opinion import ask_again
from nlp.pillars import find_pillars
from nlp.regencies import PlaceMention, find_regencies, stand_in_names, weigh_regencies
from nlp.relevance import Resemblance, classify, score_relevance
from nlp.stages import StageMention, find_stages
from nlp.tokens import end_of, plain_text, sentence_spans, starts_of, text_of

SURE = 0.5
UNSURE = 0.4
"""Relevance between the two is "not sure": such an article is read, kept apart and goes to review."""


NAMES_MODEL = Path(__file__).parent / "model" / "names"
_BATCH = 32
_BATCH_CHARACTERS = 200_000
"""Of the texts that are read at once: their words lie in memory together, some 15 kB each."""
Placed = TypeVar("Placed", Mention, Quote, Figure)
_ASIDE = frozenset(["measure", "training", "passages", "parts.py", "slices.py", "backfill.py"])
"""What judges the reading, prepares it or keeps what came of it, and so does not change it."""


@lru_cache
def build_pipeline() -> Language:
    """The spaCy pipeline: words, sentences, trained names, gazetteer and heads of offices; built once a process."""
    nlp = spacy.load(NAMES_MODEL)
    embed_words_once(nlp)
    nlp.add_pipe("entities_aside")
    nlp.add_pipe("regency_matcher")
    nlp.add_pipe("position_matcher")
    return nlp


@lru_cache
def model_version() -> str:
    """12 hex digits of a hash over this room's code, word lists and model and the libraries that read them."""
    digest = hashlib.sha256()
    room = Path(__file__).parent
    for path in sorted([*room.rglob("*.py"), *(room / "assets").rglob("*"), *(room / "model").rglob("*")]):
        if path.is_file() and _ASIDE.isdisjoint(path.relative_to(room).parts) and path.suffix != ".md":
            digest.update(path.relative_to(room).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for library in ("spacy", "scikit-learn"):
        digest.update(f"{library}=={version(library)}".encode())
    return digest.hexdigest()[:12]


def extract_articles(articles: Iterable[Article]) -> Iterator[Extraction]:
    """What was found in each article, in their order; an article in which nothing is found has an Extraction too.

    Every confidence is a probability (`nlp.confidence`).
    """
    return map(calibrate, read_articles(articles))


def read_articles(articles: Iterable[Article]) -> Iterator[Extraction]:
    """The same with the weights that the readers give by hand, before they are made probabilities."""
    for _, found in _read_each(articles):
        if isinstance(found, Exception):
            raise found
        yield found


def extract_each(
    articles: Iterable[Article], on_error: Callable[[Article, Exception], None]
) -> Iterator[tuple[Extraction, Article]]:
    """The same with the article, in their order. One at which we fail is told to `on_error`, and the others go on."""
    for article, found in _read_each(articles):
        if isinstance(found, Exception):
            on_error(article, found)
        else:
            yield calibrate(found), article


def _read_each(articles: Iterable[Article]) -> Iterator[tuple[Article, Extraction | Exception]]:
    for batch in _batches(articles):
        yield from _read_batch(batch)


def _read_batch(batch: Sequence[Article]) -> Iterator[tuple[Article, Extraction | Exception]]:
    """Each article with what was found; alone where one of them stops the part that reads many at once."""
    try:
        resemblances = classify([(article.title or "", article.text) for article in batch])
        docs = list(build_pipeline().pipe(article.text for article in batch))
    except Exception as error:
        if len(batch) == 1:
            yield batch[0], error
        else:
            for article in batch:
                yield from _read_batch([article])
        return
    for article, doc, resemblance in zip(batch, docs, resemblances, strict=True):
        try:
            found: Extraction | Exception = read_doc(doc, article, resemblance)
        except Exception as error:  # a fault of ours, which one article in a million brings out
            found = error
        yield article, found


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    batch: list[Article] = []
    for article in articles:
        if batch and (
            len(batch) == _BATCH or sum(len(other.text) for other in batch) + len(article.text) > _BATCH_CHARACTERS
        ):
            yield batch
            batch = []
        batch.append(article)
    if batch:
        yield batch


def extract(article: Article) -> Extraction:
    """What was found in one article."""
    return next(extract_articles([article]))


def read_doc(doc: Doc, article: Article, resemblance: Resemblance) -> Extraction:
    """Walk over the article once: places, offices, people, dates, speakers, then what happened."""
    title = plain_text(article.title or "")
    if not is_indonesian(f"{title}\n{article.text}"):
        return _read_nothing(doc, article)
    published = article.published_at.date() if article.published_at else None
    places = find_regencies(doc)
    namings = ask_again(doc, find_namings(doc, places))
    people = find_people(doc, namings)
    names = _name_spans(doc, people)
    if stand_in_names(doc, names):
        places = find_regencies(doc, names)
    title_places = find_regencies(_read_title(title))
    relevance = score_relevance(title, text_of(doc), resemblance)
    regencies = weigh_regencies(doc, title, places, title_places)
    officials = find_officials(doc, people, namings, _home(regencies, places, title_places))
    speakers = find_speakers(doc, people, namings)
    quotes = find_quotes(doc, speakers)
    officials = weigh_by_entities(doc, officials)
    officials = _mark_quoted(officials, quotes, indirect_speakers(speakers))
    dates = find_dates(text_of(doc), published)
    sentences = sentence_spans(doc)
    if relevance < UNSURE:
        regencies = tuple(replace(regency, role="mention") for regency in regencies)
        pillars: list[tuple[int, int, Pillar]] = []
        stages: list[StageMention] = []
        events: tuple[Event, ...] = ()
        figures: tuple[Figure, ...] = ()
    else:
        pillars = find_pillars(text_of(doc))
        stages = find_stages(text_of(doc))
        taken = [(p.start, p.end) for p in places] + [(d.start, d.end) for d in dates]
        figures = find_figures(text_of(doc), sentences, taken)
        events = find_events(
            Story(title, text_of(doc), sentences, dates, places, title_places, regencies, published, resemblance.stages)
        )
        if not any(event.regency for event in events):
            regencies = tuple(replace(regency, role="mention") for regency in regencies)
    return Extraction(
        article_id=article_id(article.canonical_url),
        model=model_version(),
        relevance=relevance,
        is_relevant=True if relevance >= SURE else False if relevance < UNSURE else None,
        mentions=_as_written(
            sorted(_mentions(text_of(doc), places, officials, dates, stages, pillars), key=lambda m: (m.start, m.end)),
            article.text,
        ),
        regencies=regencies,
        officials=officials,
        events=events,
        quotes=_as_written(quotes, article.text),
        pillars=tuple(dict.fromkeys(pillar for _, _, pillar in pillars)),
        figures=_as_written(figures, article.text),
        sentences=sentences,
    )


def _as_written(findings: Iterable[Placed], text: str) -> tuple[Placed, ...]:
    """The findings with their words as the article has them: the Doc has blanks and letters that the lists know."""
    return tuple(
        found if found.text == (written := text[found.start : found.end]) else replace(found, text=written)
        for found in findings
    )


def _read_nothing(doc: Doc, article: Article) -> Extraction:
    """The Extraction of an article in another language: it is about no programme of ours, and nothing is read in it."""
    return Extraction(
        article_id=article_id(article.canonical_url), model=model_version(), relevance=0.02, is_relevant=False,
        mentions=(), regencies=(), officials=(), events=(), quotes=(), pillars=(), figures=(),
        sentences=sentence_spans(doc),
    )  # fmt: skip


def _read_title(title: str) -> Doc:
    """The title with its places alone: names of people are read in the text."""
    nlp = build_pipeline()
    doc: Doc = nlp.get_pipe("regency_matcher")(nlp.make_doc(title))
    return doc


def _name_spans(doc: Doc, people: list[Person]) -> tuple[tuple[int, int], ...]:
    return tuple(
        (starts_of(doc)[n.person.start], end_of(doc, n.person.end - 1))
        for person in people
        for n in person.namings
        if n.person
    )


def _home(regencies: tuple[Regency, ...], places: list[PlaceMention], in_title: list[PlaceMention]) -> str | None:
    """The regency that an office belongs to where none is said: the weightiest, if its government is in the story."""
    for regency in regencies[:1]:
        if any(
            place.code == regency.code and (place.is_office or not place.is_aside) for place in [*places, *in_title]
        ):
            return regency.code
    return None


def _mark_quoted(
    officials: tuple[Official, ...], quotes: tuple[Quote, ...], indirect: frozenset[str]
) -> tuple[Official, ...]:
    names = {quote.speaker for quote in quotes} | indirect
    return tuple(replace(official, is_quoted=True) if official.name in names else official for official in officials)


def _mentions(
    text: str,
    places: list[PlaceMention],
    officials: tuple[Official, ...],
    dates: list[DateSpan],
    stages: list[StageMention],
    pillars: list[tuple[int, int, Pillar]],
) -> Iterator[Mention]:
    for place in places:
        yield Mention("REGENCY", place.start, place.end, text[place.start : place.end], place.code, place.confidence)
    for official in officials:
        start = text.find(official.name)
        while start >= 0:
            end = start + len(official.name)
            yield Mention("OFFICIAL", start, end, official.name, official.name, official.confidence)
            start = text.find(official.name, end)
    for span in dates:
        yield Mention("DATE", span.start, span.end, text[span.start : span.end], span.value, span.confidence)
    for stage in stages:
        yield Mention("STAGE", stage.start, stage.end, text[stage.start : stage.end], stage.stage, 0.8)
    for start, end, pillar in pillars:
        yield Mention("PILLAR", start, end, text[start:end], pillar, 0.9)
