"""Every contract of the demonstration city agrees with what was published, or is off by exactly what its text says."""

from importlib.resources import files

import pytest

from chengmai.contracts.measures import unit
from chengmai.contracts.reading import read_contract
from chengmai.contracts.scenarios import play
from chengmai.contracts.text import Agreement

CONTRACTS = sorted((files("chengmai.demo") / "contracts").iterdir(), key=lambda file: file.name)
NOT_FOLLOWING = {
    ("fly-ash-landfill.txt", "处置费", "-0.78 元"),
    ("fly-ash-landfill.txt", "处置费", "2.36 元"),
    ("sewage-jinjiang-ppp.txt", "差额费", "100.00 元"),
    ("sewage-jinjiang-ppp.txt", "应付额", "-8,800.00 元"),
    ("sewage-jinjiang-ppp.txt", "运维绩效服务费", "991,200.00 元"),
    ("waste-incineration.txt", "处理费", "2,800.00 元"),
}
"""Published figures that do not follow from their own terms: contract, step, published less computed."""


@pytest.mark.parametrize("file", CONTRACTS, ids=lambda file: file.name)
def test_a_contract_agrees_with_every_published_figure(file: object) -> None:
    contract, findings = read_contract(file.name, file.read_text("utf-8"))  # type: ignore[attr-defined]
    assert findings == ()
    assert contract is not None
    compared = list(play(contract))
    assert compared
    assert [(one.scenario.title, one.expected.name) for one in compared if not one.agrees] == []


def test_the_figures_that_do_not_follow_are_these() -> None:
    found = set()
    for file in CONTRACTS:
        contract, _ = read_contract(file.name, file.read_text("utf-8"))
        assert contract is not None
        for one in play(contract):
            if one.expected.agreement is Agreement.PRINTED:
                found.add((file.name, one.expected.name, one.off.told(unit("元"))))
    assert found == NOT_FOLLOWING
