"""Figures as readers read them: `Rp4,3 miliar`, `lebih dari 100 kabupaten/kota`, `peringkat 4`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publish.dates_id import Language
from publish.site.strings import number, translate

CURRENCIES = {"rupiah": "Rp", "dolar AS": "US$", "dolar": "$"}
SCALES = ((10**12, "figure.trillion"), (10**9, "figure.billion"), (10**6, "figure.million"))


def figure_text(figure: Mapping[str, Any], language: Language = "id") -> str:
    """Value and unit of a figure, with how exact it is; what it is about stands beside it.

    >>> figure_text({"kind": "budget", "value": 4.3e9, "unit": "rupiah", "bound": None})
    'Rp4,3 miliar'
    >>> figure_text({"kind": "regencies", "value": 100.0, "unit": "kabupaten/kota", "bound": "over"}, "en")
    'more than 100 kabupaten/kota'
    """
    kind, value, unit = figure["kind"], figure["value"], figure["unit"]
    if kind == "rank":
        return translate("figure.top" if figure["bound"] == "most" else "figure.rank", language, n=int(value))
    if kind == "share":
        shown = translate("figure.share", language, n=_decimals(value, language))
    elif kind == "index":
        shown = _decimals(value, language, at_least=2)
    elif unit in CURRENCIES:
        shown = CURRENCIES[unit] + _amount(value, language)
    else:
        shown = f"{_decimals(value, language)} {unit}"
    return translate(f"figure.bound.{figure['bound']}", language, figure=shown) if figure["bound"] else shown


def _amount(value: float, language: Language) -> str:
    """An amount of money, in millions, billions or trillions where three decimals hold all of it."""
    for size, word in SCALES:
        if value >= size and (value * 1000) % size == 0:
            return translate(word, language, n=_decimals(value / size, language))
    return _decimals(value, language)


def _decimals(value: float, language: Language, at_least: int = 0) -> str:
    """A number with the marks of the language; a whole one has no decimals, another as many as it needs, at most 3."""
    if value == int(value):
        return number(int(value), language)
    whole, decimals = f"{value:.3f}".split(".")
    mark = "," if language == "id" else "."
    return number(int(whole), language) + mark + decimals.rstrip("0").ljust(at_least, "0")
