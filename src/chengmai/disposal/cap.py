"""Warnings as messages of the Common Alerting Protocol 1.2 (OASIS Standard, 1 July 2010).

Each step of a warning that others must hear of is a message: issued is an Alert, revised an Update, lifted a Cancel.
What an Update or a Cancel follows is named in ``references``. The mapping of levels is in ``docs/cap.md``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from chengmai.core.errors import NotFound
from chengmai.core.messages import LANGUAGES, message
from chengmai.disposal.plans import duty_desk
from chengmai.disposal.timers import utility_of
from chengmai.network.utilities import Utility
from chengmai.settings import current
from chengmai.warning.models import Warning, WarningEvent
from chengmai.warning.places import Places
from chengmai.warning.states import Severity, WarningAction
from chengmai.warning.views import sentences

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
MESSAGE_TYPES = {WarningAction.ISSUE: "Alert", WarningAction.REVISE: "Update", WarningAction.LIFT: "Cancel"}
SEVERITIES = {
    Severity.RED: "Extreme",
    Severity.ORANGE: "Severe",
    Severity.YELLOW: "Moderate",
    Severity.BLUE: "Minor",
}
URGENCIES = {
    Severity.RED: "Immediate",
    Severity.ORANGE: "Immediate",
    Severity.YELLOW: "Expected",
    Severity.BLUE: "Future",
}
CATEGORIES = {
    Utility.GAS.value: ("Safety", "Infra"),
    Utility.WATER.value: ("Infra",),
    Utility.HEAT.value: ("Infra",),
}
MEASURED = frozenset({"limit", "rate", "baseline", "methane", "cold_station"})
"""Kinds of rules whose alarm is a reading itself out of its range: Observed. All others infer: Likely."""
VALID_FOR = timedelta(hours=24)
"""How long a message holds unless a later one follows (default)."""
RADIUS_KM = 0.5
"""Radius of the circle around the alarm's place that a message is about (default)."""
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


@dataclass(frozen=True, slots=True)
class CapMessage:
    """One message of a warning: the step it tells, its number, and the messages before it."""

    warning: Warning
    step: WarningEvent
    number: int
    earlier: tuple["CapMessage", ...]

    @property
    def kind(self) -> str:
        """Alert, Update or Cancel."""
        return MESSAGE_TYPES[WarningAction(self.step.action)]

    @property
    def identifier(self) -> str:
        """Unique among all our messages; holds no blank, comma, < or &."""
        return f"{self.warning.code}-{self.number}"

    @property
    def sent(self) -> str:
        """When it was sent, in the city's time, as CAP wants it: to the second, with the offset."""
        return _time(self.step.at)


def messages_of(warning: Warning) -> list[CapMessage]:
    """The messages of a warning, oldest first; none for one that was never issued."""
    steps = warning.history.filter(action__in=[action.value for action in MESSAGE_TYPES]).order_by("pk")
    found: list[CapMessage] = []
    for number, step in enumerate(steps, start=1):
        found.append(CapMessage(warning, step, number, tuple(found)))
    return found


def message_of(warning: Warning, number: int | None) -> CapMessage:
    """The last message of a warning, or that of a number; raises NotFound where there is none."""
    known = messages_of(warning)
    wanted = known if number is None else [one for one in known if one.number == number]
    if not wanted:
        raise NotFound("cap.no_message", warning=warning.code)
    return wanted[-1]


def document(cap: CapMessage) -> bytes:
    """The message as XML."""
    alert = ET.Element("alert", {"xmlns": CAP})
    sender = sender_id()
    for name, value in (
        ("identifier", cap.identifier),
        ("sender", sender),
        ("sent", cap.sent),
        ("status", "Exercise" if current().demo else "Actual"),
        ("msgType", cap.kind),
        ("source", "Chengmai"),
        ("scope", "Restricted"),
        ("restriction", message("cap.restriction", current().language, {})),
    ):
        _add(alert, name, value)
    if cap.step.note:
        _add(alert, "note", cap.step.note)
    if cap.earlier:
        _add(alert, "references", " ".join(f"{sender},{one.identifier},{one.sent}" for one in cap.earlier))
    _add(alert, "incidents", cap.warning.alarm.code)
    for language in LANGUAGES:
        _info(alert, cap, language)
    return _written(alert)


