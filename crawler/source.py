"""What a person writes about an outlet: who it is, where it lists its articles, what is odd about its pages."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urljoin, urlsplit
from zoneinfo import ZoneInfo, available_timezones

import yaml
from cssselect import SelectorError
from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

FAMILIES = Path(__file__).with_name("families")
POLITE_DELAY = 3.0
"""Seconds between two requests to one host; public code reports a 403 after about eight requests a minute."""

PLACEHOLDER = re.compile(r"\{(?P<name>\w+)(?::(?P<format>[^{}]*))?\}")


# Beside its own errors PyYAML lets others through: for `2023-99-99`, `!!int x`, `!!bool x`, and for what is too deep.
_NO_YAML = (
    yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError,
)  # fmt: skip
_FAST_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, several times as fast. It ends the process where a text nests some 25,000 deep."""
_SHALLOW = 4_000
"""Characters of a text that cannot nest so deep."""


class SourceError(Exception):
    """A source file that cannot be used. The message names file, line and field, what was wrong, and the options."""


@cache
def _check_css(selector: str) -> str:
    """What many sources share is read once: a selector takes a tenth of a millisecond."""
    try:
        HTMLTranslator().css_to_xpath(selector)
    except (SelectorError, RecursionError) as error:
        raise ValueError(f"no CSS selector: {selector!r} ({error})") from error
    return selector


def _check_multi_page(value: str) -> str:
    return value if value in ("none", "all", "whole") or value.startswith(("?", "/")) else _check_css(value)


def _check_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"no regular expression: {pattern!r} ({error})") from error
    return pattern


_timezones = cache(available_timezones)  # it walks through six hundred files


def _check_timezone(name: str) -> str:
    if name not in _timezones():
        raise ValueError(f"no IANA time zone: {name!r}; Indonesia has Asia/Jakarta, Asia/Makassar, Asia/Jayapura")
    return name


def _check_way_url(url: str) -> str:
    for found in PLACEHOLDER.finditer(url):
        if found["name"] not in ("keyword", "slug", "page", "from", "to"):
            raise ValueError(
                f"no such placeholder: {found[0]}; "
                "there are {keyword}, {slug}, {page}, {from:%Y-%m-%d}, {to:%Y-%m-%d}"
            )
        if (found["name"] in ("from", "to")) != (found["format"] is not None):
            raise ValueError(f"{found[0]}: a day needs its form, as in {{from:%Y-%m-%d}}; a word or a page has none")
    return url


def _check_host(host: str) -> str:
    if "/" in host or not host.strip():
        raise ValueError(f"no host name: {host!r}; one reads babel.kabar.example")
    return host.casefold()


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"no http address: {url!r}")
    return url.rstrip("/")


MultiPage = Annotated[str, AfterValidator(_check_multi_page)]
Css = Annotated[str, AfterValidator(_check_css)]
Pattern = Annotated[str, AfterValidator(_check_pattern)]
Host = Annotated[str, AfterValidator(_check_host)]
Regency = Annotated[str, Field(pattern=r"^\d\d\.\d\d$")]
Timezone = Annotated[str, AfterValidator(_check_timezone)]
Url = Annotated[str, AfterValidator(_check_url)]


