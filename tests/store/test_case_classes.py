"""Classes as data: national and local editions, revisions that cases keep, retiring, import by sheet, the calendar."""

from dataclasses import replace
from datetime import date

import pytest

from chengmai.access.models import AuditEntry
from chengmai.casework.cases import filing, queries
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.classes import changes as class_changes
from chengmai.casework.classes import editions as classes
from chengmai.casework.classes.changes import ClassFacts
from chengmai.casework.classes.sheet import import_classes
from chengmai.casework.clocks import calendar_changes, calendar_years
from chengmai.casework.clocks.calendar_years import ToldYear
from chengmai.casework.clocks.limits import LimitUnit
from chengmai.casework.models import Case, CaseClass, ClassKind, EditionLevel
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotAllowed
from chengmai.core.identity import new_id
from chengmai.network.utilities import Utility
from chengmai.warning.models import Rule, RuleKind
from tests.disposal import City, act, build_city, issue, open_case

pytestmark = pytest.mark.django_db

REFUSE = ClassFacts(
    ClassKind.EVENT,
    "0102",
    "暴露垃圾",
    "Exposed refuse",
    6,
    LimitUnit.URGENT_HOURS,
    "见到垃圾",
    "清理",
    "CG-APPEARANCE",
)


@pytest.fixture
def city() -> City:
    return build_city()


def file(city: City, code: str, kind: ClassKind = ClassKind.EVENT) -> Case:
    told = filing.Filing(id=new_id(), case_class=code, title="seen", class_kind=kind)
    return filing.file_case(city.people["intake_clerk"], told)


def test_every_class_that_ships_is_sound(city: City) -> None:
    rows = list(classes.national_rows())
    told = [ClassFacts(r.kind, r.code, r.name_zh, r.name_en, r.limit_amount, r.limit_unit) for r in rows]
    assert [fault for one in told for fault in class_changes.faults_of(one, {})] == []
    assert len({(row.kind, row.code) for row in rows}) == len(rows)
    assert all(row.filing_condition and row.closing_condition and row.trade for row in rows)
    assert {row.code[:2] for row in rows if row.kind is ClassKind.EVENT} == {"01", "02", "03", "04", "05"}
    assert {row.code[:2] for row in rows if row.kind is ClassKind.COMPONENT} == {"01", "02", "03", "04", "05"}


def test_the_local_class_goes_over_the_national_one_and_open_cases_keep_theirs(city: City) -> None:
    leader = city.people["shift_leader"]
    before = file(city, "0102")
    national = classes.present_class("0102")
    assert national is not None
    assert (national.edition.level, national.limit_amount) == (EditionLevel.NATIONAL, 4)
    local = class_changes.set_class(leader, REFUSE)
    assert classes.present_class("0102") == local
    after = file(city, "0102")
    before.refresh_from_db()
    assert before.case_class == national
    assert after.case_class == local
    assert before.due_at is not None
    assert after.due_at is not None
    assert (before.due_at - before.filed_at).total_seconds() == 4 * 3600
    assert (after.due_at - after.filed_at).total_seconds() == 6 * 3600
    assert queries.suggested_department(after).department == city.appearance
    entry = AuditEntry.objects.filter(action="case_class.set").latest("sequence")
    assert (entry.before["limit_amount"], entry.after["limit_amount"]) == (4, 6)


def test_a_change_of_what_was_changed_meanwhile_is_a_conflict(city: City) -> None:
    leader = city.people["shift_leader"]
    class_changes.set_class(leader, REFUSE)
    with pytest.raises(Conflict, match=r"version\.stale"):
        class_changes.set_class(leader, replace(REFUSE, limit_amount=8))
    class_changes.set_class(leader, replace(REFUSE, limit_amount=8, revision=1))
    rows = CaseClass.objects.filter(code="0102", kind="event", edition__level="local").order_by("revision")
    assert [(row.revision, row.limit_amount, row.until is None) for row in rows] == [(1, 6, False), (2, 8, True)]


def test_a_class_retired_with_open_cases_keeps_them_and_takes_no_new_ones(city: City) -> None:
    case = file(city, "0102")
    retired = class_changes.set_class(city.people["shift_leader"], replace(REFUSE, retired=True))
    assert class_changes.open_cases_of(retired) == 1
    with pytest.raises(InvalidInput, match=r"case\.class_retired"):
        file(city, "0102")
    act(city, case, CaseAction.DISPATCH, department="CG-APPEARANCE")
    case = act(city, Case.objects.get(pk=case.pk), CaseAction.SIGN, "stranger")
    assert case.state == CaseState.SIGNED
    class_changes.set_class(city.people["shift_leader"], replace(REFUSE, revision=1))
    assert file(city, "0102").case_class.retired is False


