"""From stored rows to what the doors give: sentences rendered in the caller's language."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chengmai.access.models import Organisation, User
from chengmai.access.roles import Permission
from chengmai.core.messages import message
from chengmai.core.units import UNITS, Quantity
from chengmai.sensing.models import Datastream
from chengmai.warning import fieldwork, queries
from chengmai.warning.evidence import Opened, Readings, reopen
from chengmai.warning.models import Alarm, AlarmEvent, PlannedWork, PlannedWorkEvent, Warning, WarningEvent
from chengmai.warning.places import Places, area_name
from chengmai.warning.schemas import (
    AlarmDetail,
    AlarmEvidence,
    AlarmSummary,
    ConsequenceOut,
    ElementOut,
    EvidenceOut,
    FieldWorkOut,
    HistoryStep,
    OpenedEvidence,
    OrganisationRef,
    PersonRef,
    PlannedWorkRef,
    SentenceOut,
    Use,
    WarningDetail,
    WarningRef,
    WarningSummary,
)
from chengmai.warning.sealing import alarm_seal
from chengmai.warning.states import AlarmState, Severity, WarningState

_OPEN = (WarningState.ASSESSING, WarningState.ISSUED)


def organisation_ref(organisation: Organisation) -> OrganisationRef:
    """An organisation's code and names."""
    return OrganisationRef(code=organisation.code, name_zh=organisation.name_zh, name_en=organisation.name_en)


def person_ref(user: User) -> PersonRef:
    """A person's user name and name."""
    return PersonRef(username=user.username, name=user.name)


def actor_ref(user: User | None) -> PersonRef | None:
    """Who took a step; null for the platform itself."""
    return None if user is None else person_ref(user)


def sentences(alarm: Alarm, language: str) -> list[SentenceOut]:
    """An alarm's reasons with their sentences from the catalogue; a balance area is told by its name."""
    area = {"area": area_name(alarm.rule.parameters, language)}
    return [
        SentenceOut(
            code=reason["code"],
            params=dict(reason["params"]),
            message=message(
                f"reason.{reason['code']}", language, {**reason["params"], **(area if area["area"] else {})}
            ),
        )
        for reason in alarm.reasons
    ]


def history(steps: Sequence[AlarmEvent | PlannedWorkEvent | WarningEvent], language: str) -> list[HistoryStep]:
    """A history as the doors give it; what ended an alarm is said in words."""
    return [
        HistoryStep(
            at=step.at,
            actor=actor_ref(step.actor),
            action=step.action,
            from_state=step.from_state,
            to_state=step.to_state,
            note=step.note,
            facts=step.facts,
            why=[message(f"reason.{one['code']}", language, one["params"]) for one in step.facts.get("reasons", ())],
        )
        for step in steps
    ]


def alarm_summaries(alarms: Sequence[Alarm], language: str) -> list[AlarmSummary]:
    """Alarms as lists show them, with the warning that is open on each."""
    opened = dict(
        Warning.objects.filter(alarm__in=[alarm.pk for alarm in alarms], state__in=_OPEN).values_list("alarm_id", "pk")
    )
    places, below = Places(alarms), queries.open_below(alarms)
    return [
        AlarmSummary(**_alarm_fields(alarm, opened.get(alarm.pk), places, language, below.get(alarm.pk, 0)))
        for alarm in alarms
    ]


def alarm_detail(alarm: Alarm, user: User, language: str) -> AlarmDetail:
    """All of an alarm, for one user."""
    warnings = list(alarm.warnings.order_by("pk"))
    opened = next((warning.pk for warning in warnings if warning.state in _OPEN), None)
    explains = list(queries.visible_alarms(user).filter(root=alarm).exclude(state=AlarmState.NORMAL).order_by("pk"))
    root = queries.visible_alarms(user).filter(pk=alarm.root_id).first() if alarm.root_id else None
    return AlarmDetail(
        **_alarm_fields(alarm, opened, Places([alarm]), language, len(explains)),
        rule_version=alarm.rule.version,
        parameters=alarm.rule.parameters,
        reasons=sentences(alarm, language),
        facts=alarm.facts,
        evidence=[EvidenceOut(**citation) for citation in alarm.evidence],
        elements=[
            ElementOut(code=placed.code, kind=placed.kind, score=placed.score, path=placed.path)
            for placed in queries.placed_elements(alarm)
        ],
        location=alarm.location,
        lineage_hash=alarm.lineage_hash,
        sealed=alarm_seal(alarm) == alarm.lineage_hash,
        explained_by=_consequence(root, alarm, Places([root]), language) if root else None,
        explains=[_consequence(one, one, Places(explains), language) for one in explains],
        history=history(queries.history_of(alarm), language),
        warnings=[
            WarningRef(id=held.pk, code=held.code, state=WarningState(held.state), level=Severity(held.level))
            for held in warnings
        ],
        allowed_actions=queries.allowed_alarm_actions(user, alarm),
        may_open_warning=(
            opened is None
            and Permission.WARNING_ASSESS in user.permissions
            and alarm.state not in (AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE)
        ),
    )


def _consequence(shown: Alarm, explained: Alarm, places: Places, language: str) -> ConsequenceOut:
    """An alarm with why ``explained`` is a consequence of its root."""
    reason = explained.root_reason
    return ConsequenceOut(
        id=shown.pk,
        code=shown.code,
        kind=shown.rule.kind,
        state=AlarmState(shown.state),
        severity=Severity(shown.severity),
        place=places.of(shown, language),
        message=message(f"reason.{reason['code']}", language, reason["params"]) if reason else "",
    )


