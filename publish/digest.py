"""The weekly letter: what public.db says of one week, as HTML, as plain text and as an unsent message.

A letter is a function of public.db and the week: no clock, no chance, so the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import css_inline
import jinja2
import yaml
from sqlite_utils import Database

from db.connect import open_read_only
from publish.dates_id import Language, date_in_words, day_in_words, week_in_words

EMAILS = Path(__file__).parent / "emails"
WIB = timezone(timedelta(hours=7), "WIB")
MAX_HTML_BYTES = 90_000
"""Gmail hides what comes after about 102 kB; the rest of its allowance is for a forwarder's own words."""
LIST_LINES = 12
"""Lines of a side list before "… dan N lagi"; the lists of events by province are as long as the size allows."""
SURE = 0.5
"""Confidence below which a finding is "not sure" (nlp.extraction)."""
NO_STEPS = ("lainnya", "evaluasi-internal")
"""Stages that take a regency no further: any other activity, and its own preparation for an evaluation."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Digest:
    """One week's letter, ready to be read."""

    week: str
    """ISO week, 2023-W47."""
    monday: date
    lang: Language
    site_url: str
    """Without a slash at its end."""
    subject: str
    """ASCII, so that the header stays plain."""
    html: str
    text: str
    counts: dict[str, int]
    """What the week holds, cut or not: events, regions, articles, outlets, movements, announced, others, …"""


def latest_week(public: Path) -> date:
    """Monday of the week (Western Indonesia Time) in which the newest article was published.

    Raises ValueError when no article has a publication date.
    """
    with closing(open_read_only(public)) as db:
        newest = db.execute("select max(published_date) from articles").fetchone()[0]
    if newest is None:
        raise ValueError(f"{public}: no article with a publication date, so no week to write about")
    day = date.fromisoformat(newest)
    return day - timedelta(days=day.weekday())


def build_digest(public: Path, monday: date, site_url: str, lang: Language = "id") -> Digest:
    """The letter on the week that begins on `monday`, cut to stay below MAX_HTML_BYTES.

    Every event that an article of the week tells stands in it once. Raises ValueError when `monday` is none, and when
    even the shortest form is too large for a mail.
    """
    if monday.weekday() != 0:
        raise ValueError(f"{monday} is not a Monday")
    site_url = site_url.rstrip("/")
    with closing(open_read_only(public)) as db:
        letter = _read_letter(db, monday, site_url, lang)
    lines = _lines_that_fit(lambda lines: _render_html(letter, lines, lang), letter["longest"])
    counts = letter["counts"]
    year, number, _ = monday.isocalendar()
    dates = date_in_words(monday.isoformat(), letter["sunday"], lang).replace("–", "-")
    return Digest(
        week=f"{year}-W{number:02}",
        monday=monday,
        lang=lang,
        site_url=site_url,
        subject=_say("subject" if counts["events"] else "subject_empty", lang, n=counts["events"], dates=dates),
        html=_render_html(letter, lines, lang),
        text=_render_text(letter, lines, lang),
        counts=counts,
    )


