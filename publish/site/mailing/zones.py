"""Which clock a province lives by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Zone = Literal["WIB", "WITA", "WIT"]
ZONES: tuple[Zone, ...] = ("WIB", "WITA", "WIT")

# Presidential Decree 41/1987; provinces that were made later keep the time of the one that they were part of.
WITA = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
WIT = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})


def zone_of(province: str) -> Zone:
    """The zone of a province, or of a place in it, by its Kemendagri code.

    >>> zone_of("11"), zone_of("64.01"), zone_of("94")
    ('WIB', 'WITA', 'WIT')
    """
    code = province[:2]
    return "WITA" if code in WITA else "WIT" if code in WIT else "WIB"


def common_zone(provinces: Iterable[str]) -> Zone | None:
    """The zone that all of these places share; None where they do not, or where there are none."""
    zones = {zone_of(province) for province in provinces}
    return zones.pop() if len(zones) == 1 else None
