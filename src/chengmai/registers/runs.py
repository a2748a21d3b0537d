"""Use-cases on checklists: fill one in, and how much of what was planned is done."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import Organisation, User
from chengmai.core.clock import now
from chengmai.core.errors import Conflict, InvalidInput, NotFound
from chengmai.core.lineage import seal
from chengmai.registers.checking import Known, read_facts
from chengmai.registers.checklists import (
    Answer,
    ChecklistDef,
    ItemAnswer,
    Rhythm,
    opening_of,
    percent_of,
    period_of,
    planned_periods,
    read_checklist,
    score,
)
from chengmai.registers.entries import RegisterDraft, write_new
from chengmai.registers.kinds import kind_of
from chengmai.registers.models import Checklist, ChecklistRun, RegisterEntry, StoredFile
from chengmai.registers.queries import today, visible_entries

MOST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class RunDraft:
    """A filled checklist as it is sent: of a day, of a subject (identity) where there are any."""

    on: date
    answers: Mapping[str, Answer]
    subject: UUID | None = None
    note: str = ""


def checklist_row(code: str) -> Checklist:
    """A checklist by its code; raises NotFound."""
    found = Checklist.objects.filter(code=code).first()
    if found is None:
        raise NotFound("checklist.unknown", code=code)
    return found


def fill(user: User, run_id: UUID, code: str, draft: RunDraft) -> ChecklistRun:
    """Keep a filled checklist and open a fault for each failed item; sent again under the same id it is one run.

    Raises NotFound, InvalidInput (day to come, subject, items, points, photographs), or Conflict: out of use, or the id
    tells something else already.
    """
    row = checklist_row(code)
    checklist = read_checklist(row.definition)
    fingerprint = seal({"user": user.username, "checklist": code, "run": _plain(draft)})
    with transaction.atomic():
        take_turn()
        known = ChecklistRun.objects.filter(pk=run_id).first()
        if known is not None:
            return _same(known, fingerprint)
        if row.retired:
            raise Conflict("checklist.retired", code=code)
        if draft.on > today():
            raise InvalidInput("checklist.day_ahead", on=draft.on.isoformat())
        subject = _subject(user, checklist, draft.subject)
        _demand_photos(user, draft)
        found = score(checklist, draft.answers)
        try:
            with transaction.atomic():
                made = ChecklistRun.objects.create(
                    id=run_id,
                    checklist=row,
                    checklist_version=row.version,
                    owner=user.organisation if subject is None else subject.owner,
                    subject=subject,
                    on=draft.on,
                    period=period_of(checklist.every, draft.on),
                    answers={item: answer_facts(answer) for item, answer in draft.answers.items()},
                    points=found.points,
                    most_points=found.most,
                    failed=found.failed,
                    note=draft.note.strip()[:MOST_NOTE],
                    filled_by=user,
                    filled_at=now(),
                    fingerprint=fingerprint,
                )
        except IntegrityError as error:
            raise Conflict("checklist.run_taken", id=run_id) from error
        opened = [one.code for one in _open_faults(user, checklist, made, draft)]
        after = {
            "checklist": code, "on": draft.on.isoformat(), "points": found.points, "most": found.most,
            "subject": subject.code if subject else "", "opened": opened,
        }  # fmt: skip
        record(user, "checklist.filled", "checklist_run", str(made.pk), after=after)
    return made


def answer_facts(answer: Answer) -> dict[str, Any]:
    """An answer as a run keeps it."""
    return {**asdict(answer), "answer": answer.answer.value}


def _plain(draft: RunDraft) -> dict[str, Any]:
    return {
        "on": draft.on.isoformat(),
        "subject": str(draft.subject or ""),
        "note": draft.note,
        "answers": {item: answer_facts(answer) for item, answer in draft.answers.items()},
    }


def _same(known: ChecklistRun, fingerprint: str) -> ChecklistRun:
    if known.fingerprint != fingerprint:
        raise Conflict("checklist.run_taken", id=known.pk)
    return known


def _subject(user: User, checklist: ChecklistDef, wanted: UUID | None) -> RegisterEntry | None:
    if not checklist.subjects:
        if wanted is not None:
            raise InvalidInput("checklist.subject_unknown", subject=wanted)
        return None
    if wanted is None:
        raise InvalidInput("checklist.subject_missing")
    found = subjects_of(checklist, visible_entries(user)).filter(pk=wanted).first()
    if found is None:
        raise InvalidInput("checklist.subject_unknown", subject=wanted)
    return found


def subjects_of(checklist: ChecklistDef, visible: QuerySet[RegisterEntry]) -> QuerySet[RegisterEntry]:
    """What a checklist looks at: the entries in force of its register."""
    _, kind = kind_of(checklist.subjects)
    return visible.filter(kind__code=kind.code, state__in=kind.active_states).order_by("code")


def _demand_photos(user: User, draft: RunDraft) -> None:
    for answer in draft.answers.values():
        if answer.photo:
            mine = StoredFile.objects.filter(pk=answer.photo, uploaded_by=user, media_type__startswith="image/")
            if not mine.exists():
                raise InvalidInput("checklist.photo_unknown", photo=answer.photo)


def _open_faults(user: User, checklist: ChecklistDef, run: ChecklistRun, draft: RunDraft) -> list[RegisterEntry]:
    """Enter what failed into the register that the checklist names."""
    if checklist.opens is None or not run.failed:
        return []
    row, kind = kind_of(checklist.opens.register)
    told = []
    for item in checklist.items:
        answer = draft.answers[item.code]
        if answer.answer is not ItemAnswer.FAULT:
            continue
        values = opening_of(checklist, item, answer.note)
        if checklist.opens.on:
            values[checklist.opens.on] = now().isoformat()
        facts, faults = read_facts(kind, values, Known(), {})
        if faults:
            raise faults[0]
        note = f"{checklist.name_zh} {run.pk}"
        told.append((RegisterDraft(run.owner.code, values, note=note), facts))
    owners: dict[str, Organisation] = {run.owner.code: run.owner}
    return write_new(user, row, kind, told, owners)


Cell = tuple[date | None, UUID | None]
"""A planned run: its period and subject."""


@dataclass(frozen=True, slots=True)
class ChecklistStanding:
    """What a checklist came to in a span: planned runs, those done, all runs, and the subjects looked at."""

    planned: tuple[Cell, ...]
    done: frozenset[Cell]
    runs: tuple[ChecklistRun, ...]
    subjects: tuple[RegisterEntry, ...] = field(default=())

    @property
    def percent(self) -> Any:
        """Planned runs done [%]; None where none was planned."""
        return percent_of(sum(cell in self.done for cell in self.planned), len(self.planned))


def standing(
    row: Checklist, start: date, end: date, runs: QuerySet[ChecklistRun], entries: QuerySet[RegisterEntry]
) -> ChecklistStanding:
    """Of a span of days, the last excluded: every period begun in it that is over, for every subject.

    ``runs`` and ``entries`` are those one may see. A subject counts from the first period after the day it counts for.
    """
    checklist = read_checklist(row.definition)
    subjects = tuple(subjects_of(checklist, entries)) if checklist.subjects else ()
    periods = list(planned_periods(checklist.every, row.planned_from, start, end, today()))
    planned: list[Cell] = [(period, None) for period in periods] if not checklist.subjects else []
    planned += [(period, subject.pk) for period in periods for subject in subjects if subject.on <= period]
    rows = runs.filter(checklist=row)
    if checklist.every is Rhythm.NONE:
        rows = rows.filter(on__gte=start, on__lt=end)
    else:
        rows = rows.filter(period__gte=start, period__lt=end)
    found = tuple(rows.order_by("-on", "-filled_at"))
    return ChecklistStanding(tuple(planned), frozenset((one.period, one.subject_id) for one in found), found, subjects)
