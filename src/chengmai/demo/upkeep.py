"""The demonstration's registers: the platform's upkeep, enforcement vehicles, seized goods, waste sorting; invented.

Counts are those of the bureau's published target sheet of 2025: 17 lines, 340 terminals, 12 seats.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.roles import Role
from chengmai.core.clock import now
from chengmai.core.identity import new_id
from chengmai.registers.checking import Known, read_facts
from chengmai.registers.checklists import Answer, ItemAnswer, Rhythm, period_of, read_checklist, score
from chengmai.registers.entries import RegisterDraft, write_new
from chengmai.registers.kinds import kind_of, load_customary
from chengmai.registers.models import Checklist, ChecklistRun, EntryStep, RegisterEntry
from chengmai.registers.queries import today
from chengmai.registers.runs import answer_facts

YEAR = 2025
"""The year of the published target sheet."""
CARRIERS = ("中国电信", "中国移动", "中国联通")
DISTRICTS = ("城区", "泽州县", "高平市", "阳城县", "陵川县", "沁水县")
WEEKS = 8
Values = dict[str, str]
Told = tuple[str, Values]
"""A first state and the values of an entry."""
EQUIPMENT = (
    *(("ups", "UPS 主机", 2), ("led_wall", "指挥大厅大屏", 1), ("conference", "会议系统", 1)),
    *(("central_control", "中控主机", 1), ("network", "核心交换机", 4), ("fire", "气体灭火装置", 2)),
    *(("central_air", "中央空调机组", 1), ("precision_air", "机房精密空调", 2), ("body_camera", "执法记录仪采集站", 6)),
    *(("server", "应用服务器", 8), ("storage", "存储阵列", 2), ("security_device", "防火墙", 2)),
    *(("database", "数据库软件", 2), ("middleware", "中间件", 2), ("application", "城市综合管理服务平台", 1)),
)


def ensure_upkeep(bureau: str) -> None:
    """Fill the registers when nothing is in them; what is there stays as it is."""
    load_customary(today() - timedelta(weeks=WEEKS))
    if RegisterEntry.objects.exists():
        return
    owner = Organisation.objects.get(code=bureau)
    with transaction.atomic():
        take_turn()
        counted = {register: _write(owner, register, make) for register, make in MAKERS.items()}
        counted["runs"] = _fill(owner)
        _bring_on()
        record(None, "register.demonstrated", "register_kind", "*", after=counted)


def _write(owner: Organisation, register: str, make: Callable[[], Iterator[Told]]) -> int:
    row, kind = kind_of(register)
    told = list(make())
    known = Known.read(None, kind, [values for _, values in told])
    drafts = []
    for state, values in told:
        facts, faults = read_facts(kind, values, known, {})
        if faults:
            raise faults[0]
        drafts.append((RegisterDraft(owner.code, values, state), facts))
    return len(write_new(None, row, kind, drafts, {owner.code: owner}))


def _equipment() -> Iterator[Told]:
    number = 0
    for kind, name, many in EQUIPMENT:
        for each in range(1, many + 1):
            number += 1
            until = today() + timedelta(days=20 + number * 37 % 600 if number % 9 else -12)
            yield "", {
                "number": f"PT-{number:03}", "name": f"{name} {each}" if many > 1 else name, "kind": kind,
                "room": "机房" if kind in ("ups", "network", "server", "storage", "precision_air") else "指挥中心",
                "in_use_since": "2024-06-01", "warranty_until": until.isoformat(),
            }  # fmt: skip


def _lines() -> Iterator[Told]:
    for number in range(1, 18):
        place = DISTRICTS[(number - 1) % len(DISTRICTS)]
        yield "", {
            "number": f"ZX-{number:02}", "name": f"{place}平台专线", "carrier": CARRIERS[number % 3],
            "from_place": "市指挥中心", "to_place": place, "bandwidth": str((100, 200, 1000)[number % 3]),
            "opened_on": f"{YEAR}-01-01", "contract_until": f"{today().year}-12-31",
            "monthly_rent": f"{1800 + 100 * (number % 5)}.00",
        }  # fmt: skip


def _outages() -> Iterator[Told]:
    """A few in the sheet's year, and some of the last weeks; two of them overlap, one is open."""
    first = datetime(YEAR, 2, 11, 1, 20, tzinfo=UTC)
    for number in range(9):
        begin = first + timedelta(days=31 * number, hours=number)
        yield _outage(number * 5 % 17 + 1, begin, begin + timedelta(minutes=25 + 19 * number), "光缆抢修")
    present = now().replace(minute=0, second=0, microsecond=0)
    for number, (days, hours) in enumerate(((20, 3.0), (19.9, 4.0), (13, 1.5), (9, 7.0), (5, 0.7), (2, 2.2))):
        begin = present - timedelta(days=days)
        line = 3 if number < 2 else number * 3 % 17 + 1
        yield _outage(line, begin, begin + timedelta(hours=hours), "设备割接" if number % 2 else "光缆中断")
    yield "open", {
        "line": "ZX-11", "told_by": "carrier", "cause": "施工挖断光缆，抢修中",
        "began_at": (present - timedelta(hours=3)).isoformat(),
    }  # fmt: skip


