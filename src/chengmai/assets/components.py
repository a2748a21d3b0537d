"""Components of the city (部件): their two forms of code, their import by GeoJSON, and which one lies near a place."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, hypot, radians
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.assets.geojson_rows import Feature, degrees, read_features
from chengmai.assets.models import CodeForm, Component, ComponentState
from chengmai.assets.queries import cells_at, city
from chengmai.core.findings import Finding, ImportOutcome, Severity
from chengmai.core.units import METRES_PER_DEGREE

CODE = re.compile(r"[0-9]{16}")
CLASS_DIGITS = {CodeForm.TWO_TWO_SIX: slice(6, 10), CodeForm.TWO_THREE_FIVE: slice(6, 11)}
"""Where a component's class stands in its code: after the district's six digits."""
STATES = {
    "完好": ComponentState.INTACT,
    "破损": ComponentState.DAMAGED,
    "丢失": ComponentState.LOST,
    "废弃": ComponentState.ABANDONED,
}
_DEPARTMENTS = (("charge", "1"), ("owner", "2"), ("maintainer", "3"))


def class_code(code: str, form: CodeForm) -> str:
    """The class in a component's code: big class 2 and small class 2 or 3 digits."""
    return code[CLASS_DIGITS[form]]


@dataclass(frozen=True, slots=True)
class _Told:
    feature: Feature
    values: dict[str, Any]


def import_components(
    user: User, file_name: str, data: bytes, form: CodeForm, classes: Collection[str], *, dry_run: bool
) -> ImportOutcome:
    """Check a file of components whose codes have one form and, unless ``dry_run``, take it over when nothing is wrong.

    ``classes`` are the codes of classes of components that hold here; another one is a warning.
    """
    features, findings = read_features(file_name, data)
    with transaction.atomic():
        take_turn()
        told, found = _read(features, form, classes)
        outcome = ImportOutcome(findings=[*findings, *found])
        codes = [one.values["code"] for one in told]
        present = {one.code: one for one in Component.objects.filter(code__in=codes)}
        new = [one for one in told if one.values["code"] not in present]
        changed = [one for one in told if (held := present.get(one.values["code"])) and _differs(held, one)]
        outcome.new, outcome.changed = len(new), len(changed)
        outcome.unchanged = len(told) - len(new) - len(changed)
        if outcome.sound and not dry_run and (new or changed):
            Component.objects.bulk_create((Component(**one.values) for one in new), batch_size=500)
            for one in changed:
                Component.objects.filter(code=one.values["code"]).update(**one.values)
            after = {"file": file_name, "new": len(new), "changed": len(changed)}
            record(user, "component.imported", "component", "*", after=after)
            outcome.written = True
    return outcome


def _differs(held: Component, told: _Told) -> bool:
    return any(getattr(held, name) != value for name, value in told.values.items())


def _read(features: Sequence[Feature], form: CodeForm, classes: Collection[str]) -> tuple[list[_Told], list[Finding]]:
    district, told, findings = city().district, [], list[Finding]()
    first: dict[str, int | None] = {}
    wheres = [degrees(one.coordinates) if one.kind == "Point" else None for one in features]
    cells = iter(cells_at([where for where in wheres if where is not None]))
    for feature, where in zip(features, wheres, strict=True):
        place, code = feature.place, feature.text("ObjID", "code")
        found: list[Finding] = []
        if not CODE.fullmatch(code):
            found.append(place.finding("component.code_form", "ObjID", code))
        elif not code.startswith(district):
            found.append(place.finding("component.other_district", "ObjID", code, district=district))
        elif code in first:
            found.append(place.finding("component.twice", "ObjID", code, first=first[code]))
        elif class_code(code, form) not in classes:
            unknown = class_code(code, form)
            findings.append(place.finding("component.class_unknown", "ObjID", unknown, Severity.WARNING))
        first.setdefault(code, place.row)
        cell = next(cells) if where is not None else None
        if where is None:
            found.append(place.finding("component.no_point", "geometry", feature.kind))
        values = {**_values(feature, code, form, where, found), "cell": cell}
        said = feature.text("BGID", "cell")
        if where is not None and said and (cell is None or cell.code != said):
            lies_in = cell.code if cell else "–"
            findings.append(place.finding("component.other_cell", "BGID", said, Severity.WARNING, cell=lies_in))
        findings += found
        if not found:
            told.append(_Told(feature, values))
    return told, findings


def _values(
    feature: Feature, code: str, form: CodeForm, where: tuple[float, float] | None, found: list[Finding]
) -> dict[str, Any]:
    place, state_text = feature.place, feature.text("ObjState", "state") or "完好"
    state = STATES.get(state_text) or next((one for one in ComponentState if one.value == state_text), None)
    if state is None:
        found.append(place.finding("word.unknown", "ObjState", state_text))
    days: dict[str, date | None] = {}
    for name, called in (("recorded_on", "ORDate"), ("changed_on", "CHDate")):
        text = feature.text(called, name)
        days[name] = _day(text)
        if text and days[name] is None:
            found.append(place.finding("device.day_form", called, text))
    departments = {
        f"{name}_{part}": feature.text(f"Dept{part.title()}{number}", f"{name}_{part}")[:64]
        for name, number in _DEPARTMENTS
        for part in ("code", "name")
    }
    return {
        "code": code,
        "form": form.value,
        "class_code": class_code(code, form),
        "name": feature.text("ObjName", "name")[:64],
        "state": (state or ComponentState.INTACT).value,
        "longitude": round(where[0], 7) if where else 0.0,
        "latitude": round(where[1], 7) if where else 0.0,
        "source": feature.text("DataSource", "source")[:128],
        "note": feature.text("Note")[:500],
        "accuracy": feature.text("Accuracy", "accuracy")[:16],
        **days,
        **departments,
    }


def _day(text: str) -> date | None:
    digits = "".join(letter for letter in text if letter.isdigit())
    try:
        return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}") if len(digits) >= 8 else None
    except ValueError:
        return None


def matching(text: str, state: str = "", cell: str = "") -> QuerySet[Component]:
    """Components by a text in code, name or departments, a state, a cell."""
    found = Component.objects.select_related("cell").order_by("code")
    if text:
        names = ("code", "name", "owner_name", "maintainer_name")
        condition = Q()
        for name in names:
            condition |= Q(**{f"{name}__icontains": text})
        found = found.filter(condition)
    if state:
        found = found.filter(state=state)
    return found.filter(cell__code=cell) if cell else found


def nearest(longitude: float, latitude: float, of_class: str, within_m: float) -> Component | None:
    """The nearest component of a class within so many metres of a place; None for none."""
    wide = within_m / METRES_PER_DEGREE
    across = wide / max(cos(radians(latitude)), 0.01)
    near = Component.objects.filter(
        class_code=of_class,
        longitude__range=(longitude - across, longitude + across),
        latitude__range=(latitude - wide, latitude + wide),
    )

    def away_m(one: Component) -> float:
        east = (one.longitude - longitude) * METRES_PER_DEGREE * cos(radians(latitude))
        return hypot(east, (one.latitude - latitude) * METRES_PER_DEGREE)

    found = min(near, key=lambda one: (away_m(one), one.code), default=None)
    return found if found is not None and away_m(found) <= within_m else None
