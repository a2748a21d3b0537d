"""From stored rows to what the doors give."""

from collections.abc import Iterable, Sequence

from chengmai.access.models import User
from chengmai.access.roles import Permission, Role
from chengmai.assets.queries import calls_customers
from chengmai.casework.cases import queries as cases
from chengmai.casework.rules import light
from chengmai.core.clock import now
from chengmai.core.messages import choose_language, message
from chengmai.disposal import checks, duty_schemas, parties, plan_schemas, plans, schemas, timers
from chengmai.disposal.models import DutyEntry, HandOver, Party, PartyRow, Plan, PlanStep, PlanTemplate, Report, Shift
from chengmai.disposal.models import Timer as TimerRow
from chengmai.disposal.states import HandOverState, PartyKind, PlanState, PlanStepState, Responsible, TimerKind
from chengmai.warning.models import Warning
from chengmai.warning.places import Places
from chengmai.warning.schemas import SentenceOut
from chengmai.warning.states import Severity, WarningState
from chengmai.warning.views import actor_ref, organisation_ref, person_ref

SITE_ACTIONS = ("arrive", "report", "finish", "photo")
"""Steps of a case that tell something from the site."""


def timer_outs(rows: Sequence[TimerRow], user: User, language: str) -> list[schemas.TimerOut]:
    """Timers with their lights, in the caller's language."""
    at, roles, places = now(), user.roles, Places(row.alarm for row in rows)
    titles = _titles(rows, language)
    return [
        schemas.TimerOut(
            id=row.pk,
            kind=TimerKind(row.kind),
            what=titles.get(row.subject, message(f"timer.{row.kind}", language, {})),
            alarm_id=row.alarm_id,
            alarm_code=row.alarm.code,
            warning_id=row.warning_id,
            warning_code=row.warning.code if row.warning else "",
            place=places.of(row.alarm, language),
            owner=organisation_ref(row.owner),
            started_at=row.started_at,
            due_at=row.due_at,
            ended_at=row.ended_at,
            outcome=row.outcome,
            light=light(row.started_at, row.due_at, row.ended_at or at),
            escalate_to=Role(row.escalate_to),
            escalated_at=row.escalated_at,
            taken_at=row.taken_at,
            taken_by=actor_ref(row.taken_by),
            taken_note=row.taken_note,
            may_take=row.escalated_at is not None and row.taken_at is None and Role(row.escalate_to) in roles,
        )
        for row in rows
    ]


def _titles(rows: Iterable[TimerRow], language: str) -> dict[str, str]:
    """What timers of parties and of steps wait for, by their subjects."""
    zh = choose_language(language) == "zh-CN"
    wanted: dict[str, list[str]] = {"party": [], "plan_step": []}
    for row in rows:
        kind, _, pk = row.subject.partition(":")
        if kind in wanted:
            wanted[kind].append(pk)
    found = {}
    for party in Party.objects.filter(pk__in=wanted["party"]):
        name = party.name_zh if zh else party.name_en
        found[f"party:{party.pk}"] = message("timer.signing_of", language, {"party": name})
    for step in PlanStep.objects.filter(pk__in=wanted["plan_step"]):
        title = step.title_zh if zh else step.title_en
        found[f"plan_step:{step.pk}"] = message("timer.step_of", language, {"position": step.position, "step": title})
    return found


def party_outs(rows: Sequence[Party], user: User) -> list[schemas.PartyOut]:
    """Parties with the lights of their signing."""
    at = now()
    running = {row.subject: row for row in TimerRow.objects.filter(subject__in=[f"party:{row.pk}" for row in rows])}
    outs = []
    for row in rows:
        timer = running.get(f"party:{row.pk}")
        outs.append(
            schemas.PartyOut(
                id=row.pk,
                warning_id=row.warning_id,
                warning_code=row.warning.code,
                level=Severity(row.warning.level),
                kind=PartyKind(row.kind),
                organisation=organisation_ref(row.organisation) if row.organisation else None,
                name_zh=row.name_zh,
                name_en=row.name_en,
                phone=row.phone if row.kind != PartyKind.KEY_USER or calls_customers(user) else "",
                notified_at=row.notified_at,
                due_at=timer.due_at if timer else None,
                light=light(timer.started_at, timer.due_at, row.signed_at or timer.ended_at or at) if timer else None,
                signed_at=row.signed_at,
                signed_by=actor_ref(row.signed_by),
                spoken_to=row.spoken_to,
                note=row.note,
                version=row.version,
                may_sign=parties.may_sign(user, row),
            )
        )
    return outs


