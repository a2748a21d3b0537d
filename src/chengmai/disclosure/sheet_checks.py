"""Project sheets by themselves and against the tables of projects: money, sources, targets, goals, dates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher

from chengmai.core.findings import Severity
from chengmai.disclosure.arithmetic import Spot
from chengmai.disclosure.arithmetic import spot as spot_in
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.folding import name_key
from chengmai.disclosure.passages import Mention, Passage
from chengmai.disclosure.published import PublishedTables
from chengmai.disclosure.quantities import ITEM_NUMBER, MONEY, SHARE, TIME, Quantity, measure, numbers
from chengmai.disclosure.relations import shown
from chengmai.disclosure.sheet_facts import TERM, YEAR, SheetFacts, Target, is_cost
from chengmai.disclosure.table_checks import find_cell
from chengmai.disclosure.tables import TableRow
from chengmai.disclosure.wording import is_paid, is_unpaid

_SAME_THING = 0.75
_ALIKE = 0.72
"""How alike two names must be (ratio of matching characters) to be the same project, its money being the same."""
_AT_LEAST = re.compile(r"(?:至少|不少于|不低于|不小于)[^\d,，。；;]{0,4}$")
_AT_MOST = re.compile(r"(?:不超过|不多于|不高于|至多|最多)[^\d,，。；;]{0,4}$")
_MONTH = re.compile(r"(?:((?:19|20)\d\d)年)?\s*(\d{1,2})月")
_VEHICLE_COSTS = re.compile(
    r"(?:车辆|用车|汽车)[^,，。；;\d]{0,12}(?:运维|运行|燃料|油|保险|维修|维护)[^,，。；;\d]{0,10}"
)
_ASKED = re.compile(r"(?:申请|预算|安排)[^,，。；;]{0,16}$")
_PAID_BY = re.compile(r"(\d{1,2})月(?:份|底|末)?之?前完成支付")
_NAME_NOISE = re.compile(r"(?:19|20)\d\d年?(?:度)?|[年全共各个完成的数量率]|时间|情况|标准|总长|面积数")
_DEED = ("采购", "支付", "验收", "评审", "施工", "竣工", "送审", "拨付", "测评", "培训", "招聘")


@dataclass
class SheetChecks:
    """What the sheets tell differently, which figures were compared, and how many comparisons agree."""

    findings: list[DocumentFinding] = field(default_factory=list)
    covered: set[Spot] = field(default_factory=set)
    holding: int = 0

    def cover(self, *places: DocumentPlace) -> None:
        """Mark figures of cells as compared."""
        self.covered |= {(place.line, place.column or 0, place.start or 0) for place in places}

    def find(
        self,
        rule: str,
        severity: Severity,
        place: DocumentPlace,
        other: DocumentPlace | None,
        value: str,
        other_value: str,
        difference: str = "",
        **detail: str,
    ) -> None:
        """Keep a finding."""
        self.findings.append(
            DocumentFinding(rule, severity, place, other, value, other_value, difference, True, tuple(detail.items()))
        )


def check_sheets(sheets: Sequence[SheetFacts], published: PublishedTables) -> SheetChecks:
    """Every sheet by itself, and all of them against the tables of projects."""
    checks = SheetChecks()
    rows = _match(sheets, published, checks)
    for sheet in sheets:
        row = rows.get(sheet.block.first_line)
        _check_sources(sheet, checks)
        year = sheet.yuan(YEAR)
        if year is None and row is not None:
            year = _row_yuan(row, published)
        _check_costs(sheet, year, checks)
        _check_request(sheet, year, published.year, checks)
        _check_targets(sheet, checks)
        _check_dates(sheet, published.year, checks)
        _check_goals(sheet, checks)
        _check_deadlines(sheet, checks)
        _check_vehicle_costs(sheet, published, checks)
    return checks


def _row_yuan(row: TableRow, published: PublishedTables) -> Decimal:
    amount = row.amount("total")
    scale = measure("元", published.layout.unit.removesuffix("元"))[1]
    return Decimal(0) if amount is None else amount.value * scale


def _match(sheets: Sequence[SheetFacts], published: PublishedTables, checks: SheetChecks) -> dict[int, TableRow]:
    """Each sheet's row among the projects of this year, by name and amount; what does not fit is told."""
    table = published.tables.get("projects")
    if table is None or not sheets:
        return {}
    rows = [row for row in table.rows if row.level == 1]
    pairs = []
    for sheet in sheets:
        year = sheet.yuan(YEAR)
        own = [row for row in rows if name_key(row.name) == name_key(sheet.name)]
        # A sheet whose name and amount the table has needs no other row weighed: thousands of projects stay quick.
        sure = [row for row in own if year is not None and abs(year - _row_yuan(row, published)) < 50]
        for row in sure or rows:
            alike = SequenceMatcher(None, name_key(sheet.name), name_key(row.name), autojunk=False).ratio()
            if alike < _ALIKE:
                continue
            due = _row_yuan(row, published)
            same = abs(year - due) < 50 if year is not None else _asks_for(sheet, due)
            pairs.append((year is None, not same, -alike, sheet.block.first_line, row.key, sheet, row))
    taken: dict[int, TableRow] = {}
    used: set[str] = set()
    for _, _, _, line, key, sheet, row in sorted(pairs, key=lambda pair: pair[:5]):
        if line in taken or key in used:
            continue
        taken[line] = row
        used.add(key)
        _compare(sheet, row, published, checks)
    _unmatched(sheets, rows, taken, used, checks)
    return taken


