"""Shapes of the doors of an explanation in the making."""

from ninja import Field, Schema

from chengmai.budget.published.states import BudgetSetState
from chengmai.budget.registers.schemas import RegisterTieOut
from chengmai.budget.release.schemas import PassageIn
from chengmai.disclosure.drafting.explanation_merging import SectionStanding


class ExplainedPassageOut(PassageIn):
    """A passage with how it came about: ``drafted`` and unchanged, how many places of it wait for a person."""

    drafted: bool
    marks: int
    section: str
    """The section of the usual order in which it stands; empty outside of them."""


class ExplainedFigureOut(Schema):
    """A figure that a section speaks of: what it is, as it is printed, whether the text there is prints it.

    ``table`` is empty where a register tells it.
    """

    label: str
    text: str
    table: str
    row: str
    column: str
    told: bool


class ExplainedSectionOut(Schema):
    """A section of the usual order: how what is there stands to the draft, the draft, and its figures.

    ``carried``: it still says what last year's said, word for word.
    """

    key: str
    title: str
    standing: SectionStanding
    carried: bool
    keeps: bool
    marks: int
    drafted: list[str]
    figures: list[ExplainedFigureOut]


class ExplanationOut(Schema):
    """An explanation in the making; ``seal`` is to be sent with what changes it."""

    unit_name: str
    year: int
    version: int
    state: BudgetSetState
    editable: bool
    seal: str
    marks: int
    mark_words: list[str]
    passages: list[ExplainedPassageOut]
    sections: list[ExplainedSectionOut]
    ties: list[RegisterTieOut]


class ExplanationIn(Schema):
    """The explanation as a person wants it, all of it."""

    seal: str = Field(max_length=64)
    passages: list[PassageIn]


class DraftTextIn(Schema):
    """To draft; ``over`` names sections in which a person's own words shall give way."""

    seal: str = Field(max_length=64)
    over: list[str] = Field([], max_length=50)
