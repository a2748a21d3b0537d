"""Target sheets and looks at them: identity of indicators, evidence with its inputs, scores, what is kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from chengmai.access.models import User
from chengmai.access.roles import Role
from chengmai.budget.construction import services as construction
from chengmai.budget.construction.costs import book
from chengmai.budget.construction.states import CostKind
from chengmai.budget.models import Assessment, ConstructionProject, SheetIndicator, TargetSheet
from chengmai.budget.performance.assessment import AssessmentDraft, LineDraft, evidence_for, save, seal_of, submit
from chengmai.budget.performance.evidence import gather, is_sealed, year_span
from chengmai.budget.performance.scheme import as_parameters, change_scheme, present_scheme
from chengmai.budget.performance.services import bind, load_sheets, of_micro, target_text, write_sheet
from chengmai.budget.performance.sources import Question
from chengmai.budget.performance.terms import (
    ASSESSMENT_TRANSITIONS,
    AssessmentAction,
    AssessmentKind,
    AssessmentState,
    Chance,
    Comparison,
    DeviationReason,
)
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from chengmai.demo import lifeline_project, lifeline_sheet
from chengmai.devices.checking import DeviceFacts, Known
from chengmai.devices.models import Device
from chengmai.devices.services import add_whole
from chengmai.devices.states import DeviceState
from chengmai.devices.type_changes import load_customary
from chengmai.warning.models import Warning
from tests.construction import booking
from tests.disposal import build_city, issue
from tests.people import add_organisation, add_person

pytestmark = pytest.mark.django_db
MONITORING, EVALUATION = AssessmentKind.MONITORING, AssessmentKind.SELF_EVALUATION
SHEET = lifeline_sheet.SHEET


@pytest.fixture
def clerk() -> User:
    return add_person("clerk", Role.FINANCE)


@pytest.fixture
def sheet(clerk: User) -> TargetSheet:
    """The lifeline project and its sheet as the demonstration city has them, with four devices of its gas lot."""
    add_organisation("CG")
    lifeline_project.ensure_project("CG")
    lifeline_sheet.ensure_sheet()
    load_customary()
    told = [DeviceFacts(f"D{number}", "water-pressure", "CG", project="LIFELINE", lot="gas") for number in range(4)]
    states = {f"D{number}": DeviceState.IN_SERVICE for number in range(3)}
    add_whole(None, told, Known.read(None, told), states)
    return TargetSheet.objects.select_related("owner").get()


def year_rows(sheet: TargetSheet) -> dict[str, SheetIndicator]:
    """The year's indicators by name and level."""
    return {f"{one.name} {one.aspect}": one for one in sheet.indicators.filter(span="year")}


def full(sheet: TargetSheet, **changes: Mapping[str, object]) -> list[LineDraft]:
    """A line for every indicator, all of them reached; changes by name."""
    lines = []
    for one in sheet.indicators.filter(span="year"):
        told: dict[str, object] = {"value": of_micro(one.value_micro), "on": one.by}
        told |= {"share": Decimal(1)} if one.comparison == Comparison.WORD else {}
        if one.comparison == Comparison.ABOVE:
            told["value"] = Decimal(95)
        told |= {"chance": Chance.CERTAIN, "forecast": told["value"], "reason": DeviationReason.OTHER}
        told |= {"reason_text": "as told", **changes.get(one.name, {})}
        lines.append(LineDraft(one.pk, **told))  # type: ignore[arg-type]
    return lines


