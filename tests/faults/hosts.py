"""Faults of hosts: walls, refusals, moves, robots.txt, connections."""

from __future__ import annotations

from faults.fault import (
    FEED,
    KEPT,
    LIST,
    LISTING,
    MANY,
    STORY,
    Fault,
    after,
    feed_fault,
    list_fault,
    many,
    story_fault,
)
from faults.web import HTML, Answer, Asked, item, link_list, rss, story

WALL = Answer(
    "<html><head><title>Just a moment...</title></head><body><noscript>Nyalakan skrip</noscript></body></html>"
)
LOGIN = Answer(
    "<html><head><title>Login | Kabar Muara</title></head><body><form method='post'>Nama pengguna <input name=u>"
    'Kata sandi <input type="password" name=p></form></body></html>'
)
FOR_SALE = Answer("<title>kabarmuara.example is for sale</title><p>Make an offer</p>")
HOME_PAGE = Answer("<html><body><h1>Kabar Muara</h1></body></html>")
GAMBLING = Answer(
    "<html><head><title>Slot Gacor Hari Ini | Link Daftar Situs Toto88 Resmi Terpercaya</title></head><body>"
    + "<p>Daftar situs slot gacor maxwin deposit pulsa bonus new member jackpot link alternatif toto88 terbaru</p>" * 20
    + "</body></html>"
)


def for_browsers_only(asked: Asked) -> Answer:
    return story() if "Mozilla" in asked.headers.get("user-agent", "") else Answer("Forbidden", 403)


def once_a_browser(asked: Asked) -> Answer:
    """Sets a cookie and comes back, for ever where none is kept."""
    if "cookie" in asked.headers:
        return story()
    return Answer("", 302, {"location": asked.path, "set-cookie": f"sesi={asked.times}; path=/"})


def endless_redirect(asked: Asked) -> Answer:
    number = int(asked.path.partition("=")[2] or 0) + 1
    return Answer("", 302, {"location": f"{asked.path.partition('?')[0]}?n={number}"})


def moved(location: str, status: int = 302) -> Answer:
    return Answer("", status, {"location": location})


WALLS = {
    "wall_on_list": list_fault(WALL, "Cloudflare"),
    "wall_on_feed": feed_fault(WALL, "Cloudflare"),
    "wall_on_article": story_fault(WALL, "blocked", "Cloudflare"),
    "wall_with_403": story_fault(
        Answer(WALL.body, 403, {**HTML, "cf-mitigated": "challenge"}), "blocked", r"Cloudflare|HTTP 403"
    ),
    "login_on_article": story_fault(LOGIN, "blocked", "login"),
    "login_on_list": Fault(
        LISTING, {"/berita": moved("/masuk"), "/masuk": LOGIN, STORY: story()}, LIST, problem="login"
    ),
    "refuses_our_agent": story_fault(for_browsers_only, "blocked", "HTTP 403"),
    "refuses_list": list_fault(Answer("Forbidden", 403), "HTTP 403"),
    "refuses_after_eight": Fault(
        LISTING,
        {"/berita": link_list(*MANY), **dict.fromkeys(MANY, after(8, Answer("Forbidden", 403), many))},
        {"/berita": link_list(*MANY), **dict.fromkeys(MANY, many)},
        problem="5 refusals in a row, the last HTTP 403",
        later=dict.fromkeys(MANY, "kept"),
    ),
    "wants_a_cookie": story_fault(once_a_browser, "error", "redirect"),
}

BUSY = {
    "asks_to_wait": Fault(
        LISTING,
        {**LIST, STORY: Answer("", 429, {"retry-after": "1"}, then=story())},
        fates={STORY: KEPT},
        is_harmless=True,
    ),
    "asks_to_wait_a_day": story_fault(Answer("", 429, {"retry-after": "86400"}), "blocked", "HTTP 429"),
    "asks_less_often": story_fault(Answer("", 429), "blocked", "HTTP 429"),
    "asks_less_often_on_list": list_fault(Answer("", 429), "HTTP 429"),
    "unavailable_once": Fault(
        LISTING, {**LIST, STORY: Answer("", 503, then=story())}, fates={STORY: KEPT}, is_harmless=True
    ),
    "unavailable": story_fault(Answer("", 503), "error", "HTTP 503"),
    # The whole site, robots.txt included, for the hour in which the first round falls.
    "unavailable_for_an_hour": Fault(
        LISTING,
        {"/robots.txt": Answer("", 503), "/berita": Answer("", 503), STORY: Answer("", 503)},
        {"/robots.txt": Answer("", 404), **LIST, STORY: story()},
        problem="HTTP 503",
    ),
    "fails_after_eight": Fault(
        LISTING,
        {"/berita": link_list(*MANY), **dict.fromkeys(MANY, after(8, Answer("", 502), many))},
        {"/berita": link_list(*MANY), **dict.fromkeys(MANY, many)},
        problem="10 failures in a row, the last HTTP 502",
        later=dict.fromkeys(MANY, "kept"),
    ),
}

