"""The bureau's published budget of 2025 as it was disclosed, loaded like any other document, with its registers."""

from importlib.resources import files

from chengmai.budget.models import BudgetSet, RegisterBook
from chengmai.budget.published.services import load_published
from chengmai.budget.registers.services import RegisterChange, write_registers
from chengmai.budget.registers.sheet import read_registers, together
from chengmai.disclosure.drafting.registers import Registers

YEAR = 2025
_DATA = files("chengmai.demo") / "data" / "budget"
_NAME = "jincheng-2025.txt"
REGISTERS = tuple(f"registers-2025-{name}.csv" for name in ("procurement", "assets", "compared", "classes"))
"""What the published text tells besides its tables, as sheets; see README.md beside them."""


def ensure_budget(owner: str) -> None:
    """Load the document when the organisation has no budget of its year yet, and the registers behind it."""
    budget = BudgetSet.objects.filter(owner__code=owner, year=YEAR).order_by("version").first()
    if budget is None:
        budget = load_published(None, owner, _NAME, (_DATA / _NAME).read_bytes()).budget
    if budget is None or RegisterBook.objects.filter(owner=budget.owner, year=YEAR).exists():
        return
    told = published_registers()
    change = RegisterChange(told.procurement, told.assets, list(told.compared.values()), told.classes)
    write_registers(None, budget, 0, change)


def published_registers() -> Registers:
    """The registers of 2025 as their sheets have them."""
    return together(sheet for name in REGISTERS for sheet in read_registers(name, (_DATA / name).read_bytes()))
