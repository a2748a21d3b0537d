"""A released budget is immutable in the database itself: raw SQL that changes, removes or replaces it is refused."""

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from chengmai.access.roles import Role
from chengmai.budget.models import BudgetCell, BudgetPassage, BudgetSet, BudgetTable
from chengmai.budget.preparing import services as preparing
from chengmai.budget.preparing.services import DraftOrder
from chengmai.budget.preparing.terms import DraftKind
from chengmai.budget.published.services import load_published
from chengmai.budget.published.states import BudgetSetState
from tests.people import add_person
from tests.published import PUBLISHED
from tests.released import unprotected

pytestmark = pytest.mark.django_db
LINES = PUBLISHED.read_text().splitlines()
SMALL = "\n".join([*LINES[:521], *LINES[3115:]]).encode()


class Sets:
    """A present set and a draft that corrects it."""

    def __init__(self) -> None:
        clerk = add_person("clerk", Role.FINANCE)
        loaded = load_published(clerk, "CG", "2025.txt", SMALL).budget
        assert loaded is not None
        self.present = loaded
        order = DraftOrder(DraftKind.CORRECTION, "CG", basis=loaded.pk, reason="wrong")
        self.draft = preparing.start_draft(clerk, order).budget

    def cell(self, budget: BudgetSet) -> BudgetCell:
        """A cell with money."""
        return BudgetCell.objects.filter(table__budget=budget, fen__gt=0).order_by("pk")[0]

    def said(self) -> list[dict[str, object]]:
        """All that the present set says."""
        rows = [*BudgetCell.objects.filter(table__budget=self.present).order_by("pk").values()]
        rows += [*BudgetTable.objects.filter(budget=self.present).order_by("pk").values()]
        return [*rows, *BudgetSet.objects.filter(pk=self.present.pk).values()]


def key(value: UUID) -> str:
    """An identity as SQL writes it."""
    return f"'{value.hex}'" if connection.vendor == "sqlite" else f"'{value}'"


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def copied(table: str, held: str, **told: str) -> str:
    """SQL that writes a row again with some columns otherwise; ``OR REPLACE`` where there is such a thing."""
    names = columns_of(table)
    values = ", ".join(told.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    return f"{verb} INTO {table} ({listed}) SELECT {values} FROM {table} WHERE id = {held}"


def attacks(sets: Sets) -> dict[str, str]:
    """What somebody with SQL may try."""
    cell, other = sets.cell(sets.present), sets.cell(sets.draft)
    table, draft_table = cell.table_id, other.table_id
    passage = BudgetPassage.objects.filter(budget=sets.present).order_by("pk")[0].pk
    present, draft = key(sets.present.pk), key(sets.draft.pk)
    cells, whole = "budget_budgetcell", "budget_budgetset"
    found = {
        "a cell changed": f"UPDATE {cells} SET fen = fen + 1 WHERE id = {cell.pk}",
        "all cells changed": f"UPDATE {cells} SET printed = '1.00'",
        "a cell removed": f"DELETE FROM {cells} WHERE id = {cell.pk}",
        "a cell added": copied(cells, str(cell.pk), id=str(cell.pk + 10**6), row="9999"),
        "a cell moved out": f"UPDATE {cells} SET table_id = {draft_table}, row = 9999 WHERE id = {cell.pk}",
        "a cell moved in": f"UPDATE {cells} SET table_id = {table}, row = 9999 WHERE id = {other.pk}",
        "a cell written over": copied(cells, str(other.pk), id=str(cell.pk), row="9999"),
        "a table given away": f"UPDATE budget_budgettable SET budget_id = {draft}, key = 'x' WHERE id = {table}",
        "a table's header changed": f"UPDATE budget_budgettable SET title = 'x' WHERE id = {table}",
        "a table taken in": f"UPDATE budget_budgettable SET budget_id = {present}, key = 'x' WHERE id = {draft_table}",
        "a passage changed": f"UPDATE budget_budgetpassage SET text = 'x' WHERE id = {passage}",
        "a passage removed": f"DELETE FROM budget_budgetpassage WHERE id = {passage}",
        "made a draft again": f"UPDATE {whole} SET state = 'draft' WHERE id = {present}",
        "given another year": f"UPDATE {whole} SET year = 1999 WHERE id = {present}",
        "given other findings": f"UPDATE {whole} SET findings = '[]' WHERE id = {present}",
        "removed": f"DELETE FROM {whole} WHERE id = {present}",
        "written over": copied(whole, present, state="'draft'"),
        "its place taken": copied(whole, draft, id=key(UUID(int=7)), version=str(sets.present.version)),
    }
    if connection.vendor == "sqlite":
        found |= {
            "a cell's identity taken": f"UPDATE OR REPLACE {cells} SET id = {cell.pk} WHERE id = {other.pk}",
            "the set's version taken": f"UPDATE OR REPLACE {whole} SET version = 1 WHERE id = {draft}",
        }
    else:
        found |= {"all cells emptied": f"TRUNCATE {cells}", "all sets emptied": f"TRUNCATE {whole} CASCADE"}
    return found


def refusal(sql: str) -> str:
    """What the database says against it; empty when it does it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(sql)
    except DatabaseError as error:
        return str(error)
    return ""


def test_no_sql_changes_what_a_released_budget_says() -> None:
    sets = Sets()
    before = sets.said()
    tried = attacks(sets)
    told = {name: refusal(sql) for name, sql in tried.items()}
    # Where there is no OR REPLACE a key that is taken is refused by the key.
    assert {name: why for name, why in told.items() if "immutable" not in why and "duplicate key" not in why} == {}
    assert sets.said() == before
    with unprotected():
        assert refusal(tried["a cell changed"]) == "", "without the triggers it would have been done"


def test_a_draft_is_written_and_a_release_only_moves_on() -> None:
    sets = Sets()
    cell = sets.cell(sets.draft)
    assert refusal(f"UPDATE budget_budgetcell SET fen = fen + 1 WHERE id = {cell.pk}") == ""
    assert refusal(f"DELETE FROM budget_budgetcell WHERE id = {cell.pk}") == ""
    BudgetSet.objects.filter(pk=sets.present.pk).update(state=BudgetSetState.REPLACED)
    assert "immutable" in refusal(f"UPDATE budget_budgetset SET state = 'present' WHERE id = {key(sets.present.pk)}"), (
        "what was replaced does not come back"
    )
    assert "immutable" in refusal(f"UPDATE budget_budgetcell SET fen = 1 WHERE id = {sets.cell(sets.present).pk}")
