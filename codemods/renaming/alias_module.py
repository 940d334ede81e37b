"""The generated module that keeps old task names alive: its text, with or without counted uses."""

from collections.abc import Iterator

from codemods.values import Edit

HOOK = "register_task_aliases"

TEMPLATE = '''\
"""Old names of renamed tasks, kept alive until no message in flight bears them."""

from celery.signals import celeryd_after_setup

TASK_NAME_ALIASES = {
%s}
"""Old name to new name. Both run the very same task object."""


def register_task_aliases(app):
    """Makes every worker of this app answer to both names of each renamed task."""

    def on_finalize(sender, **kwargs):
        _add_aliases(app)

    def on_worker_setup(instance, **kwargs):
        # Tasks of modules that were imported after the app was finalized.
        if instance.app is app:
            _add_aliases(app)

    app.on_after_finalize.connect(on_finalize, weak=False)
    celeryd_after_setup.connect(on_worker_setup, weak=False)


def _add_aliases(app):
    for old, new in TASK_NAME_ALIASES.items():
        found = [app.tasks[name] for name in (old, new) if name in app.tasks]
        if not found or found[0] is not found[-1]:
            # Nobody here has it, or two tasks of their own bear the names: neither is hidden.
            continue
        task = found[0]
        app.tasks[old] = app.tasks[new] = task
        # A worker logs the last name that it finds for an object: that is the task's own.
        app.tasks[task.name] = app.tasks.pop(task.name)
'''


def made_anew(path: str, before: bytes | None) -> Iterator[Edit]:
    """A generated file may differ in every line."""
    for line in range((before or b"").count(b"\n") + 1):
        yield Edit(path, line, "is generated")


COUNTED = b"target_runtime.aliases"


def alias_module(table: dict[str, str], before: bytes = b"") -> bytes:
    """The text of the generated module for these pairs; one that counts their uses goes on so."""
    lines = [f"    {quoted(old)}: {quoted(new)},\n" for old, new in sorted(table.items())]
    made = (TEMPLATE % "".join(lines)).encode("utf-8")
    return counted(made) if COUNTED in before else made


def counted(module: bytes) -> bytes:
    """The generated module with each use of an old name counted by the target runtime."""
    imported = b"import celeryd_after_setup\n"
    told = b'answer to both names of each renamed task."""\n'
    module = module.replace(
        imported, imported + b"from target_runtime.aliases import count_uses\n", 1
    )
    return module.replace(told, told + b"    count_uses(TASK_NAME_ALIASES)\n", 1)


def quoted(text: str) -> str:
    """A Python literal in double quotes where that needs no escapes."""
    return (
        f'"{text}"' if '"' not in text and text.isprintable() and "\\" not in text else repr(text)
    )
