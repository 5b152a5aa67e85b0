"""Pages that are empty without JavaScript, read by a real browser: for the sources that say `browser: true` alone."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import Any

HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
UNREAD = ("image", "media", "font", "stylesheet")
"""What a page is made of that nobody reads here, and that its site need not send."""


class BrowserMissingError(Exception):
    """There is no browser to read a source with. The message says what to install."""


def browser_settings() -> dict[str, Any]:
    """Scrapy settings under which requests with `browser_meta` go through Chromium.

    The Chromium of the system is taken where there is one, else that of Playwright. Raises BrowserMissingError without
    scrapy-playwright, the `browser` extra.
    """
    if find_spec("scrapy_playwright") is None:
        raise BrowserMissingError("its pages need a browser: pip install '.[browser]', and Chromium")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    return {
        "DOWNLOAD_HANDLERS": {"http": HANDLER, "https": HANDLER},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            **({"executable_path": chromium} if chromium else {}),
            # Chromium's sandbox refuses to work for root, as in a container.
            "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
        },
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 30_000,
        "PLAYWRIGHT_ABORT_REQUEST": _is_unread,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
    }


def browser_meta() -> dict[str, Any]:
    """Meta of a request that is to go through the browser, which waits until the page has loaded what it shows."""
    return {"playwright": True, "playwright_page_goto_kwargs": {"wait_until": "networkidle"}}


def _is_unread(request: Any) -> bool:
    return request.resource_type in UNREAD
