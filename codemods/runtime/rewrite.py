"""The parts of the runtime put in place; what stands already is kept, with a note."""

import ast
from collections.abc import Callable

from codemods.aliases import COUNTED, counted
from codemods.inventory.facts import binding_facts, parsed
from codemods.inventory.link import Inventory
from codemods.moves.tasks import decorator_index
from codemods.runtime import edits, parts
from codemods.runtime.decide import Add, Assign
from codemods.runtime.hooks import with_hooks
from codemods.runtime.places import (
    LONGEST,
    app_class,
    app_path,
    has_routes,
    in_the_way,
    locks,
    module_at,
    own_limits,
    own_task_class,
    places,
)
from codemods.runtime.requirements import with_requirement
from codemods.snapshot import Snapshot
from codemods.text import touched
from codemods.values import Change, Decision, Edit, Note, Rewrite


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """The added files and the edited ones, and a note for each part that found no place."""
    work = _Work(snapshot, inventory)
    kept = set()
    for item in sorted(decisions, key=lambda item: isinstance(item, Assign)):
        before, told = dict(work.data), len(work.notes)
        if isinstance(item, Add):
            work.add(item)
        elif isinstance(item, Assign):
            work.assign(item)
        if work.data == before and len(work.notes) > told:
            kept.add(item.id)
    changes = [
        Change(path, snapshot.read(path) if path in snapshot else None, data, path.endswith(".sh"))
        for path, data in sorted(work.data.items())
    ]
    changes = [change for change in changes if change.before != change.after]
    return Rewrite(tuple(changes), tuple(work.edits), tuple(work.notes), frozenset(kept))