def _asks_for(sheet: SheetFacts, due: Decimal) -> bool:
    return any(
        one.is_money and not is_paid(one) and _covers(one.quantity, due)
        for passage in sheet.passages
        for one in passage.mentions
    )


def _compare(sheet: SheetFacts, row: TableRow, published: PublishedTables, checks: SheetChecks) -> None:
    place = sheet.name_place or sheet.block.place(1)
    name, total = row.cells["name"], row.cells["total"]
    if name_key(sheet.name) != name_key(row.name):
        checks.find("disclosure.sheet.name", Severity.WARNING, place, name.place, sheet.name, row.name)
    money = sheet.totals.get(YEAR)
    if money is None:
        rule = "disclosure.sheet.no_money"
        checks.find(rule, Severity.WARNING, place, total.place, "", total.text.strip(), name=sheet.name)
        return
    checks.cover(money.place, total.place)
    year = money.amount.value * sheet.unit_yuan
    due = _row_yuan(row, published)
    # The table rounds to its unit's last decimal, ten thousand times coarser than yuan.
    if abs(year - due) <= 50:
        checks.holding += 1
        return
    scale = measure("元", published.layout.unit.removesuffix("元"))[1]
    checks.find(
        "disclosure.sheet.amount",
        Severity.ERROR,
        money.place,
        total.place,
        money.amount.printed,
        total.text.strip(),
        shown((year - due) / scale),
        name=sheet.name,
    )


def _unmatched(
    sheets: Sequence[SheetFacts], rows: list[TableRow], taken: dict[int, TableRow], used: set[str], checks: SheetChecks
) -> None:
    for sheet in sheets:
        if sheet.block.first_line not in taken:
            place = sheet.name_place or sheet.block.place(1)
            checks.find("disclosure.sheet.unknown", Severity.ERROR, place, None, sheet.name, "")
    for row in rows:
        if row.key not in used:
            cell = row.cells["name"]
            checks.find("disclosure.sheet.missing", Severity.ERROR, cell.place, None, row.name, "")


def _check_sources(sheet: SheetFacts, checks: SheetChecks) -> None:
    for kind in (TERM, YEAR):
        total, parts = sheet.totals.get(kind), sheet.sources.get(kind, [])
        if total is None or len(parts) < 2 or sheet.sources_lost:
            continue
        computed = sum((part.amount.value for part in parts), Decimal(0))
        checks.cover(total.place, *(part.place for part in parts))
        if computed == total.amount.value:
            checks.holding += 1
            continue
        checks.find(
            "disclosure.sheet.sources",
            Severity.ERROR,
            total.place,
            max(parts, key=lambda part: part.amount.value).place,
            total.amount.printed,
            shown(computed),
            shown(total.amount.value - computed),
            terms=" + ".join(part.amount.printed for part in parts),
        )


