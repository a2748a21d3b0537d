import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chengmai.core.identity
import chengmai.devices.states
from chengmai.events.append_only import protect, release
from chengmai.events.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        ("access", "__first__"),
        ("assets", "0001_initial"),
        ("sensing", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="DeviceType",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32, unique=True)),
                        ("name_zh", models.CharField(max_length=64)),
                        ("name_en", models.CharField(max_length=64)),
                        ("quantities", models.JSONField(default=list)),
                        ("calibration_days", models.PositiveIntegerField(null=True)),
                        ("battery_days", models.PositiveIntegerField(null=True)),
                        ("interval_s", models.PositiveIntegerField(default=300)),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                ),
                migrations.CreateModel(
                    name="Device",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=32, unique=True)),
                        ("serial", models.CharField(blank=True, default="", max_length=64)),
                        ("maker", models.CharField(blank=True, default="", max_length=64)),
                        ("model", models.CharField(blank=True, default="", max_length=64)),
                        ("project", models.CharField(blank=True, default="", max_length=32)),
                        ("lot", models.CharField(blank=True, default="", max_length=32)),
                        ("installed_on", models.DateField(null=True)),
                        ("longitude", models.FloatField(null=True)),
                        ("latitude", models.FloatField(null=True)),
                        ("element", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("in_stock", "in_stock"),
                                    ("installed", "installed"),
                                    ("in_service", "in_service"),
                                    ("out_of_service", "out_of_service"),
                                    ("scrapped", "scrapped"),
                                ],
                                default=chengmai.devices.states.DeviceState["IN_STOCK"],
                                max_length=16,
                            ),
                        ),
                        ("note", models.CharField(blank=True, default="", max_length=500)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "gateway",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="device",
                                to="sensing.gateway",
                            ),
                        ),
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
                            "type",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="devices.devicetype"),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["project", "lot", "state"], name="devices_dev_project_e503e8_idx")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("serial", ""), _negated=True),
                                fields=("maker", "serial"),
                                name="one_device_per_serial",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("lot", ""), models.Q(("project", ""), _negated=True), _connector="OR"
                                ),
                                name="a_lot_belongs_to_a_project",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MaintenanceOrder",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=24, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("fault", "fault"),
                                    ("calibration", "calibration"),
                                    ("battery", "battery"),
                                    ("inspection", "inspection"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("cause", models.CharField(max_length=500)),
                        ("alarm", models.CharField(blank=True, default="", max_length=24)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "open"),
                                    ("assigned", "assigned"),
                                    ("done", "done"),
                                    ("void", "void"),
                                ],
                                default=chengmai.devices.states.MaintenanceState["OPEN"],
                                max_length=16,
                            ),
                        ),
                        ("due_on", models.DateField(null=True)),
                        ("opened_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "assignee",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="devices.device"
                            ),
                        ),
                        (
                            "opened_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "opened_at"], name="devices_mai_state_fe4438_idx")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    models.Q(("alarm", ""), _negated=True), ("state__in", ["open", "assigned"])
                                ),
                                fields=("device", "kind"),
                                name="one_pending_order_of_alarms_per_kind",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Calibration",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("on", models.DateField()),
                        ("by", models.CharField(max_length=128)),
                        ("quantity", models.CharField(max_length=32)),
                        ("reference", models.FloatField()),
                        ("before_error", models.FloatField()),
                        ("after_error", models.FloatField()),
                        ("passed", models.BooleanField(null=True)),
                        ("next_due", models.DateField(null=True)),
                        ("certificate", models.CharField(blank=True, default="", max_length=64)),
                        ("certificate_name", models.CharField(blank=True, default="", max_length=128)),
                        ("noted_at", models.DateTimeField()),
                        (
                            "noted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calibrations",
                                to="devices.device",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["device", "on"], name="devices_cal_device__31e73a_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="BatteryNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("percent", models.FloatField()),
                        ("replaced", models.BooleanField(default=False)),
                        (
                            "noted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="battery_notes",
                                to="devices.device",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["device", "at"], name="devices_bat_device__b44d91_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="DeviceEvent",
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="history", to="devices.device"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["device", "at"], name="devices_dev_device__437d0c_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="DeviceStream",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField(null=True)),
                        (
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="feeds", to="devices.device"
                            ),
                        ),
                        (
                            "stream",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="fed_by",
                                to="sensing.datastream",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until", None)), fields=("stream",), name="one_device_per_stream"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MaintenanceEvent",
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
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="history",
                                to="devices.maintenanceorder",
                            ),
                        ),
                    ],
                ),
            ]
        ),
        migrations.RunPython(
            protect("devices_deviceevent", "devices_calibration", "devices_batterynote", "devices_maintenanceevent"),
            release("devices_deviceevent", "devices_calibration", "devices_batterynote", "devices_maintenanceevent"),
        ),
    ]