class _Work:
    """Files in the making."""

    def __init__(self, snapshot: Snapshot, inventory: Inventory) -> None:
        self.files = snapshot
        self.inventory = inventory
        self.at = places(inventory)
        self.data: dict[str, bytes] = {}
        self.edits: list[Edit] = []
        self.notes: list[Note] = []

    def read(self, path: str) -> bytes | None:
        """A file as it is by now."""
        if path in self.data:
            return self.data[path]
        return self.files.read(path) if path in self.files else None

    def add(self, item: Add) -> None:
        """One part."""
        special: dict[str, Callable[[Add], None]] = {
            "requirement": self._requirement,
            "installed-app": self._installed_app,
            "task-class": self._task_class,
            "settings": self._settings,
            "in-force": self._in_force,
            "workers": self._workers,
            "hooks": self._hooks,
            "aliases": self._aliases,
        }
        if item.part in special:
            special[item.part](item)
        elif item.part in parts.EXPORTS:
            self._exports(item)
        elif item.part == "keys":
            self._own_or_new(item.path, parts.KEYS)
        elif item.part == "audit":
            self._own_or_new(item.path, parts.AUDIT)
        else:
            self._note(item.path, "runtime-part", f"there is no part '{item.part}' of the runtime")

    def _note(self, path: str, code: str, message: str) -> None:
        self.notes.append(Note(path, 0, code, message))

    def _new(self, path: str, text: str) -> bool:
        """Writes a file that does not exist yet, and the packages that lead to it."""
        if self.read(path) is not None:
            return False
        hidden = self._hidden_by(path)
        if hidden:
            self._note(
                path,
                "runtime-place",
                f"this would hide {hidden}, or be hidden by it: name another place in [tool.migrate.runtime]",
            )
            return True
        self.data[path] = text.encode()
        self.edits.append(Edit(path, 0, "is new"))
        folder = path.rpartition("/")[0]
        while path.endswith(".py") and folder != self.at.root and not self._is_script(path):
            init = f"{folder}/__init__.py"
            if self.read(init) is None and not self._has_modules(folder):
                self.data[init] = b""
            folder = folder.rpartition("/")[0]
        return True

    def _has_modules(self, folder: str) -> bool:
        """Whether a folder that is no package has modules below it, whose names a new package would change."""
        return any(path.startswith(f"{folder}/") for path in self.inventory.facts)

    def _own_or_new(self, path: str, text: str) -> None:
        """A file of this text; another one that stands there is the project's own."""
        if not self._new(path, text) and self.read(path) != text.encode():
            self._note(path, "runtime-kept", "this file of the project's own stays as it is")

    def _hands_on(self, path: str, name: str, module: str) -> bool:
        """Whether a module, as it is by now, has this name, and from this module of the runtime if one is given."""
        data = self.read(path)
        tree = parsed(data) if data is not None else None
        if not isinstance(tree, ast.Module):
            return False
        found = binding_facts(tree, path).get(name)
        if found is None or not module:
            return found is not None
        return found.kind == "import" and (found.target or "").startswith(module)

    def _hidden_by(self, path: str) -> str:
        """A module that a new package would hide, or a package that would hide a new module."""
        if not path.endswith(".py") or self._is_script(path):
            return ""
        package = f"{path.removesuffix('.py')}/__init__.py"
        if package in self.files:
            return package
        folder = path.rpartition("/")[0]
        while folder:
            if f"{folder}.py" in self.files and f"{folder}/__init__.py" not in self.files:
                return f"{folder}.py"
            folder = folder.rpartition("/")[0]
        return ""

    def _is_script(self, path: str) -> bool:
        return path.startswith(self.at.scripts + "/")

    def _exports(self, item: Add) -> None:
        _, module, names = parts.EXPORTS[item.part]
        if self._new(item.path, parts.exports(item.part)):
            return
        facts = self.inventory.facts.get(item.path)
        if facts is None or facts.error is not None:
            self._note(
                item.path,
                "runtime-kept",
                "this file can't be read as Python, so nothing is added to it",
            )
            return
        lacking = [name for name in names if name not in facts.bindings]
        own = [
            name for name in names if name in facts.bindings and not self._is_ours(item.path, name)
        ]
        if own:
            self._note(
                item.path, "runtime-kept", f"{', '.join(own)} of this project stay as they are"
            )
        if lacking:
            before = self.read(item.path)
            assert before is not None
            self.data[item.path] = edits.with_names(before, module, lacking)

    def _is_ours(self, path: str, name: str) -> bool:
        project = self.inventory.project
        return project.resolve(f"{project.module_of[path]}.{name}").startswith("target_runtime.")

    def _requirement(self, item: Add) -> None:
        before = self.read(item.path) if item.path else None
        text = before.decode("utf-8", "replace") if before else ""
        after = with_requirement(item.path, text) if text else None
        if after is not None:
            self.data[item.path] = after.encode()
            for path in locks(self.inventory, item.path):
                self._note(
                    path,
                    "runtime-lock",
                    f"make this anew from {item.path}, or installs lack the runtime",
                )
            return
        why = "nothing here asks for celery in a way that can be extended: add celery-converge-runtime to what production installs"
        self._note(item.path or "requirements.txt", "runtime-requirement", why)

    def _edited(
        self, item: Add, edit: Callable[[bytes], bytes | None], code: str, what: str
    ) -> None:
        before = self.read(item.path) if item.path else None
        after = edit(before) if before is not None else None
        if before is None or after is None:
            self._note(item.path or ".", code, what)
            return
        if after != before:
            self.data[item.path] = after
            lines = touched(before, after)
            self.edits.extend(Edit(item.path, line, item.because) for line in lines)

    def _installed_app(self, item: Add) -> None:
        self._edited(
            item,
            edits.with_app,
            "runtime-app",
            'INSTALLED_APPS is no plain list here: add "target_runtime" to it',
        )

    def _task_class(self, item: Add) -> None:
        by_hand = f'with_idempotency needs base=, or task_cls="{edits.TASK_CLS}"'
        own, made_by = own_task_class(self.inventory), app_class(self.inventory)
        if app_path(self.inventory) is None:
            why = f"there are several apps, {', '.join(self.inventory.app_names)}: {by_hand}"
        elif own:
            why = f"the app keeps its own task class {own}: {by_hand}"
        elif made_by:
            why = f"the app is made by {made_by}, which may give it a task class: {by_hand}"
        else:
            name = self.inventory.app_names[0].rpartition(".")[2]
            why = f"the app is not made by a plain call at the top of its module: {by_hand}"
            self._edited(
                item, lambda data: edits.with_task_class(data, name), "runtime-task-class", why
            )
            return
        self._note(item.path or ".", "runtime-task-class", why)

    def _settings(self, item: Add) -> None:
        project = self.inventory.project
        module, rest = project.split(self.inventory.app_names[0])
        routes = parts.OWN_ROUTES
        if has_routes(self.inventory):
            routes = parts.ROUTES_IN_FORCE.format(
                app=self.inventory.app_names[0], module=module, attribute=rest[0]
            )
        if not self._new(item.path, self._settings_text(routes)):
            self._note(
                item.path,
                "runtime-kept",
                "this module stays as it is; target_runtime.queues has the queues, target_runtime.defaults the safe defaults",
            )

    def _settings_text(self, routes: str) -> str:
        """The settings with limits for tasks that set none, unless some set just one of the two."""
        limits = own_limits(self.inventory)
        longest = f"longest_limit={max(limits):g}" if limits and max(limits) > LONGEST else ""
        return parts.SETTINGS.format(
            limits="" if limits else "limits, ",
            defaults=f"safe_defaults({longest})" + ("" if limits else " | limits()"),
            routes=routes,
            more=""
            if has_routes(self.inventory)
            else '\n            "task_routes": CELERY_TASK_ROUTES,',
        )

    def _in_force(self, item: Add) -> None:
        _, rest = self.inventory.project.split(self.inventory.app_names[0])
        module = module_at(self.inventory, "celery_settings")
        path = f"{self.at.tasks}/celery_settings.py"
        if not self._hands_on(path, "in_force", ""):
            why = f"{path} has no in_force: put the defaults in force by hand, with target_runtime.defaults.lacking"
            self._note(item.path or ".", "runtime-in-force", why)
            return
        self._edited(
            item,
            lambda data: edits.with_defaults(data, rest[0], module),
            "runtime-in-force",
            "the app is not made at the top of its module: put the defaults in force by hand",
        )
        self.edits.append(Edit(item.path, 0, item.because))
        self._early(item.path)

    def _early(self, path: str) -> None:
        """Says so if what is imported from the place for tasks brings more along."""
        along = in_the_way(self.inventory, self.at.tasks)
        if along:
            why = f"{along} is imported with {self.at.tasks}, and has imports of its own: see that it needs neither models nor tasks, or name another place in [tool.migrate.runtime]"
            self._note(path, "runtime-place", why)

    def _workers(self, item: Add) -> None:
        module = self.inventory.project.split(self.inventory.app_names[0])[0]
        up = "/".join([*[".."] * item.path.count("/"), *filter(None, [self.at.root])]) or "."
        text = parts.WORKERS.format(up=up, app=module.removesuffix(".celery"))
        self._own_or_new(item.path, text)

    def _hooks(self, item: Add) -> None:
        before = self.read(item.path)
        after = with_hooks(None if before is None else before.decode("utf-8", "replace"), self.at)
        if after is not None:
            self.data[item.path] = after.encode()
            return
        why = (
            "repos: is not the last key here: add the hooks celery-orphans and celery-audit by hand"
        )
        self._note(item.path, "runtime-hooks", why)

    def _aliases(self, item: Add) -> None:
        before = self.read(item.path) or b""
        after = counted(before)
        if COUNTED in before:
            return
        if after.count(b"count_uses") < 2:
            why = "this module is not as it was generated: count the uses of old names by calling target_runtime.aliases.count_uses(TASK_NAME_ALIASES) in its hook"
            self._note(item.path, "runtime-aliases", why)
            return
        self.data[item.path] = after
        self.edits.append(Edit(item.path, 0, "the runtime counts each use"))

    def assign(self, item: Assign) -> None:
        """A base class for one task."""
        task = next(
            (
                t
                for t in self.inventory.tasks
                if t.path == item.path and item.task in {t.name, t.qualname}
            ),
            None,
        )
        before = self.read(item.path)
        after, why = None, self._no_base(item)
        if task is not None and before is not None and not task.nested and not why:
            module = module_at(self.inventory, "base")
            known = [module, *self.inventory.project.path_of]
            first = frozenset(name.partition(".")[0] for name in known)
            after = edits.with_base(
                before,
                task.qualname,
                decorator_index(self.inventory, task),
                item.base,
                module,
                first,
            )
        if after is None or before is None or task is None:
            why = why or "its decorator is given ** options or is nested in a function or class"
            line = task.line if task is not None else 0
            message = (
                f"{item.task} can't be given base={item.base} here, since {why}: do so by hand"
            )
            self.notes.append(Note(item.path, line, "base-by-hand", message))
            return
        self.data[item.path] = after
        first_line = task.first_line or task.line
        self.edits.extend(
            Edit(item.path, at, f"base={item.base}: {item.before} -> {item.after}")
            for at in range(first_line, task.line + 1)
        )

    def _no_base(self, item: Assign) -> str:
        """Why the runtime's class can't be imported under its name; `""` if it can."""
        path = f"{self.at.tasks}/base.py"
        if not self._hands_on(path, item.base, "target_runtime"):
            return f"{path} has no {item.base} of the runtime"
        facts = self.inventory.facts.get(item.path)
        if (
            facts is not None
            and item.base in facts.bindings
            and not self._is_ours(item.path, item.base)
        ):
            return f"{item.base} is another thing in this file"
        along = in_the_way(self.inventory, self.at.tasks)
        if along:
            return f"{along} is imported with {self.at.tasks}, and has imports of its own"
        return ""
