"""Reads of cases, scoped: the bureau sees all, others what went to their department or was filed by them.

Whoever confirms on the spot also sees what waits to be confirmed, and what they said something of.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.access.scope import reach
from chengmai.assets.models import Component
from chengmai.casework.cases.states import CASE_PERMISSIONS, CASE_TRANSITIONS, CaseAction, CaseState
from chengmai.casework.classes import editions
from chengmai.casework.models import Case, CaseEvent, Photo
from chengmai.core.errors import NotFound
from chengmai.warning.fieldwork import FieldWork

OF_HANDLERS = frozenset(
    {
        CaseAction.RETURN,
        CaseAction.SIGN,
        CaseAction.ARRIVE,
        CaseAction.REPORT,
        CaseAction.FINISH,
        CaseAction.ASK_EXTENSION,
        CaseAction.ASK_SUSPENSION,
    },
)
"""Steps that only people of the department it is dispatched to may take."""
BY_OTHERS = frozenset({CaseAction.VERIFY, CaseAction.SEND_BACK, CaseAction.REWORK})
"""Steps that nobody takes on own work."""
ON_THE_SPOT = frozenset({CaseAction.CONFIRM, CaseAction.DENY})
"""Steps of whoever confirms."""
PHOTO_STATES = frozenset({CaseState.SIGNED, CaseState.ON_SITE, CaseState.HANDLED})
"""In which its handlers add photographs."""
UNTOUCHED = frozenset({CaseState.FILED, CaseState.TO_CONFIRM, CaseState.DISPATCHED})
"""In which whoever filed a case still adds photographs: a slow network brings them late."""


def visible_cases(user: User) -> QuerySet[Case]:
    """The cases in a user's scope."""
    cases = Case.objects.select_related(
        "case_class__department",
        "case_class__edition",
        "department",
        "handler",
        "filed_by",
        "cell",
        "component",
        "merged_into",
    )
    codes = reach(user)
    if codes is None:
        return cases
    scope = Q(department__code__in=codes) | Q(filed_by=user.pk)
    if Permission.CASE_CONFIRM in user.permissions:
        said = CaseEvent.objects.filter(actor=user.pk, action__in=ON_THE_SPOT).values("case_id")
        scope |= Q(state=CaseState.TO_CONFIRM) | Q(pk__in=said)
    return cases.filter(scope)


def visible_case(user: User, case_id: UUID) -> Case:
    """One case in the user's scope; raises NotFound otherwise."""
    case = visible_cases(user).filter(pk=case_id).first()
    if case is None:
        raise NotFound("case.not_found", id=case_id)
    return case


def visible_photo(user: User, photo_id: UUID) -> Photo:
    """One photograph of a case in the user's scope; raises NotFound otherwise."""
    photo = Photo.objects.filter(pk=photo_id, case__in=visible_cases(user)).first()
    if photo is None:
        raise NotFound("photo.not_found", id=photo_id)
    return photo


def mine(cases: QuerySet[Case], user: User) -> QuerySet[Case]:
    """Of these, what waits for this person: signed by them, or dispatched to their department and nobody's yet.

    For whoever confirms on the spot: what waits to be confirmed, and what they filed themselves.
    """
    waiting = Q(department=user.organisation_id, state=CaseState.DISPATCHED) & (Q(handler=None) | Q(handler=user.pk))
    if Permission.CASE_CONFIRM in user.permissions:
        waiting |= Q(state=CaseState.TO_CONFIRM) | Q(filed_by=user.pk)
    return cases.filter(Q(handler=user.pk) | waiting)


