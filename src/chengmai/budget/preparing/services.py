"""Preparing a budget: a draft is started, typed into, discarded; nothing but a draft is ever changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches
from chengmai.budget.models import BudgetSet, BudgetStep
from chengmai.budget.preparing.store import create_tables, grids_of, replace_cells, same_rows, update_cells
from chengmai.budget.preparing.terms import DraftKind
from chengmai.budget.published.passages import copy_passages
from chengmai.budget.published.queries import table_of, visible_set
from chengmai.budget.published.states import BUDGET_SET_TRANSITIONS, BudgetSetAction, BudgetSetState
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.disclosure.drafting.carrying import next_year
from chengmai.disclosure.drafting.draft_edits import Edited, Step, apply
from chengmai.disclosure.drafting.draft_tables import GridTable, empty_tables, in_wan
from chengmai.disclosure.drafting.totalling import totalled
from chengmai.disclosure.layouts import layout_for

OPEN = (BudgetSetState.DRAFT, BudgetSetState.IN_REVIEW, BudgetSetState.APPROVED)
"""States of a version that is on its way; a year has one of them at most."""
FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """What draft is wanted: of whom and which year, from what, and for a correction why."""

    kind: DraftKind
    owner: str
    year: int = 0
    unit_name: str = ""
    basis: UUID | None = None
    with_amounts: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StartedDraft:
    """A draft as it begins; ``recomputed`` are sums of its basis that did not come out as they were printed."""

    budget: BudgetSet
    recomputed: tuple[tuple[str, str, str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DraftEdit:
    """What typing came to: the draft, all its tables as they are now, the table before, and each step's outcome."""

    budget: BudgetSet
    grids: Mapping[str, GridTable]
    before: GridTable
    edited: Edited


def start_draft(user: User, order: DraftOrder) -> StartedDraft:
    """Begin the budget of a year: empty, as a copy of the year before, or as a correction of the present version.

    Raises NotFound for what is out of reach, InvalidInput for what is not told, Conflict while the year has a draft
    already or has a present version that only a correction may change.
    """
    basis = None if order.basis is None else visible_set(user, order.basis)
    owner = basis.owner if basis is not None else Organisation.objects.filter(code=order.owner).first()
    if owner is None or not reaches(user, owner):
        raise NotFound("budget.no_owner", code=order.owner)
    year, unit_name = _year(order, basis), (order.unit_name.strip() or (basis.unit_name if basis else ""))
    if not unit_name:
        raise InvalidInput("draft.no_unit_name")
    grids, recomputed = _tables(order, basis, year, unit_name)
    with transaction.atomic():
        take_turn()
        _demand_free(owner, year, order.kind)
        earlier = BudgetSet.objects.filter(owner=owner, year=year).order_by("-version").first()
        budget = BudgetSet.objects.create(
            owner=owner,
            unit_name=unit_name[:128],
            year=year,
            version=1 if earlier is None else earlier.version + 1,
            state=BudgetSetState.DRAFT,
            basis=basis,
            reason=order.reason.strip(),
            loaded_by=user,
            loaded_at=now(),
            revision=1,
            changed_by=user,
            changed_at=now(),
        )
        create_tables(budget, grids.values())
        if basis is not None:
            copy_passages(basis, budget)
        after = {"owner": owner.code, "year": year, "version": budget.version, "kind": order.kind.value}
        after |= {"basis": str(basis.pk) if basis else "", "reason": order.reason.strip()}
        record(user, "budget.draft", "budget_set", str(budget.pk), after=after)
    return StartedDraft(budget, recomputed)


def _year(order: DraftOrder, basis: BudgetSet | None) -> int:
    match order.kind:
        case DraftKind.EMPTY:
            if basis is not None:
                raise InvalidInput("draft.basis_unfit")
            year = order.year
        case DraftKind.NEXT_YEAR:
            if basis is None or basis.state not in (BudgetSetState.PRESENT, BudgetSetState.REPLACED):
                raise InvalidInput("draft.basis_unfit")
            year = basis.year + 1
        case DraftKind.CORRECTION:
            if basis is None or basis.state != BudgetSetState.PRESENT:
                raise InvalidInput("draft.basis_unfit")
            if not order.reason.strip():
                raise InvalidInput("draft.reason_missing")
            year = basis.year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput("draft.year_unfit", year=year)
    return year


