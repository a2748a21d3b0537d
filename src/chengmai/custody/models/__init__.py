"""Tables of custody."""

from chengmai.custody.models.registers import (
    ChelationTest,
    Licence,
    PlantIntake,
    Route,
    Scale,
    ScaleCalibration,
    ThresholdEdition,
    Vehicle,
)
from chengmai.custody.models.tickets import HandTicket, RefusedTicket, Resolution, Ticket, TicketVoid
from chengmai.custody.models.trips import Manifest, ManifestSerial, ManifestStep

__all__ = [
    "ChelationTest",
    "HandTicket",
    "Licence",
    "Manifest",
    "ManifestSerial",
    "ManifestStep",
    "PlantIntake",
    "RefusedTicket",
    "Resolution",
    "Route",
    "Scale",
    "ScaleCalibration",
    "ThresholdEdition",
    "Ticket",
    "TicketVoid",
    "Vehicle",
]
