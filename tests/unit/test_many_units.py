"""Many units: whose a document is, who is late, what an upload may hold, what a list may say, what is rolled up."""

import io
import zipfile
from datetime import date

import pytest

from chengmai.budget.units.archives import MOST_BYTES, unpack
from chengmai.budget.units.lists import read_units
from chengmai.budget.units.rules import (
    DocumentState,
    HandedIn,
    HandInState,
    MatchGround,
    UnitExpected,
    overview,
    whose,
)
from chengmai.disclosure.checking.unit_documents import UnitReading, check_unit_document
from tests.published import PUBLISHED

WATER, ROADS = UnitExpected("101001", "水务局"), UnitExpected("101002", "道路养护中心")
DUE = date(2025, 2, 20)


@pytest.mark.parametrize(
    ("path", "printed", "code", "ground"),
    [
        ("101001-预算.txt", "水务局", "101001", MatchGround.PRINTED_AND_FILE),
        ("预算.txt", "水 务 局", "101001", MatchGround.PRINTED),
        ("水务局/2025.xlsx", "", "101001", MatchGround.FILE),
        ("101001.txt", "道路养护中心", "", MatchGround.CONTRADICTORY),
        ("1010012.txt", "别的局", "", MatchGround.NOT_LISTED),
        ("101001 101002.txt", "", "", MatchGround.CONTRADICTORY),
        ("101001 101002.txt", "水务局", "101001", MatchGround.PRINTED_AND_FILE),
    ],
)
def test_a_document_is_a_unit_s_only_where_print_and_file_do_not_contradict(
    path: str, printed: str, code: str, ground: MatchGround
) -> None:
    assert whose(path, printed, [WATER, ROADS]) == (code, ground)


def test_a_name_that_two_units_bear_tells_nobody() -> None:
    twins = [WATER, UnitExpected("101009", "水务局")]
    assert whose("预算.txt", "水务局", twins) == ("", MatchGround.CONTRADICTORY)
    assert whose("101009.txt", "水务局", twins) == ("101009", MatchGround.PRINTED_AND_FILE)


def came(day: date, unit: str = "101001", year: int = 2025, tables: int = 13, **told: int) -> HandedIn:
    reading = UnitReading(unit, year, tables, 10, told.get("income"), told.get("spending"), None, {"a": {"error": 1}})
    state = DocumentState.CHECKED
    return HandedIn(f"{unit}{day}{year}{tables}", "x.txt", day, unit, MatchGround.FILE, state, reading)


@pytest.mark.parametrize(
    ("documents", "received", "today", "state", "days"),
    [
        ([came(DUE)], None, date(2025, 3, 1), HandInState.ON_TIME, 0),
        ([came(date(2025, 2, 22))], None, date(2025, 3, 1), HandInState.LATE, 2),
        ([came(date(2025, 2, 22))], DUE, date(2025, 3, 1), HandInState.ON_TIME, 0),
        ([came(DUE), came(date(2025, 3, 1))], None, date(2025, 3, 1), HandInState.ON_TIME, 0),
        ([], None, DUE, HandInState.AWAITED, 0),
        ([], None, date(2025, 2, 21), HandInState.MISSING, 1),
        ([], DUE, date(2025, 2, 21), HandInState.MISSING, 1),
        ([came(DUE, year=2024)], None, date(2025, 2, 21), HandInState.UNUSABLE, 1),
        ([came(DUE, tables=0)], None, DUE, HandInState.UNUSABLE, 0),
    ],
)
def test_a_unit_stands_to_its_day_by_its_first_usable_document(
    documents: list[HandedIn], received: date | None, today: date, state: HandInState, days: int
) -> None:
    unit = UnitExpected("101001", "水务局", DUE, received)
    (row,) = overview(2025, [unit], documents, today).rows
    assert (row.state, row.days_late) == (state, days)