class Written(BaseModel):
    """What a person wrote: unknown keys are mistakes, and nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Way(Written):
    """A way of finding article pages."""

    way: Literal["wordpress", "feed", "sitemap", "listing"]
    url: Annotated[str, AfterValidator(_check_way_url)]
    """Relative to `home`, or absolute. `{keyword}`: asked once for each of crawler/keywords.yml; `{slug}`: the same as
    tags are written, smart-city, and a tag that is not there is no fault. `{page}`: counted until a page brings nothing
    new. `{from:%Y-%m-%d}`, `{to:…}`: first and last day of a window, in the form of strftime. For wordpress the address
    of the site, not of its API."""
    first: int = Field(default=1, ge=0)
    """`{page}` of the first page; Drupal counts from 0."""
    step: int = Field(default=1, ge=1)
    """What `{page}` grows by; Joomla counts articles: 0, 10, 20."""
    window: int | None = Field(default=None, ge=1)
    """Days between `{from}` and `{to}`; an ordinary crawl asks the newest window, a backfill all of them."""
    articles: Css | None = None
    """Listing: the links to articles."""
    keywords: bool = True
    """WordPress: false lists every post; the keywords are looked for after parsing, as where a site cannot search."""
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
        if self.way != "wordpress" and not self.keywords:
            raise ValueError(
                "`keywords: false` belongs to a wordpress way; elsewhere leave {keyword} out of the address"
            )
        if self.way == "wordpress" and "{" in self.url:
            raise ValueError("a wordpress way asks its own questions: give the address of the site alone")
        if (self.window is None) == any(found["format"] is not None for found in PLACEHOLDER.finditer(self.url)):
            raise ValueError(
                "`window` (days) belongs to an address with {from:…} or {to:…}, and such an address needs it"
            )
        return self

    @property
    def searches(self) -> bool:
        """True when the site itself looks for the keywords."""
        asks_words = "{keyword}" in self.url or "{slug}" in self.url
        return asks_words or (self.way == "wordpress" and self.keywords)

    def fill(self, url: str, start: date, end: date) -> str:
        """The address for the days from `start` to `end`; `{keyword}` and `{page}` still in it.

        >>> way = Way(way="listing", url="/indeks?date={to:%m/%d/%Y}&page={page}", articles="a", window=1)
        >>> way.fill(way.url, date(2023, 11, 8), date(2023, 11, 8))
        '/indeks?date=11/08/2023&page={page}'
        """
        days = {"from": start, "to": end}
        return PLACEHOLDER.sub(
            lambda found: days[found["name"]].strftime(found["format"]) if found["name"] in days else found[0], url
        )


class Selectors(Written):
    """Where things stand on the pages of this source; each comes before what the parser would find by itself."""

    body: Css | None = None
    title: Css | None = None
    date: Css | None = None
    author: Css | None = None
    remove: tuple[Css, ...] = ()


class Expectations(Written):
    """What is normal for a source; crawler/watch/health.py says when it is not."""

    quiet_days: int = Field(default=30, ge=1)
    """Days without a new article in its lists, whatever the topic, after which that is worth a look."""
    listed: int = Field(default=1, ge=0)
    """Fewest articles that a way which cannot search lists in a visit."""
    dated: float = Field(default=0.9, ge=0, le=1)
    """Least share of its articles that have a date."""
    read: float = Field(default=0.8, ge=0, le=1)
    """Least share of its kept pages in which an article is found."""
    weekly: int | None = Field(default=None, ge=0)
    """Fewest new article pages in a week; crawler/watch/alarms.py says when there are fewer."""
    placed: float | None = Field(default=None, ge=0, le=1)
    """Least share of its articles on the programme with a kabupaten or kota."""


class RobotsException(Written):
    """What is asked for at a source's home although its robots.txt forbids it, with whose consent."""

    paths: tuple[Annotated[str, Field(pattern=r"^/")], ...] = Field(min_length=1)
    """Beginnings of the paths."""
    reason: str = Field(min_length=20)
    """For whoever asks, also the webmaster; it is published."""
    agreed_with: str = Field(min_length=3)
    """Who on the side of the site allowed it, and how."""
    since: date

    def covers(self, url: str) -> bool:
        """True for an address whose path begins with one of these, and does not lead out of it again."""
        parts = urlsplit(url)
        is_within = not {".", ".."} & set(re.split(r"[/\\]", unquote(parts.path)))
        return is_within and f"{parts.path or '/'}?{parts.query}".startswith(self.paths)


class RobotsRules(Written):
    """Where robots.txt is not obeyed; without this block it always is."""

    ignore: RobotsException


class Family(Selectors):
    """What the sites on one CMS share: `crawler/families/<family>.yml`. A source's own words come first."""

    ways: tuple[Way, ...] = ()
    multi_page: MultiPage = "none"
    skip_by_title: bool = False


class Source(Written):
    """An outlet or a portal, as `crawler/sources/<name>.yml` tells it."""

    name: str
    """Stem of the file; not written in it."""
    outlet: str
    """As readers know it."""
    home: Url
    hosts: tuple[Host, ...] = ()
    """Other hosts where its articles stand; subdomains of home need not be named."""
    kind: Literal["media", "government"]
    network: str | None = None
    provinces: tuple[str, ...] = ()
    regencies: tuple[Regency, ...] = ()
    """Kemendagri codes of the kabupaten and kota it is about; empty for a whole province or the nation."""
    family: str
    """What its CMS shares with others: `crawler/families/<family>.yml`, or generic. Ways, `multi_page` and
    `skip_by_title` that are not written come from there."""
    timezone: Timezone
    """The zone of its clock times that name none."""
    ways: tuple[Way, ...] = Field(min_length=1)
    """Tried in this order until one finds articles."""
    skip_by_title: bool = False
    """Where a way cannot search: a page whose title is known and has none of crawler/keywords.yml is not fetched."""
    delay: float = Field(default=POLITE_DELAY, ge=0)
    """Seconds between two requests."""
    budget: int = Field(default=2000, ge=1)
    """Most requests in a day (UTC)."""
    browser: bool = False
    """Its pages are empty without JavaScript: they are read by a browser (the `browser` extra)."""
    expect: Expectations = Expectations()
    selectors: Selectors = Selectors()
    robots: RobotsRules | None = None
    """An exception from its robots.txt, with the reason and whose consent."""
    multi_page: MultiPage = "none"
    """`none`; `whole`: an article has one page, whatever its pager says; `all`: the whole article is at `?page=all`;
    `?single=1`, `/all`: it is at its address with that behind it; else the CSS of the link to its next page."""
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

    def may_ignore_robots(self, url: str) -> bool:
        """True for an address of its home, and no other of its hosts, for which its exception is on record."""
        home, host = (urlsplit(one).netloc.lower().removeprefix("www.") for one in (self.home, url))
        return self.robots is not None and host == home and self.robots.ignore.covers(url)


