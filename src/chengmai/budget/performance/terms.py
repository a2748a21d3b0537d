"""The words of performance: levels of indicators, sources of funds, operators, reasons, chances, grades, lights."""

from enum import StrEnum


class Span(StrEnum):
    """What a target or an amount is for: the whole term of the project, or the budget year."""

    TERM = "term"
    YEAR = "year"


class FundSource(StrEnum):
    """Where a project's money comes from."""

    CENTRAL = "central"
    PROVINCE = "province"
    CITY = "city"
    OWN = "own"
    OTHER = "other"
    UNTOLD = "untold"
    """A total that was told without its sources."""


class Group(StrEnum):
    """Level 1 of an indicator; cost stands alone only on sheets that score it apart from output."""

    OUTPUT = "output"
    BENEFIT = "benefit"
    SATISFACTION = "satisfaction"
    COST = "cost"


class Aspect(StrEnum):
    """Level 2 of an indicator."""

    QUANTITY = "quantity"
    QUALITY = "quality"
    TIMELINESS = "timeliness"
    COST = "cost"
    ECONOMIC = "economic"
    SOCIAL = "social"
    ECOLOGICAL = "ecological"
    SUSTAINABLE = "sustainable"
    SATISFACTION = "satisfaction"


class Comparison(StrEnum):
    """How what was reached is held against a target: by number, by an assessor's judgement, or by a day."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    EQUAL = "equal"
    AT_MOST = "at_most"
    BELOW = "below"
    WORD = "word"
    BY_DATE = "by_date"


class DeviationReason(StrEnum):
    """Why a target is missed or far exceeded, as the monitoring form has it."""

    FUNDS = "funds"
    RULES = "rules"
    STAFF = "staff"
    HARDWARE = "hardware"
    OTHER = "other"


class Chance(StrEnum):
    """How sure it is in August that the year's target will be reached."""

    CERTAIN = "certain"
    LIKELY = "likely"
    IMPOSSIBLE = "impossible"


class Grade(StrEnum):
    """What a score comes to."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class PerformanceLight(StrEnum):
    """What the leadership sees of an indicator or a project."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"


class AssessmentKind(StrEnum):
    """The two looks at a sheet: the monitoring of months 1 to 7, and the self-evaluation at the year's end."""

    MONITORING = "monitoring"
    SELF_EVALUATION = "self_evaluation"


class AssessmentState(StrEnum):
    """Where a look at a sheet stands: being filled in, or given and not to be changed."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class AssessmentAction(StrEnum):
    """One step of a look at a sheet."""

    SAVE = "save"
    SUBMIT = "submit"


_S, _A = AssessmentState, AssessmentAction
ASSESSMENT_TRANSITIONS: dict[tuple[AssessmentState, AssessmentAction], AssessmentState] = {
    (_S.DRAFT, _A.SAVE): _S.DRAFT,
    (_S.DRAFT, _A.SUBMIT): _S.SUBMITTED,
}