def _check_costs(sheet: SheetFacts, year: Decimal | None, checks: SheetChecks) -> None:
    """A target of cost for the year against the year's money; one that the text explains weighs less."""
    for target in sheet.targets:
        if not is_cost(target) or target.quantity is None or target.side != "year" or not year:
            continue
        money = sheet.totals.get(YEAR)
        checks.cover(target.place)
        if target.quantity.value <= year + max(target.quantity.half, Decimal(50)):
            checks.holding += 1
            continue
        told = {one.value for passage in sheet.passages for one in passage.numbers.quantities if one.dimension == MONEY}
        checks.find(
            "disclosure.sheet.cost",
            Severity.WARNING if target.quantity.value in told else Severity.ERROR,
            target.place,
            money.place if money else sheet.name_place,
            target.printed,
            f"{shown(year / target.quantity.scale)}{target.quantity.unit}",
            shown((target.quantity.value - year) / target.quantity.scale),
            name=target.name,
        )


def _check_request(sheet: SheetFacts, year: Decimal | None, budget_year: int, checks: SheetChecks) -> None:
    """What the overview asks for is the year's money."""
    if not year:
        return
    if _plainly_asked(sheet, year, budget_year, checks):
        return
    asked: list[tuple[Passage, Quantity]] = []
    for passage in sheet.passages:
        for one in passage.mentions:
            if one.is_money and not one.quantity.about and not is_paid(one):
                if _covers(one.quantity, year):
                    checks.covered.add(spot_in(passage, one.quantity))
                    checks.holding += 1
                    return
                if passage.label == "项目概况" and not one.depth and _ASKED.search(one.before):
                    asked.append((passage, one.quantity))
    if asked:
        passage, last = asked[-1]
        money = sheet.totals.get(YEAR)
        checks.find(
            "disclosure.sheet.request",
            Severity.WARNING,
            passage.place(last.start, last.end),
            money.place if money else sheet.name_place,
            last.printed,
            f"{shown(year / last.scale)}{last.unit}",
            shown((last.value - year) / last.scale),
        )


def _plainly_asked(sheet: SheetFacts, year: Decimal, budget_year: int, checks: SheetChecks) -> bool:
    """2025年预算安排90万元: a sentence that names the year's money, and no part, advance or other fund."""
    pattern = re.compile(rf"{budget_year}年(?:申请)?(?:预算安排|安排预算|预算资金)[^\d,，。；;]{{0,6}}$")
    asked = [
        (passage, one)
        for passage in sheet.passages
        if passage.label == "项目概况"
        for one in passage.mentions
        if one.is_money and not one.depth and pattern.search(passage.text[: one.start])
    ]
    others = [one for passage in sheet.passages for one in passage.mentions if one.is_money and is_unpaid(one)]
    split = any(passage.bracket_after(one.end) for passage, one in asked)
    if not asked or others or split or any(_covers(one.quantity, year) for _, one in asked):
        return False
    passage, one = asked[-1]
    money = sheet.totals.get(YEAR)
    checks.find(
        "disclosure.sheet.request",
        Severity.WARNING,
        passage.place(one.start, one.end),
        money.place if money else sheet.name_place,
        one.quantity.printed,
        f"{shown(year / one.quantity.scale)}{one.quantity.unit}",
        shown((one.quantity.value - year) / one.quantity.scale),
    )
    return True


def _covers(quantity: Quantity, yuan: Decimal) -> bool:
    return abs(quantity.value - yuan) <= max(quantity.half if quantity.decimals else Decimal(0), Decimal(50))


def _check_targets(sheet: SheetFacts, checks: SheetChecks) -> None:
    """A target for the year against that of the term, and both against what the overview tells of the same thing."""
    terms = {name_key(one.name): one for one in sheet.targets if one.side == "term"}
    one_year = sheet.yuan(TERM) is not None and sheet.yuan(TERM) == sheet.yuan(YEAR)
    for target in sheet.targets:
        term = terms.get(name_key(target.name))
        if target.side == "year" and term is not None and target.quantity and term.quantity:
            _check_term(term, target, one_year, checks)
        if target.side == "term" or term is None or term.operator != target.operator:
            _check_against_text(sheet, target, checks)