def party_row_out(row: PartyRow) -> schemas.PartyRowOut:
    """A row of the table of parties."""
    return schemas.PartyRowOut(
        id=row.pk,
        kind=PartyKind(row.kind),
        utility=row.utility,
        network=row.network.code if row.network else "",
        levels=row.levels,
        organisation=organisation_ref(row.organisation) if row.organisation else None,
        name_zh=row.name_zh,
        name_en=row.name_en,
        phone=row.phone,
    )


def template_out(row: PlanTemplate) -> plan_schemas.TemplateOut:
    """A plan as the city keeps it."""
    return plan_schemas.TemplateOut(
        code=row.code,
        version=row.version,
        utility=row.utility,
        kind=row.kind,
        levels=row.levels,
        name_zh=row.name_zh,
        name_en=row.name_en,
        active=row.active,
        made_at=row.made_at,
        made_by=person_ref(row.made_by) if row.made_by else None,
        steps=[
            plan_schemas.TemplateStepOut(
                position=step.position,
                title_zh=step.title_zh,
                title_en=step.title_en,
                responsible=Responsible(step.responsible),
                organisation=organisation_ref(step.organisation) if step.organisation else None,
                external_zh=step.external_zh,
                external_en=step.external_en,
                limit_minutes=step.limit_minutes,
            )
            for step in sorted(row.steps.all(), key=lambda step: step.position)
        ],
    )


def plan_out(plan: Plan, user: User) -> plan_schemas.PlanOut:
    """A started plan with its steps and their lights."""
    at = now()
    ahead = {
        event.step_id: event.facts["claimed_ahead_s"]
        for event in plan.history.order_by("at")
        if "claimed_ahead_s" in event.facts
    }
    return plan_schemas.PlanOut(
        id=plan.pk,
        code=plan.code,
        template=plan.template.code,
        template_version=plan.template.version,
        name_zh=plan.template.name_zh,
        name_en=plan.template.name_en,
        state=PlanState(plan.state),
        started_at=plan.started_at,
        started_by=person_ref(plan.started_by),
        ended_at=plan.ended_at,
        steps=[
            plan_schemas.PlanStepOut(
                id=step.pk,
                position=step.position,
                title_zh=step.title_zh,
                title_en=step.title_en,
                responsible=Responsible(step.responsible),
                organisation=organisation_ref(step.organisation),
                external_zh=step.external_zh,
                external_en=step.external_en,
                fallen_back=step.fallen_back,
                due_at=step.due_at,
                light=light(plan.started_at, step.due_at, step.ticked_at or plan.ended_at or at),
                state=PlanStepState(step.state),
                ticked_at=step.ticked_at,
                ticked_by=actor_ref(step.ticked_by),
                claimed_ahead_s=ahead.get(step.pk, 0),
                note=step.note,
                version=step.version,
                may_tick=plans.may_tick(user, step),
            )
            for step in plan.steps.all()
        ],
    )


def site_reports(warning: Warning, user: User) -> list[schemas.SiteReportOut]:
    """What was told from the site, from the steps of the warning's cases, oldest first."""
    found = cases.visible_cases(user).filter(source="warning", source_id=str(warning.pk))
    return [
        schemas.SiteReportOut(
            at=step.at,
            case_id=case.pk,
            case_code=case.code,
            actor=actor_ref(step.actor),
            action=step.action,
            note=step.note,
            longitude=step.longitude,
            latitude=step.latitude,
            photos=[photo.pk for photo in step.photos.all()],
        )
        for case in found
        for step in cases.history_of(case)
        if step.action in SITE_ACTIONS
    ]


