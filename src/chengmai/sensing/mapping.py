"""A maker's own JSON, read by a mapping that is data: paths, units and a time's form; nothing of it is ever run.

A mapping is ``{"time": {...}, "readings": [{...}, ...], "each": path}``. A path is names joined by dots (``data.ch4``,
``list.0.v``; ``data/ch.4`` by a JSON pointer that begins with ``/``). With ``each``, the readings' paths begin at every
element of that list; a path that begins with ``/`` always begins at the top.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from chengmai.sensing.mapping_checks import MOST_ELEMENTS, MappingTable, TimeForm, read_table
from chengmai.sensing.payloads import Broken, Decoded
from chengmai.sensing.quarantine import Reason

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FACTORS = {TimeForm.EPOCH_S: 1000.0, TimeForm.EPOCH_MS: 1.0}
_MISSING = object()


class _Unfit(Exception):
    """A part of a payload that the mapping does not fit; its text says where and why."""


@dataclass(frozen=True, slots=True)
class PayloadMap:
    """A mapping ready to read payloads."""

    table: MappingTable

    def decode(self, payload: bytes, streams: Mapping[str, str], received: datetime) -> Decoded:
        """The readings of a payload; ``streams`` tells a quantity's datastream. Never raises for what a device sends.

        What does not fit is broken by the reason ``unmapped``, with the path and why.
        """
        decoded = Decoded()
        try:
            document = msgspec.json.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            decoded.broken.append(Broken(Reason.MALFORMED, str(error), payload))
            return decoded
        try:
            elements = self._elements(document)
        except _Unfit as unfit:
            decoded.broken.append(Broken(Reason.UNMAPPED, str(unfit), payload))
            return decoded
        found = False
        for element in elements:
            found = self._read(document, element, streams, received, decoded) or found
        if not found and not decoded.broken:
            decoded.broken.append(Broken(Reason.UNMAPPED, "no reading found", payload))
        return decoded

    def _elements(self, document: Any) -> list[Any]:
        if self.table.each is None:
            return [document]
        elements = _at(self.table.each, document, document)
        if not isinstance(elements, list):
            raise _Unfit(f"{self.table.each}: no list")
        if len(elements) > MOST_ELEMENTS:
            raise _Unfit(f"{self.table.each}: {len(elements)} elements, more than {MOST_ELEMENTS}")
        return elements

    def _read(
        self, document: Any, element: Any, streams: Mapping[str, str], received: datetime, decoded: Decoded
    ) -> bool:
        """Take one element's readings in; tells whether there were any."""
        try:
            time = self._time(document, element, received)
        except _Unfit as unfit:
            decoded.broken.append(Broken(Reason.UNMAPPED, str(unfit), _bytes(element)))
            return False
        found = False
        for row in self.table.readings:
            try:
                value = _number(row.path, _at(row.path, document, element), optional=row.optional)
                stream = row.stream or streams.get(row.quantity.value, "")
                if not stream:
                    raise _Unfit(f"{row.path}: no one datastream of {row.quantity.value}")
            except _Unfit as unfit:
                decoded.broken.append(Broken(Reason.UNMAPPED, str(unfit), _bytes(element)))
                continue
            if value is None:
                continue
            found = True
            decoded.stream.append(stream)
            decoded.time.append(time)
            decoded.value.append((value * row.scale + row.offset) * row.factor + row.shift)
        return found

    def _time(self, document: Any, element: Any, received: datetime) -> int:
        """The moment [ms since 1970] a payload tells."""
        form, path = self.table.form, self.table.time_path
        if form is TimeForm.RECEIVED:
            return (received - _EPOCH) // timedelta(milliseconds=1)
        told = _at(path, document, element)
        if told is _MISSING or told is None:
            raise _Unfit(f"{path}: no time")
        if form in _FACTORS:
            number = _number(path, told, optional=False)
            if number is None or abs(number * _FACTORS[form]) > 2.5e14:
                raise _Unfit(f"{path}: {str(told)[:40]} is no moment")
            return round(number * _FACTORS[form])
        return self._written(path, told)

    def _written(self, path: str, told: Any) -> int:
        try:
            if self.table.form is TimeForm.ISO:
                moment = datetime.fromisoformat(told)
            else:
                moment = datetime.strptime(told, self.table.pattern)  # noqa: DTZ007 - the zone comes below
            if moment.tzinfo is None:
                if not self.table.zone:
                    raise _Unfit(f"{path}: {told[:40]} has no zone")
                moment = moment.replace(tzinfo=ZoneInfo(self.table.zone))
            return (moment.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)
        except (ValueError, TypeError, OverflowError) as error:
            raise _Unfit(f"{path}: {str(told)[:40]} is no moment") from error


def read_mapping(document: Mapping[str, Any]) -> PayloadMap:
    """A mapping from its data; raises InvalidInput, naming the field, for what breaks a rule."""
    return PayloadMap(read_table(document))


def _at(path: str, document: Any, element: Any) -> Any:
    """What stands at a path; ``_MISSING`` where nothing does."""
    here = document if path.startswith("/") else element
    for name in _names(path):
        if isinstance(here, dict):
            here = here.get(name, _MISSING)
        elif isinstance(here, list) and name.isascii() and name.isdigit() and int(name) < len(here):
            here = here[int(name)]
        else:
            return _MISSING
    return here


def _names(path: str) -> list[str]:
    if path.startswith("/"):
        return [name.replace("~1", "/").replace("~0", "~") for name in path[1:].split("/")]
    return path.split(".") if path else []


def _number(path: str, told: Any, *, optional: bool) -> float | None:
    """A number, also one written as text; None for an optional one that is not there."""
    if told is _MISSING or told is None:
        if optional:
            return None
        raise _Unfit(f"{path}: missing")
    if isinstance(told, str):
        told = _parse(told)
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise _Unfit(f"{path}: no number")
    try:
        value = float(told)
    except OverflowError as error:
        raise _Unfit(f"{path}: no number") from error
    if not isfinite(value):
        raise _Unfit(f"{path}: no number")
    return value


def _parse(text: str) -> float | str:
    read: Callable[[str], float] = float
    try:
        return read(text) if "_" not in text else text
    except ValueError:
        return text


def _bytes(element: Any) -> bytes:
    return msgspec.json.encode(element)
