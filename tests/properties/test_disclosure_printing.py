"""Whatever budget there is, printed from its data it is read back the same: tables, sheets and text."""

from benchmarks.disclosure_documents import Generator
from benchmarks.disclosure_projects import MARK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengmai.disclosure.document import read_document
from chengmai.disclosure.reading.disclosures import Disclosure, read_disclosure
from tests.printed_budgets import printed_from


def told(read: Disclosure) -> list[object]:
    """Every value a document tells."""
    cells = [
        (row.key, row.side, cell.column, cell.amount and cell.amount.value) for _, row, cell in read.tables.cells()
    ]
    fields = [[(one.key, one.value, one.amount) for one in sheet.all_fields()] for sheet in read.sheets]
    return [read.tables.year, read.tables.unit_name, cells, fields]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=0, max_value=2**31))
def test_a_generated_budget_is_read_back_as_it_was_printed(seed: int) -> None:
    text = MARK.sub(lambda mark: mark[2], Generator(seed, projects=4).write())
    read = read_disclosure(read_document("made.txt", text))
    assert len(read.tables.tables) == 13
    printed = printed_from(read)
    again = read_disclosure(printed.document())
    assert told(again) == told(read)
    assert printed_from(again).text == printed.text
