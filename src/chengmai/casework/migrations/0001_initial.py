import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chengmai.casework.cases.states
import chengmai.casework.hotline.states
import chengmai.core.identity
from chengmai.events.append_only import protect, release
from chengmai.events.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        ("access", "__first__"),
        ("assets", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="CalendarYear",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField(unique=True)),
                        ("off", models.JSONField(default=list)),
                        ("worked", models.JSONField(default=list)),
                        ("source", models.CharField(max_length=255)),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                ),
                migrations.CreateModel(
                    name="Contact",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.TextField(blank=True, default="")),
                        ("phone", models.TextField(blank=True, default="")),
                        ("email", models.TextField(blank=True, default="")),
                        ("phone_key", models.CharField(blank=True, db_index=True, default="", max_length=64)),
                        ("phone_masked", models.CharField(blank=True, default="", max_length=24)),
                    ],
                ),
                migrations.CreateModel(
                    name="ClassEdition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=16, unique=True)),
                        (
                            "level",
                            models.CharField(choices=[("national", "National"), ("local", "Local")], max_length=8),
                        ),
                        ("name_zh", models.CharField(max_length=64)),
                        ("name_en", models.CharField(max_length=64)),
                        ("source_zh", models.TextField()),
                        ("source_en", models.TextField()),
                        ("in_force", models.BooleanField(default=True)),
                        ("loaded_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("in_force", True)),
                                fields=("level",),
                                name="one_edition_in_force_per_level",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClientKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=64)),
                        (
                            "purpose",
                            models.CharField(
                                choices=[("open311", "Open311"), ("telephone", "Telephone")], max_length=12
                            ),
                        ),
                        ("key_hash", models.CharField(max_length=64, unique=True)),
                        ("added_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="DutyCell",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("since", models.DateField()),
                        ("until", models.DateField(null=True)),
                        (
                            "cell",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assets.gridcell"
                            ),
                        ),
                        (
                            "collector",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duty_cells",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until", None)),
                                fields=("collector", "cell"),
                                name="one_present_duty_per_cell",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EvaluationReport",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("first", models.DateField()),
                        ("last", models.DateField()),
                        ("scope", models.CharField(blank=True, default="", max_length=32)),
                        ("rule_version", models.PositiveIntegerField()),
                        ("weights_version", models.PositiveIntegerField()),
                        ("tables", models.JSONField()),
                        ("seal", models.CharField(max_length=64)),
                        ("made_at", models.DateTimeField()),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("seal",), name="one_evaluation_report_per_figures")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EvaluationWeights",
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
                    name="PatrolShift",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("day", models.DateField()),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("distance_m", models.PositiveIntegerField(default=0)),
                        ("positions", models.PositiveIntegerField(default=0)),
                        (
                            "collector",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shifts",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "company",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["company", "day"], name="casework_pa_company_1e6d9b_idx"),
                            models.Index(fields=["collector", "day"], name="casework_pa_collect_2435dd_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)), fields=("collector",), name="one_running_shift"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PatrolTermsVersion",
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
                    name="SeatSession",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("seat", models.PositiveSmallIntegerField()),
                        ("began_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["began_at"], name="casework_se_began_a_b2a91f_idx")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)), fields=("seat",), name="one_person_at_a_seat"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)), fields=("person",), name="one_seat_of_a_person"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TradeDepartment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("trade", models.CharField(max_length=16, unique=True)),
                        (
                            "department",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CaseClass",
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
                                choices=[("event", "Event"), ("component", "Component")], default="event", max_length=12
                            ),
                        ),
                        ("code", models.CharField(max_length=16)),
                        ("revision", models.PositiveIntegerField(default=1)),
                        ("name_zh", models.CharField(max_length=64)),
                        ("name_en", models.CharField(max_length=64)),
                        ("filing_condition", models.TextField(blank=True, default="")),
                        ("closing_condition", models.TextField(blank=True, default="")),
                        ("limit_amount", models.PositiveIntegerField()),
                        (
                            "limit_unit",
                            models.CharField(
                                choices=[
                                    ("urgent_hours", "urgent_hours"),
                                    ("working_hours", "working_hours"),
                                    ("working_days", "working_days"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("stage_minutes", models.JSONField(default=dict)),
                        ("trade", models.CharField(blank=True, default="", max_length=16)),
                        ("retired", models.BooleanField(default=False)),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField(null=True)),
                        (
                            "department",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="access.organisation"
                            ),
                        ),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="classes",
                                to="casework.classedition",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("edition", "kind", "code", "revision"), name="one_class_per_revision"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("until", None)),
                                fields=("edition", "kind", "code"),
                                name="one_present_class_revision",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PatrolPosition",
                    fields=[
                        ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(db_index=True)),
                        ("longitude", models.FloatField()),
                        ("latitude", models.FloatField()),
                        ("accuracy_m", models.FloatField()),
                        (
                            "shift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="fixes",
                                to="casework.patrolshift",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CellVisit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("first_at", models.DateTimeField()),
                        ("last_at", models.DateTimeField()),
                        ("positions", models.PositiveIntegerField()),
                        (
                            "cell",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assets.gridcell"
                            ),
                        ),
                        (
                            "shift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="visits",
                                to="casework.patrolshift",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("shift", "cell"), name="one_visit_per_cell_of_a_shift")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Case",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=24, unique=True)),
                        ("source", models.CharField(max_length=16)),
                        ("source_id", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("filed", "filed"),
                                    ("dispatched", "dispatched"),
                                    ("signed", "signed"),
                                    ("on_site", "on_site"),
                                    ("handled", "handled"),
                                    ("verified", "verified"),
                                    ("closed", "closed"),
                                    ("void", "void"),
                                    ("to_confirm", "to_confirm"),
                                    ("suspended", "suspended"),
                                    ("merged", "merged"),
                                ],
                                default=chengmai.casework.cases.states.CaseState["FILED"],
                                max_length=16,
                            ),
                        ),
                        ("level", models.CharField(default="blue", max_length=8)),
                        ("title", models.CharField(max_length=255)),
                        ("description", models.TextField(blank=True, default="")),
                        ("longitude", models.FloatField(null=True)),
                        ("latitude", models.FloatField(null=True)),
                        ("reported_at", models.DateTimeField(null=True)),
                        ("filed_at", models.DateTimeField()),
                        ("yellow_at", models.DateTimeField(null=True)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("handled_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("extra_amount", models.PositiveIntegerField(default=0)),
                        ("urged", models.PositiveSmallIntegerField(default=0)),
                        ("reworked", models.PositiveSmallIntegerField(default=0)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "cell",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="assets.gridcell"
                            ),
                        ),
                        (
                            "component",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="assets.component",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access.organisation",
                            ),
                        ),
                        (
                            "filed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "handler",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged",
                                to="casework.case",
                            ),
                        ),
                        (
                            "case_class",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="casework.caseclass"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "due_at"], name="casework_ca_state_5a8b35_idx"),
                            models.Index(fields=["department", "state"], name="casework_ca_departm_995a3e_idx"),
                            models.Index(fields=["due_at"], name="casework_ca_due_at_d3122a_idx"),
                            models.Index(fields=["filed_at"], name="casework_ca_filed_a_c0df2f_idx"),
                            models.Index(fields=["handled_at", "due_at"], name="casework_ca_handled_a3d557_idx"),
                            models.Index(fields=["source", "filed_at"], name="casework_ca_source_04389f_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("source", "warning")),
                                fields=("source", "source_id"),
                                name="one_case_per_warning",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseEvent",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=32)),
                        ("from_state", models.CharField(blank=True, default="", max_length=16)),
                        ("to_state", models.CharField(max_length=16)),
                        ("note", models.TextField(blank=True, default="")),
                        ("longitude", models.FloatField(null=True)),
                        ("latitude", models.FloatField(null=True)),
                        ("facts", models.JSONField(default=dict)),
                        ("claimed_at", models.DateTimeField(null=True)),
                        ("fingerprint", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="history", to="casework.case"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CaseRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=16)),
                        ("amount", models.PositiveIntegerField(default=0)),
                        ("note", models.TextField()),
                        ("asked_at", models.DateTimeField()),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("granted", models.BooleanField(null=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="casework.case"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("answered_at", None)),
                                fields=("case", "kind"),
                                name="one_open_request_of_a_kind",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClockStop",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="stops", to="casework.case"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)), fields=("case",), name="one_running_stop"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CitizenReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("channel", models.CharField(choices=[("web", "Web"), ("open311", "Open311")], max_length=8)),
                        ("address", models.CharField(blank=True, default="", max_length=255)),
                        ("secret_hash", models.CharField(max_length=64, unique=True)),
                        ("attributes", models.JSONField(default=dict)),
                        ("media_url", models.CharField(blank=True, default="", max_length=500)),
                        ("language", models.CharField(default="zh-CN", max_length=8)),
                        (
                            "satisfaction",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("satisfied", "Satisfied"),
                                    ("fair", "Fair"),
                                    ("dissatisfied", "Dissatisfied"),
                                ],
                                default="",
                                max_length=12,
                            ),
                        ),
                        ("rated_at", models.DateTimeField(null=True)),
                        ("rated_words", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "case",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="report", to="casework.case"
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports",
                                to="casework.clientkey",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports",
                                to="casework.contact",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CallBack",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_id", models.BigIntegerField(unique=True)),
                        ("due_since", models.DateTimeField()),
                        ("done_at", models.DateTimeField(null=True)),
                        ("reached", models.BooleanField(null=True)),
                        (
                            "satisfaction",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("satisfied", "Satisfied"),
                                    ("fair", "Fair"),
                                    ("dissatisfied", "Dissatisfied"),
                                ],
                                default="",
                                max_length=12,
                            ),
                        ),
                        ("words", models.CharField(blank=True, default="", max_length=500)),
                        (
                            "done_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="call_backs",
                                to="casework.case",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="casework.contact"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Call",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("external_id", models.CharField(max_length=64)),
                        ("rang_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("ringing", "ringing"),
                                    ("answered", "answered"),
                                    ("done", "done"),
                                    ("missed", "missed"),
                                ],
                                default=chengmai.casework.hotline.states.CallState["RINGING"],
                                max_length=12,
                            ),
                        ),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("filed", "filed"),
                                    ("attached", "attached"),
                                    ("consulted", "consulted"),
                                    ("dropped", "dropped"),
                                ],
                                default="",
                                max_length=12,
                            ),
                        ),
                        ("words", models.TextField(blank=True, default="")),
                        (
                            "answered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calls",
                                to="casework.case",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="casework.clientkey",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calls",
                                to="casework.contact",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calls",
                                to="casework.seatsession",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "rang_at"], name="casework_ca_state_233f47_idx")],
                        "constraints": [
                            models.UniqueConstraint(fields=("client", "external_id"), name="one_call_per_exchange_id")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StageClock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("stage", models.CharField(max_length=16)),
                        ("started_at", models.DateTimeField()),
                        ("yellow_at", models.DateTimeField(null=True)),
                        ("due_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("taken_back", models.BooleanField(default=False)),
                        ("told_yellow_at", models.DateTimeField(null=True)),
                        ("told_red_at", models.DateTimeField(null=True)),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="casework.case"
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
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None), ("told_yellow_at", None)),
                                fields=["yellow_at"],
                                name="to_warn",
                            ),
                            models.Index(
                                condition=models.Q(("ended_at", None), ("told_red_at", None)),
                                fields=["due_at"],
                                name="to_escalate",
                            ),
                            models.Index(fields=["stage", "ended_at", "due_at"], name="casework_st_stage_d3bd21_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)), fields=("case",), name="one_running_stage"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Photo",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("sha256", models.CharField(max_length=64)),
                        ("width", models.PositiveIntegerField()),
                        ("height", models.PositiveIntegerField()),
                        ("taken_at", models.DateTimeField()),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="casework.case"
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="photos",
                                to="casework.caseevent",
                            ),
                        ),
                        (
                            "taken_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Escalation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_id", models.BigIntegerField(unique=True)),
                        ("share", models.PositiveSmallIntegerField()),
                        ("role", models.CharField(max_length=32)),
                        ("at", models.DateTimeField()),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("note", models.TextField(blank=True, default="")),
                        (
                            "taken_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "clock",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="escalations",
                                to="casework.stageclock",
                            ),
                        ),
                    ],
                ),
            ]
        ),
        migrations.RunPython(
            protect("casework_caseevent", "casework_photo"), release("casework_caseevent", "casework_photo")
        ),
    ]
