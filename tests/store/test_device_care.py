"""Care of devices: orders step by step, calibrations with certificates, reports from the real telemetry store."""

from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction

from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.errors import ChengmaiError, Conflict, InvalidInput
from chengmai.core.units import Quantity
from chengmai.detection.observations import Observations
from chengmai.devices import care, maintenance
from chengmai.devices.care import CalibrationFacts, calibrate, needing_care
from chengmai.devices.checking import DeviceFacts, Known
from chengmai.devices.maintenance import OrderStep, act_on_order, allowed_steps, open_for_alarm, open_order
from chengmai.devices.models import Calibration, Device, MaintenanceOrder
from chengmai.devices.queries import Wanted
from chengmai.devices.report import ReportGroup, report
from chengmai.devices.services import act, add_whole
from chengmai.devices.states import (
    MAINTENANCE_TRANSITIONS,
    DeviceAction,
    DeviceState,
    MaintenanceAction,
    MaintenanceKind,
    MaintenanceState,
)
from chengmai.devices.type_changes import load_customary
from chengmai.sensing import runtime
from chengmai.sensing.store import open_store
from chengmai.settings import Settings, current
from tests.people import add_organisation, add_person
from tests.telemetry import add_gateway, add_stream

pytestmark = pytest.mark.django_db
ZONE = current().zone
DAY = date(2026, 3, 2)


@pytest.fixture
def engineer() -> User:
    """A bureau's engineer; a company's logger D1 that feeds stream A, in service since the first of March 2026."""
    load_customary()
    stream = add_stream("A", add_gateway()[0])
    told = DeviceFacts(
        "D1", "water-pressure", "JC-WATER-CO", installed_on=date(2026, 3, 1), longitude=112.8, latitude=35.5,
        streams=(stream.code,),
    )  # fmt: skip
    add_whole(None, [told], Known.read(None, [told]), {"D1": DeviceState.IN_SERVICE})
    return add_person("engineer", Role.NETWORK_ENGINEER)


@pytest.mark.parametrize("state", MaintenanceState)
def test_a_step_on_an_order_is_taken_exactly_when_the_table_has_it(state: MaintenanceState, engineer: User) -> None:
    for number, action in enumerate(MaintenanceAction, start=1):
        order = open_order(engineer, "D1", MaintenanceKind.FAULT, "silent")
        assert order.code.endswith(f"-{number:04d}")
        MaintenanceOrder.objects.filter(pk=order.pk).update(state=state)
        order.refresh_from_db()
        allowed = (state, action) in MAINTENANCE_TRANSITIONS
        assert (action in allowed_steps(engineer, order)) == allowed
        if allowed:
            done = act_on_order(engineer, order.pk, OrderStep(action, 1, "as said"))
            assert done.state == MAINTENANCE_TRANSITIONS[state, action]
            assert [step.to_state for step in done.history.order_by("pk")] == ["open", done.state]
        else:
            with pytest.raises(Conflict, match=r"maintenance\.action_forbidden"):
                act_on_order(engineer, order.pk, OrderStep(action, 1, "as said"))


def test_an_order_goes_to_somebody_who_may_do_it_and_ends_with_a_word(engineer: User) -> None:
    order = open_order(engineer, "D1", MaintenanceKind.BATTERY, "empty")
    gas = add_organisation("JC-GAS-CO", "utility")
    add_person("stranger", Role.DEPARTMENT_HANDLER, organisation=gas)
    add_person("reader", Role.AUDITOR)
    water = add_organisation("JC-WATER-CO", "utility")
    add_person("fitter", Role.DEPARTMENT_HANDLER, organisation=water)
    for name in ("stranger", "reader", "nobody"):
        with pytest.raises(InvalidInput, match=r"maintenance\.assignee_unfit"):
            act_on_order(engineer, order.pk, OrderStep(MaintenanceAction.ASSIGN, 1, assignee=name))
    given = act_on_order(engineer, order.pk, OrderStep(MaintenanceAction.ASSIGN, 1, assignee="fitter"))
    assert given.assignee is not None
    assert given.assignee.username == "fitter"
    with pytest.raises(InvalidInput, match=r"maintenance\.note_missing"):
        act_on_order(engineer, order.pk, OrderStep(MaintenanceAction.FINISH, 2))
    with pytest.raises(Conflict, match=r"version\.stale"):
        act_on_order(engineer, order.pk, OrderStep(MaintenanceAction.FINISH, 1, "new one"))
    assert act_on_order(engineer, order.pk, OrderStep(MaintenanceAction.FINISH, 2, "new one")).ended_at is not None
    assert AuditEntry.objects.filter(object_id=order.code).count() == 3


def test_an_alarm_opens_one_order_for_its_device_and_none_while_that_waits(engineer: User) -> None:
    first = open_for_alarm("A", "GJ-1", "silent")
    assert first is not None
    assert (first.device.code, first.opened_by, first.alarm) == ("D1", None, "GJ-1")
    assert open_for_alarm("A", "GJ-2", "stuck") is None
    assert open_for_alarm("NONE", "GJ-3", "silent") is None
    with pytest.raises(DatabaseError), transaction.atomic():
        MaintenanceOrder.objects.create(
            code="X", device=first.device, kind="fault", cause="x", alarm="GJ-9", opened_at=now()
        )
    for step in (OrderStep(MaintenanceAction.VOID, 1, "works"),):
        act_on_order(engineer, first.pk, step)
    act(engineer, "D1", 1, DeviceAction.SUSPEND)
    assert open_for_alarm("A", "GJ-4", "silent") is None, "nothing is expected of what is out of service"