def _tables(
    order: DraftOrder, basis: BudgetSet | None, year: int, unit_name: str
) -> tuple[dict[str, GridTable], tuple[tuple[str, str, str, int, int], ...]]:
    """The tables a draft begins with, in the year's layout; and sums of the basis that came out otherwise."""
    layout = layout_for(year)
    grids = empty_tables(layout, year, unit_name)
    if basis is None:
        return {key: totalled(grid) for key, grid in grids.items()}, ()
    known = {key: replace(grid, form=layout.form(key)) for key, grid in grids_of(basis).items() if key in grids}
    if order.kind is DraftKind.NEXT_YEAR:
        return grids | next_year(known, order.with_amounts), ()
    summed = {key: totalled(grid, grid) for key, grid in known.items()}
    recomputed = tuple(
        (key, row.key, column, was.fen.get(column, 0), fen)
        for key, grid in summed.items()
        for row, was in zip(grid.rows, known[key].rows, strict=True)
        for column, fen in row.fen.items()
        if fen != was.fen.get(column, 0)
    )
    return grids | summed, recomputed


def _demand_free(owner: Organisation, year: int, kind: DraftKind) -> None:
    there = BudgetSet.objects.filter(owner=owner, year=year)
    waiting = there.filter(state__in=OPEN).first()
    if waiting is not None:
        raise Conflict("draft.there_already", year=year, version=waiting.version)
    if kind is not DraftKind.CORRECTION and there.filter(state=BudgetSetState.PRESENT).exists():
        raise Conflict("draft.year_has_present", year=year)


def locked_draft(user: User, budget_id: UUID, revision: int) -> BudgetSet:
    """The draft, to be changed inside the transaction that holds the turn.

    Raises NotFound, Conflict when it is no draft or somebody changed it since: the sentence says who and when.
    """
    budget = visible_set(user, budget_id)
    if budget.state != BudgetSetState.DRAFT:
        raise Conflict("draft.not_a_draft", state=budget.state)
    if budget.revision != revision:
        who = "" if budget.changed_by is None else budget.changed_by.name
        raise Conflict("draft.stale", sent=revision, present=budget.revision, who=who)
    return budget


def changed(user: User, budget: BudgetSet) -> None:
    """Note that a draft was changed: the next revision, by whom, when."""
    budget.revision += 1
    budget.changed_by, budget.changed_at = user, now()
    budget.save(update_fields=["revision", "changed_by", "changed_at"])


def edit(user: User, budget_id: UUID, revision: int, key: str, steps: Sequence[Step]) -> DraftEdit:
    """Take steps of typing in one table, all or none; what is refused is told with what came of it.

    Raises NotFound, or Conflict: no draft, or a revision that is not the present one.
    """
    with transaction.atomic():
        take_turn()
        budget = locked_draft(user, budget_id, revision)
        stored = table_of(budget, key)
        grids = grids_of(budget)
        before = grids.get(key)
        if before is None:
            raise NotFound("budget.table_not_found", key=key)
        done = apply(before, steps, budget.year)
        if done.refused or done.table == before:
            return DraftEdit(budget, grids, before, done)
        if same_rows(before, done.table):
            update_cells(stored, before, done.table)
        else:
            replace_cells(stored, done.table)
        changed(user, budget)
        was, is_now = _difference(key, budget, before, done.table)
        record(user, "budget.edit", "budget_set", str(budget.pk), before=was, after=is_now)
    return DraftEdit(budget, grids | {key: done.table}, before, done)


def _difference(
    key: str, budget: BudgetSet, before: GridTable, after: GridTable
) -> tuple[dict[str, object], dict[str, object]]:
    """What changed in a table, as the audit keeps it: amounts in ten thousand yuan as they were typed."""
    was, is_now = _told(before), _told(after)
    cells = [cell for cell in {**was, **is_now} if was.get(cell) != is_now.get(cell)]
    return (
        {"table": key, "cells": {cell: was.get(cell) for cell in cells}},
        {"table": key, "revision": budget.revision, "cells": {cell: is_now.get(cell) for cell in cells}},
    )


def _told(table: GridTable) -> dict[str, str]:
    return {
        f"{row.side}.{row.key}.{column}": in_wan(row.fen[column]) if column in row.fen else row.texts[column]
        for row in table.rows
        for column in (*row.texts, *row.fen)
    }


def discard(user: User, budget_id: UUID, revision: int, reason: str) -> BudgetSet:
    """Give a draft up; it stays readable. Raises as ``locked_draft`` does, and InvalidInput without a reason."""
    if not reason.strip():
        raise InvalidInput("draft.reason_missing")
    with transaction.atomic():
        take_turn()
        budget = locked_draft(user, budget_id, revision)
        budget.state = BUDGET_SET_TRANSITIONS[BudgetSetState.DRAFT, BudgetSetAction.DISCARD]
        budget.save(update_fields=["state"])
        changed(user, budget)
        BudgetStep.objects.create(
            budget=budget, action=BudgetSetAction.DISCARD, actor=user, at=now(), reason=reason.strip()
        )
        record(user, "budget.discard", "budget_set", str(budget.pk), after={"reason": reason.strip()})
    return budget
