"""What we read and write again gives EPANET the same network: pressures and flows agree over a day."""

from pathlib import Path

import numpy as np
import pytest
from epanet import toolkit as en

from chengmai.network.inp_reader import read_inp
from chengmai.network.inp_units import PSI_AS_HEAD
from chengmai.network.inp_writer import write_inp

DATA = Path(__file__).parent.parent / "data" / "networks"


def solve(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pressures (n_steps, n_nodes) and flows (n_steps, n_links) by code, in the file's units, every half hour."""
    project = en.createproject()
    en.open(project, str(path), str(path.with_suffix(".rpt")), "")
    en.setoption(project, en.ACCURACY, 1e-6)
    nodes = sorted((en.getnodeid(project, i), i) for i in range(1, en.getcount(project, en.NODECOUNT) + 1))
    links = sorted((en.getlinkid(project, i), i) for i in range(1, en.getcount(project, en.LINKCOUNT) + 1))
    en.openH(project)
    en.initH(project, 0)
    pressures, flows, t = [], [], 0
    while True:
        t = en.runH(project)
        if t % 1800 == 0:
            pressures.append([en.getnodevalue(project, i, en.PRESSURE) for _, i in nodes])
            flows.append([en.getlinkvalue(project, i, en.FLOW) for _, i in links])
        if en.nextH(project) <= 0:
            break
    en.closeH(project)
    en.deleteproject(project)
    return np.array(pressures), np.array(flows)


def test_customary_file_and_our_metric_one_agree(tmp_path: Path) -> None:
    source = tmp_path / "source.inp"
    source.write_bytes((DATA / "hillside.inp").read_bytes())
    network, _ = read_inp(source.read_bytes(), source.name)
    ours = tmp_path / "ours.inp"
    ours.write_text(write_inp(network))
    psi, gpm = solve(source)
    metres, m3h = solve(ours)
    assert metres == pytest.approx(psi * PSI_AS_HEAD, abs=0.01)
    assert m3h == pytest.approx(gpm * 0.003785411784 * 60, abs=0.05)
    assert np.ptp(psi, axis=0).max() > 1, "the day must move something, or the comparison proves little"
