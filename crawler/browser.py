"""Pages that are empty without JavaScript, shown to a real browser: for the sources that say `browser: true` alone.

The browser has no network of its own. The page that it shows was asked for by the crawl, and whatever the page wants
besides is asked for by the crawl too: with the same guard, robots.txt, pace and budget. What no crawl would do, such as
sending a form, is refused, and so is what nobody reads here: pictures, fonts, styles.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from importlib.util import find_spec
from typing import Any

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response

from crawler.spiders.whole import MOST_BYTES

UNREAD = ("image", "media", "font", "stylesheet", "manifest", "texttrack", "ping", "eventsource", "websocket")
"""What a page is made of that nobody reads here, and that its site need not send."""
MOST_BROWSER_REQUESTS = 40
"""For what one page wants besides itself; the rest it does not get."""
MOST_BROWSER_SECONDS = 180
"""For one page, the pauses between its requests included."""
MOST_SCRIPT_BYTES = 20 * 1024 * 1024
"""Of scripts that are remembered while a way is read: the pages of a site share them."""
_NO_NETWORK = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-first-run",
    "--no-pings",
)
_NOWHERE = {"server": "http://127.0.0.1:1", "bypass": "<-loopback>"}
"""A proxy that is none, for loopback too: what is not answered by us goes nowhere."""
_PASSED_ON = ("Content-Type", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials")
_NO_SIDE_DOORS = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "RTCDataChannel", "WebTransport", "WebSocket"]) {
    try { Object.defineProperty(globalThis, name, {value: undefined}) } catch {}
}
"""


class BrowserMissingError(Exception):
    """There is no browser to read a source with. The message says what to install."""


class BrowserError(IgnoreRequest):
    """A page that the browser could not show."""


def check_browser() -> None:
    """Raise BrowserMissingError without Playwright, of the `browser` extra."""
    if find_spec("playwright") is None:
        raise BrowserMissingError("its pages need a browser: pip install '.[browser]', and Chromium")


def browser_meta() -> dict[str, Any]:
    """Meta of a request whose page is to be shown to the browser."""
    return {"browser": True}


class BrowserMiddleware:
    """Shows the pages of requests with `browser_meta` to Chromium, and hands on what they became.

    The Chromium of the system is taken where there is one, else that of Playwright. It is started for the first page
    and ends with the spider.
    """

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._starting = asyncio.Lock()
        self._playwright: Any = None
        self._browser: Any = None
        self._scripts: dict[str, Response] = {}
        crawler.signals.connect(self._close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Any) -> BrowserMiddleware:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        if not request.meta.get("browser") or not isinstance(response, HtmlResponse) or response.status != 200:
            return response
        context = await self._new_context()
        try:
            async with asyncio.timeout(MOST_BROWSER_SECONDS):
                shown = await self._show(context, response)
        except TimeoutError:
            raise BrowserError(f"the browser was not done with the page in {MOST_BROWSER_SECONDS} s") from None
        except Exception as error:  # Playwright's, which has words of its own for each way to fail
            raise BrowserError(f"the browser cannot show the page: {type(error).__name__}") from error
        finally:
            with contextlib.suppress(Exception):
                await context.close()
        body = shown.encode("utf-8", "replace")
        if len(body) > MOST_BYTES:
            raise BrowserError(f"the page became {len(body)} bytes, {MOST_BYTES} at most")
        headers = response.headers.copy()
        headers["Content-Type"] = "text/html; charset=utf-8"
        return response.replace(body=body, headers=headers, encoding="utf-8")

    async def _show(self, context: Any, response: HtmlResponse) -> str:
        """The document as it stands when the page wants nothing more."""
        asked = 0
        page = await context.new_page()

        async def answer(route: Any) -> None:
            nonlocal asked
            wanted = route.request
            is_page = wanted.is_navigation_request()
            if is_page and asked == 0 and wanted.url.partition("#")[0] == response.url.partition("#")[0]:
                asked += 1
                kind = response.headers.get("Content-Type", b"text/html").decode("latin-1")
                await route.fulfill(status=200, headers={"content-type": kind}, body=response.body)
                return
            if is_page or wanted.method != "GET" or wanted.resource_type in UNREAD or asked > MOST_BROWSER_REQUESTS:
                await route.abort()
                return
            asked += 1
            got = await self._ask(wanted.url, wanted.resource_type)
            if got is None:
                await route.abort()
                return
            told = {name: got.headers.get(name, b"").decode("latin-1") for name in _PASSED_ON if name in got.headers}
            await route.fulfill(status=got.status, headers=told, body=got.body)

        await context.route("**/*", answer)
        await page.goto(response.url, wait_until="networkidle", timeout=0)
        return str(await page.content())

    async def _ask(self, url: str, kind: str) -> Response | None:
        """What the crawl gets there; None where it may not ask or nothing came."""
        if (known := self._scripts.get(url)) is not None:
            return known
        try:
            got = await self._crawler.engine.download_async(Request(url, headers={"Accept": "*/*"}, dont_filter=True))
        except Exception:  # forbidden, spent, private, gone: the page does without it
            return None
        if (
            kind == "script"
            and sum(len(one.body) for one in self._scripts.values()) + len(got.body) < MOST_SCRIPT_BYTES
        ):
            self._scripts[url] = got
        return got

    async def _new_context(self) -> Any:
        from playwright.async_api import async_playwright

        async with self._starting:
            if self._browser is None:
                self._playwright = await async_playwright().start()
                chromium = shutil.which("chromium") or shutil.which("google-chrome")
                # Chromium's sandbox refuses to work for root, as in a container.
                args = [*_NO_NETWORK, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
                self._browser = await self._playwright.chromium.launch(
                    executable_path=chromium, args=args, proxy=_NOWHERE, handle_sigint=False
                )
        context = await self._browser.new_context(
            user_agent=self._crawler.settings["USER_AGENT"],
            locale="id-ID",
            service_workers="block",
            accept_downloads=False,
        )
        await context.add_init_script(_NO_SIDE_DOORS)
        return context

    async def _close(self) -> None:
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()
