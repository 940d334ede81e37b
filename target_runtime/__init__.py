"""What a migrated project runs on: task base classes, idempotency, queues, validators, workers."""

__version__ = "0.1.0"
