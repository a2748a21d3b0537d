"""Loads the demonstration city: its organisations, people, networks, frame, sensors, devices, rules, case classes."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from pathlib import Path

from django.db import transaction

from chengmai.access import audit
from chengmai.access.models import Organisation, User
from chengmai.access.services import add_user
from chengmai.assets.models import City, GridCell, Network, Street
from chengmai.assets.queries import load_network
from chengmai.assets.services import import_network
from chengmai.casework.classes.editions import load_classes
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, Unavailable
from chengmai.demo import (
    gas_sensors,
    heat_sensors,
    lifeline_project,
    lifeline_sheet,
    networks,
    people,
    quality_sensors,
    sensors,
    waste,
)
from chengmai.demo.budget import ensure_budget
from chengmai.demo.care import ensure_care
from chengmai.demo.components import ensure_components
from chengmai.demo.crew import ensure_crew
from chengmai.demo.devices import ensure_devices, interval_of
from chengmai.demo.hotline import ensure_hotline
from chengmai.demo.make_survey import CENTRE, DISTRICT
from chengmai.demo.past_cases import ensure_past_cases
from chengmai.demo.patrols import ensure_patrols
from chengmai.demo.settlement import ensure_settlement
from chengmai.demo.upkeep import ensure_upkeep
from chengmai.demo.upkeep_sheet import ensure_upkeep_sheet
from chengmai.disposal.customary_plans import load_customary
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.survey_files import pack_folder
from chengmai.sensing.models import Datastream, Gateway
from chengmai.sensing.services import add_gateway
from chengmai.warning.models import Rule

NETWORK_CODE = networks.WATER
DATA = Path(str(files("chengmai.demo"))) / "data"

Rows = Callable[[], Iterable[sensors.StreamRow]]
Rules = Callable[[], Iterable[sensors.RuleRow]]
MEASURED: tuple[tuple[str, Rows, Rules], ...] = (
    (networks.WATER, sensors.streams, sensors.rules),
    (networks.WATER, quality_sensors.streams, quality_sensors.rules),
    (networks.HEAT, heat_sensors.streams, heat_sensors.rules),
    (networks.GAS, gas_sensors.streams, gas_sensors.rules),
    *((code, partial(gas_sensors.of_chambers, code), tuple) for code in gas_sensors.CHAMBERS),
    (networks.SEWER, tuple, gas_sensors.battery_rules),
)
"""The network of each table of sensors and rules; both belong to the network's owner unless a row names another."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may log in; the password is told here once and kept only as a hash."""

    username: str
    name: str
    organisation: str
    role: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accounts:
    """What loading made anew: people, and the tokens of gateways by code. Empty when the city stood already."""

    people: tuple[Account, ...]
    gateway_tokens: dict[str, str] = field(repr=False)


def load_city() -> Accounts:
    """Load whatever of the demonstration city is missing; what is there stays as it is.

    Raises Conflict when this installation serves a real city, Unavailable when the shipped tables cannot be read.
    """
    _ensure_city()
    organisations = _ensure_organisations()
    made = tuple(_ensure_people())
    ensure_crew()
    found = {row.code: _ensure_network(row, organisations[row.owner]) for row in networks.NETWORKS}
    _ensure_streets()
    _ensure_cells(organisations[people.BUREAU])
    tokens = _ensure_gateways()
    for code, streams, rules in MEASURED:
        _ensure_streams(found[code], streams())
        _ensure_rules(found[code], rules())
    ensure_devices()
    ensure_care()
    handling = {"water": people.WATER_COMPANY, "gas": people.GAS_COMPANY, "heat": people.HEAT_COMPANY}
    handling |= dict.fromkeys(("drainage", "municipal"), people.WATER)
    handling |= dict.fromkeys(
        ("appearance", "sanitation", "landscaping", "construction", "lighting"), people.APPEARANCE
    )
    load_classes({kind: organisations[code] for kind, code in handling.items()})
    ensure_components()
    ensure_past_cases()
    ensure_patrols()
    ensure_hotline()
    load_customary()
    lifeline_project.ensure_project(people.BUREAU)
    lifeline_sheet.ensure_sheet()
    ensure_budget(people.BUREAU)
    ensure_upkeep(people.BUREAU)
    ensure_upkeep_sheet(people.BUREAU)
    waste.ensure_waste()
    ensure_settlement()
    return Accounts(made, tokens)


