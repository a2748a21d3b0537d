"""The table of every door: who may pass it, and a body that its schema admits. A new route needs a row here."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from chengmai.access.roles import Permission

P = Permission
ID = "01990000-0000-7000-8000-000000000001"

WORKS = {
    "network": "none",
    "reason": "valve replaced",
    "contact": "Li, 1",
    "elements": ["p1"],
    "starts_at": "2026-07-11T00:00:00Z",
    "ends_at": "2026-07-12T00:00:00Z",
}

MANIFEST = {
    "id": ID,
    "sender": "none",
    "carrier": "none",
    "receiver": "none",
    "material": "sludge",
    "waste_name": "sludge",
    "plate": "A1",
    "sent_kg": 9000,
    "handed_over_at": "2026-03-01T00:00:00Z",
}
HAND_TICKET = {
    "id": ID,
    "scale": "none",
    "number": "H-1",
    "plate": "A1",
    "material": "sludge",
    "gross_kg": 9000,
    "tare_kg": 4000,
    "net_kg": 5000,
    "gross_at": "2026-03-01T00:00:00Z",
    "tare_at": "2026-03-01T00:10:00Z",
    "why": "the line was down",
}


class Open(Enum):
    """Doors that ask for no permission."""

    ANYBODY = "anybody"
    PUBLIC = "public"
    LOGGED_IN = "logged in"
    GATEWAY = "gateway"


@dataclass(frozen=True)
class Door:
    """Who may pass, with what body, and what stands for the parameters of the path."""

    needs: Permission | Open
    body: dict[str, Any] | list[Any] | None = None
    path: dict[str, str] = field(default_factory=dict)
    file: str | None = None
    """Name of the multipart field that carries a file."""
    query: str = ""


DOORS: dict[tuple[str, str], Door] = {
    ("GET", "/session"): Door(Open.ANYBODY),
    ("POST", "/session"): Door(Open.ANYBODY, {"username": "nobody", "password": "wrong"}),
    ("DELETE", "/session"): Door(Open.LOGGED_IN),
    ("PUT", "/session/language"): Door(Open.LOGGED_IN, {"language": "en"}),
    ("PUT", "/session/password"): Door(Open.LOGGED_IN, {"old": "wrong", "new": "wrong"}),
    ("GET", "/organisations"): Door(Open.LOGGED_IN),
    ("GET", "/users"): Door(P.USER_READ),
    ("POST", "/users"): Door(P.USER_MANAGE, {"username": "new", "name": "New", "organisation": "none"}),
    ("PATCH", "/users/{username}"): Door(P.USER_MANAGE, {"name": "Li"}, {"username": "nobody"}),
    ("PUT", "/users/{username}/roles"): Door(P.ROLE_ASSIGN, {"roles": []}, {"username": "nobody"}),
    ("POST", "/users/{username}/unlock"): Door(P.USER_MANAGE, None, {"username": "nobody"}),
    ("POST", "/users/{username}/password"): Door(P.USER_MANAGE, None, {"username": "nobody"}),
    ("GET", "/risk-tables"): Door(P.MAP_READ),
    ("GET", "/wall"): Door(P.ALARM_READ),
    ("PUT", "/risk-tables/{utility}"): Door(
        P.RISK_MANAGE, {"version": 0, "factors": [], "levels": []}, {"utility": "water"}
    ),
    ("GET", "/risk/{code}"): Door(P.MAP_READ, None, {"code": "NONE"}),
    ("GET", "/risk/{code}/links/{link}"): Door(P.MAP_READ, None, {"code": "NONE", "link": "p1"}),
    ("GET", "/risk-tiles/{code}/{edition}/{mark}/{z}/{x}/{y}"): Door(
        P.MAP_READ, None, {"code": "NONE", "edition": "1", "mark": "0-0", "z": "0", "x": "0", "y": "0"}
    ),
    ("GET", "/custody/desk"): Door(P.CUSTODY_READ),
    ("GET", "/custody/resolutions"): Door(P.CUSTODY_READ),
    ("POST", "/custody/discrepancies/{fingerprint}/resolution"): Door(
        P.CUSTODY_RESOLVE,
        {"day": "2026-03-01", "plant": "none", "decision": "accept", "reason": "seen"},
        {"fingerprint": "0" * 64},
    ),
    ("GET", "/custody/trips"): Door(P.CUSTODY_READ),
    ("GET", "/custody/trips/{manifest_id}"): Door(P.CUSTODY_READ, None, {"manifest_id": ID}),
    ("POST", "/custody/manifests"): Door(P.CUSTODY_TELL, MANIFEST),
    ("POST", "/custody/manifests/{manifest_id}/departure"): Door(
        P.CUSTODY_TELL, {"version": 1, "started_at": "2026-03-01T01:00:00Z"}, {"manifest_id": ID}
    ),
    ("POST", "/custody/manifests/{manifest_id}/arrival"): Door(
        P.CUSTODY_TELL, {"version": 1, "arrived_at": "2026-03-01T01:00:00Z", "carried_kg": 1}, {"manifest_id": ID}
    ),
    ("POST", "/custody/manifests/{manifest_id}/receipt"): Door(
        P.CUSTODY_TELL, {"version": 1, "received_kg": 1}, {"manifest_id": ID}
    ),
    ("POST", "/custody/manifests/{manifest_id}/void"): Door(
        P.CUSTODY_TELL, {"version": 99, "reason": "told twice"}, {"manifest_id": ID}
    ),
    ("POST", "/custody/scale-tickets"): Door(Open.GATEWAY, {}),
    ("GET", "/custody/tickets/{ticket_id}"): Door(P.CUSTODY_READ, None, {"ticket_id": ID}),
    ("POST", "/custody/tickets/{ticket_id}/void"): Door(P.CUSTODY_RESOLVE, {"reason": "wrong"}, {"ticket_id": ID}),
    ("GET", "/custody/hand-tickets"): Door(P.CUSTODY_READ),
    ("POST", "/custody/hand-tickets"): Door(P.CUSTODY_TELL, HAND_TICKET),
    ("POST", "/custody/hand-tickets/{typed_id}/judgement"): Door(
        P.CUSTODY_TELL, {"confirmed": False, "reason": "unlike the paper"}, {"typed_id": ID}
    ),
    ("GET", "/custody/refused-tickets"): Door(P.CUSTODY_READ),
    ("GET", "/custody/plants/{plant}/weighed"): Door(P.CUSTODY_READ, None, {"plant": "none"}, query="material=sludge"),
    ("GET", "/custody/registers"): Door(P.CUSTODY_READ),
    ("PUT", "/custody/licences"): Door(
        P.CUSTODY_MANAGE,
        {
            "kind": "carrier_permit",
            "number": "P-1",
            "organisation": "none",
            "valid_from": "2026-01-01",
            "valid_until": "2026-12-31",
        },
    ),
    ("PUT", "/custody/vehicles"): Door(
        P.CUSTODY_MANAGE, {"plate": "A1", "carrier": "none", "capacity_kg": 9000, "tare_kg": 8000}
    ),
    ("PUT", "/custody/scales"): Door(P.CUSTODY_MANAGE, {"code": "W-1", "station": "gate", "owner": "none"}),
    ("POST", "/custody/calibrations"): Door(
        P.CUSTODY_MANAGE,
        {"scale": "none", "on": "2026-01-01", "valid_until": "2026-12-31", "certificate": "C-1"},
    ),
    ("PUT", "/custody/routes"): Door(P.CUSTODY_MANAGE, {"sender": "none", "receiver": "none", "distance_m": 9000}),
    ("POST", "/custody/chelation-tests"): Door(
        P.CUSTODY_MANAGE,
        {"sender": "none", "batch": "B-1", "report": "R-1", "passed": True, "tested_at": "2026-03-01T00:00:00Z"},
    ),
    ("POST", "/custody/intakes"): Door(
        P.CUSTODY_TELL, {"receiver": "none", "material": "sludge", "day": "2026-03-01", "kg": 9000}
    ),
    ("PUT", "/custody/thresholds"): Door(P.CUSTODY_MANAGE, {"version": 0, "values": {}, "reason": "as agreed"}),
    ("GET", "/registers"): Door(P.REGISTER_READ),
    ("GET", "/registers/{register_code}"): Door(P.REGISTER_READ, None, {"register_code": "none"}),
    ("PUT", "/registers/{register_code}"): Door(
        P.REGISTER_MANAGE, {"version": 0, "definition": {}}, {"register_code": "none"}
    ),
    ("GET", "/registers/{register_code}/entries"): Door(P.REGISTER_READ, None, {"register_code": "none"}),
    ("POST", "/registers/{register_code}/entries"): Door(
        P.REGISTER_WRITE, {"owner": "none", "values": {}}, {"register_code": "none"}
    ),
    ("POST", "/registers/{register_code}/imports"): Door(
        P.REGISTER_WRITE, None, {"register_code": "none"}, file="file"
    ),
    ("GET", "/registers/{register_code}/sheet"): Door(
        P.REGISTER_READ, None, {"register_code": "none"}, query="format=csv"
    ),
    ("GET", "/registers/{register_code}/availability"): Door(P.REGISTER_READ, None, {"register_code": "none"}),
    ("GET", "/register-entries/{register_entry_id}"): Door(P.REGISTER_READ, None, {"register_entry_id": ID}),
    ("PUT", "/register-entries/{register_entry_id}"): Door(
        P.REGISTER_WRITE, {"version": 1, "owner": "none", "values": {}}, {"register_entry_id": ID}
    ),
    ("POST", "/register-entries/{register_entry_id}/moves"): Door(
        P.REGISTER_READ, {"version": 1, "move": "none"}, {"register_entry_id": ID}
    ),
    ("GET", "/register-entries/{register_entry_id}/files/{file_id}"): Door(
        P.REGISTER_READ, None, {"register_entry_id": ID, "file_id": ID}
    ),
    ("POST", "/register-files"): Door(P.REGISTER_WRITE, file="file"),
    ("GET", "/checklists"): Door(P.REGISTER_READ),
    ("GET", "/checklists/{checklist}"): Door(P.REGISTER_READ, None, {"checklist": "none"}),
    ("PUT", "/checklists/{checklist}"): Door(
        P.REGISTER_MANAGE, {"version": 0, "definition": {}, "planned_from": "2026-01-01"}, {"checklist": "none"}
    ),
    ("GET", "/checklists/{checklist}/subjects"): Door(P.REGISTER_READ, None, {"checklist": "none"}),
    ("GET", "/checklists/{checklist}/standing"): Door(P.REGISTER_READ, None, {"checklist": "none"}),
    ("PUT", "/checklist-runs/{run_id}"): Door(
        P.REGISTER_WRITE, {"checklist": "none", "on": "2026-03-02", "answers": {}}, {"run_id": ID}
    ),
    ("GET", "/checklist-runs/{run_id}"): Door(P.REGISTER_READ, None, {"run_id": ID}),
    ("GET", "/checklist-runs/{run_id}/files/{file_id}"): Door(P.REGISTER_READ, None, {"run_id": ID, "file_id": ID}),
    ("GET", "/audit"): Door(P.AUDIT_READ),
    ("GET", "/audit/verification"): Door(P.AUDIT_READ),
    ("GET", "/events/stats"): Door(P.EVENT_READ),
    ("GET", "/events/dead"): Door(P.EVENT_READ),
    ("POST", "/events/deliveries/{delivery_id}/retry"): Door(P.EVENT_RETRY, None, {"delivery_id": "1"}),
    ("POST", "/events/deliveries/{delivery_id}/discard"): Door(P.EVENT_RETRY, None, {"delivery_id": "1"}),
    ("GET", "/alarms"): Door(P.ALARM_READ),
    ("GET", "/alarms/{alarm_id}"): Door(P.ALARM_READ, None, {"alarm_id": ID}),
    ("POST", "/alarms/{alarm_id}/actions"): Door(
        P.ALARM_READ, {"action": "acknowledge", "version": 1}, {"alarm_id": ID}
    ),
    ("GET", "/alarms/{alarm_id}/affected"): Door(P.ALARM_READ, None, {"alarm_id": ID}),
    ("GET", "/alarms/{alarm_id}/evidence"): Door(P.ALARM_READ, None, {"alarm_id": ID}),
    ("POST", "/alarms/{alarm_id}/warning"): Door(P.WARNING_ASSESS, {"level": "yellow"}, {"alarm_id": ID}),
    ("GET", "/city"): Door(P.MAP_READ),
    ("GET", "/search"): Door(P.MAP_READ, query="q=main"),
    ("GET", "/networks"): Door(P.MAP_READ),
    ("POST", "/networks"): Door(
        P.NETWORK_IMPORT, {"code": "NEW", "utility": "gas", "owner": "none", "name_zh": "新", "name_en": "New"}
    ),
    ("GET", "/networks/{code}/links/{link}"): Door(P.MAP_READ, None, {"code": "none", "link": "p1"}),
    ("GET", "/networks/{code}/nodes/{node}"): Door(P.MAP_READ, None, {"code": "none", "node": "n1"}),
    ("GET", "/networks/{code}/editions/{edition}/findings.csv"): Door(
        P.NETWORK_IMPORT, None, {"code": "none", "edition": "1"}
    ),
    ("POST", "/networks/{code}/editions/{edition}/publication"): Door(
        P.NETWORK_IMPORT, None, {"code": "none", "edition": "1"}
    ),
    ("POST", "/networks/{code}/imports"): Door(P.NETWORK_IMPORT, None, {"code": "none"}, file="file"),
    ("GET", "/tiles/{code}/{edition}/{z}/{x}/{y}"): Door(
        P.MAP_READ, None, {"code": "none", "edition": "1", "z": "12", "x": "3332", "y": "1620"}
    ),
    ("GET", "/underground/{code}/{edition}"): Door(P.MAP_READ, None, {"code": "none", "edition": "1"}),
    ("POST", "/profiles"): Door(P.MAP_READ, {"path": [[112.85, 35.5], [112.851, 35.5]]}),
    ("POST", "/excavations/check"): Door(
        P.MAP_READ, {"outline": [[112.85, 35.5], [112.851, 35.5], [112.851, 35.501]], "depth_m": 2}
    ),
    ("GET", "/datastreams"): Door(P.SENSING_READ),
    ("GET", "/sensed-chambers"): Door(P.MAP_READ),
    ("GET", "/datastreams/{code}/observations"): Door(
        P.SENSING_READ, None, {"code": "none"}, query="from=2026-07-11T00:00:00Z&to=2026-07-12T00:00:00Z"
    ),
    ("GET", "/datastreams/{code}/observations/{time}/revisions"): Door(
        P.SENSING_READ, None, {"code": "none", "time": "2026-07-11T00:00:00Z"}
    ),
    ("GET", "/gateways"): Door(P.SENSING_MANAGE),
    ("POST", "/gateways"): Door(P.SENSING_MANAGE, {"code": "new", "name": "New", "owner": "none"}),
    ("POST", "/gateways/{code}/token"): Door(P.SENSING_MANAGE, None, {"code": "none"}),
    ("POST", "/observations"): Door(Open.GATEWAY, {"observations": []}),
    ("GET", "/quarantine"): Door(P.QUARANTINE_READ),
    ("GET", "/sensing/health"): Door(P.SENSING_READ),
    ("GET", "/device-types"): Door(P.DEVICE_READ),
    ("POST", "/device-types"): Door(P.DEVICE_MANAGE, {"code": "new", "name_zh": "新", "name_en": "New"}),
    ("PUT", "/device-types/{code}"): Door(
        P.DEVICE_MANAGE, {"version": 1, "name_zh": "新", "name_en": "New"}, {"code": "none"}
    ),
    ("GET", "/devices"): Door(P.DEVICE_READ),
    ("POST", "/devices"): Door(P.DEVICE_MANAGE, {"code": "NEW", "type": "none", "owner": "none"}),
    ("GET", "/device-places"): Door(P.DEVICE_READ),
    ("GET", "/devices/{code}/calibrations"): Door(P.DEVICE_READ, None, {"code": "none"}),
    ("POST", "/devices/{code}/calibrations"): Door(
        P.DEVICE_MAINTAIN,
        {
            "on": "2026-01-05",
            "by": "Li",
            "quantity": "methane",
            "reference": "1",
            "before_error": "0",
            "after_error": "0",
        },
        {"code": "none"},
        file="certificate",
    ),
    ("GET", "/calibrations/{calibration_id}/certificate"): Door(P.DEVICE_READ, None, {"calibration_id": ID}),
    ("POST", "/devices/{code}/battery"): Door(P.DEVICE_MAINTAIN, {"percent": 50}, {"code": "none"}),
    ("GET", "/device-care"): Door(P.DEVICE_READ, query="days=400"),
    ("GET", "/maintenance-orders"): Door(P.DEVICE_READ),
    ("POST", "/maintenance-orders"): Door(P.DEVICE_MAINTAIN, {"device": "none", "kind": "fault", "cause": "silent"}),
    ("GET", "/maintenance-orders/{order_id}"): Door(P.DEVICE_READ, None, {"order_id": ID}),
    ("POST", "/maintenance-orders/{order_id}/actions"): Door(
        P.DEVICE_MAINTAIN, {"action": "assign", "version": 1}, {"order_id": ID}
    ),
    ("GET", "/device-report"): Door(P.DEVICE_READ, query="by=device"),
    ("POST", "/devices/{code}/credential"): Door(P.DEVICE_MANAGE, None, {"code": "none"}),
    ("DELETE", "/devices/{code}/credential"): Door(P.DEVICE_MANAGE, None, {"code": "none"}),
    ("PUT", "/devices/{code}/mapping"): Door(P.DEVICE_MANAGE, {"mapping": "none"}, {"code": "none"}),
    ("GET", "/payload-mappings"): Door(P.DEVICE_READ),
    ("PUT", "/payload-mappings/{code}"): Door(
        P.DEVICE_MANAGE, {"name": "New", "version": 1, "document": {}}, {"code": "none"}
    ),
    ("POST", "/mapping-trials"): Door(P.DEVICE_READ, {"document": {}, "payload": "{}"}),
    ("POST", "/budget/checks"): Door(P.INDICATOR_READ, None, file="file"),
    ("POST", "/budget/checks/workbook"): Door(P.INDICATOR_READ, None, file="file"),
    ("POST", "/device-imports"): Door(P.DEVICE_MANAGE, None, file="file"),
    ("GET", "/device-sheet"): Door(P.DEVICE_READ, query="format=csv"),
    ("GET", "/devices/{code}"): Door(P.DEVICE_READ, None, {"code": "none"}),
    ("PUT", "/devices/{code}"): Door(
        P.DEVICE_MANAGE, {"version": 1, "type": "none", "owner": "none"}, {"code": "none"}
    ),
    ("POST", "/devices/{code}/actions"): Door(P.DEVICE_READ, {"action": "install", "version": 1}, {"code": "none"}),
    ("GET", "/rules"): Door(P.ALARM_READ),
    ("PUT", "/rules/{code}"): Door(P.RULE_MANAGE, {"parameters": {}, "version": 1, "active": True}, {"code": "none"}),
    ("GET", "/rule-kinds"): Door(P.ALARM_READ),
    ("POST", "/rules"): Door(P.RULE_MANAGE, {"code": "new", "kind": "limit", "network": "none", "parameters": {}}),
    ("GET", "/rules/{code}"): Door(P.ALARM_READ, None, {"code": "none"}),
    ("POST", "/rule-previews"): Door(P.RULE_MANAGE, {"kind": "limit", "network": "none", "parameters": {}}),
    ("GET", "/set-asides"): Door(P.ALARM_READ),
    ("POST", "/set-asides"): Door(P.ALARM_SHELVE, {"action": "shelve", "rule": "none", "reason": "works"}),
    ("POST", "/set-asides/{aside_id}/end"): Door(P.ALARM_SHELVE, None, {"aside_id": ID}),
    ("GET", "/planned-works"): Door(P.ALARM_READ),
    ("POST", "/planned-works"): Door(P.PLANNED_WORK_MANAGE, WORKS),
    ("GET", "/planned-works/{work_id}"): Door(P.ALARM_READ, None, {"work_id": ID}),
    ("PUT", "/planned-works/{work_id}"): Door(P.PLANNED_WORK_MANAGE, {**WORKS, "version": 1}, {"work_id": ID}),
    ("POST", "/planned-works/{work_id}/actions"): Door(
        P.PLANNED_WORK_MANAGE, {"action": "end", "version": 1}, {"work_id": ID}
    ),
    ("GET", "/alarm-load"): Door(P.ALARM_READ, query="days=2"),
    ("GET", "/warnings"): Door(P.WARNING_READ),
    ("GET", "/warnings/{warning_id}"): Door(P.WARNING_READ, None, {"warning_id": ID}),
    ("POST", "/warnings/{warning_id}/actions"): Door(
        P.WARNING_READ, {"action": "lift", "version": 1, "note": "done"}, {"warning_id": ID}
    ),
    ("GET", "/warnings/{warning_id}/timeline"): Door(P.WARNING_READ, None, {"warning_id": ID}),
    ("GET", "/timers"): Door(P.ALARM_READ),
    ("POST", "/timers/{timer_id}/taking"): Door(P.ALARM_READ, {"note": "seen"}, {"timer_id": ID}),
    ("GET", "/limits"): Door(P.WARNING_READ),
    ("PUT", "/limits"): Door(
        P.CONTINGENCY_PLAN_MANAGE,
        {"kind": "signing", "level": "red", "minutes": 0, "escalate_to": "shift_leader", "version": 0},
    ),
    ("GET", "/warnings/{warning_id}/disposal"): Door(P.WARNING_READ, None, {"warning_id": ID}),
    ("GET", "/signatures"): Door(P.WARNING_SIGN),
    ("POST", "/parties/{party_id}/signature"): Door(P.WARNING_SIGN, {"version": 1}, {"party_id": ID}),
    ("GET", "/party-rows"): Door(P.WARNING_READ),
    ("POST", "/party-rows"): Door(P.CONTINGENCY_PLAN_MANAGE, {"kind": "external"}),
    ("DELETE", "/party-rows/{row_id}"): Door(P.CONTINGENCY_PLAN_MANAGE, None, {"row_id": "999999"}),
    ("GET", "/plan-templates"): Door(P.WARNING_READ),
    ("GET", "/plan-templates/{code}"): Door(P.WARNING_READ, None, {"code": "none"}),
    ("PUT", "/plan-templates/{code}"): Door(
        P.CONTINGENCY_PLAN_MANAGE,
        {"version": 0, "utility": "gas", "kind": "leak", "name_zh": "x", "name_en": "x", "steps": []},
        {"code": "none"},
    ),
    ("POST", "/warnings/{warning_id}/plans"): Door(P.WARNING_ISSUE, {"template": "none"}, {"warning_id": ID}),
    ("POST", "/plan-steps/{step_id}/actions"): Door(
        P.WARNING_SIGN, {"id": ID, "action": "do", "version": 1}, {"step_id": ID}
    ),
    ("POST", "/warnings/{warning_id}/checks"): Door(
        P.WARNING_ASSESS, {"passed": True, "note": "dry"}, {"warning_id": ID}
    ),
    ("GET", "/warnings/{warning_id}/cap"): Door(P.WARNING_READ, None, {"warning_id": ID}),
    ("GET", "/cap/feed"): Door(P.WARNING_READ),
    ("POST", "/warnings/{warning_id}/reports"): Door(P.WARNING_READ, {"language": "en"}, {"warning_id": ID}),
    ("POST", "/hand-overs/{hand_over_id}/reports"): Door(P.DUTY_LOG_READ, {"language": "en"}, {"hand_over_id": ID}),
    ("GET", "/reports/{report_id}"): Door(Open.LOGGED_IN, None, {"report_id": ID}),
    ("GET", "/duty-log"): Door(P.DUTY_LOG_READ),
    ("POST", "/duty-log"): Door(P.DUTY_LOG_WRITE, {"id": ID, "text": " "}),
    ("GET", "/shifts"): Door(P.DUTY_LOG_READ),
    ("GET", "/desk"): Door(P.DUTY_LOG_READ),
    ("POST", "/desk/shift"): Door(P.DUTY_LOG_WRITE),
    ("GET", "/hand-overs"): Door(P.DUTY_LOG_READ),
    ("POST", "/hand-overs"): Door(P.DUTY_LOG_WRITE, {"note": "calm"}),
    ("POST", "/hand-overs/{hand_over_id}/actions"): Door(
        P.DUTY_LOG_WRITE, {"action": "take", "version": 1}, {"hand_over_id": ID}
    ),
    ("GET", "/case-classes"): Door(P.CASE_READ),
    ("GET", "/class-editions"): Door(P.CASE_READ),
    ("GET", "/case-classes/{kind}/{code}"): Door(P.CASE_READ, None, {"kind": "event", "code": "none"}),
    ("PUT", "/case-classes/{kind}/{code}"): Door(
        P.CASEWORK_MANAGE,
        {"revision": 0, "name_zh": "x", "name_en": "x", "limit_amount": 1, "limit_unit": "working_days"},
        {"kind": "event", "code": "none"},
    ),
    ("PUT", "/class-trades/{trade}"): Door(P.CASEWORK_MANAGE, {"department": "none"}, {"trade": "none"}),
    ("POST", "/case-class-imports"): Door(P.CASEWORK_MANAGE, None, file="file"),
    ("GET", "/case-escalations"): Door(P.CASE_READ),
    ("POST", "/case-escalations/{escalation_id}/taking"): Door(P.CASE_READ, {"note": ""}, {"escalation_id": "999999"}),
    ("POST", "/grid-imports"): Door(P.CASEWORK_MANAGE, None, file="file"),
    ("POST", "/component-imports"): Door(P.CASEWORK_MANAGE, None, file="file"),
    ("GET", "/components"): Door(P.CASE_READ),
    ("GET", "/work-calendar"): Door(P.CASEWORK_MANAGE),
    ("PUT", "/work-calendar/{year}"): Door(
        P.CASEWORK_MANAGE, {"version": 0, "off": [], "worked": [], "source": "x"}, {"year": "1"}
    ),
    ("PUT", "/patrol/shifts/{shift_id}"): Door(
        P.PATROL_WALK, {"started_at": "2026-05-01T00:00:00Z", "ended_at": "2026-05-01T08:00:00Z"}, {"shift_id": ID}
    ),
    ("POST", "/patrol/shifts/{shift_id}/positions"): Door(
        P.PATROL_WALK,
        {"positions": [{"id": ID, "at": "2026-05-01T00:00:00Z", "longitude": 1, "latitude": 1, "accuracy_m": 5}]},
        {"shift_id": ID},
    ),
    ("GET", "/patrol/shifts"): Door(P.PATROL_READ),
    ("GET", "/patrol/shifts/{shift_id}/track"): Door(P.PATROL_READ, None, {"shift_id": ID}),
    ("GET", "/patrol"): Door(P.PATROL_READ),
    ("GET", "/patrol/assessments/{company_code}"): Door(P.PATROL_READ, None, {"company_code": "none"}),
    ("GET", "/patrol/terms"): Door(P.PATROL_READ),
    ("PUT", "/patrol/terms"): Door(
        P.CASEWORK_MANAGE,
        {
            "version": 999,
            "least_positions": 2,
            "least_seconds": 60,
            "accuracy_m": 50,
            "fastest_mps": 15,
            "hours_a_day": 8,
            "reports_a_day": 4,
            "coverage": 50,
            "valid_reports": 30,
            "hours": 20,
        },
    ),
    ("PUT", "/patrol/duty/{username}"): Door(P.CASEWORK_MANAGE, {"cells": []}, {"username": "nobody"}),
    ("GET", "/evaluation"): Door(P.INDICATOR_READ),
    ("GET", "/evaluation/cases"): Door(P.CASE_READ, query="count=due"),
    ("GET", "/evaluation/reports"): Door(P.INDICATOR_READ),
    ("POST", "/evaluation/reports"): Door(P.INDICATOR_READ, {"first": "2026-05-31", "last": "2026-05-01"}),
    ("GET", "/evaluation/reports/{evaluation_id}/file"): Door(P.INDICATOR_READ, None, {"evaluation_id": ID}),
    ("GET", "/evaluation/weights"): Door(P.INDICATOR_READ),
    ("PUT", "/evaluation/weights"): Door(P.CASEWORK_MANAGE, {"version": 999, "weights": {}}),
    ("GET", "/cases"): Door(P.CASE_READ),
    ("POST", "/cases"): Door(P.CASE_FILE, {"id": ID, "case_class": "none", "title": "A leak"}),
    ("GET", "/cases/{case_id}"): Door(P.CASE_READ, None, {"case_id": ID}),
    ("POST", "/cases/{case_id}/actions"): Door(
        P.CASE_READ, {"action": "sign", "version": 1, "id": ID}, {"case_id": ID}
    ),
    ("GET", "/public/classes"): Door(Open.PUBLIC),
    ("GET", "/public/place-map"): Door(Open.PUBLIC),
    ("POST", "/public/reports"): Door(Open.PUBLIC, {"id": ID, "case_class": "none", "words": "A lid is gone"}),
    ("POST", "/public/report-states"): Door(Open.PUBLIC, {"code": "none", "secret": "none"}),
    ("POST", "/public/report-photos"): Door(Open.PUBLIC, {"id": ID, "code": "none", "secret": "none"}, file="file"),
    ("POST", "/public/report-ratings"): Door(
        Open.PUBLIC, {"code": "none", "secret": "none", "satisfaction": "satisfied"}
    ),
    ("GET", "/cases/{case_id}/handlers"): Door(P.CASE_DISPATCH, None, {"case_id": ID}),
    ("GET", "/cases/{case_id}/reporter"): Door(P.CASE_READ, None, {"case_id": ID}),
    ("POST", "/cases/{case_id}/contact-readings"): Door(P.CONTACT_READ, {"reason": "to call back"}, {"case_id": ID}),
    ("POST", "/calls"): Door(Open.GATEWAY, {"external_id": "1", "number": "13800001234"}),
    ("POST", "/call-hang-ups"): Door(Open.GATEWAY, {"external_id": "1"}),
    ("GET", "/calls"): Door(P.CALL_ANSWER),
    ("POST", "/calls/played"): Door(P.CALL_ANSWER),
    ("GET", "/calls/{call_id}"): Door(P.CALL_ANSWER, None, {"call_id": ID}),
    ("POST", "/calls/{call_id}/answer"): Door(P.CALL_ANSWER, None, {"call_id": ID}),
    ("POST", "/calls/{call_id}/filing"): Door(
        P.CALL_ANSWER, {"id": ID, "case_class": "0102", "words": "Refuse"}, {"call_id": ID}
    ),
    ("POST", "/calls/{call_id}/attachment"): Door(
        P.CALL_ANSWER, {"code": "AJ-20260101-0001", "words": "Again"}, {"call_id": ID}
    ),
    ("POST", "/calls/{call_id}/end"): Door(P.CALL_ANSWER, {"outcome": "dropped"}, {"call_id": ID}),
    ("POST", "/call-suggestions"): Door(P.CALL_ANSWER, {"words": "refuse"}),
    ("GET", "/seats"): Door(P.CALL_ANSWER),
    ("PUT", "/seats/own"): Door(P.CALL_ANSWER, {"seat": 1}),
    ("DELETE", "/seats/own"): Door(P.CALL_ANSWER),
    ("GET", "/seat-attendance"): Door(P.CASEWORK_MANAGE, query="first=2026-03-01&last=2026-03-31"),
    ("GET", "/call-backs"): Door(P.CALL_ANSWER),
    ("POST", "/call-backs/{call_back_id}/number"): Door(P.CALL_ANSWER, None, {"call_back_id": "1"}),
    ("POST", "/call-backs/{call_back_id}"): Door(P.CALL_ANSWER, {"reached": False}, {"call_back_id": "1"}),
    ("GET", "/client-keys"): Door(P.CASEWORK_MANAGE),
    ("POST", "/client-keys"): Door(P.CASEWORK_MANAGE, {"name": "An app", "purpose": "open311"}),
    ("DELETE", "/client-keys/{key_id}"): Door(P.CASEWORK_MANAGE, None, {"key_id": "1"}),
    ("POST", "/cases/{case_id}/photos"): Door(P.CASE_READ, {"id": ID}, {"case_id": ID}, file="file"),
    ("GET", "/photos/{photo_id}"): Door(P.CASE_READ, None, {"photo_id": ID}),
    ("GET", "/networks/{code}/isolation"): Door(P.MAP_READ, None, {"code": "none"}, query="element=p1"),
    ("GET", "/cases/{case_id}/valve-plans"): Door(P.CASE_READ, None, {"case_id": ID}),
    ("POST", "/cases/{case_id}/valve-plans"): Door(
        P.VALVE_PLAN, {"id": ID, "network": "none", "element": "p1"}, {"case_id": ID}
    ),
    ("GET", "/valve-plans"): Door(P.CASE_READ),
    ("GET", "/valve-plans/{plan_id}"): Door(P.CASE_READ, None, {"plan_id": ID}),
    ("POST", "/valve-plans/{plan_id}/actions"): Door(
        P.VALVE_PLAN, {"id": ID, "action": "withdraw", "version": 1}, {"plan_id": ID}
    ),
    ("POST", "/valve-steps/{step_id}/actions"): Door(
        P.VALVE_CONFIRM, {"id": ID, "action": "confirm", "version": 1}, {"step_id": ID}
    ),
    ("POST", "/valve-steps/{step_id}/photos"): Door(P.VALVE_CONFIRM, {"id": ID}, {"step_id": ID}, file="file"),
    ("GET", "/broken-valves"): Door(P.MAP_READ),
    ("POST", "/broken-valves/{fault_id}/mending"): Door(P.VALVE_CONFIRM, None, {"fault_id": ID}),
    ("GET", "/projects"): Door(P.PROJECT_READ),
    ("GET", "/projects/{code}"): Door(P.PROJECT_READ, None, {"code": "none"}),
    ("PUT", "/projects/{code}"): Door(
        P.PROJECT_MANAGE, {"version": 1, "name_zh": "x", "name_en": "x", "owner": "none"}, {"code": "none"}
    ),
    ("POST", "/projects/{code}/papers"): Door(P.PROJECT_READ, None, {"code": "none"}, file="file"),
    ("GET", "/papers/{paper_id}"): Door(P.PROJECT_READ, None, {"paper_id": ID}),
    ("POST", "/projects/{code}/milestones/{milestone}/reaching"): Door(
        P.PROJECT_MANAGE,
        {"version": 1, "on": "2025-01-10", "evidence": "minutes"},
        {"code": "none", "milestone": "start"},
    ),
    ("POST", "/projects/{code}/milestones/{milestone}/reopening"): Door(
        P.PROJECT_MANAGE, {"version": 1, "reason": "wrong"}, {"code": "none", "milestone": "start"}
    ),
    ("POST", "/projects/{code}/deliveries"): Door(
        P.PROJECT_MANAGE,
        {"id": ID, "lot": "l", "kind": "software", "number": 1, "on": "2025-01-10", "document": "note"},
        {"code": "none"},
    ),
    ("POST", "/projects/{code}/costs"): Door(
        P.PROJECT_BOOK,
        {"id": ID, "heading": "h", "kind": "payment", "amount": "1.00", "on": "2025-01-10", "document": "slip"},
        {"code": "none"},
    ),
    ("POST", "/projects/{code}/costs/{entry_id}/reversal"): Door(
        P.PROJECT_BOOK, {"id": ID, "reason": "wrong"}, {"code": "none", "entry_id": ID}
    ),
    ("POST", "/projects/{code}/lots/{lot}/acceptances"): Door(P.PROJECT_MANAGE, {}, {"code": "none", "lot": "l"}),
    ("POST", "/acceptances/{acceptance_id}/actions"): Door(
        P.PROJECT_MANAGE, {"id": ID, "action": "withdraw", "version": 1}, {"acceptance_id": ID}
    ),
    ("GET", "/performance"): Door(P.INDICATOR_READ),
    ("POST", "/performance-imports"): Door(P.PERFORMANCE_MANAGE, file="file"),
    ("GET", "/performance-sources"): Door(P.INDICATOR_READ),
    ("GET", "/performance-evidence/{evidence_id}"): Door(P.INDICATOR_READ, None, {"evidence_id": ID}),
    ("GET", "/performance-scheme"): Door(P.INDICATOR_READ),
    ("PUT", "/performance-scheme"): Door(P.PERFORMANCE_MANAGE, {"version": 9, "parameters": {}}),
    ("GET", "/performance/{code}"): Door(P.INDICATOR_READ, None, {"code": "none"}),
    ("GET", "/performance/{code}/form.pdf"): Door(P.INDICATOR_READ, None, {"code": "none"}),
    ("GET", "/performance/{code}/form.xlsx"): Door(P.INDICATOR_READ, None, {"code": "none"}),
    ("PUT", "/performance/{code}"): Door(
        P.PERFORMANCE_MANAGE, {"version": 9, "year": 2025, "name": "x", "owner": "none"}, {"code": "none"}
    ),
    ("POST", "/performance/{code}/bindings"): Door(
        P.PERFORMANCE_MANAGE, {"version": 1, "indicator": 1}, {"code": "none"}
    ),
    ("PUT", "/performance/{code}/assessments/{kind}"): Door(
        P.PERFORMANCE_MANAGE, {"version": 0}, {"code": "none", "kind": "monitoring"}
    ),
    ("POST", "/performance/{code}/assessments/{kind}/submission"): Door(
        P.PERFORMANCE_MANAGE, {"version": 1}, {"code": "none", "kind": "monitoring"}
    ),
    ("GET", "/budget-rounds"): Door(P.BUDGET_READ),
    ("POST", "/budget-rounds"): Door(P.BUDGET_MANAGE, {"name": "x", "year": 2025, "owner": "none"}),
    ("GET", "/budget-rounds/{round_id}"): Door(P.BUDGET_READ, None, {"round_id": ID}),
    ("GET", "/budget-rounds/{round_id}/progress"): Door(P.BUDGET_READ, None, {"round_id": ID}),
    ("GET", "/budget-rounds/{round_id}/workbook"): Door(P.BUDGET_READ, None, {"round_id": ID}),
    ("POST", "/budget-rounds/{round_id}/units"): Door(P.BUDGET_MANAGE, None, {"round_id": ID}, file="file"),
    ("POST", "/budget-rounds/{round_id}/documents"): Door(P.BUDGET_MANAGE, None, {"round_id": ID}, file="file"),
    ("GET", "/budget-rounds/{round_id}/documents/{document_id}/findings"): Door(
        P.BUDGET_READ, None, {"round_id": ID, "document_id": ID}
    ),
    ("PUT", "/budget-rounds/{round_id}/documents/{document_id}/unit"): Door(
        P.BUDGET_MANAGE, {"unit": ""}, {"round_id": ID, "document_id": ID}
    ),
    ("POST", "/budget-rounds/{round_id}/documents/{document_id}/checks"): Door(
        P.BUDGET_MANAGE, None, {"round_id": ID, "document_id": ID}
    ),
    ("GET", "/budgets"): Door(P.BUDGET_READ),
    ("POST", "/budgets"): Door(P.BUDGET_MANAGE, None, file="file"),
    ("GET", "/budgets/{budget_id}"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("GET", "/budgets/{budget_id}/release"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/check"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/submission"): Door(P.BUDGET_MANAGE, {"reason": ""}, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/return"): Door(P.BUDGET_APPROVE, {"reason": "x"}, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/approval"): Door(P.BUDGET_APPROVE, {"reason": ""}, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/override"): Door(P.BUDGET_RELEASE, {"reason": "x"}, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/acknowledgement"): Door(P.BUDGET_RELEASE, {"reason": ""}, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/publication"): Door(P.BUDGET_RELEASE, {"reason": ""}, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/clearances"): Door(
        P.BUDGET_RELEASE, {"digest": "x", "reason": "x"}, {"budget_id": ID}
    ),
    ("GET", "/budgets/{budget_id}/differences"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("GET", "/budgets/{budget_id}/passages"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("PUT", "/budgets/{budget_id}/passages"): Door(P.BUDGET_MANAGE, [{"kind": "text", "text": "x"}], {"budget_id": ID}),
    ("GET", "/budgets/{budget_id}/registers"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("PATCH", "/budgets/{budget_id}/registers"): Door(P.BUDGET_MANAGE, {"revision": 0}, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/register-sheets"): Door(P.BUDGET_MANAGE, None, {"budget_id": ID}, file="file"),
    ("GET", "/budgets/{budget_id}/explanation"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("PUT", "/budgets/{budget_id}/explanation"): Door(
        P.BUDGET_MANAGE, {"seal": "x", "passages": []}, {"budget_id": ID}
    ),
    ("POST", "/budgets/{budget_id}/explanation/draft"): Door(P.BUDGET_MANAGE, {"seal": "x"}, {"budget_id": ID}),
    ("POST", "/budget-drafts"): Door(P.BUDGET_MANAGE, {"kind": "empty", "owner": "none", "year": 2026}),
    ("GET", "/budgets/{budget_id}/draft"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("GET", "/budgets/{budget_id}/grids/{key}"): Door(P.BUDGET_READ, None, {"budget_id": ID, "key": "income"}),
    ("GET", "/budgets/{budget_id}/grids/{key}/classes"): Door(
        P.BUDGET_READ, None, {"budget_id": ID, "key": "income"}, query="asked=21201"
    ),
    ("PATCH", "/budgets/{budget_id}/grids"): Door(
        P.BUDGET_MANAGE, {"revision": 1, "table": "income", "steps": []}, {"budget_id": ID}
    ),
    ("POST", "/budgets/{budget_id}/discarding"): Door(
        P.BUDGET_MANAGE, {"revision": 1, "reason": "begun anew"}, {"budget_id": ID}
    ),
    ("POST", "/budgets/{budget_id}/grid-imports"): Door(
        P.BUDGET_MANAGE, None, {"budget_id": ID}, file="file", query="revision=1"
    ),
    ("GET", "/budgets/{budget_id}/left-over"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/carry-over"): Door(
        P.BUDGET_MANAGE, {"revision": 1, "projects": []}, {"budget_id": ID}
    ),
    ("GET", "/budgets/{budget_id}/adjustments"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/adjustments"): Door(
        P.BUDGET_MANAGE,
        {
            "id": ID,
            "reason": "x",
            "decided_on": "2025-06-01",
            "document": "1",
            "entries": [{"table": "projects", "row": "p1", "column": "general", "amount": "1"}],
        },
        {"budget_id": ID},
    ),
    ("POST", "/budgets/{budget_id}/adjustments/{adjustment_id}/reversal"): Door(
        P.BUDGET_MANAGE, {"id": ID, "reason": "x"}, {"budget_id": ID, "adjustment_id": ID}
    ),
    ("GET", "/budgets/{budget_id}/execution"): Door(P.BUDGET_READ, None, {"budget_id": ID}),
    ("POST", "/budgets/{budget_id}/bookings"): Door(
        P.BUDGET_MANAGE,
        {"table": "projects", "row": "p1", "amount": "1", "on": "2025-06-01", "voucher": "1"},
        {"budget_id": ID},
    ),
    ("POST", "/budgets/{budget_id}/bookings/{booking_id}/reversal"): Door(
        P.BUDGET_MANAGE, {"reason": "x"}, {"budget_id": ID, "booking_id": ID}
    ),
    ("POST", "/budgets/{budget_id}/booking-sheets"): Door(P.BUDGET_MANAGE, None, {"budget_id": ID}, file="file"),
    ("GET", "/budgets/{budget_id}/tables/{key}"): Door(P.BUDGET_READ, None, {"budget_id": ID, "key": "income"}),
    ("GET", "/purchased-services"): Door(P.BUDGET_READ),
    ("POST", "/purchased-services/check"): Door(P.BUDGET_READ, {"code": "A110111", "name": "x", "department": "y"}),
    ("GET", "/indicators"): Door(P.INDICATOR_READ),
    ("GET", "/indicators/{code}"): Door(P.INDICATOR_READ, None, {"code": "cases_closed_on_time"}),
    ("GET", "/indicator-values/{value_id}"): Door(P.INDICATOR_READ, None, {"value_id": ID}),
    ("GET", "/settlement/contracts"): Door(P.SETTLEMENT_READ, query="month=2025-01"),
    ("POST", "/settlement/contracts"): Door(
        P.SETTLEMENT_DRAFT, {"owner": "none", "contractor": "none", "valid_from": "2025-01-01"}, file="file"
    ),
    ("GET", "/settlement/contracts/{contract_id}"): Door(P.SETTLEMENT_READ, None, {"contract_id": ID}),
    ("PUT", "/settlement/contracts/{contract_id}/bindings"): Door(
        P.SETTLEMENT_DRAFT, {"version": 1, "bindings": []}, {"contract_id": ID}
    ),
    ("POST", "/settlement/contracts/{contract_id}/sheets"): Door(
        P.SETTLEMENT_DRAFT, {"month": "2025-01"}, {"contract_id": ID}
    ),
    ("POST", "/settlement/contracts/{contract_id}/statements"): Door(
        P.SETTLEMENT_DRAFT, {"first": "2025-01", "last": "2025-01"}, {"contract_id": ID}
    ),
    ("POST", "/settlement/contracts/{contract_id}/advances"): Door(
        P.SETTLEMENT_PAY,
        {"id": ID, "on": "2025-02-01", "voucher": "1", "parts": [{"fund": "general", "amount": "1"}]},
        {"contract_id": ID},
    ),
    ("GET", "/settlement/sheets/{sheet_id}"): Door(P.SETTLEMENT_READ, None, {"sheet_id": ID}),
    ("PUT", "/settlement/sheets/{sheet_id}/quantities"): Door(
        P.SETTLEMENT_DRAFT, {"version": 1, "quantities": []}, {"sheet_id": ID}
    ),
    ("POST", "/settlement/sheets/{sheet_id}/gathering"): Door(P.SETTLEMENT_DRAFT, {"version": 1}, {"sheet_id": ID}),
    ("POST", "/settlement/sheets/{sheet_id}/adjustments"): Door(
        P.SETTLEMENT_DRAFT, {"version": 1, "quantity": ID, "difference": "1", "document": "1"}, {"sheet_id": ID}
    ),
    ("POST", "/settlement/sheets/{sheet_id}/actions"): Door(
        P.SETTLEMENT_READ, {"action": "check", "version": 1}, {"sheet_id": ID}
    ),
    ("GET", "/settlement/statements/{statement_id}"): Door(P.SETTLEMENT_READ, None, {"statement_id": ID}),
    ("GET", "/settlement/statements/{statement_id}/workbook"): Door(P.SETTLEMENT_READ, None, {"statement_id": ID}),
    ("POST", "/settlement/statements/{statement_id}/lines"): Door(
        P.SETTLEMENT_DRAFT,
        {"version": 1, "kind": "deduction", "amount": "1", "reason": "x", "document": "1"},
        {"statement_id": ID},
    ),
    ("POST", "/settlement/statements/{statement_id}/actions"): Door(
        P.SETTLEMENT_READ, {"action": "check", "version": 1}, {"statement_id": ID}
    ),
    ("POST", "/settlement/statements/{statement_id}/payments"): Door(
        P.SETTLEMENT_PAY,
        {"id": ID, "on": "2025-02-01", "voucher": "1", "parts": [{"fund": "general", "amount": "1"}]},
        {"statement_id": ID},
    ),
    ("POST", "/settlement/payments/{payment_id}/reversal"): Door(
        P.SETTLEMENT_PAY, {"id": ID, "reason": "x"}, {"payment_id": ID}
    ),
    ("GET", "/simulator/day"): Door(Open.LOGGED_IN),
    ("GET", "/simulator"): Door(P.SIMULATOR_CONTROL),
    ("POST", "/simulator/breaks"): Door(P.SIMULATOR_CONTROL, {"pipe": "p1", "size_m3h": 20}),
    ("DELETE", "/simulator/breaks/{pipe}"): Door(P.SIMULATOR_CONTROL, None, {"pipe": "p1"}),
    ("POST", "/simulator/faults"): Door(
        P.SIMULATOR_CONTROL, {"network": "none", "kind": "gas_leak", "element": "gp1", "size": 5}
    ),
    ("DELETE", "/simulator/faults/{network}/{kind}/{element}"): Door(
        P.SIMULATOR_CONTROL, None, {"network": "none", "kind": "gas_leak", "element": "gp1"}
    ),
}
