"""The register by sheet: findings by file, row, field, value, rule; whole or not at all; told again it is the same."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengmai.access.models import AuditEntry
from chengmai.access.roles import Role
from chengmai.devices.models import Device, DeviceEvent
from chengmai.devices.type_changes import load_customary
from tests.people import add_organisation, add_person, client_of
from tests.telemetry import add_gateway, add_stream

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
HEAD = "设备编码,设备类型,权属单位,出厂编号,厂家,建设项目,标段,安装日期,经度,latitude,数据流,状态\n"
SOUND = (
    HEAD
    + "D1,供水压力记录仪,JC-WATER-CO,1,甲厂,LIFELINE,water,2025/3/3,112.8,35.5,A；B,在用\n"
    + "D2,centre-equipment,CG,,,LIFELINE,centre,,,,,库存\n"
)


@pytest.fixture
def engineer() -> Client:
    """A bureau's engineer, and a water company with two streams."""
    load_customary()
    gateway = add_gateway()[0]
    add_stream("A", gateway)
    add_stream("B", gateway)
    add_organisation("CG")
    return client_of(add_person("engineer", Role.NETWORK_ENGINEER))


def send(client: Client, text: str | bytes, *, dry_run: bool = False, name: str = "devices.csv") -> dict[str, Any]:
    body = text if isinstance(text, bytes) else text.encode()
    answer = client.post(
        f"{ROOT}/device-imports?dry_run={str(dry_run).lower()}", {"file": SimpleUploadedFile(name, body)}
    )
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_sound_sheet_is_written_once_and_changes_only_what_differs(engineer: Client) -> None:
    checked = send(engineer, SOUND, dry_run=True)
    assert (checked["written"], checked["counts"]["new"], Device.objects.count()) == (False, 2, 0)
    assert send(engineer, SOUND)["written"]
    logger = Device.objects.get(code="D1")
    assert (logger.state, logger.installed_on.isoformat(), logger.lot) == ("in_service", "2025-03-03", "water")
    assert sorted(logger.feeds.values_list("stream__code", flat=True)) == ["A", "B"]
    again = send(engineer, SOUND)
    assert (again["written"], again["counts"]["unchanged"], DeviceEvent.objects.count()) == (False, 2, 2)
    told = send(engineer, "code,note\nD1,井盖已换\n")
    assert (told["written"], told["counts"]["changed"]) == (True, 1)
    logger.refresh_from_db()
    assert (logger.note, logger.serial, logger.feeds.filter(until=None).count()) == ("井盖已换", "1", 2)
    assert AuditEntry.objects.filter(action="device.imported").count() == 2


WRONG = {
    "D/3,供水压力记录仪,JC-WATER-CO,,,,,,112.8,35.5,,": ("设备编码", "D/3", "device.code_form"),
    "D3,测压计,JC-WATER-CO,,,,,,,,,": ("设备类型", "测压计", "word.unknown"),
    "D3,gas-flow,NOBODY,,,,,,,,,": ("权属单位", "NOBODY", "word.unknown"),
    "D3,gas-flow,,,,,,,,,,": ("权属单位", "", "field.missing"),
    "D3,gas-flow,CG,,,,gas,,,,,": ("标段", "gas", "device.lot_alone"),
    "D3,gas-flow,CG,,,,,三月,,,,": ("安装日期", "三月", "device.day_form"),
    "D3,gas-flow,CG,,,,,2999-01-01,,,,": ("安装日期", "2999-01-01", "device.day_ahead"),
    "D3,gas-flow,CG,,,,,,112.8°,35.5,,": ("经度", "112.8°", "number.invalid"),
    "D3,gas-flow,CG,,,,,,112.8,95,,": ("纬度", "95.0", "device.outside"),
    "D3,gas-flow,CG,,,,,,,,A,": ("数据流", "A", "device.stream_quantity"),
    "D3,供水压力记录仪,JC-WATER-CO,,,,,,,,Z,": ("数据流", "Z", "word.unknown"),
    "D3,供水压力记录仪,JC-WATER-CO,,,,,,112.8,35.5,A,在用": ("数据流", "A", "device.twice"),
    "D3,供水压力记录仪,JC-WATER-CO,1,甲厂,,,,,,,": ("出厂编号", "1", "device.twice"),
    "D1,供水压力记录仪,JC-WATER-CO,,,,,,,,,": ("设备编码", "D1", "device.twice"),
    "D3,gas-flow,CG,,,,,,,,,很好": ("状态", "很好", "word.unknown"),
    "D3,gas-flow,CG,,,,,,,,,已安装": ("经度", "", "device.needs_place"),
    "D3,gas-flow,CG,,,,,,112.8,35.5,,在用": ("数据流", "", "device.needs_stream"),
}