def sender_id() -> str:
    """Who sends: the duty desk's code at this platform; CAP admits no blank, comma, < or & in it."""
    return f"{duty_desk().code}@chengmai"


def _info(alert: ET.Element, cap: CapMessage, language: str) -> None:
    warning, alarm = cap.warning, cap.warning.alarm
    level, utility = Severity(cap.step.facts["level"]), utility_of(alarm)
    over = cap.kind == "Cancel"
    info = ET.SubElement(alert, "info")
    _add(info, "language", language)
    for category in CATEGORIES.get(utility, ("Infra",)):
        _add(info, "category", category)
    event = message(f"cap.event.{utility if utility in CATEGORIES else 'other'}", language, {})
    place = Places([alarm]).of(alarm, language)
    reasons = [reason.message for reason in sentences(alarm, language)]
    _add(info, "event", event)
    _add(info, "responseType", "AllClear" if over else "Avoid" if utility == Utility.GAS else "Monitor")
    _add(info, "urgency", "Past" if over else URGENCIES[level])
    _add(info, "severity", SEVERITIES[level])
    _add(info, "certainty", "Observed" if alarm.rule.kind in MEASURED else "Likely")
    _add(info, "effective", cap.sent)
    _add(info, "onset", _time(alarm.began_at))
    _add(info, "expires", _time(cap.step.at + VALID_FOR))
    desk = duty_desk()
    _add(info, "senderName", desk.name_zh if language == "zh-CN" else desk.name_en)
    told = {"event": event, "place": place, "level": message(f"level.{level}", language, {})}
    _add(info, "headline", message("cap.lifted" if over else "cap.headline", language, told))
    _add(info, "description", "\n".join([str(cap.step.facts["text"]), *reasons]).strip())
    for name, value in (("chengmai:level", level.value), ("chengmai:warning", warning.code)):
        parameter = ET.SubElement(info, "parameter")
        _add(parameter, "valueName", name)
        _add(parameter, "value", value)
    area = ET.SubElement(info, "area")
    _add(area, "areaDesc", place)
    if alarm.longitude is not None and alarm.latitude is not None:
        _add(area, "circle", f"{alarm.latitude:.5f},{alarm.longitude:.5f} {RADIUS_KM}")


def feed(warnings: Sequence[Warning], address: str) -> bytes:
    """An Atom feed (RFC 4287) of the latest messages of warnings; ``address`` is where the API is reached."""
    latest = [known[-1] for known in map(messages_of, warnings) if known]
    root = ET.Element("feed", {"xmlns": ATOM})
    _add(root, "id", f"{address}/cap/feed")
    _add(root, "title", message("cap.feed", current().language, {}))
    updated = max((one.step.at for one in latest), default=datetime.fromtimestamp(0, current().zone))
    _add(root, "updated", _time(updated))
    author = ET.SubElement(root, "author")
    _add(author, "name", sender_id())
    for one in latest:
        entry = ET.SubElement(root, "entry")
        link = f"{address}/warnings/{one.warning.pk}/cap"
        _add(entry, "id", f"{link}?message={one.number}")
        _add(entry, "title", f"{one.identifier} {one.kind}")
        _add(entry, "updated", one.sent)
        ET.SubElement(entry, "link", {"href": link, "type": CAP_TYPE})
    return _written(root)


def _add(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, name).text = _ILLEGAL.sub("\ufffd", value)


def _written(root: ET.Element) -> bytes:
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _time(moment: datetime) -> str:
    return moment.astimezone(current().zone).isoformat(timespec="seconds")
