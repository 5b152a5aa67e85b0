"""What comes in by a form: read within limits, and only from a page of ours."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import parse_qsl

from datasette import Request, Response

LONGEST = 64 * 1024
"""Bytes of a whole form."""
MOST_FIELDS = 80


class FormError(Exception):
    """A form that is not answered as it was meant: the status, and the key of the words that say why."""

    def __init__(self, status: int, key: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.fields: Mapping[str, str] = fields or {}
        """What stood in a form that only came too late, to be shown and sent once more."""


async def read_form(request: Request, most_fields: int = MOST_FIELDS) -> dict[str, str]:
    """The fields of a form, stripped, line ends as \\n.

    Raises FormError for one that is too long, cannot be read, or was not sent from a page that this reader got from us:
    its token is not the one of the cookie.
    """
    body = await read_body(request)
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most_fields))
    except ValueError as error:
        raise FormError(400, "form.unreadable") from error
    if any("\0" in value for value in fields.values()):
        raise FormError(400, "form.unreadable")
    told = {name: value.replace("\r\n", "\n").strip() for name, value in fields.items()}
    if not hmac.compare_digest(fields.get("csrftoken", "").encode(), request.scope["csrftoken"]().encode()):
        raise FormError(403, "form.expired", told)
    return told


async def read_body(request: Request) -> bytes:
    """All that was sent. Raises FormError for what is too long or breaks off."""
    body = bytearray()
    has_more = True
    while has_more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise FormError(400, "form.unreadable")
        body += message.get("body", b"")
        if len(body) > LONGEST:
            raise FormError(413, "form.long")
        has_more = message.get("more_body", False)
    return bytes(body)


def see_other(path: str, headers: Mapping[str, str] | None = None) -> Response:
    """After a form: go and look there."""
    return Response.redirect(path, status=303, headers={"cache-control": "private, no-store", **(headers or {})})


def address_of(request: Request) -> str:
    """Whom the request comes from, as the server sees it; of IPv6 the network, all of which one reader may have."""
    client = request.scope.get("client")
    try:
        address = ip_address(client[0] if client else "-")
    except ValueError:
        return "-"
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))
