"""Doors to checklists and their runs."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from chengmai.access.doors import May, caller
from chengmai.access.models import User
from chengmai.access.roles import Permission
from chengmai.core.errors import InvalidInput
from chengmai.registers import checklist_schemas as schemas
from chengmai.registers import files, kinds, queries, runs
from chengmai.registers.checklists import (
    Answer,
    ChecklistDef,
    Rhythm,
    next_period,
    percent_of,
    period_of,
    read_checklist,
)
from chengmai.registers.definitions import KindDef
from chengmai.registers.kinds import kind_of
from chengmai.registers.models import Checklist, ChecklistRun, RegisterEntry
from chengmai.registers.outages import title_of
from chengmai.registers.runs import ChecklistStanding, RunDraft
from chengmai.registers.schemas import RegisterRevision, person_name
from chengmai.registers.stored_answers import file_answer
from chengmai.registers.views import named

router = Router()
MOST_DAYS = 1100


@router.get("/checklists", auth=May(Permission.REGISTER_READ), response=list[schemas.ChecklistOut])
def list_checklists(request: HttpRequest) -> list[schemas.ChecklistOut]:
    """Every checklist with what it came to in the year so far, in the user's scope."""
    user = caller(request)
    return [_checklist_out(user, row) for row in Checklist.objects.order_by("position", "code")]


@router.get("/checklists/{checklist}", auth=May(Permission.REGISTER_READ), response=schemas.ChecklistDetail)
def read_checklist_kind(request: HttpRequest, checklist: str) -> schemas.ChecklistDetail:
    """A checklist with its document and every version it had."""
    return _detail(caller(request), runs.checklist_row(checklist))


@router.put("/checklists/{checklist}", auth=May(Permission.REGISTER_MANAGE), response=schemas.ChecklistDetail)
def write_checklist(request: HttpRequest, checklist: str, body: schemas.ChecklistIn) -> schemas.ChecklistDetail:
    """Make a checklist or its next version."""
    user = caller(request)
    row = kinds.write_checklist(user, checklist, body.version, body.definition, body.planned_from, body.retired)
    return _detail(user, row)


@router.get(
    "/checklists/{checklist}/subjects", auth=May(Permission.REGISTER_READ), response=list[schemas.ChecklistSubjectOut]
)
def list_subjects(request: HttpRequest, checklist: str) -> list[schemas.ChecklistSubjectOut]:
    """What a checklist looks at, in the user's scope."""
    told = read_checklist(runs.checklist_row(checklist).definition)
    if not told.subjects:
        return []
    _, kind = kind_of(told.subjects)
    return [_subject(kind, one) for one in runs.subjects_of(told, queries.visible_entries(caller(request)))]


@router.get(
    "/checklists/{checklist}/standing", auth=May(Permission.REGISTER_READ), response=schemas.ChecklistStandingOut
)
def read_standing(
    request: HttpRequest, checklist: str, wanted: Query[schemas.ChecklistStandingQuery]
) -> schemas.ChecklistStandingOut:
    """Planned and done runs of a span with their scores, by period and subject."""
    user, row = caller(request), runs.checklist_row(checklist)
    start, end = _days(wanted.start, wanted.end)
    told = read_checklist(row.definition)
    found = runs.standing(row, start, end, queries.visible_runs(user), queries.visible_entries(user))
    kind = kind_of(told.subjects)[1] if told.subjects else None
    return schemas.ChecklistStandingOut(
        code=row.code,
        start=start,
        end=end,
        planned=len(found.planned),
        done=sum(cell in found.done for cell in found.planned),
        percent=_text(found.percent),
        periods=list(_periods(told, row.planned_from, start, end)),
        subjects=[_subject(kind, one) for one in found.subjects] if kind else [],
        cells=list(_cells(found)),
        runs=[run_out(one, kind) for one in found.runs[: wanted.limit]],
        total_runs=len(found.runs),
    )


@router.put("/checklist-runs/{run_id}", auth=May(Permission.REGISTER_WRITE), response=schemas.ChecklistRunDetail)
def fill_checklist(request: HttpRequest, run_id: UUID, body: schemas.ChecklistRunIn) -> schemas.ChecklistRunDetail:
    """Keep a filled checklist under the identity its sender made; what failed opens a fault where it is to."""
    answers = {
        item: Answer(one.answer, one.points, one.note, "" if one.photo is None else str(one.photo))
        for item, one in body.answers.items()
    }
    user = caller(request)
    made = runs.fill(user, run_id, body.checklist, RunDraft(body.on, answers, body.subject, body.note))
    return _run_detail(queries.run_for(user, made.pk))


