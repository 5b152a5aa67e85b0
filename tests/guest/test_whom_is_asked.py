"""Whom the crawl asks: the hosts of a source, and only where their names lead to public addresses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from guest.outside import Done, pantau
from livesite import Monitor, Site, article, live_site

from crawler.spiders.guard import OutsideError, PrivateAddressError, check_address, is_public

LIST = {"way": "listing", "url": "/berita", "articles": "h3 a"}
HOME = "https://kabar.example"
PRIVATE = [
    "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_known_as_such(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "103.10.10.10", "2606:2800:220:1:248:1893:25c8:1946"])
def test_a_public_address_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        f"{HOME}/a", "http://kabar.example/a", "https://www.kabar.example/a", "https://kabar.example./a",
        "https://paser.kabar.example/a", "https://kabar.example:443/a", "http://KABAR.example:80", "https://lain.example/",
        "https://xn--kbar-5na.example/", "https://kábar.example/", "http://sendiri.example:8080/a",
    ],
)  # fmt: skip
def test_hosts_of_the_source_may_be_asked(url: str) -> None:
    check_address(url, HOME, ("lain.example", "kábar.example", "sendiri.example:8080"))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://orang.example/a", "leads to another site"),
        ("https://kabar.example.orang.example/a", "leads to another site"),
        ("https://bukankabar.example/a", "leads to another site"),
        ("https://kabar.example:8443/a", "leads to another site"),
        ("https://kabar.example:22/a", "leads to another site"),
        ("https://93.184.216.34/a", "leads to another site"),
        ("https://a:b@kabar.example/", "a user name"),
        ("https://kabar.example@orang.example/", "a user name"),
        ("ftp://kabar.example/a", "no web address"),
        ("file:///etc/passwd", "no web address"),
        ("https:///a", "no web address"),
        ("https://[kabar.example/a", "no web address"),
        ("https://kabar.example:99999/", "no web address"),
        (f"{HOME}/{'a' * 2000}", "2022 characters, 2000 at most"),
    ],
)
def test_what_is_not_of_the_source_is_not_asked(url: str, why: str) -> None:
    with pytest.raises(OutsideError, match=why):
        check_address(url, HOME)


SPELLINGS = [
    "127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "localhost", "LOCALHOST", "localhost.", "kabar.localhost", "127.0.0.1.", "10.0.0.5", "0", "[::]",
    "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]", "999.1.1.1",
]  # fmt: skip


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("home", [HOME, "http://127.0.0.1:8101", None])
def test_no_spelling_of_a_private_address_is_asked(host: str, home: str | None) -> None:
    if home is None and host in ("127.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "[::1]"):
        return  # while its home is not known `sources try` leaves loopback to the resolver, which knows what was named
    with pytest.raises(PrivateAddressError, match="not public"):
        check_address(f"http://{host}/a", home)
    with pytest.raises((PrivateAddressError, OutsideError)):
        check_address(f"http://{host}:8102/a", home)


def test_a_home_on_loopback_is_asked_at_its_own_port_alone() -> None:
    check_address("http://127.0.0.1:8101/a", "http://127.0.0.1:8101")
    for url in ("http://127.0.0.1:8102/", "http://127.0.0.1/", "http://localhost:8101/", "http://127.0.0.2:8101/"):
        with pytest.raises(PrivateAddressError):
            check_address(url, "http://127.0.0.1:8101")


# A crawl of sites that lead elsewhere.

REDIRECTS = {
    "/lain": ("https://orang.example/a", "not-article", "redirects to another site: https://orang.example/a"),
    "/dalam": ("http://10.0.0.5/a", "error", "redirects to 10.0.0.5, an address that is not public"),
    "/awan": ("http://169.254.169.254/latest/", "error", "redirects to 169.254.169.254, an address that is not public"),
    "/angka": ("http://2130706433:PORT/a", "error", "redirects to 2130706433, an address that is not public"),
    "/heks": ("http://0x7f.1:PORT/a", "error", "redirects to 0x7f.1, an address that is not public"),
    "/pendek": ("http://127.1:PORT/a", "error", "redirects to 127.1, an address that is not public"),
    "/enam": ("http://[::ffff:7f00:1]:PORT/a", "error", "redirects to ::ffff:7f00:1, an address that is not public"),
    "/titik": ("http://localhost.:PORT/a", "error", "redirects to localhost, an address that is not public"),
    "/pintu": ("http://127.0.0.1:PORT/a", "error", "redirects to 127.0.0.1, an address that is not public"),
    "/nama": ("http://HOME@127.0.0.1:PORT/a", "not-article", "redirects to an address with a user name in it: "),
    "/dua": ("/pintu", "error", "redirects to 127.0.0.1, an address that is not public"),
    "/segarkan": ("http://127.0.0.1:PORT/a", "error", "redirects to 127.0.0.1, an address that is not public"),
    "/kasar": ("//127.0.0.1:PORT/a", "error", "redirects to 127.0.0.1, an address that is not public"),
    "/berkas": ("file:///etc/passwd", "error", "HTTP 302"),
}  # fmt: skip


@dataclass
class Led:
    """A crawl of sites that lead to a secret server, and what became of it."""

    done: Done
    monitor: Monitor
    secret: Site
    homes: dict[str, str]

    def fates(self, source: str) -> dict[str, tuple[str, str]]:
        rows = self.monitor.rows(f"select url, fate, fate_reason from urls where source = '{source}'")
        return {urlsplit(url).path: (fate, reason) for url, fate, reason in rows}

    def problem(self, source: str) -> str:
        [(problem,)] = self.monitor.rows(f"select problem from way_counts where source = '{source}'")
        return str(problem)


@pytest.fixture(scope="module")
def led(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Led]:
    monitor = Monitor(tmp_path_factory.mktemp("led"))
    with ExitStack() as stack:
        secret = stack.enter_context(live_site())
        secret.answers |= dict.fromkeys(("/a", "/robots.txt", "/feed", "/berita"), article("Rahasia Smart City"))
        port = secret.home.rpartition(":")[2]

        def to(target: str) -> tuple[int, dict[str, str], str]:
            return (302, {"location": target.replace("PORT", port).replace("HOME", "127.0.0.1")}, "")

        names = ("berita", "berita_lain", "daftar", "robot", "bagian", "tautan")
        sites = {name: stack.enter_context(live_site()) for name in names}
        for name, site in sites.items():
            monitor.write_source(name, site.home, [LIST], **({"multi_page": "a.next"} if name == "bagian" else {}))
            site.answers["/berita"] = "<h3><a href='/a'>A</a></h3>"
        # After ten failures in a row a site is left alone: half of them on each.
        for name, paths in (("berita", list(REDIRECTS)[:7]), ("berita_lain", list(REDIRECTS)[7:])):
            sites[name].answers |= {path: to(target) for path, (target, _, _) in REDIRECTS.items()}
            sites[name].answers["/segarkan"] = f"<meta http-equiv=refresh content='0; url={secret.home}/a'>"
            sites[name].answers["/berita"] = "".join(f"<h3><a href='{path}'>A</a></h3>" for path in paths)
        sites["daftar"].answers["/berita"] = to("http://127.0.0.1:PORT/berita")
        sites["robot"].answers["/robots.txt"] = to("http://127.0.0.1:PORT/robots.txt")
        sites["bagian"].answers["/a"] = article("Bimtek", f"<a class=next href='{secret.home}/a'>2</a>")
        sites["tautan"].answers["/berita"] = f"<h3><a href='{secret.home}/a'>A</a></h3>"
        done = pantau(monitor.folder, "crawl")
        yield Led(done, monitor, secret, {name: site.home for name, site in sites.items()})


def test_nobody_is_connected_to_but_the_sites_themselves(led: Led) -> None:
    assert led.secret.asked == []
    assert led.done.connected == {("127.0.0.1", urlsplit(home).port) for home in led.homes.values()}
    assert led.done.names == []


@pytest.mark.parametrize("path", REDIRECTS)
def test_a_redirect_elsewhere_gets_a_fate_and_says_where_it_leads(led: Led, path: str) -> None:
    _, fate, reason = REDIRECTS[path]
    told = led.fates("berita") | led.fates("berita_lain")
    assert told[path][0] == fate
    assert told[path][1].startswith(reason)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("daftar", "redirects to another site: 127.0.0.1:"),
        ("robot", "redirects to 127.0.0.1, an address that is not public: robots of 127.0.0.1:"),
        ("tautan", "none of its 1 links leads to 127.0.0.1:"),
    ],
)
def test_a_list_or_robots_txt_that_leads_elsewhere_is_told(led: Led, source: str, problem: str) -> None:
    assert problem in led.problem(source)


def test_a_further_part_elsewhere_is_not_asked_for_and_the_article_says_so(led: Led) -> None:
    [(hints,)] = led.monitor.rows("select hints from pages where source = 'bagian'")
    assert "leads to 127.0.0.1, an address that is not public" in hints


# Names.

NAMES = {
    "satu.example": [["127.0.0.1"]],
    "dua.example": [["10.1.2.3", "fd00::1"]],
    "tiga.example": [["::ffff:127.0.0.1"]],
    "empat.example": [["169.254.169.254"]],
    "lima.example": [["100.64.0.1"]],
    "campur.example": [["127.0.0.1", "93.184.216.34"]],
    "balik.example": [["93.184.216.35"], ["127.0.0.1"]],
}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Done, Monitor]]:
    monitor = Monitor(tmp_path_factory.mktemp("named"))
    with live_site() as site:
        monitor.write_source("rumah", site.home, [LIST])
        site.answers |= {"/berita": "<h3><a href='/a'>A</a></h3>", "/a": article("Bimtek")}
        for name in NAMES:
            monitor.write_source(name.partition(".")[0], f"http://{name}", [LIST], delay=3)
        done = pantau(monitor.folder, "crawl", names=NAMES, PANTAU_CONTACT="redaksi@pantau.example")
        assert done.code == 0, done.stderr
        yield Done(done.code, site.home, done.stderr, done.names, done.connected), monitor


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(named: tuple[Done, Monitor]) -> None:
    done, _ = named
    home = ("127.0.0.1", urlsplit(done.stdout).port)
    assert done.connected == {home, ("93.184.216.34", 80), ("93.184.216.35", 80)}


@pytest.mark.parametrize("name", ["satu.example", "dua.example", "tiga.example", "empat.example", "lima.example"])
def test_where_a_private_name_led_is_told_and_it_is_not_tried_again(named: tuple[Done, Monitor], name: str) -> None:
    done, monitor = named
    [(problem,)] = monitor.rows(f"select problem from way_counts where source = '{name.partition('.')[0]}'")
    assert f"{name} leads to {NAMES[name][0][-1]}, an address that is not public" in problem
    assert done.names.count(name) == 1


def test_a_name_that_is_answered_differently_the_second_time_gains_nothing(named: tuple[Done, Monitor]) -> None:
    """The first answer is connected to, and refused here by the test; asked once more it leads to loopback."""
    done, monitor = named
    assert done.names.count("balik.example") == 2
    [(problem,)] = monitor.rows("select problem from way_counts where source = 'balik'")
    assert "balik.example leads to 127.0.0.1, an address that is not public" in problem


# pantau sources try.


def test_a_try_asks_nobody_but_the_site_that_was_named(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    with live_site() as site, live_site() as secret:
        site.answers["/robots.txt"] = (
            f"User-agent: *\nAllow: /\nSitemap: {secret.home}/peta.xml\nSitemap: http://10.0.0.5/p"
        )
        site.answers["/"] = (
            f"<html><head><link rel=alternate type='application/rss+xml' href='{secret.home}/feed'></head><body>"
            f"<h3><a href='{secret.home}/a'>Bimtek Smart City Paser di Aula</a></h3></body></html>"
        )
        site.answers["/feed/"] = (302, {"location": f"{secret.home}/feed"}, "")
        done = pantau(tmp_path, "sources", "try", site.home, "--print")
        moved = pantau(tmp_path, "sources", "try", f"{site.home}/feed/", "--print")
        assert secret.asked == []
        assert done.connected | moved.connected == {("127.0.0.1", urlsplit(site.home).port)}
        assert done.names == []


def test_a_try_of_a_name_that_leads_to_loopback_connects_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    names = {"satu.example": [["127.0.0.1"]], "www.satu.example": [["10.0.0.5"]]}
    done = pantau(
        tmp_path, "sources", "try", "satu.example", "--print", names=names, PANTAU_CONTACT="redaksi@pantau.example"
    )
    assert done.connected == set()
    assert "satu.example leads to 127.0.0.1, an address that is not public" in done.stderr
