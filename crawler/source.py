"""What a person writes about an outlet: who it is, where it lists its articles, what is odd about its pages."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, available_timezones

import yaml
from cssselect import SelectorError
from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

POLITE_DELAY = 3.0
"""Seconds between two requests to one host; public code reports a 403 after about eight requests a minute."""


class SourceError(Exception):
    """A source file that cannot be used. The message names the file, the field and what was wrong."""


def _check_css(selector: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError as error:
        raise ValueError(f"no CSS selector: {selector!r} ({error})") from error
    return selector


def _check_multi_page(value: str) -> str:
    return value if value in ("none", "all") else _check_css(value)


def _check_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {pattern!r} ({error})") from error
    return pattern


def _check_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"no IANA time zone: {name!r}; Indonesia has Asia/Jakarta, Asia/Makassar, Asia/Jayapura")
    return name


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"no http address: {url!r}")
    return url.rstrip("/")


Css = Annotated[str, AfterValidator(_check_css)]
Pattern = Annotated[str, AfterValidator(_check_pattern)]
Regency = Annotated[str, Field(pattern=r"^\d\d\.\d\d$")]
Timezone = Annotated[str, AfterValidator(_check_timezone)]
Url = Annotated[str, AfterValidator(_check_url)]


class Written(BaseModel):
    """What a person wrote: unknown keys are mistakes, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Way(Written):
    """A way of finding article pages."""

    way: Literal["wordpress", "feed", "sitemap", "listing"]
    url: str
    """Relative to `home`, or absolute. `{keyword}`: asked once for each of crawler/keywords.yml. `{page}`: counted from
    1 until a page brings nothing new. For wordpress the address of the site, not of its API."""
    articles: Css | None = None
    """Listing: the links to articles."""
    next: Css | None = None
    """Listing: the link to the next page, where the pages are not counted."""
    match: Pattern | None = None
    """Regular expression that an article's URL holds; links without it are not articles."""

    @model_validator(mode="after")
    def _fits_its_way(self) -> Way:
        if (self.way == "listing") != (self.articles is not None):
            raise ValueError("`articles` (CSS of the links to articles) belongs to a listing, and a listing needs it")
        if self.next is not None and self.way != "listing":
            raise ValueError("`next` belongs to a listing")
        if self.way == "wordpress" and "{" in self.url:
            raise ValueError("a wordpress way asks its own questions: give the address of the site alone")
        return self

    @property
    def searches(self) -> bool:
        """True when the site itself looks for the keywords."""
        return self.way == "wordpress" or "{keyword}" in self.url


class Selectors(Written):
    """Where things stand on the pages of this source; each comes before what the parser would find by itself."""

    body: Css | None = None
    title: Css | None = None
    date: Css | None = None
    author: Css | None = None
    remove: tuple[Css, ...] = ()


class Source(Written):
    """An outlet or a portal, as `crawler/sources/<name>.yml` tells it."""

    name: str
    """Stem of the file; not written in it."""
    outlet: str
    """As readers know it."""
    home: Url
    kind: Literal["media", "government"]
    network: str | None = None
    provinces: tuple[str, ...] = ()
    regencies: tuple[Regency, ...] = ()
    """Kemendagri codes of the kabupaten and kota it is about; empty for a whole province or the nation."""
    family: str
    """What its CMS shares with others: `crawler/families/<family>.yml`, or generic."""
    timezone: Timezone
    """The zone of its clock times that name none."""
    ways: tuple[Way, ...] = Field(min_length=1)
    """Tried in this order until one finds articles."""
    skip_by_title: bool = False
    """Where a way cannot search: a page whose title is known and has none of crawler/keywords.yml is not fetched."""
    delay: float = Field(default=POLITE_DELAY, ge=0)
    """Seconds between two requests."""
    selectors: Selectors = Selectors()
    multi_page: Annotated[str, AfterValidator(_check_multi_page)] = "none"
    """`none`; `all`: the whole article is at `?page=all`; else the CSS of the link to its next page."""
    knowledge: Literal["seen", "to be confirmed"]
    """seen: a person or a test saw these ways work on the site itself."""
    note: str | None = None

    @model_validator(mode="after")
    def _is_polite(self) -> Source:
        if self.delay < POLITE_DELAY and not is_loopback(self.home):
            raise ValueError(
                f"delay {self.delay:g} is under {POLITE_DELAY:g} seconds; only a loopback home may be asked faster"
            )
        return self

    def zone(self) -> ZoneInfo:
        """The zone of its clock times that name none."""
        return ZoneInfo(self.timezone)


def is_loopback(url: str) -> bool:
    """True for an address on this machine.

    >>> is_loopback("http://127.0.0.1:8101/"), is_loopback("https://tropedo.id")
    (True, False)
    """
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def load_source(path: Path) -> Source:
    """The source that a YAML file tells of; its name is the stem of the file.

    Raises SourceError in one line: file, field, what was wrong.
    """
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceError(f"no such source: {path.stem}. See {path.parent}/") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: {' '.join(str(error).split())}") from error
    if not isinstance(written, dict):
        raise SourceError(f"{path}: a source is written as `key: value` lines, this is {type(written).__name__}")
    if "name" in written:
        raise SourceError(f"{path}: name: a source is named by its file; take the line out")
    return _build_source({**written, "name": path.stem}, str(path))


def load_sources(folder: Path) -> list[Source]:
    """All sources of a folder, in the order of their names. Raises SourceError for the first that cannot be used."""
    if not folder.is_dir():
        raise SourceError(f"no such folder of sources: {folder}")
    return [load_source(path) for path in sorted(folder.glob("*.yml"))]


def relocate(source: Source, base_url: str) -> Source:
    """The same source at another address, for a test that serves it elsewhere; absolute ways of its home move along."""
    base_url = base_url.rstrip("/")

    def moved(url: str) -> str:
        return base_url + url.removeprefix(source.home) if url.startswith(source.home) else url

    ways = [{**way.model_dump(), "url": moved(way.url)} for way in source.ways]
    return _build_source({**source.model_dump(), "home": base_url, "ways": ways}, f"{source.name} at {base_url}")


@cache
def load_keywords() -> tuple[str, ...]:
    """What the programme is called in print: crawler/keywords.yml, in its order."""
    return tuple(yaml.safe_load((Path(__file__).parent / "keywords.yml").read_text(encoding="utf-8")))


def has_keyword(text: str) -> bool:
    """True when one of crawler/keywords.yml is in the text; case and hyphens do not matter.

    >>> has_keyword("Bupati Paser Buka Bimtek SMART-CITY"), has_keyword("Telepon Smart Baru")
    (True, False)
    """
    words = " ".join(text.casefold().replace("-", " ").split())
    return any(keyword.casefold() in words for keyword in load_keywords())


def way_url(source: Source, way: Way) -> str:
    """Address of a way of the source, absolute; `{keyword}` and `{page}` still in it."""
    return urljoin(source.home + "/", way.url)


def _build_source(written: dict[str, Any], where: str) -> Source:
    try:
        return Source.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "source"
        raise SourceError(f"{where}: {field}: {first['msg'].removeprefix('Value error, ')}") from error
