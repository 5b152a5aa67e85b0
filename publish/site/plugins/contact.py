"""/.well-known/security.txt: whom to tell of a hole in the site (RFC 9116), where the operator says who that is."""

from __future__ import annotations

import os
import re
from datetime import UTC, timedelta
from typing import Any

from datasette import Request, Response, hookimpl

from publish.site.feeds.answers import open_answer, whole_address
from publish.site.feeds.events import read_release
from publish.site.page import not_found

PATH = "/.well-known/security.txt"
GOOD_FOR = timedelta(days=180)
"""From the release that is shown: who publishes no more may not read what is written either (RFC 9116, 2.5.5)."""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return [(rf"^{re.escape(PATH)}$", security_txt)]


async def security_txt(datasette: Any, request: Request) -> Response:
    contact = contact_uri(os.environ.get("PANTAU_CONTACT", ""))
    if contact is None:
        return await not_found(datasette, request, "missing.page")
    until = (await read_release(datasette)).made_at.astimezone(UTC) + GOOD_FOR
    lines = [
        f"Contact: {contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: id, en",
        f"Canonical: {whole_address(datasette, request, PATH)}",
    ]
    return open_answer(datasette, "\n".join(lines) + "\n", "text/plain")


def contact_uri(contact: str) -> str | None:
    """The address at which the operator can be reached, as a URI; None for what is none.

    >>> contact_uri("warta@kota.example"), contact_uri("https://kota.example/warta"), contact_uri("javascript:x")
    ('mailto:warta@kota.example', 'https://kota.example/warta', None)
    """
    contact = contact.strip()
    if re.fullmatch(r"https://[^\s<>\"]+", contact):
        return contact
    return f"mailto:{contact}" if re.fullmatch(r"[^@\s<>:]+@[^@\s<>:]+", contact) else None
