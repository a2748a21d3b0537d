"""The life of a device: every pair of state and step, what steps need, and a history that only grows."""

import pytest
from django.db import DatabaseError, connection, transaction

from chengmai.access.models import AuditEntry, User
from chengmai.access.roles import Role
from chengmai.core.errors import ChengmaiError, Conflict, InvalidInput, NotAllowed
from chengmai.devices.checking import DeviceFacts
from chengmai.devices.models import Device, DeviceEvent, DeviceStream
from chengmai.devices.queries import allowed_actions, count_by_lot, device_for
from chengmai.devices.services import act, change, register
from chengmai.devices.states import DEVICE_TRANSITIONS, DeviceAction, DeviceState
from chengmai.devices.type_changes import load_customary
from tests.people import add_organisation, add_person
from tests.telemetry import add_gateway, add_stream

pytestmark = pytest.mark.django_db
PAIRS = [(state, action) for state in DeviceState for action in DeviceAction]
LOGGER = DeviceFacts("D1", "water-pressure", "JC-WATER-CO", longitude=112.8, latitude=35.5, streams=("A",))


@pytest.fixture
def engineer() -> User:
    """A bureau's engineer, the customary types, and a stream of the water company's."""
    load_customary()
    add_organisation("JC-WATER-CO", "utility")
    add_stream("A", add_gateway()[0])
    return add_person("engineer", Role.NETWORK_ENGINEER)


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_a_step_is_taken_exactly_when_the_table_has_it(
    state: DeviceState, action: DeviceAction, engineer: User
) -> None:
    register(engineer, LOGGER)
    Device.objects.update(state=state)
    allowed = (state, action) in DEVICE_TRANSITIONS
    assert (action in allowed_actions(engineer, device_for(engineer, "D1"))) == allowed
    if allowed:
        assert act(engineer, "D1", 1, action, "done").state == DEVICE_TRANSITIONS[state, action]
        step = DeviceEvent.objects.get(action=action.value)
        assert (step.from_state, step.to_state) == (state, DEVICE_TRANSITIONS[state, action])
        assert AuditEntry.objects.get(action=f"device.{action.value}").object_id == "D1"
    else:
        with pytest.raises(Conflict) as refused:
            act(engineer, "D1", 1, action, "done")
        assert refused.value.code == "device.action_forbidden"
        assert (device_for(engineer, "D1").state, DeviceEvent.objects.count()) == (state, 1)


def test_a_device_that_is_taken_away_frees_its_stream_and_leaves_its_place(engineer: User) -> None:
    register(engineer, LOGGER)
    act(engineer, "D1", 1, DeviceAction.INSTALL)
    act(engineer, "D1", 2, DeviceAction.COMMISSION)
    act(engineer, "D1", 3, DeviceAction.SUSPEND)
    with pytest.raises(InvalidInput, match=r"device\.note_missing"):
        act(engineer, "D1", 4, DeviceAction.REMOVE)
    gone = act(engineer, "D1", 4, DeviceAction.REMOVE, "flooded")
    assert (gone.longitude, gone.installed_on) == (None, None)
    assert DeviceStream.objects.get(device=gone).until is not None
    follower = register(engineer, DeviceFacts("D2", "water-pressure", "JC-WATER-CO", streams=("A",)))
    assert follower.feeds.get(until=None).stream.code == "A"


@pytest.mark.parametrize(
    ("told", "action", "code"),
    [
        (DeviceFacts("D1", "water-pressure", "JC-WATER-CO"), DeviceAction.INSTALL, "device.no_place"),
        (
            DeviceFacts("D1", "water-pressure", "JC-WATER-CO", longitude=112.8, latitude=35.5),
            DeviceAction.COMMISSION,
            "device.no_streams",
        ),
    ],
)
def test_a_step_without_what_it_needs_is_refused(
    told: DeviceFacts, action: DeviceAction, code: str, engineer: User
) -> None:
    register(engineer, told)
    if action is DeviceAction.COMMISSION:
        Device.objects.update(state=DeviceState.INSTALLED)
    with pytest.raises(InvalidInput, match=code):
        act(engineer, "D1", 1, action)


