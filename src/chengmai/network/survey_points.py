"""The point table: places in the surveyor's plane brought to degrees, words held against their domains."""

from collections import Counter

import numpy as np

from chengmai.core.findings import Severity
from chengmai.network.pipe_network import NodeKind
from chengmai.network.projection import EASTING_LIMITS, JINCHENG_ZONE, NORTHING_LIMITS, to_degrees, zone_of
from chengmai.network.records import NodeRecord, Records
from chengmai.network.survey_domains import FEATURE_DEGREES
from chengmai.network.survey_tables import SurveyRow
from chengmai.network.survey_utilities import CUSTOMS

FAR_M = 100_000.0
"""A point farther than this from the middle of all others is a slip [m]."""
_NOTED = (
    *("feature", "subsid", "well_deep", "map_no", "belong", "measured", "code", "angle", "building", "map_sheet"),
    *("surveyor", "surveyed", "note"),
)


def read_points(rows: list[SurveyRow], records: Records) -> None:
    """Nodes of all rows that pass; elevations are the ground's until the lines tell the pipes' tops."""
    kept: list[tuple[SurveyRow, NodeRecord, float, float]] = []
    assumed = False
    for row in rows:
        code = row.text("exp_no", None)
        north, east = row.number("x"), row.number("y")
        ground = row.number("high", 0.0, most=9000.0)
        _check_words(row, CUSTOMS[records.utility].subsidiaries)
        chamber = _chamber(row)
        if row.sound:
            zone = int(zone_of(np.array([east]))[0])
            if zone == 0 and EASTING_LIMITS[0] < east < EASTING_LIMITS[1]:
                east += JINCHENG_ZONE * 1e6
                if not assumed:
                    row.note("coordinate.no_zone", "y", Severity.WARNING, zone=JINCHENG_ZONE)
                assumed = True
            _check_place(row, north, east)
        if row.sound:
            node = NodeRecord(row.located(code="exp_no"), code, NodeKind.JUNCTION, ground)
            node.attributes = {name: row.cells[name] for name in _NOTED if row.cells.get(name)}
            node.attributes |= chamber
            if row.cells.get("high"):
                node.attributes["ground_m"] = ground
            kept.append((row, node, north, east))
    _lay_down(kept, records)


def _check_words(row: SurveyRow, subsidiaries: frozenset[str]) -> None:
    for column, known in (("feature", FEATURE_DEGREES), ("subsid", subsidiaries)):
        if row.text(column) not in known:
            row.note("code.out_of_domain", column, Severity.WARNING)


def _chamber(row: SurveyRow) -> dict[str, float]:
    """Depth [m] and plan area [m2] of the chamber at a point, as far as they were measured."""
    told = {"well_deep_m": ("well_deep", 0.05, 100.0), "area_m2": ("area", 0.05, 10_000.0)}
    return {
        name: row.number(column, None, least, most)
        for name, (column, least, most) in told.items()
        if row.cells.get(column)
    }


def _check_place(row: SurveyRow, north: float, east: float) -> None:
    """Whether a place can be one; X and Y exchanged is told as such."""
    if _possible(north, east):
        return
    if _possible(east, north):
        row.note("coordinate.swapped", "x")
    else:
        row.note("coordinate.impossible", "y" if NORTHING_LIMITS[0] < north < NORTHING_LIMITS[1] else "x")


def _possible(north: float, east: float) -> bool:
    zone = int(zone_of(np.array([east]))[0])
    inside = EASTING_LIMITS[0] < east - zone * 1e6 < EASTING_LIMITS[1]
    return zone > 0 and inside and NORTHING_LIMITS[0] < north < NORTHING_LIMITS[1]


def _lay_down(kept: list[tuple[SurveyRow, NodeRecord, float, float]], records: Records) -> None:
    """Degrees for all points of the zone most of them lie in; those of another zone or far off are told."""
    if not kept:
        return
    north = np.array([point[2] for point in kept])
    east = np.array([point[3] for point in kept])
    zones = zone_of(east)
    zone = Counter(zones.tolist()).most_common(1)[0][0]
    home = zones == zone
    middle = np.median(north[home]), np.median(east[home])
    far = np.hypot(north - middle[0], east - middle[1]) > FAR_M
    longitude, latitude = to_degrees(north, east, zone)
    for i, (row, node, x, y) in enumerate(kept):
        if not home[i] or far[i]:
            row.note("coordinate.far", "y", km=round(FAR_M / 1000))
            continue
        node.x, node.y = float(longitude[i]), float(latitude[i])
        node.attributes |= {"x_m": x, "y_m": y}
        records.nodes.append(node)
