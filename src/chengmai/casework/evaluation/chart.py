"""The report's chart as SVG: one bar a row for the score, a mark for the rate closed on time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 900
_ROW, _LEFT, _RIGHT, _TOP = 30, 190, 70, 30
_INK, _SOFT, _LINE = "#17212b", "#5b6875", "#d9dfe5"
_BAR, _MARK = "#0b7285", "#e8730c"
MOST_ROWS = 24
"""More rows than these are not drawn: the table tells them."""


@dataclass(frozen=True, slots=True)
class ChartBar:
    """A bar: its name, the score (0 to 100), the mark's rate (0 to 100); None draws none."""

    name: str
    score: float | None
    mark: float | None


def ranking_svg(bars: Sequence[ChartBar], score: str, mark: str) -> bytes:
    """Bars from the best to the last, with a scale to 100; ``score`` and ``mark`` are the legend's words."""
    shown = bars[:MOST_ROWS]
    height = _TOP + _ROW * max(1, len(shown)) + 28
    wide = WIDTH - _LEFT - _RIGHT
    parts = [f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']
    for tick in range(0, 101, 20):
        x = round(_LEFT + wide * tick / 100, 1)
        parts.append(f'<line x1="{x}" y1="{_TOP - 6}" x2="{x}" y2="{height - 24}" stroke="{_LINE}"/>')
        parts.append(_text(x, height - 8, str(tick), "middle", _SOFT))
    for number, bar in enumerate(shown):
        parts += _bar(bar, _TOP + number * _ROW, wide)
    parts.append(f'<rect x="{_LEFT}" y="6" width="14" height="9" fill="{_BAR}"/>')
    parts.append(_text(_LEFT + 20, 15, score, "start", _SOFT))
    parts.append(f'<rect x="{_LEFT + 160}" y="4" width="4" height="13" fill="{_MARK}"/>')
    parts.append(_text(_LEFT + 170, 15, mark, "start", _SOFT))
    frame = f'xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    return f"<svg {frame}>{''.join(parts)}</svg>".encode()


def _bar(bar: ChartBar, top: float, wide: float) -> Iterable[str]:
    yield _text(_LEFT - 10, top + 19, bar.name, "end", _INK)
    if bar.score is not None:
        length = round(wide * bar.score / 100, 1)
        yield f'<rect x="{_LEFT}" y="{top + 5}" width="{length}" height="{_ROW - 12}" fill="{_BAR}"/>'
        yield _text(WIDTH - _RIGHT + 10, top + 19, f"{bar.score:.2f}", "start", _INK)
    if bar.mark is not None:
        x = round(_LEFT + wide * bar.mark / 100 - 2, 1)
        yield f'<rect x="{x}" y="{top + 2}" width="4" height="{_ROW - 6}" fill="{_MARK}"/>'


def _text(x: float, y: float, words: str, anchor: str, colour: str) -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="Noto Sans SC" font-size="14" text-anchor="{anchor}" '
        f'fill="{colour}">{escape(words)}</text>'
    )
