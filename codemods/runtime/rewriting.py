"""The parts of the runtime put in place; what stands already is kept, with a note."""

from collections.abc import Callable

from codemods.inventory.link import Inventory
from codemods.renaming.alias_module import COUNTED, counted
from codemods.runtime import edits, parts
from codemods.runtime.bases import Assign
from codemods.runtime.decisions import Add
from codemods.runtime.files import Files
from codemods.runtime.hooks import with_hooks
from codemods.runtime.limits import LONGEST, own_limits
from codemods.runtime.places import (
    app_path,
    has_routes,
    in_the_way,
    made_by,
    module_at,
    own_task_class,
    settings_files,
)
from codemods.runtime.rebase import rebase
from codemods.runtime.requirements import (
    asks_for_psycopg2,
    locks,
    other_lists,
    plain,
    with_requirement,
)
from codemods.snapshot import Snapshot
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
            rebase(work, item)
        if work.data == before and len(work.notes) > told:
            kept.add(item.id)
    changes = [
        Change(path, snapshot.read(path) if path in snapshot else None, data, path.endswith(".sh"))
        for path, data in sorted(work.data.items())
    ]
    changes = [change for change in changes if change.before != change.after]
    return Rewrite(tuple(changes), tuple(work.edits), tuple(work.notes), frozenset(kept))


PSYCOPG = "the runtime brings psycopg 3, which Django then uses instead of psycopg2 everywhere: raw SQL like `IN %s` with a tuple fails there. Move to psycopg 3 first"


