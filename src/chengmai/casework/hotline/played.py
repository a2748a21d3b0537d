"""Calls that nobody makes: the demonstration's own, by a button."""

from chengmai.assets.models import City
from chengmai.casework.hotline import services
from chengmai.casework.hotline.models import Call
from chengmai.core.errors import NotAllowed
from chengmai.core.identity import new_id

NUMBERS = ("13800000001", "13800000002", "13800000003", "03565550188", "")
"""Invented numbers, the last one withheld; the demonstration's citizens have the first ones."""


def play(city: City) -> Call:
    """Let a call ring; raises NotAllowed where real people call."""
    if not city.demonstration:
        raise NotAllowed("call.not_a_demonstration")
    number = NUMBERS[Call.objects.count() % len(NUMBERS)]
    return services.announce(None, services.Announcement(f"played-{new_id()}", number))
