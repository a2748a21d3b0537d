"""What stands in the printed hand-over of a shift."""

from typing import Any

from chengmai.access.models import User
from chengmai.core.messages import choose_language, message
from chengmai.disposal import views
from chengmai.disposal.contents import Contents, frame, moment
from chengmai.disposal.duty import entries_of
from chengmai.disposal.models import HandOver

LABELS = [
    "content",
    "unknown",
    "note",
    "open",
    "nothing",
    "code",
    "level",
    "state",
    "log",
    "time",
    "who",
    "entry",
    "signatures",
    "outgoing",
    "incoming",
    "leader",
]
KINDS = ("warning", "escalation", "party", "plan_step", "case", "alarm", "set_aside")
MOST_LINES = 300


def of_hand_over(made: HandOver, user: User, language: str) -> Contents:
    """The open items as they were signed, the log of the shift, both signatures."""
    zh = choose_language(language) == "zh-CN"
    desk = made.shift.desk.name_zh if zh else made.shift.desk.name_en
    title = message("report.hand_over_title", language, {"desk": desk})
    code = made.seal[:12]
    facts = {
        "person": made.shift.person.name,
        "from": moment(made.shift.began_at),
        "to": moment(made.shift.ended_at),
        "seal": made.seal,
    }
    signatures = {
        "outgoing": f"{made.signed_out_by.name} {moment(made.signed_out_at)}",
        "incoming": f"{made.taken_by.name if made.taken_by else '–'} {moment(made.taken_at)} {made.taken_note}".strip(),
    }
    log = list(entries_of(user, made.shift_id, "")[:MOST_LINES])
    return Contents(
        frame(title, code, language, LABELS)
        | {
            "facts": [[message(f"report.shift.{name}", language, {}), value] for name, value in facts.items()],
            "signatures": [[message(f"report.{name}", language, {}), value] for name, value in signatures.items()],
            "note": made.note,
            "groups": [group for kind in KINDS if (group := _group(kind, made, language))["rows"]],
            "log": [
                [moment(row.at), row.author.name if row.author else "–", views.duty_sentence(row, language)]
                for row in reversed(log)
            ],
        }
    )


def _group(kind: str, made: HandOver, language: str) -> dict[str, Any]:
    rows, zh = [], choose_language(language) == "zh-CN"
    for item in made.items:
        if item["kind"] == kind:
            level = message(f"level.{item['level']}", language, {}) if item["level"] else ""
            state = message(f"report.item.{item['state']}", language, {})
            if kind in ("party", "plan_step", "case") or item["state"] == "more":
                state = item["text"] if zh else item["text_en"] or item["text"]
            rows.append([item["code"], level, state])
    return {"title": message(f"report.open.{kind}", language, {"count": len(rows)}), "rows": rows}
