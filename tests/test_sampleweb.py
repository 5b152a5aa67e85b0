from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest
from scrapy import Selector

from crawler.sampleweb import kabarnusa, portal, serumpun
from crawler.sampleweb.samples import load_samples, print_day
from crawler.sampleweb.server import running_sampleweb

POSTS = "/wp-json/wp/v2/posts"


@pytest.fixture(scope="module")
def web() -> Iterator[dict[str, httpx.Client]]:
    with running_sampleweb() as addresses:
        clients = {site: httpx.Client(base_url=address, trust_env=False) for site, address in addresses.items()}
        yield clients
        for client in clients.values():
            client.close()


def test_every_site_stops_with_its_block() -> None:
    with running_sampleweb() as addresses:
        assert set(addresses) == {"serumpun", "kabarnusa", "portal"}
    for address in addresses.values():
        with pytest.raises(httpx.ConnectError):
            httpx.get(address, trust_env=False)


def test_a_taken_port_is_told() -> None:
    with running_sampleweb() as addresses:
        taken = {site: int(address.rpartition(":")[2]) for site, address in addresses.items()}
        with pytest.raises(OSError, match="already running"), running_sampleweb(taken):
            pass


@pytest.mark.parametrize("site", ["serumpun", "kabarnusa", "portal"])
def test_robots_txt_asks_for_a_delay(web: dict[str, httpx.Client], site: str) -> None:
    assert "Crawl-delay" in web[site].get("/robots.txt").text


@pytest.mark.parametrize("site", ["serumpun", "kabarnusa", "portal"])
def test_every_link_of_the_first_pages_leads_somewhere(web: dict[str, httpx.Client], site: str) -> None:
    broken_on_purpose = {link.path for link in portal.ACCIDENTS}
    pages = {"/", "/berita"} if site == "portal" else {"/"}
    links = {
        href
        for path in pages
        for href in Selector(text=web[site].get(path).text).xpath("//a/@href | //link/@href | //img/@src").getall()
        if href.startswith("/") and href not in broken_on_purpose | {"/login", "/wp-json/"}
    }
    assert links
    assert {href: web[site].get(href, follow_redirects=True).status_code for href in links} == dict.fromkeys(links, 200)


def test_every_article_is_printed_whole(web: dict[str, httpx.Client]) -> None:
    for site, address, query in (
        ("serumpun", serumpun.permalink, ""),
        ("kabarnusa", kabarnusa.address, "?page=all"),
        ("portal", portal.address, ""),
    ):
        for sample in load_samples(site):
            bodies = [web[site].get(address(sample) + query)]
            if site == "serumpun":
                bodies += [web[site].get(f"{address(sample)}{n}/") for n in range(2, len(sample.pages) + 1)]
            old = site == "portal" and sample is portal.old_page()
            text = " ".join(body.content.decode("windows-1252" if old else "utf-8") for body in bodies)
            printed = " ".join(Selector(text=text).xpath("//p//text()").getall())
            printed = " ".join(printed.split())
            for paragraph in sample.text.split("\n\n"):
                assert paragraph.startswith("Baca") or paragraph in printed


# WordPress


