"""The table of idempotency keys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the table; an SQLite store in use before may have made it, without the index."""

    initial = True
    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "key",
                    models.CharField(max_length=255, primary_key=True, serialize=False),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("P", "in progress"), ("C", "completed")], max_length=1
                    ),
                ),
                ("owner", models.CharField(max_length=255)),
                ("delivery", models.CharField(max_length=255, verbose_name="task id")),
                ("attempt", models.IntegerField()),
                ("result", models.BinaryField(null=True)),
                ("ends_at", models.FloatField(db_index=True)),
            ],
            options={"verbose_name": "idempotency key", "db_table": "converge_idempotency"},
        ),
    ]