def build_message(digest: Digest) -> bytes:
    """The letter as a message (RFC 5322) without a recipient, dated the Monday after its week, 06.00 WIB."""
    fingerprint = hashlib.sha256(f"{digest.subject}\n{digest.text}\n{digest.html}".encode()).hexdigest()[:16]
    host = urlsplit(digest.site_url).hostname or "localhost"
    message = EmailMessage()
    message["Subject"] = digest.subject
    message["From"] = Address("Pantau Kota Cerdas", "surat", host)
    message["Date"] = format_datetime(datetime.combine(digest.monday + timedelta(days=7), time(6), WIB))
    message["Message-ID"] = f"<{digest.week}.{digest.lang}.{fingerprint}@{host}>"
    message["Content-Language"] = digest.lang
    message.set_content(digest.text, cte="quoted-printable")
    message.add_alternative(digest.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{digest.week}.{digest.lang}.{fingerprint}")
    # The default line length makes Python write long headers as encoded words, which Gmail then ignores.
    return message.as_bytes(policy=SMTP.clone(max_line_length=998))


def write_outbox(digest: Digest, folder: Path) -> list[Path]:
    """Write the letter as .eml, .html and .txt; a file that already says the same is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    name = digest.week if digest.lang == "id" else f"{digest.week}.{digest.lang}"
    files = {
        folder / f"{name}.eml": build_message(digest),
        folder / f"{name}.html": digest.html.encode(),
        folder / f"{name}.txt": digest.text.encode(),
    }
    for path, content in files.items():
        _write_atomically(path, content)
    return list(files)


def _write_atomically(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _lines_that_fit(render: Callable[[int], str], longest: int) -> int:
    """The most lines a list may have for the HTML to fit; `longest` when nothing need be cut."""

    def size(lines: int) -> int:
        return len(render(lines).encode())

    if size(longest) <= MAX_HTML_BYTES:
        return longest
    lines = bisect_right(range(longest), MAX_HTML_BYTES, key=size) - 1
    if lines < 0:
        raise ValueError(f"the letter is {size(0)} bytes even with no event in it, above {MAX_HTML_BYTES}")
    return lines


# Words and templates


@cache
def _words() -> dict[str, Any]:
    return yaml.safe_load((EMAILS / "words.yml").read_text(encoding="utf-8"))


def _say(key: str, lang: Language, **values: object) -> str:
    """What words.yml says; `fates.error` looks in a group."""
    wording: Any = _words()
    for part in key.split("."):
        wording = wording[part]
    one, _, many = str(wording[lang]).partition("|")
    return (one if not many or values.get("n") == 1 else many).format(**values)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(EMAILS),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _inliner() -> css_inline.CSSInliner:
    css = (EMAILS / "letter.css").read_text(encoding="utf-8")
    return css_inline.CSSInliner(extra_css=css, keep_style_tags=False, load_remote_stylesheets=False)


def _render(template: str, letter: Row, lines: int, lang: Language) -> str:
    def say(key: str, **values: object) -> str:
        return _say(key, lang, **values)

    return _templates().get_template(template).render(letter, lines=lines, side_lines=LIST_LINES, say=say, lang=lang)


def _render_html(letter: Row, lines: int, lang: Language) -> str:
    return _inliner().inline(_render("letter.html", letter, lines, lang)) + "\n"


def _render_text(letter: Row, lines: int, lang: Language) -> str:
    return _render("letter.txt", letter, lines, lang)


# Reading public.db


def _rows(db: Database, sql: str, **values: object) -> list[Row]:
    """Rows whose texts are on one line, as a line of a letter has to be."""
    return [
        {key: " ".join(value.split()) if isinstance(value, str) else value for key, value in row.items()}
        for row in db.query(sql, values)
    ]


def _read_letter(db: Database, monday: date, site_url: str, lang: Language) -> Row:
    """All that the templates say, uncut."""
    sunday = monday + timedelta(days=6)
    span = {"monday": monday.isoformat(), "sunday": sunday.isoformat()}
    quotes = _read_quotes(db, span, site_url, lang)
    events = [
        _tell_event(list(reports), quotes, site_url, lang)
        for _, reports in groupby(_read_reports(db, span), key=lambda report: report["id"])
    ]
    of_the_week = [event for event in events if event["status"] == "held"]
    announced = [event for event in events if event["status"] == "announced"]
    unsure = _read_unsure_reports(db, span, site_url, lang)
    articles = _read_articles(db, span, site_url, lang)
    told = {article_id for event in events for article_id in event["article_ids"]} | {r["article_id"] for r in unsure}
    letter: Row = {
        "monday": day_in_words(monday, lang),
        "sunday": span["sunday"],
        "week": week_in_words(monday, lang),
        "site_url": site_url,
        "movements": _find_movements(of_the_week, _read_stages_before(db, span), site_url, lang),
        "provinces": _group_by_province(of_the_week, span, site_url, lang),
        "announced": sorted(announced, key=lambda event: (event["start_date"] or "9", event["id"])),
        "others": [a for a in articles if a["is_relevant"] and a["in_week"] and a["id"] not in told],
        "unsure_reports": unsure,
        "unsure_articles": [a for a in articles if not a["is_relevant"]],
        "undated_articles": [a for a in articles if a["is_relevant"] and not a["in_week"]],
        "undated_events": sum(event["start_date"] is None for event in events),
        "pages": _read_unread_pages(db, span, site_url, lang),
        "unread": _read_unread_sources(db, site_url, lang),
        "silent": _read_silent_sources(db, span, lang),
        "more_urls": _more_urls(span, site_url),
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


def _read_reports(db: Database, span: dict[str, str]) -> list[Row]:
    """What the week's articles say of events, and earlier articles of events still to come; the best report first.

    An event is held once any article until the week's Sunday says so, and only announced until then, even when its day
    has passed. A month or a year is to come only when it begins after the week: '2023-12' sorts behind '2023-11-19'.
    """
    return _rows(
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


def _tell_event(reports: list[Row], quotes: dict[str, list[Row]], site: str, lang: Language) -> Row:
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
        "region": best["regency_name"] or _say("no_region", lang),
        "when": _when(best, lang),
        "mode": best["mode"] and _say(f"modes.{best['mode']}", lang),
        "event_url": f"{site}/peristiwa/{best['id']}",
        "evidence_url": _evidence_url(site, best["article_id"], best["anchor"]),
        "article_url": _article_url(best, "article_id", site),
        "title": _shorten(best["title"], 140) or _say("untitled", lang),
        "others": [{"outlet_name": r["outlet_name"], "url": _article_url(r, "article_id", site)} for r in others],
        "told_by": _told_by(len(first_of_outlet), reports, lang),
        "article_ids": {report["article_id"] for report in reports},
        "quote": own_quotes.pop(0) if own_quotes else None,
    }


def _told_by(outlets: int, reports: list[Row], lang: Language) -> str:
    """How many outlets; and how many different texts, where some only copied others."""
    articles, stories = ({report[key] for report in reports} for key in ("article_id", "story_id"))
    counts = [_say("n_outlets", lang, n=outlets)]
    if len(stories) < len(articles):
        counts.append(_say("n_stories", lang, n=len(stories)))
    return ", ".join(counts)


def _when(told: Row, lang: Language) -> str:
    """The date of an event or a report; of what is only announced, that it is."""
    when = date_in_words(told["start_date"], told["end_date"], lang)
    if told["status"] == "held":
        return when
    return _say("announced_for" if told["start_date"] else "announced_undated", lang, when=when)


def _read_unsure_reports(db: Database, span: dict[str, str], site: str, lang: Language) -> list[Row]:
    """What the week's articles say of steps that make no event: not sure, or with neither a region nor a date."""
    rows = _rows(
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
            "region": row["regency_name"] or _say("no_region", lang),
            "when": _when(row, lang),
            "evidence_url": _evidence_url(site, row["article_id"], row["anchor"]),
            "article_url": _article_url(row, "article_id", site),
        }
        for row in rows
    ]