def _outage(line: int, begin: datetime, end: datetime, cause: str) -> Told:
    told = {"began_at": begin.isoformat(), "ended_at": end.isoformat(), "told_by": "hand", "cause": cause}
    return "ended", {"line": f"ZX-{line:02}", **told}


def _terminals() -> Iterator[Told]:
    for number in range(1, 349):
        unit = DISTRICTS[number % len(DISTRICTS)]
        told = {"number": f"CGT-{number:03}", "card": f"1064{8_000_000 + number * 37:09}", "issued_on": f"{YEAR}-01-01"}
        spare = number > 340
        yield ("in_stock" if spare else "in_use"), {
            **told, "holder": "" if spare else f"采集员 {number:03}", "unit": unit, "carrier": CARRIERS[number % 3],
        }  # fmt: skip


def _seats() -> Iterator[Told]:
    for number in range(1, 13):
        yield "", {
            "number": f"ZXY-{number:02}", "name": f"坐席员 {number:02}", "employer": "晋城话务服务公司（演示）",
            "contract_from": f"{YEAR}-01-01", "contract_until": f"{today().year}-12-31", "monthly_fee": "4200.00",
        }  # fmt: skip


def _attendance() -> Iterator[Told]:
    day = today()
    days = [one for one in (day - timedelta(days=back) for back in range(1, 13)) if one.weekday() < 5]
    for number in range(1, 13):
        for place, on in enumerate(days):
            state = "leave" if (number, place) == (4, 2) else "late" if (number, place) == (9, 5) else "present"
            yield state, {"seat": f"ZXY-{number:02}", "on": on.isoformat(), "shift": "day", "hours": "8.0"}


def _faults() -> Iterator[Told]:
    whats = ("大屏局部黑屏", "UPS 电池告警", "交换机端口丢包", "精密空调高温告警", "采集站存储满", "中控触摸屏失灵")
    begin = datetime(YEAR, 1, 14, 1, 0, tzinfo=UTC)
    recent = now() - timedelta(days=1)
    moments = [*(begin + timedelta(days=39 * number) for number in range(9)), recent]
    for number, at in enumerate(moments):
        yield "", {
            "what": whats[number % len(whats)], "equipment": f"PT-{number * 4 % 37 + 1:03}", "weight": "normal",
            "found_at": at.isoformat(),
        }  # fmt: skip


def _backups() -> Iterator[Told]:
    for back in range(1, 31):
        at = (now() - timedelta(days=back)).replace(hour=18, minute=0, second=0, microsecond=0)
        told = {"what": "database", "ran_at": at.isoformat(), "size": f"{40 + back % 7}.5", "medium": "异地存储"}
        yield ("failed", {**told, "reason": "存储空间不足"}) if back == 17 else ("succeeded", told)


def _assessments() -> Iterator[Told]:
    yield "underway", {
        "system": "城市综合管理服务平台", "level": "three", "agency": "晋城信息安全测评中心（演示）",
        "planned_on": f"{YEAR}-08-01", "on": f"{YEAR}-08-22", "score": "86.50", "next_due": f"{YEAR + 1}-08-31",
    }  # fmt: skip


def _vehicles() -> Iterator[Told]:
    for number in range(1, 61):
        told = today() + timedelta(days=number * 53 % 360 if number % 20 else -3)
        yield "", {
            "plate": f"晋E·{31_000 + number * 17}", "model": ("皮卡", "面包车", "电动巡逻车")[number % 3],
            "kind": ("patrol", "cargo", "patrol", "water")[number % 4], "unit": f"执法{'一二三四五六'[number % 6]}大队",
            "insured_until": told.isoformat(), "inspected_until": (told + timedelta(days=90)).isoformat(),
        }  # fmt: skip


def _fuel() -> Iterator[Told]:
    for number in range(1, 41):
        centilitres = 3500 + number * 61 % 1500
        fen = centilitres * 762 // 100
        yield "", {
            "vehicle": f"晋E·{31_000 + number * 17}", "on": (today() - timedelta(days=number % 28)).isoformat(),
            "litres": f"{centilitres // 100}.{centilitres % 100:02}", "amount": f"{fen // 100}.{fen % 100:02}",
            "odometer": str(20_000 + number * 733), "receipt": f"JY{number:05}",
        }  # fmt: skip


def _repairs() -> Iterator[Told]:
    for number in range(1, 6):
        plate = f"晋E·{31_000 + number * 119}"
        yield "", {"vehicle": plate, "what": "更换制动片", "asked_on": (today() - timedelta(days=number)).isoformat()}


def _seized() -> Iterator[Told]:
    whats = (("三轮车", "vehicle"), ("遮阳棚", "other"), ("灯箱", "sign"), ("水果摊位", "goods"))
    for number in range(1, 15):
        what, kind = whats[number % 4]
        taken = today() - timedelta(days=number * 2)
        yield "", {
            "document": f"晋城管扣〔{taken.year}〕{number:03} 号", "what": what, "kind": kind, "number": "1",
            "person": f"当事人 {number:02}", "place": f"{DISTRICTS[number % 6]}主干道", "taken_on": taken.isoformat(),
            "keep_until": (taken + timedelta(days=30)).isoformat(),
        }  # fmt: skip


