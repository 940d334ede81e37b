"""A base class in a task's decorator, with its import."""

from msgspec import structs

from codemods.inventory.decorating import decorator_index
from codemods.runtime import edits
from codemods.runtime.bases import Assign
from codemods.runtime.files import Files
from codemods.runtime.places import in_the_way, module_at
from codemods.values import Edit, Note


def rebase(work: Files, item: Assign) -> None:
    """A base class for one task."""
    task = next(
        (
            t
            for t in work.inventory.tasks
            if t.path == item.path and item.task in {t.name, t.qualname}
        ),
        None,
    )
    before = work.read(item.path)
    after, why = None, _no_base(work, item)
    if task is not None and before is not None and not task.nested and not why:
        module = module_at(work.inventory, "base")
        layout = work.inventory.layout(item.path)
        own = layout.first_party | {module.partition(".")[0]}
        after = edits.with_base(
            before,
            task.qualname,
            decorator_index(work.inventory, task),
            item.base,
            module,
            structs.replace(layout, first_party=own),
        )
    if after is None or before is None or task is None:
        why = (
            why
            or "its decorator is given ** options or is nested in a function or class, or another function of the file has its name"
        )
        line = task.line if task is not None else 0
        message = f"base={item.base} is not written for {item.task}, since {why}: write it by hand"
        work.notes.append(Note(item.path, line, "base-by-hand", message))
        return
    work.data[item.path] = after
    first_line = task.first_line or task.line
    work.edits.extend(
        Edit(item.path, at, f"base={item.base}: {item.before} -> {item.after}")
        for at in range(first_line, task.line + 1)
    )


def _no_base(work: Files, item: Assign) -> str:
    """Why the runtime's class can't be imported under its name; `""` if it can."""
    if not work.inventory.editable(item.path):
        return work.inventory.why_not_edited(item.path)
    path = f"{work.at.tasks}/base.py"
    if not work.hands_on(path, item.base, "target_runtime"):
        return f"{path} has no {item.base} of the runtime"
    facts = work.inventory.facts.get(item.path)
    if facts is not None and not work.is_ours(item.path, item.base):
        starred = work.inventory.project.resolve(
            f"{work.inventory.project.module_of[item.path]}.{item.base}"
        )
        is_starred = work.inventory.project.binding(starred) is not None
        if item.base in facts.bindings or is_starred:
            return f"{item.base} is another thing in this file"
    along = in_the_way(work.inventory, work.at.tasks)
    if along:
        return f"{along} is imported with {work.at.tasks}, and has imports of its own"
    return ""
