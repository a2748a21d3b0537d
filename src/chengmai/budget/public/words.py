"""The words of the public pages of budgets, in the reader's language; what is printed stays as it is printed."""

from decimal import Decimal

from chengmai.core.messages import message
from chengmai.disclosure.printing.money_flows import FlowNode

WORDS = (
    "acknowledged", "against_last", "amount", "basic", "budget_year", "by_project", "by_project_hint", "by_target",
    "by_target_hint", "carried", "carried_over", "catalogue", "change", "changes", "chinese_only", "code", "column",
    "contents", "corrects", "data", "department", "downloads", "draft", "draft_hint", "empty", "every_department",
    "expenditure_total", "failed", "flows", "flows_hint", "flows_table", "footer", "from", "fund", "funds",
    "general", "in_doubt", "income_total", "indicator", "item", "last_year", "level2", "loaded", "log_in", "new",
    "no_data", "none_yet", "not_found", "not_found_hint", "number", "old", "open", "override", "own", "pdf",
    "personnel", "pictures", "project", "project_spending", "projects", "public", "reason", "released",
    "replaced_by", "rest_word", "row", "service", "share", "sheet", "skip", "source", "special_account",
    "state_capital", "table", "targets", "targets_hint", "text", "this_year", "three_public", "title", "to", "too_many",
    "too_many_hint", "unit", "unit_name", "unit_short", "version", "where", "whole_term", "xlsx", "year",
    "year_of_term",
)  # fmt: skip
FIELDS = (
    "name", "department", "unit", "attribute", "term", "overview", "basis", "necessity", "measures", "plan",
    "goal_term", "goal_year", "filled",
)  # fmt: skip
FUND_SOURCES = ("total", "central", "province", "local", "own", "other")
LEVELS = (
    "quantity", "quality", "timeliness", "cost", "economic", "social", "ecological", "sustainable", "satisfaction",
)  # fmt: skip
TABLES = (
    "totals", "income", "expenditure", "appropriation", "general", "basic", "fund_income", "fund_expenditure",
    "state_capital", "three_public", "operating", "projects", "projects_carried",
)  # fmt: skip


def words(language: str) -> dict[str, str]:
    """All words of the pages."""
    found = {name: message(f"public.{name}", language, {"count": "{count}"}) for name in WORDS}
    found |= {f"field_{name}": message(f"public.field.{name}", language, {}) for name in FIELDS}
    found |= {f"source_{name}": message(f"public.source.{name}", language, {}) for name in FUND_SOURCES}
    found |= {f"level_{name}": message(f"public.level.{name}", language, {}) for name in LEVELS}
    return found | {f"table_{name}": message(f"public.table.{name}", language, {}) for name in TABLES}


def node_label(node: FlowNode, told: dict[str, str]) -> str:
    """What a node of the flows is called."""
    if node.name:
        return node.name
    if node.key.startswith("rest:"):
        return told["rest_word"].format(count=node.key.removeprefix("rest:"))
    return told["project_spending"] if node.key == "project" else told[node.key]


def shown_wan(fen: int) -> str:
    """Money in units of ten thousand yuan, its thousands set off."""
    return f"{Decimal(fen) / 1_000_000:,.2f}"
