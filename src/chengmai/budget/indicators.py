"""Every indicator the platform computes: one small table; a changed formula is a new row with the next version."""

from dataclasses import dataclass

from chengmai.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator's code, the version of its formula, and the catalogue codes of its name and formula in words."""

    code: str
    version: int
    name: str
    formula: str


CLOSED_ON_TIME = Indicator(
    "cases_closed_on_time", 1, "indicator.cases_closed_on_time.name", "indicator.cases_closed_on_time.v1"
)
CLOSED = Indicator("cases_closed", 1, "indicator.cases_closed.name", "indicator.cases_closed.v1")

VERSIONS: tuple[Indicator, ...] = (CLOSED_ON_TIME, CLOSED)
"""All versions that values were ever computed by, oldest first."""

INDICATORS: dict[str, Indicator] = {indicator.code: indicator for indicator in VERSIONS}
"""The newest version of each."""


def indicator(code: str, version: int | None = None) -> Indicator:
    """The indicator of a code, in its newest or in a given version; raises NotFound."""
    for known in reversed(VERSIONS):
        if known.code == code and version in (None, known.version):
            return known
    raise NotFound("indicator.not_found", indicator=code)
