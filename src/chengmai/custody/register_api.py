"""The doors of custody's registers."""

from django.http import HttpRequest
from ninja import Router

from chengmai.access.doors import May, caller
from chengmai.access.roles import Permission
from chengmai.custody import register_schemas as schemas
from chengmai.custody import registers
from chengmai.custody.register_views import registers_out

router = Router(tags=["custody"])
READ, MANAGE, TELL = May(Permission.CUSTODY_READ), May(Permission.CUSTODY_MANAGE), May(Permission.CUSTODY_TELL)


@router.get("/custody/registers", response=schemas.CustodyRegisters, auth=READ)
def list_registers(request: HttpRequest) -> schemas.CustodyRegisters:
    """Licences, trucks, scales, routes, tests, plants' own books and the thresholds in force."""
    return registers_out(caller(request))


@router.put("/custody/licences", response=schemas.CustodyRegisters, auth=MANAGE)
def write_licence(request: HttpRequest, body: schemas.LicenceIn) -> schemas.CustodyRegisters:
    """Write a permit or a licence with its validity."""
    told = body.model_dump()
    told["material"] = told["material"] or ""
    registers.write_licence(caller(request), registers.LicenceRow(**told))
    return registers_out(caller(request))


@router.put("/custody/vehicles", response=schemas.CustodyRegisters, auth=MANAGE)
def write_vehicle(request: HttpRequest, body: schemas.VehicleIn) -> schemas.CustodyRegisters:
    """Write a truck with what it may load and what it weighs empty."""
    registers.write_vehicle(caller(request), registers.VehicleRow(**body.model_dump()))
    return registers_out(caller(request))


@router.put("/custody/scales", response=schemas.CustodyRegisters, auth=MANAGE)
def write_scale(request: HttpRequest, body: schemas.ScaleIn) -> schemas.CustodyRegisters:
    """Write a scale with its credential and how its JSON is read."""
    registers.write_scale(caller(request), registers.ScaleRow(**body.model_dump()))
    return registers_out(caller(request))


@router.post("/custody/calibrations", response=schemas.CustodyRegisters, auth=MANAGE)
def calibrate_scale(request: HttpRequest, body: schemas.ScaleCalibrationIn) -> schemas.CustodyRegisters:
    """Note that a scale was verified."""
    registers.calibrate_scale(caller(request), body.scale, body.on, body.valid_until, body.certificate)
    return registers_out(caller(request))


@router.put("/custody/routes", response=schemas.CustodyRegisters, auth=MANAGE)
def write_route(request: HttpRequest, body: schemas.RouteIn) -> schemas.CustodyRegisters:
    """Write how far it is between a sender and a receiver."""
    registers.write_route(caller(request), body.sender, body.receiver, body.distance_m, body.version)
    return registers_out(caller(request))


@router.post("/custody/chelation-tests", response=schemas.CustodyRegisters, auth=MANAGE)
def note_chelation(request: HttpRequest, body: schemas.ChelationIn) -> schemas.CustodyRegisters:
    """Note a test of a batch of fly ash."""
    registers.note_chelation(caller(request), body.sender, body.batch, body.report, body.passed, body.tested_at)
    return registers_out(caller(request))


@router.post("/custody/intakes", response=schemas.CustodyRegisters, auth=TELL)
def tell_intake(request: HttpRequest, body: schemas.IntakeIn) -> schemas.CustodyRegisters:
    """A plant tells what its own book says it took in on a day; told again it is a revision."""
    registers.tell_intake(caller(request), body.receiver, body.material, body.day, body.kg)
    return registers_out(caller(request))


@router.put("/custody/thresholds", response=schemas.CustodyRegisters, auth=MANAGE)
def set_thresholds(request: HttpRequest, body: schemas.ThresholdsIn) -> schemas.CustodyRegisters:
    """Set the thresholds of the whole city; every edition is kept."""
    registers.set_thresholds(caller(request), body.version, body.values, body.reason)
    return registers_out(caller(request))
