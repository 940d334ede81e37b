"""The admin page of the idempotency keys: look, search, and clear; nothing is edited."""

from datetime import datetime

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from target_runtime.conf import current
from target_runtime.idempotency.service import UniversalIdempotencyService
from target_runtime.models import IdempotencyKey

SHOWN = 80
"""Characters of a result in the list."""


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Deleting a key lets the next call run. Keys that only Redis knows are not listed."""

    list_display = ("task", "scope", "call", "state", "shown_result", "delivery", "ends")
    list_display_links = ("task", "call")
    list_filter = ("state",)
    ordering = ("-ends_at", "key")
    search_fields = ("key", "delivery")
    readonly_fields = ("key", "state", "owner", "delivery", "attempt", "result_in_full", "ends")
    exclude = ("ends_at", "result")

    @admin.display(ordering="key")
    def task(self, obj: IdempotencyKey) -> str:
        """The task's name; sorted by the whole key, so that calls of one task stand together."""
        return obj.task

    @admin.display(description="result", empty_value="-")
    def shown_result(self, obj: IdempotencyKey) -> str | None:
        """The beginning of the result."""
        text = obj.shown_result
        return f"{text[: SHOWN - 1]}…" if len(text) > SHOWN else text or None

    @admin.display(description="result", empty_value="-")
    def result_in_full(self, obj: IdempotencyKey) -> str | None:
        """The whole result, on the page of its key."""
        return obj.shown_result or None

    @admin.display(ordering="ends_at")
    def ends(self, obj: IdempotencyKey) -> datetime:
        """When the lease or the time to live ends."""
        return obj.ends

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
