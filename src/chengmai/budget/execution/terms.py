"""Words of a budget's year: where a booking came from, and which rows money is spent from."""

from enum import StrEnum


class BookingSource(StrEnum):
    """How a booking came in: typed, by a sheet, or from another part of the platform."""

    HAND = "hand"
    SHEET = "sheet"
    SERVICE = "service"


BY_CODE, BY_PROJECT = "expenditure", ("projects", "projects_carried")
"""Basic expenditure is booked under its class code, project expenditure under the project's row."""
BASIC = "basic"
"""Of a row of class codes only this part is spent from directly; the rest belongs to projects."""
SPENT_FROM = (BY_CODE, *BY_PROJECT)
