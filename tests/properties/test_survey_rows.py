"""However broken the rows of survey tables are, reading them never raises, and what passes is a sound network."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chengmai.network.inp_reader import read_inp
from chengmai.network.inp_writer import write_inp
from chengmai.network.survey_files import is_table_file, tables_of
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
