"""Doors to the register as a sheet: in, with findings, and out."""

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.assets.import_views import SheetOutcomeOut, outcome_out
from chengmai.core import heavy
from chengmai.core.messages import choose_language
from chengmai.devices import queries
from chengmai.devices.imports import import_sheet
from chengmai.devices.schemas import SheetQuery
from chengmai.devices.sheet import as_csv, as_workbook, lines_of
from chengmai.devices.states import DeviceState
from chengmai.devices.views import wanted_of

router = Router()
_KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


@router.post("/device-imports", auth=May(Permission.DEVICE_MANAGE), response=SheetOutcomeOut)
def import_devices(request: HttpRequest, file: File[UploadedFile], dry_run: bool = False) -> SheetOutcomeOut:
    """Take a sheet of devices over, whole or not at all; with ``dry_run`` it is only checked."""
    user = caller(request)
    outcome = import_sheet(user, file.name or "upload", content_of(file), dry_run=dry_run)
    return outcome_out(outcome, choose_language(language_of(request)))


@router.get("/device-sheet", auth=May(Permission.DEVICE_READ), response={200: bytes})
def download_sheet(request: HttpRequest, wanted: Query[SheetQuery]) -> HttpResponse:
    """The wanted devices as a sheet that can be imported again; or the empty sheet to fill in."""
    lines = []
    if not wanted.template:
        devices = queries.matching(queries.visible_devices(caller(request)), wanted_of(wanted))
        told = queries.told_by_code(devices)
        states = dict(devices.values_list("code", "state"))
        lines = lines_of((facts, DeviceState(states[code])) for code, facts in told.items() if code in states)
    body = heavy.run(as_workbook, lines).result() if wanted.format == "xlsx" else as_csv(lines)
    answer = HttpResponse(body, content_type=_KINDS[wanted.format])
    name = "devices-template" if wanted.template else "devices"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{wanted.format}"'
    return answer
