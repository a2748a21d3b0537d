"""The explanation of a budget: headings and paragraphs in their order, and where tables stand among them."""

from dataclasses import dataclass
from enum import StrEnum


class PassageKind(StrEnum):
    """What a passage is: a heading, text, or the place at which tables, target sheets or the catalogue stand."""

    HEADING = "heading"
    TEXT = "text"
    TABLES = "tables"
    SHEETS = "sheets"
    CATALOGUE = "catalogue"


PLACES = (PassageKind.TABLES, PassageKind.SHEETS, PassageKind.CATALOGUE)
"""Kinds that hold no text and say where something else is printed."""


@dataclass(frozen=True, slots=True)
class ExplanationPassage:
    """One heading (``level`` 1 to 4 with its number) or paragraph (level 0), as printed; a row of a list holds tabs."""

    kind: PassageKind
    level: int = 0
    number: str = ""
    text: str = ""


def heading_line(level: int, number: str, text: str) -> str:
    """A heading as it is printed, so that it is read as one of its level."""
    match level:
        case 1:
            return f"第{number}部分 {text}".rstrip()
        case 3:
            return f"（{number}）{text}"
        case _:
            return f"{number}、{text}"
