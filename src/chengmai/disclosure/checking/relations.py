"""What a check of printed figures yields: which belong together, what comes out, whether it is what is printed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from chengmai.core.findings import Severity
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.passages import Passage
from chengmai.disclosure.quantities import PLAIN, SHARE, TIME, Quantity

_ZERO = Decimal(0)


class Verdict(StrEnum):
    """What recomputing shows: it holds, it is broken, or the text does not tell enough to decide."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Relation:
    """Figures of one passage that a rule ties together: ``terms`` should give ``total``, and give ``computed``.

    ``computed`` is in the unit in which the total is printed. ``why`` is a catalogue code for what stays undecided.
    """

    rule: str
    passage: Passage
    total: Quantity
    terms: tuple[Quantity, ...]
    verdict: Verdict
    computed: Decimal = _ZERO
    severity: Severity = Severity.ERROR
    why: str = ""
    shown: str = ""
    detail: tuple[tuple[str, str], ...] = field(default=())

    @property
    def covered(self) -> tuple[Quantity, ...]:
        """The figures that this relation looks at."""
        return (*self.terms, self.total)


def slack(terms: Iterable[Quantity], total: Quantity) -> Decimal:
    """How far a sum of printed figures may be off: half of the last digit of each rounded term, and of the total.

    A figure without decimals counts as exact, but a total that is shorter than its terms was rounded.
    """
    parts = list(terms)
    # Money in whole yuan and things that are counted are exact; so is 35 in a list of whole 万元.
    off = sum((term.half for term in parts if term.decimals), _ZERO)
    rounded = (
        total.decimals or any(part.decimals and part.scale <= total.scale for part in parts) or _coarser(parts, total)
    )
    return off + (total.half if rounded else _ZERO)


def _coarser(parts: list[Quantity], total: Quantity) -> bool:
    return any(part.scale < total.scale for part in parts)


def factor(quantity: Quantity) -> Decimal:
    """A quantity as a factor of a product: months and years count as printed, shares as a part of one."""
    return quantity.number if quantity.dimension in (TIME, PLAIN) else quantity.value


def factor_slack(quantity: Quantity) -> Decimal:
    """How far a factor may be off by rounding; shares and whole numbers are exact."""
    if not quantity.decimals or quantity.dimension == SHARE:
        return _ZERO
    return quantity.half if quantity.dimension not in (TIME, PLAIN) else Decimal(5).scaleb(-quantity.decimals - 1)


def judge(computed: Decimal, printed: Decimal, off: Decimal) -> Verdict:
    """Whether a computed value is what is printed, within what rounding may do."""
    return Verdict.HOLDS if abs(computed - printed) <= off else Verdict.BROKEN


def shown(value: Decimal, decimals: int = 2) -> str:
    """A computed figure in plain digits, never shorter than ``decimals`` need, without needless zeros behind."""
    text = f"{round(value, max(decimals, 4)):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text or "0"


def as_finding(relation: Relation) -> DocumentFinding | None:
    """The finding of a relation that is broken or undecided; None when it holds."""
    if relation.verdict == Verdict.HOLDS:
        return None
    place = relation.passage.place(relation.total.start, relation.total.end)
    terms = [term for term in relation.terms if term is not relation.total]
    other: DocumentPlace | None = None
    if terms:
        other = relation.passage.place(min(term.start for term in terms), max(term.end for term in terms))
    told = relation.shown or " + ".join(term.printed for term in relation.terms)
    if relation.verdict == Verdict.UNDECIDED:
        return DocumentFinding(
            relation.rule,
            Severity.NOTE,
            place,
            other,
            relation.total.printed,
            "",
            "",
            False,
            (("terms", told), ("why", relation.why), *relation.detail),
        )
    unit = relation.total.unit
    difference = relation.total.number - relation.computed
    decimals = relation.total.decimals
    return DocumentFinding(
        relation.rule,
        relation.severity,
        place,
        other,
        relation.total.printed,
        f"{shown(relation.computed, decimals)}{unit}",
        shown(difference, decimals),
        True,
        (("terms", told), *relation.detail),
    )
