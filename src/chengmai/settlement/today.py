"""The city's present day."""

from datetime import date

from chengmai.core.clock import now
from chengmai.settings import current


def today() -> date:
    """The present day where the city is."""
    return now().astimezone(current().zone).date()
