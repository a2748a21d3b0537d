"""Words of preparing a budget."""

from enum import StrEnum


class DraftKind(StrEnum):
    """From what a draft begins: nothing, the budget of the year before, or the present version that it corrects."""

    EMPTY = "empty"
    NEXT_YEAR = "next_year"
    CORRECTION = "correction"
