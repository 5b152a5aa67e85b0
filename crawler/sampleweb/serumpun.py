"""Warta Serumpun, a WordPress portal: REST API, feeds, sitemap, and a theme with today's date at its top."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from crawler.sampleweb.samples import Sample, load_samples, print_paragraph, slugify
from crawler.sampleweb.web import PER_PAGE, base, not_modified_since, page, render, shared_routes, whole_number, xml

SITE = "serumpun"
NAME = "Warta Serumpun"


def build_app() -> Starlette:
    """The site as an ASGI application."""
    return Starlette(
        routes=[
            *shared_routes(SITE, ("/wp-admin/", "/cgi-bin/")),
            Route("/", answer_home),
            Route("/page/{paged:int}/", answer_home),
            Route("/wp-json/wp/v2/posts", answer_posts),
            Route("/feed/", answer_feed),
            Route("/wp-sitemap.xml", answer_sitemap_index),
            Route("/wp-sitemap-posts-post-1.xml", answer_sitemap_posts),
            Route("/wp-sitemap-posts-page-1.xml", answer_sitemap_pages),
            Route("/kategori/{section}/", answer_category),
            Route("/tentang-kami/", answer_about),
            Route("/{year:int}/{month:int}/{day:int}/{slug}/", answer_article),
            Route("/{year:int}/{month:int}/{day:int}/{slug}/{part:int}/", answer_article),
            Route("/{year:int}/{month:int}/{day:int}/{slug}", answer_without_slash),
        ],
        exception_handlers={404: answer_missing},
    )


def permalink(sample: Sample) -> str:
    return f"/{sample.published:%Y/%m/%d}/{sample.slug}/"


def answer_home(request: Request) -> Response:
    if "rest_route" in request.query_params:
        return answer_posts(request) if request.query_params["rest_route"] == "/wp/v2/posts" else _rest_no_route()
    words = request.query_params.get("s", "")
    heading = f"Hasil pencarian: {words}" if words else "Berita Terbaru"
    return _list_page(
        request, heading, search(words), request.path_params.get("paged", 1), f"?s={words}" if words else ""
    )


def answer_category(request: Request) -> Response:
    section = request.path_params["section"]
    found = [sample for sample in load_samples(SITE) if slugify(sample.section) == section]
    return _list_page(request, found[0].section, found, 1, "") if found else answer_missing(request, None)


def answer_about(request: Request) -> Response:
    return page(render("serumpun/tentang.html", **_furniture()))


def answer_missing(request: Request, _: Exception | None) -> Response:
    return page(render("serumpun/hilang.html", **_furniture()), 404)


def answer_without_slash(request: Request) -> Response:
    return RedirectResponse(f"{request.url.path}/", 301)


def answer_article(request: Request) -> Response:
    at, part = request.path_params, request.path_params.get("part", 1)
    sample = next((one for one in load_samples(SITE) if one.slug == at["slug"]), None)
    if sample is None or not 1 <= part <= len(sample.pages):
        return answer_missing(request, None)
    if not request.url.path.startswith(permalink(sample)):
        return RedirectResponse(permalink(sample), 301)
    addresses = {one.title: permalink(one) for one in load_samples(SITE)}
    paragraphs = [print_paragraph(text, addresses, "/?s=") for text in sample.pages[part - 1]]
    others = [one for one in load_samples(SITE) if one is not sample]
    text = render(
        "serumpun/artikel.html",
        sample=sample,
        paragraphs=paragraphs,
        part=part,
        related=[one for one in others if one.section == sample.section][:4],
        more=others[sample.number % 3 :][:3],
        address=base(request) + permalink(sample),
        # Like on real portals, an SEO plugin was at work for some of the posts only.
        json_ld=_json_ld(request, sample) if sample.number % 3 == 0 else None,
        **_furniture(),
    )
    return not_modified_since(request, page(text), sample.published, f"{sample.stem}/{part}/{sample.text}")


def answer_posts(request: Request) -> Response:
    """The posts route of the REST API: search, after, before, per_page, page, _fields."""
    query = request.query_params
    per_page, number = whole_number(query.get("per_page"), PER_PAGE), whole_number(query.get("page"), 1)
    if per_page is None or per_page > 100:
        return _rest_error("rest_invalid_param", "Parameter tidak valid: per_page")
    if number is None:
        return _rest_error("rest_invalid_param", "Parameter tidak valid: page")
    try:
        found = _between(search(query.get("search", "")), query.get("after"), query.get("before"))
    except ValueError:
        return _rest_error("rest_invalid_param", "Parameter tidak valid: after, before")
    pages = -(-len(found) // per_page)
    if number > max(pages, 1):
        return _rest_error("rest_post_invalid_page_number", "Nomor halaman yang diminta lebih besar dari yang ada.")
    fields = {field.partition(".")[0] for field in query.get("_fields", "").split(",") if field}
    posts = [_post(request, sample) for sample in found[(number - 1) * per_page : number * per_page]]
    return JSONResponse(
        [{key: value for key, value in post.items() if not fields or key in fields} for post in posts],
        headers={"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)},
    )


def answer_feed(request: Request) -> Response:
    """RSS of the newest posts, of a search, and their further pages."""
    words, number = request.query_params.get("s", ""), whole_number(request.query_params.get("paged"), 1)
    found = search(words)
    if number is None or (number > 1 and (number - 1) * PER_PAGE >= len(found)):
        return answer_missing(request, None)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    text = render("serumpun/feed.xml", samples=shown, permalink=permalink, base=base(request), name=NAME)
    changed = max((sample.published for sample in shown), default=datetime(2020, 1, 1, tzinfo=UTC))
    return not_modified_since(request, xml(text, "application/rss+xml"), changed, text)


def answer_sitemap_index(request: Request) -> Response:
    maps = [f"{base(request)}/wp-sitemap-posts-{kind}-1.xml" for kind in ("post", "page")]
    return xml(render("sitemap_index.xml", maps=maps))


def answer_sitemap_posts(request: Request) -> Response:
    return xml(render("sitemap.xml", rows=[{"loc": base(request) + permalink(one)} for one in load_samples(SITE)]))


def answer_sitemap_pages(request: Request) -> Response:
    return xml(render("sitemap.xml", rows=[{"loc": base(request) + path} for path in ("/", "/tentang-kami/")]))


def search(words: str) -> list[Sample]:
    """Posts that hold every word, anywhere and inside of words too, as WordPress searches; newest first."""
    wanted = words.casefold().split()
    return [
        sample
        for sample in load_samples(SITE)
        if all(word in f"{sample.title} {sample.text}".casefold() for word in wanted)
    ]


def _between(samples: list[Sample], after: str | None, before: str | None) -> list[Sample]:
    """WordPress compares the clock times of the site, whatever offset was asked with."""

    def clock(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=None)

    return [
        sample
        for sample in samples
        if (after is None or sample.published.replace(tzinfo=None) > clock(after))
        and (before is None or sample.published.replace(tzinfo=None) < clock(before))
    ]


def _post(request: Request, sample: Sample) -> dict[str, Any]:
    return {
        "id": 4000 + sample.number,
        "date": f"{sample.published:%Y-%m-%dT%H:%M:%S}",
        "date_gmt": f"{sample.published.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "slug": sample.slug,
        "status": "publish",
        "type": "post",
        "link": base(request) + permalink(sample),
        "title": {"rendered": _texturize(sample.title)},
        "excerpt": {"rendered": f"<p>{_texturize(sample.lead)}</p>\n", "protected": False},
        "content": {"rendered": "\n".join(f"<p>{_texturize(p)}</p>" for p in sample.pages[0]), "protected": False},
    }


def _texturize(text: str) -> str:
    """Entities, as WordPress writes them into its API."""
    return text.replace("&", "&#038;").replace("–", "&#8211;").replace("“", "&#8220;").replace("”", "&#8221;")


def _rest_error(code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "data": {"status": 400}}, 400)


def _rest_no_route() -> Response:
    return JSONResponse({"code": "rest_no_route", "message": "Tidak ada rute.", "data": {"status": 404}}, 404)


def _list_page(request: Request, heading: str, samples: list[Sample], number: int, query: str) -> Response:
    shown = samples[(number - 1) * PER_PAGE : number * PER_PAGE]
    if number > 1 and not shown:
        return answer_missing(request, None)
    return page(
        render(
            "serumpun/daftar.html",
            heading=heading,
            samples=shown,
            number=number,
            pages=-(-len(samples) // PER_PAGE),
            query=query,
            **_furniture(),
        )
    )


def _furniture() -> dict[str, Any]:
    samples = load_samples(SITE)
    return {
        "name": NAME,
        "permalink": permalink,
        "sections": sorted({sample.section for sample in samples}),
        "recent": samples[:5],
    }


def _json_ld(request: Request, sample: Sample) -> str:
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": sample.title,
        "datePublished": sample.published.isoformat(),
        "dateModified": sample.published.isoformat(),
        "author": {"@type": "Person", "name": sample.author or NAME},
        "publisher": {"@type": "Organization", "name": NAME},
        "mainEntityOfPage": base(request) + permalink(sample),
    }
    return json.dumps(article, ensure_ascii=False).replace("</", "<\\/")
