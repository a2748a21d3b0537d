"""What the doors of custody answer."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.scope import reaches
from chengmai.custody import schemas
from chengmai.custody.book import Discrepancy, Told
from chengmai.custody.desk import DeskDay, counts, seen_by
from chengmai.custody.hand_tickets import words_of
from chengmai.custody.loading import DaySpan
from chengmai.custody.manifests import who_tells
from chengmai.custody.models import HandTicket, Manifest, RefusedTicket, Resolution, Ticket
from chengmai.custody.queries import Weighed, dry_tonnes, visible_manifests, visible_tickets
from chengmai.custody.rules import confirm_by, trip_day
from chengmai.custody.states import MANIFEST_TRANSITIONS
from chengmai.custody.terms import (
    CustodyAction,
    CustodyRule,
    Decision,
    HandTicketState,
    ManifestState,
    TicketSource,
)

Filter = dict[str, str]


def side_out(told: Told) -> schemas.SideOut:
    """One side."""
    return schemas.SideOut(party=told.party, value=told.value)


def resolution_out(found: Resolution) -> schemas.ResolutionOut:
    """A decision."""
    return schemas.ResolutionOut(decision=Decision(found.decision), reason=found.reason, by=found.by.name, at=found.at)


def discrepancy_out(day: DeskDay, found: Discrepancy, shown: Discrepancy) -> schemas.DiscrepancyOut:
    """A discrepancy as its reader may see it, under the fingerprint of what it is."""
    decided = day.decided.get(found.fingerprint)
    return schemas.DiscrepancyOut(
        fingerprint=found.fingerprint,
        rule=shown.rule,
        subject=shown.subject,
        day=shown.day,
        plant=shown.plant,
        kind=shown.kind,
        first=side_out(shown.first),
        second=side_out(shown.second),
        manifests=[UUID(key) for key in shown.manifests],
        tickets=[UUID(key) for key in shown.tickets],
        resolution=resolution_out(decided) if decided else None,
    )


def desk_out(
    user: User, span: DaySpan, day: DeskDay, wanted: Filter, resolved: bool, limit: int
) -> schemas.CustodyDeskOut:
    """The desk: counts of what is open, and what the filter lets through."""
    seen = seen_by(user, day)
    still = [(one, shown) for one, shown in seen if one.fingerprint not in day.decided]
    told = counts(shown for _, shown in still)
    chosen = [(one, shown) for one, shown in seen if (one.fingerprint in day.decided) is resolved]
    for name, value in wanted.items():
        chosen = [(one, shown) for one, shown in chosen if not value or str(getattr(shown, name)) == value]
    return schemas.CustodyDeskOut(
        first=span.first,
        last=span.last,
        rules=_counts(told["rule"]),
        days=_counts(told["day"]),
        plants=_counts(told["plant"]),
        open=len(still),
        accepted=len(seen) - len(still),
        held_trips=len({key for _, shown in still for key in shown.manifests}),
        items=[discrepancy_out(day, one, shown) for one, shown in chosen[:limit]],
        more=max(0, len(chosen) - limit),
    )


def _counts(told: dict[str, int]) -> list[schemas.DeskCount]:
    return [schemas.DeskCount(key=key, count=count) for key, count in sorted(told.items())]


def decided_out(found: Iterable[Resolution]) -> list[schemas.DecidedOut]:
    """Decisions with what they were decided on."""
    return [
        schemas.DecidedOut(
            rule=CustodyRule(one.rule),
            subject=one.subject,
            day=one.day,
            plant=one.plant.code,
            kind=one.document["kind"],
            first=one.document["first"],
            second=one.document["second"],
            resolution=resolution_out(one),
        )
        for one in found
    ]


def trips_out(user: User, span: DaySpan, day: DeskDay, wanted: Filter, rule: str, offset: int) -> schemas.TripPage:
    """Trips of some days with what holds them."""
    against = day.against()
    facts = {trip.id: trip for trip in day.book.trips if trip_day(trip, day.setting) in span}
    rows = visible_manifests(user).filter(pk__in=facts).order_by("-handed_over_at", "number")
    named: dict[str, Any] = {key: value for key, value in wanted.items() if value}
    found = [one for one in rows.filter(**named) if not rule or rule in against.get(str(one.pk), ())]
    most = 200
    items = [
        schemas.TripRow(**_row(one, day, facts[str(one.pk)].weighing, against)) for one in found[offset : offset + most]
    ]
    return schemas.TripPage(total=len(found), items=items)


def _row(one: Manifest, day: DeskDay, weighing: Any, against: dict[str, set[str]]) -> dict[str, Any]:
    keys = [str(one.pk), *([weighing.id] if weighing else [])]
    rules = sorted({rule for key in keys for rule in against.get(key, ())})
    return {
        "id": one.pk,
        "number": one.number,
        "state": one.state,
        "version": one.version,
        "day": day.setting.day(weighing.gross_at if weighing else one.handed_over_at),
        "material": one.material,
        "sender": one.sender.code,
        "carrier": one.carrier.code,
        "receiver": one.receiver.code,
        "plate": one.plate,
        "handed_over_at": one.handed_over_at,
        "sent_kg": one.sent_kg,
        "carried_kg": one.carried_kg,
        "weighed_kg": weighing.net_kg if weighing else None,
        "received_kg": one.received_kg,
        "rules": [CustodyRule(rule) for rule in rules],
    }


_TOLD = (
    *("waste_name", "waste_code", "form", "hazard", "packing", "batch", "sender_contact", "driver", "permit", "route"),
    *("started_at", "arrived_at", "licence", "major_difference", "opinion", "disposal", "moisture_permille"),
    "confirmed_at",
)


def trip_out(user: User, one: Manifest, day: DeskDay) -> schemas.TripOut:
    """A trip with its legs, its tickets and what does not reconcile about it."""
    facts = next((trip for trip in day.book.trips if trip.id == str(one.pk)), None)
    weighing = facts.weighing if facts else None
    tickets = visible_tickets(user).filter(manifest_number=one.number).select_related("entered_by", "confirmed_by")
    dry = None
    if weighing and one.moisture_permille is not None and weighing.net_kg >= 0:
        dry = f"{dry_tonnes(weighing.net_kg, one.moisture_permille):f}"
    return schemas.TripOut(
        **_row(one, day, weighing, day.against()),
        **{name: getattr(one, name) for name in _TOLD},
        dry_tonnes=dry,
        confirm_by=confirm_by(weighing.gross_at, day.setting) if weighing else None,
        may=_may(user, one),
        steps=[
            schemas.TripStep(action=CustodyAction(step.action), at=step.at, by=step.by.name if step.by else "")
            for step in one.steps.select_related("by").order_by("pk")
        ],
        tickets=[ticket_out(ticket) for ticket in tickets.order_by("gross_at", "number")],
        discrepancies=[
            discrepancy_out(day, found, shown) for found, shown in seen_by(user, day) if str(one.pk) in found.manifests
        ],
    )


def _may(user: User, one: Manifest) -> list[CustodyAction]:
    """The steps this person may take now."""
    if Permission.CUSTODY_TELL not in user.permissions:
        return []
    following = [action for state, action in MANIFEST_TRANSITIONS if state == ManifestState(one.state)]
    return [action for action in following if reaches(user, who_tells(one, action))]


def ticket_out(one: Ticket) -> schemas.TicketOut:
    """A ticket with the scale's message."""
    void = getattr(one, "void", None)
    named = ("number", "plate", "manifest_number", "material", "gross_kg", "tare_kg", "net_kg", "gross_at", "tare_at")
    told = {name: getattr(one, name) for name in named}
    return schemas.TicketOut(
        **told,
        id=one.pk,
        scale=one.scale.code,
        station=one.scale.station,
        owner=one.scale.owner.code,
        weigher=one.weigher,
        photos=one.photos,
        source=TicketSource(one.source),
        raw=one.raw,
        raw_sha256=one.raw_sha256,
        hash=one.hash,
        accepted_at=one.accepted_at,
        entered_by=one.entered_by.name if one.entered_by else "",
        confirmed_by=one.confirmed_by.name if one.confirmed_by else "",
        void=void.reason if void else "",
        voided_by=void.by.name if void else "",
        voided_at=void.at if void else None,
    )