def _areas() -> Iterator[Told]:
    for number, name in enumerate(DISTRICTS, start=1):
        company = f"{name}分类服务公司（演示）"
        yield (
            "",
            {
                "number": f"FL-{number:02}",
                "name": name,
                "kind": "district",
                "company": company,
                "since": f"{YEAR}-01-01",
            },
        )


def _services() -> Iterator[Told]:
    for number, service in enumerate(
        ("reporting", "supervision", "assessment", "participation", "statistics", "targeted_report")
    ):
        on = date(YEAR, 3 + number, 20).isoformat()
        yield "", {"service": service, "what": f"{YEAR} 年第 {number + 1} 期", "on": on}


MAKERS: dict[str, Callable[[], Iterator[Told]]] = {
    "equipment": _equipment, "line": _lines, "line_outage": _outages, "terminal": _terminals, "seat": _seats,
    "seat_attendance": _attendance, "fault": _faults, "backup": _backups, "security_assessment": _assessments,
    "vehicle": _vehicles, "vehicle_fuel": _fuel, "vehicle_repair": _repairs, "seized_item": _seized,
    "sorting_area": _areas, "sorting_service": _services,
}  # fmt: skip
"""Register -> its entries, in an order in which what is referred to comes first."""


def _bring_on() -> None:
    """Take the moves that happened: past faults were cleared, the assessment passed."""
    past = RegisterEntry.objects.filter(kind__code="fault", on__lt=today() - timedelta(days=2)).order_by("code")
    for entry in past:
        found = datetime.fromisoformat(str(entry.facts["found_at"]))
        taken, cleared = found + timedelta(minutes=25), found + timedelta(hours=4)
        noted = {"taken_by": "驻场工程师", "taken_at": taken.isoformat(timespec="seconds")}
        _step(entry, "take", "taken", taken, noted)
        mended: dict[str, str | int] = {
            "repair": "更换配件后恢复",
            "cleared_at": cleared.isoformat(timespec="seconds"),
            "cost": 26_000,
        }
        _step(entry, "clear", "cleared", cleared, mended)
    for entry in RegisterEntry.objects.filter(kind__code="security_assessment"):
        _step(entry, "pass", "passed", datetime(YEAR, 8, 22, 8, 0, tzinfo=UTC), {})
        entry.expires_on = date.fromisoformat(str(entry.facts["next_due"]))
        entry.save(update_fields=["expires_on"])


def _step(entry: RegisterEntry, action: str, state: str, at: datetime, told: Mapping[str, str | int]) -> None:
    before, entry.state, entry.version = entry.state, state, entry.version + 1
    entry.facts |= told
    entry.amount_fen = entry.facts.get("cost")
    entry.save(update_fields=["state", "facts", "version", "amount_fen"])
    EntryStep.objects.create(
        entry=entry, at=at, action=action, from_state=before, to_state=state, version=entry.version, facts=entry.facts
    )


def _fill(owner: Organisation) -> int:
    """Weekly inspections of the last weeks, and last month's assessment of waste sorting in every district."""
    by = User.objects.filter(role_assignments__role=Role.OPERATOR, organisation=owner).order_by("pk").first()
    if by is None:
        return 0
    day = today()
    weekly, sorting = (Checklist.objects.get(code=code) for code in ("weekly_inspection", "sorting_assessment"))
    runs = [_run(weekly, by, day - timedelta(days=7 * back), None, back) for back in range(WEEKS) if back != 3]
    last = day.replace(day=1) - timedelta(days=4)
    areas = RegisterEntry.objects.filter(kind__code="sorting_area").order_by("code")
    runs += [_run(sorting, by, last, area, number) for number, area in enumerate(areas)]
    return len(ChecklistRun.objects.bulk_create(runs))


def _run(row: Checklist, by: User, on: date, subject: RegisterEntry | None, number: int) -> ChecklistRun:
    checklist = read_checklist(row.definition)
    answers = {item.code: Answer(ItemAnswer.GOOD) for item in checklist.items}
    for place, item in enumerate(checklist.items):
        # Without photographs: only what needs none is found at fault here.
        if not item.photo and (place + number * 3) % 11 == 4:
            answers[item.code] = Answer(ItemAnswer.FAULT, item.points // 2, "已要求整改")
    found = score(checklist, answers)
    return ChecklistRun(
        id=new_id(), checklist=row, checklist_version=row.version, owner=by.organisation, subject=subject, on=on,
        period=None if checklist.every is Rhythm.NONE else period_of(checklist.every, on),
        answers={code: answer_facts(answer) for code, answer in answers.items()},
        points=found.points, most_points=found.most, failed=found.failed, filled_by=by, filled_at=now(),
        fingerprint=f"{number:064}",
    )  # fmt: skip
