"""A browser that opens what strangers' words are shown in, and tells what of them ran, led away, or was read."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from browsing import CHROMIUM
from canaries import MARK
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

FILES = re.compile(r"\.(?:atom|ics|json|csv|xml|txt|db)$")
MANY = 2_000

# What a page says as text, and what on it is no text although a stranger wrote it. Links of another scheme are pressed.
LOOK = r"""() => {
  const said = [document.documentElement.textContent], wrong = [], links = [];
  const addresses = ["href", "src", "action", "formaction", "data", "poster", "xlink:href", "background", "cite"];
  const schemes = ["http:", "https:", "mailto:", "file:", "about:", "cid:"];
  const isCalendar = value => value.startsWith(`webcal://${location.host}/`);  // by which a telephone takes ours
  const note = (element, attribute, value) =>
    wrong.push(`<${element.localName} ${attribute}=${value.slice(0, 80)}>`);
  const scheme = value => { try { return new URL(value, document.baseURI).protocol; } catch { return "none"; } };
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName;
    if (["iframe", "object", "embed", "base", "frame", "applet"].includes(name)) wrong.push(`<${name}>`);
    if (name === "meta" && element.httpEquiv.toLowerCase() === "refresh") wrong.push("<meta refresh>");
    const isCode = name === "script" && !element.src && element.type !== "application/ld+json";
    if (isCode && element.text.includes("canary(")) note(element, "text", element.text);
    for (const { name: attribute, value } of element.attributes) {
      if (attribute.startsWith("on") || attribute === "srcdoc") note(element, attribute, value);
      if (addresses.includes(attribute)) {
        const isPicture = name === "img" && /^data:image\/png;base64,[\w+/=]*$/.test(value);
        if (!schemes.includes(scheme(value)) && !isPicture && !isCalendar(value)) {
          note(element, attribute, value);
          element.click?.();
        }
        if (/^\s*https?:\/\/[^/?#]*@/i.test(value)) note(element, attribute, value);
      } else if (value.includes("canary(")) said.push(value);
    }
    if (name === "a" && element.getAttribute("href")) links.push(element.href?.baseVal ?? element.href);
    if (name === "link" && element.rel === "alternate") links.push(element.href);
  }
  const text = said.join("\n"), isolated = text.replace(/\u2068[^\u2066-\u2069]*\u2069/g, "");
  if (text.includes("t49t")) wrong.push("a template was run");
  if (/[\u202a-\u202e\u2066-\u2069\u001b]/.test(isolated)) wrong.push("a turn of the direction");
  return { seen: [...new Set(text.match(/canary\('\w+\.\w+'\)/g) ?? [])], wrong, links };
}"""


@dataclass
class Found:
    """What a walk found."""

    pages: Counter[str] = field(default_factory=Counter)
    """How many of each kind were opened."""
    places: list[str] = field(default_factory=list)
    """The addresses that a walk opened, in its order."""
    seen: dict[str, str] = field(default_factory=dict)
    """Where each column's canary was read first."""
    ran: list[str] = field(default_factory=list)
    """Canaries that ran, with the page."""
    wrong: list[str] = field(default_factory=list)
    """Strangers' markup and addresses that became more than text, dialogs, requests to others, refusals by the CSP."""
    files: dict[str, str] = field(default_factory=dict)
    """Addresses of feeds, calendars and data, by their kind."""

    def read(self, text: str, place: str) -> None:
        """Note the canaries that a text shows."""
        for column in MARK.findall(text):
            self.seen.setdefault(column, place)


@contextmanager
def open_walker(found: Found, site: str, is_bypassing: bool) -> Iterator[Page]:
    """A page on which canaries that run, dialogs, and requests to others than the site are noted."""
    if CHROMIUM is None:
        pytest.skip("no chromium or chromium-browser on this machine")
    with sync_playwright() as playwright:
        context = _open_context(playwright, is_bypassing)
        context.expose_binding("canary", lambda source, name: found.ran.append(f"{source['page'].url}: {name}"))
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', refused => "
            "console.error(`refused: ${refused.violatedDirective} ${refused.blockedURI} ${refused.sample}`));"
        )
        page = context.new_page()
        context.on("dialog", lambda dialog: (found.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        context.on("page", lambda other: found.wrong.append(f"another window: {other.url}"))
        page.on("console", lambda said: "refused:" in said.text and found.wrong.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: found.wrong.append(f"{page.url}: {error}"))
        page.on(
            "request", lambda asked: _is_foreign(asked.url, site) and found.wrong.append(f"{page.url}: {asked.url}")
        )
        yield page
        context.browser.close()  # type: ignore[union-attr]


def _open_context(playwright: Playwright, is_bypassing: bool) -> BrowserContext:
    # Nobody is asked by name, so that whatever a canary asks for stays on this machine.
    arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    return browser.new_context(bypass_csp=is_bypassing, reduced_motion="reduce")


def _is_foreign(url: str, site: str) -> bool:
    return not url.startswith((site, "data:image/png", "about:", "file:", "blob:", "cid:"))


def look(page: Page, found: Found, place: str) -> dict[str, Any]:
    """Note what the page shows; what it says of itself."""
    told: dict[str, Any] = page.evaluate(LOOK)
    found.wrong += [f"{place}: {one}" for one in told["wrong"]]
    for one in told["seen"]:
        found.read(one, place)
    return told


def walk(
    page: Page,
    found: Found,
    site: str,
    starts: Iterable[str],
    most: int,
    is_followed: Callable[[str], bool] = lambda path: True,
) -> None:
    """Open every kind of page that links lead to, `most` of each kind; files are only noted."""
    queue, known = deque(starts), set(starts)
    while queue:
        path = queue.popleft()
        kind = kind_of(path)
        if FILES.search(urlsplit(path).path) or "_format=" in path or "_raw=" in path:
            found.files.setdefault(kind, path)
            continue
        if found.pages[kind] >= most:
            continue
        found.pages[kind] += 1
        found.places.append(path)
        answer = page.goto(site + path)
        assert answer is not None
        if answer.status >= 500:
            found.wrong.append(f"{path}: {answer.status}")
        for link in look(page, found, path)["links"]:
            address = urldefrag(urljoin(site + path, link)).url
            inner = address.removeprefix(site)
            if address.startswith(site + "/") and inner not in known and is_followed(inner):
                known.add(inner)
                queue.append(inner)
        assert len(known) < MANY * 10, "the site leads on for ever"


def kind_of(path: str) -> str:
    """What pages of one template have in common.

    >>> kind_of("/daerah/62.02?lang=en"), kind_of("/public/articles/a1"), kind_of("/peristiwa/1.ics?daerah=62.02")
    ('/daerah/*', '/public/*/*', '/peristiwa/*.ics ?daerah')
    """
    parts = urlsplit(path)
    first, *rest = parts.path.strip("/").split("/")
    ending = FILES.search(parts.path)
    stays = 1 if first in ("public", "-", "langganan", "peneliti", "tinjauan", "surat") else 0
    told = [one if place < stays else "*" for place, one in enumerate(rest)]
    if first == "public" and (len(rest) > 1 or parts.query):  # rows, facets, sorts, of whichever table
        return f"/public/*{'/*' if len(rest) > 1 else ' ?…'}"
    if form := re.search(r"\.(?:Notebook|copyable)$", parts.path):  # of whichever table
        return f"/{first}/*{form[0]}"
    kind = "/" + "/".join([first, *told])
    kind += ending[0] if ending and not kind.endswith(ending[0]) else ""
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} - {"lang", "_lang"})
    return f"{kind} ?{'&'.join(names)}" if names else kind


def show(page: Page, found: Found, html: str, place: str) -> None:
    """Open markup that came by another way than the site (a letter, an entry of a feed), and note what it shows."""
    page.goto("about:blank")
    page.set_content(html)
    look(page, found, place)
