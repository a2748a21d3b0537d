"""Reports on casework (考评通报): figures of a span are frozen under a seal, then printed in either language."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from chengmai.access.audit import record, take_turn
from chengmai.access.models import User
from chengmai.access.scope import reach
from chengmai.casework.evaluation import queries, weighting
from chengmai.casework.evaluation.facts import Seen
from chengmai.casework.evaluation.models import EvaluationReport
from chengmai.casework.evaluation.queries import GroupedBy, RegionLevel, Wanted
from chengmai.casework.evaluation.rules import RULE_VERSION, Subject, Weighting
from chengmai.casework.evaluation.spans import span_of
from chengmai.casework.evaluation.views import row_out
from chengmai.core.clock import now
from chengmai.core.errors import NotFound, Unavailable
from chengmai.core.lineage import seal

CONTENTS: tuple[Wanted, ...] = (
    Wanted(GroupedBy.REGION, RegionLevel.STREET),
    Wanted(GroupedBy.DEPARTMENT),
    Wanted(GroupedBy.POST),
    *(Wanted(GroupedBy.PERSON, post=post) for post in queries.POSTS),
)
"""The tables of a report, in their order."""


def make_report(user: User, first: date | None, last: date | None) -> EvaluationReport:
    """Freeze the figures of a span as this person may see them; the same figures give the report that is there.

    Raises InvalidInput for a span that makes no sense.
    """
    first, last, seen = span_of(first, last)
    version, weights = weighting.present_weighting()
    scope = "" if user.sees_whole_city else user.organisation.code
    tables = [_table(user, seen, wanted, weights) for wanted in CONTENTS]
    facts = {"first": first, "last": last, "scope": scope, "rule_version": RULE_VERSION, "weights_version": version}
    sealed = seal({**facts, "tables": tables})
    with transaction.atomic():
        take_turn()
        made, created = EvaluationReport.objects.get_or_create(
            seal=sealed, defaults={**facts, "tables": tables, "made_at": now(), "made_by": user}
        )
        if created:
            after = {**facts, "seal": sealed}
            record(user, "evaluation.report", "evaluation_report", str(made.pk), after=after)
    return made


def visible_reports(user: User) -> QuerySet[EvaluationReport]:
    """Reports a person may read, newest first: those that tell of nobody else's cases."""
    codes = reach(user)
    found = EvaluationReport.objects.select_related("made_by").order_by("-pk")
    return found if codes is None else found.filter(scope__in=codes)


def report_of(user: User, report_id: UUID) -> EvaluationReport:
    """One report; raises NotFound, or Unavailable when it is not what was sealed."""
    found = visible_reports(user).filter(pk=report_id).first()
    if found is None:
        raise NotFound("evaluation.report_not_found", id=report_id)
    facts = {name: getattr(found, name) for name in ("first", "last", "scope", "rule_version", "weights_version")}
    if seal({**facts, "tables": found.tables}) != found.seal:
        raise Unavailable("evaluation.report_changed", id=report_id)
    return found


def _table(user: User, seen: Seen, wanted: Wanted, weights: Weighting) -> dict[str, Any]:
    table = queries.counted(user, seen, wanted, weights)
    rows = [row_out(row, table, weights).model_dump(mode="json") for row in table.rows]
    rows.sort(key=lambda row: (not row["key"], -float(row["score"] or -1), row["key"]))
    return {
        "by": wanted.by.value,
        "post": wanted.post.value if wanted.by is GroupedBy.PERSON else "",
        "rows": rows if wanted.by is not GroupedBy.POST else sorted(rows, key=_in_order),
        "total": row_out(table.total, table, weights).model_dump(mode="json"),
    }


def _in_order(row: dict[str, Any]) -> int:
    return queries.POSTS.index(Subject(row["key"]))
