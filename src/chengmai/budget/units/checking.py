"""Checking what came in a round, one document at a time in the background; a broken one harms no other."""

import logging
from concurrent.futures import BrokenExecutor
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import F

from chengmai.budget.models import RoundDocument
from chengmai.budget.units.queries import expected_units
from chengmai.budget.units.rules import DocumentState, MatchGround, whose
from chengmai.budget.units.services import read_stored
from chengmai.core import heavy
from chengmai.core.clock import now
from chengmai.core.errors import Unavailable
from chengmai.disclosure.checking.unit_documents import UnitReading, check_unit_document
from chengmai.events.delivery import Background, Effect
from chengmai.events.models import OutboxEvent

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 3
"""How often a document may end the process that checks it before it is set aside as failed."""
_LONGEST_WAIT_S = 240.0


@Background
def check_handed_in(event: OutboxEvent) -> Effect | None:
    """Check the document that a ``budget.document_came`` event tells of; done twice it gives the same."""
    one = RoundDocument.objects.defer("findings").filter(pk=UUID(str(event.payload["id"]))).first()
    if one is None or one.state != DocumentState.WAITING:
        return None
    if one.attempts >= MOST_ATTEMPTS:
        return partial(_fail, one.pk, "process_ended")
    RoundDocument.objects.filter(pk=one.pk).update(attempts=F("attempts") + 1)
    try:
        data = read_stored(one)
        reading, findings = heavy.run(check_unit_document, one.name, data).result(_LONGEST_WAIT_S)
    except BrokenExecutor:
        # Its process was killed, perhaps by another's work: tried again by the delivery, and given up above.
        raise
    except Unavailable:
        return partial(_fail, one.pk, "missing")
    except TimeoutError:
        return partial(_fail, one.pk, "too_long")
    except Exception:
        log.exception("checking %s of round %s", one.name, one.round_id)
        return partial(_fail, one.pk, "unexpected")
    return partial(_keep, one.pk, reading, findings)


def _fail(document_id: UUID, reason: str) -> None:
    waiting = RoundDocument.objects.filter(pk=document_id, state=DocumentState.WAITING)
    waiting.update(state=DocumentState.FAILED, error=reason, checked_at=now())


def _keep(document_id: UUID, reading: UnitReading, findings: list[dict[str, Any]]) -> None:
    """What a document says is stored, and whose it is by the name it prints."""
    one = RoundDocument.objects.select_related("round").filter(pk=document_id, state=DocumentState.WAITING).first()
    if one is None:
        return
    if one.ground != MatchGround.BY_HAND:
        one.unit_code, one.ground = whose(one.name, reading.unit_name, expected_units(one.round))
    one.state, one.checked_at, one.error = DocumentState.CHECKED, now(), ""
    one.unit_name, one.year = reading.unit_name[:128], reading.year
    one.tables, one.lines = reading.tables, reading.lines
    one.income_fen, one.spending_fen = reading.income, reading.spending
    one.three_public_fen = reading.three_public
    one.rules, one.findings = reading.rules, findings
    one.save()