def _check_term(term: Target, year: Target, one_year: bool, checks: SheetChecks) -> None:
    if term.quantity is None or year.quantity is None:
        return
    checks.cover(term.place, year.place)
    same = term.quantity.value == year.quantity.value and term.operator == year.operator
    more = year.quantity.value > term.quantity.value and term.quantity.dimension not in (SHARE, TIME)
    if same or (not one_year and not more):
        checks.holding += 1
        return
    difference = (year.quantity.value - term.quantity.value) / year.quantity.scale
    checks.find(
        "disclosure.sheet.term",
        Severity.ERROR if more else Severity.WARNING,
        year.place,
        term.place,
        year.printed,
        term.printed,
        shown(difference),
        name=year.name,
    )


def _check_against_text(sheet: SheetFacts, target: Target, checks: SheetChecks) -> None:
    quantity = target.quantity
    if quantity is None or quantity.dimension in (SHARE, TIME, MONEY, ""):
        return
    years = set(re.findall(r"(?:19|20)\d\d", target.name))
    told: list[tuple[Passage, Quantity, float]] = []
    for passage in sheet.passages:
        if passage.label == "总体目标":
            continue
        for one in passage.mentions:
            if one.quantity.dimension != quantity.dimension or one.quantity.per:
                continue
            if one.quantity.value == quantity.value and quantity.per:
                _check_operator(target, passage, one.before, one.quantity, checks)
                return
            if one.quantity.value == quantity.value:
                checks.covered |= {spot_in(passage, one.quantity), (target.place.line, target.place.column or 0, 0)}
                checks.holding += 1
                _check_operator(target, passage, one.before, one.quantity, checks)
                return
            words = f"{one.before}{one.after[:6]}"
            alike = _alike(target.name, words)
            if alike >= _SAME_THING and (not years or years & (_years_of_item(passage, one) or years)):
                told.append((passage, one.quantity, alike))
    if told and not quantity.per:
        passage, found, _ = min(told, key=lambda one: (-one[2], abs(one[1].value - quantity.value)))
        checks.cover(target.place)
        checks.find(
            "disclosure.sheet.target_text",
            Severity.WARNING,
            target.place,
            passage.place(found.start, found.end),
            target.printed,
            found.printed,
            shown((quantity.value - found.value) / quantity.scale),
            name=target.name,
        )


def _check_operator(target: Target, passage: Passage, before: str, told: Quantity, checks: SheetChecks) -> None:
    """至少2条 cannot be ≤2条, and 20余件 is more than 20."""
    behind = passage.text[told.start : told.end + 1]
    least = _AT_LEAST.search(before) or "余" in behind
    most = _AT_MOST.search(before)
    if (least and target.operator == "≤") or (most and target.operator == "≥"):
        words = passage.text[max(0, told.start - 6) : told.end]
        checks.find(
            "disclosure.sheet.operator",
            Severity.WARNING,
            target.place,
            passage.place(told.start, told.end),
            target.printed,
            words.strip(),
            name=target.name,
        )


def _alike(name: str, words: str) -> float:
    """How far the words at a figure speak of what a target is named after: its noun, years and measures aside."""
    core = _NAME_NOISE.sub("", name_key(name))
    other = _NAME_NOISE.sub("", name_key(words))[-len(core) - 2 :]
    if len(core) < 3:
        return 0.0
    return 1.0 if core in other else SequenceMatcher(None, core, other, autojunk=False).ratio()


def _years_of_item(passage: Passage, one: Mention) -> set[str]:
    """The years told before a figure in its item of the list."""
    start = max((found.end() for found in ITEM_NUMBER.finditer(passage.text, 0, one.start)), default=0)
    start = max(start, passage.text.rfind("。", 0, one.start))
    return {
        year
        for date in passage.numbers.dates
        if start <= date.start < one.start and not _shut(passage, date.start, one.start)
        for year in re.findall(r"(?:19|20)\d\d", date.text)
    }


def _shut(passage: Passage, offset: int, behind: int) -> bool:
    """Whether a place stands in brackets that are closed again before another one."""
    return any(start < offset < end < behind for start, end in passage.brackets)


