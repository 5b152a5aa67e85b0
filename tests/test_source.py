from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawler.source import SourceError, load_family, load_keywords, load_source, load_sources, relocate, way_url

ROOT = Path(__file__).parent.parent / "crawler"
WRITTEN = {
    "outlet": "Kabar Paser",
    "home": "https://kabarpaser.example",
    "kind": "media",
    "provinces": ["Kalimantan Timur"],
    "regencies": ["64.01"],
    "family": "wordpress",
    "timezone": "Asia/Makassar",
    "ways": [{"way": "wordpress", "url": "/"}],
    "knowledge": "to be confirmed",
}


def write_source(folder: Path, stem: str = "kabar_paser", /, **changes: Any) -> Path:
    path = folder / f"{stem}.yml"
    path.write_text(
        yaml.safe_dump({key: value for key, value in {**WRITTEN, **changes}.items() if value != "LEFT OUT"})
    )
    return path


def test_a_source_is_named_by_its_file_and_asks_politely(tmp_path: Path) -> None:
    source = load_source(write_source(tmp_path))
    assert (source.name, source.delay, source.multi_page, source.skip_by_title) == (
        "kabar_paser",
        3.0,
        load_family("wordpress").multi_page,
        False,
    )
    assert str(source.zone()) == "Asia/Makassar"


def test_sources_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("paser", "bangka", "kotim"):
        write_source(tmp_path, name)
    assert [source.name for source in load_sources(tmp_path)] == ["bangka", "kotim", "paser"]


LISTING = {"way": "listing", "url": "/berita?halaman={page}"}


