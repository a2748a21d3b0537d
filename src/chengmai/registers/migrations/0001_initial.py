import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chengmai.core.identity
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
                    name="Checklist",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32, unique=True)),
                        (
                            "domain",
                            models.CharField(
                                choices=[
                                    ("upkeep", "upkeep"),
                                    ("enforcement", "enforcement"),
                                    ("sorting", "sorting"),
                                    ("other", "other"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=1000)),
                        ("definition", models.JSONField()),
                        ("planned_from", models.DateField()),
                        ("retired", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                ),
                migrations.CreateModel(
                    name="RegisterKind",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32, unique=True)),
                        (
                            "domain",
                            models.CharField(
                                choices=[
                                    ("upkeep", "upkeep"),
                                    ("enforcement", "enforcement"),
                                    ("sorting", "sorting"),
                                    ("other", "other"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=1000)),
                        ("definition", models.JSONField()),
                        ("retired", models.BooleanField(default=False)),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                ),
                migrations.CreateModel(
                    name="StoredFile",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("sha256", models.CharField(max_length=64)),
                        ("media_type", models.CharField(max_length=64)),
                        ("name", models.CharField(blank=True, default="", max_length=128)),
                        ("uploaded_at", models.DateTimeField()),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RegisterEntry",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("kind_version", models.PositiveIntegerField()),
                        ("code", models.CharField(max_length=64)),
                        ("state", models.CharField(max_length=32)),
                        ("facts", models.JSONField(default=dict)),
                        ("words", models.TextField(blank=True, default="")),
                        ("on", models.DateField()),
                        ("expires_on", models.DateField(null=True)),
                        ("amount_fen", models.BigIntegerField(null=True)),
                        ("entered_at", models.DateTimeField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "kind",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="registers.registerkind",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["kind", "state", "on"], name="registers_r_kind_id_5eaed1_idx"),
                            models.Index(fields=["kind", "on"], name="registers_r_kind_id_8cd31b_idx"),
                            models.Index(fields=["expires_on"], name="registers_r_expires_455b7b_idx"),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("kind", "code"), name="one_entry_per_code")],
                    },
                ),
                migrations.CreateModel(
                    name="KindRevision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("definition", models.JSONField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "kind",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="revisions",
                                to="registers.registerkind",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "version"), name="one_revision_per_kind_version")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChecklistRevision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("definition", models.JSONField()),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "checklist",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="revisions",
                                to="registers.checklist",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("checklist", "version"), name="one_revision_per_checklist_version"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EntryStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=32)),
                        ("from_state", models.CharField(blank=True, default="", max_length=32)),
                        ("to_state", models.CharField(max_length=32)),
                        ("note", models.TextField(blank=True, default="")),
                        ("version", models.PositiveIntegerField()),
                        ("facts", models.JSONField(default=dict)),
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
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="registers.registerentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["entry", "at"], name="registers_e_entry_i_2b29ae_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="EntryReference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("field", models.CharField(max_length=32)),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="references",
                                to="registers.registerentry",
                            ),
                        ),
                        (
                            "target",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="referred_by",
                                to="registers.registerentry",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("entry", "field"), name="one_reference_per_field")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ChecklistRun",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("checklist_version", models.PositiveIntegerField()),
                        ("on", models.DateField()),
                        ("period", models.DateField(null=True)),
                        ("answers", models.JSONField(default=dict)),
                        ("points", models.PositiveIntegerField()),
                        ("most_points", models.PositiveIntegerField()),
                        ("failed", models.PositiveIntegerField(default=0)),
                        ("note", models.TextField(blank=True, default="")),
                        ("filled_at", models.DateTimeField()),
                        ("fingerprint", models.CharField(max_length=64)),
                        (
                            "checklist",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="registers.checklist",
                            ),
                        ),
                        (
                            "filled_by",
                            models.ForeignKey(
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
                            "subject",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="registers.registerentry",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["checklist", "on"], name="registers_c_checkli_8b6e79_idx"),
                            models.Index(fields=["checklist", "period"], name="registers_c_checkli_58101a_idx"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("points__lte", models.F("most_points"))), name="points_within_most"
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.RunPython(
            protect(
                "registers_kindrevision", "registers_entrystep", "registers_checklistrevision", "registers_checklistrun"
            ),
            release(
                "registers_kindrevision", "registers_entrystep", "registers_checklistrevision", "registers_checklistrun"
            ),
        ),
    ]
