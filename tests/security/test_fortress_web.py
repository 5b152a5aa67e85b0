"""What every answer of the served site says, what it tells of itself, and whom it lets wait."""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
from datasette.app import Datasette
from fortress import EXAMPLE, Fortress, open_fortress, sign_in, token_of
from reviewdesk import RAHMI

from publish.serve import PROCESSES, SITE
from publish.serving import connection, wall
from publish.site.plugins.guarding import OPEN

GUARDS = {
    "content-security-policy": "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "",
    "permissions-policy": "camera=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "-origin",
}
ANSWERS = [
    ("GET", "/", {}, 200),
    ("HEAD", "/daerah", {}, 200),
    ("GET", "/?lang=en", {"if-none-match": "same"}, 304),
    ("GET", "/static/pantau.css", {}, 200),
    ("GET", "/static/tidak-ada.css", {}, 404),
    ("GET", "/-/static/app.css", {}, 200),
    ("GET", "/tidak-ada", {}, 404),
    ("GET", "/robots.txt", {}, 200),
    ("GET", "/peristiwa.atom", {}, 200),
    ("GET", "/peristiwa.ics", {}, 200),
    ("GET", "/daerah.csv", {}, 200),
    ("GET", "/public/evidence.csv?_stream=1", {}, 200),
    ("GET", "/public?sql=select+1", {}, 200),
    ("GET", "/public.json?sql=select+x", {}, 400),
    ("GET", "/public.db", {}, 200),
    ("GET", "/_internal", {}, 403),
    ("POST", "/", {}, 405),
    ("POST", "/masuk", {}, 403),
    ("GET", "/tinjauan", {}, 303),
    ("GET", "/-/versions", {}, 404),
    ("GET", "/", {"host": "a b"}, 400),
    ("POST", "/masuk", {"origin": "https://lain.example"}, 403),
    ("GET", f"/{'a' * 17_000}", {}, 414),
    ("GET", "/", {f"x-{number}": "x" for number in range(70)}, 431),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), ANSWERS, ids=lambda value: str(value)[:40])
