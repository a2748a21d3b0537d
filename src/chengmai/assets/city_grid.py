"""The unit grid by GeoJSON: code rule, rings, overlaps; taken over whole or not at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from shapely import STRtree
from shapely.geometry import Polygon

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.assets.geojson_rows import Feature, degrees, read_features
from chengmai.assets.models import GridCell
from chengmai.assets.queries import city
from chengmai.core.findings import Finding, ImportOutcome

CELL_CODE = re.compile(r"[0-9]{15}")
"""District 6, street 3, community 3, cell 3 digits."""
LEAST_OVERLAP = 0.01
"""Share of the smaller cell from which two cells overlap; below it their edges were drawn twice."""


@dataclass(frozen=True, slots=True)
class ToldCell:
    """A cell as a file tells it; ``ring`` is [[lon, lat], ...], closed."""

    feature: Feature
    code: str
    name: str
    keeper: Organisation
    ring: list[list[float]]


def import_cells(user: User, file_name: str, data: bytes, *, dry_run: bool) -> ImportOutcome:
    """Check a file of cells and, unless ``dry_run``, take it over when nothing is wrong.

    Cells that the file does not name stay; cases keep the cell they were filed in.
    """
    features, findings = read_features(file_name, data)
    with transaction.atomic():
        take_turn()
        told, found = _read(user, features)
        outcome = ImportOutcome(findings=[*findings, *found, *_overlaps(told)])
        present = {cell.code: cell for cell in GridCell.objects.filter(code__in=[one.code for one in told])}
        new = [one for one in told if one.code not in present]
        changed = [one for one in told if one.code in present and _differs(present[one.code], one)]
        outcome.new, outcome.changed = len(new), len(changed)
        outcome.unchanged = len(told) - len(new) - len(changed)
        if outcome.sound and not dry_run and (new or changed):
            GridCell.objects.bulk_create(GridCell(code=one.code, **_values(one)) for one in new)
            for one in changed:
                GridCell.objects.filter(code=one.code).update(**_values(one))
            after = {"file": file_name, "new": len(new), "changed": [one.code for one in changed]}
            record(user, "grid.imported", "grid", "*", after=after)
            outcome.written = True
    return outcome


def _values(told: ToldCell) -> dict[str, object]:
    longitudes, latitudes = [x for x, _ in told.ring], [y for _, y in told.ring]
    return {
        "name": told.name,
        "organisation": told.keeper,
        "ring": told.ring,
        "west": min(longitudes),
        "south": min(latitudes),
        "east": max(longitudes),
        "north": max(latitudes),
    }


def _differs(cell: GridCell, told: ToldCell) -> bool:
    return (cell.name, cell.organisation_id, cell.ring) != (told.name, told.keeper.pk, told.ring)


def _read(user: User, features: Sequence[Feature]) -> tuple[list[ToldCell], list[Finding]]:
    district = city().district
    keepers = {one.code: one for one in Organisation.objects.all()}
    told: list[ToldCell] = []
    findings: list[Finding] = []
    first: dict[str, int | None] = {}
    for feature in features:
        place, code = feature.place, feature.text("code", "bgcode", "BGID")
        found: list[Finding] = []
        if not CELL_CODE.fullmatch(code):
            found.append(place.finding("grid.code_form", "code", code))
        elif not code.startswith(district):
            found.append(place.finding("grid.other_district", "code", code, district=district))
        elif code in first:
            found.append(place.finding("grid.twice", "code", code, first=first[code]))
        first.setdefault(code, place.row)
        wanted = feature.text("organisation", "DeptCode")
        keeper = keepers.get(wanted) if wanted else user.organisation
        if keeper is None:
            found.append(place.finding("word.unknown", "organisation", wanted))
        ring, rule = _ring(feature)
        if rule:
            found.append(place.finding(rule, "geometry", feature.kind))
        findings += found
        if not found and keeper is not None:
            told.append(ToldCell(feature, code, feature.text("name", "bgname") or code, keeper, ring))
    return told, findings


def _ring(feature: Feature) -> tuple[list[list[float]], str]:
    """The outer ring, and the rule it breaks or an empty text."""
    rings = feature.coordinates
    if feature.kind != "Polygon" or not isinstance(rings, list) or not rings:
        return [], "grid.no_polygon"
    if len(rings) > 1:
        return [], "grid.holes"
    vertices = [degrees(pair) for pair in rings[0]] if isinstance(rings[0], list) else [None]
    ring = [[round(one[0], 7), round(one[1], 7)] for one in vertices if one is not None]
    if len(ring) != len(vertices) or len(ring) < 4 or ring[0] != ring[-1]:
        return [], "grid.ring_open"
    polygon = Polygon(ring)
    return (ring, "") if polygon.is_valid and polygon.area > 0 else ([], "grid.ring_crosses")


def _overlaps(told: Sequence[ToldCell]) -> list[Finding]:
    """Cells that lie over one another: of the file, and over present ones that the file does not replace."""
    replaced = {one.code for one in told}
    others = [(cell.code, Polygon(cell.ring)) for cell in GridCell.objects.exclude(code__in=replaced)]
    shapes = [(one.code, Polygon(one.ring)) for one in told] + others
    tree = STRtree([shape for _, shape in shapes])
    findings = []
    for number, one in enumerate(told):
        shape = shapes[number][1]
        for other in sorted(int(near) for near in tree.query(shape)):
            if other <= number and other < len(told):
                continue
            code, beside = shapes[other]
            if shape.intersection(beside).area > LEAST_OVERLAP * min(shape.area, beside.area):
                findings.append(one.feature.place.finding("grid.overlap", "geometry", one.code, other=code))
    return findings
