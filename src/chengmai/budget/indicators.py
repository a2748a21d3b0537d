"""Every indicator the platform computes: one small table; a changed formula is a new version."""

from dataclasses import dataclass

from chengmai.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator's code and formula version; name and formula are sentences of the catalogues."""

    code: str
    version: int

    @property
    def name_code(self) -> str:
        """Catalogue code of its name."""
        return f"indicator.{self.code}.name"

    @property
    def formula_code(self) -> str:
        """Catalogue code of its formula in words."""
        return f"indicator.{self.code}.v{self.version}"


CLOSED_ON_TIME = Indicator("cases_closed_on_time", 1)
CLOSED = Indicator("cases_closed", 1)

INDICATORS: dict[str, Indicator] = {indicator.code: indicator for indicator in (CLOSED_ON_TIME, CLOSED)}


def indicator(code: str) -> Indicator:
    """The indicator of a code; raises NotFound."""
    if code not in INDICATORS:
        raise NotFound("indicator.not_found", indicator=code)
    return INDICATORS[code]