def _read_quotes(db: Database, span: dict[str, str], site: str, lang: Language) -> dict[str, list[Row]]:
    """The week's direct quotations by article, named speakers first, the surest first."""
    rows = _rows(
        db,
        """
        select q.article_id, q.number, q.speaker_name, q.text, proof.anchor,
            max(o.confidence), -- SQLite takes the next three from the row that holds it
            o.acting, o.position, o.organization
        from quotes q
        join evidence proof on proof.article_id = q.article_id and proof.number = q.evidence_number
        join articles a on a.id = q.article_id
        left join officials o
            on o.article_id = q.article_id and o.name = q.speaker_name and o.confidence >= :sure
        where a.is_relevant = 1 and a.published_date between :monday and :sunday and q.confidence >= :sure
        group by q.article_id, q.number
        order by q.article_id, q.speaker_name is null, q.confidence desc, q.number
        """,
        **span,
        sure=SURE,
    )
    quotes = [
        {
            "article_id": row["article_id"],
            "text": _shorten(row["text"].strip("\"“”'‘’, "), 280),
            "speaker": row["speaker_name"] or _say("unnamed_speaker", lang),
            "office": _office(row),
            "url": _evidence_url(site, row["article_id"], row["anchor"]),
        }
        for row in rows
    ]
    return {article_id: list(own) for article_id, own in groupby(quotes, key=lambda quote: quote["article_id"])}


