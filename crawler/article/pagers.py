"""Whether an article goes on, on further pages that were not read."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from crawler.article.boilerplate import clean_spaces
from crawler.article.metadata import split_link
from crawler.article.printed import Printed, is_outside

_WHOLE = re.compile(r"[?&](?:page=all|single=1|showpage=all)\b|/all/?$")
_PAGER = re.compile(r"page|/(?:\d{1,2}|all)/?$|[?&]p(?:g|art|aged)?=\d")
# "Halaman 1/2", "Halaman 1 dari 3".
_COUNT = re.compile(r"hal(?:aman)?\s*:?\s*(\d{1,2})\s*(?:/|dari|of)\s*(\d{1,2})", re.IGNORECASE)
# "Selengkapnya di halaman selanjutnya.", "Baca lanjutannya di halaman 2".
_PROMPT = re.compile(
    r"(?:baca\s+|simak\s+|klik\s+)?(?:selengkapnya|selanjutnya|berikutnya|lanjut\w*|bersambung)\b[^.]{0,30}?\b(?:di|ke|pada)\s+"
    r"hal(?:aman)?\s*(?P<page>\d{1,2}|selanjutnya|berikutnya)?\W*",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"\W*(?:(?:hal(?:aman)?\s+)?(?:\d{1,2}|selanjutnya|berikutnya|semua)|(?:lanjut\w*|baca)\s+(?:membaca|selanjutnya|selengkapnya)"
    r"|(?:lihat|tampilkan|baca)\s+semua(?:\s+halaman)?|show\s+all|next(?:\s+page)?|semua\s+halaman|all)?\W*",
    re.IGNORECASE,
)


def is_complete(tree: HtmlElement, printed: Printed, url: str, read: int) -> bool:
    """False where the page at `url`, the last of `read` pages, says or links to a further page of its article."""
    if _WHOLE.search(url):
        return True
    if any(says_more_pages(line, read) for line in printed.inside()):
        return False
    here = urlsplit(url)
    return not any(_leads_on(link, here, url, read) for link in tree.iter("a"))


def says_more_pages(line: str, read: int) -> bool:
    """Whether a line says that there are more pages than were read.

    >>> says_more_pages("Halaman 1/2", 1), says_more_pages("Halaman 1 dari 2", 2)
    (True, False)
    >>> says_more_pages("Selengkapnya di halaman selanjutnya.", 1)
    True
    """
    count = _COUNT.fullmatch(line)
    if count:
        return int(count[2]) > read
    prompt = _PROMPT.fullmatch(line)
    # The first of several pages still says so when the others were read.
    return prompt is not None and (int(prompt["page"]) > read if (prompt["page"] or "").isdigit() else read == 1)


def _leads_on(link: HtmlElement, here: SplitResult, url: str, read: int) -> bool:
    href = link.get("href") or ""
    if not _PAGER.search(href) or is_outside(link):
        return False
    if not _NEXT.fullmatch(clean_spaces(link.text_content())):
        return False
    there = split_link(url, href)
    # A file from a disk has no address; its pager has that of the page.
    if here.scheme in ("http", "https") and there.netloc != here.netloc:
        return False
    page = _page_of(there, here)
    return page is not None and (read == 1 if page == "all" else int(page) > read)


def _page_of(there: SplitResult, here: SplitResult) -> str | None:
    """The number of the page of the article at `here` that `there` leads to, or "all"."""
    own, path = here.path.rstrip("/"), there.path.rstrip("/")
    # A saved file's name tells nothing of the address.
    is_known = here.scheme in ("http", "https") and own != ""
    query = re.search(r"(?:^|&)(?:page|p|pg|paged|halaman)=(\d{1,3}|all)(?:&|$)", there.query)
    if query and (path == own if is_known else path.count("/") > 1):
        return query[1]
    number = re.fullmatch(rf"{re.escape(own)}/(?:page/)?(\d{{1,2}}|all)", path) if is_known else None
    return number[1] if number and number[1] not in ("0", "1") else None
