"""The shipped survey tables hold the network they were made from: EPANET finds the same pressures and flows in both.

Heights were rounded to the millimetre and raised by a constant when the tables were made, so the tolerance is 5 mm.
"""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from epanet import toolkit as en

from chengmai.core.findings import Finding
from chengmai.network.inp_writer import write_inp
from chengmai.network.pipe_network import PipeNetwork
from chengmai.network.survey_files import pack_folder, tables_of
from chengmai.network.survey_reader import read_survey

SURVEY = Path(str(files("chengmai.demo"))) / "data" / "survey"
PUBLISHED = Path(__file__).parent / "data" / "ltown_pressures.csv"
"""Pressures EPANET 2.3 finds in the published model over its first day, hourly: node, then 25 values [m]."""


def survey() -> tuple[PipeNetwork, list[Finding]]:
    """The shipped tables as a network."""
    sheets, findings = tables_of("survey", pack_folder(SURVEY))
    network, found = read_survey(sheets, "survey")
    return network, [*findings, *found]


def hourly_pressures(path: Path) -> dict[str, np.ndarray]:
    """Pressure [m] of every node at each full hour of a day, by EPANET."""
    project = en.createproject()
    en.open(project, str(path), str(path.with_suffix(".rpt")), "")
    en.setoption(project, en.ACCURACY, 1e-6)
    en.setoption(project, en.TRIALS, 200)
    en.settimeparam(project, en.DURATION, 86400)
    codes = {i: en.getnodeid(project, i) for i in range(1, en.getcount(project, en.NODECOUNT) + 1)}
    found: dict[str, list[float]] = {code: [] for code in codes.values()}
    en.openH(project)
    en.initH(project, 0)
    while True:
        if en.runH(project) % 3600 == 0:
            for i, code in codes.items():
                found[code].append(en.getnodevalue(project, i, en.PRESSURE))
        if en.nextH(project) <= 0:
            break
    en.closeH(project)
    en.deleteproject(project)
    return {code: np.array(values) for code, values in found.items()}


def test_the_shipped_tables_are_without_findings() -> None:
    network, findings = survey()
    assert findings == []
    assert (len(network.nodes), len(network.links)) == (785, 909)
    assert network.pipe_length_m == pytest.approx(43_163.2, abs=0.1)


def test_pressures_are_those_of_the_published_model(tmp_path: Path) -> None:
    ours = tmp_path / "ours.inp"
    ours.write_text(write_inp(survey()[0]))
    found = hourly_pressures(ours)
    published = {
        name: np.array(values.split(), dtype=float)
        for name, _, values in (line.partition(",") for line in PUBLISHED.read_text().splitlines()[1:])
    }
    assert len(published) > 30
    for code, pressures in published.items():
        assert found[code] == pytest.approx(pressures, abs=0.005), code