def _office(row: Row) -> str:
    """Acting mark, position and organization, as far as known.

    >>> _office({"acting": "Plt.", "position": "Kepala Dinas Kominfo", "organization": "Dinas Kominfo"})
    'Plt. Kepala Dinas Kominfo'
    >>> _office({"acting": "Pj.", "position": "Bupati", "organization": "Pemerintah Kabupaten Kolaka"})
    'Pj. Bupati Kolaka'
    >>> _office({"acting": None, "position": "Sekretaris", "organization": "Bappeda Kabupaten Sleman"})
    'Sekretaris, Bappeda Kabupaten Sleman'
    """
    position = " ".join(part for part in (row["acting"], row["position"]) if part)
    government = re.fullmatch(r"Pemerintah ((?:Kabupaten|Kota|Provinsi) (.+))", row["organization"] or "")
    if government and row["position"]:
        # A bupati is named with the bare place, others with its kind: "Bupati Kolaka", "Sekda Kabupaten Kolaka".
        is_head = re.search(r"(?i)(?:bupati|wali ?kota|gubernur)$", row["position"])
        return f"{position} {government[2 if is_head else 1]}"
    if not row["organization"] or row["organization"].lower() in position.lower():
        return position
    return ", ".join(part for part in (position, row["organization"]) if part)


def _read_stages_before(db: Database, span: dict[str, str]) -> dict[str, Row]:
    """The furthest stage of each regency in all articles before the week; what was only announced does not count."""
    rows = _rows(
        db,
        """
        select e.regency_code, s.code as stage_code, s.position, s.name_id, s.name_en
        from stage_reports r
        join evidence proof on proof.article_id = r.article_id and proof.number = r.evidence_number
        join articles a on a.id = r.article_id
        join events e on e.id = r.event_id
        join stages s on s.code = e.stage_code
        where a.is_relevant = 1 and a.published_date < :monday and e.regency_code is not null and r.status = 'held'
        order by s.position
        """,
        monday=span["monday"],
    )
    return {row["regency_code"]: row for row in rows if row["stage_code"] not in NO_STEPS}


def _find_movements(events: list[Row], before: dict[str, Row], site: str, lang: Language) -> list[Row]:
    """Regencies that an article of the week, reporting it as its own news, puts further than any earlier article.

    From "bimtek" without its number to a numbered one is no movement: it may be the same one.
    """
    reached: dict[str, Row] = {}
    for event in sorted(events, key=lambda event: event["position"]):
        if event["is_main"] and event["regency_code"] and event["stage_code"] not in NO_STEPS:
            reached[event["regency_code"]] = event
    movements = []
    for event in reached.values():
        old = before.get(event["regency_code"])
        if old and (event["position"] <= old["position"] or event["stage_code"].startswith(f"{old['stage_code']}-")):
            continue
        words = _say("before", lang, stage=old[f"name_{lang}"]) if old else _say("before_none", lang)
        movements.append(event | {"before": words, "region_url": f"{site}/daerah/{event['regency_code']}"})
    return sorted(movements, key=lambda m: (m["province_name"] or "", m["region"]))


def _group_by_province(events: list[Row], span: dict[str, str], site: str, lang: Language) -> list[Row]:
    """Provinces by name, those without one last; in each, main events first, then by regency and date."""
    by_province: dict[str | None, list[Row]] = {}
    for event in events:
        by_province.setdefault(event["province_name"], []).append(event)
    return [
        {
            "name": name or _say("no_province", lang),
            "events": sorted(
                by_province[name],
                key=lambda e: (not e["is_main"], e["region"], e["start_date"] or "9", e["position"], e["id"]),
            ),
            "more_url": _table_url(
                site,
                "events",
                {"province_name": name} if name else {"province_name__isnull": 1},
                last_published_date__gte=span["monday"],
                first_published_date__lte=span["sunday"],
            ),
        }
        for name in sorted(by_province, key=lambda name: (name is None, name))
    ]


