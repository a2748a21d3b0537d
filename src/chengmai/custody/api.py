"""The doors of custody: manifests part by part, tickets, and the desk of what does not reconcile."""

from datetime import date, timedelta
from typing import cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from chengmai.access.doors import May, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.access.scope import reach
from chengmai.core.clock import now
from chengmai.core.errors import NotFound
from chengmai.custody import hand_tickets, manifests, schemas, tickets, views
from chengmai.custody.desk import DeskDay, Wish, desk_of, resolutions, resolve
from chengmai.custody.loading import DaySpan, load_trip
from chengmai.custody.models import Manifest, RefusedTicket
from chengmai.custody.parties import demand_own_named, named
from chengmai.custody.present import present_setting
from chengmai.custody.queries import visible_manifest, visible_tickets, weighed
from chengmai.custody.register_api import router as registers
from chengmai.custody.rules import trip_day
from chengmai.custody.terms import CustodyRule, Material
from chengmai.custody.ticket_reading import TicketWords
from chengmai.sensing.api import GatewayDoor
from chengmai.sensing.inbox import Delivered
from chengmai.settings import current

router = Router(tags=["custody"])
router.add_router("", registers)
READ, TELL, RESOLVE = May(Permission.CUSTODY_READ), May(Permission.CUSTODY_TELL), May(Permission.CUSTODY_RESOLVE)
MOST_DAYS = 62
USUAL_DAYS = 31


class DaysQuery(Schema):
    """Days of the city, both in it; without them the last 31."""

    first: date | None = None
    last: date | None = None

    def span(self) -> DaySpan:
        """The days asked for; raises InvalidInput for too many."""
        last = self.last or now().astimezone(current().zone).date()
        return DaySpan(self.first or last - timedelta(days=USUAL_DAYS - 1), last).checked(MOST_DAYS)


class DeskQuery(DaysQuery):
    """Which discrepancies; what is empty asks for nothing."""

    rule: CustodyRule | None = None
    day: date | None = None
    plant: str = ""
    accepted: bool = False
    limit: int = Field(200, ge=1, le=1000)


class TripsQuery(DaysQuery):
    """Which trips; what is empty asks for nothing."""

    rule: CustodyRule | None = None
    material: Material | None = None
    receiver: str = ""
    number: str = Field("", max_length=14)
    plate: str = Field("", max_length=16)
    offset: int = Field(0, ge=0)


class WeighedQuery(DaysQuery):
    """What, and of which carrier (a code)."""

    material: Material
    carrier: str = ""


def _trip(user: User, manifest_id: UUID) -> schemas.TripOut:
    manifest = visible_manifest(user, manifest_id)
    return views.trip_out(user, manifest, _day_of(manifest))


def _day_of(manifest: Manifest) -> DeskDay:
    """The desk of the day a trip counts on, at its plant."""
    setting = present_setting()
    facts = load_trip(manifest, setting).trips
    day = trip_day(facts[0], setting) if facts else setting.day(manifest.handed_over_at)
    return desk_of(DaySpan(day, day), [manifest.receiver.code])


@router.get("/custody/desk", response=schemas.CustodyDeskOut, auth=READ)
def read_custody_desk(request: HttpRequest, wanted: Query[DeskQuery]) -> schemas.CustodyDeskOut:
    """What does not reconcile: counts of what is open by rule, day and plant, and the discrepancies asked for."""
    span = wanted.span()
    asked = {
        "rule": wanted.rule.value if wanted.rule else "",
        "day": wanted.day.isoformat() if wanted.day else "",
        "plant": wanted.plant,
    }
    return views.desk_out(caller(request), span, desk_of(span), asked, wanted.accepted, wanted.limit)


@router.get("/custody/resolutions", response=list[schemas.DecidedOut], auth=READ)
def list_resolutions(request: HttpRequest, wanted: Query[DaysQuery]) -> list[schemas.DecidedOut]:
    """What was decided on the discrepancies of some days, the newest first."""
    return views.decided_out(resolutions(caller(request), wanted.span()).order_by("-at")[:500])


@router.post("/custody/discrepancies/{fingerprint}/resolution", response=schemas.ResolutionOut, auth=RESOLVE)
def resolve_discrepancy(
    request: HttpRequest, fingerprint: str, body: schemas.ResolveIn
) -> schemas.ResolutionOut | None:
    """Accept a discrepancy as it is, or void a ticket, alone or for a further one; with a reason."""
    wish = Wish(body.day, body.plant, body.decision, body.reason, body.ticket)
    return views.resolution_out(resolve(caller(request), fingerprint, wish))


@router.get("/custody/trips", response=schemas.TripPage, auth=READ)
def list_trips(request: HttpRequest, wanted: Query[TripsQuery]) -> schemas.TripPage:
    """Trips of some days with what holds them, the newest first."""
    span = wanted.span()
    asked = {
        "material": wanted.material.value if wanted.material else "",
        "receiver__code": wanted.receiver,
        "number": wanted.number,
        "plate": wanted.plate,
    }
    rule = wanted.rule.value if wanted.rule else ""
    return views.trips_out(caller(request), span, desk_of(span), asked, rule, wanted.offset)


@router.get("/custody/trips/{manifest_id}", response=schemas.TripOut, auth=READ)
def read_trip(request: HttpRequest, manifest_id: UUID) -> schemas.TripOut:
    """A trip with its three legs, its tickets and what does not reconcile about it."""
    return _trip(caller(request), manifest_id)


@router.post("/custody/manifests", response=schemas.TripOut, auth=TELL)
def issue_manifest(request: HttpRequest, body: schemas.ManifestIn) -> schemas.TripOut:
    """Hand over: the sender's part, which gives the manifest its number."""
    made = manifests.issue(caller(request), manifests.ManifestDraft(**body.model_dump()))
    return _trip(caller(request), made.pk)


