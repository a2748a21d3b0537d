"""However broken the rows of survey tables are, reading them never raises, and what passes is a sound network."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.network.inp_reader import read_inp
from chengmai.network.inp_writer import write_inp
from chengmai.network.survey_files import is_table_file, pack_folder, tables_of
from chengmai.network.survey_reader import read_survey
from chengmai.network.survey_tables import REQUIRED, TABLES, Sheet

WORDS = st.sampled_from(
    (
        *(
            "",
            "A",
            "B",
            "C",
            "D",
            "W",
            "水厂",
            "水池",
            "水泵",
            "减压阀",
            "开",
            "关",
            "高于",
            "时刻",
            "弯头",
            "三通",
            "PE",
        ),
        *("DN200", "200", "300x200", "3931000", "3931100.5", "38394000", "38394100", "394000", "700", "1.2", "-1", "0"),
        *("nan", "1e400", "１２", "12:30", "duration_s", "headloss", "H-W", "废弃", "架空", " ", "0.5 0.7"),
    )
)
CELLS = st.one_of(WORDS, st.text(max_size=5))


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """A sheet with a good or a ragged header and rows of anything."""
    table = draw(st.sampled_from([*REQUIRED, "Nonsense"]))
    columns = TABLES.get(table, {"a": ("a",)})
    header = [draw(st.sampled_from(aliases)) for aliases in columns.values()]
    if draw(st.booleans()):
        header = draw(st.permutations(header))[: draw(st.integers(0, len(header)))]
    rows = draw(st.lists(st.lists(CELLS, max_size=len(header) + 2), max_size=12))
    return Sheet("s.xlsx", f"JS{table}", True, [header, *rows])


@settings(max_examples=150, deadline=None)
@given(st.lists(sheets(), max_size=6))
def test_broken_rows_never_raise(told: list[Sheet]) -> None:
    network, findings = read_survey(told, "s.xlsx")
    assert all(f.rule and f.file for f in findings)
    assert np.isfinite(network.nodes.x).all()
    assert np.isfinite(network.nodes.elevation).all()
    assert (network.links.start != network.links.end).all()
    again, found = read_inp(write_inp(network).encode(), "a.inp")
    assert sorted(again.link_index) == sorted(network.link_index)
    assert {f.rule for f in found} <= {"network.no_source", "network.unfed", "inp.no_network"}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    for start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        assert is_table_file(start + data)
        tables, findings = tables_of("x", start + data)
        assert tables or findings


def shipped() -> list[Sheet]:
    """The demonstration's own tables, each cut to its first rows."""
    folder = Path(str(files("chengmai.demo"))) / "data" / "survey"
    tables, _ = tables_of("s", pack_folder(folder))
    return [replace(table, rows=[list(row) for row in table.rows[:60]]) for table in tables]


SHIPPED = shipped()


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_broken_cells_cost_their_own_rows_only(data: st.DataObject) -> None:
    tables = [replace(table, rows=[list(row) for row in table.rows]) for table in SHIPPED]
    before, _ = read_survey(tables, "s")
    broken = set()
    for _ in range(data.draw(st.integers(1, 3))):
        table = data.draw(st.sampled_from([table for table in tables if table.name == "JSLine"]))
        row = data.draw(st.integers(1, len(table.rows) - 1))
        column = data.draw(st.integers(0, len(table.rows[row]) - 1))
        table.rows[row][column] = data.draw(CELLS)
        broken.add(row)
    after, findings = read_survey(tables, "s")
    lines = {row[0] for table in SHIPPED if table.name == "JSLine" for i, row in enumerate(table.rows) if i in broken}
    lost = set(before.links.code) - set(after.links.code) - lines
    assert lost == set(), (lost, findings)