@pytest.mark.parametrize("who", ["dispatcher", "outsider"])
def test_only_the_bureau_s_leader_changes_classes(city: City, who: str) -> None:
    with pytest.raises(NotAllowed):
        class_changes.set_class(city.people[who], REFUSE)
    assert not CaseClass.objects.filter(code="0102", edition__level="local").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "102"}, "code"),
        ({"code": "01102"}, "code"),
        ({"name_zh": " "}, "name_zh"),
        ({"limit_amount": 0}, "limit"),
        ({"limit_amount": 251, "limit_unit": LimitUnit.WORKING_DAYS}, "limit"),
        ({"department": "NOWHERE"}, "department"),
    ],
)
def test_a_class_that_breaks_a_rule_is_refused(city: City, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        class_changes.set_class(city.people["shift_leader"], replace(REFUSE, **changes))  # type: ignore[arg-type]
    assert refused.value.params["field"] == field


def test_components_have_classes_of_two_and_of_three_digits_beside_events_of_the_same_code(city: City) -> None:
    cover = replace(REFUSE, kind=ClassKind.COMPONENT, code="01001", name_zh="供水井盖")
    class_changes.set_class(city.people["shift_leader"], cover)
    assert file(city, "01001", ClassKind.COMPONENT).case_class.name_zh == "供水井盖"
    assert file(city, "0101", ClassKind.COMPONENT).case_class.name_zh == "上水井盖"
    assert file(city, "0101").case_class.name_zh == "私搭乱建"


HEADER = "类型,代码,名称,英文名称,立案条件,结案条件,时限,时限单位,责任部门,停用\n"


def test_a_sheet_is_taken_over_whole_or_tells_what_is_wrong(city: City) -> None:
    leader = city.people["shift_leader"]
    wrong = HEADER + (
        "事件,0102,暴露垃圾,,,,6,紧急工作时,CG-APPEARANCE,\n"
        "事件,1,短,,,,6,工作时,,\n"
        "事件,0103,积存,,,,很快,工作日,,\n"
        "事件,0104,道路,,,,5,星期,,\n"
        "部件,0105,井盖,,,,5,工作日,没有的部门,\n"
        "事件,0102,暴露垃圾,,,,6,紧急工作时,,\n"
    )
    refused = import_classes(leader, "classes.csv", wrong.encode(), dry_run=False)
    told = [(found.row, found.field, found.value, found.rule) for found in refused.findings]
    assert told == [
        (3, "代码", "1", "class.event_code_form"),
        (4, "时限", "很快", "number.invalid"),
        (5, "时限单位", "星期", "word.unknown"),
        (6, "责任部门", "没有的部门", "word.unknown"),
        (7, "代码", "0102", "class.twice"),
    ]
    assert not refused.written
    assert not CaseClass.objects.filter(code="0102", edition__level="local").exists()
    sound = (
        HEADER + "事件,0102,暴露垃圾,,,,6,紧急工作时,CG-APPEARANCE,\n事件,0191,共享单车,,,,2,工作日,CG-APPEARANCE,\n"
    )
    checked = import_classes(leader, "classes.csv", sound.encode(), dry_run=True)
    assert (checked.new, checked.changed, checked.written) == (1, 1, False)
    done = import_classes(leader, "classes.csv", sound.encode(), dry_run=False)
    assert (done.new, done.changed, done.written) == (1, 1, True)
    again = import_classes(leader, "classes.csv", sound.encode(), dry_run=False)
    assert (again.new, again.changed, again.unchanged, again.written) == (0, 0, 2, False)
    found = classes.present_class("0191")
    assert found is not None
    assert (found.limit_unit, found.department) == (LimitUnit.WORKING_DAYS, city.appearance)


def test_a_file_without_a_header_is_told(city: City) -> None:
    outcome = import_classes(city.people["shift_leader"], "x.csv", b"a,b\n1,2\n", dry_run=False)
    assert [found.rule for found in outcome.findings] == ["class.no_header"]


def test_a_year_is_given_once_seen_and_due_times_beyond_the_calendar_wait_for_it(city: City) -> None:
    admin = city.people["shift_leader"]
    year = max(calendar_years.present_calendar().years) + 1
    far = replace(REFUSE, limit_amount=250, limit_unit=LimitUnit.WORKING_DAYS)
    class_changes.set_class(admin, far)
    case = file(city, "0102")
    if now().year >= year - 1:  # from then on 250 working days reach beyond what is published
        assert case.due_at is None
    told = ToldYear(year, (date(year, 1, 1),) if date(year, 1, 1).weekday() < 5 else (), (), "notice", 0)
    calendar_changes.give_year(admin, told)
    assert year in calendar_years.present_calendar().years
    with pytest.raises(Conflict, match=r"version\.stale"):
        calendar_changes.give_year(admin, told)
    with pytest.raises(InvalidInput, match=r"calendar\.other_year"):
        calendar_changes.give_year(admin, replace(told, version=1, off=(date(year + 1, 1, 1),)))


@pytest.mark.parametrize("kind", RuleKind)
def test_a_warning_of_every_kind_of_rule_opens_its_case(city: City, kind: RuleKind) -> None:
    warning = issue(city)
    Rule.objects.filter(pk=warning.alarm.rule_id).update(kind=kind)
    case = open_case(warning)
    assert (case.case_class.code, case.source_id) == (classes.class_of_rule(kind, Utility.WATER), str(warning.pk))


def test_every_class_that_a_warning_may_open_is_in_an_edition() -> None:
    known = {row.code for row in (*classes.national_rows(), *classes.OWN_CLASSES) if row.kind is ClassKind.EVENT}
    assert {classes.class_of_rule(kind, utility) for kind in RuleKind for utility in (*Utility, None)} <= known
    assert classes.class_of_rule(RuleKind.METHANE, Utility.SEWER) == "0403"
    assert classes.class_of_rule(RuleKind.LIMIT, Utility.GAS) != classes.class_of_rule(RuleKind.LIMIT, Utility.WATER)
