import django.db.models.deletion
from django.db import migrations, models

from chengmai.events.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="City",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=64)),
                        ("name_en", models.CharField(max_length=64)),
                        ("demonstration", models.BooleanField(default=False)),
                        ("longitude", models.FloatField()),
                        ("latitude", models.FloatField()),
                        ("district", models.CharField(max_length=6)),
                    ],
                ),
                migrations.CreateModel(
                    name="Street",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name_zh", models.CharField(max_length=64)),
                        ("name_en", models.CharField(max_length=64)),
                        ("path", models.JSONField()),
                    ],
                ),
                migrations.CreateModel(
                    name="GridCell",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=15, unique=True)),
                        ("name", models.CharField(max_length=64)),
                        ("ring", models.JSONField()),
                        ("west", models.FloatField(db_index=True)),
                        ("south", models.FloatField()),
                        ("east", models.FloatField()),
                        ("north", models.FloatField()),
                        (
                            "organisation",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Component",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=16, unique=True)),
                        (
                            "form",
                            models.CharField(
                                choices=[("2-2-6", "Two Two Six"), ("2-3-5", "Two Three Five")], max_length=8
                            ),
                        ),
                        ("class_code", models.CharField(max_length=5)),
                        ("name", models.CharField(blank=True, max_length=64)),
                        ("charge_code", models.CharField(blank=True, default="", max_length=64)),
                        ("charge_name", models.CharField(blank=True, default="", max_length=64)),
                        ("owner_code", models.CharField(blank=True, default="", max_length=64)),
                        ("owner_name", models.CharField(blank=True, default="", max_length=64)),
                        ("maintainer_code", models.CharField(blank=True, default="", max_length=64)),
                        ("maintainer_name", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("intact", "Intact"),
                                    ("damaged", "Damaged"),
                                    ("lost", "Lost"),
                                    ("abandoned", "Abandoned"),
                                ],
                                default="intact",
                                max_length=12,
                            ),
                        ),
                        ("recorded_on", models.DateField(null=True)),
                        ("changed_on", models.DateField(null=True)),
                        ("source", models.CharField(blank=True, default="", max_length=128)),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("accuracy", models.CharField(blank=True, default="", max_length=16)),
                        ("longitude", models.FloatField()),
                        ("latitude", models.FloatField()),
                        (
                            "cell",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, to="assets.gridcell"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["class_code", "latitude", "longitude"], name="assets_comp_class_c_804b8d_idx"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Network",
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
                            "utility",
                            models.CharField(
                                choices=[
                                    ("water", "water"),
                                    ("gas", "gas"),
                                    ("heat", "heat"),
                                    ("storm", "storm"),
                                    ("sewer", "sewer"),
                                    ("power", "power"),
                                    ("telecom", "telecom"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="NetworkEdition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("source", models.CharField(max_length=255)),
                        ("source_hash", models.CharField(max_length=64)),
                        ("loaded_at", models.DateTimeField()),
                        ("published_at", models.DateTimeField(null=True)),
                        ("findings", models.JSONField(default=list)),
                        ("model", models.JSONField(default=dict)),
                        (
                            "network",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="editions",
                                to="assets.network",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="NetworkLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=64)),
                        ("kind", models.CharField(max_length=16)),
                        ("start", models.CharField(max_length=64)),
                        ("end", models.CharField(max_length=64)),
                        ("length_m", models.FloatField(default=0)),
                        ("diameter_mm", models.FloatField(default=0)),
                        ("material", models.CharField(blank=True, default="", max_length=32)),
                        ("path", models.JSONField(default=list)),
                        ("attributes", models.JSONField(default=dict)),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="links",
                                to="assets.networkedition",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("edition", "code"), name="one_link_per_code")],
                    },
                ),
                migrations.CreateModel(
                    name="NetworkNode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=64)),
                        ("kind", models.CharField(max_length=16)),
                        ("longitude", models.FloatField()),
                        ("latitude", models.FloatField()),
                        ("elevation_m", models.FloatField()),
                        ("attributes", models.JSONField(default=dict)),
                        (
                            "edition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="nodes",
                                to="assets.networkedition",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("edition", "code"), name="one_node_per_code")],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="Network",
            name="edition",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assets.networkedition"
            ),
        ),
    ]
