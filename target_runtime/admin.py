"""The admin page of the idempotency keys: look, search, and clear; nothing is edited."""

from django.contrib import admin
from django.http import HttpRequest

from target_runtime.models import IdempotencyKey


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Deleting a key lets the next call run. Keys that only Redis knows are not listed."""

    list_display = ("task", "state", "delivery", "attempt", "ends", "key")
    list_filter = ("state",)
    search_fields = ("key", "delivery")
    readonly_fields = ("key", "state", "owner", "delivery", "attempt", "result", "ends")
    exclude = ("ends_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Keys are made by tasks."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Keys are changed by tasks."""
        return False

    def delete_model(self, request: HttpRequest, obj: IdempotencyKey) -> None:
        """Clears the key in every store: Redis would answer for it else."""
        from target_runtime.idempotency.service import UniversalIdempotencyService

        UniversalIdempotencyService().store.clear(obj.key)
        super().delete_model(request, obj)
