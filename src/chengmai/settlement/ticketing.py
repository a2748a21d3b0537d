"""The source of quantities that were weighed: tickets that reconcile, each cited with its hash; held ones are told."""

from collections.abc import Mapping

from chengmai.access.models import Organisation, User
from chengmai.access.scope import reaches
from chengmai.core.errors import InvalidInput, NotFound
from chengmai.custody.queries import weighed
from chengmai.custody.terms import Material
from chengmai.settlement.quantities import told
from chengmai.settlement.sources import Asked, FoundQuantity, QuantitySource, Remark, register

TICKETS = "tickets"
_TONNES = (("吨", 1),)


def _organisation(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise InvalidInput("settlement.organisation_unknown", organisation=code)
    return found


def _check(user: User, parameters: Mapping[str, str]) -> None:
    """Raise InvalidInput for a material or an organisation that is not known, NotFound for a receiver out of reach."""
    if parameters["material"] not in set(Material):
        raise InvalidInput("settlement.material_unknown", material=parameters["material"][:40])
    if parameters.get("carrier", "").strip():
        _organisation(parameters["carrier"])
    if not reaches(user, _organisation(parameters["receiver"])):
        raise NotFound("settlement.receiver_out_of_reach", receiver=parameters["receiver"])


def _find(asked: Asked) -> FoundQuantity:
    if asked.unit.dimension != _TONNES:
        raise InvalidInput("settlement.no_ticket_unit", unit=asked.unit.name)
    receiver = _organisation(asked.parameters["receiver"])
    carrier = asked.parameters.get("carrier", "").strip()
    found = weighed(
        receiver.pk,
        asked.parameters["material"],
        asked.first,
        asked.last,
        _organisation(carrier).pk if carrier else None,
    )
    inputs = [
        {"kind": "ticket", "id": str(one.id), "manifest": one.manifest, "kg": one.net_kg, "hash": one.hash}
        for one in found.counted
    ]
    inputs.append({"kind": "weighed", "id": f"{found.receiver} {found.material}", "hash": found.hash})
    remarks = []
    if found.held:
        params = {"count": len(found.held), "tonnes": told(int(found.held_tonnes * 10**6))}
        remarks.append(Remark("tickets_held", params))
    number = found.tonnes * asked.unit.scale.denominator / asked.unit.scale.numerator
    return FoundQuantity(number, tuple(inputs), remarks=tuple(remarks))


register(QuantitySource(TICKETS, ("receiver", "material"), _find, _check, ("carrier",)))