def is_loopback(url: str) -> bool:
    """True for an address on this machine.

    >>> is_loopback("http://127.0.0.1:8101/"), is_loopback("https://tropedo.id")
    (True, False)
    """
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")


def load_source(path: Path) -> Source:
    """The source that a YAML file tells of; its name is the stem of the file.

    Raises SourceError in one line: file, line, field, what was wrong and what there is to choose from.
    """
    try:
        text = path.read_text(encoding="utf-8")
        written = _read_yaml(text)
    except FileNotFoundError:
        raise SourceError(f"no such source: {path.stem}. See {path.parent}/") from None
    except _NO_YAML as error:
        raise SourceError(f"{path}: {' '.join(str(error).split()) or type(error).__name__}") from error
    if not isinstance(written, dict):
        raise SourceError(f"{path}: a source is written as `key: value` lines, this is {type(written).__name__}")

    def where(field: Sequence[str | int]) -> str:
        return f"{path}:{_line_of(text, field)}"

    if "name" in written:
        raise SourceError(f"{where(['name'])}: name: a source is named by its file; take the line out")
    try:
        family = load_family(str(written.get("family")))
    except SourceError as error:
        # A family that is not written at all is told with the other missing fields.
        if "family" in written:
            raise SourceError(f"{where(['family'])}: family: {error}") from None
        family = Family()
    shared = family.model_dump(include={"ways", "multi_page", "skip_by_title"}, exclude_defaults=True)
    return _build_source({**shared, **written, "name": path.stem}, where)


def _read_yaml(text: str) -> Any:
    """What a YAML text says; one of _NO_YAML where it says nothing."""
    if len(text) <= _SHALLOW:
        with suppress(yaml.YAMLError):  # the slow one tells what is wrong
            return yaml.load(text, Loader=_FAST_YAML)
    return yaml.safe_load(text)


@cache
def load_family(name: str) -> Family:
    """What the sites on one CMS share; nothing for generic. Raises SourceError for a family that is not there."""
    path = FAMILIES / f"{name}.yml"
    if re.fullmatch(r"\w{1,60}", name) and path.exists():
        return Family.model_validate(_read_yaml(path.read_text(encoding="utf-8")))
    if name == "generic":
        return Family()
    known = ", ".join(sorted(path.stem for path in FAMILIES.glob("*.yml")))
    raise SourceError(f"no such family: {name[:60]!r}; there are {known}, generic (crawler/families/)")


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
    place = f"{source.name} at {base_url}"
    return _build_source({**source.model_dump(), "home": base_url, "ways": ways}, lambda field: place)


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


def _build_source(written: dict[str, Any], where: Callable[[Sequence[str | int]], str]) -> Source:
    try:
        return Source.model_validate(written)
    except ValidationError as error:
        # An unknown key before a missing one: it is often the same, misspelt.
        first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
        field = ".".join(str(part) for part in first["loc"]) or "source"
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            message = _unknown_key([str(part) for part in first["loc"]])
        raise SourceError(f"{where(first['loc'])}: {field}: {message}") from error


def _unknown_key(field: list[str]) -> str:
    """What to say of a key that nobody knows: the nearest that there is, and all of them."""
    models: dict[str, type[Written]] = {"ways": Way, "selectors": Selectors, "expect": Expectations}
    known = sorted(set((models[field[0]] if len(field) > 1 else Source).model_fields) - {"name"})
    near = difflib.get_close_matches(field[-1], known, n=1)
    return f"unknown key{f', did you mean {near[0]!r}?' if near else '.'} There are {', '.join(known)}"


def _line_of(text: str, field: Sequence[str | int]) -> int:
    """Line (from 1) of a field in the YAML; of what should hold it where it is missing."""
    node, line = yaml.compose(text, Loader=yaml.SafeLoader), 1
    for part in field:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = (node.value[part], node.value[part])
        else:
            found = None
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line