@pytest.mark.parametrize(
    ("changes", "field", "wrong"),
    [
        ({"timezone": "LEFT OUT"}, "timezone", "Field required"),
        ({"timezone": "WITA"}, "timezone", "no IANA time zone: 'WITA'"),
        ({"knowledge": "LEFT OUT"}, "knowledge", "Field required"),
        ({"outlets": "x"}, "outlets", "unknown key, did you mean 'outlet'? There are browser, budget, delay"),
        ({"family": "joomia"}, "family", "no such family: 'joomia'; there are antara, "),
        (
            {"ways": [{"way": "feed", "url": "/{tahun}"}]},
            "ways.0.url",
            "no such placeholder: {tahun}; there are",
        ),
        ({"ways": [{"way": "feed", "url": "/{from}"}]}, "ways.0.url", "a day needs its form"),
        ({"ways": [{"way": "feed", "url": "/{from:%Y}"}]}, "ways.0", "such an address needs it"),
        ({"ways": [{"way": "feed", "url": "/", "window": 7}]}, "ways.0", "`window` (days) belongs to"),
        ({"hosts": ["https://babel.kabar.example/"]}, "hosts.0", "no host name"),
        ({"kind": "blog"}, "kind", "'media' or 'government'"),
        ({"name": "kabar_paser"}, "name", "named by its file"),
        ({"home": "kabarpaser.example"}, "home", "no http address"),
        ({"regencies": ["6401"]}, "regencies.0", "pattern"),
        ({"delay": 0}, "source", "only a loopback home"),
        ({"delay": 2.9}, "source", "only a loopback home"),
        ({"ways": []}, "ways", "at least 1"),
        ({"ways": [LISTING]}, "ways.0", "a listing needs it"),
        ({"ways": [{**LISTING, "articles": "h3 >> a"}]}, "ways.0.articles", "no CSS selector: 'h3 >> a'"),
        ({"ways": [{**LISTING, "articles": "a", "match": "("}]}, "ways.0.match", "no regular expression"),
        ({"ways": [{"way": "feed", "url": "/feed/", "articles": "a"}]}, "ways.0", "belongs to a listing"),
        ({"ways": [{"way": "wordpress", "url": "/?s={keyword}"}]}, "ways.0", "the address of the site alone"),
        ({"ways": [{"way": "feed", "url": "/feed", "keywords": False}]}, "ways.0", "belongs to a wordpress way"),
        ({"ways": [{"way": "twitter", "url": "/"}]}, "ways.0.way", "'wordpress', 'feed'"),
        ({"selectors": {"isi": "p"}}, "selectors.isi", "unknown key. There are author, body, date, remove, title"),
        ({"selectors": {"remove": ["p:"]}}, "selectors.remove.0", "no CSS selector"),
        ({"multi_page": "a[["}, "multi_page", "no CSS selector"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_file_and_field(
    tmp_path: Path, changes: dict[str, Any], field: str, wrong: str
) -> None:
    path = write_source(tmp_path, **changes)
    with pytest.raises(SourceError) as error:
        load_source(path)
    assert re.match(rf"{re.escape(str(path))}:\d+: {re.escape(field)}: ", str(error.value))
    assert wrong in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("written", "line"), [("articlez: h3 a", 9), ("articles: 'h3 >> a'", 9), ("match: '('\n    articles: a", 9)]
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, written: str, line: int) -> None:
    path = tmp_path / "kabar_paser.yml"
    path.write_text(
        "# Seen.\noutlet: Kabar Paser\nhome: https://kabarpaser.example\nkind: media\nfamily: generic\n"
        f"timezone: Asia/Makassar\nways:\n  - way: listing\n    {written}\n    url: /berita\nknowledge: seen\n"
    )
    with pytest.raises(SourceError, match=rf"kabar_paser\.yml:{line}: ways\.0"):
        load_source(path)


def test_what_a_source_does_not_say_comes_from_its_family(tmp_path: Path) -> None:
    source = load_source(write_source(tmp_path, ways="LEFT OUT"))
    assert [way.way for way in source.ways] == ["wordpress", "feed", "sitemap"]
    assert source.multi_page == load_family("wordpress").multi_page != "none"
    assert load_source(write_source(tmp_path, multi_page="none")).multi_page == "none"


@pytest.mark.parametrize("text", ["- satu\n- dua\n", "outlet: [", ""])
def test_a_file_that_is_no_source_is_told_by_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rusak.yml"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"rusak\.yml: "):
        load_source(path)


def test_a_missing_source_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=f"no such source: nope. See {tmp_path}/"):
        load_source(tmp_path / "nope.yml")


@pytest.mark.parametrize("home", ["http://127.0.0.1:8101", "http://localhost:9000/"])
def test_a_loopback_home_may_be_asked_without_delay(tmp_path: Path, home: str) -> None:
    assert load_source(write_source(tmp_path, home=home, delay=0)).delay == 0


def test_a_relocated_source_takes_its_ways_along(tmp_path: Path) -> None:
    ways = [
        {"way": "feed", "url": "/feed/?s={keyword}"},
        {"way": "sitemap", "url": "http://127.0.0.1:8101/peta.xml"},
        {"way": "sitemap", "url": "http://127.0.0.1:9999/peta.xml"},
    ]
    source = load_source(write_source(tmp_path, home="http://127.0.0.1:8101", delay=0, ways=ways))
    moved = relocate(source, "http://127.0.0.1:5000/")
    assert (moved.name, moved.home) == ("kabar_paser", "http://127.0.0.1:5000")
    assert [way_url(moved, way) for way in moved.ways] == [
        "http://127.0.0.1:5000/feed/?s={keyword}",
        "http://127.0.0.1:5000/peta.xml",
        "http://127.0.0.1:9999/peta.xml",
    ]


def test_the_outlets_of_the_first_articles_have_sources() -> None:
    homes = {source.home for source in load_sources(ROOT / "sources")}
    assert homes >= {
        "https://tropedo.id",
        "https://kalselpos.com",
        "https://www.bangka.go.id",
        "https://kaltim.tribunnews.com",
        "https://bangka.tribunnews.com",
    }


def test_no_keyword_is_found_by_another_already() -> None:
    words = [keyword.casefold() for keyword in load_keywords()]
    assert not [(short, long) for short in words for long in words if short != long and short in long]