CONNECTIONS = {
    "down": Fault(LISTING, {**LIST, STORY: story()}, problem="refused|cannot be read", is_down=True),
    # It says https and speaks plain HTTP.
    "tls_fails": Fault(LISTING, {**LIST, STORY: story()}, problem="SSL|TLS|cannot be read", scheme="https"),
    "no_http": list_fault(Answer(raw=b"SSH-2.0-OpenSSH_9.6\r\n"), "wrong number of parts"),
    "header_breaks_off": list_fault(Answer(raw=b"HTTP/1.1 200 OK\r\ncontent-type: text/ht"), "Response|Connection"),
    "header_line_without_end": list_fault(
        Answer(raw=b"HTTP/1.1 200 OK\r\nx-sampah: " + b"a" * 30_000_000), "Response|Connection|header"
    ),
    "headers_without_end": list_fault(
        Answer(
            raw=b"HTTP/1.1 200 OK\r\n" + b"x-sampah: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 20_000,
            ending="endless",
        ),
        "header",
    ),
    "closes_at_once": list_fault(Answer(raw=b""), "Response|Connection"),
    "reset": story_fault(
        Answer(str(story().body)[:400], length=4000, ending="reset"), "error", "ResponseFailed|ConnectionLost|DataLoss"
    ),
    "silent": story_fault(
        Answer(str(story().body)[:300], length=4000, ending="silence"), "error", "Timeout|took longer", is_silent=True
    ),
    "silent_list": list_fault(Answer("<html>", length=4000, ending="silence"), "Timeout|took longer", is_silent=True),
    "drips": story_fault(
        Answer(str(story().body)[:300], ending="drip"), "error", "Timeout|took longer", is_silent=True
    ),
}

MOVES = {
    "moved_to_another_host": Fault(
        LISTING,
        {"/berita": moved("ELSEWHERE/berita2", 301), "/berita2": link_list(STORY), STORY: story()},
        LIST,
        problem="redirects to another site|none of its 1",
    ),
    "article_on_another_host": Fault(
        LISTING,
        {**LIST, STORY: moved("ELSEWHERE/cerita", 301), "/cerita": story()},
        {STORY: story()},
        {STORY: ("error", "not public")},
    ),
    "moved_to_home": Fault(
        LISTING,
        {**LIST, STORY: moved("/"), "/": HOME_PAGE},
        {STORY: story()},
        {STORY: ("error", "redirects to the home page")},
    ),
    "moved_to_a_parked_page": Fault(
        LISTING, {"/berita": moved("/parkir"), "/parkir": FOR_SALE, STORY: story()}, LIST, problem="for sale"
    ),
    "sells_gambling": list_fault(GAMBLING, "gambling"),
    "endless_redirect": story_fault(endless_redirect, "error", "redirect"),
    "endless_redirect_of_list": list_fault(endless_redirect, "redirect"),
    "meta_refresh_for_ever": story_fault(
        Answer(f"<html><head><meta http-equiv=refresh content='0;url={STORY}'></head></html>"), "error", "redirect"
    ),
    "moved_to_a_file": story_fault(moved("file:///etc/passwd"), "error", "HTTP 302|redirect"),
}

ROBOTS = {
    "robots_forbids": Fault(
        LISTING,
        {"/robots.txt": Answer("User-agent: *\nDisallow: /berita\n"), **LIST, STORY: story()},
        {"/robots.txt": Answer("User-agent: *\nAllow: /\n")},
        problem="robots",
    ),
    "robots_forbids_articles": Fault(
        LISTING,
        {"/robots.txt": Answer("User-agent: *\nDisallow: /2023\n"), **LIST, STORY: story()},
        {"/robots.txt": Answer("User-agent: *\nAllow: /\n")},
        {STORY: ("robots", None)},
        later={STORY: "robots"},
    ),
    "robots_down": Fault(
        LISTING,
        {"/robots.txt": Answer("", 500), **LIST, STORY: story()},
        {"/robots.txt": Answer("", 404)},
        problem="robots",
    ),
    "robots_times_out": Fault(
        LISTING,
        {"/robots.txt": Answer("User", length=400, ending="silence"), **LIST, STORY: story()},
        {"/robots.txt": Answer("", 404)},
        problem="robots",
        is_silent=True,
    ),
    # Its first 500 KiB are obeyed (RFC 9309, 2.5), as test_manners.py shows; lines that are none are left out.
    "robots_without_end": Fault(
        LISTING,
        {"/robots.txt": Answer("User-agent: *\nDisallow: /x\n", ending="endless"), **LIST, STORY: story()},
        fates={STORY: KEPT},
        is_harmless=True,
    ),
    "robots_redirects_for_ever": Fault(
        LISTING,
        {"/robots.txt": endless_redirect, **LIST, STORY: story()},
        {"/robots.txt": Answer("", 404)},
        problem="robots",
    ),
    # What is no robots.txt forbids nothing (RFC 9309, 2.2: lines that are not understood are left out).
    "robots_is_html": Fault(
        LISTING,
        {"/robots.txt": Answer("<html><h1>Beranda</h1></html>"), **LIST, STORY: story()},
        {"/robots.txt": Answer("", 404)},
        fates={STORY: KEPT},
    ),
}

LEFT = "/2023/11/08/bimtek-smart-city-kiri"
RIGHT = "/2023/11/08/bimtek-smart-city-kanan"
# Two sources of which each lists what the other wrote: an article belongs to the site on which it stands.
TWO = {
    "left": Fault(
        FEED,
        {"/feed": rss(item(LEFT), f"<item><link>SITE[right]{RIGHT}</link></item>"), LEFT: story(1)},
        fates={LEFT: KEPT},
        later={LEFT: "kept"},
        stays=frozenset({"list-strangers"}),
    ),
    "right": Fault(
        FEED,
        {"/feed": rss(item(RIGHT, 2), f"<item><link>SITE[left]{LEFT}</link></item>"), RIGHT: story(2)},
        fates={RIGHT: KEPT},
        later={RIGHT: "kept"},
        stays=frozenset({"list-strangers"}),
    ),
}  # fmt: skip

HOSTS: dict[str, Fault] = {**WALLS, **BUSY, **CONNECTIONS, **MOVES, **ROBOTS, **TWO}
