import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chengmai.core.identity
import chengmai.settlement.states
from chengmai.events.create_tables import CreateTables
from chengmai.settlement.protection import protect_settlement, unprotect_settlement


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        ("access", "__first__"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="PostingSeal",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("hash", models.CharField(max_length=64)),
                        ("sealed_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="ServiceContract",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=64, unique=True)),
                        ("title", models.CharField(max_length=255)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("added_at", models.DateTimeField()),
                        (
                            "contractor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ContractVersion",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("text", models.TextField()),
                        ("text_hash", models.CharField(max_length=64)),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField(null=True)),
                        ("source", models.CharField(max_length=255)),
                        ("loaded_at", models.DateTimeField()),
                        (
                            "loaded_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="settlement.servicecontract",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("contract", "number"), name="one_version_per_number_of_a_contract"
                            ),
                            models.UniqueConstraint(
                                fields=("contract", "valid_from"), name="one_contract_version_from_a_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to", None), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                                ),
                                name="a_contract_ends_after_it_began",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Posting",
                    fields=[
                        (
                            "seal",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="posting",
                                serialize=False,
                                to="settlement.postingseal",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("statement", "statement"),
                                    ("offset", "offset"),
                                    ("payment", "payment"),
                                    ("statement_reversal", "statement_reversal"),
                                    ("offset_reversal", "offset_reversal"),
                                    ("payment_reversal", "payment_reversal"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("source_id", models.UUIDField()),
                        ("on", models.DateField()),
                        ("text", models.CharField(max_length=255)),
                        (
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="settlement.servicecontract",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("source", "source_id"), name="one_posting_per_source")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InputBinding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("input", models.CharField(max_length=64)),
                        ("source", models.CharField(max_length=16)),
                        ("parameters", models.JSONField(default=dict)),
                        ("over_months", models.CharField(choices=[("sum", "sum"), ("same", "same")], max_length=8)),
                        (
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bindings",
                                to="settlement.servicecontract",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("contract", "input"), name="one_binding_per_input")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("fund", models.CharField(choices=[("general", "general"), ("fund", "fund")], max_length=16)),
                        ("table", models.CharField(max_length=32)),
                        ("row_key", models.CharField(max_length=128)),
                        (
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="settlement.servicecontract",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("contract", "fund"), name="one_budget_line_per_fund")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuantitySheet",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("month", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "draft"), ("checked", "checked"), ("frozen", "frozen")],
                                default=chengmai.settlement.states.SheetState["DRAFT"],
                                max_length=8,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("drafted_at", models.DateTimeField()),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("frozen_at", models.DateTimeField(null=True)),
                        ("seal", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "checked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contract_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="settlement.contractversion",
                            ),
                        ),
                        (
                            "drafted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "frozen_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sheets",
                                to="settlement.servicecontract",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("contract", "month"), name="one_sheet_per_month"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("frozen_at__isnull", False),
                                        ("state", chengmai.settlement.states.SheetState["FROZEN"]),
                                        models.Q(("seal", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state", chengmai.settlement.states.SheetState["FROZEN"]), _negated=True
                                        ),
                                        ("frozen_at", None),
                                        ("seal", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="a_frozen_sheet_is_sealed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="a_sheet_is_of_a_whole_month"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Statement",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=96, unique=True)),
                        ("first", models.DateField()),
                        ("last", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "draft"),
                                    ("checked", "checked"),
                                    ("approved", "approved"),
                                    ("reversed", "reversed"),
                                    ("discarded", "discarded"),
                                ],
                                default=chengmai.settlement.states.StatementState["DRAFT"],
                                max_length=12,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("total_fen", models.BigIntegerField()),
                        ("drafted_at", models.DateTimeField()),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("approved_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, default="", max_length=500)),
                        ("seal", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "approved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "checked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="statements",
                                to="settlement.servicecontract",
                            ),
                        ),
                        (
                            "contract_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="settlement.contractversion",
                            ),
                        ),
                        (
                            "drafted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("last__gte", models.F("first"))), name="a_statement_has_days"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("approved_at__isnull", False),
                                        (
                                            "state__in",
                                            (
                                                chengmai.settlement.states.StatementState["APPROVED"],
                                                chengmai.settlement.states.StatementState["REVERSED"],
                                            ),
                                        ),
                                        models.Q(("seal", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(
                                            (
                                                "state__in",
                                                (
                                                    chengmai.settlement.states.StatementState["APPROVED"],
                                                    chengmai.settlement.states.StatementState["REVERSED"],
                                                ),
                                            ),
                                            _negated=True,
                                        ),
                                        ("seal", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="an_approved_statement_is_sealed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by", None),
                                    ("checked_by", None),
                                    models.Q(
                                        models.Q(("approved_by", models.F("checked_by")), _negated=True),
                                        models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                                        models.Q(("checked_by", models.F("drafted_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="a_statement_has_different_eyes",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PostingEntry",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "account",
                            models.CharField(
                                choices=[
                                    ("1214", "1214"),
                                    ("2302", "2302"),
                                    ("4001.01", "4001.01"),
                                    ("4001.02", "4001.02"),
                                    ("5001", "5001"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("amount_fen", models.BigIntegerField()),
                        (
                            "posting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="settlement.posting",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen", 0), _negated=True), name="an_entry_moves_money"
                            ),
                            models.UniqueConstraint(fields=("posting", "account"), name="one_entry_per_account"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SheetQuantity",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("input", models.CharField(max_length=64)),
                        ("unit", models.CharField(max_length=32)),
                        ("quantity_millionths", models.BigIntegerField()),
                        ("estimated_millionths", models.BigIntegerField(default=0)),
                        ("source", models.CharField(max_length=16)),
                        ("inputs", models.JSONField(default=list)),
                        ("remarks", models.JSONField(default=list)),
                        ("document", models.CharField(blank=True, default="", max_length=255)),
                        ("seal", models.CharField(max_length=64)),
                        (
                            "adjusts",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="adjusted_by",
                                to="settlement.sheetquantity",
                            ),
                        ),
                        (
                            "sheet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="quantities",
                                to="settlement.quantitysheet",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("adjusts", None)),
                                fields=("sheet", "input"),
                                name="one_quantity_per_input",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("adjusts", None), _negated=True),
                                fields=("sheet", "adjusts"),
                                name="adjusted_once_per_sheet",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("adjusts", None),
                                    models.Q(("quantity_millionths", 0), _negated=True),
                                    _connector="OR",
                                ),
                                name="an_adjustment_adjusts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("amount_fen", models.BigIntegerField()),
                        ("on", models.DateField()),
                        ("voucher", models.CharField(max_length=64)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("paid_at", models.DateTimeField()),
                        ("fingerprint", models.CharField(max_length=64)),
                        (
                            "paid_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="settlement.payment",
                            ),
                        ),
                        (
                            "contract",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="settlement.servicecontract",
                            ),
                        ),
                        (
                            "statement",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="settlement.statement",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount_fen__gt", 0), ("reverses", None)),
                                    models.Q(("amount_fen__lt", 0), ("reverses__isnull", False)),
                                    _connector="OR",
                                ),
                                name="only_a_reversed_payment_is_negative",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatementLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("computed", "computed"),
                                    ("adjustment", "adjustment"),
                                    ("deduction", "deduction"),
                                    ("supplement", "supplement"),
                                    ("advance", "advance"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("amount_fen", models.BigIntegerField()),
                        ("reason", models.CharField(blank=True, default="", max_length=500)),
                        ("document", models.CharField(blank=True, default="", max_length=255)),
                        ("account", models.JSONField(null=True)),
                        (
                            "about",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="adjusting_lines",
                                to="settlement.statement",
                            ),
                        ),
                        (
                            "statement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="settlement.statement",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("statement", "position"), name="one_line_per_position"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount_fen__lt", 0), ("kind__in", ("deduction", "advance"))),
                                    models.Q(("amount_fen__gt", 0), ("kind", "supplement")),
                                    ("kind__in", ("computed", "adjustment")),
                                    _connector="OR",
                                ),
                                name="a_line_has_the_sign_of_its_kind",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatementSheet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "sheet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stated_in",
                                to="settlement.quantitysheet",
                            ),
                        ),
                        (
                            "statement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="months",
                                to="settlement.statement",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("statement", "sheet"), name="a_month_once_per_statement")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatementQuantity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="quantities",
                                to="settlement.statementline",
                            ),
                        ),
                        (
                            "quantity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cited_in",
                                to="settlement.sheetquantity",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("line", "quantity"), name="a_quantity_once_per_line")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentPart",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("fund", models.CharField(choices=[("general", "general"), ("fund", "fund")], max_length=16)),
                        ("table", models.CharField(max_length=32)),
                        ("row_key", models.CharField(max_length=128)),
                        ("row_name", models.CharField(max_length=255)),
                        ("amount_fen", models.BigIntegerField()),
                        ("booking", models.CharField(max_length=64)),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="settlement.payment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("payment", "fund"), name="one_part_per_fund"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen", 0), _negated=True), name="a_part_is_of_money"
                            ),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunPython(protect_settlement, unprotect_settlement),
    ]
