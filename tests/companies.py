"""Three companies at work in one city, each with everything a company can have."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from chengmai.access.models import Organisation, User
from chengmai.access.roles import ADMINISTRATORS, Role
from chengmai.assets.models import City, Network
from chengmai.assets.services import import_network
from chengmai.budget.construction.services import ProjectDraft, add_paper, write_project
from chengmai.budget.models import (
    BudgetSet,
    BudgetTable,
    DisclosureRound,
    PerformanceEvidence,
    ProjectPaper,
    TargetSheet,
)
from chengmai.budget.performance.evidence import gather, year_span
from chengmai.budget.performance.services import SheetDraft, write_sheet
from chengmai.budget.performance.sources import Question
from chengmai.budget.published.states import BudgetSetState
from chengmai.budget.units.services import hand_in, start_round
from chengmai.casework.cases import filing, services
from chengmai.casework.cases.joint_steps import JointStep
from chengmai.casework.cases.photos import add_photo
from chengmai.casework.cases.states import CaseAction
from chengmai.casework.classes.editions import load_classes, national_rows
from chengmai.casework.models import Case, Photo
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.core.units import Quantity
from chengmai.custody.models import HandTicket, Manifest, Ticket
from chengmai.detection.signals import Condition, Reason, Signal, Span
from chengmai.devices.care import CalibrationFacts, calibrate
from chengmai.devices.checking import DeviceFacts
from chengmai.devices.maintenance import open_order
from chengmai.devices.models import Device
from chengmai.devices.services import register
from chengmai.devices.states import MaintenanceKind
from chengmai.devices.type_changes import load_customary
from chengmai.disposal.duty import write_entry
from chengmai.disposal.handover import take_desk
from chengmai.disposal.models import BrokenValve, Report, ValvePlan, ValveStep
from chengmai.disposal.reports import path_of
from chengmai.disposal.valve_plans import make_valve_plan
from chengmai.disposal.valve_search import Element
from chengmai.events.models import OutboxEvent
from chengmai.network.survey_utilities import CUSTOMS
from chengmai.network.utilities import Utility
from chengmai.reactions import REACTIONS, show_live
from chengmai.registers.checklists import Answer, ItemAnswer, read_checklist
from chengmai.registers.entries import RegisterDraft, enter
from chengmai.registers.files import add_file
from chengmai.registers.kinds import load_customary as load_registers
from chengmai.registers.models import Checklist, ChecklistRun, RegisterEntry
from chengmai.registers.runs import RunDraft, fill
from chengmai.sensing.models import Datastream, Gateway
from chengmai.settlement.models import Payment, Statement
from chengmai.settlement.sheets import open_sheet
from chengmai.settlement.states import StatementState
from chengmai.settlement.versions import ContractDraft, load_contract
from chengmai.warning import locating, planned_works
from chengmai.warning.assessment import Step, act_on_warning, open_warning
from chengmai.warning.models import Alarm, PlannedWork, Rule, Warning
from chengmai.warning.services import apply_signal
from chengmai.warning.setting_aside import AsideWish, set_aside
from chengmai.warning.states import AlarmAction, Severity, WarningAction
from tests.custody import carry
from tests.disposal import MORNING, late, no_readings
from tests.joint_disposal import burst_plan
from tests.networks import packed
from tests.people import add_person
from tests.pictures import picture

EVERY_ROLE = [role for role in Role if role not in ADMINISTRATORS]
COMPANIES = {
    "CG-WATER": ("JC-WATER-CO", Utility.WATER, "Qwx"),
    "CG-GAS": ("JC-GAS-CO", Utility.GAS, "Qgx"),
    "CG-HEAT": ("JC-HEAT-CO", Utility.HEAT, "Qhx"),
}
"""Section above -> company, what it runs, and the mark that every code and text of its own carries."""


@dataclass(frozen=True)
class Company:
    """One company with a network, a gateway, a stream, a rule, an alarm, a warning, a case and a photograph of it."""

    mark: str
    organisation: Organisation
    section: Organisation
    person: User
    watcher: User
    network: Network
    gateway: Gateway
    stream: Datastream
    rule: Rule
    alarm: Alarm
    warning: Warning
    case: Case
    photo: Photo
    plan: ValvePlan
    work: PlannedWork
    report: Report
    device: Device
    paper: ProjectPaper
    sheet: TargetSheet
    evidence: PerformanceEvidence
    budget: BudgetSet
    round: DisclosureRound
    trip: Manifest
    ticket: Ticket
    typed: HandTicket
    paid: Payment
    entry: RegisterEntry
    run: ChecklistRun

    @property
    def marks(self) -> set[str]:
        """Texts that nobody else may ever be shown: its mark, and the numbers and codes the platform gave."""
        coded = (self.alarm, self.warning, self.case, self.plan, self.work)
        told = (self.photo, self.trip, self.ticket, self.typed)
        own = {self.mark, self.trip.number, *(str(one.pk) for one in told)}
        return own | {str(word) for one in coded for word in (one.pk, one.code)}


@dataclass(frozen=True)
class Town:
    """The bureau with an engineer who holds every role, and the companies by their mark."""

    bureau: Organisation
    engineer: User
    companies: dict[str, Company]


def build_town() -> Town:
    """Three companies, as unlike as their marks and as alike as the platform can make them."""
    bureau = Organisation.objects.create(code="CG", name_zh="局", name_en="Bureau", kind="bureau")
    City.objects.create(name_zh="城", name_en="Town", longitude=112.85, latitude=35.5, district="140502")
    engineer = add_person("engineer", *EVERY_ROLE, organisation=bureau)
    homes = {}
    for section, (code, _, _) in COMPANIES.items():
        above = Organisation.objects.create(
            code=section, name_zh=section, name_en=section, kind="department", parent=bureau
        )
        homes[section] = (
            above,
            Organisation.objects.create(code=code, name_zh=code, name_en=code, kind="utility", parent=above),
        )
    load_registers(date(2026, 1, 1))
    load_classes({row.trade: homes[_section(row.trade)][1] for row in national_rows()})
    companies = {}
    for section, (_, utility, mark) in COMPANIES.items():
        companies[mark] = _company(engineer, *homes[section], utility, mark)
        write_entry(companies[mark].person, new_id(), f"{mark} quiet night")
        take_desk(companies[mark].person)
        _set_aside_and_break(companies[mark])
    _answer_events()
    burst_plan()
    return Town(bureau, engineer, companies)


def _set_aside_and_break(company: Company) -> None:
    """Something of the company's set aside, and a valve of its found not to work."""
    until = now() + timedelta(hours=1)
    wish = AsideWish(AlarmAction.SHELVE, f"{company.mark} test", stream=company.stream.code, until=until)
    set_aside(company.person, wish)
    BrokenValve.objects.create(
        network=company.network,
        valve=f"{company.mark}v",
        found_at=now(),
        found_by=company.person,
        step=ValveStep.objects.filter(plan=company.plan).first(),
    )


