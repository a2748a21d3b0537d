"""The source of quantities that meters count: readings of a datastream, cited with their hash."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from chengmai.access.models import User
from chengmai.access.scope import within_reach
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.core.units import Quantity
from chengmai.detection.signals import Span
from chengmai.devices.models import DeviceStream
from chengmai.sensing import runtime
from chengmai.sensing.models import Datastream
from chengmai.settings import current
from chengmai.settlement.meters import Counter, Metered, MeterReading, metered
from chengmai.settlement.quantities import decimal_of, millionths_of
from chengmai.settlement.sources import Asked, FoundQuantity, QuantitySource, Remark, register
from chengmai.warning.evidence import cite

METER = "meter"
_WATER = (("吨", 1),)
"""A cubic metre of water is a tonne, which is how sewage is settled."""
_VOLUME = (("立方米", 1),)
_MILLIONTH = Decimal("0.000001")


def _stream(parameters: Mapping[str, str]) -> Datastream:
    found = Datastream.objects.filter(code=parameters["stream"], quantity=Quantity.VOLUME.value).first()
    if found is None:
        raise NotFound("settlement.stream_not_found", stream=parameters["stream"])
    return found


def _counter(parameters: Mapping[str, str]) -> Counter:
    """How the meter counts: ``modulus`` [m3] and ``gap_hours``, where they are told."""
    modulus = parameters.get("modulus", "").strip()
    hours = parameters.get("gap_hours", "").strip() or "24"
    if not hours.isdecimal() or not 0 < int(hours) <= 24 * 31:
        raise InvalidInput("settlement.no_number", value=hours[:40])
    told = Fraction(decimal_of(millionths_of(modulus))) if modulus else None
    return Counter(told, timedelta(hours=int(hours)))


def _check(user: User, parameters: Mapping[str, str]) -> None:
    """Raise NotFound for a stream out of reach, InvalidInput for what is no number."""
    _counter(parameters)
    if not within_reach(Datastream.objects.filter(pk=_stream(parameters).pk), user).exists():
        raise NotFound("settlement.stream_not_found", stream=parameters["stream"])


def _find(asked: Asked) -> FoundQuantity:
    if asked.unit.dimension not in (_WATER, _VOLUME):
        raise InvalidInput("settlement.no_meter_unit", unit=asked.unit.name)
    stream, counter = _stream(asked.parameters), _counter(asked.parameters)
    zone = current().zone
    start = datetime.combine(asked.first, time(), zone).astimezone(UTC)
    end = datetime.combine(asked.last + timedelta(days=1), time(), zone).astimezone(UTC)
    margin = counter.longest_gap
    store = runtime.current().store
    rows = store.read([stream.pk], start - margin, end + margin)
    readings = [
        MeterReading(at.replace(tzinfo=UTC), Fraction(repr(float(value))))
        for at, value in zip(rows.time.astype("datetime64[ms]").tolist(), rows.value.tolist(), strict=True)
    ]
    swaps = list(
        DeviceStream.objects.filter(stream=stream, since__gt=start - margin, since__lte=end + margin).values_list(
            "since", flat=True
        )
    )
    found = metered(readings, swaps, start, end, counter)
    cited = cite([Span(stream.pk, start - margin, end + margin)], store.read)
    inputs = tuple({"kind": "readings", "id": stream.code, **one} for one in cited)
    per = asked.unit.scale
    return FoundQuantity(_number(found.volume / per), inputs, _number(found.estimated / per), _remarks(found))


def _number(amount: Fraction) -> Decimal:
    """To the millionth of the unit, a half going up."""
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(_MILLIONTH, ROUND_HALF_UP)


def _remarks(found: Metered) -> tuple[Remark, ...]:
    zone = current().zone
    return tuple(
        Remark(
            one.note.value,
            {
                "start": f"{one.start.astimezone(zone):%Y-%m-%d %H:%M}",
                "end": f"{one.end.astimezone(zone):%Y-%m-%d %H:%M}",
                "volume": f"{_number(one.volume).normalize():f}",
            },
        )
        for one in found.parts
    )


register(QuantitySource(METER, ("stream",), _find, _check, ("modulus", "gap_hours")))
