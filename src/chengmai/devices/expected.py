"""Of which streams readings are expected, as the register of devices knows it, and since when."""

from datetime import UTC, datetime

from chengmai.devices.models import DeviceEvent, DeviceStream
from chengmai.devices.states import DeviceAction, DeviceState

_BEGINNINGS = ("register", DeviceAction.COMMISSION.value, DeviceAction.RESUME.value)
"""Steps with which a device comes into service."""


def not_expected() -> set[int]:
    """Streams that a device fed once and that no device in service feeds now.

    A stream that never had a device is not in the register's hands: it is expected.
    """
    served = DeviceStream.objects.filter(until=None, device__state=DeviceState.IN_SERVICE)
    known = DeviceStream.objects.exclude(stream__in=served.values("stream")).values_list("stream_id", flat=True)
    return set(known.distinct())


def newly_expected(since: datetime) -> dict[int, datetime]:
    """Streams whose device came into service, or began to feed them, after a moment, and when.

    Nobody is missed for the time before that.
    """
    present = DeviceStream.objects.filter(until=None, device__state=DeviceState.IN_SERVICE)
    begun = DeviceEvent.objects.filter(at__gt=since, to_state=DeviceState.IN_SERVICE, action__in=_BEGINNINGS)
    found: dict[int, datetime] = dict(present.filter(since__gt=since).values_list("stream_id", "since"))
    rows = begun.filter(device__feeds__until=None).values_list("device__feeds__stream_id", "at")
    for stream, at in rows:
        found[stream] = max(at, found.get(stream, datetime.min.replace(tzinfo=UTC)))
    return found
