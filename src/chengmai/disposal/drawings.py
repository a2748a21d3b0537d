"""Pictures of a report as SVG, from our own data: the place on the network, and the curve of what was measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import cos, radians

from chengmai.core.units import METRES_PER_DEGREE

Point = tuple[float, float]

WIDTH, HEIGHT = 900, 460
REACH_M = 450.0
"""How far the map reaches to the east and west of the place [m]."""
_INK, _PAPER, _STREET, _PIPE, _LIKELY, _PLACE = "#24303a", "#fbfcfd", "#dfe4e8", "#2f6fb5", "#e8730c", "#c81e3a"
_CURVES = ("#0b7285", "#c81e3a", "#5f3dc4", "#2b8a3e")


@dataclass(frozen=True, slots=True)
class Polyline:
    """A polyline in degrees east and north, with a name where it has one."""

    path: Sequence[Point]
    name: str = ""


def map_svg(centre: Point, streets: Iterable[Polyline], pipes: Iterable[Polyline], likely: Iterable[Polyline]) -> bytes:
    """A map around a place: streets with names, pipes, likely pipes, the place, a scale of 200 m; north is up."""
    scale = WIDTH / (2 * REACH_M)
    shrink = cos(radians(centre[1]))

    def at(point: Point) -> Point:
        east = (point[0] - centre[0]) * shrink * METRES_PER_DEGREE
        north = (point[1] - centre[1]) * METRES_PER_DEGREE
        return round(WIDTH / 2 + east * scale, 1), round(HEIGHT / 2 - north * scale, 1)

    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>']
    named = list(streets)
    parts += [_polyline([at(point) for point in line.path], _STREET, 9) for line in named]
    parts += [_polyline([at(point) for point in line.path], _PIPE, 1.6) for line in pipes]
    parts += [_polyline([at(point) for point in line.path], _LIKELY, 5) for line in likely]
    parts += _labels([([at(point) for point in line.path], line.name) for line in named if line.name])
    x, y = at(centre)
    parts.append(f'<circle cx="{x}" cy="{y}" r="11" fill="none" stroke="{_PLACE}" stroke-width="3"/>')
    parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{_PLACE}"/>')
    bar = round(200 * scale, 1)
    parts.append(_polyline([(20, HEIGHT - 18), (20 + bar, HEIGHT - 18)], _INK, 3))
    parts.append(_text(20, HEIGHT - 26, "200 m"))
    parts.append(f'<path d="M{WIDTH - 26} 46 l-8 18 8 -5 8 5z" fill="{_INK}"/>')
    parts.append(_text(WIDTH - 31, 40, "N"))
    return _svg(WIDTH, HEIGHT, parts)


def curve_svg(points: Sequence[Point], unit: str, labels: tuple[str, str], number: int = 0) -> bytes:
    """A curve of (time [ms], value); ``labels`` are its first and its last moment in words."""
    width, height, left, low = 900, 200, 70, 170
    times, values = [time for time, _ in points], [value for _, value in points]
    first, last = min(times), max(times)
    least, most = min(values), max(values)
    span, rise = (last - first) or 1.0, (most - least) or 1.0

    def at(point: Point) -> Point:
        x = left + (point[0] - first) / span * (width - left - 20)
        return round(x, 1), round(low - (point[1] - least) / rise * (low - 25), 1)

    parts = [f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>']
    for share in (0.0, 0.5, 1.0):
        y = round(low - share * (low - 25), 1)
        parts.append(_polyline([(left, y), (width - 20, y)], _STREET, 1))
        parts.append(_text(4, y + 5, f"{least + share * (most - least):.4g}"))
    colour = _CURVES[number % len(_CURVES)]
    parts.append(_polyline([at(point) for point in points], colour, 1.8))
    if len(points) == 1:
        x, y = at(points[0])
        parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>')
    parts.append(_text(4, 14, unit))
    parts.append(_text(left, height - 8, labels[0]))
    parts.append(_text(width - 170, height - 8, labels[1]))
    return _svg(width, height, parts)


def _polyline(points: Iterable[Point], colour: str, width: float) -> str:
    told = " ".join(f"{x},{y}" for x, y in points)
    return (
        f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="{width}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _labels(lines: Iterable[tuple[Sequence[Point], str]]) -> list[str]:
    """The streets' names, each where it fits; one that would lie on another is left out."""
    taken: list[tuple[float, float, float]] = []
    parts = []
    for points, name in lines:
        spot = _spot(points)
        width = 14.0 * sum(1.0 if ord(letter) > 0x2E80 else 0.6 for letter in name)
        if spot is None or any(abs(spot[1] - y) < 18 and spot[0] < x + w and x < spot[0] + width for x, y, w in taken):
            continue
        taken.append((*spot, width))
        parts.append(_text(*spot, name))
    return parts


def _spot(points: Sequence[Point]) -> Point | None:
    """Beside a street where it comes nearest to the picture's middle; none where the street is outside."""
    dense = [
        (x0 + share / 20 * (x1 - x0), y0 + share / 20 * (y1 - y0))
        for (x0, y0), (x1, y1) in pairwise(points)
        for share in range(21)
    ]
    inside = [(x, y) for x, y in dense if 60 < x < WIDTH - 120 and 30 < y < HEIGHT - 40]
    if not inside:
        return None
    x, y = min(inside, key=lambda point: (point[0] - WIDTH / 2) ** 2 + (point[1] - HEIGHT / 2) ** 2)
    return round(x + 6, 1), round(y - 8, 1)


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x}" y="{y}" font-family="Noto Sans SC" font-size="14" fill="{_INK}">{escape(words)}</text>'


def _svg(width: int, height: int, parts: Iterable[str]) -> bytes:
    frame = f'xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f"<svg {frame}>{''.join(parts)}</svg>".encode()
