"""The portal of a kabupaten: plain listing pages, dates only in print, and the accidents such portals have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from crawler.sampleweb.samples import Sample, load_samples, print_day, print_paragraph, print_zone
from crawler.sampleweb.web import base, page, render, shared_routes, whole_number

SITE = "portal"
NAME = "Portal Kabupaten Kolaka"
PER_PAGE = 6


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the listing."""

    path: str
    title: str
    day: str


ACCIDENTS = (
    Link("/internal/notulen-dewan-smart-city", "Notulen Rapat Dewan Smart City (Internal)", "Senin, 6 Februari 2023"),
    Link("/berita/detail/galeri-forum-kota-cerdas", "Galeri Forum Kota Cerdas", "Kamis, 9 Februari 2023"),
    Link("/berita/detail/pengumuman-lomba-inovasi", "Pengumuman Lomba Inovasi Smart City", "Jumat, 10 Februari 2023"),
    Link("/berita/detail/video-profil-kolaka-cerdas", "Video Profil Kolaka Cerdas", "Senin, 13 Februari 2023"),
    Link("/unduhan/ringkasan-masterplan.pdf", "Ringkasan Masterplan Smart City (PDF)", "Selasa, 14 Februari 2023"),
)
"""In this order: forbidden by robots.txt, broken (500), deleted (404), without text, a PDF."""


def build_app() -> Starlette:
    """The site as an ASGI application."""
    return Starlette(
        routes=[
            *shared_routes(SITE, ("/internal/",)),
            Route("/", answer_home),
            Route("/berita", answer_list),
            Route("/internal/{slug}", answer_internal),
            Route("/berita/detail/galeri-forum-kota-cerdas", answer_broken),
            Route("/berita/detail/video-profil-kolaka-cerdas", answer_empty),
            Route("/berita/lama/{number:int}", answer_moved),
            Route("/berita/detail/{slug}", answer_article),
            Route("/unduhan/ringkasan-masterplan.pdf", answer_pdf),
            Route("/profil", answer_profile),
        ],
        exception_handlers={404: answer_missing},
    )


def address(sample: Sample) -> str:
    return f"/berita/detail/{sample.slug}"


def listed() -> list[Link]:
    """All lines of the listing: the newest article under the address it had before it moved, then the others, then
    the accidents."""
    samples = load_samples(SITE)
    articles = [Link(address(sample), sample.title, print_line(sample)) for sample in samples]
    moved = [Link(f"/berita/lama/{samples[0].number}", samples[0].title, articles[0].day)] if samples else []
    return [*moved, *articles[1:], *ACCIDENTS]


def print_line(sample: Sample) -> str:
    return f"{print_day(sample.published)} | {sample.published:%H:%M} {print_zone(sample.published)}"


def old_page() -> Sample | None:
    """The article that an old system saved in windows-1252 while its page says UTF-8."""
    for sample in reversed(load_samples(SITE)):
        text = sample.title + sample.text
        if not text.isascii() and text.encode("windows-1252", "ignore").decode("windows-1252") == text:
            return sample
    return None


def answer_home(request: Request) -> Response:
    return page(render("portal/beranda.html", samples=load_samples(SITE)[:3], **_furniture()))


def answer_list(request: Request) -> Response:
    number = whole_number(request.query_params.get("halaman"), 1)
    links = listed()
    pages = -(-len(links) // PER_PAGE)
    if number is None:
        return answer_missing(request, None)
    # Beyond the last page it shows an empty list, as such portals do.
    shown = links[(number - 1) * PER_PAGE : number * PER_PAGE]
    return page(render("portal/daftar.html", links=shown, number=number, pages=pages, **_furniture()))


def answer_article(request: Request) -> Response:
    sample = next((one for one in load_samples(SITE) if one.slug == request.path_params["slug"]), None)
    if sample is None:
        return answer_missing(request, None)
    addresses = {one.title: address(one) for one in load_samples(SITE)}
    text = _article(
        title=sample.title,
        line=print_line(sample),
        author=sample.author,
        caption=sample.caption,
        number=sample.number,
        paragraphs=[print_paragraph(p, addresses, "/berita") for one in sample.pages for p in one],
    )
    if sample is old_page():
        return Response(text.encode("windows-1252", "xmlcharrefreplace"), headers={"content-type": "text/html"})
    return page(text)


def answer_internal(request: Request) -> Response:
    """What robots.txt asks to leave alone; nobody who obeys it ever sees this."""
    return page(
        _article("Notulen Rapat", "Senin, 6 Februari 2023 | 09:00 WITA", None, None, 0, ["Hanya untuk anggota dewan."])
    )


def answer_broken(request: Request) -> Response:
    return page("<h1>Internal Server Error</h1><p>Koneksi ke basis data gagal.</p>", 500)


def answer_empty(request: Request) -> Response:
    return page(_article("Video Profil Kolaka Cerdas", "Senin, 13 Februari 2023 | 08:00 WITA", None, None, 0, []))


def answer_moved(request: Request) -> Response:
    for sample in load_samples(SITE):
        if sample.number == request.path_params["number"]:
            return RedirectResponse(base(request) + address(sample), 301)
    return answer_missing(request, None)


def answer_pdf(request: Request) -> Response:
    return Response(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n", media_type="application/pdf"
    )


def answer_profile(request: Request) -> Response:
    return page(render("portal/profil.html", **_furniture()))


def answer_missing(request: Request, _: Exception | None) -> Response:
    return PlainTextResponse("Halaman tidak ditemukan", 404)


def _article(title: str, line: str, author: str | None, caption: str | None, number: int, paragraphs: list[str]) -> str:
    return render(
        "portal/artikel.html",
        title=title,
        line=line,
        author=author,
        caption=caption,
        number=number,
        paragraphs=paragraphs,
        **_furniture(),
    )


def _furniture() -> dict[str, Any]:
    return {"name": NAME, "address": address, "latest": load_samples(SITE)[:4], "print_line": print_line}