def test_equipment_of_the_centre_measures_nothing_and_needs_no_stream(engineer: User) -> None:
    register(engineer, DeviceFacts("S1", "centre-equipment", "CG", longitude=112.8, latitude=35.5))
    act(engineer, "S1", 1, DeviceAction.INSTALL)
    assert act(engineer, "S1", 2, DeviceAction.COMMISSION).state == DeviceState.IN_SERVICE


def test_a_stale_step_changes_nothing_and_scrapping_is_not_for_everybody(engineer: User) -> None:
    register(engineer, LOGGER)
    with pytest.raises(Conflict, match=r"version\.stale"):
        act(engineer, "D1", 7, DeviceAction.INSTALL)
    fitter = add_person("fitter", Role.DEPARTMENT_HANDLER, organisation=add_organisation("JC-WATER-CO", "utility"))
    with pytest.raises(NotAllowed):
        act(fitter, "D1", 1, DeviceAction.SCRAP, "old")
    act(engineer, "D1", 1, DeviceAction.SCRAP, "old")
    with pytest.raises(Conflict, match=r"device\.scrapped"):
        change(engineer, "D1", 2, LOGGER)


def test_devices_of_a_project_are_counted_by_lot_and_state(engineer: User) -> None:
    for number, lot in enumerate(("gas", "gas", "centre")):
        register(engineer, DeviceFacts(f"C{number}", "centre-equipment", "CG", project="LIFELINE", lot=lot))
    register(engineer, DeviceFacts("X", "centre-equipment", "CG", project="OTHER", lot="gas"))
    act(engineer, "C0", 1, DeviceAction.SCRAP, "broken")
    counted = count_by_lot("LIFELINE")
    assert counted.keys() == {"gas", "centre"}
    assert counted["gas"] == {**dict.fromkeys(DeviceState, 0), "in_stock": 1, "scrapped": 1}
    stranger = add_person("w", Role.UTILITY_DISPATCHER, organisation=add_organisation("JC-WATER-CO", "utility"))
    assert count_by_lot("LIFELINE", stranger) == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "UPDATE devices_deviceevent SET note = 'x'",
        "DELETE FROM devices_deviceevent",
        "INSERT INTO devices_devicestream (device_id, stream_id, since) "
        "SELECT device_id, stream_id, since FROM devices_devicestream",
        "UPDATE devices_device SET lot = 'gas'",
    ],
)
def test_the_database_itself_keeps_the_rules(sentence: str, engineer: User) -> None:
    register(engineer, LOGGER)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sentence)


FAULTY = {
    "device.code_form": {"code": "a/b"},
    "word.unknown": {"type": "none"},
    "device.lot_alone": {"lot": "gas"},
    "field.missing": {"longitude": 112.8},
    "device.outside": {"longitude": 200.0, "latitude": 35.0},
    "device.stream_owner": {"owner": "CG"},
    "device.stream_quantity": {"type": "gas-flow"},
    "device.too_long": {"maker": "x" * 65},
    "device.tag_form": {"project": "a b"},
}


@pytest.mark.parametrize("rule", FAULTY)
def test_what_breaks_a_rule_is_refused_by_its_name(rule: str, engineer: User) -> None:
    told = {"code": "D1", "type": "water-pressure", "owner": "JC-WATER-CO", "streams": ("A",), **FAULTY[rule]}
    with pytest.raises(InvalidInput) as refused:
        register(engineer, DeviceFacts(**told))
    assert (refused.value.code, Device.objects.count()) == (f"finding.{rule}", 0)


def test_a_stream_a_serial_and_a_code_belong_to_one_device(engineer: User) -> None:
    register(engineer, DeviceFacts("D1", "water-pressure", "JC-WATER-CO", maker="M", serial="1", streams=("A",)))
    for code, changed in (
        ("finding.device.stream_taken", {"streams": ("A",)}),
        ("finding.device.serial_taken", {"maker": "M", "serial": "1"}),
        ("device.taken", {"code": "D1"}),
    ):
        with pytest.raises(ChengmaiError) as refused:
            register(
                engineer, DeviceFacts(**{"code": "D2", "type": "water-pressure", "owner": "JC-WATER-CO", **changed})
            )
        assert refused.value.code == code
