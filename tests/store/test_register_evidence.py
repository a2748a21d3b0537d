"""Evidence from registers: counts and rates as they were at the end of the span, each opening to its entries."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.budget.models import PerformanceEvidence
from chengmai.budget.performance.evidence import demand_subject, gather, is_sealed, source
from chengmai.budget.performance.sources import Question
from chengmai.core.errors import ChengmaiError
from chengmai.core.identity import new_id
from chengmai.registers.checklists import Answer, ItemAnswer, read_checklist
from chengmai.registers.entries import RegisterDraft, enter, move
from chengmai.registers.kinds import load_customary
from chengmai.registers.models import Checklist, ChecklistRun, EntryStep, RegisterEntry
from chengmai.registers.queries import today
from chengmai.registers.runs import RunDraft, fill
from tests.people import add_organisation, add_person

pytestmark = pytest.mark.django_db
START, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def clerk() -> User:
    """The bureau's operator, the shipped registers loaded, checklists planned for four weeks."""
    load_customary(today() - timedelta(weeks=4))
    return add_person("clerk", Role.OPERATOR, organisation=add_organisation())


def ask(
    code: str, start: datetime = START, end: datetime = END, scope: str = "", **subject: str
) -> PerformanceEvidence:
    demand_subject(None, source(code), subject)
    found = gather(code, Question(subject, start, end, scope))
    assert is_sealed(found)
    return found


def line(clerk: User, number: str, opened: str = "2025-02-01") -> RegisterEntry:
    facts = {"number": number, "name": number, "carrier": "电信", "bandwidth": "100", "opened_on": opened}
    return enter(clerk, "line", RegisterDraft("CG", facts))


def test_lines_are_counted_on_the_last_day_in_the_states_they_had_then(clerk: User) -> None:
    first = line(clerk, "L1")
    line(clerk, "L2")
    line(clerk, "L3", "2026-02-01")
    found = ask("register_count", register="line", states="in_use")
    assert (found.value_micro, len(found.inputs)) == (2_000_000, 2)
    assert found.inputs[0]["path"] == f"/registers/line/{first.pk}"
    move(clerk, first.pk, 1, "end", "退租")
    assert ask("register_count", register="line", states="in_use").value_micro == 2_000_000  # ended after the span
    later = ask("register_count", end=datetime(2100, 1, 1, tzinfo=UTC), register="line", states="in_use")
    assert later.value_micro == 2_000_000  # L2 and L3
    assert ask("register_count", scope="OTHER", register="line", states="in_use").value_micro == 0


def test_a_fault_cleared_after_the_span_was_not_cleared_in_it(clerk: User) -> None:
    for number in range(3):
        told = {"what": f"F{number}", "found_at": "2025-05-01 08:00"}
        fault = enter(clerk, "fault", RegisterDraft("CG", told))
        if number < 2:
            fault = move(clerk, fault.pk, 1, "take", values={"taken_by": "A"})
            move(clerk, fault.pk, 2, "clear", values={"repair": "B"})
    within = ask("register_rate", end=datetime(2100, 1, 1, tzinfo=UTC), register="fault", states="cleared")
    assert within.value_micro == Decimal("66.67") * 1_000_000
    assert [one["counted"] for one in within.inputs] == [True, True, False]
    assert ask("register_rate", register="fault", states="cleared").value_micro == 0
    assert EntryStep.objects.count() == 7


def test_the_day_of_the_assessment_the_kinds_of_equipment_and_availability(clerk: User) -> None:
    for number, kind in enumerate(("ups", "ups", "server")):
        facts = {"number": f"E{number}", "name": "N", "kind": kind, "in_use_since": "2024-06-01"}
        enter(clerk, "equipment", RegisterDraft("CG", facts))
    found = ask("register_distinct", register="equipment", states="in_use", field="kind")
    assert (found.value_micro, len(found.inputs)) == (2_000_000, 3)
    told = {"system": "S", "level": "three", "agency": "A", "on": "2025-08-22"}
    made = enter(clerk, "security_assessment", RegisterDraft("CG", told, "underway"))
    assert ask("register_day", register="security_assessment", states="passed").on is None
    leader = add_person("leader", Role.SHIFT_LEADER)
    move(leader, made.pk, 1, "pass")
    whole = ask("register_day", end=datetime(2100, 1, 1, tzinfo=UTC), register="security_assessment", states="passed")
    assert whole.on == date(2025, 8, 22)
    line(clerk, "L1", "2025-01-01")
    outage = {"line": "L1", "told_by": "hand", "began_at": "2025-03-01 00:00", "ended_at": "2025-03-04 15:36"}
    enter(clerk, "line_outage", RegisterDraft("CG", outage, "ended"))
    share = ask("availability", outages="line_outage")
    assert share.value_micro == 99_000_000  # 87.6 of 8,760 hours
    assert [one["kind"] for one in share.inputs] == ["register_entry", "register_entry"]


def test_of_the_planned_inspections_those_done_are_the_share_and_a_fault_is_opened_once(clerk: User) -> None:
    checklist = read_checklist(Checklist.objects.get(code="weekly_inspection").definition)
    answers = {item.code: Answer(ItemAnswer.GOOD) for item in checklist.items}
    answers["server"] = Answer(ItemAnswer.FAULT, 4, "硬盘告警")
    for weeks in (1, 2):
        run_id, draft = new_id(), RunDraft(today() - timedelta(weeks=weeks), answers)
        first = fill(clerk, run_id, "weekly_inspection", draft)
        assert fill(clerk, run_id, "weekly_inspection", draft) == first
    assert (first.points, first.most_points, first.failed) == (94, 100, 1)
    assert RegisterEntry.objects.filter(kind__code="fault", words__contains="硬盘告警").count() == 2
    start = datetime.combine(today() - timedelta(weeks=2), datetime.min.time(), UTC)
    start -= timedelta(days=start.weekday() + 7)
    found = ask("checklist_done", start, start + timedelta(weeks=8), checklist="weekly_inspection")
    assert found.value_micro == Decimal("66.67") * 1_000_000
    assert ChecklistRun.objects.count() == 2


@pytest.mark.parametrize(
    ("code", "subject"),
    [
        ("register_count", {"register": "none", "states": "in_use"}),
        ("register_count", {"register": "line", "states": "none"}),
        ("register_distinct", {"register": "line", "states": "in_use", "field": "none"}),
        ("availability", {"outages": "line"}),
        ("checklist_done", {"checklist": "none"}),
        ("register_count", {"register": "line"}),
    ],
)
def test_a_binding_to_what_is_not_there_is_refused(clerk: User, code: str, subject: dict[str, str]) -> None:
    with pytest.raises(ChengmaiError):
        demand_subject(None, source(code), subject)
