import django.db.models.deletion
from django.db import migrations, models

from chengmai.events.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        ("assets", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="PayloadMapping",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32, unique=True)),
                        ("name", models.CharField(max_length=128)),
                        ("document", models.JSONField()),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                ),
                migrations.CreateModel(
                    name="Gateway",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32, unique=True)),
                        ("name", models.CharField(max_length=128)),
                        ("token_hash", models.CharField(max_length=128)),
                        ("active", models.BooleanField(default=True)),
                        (
                            "owner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.organisation"),
                        ),
                        (
                            "mapping",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gateways",
                                to="sensing.payloadmapping",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Datastream",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=64, unique=True)),
                        ("name", models.CharField(max_length=128)),
                        (
                            "quantity",
                            models.CharField(
                                choices=[
                                    ("pressure_head", "pressure_head"),
                                    ("flow", "flow"),
                                    ("level", "level"),
                                    ("demand", "demand"),
                                    ("gas_pressure", "gas_pressure"),
                                    ("gas_flow", "gas_flow"),
                                    ("methane", "methane"),
                                    ("ethane", "ethane"),
                                    ("air_temperature", "air_temperature"),
                                    ("water_level", "water_level"),
                                    ("supply_temperature", "supply_temperature"),
                                    ("return_temperature", "return_temperature"),
                                    ("heat_pressure", "heat_pressure"),
                                    ("heat_flow", "heat_flow"),
                                    ("heat_power", "heat_power"),
                                    ("make_up_flow", "make_up_flow"),
                                    ("room_temperature", "room_temperature"),
                                    ("chlorine", "chlorine"),
                                    ("turbidity", "turbidity"),
                                    ("ph", "ph"),
                                    ("battery", "battery"),
                                    ("volume", "volume"),
                                ],
                                max_length=32,
                            ),
                        ),
                        ("element", models.CharField(blank=True, default="", max_length=64)),
                        ("longitude", models.FloatField(null=True)),
                        ("latitude", models.FloatField(null=True)),
                        ("low", models.FloatField(null=True)),
                        ("high", models.FloatField(null=True)),
                        ("interval_s", models.PositiveIntegerField(default=300)),
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
                        (
                            "gateway",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="datastreams",
                                to="sensing.gateway",
                            ),
                        ),
                        (
                            "sender",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="own_datastreams",
                                to="sensing.gateway",
                            ),
                        ),
                    ],
                ),
            ]
        ),
    ]
