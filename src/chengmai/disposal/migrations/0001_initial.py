import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chengmai.core.identity
import chengmai.disposal.states
import chengmai.disposal.valve_states
from chengmai.events.append_only import protect, release
from chengmai.events.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        ("access", "__first__"),
        ("assets", "0001_initial"),
        ("casework", "0001_initial"),
        ("warning", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="PlanTemplate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("utility", models.CharField(max_length=16)),
                        ("kind", models.CharField(max_length=32)),
                        ("levels", models.JSONField(default=list)),
                        ("name_zh", models.CharField(max_length=128)),
                        ("name_en", models.CharField(max_length=128)),
                        ("active", models.BooleanField(default=True)),
                        ("made_at", models.DateTimeField()),
                        (
                            "made_by",
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
                            models.UniqueConstraint(fields=("code", "version"), name="one_template_per_version"),
                            models.UniqueConstraint(
                                condition=models.Q(("active", True)),
                                fields=("code",),
                                name="one_active_template_per_code",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Report",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.CharField(max_length=16)),
                        ("subject", models.CharField(max_length=64)),
                        ("code", models.CharField(max_length=32)),
                        ("language", models.CharField(max_length=8)),
                        ("content_hash", models.CharField(max_length=64)),
                        ("sha256", models.CharField(max_length=64)),
                        ("size", models.PositiveIntegerField()),
                        ("made_at", models.DateTimeField()),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["kind", "subject"], name="disposal_re_kind_6e5e00_idx")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "subject", "language", "content_hash"), name="one_report_per_contents"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SecondCheck",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("passed", models.BooleanField()),
                        ("note", models.TextField()),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "warning",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="warning.warning"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Shift",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("began_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "desk",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
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
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("desk",),
                                name="one_running_shift_per_desk",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TimeLimit",
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
                                    ("assessment", "assessment"),
                                    ("signing", "signing"),
                                    ("on_site", "on_site"),
                                    ("plan_step", "plan_step"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("utility", models.CharField(blank=True, default="", max_length=16)),
                        ("level", models.CharField(blank=True, default="", max_length=8)),
                        ("minutes", models.PositiveIntegerField()),
                        (
                            "escalate_to",
                            models.CharField(
                                choices=[
                                    ("operator", "operator"),
                                    ("shift_leader", "shift_leader"),
                                    ("intake_clerk", "intake_clerk"),
                                    ("dispatcher", "dispatcher"),
                                    ("department_handler", "department_handler"),
                                    ("collector", "collector"),
                                    ("verifier", "verifier"),
                                    ("network_engineer", "network_engineer"),
                                    ("utility_dispatcher", "utility_dispatcher"),
                                    ("finance", "finance"),
                                    ("finance_leader", "finance_leader"),
                                    ("custody_clerk", "custody_clerk"),
                                    ("custody_supervisor", "custody_supervisor"),
                                    ("auditor", "auditor"),
                                    ("contractor", "contractor"),
                                    ("system_administrator", "system_administrator"),
                                    ("security_administrator", "security_administrator"),
                                    ("audit_administrator", "audit_administrator"),
                                ],
                                max_length=32,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "utility", "level"), name="one_limit_per_kind_utility_level"
                            ),
                            models.CheckConstraint(condition=models.Q(("minutes__gt", 0)), name="a_limit_has_minutes"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Timer",
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
                                choices=[
                                    ("assessment", "assessment"),
                                    ("signing", "signing"),
                                    ("on_site", "on_site"),
                                    ("plan_step", "plan_step"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("subject", models.CharField(max_length=64)),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True, choices=[("met", "met"), ("ended", "ended")], default="", max_length=8
                            ),
                        ),
                        (
                            "escalate_to",
                            models.CharField(
                                choices=[
                                    ("operator", "operator"),
                                    ("shift_leader", "shift_leader"),
                                    ("intake_clerk", "intake_clerk"),
                                    ("dispatcher", "dispatcher"),
                                    ("department_handler", "department_handler"),
                                    ("collector", "collector"),
                                    ("verifier", "verifier"),
                                    ("network_engineer", "network_engineer"),
                                    ("utility_dispatcher", "utility_dispatcher"),
                                    ("finance", "finance"),
                                    ("finance_leader", "finance_leader"),
                                    ("custody_clerk", "custody_clerk"),
                                    ("custody_supervisor", "custody_supervisor"),
                                    ("auditor", "auditor"),
                                    ("contractor", "contractor"),
                                    ("system_administrator", "system_administrator"),
                                    ("security_administrator", "security_administrator"),
                                    ("audit_administrator", "audit_administrator"),
                                ],
                                max_length=32,
                            ),
                        ),
                        ("escalated_at", models.DateTimeField(null=True)),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("taken_note", models.TextField(blank=True, default="")),
                        (
                            "alarm",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="timers", to="warning.alarm"
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                        (
                            "taken_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "warning",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="timers",
                                to="warning.warning",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None), ("escalated_at", None)),
                                fields=["due_at"],
                                name="timers_running",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("kind", "subject"),
                                name="one_running_timer_per_subject",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("outcome", "")),
                                    models.Q(
                                        models.Q(("ended_at", None), _negated=True),
                                        models.Q(("outcome", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="an_ended_timer_says_how",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ValvePlan",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=24, unique=True)),
                        ("element_kind", models.CharField(choices=[("link", "link"), ("node", "node")], max_length=4)),
                        ("element", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("closing", "closing"),
                                    ("isolated", "isolated"),
                                    ("opening", "opening"),
                                    ("restored", "restored"),
                                    ("withdrawn", "withdrawn"),
                                ],
                                default=chengmai.disposal.valve_states.ValvePlanState["CLOSING"],
                                max_length=12,
                            ),
                        ),
                        ("made_at", models.DateTimeField()),
                        ("isolated_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="valve_plans",
                                to="casework.case",
                            ),
                        ),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="assets.networkedition",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "network",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assets.network"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["network", "state"], name="disposal_va_network_3e027b_idx")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["closing", "isolated", "opening"])),
                                fields=("case", "network", "element_kind", "element"),
                                name="one_running_valve_plan_per_element",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DutyEntry",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField(db_index=True)),
                        ("code", models.CharField(blank=True, default="", max_length=64)),
                        ("params", models.JSONField(default=dict)),
                        ("text", models.TextField(blank=True, default="")),
                        ("subject_kind", models.CharField(blank=True, default="", max_length=16)),
                        ("subject_id", models.CharField(blank=True, default="", max_length=64)),
                        ("cause", models.BigIntegerField(null=True, unique=True)),
                        (
                            "author",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "corrects",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="disposal.dutyentry",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("code", ""), _negated=True),
                                    models.Q(models.Q(("text", ""), _negated=True), ("author__isnull", False)),
                                    _connector="OR",
                                ),
                                name="a_duty_line_says_something",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Party",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("key", models.CharField(max_length=128)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("owner", "owner"),
                                    ("section", "section"),
                                    ("organisation", "organisation"),
                                    ("external", "external"),
                                    ("key_user", "key_user"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=128)),
                        ("name_en", models.CharField(max_length=128)),
                        ("phone", models.CharField(blank=True, default="", max_length=64)),
                        ("notified_at", models.DateTimeField()),
                        ("signed_at", models.DateTimeField(null=True)),
                        ("spoken_to", models.CharField(blank=True, default="", max_length=128)),
                        ("note", models.TextField(blank=True, default="")),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "organisation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access.organisation",
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "warning",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parties",
                                to="warning.warning",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("warning", "key"), name="one_party_per_warning"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("signed_at", None), ("signed_by", None)),
                                    models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="a_signature_has_time_and_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartyRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("utility", models.CharField(blank=True, default="", max_length=16)),
                        ("levels", models.JSONField(default=list)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("owner", "owner"),
                                    ("section", "section"),
                                    ("organisation", "organisation"),
                                    ("external", "external"),
                                    ("key_user", "key_user"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("name_zh", models.CharField(blank=True, default="", max_length=128)),
                        ("name_en", models.CharField(blank=True, default="", max_length=128)),
                        ("phone", models.CharField(blank=True, default="", max_length=64)),
                        ("active", models.BooleanField(default=True)),
                        (
                            "network",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="assets.network"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "organisation"), _negated=True),
                                    ("organisation__isnull", False),
                                    _connector="OR",
                                ),
                                name="an_organisation_party_names_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "external"), _negated=True),
                                    models.Q(
                                        models.Q(("name_zh", ""), _negated=True), models.Q(("phone", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="an_external_party_has_name_and_phone",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Plan",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=24, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("running", "running"), ("finished", "finished"), ("cancelled", "cancelled")],
                                default=chengmai.disposal.states.PlanState["RUNNING"],
                                max_length=16,
                            ),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "warning",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="warning.warning"
                            ),
                        ),
                        (
                            "template",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="disposal.plantemplate"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", chengmai.disposal.states.PlanState["RUNNING"])),
                                fields=("warning", "template"),
                                name="one_running_plan_per_warning_and_template",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanTemplateStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("title_zh", models.CharField(max_length=255)),
                        ("title_en", models.CharField(max_length=255)),
                        (
                            "responsible",
                            models.CharField(
                                choices=[
                                    ("desk", "desk"),
                                    ("owner", "owner"),
                                    ("section", "section"),
                                    ("organisation", "organisation"),
                                    ("external", "external"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("external_zh", models.CharField(blank=True, default="", max_length=128)),
                        ("external_en", models.CharField(blank=True, default="", max_length=128)),
                        ("limit_minutes", models.PositiveIntegerField()),
                        (
                            "organisation",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access.organisation",
                            ),
                        ),
                        (
                            "template",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="disposal.plantemplate",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("template", "position"), name="one_template_step_per_position"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("responsible__in", ["desk", "owner", "section"]),
                                    models.Q(("organisation__isnull", False), ("responsible", "organisation")),
                                    models.Q(("responsible", "external"), models.Q(("external_zh", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="a_template_step_has_a_responsible_party",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HandOver",
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
                                choices=[("signed_out", "signed_out"), ("taken", "taken"), ("withdrawn", "withdrawn")],
                                default=chengmai.disposal.states.HandOverState["SIGNED_OUT"],
                                max_length=16,
                            ),
                        ),
                        ("items", models.JSONField(default=list)),
                        ("note", models.TextField(blank=True, default="")),
                        ("seal", models.CharField(max_length=64)),
                        ("signed_out_at", models.DateTimeField()),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("taken_note", models.TextField(blank=True, default="")),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "signed_out_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "taken_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "shift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hand_overs",
                                to="disposal.shift",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", chengmai.disposal.states.HandOverState["SIGNED_OUT"])),
                                fields=("shift",),
                                name="one_open_hand_over_per_shift",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", chengmai.disposal.states.HandOverState["TAKEN"]), _negated=True),
                                    models.Q(
                                        ("taken_by__isnull", False),
                                        models.Q(("taken_by", models.F("signed_out_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="two_people_hand_over",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ValveSearch",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("at", models.DateTimeField()),
                        ("failed", models.JSONField(default=list)),
                        ("closed", models.JSONField(default=list)),
                        ("outcome", models.CharField(max_length=16)),
                        ("result", models.JSONField()),
                        ("seal", models.CharField(max_length=64)),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="searches",
                                to="disposal.valveplan",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("plan", "number"), name="one_search_per_number")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ValveStep",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("close_valve", "close_valve"),
                                    ("stop_source", "stop_source"),
                                    ("tell_key_user", "tell_key_user"),
                                    ("open_valve", "open_valve"),
                                    ("start_source", "start_source"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("element", models.CharField(max_length=64)),
                        ("name", models.CharField(blank=True, default="", max_length=128)),
                        ("street_zh", models.CharField(blank=True, default="", max_length=64)),
                        ("street_en", models.CharField(blank=True, default="", max_length=64)),
                        ("longitude", models.FloatField()),
                        ("latitude", models.FloatField()),
                        ("search", models.PositiveSmallIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("done", "done"),
                                    ("failed", "failed"),
                                    ("dropped", "dropped"),
                                ],
                                default=chengmai.disposal.valve_states.ValveStepState["WAITING"],
                                max_length=8,
                            ),
                        ),
                        ("done_at", models.DateTimeField(null=True)),
                        ("claimed_at", models.DateTimeField(null=True)),
                        ("note", models.TextField(blank=True, default="")),
                        ("version", models.PositiveIntegerField(default=1)),
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
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="disposal.valveplan",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("plan", "position"), name="one_valve_step_per_position"),
                            models.UniqueConstraint(
                                fields=("plan", "kind", "element"), name="one_valve_step_per_element"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanStep",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("title_zh", models.CharField(max_length=255)),
                        ("title_en", models.CharField(max_length=255)),
                        (
                            "responsible",
                            models.CharField(
                                choices=[
                                    ("desk", "desk"),
                                    ("owner", "owner"),
                                    ("section", "section"),
                                    ("organisation", "organisation"),
                                    ("external", "external"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("external_zh", models.CharField(blank=True, default="", max_length=128)),
                        ("external_en", models.CharField(blank=True, default="", max_length=128)),
                        ("fallen_back", models.BooleanField(default=False)),
                        ("due_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "open"), ("done", "done"), ("skipped", "skipped")],
                                default=chengmai.disposal.states.PlanStepState["OPEN"],
                                max_length=8,
                            ),
                        ),
                        ("ticked_at", models.DateTimeField(null=True)),
                        ("note", models.TextField(blank=True, default="")),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="disposal.plan"
                            ),
                        ),
                        (
                            "ticked_by",
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
                            models.UniqueConstraint(fields=("plan", "position"), name="one_step_per_position")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BrokenValve",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("valve", models.CharField(max_length=64)),
                        ("found_at", models.DateTimeField()),
                        ("note", models.TextField(blank=True, default="")),
                        ("mended_at", models.DateTimeField(null=True)),
                        (
                            "found_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "mended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "network",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="broken_valves",
                                to="assets.network",
                            ),
                        ),
                        (
                            "step",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="disposal.valvestep"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("mended_at", None)),
                                fields=("network", "valve"),
                                name="one_fault_per_valve",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanEvent",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=32)),
                        ("note", models.TextField(blank=True, default="")),
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
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="history", to="disposal.plan"
                            ),
                        ),
                        (
                            "step",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="disposal.planstep",
                            ),
                        ),
                    ],
                ),
            ]
        ),
        migrations.RunPython(
            protect("disposal_planevent", "disposal_dutyentry", "disposal_secondcheck", "disposal_valvesearch"),
            release("disposal_planevent", "disposal_dutyentry", "disposal_secondcheck", "disposal_valvesearch"),
        ),
    ]
