"""Data of schema.org inside a page, harmless whatever a headline says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from publish.release import LICENCE, Release
from publish.site.page import Row
from publish.theirs import is_web

ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


MODES = {
    "daring": "https://schema.org/OnlineEventAttendanceMode",
    "luring": "https://schema.org/OfflineEventAttendanceMode",
    "hibrida": "https://schema.org/MixedEventAttendanceMode",
}
OURS: Mapping[str, object] = {"@type": "Organization", "name": "Pantau Kota Cerdas"}
Thing = dict[str, Any]


def json_ld(thing: Thing) -> Markup:
    """A script element that holds the thing, without what is not known (None, "" and empty lists).

    >>> print(json_ld({"name": "</script>", "endDate": None}))
    <script type="application/ld+json">{"name":"\\u003c/script\\u003e"}</script>
    """
    text = json.dumps(_known(thing), ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return Markup('<script type="application/ld+json">' + text + "</script>")


def _known(value: object) -> object:
    if isinstance(value, dict):
        known = {name: _known(inner) for name, inner in value.items()}
        return {name: inner for name, inner in known.items() if inner not in (None, "", [], {})}
    return [_known(inner) for inner in value] if isinstance(value, list | tuple) else value


def clipped(text: str, length: int = 200) -> str:
    """The text on one line, cut at a word where it is longer.

    >>> clipped("Kabupaten  Tabanan memaparkan", 20)
    'Kabupaten Tabanan …'
    """
    words = " ".join(text.split())
    return words if len(words) <= length else words[: length - 1].rpartition(" ")[0] + " …"


def website(address: str, search: str, description: str, language: str) -> Thing:
    """The site, and how it is searched."""
    target = {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{q}}"}
    return {
        **_typed("WebSite"),
        "name": "Pantau Kota Cerdas",
        "url": address,
        "description": description,
        "inLanguage": language,
        "potentialAction": {"@type": "SearchAction", "target": target, "query-input": "required name=q"},
    }


def event(event: Row, reports: Sequence[Row], name: str, description: str, address: str) -> Thing:
    """A step of a regency, its dates only as precise as they are known; who organized it is not read from the news."""
    region = {
        "@type": "PostalAddress",
        "addressLocality": event["regency_name"],
        "addressRegion": event["province_name"],
        "addressCountry": "ID",
    }
    place = {"@type": "Place", "name": event["venue"] or event["regency_name"], "address": region}
    return {
        **_typed("Event"),
        "@id": address,
        "url": address,
        "identifier": event["id"],
        "name": name,
        "description": description,
        "startDate": event["start_date"],
        "endDate": event["end_date"],
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": MODES.get(event["mode"] or ""),
        "location": place if event["regency_name"] else None,
        "subjectOf": [news(report) for report in reports[:20]],
    }


def news(article: Row) -> Thing:
    """An article of an outlet, which is its publisher; ours is only the link."""
    return {
        "@type": "NewsArticle",
        "headline": article["title"],
        "url": article["url"] if is_web(article["url"]) else None,
        "datePublished": article.get("published_at") or article["published_date"],
        "author": [{"@type": "Person", "name": author} for author in article.get("authors") or []],
        "publisher": {"@type": "Organization", "name": article["outlet_name"]},
        "inLanguage": "id",
    }


def article(article: Row, address: str, language: str) -> Thing:
    """Our page about an article: the article itself is its outlet's."""
    told = news(article)
    return {**_page(address, language), "name": article["title"], "mainEntity": told, "isBasedOn": told.get("url")}


def regency(regency: Row, address: str, language: str) -> Thing:
    """A regency and where it lies."""
    place = {
        "@type": "AdministrativeArea",
        "name": regency["name"],
        "identifier": regency["code"],
        "containedInPlace": {"@type": "AdministrativeArea", "name": regency["province_name"]},
        "geo": {"@type": "GeoCoordinates", "latitude": regency["latitude"], "longitude": regency["longitude"]},
    }
    return {**_page(address, language), "name": regency["name"], "about": place}


def person(person: Row, address: str, language: str) -> Thing:
    """A person whom the news named in an office."""
    return {
        **_page(address, language),
        "@type": "ProfilePage",
        "name": person["name"],
        "mainEntity": {"@type": "Person", "name": person["name"], "identifier": person["id"]},
    }


def dataset(release: Release, name: str, description: str, address: str, licence: str, root: str) -> Thing:
    """The data as a whole, as the release that is shown; `licence` is the address at which its terms stand."""
    files = {f"{path}.{ending}": kind for path in ("peristiwa", "daerah", "tahapan", "pejabat", "media")
             for ending, kind in (("csv", "text/csv"), ("json", "application/json"))}  # fmt: skip
    files["public.db"] = "application/vnd.sqlite3"
    return {
        **_typed("Dataset"),
        "name": f"Pantau Kota Cerdas: {name}",
        "description": description,
        "url": address,
        "identifier": f"sha256:{release.hash}",
        "version": release.id,
        "datePublished": release.made_at.isoformat(),
        "creator": OURS,
        "license": {"@type": "CreativeWork", "name": LICENCE, "url": licence},
        "isAccessibleForFree": True,
        "inLanguage": "id",
        "spatialCoverage": {"@type": "Place", "name": "Indonesia"},
        "distribution": [
            {"@type": "DataDownload", "contentUrl": root + path, "encodingFormat": kind} for path, kind in files.items()
        ],
    }


def _typed(kind: str) -> Thing:
    return {"@context": "https://schema.org", "@type": kind}


def _page(address: str, language: str) -> Thing:
    site = {"@type": "WebSite", "name": "Pantau Kota Cerdas"}
    return {**_typed("WebPage"), "url": address, "inLanguage": language, "isPartOf": site, "publisher": OURS}
