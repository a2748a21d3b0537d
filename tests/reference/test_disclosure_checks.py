"""The checks on a published budget: every finding was read and judged by a person, and known errors are among them."""

import csv
from pathlib import Path

import pytest
from tests.published import PUBLISHED

from chengmai.budget.published.words import finding_sentence
from chengmai.core.messages import LANGUAGES
from chengmai.disclosure.checking.checks import CheckReport, check_document
from chengmai.disclosure.document import read_document

DATA = Path(__file__).parent.parent / "data" / "disclosure"
SEEN_BY_EYE = DATA / "errors-seen-by-eye.csv"


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return check_document(read_document(PUBLISHED.name, PUBLISHED.read_bytes()))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_finding_is_one_that_was_judged(report: CheckReport) -> None:
    judged = [(row["severity"], row["line"], row["rule"], row["value"], row["other_value"]) for row in judged_rows()]
    found = [(one.severity.value, str(one.place.line), one.rule, one.value, one.other_value) for one in report.findings]
    assert sorted(found) == sorted(judged)


def judged_rows() -> list[dict[str, str]]:
    return rows(DATA / "judged-findings.csv")


def test_a_clerk_is_not_sent_after_ghosts() -> None:
    judgements = [row["judgement"] for row in judged_rows()]
    assert set(judgements) <= {"true", "doubtful", "false", "undecidable"}
    assert judgements.count("false") <= 0.03 * len(judgements)
    assert all(row["judgement"] == "true" for row in judged_rows() if row["severity"] == "error")


def test_most_of_what_a_person_saw_by_eye_is_found(report: CheckReport) -> None:
    seen = rows(SEEN_BY_EYE)
    lines = {one.place.line for one in report.findings} | {one.other.line for one in report.findings if one.other}
    said_found = [row for row in seen if row["found"] == "yes"]
    assert [row for row in said_found if int(row["line"]) not in lines] == []
    assert len(said_found) >= 0.95 * len(seen)


def test_most_figures_are_weighed_and_the_rest_is_listed(report: CheckReport) -> None:
    assert len(report.uncovered) + len(report.covered & report.figures.keys()) == len(report.figures)
    assert len(report.covered & report.figures.keys()) >= 0.65 * len(report.figures)
    assert report.holding > 1200


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_sentence(report: CheckReport, language: str) -> None:
    for one in report.findings:
        told = finding_sentence(one, language)
        assert "{" not in told
        assert not told.startswith("finding.")
