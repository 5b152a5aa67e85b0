"""The site with a private database and accounts, asked in process by somebody who keeps cookies and fills in forms."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from datasette.app import Datasette
from lxml.html import HtmlElement, document_fromstring

from publish.serve import SITE
from publish.site.reviewing_accounts import add_account

PASSWORD = "sepuluh huruf lebih"
RAHMI, SARI = "Rahmi Sari", "Sari Dewi"


class Person:
    """Somebody at a browser without script."""

    def __init__(self, public: Path) -> None:
        # Of its own, so that what one person's site keeps in memory is not another's.
        self.site = Datasette(immutables=[str(public)], config_dir=SITE, secret="rahasia")
        self.cookies: dict[str, str] = {}
        self.page: HtmlElement = document_fromstring("<p></p>")
        self.at = "/"

    def open(self, path: str, **more: Any) -> Any:
        """The answer to a request, redirections followed."""
        return self._ask("GET", path, **more)

    def post(self, path: str, form: dict[str, str], **more: Any) -> Any:
        """The answer to a form that is sent as it is."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, content=urlencode(form), headers=headers, **more)

    def send(self, form: str = "form", press: str | None = None, **fields: str) -> Any:
        """The answer to a form of the page, by CSS: its own values with those given, and the button pressed."""
        (element, *_) = self.page.cssselect(form)
        told = {name: value or "" for name, value in element.fields.items() if value is not None}
        told |= {name.replace("_", "-", 1) if name.startswith("f_") else name: value for name, value in fields.items()}
        if press:
            told["tekan"] = press
        return self.post(urljoin(self.at, element.get("action")), told)

    def sign_in(self, name: str = RAHMI, password: str = PASSWORD) -> Any:
        self.open("/masuk")
        return self.send("form.sign-in", nama=name, sandi=password)

    def text(self, selector: str) -> str:
        """What the first element says, on one line."""
        (element, *_) = self.page.cssselect(selector)
        return " ".join(element.text_content().split())

    def has(self, selector: str) -> bool:
        return bool(self.page.cssselect(selector))

    def _ask(self, method: str, path: str, follow: bool = True, **more: Any) -> Any:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | more.pop(
            "headers", {}
        )
        answer = asyncio.run(self._request(method, path, headers, more))
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        if answer.status_code == 303 and follow:
            return self._ask("GET", answer.headers["location"])
        self.at = path
        if answer.headers.get("content-type", "").startswith("text/html") and answer.text:
            self.page = document_fromstring(answer.text)
        return answer

    async def _request(self, method: str, path: str, headers: dict[str, str], more: dict[str, Any]) -> Any:
        return await self.site.client.request(method, path, headers=headers, follow_redirects=False, **more)


def open_accounts(pantau: Path, *names: str) -> None:
    """Accounts beside a private database, all with PASSWORD."""
    for name in names or (RAHMI, SARI):
        add_account(pantau.with_name("reviewers.yml"), name, PASSWORD)
