"""Survey tables: names and headers as people write them, and every check with its file, row and column."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from chengmai.core.findings import Finding, Severity
from chengmai.network.pipe_network import LinkKind, LinkStatus, NodeKind, PipeNetwork
from chengmai.network.survey_files import MOST_BYTES, is_table_file, pack_folder, tables_of
from chengmai.network.survey_reader import read_survey

DATA = Path(__file__).parent.parent / "data" / "networks"
POINTS = [
    ["W", "3931000", "38394000", "700", "进出水口"],
    ["P1", "3931100", "38394000", "701.2", "弯头"],
    ["P2", "3931100", "38394080", "702", "起讫点"],
]
POINT_HEADER = ["Exp_No", "X", "Y", "High", "Feature"]
LINES = [["W", "P1", "1.2", "1.2", "PE", "DN200", "100.5"], ["P1", "P2", "1.2", "1.0", "PE", "200", ""]]
LINE_HEADER = ["S_Point", "E_Point", "S_Deep", "E_Deep", "Material", "PSize", "PipeLength"]
FACILITIES = [["Code", "Kind", "Point", "Head"], ["W", "水库", "W", "760"]]


def read(data: bytes, name: str = "tables.zip") -> tuple[PipeNetwork, list[Finding]]:
    assert is_table_file(data)
    sheets, findings = tables_of(name, data)
    network, found = read_survey(sheets, name)
    return network, [*findings, *found]


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return target.getvalue()


def csv_of(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    return "\n".join(",".join(row) for row in rows).encode(encoding)


def errors(findings: list[Finding]) -> list[tuple[str, int | None, str]]:
    return [(f.rule, f.row, f.field or "") for f in findings if f.severity == Severity.ERROR]


def test_a_workbook_with_english_headers() -> None:
    network, findings = read(
        workbook({"JSPoint": [POINT_HEADER, *POINTS], "JSLine": [LINE_HEADER, *LINES], "JSFacility": FACILITIES}),
        "a.xlsx",
    )
    assert [f.rule for f in findings] == ["network.no_valves"]
    assert network.nodes.code.tolist() == ["W", "P1", "P2"]
    assert network.nodes.kind.tolist() == [NodeKind.RESERVOIR, NodeKind.JUNCTION, NodeKind.JUNCTION]
    assert network.links.diameter.tolist() == [0.2, 0.2]
    assert network.links.length[0] == 100.5
    assert network.links.length[1] == pytest.approx(80.0)
    assert network.nodes.elevation[1] == pytest.approx(701.2 - 1.2)
    assert network.links.roughness[0] == 140
    assert 112.8 < network.nodes.x[0] < 112.9
    assert 35.4 < network.nodes.y[0] < 35.6


def test_two_header_rows_and_chinese_names() -> None:
    groups = ["管线点", "坐标(m)", "", "高程(m)", ""]
    parts = ["预编号", "X", "Y", "地面", "特征"]
    below = ["管线点预编号", *parts[1:]]
    lines = [["起点点号", "终点点号", "起点埋深", "终点埋深", "管线材料", "管径或断面(mm)", "管长(m)"], *LINES]
    network, findings = read(
        workbook({"给水管点": [["某区供水管线点表"], groups, below, *POINTS], "给水管线": lines, "设施": FACILITIES})
    )
    assert errors(findings) == []
    assert len(network.links) == 2


def test_a_header_in_both_languages() -> None:
    chinese = ["管线点预编号", "X坐标", "Y坐标", "地面高程", "特征"]
    network, findings = read(
        workbook(
            {"JSPoint": [POINT_HEADER, chinese, *POINTS], "JSLine": [LINE_HEADER, *LINES], "JSFacility": FACILITIES}
        )
    )
    assert [f.rule for f in findings] == ["network.no_valves"]
    assert len(network.nodes) == 3


def test_a_result_table_tells_points_and_lines_in_one() -> None:
    header = [
        "管线点预编号",
        "连接点号",
        "埋设方式",
        "管线材料",
        "管径或断面",
        "特征",
        "附属物",
        "X",
        "Y",
        "地面",
        "管顶",
        "管底",
        "埋深",
    ]
    rows = [
        ["W", "P1", "直埋", "PE", "200", "进出水口", "水厂", 3931000, 38394000, 700, 698.8, 698.6, 1.2],
        ["P1", "W", "直埋", "PE", "200", "弯头", "", 3931100, 38394000, 701.2, 700.0, 699.8, 1.2],
        ["", "P2", "直埋", "PE", "150", "", "", "", "", "", 700.0, 699.85, 1.2],
        ["P2", "P1", "直埋", "PE", "100", "起讫点", "", 3931100, 38394080, 702, 701.0, 700.85, 1.0],
    ]
    network, findings = read(workbook({"管线点成果表": [header, *rows], "设施表": FACILITIES}))
    assert errors(findings) == []
    assert {(f.rule, f.row) for f in findings} == {
        ("line.sides_differ", 4),
        ("diameter.jump", 3),
        ("network.no_valves", None),
    }
    assert network.link_index.keys() == {"W-P1", "P1-P2"}
    assert network.nodes.elevation.tolist() == [760.0, 700.0, 701.0]


def test_csv_files_in_gb18030_in_a_zip() -> None:
    points = csv_of([["管线点预编号", "X", "Y", "地面高程", "特征"], *POINTS], "gb18030")
    network, findings = read(archive({"a/JSPoint.csv": points, "a/JSLine.csv": csv_of([LINE_HEADER, *LINES])}))
    assert errors(findings) == []
    assert {f.rule for f in findings} == {"network.no_source", "network.no_valves"}
    assert len(network.links) == 2


EXPECTED_ERRORS = {
    ("JSPoint.csv", 6, "管线点预编号", "code.duplicate"),
    ("JSPoint.csv", 7, "Y", "number.invalid"),
    ("JSPoint.csv", 8, "X", "coordinate.swapped"),
    ("JSPoint.csv", 9, "X", "coordinate.impossible"),
    ("JSPoint.csv", 10, "Y", "coordinate.far"),
    ("JSPoint.csv", 14, "管线点预编号", "field.missing"),
    ("JSLine.csv", 6, "终点点号", "line.duplicate"),
    ("JSLine.csv", 9, "起点埋深", "depth.negative"),
    ("JSLine.csv", 10, "管径", "size.invalid"),
    ("JSLine.csv", 13, "管径", "size.out_of_range"),
    ("JSFacility.csv", 3, "所在点号", "facility.point_unknown"),
    ("JSFacility.csv", 4, "类型", "code.out_of_domain"),
}
EXPECTED_WARNINGS = {
    ("JSPoint.csv", 2, "特征", "point.degree"),
    ("JSPoint.csv", 3, "特征", "diameter.jump"),
    ("JSPoint.csv", 12, "特征", "code.out_of_domain"),
    ("JSPoint.csv", 12, "附属物", "code.out_of_domain"),
    ("JSPoint.csv", 12, "Y", "coordinate.no_zone"),
    ("JSLine.csv", 5, "终点埋深", "depth.mismatch"),
    ("JSLine.csv", 5, "材质", "code.out_of_domain"),
    ("JSLine.csv", 5, "埋设方式", "code.out_of_domain"),
    ("JSLine.csv", 12, "管长", "line.shorter_than_distance"),
    ("JSLine.csv", 14, "状态", "line.abandoned"),
}
EXPECTED_CODES = {
    ("JSPoint.csv", 11, "node.isolated"),
    ("JSPoint.csv", 15, "node.isolated"),
    ("JSLine.csv", 7, "link.end_unknown"),
    ("JSLine.csv", 8, "link.same_ends"),
    ("JSLine.csv", 11, "line.zero_length"),
    ("JSLine.csv", 15, "code.duplicate"),
    ("JSPoint.csv", 17, "network.unfed"),
}


def test_every_broken_row_is_told_with_its_column_and_the_rest_is_loaded() -> None:
    network, findings = read(pack_folder(DATA / "broken_survey"), "s")
    for severity, expected in ((Severity.ERROR, EXPECTED_ERRORS), (Severity.WARNING, EXPECTED_WARNINGS)):
        told = {(f.file.removeprefix("s/"), f.row, f.field, f.rule) for f in findings if f.severity == severity}
        assert told >= expected, sorted(expected - told, key=str)
    told = {(f.file.removeprefix("s/"), f.row, f.rule) for f in findings}
    assert told >= EXPECTED_CODES, sorted(EXPECTED_CODES - told, key=str)
    assert {f.rule for f in findings if f.file == "s/WSLine.csv"} == {"table.other_network"}
    assert {f.rule for f in findings if f.file == "s/notes.csv"} == {"table.unknown"}
    assert set(network.links.code) == {"L1", "L2", "L3", "L4", "L11", "L14"}
    area = 0.1 * 0.05
    assert network.links.diameter[network.link_index["L4"]] ** 2 * 3.14159265 / 4 == pytest.approx(area)


def test_facilities_demands_patterns_curves_controls_and_options() -> None:
    points = [*POINTS, ["T", "3931200", "38394080", "702", "进出水口"], ["P3", "3931150", "38394080", "702", "直线点"]]
    facilities = [
        ["Code", "Kind", "Point", "S_Point", "E_Point", "Head", "Bottom", "InitLevel", "MinLevel", "MaxLevel",
         "Diameter", "Curve", "Setting", "State"],
        ["W", "水库", "W", "", "", "760", "", "", "", "", "", "", "", ""],
        ["T", "水池", "T", "", "", "", "740", "2", "0", "4", "10", "", "", ""],
        ["PU", "水泵", "", "P2", "P3", "", "", "", "", "", "", "C1", "", "关"],
        ["RV", "减压阀", "", "P3", "P1", "", "", "", "", "", "200", "", "30", ""],
    ]  # fmt: skip
    network, findings = read(
        workbook(
            {
                "JSPoint": [POINT_HEADER, *points],
                "JSLine": [LINE_HEADER, *LINES, ["P3", "T", "1", "1", "PE", "200", ""]],
                "JSFacility": facilities,
                "JSDemand": [["Point", "Base", "Pattern", "Category"], ["P1", 3.6, "D", "居民"], ["P9", 1, "", ""]],
                "JSPattern": [["Pattern", "First", "Multipliers"], ["D", 1, "0.5 1"], ["D", 3, "1.5"], ["D", 9, "2"]],
                "JSCurve": [["Curve", "X", "Y"], ["C1", 0, 30], ["C1", 36, 20], ["C1", 72, 0]],
                "JSControl": [
                    ["Link", "Action", "Point", "Condition", "Value"],
                    ["PU", "开", "T", "低于", 1],
                    ["PU", "关", "", "时刻", "22:30"],
                    ["PU", "1.1", "", "历时", "1:00"],
                    ["PU", "飞", "T", "低于", 1],
                ],
                "JSOption": [["Name", "Value"], ["duration_s", 86400], ["headloss", "H-W"], ["colour", "red"]],
            }
        )
    )
    assert {(f.sheet, f.row, f.rule) for f in findings if f.severity == Severity.ERROR} == {
        ("JSDemand", 3, "demand.node_unknown"),
        ("JSPattern", 4, "pattern.gap"),
        ("JSControl", 5, "number.invalid"),
        ("JSOption", 4, "code.out_of_domain"),
    }
    assert network.patterns[0].multipliers == (0.5, 1.0, 1.5)
    assert network.demands.base.tolist() == pytest.approx([0.001])
    pump, valve = network.link_index["PU"], network.link_index["RV"]
    assert LinkKind(network.links.kind[pump]) == LinkKind.PUMP
    assert LinkStatus(network.links.status[pump]) == LinkStatus.CLOSED
    assert network.curves[0].x == pytest.approx((0, 0.01, 0.02))
    assert (LinkKind(network.links.kind[valve]), network.links.setting[valve]) == (LinkKind.PRV, 30.0)
    assert [(c.status, c.setting, c.clock_s, c.time_s) for c in network.controls] == [
        (LinkStatus.OPEN, None, None, None),
        (LinkStatus.CLOSED, None, 22 * 3600 + 1800, None),
        (None, 1.1, None, 3600),
    ]
    assert network.options.duration_s == 86400


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"PK\x03\x04 not really a zip", "file.unreadable"),
        (b"\xd0\xcf\x11\xe0 not really a workbook", "file.unreadable"),
        (archive({"[Content_Types].xml": b"<x/>"}), "file.unreadable"),
        (archive({"readme.txt": b"hello"}), "table.missing"),
        (archive({"JSPoint.csv": b"", "JSLine.csv": b"a,b\n1,2"}), "column.missing"),
    ],
)
def test_files_that_are_no_survey_say_so(data: bytes, rule: str) -> None:
    network, findings = read(data)
    assert rule in {f.rule for f in findings}
    assert len(network.links) == 0


def test_an_archive_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chengmai.network.survey_files.MOST_BYTES", 1000)
    data = archive({"JSPoint.csv": b"x" * 1001})
    assert next(f.rule for f in read(data)[1]) == "file.too_large_unpacked"
    assert MOST_BYTES > 10_000_000


def test_a_folder_packs_to_the_same_bytes_each_time() -> None:
    assert pack_folder(DATA / "broken_survey") == pack_folder(DATA / "broken_survey")
