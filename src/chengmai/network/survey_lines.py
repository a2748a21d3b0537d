"""The line table: pipes with their depths, sizes and materials; a point's height follows from the pipes that meet."""

import math
import re

from chengmai.core.findings import Severity
from chengmai.network.figures import parse_number
from chengmai.network.pipe_network import LinkKind, LinkStatus
from chengmai.network.records import LinkRecord, NodeRecord, Records
from chengmai.network.survey_domains import (
    ABANDONED,
    ABOVE_GROUND,
    DATA_SOURCES,
    EMBEDDINGS,
    PRESSURE_CLASSES,
    STATES,
    STATUSES,
)
from chengmai.network.survey_tables import SurveyRow
from chengmai.network.survey_utilities import CUSTOMS, SurveyCustoms
from chengmai.network.utilities import Utility

DEPTH_TOLERANCE_M = 0.05
DEPTH_TOLERANCE_SHARE = 0.15
"""Depth limits of the survey: 5 cm where the pipe is seen, 0.15 of the depth (at least 1 m) where it is hidden."""
ZERO_LENGTH_M = 0.01
SHORT_SHARE, SHORT_M = 0.98, 0.5
"""A told length may fall short of the distance of its ends by this share and these metres."""
_SIZE = re.compile(r"(?:DN|D|De|Φ|φ|ø)?\s*(\d+(?:\.\d+)?)(?:\s*[x*×]\s*(\d+(?:\.\d+)?))?(?:\s*mm)?", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOTED = (
    *("start_depth", "end_depth", "start_top", "end_top", "shape", "flow_direction", "embedding", "joint"),
    *("pressure_class", "service_life", "data_source", "status", "measured", "belong", "operator", "address", "note"),
)
_DOMAINS = {"embedding": EMBEDDINGS, "data_source": DATA_SOURCES, "status": STATUSES}


def read_lines(rows: list[SurveyRow], records: Records) -> None:
    """Pipes of all rows that pass, and the heights of the points they meet at."""
    points = {node.code: node for node in records.nodes}
    tops: dict[str, list[float]] = {}
    seen: dict[tuple[str, str], int | None] = {}
    codes: set[str] = set()
    for row in rows:
        link = _pipe(row, points, tops, CUSTOMS[records.utility])
        if records.utility == Utility.GAS:
            _note_pressure_class(row, link)
        pair = (min(link.start, link.end), max(link.start, link.end))
        if row.sound and pair in seen:
            row.note("line.duplicate", "end", first=seen[pair])
        if row.text("status") in ABANDONED:
            row.note("line.abandoned", "status", Severity.WARNING)
        elif row.sound:
            seen[pair] = row.place.row
            link.code = _code(row, link, codes)
            records.links.append(link)
    for code, told in tops.items():
        if code in points:
            points[code].elevation = sum(told) / len(told)


def _code(row: SurveyRow, link: LinkRecord, codes: set[str]) -> str:
    """The line's own number, or one made of its ends, short enough and new."""
    code = row.text("code")
    if not code:
        code = f"{link.start}-{link.end}"
        if len(code.encode()) > 31 or code in codes:
            code = f"L{row.place.row}"
    codes.add(code)
    return code


def _note_pressure_class(row: SurveyRow, link: LinkRecord) -> None:
    """A gas pipe's class in our words; one that is not known is told and left as it was written."""
    told = row.text("pressure_class")
    if told and told not in PRESSURE_CLASSES:
        row.note("code.out_of_domain", "pressure_class", Severity.WARNING)
    elif told:
        link.attributes["pressure_class"] = PRESSURE_CLASSES[told]


def _laid_year(row: SurveyRow) -> dict[str, int]:
    """The year a line was laid in, out of a year or a date."""
    found = _YEAR.match(row.text("measured"))
    return {"laid_year": int(found[0])} if found else {}


def _pipe(
    row: SurveyRow, points: dict[str, NodeRecord], tops: dict[str, list[float]], customs: SurveyCustoms
) -> LinkRecord:
    start, end = row.text("start", None), row.text("end", None)
    material = row.text("material")
    if material not in customs.materials:
        row.note("code.out_of_domain", "material", Severity.WARNING)
    for column, known in _DOMAINS.items():
        if row.text(column) not in known:
            row.note("code.out_of_domain", column, Severity.WARNING)
    where = row.located(code="code", start="start", end="end", diameter="size", length="length", roughness="roughness")
    link = LinkRecord(where, "", LinkKind.PIPE, start, end, material=material)
    link.diameter = _size(row)
    link.roughness = row.number("roughness", customs.materials.get(material, customs.roughness), least=1e-6)
    link.roughness *= customs.roughness_unit_m or 1.0
    link.minor_loss = row.number("minor_loss", 0.0, least=0.0)
    state = row.text("state", "开").lower()
    if state not in STATES:
        row.note("code.out_of_domain", "state")
    link.status = STATES.get(state, LinkStatus.OPEN)
    _check_depths(row, link, points, tops)
    link.length = _length(row, points.get(start), points.get(end))
    link.attributes = {name: row.cells[name] for name in _NOTED if row.cells.get(name)}
    link.attributes |= _laid_year(row)
    return link


def _size(row: SurveyRow) -> float:
    """Inner diameter [m] of ``200``, ``DN200`` or ``300x200``; a rectangle counts by its area."""
    told = row.text("size", None)
    found = _SIZE.fullmatch(told)
    if not told:
        return 0.0
    if found is None:
        row.note("size.invalid", "size")
        return 0.0
    width, height = float(found[1]), float(found[2] or 0)
    diameter = math.sqrt(4 * width * height / math.pi) if found[2] else width
    if not 10 <= diameter <= 5000:
        row.note("size.out_of_range", "size")
    return diameter / 1000


def _check_depths(
    row: SurveyRow, link: LinkRecord, points: dict[str, NodeRecord], tops: dict[str, list[float]]
) -> None:
    """Depths against the ground and the pipe's top at both ends; gathers each sound end's top height."""
    for side, code in (("start", link.start), ("end", link.end)):
        depth = row.optional(f"{side}_depth")
        top = row.optional(f"{side}_top")
        node = points.get(code)
        ground = node.attributes.get("ground_m") if node else None
        if depth is not None and depth < 0 and row.text("embedding") not in ABOVE_GROUND:
            row.note("depth.negative", f"{side}_depth")
        if depth is not None and top is not None and ground is not None:
            allowed = max(DEPTH_TOLERANCE_M, DEPTH_TOLERANCE_SHARE * max(depth, 1.0))
            if abs(ground - top - depth) > allowed:
                row.note("depth.mismatch", f"{side}_depth", Severity.WARNING, ground=f"{ground:g}", top=f"{top:g}")
        if top is None and depth is not None and ground is not None:
            top = ground - depth
        if top is not None and row.sound:
            tops.setdefault(code, []).append(top)


def _length(row: SurveyRow, start: NodeRecord | None, end: NodeRecord | None) -> float:
    """The told length, or the distance of the ends in space where none is told [m]."""
    distance = None
    if start is not None and end is not None:
        a, b = start.attributes, end.attributes
        distance = math.hypot(a["x_m"] - b["x_m"], a["y_m"] - b["y_m"])
        if distance < ZERO_LENGTH_M and start is not end:
            row.note("line.zero_length", "end")
    told = row.text("length")
    if not told:
        return max(distance or 0.0, ZERO_LENGTH_M)
    length = row.number("length")
    if parse_number(told) is not None and length < ZERO_LENGTH_M:
        row.note("line.zero_length", "length")
    elif distance is not None and length < distance * SHORT_SHARE - SHORT_M:
        row.note("line.shorter_than_distance", "length", Severity.WARNING, distance=f"{distance:.2f}")
    return length
