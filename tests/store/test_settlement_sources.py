"""Quantities that are found: by a meter's counter, by weighed tickets, each with what it was made from."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from chengmai.access.roles import Role
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.detection.observations import Observations
from chengmai.devices.models import Device, DeviceStream, DeviceType
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream, Gateway
from chengmai.settings import current
from chengmai.settlement.months import first_day
from chengmai.settlement.sheets import gather, open_sheet, quantity_seal
from chengmai.settlement.versions import BindingDraft, ContractDraft, bind, load_contract
from tests.people import add_organisation, add_person
from tests.settling import JANUARY, MARCH, TEXT, Settling, settling
from tests.store.test_custody import Place

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Store:
    """The part of the telemetry store that meters are read from."""

    def __init__(self, rows: Observations) -> None:
        self.rows = rows

    def read(self, streams: list[int], start: datetime, end: datetime) -> Observations:
        """The rows between two moments."""
        first, last = (np.datetime64(one.astimezone(UTC).replace(tzinfo=None), "ms") for one in (start, end))
        return self.rows.take((self.rows.time >= first) & (self.rows.time <= last))


@pytest.fixture
def made() -> Settling:
    return settling(budget=False)


@pytest.fixture
def stream(made: Settling) -> Datastream:
    gateway = Gateway.objects.create(code="G", name="meters", owner=made.contractor, token_hash="-")
    return Datastream.objects.create(
        code="V-1", name="outflow", gateway=gateway, owner=made.contractor, quantity="volume"
    )


def hourly(stream: Datastream, monkeypatch: pytest.MonkeyPatch, *gone: int, modulus: int = 10**9) -> None:
    """A counter of ten cubic metres an hour from before March to after it, read at each hour but some."""
    begun = datetime(2025, 2, 27, 16, tzinfo=UTC)
    hours = [at for at in range(35 * 24) if at not in gone]
    times = [np.datetime64((begun + at * HOUR).replace(tzinfo=None), "ms") for at in hours]
    rows = Observations.fresh([stream.pk] * len(hours), times, [float((1_000_000 + 10 * at) % modulus) for at in hours])
    monkeypatch.setattr(runtime, "_running", SimpleNamespace(store=Store(rows)))


def bound(made: Settling, **parameters: str) -> None:
    bind(made.clerk, made.contract, 1, [BindingDraft("处理水量", "meter", {"stream": "V-1", **parameters})])


def test_a_month_is_counted_by_its_meter_and_cites_the_readings(
    made: Settling, stream: Datastream, monkeypatch: pytest.MonkeyPatch
) -> None:
    hourly(stream, monkeypatch, modulus=1_002_000)
    bound(made, modulus="1002000")
    sheet = open_sheet(made.clerk, made.contract, MARCH)
    row = sheet.quantities.get(input="处理水量")
    assert (row.quantity_millionths, row.estimated_millionths, row.unit) == (31 * 24 * 10 * 10**6, 0, "吨")
    assert [one["code"] for one in row.remarks] == ["meter_roll_over"]
    cited = row.inputs[0]
    assert (cited["kind"], cited["id"], cited["rows"], len(cited["hash"])) == ("readings", "V-1", 33 * 24 + 1, 64)
    assert row.seal == quantity_seal(sheet, row)


def test_what_nobody_read_is_estimated_and_a_swap_is_told(
    made: Settling, stream: Datastream, monkeypatch: pytest.MonkeyPatch
) -> None:
    hourly(stream, monkeypatch, *range(30 * 24, 35 * 24))
    kind = DeviceType.objects.create(code="meter", name_zh="水表", name_en="meter")
    device = Device.objects.create(code="M2", type=kind, owner=made.contractor)
    DeviceStream.objects.create(device=device, stream=stream, since=datetime(2025, 3, 10, 2, 30, tzinfo=UTC))
    bound(made)
    row = open_sheet(made.clerk, made.contract, MARCH).quantities.get(input="处理水量")
    assert {one["code"] for one in row.remarks} == {"meter_swap", "meter_unread"}
    assert row.quantity_millionths == 31 * 24 * 10 * 10**6
    assert row.estimated_millionths == (2 * 24 + 1 + 1) * 10 * 10**6


def test_a_month_without_any_reading_is_not_guessed(
    made: Settling, stream: Datastream, monkeypatch: pytest.MonkeyPatch
) -> None:
    hourly(stream, monkeypatch)
    bound(made)
    with pytest.raises(InvalidInput, match=r"meter\.nothing_measured"):
        open_sheet(made.clerk, made.contract, JANUARY)


def test_only_what_is_there_and_within_reach_is_bound(made: Settling, stream: Datastream) -> None:
    with pytest.raises(InvalidInput, match=r"settlement\.source_lacks"):
        bind(made.clerk, made.contract, 1, [BindingDraft("处理水量", "meter", {})])
    with pytest.raises(InvalidInput, match=r"settlement\.source_unknown"):
        bind(made.clerk, made.contract, 1, [BindingDraft("处理水量", "guess", {})])
    home = add_organisation("ELSE", "utility")
    stranger = add_person("stranger", Role.FINANCE, organisation=home)
    other = load_contract(stranger, ContractDraft("e.txt", TEXT.replace("W-1", "E-1"), "ELSE", "ELSE", JANUARY)).version
    assert other is not None
    with pytest.raises(NotFound, match=r"settlement\.stream_not_found"):
        bind(stranger, other.contract, 1, [BindingDraft("处理水量", "meter", {"stream": "V-1"})])


def test_weighed_tickets_are_counted_each_with_its_hash_and_held_ones_are_told() -> None:
    place = Place()
    clerk = add_person("clerk", Role.FINANCE, organisation=place.section.parent)
    ticket = place.weigh(place.trip(), "1")
    held = place.weigh(place.trip(hours_ago=1.2, confirmed=False), "2", net=4000)
    text = TEXT.replace("W-1", "S-1").replace("处理水量", "处置量")
    draft = ContractDraft("s.txt", text, "CG", "PLANT", JANUARY)
    loaded = load_contract(clerk, draft).version
    assert loaded is not None
    contract = loaded.contract
    wanted = {"receiver": "PLANT", "material": "sludge", "carrier": "HAUL"}
    contract = bind(clerk, contract, 1, [BindingDraft("处置量", "tickets", wanted)])
    month = first_day(ticket.gross_at.astimezone(current().zone).date())
    sheet = open_sheet(clerk, contract, month)
    row = sheet.quantities.get(input="处置量")
    assert row.quantity_millionths == 5 * 10**6
    assert [(one["kind"], one.get("kg")) for one in row.inputs] == [("ticket", 5000), ("weighed", None)]
    assert row.inputs[0]["id"] == str(ticket.pk)
    assert row.inputs[0]["hash"] == ticket.hash
    same = first_day(held.gross_at.astimezone(current().zone).date()) == month
    told = [{"code": "tickets_held", "params": {"count": 1, "tonnes": "4"}}] if same else []
    assert row.remarks == told
    again = gather(clerk, sheet.pk, sheet.version).quantities.get(input="处置量")
    assert (again.seal, again.inputs) == (row.seal, row.inputs)


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"receiver": "WORKS", "material": "gold"}, "settlement.material_unknown"),
        ({"receiver": "NOBODY", "material": "sludge"}, "settlement.organisation_unknown"),
        ({"receiver": "WORKS", "material": "sludge", "carrier": "NOBODY"}, "settlement.organisation_unknown"),
    ],
)
def test_tickets_of_nobody_are_not_bound(made: Settling, parameters: dict[str, str], error: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        bind(made.clerk, made.contract, 1, [BindingDraft("处理水量", "tickets", parameters)])
    assert caught.value.code == error
