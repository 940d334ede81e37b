"""The table of idempotency keys, read by the admin page; the store writes it with its own SQL."""

from datetime import datetime, timezone

from django.db import models

from target_runtime.idempotency.results import shown
from target_runtime.stores.sql import TABLE


class IdempotencyKey(models.Model):
    """A key in progress or completed. `ends_at` are seconds since the epoch by the database's clock."""

    STATES = (("P", "in progress"), ("C", "completed"))

    key: "models.CharField[str, str]" = models.CharField(max_length=255, primary_key=True)
    state: "models.CharField[str, str]" = models.CharField(max_length=1, choices=STATES)
    owner: "models.CharField[str, str]" = models.CharField(max_length=255)
    delivery: "models.CharField[str, str]" = models.CharField("task id", max_length=255)
    attempt: "models.IntegerField[int, int]" = models.IntegerField()
    result: "models.BinaryField[bytes | None, bytes | None]" = models.BinaryField(null=True)
    ends_at: "models.FloatField[float, float]" = models.FloatField(db_index=True)

    class Meta:
        """The table's name is the one that the store's statements have."""

        db_table = TABLE
        verbose_name = "idempotency key"

    def __str__(self) -> str:
        return self.key

    @property
    def task(self) -> str:
        """The task's name in the key."""
        return self._part(1) or self.key

    @property
    def scope(self) -> str:
        """The scope in the key."""
        return self._part(2)

    @property
    def call(self) -> str:
        """The beginning of what tells one call of a task from the others: a hash of its arguments."""
        return self._part(3)[:8]

    def _part(self, place: int) -> str:
        parts = self.key.split(":")
        return parts[place] if len(parts) == 4 else ""

    @property
    def shown_result(self) -> str:
        """The result as a person reads it, or where it is; empty for a run that has not ended."""
        return shown(self.result) if self.state == "C" else ""

    @property
    def ends(self) -> datetime:
        """When the lease or the time to live ends."""
        return datetime.fromtimestamp(self.ends_at, timezone.utc)
