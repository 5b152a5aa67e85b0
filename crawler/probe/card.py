"""The findings on paper: a source file that works, and a report for whoever tried it."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import yaml

from crawler.probe import Findings
from crawler.probe.reading import ARTICLES, Reading, articles_a_day, is_seen, quiet_days
from crawler.source import POLITE_DELAY, Expectations, Source, is_loopback, load_family, load_source

WIDTH = 118
MOST_A_DAY = 100
"""Articles a day that are fetched without a look at their titles: five minutes of requests."""
_SUFFIXES = re.compile(r"\.(?:(?:co|go|or|ac|web|my|desa|sch|biz)\.id|[a-z]{2,})$")


def source_name(found: Findings, taken: Collection[str] = ()) -> str:
    """The name of the site's file: its host without what all hosts have; what it calls itself where it has a number.

    The whole host where that is `taken` by another site.

    >>> from types import SimpleNamespace as Site
    >>> source_name(Site(home="https://www.kabar-paser.co.id")), source_name(Site(home="https://babel.kabar.example"))
    ('kabar_paser', 'babel_kabar')
    >>> source_name(Site(home="https://kabar.example"), {"kabar"})
    'kabar_example'
    >>> source_name(Site(home="http://127.0.0.1:8101", outlet="Warta Serumpun"))
    'warta_serumpun'
    """
    host = (urlsplit(found.home).hostname or "").removeprefix("www.")
    named = _as_name(found.outlet if is_loopback(found.home) else _SUFFIXES.sub("", host))
    return _as_name(host) if named in taken and not is_loopback(found.home) else named


def _as_name(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_") or "source"


def source_text(found: Findings, tried_on: date) -> str:
    """The source file of a site, with what was seen in its comments.

    Raises ValueError where there is nothing to write, and where nothing tells the time zone.
    """
    if not found.ways:
        raise ValueError("no way of finding articles was found, so there is no source to write")
    if found.zone is None:
        raise ValueError(
            "nothing tells the time zone: say --timezone Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT)"
        )
    lines = [line for said in _seen(found, tried_on) for line in _comment(said)]
    lines += [_line("outlet", found.outlet), _line("home", found.home)]
    if found.hosts:
        lines.append(f"hosts: [{', '.join(found.hosts)}]")
    kind = "government" if found.is_government else "media"
    lines += [
        _line("kind", kind),
        *_place_lines(found),
        *_comment(f"Family: {_family_seen(found)}."),
        _line("family", found.family),
        *_comment(f"Time zone: {'; '.join(found.zone_seen)}."),
        f"timezone: {found.zone} # to be confirmed",
        *_way_lines(found),
        *_optional_lines(found),
        _line("knowledge", "seen" if is_seen(found.readings) else "to be confirmed"),
    ]
    return "\n".join(lines) + "\n"


def check_text(text: str, name: str) -> Source:
    """The source that a text would be in a file of that name. Raises SourceError where it could not be read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.yml"
        path.write_text(text, encoding="utf-8")
        return load_source(path)


def report_lines(found: Findings) -> Iterator[str]:
    """What was found, for a person at a terminal; the last line is the verdict."""
    yield f"{found.home}: {found.requests} requests in {found.seconds:.0f} s"
    if found.moved:
        yield _row("moved", found.moved)
    yield _row("robots.txt", found.robots)
    if found.problem:
        yield _row("problem", found.problem)
    else:
        yield from _site_rows(found)
    for line in _to_check(found):
        yield _row("check", line)
    yield _verdict(found)


def _site_rows(found: Findings) -> Iterator[str]:
    yield _row("outlet", f"{found.outlet}, {'government' if found.is_government else 'media'}")
    yield _row("family", f"{found.family}: {_family_seen(found)}")
    yield _row("time zone", f"{found.zone or 'not known'}{_in_brackets('; '.join(found.zone_seen))}")
    for one in found.ways:
        yield _row(one.way.way, f"{one.way.url}: {one.seen}")
    for line in found.tried:
        yield _row("not usable", line)
    if found.ways:
        yield from _score_rows(found.readings)
        for reading in found.readings:
            yield from _preview(reading)


def _verdict(found: Findings) -> str:
    """One sentence: whether the source can be used as it is."""
    if found.problem == "robots":
        return "Not usable: robots.txt forbids us the site, and that is obeyed."
    if found.problem:
        return f"Not usable now: {found.problem}."
    if found.is_shell and not any(reading.article for reading in found.readings):
        return "Not usable without a browser: its pages are empty without JavaScript, it needs `browser: true`."
    if not found.ways:
        return "Not usable as it is: nothing lists its articles; give the address of a page that does."
    if not is_seen(found.readings):
        return "To be confirmed: articles are listed, but too few of them could be read with date and body."
    with_browser = " by a browser" if found.is_shell else ""
    return f"Usable: articles are listed, and read{with_browser} with their dates and bodies."


def _to_check(found: Findings) -> Iterator[str]:
    """What a person should look at before the source is used, each with the reason."""
    if found.problem:
        return
    if found.moved and "ANOTHER" in found.moved:
        yield f"the domain: {found.moved}; is it still the same outlet?"
    if found.ways:
        yield "provinces and regencies, by its name" if found.place else "provinces and regencies: its name tells none"
        yield f"time zone: {found.zone or 'nothing tells it'}"
    if _busy(found) is not None:
        yield "skip_by_title: an article whose title has none of crawler/keywords.yml is not fetched"
    if found.ways and found.multi_page is None and load_family(found.family).multi_page == "none":
        yield "articles over several pages: none was among those that were read (multi_page)"
    faults: dict[str, list[str]] = {}
    for reading in found.readings:
        for fault in _faults(reading):
            faults.setdefault(fault, []).append(reading.url)
    for fault, urls in faults.items():
        yield f"{len(urls)} of {len(found.readings)} articles: {fault}, as {urls[0]}"


