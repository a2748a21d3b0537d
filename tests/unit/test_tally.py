"""What ``make test`` counts: a run that left no report failed, and what was skipped is told, not forgotten."""

from pathlib import Path

from tests.__main__ import Tally

REPORT = """<testsuites><testsuite>
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure/></testcase>
<testcase classname="a" name="broken"><error/></testcase>
<testcase classname="a" name="left_out"><skipped message="no browser"/></testcase>
</testsuite></testsuites>"""


def test_a_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    tally = Tally()
    tally.add(report, "sqlite")
    assert (tally.passed, tally.failed) == (1, 2)
    assert tally.not_run == ["sqlite: a.left_out: no browser"]


def test_a_run_without_a_report_is_a_failure(tmp_path: Path) -> None:
    tally = Tally()
    tally.add(tmp_path / "none.xml", "sqlite")
    assert tally.failed == 1
