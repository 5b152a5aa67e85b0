"""What the three sites share: templates, pages with validators, style sheets, pictures, robots.txt."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from crawler.sampleweb.samples import ROOT, print_day, print_zone, slugify

PER_PAGE = 10
_templates = Environment(
    loader=FileSystemLoader(ROOT / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["day"] = print_day
_templates.filters["zone"] = print_zone
_templates.filters["slug"] = slugify
_templates.filters["rfc822"] = format_datetime


def render(template: str, **values: Any) -> str:
    """Text of a template; `today` is the day in the capital, as the sites print it at their top."""
    return _templates.get_template(template).render(today=datetime.now(ZoneInfo("Asia/Jakarta")), **values)


def page(text: str, status: int = 200) -> Response:
    """An HTML page."""
    return Response(text, status, media_type="text/html")


def xml(text: str, media_type: str = "application/xml") -> Response:
    """A feed or a sitemap."""
    return Response(text, media_type=media_type)


def not_modified_since(request: Request, response: Response, modified: datetime, version: str) -> Response:
    """The response with its validators, or 304 when the reader already has it."""
    etag = f'"{hashlib.sha256(version.encode()).hexdigest()[:16]}"'
    validators = {"etag": etag, "last-modified": format_datetime(modified.astimezone(UTC), usegmt=True)}
    if _has_it(request, etag, modified):
        return Response(status_code=304, headers=validators)
    response.headers.update(validators)
    return response


def _has_it(request: Request, etag: str, modified: datetime) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:
        return etag in known
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except ValueError:
        return False


def shared_routes(site: str, disallow: tuple[str, ...]) -> list[Route]:
    """robots.txt, the style sheet and the pictures of a site."""
    robots = "".join(["User-agent: *\n", *(f"Disallow: {path}\n" for path in disallow), "Crawl-delay: 0.01\n"])
    style = (ROOT / "templates" / site / "style.css").read_text(encoding="utf-8")

    def answer_robots(request: Request) -> Response:
        return PlainTextResponse(robots)

    def answer_style(request: Request) -> Response:
        return Response(style, media_type="text/css")

    def answer_picture(request: Request) -> Response:
        return Response(_picture(request.path_params["number"]), media_type="image/svg+xml")

    return [
        Route("/robots.txt", answer_robots),
        Route("/style.css", answer_style),
        Route("/foto/{number:int}.svg", answer_picture),
    ]


def _picture(number: int) -> str:
    """A landscape that stands in for a press photograph."""
    hue = number * 47 % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9">'
        f'<rect width="16" height="9" fill="hsl({hue} 45% 82%)"/><circle cx="12" cy="3" r="1.2" fill="#fff8dc"/>'
        f'<path d="M0 7 4 3.5 7 6l3-2.5L16 7v2H0z" fill="hsl({hue} 30% 45%)"/></svg>'
    )


def base(request: Request) -> str:
    """Scheme, host and port the reader asked for, without a slash at the end."""
    return str(request.base_url).rstrip("/")


def whole_number(text: str | None, default: int) -> int | None:
    """A number of the query; None when it is no positive number."""
    if text is None or text == "":
        return default
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else None
