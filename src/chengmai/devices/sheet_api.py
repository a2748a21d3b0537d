"""Doors to the register as a sheet: in, with findings, and out."""

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.assets.findings_sheet import sentence
from chengmai.core import heavy
from chengmai.core.findings import Finding, Severity
from chengmai.core.messages import choose_language
from chengmai.devices import queries
from chengmai.devices.imports import import_sheet
from chengmai.devices.schemas import SheetCounts, SheetFinding, SheetOutcomeOut, SheetQuery
from chengmai.devices.sheet import as_csv, as_workbook, lines_of
from chengmai.devices.states import DeviceState
from chengmai.devices.views import wanted_of

router = Router()
MOST_FINDINGS = 1000
"""An answer shows no more; its counts tell how many there are."""
_KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


@router.post("/device-imports", auth=May(Permission.DEVICE_MANAGE), response=SheetOutcomeOut)
def import_devices(request: HttpRequest, file: File[UploadedFile], dry_run: bool = False) -> SheetOutcomeOut:
    """Take a sheet of devices over, whole or not at all; with ``dry_run`` it is only checked."""
    user = caller(request)
    outcome = import_sheet(user, file.name or "upload", content_of(file), dry_run=dry_run)
    errors = sum(finding.severity == Severity.ERROR for finding in outcome.findings)
    language = choose_language(language_of(request))
    return SheetOutcomeOut(
        written=outcome.written,
        counts=SheetCounts(
            new=outcome.new,
            changed=outcome.changed,
            unchanged=outcome.unchanged,
            errors=errors,
            warnings=len(outcome.findings) - errors,
        ),
        findings=[_finding(finding, language) for finding in outcome.findings[:MOST_FINDINGS]],
    )


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


def _finding(finding: Finding, language: str) -> SheetFinding:
    return SheetFinding(
        file=finding.file,
        sheet=finding.sheet,
        row=finding.row,
        field=finding.field,
        value=finding.value,
        rule=finding.rule,
        severity=finding.severity.value,
        message=sentence(finding, language),
    )
