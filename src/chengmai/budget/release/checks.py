"""The checks of a set as it would be printed: stored once for each text, with what is held back by rule among them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from chengmai.access.models import User
from chengmai.budget.models import BudgetCheck, BudgetSet
from chengmai.budget.release.printed import printed_of
from chengmai.core import heavy
from chengmai.core.clock import now
from chengmai.core.findings import Severity
from chengmai.disclosure.checking.printed_checks import findings_of_text
from chengmai.disclosure.findings import DocumentFinding, DocumentPlace
from chengmai.disclosure.printing.withheld import PERSONAL, WithheldKind, WithheldPiece, masked

_LONGEST_WAIT_S = 300
_RULES = {
    WithheldKind.ID_CARD: "disclosure.withheld.id_card",
    WithheldKind.MOBILE: "disclosure.withheld.mobile",
    WithheldKind.BANK_CARD: "disclosure.withheld.bank_card",
    WithheldKind.PERSON: "disclosure.withheld.person",
    WithheldKind.SECRET: "disclosure.withheld.secret",
    WithheldKind.INTERNAL: "disclosure.withheld.internal",
}


def check_of(user: User | None, budget: BudgetSet) -> BudgetCheck:
    """The check of what a set says now; made when it says something that was not checked yet."""
    printed = printed_of(budget)
    known = budget.checks.filter(text_sha256=printed.sha256).first()
    if known is not None:
        return known
    found = heavy.run(findings_of_text, f"{budget.unit_name}-{budget.year}.txt", printed.text).result(_LONGEST_WAIT_S)
    withheld = [finding.as_dict() for finding in withheld_findings(masked(printed).withheld)]
    findings = [*withheld, *found]
    with transaction.atomic():
        facts = {"checked_at": now(), "checked_by": user, "counts": counts_of(findings), "findings": findings}
        return BudgetCheck.objects.get_or_create(budget=budget, text_sha256=printed.sha256, defaults=facts)[0]


def withheld_findings(pieces: Iterable[WithheldPiece]) -> list[DocumentFinding]:
    """What is held back, as findings: a mark of secrecy is an error, personal data are masked and a warning."""
    return [
        DocumentFinding(
            rule=_RULES[piece.kind],
            severity=Severity.WARNING if piece.kind in PERSONAL else Severity.ERROR,
            place=DocumentPlace(0),
            value=piece.hint[:80],
            detail=(("where", piece.place),),
        )
        for piece in pieces
    ]


def counts_of(findings: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many findings there are of each severity; those undecided apart."""
    return dict(Counter(str(one["severity"]) if one["decided"] else "undecided" for one in findings))
