"""What joint disposal adds to a warning's story: who was told and signed, plans and their steps, second checks."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Literal

from chengmai.access.models import User
from chengmai.casework.cases.schemas import TimelineEntry
from chengmai.core.messages import message
from chengmai.disposal.models import Party, PlanEvent
from chengmai.disposal.parties import parties_of
from chengmai.warning.models import Warning
from chengmai.warning.views import actor_ref


def story_of(warning: Warning, language: str) -> list[TimelineEntry]:
    """Entries for the timeline of a warning, in no order; whoever sees the warning sees its disposal."""
    return [*_parties(warning, language), *_plans(warning, language), *_checks(warning, language)]


def _parties(warning: Warning, language: str) -> list[TimelineEntry]:
    parties = sorted(parties_of(warning), key=lambda party: party.notified_at)
    told = [
        _entry(warning, "party", "notify", at, None, {"parties": _listed(among, language)}, language)
        for at, among in groupby(parties, key=lambda party: party.notified_at)
    ]
    signed = [
        _entry(
            warning,
            "party",
            "sign_by_phone" if party.spoken_to else "sign",
            party.signed_at,
            party.signed_by,
            {"party": _name(party, language), "spoken_to": party.spoken_to},
            language,
            note=party.note,
        )
        for party in parties
        if party.signed_at is not None
    ]
    return told + signed


def _listed(parties: Iterable[Party], language: str) -> str:
    return ", ".join(_name(party, language) for party in parties)


def _name(party: Party, language: str) -> str:
    return party.name_zh if language == "zh-CN" else party.name_en


def _plans(warning: Warning, language: str) -> list[TimelineEntry]:
    events = PlanEvent.objects.filter(plan__warning=warning).select_related("plan__template", "step", "actor")
    zh = language == "zh-CN"
    entries = []
    for event in events.order_by("at", "pk"):
        template, step = event.plan.template, event.step
        params = {
            "plan": template.name_zh if zh else template.name_en,
            "step": (step.title_zh if zh else step.title_en) if step else "",
            "position": str(step.position) if step else "",
        }
        entry = _entry(warning, "plan", event.action, event.at, event.actor, params, language, note=event.note)
        entries.append(entry.model_copy(update={"object_code": event.plan.code}))
    return entries


def _checks(warning: Warning, language: str) -> list[TimelineEntry]:
    checks = warning.checks.select_related("by").order_by("at", "pk")
    return [
        _entry(warning, "check", "pass" if one.passed else "fail", one.at, one.by, {}, language, note=one.note)
        for one in checks
    ]


def _entry(
    warning: Warning,
    kind: Literal["party", "plan", "check"],
    action: str,
    at: datetime,
    actor: User | None,
    params: dict[str, str],
    language: str,
    note: str = "",
) -> TimelineEntry:
    who = actor.name if actor else message("actor.platform", language, {})
    told = {"actor": who, "code": warning.code, **params}
    return TimelineEntry(
        at=at,
        kind=kind,
        object_id=warning.pk,
        object_code=warning.code,
        actor=actor_ref(actor),
        action=action,
        from_state="",
        to_state="",
        note=note,
        facts={},
        photos=[],
        message=message(f"timeline.{kind}.{action}", language, told),
    )