# The comment and the lines of the file.


def _seen(found: Findings, tried_on: date) -> list[str]:
    whole = [f"Tried on {tried_on} by `pantau sources try {found.address}`, {found.requests} requests."]
    whole += [f"{one.way.way} {one.way.url}: {one.seen}." for one in found.ways]
    whole.append(f"Articles: {_score(found.readings)}.")
    if found.moved:
        whole.append(f"Moved: {found.moved}.")
    return whole


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)]


def _line(key: str, value: Any) -> str:
    return yaml.safe_dump({key: value}, allow_unicode=True, width=10_000, sort_keys=False).strip()


def _place_lines(found: Findings) -> Iterator[str]:
    if found.place is None:
        yield "provinces: [] # to be filled in; none for the whole nation"
        return
    yield f"provinces: [{found.place.province}] # by its name, to be confirmed"
    if found.place.regency is not None:
        yield f'regencies: ["{found.place.regency}"]'


def _family_seen(found: Findings) -> str:
    if found.sign is None:
        return "no signs of a known one"
    looks = "" if found.sign.family == found.family else f"looks like {found.sign.family}, which has no file; "
    return f"{looks}{'; '.join(found.sign.seen)}"


def _way_lines(found: Findings) -> list[str]:
    """The ways, unless they are those of the family: then the family's own hold, also when they are mended."""
    ways = tuple(one.way for one in found.ways)
    if ways == load_family(found.family).ways:
        return [f"# ways: those of crawler/families/{found.family}.yml, all of them seen"]
    return ["ways:", *(line for way in ways for line in _item_lines(way.model_dump(exclude_defaults=True)))]


def _item_lines(value: dict[str, Any]) -> list[str]:
    """An item of a list, on one line where it fits."""
    flow = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False).strip()
    if len(flow) <= WIDTH - 4:
        return [f"  - {flow}"]
    lines = [_line(key, one) for key, one in value.items()]
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def _busy(found: Findings) -> float | None:
    """Articles a day, where nothing searches and they are too many to fetch them all."""
    a_day = articles_a_day(found.ways)
    is_searched = any(one.way.searches for one in found.ways) or load_family(found.family).skip_by_title
    return a_day if a_day is not None and a_day > MOST_A_DAY and not is_searched else None


def _optional_lines(found: Findings) -> Iterator[str]:
    if (a_day := _busy(found)) is not None:
        yield f"skip_by_title: true # about {a_day:.0f} articles a day, and nothing searches"
    if found.multi_page is not None:
        yield _line("multi_page", found.multi_page)
    if (days := quiet_days(found.ways)) is not None and days > Expectations().quiet_days:
        yield f"expect: {{quiet_days: {days}}} # twice the longest silence among its newest articles"
    if found.delay != POLITE_DELAY:
        yield f"delay: {found.delay:g}"
    if found.is_shell:
        yield "browser: true # pages are empty without JavaScript"


# What is said of the articles.


def _score(readings: Sequence[Reading]) -> str:
    read = [reading.article for reading in readings if reading.article is not None]
    how = Counter(article.published_by for article in read if article.published_by)
    own = Counter(reading.own.published_by for reading in readings if reading.own and reading.own.published_by)
    sizes = [len(article.text) for article in read]
    said = [
        f"{len(read)} of {len(readings)} read" + (f", {min(sizes):,} to {max(sizes):,} characters" if sizes else ""),
        f"dated {sum(reading.is_dated for reading in readings)}{_in_brackets(_counts(how))}",
        f"dated by their pages alone {own.total()}{_in_brackets(_counts(own))}",
        f"in Indonesian {sum(reading.is_indonesian for reading in readings)}",
        f"titles clean {sum(reading.is_clean for reading in readings)}",
        f"authors {sum(bool(article.authors) for article in read)}",
    ]
    return "; ".join(said)


def _counts(counts: Counter[Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _score_rows(readings: Sequence[Reading]) -> Iterator[str]:
    if not readings:
        yield _row("articles", f"none of {ARTICLES} could be fetched")
    else:
        yield _row("articles", _score(readings))


def _preview(reading: Reading) -> Iterator[str]:
    article = reading.article
    if article is None:
        yield f"    -- {reading.url}: {reading.problem}"
        return
    when = article.published_at.isoformat(" ", "minutes") if article.published_at else "no date"
    yield f"    {when}  {article.title or 'no title'}  [{', '.join(article.authors) or 'no author'}]"
    yield f"        {' '.join(article.text[:120].split())}…"


def _faults(reading: Reading) -> Iterator[str]:
    if reading.article is None:
        yield reading.problem or "not read"
        return
    if not reading.is_dated:
        yield f"no date ({reading.article.date_reason})"
    if not reading.is_clean:
        yield "the title may hold more than the headline"
    if not reading.is_indonesian:
        yield "the text does not read as Indonesian"


def _row(what: str, text: str) -> str:
    return f"  {what:11} {text}"
