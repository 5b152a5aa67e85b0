"""What a letter may have missed."""

from __future__ import annotations

from itertools import groupby

from sqlite_utils import Database

from publish.dates_id import Language, date_in_words
from publish.letters.addresses import article_url, evidence_url, table_url
from publish.letters.events import when
from publish.letters.rows import Row, read_rows
from publish.letters.wording import say


def read_unsure_reports(db: Database, span: dict[str, str], site: str, lang: Language) -> list[Row]:
    """What the week's articles say of steps that make no event: not sure, or with neither a region nor a date."""
    rows = read_rows(
        db,
        """
        select r.article_id, proof.anchor, r.start_date, r.end_date, r.status, s.name_id, s.name_en,
            regencies.name as regency_name, a.url, coalesce(a.outlet_name, a.source) as outlet_name
        from stage_reports r
        join evidence proof on proof.article_id = r.article_id and proof.number = r.evidence_number
        join articles a on a.id = r.article_id
        join stages s on s.code = r.stage_code
        left join regencies on regencies.code = r.regency_code
        where a.is_relevant = 1 and r.event_id is null and a.published_date between :monday and :sunday
        order by a.published_date desc, r.article_id, r.number
        """,
        **span,
    )
    return [
        row
        | {
            "stage": row[f"name_{lang}"],
            "region": row["regency_name"] or say("no_region", lang),
            "when": when(row, lang),
            "evidence_url": evidence_url(site, row["article_id"], row["anchor"]),
            "article_url": article_url(row, "article_id", site),
        }
        for row in rows
    ]


def read_unread_pages(db: Database, span: dict[str, str], site: str, lang: Language) -> list[Row]:
    """Sources with pages that gave no article since the week's Monday, and why; all that is still to be fetched."""
    rows = read_rows(
        db,
        """
        select u.source, coalesce(s.outlet_name, u.source) as outlet_name, coalesce(u.fate, 'pending') as fate,
            count(*) as pages
        from urls u left join sources s on s.name = u.source
        where u.fate is null
            or (u.fate in ('not-understood', 'error', 'blocked', 'robots') and date(u.fate_at, '+7 hours') >= :monday)
        group by u.source, coalesce(u.fate, 'pending')
        order by outlet_name, u.source, fate
        """,
        monday=span["monday"],
    )
    return [
        {
            "outlet_name": outlet_name,
            "url": table_url(site, "urls", source=source, _facet="fate"),
            "fates": ", ".join(say(f"fates.{fate['fate']}", lang, n=fate["pages"]) for fate in fates),
        }
        for (source, outlet_name), fates in groupby(rows, key=lambda row: (row["source"], row["outlet_name"]))
    ]


def read_unread_sources(db: Database, site: str, lang: Language) -> list[Row]:
    """Outlets and portals that cannot be read now, why and since when, by name; nothing of those never read before."""
    rows = read_rows(
        db,
        f"""
        select name, outlet_name, reason_{lang} as reason, since_date
        from sources
        where verdict in ('changed', 'blocked', 'unreachable', 'not-asked')
        order by outlet_name
        """,
    )
    return [
        {
            "outlet_name": row["outlet_name"],
            "url": f"{site}/media/{row['name']}",
            "reason": row["reason"],
            "since": say("since", lang, day=date_in_words(row["since_date"], lang=lang)) if row["since_date"] else "",
        }
        for row in rows
    ]


def read_silent_sources(db: Database, span: dict[str, str], lang: Language) -> list[Row]:
    """Outlets and portals that told of the programme before and not in the week, the longest silent first."""
    rows = read_rows(
        db,
        """
        select s.outlet_name, max(a.published_date) as last_date
        from sources s join articles a on a.source = s.name and a.published_date <= :sunday
        where s.kind <> 'file'
        group by s.name
        having last_date < :monday
        order by last_date, s.outlet_name
        """,
        **span,
    )
    return [
        {
            "outlet_name": row["outlet_name"],
            "seen": say("last_seen", lang, day=date_in_words(row["last_date"], lang=lang)),
        }
        for row in rows
    ]
