"""Which credential may tell a stream: the gateway's, or the own one of the device that feeds it."""

from chengmai.devices.models import Device
from chengmai.sensing import services as sensing
from chengmai.sensing.models import Datastream


def settle_senders(device: Device) -> None:
    """Bring a device's streams under its own credential while that is in force; the others back to their gateways.

    Call it inside the transaction that changed what it feeds or its credential.
    """
    own = device.gateway
    if own is None:
        return
    fed = list(device.feeds.filter(until=None).values_list("stream_id", flat=True)) if own.active else []
    Datastream.objects.filter(sender=own).exclude(pk__in=fed).update(sender=None)
    Datastream.objects.filter(pk__in=fed).update(sender=own)
    sensing.tell_running()
