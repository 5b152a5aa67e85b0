"""All that a letter says, read from public.db."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

from sqlite_utils import Database

from publish.dates_id import Language, date_in_words, day_in_words, week_in_words
from publish.letters.addresses import article_url, more_urls
from publish.letters.cleaning import shorten
from publish.letters.events import group_by_province, read_reports, tell_event
from publish.letters.missing import read_silent_sources, read_unread_pages, read_unread_sources, read_unsure_reports
from publish.letters.movements import find_movements, read_stages_before
from publish.letters.quotes import read_quotes
from publish.letters.rows import Row, read_rows
from publish.letters.wording import say


def read_letter(db: Database, monday: date, site_url: str, lang: Language) -> Row:
    """All that the templates say, uncut."""
    sunday = monday + timedelta(days=6)
    span = {"monday": monday.isoformat(), "sunday": sunday.isoformat()}
    quotes = read_quotes(db, span, site_url, lang)
    events = [
        tell_event(list(reports), quotes, site_url, lang)
        for _, reports in groupby(read_reports(db, span), key=lambda report: report["id"])
    ]
    of_the_week = [event for event in events if event["status"] == "held"]
    announced = [event for event in events if event["status"] == "announced"]
    unsure = read_unsure_reports(db, span, site_url, lang)
    articles = read_articles(db, span, site_url, lang)
    told = {article_id for event in events for article_id in event["article_ids"]} | {r["article_id"] for r in unsure}
    letter: Row = {
        "monday": day_in_words(monday, lang),
        "sunday": span["sunday"],
        "week": week_in_words(monday, lang),
        "site_url": site_url,
        "movements": find_movements(of_the_week, read_stages_before(db, span), site_url, lang),
        "provinces": group_by_province(of_the_week, span, site_url, lang),
        "announced": sorted(announced, key=lambda event: (event["start_date"] or "9", event["id"])),
        "others": [a for a in articles if a["is_relevant"] and a["in_week"] and a["id"] not in told],
        "unsure_reports": unsure,
        "unsure_articles": [a for a in articles if not a["is_relevant"]],
        "undated_articles": [a for a in articles if a["is_relevant"] and not a["in_week"]],
        "undated_events": sum(event["start_date"] is None for event in events),
        "pages": read_unread_pages(db, span, site_url, lang),
        "unread": read_unread_sources(db, site_url, lang),
        "silent": read_silent_sources(db, span, lang),
        "more_urls": more_urls(span, site_url),
    }
    letter["longest"] = max((len(province["events"]) for province in letter["provinces"]), default=0)
    in_week = [a for a in articles if a["is_relevant"] and a["in_week"]]
    letter["counts"] = {
        "events": len(of_the_week),
        "main_events": sum(event["is_main"] for event in of_the_week),
        "regions": len({event["regency_code"] for event in of_the_week} - {None}),
        "articles": len(in_week),
        "outlets": len({a["outlet_name"] for a in in_week}),
        **{key: len(letter[key]) for key in ("movements", "announced", "others", "pages", "unread", "silent")},
        **{key: len(letter[key]) for key in ("unsure_reports", "unsure_articles", "undated_articles")},
        "undated_events": letter["undated_events"],
    }
    return letter


def read_articles(db: Database, span: dict[str, str], site: str, lang: Language) -> list[Row]:
    """Articles of the week, and those without a date that were fetched since its Monday; the newest first."""
    rows = read_rows(
        db,
        """
        select id, title, url, coalesce(outlet_name, source) as outlet_name, published_date, is_relevant
        from articles
        where published_date between :monday and :sunday
            or (published_date is null and date(fetched_at, '+7 hours') >= :monday)
        order by published_date desc, outlet_name, id
        """,
        **span,
    )
    return [
        row
        | {
            "title": shorten(row["title"], 140) or say("untitled", lang),
            "in_week": row["published_date"] is not None,
            "when": date_in_words(row["published_date"], lang=lang),
            "article_url": article_url(row, "id", site),
            "site_url": f"{site}/artikel/{row['id']}",
        }
        for row in rows
    ]
