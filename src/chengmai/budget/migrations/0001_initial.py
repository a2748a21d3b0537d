import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chengmai.budget.construction.states
import chengmai.budget.performance.terms
import chengmai.core.identity
from chengmai.budget.release.protection import protect_released, unprotect_released
from chengmai.events.append_only import protect, release
from chengmai.events.create_tables import CreateTables


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
                    name="PurchaseCatalogue",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("title", models.CharField(max_length=255)),
                        ("issue", models.CharField(blank=True, default="", max_length=64)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("sha256", models.CharField(max_length=64, unique=True)),
                        ("loaded_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="ConstructionProject",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32, unique=True)),
                        ("name_zh", models.CharField(max_length=128)),
                        ("name_en", models.CharField(max_length=128)),
                        ("unit", models.CharField(blank=True, default="", max_length=128)),
                        ("overview", models.TextField(blank=True, default="")),
                        ("basis", models.TextField(blank=True, default="")),
                        ("source", models.CharField(blank=True, default="", max_length=255)),
                        ("budget_fen", models.BigIntegerField(default=0)),
                        ("added_at", models.DateTimeField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("budget_fen__gte", 0)), name="a_project_s_budget"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DisclosureRound",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=128)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("started_at", models.DateTimeField()),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("owner", "name"), name="one_round_per_name")],
                    },
                ),
                migrations.CreateModel(
                    name="IndicatorValue",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("indicator", models.CharField(max_length=64)),
                        ("rule_version", models.PositiveIntegerField()),
                        ("span_start", models.DateTimeField()),
                        ("span_end", models.DateTimeField()),
                        ("scope", models.CharField(blank=True, default="", max_length=32)),
                        ("numerator", models.BigIntegerField()),
                        ("denominator", models.BigIntegerField()),
                        ("computed_at", models.DateTimeField()),
                        ("lineage_hash", models.CharField(max_length=64)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["indicator", "span_start", "computed_at"], name="budget_indi_indicat_0488a5_idx"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("indicator", "span_start", "scope", "lineage_hash"),
                                name="one_value_per_set_of_inputs",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PerformanceEvidence",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("source", models.CharField(max_length=64)),
                        ("rule_version", models.PositiveIntegerField()),
                        ("subject", models.JSONField(default=dict)),
                        ("scope", models.CharField(blank=True, default="", max_length=32)),
                        ("span_start", models.DateTimeField()),
                        ("span_end", models.DateTimeField()),
                        ("value_micro", models.BigIntegerField(null=True)),
                        ("on", models.DateField(null=True)),
                        ("unit", models.CharField(blank=True, default="", max_length=32)),
                        ("inputs", models.JSONField(default=list)),
                        ("computed_at", models.DateTimeField()),
                        ("lineage_hash", models.CharField(max_length=64)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "lineage_hash"), name="one_evidence_per_set_of_inputs"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegisterBook",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("procurement_told", models.BooleanField(default=False)),
                        ("revision", models.PositiveIntegerField(default=0)),
                        ("changed_at", models.DateTimeField(null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("owner", "year"), name="one_register_book_per_year")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoreScheme",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(unique=True)),
                        ("parameters", models.JSONField()),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="BudgetSet",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("unit_name", models.CharField(max_length=128)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("version", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "draft"),
                                    ("in_review", "in_review"),
                                    ("approved", "approved"),
                                    ("present", "present"),
                                    ("replaced", "replaced"),
                                    ("discarded", "discarded"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("reason", models.TextField(blank=True, default="")),
                        ("source", models.CharField(blank=True, default="", max_length=255)),
                        ("sha256", models.CharField(blank=True, default="", max_length=64)),
                        ("lines", models.PositiveIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        ("findings", models.JSONField(default=list)),
                        ("loaded_at", models.DateTimeField()),
                        ("revision", models.PositiveIntegerField(default=0)),
                        ("changed_at", models.DateTimeField(null=True)),
                        (
                            "basis",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="budget.budgetset",
                            ),
                        ),
                        (
                            "changed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
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
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "catalogue",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="budget.purchasecatalogue",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("owner", "year", "version"), name="one_budget_set_per_version"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("sha256", ""), _negated=True),
                                fields=("owner", "sha256"),
                                name="a_document_is_loaded_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "present")),
                                fields=("owner", "year"),
                                name="one_present_budget_set",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CostHeading",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("name_zh", models.CharField(max_length=128)),
                        ("name_en", models.CharField(max_length=128)),
                        ("ceiling_fen", models.BigIntegerField(null=True)),
                        ("rule", models.CharField(choices=[("refuse", "refuse"), ("mark", "mark")], max_length=8)),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="headings",
                                to="budget.constructionproject",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("project", "code"), name="one_heading_per_code"),
                            models.CheckConstraint(
                                condition=models.Q(("ceiling_fen__gte", 0)), name="a_ceiling_is_not_negative"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IndicatorInput",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("object_kind", models.CharField(max_length=16)),
                        ("object_id", models.CharField(max_length=64)),
                        ("object_version", models.PositiveIntegerField()),
                        ("counted", models.BooleanField()),
                        ("fact", models.JSONField(default=dict)),
                        (
                            "value",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="inputs",
                                to="budget.indicatorvalue",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ProjectPaper",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=128)),
                        ("sha256", models.CharField(max_length=64)),
                        ("size", models.PositiveIntegerField()),
                        ("added_at", models.DateTimeField()),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="papers",
                                to="budget.constructionproject",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("project", "sha256"), name="one_paper_per_contents")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CatalogueEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=8)),
                        ("level", models.PositiveSmallIntegerField()),
                        ("name", models.CharField(blank=True, default="", max_length=255)),
                        ("department", models.CharField(blank=True, default="", max_length=64)),
                        ("line", models.PositiveIntegerField()),
                        (
                            "fidelity",
                            models.CharField(
                                choices=[("exact", "exact"), ("normalised", "normalised"), ("finding", "finding")],
                                max_length=16,
                            ),
                        ),
                        ("limited_to", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "catalogue",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="entries",
                                to="budget.purchasecatalogue",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["catalogue", "department", "code"], name="budget_cata_catalog_0f2284_idx"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProjectClassing",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=255)),
                        (
                            "project_class",
                            models.CharField(choices=[("running", "running"), ("specific", "specific")], max_length=16),
                        ),
                        (
                            "book",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="classes",
                                to="budget.registerbook",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("book", "name"), name="one_class_per_project")],
                    },
                ),
                migrations.CreateModel(
                    name="PlannedProcurement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[("goods", "goods"), ("works", "works"), ("services", "services")],
                                max_length=16,
                            ),
                        ),
                        ("name", models.CharField(max_length=255)),
                        ("code", models.CharField(blank=True, default="", max_length=8)),
                        ("service", models.CharField(blank=True, default="", max_length=255)),
                        ("project", models.CharField(blank=True, default="", max_length=255)),
                        ("general_fen", models.BigIntegerField(default=0)),
                        ("fund_fen", models.BigIntegerField(default=0)),
                        ("state_capital_fen", models.BigIntegerField(default=0)),
                        ("special_account_fen", models.BigIntegerField(default=0)),
                        ("own_fen", models.BigIntegerField(default=0)),
                        (
                            "book",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="procurement",
                                to="budget.registerbook",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("book", "position"), name="one_procurement_per_place"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("fund_fen__gte", 0),
                                    ("general_fen__gte", 0),
                                    ("own_fen__gte", 0),
                                    ("special_account_fen__gte", 0),
                                    ("state_capital_fen__gte", 0),
                                ),
                                name="no_procurement_below_zero",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ComparedAmount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "subject",
                            models.CharField(
                                choices=[
                                    ("income", "income"),
                                    ("expenditure", "expenditure"),
                                    ("general", "general"),
                                    ("abroad", "abroad"),
                                    ("reception", "reception"),
                                    ("vehicle_purchase", "vehicle_purchase"),
                                    ("vehicle_running", "vehicle_running"),
                                    ("operating", "operating"),
                                ],
                                max_length=32,
                            ),
                        ),
                        ("before_fen", models.BigIntegerField(null=True)),
                        ("now_fen", models.BigIntegerField(null=True)),
                        ("reason", models.TextField(blank=True, default="")),
                        (
                            "book",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="compared",
                                to="budget.registerbook",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("book", "subject"), name="one_comparison_per_subject")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AssetHolding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("vehicles_allowed", "vehicles_allowed"),
                                    ("leaders", "leaders"),
                                    ("confidential", "confidential"),
                                    ("emergency", "emergency"),
                                    ("enforcement", "enforcement"),
                                    ("special", "special"),
                                    ("institution", "institution"),
                                    ("other_vehicles", "other_vehicles"),
                                    ("office_area", "office_area"),
                                    ("general_equipment", "general_equipment"),
                                    ("special_equipment", "special_equipment"),
                                ],
                                max_length=32,
                            ),
                        ),
                        ("hundredths", models.BigIntegerField()),
                        (
                            "book",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assets",
                                to="budget.registerbook",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("book", "kind"), name="one_holding_per_kind"),
                            models.CheckConstraint(
                                condition=models.Q(("hundredths__gte", 0)), name="no_holding_below_zero"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoundDocument",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=255)),
                        ("sha256", models.CharField(max_length=64)),
                        ("unit_code", models.CharField(blank=True, default="", max_length=32)),
                        (
                            "ground",
                            models.CharField(
                                choices=[
                                    ("printed_and_file", "printed_and_file"),
                                    ("printed", "printed"),
                                    ("file", "file"),
                                    ("by_hand", "by_hand"),
                                    ("contradictory", "contradictory"),
                                    ("not_listed", "not_listed"),
                                ],
                                max_length=24,
                            ),
                        ),
                        ("received_on", models.DateField()),
                        ("uploaded_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "waiting"), ("checked", "checked"), ("failed", "failed")],
                                max_length=16,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("checked_at", models.DateTimeField(null=True)),
                        ("error", models.CharField(blank=True, default="", max_length=255)),
                        ("unit_name", models.CharField(blank=True, default="", max_length=128)),
                        ("year", models.PositiveIntegerField(default=0)),
                        ("tables", models.PositiveSmallIntegerField(default=0)),
                        ("lines", models.PositiveIntegerField(default=0)),
                        ("income_fen", models.BigIntegerField(null=True)),
                        ("spending_fen", models.BigIntegerField(null=True)),
                        ("three_public_fen", models.BigIntegerField(null=True)),
                        ("rules", models.JSONField(default=dict)),
                        ("findings", models.JSONField(default=list)),
                        (
                            "round",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="documents",
                                to="budget.disclosureround",
                            ),
                        ),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("uploaded_at", "id"),
                        "constraints": [
                            models.UniqueConstraint(fields=("round", "sha256"), name="a_document_comes_once_in_a_round")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RoundUnit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("code", models.CharField(max_length=32)),
                        ("name", models.CharField(max_length=128)),
                        ("due_on", models.DateField(null=True)),
                        ("received_on", models.DateField(null=True)),
                        (
                            "round",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="units",
                                to="budget.disclosureround",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("round", "code"), name="one_unit_per_code")],
                    },
                ),
                migrations.CreateModel(
                    name="TargetSheet",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=32, unique=True)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("name", models.CharField(max_length=255)),
                        ("department", models.CharField(blank=True, default="", max_length=128)),
                        ("unit", models.CharField(blank=True, default="", max_length=128)),
                        ("attribute", models.CharField(blank=True, default="", max_length=64)),
                        ("term", models.CharField(blank=True, default="", max_length=64)),
                        ("overview", models.TextField(blank=True, default="")),
                        ("basis", models.TextField(blank=True, default="")),
                        ("necessity", models.TextField(blank=True, default="")),
                        ("measures", models.TextField(blank=True, default="")),
                        ("plan", models.TextField(blank=True, default="")),
                        ("goal_term", models.TextField(blank=True, default="")),
                        ("goal_year", models.TextField(blank=True, default="")),
                        ("source", models.CharField(blank=True, default="", max_length=255)),
                        ("written_at", models.DateTimeField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sheets",
                                to="budget.constructionproject",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["year", "name"], name="budget_targ_year_0e2a82_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="SheetIndicator",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("span", models.CharField(choices=[("term", "term"), ("year", "year")], max_length=8)),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "group",
                            models.CharField(
                                choices=[
                                    ("output", "output"),
                                    ("benefit", "benefit"),
                                    ("satisfaction", "satisfaction"),
                                    ("cost", "cost"),
                                ],
                                max_length=16,
                            ),
                        ),
                        (
                            "aspect",
                            models.CharField(
                                choices=[
                                    ("quantity", "quantity"),
                                    ("quality", "quality"),
                                    ("timeliness", "timeliness"),
                                    ("cost", "cost"),
                                    ("economic", "economic"),
                                    ("social", "social"),
                                    ("ecological", "ecological"),
                                    ("sustainable", "sustainable"),
                                    ("satisfaction", "satisfaction"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("name", models.CharField(max_length=255)),
                        (
                            "comparison",
                            models.CharField(
                                choices=[
                                    ("at_least", "at_least"),
                                    ("above", "above"),
                                    ("equal", "equal"),
                                    ("at_most", "at_most"),
                                    ("below", "below"),
                                    ("word", "word"),
                                    ("by_date", "by_date"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("value_micro", models.BigIntegerField(null=True)),
                        ("unit", models.CharField(blank=True, default="", max_length=32)),
                        ("word", models.CharField(blank=True, default="", max_length=255)),
                        ("by", models.DateField(null=True)),
                        ("printed", models.CharField(blank=True, default="", max_length=255)),
                        ("points_hundredths", models.PositiveIntegerField(null=True)),
                        ("evidence_source", models.CharField(blank=True, default="", max_length=64)),
                        ("evidence_subject", models.JSONField(default=dict)),
                        (
                            "sheet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="indicators",
                                to="budget.targetsheet",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("sheet", "span", "position"), name="one_indicator_per_position"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Assessment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("monitoring", "monitoring"), ("self_evaluation", "self_evaluation")],
                                max_length=16,
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField(default=1)),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "draft"), ("submitted", "submitted")],
                                default=chengmai.budget.performance.terms.AssessmentState["DRAFT"],
                                max_length=16,
                            ),
                        ),
                        ("executed_fen", models.BigIntegerField(null=True)),
                        ("forecast_fen", models.BigIntegerField(null=True)),
                        ("note", models.TextField(blank=True, default="")),
                        ("scheme_version", models.PositiveIntegerField()),
                        ("execution_points_hundredths", models.PositiveIntegerField(default=0)),
                        ("score_hundredths", models.PositiveIntegerField(default=0)),
                        ("grade", models.CharField(blank=True, default="", max_length=16)),
                        ("light", models.CharField(default="none", max_length=8)),
                        ("saved_at", models.DateTimeField()),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("seal", models.CharField(blank=True, default="", max_length=64)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "saved_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "sheet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assessments",
                                to="budget.targetsheet",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("sheet", "kind", "number"), name="one_assessment_per_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "draft")),
                                fields=("sheet", "kind"),
                                name="one_draft_per_kind",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetCheck",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("text_sha256", models.CharField(max_length=64)),
                        ("checked_at", models.DateTimeField()),
                        ("counts", models.JSONField(default=dict)),
                        ("findings", models.JSONField(default=list)),
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
                            "budget",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="checks",
                                to="budget.budgetset",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("budget", "text_sha256"), name="one_check_per_text")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetAdjustment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("reason", models.TextField()),
                        ("decided_on", models.DateField()),
                        ("document", models.CharField(max_length=128)),
                        ("made_at", models.DateTimeField()),
                        ("fingerprint", models.CharField(max_length=64)),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="budget.budgetadjustment",
                            ),
                        ),
                        (
                            "budget",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="adjustments",
                                to="budget.budgetset",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["owner", "year", "made_at"], name="budget_budg_owner_i_fb8cdf_idx")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "action",
                            models.CharField(
                                choices=[
                                    ("submit", "submit"),
                                    ("send_back", "send_back"),
                                    ("approve", "approve"),
                                    ("release", "release"),
                                    ("replace", "replace"),
                                    ("discard", "discard"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("reason", models.TextField(blank=True, default="")),
                        ("text_sha256", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "budget",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="budget.budgetset"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                    },
                ),
                migrations.CreateModel(
                    name="BudgetTable",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("key", models.CharField(max_length=32)),
                        ("title", models.CharField(max_length=255)),
                        ("first_line", models.PositiveIntegerField()),
                        ("last_line", models.PositiveIntegerField()),
                        ("header", models.JSONField(default=list)),
                        ("columns", models.JSONField(default=list)),
                        (
                            "budget",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tables",
                                to="budget.budgetset",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("budget", "key"), name="one_table_per_key")],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetTargetSheet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("rows", models.JSONField(default=list)),
                        (
                            "budget",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sheets",
                                to="budget.budgetset",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("budget", "number"), name="one_target_sheet_per_number")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExecutionBooking",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("table", models.CharField(max_length=32)),
                        ("row_key", models.CharField(max_length=128)),
                        ("row_name", models.CharField(max_length=255)),
                        ("fund", models.CharField(blank=True, default="", max_length=32)),
                        ("amount_fen", models.BigIntegerField()),
                        ("on", models.DateField()),
                        ("voucher", models.CharField(max_length=64)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "source",
                            models.CharField(
                                choices=[("hand", "hand"), ("sheet", "sheet"), ("service", "service")], max_length=16
                            ),
                        ),
                        ("booked_at", models.DateTimeField()),
                        (
                            "booked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "budget",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bookings",
                                to="budget.budgetset",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="budget.executionbooking",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["owner", "year", "on"], name="budget_exec_owner_i_3268cf_idx")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("reverses", None)),
                                fields=("owner", "year", "voucher", "table", "row_key", "fund"),
                                name="a_voucher_is_booked_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount_fen__gt", 0), ("reverses__isnull", True)),
                                    models.Q(("amount_fen__lt", 0), ("reverses__isnull", False)),
                                    _connector="OR",
                                ),
                                name="only_a_reversed_booking_is_negative",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProjectLot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("name_zh", models.CharField(max_length=128)),
                        ("name_en", models.CharField(max_length=128)),
                        ("contractor", models.CharField(blank=True, default="", max_length=128)),
                        (
                            "heading",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="budget.costheading",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="budget.constructionproject",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("project", "code"), name="one_lot_per_code")],
                    },
                ),
                migrations.CreateModel(
                    name="Milestone",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32)),
                        ("position", models.PositiveSmallIntegerField()),
                        ("name_zh", models.CharField(max_length=255)),
                        ("name_en", models.CharField(max_length=255)),
                        ("planned_on", models.DateField()),
                        ("planned_text", models.CharField(blank=True, default="", max_length=64)),
                        ("actual_on", models.DateField(null=True)),
                        ("evidence", models.TextField(blank=True, default="")),
                        ("noted_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "noted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="milestones",
                                to="budget.constructionproject",
                            ),
                        ),
                        (
                            "paper",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="budget.projectpaper",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("project", "code"), name="one_milestone_per_code"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("actual_on__isnull", True),
                                    models.Q(("evidence", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="a_reached_milestone_has_evidence",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SheetFund",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("span", models.CharField(choices=[("term", "term"), ("year", "year")], max_length=8)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("central", "central"),
                                    ("province", "province"),
                                    ("city", "city"),
                                    ("own", "own"),
                                    ("other", "other"),
                                    ("untold", "untold"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("amount_fen", models.BigIntegerField()),
                        (
                            "sheet",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="funds",
                                to="budget.targetsheet",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("sheet", "span", "source"), name="one_fund_per_source"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen__gte", 0)), name="a_fund_is_not_negative"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetPassage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("heading", "heading"),
                                    ("text", "text"),
                                    ("tables", "tables"),
                                    ("sheets", "sheets"),
                                    ("catalogue", "catalogue"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(default=0)),
                        ("number", models.CharField(blank=True, default="", max_length=16)),
                        ("text", models.TextField(blank=True, default="")),
                        ("drafted", models.TextField(blank=True, default="")),
                        (
                            "budget",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="passages",
                                to="budget.budgetset",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("budget", "position"), name="one_passage_per_place")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetClearance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("id_card", "id_card"),
                                    ("mobile", "mobile"),
                                    ("bank_card", "bank_card"),
                                    ("person", "person"),
                                    ("secret", "secret"),
                                    ("internal", "internal"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("hint", models.CharField(max_length=64)),
                        ("at", models.DateTimeField()),
                        ("reason", models.TextField()),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "budget",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="clearances",
                                to="budget.budgetset",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("budget", "digest"), name="a_piece_is_cleared_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Acceptance",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("applied", "applied"),
                                    ("defects", "defects"),
                                    ("passed", "passed"),
                                    ("failed", "failed"),
                                    ("withdrawn", "withdrawn"),
                                ],
                                default=chengmai.budget.construction.states.AcceptanceState["APPLIED"],
                                max_length=16,
                            ),
                        ),
                        ("applied_at", models.DateTimeField()),
                        ("held_on", models.DateField(null=True)),
                        ("members", models.CharField(blank=True, default="", max_length=255)),
                        ("result", models.TextField(blank=True, default="")),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "applied_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acceptances",
                                to="budget.projectlot",
                            ),
                        ),
                        (
                            "paper",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="budget.projectpaper",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["applied", "defects", "passed"])),
                                fields=("lot",),
                                name="one_standing_acceptance_per_lot",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BudgetAcknowledgement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("note", models.TextField(blank=True, default="")),
                        ("of_version", models.PositiveIntegerField()),
                        ("carried", models.PositiveIntegerField()),
                        ("rounded", models.PositiveIntegerField()),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "check_run",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="acknowledgement",
                                to="budget.budgetcheck",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="BudgetOverride",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("reason", models.TextField()),
                        ("errors", models.PositiveIntegerField()),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "check_run",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="override",
                                to="budget.budgetcheck",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="BudgetCell",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row", models.PositiveIntegerField()),
                        ("line", models.PositiveIntegerField()),
                        ("position", models.PositiveSmallIntegerField()),
                        ("column", models.CharField(max_length=32)),
                        ("row_key", models.CharField(max_length=128)),
                        ("side", models.CharField(blank=True, default="", max_length=16)),
                        ("level", models.PositiveSmallIntegerField()),
                        ("printed", models.TextField(blank=True, default="")),
                        ("text", models.TextField(blank=True, default="")),
                        ("fen", models.BigIntegerField(null=True)),
                        (
                            "fidelity",
                            models.CharField(
                                choices=[("exact", "exact"), ("normalised", "normalised"), ("finding", "finding")],
                                max_length=16,
                            ),
                        ),
                        (
                            "table",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="cells",
                                to="budget.budgettable",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("table", "row", "position"), name="one_cell_per_place")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LotQuantity",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("device", "device"),
                                    ("platform", "platform"),
                                    ("software", "software"),
                                    ("service", "service"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("planned", models.PositiveIntegerField()),
                        ("unit", models.CharField(max_length=8)),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="quantities",
                                to="budget.projectlot",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("lot", "kind"), name="one_quantity_per_kind")],
                    },
                ),
                migrations.CreateModel(
                    name="CostEntry",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(choices=[("contract", "contract"), ("payment", "payment")], max_length=16),
                        ),
                        ("amount_fen", models.BigIntegerField()),
                        ("on", models.DateField()),
                        ("document", models.CharField(max_length=255)),
                        ("payee", models.CharField(blank=True, default="", max_length=128)),
                        ("note", models.TextField(blank=True, default="")),
                        ("over_ceiling_fen", models.BigIntegerField(default=0)),
                        ("booked_at", models.DateTimeField()),
                        ("fingerprint", models.CharField(max_length=64)),
                        (
                            "booked_by",
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="budget.costentry",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversal",
                                to="budget.costentry",
                            ),
                        ),
                        (
                            "heading",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="budget.costheading",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="budget.projectlot",
                            ),
                        ),
                        (
                            "paper",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="budget.projectpaper",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount_fen__gt", 0), ("reverses__isnull", True)),
                                    models.Q(("amount_fen__lt", 0), ("reverses__isnull", False)),
                                    _connector="OR",
                                ),
                                name="only_a_reversal_is_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("contract__isnull", True), ("kind", "payment"), _connector="OR"),
                                name="only_a_payment_has_a_contract",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AssessmentLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("value_micro", models.BigIntegerField(null=True)),
                        ("on", models.DateField(null=True)),
                        ("share_ten_thousandths", models.PositiveIntegerField(null=True)),
                        ("text", models.CharField(blank=True, default="", max_length=500)),
                        ("forecast_micro", models.BigIntegerField(null=True)),
                        (
                            "chance",
                            models.CharField(
                                blank=True,
                                choices=[("certain", "certain"), ("likely", "likely"), ("impossible", "impossible")],
                                default="",
                                max_length=16,
                            ),
                        ),
                        ("target_was_low", models.BooleanField(default=False)),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("funds", "funds"),
                                    ("rules", "rules"),
                                    ("staff", "staff"),
                                    ("hardware", "hardware"),
                                    ("other", "other"),
                                ],
                                default="",
                                max_length=16,
                            ),
                        ),
                        ("reason_text", models.CharField(blank=True, default="", max_length=1000)),
                        ("full_hundredths", models.PositiveIntegerField(default=0)),
                        ("points_hundredths", models.PositiveIntegerField(default=0)),
                        ("achieved_ten_thousandths", models.PositiveIntegerField(null=True)),
                        ("light", models.CharField(default="none", max_length=8)),
                        (
                            "assessment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="budget.assessment",
                            ),
                        ),
                        (
                            "evidence",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="budget.performanceevidence",
                            ),
                        ),
                        (
                            "indicator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="budget.sheetindicator",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("assessment", "indicator"), name="one_line_per_indicator")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AdjustmentEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("table", models.CharField(max_length=32)),
                        ("row_key", models.CharField(max_length=128)),
                        ("row_name", models.CharField(max_length=255)),
                        ("column", models.CharField(max_length=32)),
                        ("amount_fen", models.BigIntegerField()),
                        (
                            "adjustment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="budget.budgetadjustment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("adjustment", "table", "row_key", "column"), name="one_entry_per_adjusted_cell"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_fen", 0), _negated=True), name="an_entry_changes_something"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AcceptanceDefect",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("text", models.CharField(max_length=500)),
                        ("found_on", models.DateField()),
                        ("mended_at", models.DateTimeField(null=True)),
                        ("mended_note", models.TextField(blank=True, default="")),
                        (
                            "acceptance",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="defects",
                                to="budget.acceptance",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AcceptanceStep",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=16)),
                        ("from_state", models.CharField(blank=True, default="", max_length=16)),
                        ("to_state", models.CharField(max_length=16)),
                        ("note", models.TextField(blank=True, default="")),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "acceptance",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="budget.acceptance",
                            ),
                        ),
                        (
                            "actor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.IntegerField()),
                        ("on", models.DateField()),
                        ("document", models.CharField(max_length=255)),
                        ("noted_at", models.DateTimeField()),
                        ("fingerprint", models.CharField(max_length=64)),
                        (
                            "noted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "quantity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="budget.lotquantity",
                            ),
                        ),
                        (
                            "paper",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="budget.projectpaper",
                            ),
                        ),
                    ],
                ),
            ]
        ),
        migrations.RunPython(
            protect(
                "budget_indicatorinput",
                "budget_indicatorvalue",
                "budget_costentry",
                "budget_delivery",
                "budget_acceptancestep",
                "budget_performanceevidence",
                "budget_budgetadjustment",
                "budget_adjustmententry",
                "budget_executionbooking",
                "budget_budgetoverride",
                "budget_budgetacknowledgement",
            ),
            release(
                "budget_indicatorinput",
                "budget_indicatorvalue",
                "budget_costentry",
                "budget_delivery",
                "budget_acceptancestep",
                "budget_performanceevidence",
                "budget_budgetadjustment",
                "budget_adjustmententry",
                "budget_executionbooking",
                "budget_budgetoverride",
                "budget_budgetacknowledgement",
            ),
        ),
        migrations.RunPython(protect_released, unprotect_released),
    ]