def test_the_last_usable_document_counts_and_a_sum_says_of_how_many_units_it_is() -> None:
    units = [UnitExpected("101001", "水务局", DUE), UnitExpected("101002", "道路养护中心", DUE)]
    documents = [
        came(DUE, income=100),
        came(date(2025, 2, 25), income=300),
        came(date(2025, 2, 26), year=2024, income=9),
        came(DUE, "101002"),
        came(DUE, "", income=7),
    ]
    seen = overview(2025, units, documents, DUE)
    assert seen.rolled_up.figures["income"] == (300, 1)
    assert seen.rolled_up.findings["error"] == 2
    assert seen.rules == {"a": (2, 2)}
    assert [one.unit for one in seen.astray] == [""]
    assert len(overview(2025, [], documents, DUE).rows) == 5


def packed(entries: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_what_a_zip_holds_is_refused_file_by_file() -> None:
    inner = packed({"a.txt": b"x"})
    book = packed({"[Content_Types].xml": b"x"})
    entries = {
        "甲/101001.txt": b"one",
        "../../etc/101002.txt": b"two",
        "/abs.txt": b"three",
        "C:\\x.txt": b"four",
        "big.txt": b"0" * (MOST_BYTES + 1),
        "inner.zip": inner,
        "inner.txt": inner,
        "virus.exe": b"MZ",
        "empty.txt": b" \n",
        "book.xlsx": book,
        "__MACOSX/._101001.txt": b"junk",
    }
    found = unpack("all.zip", packed(entries))
    assert [(file.name, file.data) for file in found.files] == [("甲/101001.txt", b"one"), ("book.xlsx", book)]
    assert {one.name: one.reason for one in found.refused} == {
        "../../etc/101002.txt": "path",
        "/abs.txt": "path",
        "C:\\x.txt": "path",
        "big.txt": "too_large",
        "inner.zip": "kind",
        "inner.txt": "archive_inside",
        "virus.exe": "kind",
        "empty.txt": "empty",
    }


def test_a_bomb_a_broken_zip_and_a_lying_entry_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from chengmai.budget.units import archives

    whole = packed({"a.txt": b"one", "b.txt": b"two " * 1000})
    lying = whole.replace((4000).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    found = unpack("a.zip", lying)
    assert [file.name for file in found.files] == ["a.txt"]
    assert [one.reason for one in found.refused] == ["unreadable"]
    assert [one.reason for one in unpack("a.zip", whole[:-30]).refused] == ["archive_broken"]
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1000)
    assert [one.reason for one in unpack("a.zip", whole).refused] == ["archive_large"]
    monkeypatch.setattr(archives, "MOST_ENTRIES", 1)
    assert [one.reason for one in unpack("a.zip", whole).refused] == ["archive_many"]


def test_a_list_is_taken_whole_or_its_faults_are_named_by_row() -> None:
    sound = read_units(
        "units.csv", "单位编码,单位名称,截止日期,报送日期\n1,甲,2025年2月20日,\n2,乙,,2025-02-21\n".encode()
    )
    assert sound.findings == []
    assert sound.units == [UnitExpected("1", "甲", DUE), UnitExpected("2", "乙", None, date(2025, 2, 21))]
    text = "单位编码,单位名称,截止日期\n1,甲,2月底\n,乙,\n1,丙,\n1,丁,2025-02-30\n"
    found = read_units("units.csv", text.encode())
    told = [(one.row, one.rule) for one in found.findings]
    assert told == [(2, "units.no_day"), (3, "units.field"), (5, "units.no_day"), (5, "units.twice")]
    assert [one.rule for one in read_units("x.csv", "名称\n甲\n".encode()).findings] == ["units.no_header"]
    assert [one.rule for one in read_units("x.csv", "编码,名称\n".encode()).findings] == ["units.none"]


def test_the_figures_of_the_published_document_are_its_printed_ones() -> None:
    reading, findings = check_unit_document("2025.txt", PUBLISHED.read_bytes())
    assert (reading.year, reading.tables) == (2025, 13)
    assert (reading.income, reading.spending) == (28278810000, 28278810000)
    assert sum(sum(counts.values()) for counts in reading.rules.values()) == len(findings)
    garbage, told = check_unit_document("x.xlsx", b"PK\x03\x04" + bytes(200))
    assert (garbage.tables, garbage.income) == (0, None)
    assert [one["rule"] for one in told if one["severity"] == "error"]