def test_a_sheet_is_revised_and_its_indicators_stay_who_they_are(clerk: User, sheet: TargetSheet) -> None:
    before = year_rows(sheet)
    turned = tuple(reversed(SHEET.indicators))
    revised = write_sheet(clerk, replace(SHEET, version=sheet.version, indicators=turned, unit="新单位"))
    after = year_rows(revised)
    assert {key: one.pk for key, one in before.items()} == {key: one.pk for key, one in after.items()}
    assert after["燃气专项硬件设备 quantity"].evidence_source == "lot_devices"
    with pytest.raises(Conflict, match=r"version\.stale"):
        write_sheet(clerk, replace(SHEET, version=sheet.version))


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (replace(SHEET, code=" "), "performance.sheet_unfit"),
        (replace(SHEET, year=25), "performance.sheet_unfit"),
        (replace(SHEET, funds=SHEET.funds * 2), "performance.funds_unfit"),
        (replace(SHEET, indicators=SHEET.indicators[:1] * 2), "performance.indicator_twice"),
        (replace(SHEET, indicators=(replace(SHEET.indicators[0], value=None),)), "performance.indicator_unfit"),
        (
            replace(SHEET, indicators=(replace(SHEET.indicators[0], value=Decimal("0.0000001")),)),
            "performance.number_unfit",
        ),
    ],
)
def test_a_broken_sheet_changes_nothing(clerk: User, broken: object, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        write_sheet(clerk, replace(broken, project=""))  # type: ignore[type-var]
    assert refused.value.code == code
    assert not TargetSheet.objects.exists()


def test_sheets_are_loaded_all_or_none_and_once(clerk: User) -> None:
    drafts = [replace(SHEET, code=f"2025-{number}", project="") for number in range(3)]
    with pytest.raises(InvalidInput):
        load_sheets(clerk, [*drafts, replace(SHEET, code="2025-9", year=1, project="")])
    assert not TargetSheet.objects.exists()
    assert load_sheets(clerk, drafts[:2]).made == ["2025-0", "2025-1"]
    again = load_sheets(clerk, drafts)
    assert (again.made, again.kept) == (["2025-2"], ["2025-0", "2025-1"])


def test_evidence_is_counted_dated_and_opens_to_its_devices(sheet: TargetSheet) -> None:
    rows = year_rows(sheet)
    gas = rows["燃气专项硬件设备 quantity"]
    found = evidence_for(sheet)[gas.pk]
    assert (of_micro(found.value_micro), is_sealed(found)) == (Decimal(3), True)
    told = {one["id"]: one["counted"] for one in found.inputs}
    assert told == {"D0": True, "D1": True, "D2": True, "D3": False}
    assert evidence_for(sheet)[gas.pk].pk == found.pk
    Device.objects.filter(code="D3").update(state=DeviceState.INSTALLED)
    fresh = evidence_for(sheet)[gas.pk]
    assert (fresh.pk != found.pk, of_micro(fresh.value_micro)) == (True, Decimal(4))
    fresh.value_micro = 29_000_000
    assert not is_sealed(fresh)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE budget_performanceevidence SET value_micro = 29000000")


def test_money_and_milestones_of_the_project_are_evidence_too(clerk: User, sheet: TargetSheet) -> None:
    project = ConstructionProject.objects.get()
    rows = year_rows(sheet)
    hardware, done = rows["硬件设备购置费 cost"], rows["平台建设完成时间 timeliness"]
    empty = evidence_for(sheet)
    assert (empty[hardware.pk].value_micro, empty[done.pk].on) == (None, None)
    book(clerk, project, booking(CostKind.CONTRACT, 1, heading="HARDWARE", amount_fen=200_0000_12))
    construction.reach_milestone(clerk, project, "SYSTEMS", construction.Reached(1, date(2025, 11, 3), "report"))
    found = evidence_for(sheet)
    assert (of_micro(found[hardware.pk].value_micro), found[done.pk].on) == (Decimal("200.000012"), date(2025, 11, 3))


def test_cases_and_warnings_of_the_platform_are_evidence() -> None:
    city = build_city()
    warning = issue(city)
    at = Warning.objects.get(pk=warning.pk).issued_at
    assert at is not None
    asked = Question({}, *year_span(at.year))
    assert gather("warnings_lifted", asked).value_micro == 0
    Warning.objects.filter(pk=warning.pk).update(lifted_at=at, state="lifted")
    lifted = gather("warnings_lifted", asked)
    assert (of_micro(lifted.value_micro), lifted.inputs[0]["path"]) == (Decimal(100), f"/warnings/{warning.pk}")
    cases = gather("cases_closed_on_time", asked)
    assert (cases.value_micro, cases.inputs[0]["kind"], is_sealed(cases)) == (None, "indicator_value", True)
    with pytest.raises(NotFound):
        gather("happiness", asked)


@pytest.mark.parametrize(
    ("name", "source", "subject", "code"),
    [
        ("市民满意度 satisfaction", "milestone", {"project": "LIFELINE", "milestone": "START"}, "source_unfit"),
        ("提升风险预警能力 social", "warnings_lifted", {}, "source_unfit"),
        ("燃气专项硬件设备 quantity", "warnings_lifted", {}, "unit_differs"),
        ("燃气专项硬件设备 quantity", "lot_devices", {"project": "LIFELINE"}, "subject_unfit"),
        ("燃气专项硬件设备 quantity", "lot_devices", {"project": "LIFELINE", "lot": "none"}, "lot_unknown"),
        ("燃气专项硬件设备 quantity", "lot_devices", {"project": "none", "lot": "gas"}, "not_found"),
    ],
)
def test_a_source_that_does_not_fit_is_refused(
    clerk: User, sheet: TargetSheet, name: str, source: str, subject: dict[str, str], code: str
) -> None:
    with pytest.raises((InvalidInput, NotFound)) as refused:
        bind(clerk, sheet, year_rows(sheet)[name].pk, source, subject, sheet.version)
    assert refused.value.code.endswith(code)


def test_a_self_evaluation_is_scored_by_evidence_and_kept_under_its_seal(clerk: User, sheet: TargetSheet) -> None:
    lines = full(sheet, 市民满意度={"value": Decimal(81)})
    saved = save(clerk, sheet, EVALUATION, AssessmentDraft(0, 20_800_000_00, lines=lines))
    gas = saved.lines.get(indicator__name="燃气专项硬件设备")
    # Three of 29 devices stand in the register: what was typed for a bound indicator does not count.
    assert (of_micro(gas.value_micro), gas.achieved_ten_thousandths) == (Decimal(3), 1034)
    assert saved.execution_points_hundredths == 800
    satisfied = saved.lines.get(indicator__name="市民满意度")
    assert (satisfied.full_hundredths, satisfied.points_hundredths) == (1000, 900)
    assert sum(line.full_hundredths for line in saved.lines.all()) == 9000
    total = 800 + sum(line.points_hundredths for line in saved.lines.all())
    assert (saved.score_hundredths, saved.grade != "") == (total, True)
    given = submit(clerk, sheet, EVALUATION, 1)
    assert given.state == AssessmentState.SUBMITTED
    lines_given = list(given.lines.select_related("indicator", "evidence").order_by("indicator__position"))
    assert given.seal == seal_of(given, lines_given)
    lines_given[0].points_hundredths += 1
    assert given.seal != seal_of(given, lines_given)
    # A later look corrects it; the earlier one stays.
    save(clerk, sheet, EVALUATION, AssessmentDraft(0, 26_000_000_00, lines=full(sheet)))
    assert list(Assessment.objects.order_by("number").values_list("number", "state")) == [
        (1, "submitted"),
        (2, "draft"),
    ]


def test_what_is_open_or_unexplained_is_not_given(clerk: User, sheet: TargetSheet) -> None:
    save(clerk, sheet, EVALUATION, AssessmentDraft(0, lines=full(sheet)))
    with pytest.raises(InvalidInput, match=r"performance\.execution_open"):
        submit(clerk, sheet, EVALUATION, 1)
    opened = full(sheet, 提升风险预警能力={"share": None})
    save(clerk, sheet, EVALUATION, AssessmentDraft(1, 1, lines=opened))
    with pytest.raises(InvalidInput) as refused:
        submit(clerk, sheet, EVALUATION, 2)
    assert refused.value.params["rows"] == "提升风险预警能力"
    unexplained = full(sheet, 燃气专项硬件设备={"reason_text": ""})
    save(clerk, sheet, EVALUATION, AssessmentDraft(2, 1, lines=unexplained))
    with pytest.raises(InvalidInput) as refused:
        submit(clerk, sheet, EVALUATION, 3)
    assert (refused.value.code, refused.value.params["rows"]) == ("performance.reasons_missing", "燃气专项硬件设备")
    with pytest.raises(Conflict, match=r"version\.stale"):
        submit(clerk, sheet, EVALUATION, 1)


def test_a_monitoring_looks_at_chances_and_not_at_points(clerk: User, sheet: TargetSheet) -> None:
    lines = full(sheet, 供水专项硬件设备={"chance": Chance.LIKELY}, 平台建设软件开发={"chance": None})
    looked = save(clerk, sheet, MONITORING, AssessmentDraft(0, 5_000_000_00, 26_000_000_00, lines=lines))
    assert (looked.light, looked.score_hundredths, looked.grade) == ("yellow", 0, "")
    with pytest.raises(InvalidInput) as refused:
        submit(clerk, sheet, MONITORING, 1)
    assert (refused.value.code, refused.value.params["rows"]) == ("performance.rows_open", "平台建设软件开发")
    lines = full(sheet, 供水专项硬件设备={"chance": Chance.IMPOSSIBLE})
    save(clerk, sheet, MONITORING, AssessmentDraft(1, 5_000_000_00, 26_000_000_00, lines=lines))
    assert submit(clerk, sheet, MONITORING, 2).light == "red"


@pytest.mark.parametrize("state", [None, *AssessmentState])
@pytest.mark.parametrize("action", AssessmentAction)
def test_exactly_the_steps_of_the_table_can_be_taken(
    clerk: User, sheet: TargetSheet, state: AssessmentState | None, action: AssessmentAction
) -> None:
    lines = full(sheet)
    if state is not None:
        save(clerk, sheet, EVALUATION, AssessmentDraft(0, 1, lines=lines))
    if state is AssessmentState.SUBMITTED:
        submit(clerk, sheet, EVALUATION, 1)
    allowed = state is not None and (state, action) in ASSESSMENT_TRANSITIONS
    first = Assessment.objects.first()
    seal = first.seal if first else ""
    if action is AssessmentAction.SAVE:
        save(clerk, sheet, EVALUATION, AssessmentDraft(1 if allowed else 0, 2, lines=lines))
        # A given look is never saved over: another one begins beside it.
        assert Assessment.objects.count() == (2 if state is AssessmentState.SUBMITTED else 1)
        assert not seal or Assessment.objects.get(number=1).seal == seal
    elif allowed:
        assert submit(clerk, sheet, EVALUATION, 1).state == ASSESSMENT_TRANSITIONS[AssessmentState.DRAFT, action]
    else:
        with pytest.raises(NotFound):
            submit(clerk, sheet, EVALUATION, 1)


def test_an_indicator_that_was_reported_on_does_not_vanish(clerk: User, sheet: TargetSheet) -> None:
    save(clerk, sheet, EVALUATION, AssessmentDraft(0, 1, lines=full(sheet)))
    with pytest.raises(Conflict, match=r"performance\.indicator_assessed"):
        write_sheet(clerk, replace(SHEET, version=sheet.version, indicators=SHEET.indicators[:1]))
    more = (*SHEET.indicators, replace(SHEET.indicators[-1], name="企业满意度"))
    write_sheet(clerk, replace(SHEET, version=sheet.version, indicators=more))
    with pytest.raises(InvalidInput, match=r"performance\.sheet_moved_on"):
        submit(clerk, TargetSheet.objects.get(), EVALUATION, 1)


def test_the_scheme_is_data_and_what_was_scored_keeps_its_own(clerk: User, sheet: TargetSheet) -> None:
    saved = save(clerk, sheet, EVALUATION, AssessmentDraft(0, 26_000_000_00, lines=full(sheet)))
    parameters = {**as_parameters(present_scheme()[1]), "execution": 20}
    with pytest.raises(InvalidInput, match=r"performance\.scheme_weights"):
        change_scheme(clerk, 0, parameters, "")
    parameters |= {
        "plain": {"output": 40, "benefit": 30, "satisfaction": 10},
        "with_cost": {"output": 30, "cost": 20, "benefit": 20, "satisfaction": 10},
    }
    assert change_scheme(clerk, 0, parameters, "more for money") == 1
    with pytest.raises(Conflict):
        change_scheme(clerk, 0, parameters, "")
    assert (saved.scheme_version, submit(clerk, sheet, EVALUATION, 1).execution_points_hundredths) == (0, 1000)
    fresh = save(clerk, sheet, EVALUATION, AssessmentDraft(0, 26_000_000_00, lines=full(sheet)))
    assert (fresh.scheme_version, fresh.execution_points_hundredths) == (1, 2000)
    stranger = add_person("gas", Role.FINANCE, organisation=add_organisation("JC-GAS-CO", "utility"))
    with pytest.raises(NotAllowed):
        change_scheme(stranger, 1, parameters, "")


def test_targets_are_written_as_forms_write_them() -> None:
    row = SheetIndicator(comparison=Comparison.AT_MOST, value_micro=263_780_000, unit="万元")
    assert target_text(row) == "≤263.78万元"
    assert target_text(SheetIndicator(comparison=Comparison.BY_DATE, by=date(2025, 10, 31))) == "2025-10-31"
    assert target_text(SheetIndicator(comparison=Comparison.ABOVE, value_micro=100_000_000, unit="%")) == ">100%"
