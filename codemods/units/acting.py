"""Code that acts on other modules while its file is imported: it sets their state, or enters itself there.

lob.api_key = settings.LOB_KEY        admin.site.register(Order)        @receiver(post_save)
"""

import ast
from collections.abc import Iterator

from codemods.inventory.import_time import import_time_nodes, is_program
from codemods.units.reads import last_word, root_of
from codemods.units.units import Unit

OF_WORKERS = frozenset(
    {
        "task_received", "task_prerun", "task_postrun", "task_success", "task_failure", "task_retry",
        "task_revoked", "task_rejected", "task_unknown", "task_internal_error", "heartbeat_sent",
        "celeryd_init", "celeryd_after_setup", "worker_init", "worker_ready", "worker_before_create_process",
        "worker_process_init", "worker_process_shutdown", "worker_shutting_down", "worker_shutdown",
        "beat_init", "beat_embedded_init", "setup_logging", "after_setup_logger",
        "after_setup_task_logger", "on_after_configure", "on_after_finalize", "on_after_fork",
    }
)  # fmt: skip
"""Celery's signals that only workers and beat send, which load every file of tasks."""


def acts_outside(unit: Unit) -> bool:
    """Whether a unit does something to other modules when it is imported, in whatever process."""
    if unit.kind == "handler":
        return not all(map(_is_of_workers, unit.nodes))
    if unit.kind != "effect" or "__all__" in unit.names or not unit.reads.all:
        return False
    return any(map(_acts, import_time_nodes([n for n in unit.nodes if not is_program(n)])))


def acts_on(unit: Unit) -> frozenset[str]:
    """The names of what a unit sets or calls while it is imported."""
    found = set[str]()
    for node in import_time_nodes(list(unit.nodes)):
        found.update(map(root_of, _targets(node)))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found.add(root_of(node.value))
    return frozenset(found & unit.reads.all)


def _acts(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return any(isinstance(part, ast.Call) for part in import_time_nodes([node]))
    return any(isinstance(part, ast.Attribute | ast.Subscript) for part in _targets(node))


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign | ast.Delete):
        yield from node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        yield node.target


def _is_of_workers(node: ast.stmt) -> bool:
    """Whether a statement connects itself to nothing but signals of workers."""
    uses = getattr(node, "decorator_list", None) or [getattr(node, "value", None)]
    called = [use.func if isinstance(use, ast.Call) else use for use in uses]
    found = [c for c in called if last_word(c) in {"connect", "receiver"}]
    return bool(found) and all(
        isinstance(c, ast.Attribute) and last_word(c.value) in OF_WORKERS for c in found
    )
