"""Small sites on loopback for `pantau sources try`, each as some Indonesian site is built. All of it is invented."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
DAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()
HTML, XML, JSON = "text/html; charset=utf-8", "application/xml", "application/json"


@dataclass(frozen=True)
class Story:
    """An article of a site."""

    number: int
    title: str
    published: datetime

    @property
    def slug(self) -> str:
        return re.sub(r"\W+", "-", self.title.casefold()).strip("-")

    @property
    def day(self) -> str:
        at = self.published
        return f"{DAYS[at.weekday()]}, {at.day} {MONTHS[at.month - 1]} {at.year}"

    @property
    def text(self) -> str:
        return "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)

    @property
    def paragraphs(self) -> list[str]:
        topic = self.title.split(" ", 1)[1].casefold()
        return [
            f"Pemerintah daerah menyampaikan kabar tentang {topic} dalam pertemuan dengan warga di balai kecamatan. "
            f"Kegiatan nomor {self.number} itu dihadiri perangkat desa, guru, dan pelaku usaha kecil.",
            "Kepala dinas mengatakan bahwa pekerjaan ini akan diteruskan sampai akhir tahun, karena manfaatnya sudah "
            "dirasakan oleh warga yang selama ini harus pergi ke kota untuk mengurus surat.",
            "Warga berharap jadwal layanan diumumkan lebih awal supaya mereka dapat mengatur waktu. Panitia berjanji "
            "menempelkan jadwal di kantor desa dan mengirimkannya lewat pesan singkat.",
        ]


TOPICS = (
    "Bupati Buka Bimtek Smart City Tahap Kedua", "Dinas Perikanan Bagikan Jaring kepada Nelayan",
    "Wakil Bupati Tinjau Jembatan Gantung Seberang", "Camat Kumpulkan Kepala Desa Bahas Sampah",
    "Sekda Serahkan Masterplan Smart City kepada Dewan", "Petani Panen Raya Jagung di Lahan Kering",
    "Puskesmas Keliling Layani Dusun Terpencil Pesisir", "Pelajar Ikuti Lomba Cerdas Cermat Antarsekolah",
    "Kominfo Latih Operator Aplikasi Pengaduan Warga", "Tim Penilai Evaluasi Smart City Datang Besok",
    "Pasar Induk Dibuka Kembali Setelah Perbaikan", "Pemuda Bersihkan Pantai Menjelang Festival Laut",
)  # fmt: skip


def stories(zone: str) -> list[Story]:
    """Twelve articles, the newest first."""
    newest = datetime(2024, 11, 20, 9, 5, tzinfo=ZoneInfo(zone))
    return [
        Story(1200 + 37 * (12 - i), title, newest - timedelta(days=3 * i, minutes=17 * i))
        for i, title in enumerate(TOPICS)
    ]


@dataclass(frozen=True)
class Asked:
    """A request as a site sees it."""

    home: str
    path: str
    query: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What a site answers."""

    body: str
    kind: str = HTML
    status: int = 200
    location: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


Site = Callable[[Asked], Answer | None]
"""What a site answers to a request; None: there is no such page."""


def html(title: str, body: str, head: str = "", classes: str = "") -> Answer:
    return Answer(
        f'<!doctype html><html lang="id"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f'<body class="{classes}">{body}</body></html>'
    )


def article(title: str, *parts: str, head: str = "", classes: str = "") -> Answer:
    return html(title, "".join(parts), head, classes)


def links(found: list[Story], address: Callable[[Story], str], before: str, after: str) -> str:
    return "".join(f'{before}<a href="{address(one)}">{one.title}</a>{after}' for one in found)


