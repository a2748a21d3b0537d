import django.db.models.deletion
from django.db import migrations, models

import chengmai.core.identity
from chengmai.events.append_only import protect, release


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="IndicatorValue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=chengmai.core.identity.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("indicator", models.CharField(max_length=64)),
                ("rule_version", models.PositiveIntegerField()),
                ("span_start", models.DateTimeField()),
                ("span_end", models.DateTimeField()),
                ("scope", models.CharField(blank=True, default="", max_length=32)),
                ("numerator", models.BigIntegerField()),
                ("denominator", models.BigIntegerField()),
                ("computed_at", models.DateTimeField()),
                ("lineage_hash", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["indicator", "span_start", "computed_at"], name="budget_indi_indicat_0488a5_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("indicator", "span_start", "scope", "lineage_hash"), name="one_value_per_set_of_inputs"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorInput",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_kind", models.CharField(max_length=16)),
                ("object_id", models.CharField(max_length=64)),
                ("object_version", models.PositiveIntegerField()),
                ("counted", models.BooleanField()),
                ("fact", models.JSONField(default=dict)),
                (
                    "value",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="inputs", to="budget.indicatorvalue"
                    ),
                ),
            ],
        ),
        migrations.RunPython(
            protect("budget_indicatorinput", "budget_indicatorvalue"),
            release("budget_indicatorinput", "budget_indicatorvalue"),
        ),
    ]
