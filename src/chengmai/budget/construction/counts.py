"""How many devices of each lot there are, as the device register counts them: nothing of it is kept here."""

from collections.abc import Mapping

from chengmai.devices.queries import count_by_lot
from chengmai.devices.states import PLACED, DeviceState

Counts = Mapping[str, Mapping[str, int]]
"""Lot -> state of devices -> how many."""

ABSENT = frozenset(DeviceState) - PLACED
"""States of devices that are not yet, or no longer, at their place."""


def devices_by_lot(project: str) -> Counts:
    """The register's count for a project, whoever asks; a lot without any device is missing."""
    return count_by_lot(project)