def _answer_events() -> None:
    """Let everything answer the events so far that needs no running part: timers, parties, the duty log."""
    done: set[int] = set()
    while events := list(OutboxEvent.objects.exclude(pk__in=done).order_by("pk")):
        for event in events:
            done.add(event.pk)
            for function in REACTIONS.get(event.name, ()):
                if function not in (show_live, locating.request):
                    function(event)


def _section(department: str) -> str:
    return next((name for name in COMPANIES if name.lower().endswith(department)), "CG-WATER")


_SOURCES = {
    Utility.WATER: "Code,Kind,Point,Head\n{mark}s,水厂,{mark}a,750\n",
    Utility.GAS: "Code,Kind,Point,PressureKPa\n{mark}s,门站,{mark}a,400\n",
    Utility.HEAT: "Code,Kind,Point,PressureKPa,SupplyC,LiftKPa\n{mark}s,热源厂,{mark}a,300,110,250\n",
}


def _tables(utility: Utility, mark: str) -> bytes:
    """A survey of two points and a line, told as people of that trade tell it, packed."""
    code = CUSTOMS[utility].code
    points = f"Exp_No,X,Y,High\n{mark}a,3931000,38394000,700\n{mark}b,3931080,38394000,700\n"
    lines = f"LineNo,S_Point,E_Point,PSize,Material,Address\n{mark}l,{mark}a,{mark}b,DN200,PE,{mark}路\n"
    valves = f"Code,LineNo,Point\n{mark}v,{mark}l,{mark}a\n"
    users = f"Code,Point,Name,Category,Users\n{mark}u,{mark}b,{mark}医院,医院,1\n"
    tables = {"Point": points, "Line": lines, "Valve": valves, "User": users, "Facility": _SOURCES[utility]}
    return packed({f"{code}{name}": text.format(mark=mark) for name, text in tables.items()})