def test_the_rest_api_pages_through_all_posts_once(web: dict[str, httpx.Client]) -> None:
    posts = load_samples("serumpun")
    first = web["serumpun"].get(POSTS, params={"per_page": 3, "_fields": "link,title"})
    pages = int(first.headers["x-wp-totalpages"])
    assert int(first.headers["x-wp-total"]) == len(posts)
    assert pages == -(-len(posts) // 3)
    answers = [web["serumpun"].get(POSTS, params={"per_page": 3, "page": n}).json() for n in range(1, pages + 1)]
    assert len({post["link"] for answer in answers for post in answer}) == len(posts)
    assert set(first.json()[0]) == {"link", "title"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"per_page": 101}, "rest_invalid_param"),
        ({"per_page": 0}, "rest_invalid_param"),
        ({"after": "kemarin"}, "rest_invalid_param"),
        ({"page": 2, "per_page": 100}, "rest_post_invalid_page_number"),
    ],
)
def test_the_rest_api_refuses_as_wordpress_does(web: dict[str, httpx.Client], query: dict[str, str], code: str) -> None:
    answer = web["serumpun"].get(POSTS, params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_the_rest_api_answers_by_its_second_route(web: dict[str, httpx.Client]) -> None:
    query = {"search": "bimtek", "per_page": "5"}
    second = web["serumpun"].get("/", params={"rest_route": "/wp/v2/posts", **query})
    assert second.json() == web["serumpun"].get(POSTS, params=query).json() != []


def test_the_rest_api_finds_words_inside_of_words(web: dict[str, httpx.Client]) -> None:
    title = load_samples("serumpun")[0].title
    words = " ".join(word[1:-1] for word in title.split() if len(word) > 4 and word.isalpha())
    links = [post["link"] for post in web["serumpun"].get(POSTS, params={"search": words}).json()]
    assert any(serumpun.permalink(load_samples("serumpun")[0]) in link for link in links)
    assert web["serumpun"].get(POSTS, params={"search": "tidakadakata"}).json() == []


def test_the_rest_api_keeps_to_after_and_before(web: dict[str, httpx.Client]) -> None:
    middle = load_samples("serumpun")[5].published.replace(tzinfo=None)
    posts = web["serumpun"].get(POSTS, params={"after": middle.isoformat(), "per_page": 100}).json()
    older = web["serumpun"].get(POSTS, params={"before": middle.isoformat(), "per_page": 100}).json()
    assert posts
    assert min(datetime.fromisoformat(post["date"]) for post in posts) > middle
    assert max(datetime.fromisoformat(post["date"]) for post in older) < middle
    assert len(posts) + len(older) == len(load_samples("serumpun")) - 1


@pytest.mark.parametrize("path", ["/feed/", serumpun.permalink(load_samples("serumpun")[0])])
@pytest.mark.parametrize(("asked", "told"), [("if-none-match", "etag"), ("if-modified-since", "last-modified")])
def test_what_the_reader_has_is_answered_with_304(
    web: dict[str, httpx.Client], path: str, asked: str, told: str
) -> None:
    validator = web["serumpun"].get(path).headers[told]
    again = web["serumpun"].get(path, headers={asked: validator})
    assert (again.status_code, again.content) == (304, b"")


def test_the_feed_ends_with_404(web: dict[str, httpx.Client]) -> None:
    pages = -(-len(load_samples("serumpun")) // 10)
    statuses = [web["serumpun"].get("/feed/", params={"paged": n}).status_code for n in range(1, pages + 2)]
    assert statuses == [200] * pages + [404]


def test_the_theme_prints_today_before_the_day_of_the_article(web: dict[str, httpx.Client]) -> None:
    sample = load_samples("serumpun")[0]
    text = web["serumpun"].get(serumpun.permalink(sample)).text
    today = re.search(r'<span class="gmr-top-date">(.+?)</span>', text)
    assert today is not None
    assert today.start() < text.index(sample.published.isoformat())
    assert today.group(1) != print_day(sample.published)


# the network's portal


def test_the_sitemaps_of_the_years_list_every_article(web: dict[str, httpx.Client]) -> None:
    maps = re.findall(r"<loc>([^<]+xml\.gz)</loc>", web["kabarnusa"].get("/sitemap.xml").text)
    listed = "".join(gzip.decompress(web["kabarnusa"].get(url).content).decode() for url in maps)
    assert all(f"{kabarnusa.address(sample)}</loc>" in listed for sample in load_samples("kabarnusa"))
    assert "/amp</loc>" in listed


def test_one_desk_writes_the_wrong_offset_beside_the_right_line(web: dict[str, httpx.Client]) -> None:
    samples = {sample.section == kabarnusa.WRONG_ZONE_DESK: sample for sample in load_samples("kabarnusa")}
    right, wrong = (web["kabarnusa"].get(kabarnusa.address(samples[is_wrong])).text for is_wrong in (False, True))
    assert samples[False].published.isoformat() in right
    assert f"{samples[True].published:%Y-%m-%dT%H:%M:%S}-07:00" in wrong
    assert samples[True].published.isoformat() not in wrong
    assert f"{print_day(samples[True].published)} {samples[True].published:%H:%M} WITA" in wrong


def test_a_long_article_goes_over_pages(web: dict[str, httpx.Client]) -> None:
    sample = next(one for one in load_samples("kabarnusa") if len(one.pages) > 1)
    first, second, beyond = (
        web["kabarnusa"].get(kabarnusa.address(sample), params={"page": page}) for page in (1, 2, 1 + len(sample.pages))
    )
    assert f"Halaman 1/{len(sample.pages)}" in first.text
    assert sample.pages[1][0][:40] not in first.text
    assert f"Halaman 2/{len(sample.pages)}" in second.text
    assert beyond.status_code == 404


# the portal of a kabupaten


def test_the_old_page_is_windows_1252_and_says_utf_8(web: dict[str, httpx.Client]) -> None:
    sample = portal.old_page()
    assert sample is not None
    answer = web["portal"].get(portal.address(sample))
    assert answer.headers["content-type"] == "text/html"
    assert b'<meta charset="utf-8">' in answer.content
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")
    assert sample.title in answer.content.decode("windows-1252")


def test_the_portal_tells_its_dates_in_print_alone(web: dict[str, httpx.Client]) -> None:
    sample = load_samples("portal")[0]
    text = web["portal"].get(portal.address(sample)).text
    assert f"{print_day(sample.published)} | {sample.published:%H:%M} WITA" in text
    assert not re.search(r"application/ld\+json|published_time|<time", text)
