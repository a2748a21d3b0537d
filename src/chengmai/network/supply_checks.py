"""What isolation valves and customers must agree on with the pipes and points they are told of."""

from collections.abc import Iterable, Mapping

from chengmai.core.findings import Finding
from chengmai.network.records import CustomerRecord, LinkRecord, NodeRecord, Place, ValveRecord


def sound_valves(
    rows: Iterable[ValveRecord], links: Mapping[str, LinkRecord], findings: list[Finding]
) -> list[ValveRecord]:
    """The valves that stand at an end of a loaded link; a finding for each that does not."""
    seen: dict[str, Place] = {}
    kept = []
    for valve in rows:
        link = links.get(valve.link)
        if not _is_new(valve.code, valve.place, seen, findings):
            continue
        if link is None:
            findings.append(valve.place.finding("valve.link_unknown", "link", valve.link))
        elif valve.node not in (link.start, link.end):
            findings.append(valve.place.finding("valve.not_at_end", "node", valve.node, link=valve.link))
        else:
            kept.append(valve)
    return kept


def sound_customers(
    rows: Iterable[CustomerRecord], nodes: Mapping[str, NodeRecord], findings: list[Finding]
) -> list[CustomerRecord]:
    """The customers at loaded points; a finding for each other."""
    seen: dict[str, Place] = {}
    kept = []
    for customer in rows:
        if not _is_new(customer.code, customer.place, seen, findings):
            continue
        if customer.node not in nodes:
            findings.append(customer.place.finding("customer.node_unknown", "node", customer.node))
        else:
            kept.append(customer)
    return kept


def _is_new(code: str, place: Place, seen: dict[str, Place], findings: list[Finding]) -> bool:
    if not code:
        findings.append(place.finding("field.missing", "code"))
    elif code in seen:
        findings.append(place.finding("code.duplicate", "code", code, first=seen[code].row))
    else:
        seen[code] = place
        return True
    return False