def rss(asked: Asked, name: str, found: list[Story], address: Callable[[Story], str], zone: str) -> Answer:
    items = "".join(
        f"<item><title>{one.title}</title><link>{asked.home}{address(one)}</link>"
        f"<pubDate>{format_datetime(one.published.astimezone(ZoneInfo(zone)))}</pubDate></item>"
        for one in found
    )
    return Answer(f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>', XML)


def sitemap(asked: Asked, paths: list[str]) -> Answer:
    rows = "".join(f"<url><loc>{asked.home}{path}</loc></url>" for path in paths)
    return Answer(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>', XML)


def sitemap_index(asked: Asked, paths: list[str]) -> Answer:
    rows = "".join(f"<sitemap><loc>{asked.home}{path}</loc></sitemap>" for path in paths)
    return Answer(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>', XML)


def holding(words: str, found: list[Story]) -> list[Story]:
    return [
        one for one in found if all(word in f"{one.title} {one.text}".casefold() for word in words.casefold().split())
    ]


# WordPress whose API is closed: feeds search, Yoast's sitemap is named in robots.txt, addresses are the title alone.


def closed_wordpress(asked: Asked) -> Answer | None:
    found, name = stories("Asia/Makassar"), "Kabar Paser"
    head = (
        '<meta name="generator" content="WordPress 6.4.3"><link rel="https://api.w.org/" href="/wp-json/">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="/feed/">'
    )

    def address(one: Story) -> str:
        return f"/{one.slug}/"

    if asked.path == "/robots.txt":
        return Answer(f"User-agent: *\nDisallow: /wp-admin/\nSitemap: {asked.home}/sitemap_index.xml\n", "text/plain")
    if asked.path == "/" and not asked.query:
        menu = '<nav><ul><li><a href="/redaksi-kabar-paser-hari-ini/">Redaksi Kabar Paser Hari Ini</a></ul></nav>'
        cards = links(
            found[:6], address, '<article class="post-1202 post hentry"><h2 class="entry-title">', "</h2></article>"
        )
        return html(f"{name} &#8211; Dari Tanah Grogot", menu + cards, head, "home blog wp-custom-logo")
    if asked.path.startswith("/wp-json/"):
        return Answer('{"code":"rest_disabled"}', JSON, 401)
    if asked.path == "/feed/":
        # As WordPress does: all dates in UTC, and 404 beyond the last page.
        chosen = holding(asked.query.get("s", ""), found)
        page = int(asked.query.get("paged", "1"))
        shown = chosen[(page - 1) * 5 : page * 5]
        return rss(asked, name, shown, address, "UTC") if shown or page == 1 else None
    if asked.path == "/sitemap_index.xml":
        return sitemap_index(asked, ["/page-sitemap.xml", "/post-sitemap.xml", "/category-sitemap.xml"])
    if asked.path == "/post-sitemap.xml":
        return sitemap(asked, ["/", *map(address, found)])
    if asked.path == "/page-sitemap.xml":
        return sitemap(asked, ["/redaksi/", "/tentang-kami/"])
    for one in found:
        if asked.path == address(one):
            line = f'<div class="entry-meta">{one.day} {one.published:%H:%M} WITA</div>'
            return article(
                f"{one.title} - {name}",
                f'<article class="post"><h1 class="entry-title">{one.title}</h1>{line}',
                f'<div class="entry-content">{one.text}</div></article>',
                head=head,
                classes="single single-post",
            )
    return None


# A site made by hand: a feed that ignores every question, no list, and no word about its clock.


def plain_feed(asked: Asked) -> Answer | None:
    found, name = stories("Asia/Jayapura"), "Suara Sentani"

    def address(one: Story) -> str:
        return f"/baca/{one.number}/{one.slug}.html"

    if asked.path == "/":
        text = "<h1>Suara Sentani</h1><p>Kabar dari tepi danau, setiap hari untuk pembaca di Tanah Papua. "
        head = '<link rel="alternate" type="application/rss+xml" href="/feed">'
        return html(name, text + "Berlangganan lewat umpan. " * 20, head)
    if asked.path == "/feed":
        items = "".join(
            f"<item><title>{one.title}</title><link>{asked.home}{address(one)}?utm_source=feed</link></item>"
            for one in found
        )
        return Answer(
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>', XML
        )
    for one in found:
        if asked.path == address(one):
            line = f"<h1>{one.title}</h1><p class=tanggal>{one.day}</p>"
            return article(f"{one.title} | {name}", line, f"<div>{one.text}</div>")
    return None


# A portal on Drupal: its list counts from 0, its search is closed by robots.txt, its dates are in print.


def drupal_portal(asked: Asked) -> Answer | None:
    found, name = stories("Asia/Jakarta"), "Pemerintah Kabupaten Bangka"
    head = '<meta name="Generator" content="Drupal 10 (https://www.drupal.org)"><script src="/core/misc/drupal.js">'
    head += "</script>"

    def address(one: Story) -> str:
        return f"/content/{one.slug}" if one.number % 2 else f"/node/{one.number}"

    def rows(shown: list[Story]) -> str:
        return "".join(
            f'<div class="views-row"><div class="views-field views-field-title"><span class="field-content">'
            f'<a href="{address(one)}" hreflang="id">{one.title}</a></span></div><span>{one.day}</span></div>'
            for one in shown
        )

    if asked.path == "/robots.txt":
        return Answer("User-agent: *\nDisallow: /search/\nDisallow: /admin/\n", "text/plain")
    if asked.path == "/":
        menu = (
            '<ul class="menu"><li><a href="/profil">Profil Daerah</a><li><a href="/kabar-daerah">Berita Daerah</a></ul>'
        )
        form = '<form action="/search/node" method="get"><input type="search" name="keys"></form>'
        return html(f"Beranda | {name}", menu + form + rows(found[:3]), head, "path-frontpage")
    if asked.path == "/kabar-daerah":
        page = int(asked.query.get("page", "0"))
        pager = '<nav class="pager"><ul>' + "".join(
            f'<li class="pager__item"><a href="?page={n}" title="Ke halaman {n + 1}">{n + 1}</a></li>'
            for n in range(3)
            if n != page
        )
        pager += (
            f'<li class="pager__item--next"><a href="?page={page + 1}" rel="next">Next ›</a></li></ul></nav>'
            if page < 2
            else "</ul></nav>"
        )
        return html(f"Berita Daerah | {name}", rows(found[page * 4 : page * 4 + 4]) + pager, head, "path-news")
    for one in found:
        if asked.path == address(one):
            return article(
                f"{one.title} | {name}",
                f'<h1 class="page-title">{one.title}</h1>',
                f'<div class="submitted">{one.day} - {one.published:%H:%M} WIB</div>',
                f'<div class="field--name-body">{one.text}</div>',
                head=head,
                classes="page-node-type-berita",
            )
    return None


# A village on OpenSID: everything in /sitemap, the newest in /feed, articles at artikel/<year>/<month>/<day>/<slug>.


def village(asked: Asked) -> Answer | None:
    found, name = stories("Asia/Makassar"), "Desa Wologai Tengah"
    foot = '<footer><a href="https://github.com/OpenSID/OpenSID">OpenSID</a> 24.01</footer>'

    def address(one: Story) -> str:
        return f"/artikel/{one.published.year}/{one.published.month}/{one.published.day}/{one.slug}"

    if asked.path == "/":
        rows = links(found[:5], address, '<li class="artikel"><h3 class="judul">', "</h3></li>")
        return html(name, f'<ul class="artikel-list">{rows}</ul>{foot}')
    if asked.path == "/sitemap":
        return sitemap(asked, ["/", "/data-statistik/pendidikan", "/galeri", *map(address, found)])
    if asked.path == "/feed":
        return rss(asked, name, found[:5], address, "Asia/Makassar")
    for one in found:
        if asked.path == address(one):
            return article(
                f"{one.title} - {name}",
                f'<div class="artikel"><h2 class="judul">{one.title}</h2>',
                f'<h3 class="kecil">Operator {one.day.partition(", ")[2]} {one.published:%H:%M:%S}</h3>',
                f'<div class="teks">{one.text}</div></div>{foot}',
            )
    return None


# A portal with a search form, numbered articles in the query, and an index that counts articles: 0, 4, 8.


def searching_portal(asked: Asked) -> Answer | None:
    found, name = stories("Asia/Jakarta"), "Kabar Tegal"
    form = '<form action="/cari.php"><input name="kata" placeholder="Cari"><button>Cari</button></form>'

    def address(one: Story) -> str:
        return f"/baca.php?id={one.number}"

    def rows(shown: list[Story]) -> str:
        return links(shown, address, '<div class="col-md-8 mb-3"><div class="kotak-berita"><h4>', "</h4></div></div>")

    side = '<div class="sidebar">' + links(found[:4], address, '<h4 class="populer">', "</h4>") + "</div>"
    if asked.path == "/":
        more = '<a href="/indeks.php">Indeks Berita</a><a href="/redaksi.php">Redaksi</a>'
        return html(f"{name} - Beranda", form + rows(found[:4]) + more + side)
    if asked.path == "/indeks.php":
        start = int(asked.query.get("mulai", "0"))
        pages = "".join(f'<a href="/indeks.php?mulai={4 * n}">{n + 1}</a>' for n in range(3))
        return html(f"Indeks - {name}", form + rows(found[start : start + 4]) + f'<p class="hal">{pages}</p>' + side)
    if asked.path == "/cari.php":
        chosen = holding(asked.query.get("kata", ""), found)
        page = int(asked.query.get("hal", "1"))
        word = asked.query.get("kata", "").replace(" ", "+")
        more = (
            f'<a href="/cari.php?kata={word}&amp;hal={page + 1}">Selanjutnya &raquo;</a>'
            if len(chosen) > 4 * page
            else ""
        )
        return html(f"Hasil - {name}", form + rows(chosen[4 * page - 4 : 4 * page]) + more + side)
    for one in found:
        if asked.path + "?id=" + asked.query.get("id", "") == address(one):
            return article(
                f"{one.title} - {name}",
                f"<h1>{one.title}</h1><div class='info'>{one.day} | {one.published:%H.%M} WIB</div>",
                f"{form}<div class='isi'>{one.text}</div>{side}",
            )
    return None


# Sites that give nothing.


def forbidding(asked: Asked) -> Answer | None:
    if asked.path == "/robots.txt":
        return Answer("User-agent: *\nDisallow: /\n", "text/plain")
    return html("Kabar Tertutup", links(stories("Asia/Jakarta"), lambda one: f"/{one.slug}", "<h3>", "</h3>"))


def wall(asked: Asked) -> Answer | None:
    if asked.path == "/robots.txt":
        return None
    text = "<p>Verifying you are human. This may take a few seconds.</p><script>window._cf_chl_opt={}</script>"
    return html("Just a moment...", text)


SHELL = (
    '<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>'
    '<script src="/main.js"></script>'
)
SCRIPT = """
const found = STORIES, root = document.getElementById("root"), path = location.pathname;
const one = found.find((story) => path === "/berita/" + story.slug);
const row = (story) => `<div class="kartu-berita"><h3><a href="/berita/${story.slug}">${story.title}</a></h3></div>`;
root.innerHTML = one
  ? `<h1>${one.title}</h1><div class="tanggal">${one.day} 09:05 WITA</div><div class="isi">${one.text}</div>`
  : "<h2>Berita Terbaru</h2>" + found.map(row).join("");
document.title = (one ? one.title + " | " : "") + "Portal Cerdas";
"""


def scripts_only(asked: Asked) -> Answer | None:
    """As single-page applications do it: the same empty page for every address, filled by a script."""
    if asked.path == "/main.js":
        told = [
            {"slug": one.slug, "title": one.title, "day": one.day, "text": one.text} for one in stories("Asia/Makassar")
        ]
        return Answer(SCRIPT.replace("STORIES", json.dumps(told)), "text/javascript")
    return None if asked.path in ("/robots.txt", "/favicon.ico") else html("Portal Cerdas", SHELL)


def scripts_with_sitemap(asked: Asked) -> Answer | None:
    """A single-page application that still tells search engines what it has."""
    if asked.path == "/sitemap.xml":
        return sitemap(asked, ["/", *(f"/berita/{one.slug}" for one in stories("Asia/Makassar"))])
    return scripts_only(asked) if asked.path in ("/", "/main.js") or asked.path.startswith("/berita/") else None


SITES: dict[str, Site] = {
    "closed_wordpress": closed_wordpress,
    "plain_feed": plain_feed,
    "drupal_portal": drupal_portal,
    "village": village,
    "searching_portal": searching_portal,
    "forbidding": forbidding,
    "wall": wall,
    "scripts_only": scripts_only,
    "scripts_with_sitemap": scripts_with_sitemap,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site
    asked: Counter[str]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked[self.path] += 1
        answer = type(self).site(Asked(f"http://{self.headers['host']}", parts.path, query))
        answer = answer or Answer("<h1>Halaman tidak ditemukan</h1>", status=404)
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("content-type", answer.kind)
        self.send_header("content-length", str(len(body)))
        if answer.location:
            self.send_header("location", answer.location)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Be quiet."""


@dataclass
class Web:
    homes: dict[str, str]
    asked: dict[str, Counter[str]]
    """How often each address of a site was asked for."""


@contextlib.contextmanager
def running_probeweb() -> Iterator[Web]:
    """All the small sites while the block runs, each on a port of its own; `moved` leads to the closed WordPress under
    another name of this machine, and nobody answers at `dead`."""
    servers: dict[str, ThreadingHTTPServer] = {}
    web = Web({}, {})

    def serve(name: str, site: Site) -> None:
        web.asked[name] = Counter()
        handler = type(name, (Handler,), {"site": staticmethod(site), "asked": web.asked[name]})
        servers[name] = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        web.homes[name] = f"http://127.0.0.1:{servers[name].server_address[1]}"
        threading.Thread(target=servers[name].serve_forever, args=(0.01,), daemon=True).start()

    for name, site in SITES.items():
        serve(name, site)
    new = web.homes["closed_wordpress"].replace("127.0.0.1", "localhost")
    serve(
        "moved",
        lambda asked: Answer("", status=301, location=new + asked.path) if asked.path != "/robots.txt" else None,
    )
    serve("dead", lambda asked: None)
    servers["dead"].shutdown()
    servers.pop("dead").server_close()
    try:
        yield web
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()
