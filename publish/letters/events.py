"""The events of the days, one line each, from all that is said of them."""

from __future__ import annotations

from sqlite_utils import Database

from publish.dates_id import Language, date_in_words
from publish.letters.addresses import article_url, evidence_url, table_url
from publish.letters.cleaning import shorten
from publish.letters.rows import Row, read_rows
from publish.letters.wording import say


def read_reports(db: Database, span: dict[str, str]) -> list[Row]:
    """What the week's articles say of events, and earlier articles of events still to come; the best report first.

    An event is held once any article until the week's Sunday says so, and only announced until then, even when its day
    has passed. A month or a year is to come only when it begins after the week: '2023-12' sorts behind '2023-11-19'.
    """
    return read_rows(
        db,
        """
        select e.id, e.stage_code, e.regency_code, e.regency_name, e.province_name, e.start_date, e.end_date, e.venue,
            e.mode, s.name_id, s.name_en, s.position, r.article_id, proof.anchor, r.is_main,
            a.title, a.url, coalesce(a.outlet_name, a.source) as outlet_name, a.published_date,
            coalesce(told.story_id, a.id) as story_id,
            iif(e.id in (
                select h.event_id
                from stage_reports h
                join articles p on p.id = h.article_id
                where h.status = 'held' and (p.published_date <= :sunday or p.published_date is null)
            ), 'held', 'announced') as status
        from stage_reports r
        join evidence proof on proof.article_id = r.article_id and proof.number = r.evidence_number
        join articles a on a.id = r.article_id
        join events e on e.id = r.event_id
        join stages s on s.code = e.stage_code
        left join story_articles told on told.article_id = a.id
        where a.is_relevant = 1 and a.published_date <= :sunday
            and (a.published_date >= :monday or e.start_date > :sunday)
        order by e.id, r.status = 'announced', r.is_main desc, r.confidence desc, a.published_date, a.id, r.number
        """,
        **span,
    )


def tell_event(reports: list[Row], quotes: dict[str, list[Row]], site: str, lang: Language) -> Row:
    """One event from what is said of it, the best report first.

    Its quotation is taken out of `quotes`, so that none is told twice.
    """
    best = reports[0]
    own_quotes = next((quotes[r["article_id"]] for r in reports if r["is_main"] and quotes.get(r["article_id"])), None)
    first_of_outlet = {report["outlet_name"]: report for report in reversed(reports)}
    others = [report for name, report in sorted(first_of_outlet.items()) if name != best["outlet_name"]]
    return best | {
        "is_main": any(report["is_main"] for report in reports),
        "stage": best[f"name_{lang}"],
        "region": best["regency_name"] or say("no_region", lang),
        "when": when(best, lang),
        "mode": best["mode"] and say(f"modes.{best['mode']}", lang),
        "event_url": f"{site}/peristiwa/{best['id']}",
        "evidence_url": evidence_url(site, best["article_id"], best["anchor"]),
        "article_url": article_url(best, "article_id", site),
        "title": shorten(best["title"], 140) or say("untitled", lang),
        "others": [{"outlet_name": r["outlet_name"], "url": article_url(r, "article_id", site)} for r in others],
        "told_by": told_by(len(first_of_outlet), reports, lang),
        "article_ids": {report["article_id"] for report in reports},
        "quote": own_quotes.pop(0) if own_quotes else None,
    }


def told_by(outlets: int, reports: list[Row], lang: Language) -> str:
    """How many outlets; and how many different texts, where some only copied others."""
    articles, stories = ({report[key] for report in reports} for key in ("article_id", "story_id"))
    counts = [say("n_outlets", lang, n=outlets)]
    if len(stories) < len(articles):
        counts.append(say("n_stories", lang, n=len(stories)))
    return ", ".join(counts)


def when(told: Row, lang: Language) -> str:
    """The date of an event or a report; of what is only announced, that it is."""
    when = date_in_words(told["start_date"], told["end_date"], lang)
    if told["status"] == "held":
        return when
    return say("announced_for" if told["start_date"] else "announced_undated", lang, when=when)


def group_by_province(events: list[Row], span: dict[str, str], site: str, lang: Language) -> list[Row]:
    """Provinces by name, those without one last; in each, main events first, then by regency and date."""
    by_province: dict[str | None, list[Row]] = {}
    for event in events:
        by_province.setdefault(event["province_name"], []).append(event)
    return [
        {
            "name": name or say("no_province", lang),
            "events": sorted(
                by_province[name],
                key=lambda e: (not e["is_main"], e["region"], e["start_date"] or "9", e["position"], e["id"]),
            ),
            "more_url": table_url(
                site,
                "events",
                {"province_name": name} if name else {"province_name__isnull": 1},
                last_published_date__gte=span["monday"],
                first_published_date__lte=span["sunday"],
            ),
        }
        for name in sorted(by_province, key=lambda name: (name is None, name))
    ]
