from __future__ import annotations

import re
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import pytest

from crawler.challenge import load_challenges, page_problem
from crawler.sampleweb.server import running_sampleweb

PAGES = Path(__file__).parent / "pages"
NAV = "<nav>" + "".join(f"<a href='/k/{n}'>Kanal {n}</a>" for n in range(20)) + "</nav>"


def page(title: str, body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


def prose(*sentences: str, words: int = 220) -> str:
    """Paragraphs of a story, long enough to be one."""
    filler = (
        "Bupati membuka kegiatan itu di aula kantor bupati dan mengajak semua perangkat daerah menyusun rencana aksi "
        "bersama. Kepala dinas menyampaikan bahwa layanan warga akan diperbaiki bertahap mulai tahun depan."
    )
    text = " ".join(sentences)
    while len(text.split()) < words:
        text += " " + filler
    return f"<article><p>{text}</p></article>"


WALLS = {
    "Cloudflare, header": (403, {"CF-Mitigated": "challenge"}, b"", "Cloudflare asks"),
    "Cloudflare, waiting": (
        200,
        {},
        page("Just a moment...", "<noscript>Nyalakan skrip</noscript>"),
        "Cloudflare asks",
    ),
    "Cloudflare, in Indonesian": (
        503,
        {},
        page("Tunggu sebentar...", "<p>Situs memeriksa koneksi.</p>"),
        "Cloudflare asks",
    ),
    "Cloudflare, script": (
        200,
        {},
        page("kabar.example", "<script>window._cf_chl_opt={cvId:'3'};</script>"),
        "Cloudflare asks",
    ),
    "Cloudflare, refused": (
        403,
        {},
        page("Attention Required! | Cloudflare", "<h1>Anda diblokir</h1>"),
        "Cloudflare refuses",
    ),
    "Cloudflare, code": (403, {"content-type": "text/html"}, b"error code: 1020", "Cloudflare refuses"),
    "Turnstile": (
        200,
        {},
        page("", "<script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>"),
        "Turnstile",
    ),
    "Imunify360": (200, {"server": "imunify360-webshield/1.21"}, page("Memuat", "<p>Mohon tunggu</p>"), "Imunify360"),
    "one moment": (200, {}, page("One moment, please...", "<div class='spinner'></div>"), "asks us to wait"),
    "Sucuri, refused": (403, {}, page("Sucuri WebSite Firewall - Access Denied", "<p>Block ID: X</p>"), "Sucuri"),
    "Sucuri, script": (200, {}, page("", "<script>sucuri_cloudproxy_js='';</script>"), "Sucuri"),
    "DDoS-Guard": (403, {"server": "ddos-guard"}, page("DDoS-Guard", "<p>Tunggu</p>"), "DDoS-Guard"),
    "Akamai": (
        200,
        {},
        page("Oops", 'You don\'t have permission to access "http://k.example/" on this server. Reference #18.4a'),
        "Akamai",
    ),
    "Imperva, script": (200, {}, page("", "<script src='/_Incapsula_Resource?SWJIYLWA=5'></script>"), "Imperva"),
    "Imperva, refused": (
        200,
        {},
        page("", "<iframe>Request unsuccessful. Incapsula incident ID: 7-1</iframe>"),
        "Imperva",
    ),
    "Amazon, header": (405, {"x-amzn-waf-action": "captcha"}, b"", "firewall of Amazon"),
    "Amazon, script": (
        202,
        {},
        page("", "<script src='https://a.b.token.awswaf.com/x/challenge.js'></script>"),
        "firewall of Amazon",
    ),
    "LiteSpeed": (
        200,
        {},
        page("Bot Verification", "<form id='lsrecaptcha-form' action='/.lsrecap/recaptcha'></form>"),
        "LiteSpeed",
    ),
    "SiteGround": (
        202,
        {},
        b"<html><head><meta http-equiv='refresh' content='0;/.well-known/sgcaptcha/?r=%2F'></head></html>",
        "SiteGround",
    ),
    "a free host": (
        200,
        {},
        page("", "<script>toHex(slowAES.decrypt(c,2,a,b))</script><noscript>Skrip mati</noscript>"),
        "sets a cookie",
    ),
    "BitNinja": (200, {}, page("Waiting for the redirectiron...", "<p>Tunggu</p>"), "BitNinja"),
    "Wordfence": (
        200,
        {},
        page("Dibatasi", "<p>Your access to this site has been limited by the site owner</p>"),
        "Wordfence",
    ),
    "a nameless firewall": (
        200,
        {},
        page("kabar.example", "<h1>Memeriksa browser Anda sebelum membuka situs</h1>"),
        "firewall checks",
    ),
    "a captcha": (200, {}, page("Verifikasi Keamanan", "<p>Ketik huruf pada gambar</p><input name='kode'>"), "captcha"),
    "a captcha below": (
        200,
        {},
        page("Portal Kolaka", "<p>Selesaikan captcha di bawah untuk melanjutkan</p>"),
        "firewall checks",
    ),
    "refused with 200": (200, {}, page("403 Forbidden", "<h1>Forbidden</h1>"), "server refuses"),
    "a login": (
        200,
        {},
        page("Masuk - Portal Kolaka", "<form>Nama <input name='u'><input type=\"password\"></form>"),
        "login",
    ),
    "Internet Positif": (200, {}, page("Internet Positif", "<p>Halaman pemberitahuan</p>"), "Internet Positif"),
    "a page of the ministry": (
        200,
        {},
        page("", "<iframe src='http://lamanlabuh.aduankonten.id/'></iframe>"),
        "Internet Positif",
    ),
    "a provider": (
        200,
        {},
        page("Pemberitahuan", "<p>Mohon maaf, situs yang Anda tuju diblokir sesuai peraturan yang berlaku.</p>"),
        "Internet Positif",
    ),
}

ERRORS = {
    "suspended": (
        page("Account Suspended", "<h1>Account Suspended</h1><p>Contact your hosting provider.</p>"),
        "suspended",
    ),
    "suspended, in Indonesian": (
        page("kabar.example", "<h2>Akun hosting ini telah ditangguhkan</h2><p>Hubungi penyedia.</p>"),
        "suspended",
    ),
    "suspended, cPanel": (
        b"<html><meta http-equiv='refresh' content='0;url=/cgi-sys/suspendedpage.cgi'></html>",
        "suspended",
    ),
    "parked, GoDaddy": (
        b'<html><head><script>window.onload=function(){window.location.href="/lander"}</script></head></html>',
        "parked",
    ),
    "parked, Sedo": (page("kabar.example", "<script src='https://img.sedoparking.com/x.js'></script>"), "parked"),
    "for sale": (page("kabarpaser.com is for sale", "<p>Make an offer</p>"), "for sale"),
    "for sale, in Indonesian": (
        page("Kabar Paser", "<h1>Domain ini dijual</h1><p>Hubungi WhatsApp kami.</p>"),
        "for sale",
    ),
    "expired": (page("Kabar Paser", "<h1>Domain ini sudah kedaluwarsa</h1><p>Segera perpanjang.</p>"), "for sale"),
    "nginx": (
        page("Welcome to nginx!", "<h1>Welcome to nginx!</h1><p>Further configuration is required.</p>"),
        "default page",
    ),
    "Apache": (page("Apache2 Debian Default Page: It works", "<p>Berkas bawaan</p>" * 60), "default page"),
    "cPanel": (
        b"<html><head><META HTTP-EQUIV='refresh' CONTENT='0;URL=/cgi-sys/defaultwebpage.cgi'></head></html>",
        "default page",
    ),
    "a list of files": (page("Index of /berita", "<a href='a.zip'>a.zip</a> " * 900), "list of its files"),
    "maintenance, WordPress": (
        page("Maintenance", "<p>Briefly unavailable for scheduled maintenance.</p>"),
        "maintained",
    ),
    "maintenance": (
        page("Portal Resmi Kolaka", "<h1>Mohon maaf</h1><p>Situs sedang dalam perbaikan.</p>"),
        "maintained",
    ),
    "maintenance, in the title": (
        page("Website Sedang Dalam Pemeliharaan | Kolaka", "<p>Silakan kembali lagi.</p>"),
        "maintained",
    ),
    "coming soon": (page("Coming Soon", "<h1>Segera</h1>"), "maintained"),
    "database, WordPress": (page("Database Error", "<h1>Error establishing a database connection</h1>"), "database"),
    "database, in Indonesian": (page("Galat", "<p>Koneksi basis data gagal, periksa pengaturan.</p>"), "database"),
    "database, PHP": (
        b"<b>Warning</b>: mysqli_connect(): (HY000/1040): Too many connections in <b>/home/k/db.php</b>",
        "database",
    ),
    "CodeIgniter": (
        page("Galat", "<h4>A PHP Error was encountered</h4><p>Severity: Warning</p>"),
        "error of its program",
    ),
    "PHP": (
        b"<br /><b>Fatal error</b>: Uncaught Error: Call to undefined function tgl() in /k/x.php:3 on line <b>3</b>",
        "error of its program",
    ),
    "Laravel": (
        page("Server Error", "<div>500</div><div>Whoops, looks like something went wrong.</div>"),
        "error of its program",
    ),
    "WordPress": (
        page("WordPress &rsaquo; Error", "<p>There has been a critical error on this website.</p>"),
        "error of its program",
    ),
    "a proxy": (page("502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center>"), "cannot answer now"),
    "sold to gamblers": (
        page(
            "KOLAKA77: Daftar Situs Slot Gacor Maxwin Hari Ini Terpercaya",
            NAV
            + "<p>KOLAKA77 situs slot gacor resmi, daftar dan login sekarang, bonus new member 100, deposit pulsa dan "
            "qris tanpa potongan, RTP live tertinggi, link alternatif terbaru, jackpot maxwin gampang menang.</p>" * 9,
        ),
        "advertises gambling",
    ),
}


@pytest.mark.parametrize(("status", "headers", "body", "reason"), WALLS.values(), ids=WALLS)
def test_a_wall_is_blocked_and_says_whose_it_is(status: int, headers: dict[str, str], body: bytes, reason: str) -> None:
    problem = page_problem(status, headers, body)
    assert problem is not None
    assert problem[0] == "blocked"
    assert reason in problem[1]
    assert problem[1].endswith(f"(HTTP {status})") == (status != 200)


@pytest.mark.parametrize(("body", "reason"), ERRORS.values(), ids=ERRORS)
def test_a_site_that_is_not_itself_is_an_error_and_says_why(body: bytes, reason: str) -> None:
    problem = page_problem(200, {"content-type": "text/html; charset=utf-8"}, body)
    assert problem is not None
    assert problem[0] == "error"
    assert reason in problem[1]


@pytest.mark.parametrize(
    "body",
    [
        page("404 Not Found", "<h1>Not Found</h1>"),
        page("Halaman Tidak Ditemukan - Kabar Paser", NAV + "<p>Coba cari yang lain.</p>"),
    ],
)
def test_a_page_that_says_it_is_missing_is_gone(body: bytes) -> None:
    assert page_problem(200, {}, body) == ("gone", "the page says that it was not found")


STORIES = {
    "about Cloudflare": page(
        "Cloudflare Gangguan, Sejumlah Situs Pemda Tidak Bisa Dibuka",
        prose(
            'Pengunjung hanya melihat tulisan "Just a moment..." dan "Verify you are human", kata Kepala Diskominfo.'
        ),
    ),
    "about a hacked portal": page(
        "Situs Pemkab Kolaka Disusupi Link Slot Gacor, Login Ditutup",
        prose("Portal itu diretas dan menampilkan iklan slot gacor, maxwin, RTP, dan link daftar. Polisi menyelidiki."),
    ),
    "about gambling": page(
        "Kenali Istilah Judi Slot: Gacor, Maxwin, RTP, hingga Link Alternatif",
        "<p>Istilah gacor, maxwin, RTP, scatter, deposit, bonus, jackpot dan link alternatif dipakai bandar untuk "
        "menjerat warga. Diskominfo memblokir situs slot itu, korban yang kecanduan diminta melapor, jelasnya.</p>" * 6,
    ),
    "about a bridge": page("Jembatan Sedang Dalam Perbaikan, Warga Memutar", prose("Jembatan itu ditutup.")),
    "about an account": page(
        "Akun Instagram Bupati Ditangguhkan, Diskominfo Lapor", prose("Akun ini telah ditangguhkan.")
    ),
    "about a domain for sale": page("Domain Ini Dijual Rp2 Miliar", prose("Buy this domain, tulis pemiliknya.")),
    "about a login": page("Login SPBE Kini Satu Pintu", prose("Aplikasi dibuka.") + '<input type="password">'),
    "about maintenance": page("Pemeliharaan Jalan Poros Tuntas", prose("Jalan itu mulus.", words=90)),
    "about a blocked site": page(
        "Situs Penjual Satwa Diblokir Kominfo", prose("Laman trustpositif. menyebut alasannya.")
    ),
    "about what was not found": page("404 Ekor Sapi Tiba di Pelabuhan", prose("Sapi itu sehat.", words=60)),
    "with the beacon of Cloudflare": page(
        "Galeri Foto Forum Kota Cerdas",
        NAV + "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script><p>Foto: Humas</p>",
    ),
    "with the script of Imperva": page(
        "Bupati Teken Masterplan", prose("Masterplan diteken.") + "<script src='/_Incapsula_Resource?x'></script>"
    ),
    "with a notice of PHP above it": b"<h4>A PHP Error was encountered</h4>" + page("Bimtek", prose("Bimtek dibuka.")),
    "with a captcha under it": page(
        "Bupati Teken Masterplan",
        prose("Masterplan diteken.") + "<form>Verify you are human by ticking <div class='cf-turnstile'></div></form>"
        "<script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>",
    ),
    "with hidden links to gamblers": page(
        "Musrenbang Kecamatan Pomalaa",
        prose("Camat membuka musrenbang.") + "<div style='display:none'>" + "<a>slot gacor maxwin</a> " * 40 + "</div>",
    ),
    "short": page("Bimtek Smart City", "<p>Bupati membuka bimtek.</p>"),
    "empty": b"",
}


@pytest.mark.parametrize(
    "title",
    [
        "Akun Ditangguhkan, Warga Mengadu ke Diskominfo",
        "Captcha, Penghalang Tunanetra di Portal Layanan",
        "cPanel dan Plesk: Pelatihan Admin Desa",
        "Domain Dijual ke Bandar, Diskominfo Lapor Polisi",
        "Internet Sehat untuk Pelajar Kolaka",
        "Login SPBE Pemkab Kolaka Kini Satu Pintu, Bupati: Hemat",
        "Maintenance Jaringan, Layanan KTP Tutup Sehari",
        "Masuk Musim Tanam, Petani Tunggu Pupuk",
        "Pemeliharaan Jalan Poros Tuntas",
        "Perbaikan Drainase Pasar Rampung",
        "Segera Hadir, Mal Pelayanan Publik di Kolaka",
        "Selamat! Website Desa Lamunre Raih Penghargaan",
        "Situs Diblokir Kominfo, Pedagang Protes",
        "404 Ekor Sapi Tiba di Pelabuhan",
        "500 Warga Ikuti Vaksinasi",
        "Berita Tidak Ditemukan di Google, Ini Sebabnya",
        "Website Desa Dalam Perbaikan Pascaserangan, Warga Sabar",
        "Welcome to Kolaka, Kota Cerdas di Teluk Bone",
    ],
)
def test_a_short_story_is_not_judged_by_the_start_of_its_headline(title: str) -> None:
    body = '<p>Kepala dinas menyampaikan hal itu di aula kantor bupati, Senin.</p><input type="password">'
    assert page_problem(200, {}, page(title, body)) is None
    assert page_problem(200, {}, page(f"{title} - Kabar Paser", body)) is None


@pytest.mark.parametrize("body", STORIES.values(), ids=STORIES)
def test_a_story_is_no_wall_whatever_it_is_about(body: bytes) -> None:
    assert page_problem(200, {"content-type": "text/html", "server": "cloudflare", "cf-ray": "8"}, body) is None


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/rss+xml", b"<?xml version='1.0'?><rss><channel><title>Index of /</title></channel></rss>"),
        ("application/json", b'[{"title": {"rendered": "Just a moment..."}}]'),
        ("text/html", b'\n[{"title": "<title>Just a moment...</title>"}]'),
        ("application/pdf", b"%PDF-1.4 <title>Just a moment...</title>"),
    ],
)
def test_what_is_no_html_is_judged_by_its_headers_alone(content_type: str, body: bytes) -> None:
    assert page_problem(200, {"content-type": content_type}, body) is None
    assert page_problem(403, {"content-type": content_type, "cf-mitigated": "challenge"}, body) is not None


