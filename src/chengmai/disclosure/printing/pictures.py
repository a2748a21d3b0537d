"""Pictures of a budget as inline SVG: flows of money, bars; readable without colour, every value also in its label."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from chengmai.disclosure.printing.money_flows import Flow, FlowNode

_WIDTH, _BAR, _GAP, _TOP, _LINE = 1190, 14, 6, 14, 17
_COLUMN_X = (190, 460, 690, 850)
"""Left edges of the four columns of nodes; funds are labelled to their left, all others to their right."""
_HEIGHT = 560
_LEAST = 1.5
"""Least height [px] at which a node or flow can be seen."""
_INKS = ("#1d4f91", "#8a5a00", "#2f6b3a", "#6b3fa0", "#8c2f39", "#4a5560")
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2", "1 4")


@dataclass
class _Placed:
    """A node with its place."""

    node: FlowNode
    fen: int
    y: float = 0.0
    height: float = 0.0
    out: float = 0.0
    into: float = 0.0


def flow_picture(
    flows: Sequence[Flow],
    printed: Mapping[FlowNode, int],
    label: Callable[[FlowNode], str],
    amount: Callable[[int], str],
    title: str,
) -> str:
    """The flows as bands between four columns; each source has its ink and dash, each node its printed amount."""
    placed = _place(flows)
    if not placed:
        return ""
    order = list(dict.fromkeys(flow.source for flow in flows if flow.source.column == 0))
    bands = "".join(_band(flow, placed, order) for flow in flows)
    nodes = "".join(_node(one, label(one.node), amount(printed.get(one.node) or one.fen)) for one in placed.values())
    bottom = max(one.y + one.height for one in placed.values()) + 18
    return (
        f'<svg class="flows" viewBox="0 0 {_WIDTH} {bottom:.0f}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{bands}{nodes}</svg>'
    )


def _place(flows: Sequence[Flow]) -> dict[FlowNode, _Placed]:
    placed: dict[FlowNode, _Placed] = {}
    into: dict[FlowNode, int] = {}
    out: dict[FlowNode, int] = {}
    for flow in flows:
        out[flow.source] = out.get(flow.source, 0) + flow.fen
        into[flow.target] = into.get(flow.target, 0) + flow.fen
        for node in (flow.source, flow.target):
            placed.setdefault(node, _Placed(node, 0))
    for node, one in placed.items():
        one.fen = max(into.get(node, 0), out.get(node, 0))
    columns = [[one for one in placed.values() if one.node.column == column] for column in range(len(_COLUMN_X))]
    largest = max((sum(one.fen for one in column) for column in columns), default=0)
    if not largest:
        return {}
    scale = (_HEIGHT - _GAP * max(map(len, columns))) / largest
    for column in columns:
        y = float(_TOP)
        for one in column:
            one.y, one.height = y, max(_LEAST, one.fen * scale)
            # A label needs a line of its own, however small its node is.
            y += max(one.height, _LINE) + _GAP
    return placed


def _band(flow: Flow, placed: dict[FlowNode, _Placed], order: Sequence[FlowNode]) -> str:
    source, target = placed[flow.source], placed[flow.target]
    thick = max(_LEAST, flow.fen * source.height / source.fen)
    left = _COLUMN_X[flow.source.column] + _BAR
    right = _COLUMN_X[flow.target.column]
    above, below = source.y + source.out, target.y + target.into
    source.out += thick
    target.into += thick
    middle = (left + right) / 2
    index = order.index(flow.source) % len(_INKS) if flow.source in order else len(_INKS) - 1
    ink, dash = _INKS[index], _DASHES[index] if flow.source in order else ""
    path = (
        f"M{left} {above:.1f}C{middle} {above:.1f} {middle} {below:.1f} {right} {below:.1f}"
        f"V{below + thick:.1f}C{middle} {below + thick:.1f} {middle} {above + thick:.1f} {left} {above + thick:.1f}Z"
    )
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="{ink}" fill-opacity=".22" stroke="{ink}" stroke-width=".8"{dashes}/>'


def _node(one: _Placed, label: str, amount: str) -> str:
    x = _COLUMN_X[one.node.column]
    left = one.node.column == 0
    at, anchor = (x - 7, "end") if left else (x + _BAR + 7, "start")
    y = one.y + max(one.height, _LINE) / 2 + 4.5
    short = label if len(label) <= 16 else f"{label[:15]}…"
    return (
        f'<g><title>{escape(label)} {escape(amount)}</title><rect x="{x}" y="{one.y:.1f}" width="{_BAR}" '
        f'height="{one.height:.1f}"/><text x="{at}" y="{y:.1f}" text-anchor="{anchor}">{escape(short)} '
        f'<tspan class="amount">{escape(amount)}</tspan></text></g>'
    )


def bar(parts: Sequence[int], whole: int, label: str) -> str:
    """One bar of parts beside each other, as a share of the largest; each part has a pattern of its own."""
    if whole <= 0:
        return ""
    x, rects = 0.0, []
    for index, part in enumerate(parts):
        width = max(0.0, part) / whole * 200
        if width:
            rects.append(f'<rect class="p{index}" x="{x:.1f}" y="1" width="{max(width, 0.8):.1f}" height="12"/>')
            x += width
    return (
        f'<svg class="bar" viewBox="0 0 200 14" role="img" aria-label="{escape(label)}" preserveAspectRatio="none">'
        f"{''.join(rects)}</svg>"
    )


def dots(count: int, most: int) -> str:
    """A count as a square whose area is its share of the largest; the figure stands beside it."""
    if count <= 0 or most <= 0:
        return ""
    side = 14 * (count / most) ** 0.5
    place = (16 - side) / 2
    return (
        f'<svg class="dot" viewBox="0 0 16 16" aria-hidden="true">'
        f'<rect x="{place:.1f}" y="{place:.1f}" width="{side:.1f}" height="{side:.1f}"/></svg>'
    )