def _company(engineer: User, section: Organisation, organisation: Organisation, utility: Utility, mark: str) -> Company:
    person = add_person(f"person-{mark}", *EVERY_ROLE, organisation=organisation)
    watcher = add_person(f"watcher-{mark}", *EVERY_ROLE, organisation=section)
    network = Network.objects.create(
        code=f"N-{mark}", name_zh=f"{mark}网", name_en=f"{mark} net", utility=utility, owner=organisation
    )
    assert import_network(None, network, f"{mark}.zip", _tables(utility, mark)).published
    gateway = Gateway.objects.create(code=f"G-{mark}", name=f"{mark} gateway", owner=organisation, token_hash="-")
    stream = Datastream.objects.create(
        code=f"S-{mark}", name=f"{mark} stream", gateway=gateway, owner=organisation, quantity="pressure_head",
        network=network, element=f"{mark}a", longitude=112.83, latitude=35.5,
    )  # fmt: skip
    rule = Rule.objects.create(
        code=f"R-{mark}", kind="limit", network=network, owner=organisation,
        parameters={"streams": [stream.code], "low": 1.0, "high": 5.0},
    )  # fmt: skip
    found = Signal(
        subject=stream.code,
        condition=Condition.BEGIN,
        severity="orange",
        began_at=MORNING,
        raised_at=MORNING + timedelta(minutes=5),
        reasons=(Reason("night_flow", {"size_m3h": 7.5}),),
        size_m3h=7.5,
        evidence=(Span(stream.pk, MORNING, MORNING + timedelta(minutes=5)),),
        longitude=112.83,
        latitude=35.5,
    )
    alarm = apply_signal(rule, found, no_readings)
    assert alarm is not None
    issued = open_warning(alarm.pk, engineer, Severity.ORANGE)
    step = Step(WarningAction.ISSUE, issued.version, level=Severity.ORANGE, text=f"{mark} check the mains")
    warning = act_on_warning(issued.pk, engineer, step)
    case = _handled(engineer, person, warning, organisation)
    report = _report(warning, person)
    return Company(
        mark, organisation, section, person, watcher, network, gateway, stream, rule,
        Alarm.objects.get(pk=alarm.pk), warning, case, Photo.objects.get(case=case),
        make_valve_plan(engineer, case.pk, network.code, Element("link", f"{mark}l"), JointStep(new_id())),
        planned_works.plan(person, network.code, planned_works.WorkPlan(
            f"{mark} renewal", f"{mark} office", now(), now() + timedelta(hours=2), elements=[f"{mark}l"],
        )),
        report,
        _device(person, mark, stream),
        _paper(person, mark),
        write_sheet(person, SheetDraft(f"T-{mark}", 0, now().year, f"{mark}目标", organisation.code)),
        gather("warnings_lifted", Question({}, *year_span(now().year), organisation.code), person),
        _budget(mark, organisation),
        _round(person, mark),
        *carry(person, section, mark),
        _paid(person, mark),
        *_registered(person, mark),
    )  # fmt: skip


def _device(person: User, mark: str, stream: Datastream) -> Device:
    """A pressure logger of the company that feeds its stream."""
    load_customary()
    told = DeviceFacts(
        f"D-{mark}", "water-pressure", stream.owner.code, serial=f"{mark}1", network=stream.network.code,
        element=stream.element, streams=(stream.code,),
    )  # fmt: skip
    made = register(person, told)
    Device.objects.filter(pk=made.pk).update(state="in_service")
    calibration = CalibrationFacts(date(2025, 1, 5), f"{mark} laboratory", Quantity.PRESSURE_HEAD, 10.0, 0.1, 0.0)
    calibrate(person, made.code, calibration, b"%PDF-1.4 " + mark.encode(), f"{mark}.pdf")
    open_order(person, made.code, MaintenanceKind.BATTERY, f"{mark} new battery")
    return made