def test_every_kind_of_answer_is_guarded(
    site: Fortress, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    if "if-none-match" in headers:
        headers = {"if-none-match": site.ask("GET", path).headers["etag"]}
    answer = site.ask(method, path, headers=headers)
    assert answer.status_code == status
    for name, value in GUARDS.items():
        assert value in answer.headers.get(name, "-"), name
        assert len(answer.headers.get_list(name)) == 1, name
    assert "unsafe-inline" not in re.sub("style-src[^;]*", "", answer.headers["content-security-policy"])
    assert "unsafe-eval" not in answer.headers["content-security-policy"]
    for name in ("server", "x-powered-by", "via"):
        assert name not in answer.headers
    assert not re.search("uvicorn|h11|python|0\\.65", repr(answer.headers).lower())


def test_what_cannot_be_read_and_what_waits_for_the_first_release_are_guarded_too(
    site: Fortress, tmp_path: Path
) -> None:
    refused = site.say(b"BREW\r\n\r\n").decode().lower()
    assert refused.startswith("http/1.1 400")
    with open_empty(tmp_path) as empty:
        excuse = httpx.get(empty, timeout=180)
        assert excuse.status_code == 503
        told = "".join(f"{name}: {value}\n" for name, value in excuse.headers.items())
    for name, value in GUARDS.items():
        assert f"{name}: " in refused
        assert value in told.partition(f"{name}: ")[2].partition("\n")[0]


class open_empty:  # noqa: N801
    """The address of a site without a release."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> str:
        import subprocess
        import sys

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "pantau", "--data", str(self.folder), "serve", "--port", str(port)]
        self.process = subprocess.Popen(
            command, cwd=SITE.parents[1], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().startswith("Site:")
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=180)
        assert self.process.stdout is not None
        self.process.stdout.close()


def test_only_https_is_told_to_stay_https_and_keeps_its_cookies_to_itself(site: Fortress) -> None:
    near = site.ask("GET", "/masuk")
    assert "strict-transport-security" not in near.headers
    assert "secure" not in near.headers["set-cookie"].lower()
    far = site.ask("GET", "/masuk", headers={"host": "pantau.example"})
    assert far.headers["strict-transport-security"] == "max-age=31536000"
    for one in (near, far):
        assert "httponly" in one.headers["set-cookie"].lower()
        assert "samesite=lax" in one.headers["set-cookie"].lower()
    assert "secure" in far.headers["set-cookie"].lower()


def test_nothing_tells_versions_paths_or_settings(site: Fortress) -> None:
    patterns = [regex.pattern for regex, _ in _routes(site.data / "public.db")]
    of_datasette = {
        re.sub(r"\\|\$|\^|\(\?P<[^)]*\)+|[()?]", "", pattern.partition("(\\.")[0])
        for pattern in patterns
        if "/-/" in pattern and "(?!" not in pattern
    }
    paths = {path for path in of_datasette if not re.match(OPEN, path)}
    assert {"/-/versions", "/-/plugins", "/-/settings", "/-/threads", "/-/databases", "/-/metadata", "/-/actor",
            "/-/messages", "/-/allow-debug", "/-/permissions", "/-/patterns", "/-/auth-token",
            "/-/password-tool"} <= paths  # fmt: skip
    with site.client() as client:
        for path in sorted(paths):
            for address in (path, f"{path}.json", f"{path}/"):
                answer = client.get(address)
                assert answer.status_code == 404, address
                assert str(site.data) not in answer.text
        sign_in(client)
        assert client.get("/-/versions.json").status_code == 404, "nor are reviewers told"
    for path in ("/public?sql=select+*+from+pragma_database_list", "/tidak-ada", "/public?sql=select+x", "/-/health"):
        assert str(site.data) not in site.ask("GET", path).text


def _routes(public: Path) -> list[Any]:
    site = Datasette(immutables=[str(public)], config_dir=SITE)
    asyncio.run(site.client.get("/"))
    return list(site._routes())


@pytest.mark.parametrize(
    "path",
    ["/static/../metadata.yml", "/static/..%2fmetadata.yml", "/static/%2e%2e/%2e%2e/serve.py", "/static//etc/passwd",
     "/-/static/../../app.py", "/-/static/..%2f..%2fapp.py", "/-/static-plugins/datasette-copyable/..%2f__init__.py",
     "/static/..\\metadata.yml", "/public/..%2f..%2fpantau.db", "/pantau.db", "/mail.db", "/..%2fpantau.db",
     "/.serving/secret", "/reviewers.yml", "/peneliti/catatan/..%2f..%2fmetadata", "/surat/..%2f..%2fmail.db",
     "/static/%00", "//lain.example/", "//3232235777/%2f", "/%2flain.example/", "/%5clain.example/",
     "/media/..%2f..%2f..%2fetc%2fpasswd"],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_shown(site: Fortress, path: str) -> None:
    answer = site.say(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1\.1 (?:400|404|403|302)", answer), answer[:200]
    # Datasette leads to the address as it would spell it, which is one of this site.
    assert all(re.match(rb"/[^/\\]", to) for to in re.findall(rb"(?im)^location: (.*)", answer))
    for secret in (b"root:x:", b"pbkdf2", b"SQLite format", b"import ", b"plugins:"):
        assert secret not in answer


# Whom an address belongs to


@pytest.mark.parametrize(
    "path", ["/", "/peristiwa", "/peristiwa.atom", "/peristiwa.ics", "/sitemap.xml", "/robots.txt", "/peneliti",
             "/langganan", "/.well-known/security.txt", "/public/events?_size=1"],
)  # fmt: skip
@pytest.mark.parametrize("host", ["lain.example", "127.0.0.1", "localhost:8001"])
def test_absolute_addresses_are_the_site_s_own_whatever_host_is_asked_for(site: Fortress, path: str, host: str) -> None:
    headers = {
        "host": host, "x-forwarded-for": "198.51.100.7", "x-forwarded-host": "jahat.example",
        "x-forwarded-proto": "gopher",
        "forwarded": "host=jahat.example", "x-original-url": "/tinjauan", "x-rewrite-url": "/tinjauan",
    }  # fmt: skip
    answer = site.ask("GET", path, headers=headers)
    assert answer.status_code == 200
    for said in (answer.text, repr(answer.headers)):
        assert host not in said
        assert "jahat.example" not in said
    assert f"{EXAMPLE.replace('https', 'http')}/" not in answer.text
    again = site.ask("GET", path, headers={"host": "pantau.example"})
    assert again.headers.get("etag") == answer.headers.get("etag"), "nor is an answer kept for each"


def test_robots_txt_names_the_site_and_security_txt_whom_to_tell(site: Fortress) -> None:
    assert f"Sitemap: {EXAMPLE}/sitemap.xml" in site.ask("GET", "/robots.txt", headers={"host": "x.example"}).text
    told = dict(line.split(": ", 1) for line in site.ask("GET", "/.well-known/security.txt").text.splitlines())
    assert told["Contact"] == "mailto:aman@pantau.example"
    assert told["Canonical"] == f"{EXAMPLE}/.well-known/security.txt"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["Expires"])


def test_a_page_that_is_somebody_s_is_kept_by_nobody_and_told_to_nobody_else(site: Fortress) -> None:
    with site.client() as rahmi:
        assert sign_in(rahmi).status_code == 303
        own = rahmi.get("/")
        assert "etag" not in own.headers
        assert "Rahmi" in rahmi.get("/tinjauan").text
        assert "no-store" in rahmi.get("/tinjauan").headers["cache-control"]
    for path in ("/", "/tinjauan", "/masuk", "/keluar"):
        assert "Rahmi" not in site.ask("GET", path).text
    for page, token in site.tokens.items():
        answer = site.ask("GET", f"/langganan/{page}/{token}")
        assert answer.status_code == 200
        assert "no-store" in answer.headers["cache-control"]
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_what_a_stranger_sends_beside_an_address_is_in_no_kept_answer(site: Fortress) -> None:
    path = "/daerah?racun=1"
    mark = "racun-7f3a"
    names = ["x-forwarded-host", "x-forwarded-for", "x-forwarded-scheme", "x-host", "referer", "user-agent",
             "accept-language", "x-original-url", "origin", "accept"]  # fmt: skip
    poison = dict.fromkeys(names, mark)
    first = site.ask("GET", path, headers={**poison, "cookie": f"a={mark}"})
    again = site.ask("GET", path)
    assert mark not in first.text + again.text + repr(again.headers)
    assert (first.status_code, first.text) == (again.status_code, again.text)


def test_private_data_is_open_to_no_other_site_and_no_callback_is_called(site: Fortress) -> None:
    origin = {"origin": "https://lain.example"}
    for path in ("/", "/tinjauan", "/masuk", "/public/events.json"):
        assert "access-control-allow-origin" not in site.ask("GET", path, headers=origin).headers
    feed = site.ask("GET", "/peristiwa.atom", headers=origin).headers
    assert feed["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in feed
    for path in ("/public/events.json?callback=jahat", "/peristiwa.json?callback=jahat&jsonp=jahat"):
        answer = site.ask("GET", path)
        assert not answer.text.startswith("jahat(")
        assert "javascript" not in answer.headers["content-type"]


# Who takes long, and who sends much


def test_bodies_are_refused_before_they_are_taken(site: Fortress) -> None:
    big = b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    for path in (b"/masuk", b"/-/logout", b"/salah", b"/langganan/surat", b"/langganan/berhenti/x", b"/"):
        told = site.say(big % path + b"Content-Length: 140000\r\n\r\n")
        assert told.startswith(b"HTTP/1.1 413"), path
        chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        told = site.say(
            big % path + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 3 + b"0\r\n\r\n"
        )
        assert re.match(rb"HTTP/1\.1 (?:413|405|404|303|400)|$", told), (path, told[:60])
    many = "&".join(f"a{number}=1" for number in range(5000))
    answer = site.ask("POST", "/masuk", content=many, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "raw",
    [b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\naaaa",
     b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
     b"GET / HTTP/1.1\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nTransfer-Encoding : chunked\r\n\r\n",
     b"GET http://127.0.0.1/\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
     b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000 + b"\r\n\r\n"],
    ids=["both-lengths", "two-lengths", "two-hosts", "no-host", "folded", "nul", "unknown-coding", "long-header"],
)  # fmt: skip
def test_requests_that_two_servers_would_read_differently_are_refused(site: Fortress, raw: bytes) -> None:
    told = site.say(raw, ends=True)
    if b"Content-Length: 4\r\nTransfer" in raw:
        # RFC 9112, 6.3: chunked wins, and nothing of it is taken for a second request.
        assert told.count(b"HTTP/1.1 ") <= 2
        assert b" 200 " not in told.split(b"\r\n")[0]
    else:
        assert re.match(rb"HTTP/1\.1 (?:400|431|501)", told), told[:100]


def test_who_sends_too_slowly_is_left_while_others_are_answered(site: Fortress) -> None:
    """What the site does of all that tests/security/test_fortress_connection.py says of its connections."""
    slow = [b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: x\r\nX-a: b\r\n"]
    lines = [socket.create_connection(("127.0.0.1", site.port), timeout=120) for _ in slow]
    for line, begun in zip(lines, slow, strict=True):
        line.sendall(begun)
    assert site.ask("GET", "/").status_code == 200
    for line in lines:
        assert line.recv(65536).startswith(b"HTTP/1.1 408")
        line.close()


def test_more_connections_than_a_process_holds_are_sent_away(
    site: Fortress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [socket.create_connection(("127.0.0.1", site.port), timeout=120)
             for _ in range(PROCESSES * connection.MOST_CONNECTIONS)]  # fmt: skip
    try:
        more = [socket.create_connection(("127.0.0.1", site.port), timeout=120) for _ in range(60)]
        # Which process takes a connection is chance: one may be full, and send some away, before all are.
        told = [line.recv(4096) for line in [*more, *lines]]
        assert all(one == b"" or one.startswith((b"HTTP/1.1 503", b"HTTP/1.1 408")) for one in told)
        assert any(one.startswith(b"HTTP/1.1 503") for one in told)
    finally:
        for line in [*lines, *more]:
            line.close()
    while site.ask("GET", "/").status_code != 200:
        pass


# Whom limits are counted for


def test_who_asks_is_who_connects_unless_the_operator_trusts_a_proxy(site: Fortress, tmp_path: Path) -> None:
    def tries(at: Fortress, *forwarded: str) -> list[int]:
        """The answers to wrong passwords; in `forwarded`, # is another number each time."""
        at.forget_limits()
        statuses = []
        for number in range(8):
            with at.client() as client:
                form = {"csrftoken": token_of(client.get("/masuk").text), "nama": RAHMI, "sandi": "keliru sekali"}
                said = [("x-forwarded-for", one.replace("#", str(number))) for one in forwarded]
                statuses.append(client.post("/masuk", data=form, headers=said).status_code)
        return statuses

    locked, free = [403] * 6 + [429] * 2, [403] * 8
    assert tries(site, "203.0.113.#, 198.51.100.#") == locked
    with open_fortress(site.data, site.tokens, PANTAU_PROXY="127.0.0.1", PANTAU_SITE=EXAMPLE) as behind:
        assert tries(behind, "198.51.100.#") == free
        # What the proxy adds stands last; before it is what the reader wrote herself.
        assert tries(behind, "203.0.113.#, 198.51.100.7") == locked
        assert tries(behind, "203.0.113.#", "198.51.100.7") == locked
        assert tries(behind, "127.0.0.1, 198.51.100.7") == locked
        assert tries(behind) == locked, "who asks the site itself"
    with open_fortress(site.data, site.tokens, PANTAU_PROXY="192.0.2.1", PANTAU_SITE=EXAMPLE) as elsewhere:
        assert tries(elsewhere, "198.51.100.#") == locked, "the word of a machine that is not the proxy"
    site.forget_limits()


def test_the_wall_has_no_door_for_a_host_that_is_none(site: Fortress) -> None:
    for host in ("a b", "a/b", "a@b", "a\tb", "<script>", "a:b", "x" * 300, '"'):
        assert not wall.HOST.fullmatch(host)
        assert site.ask("GET", "/", headers={"host": host}).status_code == 400
