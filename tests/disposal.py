"""A small city for tests of alarms, warnings and cases: departments, people in every role, one rule, one stream."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chengmai.access.models import Organisation, User
from chengmai.access.roles import PERMISSIONS, Permission, Role
from chengmai.assets.models import Network
from chengmai.casework.cases import filing, services
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.classes.editions import load_classes
from chengmai.casework.models import Case
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.detection.observations import Observations
from chengmai.detection.signals import Condition, Reason, Signal, Span
from chengmai.events.models import OutboxEvent
from chengmai.sensing.models import Datastream, Gateway
from chengmai.warning.assessment import Step as WarningStep
from chengmai.warning.assessment import act_on_warning, open_warning
from chengmai.warning.models import Alarm, Rule, Warning
from chengmai.warning.services import apply_signal
from chengmai.warning.states import Severity, WarningAction
from tests.people import add_organisation, add_person

MORNING = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class City:
    """Who and what a disposal needs."""

    bureau: Organisation
    water: Organisation
    appearance: Organisation
    company: Organisation
    network: Network
    rule: Rule
    stream: Datastream
    people: dict[str, User]


def build_city() -> City:
    """The bureau with a person for every role, two departments with handlers, a water company with an operator."""
    bureau = add_organisation("CG")
    water = add_organisation("CG-WATER", "department")
    appearance = add_organisation("CG-APPEARANCE", "department")
    company = add_organisation("JC-WATER-CO", "utility")
    Organisation.objects.filter(pk=company.pk).update(parent=water)
    people = {
        role.value: add_person(role.value, role, organisation=water if Permission.CASE_HANDLE in held else bureau)
        for role, held in PERMISSIONS.items()
        if role is not Role.DEPARTMENT_HANDLER
    }
    for username, home in (("handler", water), ("colleague", water), ("stranger", appearance)):
        people[username] = add_person(username, Role.DEPARTMENT_HANDLER, organisation=home)
    people["company"] = add_person("company", Role.OPERATOR, organisation=company)
    people["outsider"] = add_person("outsider", Role.OPERATOR, Role.SHIFT_LEADER, organisation=appearance)
    load_classes({"water": water, "appearance": appearance})
    network = Network.objects.create(code="JC-WATER", name_zh="供水", name_en="Water", utility="water", owner=company)
    rule = Rule.objects.create(
        code="night-west",
        kind="night_flow",
        network=network,
        owner=company,
        parameters={"area": "west", "flows": {"JC-Q-p227": 1}, "window": [2.0, 4.0], "least_m3h": 3.5},
    )
    gateway = Gateway.objects.create(code="SIM", name="SIM", owner=company, token_hash="-")
    stream = Datastream.objects.create(
        code="JC-Q-p227", name="p227", gateway=gateway, owner=company, quantity="flow", network=network
    )
    return City(bureau, water, appearance, company, network, rule, stream, people)


def no_readings(streams: object, start: datetime, end: datetime) -> Observations:
    """A store in which nothing lies."""
    return Observations.fresh([], [], [])


def signal(city: City, condition: Condition = Condition.BEGIN, subject: str = "west", **changes: object) -> Signal:
    """A night-flow signal as a detector gives it."""
    found = Signal(
        subject=subject,
        condition=condition,
        severity="orange",
        began_at=MORNING,
        raised_at=MORNING + timedelta(hours=2),
        reasons=(Reason("night_flow", {"size_m3h": 7.5}),),
        evidence=(Span(city.stream.pk, MORNING, MORNING + timedelta(hours=2)),),
        size_m3h=7.5,
        longitude=112.85,
        latitude=35.5,
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def raise_alarm(city: City, subject: str = "west") -> Alarm:
    """An active alarm, through the door the evaluation uses."""
    alarm = apply_signal(city.rule, signal(city, subject=subject), no_readings)
    assert alarm is not None
    return alarm


def issue(city: City, subject: str = "west") -> Warning:
    """An issued warning on a fresh alarm."""
    warning = open_warning(raise_alarm(city, subject).pk, city.people["operator"], Severity.ORANGE)
    return act_on_warning(
        warning.pk,
        city.people["operator"],
        WarningStep(WarningAction.ISSUE, warning.version, level=Severity.ORANGE, text="check the mains"),
    )


def open_case(warning: Warning) -> Case:
    """The case of an issued warning, opened by the reaction to the very event that was emitted."""
    event = OutboxEvent.objects.get(name="warning.issued", aggregate=f"warning:{warning.pk}")
    filing.open_case_from_warning(event)
    return Case.objects.get(source="warning", source_id=str(warning.pk))


def file(city: City) -> Case:
    """A case filed by hand."""
    return filing.file_case(
        city.people["intake_clerk"],
        filing.Filing(id=new_id(), case_class="0481", title="water on the road", longitude=112.85, latitude=35.5),
    )


WHO = {
    CaseAction.DISPATCH: "dispatcher",
    CaseAction.VOID: "dispatcher",
    CaseAction.RETURN: "handler",
    CaseAction.SIGN: "handler",
    CaseAction.ARRIVE: "handler",
    CaseAction.REPORT: "handler",
    CaseAction.FINISH: "handler",
    CaseAction.VERIFY: "verifier",
    CaseAction.SEND_BACK: "verifier",
    CaseAction.CLOSE: "shift_leader",
    CaseAction.ASK_CONFIRMATION: "dispatcher",
    CaseAction.CONFIRM: "collector",
    CaseAction.DENY: "collector",
    CaseAction.ASK_EXTENSION: "handler",
    CaseAction.EXTEND: "dispatcher",
    CaseAction.ASK_SUSPENSION: "handler",
    CaseAction.SUSPEND: "dispatcher",
    CaseAction.RESUME: "dispatcher",
    CaseAction.REFUSE: "dispatcher",
    CaseAction.URGE: "shift_leader",
    CaseAction.MERGE: "dispatcher",
    CaseAction.REWORK: "verifier",
}
"""Who takes each step on a case in these tests."""

WAY: dict[CaseState, tuple[CaseAction, ...]] = {
    CaseState.FILED: (),
    CaseState.DISPATCHED: (CaseAction.DISPATCH,),
    CaseState.SIGNED: (CaseAction.DISPATCH, CaseAction.SIGN),
    CaseState.ON_SITE: (CaseAction.DISPATCH, CaseAction.SIGN, CaseAction.ARRIVE),
    CaseState.HANDLED: (CaseAction.DISPATCH, CaseAction.SIGN, CaseAction.ARRIVE, CaseAction.FINISH),
    CaseState.VERIFIED: (
        CaseAction.DISPATCH,
        CaseAction.SIGN,
        CaseAction.ARRIVE,
        CaseAction.FINISH,
        CaseAction.VERIFY,
    ),
    CaseState.CLOSED: (
        CaseAction.DISPATCH,
        CaseAction.SIGN,
        CaseAction.ARRIVE,
        CaseAction.FINISH,
        CaseAction.VERIFY,
        CaseAction.CLOSE,
    ),
    CaseState.VOID: (CaseAction.VOID,),
    CaseState.TO_CONFIRM: (CaseAction.ASK_CONFIRMATION,),
    CaseState.SUSPENDED: (CaseAction.DISPATCH, CaseAction.SUSPEND),
    CaseState.MERGED: (CaseAction.MERGE,),
}
"""Steps from filing to each state."""


def more_of(action: CaseAction) -> dict[str, object]:
    """What a step needs beside a note: how much longer, or the oldest other case to be merged into."""
    if action in (CaseAction.ASK_EXTENSION, CaseAction.EXTEND):
        return {"amount": 2}
    if action is not CaseAction.MERGE:
        return {}
    return {"into": Case.objects.filter(title=MAIN_CASE).values_list("code", flat=True).first()}


def main_case(city: City) -> Case:
    """A case that others are merged into."""
    told = filing.Filing(id=new_id(), case_class="0481", title=MAIN_CASE)
    return filing.file_case(city.people["intake_clerk"], told)


MAIN_CASE = "the one that stays"


def step(case: Case, action: CaseAction, **content: object) -> services.Step:
    """A step as a client sends it, with a note and an id of its own."""
    given: dict[str, object] = {"id": new_id(), "version": case.version, "note": "done as described", **more_of(action)}
    given |= content
    return services.Step(action=action, **given)  # type: ignore[arg-type]


def act(city: City, case: Case, action: CaseAction, who: str | None = None, **content: object) -> Case:
    """Take a step on a case as the person who usually takes it."""
    return services.act_on_case(case.pk, city.people[who or WHO[action]], step(case, action, **content))


def bring(city: City, case: Case, state: CaseState) -> Case:
    """Take a freshly filed case to a state; one that is merged has another to be merged into."""
    if CaseAction.MERGE in WAY[state] and not Case.objects.filter(title=MAIN_CASE).exists():
        main_case(city)
    for action in WAY[state]:
        case = act(city, case, action)
    assert case.state == state
    return case


def late(case: Case, hours: int = 1) -> None:
    """Let a case have been due some hours ago."""
    Case.objects.filter(pk=case.pk).update(due_at=now() - timedelta(hours=hours))
