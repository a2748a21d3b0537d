"""How an explanation is worded: the sections and sentences that ship as data, amounts, shares and changes in words."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from chengmai.disclosure.drafting.draft_tables import in_wan
from chengmai.disclosure.drafting.registers import ComparedFigure

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class SectionForm:
    """One section as it is worded: ``finds`` tells its heading in a text that is there, in the part it belongs to.

    Where it ``keeps``, text that a person wrote is never replaced.
    """

    key: str
    part: str
    number: str
    heading: str
    finds: str
    paragraphs: tuple[str, ...] = ()
    keeps: bool = False


@dataclass(frozen=True)
class ExplanationForm:
    """The whole explanation as it is worded; ``marks`` stand where a person must write something."""

    parts: tuple[SectionForm, ...]
    sections: tuple[SectionForm, ...]
    marks: Mapping[str, str]
    words: Mapping[str, str]

    def count_marks(self, text: str) -> int:
        """How many places of a text still wait for a person."""
        return sum(text.count(mark) for mark in self.marks.values())


@cache
def explanation_form() -> ExplanationForm:
    """The wording that ships."""
    data = files("chengmai.disclosure") / "data" / "explanation-shanxi.toml"
    told = tomllib.loads(data.read_text("utf-8"))
    parts = tuple(_section({**one, "part": one["key"]}) for one in told["parts"])
    return ExplanationForm(parts, tuple(map(_section, told["sections"])), told["marks"], told["words"])


def _section(told: Mapping[str, Any]) -> SectionForm:
    return SectionForm(
        key=told["key"],
        part=told["part"],
        number=told["number"],
        heading=told["heading"],
        finds=told["finds"],
        paragraphs=tuple(told.get("paragraphs", ())),
        keeps=told.get("keeps", False),
    )


def amount(fen: int) -> str:
    """Money in ten thousand yuan as the explanation prints it: thousands set off, two decimals, nothing is 0."""
    if not fen:
        return "0"
    whole, _, decimals = in_wan(abs(fen)).partition(".")
    return f"{'-' if fen < 0 else ''}{int(whole):,}.{decimals}"


def percent(part: int, whole: int) -> str:
    """A share in per cent with two decimals, half up, as such documents round; 0 of nothing."""
    if not part or not whole:
        return "0"
    return f"{(Decimal(part) * 100 / Decimal(whole)).quantize(_CENT, ROUND_HALF_UP):f}"


def quantity(value: Decimal) -> str:
    """A number of things or an area, without empty decimals."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def change(now: int, told: ComparedFigure) -> str:
    """How a figure stands to the year before, with the reason; marked where a person must tell either."""
    form = explanation_form()
    words, marks = form.words, form.marks
    if told.before is None:
        return words["unknown"].format(mark=marks["figure"]) + words["because"].format(reason=marks["reason"])
    difference = now - told.before
    if not difference:
        return words["same"]
    up = difference > 0
    if told.before:
        direction, growth = (words["up"], words["grown"]) if up else (words["down"], words["fallen"])
        rate = percent(abs(difference), told.before)
        said = words["change"].format(direction=direction, amount=amount(abs(difference)), growth=growth, rate=rate)
    else:
        said = words["change_from_nothing"].format(amount=amount(difference))
    reason = re.sub(r"[。；;，,\s]+$", "", told.reason.strip())
    return said + words["because"].format(reason=reason or marks["reason"])
