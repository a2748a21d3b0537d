"""Changing the types of devices: data that hold for every owner, so the bureau keeps them."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.devices.customary_types import CUSTOMARY
from chengmai.devices.models import DeviceType
from chengmai.devices.type_table import read_quantities

_CODE = re.compile(r"[a-z0-9-]{1,32}")
_FIELDS = ("name_zh", "name_en", "quantities", "calibration_days", "battery_days", "interval_s")


def load_customary() -> int:
    """Make the types a city starts from that are missing; returns how many. Safe to call twice."""
    with transaction.atomic():
        take_turn()
        known = set(DeviceType.objects.values_list("code", flat=True))
        missing = [DeviceType(code=code, **facts) for code, facts in CUSTOMARY.items() if code not in known]
        DeviceType.objects.bulk_create(missing)
        if missing:
            record(None, "device_type.loaded", "device_type", "*", after={"codes": [one.code for one in missing]})
    return len(missing)


def add_type(user: User, code: str, told: Mapping[str, Any]) -> DeviceType:
    """Make a type; raises NotAllowed (not of the bureau), InvalidInput, or Conflict for a taken code."""
    _demand_bureau(user)
    if not _CODE.fullmatch(code):
        raise InvalidInput("device_type.code_form", value=code)
    read_quantities(told["quantities"])
    with transaction.atomic():
        take_turn()
        made = DeviceType(code=code, **{name: told[name] for name in _FIELDS})
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            raise Conflict("device_type.taken", code=code) from error
        record(user, "device_type.added", "device_type", code, after=_facts(made))
    return made


def change_type(user: User, code: str, version: int, told: Mapping[str, Any]) -> DeviceType:
    """Change a type; raises NotAllowed, NotFound, InvalidInput, or Conflict when somebody else changed it meanwhile."""
    _demand_bureau(user)
    read_quantities(told["quantities"])
    with transaction.atomic():
        take_turn()
        kind = DeviceType.objects.filter(code=code).first()
        if kind is None:
            raise NotFound("device_type.unknown", code=code)
        before = _facts(kind)
        values = {name: told[name] for name in _FIELDS}
        if not DeviceType.objects.filter(pk=kind.pk, version=version).update(**values, version=version + 1):
            raise Conflict("version.stale", sent=version, present=kind.version)
        kind.refresh_from_db()
        record(user, "device_type.changed", "device_type", code, before=before, after=_facts(kind))
    return kind


def _demand_bureau(user: User) -> None:
    if not user.sees_whole_city:
        raise NotAllowed("device_type.bureau_only")


def _facts(kind: DeviceType) -> dict[str, Any]:
    return {"version": kind.version, **{name: getattr(kind, name) for name in _FIELDS}}