def _ensure_city() -> None:
    with transaction.atomic():
        city = City.objects.first()
        if city is not None and not city.demonstration:
            raise Conflict("demo.city_is_real", city=city.name_zh)
        if city is None:
            City.objects.create(
                name_zh="晋城（演示数据）",
                name_en="Jincheng (demonstration)",
                demonstration=True,
                longitude=CENTRE[0],
                latitude=CENTRE[1],
                district=DISTRICT,
            )
            audit.record(None, "city.added", "city", DISTRICT, after={"demonstration": True})


def _ensure_organisations() -> dict[str, Organisation]:
    known: dict[str, Organisation] = {}
    with transaction.atomic():
        for row in (*people.ORGANISATIONS, *waste.ORGANISATIONS):
            known[row.code], _ = Organisation.objects.get_or_create(
                code=row.code,
                defaults={
                    "name_zh": row.name_zh,
                    "name_en": row.name_en,
                    "kind": row.kind,
                    "parent": known.get(row.parent),
                    "contact": row.contact,
                },
            )
    return known


def _ensure_people() -> Iterator[Account]:
    """Accounts that are missing; their passwords need not be changed at once, or every visitor would have to."""
    for row in people.PEOPLE:
        if User.objects.filter(username=row.username).exists():
            continue
        password = add_user(None, row.username, row.name, row.organisation, [row.role])
        User.objects.filter(username=row.username).update(password_changed_at=now())
        yield Account(row.username, row.name, row.organisation, row.role.value, password)


def _ensure_network(row: networks.NetworkRow, owner: Organisation) -> Network:
    network, _ = Network.objects.select_related("edition", "owner").get_or_create(
        code=row.code,
        defaults={"name_zh": row.name_zh, "name_en": row.name_en, "utility": row.utility, "owner": owner},
    )
    if network.edition is None:
        result = import_network(None, network, f"demonstration-{row.folder}.zip", pack_folder(DATA / row.folder))
        if not result.published:
            raise Unavailable("demo.tables_broken", findings=len(result.findings))
    return network


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        yield from csv.DictReader(source)


def _path(text: str) -> list[list[float]]:
    return [[float(part) for part in pair.split()] for pair in text.split(";")]


def _ensure_streets() -> None:
    with transaction.atomic():
        if not Street.objects.exists():
            Street.objects.bulk_create(
                Street(name_zh=row["name_zh"], name_en=row["name_en"], path=_path(row["path"]))
                for row in _rows("streets.csv")
            )


def _ensure_cells(keeper: Organisation) -> None:
    with transaction.atomic():
        if GridCell.objects.exists():
            return
        for row in _rows("cells.csv"):
            ring = _path(row["ring"])
            longitudes, latitudes = [x for x, _ in ring], [y for _, y in ring]
            GridCell.objects.create(
                code=row["code"],
                name=row["name"],
                organisation=keeper,
                ring=ring,
                west=min(longitudes),
                south=min(latitudes),
                east=max(longitudes),
                north=max(latitudes),
            )


def _ensure_gateways() -> dict[str, str]:
    known = set(Gateway.objects.values_list("code", flat=True))
    missing = [row for row in networks.GATEWAYS if row.code not in known]
    return {row.code: add_gateway(None, row.code, row.name, row.owner)[1] for row in missing}


def _ensure_streams(network: Network, rows: Iterable[sensors.StreamRow]) -> None:
    known = set(Datastream.objects.values_list("code", flat=True))
    gateways = {gateway.code: gateway for gateway in Gateway.objects.all()}
    owners = {organisation.code: organisation for organisation in Organisation.objects.all()}
    arrays = load_network(network)
    with transaction.atomic():
        for row in rows:
            if row.code in known:
                continue
            longitude, latitude = _place(arrays, row.element)
            Datastream.objects.create(
                code=row.code,
                name=row.name,
                gateway=gateways[row.gateway],
                owner=owners.get(row.owner, network.owner),
                quantity=row.quantity.value,
                network=network,
                element=row.element,
                longitude=longitude,
                latitude=latitude,
                low=row.low,
                high=row.high,
                interval_s=interval_of(row),
            )


def _place(arrays: PipeNetwork, element: str) -> tuple[float | None, float | None]:
    """Where an element of the network lies; nowhere when an import since took it away."""
    if element in arrays.node_index:
        node = arrays.node_index[element]
        return float(arrays.nodes.x[node]), float(arrays.nodes.y[node])
    return arrays.midpoint(arrays.link_index[element]) if element in arrays.link_index else (None, None)


def _ensure_rules(network: Network, rows: Iterable[sensors.RuleRow]) -> None:
    with transaction.atomic():
        for row in rows:
            if not Rule.objects.filter(code=row.code).exists():
                Rule.objects.create(
                    code=row.code, kind=row.kind, network=network, owner=network.owner, parameters=row.parameters
                )
