"""The thresholds of reconciliation: data that the bureau may set, each edition kept."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from chengmai.core.errors import InvalidInput

_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Whole numbers in the unit that the name ends with; the defaults are the customary ones."""

    difference_kg: int = 100
    difference_permille: int = 50
    """Two parties differ when it is more than both: 0.1 t and 5 % of what the sender declared."""
    tare_drift_permille: int = 30
    intake_difference_kg: int = 100
    intake_difference_permille: int = 50
    fastest_kmh: int = 90
    """A truck on the way between two known places is not faster."""
    shortest_trip_minutes: int = 2
    longest_trip_minutes: int = 720
    leg_hours: int = 24
    """After so long without a leg it is missing."""
    confirm_working_days: int = 5

    def as_dict(self) -> dict[str, int]:
        """The thresholds by name, as they are kept."""
        return asdict(self)


DEFAULTS = Thresholds()


def read_thresholds(document: dict[str, Any]) -> Thresholds:
    """Thresholds of a document; a name that is not told has its default. Raises InvalidInput."""
    known = {field.name for field in fields(Thresholds)}
    for name, value in document.items():
        if name not in known:
            raise InvalidInput("custody.threshold_unknown", name=name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
            raise InvalidInput("custody.threshold_unfit", name=name, value=str(value)[:40], most=_MOST)
    return Thresholds(**document)
