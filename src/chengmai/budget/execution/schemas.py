"""Shapes of the doors of a budget's year; amounts are yuan in text."""

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from chengmai.budget.execution.terms import BookingSource


class AdjustmentEntryIn(Schema):
    """A cell to adjust, by how much: yuan, below zero to take away."""

    table: str
    row: str
    column: str
    amount: str


class AdjustmentIn(Schema):
    """An adjustment as it was decided; ``id`` is made by the sender."""

    id: UUID
    reason: str = Field(max_length=2000)
    decided_on: date
    document: str = Field(max_length=128)
    entries: list[AdjustmentEntryIn] = Field(max_length=200)


class ReversedIn(Schema):
    """That an adjustment is taken back, and why; ``id`` is that of the new one."""

    id: UUID
    reason: str = Field(max_length=2000)


class AdjustmentEntryOut(Schema):
    """A cell that was adjusted."""

    table: str
    number: int
    row: str
    name: str
    column: str
    label: str
    amount: str


class AdjustmentOut(Schema):
    """An adjustment with its entries; ``reversed`` when a later one took it back."""

    id: UUID
    reason: str
    decided_on: date
    document: str
    made_by: str
    made_at: datetime
    reverses: UUID | None
    reversed: bool
    entries: list[AdjustmentEntryOut]


class BookingIn(Schema):
    """Money spent from a row, by its voucher."""

    table: str
    row: str
    amount: str
    on: date
    voucher: str = Field(max_length=64)
    fund: str = ""
    note: str = Field(default="", max_length=500)


class UnbookIn(Schema):
    """Why a booking is taken out."""

    reason: str = Field(max_length=500)


class BookingOut(Schema):
    """A booking as it stands."""

    id: UUID
    table: str
    row: str
    name: str
    fund: str
    amount: str
    on: date
    voucher: str
    note: str
    source: BookingSource
    booked_by: str
    reverses: UUID | None
    reversed: bool


class ExecutionRow(Schema):
    """A row money is spent from: as published, as adjusted, spent, left, and the rate in per cent."""

    table: str
    number: int
    row: str
    name: str
    original: str
    planned: str
    spent: str
    left: str
    rate: str | None
    funds: list[str]


class ExecutionMonth(Schema):
    """A month: spent in it, spent until its end, due by then if the year were even."""

    month: int
    spent: str
    spent_until: str
    planned_until: str
    rate: str | None


class ExecutionOut(Schema):
    """The execution of a budget; ``loose`` is what was booked on rows that the present version does not have."""

    editable: bool
    planned: str
    spent: str
    rate: str | None
    loose: str
    months: list[ExecutionMonth]
    rows: list[ExecutionRow]
    bookings: list[BookingOut]


class BookingFinding(Schema):
    """What is wrong with a row of a sheet: which row, field and value, by which rule, in words."""

    row: int | None
    field: str | None
    value: str | None
    rule: str
    sentence: str


class BookingSheetOut(Schema):
    """What a sheet of bookings came to; with findings nothing was booked."""

    rows: int
    booked: int
    known: int
    findings: list[BookingFinding]
