"""The shipped tables of gas, heat and chambers are what their makers make, and the gas network carries its peak.

The bounds of pressure are those of the trade (default): a low-pressure main keeps 80 % of what its regulator gives, a
trunk of medium pressure A stays above 200 kPa.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest

from chengmai.demo import make_networks
from chengmai.demo.laying import DATA
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.survey_files import pack_folder, tables_of
from chengmai.network.survey_reader import read_survey
from chengmai.network.utilities import Utility
from chengmai.physics.gas_hydraulics import GasModel, base_demands

MADE = ("gas", "heat", "storm", "sewer", "power", "telecom")


def survey(folder: str, utility: Utility) -> PipeNetwork:
    tables, _ = tables_of(folder, pack_folder(DATA / folder))
    network, findings = read_survey(tables, folder, utility)
    assert findings == []
    return network


def test_the_tables_are_those_that_are_made_today(tmp_path: Path) -> None:
    shutil.copytree(DATA / "survey", tmp_path / "survey", ignore=shutil.ignore_patterns("*User*", "*Valve*"))
    make_networks.main(tmp_path)
    for folder in ("survey", *MADE):
        made = {file.name: file.read_bytes() for file in (tmp_path / folder).iterdir()}
        shipped = {file.name: file.read_bytes() for file in (DATA / folder).iterdir()}
        assert made.keys() == shipped.keys()
        assert [name for name in made if made[name] != shipped[name]] == [], "run python -m chengmai.demo.make_networks"
    assert sum(file.stat().st_size for file in DATA.rglob("*") if file.is_file()) < 1_500_000


@pytest.mark.parametrize("hour", [3, 11, 18])
def test_the_gas_network_keeps_its_pressures_at_any_hour(hour: int) -> None:
    gas = survey("gas", Utility.GAS)
    drawn = base_demands(gas, {pattern.code: pattern.multipliers[hour] for pattern in gas.patterns})
    found = GasModel(gas).solve(drawn)
    low = np.zeros(len(gas.nodes), dtype=bool)
    for i, told in enumerate(gas.links.attributes):
        if told.get("pressure_class") == "low":
            low[[gas.links.start[i], gas.links.end[i]]] = True
    assert found.pressure_kpa[low].min() >= 2.0
    assert found.pressure_kpa[low].max() == pytest.approx(2.5, abs=0.05)
    assert found.pressure_kpa[~low].min() > 200
    source = int(np.flatnonzero(gas.nodes.kind)[0])
    fed = sum(
        found.flow_m3h[i] * (1 if gas.links.start[i] == source else -1)
        for i in np.flatnonzero((gas.links.start == source) | (gas.links.end == source))
    )
    assert fed == pytest.approx(drawn.sum() * 3600, rel=1e-4)


def test_the_heat_a_source_must_give_fits_the_pipes_at_it() -> None:
    heat = survey("heat", Utility.HEAT)
    source = int(np.flatnonzero(heat.nodes.kind)[0])
    kw = sum(told.get("heat_kw", 0.0) for told in heat.nodes.attributes)
    flow = kw * 1000 / (4.19e6 * 0.97 * 50)
    at_source = np.flatnonzero((heat.links.start == source) | (heat.links.end == source))
    area = float((np.pi / 4 * heat.links.diameter[at_source] ** 2).sum())
    assert 20_000 < kw < 60_000
    assert 0.2 < flow / area < 2.0
