"""Five weeks of the demonstration city's past cases with all their stages and steps, in bulk; always the same ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.assets.models import GridCell, Street
from chengmai.casework.cases.states import CaseAction, CaseState
from chengmai.casework.classes.editions import department_of, present_classes, trades
from chengmai.casework.clocks import timing
from chengmai.casework.clocks.calendar_years import present_calendar
from chengmai.casework.clocks.stages import Stage, minutes_of
from chengmai.casework.models import Case, CaseClass, CaseEvent, ClassKind, StageClock
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.core.work_calendar import WorkCalendar
from chengmai.demo.people import APPEARANCE
from chengmai.settings import current
from chengmai.warning.models import DailyNumber
from chengmai.warning.numbering import CASE_PREFIX

DAYS = 36
"""Up to yesterday."""
CLASSES = ("0102", "0103", "0104", "0105", "0106", "0201", "0202", "0501", "0502", "0503", "0504")
"""Classes of events that happen every day."""
COLLECTORS = 21
"""So many of the collectors report: those who have cells to walk, and one of the bureau."""
_SEED = 20261
_BY_DAY = (9, 14)
_A = CaseAction


@dataclass
class PastCases:
    """What is to be stored: cases, their stages and steps, in the order they came about."""

    cases: list[Case] = field(default_factory=list)
    clocks: list[StageClock] = field(default_factory=list)
    steps: list[CaseEvent] = field(default_factory=list)
    numbers: dict[Any, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Town:
    random: Random
    people: dict[Role, list[User]]
    department: Organisation
    handlers: list[User]
    classes: Sequence[CaseClass]
    cells: Sequence[GridCell]
    streets: Sequence[str]
    calendar: WorkCalendar


def ensure_past_cases() -> None:
    """Make the past weeks when the city has no case yet."""
    if Case.objects.exists():
        return
    with transaction.atomic():
        take_turn()
        made = PastCases()
        town = _town()
        for filed_at in _moments(town.random, now()):
            _make(made, town, filed_at)
        Case.objects.bulk_create(made.cases)
        StageClock.objects.bulk_create(made.clocks)
        CaseEvent.objects.bulk_create(made.steps)
        DailyNumber.objects.bulk_create(
            (DailyNumber(prefix=CASE_PREFIX, day=day, last=last) for day, last in made.numbers.items()),
            ignore_conflicts=True,
        )
        record(None, "case.past_made", "case", "*", after={"cases": len(made.cases), "from": "demonstration"})


def _town() -> _Town:
    people: dict[Role, list[User]] = {}
    for user in User.objects.prefetch_related("role_assignments").select_related("organisation").order_by("pk"):
        for role in user.roles:
            people.setdefault(role, []).append(user)
    department = Organisation.objects.get(code=APPEARANCE)
    known, by_trade = present_classes(), trades()
    wanted = [known[key] for code in CLASSES if (key := (ClassKind.EVENT.value, code)) in known]
    return _Town(
        Random(_SEED),  # noqa: S311 - a demonstration, always the same
        people,
        department,
        [one for one in people[Role.DEPARTMENT_HANDLER] if one.organisation_id == department.pk],
        [row for row in wanted if department_of(row, by_trade) == department],
        list(GridCell.objects.order_by("code")),
        list(Street.objects.order_by("pk").values_list("name_zh", flat=True)) or [""],
        present_calendar(),
    )


def _moments(random: Random, until: datetime) -> Iterator[datetime]:
    """When cases were filed: between seven and seven, fewer of them at weekends."""
    zone = current().zone
    today = until.astimezone(zone).date()
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        how_many = random.randint(*_BY_DAY) // (2 if day.weekday() > 4 else 1)
        minutes = sorted(random.randrange(12 * 60) for _ in range(how_many))
        for minute in minutes:
            yield datetime.combine(day, time(7), zone) + timedelta(minutes=minute, seconds=random.randrange(60))


def _make(made: PastCases, town: _Town, filed_at: datetime) -> None:
    random = town.random
    row, cell = random.choice(town.classes), random.choice(town.cells)
    collected = random.random() < 0.78
    filer = random.choice(town.people[Role.COLLECTOR][:COLLECTORS] if collected else town.people[Role.INTAKE_CLERK])
    day = filed_at.date()
    made.numbers[day] = made.numbers.get(day, 0) + 1
    case = Case(
        id=new_id(),
        code=f"{CASE_PREFIX}-{day:%Y%m%d}-{made.numbers[day]:04d}",
        case_class=row,
        source="person",
        title=f"{random.choice(town.streets)} {row.name_zh}".strip(),
        longitude=round(cell.west + (cell.east - cell.west) * random.uniform(0.1, 0.9), 6),
        latitude=round(cell.south + (cell.north - cell.south) * random.uniform(0.1, 0.9), 6),
        cell=cell,
        filed_by=filer,
        reported_at=filed_at - timedelta(minutes=min(55.0, random.expovariate(1 / 9))),
        filed_at=filed_at,
    )
    timing.set_due(case, calendar=town.calendar)
    _Course(made, town, case).run()
    made.cases.append(case)


class _Course:
    """One case from filing to its end, step by step on its own clock."""

    def __init__(self, made: PastCases, town: _Town, case: Case) -> None:
        self.made, self.town, self.case = made, town, case
        self.random = town.random
        self.at = case.filed_at
        self.until = now()

    def run(self) -> None:
        case, random = self.case, self.random
        self._step("file", case.filed_by, CaseState.FILED)
        chance = random.random()
        if chance < 0.12:
            self._after(6)
            asked = self._step(_A.ASK_CONFIRMATION, self._one(Role.DISPATCHER), CaseState.TO_CONFIRM)
            self._stage(Stage.DISPATCH, case.filed_at, asked)
            who = case.filed_by if random.random() < 0.7 else self._one(Role.COLLECTOR)
            begun = self.at
            self._after(14)
            done = self._step(_A.CONFIRM if chance < 0.09 else _A.DENY, who, CaseState.FILED)
            self._stage(Stage.CONFIRM, begun, done)
            if chance >= 0.09:
                self._void(self.at)
                return
        self._dispatch()
        if random.random() < 0.04:
            self._after(40)
            self._step(_A.RETURN, random.choice(self.town.handlers), CaseState.FILED)
            self.made.clocks[-1].taken_back = True
            self._dispatch()
        self._handle()

    def _void(self, begun: datetime) -> None:
        self._after(8)
        self._stage(Stage.DISPATCH, begun, self._step(_A.VOID, self._one(Role.DISPATCHER), CaseState.VOID))

    def _dispatch(self) -> None:
        begun = self.at
        self._after(11)
        self.case.department = self.town.department
        self._stage(Stage.DISPATCH, begun, self._step(_A.DISPATCH, self._one(Role.DISPATCHER), CaseState.DISPATCHED))

    def _handle(self) -> None:
        case, random, begun = self.case, self.random, self.at
        if random.random() < 0.015:
            self._after(30)
            self._step(_A.VOID, self._one(Role.DISPATCHER), CaseState.VOID)
            return
        case.handler = random.choice(self.town.handlers)
        self._after(25)
        self._step(_A.SIGN, case.handler, CaseState.SIGNED)
        limit_min = ((case.due_at or begun) - case.filed_at).total_seconds() / 60
        # Most are done in time, some a little late, a few much later; two of a hundred still wait.
        share = min(2.5, random.lognormvariate(-0.75, 0.55))
        finished = case.filed_at + timedelta(minutes=max(45.0, share * limit_min))
        if random.random() < 0.02 or finished > self.until - timedelta(hours=3):
            self._wait(begun)
            return
        self.at = max(self.at, finished - timedelta(minutes=20))
        self._step(_A.ARRIVE, case.handler, CaseState.ON_SITE)
        self.at += timedelta(minutes=20)
        done = self._step(_A.FINISH, case.handler, CaseState.HANDLED)
        self._stage(Stage.HANDLE, begun, done)
        case.handled_at = self.at
        self._check()

    def _check(self) -> None:
        case, begun = self.case, self.at
        if self.random.random() < 0.05:
            case.reworked = 1
        self._after(70)
        self._stage(Stage.CHECK, begun, self._step(_A.VERIFY, self._one(Role.VERIFIER), CaseState.VERIFIED))
        begun = self.at
        self._after(9)
        self._stage(Stage.CLOSE, begun, self._step(_A.CLOSE, self._one(Role.SHIFT_LEADER), CaseState.CLOSED))
        case.closed_at = self.at

    def _wait(self, begun: datetime) -> None:
        """Still in a handler's hands; that it is late was told when it was."""
        case, late = self.case, self.case.due_at
        told = self.until if late is not None and late < self.until else None
        warned = self.until if case.yellow_at is not None and case.yellow_at < self.until else None
        self.made.clocks.append(
            StageClock(
                case=case,
                stage=Stage.HANDLE.value,
                started_at=begun,
                yellow_at=case.yellow_at,
                due_at=case.due_at,
                told_yellow_at=warned,
                told_red_at=told,
            )
        )

    def _after(self, minutes: float) -> datetime:
        self.at += timedelta(minutes=min(6 * minutes, 1 + self.random.expovariate(1 / minutes)))
        return self.at

    def _one(self, role: Role) -> User:
        return self.random.choice(self.town.people[role])

    def _step(self, action: str, actor: User | None, state: CaseState) -> User | None:
        self.made.steps.append(
            CaseEvent(
                id=new_id(),
                case=self.case,
                at=self.at,
                actor=actor,
                action=str(action),
                from_state="" if action == "file" else str(self.case.state),
                to_state=state.value,
            )
        )
        self.case.state = state.value
        return actor

    def _stage(self, stage: Stage, begun: datetime, by: User | None) -> None:
        case = self.case
        yellow, due = case.yellow_at, case.due_at
        if stage is not Stage.HANDLE:
            length = timedelta(minutes=minutes_of(case.case_class, stage))
            yellow, due = begun + length * 0.8, begun + length
        self.made.clocks.append(
            StageClock(
                case=case,
                stage=stage.value,
                started_at=begun,
                yellow_at=yellow,
                due_at=due,
                ended_at=self.at,
                ended_by=by,
            )
        )
