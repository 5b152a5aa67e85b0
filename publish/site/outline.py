"""The outline of Indonesia behind the dots, static/indonesia.svg: `python -m publish.site.outline countries-10m.json`.

The file is of the npm package world-atlas 2.0.2 (`npm pack world-atlas`), which holds the boundaries of Natural Earth
4.1.0, 1:10,000,000, in the public domain. The outline is simplified for a page of some kilobytes and shows no border
that is disputed or that lies inside Indonesia: it is there to find one's way, and says nothing on who owns what.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from publish.site.map import INDONESIA, OUTLINE_SCALE

Point = tuple[float, float]
Ring = list[Point]

OUTLINE = Path(__file__).with_name("static") / "indonesia.svg"
INDONESIA_ID = "360"
SOURCE = "Natural Earth 4.1.0, public domain, by way of npm world-atlas 2.0.2; made by publish/site/outline.py"

# Degrees: how far a simplified coast may lie from the true one, and the smallest island drawn, at home and of others.
HOME = (0.02, 0.0009)
FAR = (0.06, 0.02)


def outline_svg(topology: Mapping[str, Any]) -> str:
    """An SVG of two paths, `#land` (Indonesia) and `#far` (its neighbours), in units of 1/OUTLINE_SCALE degree."""
    countries = topology["objects"]["countries"]["geometries"]
    home = [country for country in countries if country.get("id") == INDONESIA_ID]
    far = [country for country in countries if country.get("id") != INDONESIA_ID]
    width, height = (
        round((INDONESIA.east - INDONESIA.west) * OUTLINE_SCALE),
        round((INDONESIA.north - INDONESIA.south) * OUTLINE_SCALE),
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">\n<!-- {SOURCE} -->\n'
        f'<path id="far" vector-effect="non-scaling-stroke" d="{_path(topology, far, *FAR)}"/>\n'
        f'<path id="land" vector-effect="non-scaling-stroke" d="{_path(topology, home, *HOME)}"/>\n</svg>\n'
    )


def simplify(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Fewer points of a line, none of the left-out ones farther than the tolerance from it (Douglas and Peucker).

    >>> simplify([(0, 0), (1, 0.01), (2, 0), (2, 1)], 0.1)
    [(0, 0), (2, 0), (2, 1)]
    """
    keep, parts = {0, len(points) - 1}, [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        distances = [(_distance(points[n], points[first], points[last]), n) for n in range(first + 1, last)]
        farthest, n = max(distances, default=(0.0, first))
        if farthest > tolerance:
            keep.add(n)
            parts += [(first, n), (n, last)]
    return [points[n] for n in sorted(keep)]


def _path(topology: Mapping[str, Any], countries: Iterable[Mapping[str, Any]], tolerance: float, least: float) -> str:
    arcs: dict[int, list[Point]] = {}

    def arc(number: int) -> list[Point]:
        # A simplified arc is used by both countries that share it, so no gap opens between them.
        index = number if number >= 0 else ~number
        if index not in arcs:
            arcs[index] = simplify(_decode(topology, index), tolerance)
        return arcs[index] if number >= 0 else arcs[index][::-1]

    rings = (_clip(ring) for country in countries for ring in _rings(country, arc))
    return "".join(_commands(ring) for ring in rings if len(ring) > 2 and abs(_area(ring)) >= least)


def _decode(topology: Mapping[str, Any], index: int) -> list[Point]:
    """Longitude and latitude of an arc, whose points are quantized steps from the one before."""
    (scale_x, scale_y), (from_x, from_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    points, x, y = [], 0, 0
    for step_x, step_y in topology["arcs"][index]:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + from_x, y * scale_y + from_y))
    return points


def _rings(country: Mapping[str, Any], arc: Callable[[int], list[Point]]) -> Iterator[Ring]:
    polygons = [country["arcs"]] if country["type"] == "Polygon" else country.get("arcs", [])
    for polygon in polygons:
        for numbers in polygon:
            yield [point for number in numbers for point in arc(number)[:-1]]


def _clip(ring: Ring) -> Ring:
    """What of the ring lies in the frame of Indonesia, a little over its edges (Sutherland and Hodgman)."""
    edges = (
        (0, INDONESIA.west - 0.2, 1),
        (0, INDONESIA.east + 0.2, -1),
        (1, INDONESIA.south - 0.2, 1),
        (1, INDONESIA.north + 0.2, -1),
    )
    for axis, edge, side in edges:
        kept: Ring = []
        for before, point in pairwise([ring[-1], *ring] if ring else []):
            is_in, was_in = (side * (p[axis] - edge) >= 0 for p in (point, before))
            if is_in != was_in:
                share = (edge - before[axis]) / (point[axis] - before[axis])
                kept.append((before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])))
            if is_in:
                kept.append(point)
        ring = kept
    return ring


def _commands(ring: Ring) -> str:
    places = [
        (round((x - INDONESIA.west) * OUTLINE_SCALE), round((INDONESIA.north - y) * OUTLINE_SCALE)) for x, y in ring
    ]
    steps = [(after[0] - before[0], after[1] - before[1]) for before, after in pairwise(places)]
    numbers = [number for step in steps if step != (0, 0) for number in step]
    return (
        f"M{places[0][0]} {places[0][1]}l"
        + "".join(f"{number}" if number < 0 or not at else f" {number}" for at, number in enumerate(numbers))
        + "z"
    )


def _distance(point: Point, first: Point, last: Point) -> float:
    along_x, along_y = last[0] - first[0], last[1] - first[1]
    length = along_x**2 + along_y**2
    share = ((point[0] - first[0]) * along_x + (point[1] - first[1]) * along_y) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return math.hypot(point[0] - first[0] - share * along_x, point[1] - first[1] - share * along_y)


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]])) / 2


if __name__ == "__main__":
    OUTLINE.write_text(outline_svg(json.loads(Path(sys.argv[1]).read_text("utf-8"))), "utf-8")
