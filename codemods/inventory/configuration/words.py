"""Which names hold which of Celery's settings, however a project spells them."""

import ast

from codemods.inventory.expressions import text_of

SETTINGS: dict[str, tuple[str, ...]] = {
    "beat_schedule": ("beat_schedule", "celerybeat_schedule"),
    "task_routes": ("task_routes", "celery_routes"),
    "task_default_queue": ("task_default_queue", "celery_default_queue"),
    "beat_scheduler": ("beat_scheduler", "celerybeat_scheduler"),
    "timezone": ("timezone", "time_zone"),
}
"""Settings by their new names, with the ends, in lower case, of the names that hold them."""

OWNERS = frozenset({"settings", "conf"})
"""Last words of what holds settings."""
COPIES = frozenset({"copy", "deepcopy"})


def setting_of(holder: str) -> str:
    """The setting that a name of this end holds, or `""`."""
    lowered = holder.lower()
    return next((name for name, ends in SETTINGS.items() if lowered.endswith(ends)), "")


def holder_of(node: ast.AST) -> str:
    """The last word of what is assigned or changed: of `app.conf["beat_schedule"]` the text."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return text_of(node.slice) or ""
    return ""


def is_conf(node: ast.AST) -> bool:
    """Whether an expression is the configuration of an app: `app.conf`, `current_app.conf`, `conf`."""
    if isinstance(node, ast.Attribute):
        return node.attr == "conf"
    return isinstance(node, ast.Name) and node.id == "conf"


def conf_setting(node: ast.AST) -> str:
    """The holder's name in `app.conf.KEY` and `app.conf["KEY"]`, or `""`."""
    inner = node.value if isinstance(node, ast.Attribute | ast.Subscript) else None
    return holder_of(node) if inner is not None and is_conf(inner) else ""


def handed_setting(node: ast.expr) -> str:
    """The name of a setting, where an expression is just what that holds, or a copy of it; or `""`.

    As in `settings.NAME`, `app.conf["NAME"]`, `getattr(settings, "NAME", {})` and `dict(settings.NAME)`.
    """
    if isinstance(node, ast.Attribute | ast.Subscript):
        return holder_of(node) if holder_of(node.value) in OWNERS else ""
    if not isinstance(node, ast.Call):
        return ""
    function, first = node.func, node.args[0] if node.args else None
    if holder_of(function) in COPIES and isinstance(function, ast.Attribute) and not node.args:
        return handed_setting(function.value)
    if holder_of(function) in COPIES | {"dict"} and first is not None and len(node.args) == 1:
        return handed_setting(first)
    if isinstance(function, ast.Attribute) and function.attr == "get" and first is not None:
        return text_of(first) or "" if holder_of(function.value) in OWNERS else ""
    if holder_of(function) == "getattr" and len(node.args) > 1 and first is not None:
        return text_of(node.args[1]) or "" if holder_of(first) in OWNERS else ""
    return ""
