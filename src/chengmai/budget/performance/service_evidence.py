"""Sources of evidence from bought services: quantities settled, days of payment, streets walked, with their records."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from chengmai.access.scope import subtree
from chengmai.budget.performance.sources import EvidenceInput, EvidenceSource, Found, Question, Subject
from chengmai.casework.patrol.queries import assessment
from chengmai.core.clock import now
from chengmai.core.errors import NotFound
from chengmai.core.money import told
from chengmai.settings import current
from chengmai.settlement.models import Payment, ServiceContract, SheetQuantity
from chengmai.settlement.states import SheetState

_MILLION = 1_000_000


def demand_service(subject: Subject) -> None:
    """Raise NotFound or InvalidInput unless a subject's contract, quantity and company are there."""
    if subject.get("contract"):
        contract, name = _contract(subject), subject.get("quantity")
        if name and not SheetQuantity.objects.filter(sheet__contract=contract, input=name).exists():
            raise NotFound("evidence.quantity_unknown", contract=contract.code, quantity=name)
    if subject.get("company"):
        assessment(subject["company"], _day(now()))


def _contract(subject: Subject) -> ServiceContract:
    found = ServiceContract.objects.select_related("owner").filter(code=subject.get("contract", "")).first()
    if found is None:
        raise NotFound("evidence.contract_unknown", contract=subject.get("contract", ""))
    return found


def _in_scope(asked: Question, contract: ServiceContract) -> bool:
    return not asked.scope or contract.owner.code in subtree(asked.scope)


def _day(moment: datetime) -> date:
    return moment.astimezone(current().zone).date()


def _settled(asked: Question) -> Found:
    """The sum of a contract's frozen quantities of the span's months, corrections with the month they stand in."""
    contract = _contract(asked.subject)
    rows = SheetQuantity.objects.filter(
        sheet__contract=contract,
        sheet__state=SheetState.FROZEN,
        sheet__month__gte=_day(asked.start).replace(day=1),
        sheet__month__lt=_day(asked.end),
        input=asked.subject["quantity"],
    ).select_related("sheet")
    inputs = tuple(
        EvidenceInput(
            "quantity",
            str(row.pk),
            f"{row.sheet.month:%Y-%m} {row.input}",
            True,
            f"/settlement/sheets/{row.sheet_id}",
            {
                "quantity": str(Decimal(row.quantity_millionths) / _MILLION),
                "unit": row.unit,
                "estimated": str(Decimal(row.estimated_millionths) / _MILLION),
                "source": row.source,
                "seal": row.seal,
            },
        )
        for row in rows.order_by("sheet__month", "pk")
        if _in_scope(asked, contract)
    )
    if not inputs:
        return Found()
    return Found(sum((Decimal(str(one.facts["quantity"])) for one in inputs), Decimal()), inputs=inputs)


def _last_paid(asked: Question) -> Found:
    """The day of a contract's last payment in the span; what was taken back is told and does not count."""
    contract = _contract(asked.subject)
    rows = Payment.objects.filter(
        contract=contract, reverses=None, on__gte=_day(asked.start), on__lt=_day(asked.end)
    ).select_related("statement", "reversed_by")
    inputs = tuple(
        EvidenceInput(
            "payment",
            str(row.pk),
            row.voucher,
            not hasattr(row, "reversed_by"),
            f"/settlement/statements/{row.statement_id}"
            if row.statement_id
            else f"/settlement/contracts/{contract.pk}",
            {"amount": told(row.amount_fen), "on": row.on.isoformat()},
        )
        for row in rows.order_by("on", "pk")
        if _in_scope(asked, contract)
    )
    days = [date.fromisoformat(str(one.facts["on"])) for one in inputs if one.counted]
    return Found(on=max(days, default=None), inputs=inputs)


def _coverage(asked: Question) -> Found:
    """Of the area that a company's collectors owed in the span's months, the share they walked."""
    walked = [assessment(asked.subject["company"], month) for month in _months(asked)]
    company = asked.subject["company"]
    inputs = tuple(
        EvidenceInput(
            "patrol_month",
            f"{company} {one.first:%Y-%m}",
            f"{company} {one.first:%Y-%m}",
            one.facts.area_due > 0,
            f"/cases/patrol?company={company}&first={one.first.isoformat()}&last={one.last.isoformat()}",
            {
                "area_covered_m2": round(one.facts.area_covered),
                "area_due_m2": round(one.facts.area_due),
                "shifts": len(one.shifts),
                "valid_reports": one.valid_reports,
                "hash": one.hash,
            },
        )
        for one in walked
    )
    due = sum(one.facts.area_due for one in walked)
    if due == 0:
        return Found(inputs=inputs)
    share = Decimal(100 * sum(one.facts.area_covered for one in walked)) / Decimal(due)
    return Found(share.quantize(Decimal("0.01"), ROUND_HALF_UP), inputs=inputs)


def _months(asked: Question) -> Iterator[date]:
    """The first day of each month of the span that has begun."""
    month, end = _day(asked.start).replace(day=1), min(_day(asked.end), _day(now()) + timedelta(days=1))
    while month < end:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


SERVICE_SOURCES = (
    EvidenceSource("settled_quantity", 1, "", ("contract", "quantity"), _settled),
    EvidenceSource("paid_by", 1, "", ("contract",), _last_paid, tells_day=True),
    EvidenceSource("patrol_coverage", 1, "%", ("company",), _coverage),
)
"""Sources of evidence from bought services, in the order they are offered."""
