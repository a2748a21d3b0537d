"""The register by sheet: the whole file is checked, and written whole or not at all; told again it changes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reach
from chengmai.core.findings import Finding, ImportOutcome
from chengmai.devices.checking import DeviceFacts, Known, faults_of, rounded
from chengmai.devices.models import Device, DeviceType
from chengmai.devices.queries import told_by_code, told_of, visible_devices
from chengmai.devices.services import write_change, write_new
from chengmai.devices.sheet import DeviceRow, read_device_sheet
from chengmai.devices.states import PLACED, DeviceState


@dataclass
class _Plan:
    new: list[DeviceRow] = field(default_factory=list)
    changed: list[DeviceRow] = field(default_factory=list)
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)

    def outcome(self) -> ImportOutcome:
        return ImportOutcome(len(self.new), len(self.changed), self.unchanged, findings=self.findings)


def import_sheet(user: User, file_name: str, data: bytes, *, dry_run: bool) -> ImportOutcome:
    """Check a sheet and, unless ``dry_run``, write it when nothing in it is wrong.

    Raises Conflict when what it names changed while it was written; then nothing is written.
    """
    rows, findings = read_device_sheet(file_name, data)
    with transaction.atomic():
        take_turn()
        rows = _completed(user, rows)
        known = Known.read(user, [row.told for row in rows])
        plan = _plan(rows, known, findings)
        outcome = plan.outcome()
        if dry_run or not outcome.sound or not (plan.new or plan.changed):
            return outcome
        states = {row.told.code: row.state or DeviceState.IN_STOCK for row in plan.new}
        write_new(user, [row.told for row in plan.new], known, states)
        for row in plan.changed:
            write_change(user, known.devices[row.told.code], row.told, known)
        after = {
            "file": file_name,
            "new": [row.told.code for row in plan.new],
            "changed": [row.told.code for row in plan.changed],
        }
        record(user, "device.imported", "device", "*", after=after)
    outcome.written = True
    return outcome


def _completed(user: User, rows: Sequence[DeviceRow]) -> list[DeviceRow]:
    """Rows with types and owners by their codes, where people wrote names, and with what a sheet has no columns for."""
    types = _names(DeviceType.objects.values_list("code", "name_zh", "name_en"))
    codes = reach(user)
    organisations = Organisation.objects.all() if codes is None else Organisation.objects.filter(code__in=codes)
    owners = _names(organisations.values_list("code", "name_zh", "name_en"))
    present = told_by_code(visible_devices(user).filter(code__in={row.told.code for row in rows}))
    return [replace(row, told=_whole(row, present.get(row.told.code), types, owners)) for row in rows]


def _whole(
    row: DeviceRow, present: DeviceFacts | None, types: Mapping[str, str], owners: Mapping[str, str]
) -> DeviceFacts:
    told = row.told
    told = replace(told, type=types.get(told.type, told.type), owner=owners.get(told.owner, told.owner))
    if present is None:
        return told
    whole = replace(told, **{name: getattr(present, name) for name in DeviceFacts.__slots__ if name not in row.columns})
    moved = (whole.network, whole.element) != (present.network, present.element)
    # Put on another element without a place of its own, it lies where that element lies.
    return replace(whole, longitude=None, latitude=None) if moved and "longitude" not in row.columns else whole


def _names(rows: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Name -> code, of names that only one bears."""
    told = [(name, code) for code, *names in rows for name in set(names)]
    counted = [name for name, _ in told]
    return {name: code for name, code in told if counted.count(name) == 1}


def _plan(rows: Sequence[DeviceRow], known: Known, findings: Sequence[Finding]) -> _Plan:
    plan = _Plan(findings=list(findings))
    seen = _Seen()
    for row in rows:
        found = [*row.findings, *_of_row(row, known), *seen.again(row)]
        plan.findings += found
        if found:
            continue
        device = known.devices.get(row.told.code)
        if device is None:
            plan.new.append(row)
        elif _alters(device, row.told, known):
            plan.changed.append(row)
        else:
            plan.unchanged += 1
    return plan


class _Seen:
    """What must stand only once in a sheet, with the row of its first use."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, ...], int] = {}

    def again(self, row: DeviceRow) -> Iterator[Finding]:
        """A finding for each thing of this row that an earlier row has."""
        told = row.told
        once: list[tuple[str, str, tuple[str, ...]]] = []
        if told.code:
            once.append(("code", told.code, ("code", told.code)))
        if told.serial:
            once.append(("serial", told.serial, ("serial", told.maker, told.serial)))
        once += [("streams", stream, ("stream", stream)) for stream in dict.fromkeys(told.streams)]
        for name, value, key in once:
            first = self._first.setdefault(key, row.place.row or 0)
            if first != row.place.row:
                yield row.place.finding("device.twice", name, value, first=first)


def _of_row(row: DeviceRow, known: Known) -> Iterator[Finding]:
    told, place = row.told, row.place
    for fault in faults_of(told, known):
        found = place.finding(fault.rule, fault.field, fault.value)
        yield replace(found, detail=fault.detail)
    device = known.devices.get(told.code)
    if device is None:
        yield from _of_state(row, row.state or DeviceState.IN_STOCK, known)
    elif known.sees(device):
        if device.state == DeviceState.SCRAPPED and _alters(device, told, known):
            yield place.finding("device.is_scrapped", "code", told.code)
        elif row.state is not None and row.state != device.state:
            yield place.finding("device.state_by_step", "state", row.state.value, present=device.state)
        else:
            yield from _of_state(row, DeviceState(device.state), known)


def _of_state(row: DeviceRow, state: DeviceState, known: Known) -> Iterator[Finding]:
    """What a device in this state must have."""
    told = row.told
    if state in PLACED and told.longitude is None and not told.element:
        yield row.place.finding("device.needs_place", "longitude", "", state=state.value)
    kind = known.types.get(told.type)
    if state is DeviceState.IN_SERVICE and kind is not None and known.quantities(kind) and not told.streams:
        yield row.place.finding("device.needs_stream", "streams", "")


def _alters(device: Device, told: DeviceFacts, known: Known) -> bool:
    """Whether a row tells anything otherwise than the register; an element told alone stands for its place."""
    present = told_of(device, known.fed.get(device.pk, ()))
    if told.longitude is None and (told.network, told.element) == (present.network, present.element) and told.element:
        told = replace(told, longitude=present.longitude, latitude=present.latitude)
    longitude, latitude = rounded(told.longitude), rounded(told.latitude)
    return replace(told, streams=tuple(sorted(set(told.streams))), longitude=longitude, latitude=latitude) != present
