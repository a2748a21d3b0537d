"""The doors of the unit grid and of components: imports by GeoJSON with findings, and what there is."""

from django.http import HttpRequest
from ninja import File, Query, Router
from ninja.files import UploadedFile

from chengmai.access.doors import May, caller, language_of
from chengmai.access.roles import Permission
from chengmai.access.uploads import content_of
from chengmai.assets import components
from chengmai.assets.city_grid import import_cells
from chengmai.assets.import_views import SheetOutcomeOut, outcome_out
from chengmai.assets.models import CodeForm, Component, ComponentState
from chengmai.casework.classes import editions
from chengmai.casework.classes.changes import demand_manager
from chengmai.casework.grid.schemas import ComponentFilter, ComponentOut, ComponentPage
from chengmai.casework.models import CaseClass, ClassKind
from chengmai.core.findings import ImportOutcome
from chengmai.core.messages import choose_language

router = Router()


@router.post("/grid-imports", response=SheetOutcomeOut, auth=May(Permission.CASEWORK_MANAGE))
def import_grid(request: HttpRequest, file: File[UploadedFile], dry_run: bool = False) -> SheetOutcomeOut:
    """Take grid cells over from GeoJSON polygons, all or none; with ``dry_run`` they are only checked."""
    user, data = caller(request), _content(file)
    demand_manager(user)
    return _told(import_cells(user, file.name or "upload", data, dry_run=dry_run), request)


@router.post("/component-imports", response=SheetOutcomeOut, auth=May(Permission.CASEWORK_MANAGE))
def import_components(
    request: HttpRequest,
    file: File[UploadedFile],
    form: CodeForm = CodeForm.TWO_TWO_SIX,
    dry_run: bool = False,
) -> SheetOutcomeOut:
    """Take components over from GeoJSON points whose codes have one form, all or none."""
    user, data = caller(request), _content(file)
    demand_manager(user)
    known = {code for kind, code in editions.present_classes() if kind == ClassKind.COMPONENT}
    name = file.name or "upload"
    return _told(components.import_components(user, name, data, form, known, dry_run=dry_run), request)


@router.get("/components", response=ComponentPage, auth=May(Permission.CASE_READ))
def list_components(request: HttpRequest, wanted: Query[ComponentFilter]) -> ComponentPage:
    """Components of the city, by code."""
    found = components.matching(wanted.q.strip(), wanted.state or "", wanted.cell)
    known = editions.present_classes()
    page = found[wanted.skip : wanted.skip + wanted.limit]
    return ComponentPage(items=[_component(one, known) for one in page], total=found.count())


def _component(one: Component, known: dict[editions.Key, CaseClass]) -> ComponentOut:
    named = known.get((ClassKind.COMPONENT.value, one.class_code))
    return ComponentOut(
        code=one.code,
        form=CodeForm(one.form),
        class_code=one.class_code,
        class_zh=named.name_zh if named else "",
        class_en=named.name_en if named else "",
        name=one.name,
        charge=f"{one.charge_code} {one.charge_name}".strip(),
        owner=f"{one.owner_code} {one.owner_name}".strip(),
        maintainer=f"{one.maintainer_code} {one.maintainer_name}".strip(),
        cell=one.cell.code if one.cell else None,
        state=ComponentState(one.state),
        recorded_on=one.recorded_on,
        changed_on=one.changed_on,
        source=one.source,
        accuracy=one.accuracy,
        longitude=one.longitude,
        latitude=one.latitude,
    )


def _content(file: UploadedFile) -> bytes:
    return content_of(file)


def _told(outcome: ImportOutcome, request: HttpRequest) -> SheetOutcomeOut:
    return outcome_out(outcome, choose_language(language_of(request)))
