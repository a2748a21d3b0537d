import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chengmai.core.identity
import chengmai.warning.states
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
                    name="EvaluationCursor",
                    fields=[
                        ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ("batch", models.BigIntegerField(default=0)),
                        ("memory", models.BinaryField(default=bytes)),
                        ("moved_at", models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name="DailyNumber",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("prefix", models.CharField(max_length=4)),
                        ("day", models.DateField()),
                        ("last", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("prefix", "day"), name="one_counter_per_prefix_and_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlannedWork",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=24, unique=True)),
                        ("reason", models.CharField(max_length=500)),
                        ("contact", models.CharField(max_length=200)),
                        ("elements", models.JSONField(default=list)),
                        ("area", models.JSONField(default=list)),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "planned"),
                                    ("active", "active"),
                                    ("ended", "ended"),
                                    ("cancelled", "cancelled"),
                                ],
                                default=chengmai.warning.states.PlannedWorkState["PLANNED"],
                                max_length=16,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "network",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="assets.network"),
                        ),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "starts_at"], name="warning_pla_state_9a400d_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Rule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=64)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("limit", "Limit"),
                                    ("night_flow", "Night Flow"),
                                    ("pressure_drop", "Pressure Drop"),
                                    ("cold_station", "Cold Station"),
                                    ("make_up", "Make Up"),
                                    ("heat_burst", "Heat Burst"),
                                    ("rate", "Rate"),
                                    ("baseline", "Baseline"),
                                    ("combination", "Combination"),
                                    ("silent", "Silent"),
                                    ("device", "Device"),
                                    ("drift", "Drift"),
                                    ("methane", "Methane"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("parameters", models.JSONField(default=dict)),
                        ("active", models.BooleanField(default=True)),
                        (
                            "network",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="assets.network"
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "version"), name="one_rule_per_version"),
                            models.UniqueConstraint(
                                condition=models.Q(("active", True)), fields=("code",), name="one_active_rule_per_code"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SetAside",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "action",
                            models.CharField(
                                choices=[
                                    ("acknowledge", "acknowledge"),
                                    ("return_to_normal", "return_to_normal"),
                                    ("recur", "recur"),
                                    ("worsen", "worsen"),
                                    ("shelve", "shelve"),
                                    ("unshelve", "unshelve"),
                                    ("suppress", "suppress"),
                                    ("unsuppress", "unsuppress"),
                                    ("remove_from_service", "remove_from_service"),
                                    ("restore_to_service", "restore_to_service"),
                                ],
                                max_length=32,
                            ),
                        ),
                        ("rule_code", models.CharField(blank=True, default="", max_length=64)),
                        ("stream", models.CharField(blank=True, default="", max_length=64)),
                        ("reason", models.CharField(max_length=500)),
                        ("starts_at", models.DateTimeField()),
                        ("until", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("rule_code", ""), ("stream", ""), _negated=True),
                                name="set_aside_of_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", False),
                                    ("action", chengmai.warning.states.AlarmAction["REMOVE"]),
                                    _connector="OR",
                                ),
                                name="set_aside_until_a_moment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Alarm",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=24, unique=True)),
                        ("rule_code", models.CharField(max_length=64)),
                        ("subject", models.CharField(max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("active", "active"),
                                    ("acknowledged", "acknowledged"),
                                    ("returned", "returned"),
                                    ("normal", "normal"),
                                    ("shelved", "shelved"),
                                    ("suppressed", "suppressed"),
                                    ("out_of_service", "out_of_service"),
                                ],
                                default=chengmai.warning.states.AlarmState["ACTIVE"],
                                max_length=16,
                            ),
                        ),
                        (
                            "severity",
                            models.CharField(
                                choices=[("red", "red"), ("orange", "orange"), ("yellow", "yellow"), ("blue", "blue")],
                                max_length=8,
                            ),
                        ),
                        ("began_at", models.DateTimeField()),
                        ("raised_at", models.DateTimeField()),
                        ("detected_at", models.DateTimeField()),
                        ("returned_at", models.DateTimeField(null=True)),
                        ("size_lph", models.BigIntegerField(null=True)),
                        ("longitude", models.FloatField(null=True)),
                        ("latitude", models.FloatField(null=True)),
                        ("elements", models.JSONField(default=list)),
                        ("reasons", models.JSONField(default=list)),
                        ("evidence", models.JSONField(default=list)),
                        ("facts", models.JSONField(default=dict)),
                        ("location", models.JSONField(default=dict)),
                        ("lineage_hash", models.CharField(max_length=64)),
                        ("shelved_until", models.DateTimeField(null=True)),
                        ("suppressed_until", models.DateTimeField(null=True)),
                        ("root_reason", models.JSONField(default=dict)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "network",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="assets.network"
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                        (
                            "root",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consequences",
                                to="warning.alarm",
                            ),
                        ),
                        (
                            "planned_work",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="alarms",
                                to="warning.plannedwork",
                            ),
                        ),
                        ("rule", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="warning.rule")),
                        (
                            "set_aside",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="alarms",
                                to="warning.setaside",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["state", "raised_at"], name="warning_ala_state_368a93_idx"),
                            models.Index(fields=["owner", "raised_at"], name="warning_ala_owner_i_c0a789_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state", chengmai.warning.states.AlarmState["NORMAL"]), _negated=True
                                ),
                                fields=("rule_code", "subject"),
                                name="one_open_alarm_per_rule_and_subject",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlannedWorkEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=32)),
                        ("from_state", models.CharField(blank=True, default="", max_length=16)),
                        ("to_state", models.CharField(max_length=16)),
                        ("note", models.TextField(blank=True, default="")),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "work",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="warning.plannedwork",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AlarmEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=32)),
                        ("from_state", models.CharField(blank=True, default="", max_length=16)),
                        ("to_state", models.CharField(max_length=16)),
                        ("note", models.TextField(blank=True, default="")),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "alarm",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="history", to="warning.alarm"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Warning",
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
                                choices=[
                                    ("assessing", "assessing"),
                                    ("dismissed", "dismissed"),
                                    ("issued", "issued"),
                                    ("lifted", "lifted"),
                                    ("archived", "archived"),
                                ],
                                default=chengmai.warning.states.WarningState["ASSESSING"],
                                max_length=16,
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[("red", "red"), ("orange", "orange"), ("yellow", "yellow"), ("blue", "blue")],
                                max_length=8,
                            ),
                        ),
                        ("text", models.TextField(blank=True, default="")),
                        ("dismissal", models.CharField(blank=True, default="", max_length=16)),
                        ("opened_at", models.DateTimeField()),
                        ("issued_at", models.DateTimeField(null=True)),
                        ("lifted_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "alarm",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="warnings", to="warning.alarm"
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            chengmai.warning.states.WarningState["ASSESSING"],
                                            chengmai.warning.states.WarningState["ISSUED"],
                                        ],
                                    )
                                ),
                                fields=("alarm",),
                                name="one_open_warning_per_alarm",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WarningEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=32)),
                        ("from_state", models.CharField(blank=True, default="", max_length=16)),
                        ("to_state", models.CharField(max_length=16)),
                        ("note", models.TextField(blank=True, default="")),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "warning",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="warning.warning",
                            ),
                        ),
                    ],
                ),
            ]
        ),
        migrations.RunPython(
            protect("warning_alarmevent", "warning_warningevent", "warning_plannedworkevent"),
            release("warning_alarmevent", "warning_warningevent", "warning_plannedworkevent"),
        ),
    ]