def typed_out(user: User, one: HandTicket) -> schemas.TypedTicketOut:
    """A ticket typed by hand."""
    words = words_of(one.document)
    return schemas.TypedTicketOut(
        id=one.pk,
        scale=one.scale.code,
        number=one.number,
        plate=words.plate,
        manifest_number=words.manifest_number,
        material=words.material,
        gross_kg=words.gross_kg,
        tare_kg=words.tare_kg,
        net_kg=words.net_kg,
        gross_at=words.gross_at,
        why=one.why,
        state=HandTicketState(one.state),
        entered_by=one.entered_by.name,
        entered_at=one.entered_at,
        judged_by=one.judged_by.name if one.judged_by else "",
        refusal=one.refusal,
        mine=one.entered_by_id == user.pk,
    )


def refused_out(one: RefusedTicket) -> schemas.RefusedTicketOut:
    """A message that is no ticket."""
    named = ("gateway", "reason", "detail", "payload", "sha256", "size_bytes", "received_at")
    return schemas.RefusedTicketOut(**{name: getattr(one, name) for name in named})


def weighed_out(found: Weighed) -> schemas.WeighedOut:
    """What was weighed, as text where it is a quantity."""
    return schemas.WeighedOut(
        receiver=found.receiver,
        material=found.material,
        first=found.first,
        last=found.last,
        carrier=found.carrier,
        tonnes=f"{found.tonnes:f}",
        dry_tonnes=None if found.dry_tonnes is None else f"{found.dry_tonnes:f}",
        held_tonnes=f"{found.held_tonnes:f}",
        hash=found.hash,
        thresholds_version=found.thresholds_version,
        counted=[
            schemas.CountedOut(id=one.id, hash=one.hash, manifest=one.manifest, day=one.day, net_kg=one.net_kg)
            for one in found.counted
        ],
        held=[
            schemas.HeldOut(id=one.id, manifest=one.manifest, day=one.day, net_kg=one.net_kg, reasons=list(one.reasons))
            for one in found.held
        ],
    )
