"""A weighbridge's own JSON read as a ticket, by a mapping that is data; nothing of it is ever run.

Our own shape has the names of ``TicketWords`` at the top, kilograms, and ISO 8601 times with their zone. A mapping is
``{"fields": {"number": "data.no", ...}, "unit": "t", "time": {"form": "pattern", "pattern": "%Y-%m-%d %H:%M:%S",
"zone": "Asia/Shanghai"}, "materials": {"餐厨垃圾": "kitchen_waste"}}``; a path is names joined by dots.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from chengmai.core.errors import InvalidInput
from chengmai.custody.terms import Material, TicketRefusal

NEEDED = ("number", "plate", "material", "gross", "tare", "net", "gross_at", "tare_at")
OPTIONAL = ("manifest", "weigher", "photos")
UNITS = {"kg": 1, "t": 1000}
_MOST_KG = 2_000_000_000
_LONGEST = {"number": 64, "plate": 16, "manifest": 32, "weigher": 64}
_FIELDS = frozenset({"fields", "unit", "time", "materials"})
_FORMS = ("iso", "pattern")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class TicketWords:
    """What a ticket says: weights in kilograms as told, be they what cannot be."""

    number: str
    plate: str
    material: Material
    gross_kg: int
    tare_kg: int
    net_kg: int
    gross_at: datetime
    tare_at: datetime
    manifest_number: str = ""
    weigher: str = ""
    photos: tuple[str, ...] = ()


class Unreadable(Exception):
    """A message that is no ticket: why, and where."""

    def __init__(self, reason: TicketRefusal, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail[:255]


@dataclass(frozen=True, slots=True)
class TicketMap:
    """A mapping ready to read tickets."""

    paths: Mapping[str, str]
    factor: int
    pattern: str
    zone: str
    materials: Mapping[str, str]

    def read(self, payload: bytes) -> TicketWords:
        """The ticket of a message; raises Unreadable."""
        try:
            document = _DECODER.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation) as error:
            raise Unreadable(TicketRefusal.MALFORMED, str(error)) from error
        found = {name: _at(path, document) for name, path in self.paths.items()}
        for name in NEEDED:
            if found.get(name) in (None, ""):
                raise _unmapped(self.paths[name], "missing")
        photos = found.get("photos") or []
        if not isinstance(photos, list) or not all(isinstance(one, str) for one in photos):
            raise _unmapped(self.paths["photos"], "no list of names")
        material = str(found["material"])
        try:
            carried = Material(self.materials.get(material, material))
        except ValueError as error:
            raise _unmapped(self.paths["material"], f"{material[:40]} is no material") from error
        return TicketWords(
            number=self._text("number", found["number"]),
            plate="".join(self._text("plate", found["plate"]).split()).upper(),
            material=carried,
            gross_kg=self._kg("gross", found["gross"]),
            tare_kg=self._kg("tare", found["tare"]),
            net_kg=self._kg("net", found["net"]),
            gross_at=self._moment("gross_at", found["gross_at"]),
            tare_at=self._moment("tare_at", found["tare_at"]),
            manifest_number=self._text("manifest", found.get("manifest") or ""),
            weigher=self._text("weigher", found.get("weigher") or ""),
            photos=tuple(photos),
        )

    def _text(self, name: str, told: Any) -> str:
        if isinstance(told, bool) or not isinstance(told, str | int):
            raise _unmapped(self.paths[name], "no text")
        text = str(told).strip()
        if len(text) > _LONGEST[name] or "\0" in text:
            raise _unmapped(self.paths[name], f"more than {_LONGEST[name]} characters, or a NUL")
        return text

    def _kg(self, name: str, told: Any) -> int:
        """Whole kilograms; a scale's division is never below one."""
        try:
            if isinstance(told, bool):
                raise InvalidOperation
            kg = Decimal(told) * self.factor
            whole = kg.is_finite() and kg == kg.to_integral_value() and abs(kg) <= _MOST_KG
        except (InvalidOperation, TypeError, ValueError) as error:
            raise _unmapped(self.paths[name], "no number") from error
        if not whole:
            raise _unmapped(self.paths[name], f"{str(told)[:40]} is no whole number of kilograms")
        return int(kg)

    def _moment(self, name: str, told: Any) -> datetime:
        try:
            moment = datetime.strptime(told, self.pattern) if self.pattern else datetime.fromisoformat(told)  # noqa: DTZ007
            if moment.tzinfo is None:
                if not self.zone:
                    raise _unmapped(self.paths[name], f"{told[:40]} has no zone")
                moment = moment.replace(tzinfo=ZoneInfo(self.zone))
            return moment.astimezone(UTC)
        except (ValueError, TypeError, OverflowError) as error:
            raise _unmapped(self.paths[name], f"{str(told)[:40]} is no moment") from error


def _unmapped(path: str, why: str) -> Unreadable:
    return Unreadable(TicketRefusal.UNMAPPED, f"{path}: {why}")


def _at(path: str, document: Any) -> Any:
    here = document
    for name in path.split("."):
        if not isinstance(here, dict):
            return None
        here = here.get(name)
    return here


_OWN = {
    **{name: name for name in (*NEEDED, *OPTIONAL)},
    **{name: f"{name}_kg" for name in ("gross", "tare", "net")},
    "manifest": "manifest_number",
}


def read_ticket_mapping(document: Mapping[str, Any]) -> TicketMap:
    """A mapping from its data, empty for our own shape; raises InvalidInput, naming the field that breaks a rule."""
    if not document:
        return TicketMap(_OWN, 1, "", "", {})
    unknown = sorted(set(document) - _FIELDS)
    if unknown:
        raise InvalidInput("custody.mapping_unfit", field=unknown[0])
    fields, materials = document.get("fields"), document.get("materials", {})
    if not isinstance(fields, Mapping) or set(fields) - {*NEEDED, *OPTIONAL} or set(NEEDED) - set(fields):
        raise InvalidInput("custody.mapping_unfit", field="fields")
    if not all(isinstance(path, str) and 0 < len(path) <= 200 for path in fields.values()):
        raise InvalidInput("custody.mapping_unfit", field="fields")
    if not isinstance(materials, Mapping) or not set(materials.values()) <= {one.value for one in Material}:
        raise InvalidInput("custody.mapping_unfit", field="materials")
    unit, time = document.get("unit", "kg"), document.get("time", {"form": "iso"})
    if unit not in UNITS:
        raise InvalidInput("custody.mapping_unfit", field="unit")
    if not isinstance(time, Mapping) or time.get("form") not in _FORMS:
        raise InvalidInput("custody.mapping_unfit", field="time")
    pattern, zone = time.get("pattern", ""), time.get("zone", "")
    if not isinstance(pattern, str) or bool(pattern) != (time["form"] == "pattern"):
        raise InvalidInput("custody.mapping_unfit", field="time.pattern")
    if zone and zone not in available_timezones():
        raise InvalidInput("custody.mapping_unfit", field="time.zone")
    return TicketMap(dict(fields), UNITS[unit], pattern, zone, dict(materials))
