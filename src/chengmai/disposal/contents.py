"""What stands in the report of a warning: read from the data, in one language, without a word on when it is printed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from chengmai.access.models import User
from chengmai.assets.models import Street
from chengmai.assets.queries import load_network
from chengmai.casework.cases import photos
from chengmai.casework.cases.timeline import timeline_of
from chengmai.casework.models import Photo
from chengmai.core.errors import NotFound
from chengmai.core.messages import choose_language, message
from chengmai.disposal import parties, plans, views
from chengmai.disposal.drawings import REACH_M, Polyline, curve_svg, map_svg
from chengmai.disposal.models import Plan
from chengmai.disposal.states import PartyKind, PlanStepState, Responsible
from chengmai.sensing import runtime
from chengmai.settings import current
from chengmai.warning.models import Alarm, Warning
from chengmai.warning.places import Places
from chengmai.warning.queries import placed_elements
from chengmai.warning.views import alarm_evidence, sentences

OF_WHO_LIFTS = frozenset({"warning.own_check"})
"""What hinders one person only; a report does not depend on who prints it."""
MOST_PHOTOS = 12
MOST_CURVES = 4
WARNING_LABELS = [
    "content",
    "unknown",
    "summary",
    "reasons",
    "map",
    "map_note",
    "curve",
    "parties",
    "party",
    "phone",
    "due",
    "signed_at",
    "signed_by",
    "step",
    "responsible",
    "result",
    "site",
    "time",
    "who",
    "action",
    "note",
    "timeline",
    "event",
    "checks",
    "open",
    "signatures",
    "operator",
    "leader",
    "owner",
]


@dataclass(slots=True)
class Contents:
    """A document for a layout, and the pictures it names."""

    document: dict[str, Any]
    pictures: dict[str, bytes] = field(default_factory=dict)


def words(names: list[str], language: str) -> dict[str, str]:
    """A layout's own words."""
    return {name: message(f"report.{name}", language, {}) for name in names}


def moment(at: datetime | None) -> str:
    """A time as reports tell it, in the city's zone; a dash for none."""
    return "–" if at is None else at.astimezone(current().zone).strftime("%Y-%m-%d %H:%M:%S")


def frame(title: str, code: str, language: str, labels: list[str]) -> dict[str, Any]:
    """What every report has."""
    zh = choose_language(language) == "zh-CN"
    region = {"lang": "zh" if zh else "en", "region": "cn" if zh else "gb"}
    head = message("report.head", language, {})
    return {"title": title, "code": code, "head": head, "labels": words(labels, language), **region}


def of_warning(warning: Warning, user: User, language: str) -> Contents:
    """The whole course of a warning, as far as this person may see it."""
    alarm, zh = warning.alarm, choose_language(language) == "zh-CN"
    place = Places([alarm]).of(alarm, language)
    level = message(f"level.{warning.level}", language, {})
    title = message("report.title", language, {"level": level, "place": place})
    disposal = views.disposal_out(warning, user, language)
    story = timeline_of(warning.pk, user, language)
    made = Contents(frame(title, warning.code, language, WARNING_LABELS))
    made.document |= {
        "subtitle": f"{warning.code} · {message(f'report.state.{warning.state}', language, {})}",
        "level": warning.level,
        "text": warning.text,
        "facts": _facts(warning, place, language, zh),
        "reasons": [reason.message for reason in sentences(alarm, language)],
        "map": _map(alarm, made, zh),
        "curves": _curves(alarm, made),
        "parties": _parties(warning, zh),
        "plans": [_plan(plan, language, zh) for plan in plans.visible_plans(user).filter(warning=warning)],
        "site": [
            [moment(one.at), one.actor.name if one.actor else "", _action(one.action, language), one.note]
            for one in disposal.site_reports
        ],
        "photos": _photos([pk for one in disposal.site_reports for pk in one.photos], made),
        "timeline": [
            [moment(entry.at), entry.message + (f": {entry.note}" if entry.note else "")] for entry in story.entries
        ],
        "checks": [[moment(one.at), one.by.name, _passed(one.passed, language), one.note] for one in disposal.checks],
        "open": [one.message for one in disposal.hindrances if one.code not in OF_WHO_LIFTS],
    }
    return made


def _facts(warning: Warning, place: str, language: str, zh: bool) -> list[list[str]]:
    alarm = warning.alarm
    owner = warning.owner.name_zh if zh else warning.owner.name_en
    rows = {
        "place": place,
        "alarm": f"{alarm.code} ({alarm.subject})",
        "owner": owner,
        "began": moment(alarm.began_at),
        "raised": moment(alarm.raised_at),
        "issued": moment(warning.issued_at),
        "lifted": moment(warning.lifted_at),
    }
    if alarm.longitude is not None and alarm.latitude is not None:
        rows["position"] = f"{alarm.longitude:.5f}, {alarm.latitude:.5f} (CGCS2000)"
    if alarm.size_lph is not None:
        rows["size"] = f"{alarm.size_lph / 1000:.1f} m³/h"
    return [[message(f"report.fact.{name}", language, {}), value] for name, value in rows.items()]


