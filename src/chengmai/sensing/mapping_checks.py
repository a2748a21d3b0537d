"""What a mapping of a maker's JSON may say: every field is checked before anything is read by it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from chengmai.core.errors import InvalidInput
from chengmai.core.units import UNITS, Quantity, conversion

MOST_READINGS = 64
MOST_ELEMENTS = 2000
"""Elements of a list that one payload may hold."""
_LONGEST_PATH, _DEEPEST = 200, 10
_DIRECTIVES = frozenset("YymdHIMSfpz%")
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
Word = TypeVar("Word", bound=StrEnum)
_FIELDS = frozenset({"time", "readings", "each"})
_TIME_FIELDS = frozenset({"path", "form", "pattern", "zone"})
_READING_FIELDS = frozenset({"path", "quantity", "stream", "unit", "scale", "offset", "optional"})


class TimeForm(StrEnum):
    """How a payload tells its time; ``received`` takes the moment it reached us."""

    ISO = "iso"
    EPOCH_S = "epoch_s"
    EPOCH_MS = "epoch_ms"
    PATTERN = "pattern"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class MappedReading:
    """Where a reading stands, and what brings it to its quantity's unit: ``(raw * scale + offset) * factor + shift``.

    ``stream`` is a datastream's code, or empty for the device's own stream of the quantity.
    """

    path: str
    quantity: Quantity
    stream: str
    scale: float
    offset: float
    factor: float
    shift: float
    optional: bool


@dataclass(frozen=True, slots=True)
class MappingTable:
    """A mapping that breaks no rule."""

    form: TimeForm
    time_path: str
    pattern: str
    zone: str
    each: str | None
    readings: tuple[MappedReading, ...]


def read_table(document: Mapping[str, Any]) -> MappingTable:
    """A mapping from its data; raises InvalidInput, naming the field, for what breaks a rule."""
    _demand_known(document, _FIELDS, "")
    time = document.get("time")
    if not isinstance(time, Mapping):
        raise InvalidInput("mapping.needed", field="time")
    _demand_known(time, _TIME_FIELDS, "time.")
    form = _word(time.get("form"), TimeForm, "time.form")
    path = "" if form is TimeForm.RECEIVED else _path(time.get("path"), "time.path")
    rows = document.get("readings")
    if not isinstance(rows, list) or not rows:
        raise InvalidInput("mapping.needed", field="readings")
    if len(rows) > MOST_READINGS:
        raise InvalidInput("mapping.too_many", field="readings", most=MOST_READINGS)
    each = document.get("each")
    return MappingTable(
        form=form,
        time_path=path,
        pattern=_pattern(time.get("pattern")) if form is TimeForm.PATTERN else "",
        zone=_zone(time.get("zone")),
        each=None if each in (None, "") else _path(each, "each"),
        readings=tuple(_reading(row, f"readings.{number}") for number, row in enumerate(rows, start=1)),
    )


def _reading(row: Any, field: str) -> MappedReading:
    if not isinstance(row, Mapping):
        raise InvalidInput("mapping.needed", field=field)
    _demand_known(row, _READING_FIELDS, f"{field}.")
    quantity = _word(row.get("quantity"), Quantity, f"{field}.quantity")
    unit = row.get("unit") or UNITS[quantity]
    if not isinstance(unit, str):
        raise InvalidInput("mapping.word", field=f"{field}.unit", value=str(unit), known=UNITS[quantity])
    factor, shift = conversion(quantity, unit)
    stream = row.get("stream") or ""
    if not isinstance(stream, str) or len(stream) > 64:
        raise InvalidInput("mapping.path", field=f"{field}.stream", value=str(stream)[:80])
    optional = row.get("optional", False)
    if not isinstance(optional, bool):
        raise InvalidInput("mapping.word", field=f"{field}.optional", value=str(optional), known="true, false")
    return MappedReading(
        path=_path(row.get("path"), f"{field}.path"),
        quantity=quantity,
        stream=stream,
        scale=_figure(row.get("scale"), 1.0, f"{field}.scale"),
        offset=_figure(row.get("offset"), 0.0, f"{field}.offset"),
        factor=factor,
        shift=shift,
        optional=optional,
    )


def _demand_known(document: Mapping[str, Any], known: frozenset[str], prefix: str) -> None:
    unknown = sorted(document.keys() - known)
    if unknown:
        raise InvalidInput("mapping.field_unknown", field=f"{prefix}{unknown[0]}", known=", ".join(sorted(known)))


def _word(told: Any, words: type[Word], field: str) -> Word:
    found = next((one for one in words if one.value == told), None)
    if found is None:
        raise InvalidInput("mapping.word", field=field, value=str(told), known=", ".join(words))
    return found


def _path(told: Any, field: str) -> str:
    if not isinstance(told, str) or not told or len(told) > _LONGEST_PATH:
        raise InvalidInput("mapping.path", field=field, value=str(told or "")[:80])
    names = told[1:].split("/") if told.startswith("/") else told.split(".")
    if len(names) > _DEEPEST or not all(names):
        raise InvalidInput("mapping.path", field=field, value=told[:80])
    return told


def _pattern(told: Any) -> str:
    if not isinstance(told, str) or not told or len(told) > 64:
        raise InvalidInput("mapping.needed", field="time.pattern")
    letters = _DIRECTIVE.findall(told)
    hour = "H" in letters or {"I", "p"} <= set(letters)
    whole = hour and {"m", "d"} <= set(letters) and ("Y" in letters or "y" in letters)
    if not whole or not _DIRECTIVES.issuperset(letters):
        raise InvalidInput("mapping.pattern", value=told)
    return told


def _zone(told: Any) -> str:
    if told in (None, ""):
        return ""
    if told not in available_timezones():
        raise InvalidInput("mapping.zone", value=str(told)[:80])
    return ZoneInfo(told).key


def _figure(told: Any, usual: float, field: str) -> float:
    if told is None:
        return usual
    if isinstance(told, bool) or not isinstance(told, int | float) or not isfinite(told) or abs(told) > 1e12:
        raise InvalidInput("mapping.figure", field=field, value=str(told)[:80])
    return float(told)
