"""Where the dots of the map lie: Indonesia, and Java by itself, larger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publish.site.page import Row


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the map: its edges in degrees, and how many units of the drawing a degree takes."""

    west: float
    east: float
    north: float
    south: float
    scale: int


INDONESIA = Frame(west=94.6, east=141.9, north=6.4, south=-11.9, scale=20)
# A quarter of all regencies lie on Java, too close to tell apart on the whole map.
JAVA = Frame(west=105.1, east=115.9, north=-5.6, south=-9.0, scale=60)


def draw(frame: Frame, dots: Sequence[Row]) -> Row:
    """The dots that lie in the frame, each with its place `at`, and the frame's `size`, both in units of the drawing.

    >>> draw(JAVA, [{"longitude": 110.4, "latitude": -7.0}, {"longitude": 98.7, "latitude": 3.6}])
    {'size': (648, 204), 'dots': [{'longitude': 110.4, 'latitude': -7.0, 'at': (318.0, 84.0)}]}
    """
    width, height = (frame.east - frame.west) * frame.scale, (frame.north - frame.south) * frame.scale
    return {
        "size": (round(width), round(height)),
        "dots": [{**dot, "at": _place(frame, dot)} for dot in dots if _holds(frame, dot)],
    }


def _holds(frame: Frame, dot: Row) -> bool:
    return bool(frame.west < dot["longitude"] < frame.east and frame.south < dot["latitude"] < frame.north)


def _place(frame: Frame, dot: Row) -> tuple[float, float]:
    x, y = dot["longitude"] - frame.west, frame.north - dot["latitude"]
    return round(x * frame.scale, 1), round(y * frame.scale, 1)