def _check_dates(sheet: SheetFacts, year: int, checks: SheetChecks) -> None:
    """A date in a target: in the budget's year, and the same month as the plan tells for the same deed."""
    for target in sheet.targets:
        found = _MONTH.search(target.printed) if numbers(target.printed).dates else None
        if found is None or target.side == "term":
            continue
        if found[1] and year and int(found[1]) != year:
            rule = "disclosure.sheet.year"
            checks.find(rule, Severity.WARNING, target.place, None, target.printed, str(year), name=target.name)
        deed = next((one for one in _DEED if one in target.name), "")
        months = _months_of(sheet, deed) if deed else {}
        wanted = re.findall(r"(\d{1,2})月", target.printed)
        if months and not any(int(month) in months for month in wanted):
            month, (passage, start, end) = next(iter(months.items()))
            checks.find(
                "disclosure.sheet.month",
                Severity.WARNING,
                target.place,
                passage.place(start, end),
                target.printed,
                f"{month}月",
                name=target.name,
            )


def _months_of(sheet: SheetFacts, deed: str) -> dict[int, tuple[Passage, int, int]]:
    """The months in which the plan does a deed: "6月完成采购", "10月份前完成支付"."""
    found: dict[int, tuple[Passage, int, int]] = {}
    pattern = re.compile(
        rf"(\d{{1,2}})月(?:份|底|初|末)?(?:之)?前?[,，]?\s*(?:完成|进行|支付|组织)?[^,，。；;\d]{{0,12}}{deed}"
    )
    for passage in sheet.passages:
        if passage.label in ("项目实施计划", "项目概况", "保证项目实施的制度、措施", "总体目标"):
            for one in pattern.finditer(passage.text):
                found.setdefault(int(one[1]), (passage, one.start(), one.end(1) + 1))
    return found


def _check_goals(sheet: SheetFacts, checks: SheetChecks) -> None:
    """Goals of term and year in the same sentence have the same figures; a goal of the year there must be."""
    if len(sheet.goals) == 1 and sheet.totals:
        _, _, place = sheet.goals[0]
        checks.find("disclosure.sheet.no_goal", Severity.NOTE, place, None, "", "", name=sheet.name)
    if len(sheet.goals) != 2:
        return
    (_, term, term_place), (_, year, year_place) = sheet.goals
    left, right = numbers(term).quantities, numbers(year).quantities
    plain = [re.sub(r"\d+", "#", name_key(text)) for text in (term, year)]
    if plain[0] != plain[1] or len(left) != len(right):
        return
    for one, other in zip(left, right, strict=True):
        if one.value == other.value:
            checks.holding += 1
            continue
        checks.find(
            "disclosure.sheet.goal",
            Severity.ERROR,
            year_place,
            term_place,
            other.printed,
            one.printed,
            shown((other.value - one.value) / other.scale),
        )


def _check_vehicle_costs(sheet: SheetFacts, published: PublishedTables, checks: SheetChecks) -> None:
    """Fuel, insurance and repairs of vehicles in a project, while the three public expenses have none for vehicles."""
    running = find_cell(published.tables, "three_public.vehicle_running.total")
    if running is None or running.amount is None or running.amount.value:
        return
    for passage in sheet.passages:
        for one in passage.mentions:
            if one.is_money and passage.label == "项目概况" and _VEHICLE_COSTS.search(one.before):
                checks.find(
                    "disclosure.sheet.vehicle_costs",
                    Severity.WARNING,
                    passage.place(one.start, one.end),
                    running.place,
                    one.quantity.printed,
                    running.text.strip() or "0",
                    shown(one.quantity.number),
                )
                return


def _check_deadlines(sheet: SheetFacts, checks: SheetChecks) -> None:
    """Two fields of one sheet that tell different months by which everything is paid."""
    told: dict[str, tuple[Passage, re.Match[str]]] = {}
    for passage in sheet.passages:
        for found in _PAID_BY.finditer(passage.text):
            for label, (other, before) in told.items():
                if label != passage.label and before[1] != found[1]:
                    checks.find(
                        "disclosure.sheet.deadline",
                        Severity.WARNING,
                        passage.place(*found.span()),
                        other.place(*before.span()),
                        found[0],
                        before[0],
                    )
            told.setdefault(passage.label, (passage, found))