class _Work(Files):
    """The parts put in, one after the other."""

    def add(self, item: Add) -> None:
        """One part."""
        if self.is_link(item.path):
            why = f"this is a link, which is left as it is: {item.part} is not put in"
            self.note(item.path, "runtime-link", why)
            return
        if not self.inventory.editable(item.path):
            why = f"{item.part} is not put in: {self.inventory.why_not_edited(item.path)}"
            self.note(item.path, "runtime-kept", why)
            return
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
            self.own_or_new(item.path, parts.KEYS)
        elif item.part == "audit":
            self.own_or_new(item.path, parts.AUDIT)
        else:
            self.note(item.path, "runtime-part", f"there is no part '{item.part}' of the runtime")

    def _exports(self, item: Add) -> None:
        _, module, names = parts.EXPORTS[item.part]
        if self.new(item.path, parts.exports(item.part)):
            return
        facts = self.inventory.facts.get(item.path)
        if facts is None or facts.error is not None:
            self.note(
                item.path,
                "runtime-kept",
                "this file can't be read as Python, so nothing is added to it",
            )
            return
        lacking = [name for name in names if name not in facts.bindings]
        own = [
            name for name in names if name in facts.bindings and not self.is_ours(item.path, name)
        ]
        if own:
            self.note(
                item.path, "runtime-kept", f"{', '.join(own)} of this project stay as they are"
            )
        if lacking:
            before = self.read(item.path)
            assert before is not None
            self.data[item.path] = edits.with_names(
                before, module, lacking, self.inventory.layout(item.path)
            )

    def _requirement(self, item: Add) -> None:
        text, encoding = plain(self.read(item.path) or b"") if item.path else ("", "utf-8")
        after = with_requirement(item.path, text) if text else None
        if after is None:
            why = "nothing here asks for celery in a way that can be extended: add celery-converge-runtime to what production installs"
            self.note(item.path or ".", "runtime-requirement", why)
            return
        self.data[item.path] = after.encode(encoding)
        self.edits.append(Edit(item.path, 0, item.because))
        for path in locks(self.inventory, item.path):
            why = f"{item.path} asks for the runtime now, and this file doesn't: make it again from there, or what is installed lacks the runtime"
            self.note(path, "runtime-lock", why)
        for path in other_lists(self.inventory, item.path) if after != text else ():
            why = f"this asks for Celery too: add the runtime where it is installed without {item.path}"
            self.note(path, "runtime-requirement", why)
        if after != text and asks_for_psycopg2(self.inventory):
            self.note(item.path, "runtime-psycopg", PSYCOPG)

    def _installed_app(self, item: Add) -> None:
        self.edited(
            item,
            edits.with_app,
            "runtime-app",
            'INSTALLED_APPS is not a plain list here: add "target_runtime" to it',
        )
        for path in settings_files(self.inventory):
            before = self.read(path) or b""
            if not self.inventory.editable(path):
                why = f'add "target_runtime" to INSTALLED_APPS too: {self.inventory.why_not_edited(path)}'
                self.note(path, "runtime-app", why)
            elif path != item.path and edits.with_app(before) not in {before, None}:
                why = 'INSTALLED_APPS is a list of its own here: add "target_runtime" to it too'
                self.note(path, "runtime-app", why)

    def _task_class(self, item: Add) -> None:
        by_hand = f'with_idempotency needs base=, or task_cls="{edits.TASK_CLS}"'
        own, maker = own_task_class(self.inventory), made_by(self.inventory)
        if app_path(self.inventory) is None:
            why = f"there are several apps, {', '.join(self.inventory.app_names)}: {by_hand}"
        elif own:
            why = f"the app keeps its own task class {own}: {by_hand}"
        elif maker:
            why = f"the app is made by {maker}, which may give it a task class: {by_hand}"
        else:
            name = self.inventory.app_names[0].rpartition(".")[2]
            why = f"the app is not made by one plain call at the top of its module: {by_hand}"
            self.edited(
                item, lambda data: edits.with_task_class(data, name), "runtime-task-class", why
            )
            return
        self.note(item.path or ".", "runtime-task-class", why)

    def _settings(self, item: Add) -> None:
        project = self.inventory.project
        module, rest = project.split(self.inventory.app_names[0])
        routes = parts.OWN_ROUTES
        if has_routes(self.inventory):
            routes = parts.ROUTES_IN_FORCE.format(
                app=self.inventory.app_names[0], module=module, attribute=rest[0]
            )
        is_new = self.new(item.path, self._settings_text(routes))
        for limit in own_limits(self.inventory) if is_new else ():
            if limit.seconds is None:
                why = f"this time limit is computed at run time, {limit.text}: if it is over {LONGEST} s, write it as longest_limit=... in {item.path}"
                self.notes.append(Note(limit.path, limit.line, "runtime-limit", why))
        if not is_new and not self.hands_on(item.path, "in_force", ""):
            self.note(
                item.path,
                "runtime-kept",
                "this module stays as it is; target_runtime.queues has the queues, target_runtime.defaults the safe defaults",
            )

    def _settings_text(self, routes: str) -> str:
        """The settings with limits for tasks that set none, unless some set just one of the two."""
        limits = own_limits(self.inventory)
        most = max((limit.seconds for limit in limits if limit.seconds is not None), default=0.0)
        longest = f"longest_limit={most:g}" if most > LONGEST else ""
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
        if not self.hands_on(path, "in_force", ""):
            why = f"{path} has no in_force: put the defaults in force by hand, with target_runtime.defaults.lacking"
            self.note(item.path or ".", "runtime-in-force", why)
            return
        self.edited(
            item,
            lambda data: edits.with_defaults(data, rest[0], module),
            "runtime-in-force",
            "the app is not made by one plain statement at the top of its module: put the defaults in force by hand",
        )
        self.edits.append(Edit(item.path, 0, item.because))
        self._early(item.path)
        routed = {str(route.queue).strip("'\"") for route in self.inventory.routes}
        shared = sorted(routed.intersection(parts.QUEUES))
        if shared:
            why = f"a worker that is started without -Q now takes from the six queues of the runtime, also from {', '.join(shared)}, to which your routes send: start workers that should not with -Q and their own queues"
            self.note(item.path, "runtime-queues", why)

    def _early(self, path: str) -> None:
        """Says so if what is imported from the place for tasks brings more along."""
        along = in_the_way(self.inventory, self.at.tasks)
        if along:
            why = f"{along} is imported with {self.at.tasks}, and has imports of its own: see that it needs neither models nor tasks, or name another place in [tool.migrate.runtime]"
            self.note(path, "runtime-place", why)

    def _workers(self, item: Add) -> None:
        module = self.inventory.project.split(self.inventory.app_names[0])[0]
        up = "/".join([*[".."] * item.path.count("/"), *filter(None, [self.at.root])]) or "."
        text = parts.WORKERS.format(up=up, app=module.removesuffix(".celery"))
        self.own_or_new(item.path, text)

    def _hooks(self, item: Add) -> None:
        before = self.read(item.path)
        text, encoding = plain(before) if before is not None else (None, "utf-8")
        settings = (self.read(path) or b"" for path in settings_files(self.inventory))
        can_run = self.at.manage in self.files and any(map(edits.HAS_APP.search, settings))
        after = with_hooks(text, self.at, orphans=can_run)
        if after is not None:
            self.data[item.path] = after.encode(encoding)
            self.edits.append(Edit(item.path, 0, item.because))
            if not can_run:
                why = 'celery-orphans is left out: it needs a manage.py and "target_runtime" in INSTALLED_APPS'
                self.note(item.path, "runtime-hooks", why)
            return
        why = "repos: does not end this file as a list with each entry on lines of its own: add the hooks celery-orphans and celery-audit by hand"
        self.note(item.path, "runtime-hooks", why)

    def _aliases(self, item: Add) -> None:
        before = self.read(item.path) or b""
        after = counted(before)
        if COUNTED in before:
            return
        if after.count(b"count_uses") < 2:
            why = "this module is not as it was generated: count the uses of old names by calling target_runtime.aliases.count_uses(TASK_NAME_ALIASES) in its hook"
            self.note(item.path, "runtime-aliases", why)
            return
        self.data[item.path] = after
        self.edits.append(Edit(item.path, 0, "the runtime counts each use"))