@pytest.fixture(scope="module")
def sample_pages() -> dict[str, bytes]:
    """Every page of the sample web that can be reached from its home pages."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    pages: dict[str, bytes] = {}
    with running_sampleweb() as addresses:
        waiting = [f"{address}/" for address in addresses.values()]
        while waiting:
            url = waiting.pop()
            try:
                with opener.open(url) as answer:
                    pages[url] = answer.read()
            except urllib.error.HTTPError:
                pages[url] = b""
            links = (
                urljoin(url, link) for link in re.findall(r'href="([^"#]+)', pages[url].decode("utf-8", "replace"))
            )
            ours = {link.replace(" ", "%20") for link in links if link.startswith(tuple(addresses.values()))}
            waiting += ours - {*pages, *waiting}
    return pages


def test_no_page_of_the_sample_web_is_a_wall(sample_pages: dict[str, bytes]) -> None:
    assert len(sample_pages) > 60
    assert [url for url, body in sample_pages.items() if page_problem(200, {}, body)] == []


@pytest.mark.parametrize("path", sorted(PAGES.rglob("*.html")), ids=lambda path: path.stem)
def test_no_recorded_page_is_a_wall(path: Path) -> None:
    assert page_problem(200, {}, path.read_bytes()) is None


def test_a_large_page_of_prose_is_no_wall() -> None:
    large = page("Bupati Teken Masterplan", NAV + prose("Masterplan diteken.", words=40_000))
    assert len(large) > 200_000
    assert page_problem(200, {}, large) is None


def test_the_marks_are_written_as_they_are_looked_for() -> None:
    marks = [mark for rule in load_challenges().rules for mark in rule.markup]
    assert marks == [mark.lower() for mark in marks]
    names = [name for rule in load_challenges().rules for name in rule.headers]
    assert names == [name.lower() for name in names]
