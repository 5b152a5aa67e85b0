"""What strangers write after the question mark of an address: no answer fails, and none says it as more than text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

import pytest
from fortress import Fortress, routes
from lxml.html import HtmlElement

MARKUP = "\"'><script>canary(1)</script><img src=x onerror=canary(1)>t{{7*7}}t${7*7}"
VALUES = [
    MARKUP, "", " ", "\0", "\r\nX-Judi: 1", "\udcff", "-1", "0", "9" * 40, "1e999", "NaN", "1.5", "true", "١٢",
    "a" * 300, "..%2f../mail.db", "a,b,,", "[1]", '{"a":1}', "*", '"', "a NEAR(b", "%", "2024-13-45", "9999-99-99",
    "' or 1=1 --", "\u202e\U000e0041", "javascript:canary(1)", "https://judi.example", "null", "code",
    "__proto__", "id", "x~2Fy",
]  # fmt: skip
OF_DATASETTE = [
    "_size", "_next", "_sort", "_sort_desc", "_facet", "_facet_size", "_facet_date", "_facet_array", "_where",
    "_search", "_col", "_nocol", "_shape", "_format", "_labels", "_trace", "_json", "_nl", "_stream", "_timelimit",
    "_ttl", "_extra", "_through", "_filter_column", "_filter_op", "_filter_value", "_filter_column_1", "_filter_op_1",
    "_nofacet", "_dl", "_nocount", "_header", "_blob_column", "_blob_hash", "_table_format", "_raw", "sql", "code",
    "code__in", "code__nope",
]  # fmt: skip
WHOLE = [
    "&&&===&=",
    "%",
    "%zz%00%ff",
    "a" * 12_000,
    "&".join(["q=1"] * 3000),
    "lang=en&lang=%3Cscript%3E",
    "a[b][c]=1",
    "?",
]
TURNS = 4
"""Questions of all parameters of an address at once, each with another value each time."""


def written(value: str) -> str:
    return quote(value, safe="", errors="surrogateescape")


def parameters(path: str, page: HtmlElement | None) -> list[str]:
    """What can be asked of an address: the fields of forms that lead there, and what links say."""
    found = ["lang", "halaman", "q"]
    for form in [] if page is None else page.forms:
        if form.method == "GET" and urljoin(path, form.get("action") or path) == path:
            found += [name for name in form.fields if name]
    for link in [] if page is None else page.xpath("//a/@href"):
        to = urlsplit(urljoin(path, link))
        found += [name for name, _ in parse_qsl(to.query)] if to.path == path else []
    if path.startswith("/public"):
        found += OF_DATASETTE
    return list(dict.fromkeys(found))


def questions(path: str, names: list[str]) -> Iterator[str]:
    yield from (f"{path}?{whole}" for whole in WHOLE)
    for turn in range(TURNS):
        told = [(name, VALUES[(place * 5 + turn * 8) % len(VALUES)]) for place, name in enumerate(names)]
        yield f"{path}?{'&'.join(f'{name}={written(value)}' for name, value in [*told, *told[:2]])}"
    yield f"{path}?{'&'.join(f'{name}={written(MARKUP)}' for name in names)}"


@pytest.fixture(scope="module")
def asked(site: Fortress, strangers_pages: dict[str, HtmlElement]) -> dict[str, list[str]]:
    """Parameters by address: one address of each route, one that there is where a walk met one."""
    told: dict[str, list[str]] = {}
    real = {path.partition("?")[0]: page for path, page in strangers_pages.items() if "/berhenti/" not in path}
    real |= {f"{path}.{form}": page for path, page in real.items() for form in ("json", "csv", "atom", "ics")}
    for pattern, sample in routes(site).items():
        path = next((one for one in real if re.match(pattern, one) and pattern.count("/") == one.count("/")), sample)
        told.setdefault(path, parameters(path, real.get(path)))
    return told


def test_no_question_fails_or_comes_back_as_more_than_text(site: Fortress, asked: dict[str, list[str]]) -> None:
    assert len(asked) > 90
    before, wrong = site.kept(), []
    with site.client() as client:
        for path, names in asked.items():
            for question in questions(path, names):
                answer = client.get(question)
                kind = answer.headers.get("content-type", "")
                if answer.status_code >= 500 or "x-judi" in answer.headers:
                    wrong.append((answer.status_code, question[:300]))
                # JSON and plain text are shown by no browser as markup: nosniff stands in every answer.
                is_markup = "html" in kind or "xml" in kind
                if is_markup and re.search(r"<script>canary|<img src=x|t49t|\$49|href=\"?javascript", answer.text):
                    wrong.append(("markup", question[:300]))
                assert answer.headers["x-content-type-options"] == "nosniff"
    assert wrong == []
    assert site.kept() == before
    assert "[error]" not in (site.data / "said.txt").read_text()