def _map(alarm: Alarm, made: Contents, zh: bool) -> str:
    """Draw the place on its network; no picture where the alarm has no place."""
    if alarm.longitude is None or alarm.latitude is None:
        return ""
    streets = [
        Polyline([(x, y) for x, y in street.path], street.name_zh if zh else street.name_en)
        for street in Street.objects.order_by("pk")
    ]
    likely = [Polyline([(x, y) for x, y in one.path]) for one in placed_elements(alarm)[:5] if len(one.path) > 1]
    made.pictures["map.svg"] = map_svg((alarm.longitude, alarm.latitude), streets, _pipes(alarm), likely)
    return "map.svg"


def _pipes(alarm: Alarm) -> list[Polyline]:
    if alarm.network is None or alarm.longitude is None or alarm.latitude is None:
        return []
    try:
        arrays = load_network(alarm.network)
    except NotFound:
        return []  # a network without a published edition: the map shows streets and the place alone
    x, y = arrays.nodes.x, arrays.nodes.y
    reach = 2 * REACH_M / 90_000  # a little more than the picture holds, in degrees
    near = (np.abs(x - alarm.longitude) < reach) & (np.abs(y - alarm.latitude) < reach)
    starts, ends = arrays.links.start, arrays.links.end
    return [
        Polyline([(float(x[starts[link]]), float(y[starts[link]])), (float(x[ends[link]]), float(y[ends[link]]))])
        for link in np.flatnonzero(near[starts] | near[ends]).tolist()
    ]


def _curves(alarm: Alarm, made: Contents) -> list[dict[str, str]]:
    """The readings the alarm cites, drawn; each stream once."""
    curves: list[dict[str, str]] = []
    for cited in alarm_evidence(alarm, runtime.current().store).citations:
        if not cited.points or len(curves) == MOST_CURVES or cited.code in {curve["code"] for curve in curves}:
            continue
        name = f"curve{len(curves)}.svg"
        labels = (moment(cited.start)[:16], moment(cited.end)[:16])
        points = [(float(time), value) for time, value, _ in cited.points]
        made.pictures[name] = curve_svg(points, cited.unit, labels, len(curves))
        curves.append({"file": name, "code": cited.code, "name": f"{cited.code} [{cited.unit}]"})
    return curves


def _parties(warning: Warning, zh: bool) -> list[list[str]]:
    rows = []
    due = {timer.subject: timer.due_at for timer in warning.timers.all()}
    for party in parties.parties_of(warning):
        who = party.signed_by.name if party.signed_by else "–"
        if party.spoken_to:
            who = f"{who} ({party.spoken_to})"
        told = f"{who} {party.note}".strip()
        name = party.name_zh if zh else party.name_en
        times = [moment(due.get(f"party:{party.pk}"))[5:] or "–", moment(party.signed_at)[5:] or "–"]
        # A report goes from hand to hand: key users' numbers stay on the page of those who call them.
        phone = "" if party.kind == PartyKind.KEY_USER else party.phone
        rows.append([name, phone or "–", *times, told])
    return rows


def _plan(plan: Plan, language: str, zh: bool) -> dict[str, Any]:
    name = plan.template.name_zh if zh else plan.template.name_en
    steps = []
    for step in plan.steps.all():
        who = step.organisation.name_zh if zh else step.organisation.name_en
        if step.responsible == Responsible.EXTERNAL:
            who = step.external_zh if zh else step.external_en or step.external_zh
        state = message(f"report.step_state.{PlanStepState(step.state)}", language, {})
        told = f"{state} {moment(step.ticked_at)} {step.ticked_by.name}" if step.ticked_by else state
        result = f"{told}\n{step.note}" if step.note else told
        title = step.title_zh if zh else step.title_en
        steps.append([str(step.position), title, who, moment(step.due_at)[5:16], result])
    return {"title": f"{name} {plan.code} v{plan.template.version}", "steps": steps}


def _photos(wanted: list[Any], made: Contents) -> list[str]:
    """Photographs in their order; one whose file is gone is left out, as its step still tells of it."""
    names = []
    for photo in Photo.objects.filter(pk__in=wanted).order_by("taken_at", "pk")[:MOST_PHOTOS]:
        path = photos.path_of(photo.sha256)
        if path.exists():
            name = f"{photo.sha256}.jpg"
            made.pictures[name] = path.read_bytes()
            names.append(name)
    return names


def _action(action: str, language: str) -> str:
    return message(f"report.action.{action}", language, {})


def _passed(passed: bool, language: str) -> str:
    return message("report.passed" if passed else "report.not_passed", language, {})
