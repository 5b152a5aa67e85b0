"""An Atom feed (RFC 4287) of events: one entry an event, under an id that lasts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from feedgen.feed import FeedGenerator
from markupsafe import Markup

from publish.dates_id import Language
from publish.release import Release
from publish.site.dates import date_html, day_in_jakarta
from publish.site.strings import translate
from publish.theirs import STEERING, is_web

if TYPE_CHECKING:
    # Letters are made where no Datasette runs.
    from publish.site.page import Row

# What XML 1.0 cannot hold, not even escaped.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FIELDS = ("start_date", "end_date", "venue", "mode", "edition", "status")
GONE = ("withdrawn", "replaced")
"""How an event stands that we tell no more."""
TAG = "tag:pantau-kota-cerdas,2024:"
"""The names of entries, which stay when the site moves to another host (RFC 4151)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a feed or calendar is told of where it stands."""

    title: str
    own_address: str
    page_address: str
    language: Language
    release: Release
    address: Callable[[str], str]
    """The whole address, in the language, of a path of the site without a query."""


def atom_feed(frame: Frame, events: Sequence[Row]) -> bytes:
    """The feed; equal for an equal release and address."""
    feed = FeedGenerator()
    feed.id(TAG + re.sub("^[a-z]+://[^/]+/", "", frame.own_address))
    feed.title(plain(frame.title))
    feed.subtitle(translate("feed.subtitle", frame.language))
    feed.author(name="Pantau Kota Cerdas", uri=frame.address("/tentang"))
    feed.link(href=frame.own_address, rel="self", type="application/atom+xml")
    feed.link(href=frame.page_address, rel="alternate", type="text/html")
    feed.rights(translate("feed.rights", frame.language))
    feed.language(frame.language)
    feed.updated(max((_instant(event["updated_at"]) for event in events), default=frame.release.made_at))
    for event in events:
        entry = feed.add_entry(order="append")
        entry.id(f"{TAG}peristiwa/{event['id']}")
        entry.title(headline(event, frame.language, dated=True))
        entry.updated(_instant(event["updated_at"]))
        entry.published(_instant(event["published_at"]))
        entry.link(href=frame.address(f"/peristiwa/{event.get('merged_id') or event['id']}"))
        entry.category(term=event["stage_code"], label=plain(event[f"stage_name_{frame.language}"]))
        entry.content(plain(_content(event, frame)), type="html")
    written: bytes = feed.atom_str(pretty=True)
    return written


def plain(text: str) -> str:
    """The text on one line, without what XML cannot hold or what would turn the direction of the words after it."""
    return " ".join(STEERING.sub("", NO_XML.sub(" ", text)).split())


def headline(event: Row, language: Language, dated: bool = False) -> str:
    """What happened, in one line: `Evaluasi Tahap I: Kabupaten Tabanan`, with its date or whether it is only announced.

    >>> told = {"stage_name_id": "Nota Kesepahaman", "regency_name": None, "status": "announced", "start_date": None}
    >>> headline(told | {"end_date": None}, "id", dated=True)
    'Rencana: Nota Kesepahaman: daerah tidak disebut, tanggal tidak disebut'
    """
    place = event["regency_name"] or translate("feed.no_regency", language)
    told = translate(f"feed.headline.{event['status']}", language, what=f"{event[f'stage_name_{language}']}: {place}")
    return plain(f"{told}, {when_text(event, language)}" if dated else told)


def when_text(event: Row, language: Language, prefix: str = "") -> str:
    """The date of an event in words; of one that is not said, that it is not."""
    start = event[f"{prefix}start_date"]
    if not start:
        return translate("date.none", language)
    return date_html(start, event[f"{prefix}end_date"], language).striptags()


def changes(event: Row, language: Language) -> list[str]:
    """What was said before of what is said otherwise now, one line a field."""
    if event["status"] in GONE or event["former_status"] is None:
        return []
    changed = [name for name in FIELDS if event[name] != event[f"former_{name}"] and name != "end_date"]
    if event["end_date"] != event["former_end_date"] and "start_date" not in changed:
        changed.insert(0, "start_date")
    return [translate(f"feed.former.{name}", language, was=_former(event, name, language)) for name in changed]


def _former(event: Row, name: str, language: Language) -> str:
    value = event[f"former_{name}"]
    if name == "start_date":
        return when_text(event, language, "former_")
    if value is None:
        return translate("not_said", language)
    return translate(f"{name}.{value}", language) if name in ("mode", "status") else str(value)


def _content(event: Row, frame: Frame) -> Markup:
    language = frame.language
    if event["status"] in GONE:
        return Markup("<p>{}</p>").format(withdrawal(event, language))
    parts = [Markup("<p>{}</p>").format(account(event, language))]
    parts += [
        Markup("<p><strong>{}</strong> {}</p>").format(translate("feed.changed", language), "; ".join(told))
        for told in [changes(event, language)]
        if told
    ]
    parts.append(Markup("<blockquote><p>{}</p></blockquote>").format(event["evidence"]))
    title = event["title"] or translate("feed.untitled", language)
    source = Markup('<a href="{}">{}</a>').format(event["url"], title) if is_web(event["url"]) else title
    parts.append(Markup("<p>{}: {}</p>").format(event["outlet_name"], source))
    proof = frame.address(f"/artikel/{event['evidence_article_id']}#k-{event['anchor']}")
    parts.append(
        Markup('<p><a href="{}">{}</a> · <a href="{}">{}</a></p>').format(
            frame.address(f"/peristiwa/{event['id']}"),
            translate("feed.to_event", language),
            proof,
            translate("feed.to_proof", language),
        )
    )
    return Markup("\n").join(parts)


def account(event: Row, language: Language) -> str:
    """What is said of an event in a sentence or two: when, where, how, and by how many it is told."""
    said = [translate(f"feed.account.{event['status']}", language, when=when_text(event, language))]
    if event["venue"]:
        said.append(translate("feed.venue", language, venue=event["venue"]))
    if event["mode"]:
        said.append(translate("feed.mode", language, mode=translate(f"mode.{event['mode']}", language)))
    said.append(translate("feed.outlets", language, n=event["outlets"]))
    if event["conflicts"]:
        said.append(translate("feed.conflicts", language))
    return " ".join(said)


def withdrawal(event: Row, language: Language) -> str:
    """Why an event is told no more."""
    day = date_html(day_in_jakarta(event["updated_at"]), None, language).striptags()
    if event["status"] == "replaced":
        now = {name.removeprefix("now_"): value for name, value in event.items() if name.startswith("now_")}
        return translate("feed.replaced", language, day=day, what=headline(now, language, dated=True))
    return translate("feed.withdrawn", language, day=day)


def _instant(iso: str) -> datetime:
    return datetime.fromisoformat(iso).replace(microsecond=0)
