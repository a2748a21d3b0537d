"""Statements: what is owed for some months of a contract, line by line, and what was paid of it."""

from django.db import models

from chengmai.access.models import User
from chengmai.core.identity import new_id
from chengmai.settlement.models.contracts import ContractVersion, ServiceContract
from chengmai.settlement.models.quantities import QuantitySheet, SheetQuantity
from chengmai.settlement.states import StatementState
from chengmai.settlement.terms import Fund, StatementLineKind

_STATES = [(one.value, one.value) for one in StatementState]


class Statement(models.Model):
    """What is owed for some months of a contract (结算单)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=96, unique=True)
    contract = models.ForeignKey(ServiceContract, on_delete=models.PROTECT, related_name="statements")
    contract_version = models.ForeignKey(ContractVersion, on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    state = models.CharField(max_length=12, choices=_STATES, default=StatementState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    total_fen = models.BigIntegerField()
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, default="", blank=True)
    """Why it was sent back, discarded or reversed."""
    seal = models.CharField(max_length=64, default="", blank=True)
    """Hash over its lines and all that they cite, once it is approved."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="a_statement_has_days"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=(StatementState.APPROVED, StatementState.REVERSED), approved_at__isnull=False
                )
                & ~models.Q(seal="")
                | ~models.Q(state__in=(StatementState.APPROVED, StatementState.REVERSED)) & models.Q(seal=""),
                name="an_approved_statement_is_sealed",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by=None)
                | models.Q(checked_by=None)
                | (
                    ~models.Q(approved_by=models.F("checked_by"))
                    & ~models.Q(approved_by=models.F("drafted_by"))
                    & ~models.Q(checked_by=models.F("drafted_by"))
                ),
                name="a_statement_has_different_eyes",
            ),
        ]


class StatementLine(models.Model):
    """One amount of a statement; of a computed one ``account`` keeps every step with its formula and figures."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in StatementLineKind])
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=500, default="", blank=True)
    document = models.CharField(max_length=255, default="", blank=True)
    about = models.ForeignKey(Statement, null=True, on_delete=models.PROTECT, related_name="adjusting_lines")
    """Of an adjustment, the earlier statement that it puts right."""
    account = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("statement", "position"), name="one_line_per_position"),
            models.CheckConstraint(
                condition=models.Q(kind__in=("deduction", "advance"), amount_fen__lt=0)
                | models.Q(kind="supplement", amount_fen__gt=0)
                | models.Q(kind__in=("computed", "adjustment")),
                name="a_line_has_the_sign_of_its_kind",
            ),
        ]


class StatementSheet(models.Model):
    """A month that a statement settles."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="months")
    sheet = models.ForeignKey(QuantitySheet, on_delete=models.PROTECT, related_name="stated_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("statement", "sheet"), name="a_month_once_per_statement")]


class StatementQuantity(models.Model):
    """A quantity that a statement's line was computed from."""

    line = models.ForeignKey(StatementLine, on_delete=models.CASCADE, related_name="quantities")
    quantity = models.ForeignKey(SheetQuantity, on_delete=models.PROTECT, related_name="cited_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("line", "quantity"), name="a_quantity_once_per_line")]


class Payment(models.Model):
    """Money paid on a statement, or in advance on a contract; only ever reversed by its negative."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contract = models.ForeignKey(ServiceContract, on_delete=models.PROTECT, related_name="payments")
    statement = models.ForeignKey(Statement, null=True, on_delete=models.PROTECT, related_name="payments")
    """None of an advance."""
    amount_fen = models.BigIntegerField()
    on = models.DateField()
    voucher = models.CharField(max_length=64)
    note = models.CharField(max_length=500, default="", blank=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    paid_at = models.DateTimeField()
    paid_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    """Hash of what was sent: the same again is the same payment."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0, reverses=None)
                | models.Q(amount_fen__lt=0, reverses__isnull=False),
                name="only_a_reversed_payment_is_negative",
            ),
        ]


class PaymentPart(models.Model):
    """What of a payment came from one fund, by which line of the budget."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="parts")
    fund = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Fund])
    table = models.CharField(max_length=32)
    row_key = models.CharField(max_length=128)
    row_name = models.CharField(max_length=255)
    amount_fen = models.BigIntegerField()
    booking = models.CharField(max_length=64)
    """Identity of the booking in the budget's execution."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("payment", "fund"), name="one_part_per_fund"),
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="a_part_is_of_money"),
        ]