def matching(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases whose code, title, description or class name holds a text."""
    fields = ("code", "title", "description", "case_class__name_zh", "case_class__name_en")
    condition = Q()
    for name in fields:
        condition |= Q(**{f"{name}__icontains": text})
    return cases.filter(condition)


def history_of(case: Case) -> list[CaseEvent]:
    """The steps of a case, oldest first, with their photographs."""
    return list(case.history.select_related("actor").prefetch_related("photos").order_by("at", "pk"))


def allowed_actions(user: User, case: Case) -> list[CaseAction]:
    """What this user may do to this case now."""
    held = user.permissions
    return [
        action
        for action, permission in CASE_PERMISSIONS.items()
        if permission in held
        and (CaseState(case.state), action) in CASE_TRANSITIONS
        and (action not in OF_HANDLERS or user.organisation_id == case.department_id)
        and not (action in BY_OTHERS and has_worked_on(user, case))
    ]


def has_worked_on(user: User, case: Case) -> bool:
    """Whether this user handled the case, or took any step of its handling: nobody verifies own work."""
    return case.handler_id == user.pk or case.history.filter(actor=user, action__in=OF_HANDLERS).exists()


def may_photograph(user: User, case: Case) -> bool:
    """Whether this user may add a photograph now: at work on it, of what they filed, or when asked to confirm it."""
    held, state = user.permissions, CaseState(case.state)
    if Permission.CASE_HANDLE in held and user.organisation_id == case.department_id:
        return state in PHOTO_STATES
    if state == CaseState.TO_CONFIRM and Permission.CASE_CONFIRM in held:
        return True
    return Permission.CASE_FILE in held and case.filed_by_id == user.pk and state in UNTOUCHED


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The department a case should go to (empty: nobody answers for it), and why: catalogue codes with parameters."""

    department: Organisation | None
    reasons: list[tuple[str, dict[str, str]]]

    @property
    def department_code(self) -> str:
        """Its code; empty for none."""
        return self.department.code if self.department else ""


def suggested_department(case: Case) -> Suggestion:
    """The department a case should go to: whoever keeps its component, else its class's, else its grid cell's."""
    row, cell, component = case.case_class, case.cell, case.component
    of_class = editions.department_of(row, editions.trades())
    of_component = _keeper(component) if component else None
    department = of_component or of_class or (cell.organisation if cell else None)
    reasons: list[tuple[str, dict[str, str]]] = []
    if component is not None:
        code = "suggestion.component" if of_component else "suggestion.component_nobody"
        keeper = component.maintainer_name or component.owner_name
        reasons.append((code, {"component": component.code, "name": component.name, "keeper": keeper}))
    params = {"code": row.code, "edition": row.edition.code}
    if of_class is None:
        reasons.append(("suggestion.nobody", params))
    else:
        reasons.append(("suggestion.class" if department == of_class else "suggestion.class_other", params))
    if cell is not None and department is not None:
        agrees = cell.organisation_id == department.pk
        reasons.append(("suggestion.cell_agrees" if agrees else "suggestion.cell_other", {"cell": cell.code}))
    return Suggestion(department, reasons)


def _keeper(component: Component) -> Organisation | None:
    """The organisation that maintains a component, else the one that owns it, else the one in charge, if known here."""
    wanted = [code for code in (component.maintainer_code, component.owner_code, component.charge_code) if code]
    found = {one.code: one for one in Organisation.objects.filter(code__in=wanted)}
    return next((found[code] for code in wanted if code in found), None)


def _last(case: Case) -> Case:
    """The case that the work goes on in: itself, or the one it was merged into, and so on."""
    while case.merged_into is not None:
        case = case.merged_into
    return case


def field_work(warnings: Collection[UUID]) -> list[FieldWork]:
    """The cases that warnings opened, oldest first: casework's answer to ``warning.fieldwork``."""
    cases = Case.objects.filter(source="warning", source_id__in=[str(warning) for warning in warnings]).order_by("pk")
    return [
        FieldWork(
            warning_id=UUID(case.source_id),
            case_id=case.pk,
            case_code=case.code,
            state=case.state,
            closed=_last(case).state == CaseState.CLOSED,
            due_at=case.due_at,
        )
        for case in cases
    ]