@router.post("/custody/manifests/{manifest_id}/departure", response=schemas.TripOut, auth=TELL)
def depart(request: HttpRequest, manifest_id: UUID, body: schemas.DepartureIn) -> schemas.TripOut:
    """The carrier leaves."""
    told = body.model_dump()
    version = told.pop("version")
    manifests.depart(caller(request), manifest_id, version, manifests.Departure(**told))
    return _trip(caller(request), manifest_id)


@router.post("/custody/manifests/{manifest_id}/arrival", response=schemas.TripOut, auth=TELL)
def arrive(request: HttpRequest, manifest_id: UUID, body: schemas.ArrivalIn) -> schemas.TripOut:
    """The carrier is there."""
    told = body.model_dump()
    version = told.pop("version")
    manifests.arrive(caller(request), manifest_id, version, manifests.Arrival(**told))
    return _trip(caller(request), manifest_id)


@router.post("/custody/manifests/{manifest_id}/receipt", response=schemas.TripOut, auth=TELL)
def confirm_receipt(request: HttpRequest, manifest_id: UUID, body: schemas.ReceiptIn) -> schemas.TripOut:
    """The receiver confirms."""
    told = body.model_dump()
    version = told.pop("version")
    manifests.confirm(caller(request), manifest_id, version, manifests.Receipt(**told))
    return _trip(caller(request), manifest_id)


@router.post("/custody/manifests/{manifest_id}/void", response=schemas.TripOut, auth=TELL)
def void_manifest(request: HttpRequest, manifest_id: UUID, body: schemas.VoidIn) -> schemas.TripOut:
    """Take a manifest back that nobody weighed; its number is not given again."""
    manifests.void_manifest(caller(request), manifest_id, body.version, body.reason)
    return _trip(caller(request), manifest_id)


@router.post(
    "/custody/scale-tickets",
    response=schemas.TicketTaken,
    auth=GatewayDoor(),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)
def post_scale_ticket(request: HttpRequest) -> schemas.TicketTaken:
    """A scale's ticket in its maker's JSON; answered when it, or its refusal, is on disk."""
    gateway = cast(str, request.auth)  # type: ignore[attr-defined]
    taken = tickets.take_in([Delivered(gateway, request.body, now())])
    return schemas.TicketTaken(**{one.value: taken.count(one) for one in tickets.TakenIn})


@router.get("/custody/tickets/{ticket_id}", response=schemas.TicketOut, auth=READ)
def read_ticket(request: HttpRequest, ticket_id: UUID) -> schemas.TicketOut:
    """A ticket as accepted, with the scale's message."""
    found = visible_tickets(caller(request)).filter(pk=ticket_id).first()
    if found is None:
        raise NotFound("custody.no_ticket", id=ticket_id)
    return views.ticket_out(found)


@router.post("/custody/tickets/{ticket_id}/void", response=schemas.TicketOut, auth=RESOLVE)
def void_ticket(request: HttpRequest, ticket_id: UUID, body: schemas.VoidIn) -> schemas.TicketOut:
    """Let a ticket count no more; it stays readable."""
    tickets.void_ticket(caller(request), ticket_id, body.reason)
    return views.ticket_out(visible_tickets(caller(request)).get(pk=ticket_id))


@router.get("/custody/hand-tickets", response=list[schemas.TypedTicketOut], auth=READ)
def list_hand_tickets(request: HttpRequest) -> list[schemas.TypedTicketOut]:
    """Tickets typed by hand, the newest first."""
    user = caller(request)
    return [views.typed_out(user, one) for one in hand_tickets.visible_hand_tickets(user)[:200]]


@router.post("/custody/hand-tickets", response=schemas.TypedTicketOut, auth=TELL)
def type_ticket(request: HttpRequest, body: schemas.TicketIn) -> schemas.TypedTicketOut:
    """Type a ticket that the scale could not tell; it counts once a second person confirmed it."""
    user, told = caller(request), body.model_dump()
    ticket_id, scale, why = told.pop("id"), told.pop("scale"), told.pop("why")
    return views.typed_out(user, hand_tickets.type_ticket(user, ticket_id, scale, TicketWords(**told), why))


@router.post("/custody/hand-tickets/{typed_id}/judgement", response=schemas.TypedTicketOut, auth=TELL)
def judge_ticket(request: HttpRequest, typed_id: UUID, body: schemas.TicketJudgement) -> schemas.TypedTicketOut:
    """The second person confirms or refuses what was typed."""
    user = caller(request)
    return views.typed_out(user, hand_tickets.judge_ticket(user, typed_id, body.confirmed, body.reason))


@router.get("/custody/refused-tickets", response=list[schemas.RefusedTicketOut], auth=READ)
def list_refused_tickets(request: HttpRequest) -> list[schemas.RefusedTicketOut]:
    """Scales' messages that are no tickets, the newest first."""
    codes = reach(caller(request))
    rows = RefusedTicket.objects.order_by("-received_at", "-pk")
    found = rows if codes is None else rows.filter(owner__code__in=codes)
    return [views.refused_out(one) for one in found[:200]]


@router.get("/custody/plants/{plant}/weighed", response=schemas.WeighedOut, auth=READ)
def read_weighed(request: HttpRequest, plant: str, wanted: Query[WeighedQuery]) -> schemas.WeighedOut:
    """Tonnes that a plant's scale weighed in a span: those that count, and those held with the reason."""
    receiver, span = demand_own_named(caller(request), plant), wanted.span()
    carrier = named(wanted.carrier).pk if wanted.carrier else None
    return views.weighed_out(weighed(receiver.pk, wanted.material.value, span.first, span.last, carrier))
