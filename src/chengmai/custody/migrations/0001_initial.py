import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chengmai.core.identity
import chengmai.custody.terms
from chengmai.custody.protection import protect_tickets, unprotect_tickets
from chengmai.events.append_only import protect, release
from chengmai.events.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        ("access", "__first__"),
        ("sensing", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="ManifestSerial",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("prefix", models.CharField(max_length=8, unique=True)),
                        ("last", models.PositiveIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Manifest",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.CharField(max_length=14, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("handed_over", "handed_over"),
                                    ("under_way", "under_way"),
                                    ("arrived", "arrived"),
                                    ("confirmed", "confirmed"),
                                    ("void", "void"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("sender_contact", models.CharField(max_length=128)),
                        (
                            "material",
                            models.CharField(
                                choices=[
                                    ("kitchen_waste", "kitchen_waste"),
                                    ("sludge", "sludge"),
                                    ("night_soil", "night_soil"),
                                    ("fly_ash", "fly_ash"),
                                    ("household_waste", "household_waste"),
                                ],
                                max_length=24,
                            ),
                        ),
                        ("waste_name", models.CharField(max_length=64)),
                        ("waste_code", models.CharField(blank=True, default="", max_length=16)),
                        ("form", models.CharField(blank=True, default="", max_length=32)),
                        ("hazard", models.CharField(blank=True, default="", max_length=32)),
                        ("packing", models.CharField(blank=True, default="", max_length=32)),
                        ("batch", models.CharField(blank=True, default="", max_length=32)),
                        ("sent_kg", models.PositiveIntegerField()),
                        ("handed_over_at", models.DateTimeField()),
                        ("permit", models.CharField(blank=True, default="", max_length=64)),
                        ("driver", models.CharField(blank=True, default="", max_length=64)),
                        ("plate", models.CharField(max_length=16)),
                        ("route", models.CharField(blank=True, default="", max_length=255)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("arrived_at", models.DateTimeField(null=True)),
                        ("carried_kg", models.PositiveIntegerField(null=True)),
                        ("licence", models.CharField(blank=True, default="", max_length=64)),
                        ("received_kg", models.PositiveIntegerField(null=True)),
                        ("major_difference", models.BooleanField(null=True)),
                        ("opinion", models.CharField(blank=True, default="", max_length=255)),
                        ("disposal", models.CharField(blank=True, default="", max_length=64)),
                        ("moisture_permille", models.PositiveSmallIntegerField(null=True)),
                        ("confirmed_at", models.DateTimeField(null=True)),
                        (
                            "carrier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "receiver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "sender",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["handed_over_at"], name="custody_man_handed__ad7aea_idx"),
                            models.Index(fields=["receiver", "handed_over_at"], name="custody_man_receive_6330c5_idx"),
                            models.Index(fields=["plate", "handed_over_at"], name="custody_man_plate_a80642_idx"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("sent_kg__gt", 0)), name="a_manifest_sends_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("moisture_permille", None), ("moisture_permille__lte", 1000), _connector="OR"
                                ),
                                name="a_share_of_water_is_a_share",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlantIntake",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "material",
                            models.CharField(
                                choices=[
                                    ("kitchen_waste", "kitchen_waste"),
                                    ("sludge", "sludge"),
                                    ("night_soil", "night_soil"),
                                    ("fly_ash", "fly_ash"),
                                    ("household_waste", "household_waste"),
                                ],
                                max_length=24,
                            ),
                        ),
                        ("day", models.DateField()),
                        ("revision", models.PositiveIntegerField()),
                        ("kg", models.PositiveBigIntegerField()),
                        ("told_at", models.DateTimeField()),
                        (
                            "receiver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "told_by",
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
                            models.UniqueConstraint(
                                fields=("receiver", "material", "day", "revision"), name="one_intake_of_a_revision"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RefusedTicket",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("gateway", models.CharField(max_length=32)),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("malformed", "malformed"),
                                    ("oversized", "oversized"),
                                    ("unknown_scale", "unknown_scale"),
                                    ("unmapped", "unmapped"),
                                    ("far_future", "far_future"),
                                    ("told_otherwise", "told_otherwise"),
                                ],
                                max_length=24,
                            ),
                        ),
                        ("detail", models.CharField(max_length=255)),
                        ("payload", models.TextField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("size_bytes", models.PositiveIntegerField()),
                        ("received_at", models.DateTimeField()),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="access.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("gateway", "sha256"), name="one_refusal_of_a_message")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Resolution",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("fingerprint", models.CharField(max_length=64, unique=True)),
                        (
                            "rule",
                            models.CharField(
                                choices=[
                                    ("missing_leg", "missing_leg"),
                                    ("duplicate_ticket", "duplicate_ticket"),
                                    ("net_wrong", "net_wrong"),
                                    ("tare_drift", "tare_drift"),
                                    ("arrival_before_departure", "arrival_before_departure"),
                                    ("trip_time", "trip_time"),
                                    ("over_capacity", "over_capacity"),
                                    ("expired_licence", "expired_licence"),
                                    ("expired_scale", "expired_scale"),
                                    ("difference", "difference"),
                                    ("intake_total", "intake_total"),
                                    ("chelation", "chelation"),
                                    ("not_confirmed", "not_confirmed"),
                                    ("two_places", "two_places"),
                                    ("negative", "negative"),
                                    ("unregistered_vehicle", "unregistered_vehicle"),
                                    ("plate_differs", "plate_differs"),
                                ],
                                max_length=32,
                            ),
                        ),
                        ("subject", models.CharField(max_length=128)),
                        ("day", models.DateField()),
                        ("document", models.JSONField()),
                        (
                            "decision",
                            models.CharField(
                                choices=[
                                    ("accept", "accept"),
                                    ("void_ticket", "void_ticket"),
                                    ("further_ticket", "further_ticket"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("reason", models.CharField(max_length=255)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "plant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["plant", "day"], name="custody_res_plant_i_a4397e_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True), name="a_decision_has_its_reason"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Route",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("distance_m", models.PositiveIntegerField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "receiver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                        (
                            "sender",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("sender", "receiver"), name="one_route_between_two")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Scale",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=32, unique=True)),
                        ("station", models.CharField(max_length=128)),
                        ("mapping", models.JSONField(blank=True, default=dict)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "gateway",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="sensing.gateway",
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
                    name="ThresholdEdition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(unique=True)),
                        ("document", models.JSONField()),
                        ("reason", models.CharField(max_length=255)),
                        ("set_at", models.DateTimeField()),
                        (
                            "set_by",
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
                    name="Vehicle",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("plate", models.CharField(max_length=16, unique=True)),
                        ("capacity_kg", models.PositiveIntegerField()),
                        ("tare_kg", models.PositiveIntegerField()),
                        ("active", models.BooleanField(default=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "carrier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ChelationTest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("batch", models.CharField(max_length=32)),
                        ("report", models.CharField(max_length=64)),
                        ("passed", models.BooleanField()),
                        ("tested_at", models.DateTimeField()),
                        ("noted_at", models.DateTimeField()),
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
                            "sender",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("sender", "report"), name="one_test_of_a_report")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Licence",
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
                                    ("carrier_permit", "carrier_permit"),
                                    ("receiver_licence", "receiver_licence"),
                                ],
                                max_length=24,
                            ),
                        ),
                        ("number", models.CharField(max_length=64)),
                        (
                            "material",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("kitchen_waste", "kitchen_waste"),
                                    ("sludge", "sludge"),
                                    ("night_soil", "night_soil"),
                                    ("fly_ash", "fly_ash"),
                                    ("household_waste", "household_waste"),
                                ],
                                default="",
                                max_length=24,
                            ),
                        ),
                        ("valid_from", models.DateField()),
                        ("valid_until", models.DateField()),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "number"), name="one_licence_of_a_number"),
                            models.CheckConstraint(
                                condition=models.Q(("valid_until__gte", models.F("valid_from"))),
                                name="a_licence_begins_before_it_ends",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ManifestStep",
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
                                    ("hand_over", "hand_over"),
                                    ("depart", "depart"),
                                    ("arrive", "arrive"),
                                    ("confirm", "confirm"),
                                    ("void", "void"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("told", models.JSONField()),
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
                            "manifest",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="custody.manifest"
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ScaleCalibration",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("on", models.DateField()),
                        ("valid_until", models.DateField()),
                        ("certificate", models.CharField(max_length=64)),
                        ("noted_at", models.DateTimeField()),
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
                            "scale",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calibrations",
                                to="custody.scale",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("scale", "certificate"), name="one_calibration_of_a_certificate"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("valid_until__gte", models.F("on"))),
                                name="a_calibration_holds_after_it_was_made",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Ticket",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.CharField(max_length=64)),
                        ("plate", models.CharField(max_length=16)),
                        ("manifest_number", models.CharField(blank=True, default="", max_length=32)),
                        (
                            "material",
                            models.CharField(
                                choices=[
                                    ("kitchen_waste", "kitchen_waste"),
                                    ("sludge", "sludge"),
                                    ("night_soil", "night_soil"),
                                    ("fly_ash", "fly_ash"),
                                    ("household_waste", "household_waste"),
                                ],
                                max_length=24,
                            ),
                        ),
                        ("gross_kg", models.IntegerField()),
                        ("tare_kg", models.IntegerField()),
                        ("net_kg", models.IntegerField()),
                        ("gross_at", models.DateTimeField()),
                        ("tare_at", models.DateTimeField()),
                        ("weigher", models.CharField(blank=True, default="", max_length=64)),
                        ("photos", models.JSONField(default=list)),
                        ("source", models.CharField(choices=[("scale", "scale"), ("hand", "hand")], max_length=8)),
                        ("raw", models.TextField(blank=True, default="")),
                        ("raw_sha256", models.CharField(blank=True, default="", max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("accepted_at", models.DateTimeField()),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "entered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "scale",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="custody.scale"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["gross_at"], name="custody_tic_gross_a_9c58c7_idx"),
                            models.Index(fields=["manifest_number"], name="custody_tic_manifes_0fff1b_idx"),
                            models.Index(fields=["plate", "gross_at"], name="custody_tic_plate_2f9874_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("scale", "number"), name="one_ticket_of_a_number"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("source", chengmai.custody.terms.TicketSource["SCALE"]),
                                        models.Q(("raw_sha256", ""), _negated=True),
                                    ),
                                    models.Q(
                                        ("confirmed_by__isnull", False),
                                        ("entered_by__isnull", False),
                                        ("source", chengmai.custody.terms.TicketSource["HAND"]),
                                        models.Q(("entered_by", models.F("confirmed_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="a_ticket_is_told_by_a_scale_or_by_two_people",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HandTicket",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.CharField(max_length=64)),
                        ("document", models.JSONField()),
                        ("why", models.CharField(max_length=255)),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "waiting"), ("confirmed", "confirmed"), ("refused", "refused")],
                                max_length=16,
                            ),
                        ),
                        ("entered_at", models.DateTimeField()),
                        ("judged_at", models.DateTimeField(null=True)),
                        ("refusal", models.CharField(blank=True, default="", max_length=255)),
                        (
                            "entered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "judged_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "scale",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="custody.scale"
                            ),
                        ),
                        (
                            "ticket",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="typed",
                                to="custody.ticket",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("judged_by", None),
                                    models.Q(("judged_by", models.F("entered_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="a_second_person_judges_what_was_typed",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TicketVoid",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reason", models.CharField(max_length=255)),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "ticket",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="void", to="custody.ticket"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reason", ""), _negated=True),
                                name="a_ticket_is_voided_with_a_reason",
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.RunPython(
            protect(
                "custody_ticket",
                "custody_ticketvoid",
                "custody_refusedticket",
                "custody_resolution",
                "custody_manifeststep",
                "custody_scalecalibration",
                "custody_chelationtest",
                "custody_plantintake",
                "custody_thresholdedition",
            ),
            release(
                "custody_ticket",
                "custody_ticketvoid",
                "custody_refusedticket",
                "custody_resolution",
                "custody_manifeststep",
                "custody_scalecalibration",
                "custody_chelationtest",
                "custody_plantintake",
                "custody_thresholdedition",
            ),
        ),
        migrations.RunPython(protect_tickets, unprotect_tickets),
    ]
