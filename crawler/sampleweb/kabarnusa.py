"""Kabar Nusa, a national network's portal: RSS, sitemaps, articles over several pages with AMP copies."""

from __future__ import annotations

import gzip
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.sampleweb.samples import Sample, load_samples, print_paragraph, slugify
from crawler.sampleweb.web import PER_PAGE, base, not_modified_since, page, render, shared_routes, whole_number, xml

SITE = "kabarnusa"
NAME = "Kabar Nusa"
WRONG_ZONE_DESK = "Sulawesi"
"""Its editors' system writes the right clock time with the offset of a server overseas, in everything machines read."""


def build_app() -> Starlette:
    """The site as an ASGI application."""
    return Starlette(
        routes=[
            *shared_routes(SITE, ("/search", "/login")),
            Route("/", answer_home),
            Route("/rss", answer_rss),
            Route("/sitemap.xml", answer_sitemap_index),
            Route("/sitemap-news.xml", answer_sitemap_news),
            Route("/sitemap-{year:int}.xml.gz", answer_sitemap_year),
            Route("/{section}/{number:int}/{slug}", answer_article),
            Route("/{section}/{number:int}/{slug}/amp", answer_amp),
            Route("/{section}", answer_section),
        ],
        exception_handlers={404: answer_missing},
    )


def address(sample: Sample) -> str:
    return f"/{slugify(sample.section)}/{710_000 + sample.number * 37}/{sample.slug}"


def written_time(sample: Sample) -> str:
    """The publication time in the page's metadata; one desk's has the wrong offset."""
    if sample.section == WRONG_ZONE_DESK:
        return f"{sample.published:%Y-%m-%dT%H:%M:%S}-07:00"
    return sample.published.isoformat()


def answer_home(request: Request) -> Response:
    return _list_page(request, "Berita Terkini", load_samples(SITE))


def answer_section(request: Request) -> Response:
    section = request.path_params["section"]
    found = [sample for sample in load_samples(SITE) if slugify(sample.section) == section]
    return _list_page(request, found[0].section, found) if found else answer_missing(request, None)


def answer_missing(request: Request, _: Exception | None) -> Response:
    return page(render("kabarnusa/hilang.html", **_furniture()), 404)


def answer_article(request: Request) -> Response:
    """One page of the article, or with `?page=all` the whole."""
    sample = _find(request)
    if sample is None:
        return answer_missing(request, None)
    asked = request.query_params.get("page")
    part = 0 if asked == "all" else whole_number(asked, 1)
    if part is None or part > len(sample.pages):
        return answer_missing(request, None)
    paragraphs = [text for one in sample.pages for text in one] if part == 0 else list(sample.pages[part - 1])
    text = render(
        "kabarnusa/artikel.html",
        part=part,
        paragraphs=_print(paragraphs),
        related=[one for one in load_samples(SITE) if one is not sample][:5],
        popular=[one for one in load_samples(SITE)[::-1] if one is not sample][:5],
        json_ld=_json_ld(request, sample) if sample.number % 2 else None,
        **_about(request, sample),
    )
    return not_modified_since(request, page(text), sample.published, f"{sample.stem}/{part}/{sample.text}")


def answer_amp(request: Request) -> Response:
    sample = _find(request)
    if sample is None:
        return answer_missing(request, None)
    paragraphs = [text for one in sample.pages for text in one]
    return page(render("kabarnusa/amp.html", paragraphs=_print(paragraphs), **_about(request, sample)))


def answer_rss(request: Request) -> Response:
    return xml(
        render("kabarnusa/rss.xml", samples=load_samples(SITE)[:20], address=address, base=base(request), name=NAME),
        "application/rss+xml",
    )


def answer_sitemap_index(request: Request) -> Response:
    years = sorted({sample.published.year for sample in load_samples(SITE)})
    maps = [f"{base(request)}/sitemap-{year}.xml.gz" for year in years]
    return xml(render("sitemap_index.xml", maps=[f"{base(request)}/sitemap-news.xml", *maps]))


def answer_sitemap_news(request: Request) -> Response:
    """The newest, with what Google News wants to know."""
    return xml(
        render(
            "kabarnusa/sitemap_news.xml", samples=load_samples(SITE)[:5], address=address, base=base(request), name=NAME
        )
    )


def answer_sitemap_year(request: Request) -> Response:
    """A year's articles, gzipped; every third is listed with its AMP copy beside it."""
    samples = [one for one in load_samples(SITE) if one.published.year == request.path_params["year"]]
    if not samples:
        return answer_missing(request, None)
    rows = []
    for sample in samples:
        day = f"{sample.published:%Y-%m-%d}"
        rows.append({"loc": base(request) + address(sample), "lastmod": day})
        if sample.number % 3 == 0:
            rows.append({"loc": f"{base(request)}{address(sample)}/amp", "lastmod": day})
    return Response(gzip.compress(render("sitemap.xml", rows=rows).encode()), media_type="application/gzip")


def _find(request: Request) -> Sample | None:
    path = request.url.path.removesuffix("/amp")
    return next((sample for sample in load_samples(SITE) if address(sample) == path), None)


def _print(paragraphs: list[str]) -> list[str]:
    addresses = {one.title: address(one) for one in load_samples(SITE)}
    return [print_paragraph(text, addresses, "/") for text in paragraphs]


def _about(request: Request, sample: Sample) -> dict[str, Any]:
    return {
        "sample": sample,
        "url": base(request) + address(sample),
        "path": address(sample),
        "written_time": written_time(sample),
        **_furniture(),
    }


def _list_page(request: Request, heading: str, samples: Any) -> Response:
    return page(render("kabarnusa/daftar.html", heading=heading, samples=samples[: 2 * PER_PAGE], **_furniture()))


def _furniture() -> dict[str, Any]:
    return {
        "name": NAME,
        "address": address,
        "sections": sorted({sample.section for sample in load_samples(SITE)}),
    }


def _json_ld(request: Request, sample: Sample) -> str:
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": sample.title,
        "datePublished": written_time(sample),
        "author": {"@type": "Person", "name": sample.author or NAME},
        "publisher": {"@type": "Organization", "name": NAME},
        "mainEntityOfPage": base(request) + address(sample),
    }
    return json.dumps(article, ensure_ascii=False).replace("</", "<\\/")
