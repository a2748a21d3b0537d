"""Surveys of every utility: whose tables are read, what its own facilities say, valves, users, chambers."""

import io
import zipfile

import pytest

from chengmai.core.findings import Finding, Severity
from chengmai.network.pipe_network import LinkKind, NodeKind, PipeNetwork
from chengmai.network.survey_files import tables_of
from chengmai.network.survey_reader import read_survey
from chengmai.network.survey_utilities import CUSTOMS, beginnings
from chengmai.network.utilities import Utility

POINTS = """Exp_No,X,Y,High,Feature,Subsid,WellDeep,Area
a,3931000,38394000,700,,,2.5,1.2
b,3931080,38394000,700.5,,,1.8,0.8
c,3931160,38394000,701,,,,
"""
LINES = """LineNo,S_Point,E_Point,S_Deep,E_Deep,Material,PSize,Pressure,MDate
l1,a,b,1.2,1.3,PE,DN200,中压A,2011
l2,b,c,1.3,1.2,PE,DN200,怪压,1998-05-01
"""


def read(utility: Utility, **tables: str) -> tuple[PipeNetwork, list[Finding]]:
    """The network of CSV tables, named as keyword arguments are."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, text in tables.items():
            packed.writestr(f"{name}.csv", text.encode())
    sheets, findings = tables_of("t.zip", target.getvalue())
    network, found = read_survey(sheets, "t.zip", utility)
    return network, [*findings, *found]


def rules(findings: list[Finding], severity: Severity) -> list[tuple[str, str, int | None, str | None]]:
    return [(f.rule, f.file.removeprefix("t.zip/"), f.row, f.field) for f in findings if f.severity == severity]


@pytest.mark.parametrize("utility", Utility)
def test_each_utility_reads_its_own_tables_and_leaves_those_of_others(utility: Utility) -> None:
    code = CUSTOMS[utility].code
    for other in Utility:
        own = {f"{code}Point": POINTS, f"{code}Line": LINES}
        foreign = {f"{name.upper()}Point": POINTS for name in beginnings(other)} if other != utility else {}
        network, findings = read(utility, **own, **foreign)
        assert network.links.code.tolist() == ["l1", "l2"], (other, findings)
        told = {f.file for f in findings if f.rule == "table.other_network"}
        assert told == {f"t.zip/{name}.csv" for name in foreign}


@pytest.mark.parametrize(
    ("utility", "points", "lines"),
    [
        (Utility.WATER, "自来水管点", "供水管线表"),
        (Utility.GAS, "天然气管线点", "燃气_管线"),
        (Utility.HEAT, "热力点表", "供热管段"),
        (Utility.STORM, "雨水管点", "Y线"),
        (Utility.SEWER, "污水管点表", "排水管线"),
        (Utility.POWER, "电力点", "电力线"),
        (Utility.TELECOM, "通信管线点", "TX-Line"),
    ],
)
def test_chinese_names_of_tables(utility: Utility, points: str, lines: str) -> None:
    network, _ = read(utility, **{points: POINTS, lines: LINES})
    assert len(network.links) == 2


def test_a_gas_network_with_gate_station_regulator_and_classes() -> None:
    facilities = (
        "Code,Kind,Point,S_Point,E_Point,PressureKPa,OutletKPa,Diameter,Name\n"
        "s,门站,a,,,400,,,城北门站\nr,调压箱,,c,d,,2.5,50,三号调压箱\nx,水厂,b,,,1,,,\ny,调压箱,,c,d,,,50,\n"
    )
    points = POINTS + "d,3931162,38394000,701,,,,\n"
    network, findings = read(
        Utility.GAS,
        RQPoint=points,
        RQLine=LINES,
        RQFacility=facilities,
        RQDemand="Point,Base,Category\nd,36,居民\n",
    )
    source, regulator = network.node_index["a"], network.link_index["r"]
    assert network.nodes.kind[source] == NodeKind.RESERVOIR
    assert (
        network.nodes.attributes[source] | {"pressure_kpa": 400.0, "name": "城北门站"}
        == network.nodes.attributes[source]
    )
    assert network.nodes.elevation[source] == pytest.approx(698.8)
    assert network.links.kind[regulator] == LinkKind.PRV
    assert network.links.attributes[regulator] == {"outlet_kpa": 2.5, "name": "三号调压箱"}
    assert network.links.diameter[regulator] == 0.05
    assert network.demands.base.tolist() == [0.01]
    assert network.options.headloss == "D-W"
    assert network.links.roughness[0] == pytest.approx(1e-5)
    first, second = (network.links.attributes[network.link_index[code]] for code in ("l1", "l2"))
    assert (first["pressure_class"], first["laid_year"]) == ("medium_a", 2011)
    assert (second["pressure_class"], second["laid_year"]) == ("怪压", 1998)
    assert rules(findings, Severity.ERROR) == [
        ("code.out_of_domain", "RQFacility.csv", 4, "Kind"),
        ("field.missing", "RQFacility.csv", 5, "OutletKPa"),
    ]
    assert ("code.out_of_domain", "RQLine.csv", 3, "Pressure") in rules(findings, Severity.WARNING)
    assert ("network.no_valves", "t.zip", None, None) in rules(findings, Severity.WARNING)


def test_a_heat_network_with_source_and_stations() -> None:
    facilities = (
        "Code,Kind,Point,PressureKPa,SupplyC,LiftKPa,HeatKW,BuildingClass,Name\n"
        "s,热源厂,a,300,110,250,,,北热源\nq,热力站,c,,,,3500,energy_saving,一号站\nz,热力站,b,,,,,,二号站\n"
        "t,热源,b,300,900,250,,,\n"
    )
    network, findings = read(Utility.HEAT, RSPoint=POINTS, RSLine=LINES, RSFacility=facilities)
    source, station = (network.nodes.attributes[network.node_index[code]] for code in "ac")
    assert {name: source[name] for name in ("pressure_kpa", "supply_c", "lift_kpa")} == {
        "pressure_kpa": 300.0,
        "supply_c": 110.0,
        "lift_kpa": 250.0,
    }
    assert network.nodes.kind.tolist() == [NodeKind.RESERVOIR, NodeKind.JUNCTION, NodeKind.JUNCTION]
    assert {name: station[name] for name in ("heat_kw", "building_class", "station")} == {
        "heat_kw": 3500.0,
        "building_class": "energy_saving",
        "station": "一号站",
    }
    assert rules(findings, Severity.ERROR) == [
        ("field.missing", "RSFacility.csv", 4, "HeatKW"),
        ("number.too_large", "RSFacility.csv", 5, "SupplyC"),
    ]


def test_valves_and_users_stand_where_the_survey_says() -> None:
    rows = ("v2,l2,c,关,锈死", "v1,l1,a,,", "v3,l9,a,,", "v4,l1,c,,", "v1,l1,b,,", "v5,l1,b,半开,好")
    valves = "\n".join(("Code,LineNo,Point,State,Condition", *rows))
    users = (
        "Code,Point,Name,Category,Users\nu1,c,市第二医院,医院,1\nu2,b,,,120\nu3,z,,居民,5\nu4,b,飞行器厂,航天,3\n"
        "u5,b,,居民,-1\n"
    )
    network, findings = read(Utility.WATER, JSPoint=POINTS, JSLine=LINES, JSValve=valves, JSUser=users)
    told = network.valves
    where = [(network.links.code[i], network.nodes.code[n]) for i, n in zip(told.link, told.node, strict=True)]
    assert told.code.tolist() == ["v1", "v5", "v2"]
    assert where == [("l1", "a"), ("l1", "b"), ("l2", "c")]
    assert (told.open.tolist(), told.works.tolist()) == ([True, True, False], [True, True, False])
    people = network.customers
    assert people.code.tolist() == ["u2", "u4", "u1"]
    assert people.category.tolist() == ["residential", "residential", "hospital"]
    assert people.users.tolist() == [120, 3, 1]
    assert (people.name.tolist(), people.node.tolist()) == (["", "飞行器厂", "市第二医院"], [1, 1, 2])
    assert sorted(rules(findings, Severity.ERROR)) == [
        ("code.duplicate", "JSValve.csv", 6, "Code"),
        ("customer.node_unknown", "JSUser.csv", 4, "Point"),
        ("number.too_small", "JSUser.csv", 6, "Users"),
        ("valve.link_unknown", "JSValve.csv", 4, "LineNo"),
        ("valve.not_at_end", "JSValve.csv", 5, "Point"),
    ]
    assert not {"network.no_valves"} & {f.rule for f in findings}


def test_telephone_numbers_are_kept_of_institutions_and_of_no_household() -> None:
    users = (
        "Code,Point,Name,Category,Users,联系电话\nu1,c,市第二医院,医院,1,0356-5550201\nu2,b,张三,居民,1,13900000000\n"
        "u3,b,实验小学,学校,1,问门卫\nu4,a,面馆,商业,1,0356-5550204转8\n"
    )
    network, findings = read(Utility.WATER, JSPoint=POINTS, JSLine=LINES, JSUser=users)
    people = network.customers
    phones = {str(code): people.phone_of(i) for i, code in enumerate(people.code)}
    assert phones == {"u1": "0356-5550201", "u2": "", "u3": "", "u4": "0356-5550204转8"}
    told = [(f.rule, f.row, f.severity) for f in findings if f.file.endswith("JSUser.csv")]
    assert told == [("phone.of_household", 3, Severity.WARNING), ("code.out_of_domain", 4, Severity.WARNING)]


def test_chambers_keep_their_depth_and_area_and_need_neither_lines_nor_a_source() -> None:
    network, findings = read(Utility.TELECOM, TXPoint=POINTS)
    assert network.nodes.code.tolist() == ["a", "b", "c"]
    assert [(a.get("well_deep_m"), a.get("area_m2")) for a in network.nodes.attributes] == [
        (2.5, 1.2),
        (1.8, 0.8),
        (None, None),
    ]
    assert [(f.rule, f.value, f.severity) for f in findings] == [("network.no_conduits", "TXLine", Severity.WARNING)]
    network, findings = read(Utility.STORM, YSPoint=POINTS.replace(",2.5,1.2", ",25m,0"), YSLine=LINES)
    assert rules(findings, Severity.ERROR) == [
        ("link.end_unknown", "YSLine.csv", 2, "S_Point"),
        ("number.invalid", "YSPoint.csv", 2, "WellDeep"),
        ("number.too_small", "YSPoint.csv", 2, "Area"),
    ]


def test_pressure_networks_without_pipes_are_not_loadable() -> None:
    network, findings = read(Utility.GAS, RQPoint=POINTS)
    assert (len(network.nodes), len(network.links)) == (0, 0)
    assert ("table.missing", "t.zip", None, "table") in rules(findings, Severity.ERROR)
