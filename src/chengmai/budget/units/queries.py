"""Reading rounds within a person's scope, as the one table of units and rules."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from chengmai.access.models import User
from chengmai.access.scope import within_reach
from chengmai.budget.models import DisclosureRound, RoundDocument
from chengmai.budget.units.rules import (
    DocumentState,
    HandedIn,
    MatchGround,
    UnitExpected,
    UnitsOverview,
    overview,
)
from chengmai.core.errors import NotFound
from chengmai.disclosure.checking.unit_documents import UnitReading


def visible_rounds(user: User) -> QuerySet[DisclosureRound]:
    """The rounds of the organisations a person may see, the newest first."""
    return within_reach(DisclosureRound.objects.select_related("owner"), user).order_by("-started_at")


def visible_round(user: User, round_id: UUID) -> DisclosureRound:
    """One of them; raises NotFound."""
    found = visible_rounds(user).filter(pk=round_id).first()
    if found is None:
        raise NotFound("units.no_round", id=round_id)
    return found


def document_of(found: DisclosureRound, document_id: UUID) -> RoundDocument:
    """A document of a round with its findings; raises NotFound."""
    one = found.documents.filter(pk=document_id).first()
    if one is None:
        raise NotFound("units.no_document", id=document_id)
    return one


def expected_units(found: DisclosureRound) -> list[UnitExpected]:
    """The units of a round in the order of its list."""
    return [UnitExpected(one.code, one.name, one.due_on, one.received_on) for one in found.units.order_by("position")]


def overview_of(found: DisclosureRound, today: date) -> UnitsOverview:
    """The round as one table, as of a day; findings themselves are not read."""
    documents = [handed_in(one) for one in found.documents.defer("findings")]
    return overview(found.year, expected_units(found), documents, today)


def handed_in(one: RoundDocument) -> HandedIn:
    """A stored document as the rules see it."""
    reading = None
    if one.state == DocumentState.CHECKED:
        reading = UnitReading(
            unit_name=one.unit_name,
            year=one.year,
            tables=one.tables,
            lines=one.lines,
            income=one.income_fen,
            spending=one.spending_fen,
            three_public=one.three_public_fen,
            rules=one.rules,
        )
    return HandedIn(
        key=str(one.pk),
        name=one.name,
        received=one.received_on,
        unit=one.unit_code,
        ground=MatchGround(one.ground),
        state=DocumentState(one.state),
        reading=reading,
        error=one.error,
    )


def progress_of(found: DisclosureRound) -> dict[DocumentState, int]:
    """How many documents of a round stand how."""
    counted = found.documents.order_by().values_list("state").annotate(Count("pk"))
    return {DocumentState(state): count for state, count in counted}


def findings_of(found: DisclosureRound) -> dict[str, list[dict[str, Any]]]:
    """All findings of a round's documents, by document."""
    return {str(key): findings for key, findings in found.documents.values_list("pk", "findings")}
