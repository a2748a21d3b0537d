"""However a published document is broken, reading it ends in findings: it never raises, and reads the rest."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengmai.disclosure.document import read_document
from chengmai.disclosure.reading.disclosures import read_disclosure
from tests.published import PUBLISHED

LINES = PUBLISHED.read_text().splitlines()
SCRAPS = (
    "",
    "\t",
    "-",
    "１２．３",
    "9" * 30,
    "<td>1.00</td>",
    "合计",
    "项目名称",
    "一、",
    "\u200b",
    "=SUM(A1)",
    "￥1,2",
    "（1",
)


def broken(seed: int) -> str:
    """A part of the document with lines dropped, moved, joined and cells broken."""
    chance = random.Random(seed)
    start = chance.choice((0, 0, 72, 380, 520, 1300, 1900))
    lines = LINES[start : start + chance.randrange(20, 700)]
    for _ in range(chance.randrange(1, 60)):
        at = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 2:
                lines[at] = lines[at].replace("\t", chance.choice(("", " ", "\t\t")))
            case 3:
                lines[at] += "\t" + chance.choice(SCRAPS)
            case 4:
                cells = lines[at].split("\t")
                cells[chance.randrange(len(cells))] = chance.choice(SCRAPS)
                lines[at] = "\t".join(cells)
            case 5:
                lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
            case _:
                lines[at] = lines[at][::-1]
        if not lines:
            break
    return "\n".join(lines)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=0, max_value=2**32))
def test_no_breakage_of_the_real_document_raises(seed: int) -> None:
    document = read_document("broken.txt", broken(seed))
    disclosure = read_disclosure(document)
    for table in disclosure.tables.tables.values():
        table.grid()
    assert all(0 < finding.place.line <= len(document.lines) for finding in disclosure.findings)


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("\t\n 一、合计12.5项目名称代码绩效指标<td>（）"), max_size=300),
    st.binary(max_size=60),
)
def test_no_text_and_no_bytes_raise(text: str, data: bytes) -> None:
    read_disclosure(read_document("x", text))
    read_disclosure(read_document("x", data))
