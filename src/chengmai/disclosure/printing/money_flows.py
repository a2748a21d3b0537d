"""Where a budget's money comes from and where it goes, out of its tables: funds, classes, kinds, projects."""

from collections.abc import Mapping
from dataclasses import dataclass

from chengmai.disclosure.printing.text import PrintedBudget, PrintedBudgetCell, PrintedBudgetTable

FUNDS = ("general", "fund", "state_capital", "special_account", "own", "carried")
"""Columns of the table of income, in their order."""
_CLASS_DIGITS = 3


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A place money comes from or goes to: ``name`` as printed, or empty where ``key`` is a word of ours."""

    column: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Flow:
    """Money [fen] from one node to another."""

    source: FlowNode
    target: FlowNode
    fen: int


@dataclass(frozen=True, slots=True)
class ProjectMoney:
    """A project's money of the year [fen] by column of its table; ``carried`` tells that it is the year before's."""

    name: str
    number: int
    total: int
    parts: Mapping[str, int]
    carried: bool


def amounts(table: PrintedBudgetTable | None) -> dict[tuple[str, str, str], int]:
    """Money [fen] by side, row and column."""
    if table is None:
        return {}
    return {(cell.side, cell.row_key, cell.column): cell.fen for cell in table.cells if cell.fen is not None}


def row_names(table: PrintedBudgetTable | None, *columns: str) -> dict[str, str]:
    """Names of the rows by their keys, out of the first of the columns that says something."""
    names: dict[str, str] = {}
    for column in columns:
        for cell in () if table is None else table.cells:
            if cell.column == column and cell.text:
                names.setdefault(cell.row_key, cell.text)
    return names


def projects_of(budget: PrintedBudget) -> list[ProjectMoney]:
    """All projects of the year and those carried over, in the order of print."""
    found: list[ProjectMoney] = []
    for key, carried in (("projects", False), ("projects_carried", True)):
        table = budget.table(key)
        for row in () if table is None else table.rows:
            if row[0].level == 1:
                money = {cell.column: cell.fen for cell in row if cell.fen is not None}
                total = money.pop("total", 0)
                found.append(ProjectMoney(_name(row), len(found) + 1, total, money, carried))
    return found


def _name(row: tuple[PrintedBudgetCell, ...]) -> str:
    return next((cell.text for cell in row if cell.fen is None and cell.text), "")


def flows_of(budget: PrintedBudget, most_projects: int = 10) -> list[Flow]:
    """Funds to classes to basic and project expenditure, and on to personnel, public funds and the largest projects.

    Every flow is a printed cell or a sum of such; the projects beyond the largest are one node.
    """
    income, spent, basic = (budget.table(key) for key in ("income", "expenditure", "basic"))
    by_fund, by_kind = amounts(income), amounts(spent)
    names = row_names(income, "name") | row_names(spent, "name")
    classes = [key for key in names if key.isdigit() and len(key) == _CLASS_DIGITS]
    kinds = {kind: FlowNode(2, kind, "") for kind in ("basic", "project")}
    flows = []
    for code in classes:
        node = FlowNode(1, code, names[code])
        flows += [Flow(FlowNode(0, fund, ""), node, by_fund.get(("", code, fund), 0)) for fund in FUNDS]
        flows += [Flow(node, kinds[kind], by_kind.get(("", code, kind), 0)) for kind in kinds]
    told = amounts(basic)
    flows += [
        Flow(kinds["basic"], FlowNode(3, kind, ""), told.get(("", "total", kind), 0))
        for kind in ("personnel", "public")
    ]
    flows += _to_projects(budget, kinds["project"], most_projects)
    return [flow for flow in flows if flow.fen > 0]


def printed_amounts(budget: PrintedBudget) -> dict[FlowNode, int]:
    """What the tables print for funds, classes and kinds: the parts of a rounded total may differ from it by a cent."""
    income, spent = budget.table("income"), budget.table("expenditure")
    by_fund, by_kind = amounts(income), amounts(spent)
    names = row_names(income, "name") | row_names(spent, "name")
    told = {FlowNode(0, fund, ""): by_fund.get(("", "total", fund), 0) for fund in FUNDS}
    told |= {FlowNode(1, code, name): by_kind.get(("", code, "total"), 0) for code, name in names.items()}
    return told | {FlowNode(2, kind, ""): by_kind.get(("", "total", kind), 0) for kind in ("basic", "project")}


def _to_projects(budget: PrintedBudget, node: FlowNode, most: int) -> list[Flow]:
    """Projects of one name are one; the largest by name, the rest together."""
    totals: dict[str, int] = {}
    for one in projects_of(budget):
        totals[one.name] = totals.get(one.name, 0) + one.total
    largest = sorted(totals, key=lambda name: -totals[name])
    shown, rest = largest[:most], largest[most:]
    flows = [Flow(node, FlowNode(3, name, name), totals[name]) for name in shown]
    if rest:
        flows.append(Flow(node, FlowNode(3, f"rest:{len(rest)}", ""), sum(totals[name] for name in rest)))
    return flows
