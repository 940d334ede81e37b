"""The admin page of the idempotency keys: look, search, and clear; nothing is edited."""

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from target_runtime.conf import current
from target_runtime.idempotency.service import UniversalIdempotencyService
from target_runtime.models import IdempotencyKey


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Deleting a key lets the next call run. Keys that only Redis knows are not listed."""

    list_display = ("task", "state", "delivery", "attempt", "ends", "key")
    list_filter = ("state",)
    search_fields = ("key", "delivery")
    readonly_fields = ("key", "state", "owner", "delivery", "attempt", "result", "ends")
    exclude = ("ends_at",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[IdempotencyKey]":
        """The keys of the database that the settings name."""
        found: QuerySet[IdempotencyKey] = super().get_queryset(request)
        return found.using(current().database)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Keys are made by tasks."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Keys are changed by tasks."""
        return False

    def delete_model(self, request: HttpRequest, obj: IdempotencyKey) -> None:
        """Clears the key in every store: Redis would answer for it else."""
        key = obj.key
        super().delete_model(request, obj)
        _clear_after_commit([key])

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[IdempotencyKey]") -> None:
        """Clears each of the keys in every store."""
        keys = list(queryset.values_list("key", flat=True))
        super().delete_queryset(request, queryset)
        _clear_after_commit(keys)


def _clear_after_commit(keys: list[str]) -> None:
    """The stores have connections of their own, which a transaction that is open would block."""

    def clear() -> None:
        store = UniversalIdempotencyService().store
        for key in keys:
            store.clear(key)

    transaction.on_commit(clear, using=current().database)
