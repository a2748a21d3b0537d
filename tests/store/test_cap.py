"""Warnings as CAP 1.2: every message holds against the schema that OASIS publishes, and names the ones before it."""

from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from chengmai.assets.models import Network
from chengmai.core.errors import NotFound
from chengmai.disposal.cap import ATOM, CAP, SEVERITIES, document, feed, message_of, messages_of
from chengmai.warning.assessment import Step, act_on_warning, open_warning
from chengmai.warning.models import Warning
from chengmai.warning.states import Severity, WarningAction
from tests.disposal import City, build_city, issue, raise_alarm

pytestmark = pytest.mark.django_db

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent.parent / "data" / "cap" / "CAP-v1.2.xsd")


@pytest.fixture
def city() -> City:
    return build_city()


def lived(city: City) -> Warning:
    """Issued, revised to another level and words, lifted."""
    warning = issue(city)
    leader = city.people["shift_leader"]
    revised = Step(WarningAction.REVISE, warning.version, level=Severity.RED, text="two mains & more <now>\x0b")
    warning = act_on_warning(warning.pk, leader, revised)
    return act_on_warning(warning.pk, leader, Step(WarningAction.LIFT, warning.version, note="repaired"))


def text(alert: ET.Element, path: str) -> str:
    found = alert.find("/".join(f"{{{CAP}}}{name}" for name in path.split("/")))
    assert found is not None, path
    return found.text or ""


def read(xml: bytes) -> ET.Element:
    SCHEMA.validate(xml.decode())
    return ET.fromstring(xml)


def test_the_schema_refuses_what_is_not_cap(city: City) -> None:
    sound = document(message_of(issue(city), None))
    assert SCHEMA.is_valid(sound.decode())
    for right, wrong in (
        (b">Alert<", b">Alarm<"),
        (b"+08:00</sent>", b"Z</sent>"),
        (b"<scope>Restricted</scope>", b""),
    ):
        assert right in sound
        assert not SCHEMA.is_valid(sound.replace(right, wrong).decode())


def test_every_step_that_others_must_hear_of_is_a_valid_message(city: City) -> None:
    known = [read(document(message)) for message in messages_of(lived(city))]
    assert [text(alert, "msgType") for alert in known] == ["Alert", "Update", "Cancel"]
    assert [text(alert, "info/severity") for alert in known] == ["Severe", "Extreme", "Extreme"]
    assert [text(alert, "info/urgency") for alert in known] == ["Immediate", "Immediate", "Past"]
    assert [text(alert, "info/responseType") for alert in known] == ["Monitor", "Monitor", "AllClear"]
    assert text(known[0], "info/certainty") == "Likely"
    assert text(known[0], "info/area/circle") == "35.50000,112.85000 0.5"
    assert "two mains & more <now>" in text(known[1], "info/description")
    assert text(known[2], "note") == "repaired"
    assert [element.text for element in known[0].iter(f"{{{CAP}}}language")] == ["zh-CN", "en"]


def test_an_update_and_a_cancel_name_what_was_sent_before(city: City) -> None:
    known = [read(document(message)) for message in messages_of(lived(city))]
    assert known[0].find(f"{{{CAP}}}references") is None
    told = [",".join(text(alert, name) for name in ("sender", "identifier", "sent")) for alert in known]
    assert text(known[1], "references") == told[0]
    assert text(known[2], "references") == " ".join(told[:2])
    assert len({text(alert, "identifier") for alert in known}) == 3
    assert datetime.fromisoformat(text(known[0], "sent")).utcoffset() is not None


@pytest.mark.parametrize("level", list(Severity))
def test_each_level_has_its_severity_and_gas_tells_to_keep_away(city: City, level: Severity) -> None:
    Network.objects.update(utility="gas")
    warning = open_warning(raise_alarm(city).pk, city.people["operator"], level)
    step = Step(WarningAction.ISSUE, warning.version, level=level, text="smell of gas")
    alert = read(document(message_of(act_on_warning(warning.pk, city.people["operator"], step), None)))
    assert text(alert, "info/severity") == SEVERITIES[level]
    assert (text(alert, "info/category"), text(alert, "info/responseType")) == ("Safety", "Avoid")


def test_a_warning_that_was_not_issued_has_no_message(city: City) -> None:
    warning = open_warning(raise_alarm(city).pk, city.people["operator"], Severity.BLUE)
    with pytest.raises(NotFound, match=r"cap\.no_message"):
        message_of(warning, None)
    issued = issue(city, "east")
    with pytest.raises(NotFound):
        message_of(issued, 2)


def test_the_feed_leads_to_the_last_message_of_each(city: City) -> None:
    warnings = [issue(city, subject) for subject in ("west", "east")]
    root = ET.fromstring(feed(warnings, "http://here/api/v1"))
    links = [element.attrib["href"] for element in root.iter(f"{{{ATOM}}}link")]
    assert links == [f"http://here/api/v1/warnings/{warning.pk}/cap" for warning in warnings]
    assert ET.fromstring(feed([], "http://here/api/v1")).find(f"{{{ATOM}}}updated") is not None