@router.get("/checklist-runs/{run_id}", auth=May(Permission.REGISTER_READ), response=schemas.ChecklistRunDetail)
def read_run(request: HttpRequest, run_id: UUID) -> schemas.ChecklistRunDetail:
    """A filled checklist with the items of its version."""
    return _run_detail(queries.run_for(caller(request), run_id))


@router.get("/checklist-runs/{run_id}/files/{file_id}", auth=May(Permission.REGISTER_READ), response={200: bytes})
def open_run_file(request: HttpRequest, run_id: UUID, file_id: UUID) -> HttpResponse:
    """A photograph of a filled checklist."""
    return file_answer(files.file_of_run(queries.run_for(caller(request), run_id), file_id))


def _days(start: date | None, end: date | None) -> tuple[date, date]:
    day = queries.today()
    began = start or date(day.year, 1, 1)
    ended = end or date(began.year + 1, 1, 1)
    if not began < ended or (ended - began).days > MOST_DAYS:
        raise InvalidInput("register.span_unfit", start=str(start), end=str(end))
    return began, ended


def _checklist_out(user: User, row: Checklist) -> schemas.ChecklistOut:
    told = read_checklist(row.definition)
    found = runs.standing(row, *_days(None, None), queries.visible_runs(user), queries.visible_entries(user))
    return schemas.ChecklistOut(
        code=row.code,
        name_zh=told.name_zh,
        name_en=told.name_en,
        domain=told.domain,
        note_zh=told.note_zh,
        note_en=told.note_en,
        every=told.every,
        subjects=told.subjects,
        items=_items(told),
        opens=told.opens.register if told.opens else "",
        planned_from=row.planned_from,
        retired=row.retired,
        version=row.version,
        planned=len(found.planned),
        done=sum(cell in found.done for cell in found.planned),
        percent=_text(found.percent),
    )


def _detail(user: User, row: Checklist) -> schemas.ChecklistDetail:
    return schemas.ChecklistDetail(
        checklist=_checklist_out(user, row),
        definition=row.definition,
        revisions=[
            RegisterRevision(version=one.version, at=one.at, by=person_name(one.by), definition=one.definition)
            for one in row.revisions.select_related("by").order_by("-version")
        ],
    )


def _items(told: ChecklistDef) -> list[schemas.ChecklistItemOut]:
    return [schemas.ChecklistItemOut.from_orm(one) for one in told.items]


def _subject(kind: KindDef, entry: RegisterEntry) -> schemas.ChecklistSubjectOut:
    return schemas.ChecklistSubjectOut(id=entry.pk, code=entry.code, title=title_of(kind, entry))


def run_out(run: ChecklistRun, kind: KindDef | None) -> schemas.ChecklistRunOut:
    """A filled checklist in a list; ``kind`` is that of its subjects."""
    return schemas.ChecklistRunOut(
        id=run.pk,
        checklist=run.checklist.code,
        checklist_version=run.checklist_version,
        owner=named(run.owner),
        subject=_subject(kind, run.subject) if kind and run.subject else None,
        on=run.on,
        period=run.period,
        points=run.points,
        most_points=run.most_points,
        percent=_text(percent_of(run.points, run.most_points)),
        failed=run.failed,
        note=run.note,
        filled_by=run.filled_by.name,
        filled_at=run.filled_at,
    )


def _run_detail(run: ChecklistRun) -> schemas.ChecklistRunDetail:
    revision = run.checklist.revisions.get(version=run.checklist_version)
    told = read_checklist(revision.definition)
    kind = kind_of(told.subjects)[1] if told.subjects else None
    answers = {
        item: schemas.ItemAnswerIn(**{**one, "photo": one["photo"] or None}) for item, one in run.answers.items()
    }
    return schemas.ChecklistRunDetail(run=run_out(run, kind), items=_items(told), answers=answers)


def _periods(told: ChecklistDef, planned_from: date, start: date, end: date) -> Iterable[date]:
    """The periods of a span that have begun, the running one included."""
    period = period_of(told.every, max(start, planned_from))
    if period is None or told.every is Rhythm.NONE:
        return
    if period < start or period < planned_from:
        period = next_period(told.every, period)
    while period < end and period <= queries.today():
        yield period
        period = next_period(told.every, period)


def _cells(found: ChecklistStanding) -> Iterable[schemas.ChecklistStandingCell]:
    """Every planned run and every one made, each cell once with its last run."""
    due = set(found.planned)
    last = {(one.period, one.subject_id): one for one in reversed(found.runs)}
    for period, subject in sorted({*due, *last}, key=lambda cell: (str(cell[0]), str(cell[1]))):
        if period is None:
            continue
        run = last.get((period, subject))
        yield schemas.ChecklistStandingCell(
            subject=subject,
            period=period,
            due=(period, subject) in due,
            run=run.pk if run else None,
            percent=_text(percent_of(run.points, run.most_points)) if run else None,
            failed=run.failed if run else 0,
        )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