def _read_articles(db: Database, span: dict[str, str], site: str, lang: Language) -> list[Row]:
    """Articles of the week, and those without a date that were fetched since its Monday; the newest first."""
    rows = _rows(
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
            "title": _shorten(row["title"], 140) or _say("untitled", lang),
            "in_week": row["published_date"] is not None,
            "when": date_in_words(row["published_date"], lang=lang),
            "article_url": _article_url(row, "id", site),
            "site_url": f"{site}/artikel/{row['id']}",
        }
        for row in rows
    ]


def _read_unread_pages(db: Database, span: dict[str, str], site: str, lang: Language) -> list[Row]:
    """Sources with pages that gave no article since the week's Monday, and why; all that is still to be fetched."""
    rows = _rows(
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
            "url": _table_url(site, "urls", source=source, _facet="fate"),
            "fates": ", ".join(_say(f"fates.{fate['fate']}", lang, n=fate["pages"]) for fate in fates),
        }
        for (source, outlet_name), fates in groupby(rows, key=lambda row: (row["source"], row["outlet_name"]))
    ]


def _read_unread_sources(db: Database, site: str, lang: Language) -> list[Row]:
    """Outlets and portals that cannot be read now, why and since when, by name; nothing of those never read before."""
    rows = _rows(
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
            "since": _say("since", lang, day=date_in_words(row["since_date"], lang=lang)) if row["since_date"] else "",
        }
        for row in rows
    ]


def _read_silent_sources(db: Database, span: dict[str, str], lang: Language) -> list[Row]:
    """Outlets and portals that told of the programme before and not in the week, the longest silent first."""
    rows = _rows(
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
            "seen": _say("last_seen", lang, day=date_in_words(row["last_date"], lang=lang)),
        }
        for row in rows
    ]


# Addresses


def _evidence_url(site: str, article_id: str, anchor: str) -> str:
    # By its anchor: a letter is read for years, and an article that is read anew numbers its sentences anew.
    return f"{site}/artikel/{article_id}#k-{anchor}"


def _article_url(row: Row, id_column: str, site: str) -> str:
    """The outlet's page; our own record for a file that was ingested and so has no address on the web."""
    if row["url"].lower().startswith(("http://", "https://")):
        return row["url"]
    return f"{site}/artikel/{row[id_column]}"


def _table_url(site: str, table: str, *filters: Row, **more: object) -> str:
    """A table of public.db on the site, filtered as Datasette does."""
    query: Row = {}
    for values in (*filters, more):
        query |= values
    return f"{site}/public/{table}?{urlencode(query, quote_via=quote)}"


def _more_urls(span: dict[str, str], site: str) -> dict[str, str]:
    """Where each side list of the letter goes on."""
    week = {"published_date__gte": span["monday"], "published_date__lte": span["sunday"]}
    return {
        "movements": _table_url(site, "events", last_published_date__gte=span["monday"]),
        "announced": _table_url(site, "events", status="announced", _sort_desc="start_date"),
        "others": _table_url(site, "articles", week, is_relevant=1),
        "unsure_reports": _table_url(site, "stage_reports", event_id__isnull=1),
        "unsure_articles": _table_url(site, "articles", is_relevant__isnull=1),
        "undated_articles": _table_url(site, "articles", published_date__isnull=1, is_relevant=1),
        "pages": _table_url(site, "urls", _facet="fate"),
        "unread": f"{site}/media?keadaan=lihat",
        "silent": _table_url(site, "sources", _sort="last_published_date"),
    }


def _shorten(text: str | None, longest: int) -> str:
    """Cut at a word, with an ellipsis that shows it.

    >>> _shorten("Bimtek tahap II digelar di Sleman", 20)
    'Bimtek tahap II …'
    """
    if not text or len(text) <= longest:
        return text or ""
    return text[: longest - 1].rsplit(" ", 1)[0] + " …"