def disposal_out(warning: Warning, user: User, language: str) -> schemas.DisposalOut:
    """Everything about the disposal of a warning, for one user."""
    issued = warning.state == WarningState.ISSUED
    held = user.permissions
    timer_rows = timers.visible_timers(user).filter(warning=warning) | timers.visible_timers(user).filter(
        alarm=warning.alarm_id, warning=None
    )
    found = checks.hindrances(warning, user) if issued else []
    return schemas.DisposalOut(
        timers=timer_outs(list(timer_rows), user, language),
        parties=party_outs(list(parties.parties_of(warning).select_related("warning")), user),
        plans=[plan_out(plan, user) for plan in plans.visible_plans(user).filter(warning=warning)],
        suggested=[template_out(one) for one in plans.suggested(warning)] if issued else [],
        may_start_plan=issued and Permission.WARNING_ISSUE in held,
        site_reports=site_reports(warning, user),
        checks=[
            schemas.CheckOut(at=check.at, by=person_ref(check.by), passed=check.passed, note=check.note)
            for check in warning.checks.select_related("by").order_by("at", "pk")
        ],
        may_check=issued and Permission.WARNING_ASSESS in held,
        hindrances=[
            SentenceOut(code=error.code, params=error.params, message=message(error.code, language, error.params))
            for error in found
        ],
        reports=report_outs("warning", str(warning.pk)),
    )


def report_outs(kind: str, subject: str) -> list[schemas.ReportOut]:
    """The reports that were printed of something, newest first."""
    rows = Report.objects.select_related("made_by").filter(kind=kind, subject=subject).order_by("-made_at")
    return [report_out(row) for row in rows]


def report_out(row: Report) -> schemas.ReportOut:
    """A printed report."""
    return schemas.ReportOut(
        id=row.pk,
        language=row.language,
        made_at=row.made_at,
        made_by=person_ref(row.made_by),
        size=row.size,
        sha256=row.sha256,
    )


def duty_entry_out(row: DutyEntry, language: str) -> duty_schemas.DutyEntryOut:
    """A line of the log: a person's own words, or the platform's in the caller's language."""
    return duty_schemas.DutyEntryOut(
        id=row.pk,
        at=row.at,
        owner=organisation_ref(row.owner),
        author=actor_ref(row.author),
        message=duty_sentence(row, language),
        code=row.code,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        corrects=row.corrects_id,
    )


def duty_sentence(row: DutyEntry, language: str) -> str:
    """What a line says."""
    if not row.code:
        return row.text
    zh = choose_language(language) == "zh-CN"
    told = {name.removesuffix("_zh" if zh else "_en"): value for name, value in row.params.items()}
    for name, family in (("level", "level"), ("kind", "timer"), ("role", "duty.role")):
        if name in told:
            told[name] = message(f"{family}.{told[name]}", language, {})
    return message(row.code, language, told)


def shift_out(row: Shift) -> duty_schemas.ShiftOut:
    """A shift."""
    return duty_schemas.ShiftOut(
        id=row.pk,
        desk=organisation_ref(row.desk),
        person=person_ref(row.person),
        began_at=row.began_at,
        ended_at=row.ended_at,
    )


def hand_over_out(row: HandOver, user: User, sound: bool) -> duty_schemas.HandOverOut:
    """A hand-over, for one user."""
    waits = row.state == HandOverState.SIGNED_OUT and row.shift.desk_id == user.organisation_id
    mine = row.signed_out_by_id == user.pk
    return duty_schemas.HandOverOut(
        id=row.pk,
        shift=shift_out(row.shift),
        state=HandOverState(row.state),
        items=[duty_schemas.OpenItemOut(**item) for item in row.items],
        note=row.note,
        seal=row.seal,
        intact=sound,
        signed_out_at=row.signed_out_at,
        signed_out_by=person_ref(row.signed_out_by),
        taken_at=row.taken_at,
        taken_by=actor_ref(row.taken_by),
        taken_note=row.taken_note,
        version=row.version,
        may_take=waits and not mine and Permission.DUTY_LOG_WRITE in user.permissions,
        may_withdraw=waits and mine,
        reports=report_outs("hand_over", str(row.pk)),
    )
