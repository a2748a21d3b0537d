"""Words of custody: what is carried, who has a part in it, which rule is broken and what was decided on it."""

from enum import StrEnum


class Material(StrEnum):
    """What is carried under a manifest."""

    KITCHEN_WASTE = "kitchen_waste"
    SLUDGE = "sludge"
    NIGHT_SOIL = "night_soil"
    FLY_ASH = "fly_ash"
    HOUSEHOLD_WASTE = "household_waste"


FLY_ASH_CODE = "772-002-18"
"""Incinerator fly ash in the national catalogue of hazardous wastes (HW18)."""


class ManifestState(StrEnum):
    """How far a manifest is: the sender's part told, then the carrier's, then the receiver's; or void."""

    HANDED_OVER = "handed_over"
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    CONFIRMED = "confirmed"
    VOID = "void"


class CustodyAction(StrEnum):
    """What moves a manifest on."""

    HAND_OVER = "hand_over"
    DEPART = "depart"
    ARRIVE = "arrive"
    CONFIRM = "confirm"
    VOID = "void"


class TicketSource(StrEnum):
    """How a ticket came in: told by the scale itself, or typed by a person and confirmed by a second one."""

    SCALE = "scale"
    HAND = "hand"


class HandTicketState(StrEnum):
    """A ticket typed by hand: it waits for a second person, who confirms or refuses it."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class TicketRefusal(StrEnum):
    """Why a scale's message is no ticket."""

    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    UNKNOWN_SCALE = "unknown_scale"
    UNMAPPED = "unmapped"
    FAR_FUTURE = "far_future"
    TOLD_OTHERWISE = "told_otherwise"


class LicenceKind(StrEnum):
    """What a licence allows: carrying, or receiving."""

    CARRIER_PERMIT = "carrier_permit"
    RECEIVER_LICENCE = "receiver_licence"


class Party(StrEnum):
    """Who tells one side of a comparison."""

    SENDER = "sender"
    CARRIER = "carrier"
    RECEIVER = "receiver"
    SCALE = "scale"
    REGISTER = "register"
    PLANT = "plant"
    RULE = "rule"


class CustodyRule(StrEnum):
    """A rule of three-party reconciliation."""

    MISSING_LEG = "missing_leg"
    DUPLICATE_TICKET = "duplicate_ticket"
    NET_WRONG = "net_wrong"
    TARE_DRIFT = "tare_drift"
    ARRIVAL_BEFORE_DEPARTURE = "arrival_before_departure"
    TRIP_TIME = "trip_time"
    OVER_CAPACITY = "over_capacity"
    EXPIRED_LICENCE = "expired_licence"
    EXPIRED_SCALE = "expired_scale"
    DIFFERENCE = "difference"
    INTAKE_TOTAL = "intake_total"
    CHELATION = "chelation"
    NOT_CONFIRMED = "not_confirmed"
    TWO_PLACES = "two_places"
    NEGATIVE = "negative"
    UNREGISTERED_VEHICLE = "unregistered_vehicle"
    PLATE_DIFFERS = "plate_differs"


class ValueKind(StrEnum):
    """What the two values of a discrepancy are."""

    KG = "kg"
    MOMENT = "moment"
    DAY = "day"
    MINUTES = "minutes"
    TEXT = "text"


class Decision(StrEnum):
    """What was decided on a discrepancy."""

    ACCEPT = "accept"
    VOID_TICKET = "void_ticket"
    FURTHER_TICKET = "further_ticket"
