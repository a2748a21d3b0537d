"""What a type of device measures and how well, read from data and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

from chengmai.core.errors import InvalidInput
from chengmai.core.units import Quantity

_FIELDS = frozenset({"quantity", "low", "high", "accuracy", "accuracy_of"})


class AccuracyKind(StrEnum):
    """What an accuracy is told of: percent of the range, percent of the reading, or the quantity's own unit."""

    RANGE = "range"
    READING = "reading"
    ABSOLUTE = "absolute"


@dataclass(frozen=True, slots=True)
class MeasuredQuantity:
    """A quantity a device measures: its range in the quantity's unit, and how far a good reading may be off."""

    quantity: Quantity
    low: float | None = None
    high: float | None = None
    accuracy: float | None = None
    accuracy_of: AccuracyKind = AccuracyKind.ABSOLUTE

    def allowed_error(self, reference: float) -> float | None:
        """How far a reading may be off at a reference value, in the quantity's unit; None where nothing is told."""
        if self.accuracy is None:
            return None
        match self.accuracy_of:
            case AccuracyKind.ABSOLUTE:
                return self.accuracy
            case AccuracyKind.READING:
                return self.accuracy / 100 * abs(reference)
            case AccuracyKind.RANGE:
                return None if self.low is None or self.high is None else self.accuracy / 100 * (self.high - self.low)


def read_quantities(rows: Sequence[Mapping[str, Any]]) -> list[MeasuredQuantity]:
    """The measured quantities of a type; raises InvalidInput at the first row that breaks a rule."""
    found = [_read(row) for row in rows]
    for row in found:
        if sum(one.quantity == row.quantity for one in found) > 1:
            raise InvalidInput("device_type.quantity_twice", value=row.quantity.value)
    return found


def _read(row: Mapping[str, Any]) -> MeasuredQuantity:
    unknown = sorted(row.keys() - _FIELDS)
    if unknown:
        raise InvalidInput("device_type.field_unknown", field=unknown[0])
    told = row.get("quantity")
    if told not in list(Quantity):
        raise InvalidInput("device_type.quantity_unknown", value=str(told))
    quantity = Quantity(told)
    low, high, accuracy = (_figure(quantity, row, name) for name in ("low", "high", "accuracy"))
    if low is not None and high is not None and low >= high:
        raise InvalidInput("device_type.range", quantity=quantity.value, low=low, high=high)
    if accuracy is not None and accuracy <= 0:
        raise InvalidInput("device_type.figure", quantity=quantity.value, field="accuracy", value=accuracy)
    kind = row.get("accuracy_of") or AccuracyKind.ABSOLUTE
    if kind not in list(AccuracyKind):
        raise InvalidInput("device_type.accuracy_of", quantity=quantity.value, value=str(kind))
    return MeasuredQuantity(quantity, low, high, accuracy, AccuracyKind(kind))


def _figure(quantity: Quantity, row: Mapping[str, Any], name: str) -> float | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise InvalidInput("device_type.figure", quantity=quantity.value, field=name, value=str(value))
    return float(value)