def planned_work_ref(work: PlannedWork | None) -> PlannedWorkRef | None:
    """Works as an alarm they explain names them."""
    if work is None:
        return None
    return PlannedWorkRef(id=work.pk, code=work.code, reason=work.reason, contact=work.contact)


def _alarm_fields(
    alarm: Alarm, open_warning: UUID | None, places: Places, language: str, consequences: int = 0
) -> dict[str, Any]:
    reasons = sentences(alarm, language)
    return {
        "id": alarm.pk,
        "code": alarm.code,
        "state": alarm.state,
        "severity": alarm.severity,
        "rule": alarm.rule_code,
        "kind": alarm.rule.kind,
        "subject": alarm.subject,
        "place": places.of(alarm, language),
        "network": alarm.network.code if alarm.network else None,
        "owner": organisation_ref(alarm.owner),
        "began_at": alarm.began_at,
        "raised_at": alarm.raised_at,
        "detected_at": alarm.detected_at,
        "returned_at": alarm.returned_at,
        "shelved_until": alarm.shelved_until,
        "suppressed_until": alarm.suppressed_until,
        "root": alarm.root_id,
        "consequences": consequences,
        "planned_work": planned_work_ref(alarm.planned_work),
        "size_m3h": None if alarm.size_lph is None else alarm.size_lph / 1000,
        "longitude": alarm.longitude,
        "latitude": alarm.latitude,
        "reason": reasons[0].message if reasons else "",
        "open_warning": open_warning,
        "version": alarm.version,
    }


def alarm_evidence(alarm: Alarm, store: Readings) -> AlarmEvidence:
    """The observations behind an alarm, read again from the store and checked against the hashes."""
    cited: list[tuple[Use, Mapping[str, Any]]] = [("detection", citation) for citation in alarm.evidence]
    cited += [("location", citation) for citation in alarm.location.get("evidence", [])]
    quantities = dict(
        Datastream.objects.filter(pk__in=[citation["stream"] for _, citation in cited]).values_list("pk", "quantity")
    )
    citations = [
        _opened(use, citation, opened, quantities.get(citation["stream"]))
        for (use, citation), opened in zip(cited, reopen([citation for _, citation in cited], store), strict=True)
    ]
    return AlarmEvidence(
        alarm_id=alarm.pk,
        alarm_code=alarm.code,
        sealed=alarm_seal(alarm) == alarm.lineage_hash,
        intact=all(citation.intact for citation in citations),
        citations=citations,
    )


def _opened(use: Use, citation: Mapping[str, Any], opened: Opened, quantity: str | None) -> OpenedEvidence:
    rows = opened.rows
    times = rows.time.astype("datetime64[ms]").astype("int64").tolist()
    return OpenedEvidence(
        use=use,
        stream=citation["stream"],
        code=citation["code"],
        quantity=quantity or "",
        unit=UNITS[Quantity(quantity)] if quantity else "",
        start=citation["start"],
        end=citation["end"],
        hash=citation["hash"],
        intact=opened.intact,
        revised=opened.revised,
        added=opened.added,
        points=list(zip(times, rows.value.tolist(), rows.revision.tolist(), strict=True)),
    )


def warning_summaries(warnings: Sequence[Warning], language: str) -> list[WarningSummary]:
    """Warnings as lists show them."""
    work, places = _work(warnings), Places(warning.alarm for warning in warnings)
    return [WarningSummary(**_warning_fields(warning, work[warning.pk], places, language)) for warning in warnings]


def warning_detail(warning: Warning, user: User, language: str) -> WarningDetail:
    """All of a warning, for one user."""
    return WarningDetail(
        **_warning_fields(warning, _work([warning])[warning.pk], Places([warning.alarm]), language),
        reasons=sentences(warning.alarm, language),
        history=history(queries.history_of(warning), language),
        allowed_actions=queries.allowed_warning_actions(user, warning),
    )


def _work(warnings: Sequence[Warning]) -> dict[UUID, list[FieldWorkOut]]:
    work: dict[UUID, list[FieldWorkOut]] = defaultdict(list)
    for case in fieldwork.of_warnings([warning.pk for warning in warnings]):
        work[case.warning_id].append(
            FieldWorkOut(
                case_id=case.case_id,
                case_code=case.case_code,
                state=case.state,
                closed=case.closed,
                due_at=case.due_at,
            )
        )
    return work


def _warning_fields(warning: Warning, cases: list[FieldWorkOut], places: Places, language: str) -> dict[str, Any]:
    alarm = warning.alarm
    return {
        "id": warning.pk,
        "code": warning.code,
        "state": warning.state,
        "level": warning.level,
        "text": warning.text,
        "dismissal": warning.dismissal,
        "alarm_id": alarm.pk,
        "alarm_code": alarm.code,
        "subject": alarm.subject,
        "place": places.of(alarm, language),
        "network": alarm.network.code if alarm.network else None,
        "longitude": alarm.longitude,
        "latitude": alarm.latitude,
        "owner": organisation_ref(warning.owner),
        "opened_at": warning.opened_at,
        "issued_at": warning.issued_at,
        "lifted_at": warning.lifted_at,
        "version": warning.version,
        "cases": cases,
    }
