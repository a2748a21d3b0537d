"""Codes of the classification of government income and expenditure, versioned, with their official names."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from chengmai.disclosure.folding import name_key


class Classification(StrEnum):
    """A list of codes: functions of expenditure, income, economic classes of departments and of government."""

    FUNCTION = "function"
    INCOME = "income"
    DEPARTMENT = "department"
    GOVERNMENT = "government"


LEVELS: dict[Classification, tuple[int, ...]] = {
    Classification.FUNCTION: (3, 5, 7),
    Classification.INCOME: (3, 5, 7, 9),
    Classification.DEPARTMENT: (3, 5),
    Classification.GOVERNMENT: (3, 5),
}
"""Digits of a code at each level, from the class down."""


@dataclass(frozen=True, slots=True)
class ClassCodes:
    """The codes of one year: code to official name, a mapping a list."""

    year: int
    names: Mapping[Classification, Mapping[str, str]]

    def name(self, classification: Classification, code: str) -> str | None:
        """The official name of a code; None when this part of the classification does not hold it."""
        return self.names[classification].get(code)

    def codes_named(self, classification: Classification, name: str) -> list[str]:
        """All codes of a name; spaces and the width of signs make no difference."""
        return [code for code, known in self.names[classification].items() if name_key(known) == name_key(name)]


def parent(classification: Classification, code: str) -> str | None:
    """The code one level up; None at the top or when the code has no level's length."""
    lengths = LEVELS[classification]
    if len(code) not in lengths or len(code) == lengths[0]:
        return None
    return code[: lengths[lengths.index(len(code)) - 1]]


@cache
def class_codes(year: int) -> ClassCodes:
    """The codes in force in a year: the newest version that is not newer, else the oldest there is."""
    folder = files("chengmai.disclosure") / "data"
    versions = sorted(file.name for file in folder.iterdir() if file.name.startswith("classes-"))
    fitting = [name for name in versions if int(name[8:12]) <= year] or versions[:1]
    told = tomllib.loads((folder / fitting[-1]).read_text("utf-8"))
    return ClassCodes(told["year"], {classification: told[classification] for classification in Classification})
