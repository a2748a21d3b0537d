import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from chengmai.access.protection import protect, unprotect
from chengmai.events.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="AuditHead",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sequence", models.BigIntegerField()),
                        ("hash", models.CharField(max_length=64)),
                    ],
                ),
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("actor", models.CharField(max_length=64)),
                        ("address", models.CharField(blank=True, default="", max_length=64)),
                        ("action", models.CharField(max_length=64)),
                        ("object_kind", models.CharField(max_length=32)),
                        ("object_id", models.CharField(db_index=True, max_length=64)),
                        ("result", models.CharField(default="done", max_length=16)),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField(null=True)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                    ],
                    options={
                        "ordering": ("sequence",),
                        "indexes": [models.Index(fields=["action", "at"], name="access_audi_action_fa8d7a_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="Organisation",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("bureau", "Bureau"),
                                    ("department", "Department"),
                                    ("utility", "Utility"),
                                    ("contractor", "Contractor"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("contact", models.CharField(blank=True, default="", max_length=128)),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="access.organisation",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        ("username", models.CharField(max_length=64, unique=True)),
                        ("name", models.CharField(max_length=64)),
                        ("language", models.CharField(blank=True, default="", max_length=8)),
                        ("is_active", models.BooleanField(default=True)),
                        ("failed_logins", models.PositiveSmallIntegerField(default=0)),
                        ("locked_until", models.DateTimeField(blank=True, null=True)),
                        ("password_changed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="users",
                                to="access.organisation",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="RoleAssignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
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
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="role_assignments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "role"), name="one_assignment_per_role")
                        ],
                    },
                ),
            ]
        ),
        migrations.RunPython(protect, unprotect),
    ]
