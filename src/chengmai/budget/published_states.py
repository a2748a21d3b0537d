"""States of a published budget."""

from enum import StrEnum


class BudgetSetState(StrEnum):
    """The newest document of a unit and year is present; those before it were replaced and stay readable."""

    PRESENT = "present"
    REPLACED = "replaced"
