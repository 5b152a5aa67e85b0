"""The map: where dots lie in a frame, and how the outline behind them is placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publish.site.page import Row

OUTLINE_SCALE = 200
"""Units of static/indonesia.svg to a degree; its corner is that of INDONESIA."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the map: its edges in degrees, and how many units of the drawing a degree takes."""

    west: float
    east: float
    north: float
    south: float
    scale: float


INDONESIA = Frame(west=94.6, east=141.9, north=6.4, south=-11.9, scale=20)
# A quarter of all regencies lie on Java, too close to tell apart on the whole map.
JAVA = Frame(west=105.1, east=115.9, north=-5.6, south=-9.0, scale=60)

ISLANDS = {
    "sumatera": Frame(west=94.8, east=108.9, north=6.1, south=-6.1, scale=20),
    "jawa": Frame(west=105.0, east=115.8, north=-5.6, south=-8.9, scale=20),
    "kalimantan": Frame(west=108.6, east=119.2, north=4.5, south=-4.4, scale=20),
    "nusa": Frame(west=115.6, east=125.3, north=-7.9, south=-11.1, scale=20),
    "sulawesi": Frame(west=118.6, east=127.0, north=4.6, south=-6.4, scale=20),
    "maluku": Frame(west=124.2, east=134.9, north=2.8, south=-8.4, scale=20),
    "papua": Frame(west=129.0, east=141.4, north=1.2, south=-9.2, scale=20),
}
"""Parts of the whole map that a reader can go to; the names are keys of strings/, `map.<name>`."""


def draw(frame: Frame, dots: Sequence[Row]) -> Row:
    """What a template draws: the frame's `size`, the `land` behind it and the dots that lie in it.

    A dot is a row with `longitude` and `latitude`; it gets its place `at`. Places and sizes are in units of the
    drawing. `land` is the transformation of the outline, for the macro `land` of _parts.html.

    >>> drawn = draw(JAVA, [{"longitude": 110.4, "latitude": -7.0}, {"longitude": 98.7, "latitude": 3.6}])
    >>> drawn["size"], drawn["dots"]
    ((648, 204), [{'longitude': 110.4, 'latitude': -7.0, 'at': (318.0, 84.0)}])
    >>> drawn["land"]
    'scale(0.3) translate(-2100 -2400)'
    """
    west, north = (INDONESIA.west - frame.west) * OUTLINE_SCALE, (frame.north - INDONESIA.north) * OUTLINE_SCALE
    return {
        "size": (round((frame.east - frame.west) * frame.scale), round((frame.north - frame.south) * frame.scale)),
        "land": f"scale({frame.scale / OUTLINE_SCALE:g}) translate({west:g} {north:g})",
        "dots": [{**dot, "at": place(frame, dot)} for dot in dots if _holds(frame, dot)],
    }


def around(longitude: float, latitude: float, degrees: float, width: int = 320, height: int = 200) -> Frame:
    """The frame of a small map about a place, `degrees` wide.

    >>> around(115.1, -8.5, 8)
    Frame(west=111.1, east=119.1, north=-6.0, south=-11.0, scale=40.0)
    """
    tall = degrees * height / width
    west, north = round(longitude - degrees / 2, 2), round(latitude + tall / 2, 2)
    return Frame(west, round(west + degrees, 2), north, round(north - tall, 2), width / degrees)


def place(frame: Frame, dot: Row) -> tuple[float, float]:
    """Where a row with `longitude` and `latitude` lies in the drawing of the frame."""
    x, y = dot["longitude"] - frame.west, frame.north - dot["latitude"]
    return round(x * frame.scale, 1), round(y * frame.scale, 1)


def part(frame: Frame, inner: Frame) -> str:
    """The viewBox of an inner frame in the drawing of the frame.

    >>> part(INDONESIA, ISLANDS["papua"])
    '688 104 248 208'
    """
    scale = frame.scale
    x, y = (inner.west - frame.west) * scale, (frame.north - inner.north) * scale
    return f"{x:.0f} {y:.0f} {(inner.east - inner.west) * scale:.0f} {(inner.north - inner.south) * scale:.0f}"


def _holds(frame: Frame, dot: Row) -> bool:
    return bool(frame.west < dot["longitude"] < frame.east and frame.south < dot["latitude"] < frame.north)