def test_a_wrong_row_is_told_and_nothing_of_its_sheet_is_written(engineer: Client) -> None:
    for row, (field, value, rule) in WRONG.items():
        answer = send(engineer, SOUND + row + "\n")
        told = [(f["file"], f["row"], f["field"], f["value"], f["rule"]) for f in answer["findings"]]
        assert ("devices.csv", 4, field, value, rule) in told, row
        assert all(finding["message"] for finding in answer["findings"]), row
        assert (answer["written"], Device.objects.count()) == (False, 0), row
    assert not AuditEntry.objects.filter(action="device.imported").exists()


def test_a_sheet_without_a_header_and_no_sheet_at_all_say_so(engineer: Client) -> None:
    assert [f["rule"] for f in send(engineer, "a,b\n1,2\n")["findings"]] == ["device.no_header"]
    broken = send(engineer, b"PK\x03\x04 no workbook", name="devices.xlsx")
    assert [f["rule"] for f in broken["findings"]] == ["file.unreadable"]
    odd = send(engineer, "设备编码,颜色\n", dry_run=True)
    assert [(f["rule"], f["severity"]) for f in odd["findings"]] == [("device.column_unknown", "warning")]


def test_a_state_is_changed_by_steps_and_scrap_stays_as_it_is(engineer: Client) -> None:
    send(engineer, SOUND)
    assert [f["rule"] for f in send(engineer, "code,state\nD1,停用\n")["findings"]] == ["device.state_by_step"]
    Device.objects.filter(code="D1").update(state="scrapped")
    assert [f["rule"] for f in send(engineer, "code,note\nD1,x\n")["findings"]] == ["device.is_scrapped"]


def test_a_company_s_engineer_neither_sees_nor_takes_another_s_devices(engineer: Client) -> None:
    send(engineer, SOUND)
    gas = add_organisation("JC-GAS-CO", "utility")
    stranger = client_of(add_person("gas", Role.NETWORK_ENGINEER, organisation=gas))
    told = send(stranger, "code,type,owner\nD1,gas-flow,JC-GAS-CO\nD9,water-flow,JC-WATER-CO\n")
    assert [(f["row"], f["rule"]) for f in told["findings"]] == [(2, "device.code_taken"), (3, "word.unknown")]
    assert b"D1" not in stranger.get(f"{ROOT}/device-sheet?format=csv").content


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_without_a_change(kind: str, engineer: Client) -> None:
    send(engineer, SOUND)
    Device.objects.filter(code="D2").update(note='=HYPERLINK("x"), 中文', serial="007")
    sheet = engineer.get(f"{ROOT}/device-sheet?format={kind}").content
    counts = send(engineer, sheet, name=f"d.{kind}")["counts"]
    assert counts == {"new": 0, "changed": 0, "unchanged": 2, "errors": 0, "warnings": 0}
    template = engineer.get(f"{ROOT}/device-sheet?format={kind}&template=true").content
    assert send(engineer, template, name=f"t.{kind}")["findings"] == []
    if kind == "csv":
        notes = [row["备注"] for row in csv.DictReader(io.StringIO(sheet.decode("utf-8-sig")))]
        assert notes == ["", '\'=HYPERLINK("x"), 中文'], "a spreadsheet must not run it"
