"""What a fault of the bench is, and what most of them are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from faults.web import Answer, Asked, link_list, rss, story

LISTING = {"way": "listing", "url": "/berita?hal={page}", "articles": "h3 a"}
FEED = {"way": "feed", "url": "/feed"}
SITEMAP = {"way": "sitemap", "url": "/sitemap.xml"}
STORY = "/2023/11/08/bimtek-smart-city"
LIST = {"/berita": link_list(STORY)}
JSON = {"content-type": "application/json"}
KEPT = ("kept", None)
MANY = [f"/2023/11/08/bimtek-smart-city-tahap-{number}" for number in range(1, 61)]


@dataclass(frozen=True)
class Fault:
    """A site with one thing wrong."""

    way: Mapping[str, Any]
    broken: Mapping[str, Any]
    """What it answers: path to Answer, or to what gives one for a request."""
    mended: Mapping[str, Any] = field(default_factory=dict)
    fates: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """Of its paths, while it is broken; a reason is a regular expression."""
    problem: str | None = None
    """What the count of its way tells while it is broken; a regular expression."""
    is_harmless: bool = False
    """It is read right, and nothing is wrong for anyone; any other has alarms (alarms.py)."""
    later: Mapping[str, str] = field(default_factory=lambda: {STORY: "kept"})
    """Fate of its paths once it is mended."""
    source: Mapping[str, Any] = field(default_factory=dict)
    mended_source: Mapping[str, Any] = field(default_factory=dict)
    """What a person changes in its file to mend it."""
    before: Mapping[str, Any] | None = None
    """What is different in a round before it breaks; None: it is not asked then."""
    is_down: bool = False
    """Nobody listens at its port."""
    scheme: str = "http"
    stays: frozenset[str] = frozenset()
    """Alarms that go on although it is mended."""
    is_silent: bool = False
    """An answer of it does not come to its end by itself."""


def list_fault(answer: Any, problem: str, mended: Answer | None = None, **told: Any) -> Fault:
    """A listing page that is not what it was; its story is well."""
    return Fault(LISTING, {"/berita": answer, STORY: story()}, {"/berita": mended or link_list(STORY)},
                 problem=problem, **told)  # fmt: skip


def feed_fault(answer: Any, problem: str | None, mended: Answer | None = None, **told: Any) -> Fault:
    """A feed that is not what it was; its story is well."""
    from faults.web import item

    return Fault(FEED, {"/feed": answer, STORY: story()}, {"/feed": mended or rss(item(STORY))},
                 problem=problem, **told)  # fmt: skip


def story_fault(answer: Any, fate: str, reason: str | None, mended: Answer | None = None, **told: Any) -> Fault:
    """An article that is not what it should be, in a list that is well."""
    return Fault(LISTING, {**LIST, STORY: answer}, {STORY: mended or story()}, {STORY: (fate, reason)}, **told)


def many(asked: Asked) -> Answer:
    """The story of the number at the end of its path."""
    return story(int(asked.path.rpartition("-")[2]))


def after(times: int, answer: Answer, well: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """What is well so many times, all paths counted, and then one and the same answer."""
    return lambda asked: answer if asked.all_times > times else well(asked)
