"""Faults of articles: templates, dates, what changes after it was published."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from faults.fault import FEED, KEPT, LIST, LISTING, STORY, Fault, story_fault
from faults.web import HTML, Answer, Asked, item, link_list, rss, story

TODAY = datetime.now(ZoneInfo("Asia/Jakarta"))
PRINTED = [f"/bentuk-{number}" for number in range(5)]
FIVE = [f"/2023/11/08/bimtek-smart-city-{number}" for number in range(1, 6)]
PLAIN = [f"/berita/bimtek-smart-city-{number}" for number in range(1, 6)]
"""Addresses that tell no day."""
IN_A_YEAR = TODAY + timedelta(366)
EMPTY = Answer("<html><body><nav>Beranda</nav><article></article></body></html>")
LONGER = str(story().body).replace("dua hari", "tiga hari")
ETAG = {**HTML, "etag": '"satu"'}


def five(answer: Answer) -> dict[str, Answer]:
    return dict.fromkeys(FIVE, answer)


def same_etag(asked: Asked) -> Answer:
    """A feed that has one ETag for ever, and believes that nothing has changed."""
    if asked.headers.get("if-none-match") == '"satu"':
        return Answer("", 304)
    items = [item(f"/{number}", number) for number in range(1, asked.times + 1)]
    return rss(*items, headers={"content-type": "application/rss+xml", "etag": '"satu"'})


TEMPLATES = {
    "not_modified": Fault(
        FEED,
        {"/feed": rss(item("/a"), item("/b", 2)), "/a": Answer("", 304), "/b": story(2)},
        {"/a": story()},
        {"/a": ("error", "HTTP 304"), "/b": KEPT},
        later={"/a": "kept", "/b": "kept"},
    ),
    "database_error": story_fault(
        Answer("<title>Database Error</title><h1>Error establishing a database connection</h1>"), "error", "database"
    ),
    "changed_template": Fault(
        LISTING,
        {**LIST, STORY: story()},
        fates={STORY: ("not-understood", r"nothing at '.konten-lama'")},
        source={"selectors": {"body": ".konten-lama"}},
        mended_source={"selectors": {"body": ".isi"}},
    ),
    "no_body_found": Fault(
        LISTING,
        {"/berita": link_list(*FIVE), **five(EMPTY)},
        {path: story(number) for number, path in enumerate(FIVE, 1)},
        dict.fromkeys(FIVE, ("not-understood", "0 characters")),
        later=dict.fromkeys(FIVE, "kept"),
    ),
    "no_text_for_a_day": story_fault(EMPTY, "not-understood", "0 characters"),
    "one_page_for_all": Fault(
        LISTING,
        {"/berita": link_list(*FIVE), **five(story(1))},
        {path: story(number) for number, path in enumerate(FIVE, 1)},
        later=dict.fromkeys(FIVE, "kept"),
    ),
}

DATES = {
    # What an article page prints, and what is read: see DAYS.
    "dates": Fault(
        LISTING,
        {
            "/berita": link_list("/tanpa-tanggal", "/bilah-jam", "/bilah-jam-saja", *PRINTED),
            "/tanpa-tanggal": story(1, day=""),
            "/bilah-jam": story(2, before=f"<div class='jam'>{TODAY:%d/%m/%Y} 10:00 WIB</div>"),
            "/bilah-jam-saja": story(3, day="", before=f"<div class='hari-ini'>Hari ini: {TODAY:%d-%m-%Y}</div>"),
            "/bentuk-0": story(4, day="Jum’at (3/11/2023)"),
            "/bentuk-1": story(5, day="Jum'at, 3 November 2023"),
            "/bentuk-2": story(6, day="Jumat, 03 Nov 2023 09:15 WIB"),
            "/bentuk-3": story(7, day="3 November 2023 | Humas"),
            "/bentuk-4": story(8, day="Dipublikasikan: 03-11-2023"),
        },
        later={},
        stays=frozenset({"undated"}),
    ),
    # No article is of a day that has not come; so these have none.
    "dates_in_the_future": Fault(
        LISTING,
        {
            "/berita": link_list(*PLAIN),
            **{path: story(number, day=f"{IN_A_YEAR:%d/%m/%Y} 10:00 WIB") for number, path in enumerate(PLAIN, 1)},
        },
        {path: story(number) for number, path in enumerate(PLAIN, 1)},
        dict.fromkeys(PLAIN, KEPT),
        later=dict.fromkeys(PLAIN, "kept"),
    ),
    "dates_missing": Fault(
        LISTING,
        {"/berita": link_list(*PLAIN), **{path: story(number, day="") for number, path in enumerate(PLAIN, 1)}},
        {path: story(number) for number, path in enumerate(PLAIN, 1)},
        dict.fromkeys(PLAIN, KEPT),
        later=dict.fromkeys(PLAIN, "kept"),
    ),
}  # fmt: skip

CHANGES = {
    "edited_afterwards": Fault(
        FEED,
        {"/feed": rss(item(STORY), item("/b", 2)), "/b": story(2), STORY: Answer(LONGER)},
        {},
        {STORY: KEPT},
        before={STORY: story()},
    ),
    "edited_with_the_same_etag": Fault(
        FEED,
        {"/feed": rss(item(STORY), item("/b", 2)), "/b": story(2),
         STORY: Answer(LONGER, headers=ETAG)},
        {},
        {STORY: KEPT},
        before={STORY: Answer(story().body, headers=ETAG)},
    ),
    "deleted_afterwards": Fault(
        FEED,
        {"/feed": rss(item(STORY), item("/b", 2)), "/b": story(2), STORY: Answer("Tidak ada", 404)},
        {STORY: story()},
        {STORY: KEPT},
        before={STORY: story()},
    ),
    "feed_with_the_same_etag": Fault(
        FEED,
        {"/feed": same_etag, **{f"/{number}": story(number) for number in range(1, 5)}},
        fates={"/1": KEPT, "/2": KEPT},
        before={},
        later={"/1": "kept", "/2": "kept", "/3": "kept"},
    ),
}  # fmt: skip

SOUND = {"sound": Fault(LISTING, {**LIST, STORY: story()}, fates={STORY: KEPT}, is_harmless=True)}

ARTICLES: dict[str, Fault] = {**TEMPLATES, **DATES, **CHANGES, **SOUND}

DAYS = {
    "/tanpa-tanggal": None,
    "/bilah-jam": "2023-11-08",
    "/bilah-jam-saja": None,
    **dict.fromkeys(PRINTED, "2023-11-03"),
}
"""Days that are read off the pages of `dates`."""
