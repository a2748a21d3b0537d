import django.db.models.deletion
from django.db import migrations, models

import chengmai.core.identity
from chengmai.events.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="OutboxEvent",
                    fields=[
                        ("sequence", models.BigAutoField(primary_key=True, serialize=False)),
                        ("id", models.UUIDField(default=chengmai.core.identity.new_id, editable=False, unique=True)),
                        ("name", models.CharField(max_length=64)),
                        ("aggregate", models.CharField(db_index=True, max_length=96)),
                        ("payload", models.JSONField(default=dict)),
                        ("happened_at", models.DateTimeField()),
                        ("spread", models.BooleanField(default=False)),
                    ],
                    options={
                        "ordering": ("sequence",),
                        "indexes": [
                            models.Index(
                                condition=models.Q(("spread", False)), fields=["sequence"], name="events_to_spread"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("consumer", models.CharField(max_length=96)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("pending", "Pending"),
                                    ("done", "Done"),
                                    ("dead", "Dead"),
                                    ("discarded", "Discarded"),
                                ],
                                default="pending",
                                max_length=16,
                            ),
                        ),
                        ("attempts", models.PositiveIntegerField(default=0)),
                        ("due_at", models.DateTimeField()),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("lease_by", models.CharField(blank=True, default="", max_length=36)),
                        ("error", models.TextField(blank=True, default="")),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="events.outboxevent",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["state", "due_at"], name="events_deli_state_7da8bc_idx")],
                        "constraints": [
                            models.UniqueConstraint(fields=("event", "consumer"), name="one_delivery_per_consumer")
                        ],
                    },
                ),
            ]
        ),
    ]
