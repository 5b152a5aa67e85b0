"""The source files themselves: whom they cover, and that what they say of places can be so."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.source import FAMILIES, Source, load_family, load_sources, way_url
from db.reference import read_rows

FOLDER = Path(__file__).parent.parent / "crawler" / "sources"
SOURCES = load_sources(FOLDER)
PROVINCES = {row["name"]: row["code"] for row in read_rows("provinces.csv")}
REGENCIES = {row["code"]: row["name"] for row in read_rows("regencies.csv")}
# By Keputusan Presiden 41/1987; every other province lives in Asia/Jakarta.
EAST = {f"{code}" for code in range(81, 97)}
MIDDLE = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}

by_name = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


def zone_of(province: str) -> str:
    code = PROVINCES[province]
    return "Asia/Jayapura" if code in EAST else "Asia/Makassar" if code in MIDDLE else "Asia/Jakarta"


def is_of_host(host: str, home: str) -> bool:
    host, home = host.removeprefix("www."), home.removeprefix("www.")
    return host == home or host.endswith(f".{home}")


def squeeze(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def test_there_are_at_least_a_hundred_sources_in_every_kind() -> None:
    assert len(SOURCES) >= 100
    assert {source.kind for source in SOURCES} == {"media", "government"}


@pytest.mark.parametrize("province", sorted(PROVINCES))
def test_two_sources_or_more_are_about_every_province(province: str) -> None:
    assert len([source.name for source in SOURCES if province in source.provinces]) >= 2


@by_name
def test_places_are_those_of_the_reference(source: Source) -> None:
    assert set(source.provinces) <= PROVINCES.keys()
    assert set(source.regencies) <= REGENCIES.keys()
    # A kabupaten lies in a province that the source names too.
    assert {code[:2] for code in source.regencies} <= {PROVINCES[name] for name in source.provinces}


@by_name
def test_the_clock_is_that_of_one_of_its_provinces(source: Source) -> None:
    zones = {zone_of(province) for province in source.provinces}
    assert source.timezone in (zones or {"Asia/Jakarta"})


@by_name
def test_a_way_asks_only_hosts_of_the_source(source: Source) -> None:
    own = (urlsplit(source.home).netloc, *source.hosts)
    for way in source.ways:
        host = urlsplit(way_url(source, way)).netloc
        assert any(is_of_host(host, home) for home in own), f"{host} is not of {own}"


@by_name
def test_a_file_is_named_after_its_outlet_or_host(source: Source) -> None:
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", source.name)
    said = squeeze(f"{source.outlet} {source.home} {source.network or ''}")
    assert all(word in said for word in source.name.split("_"))


@by_name
def test_a_file_begins_with_what_it_rests_on(source: Source) -> None:
    lines = (FOLDER / f"{source.name}.yml").read_text(encoding="utf-8").splitlines()
    comment = " ".join(line.removeprefix("# ") for line in lines[: lines.index(f"outlet: {source.outlet}")])
    assert len(comment.split()) > 5
    # Nobody has looked at these sites with this crawler; who does changes both lines.
    assert ("Not contacted from here." in comment) == (source.knowledge == "to be confirmed")


@by_name
def test_a_government_portal_says_which_region_it_is_of(source: Source) -> None:
    if source.kind == "government" and re.search(r"\b(pemkab|pemkot|kabupaten|kota)\b", source.outlet.casefold()):
        assert source.regencies


@by_name
def test_a_list_of_a_whole_newsroom_is_sifted_by_its_titles(source: Source) -> None:
    """Else a run would fetch every article of a large outlet, whatever its topic."""
    if source.network and source.kind == "media" and any(not way.searches for way in source.ways):
        assert source.skip_by_title or source.family == "wordpress"


def test_no_two_sources_have_one_home() -> None:
    homes = Counter(source.home.removeprefix("https://").removeprefix("www.") for source in SOURCES)
    assert [home for home, count in homes.items() if count > 1] == []


@pytest.mark.parametrize(
    "host", ["tropedo.id", "kalselpos.com", "bangka.go.id", "kaltim.tribunnews.com", "babel.tribunnews.com"]
)
def test_the_five_outlets_that_were_the_first_input_are_there(host: str) -> None:
    assert any(is_of_host(host, own) for source in SOURCES for own in (urlsplit(source.home).netloc, *source.hosts))


@pytest.mark.parametrize("family", sorted(path.stem for path in FAMILIES.glob("*.yml")))
def test_every_family_is_used_and_says_how_its_sites_are_searched(family: str) -> None:
    assert [source.name for source in SOURCES if source.family == family]
    assert load_family(family).ways
    assert (FAMILIES / f"{family}.yml").read_text(encoding="utf-8").startswith("# ")


@by_name
def test_links_are_told_apart_from_articles(source: Source) -> None:
    """A way that takes any link of a page needs a pattern; a section page and the front page are no articles."""
    for way in source.ways:
        if way.articles == "a":
            assert way.match is not None
        if way.match is not None:
            assert re.search(way.match, source.home) is None
            assert re.search(way.match, f"{source.home}/berita") is None