def told(**changed: object) -> CalibrationFacts:
    facts = {"on": date(2026, 3, 1), "by": "lab", "quantity": Quantity.PRESSURE_HEAD, "reference": 50.0,
             "before_error": 2.0, "after_error": 0.5}  # fmt: skip
    return CalibrationFacts(**{**facts, **changed})  # type: ignore[arg-type]


def test_a_calibration_is_judged_by_the_type_and_says_when_the_next_is_due(engineer: User) -> None:
    made = calibrate(engineer, "D1", told(), b"%PDF-1.4 x", "../../zertifikat.pdf")
    # 0.5 % of a range of 163 m is 0.815 m.
    assert (made.passed, made.next_due, made.certificate_name) == (True, date(2027, 3, 1), "zertifikat.pdf")
    assert calibrate(engineer, "D1", told(after_error=-0.9)).passed is False
    found, data, kind = care.certificate_of(engineer, made.pk)
    assert (found.pk, data, kind) == (made.pk, b"%PDF-1.4 x", "application/pdf")
    kept = Path(current().data_dir).glob("certificates/*/*")
    stored = next(path for path in kept if path.read_bytes() == data)
    stored.write_bytes(b"%PDF-1.4 y")
    with pytest.raises(ChengmaiError, match=r"calibration\.certificate_damaged"):
        care.certificate_of(engineer, made.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE devices_calibration SET after_error = 0")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"by": " "}, "calibration.by_missing"),
        ({"on": date(2999, 1, 1)}, "finding.device.day_ahead"),
        ({"next_due": date(2026, 3, 1)}, "calibration.due_before"),
        ({"quantity": Quantity.METHANE}, "calibration.quantity"),
        ({"after_error": float("nan")}, "calibration.figures"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused(changed: dict[str, object], code: str, engineer: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        calibrate(engineer, "D1", told(**changed))
    assert (refused.value.code, Calibration.objects.count()) == (code, 0)
    with pytest.raises(InvalidInput, match=r"calibration\.certificate_kind"):
        calibrate(engineer, "D1", told(), b"<html>", "x.pdf")


def test_who_needs_care_soon(engineer: User) -> None:
    today = now().astimezone(ZONE).date()
    Device.objects.update(installed_on=today - timedelta(days=350))
    assert needing_care(engineer, 10) == []
    assert [row.calibration_due for row in needing_care(engineer, 30)] == [today + timedelta(days=15)]
    calibrate(engineer, "D1", told(on=today - timedelta(days=350)))
    calibrate(engineer, "D1", told(on=today - timedelta(days=360)))
    assert [row.calibration_due for row in needing_care(engineer, 30)] == [today + timedelta(days=15)], "the last one"
    calibrate(engineer, "D1", told(on=today))
    care.note_battery(engineer, "D1", 1.0)
    assert [(row.calibration_due, row.battery_empty) for row in needing_care(engineer, 30)] == [
        (None, (now() + timedelta(days=10.95)).astimezone(ZONE).date())
    ]
    care.note_battery(engineer, "D1", 20.0)
    assert [row.battery_empty is not None for row in needing_care(engineer, 30)] == [True], "low, however long it lasts"
    care.note_battery(engineer, "D1", 100.0, replaced=True)
    assert needing_care(engineer, 30) == []


def test_a_report_is_counted_from_the_telemetry_store(
    engineer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(Settings(data_dir=tmp_path))
    monkeypatch.setattr(runtime, "_running", SimpleNamespace(store=store))
    stream = Device.objects.get().feeds.get().stream_id
    start = datetime(2026, 3, 2, tzinfo=ZONE)
    # Every five minutes for half the day, three times in each interval.
    seconds = [300 * slot + part for slot in range(144) for part in (0, 100, 200)]
    times = [np.datetime64(int((start.timestamp() + second) * 1000), "ms") for second in seconds]
    store.insert(Observations.fresh([stream] * len(times), times, [1.0] * len(times)))
    found = report(engineer, Wanted(), DAY, DAY + timedelta(days=1), ReportGroup.DEVICE)
    assert found.groups["D1"].expected.tolist() == [288, 288]
    assert found.total.complete.tolist() == [144, 0]
    assert found.total.online.tolist() == [146, 0]
    assert report(engineer, Wanted(), DAY - timedelta(days=1), DAY, ReportGroup.DEVICE).total.expected.tolist() == [
        0,
        288,
    ], "of what it told before the platform was there nothing is missing"
    stranger = add_person("gas", Role.NETWORK_ENGINEER, organisation=add_organisation("JC-GAS-CO", "utility"))
    assert report(stranger, Wanted(), DAY, DAY, ReportGroup.OWNER).groups == {}
    with pytest.raises(InvalidInput, match=r"span\.too_long"):
        report(engineer, Wanted(), DAY, DAY + timedelta(days=92), ReportGroup.TYPE)
    store.close()


def test_orders_of_another_company_are_not_there(engineer: User) -> None:
    order = open_order(engineer, "D1", MaintenanceKind.FAULT, "silent")
    gas = add_person("gas", Role.UTILITY_DISPATCHER, organisation=add_organisation("JC-GAS-CO", "utility"))
    assert not maintenance.visible_orders(gas).exists()
    with pytest.raises(ChengmaiError, match=r"maintenance\.unknown"):
        act_on_order(gas, order.pk, OrderStep(MaintenanceAction.VOID, 1, "x"))
