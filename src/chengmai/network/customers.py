"""Who is supplied at which node: how many users stand behind a connection, and which of them must not be cut off."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from chengmai.network.array_types import Codes, Indices


class CustomerCategory(StrEnum):
    """What kind of place is supplied."""

    RESIDENTIAL = "residential"
    INDUSTRIAL = "industrial"
    COMMERCIAL = "commercial"
    HOSPITAL = "hospital"
    SCHOOL = "school"
    HEAT_STATION = "heat_station"


KEY_CATEGORIES = frozenset(
    {CustomerCategory.HOSPITAL.value, CustomerCategory.SCHOOL.value, CustomerCategory.HEAT_STATION.value}
)
"""Customers who are told first and cut off last (default)."""
WITH_PHONE = frozenset({category.value for category in CustomerCategory} - {CustomerCategory.RESIDENTIAL.value})
"""Customers of whom a telephone number is kept: places of work. Those of households are personal and are not taken."""


@dataclass(frozen=True, eq=False)
class Customers:
    """Who is supplied, all arrays (n_customers,), in the order of their nodes.

    ``node`` is a position in the network's nodes, ``users`` the number of households or meters behind the connection,
    ``category`` a ``CustomerCategory``, ``name`` what people call the place, ``phone`` where it is told of a cut-off:
    of institutions only, and empty where none is known.
    """

    code: Codes
    node: Indices
    users: npt.NDArray[np.int32]
    category: Codes
    name: Codes
    phone: Codes | None = None

    def __len__(self) -> int:
        return len(self.code)

    def phone_of(self, customer: int) -> str:
        """The telephone number of one customer, empty where none is known."""
        return "" if self.phone is None else str(self.phone[customer])


def no_customers() -> Customers:
    """The table of a network of which no customer is known."""
    nothing, untold = np.zeros(0, dtype=np.int32), np.zeros(0, dtype="U1")
    return Customers(untold, nothing, nothing, untold, untold)
