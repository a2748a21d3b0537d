"""Every kind of fault, seeded into budgets of units that do not exist, is found on its line; else nothing is."""

import random

import pytest
from benchmarks.disclosure_checks import FAULTS, keys, plain, with_fault
from benchmarks.disclosure_documents import Generator

from chengmai.disclosure.checking.checks import CheckReport, check_file

SEEDS = (1000, 1001, 1004)
"""Together they have a place for every kind of fault."""
RULES = {
    "table": "disclosure.table.",
    "text_amount": "disclosure.text.amount",
    "count": "disclosure.text.count",
    "reason": "disclosure.text.no_reason",
    "year": "disclosure.text.year",
    "placeholder": "disclosure.text.placeholder",
    "empty_note": "disclosure.table.empty",
    "share": "disclosure.equation.share",
    "growth": "disclosure.equation.growth",
    "sheet_amount": "disclosure.sheet.other_amount",
    "sheet_name": "disclosure.sheet.other_name",
    "sources": "disclosure.sheet.sources",
    "goal": "disclosure.sheet.goal",
    "cost": "disclosure.sheet.cost",
    "request": "disclosure.sheet.request",
    "operator": "disclosure.sheet.operator",
    "month": "disclosure.sheet.month",
    "target_text": "disclosure.sheet.",
    "span": "disclosure.repeated.span",
    "list_bound": "disclosure.sheet.listed",
    "period": "disclosure.repeated.period",
    "reworded": "disclosure.sheet.target_text",
    "other_measure": "disclosure.sheet.operator",
    "unit_of": "disclosure.text.unit_of",
    "order": "disclosure.text.order",
    "founded": "disclosure.text.founded",
    "pace": "disclosure.sheet.pace",
    "word_twice": "disclosure.text.word_twice",
    "unchanged": "disclosure.equation.unchanged",
    "last_payment": "disclosure.equation.paid",
}
"""The rule that must say it; a fault in a sentence's arithmetic has its own tests."""


@pytest.fixture(scope="module")
def documents() -> dict[int, tuple[str, CheckReport]]:
    marked = {seed: Generator(seed).write() for seed in SEEDS}
    return {seed: (text, check_file("clean.txt", plain(text).encode())) for seed, text in marked.items()}


def test_a_consistent_document_has_no_findings(documents: dict[int, tuple[str, CheckReport]]) -> None:
    for _, report in documents.values():
        assert [(one.rule, one.place.line, one.value) for one in report.findings] == []
        assert report.holding > 300


@pytest.mark.parametrize("kind", FAULTS)
def test_a_seeded_fault_is_found_by_its_rule(kind: str, documents: dict[int, tuple[str, CheckReport]]) -> None:
    for seed, (marked, clean) in documents.items():
        fault = with_fault(random.Random(seed), marked, kind)
        if fault is None:
            continue
        text, line = fault
        report = check_file("fault.txt", text.encode())
        before = keys(clean)
        new = [one for one in report.findings if (one.rule, one.place.line, one.value, one.other_value) not in before]
        assert [one.rule for one in new if one.rule.startswith(RULES.get(kind, "disclosure.equation."))], (seed, line)
        lines = {one.place.line for one in new} | {one.other.line for one in new if one.other}
        assert lines & set(range(line - 3, line + 1)), (seed, line)
        return
    pytest.fail(kind)
