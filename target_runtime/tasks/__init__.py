"""The base classes of tasks."""

from target_runtime.tasks.base import (
    EmailTask,
    ExternalAPITask,
    IdempotentTask,
    MaintenanceTask,
    ReportTask,
    RuntimeTask,
)

__all__ = [
    "EmailTask",
    "ExternalAPITask",
    "IdempotentTask",
    "MaintenanceTask",
    "ReportTask",
    "RuntimeTask",
]
