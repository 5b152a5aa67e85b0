"""The labelled texts of tests/stories: which articles are one story, written by us."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml
from build import PARSER, build_article, build_page, build_source

from crawler.items import article_id
from db.connect import open_db, transaction
from db.extractions import save_extraction
from db.reference import load_reference
from db.store import save_article, save_page, save_sources
from nlp.pipeline import extract_articles

FOLDER = Path(__file__).parent / "stories"


@dataclass(frozen=True, slots=True)
class Text:
    """An article of the labelled set."""

    story: str
    kind: str
    source: str
    published_at: datetime
    title: str
    text: str


def load_texts(name: str) -> list[Text]:
    """The texts of a file of tests/stories, in its order, with what they repeat of each other written out."""
    stories = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    firsts: dict[str, list[list[str]]] = {}
    texts = []
    for story in stories:
        for told in story["texts"]:
            paragraphs = _write_out(told["text"], story["story"], firsts)
            firsts.setdefault(story["story"], paragraphs)
            texts.append(_build_text(story["story"], told, paragraphs))
    return texts


def _build_text(story: str, told: dict[str, Any], paragraphs: list[list[str]]) -> Text:
    text = "\n\n".join(" ".join(sentences) for sentences in paragraphs)
    return Text(story, told["kind"], told["source"], datetime.fromisoformat(told["at"]), told["title"], text)


def _write_out(text: str, story: str, firsts: dict[str, list[list[str]]]) -> list[list[str]]:
    paragraphs: list[list[str]] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        paragraphs.append([])
        for line in block.splitlines():
            if not line.startswith("="):
                paragraphs[-1].append(line)
                continue
            where, *changes = line[1:].split(" | ")
            name, _, numbers = where.strip().rpartition(":")
            repeated = firsts[name or story]
            if numbers == "*":
                paragraphs[-1:] = [[_change(one, changes) for one in sentences] for sentences in repeated]
            else:
                first, _, last = numbers.partition("-")
                sentences = [one for paragraph in repeated for one in paragraph][int(first) - 1 : int(last or first)]
                assert sentences, f"{story}: no sentences {numbers}"
                paragraphs[-1] += [_change(one, changes) for one in sentences]
            for change in changes:
                old = change.split(" > ")[0].strip()
                assert any(old in one for paragraph in repeated for one in paragraph), (
                    f"{story}: {old!r} stands nowhere"
                )
    return paragraphs


def _change(sentence: str, changes: list[str]) -> str:
    for change in changes:
        old, new = change.split(" > ")
        sentence = sentence.replace(old.strip(), new.strip())
    return sentence


def fill_stories_db(path: Path | str, texts: list[Text]) -> dict[str, Text]:
    """Fill a private database with texts as the pipeline reads them, none of them resolved; the texts by article id.

    All count as relevant: which of them are about the programme is asked elsewhere.
    """
    articles = [
        build_article(
            f"https://{text.source.replace('_', '-')}.example/{number}",
            text.source,
            text.text,
            text.title,
            text.published_at,
        )
        for number, text in enumerate(texts)
    ]
    db = open_db(path)
    load_reference(db)
    names = sorted({text.source for text in texts})
    save_sources(
        db,
        [
            build_source(
                name,
                name,
                f"https://{name.replace('_', '-')}.example",
                "government" if name.startswith("portal") else "media",
            )
            for name in names
        ],
    )
    with transaction(db):
        for article, extraction in zip(articles, extract_articles(articles), strict=True):
            assert article.published_at
            page = build_page(article.url, article.source, article.published_at + timedelta(hours=2))
            save_article(db, save_page(db, page), article, PARSER)
            save_extraction(db, replace(extraction, is_relevant=True), article)
    db.close()
    return {article_id(article.canonical_url): text for article, text in zip(articles, texts, strict=True)}


def score_pairs(told: dict[str, str], stories: dict[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs of articles said to be one story, from each article's label and story."""
    pairs = list(combinations(sorted(told), 2))
    said = {pair for pair in pairs if stories[pair[0]] == stories[pair[1]]}
    true = {pair for pair in pairs if told[pair[0]] == told[pair[1]]}
    precision, recall = len(said & true) / len(said), len(said & true) / len(true)
    return precision, recall, 2 * precision * recall / (precision + recall)