def _registered(person: User, mark: str) -> tuple[RegisterEntry, ChecklistRun]:
    """A vehicle of the company with its photograph, an outage of a line, and the month's check of the vehicle."""
    photo = str(add_file(person, f"{mark}.jpg", picture()).pk)
    facts = {"plate": f"{mark}车", "model": f"{mark}皮卡", "kind": "patrol", "photo": photo}
    vehicle = enter(person, "vehicle", RegisterDraft(person.organisation.code, facts))
    line = {"number": f"{mark}线", "name": f"{mark}", "carrier": "A", "bandwidth": "1", "opened_on": "2026-01-01"}
    enter(person, "line", RegisterDraft(person.organisation.code, line))
    checklist = Checklist.objects.get(code="vehicle_check")
    good = {item.code: Answer(ItemAnswer.GOOD) for item in read_checklist(checklist.definition).items}
    answers = good | {"clean": Answer(ItemAnswer.FAULT, 3, f"{mark} mud", photo)}
    run = fill(person, new_id(), checklist.code, RunDraft(date(2026, 3, 2), answers, vehicle.pk, f"{mark} note"))
    return vehicle, run


def _budget(mark: str, organisation: Organisation) -> BudgetSet:
    """A published budget of the company with one table, as if it had been loaded."""
    made = BudgetSet.objects.create(
        owner=organisation, unit_name=f"{mark}公司", year=2025, version=1, state=BudgetSetState.DRAFT,
        source=f"{mark}.txt", sha256=hashlib.sha256(mark.encode()).hexdigest(), lines=2, loaded_at=now(),
    )  # fmt: skip
    BudgetTable.objects.create(budget=made, number=1, key="income", title="收入总表", first_line=1, last_line=2)
    BudgetSet.objects.filter(pk=made.pk).update(state=BudgetSetState.PRESENT)
    return made


def _paid(person: User, mark: str) -> Payment:
    """A contract of the company's own with a month, a statement and a payment on it, as if it had been approved."""
    code, day = person.organisation.code, date(2025, 1, 1)
    text = f"合同 {mark}保洁\n编号 C-{mark}\n已知\n  面积 : 平方米\n计算\n  费 = 面积 × 1 元/平方米\n应付 费\n"
    version = load_contract(person, ContractDraft(f"{mark}.txt", text, code, code, day)).version
    assert version is not None
    open_sheet(person, version.contract, day)
    statement = Statement.objects.create(
        code=f"C-{mark}-1", contract=version.contract, contract_version=version, first=day, last=day, total_fen=100,
        drafted_at=now(), state=StatementState.APPROVED, approved_at=now(), seal="-",
    )  # fmt: skip
    return Payment.objects.create(
        contract=version.contract, statement=statement, amount_fen=100, on=day, voucher=f"{mark}1", paid_at=now(),
        paid_by=person, fingerprint="-",
    )  # fmt: skip


def _round(person: User, mark: str) -> DisclosureRound:
    """A round of the company's own with a document that waits to be checked."""
    made = start_round(person, f"{mark} round", 2025)
    hand_in(person, made, [(f"{mark}.txt", f"{mark}合计".encode())])
    return made


def _paper(person: User, mark: str) -> ProjectPaper:
    """A paper of a construction project of the company's own."""
    project = write_project(
        person, ProjectDraft(f"P-{mark}", 0, f"{mark}工程", f"{mark} works", person.organisation.code)
    )
    return add_paper(person, project, f"{mark}.pdf", f"%PDF- {mark}".encode())


def _report(warning: Warning, person: User) -> Report:
    """A report of a warning, as if it had been printed."""
    document = f"%PDF- {warning.code}".encode()
    sha256 = hashlib.sha256(document).hexdigest()
    place = path_of(sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(document)
    return Report.objects.create(
        kind="warning", subject=str(warning.pk), code=warning.code, language="en", owner=person.organisation,
        content_hash=sha256, sha256=sha256, size=len(document), made_at=now(), made_by=person,
    )  # fmt: skip


def _handled(engineer: User, person: User, warning: Warning, company: Organisation) -> Case:
    """The warning's case, signed by the company's person, with a photograph."""
    filing.open_case_from_warning(OutboxEvent.objects.get(name="warning.issued", aggregate=f"warning:{warning.pk}"))
    case = Case.objects.get(source="warning", source_id=str(warning.pk))
    for who, action, content in (
        (engineer, CaseAction.DISPATCH, {"department": company.code}),
        (person, CaseAction.SIGN, {}),
    ):
        step = services.Step(action=action, id=new_id(), version=case.version, **content)  # type: ignore[arg-type]
        case = services.act_on_case(case.pk, who, step)
    add_photo(case.pk, person, new_id(), picture())
    late(case)
    return Case.objects.get(pk=case.pk)
