"""What an address is: the one to fetch, and the one article that several addresses name."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import SplitResult, parse_qs, unquote, urljoin, urlsplit, urlunsplit

from courlan import extract_domain
from w3lib.url import safe_url_string

MOST_TURNS = 10
"""After so many an address is taken as it is then; two are the rule for one that was not clean."""
LONGEST_URL = 8000
"""Characters; what RFC 9110, 4.1 asks everybody to support. A longer one is no address that we can read."""
# Read in the lists that courlan names (AdGuard's TrackParamFilter, ClearURLs), and in the addresses that Indonesian
# sites print. courlan's own pattern also takes `?galeri=12`, `?cid=3` and `?keyword=`, and its query cleaner loses
# `?berita/detail/12`, which has no name at all.
_TRACKER = re.compile(
    r"(?:utm|mtm|pk|piwik|itm|oly|vero|hsa)_\w+|at_(?:medium|campaign)|_hsenc|_hsmi|(?:fb|g|d|tw|y|ys|tt)clid|msclkid|gclsrc"
    r"|[gw]braid|igsh(?:id)?|li_fat_id|mc_[ce]id|mkt_tok|s_kwcid|_g[al]|_gac|cmpid|wt_mc|xtor|ncid|ampshare|usqp|aoh"
    r"|amp_\w+|_x_tr_\w+|__twitter_impression|__cf_chl_\w+|fb_(?:action_\w+|comment_id|ref|source)|action_\w+_map"
    r"|share|shared|replytocom|like_comment|unapproved|moderation-hash|doing_wp_cron|noamp|nonamp"
    r"|jxconn|jxrecoid|other_jxampid|lgn_method|lgn_source|tag_from|phpsessid|jsessionid",
    re.IGNORECASE,
)
_VIEW = re.compile(
    r"amp=?(?:1|true|yes|amp)?|(?:output(?:type)?|format|view|mode|type)=(?:value)?amp"
    r"|(?:print|cetak|printable)=?(?:1|true|yes|y|pdf)?|tmpl=component|layout=print",
    re.IGNORECASE,
)
"""AMP and print views, as WordPress, Blogger, Joomla and CodeIgniter portals name them."""
_REFERRER = re.compile(r"ref|refe?rr?er|source|src|from|via|medium|campaign|nb|traffic_source|partner", re.IGNORECASE)
_SHARER = re.compile(
    r"facebook|fb|twitter|x|tw|whatsapp|wa|telegram|instagram|ig|line|linkedin|tiktok|threads|email|copy|rss|feed|google"
    r"(?:news)?|dlvr\.?it|share|amp|android|ios|app|notif(?:ikasi)?|push",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(?:page|halaman|showpage|show)=all|single=1", re.IGNORECASE)
_PAGE = re.compile(r"page|showpage|single", re.IGNORECASE)
_AMP_END = re.compile(r"(?:/amp|/amp\.html?|\.amp)+(?=/?$)", re.IGNORECASE)
# Tribun, Antara, Merdeka. Not `/amp/5043288/…` (Liputan6): without `/amp` that is no address of theirs.
_AMP_START = re.compile(r"^(?:/amp)+(?=/(?:20\d\d/|[^/]*[^\d/][^/]*/).)", re.IGNORECASE)
_ALL_END = re.compile(r"/all/?$")  # iNews, IDX Channel
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#;]*", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)(?=/|$)", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"[A-Za-z0-9/:?#@!$&()*+,;=._~-]+")
"""An address that is written as it should be, as most are."""
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_COPY_HOSTS = ("www.", "m.", "mobile.", "amp.", "wap.")
_BREAKS = re.compile(r"[\t\r\n]")
"""Whoever reads an address takes these out of it (WHATWG URL, 4.4)."""
_ARCHIVED = re.compile(r"^/web/\d+(?:[a-z]{2}_)?/+(?=https?:/)", re.IGNORECASE)
_AMP_CACHED = re.compile(r"^/(?:[a-z]/)?(?:amp/)?(s/)?(?=[^/]+\.[^/]+)")


def clean_url(url: str, drop_page: bool = False) -> str:
    """The address to fetch: without fragment, campaign, share, AMP and print parts, and spelt as others spell it.

    `drop_page`: nor the number of its page, or that it is to show all pages. What a portal takes to name its articles
    stays as it came, in its order. Links of caches, archives and click counters become the address they lead to. An
    address of another scheme, or one that nobody can read, comes back as it is.

    >>> clean_url("HTTPS://Kabar.example:443/jawa//7/./bimtek/amp?utm_source=rss#komentar")
    'https://kabar.example/jawa/7/bimtek'
    >>> clean_url("https://kabar.example/?p=12&page=2"), clean_url("https://kabar.example/a?page=all", drop_page=True)
    ('https://kabar.example/?p=12&page=2', 'https://kabar.example/a')
    >>> clean_url("https://desa.example/index.php?artikel/2023/6&fbclid=Iw")
    'https://desa.example/index.php?artikel/2023/6'
    >>> clean_url("https://www.google.com/url?q=https%3A%2F%2Fkabar.example%2Fbimtek&sa=D")
    'https://kabar.example/bimtek'
    """
    # What was taken away may have hidden something else that goes; most addresses are clean as they come.
    for _ in range(MOST_TURNS):
        cleaned = _clean_once(url, drop_page)
        if cleaned == url:
            break
        url = cleaned
    return url


def url_key(url: str) -> str:
    """What all addresses of one article of a site have in common; no address to fetch.

    Equal for http and https, `www.` and the hosts and views for telephones, AMP and print, with or without the slash
    at the end, `index.php`, the parts of an article and all of them on one page, and any order of the query. Hosts of
    different desks of a network differ.

    >>> url_key("http://m.kabar.example/daerah/7/bimtek-smart-city-slawi/?page=all&ref=wa")
    'kabar.example/daerah/7/bimtek-smart-city-slawi'
    >>> url_key("https://babel.kabar.example/7/bimtek") == url_key("https://bangka.kabar.example/7/bimtek")
    False
    """
    url = clean_url(url)
    parts = _clean(url, drop_page=False)
    if parts is None:
        return url
    path = _INDEX.sub("", re.sub(r"^/amp(?=/.)", "", parts.path)).rstrip("/")
    if _names_article(_ALL_END.sub("", path)):
        path = _ALL_END.sub("", path)
    is_article = _names_article(path)
    terms = sorted(
        term
        for term in parts.query.split("&")
        if term and not _WHOLE.fullmatch(term) and not (is_article and re.fullmatch(r"(?:page|halaman)=\d*", term))
    )
    host = _desktop_host(parts.netloc)
    # The AMP host of Kompas has the channel in the path, its other hosts have it in their name.
    if parts.netloc.startswith("amp.") and (channel := re.match(r"/([a-z]+)(?=/read/)", path)):
        host, path = f"{channel[1]}.{host}", path[channel.end() :]
    return f"{host}{path}" + (f"/?{'&'.join(terms)}" if terms else "")


def _clean_once(url: str, drop_page: bool) -> str:
    url = _unwrap(_BREAKS.sub("", url.strip()))
    parts = _clean(url, drop_page)
    return url if parts is None else urlunsplit(parts)


def _clean(url: str, drop_page: bool) -> SplitResult | None:
    """The parts of a cleaned web address; None of anything else."""
    parts = _split_web(url)
    if parts is None:
        return None
    path = _clean_path(parts.path)
    if drop_page and _ALL_END.search(path) and _names_article(_ALL_END.sub("", path)):
        path = _ALL_END.sub("", path)
    terms = _ESCAPE.sub(_spell_escape, parts.query.replace("&amp;", "&")).split("&") if parts.query else []
    kept = [term for term in terms if term and not _is_noise(term, path, parts.netloc, drop_page)]
    return SplitResult(parts.scheme, _clean_host(parts), path, "&".join(kept), "")


def _split_web(url: str) -> SplitResult | None:
    """The parts of a web address, in characters that may stand in one; None of anything else."""
    if len(url) > LONGEST_URL or not re.match(r"https?://[^/?#]", url, re.IGNORECASE):
        return None
    try:
        if not _PLAIN.fullmatch(url):
            url = safe_url_string(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url))
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises where it is no number
    except ValueError:
        return None
    return parts if parts.hostname else None


def _clean_host(parts: SplitResult) -> str:
    # A name and password that somebody put into a link are not told to the host: the page is there without them.
    host = parts.netloc.lower().rpartition("@")[2]
    name, colon, port = host.rpartition(":") if parts.port is not None or host.endswith(":") else (host, "", "")
    if port in ("", "80" if parts.scheme == "http" else "443"):
        colon = port = ""
    return f"{name.rstrip('.')}{colon}{port}"


def _clean_path(path: str) -> str:
    path = _SESSION.sub("", _ESCAPE.sub(_spell_escape, path))
    if "//" in path or "/." in path:
        path = urlsplit(urljoin("http://host/", re.sub(r"(?<!:)/{2,}", "/", path))).path
    return _AMP_START.sub("", _AMP_END.sub("", path)) or "/"


def _spell_escape(escape: re.Match[str]) -> str:
    """A percent escape in capitals, or the character where it need not be escaped (RFC 3986, 6.2.2)."""
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()


def _is_noise(term: str, path: str, host: str, drop_page: bool) -> bool:
    name, _, value = term.partition("=")
    if _TRACKER.fullmatch(name) or _VIEW.fullmatch(term):
        return True
    if drop_page and (_PAGE.fullmatch(name) or _WHOLE.fullmatch(term)):
        return True
    if _REFERRER.fullmatch(name):
        return _names_article(path) or _SHARER.fullmatch(value) is not None
    # Blogger's view for telephones; elsewhere `m` may be the module.
    is_blogger = host.endswith(".blogspot.com") or re.search(r"^/20\d\d/\d\d/[^/]+\.html$", path)
    return term in ("m=0", "m=1") and bool(is_blogger)


def _names_article(path: str) -> bool:
    """Whether the path names an article without the help of the query: a slug of three words, or a long number.

    >>> _names_article("/daerah/bimtek-smart-city"), _names_article("/berita/detail/123456"), _names_article("/berita")
    (True, True, False)
    """
    last = re.sub(r"\.s?html?$", "", unquote(path).rstrip("/").rpartition("/")[2])
    if re.search(r"\.(?:php|aspx?|jsp|cgi)$", last):
        return False
    return len([word for word in re.split(r"[-_]", last) if word]) >= 3 or re.fullmatch(r"\d{5,}", last) is not None


@lru_cache(maxsize=4096)
def _desktop_host(host: str) -> str:
    """The host without `www.`, `m.` and their kin, where a domain is left."""
    for start in _COPY_HOSTS:
        rest = host.removeprefix(start)
        if rest != host and "." in rest and (extract_domain(f"https://{rest}/", fast=True) or "").count(".") >= 1:
            return _desktop_host(rest)
    return host


# Links that lead to an address they hold.


def _unwrap(url: str) -> str:
    """The address that a cache, an archive, a translator or a click counter was asked for, through all of them."""
    while len(url) <= LONGEST_URL and _MAY_HOLD_ANOTHER.search(url):
        try:
            parts = urlsplit(url)
            inner = _inner_url(parts)
        except ValueError:
            return url
        if inner is None or not re.match(r"https?://[^/?#]", inner, re.IGNORECASE):
            return url
        url = inner
    return url


def _inner_url(parts: SplitResult) -> str | None:
    host = (parts.hostname or "").removeprefix("www.")
    return next((unwrap(parts) for belongs, unwrap in _WRAPPERS if re.fullmatch(belongs, host)), None)


def _with_query(url: str, parts: SplitResult) -> str:
    return f"{url}?{parts.query}" if parts.query else url


def _archived_url(parts: SplitResult) -> str | None:
    start = _ARCHIVED.match(parts.path)
    # A proxy may have made one slash of two.
    return _with_query(re.sub(r"^(https?:)/+", r"\1//", parts.path[start.end() :]), parts) if start else None


def _cached_url(parts: SplitResult) -> str | None:
    start = _AMP_CACHED.match(parts.path)
    if start is None:
        return None
    return _with_query(f"{'https' if start[1] else 'http'}://{parts.path[start.end() :]}", parts)


def _google_url(parts: SplitResult) -> str | None:
    return _cached_url(parts) if parts.path.startswith("/amp/") else _query_url(parts, "q", "url")


def _translated_url(parts: SplitResult) -> str:
    # A dot became a hyphen, a hyphen two.
    name = (parts.hostname or "").removesuffix(".translate.goog").replace("--", "\0").replace("-", ".")
    return _with_query(f"{parts.scheme}://{name.replace(chr(0), '-')}{parts.path}", parts)


def _query_url(parts: SplitResult, *names: str) -> str | None:
    query = parse_qs(parts.query)
    return next((query[name][0] for name in names if name in query), None)


_MAY_HOLD_ANOTHER = re.compile(
    r"web\.archive\.|ampproject\.|translate\.goog|google\.|lm?\.(?:facebook|instagram)", re.IGNORECASE
)
_WRAPPERS: tuple[tuple[str, Callable[[SplitResult], str | None]], ...] = (
    (r"web\.archive\.org", _archived_url),
    (r"(?:[\w-]+\.)?cdn\.ampproject\.org", _cached_url),
    (r".+\.translate\.goog", _translated_url),
    (r"translate\.google\.[a-z.]{2,6}", lambda parts: _query_url(parts, "u")),
    (r"google\.[a-z.]{2,6}", _google_url),
    (r"lm?\.(?:facebook|instagram)\.com", lambda parts: _query_url(parts, "u")),
)
