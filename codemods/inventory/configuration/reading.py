"""The operations of a project on one setting, from its statements, in the order of its imports."""

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any

from codemods.in_force import operations as ops
from codemods.inventory.configuration.entries import Entry, PartlyReadError, Unclear, UnreadError
from codemods.inventory.configuration.objects import Found, ObjectReader
from codemods.inventory.configuration.statements import Statement
from codemods.inventory.configuration.values import Done, Place, Source
from codemods.inventory.configuration.words import handed_setting, holder_of
from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.evaluation.things import Const, Given, Table, Thing
from codemods.inventory.expressions import text_of
from codemods.inventory.project import Project
from codemods.inventory.testing import is_test_code
from codemods.inventory.values import BeatFact
from codemods.inventory.walking import walk

TABLES = frozenset({"beat_schedule", "task_routes"})
"""The settings that hold tables: of these it is told where nothing reads them."""


class Reading:
    """The operations of one setting, with their sources and what is unclear, as they are gathered.

    `read` makes a value of what an expression stands for; `homes` are the files that make apps, and
    `only` that of the app which workers run, where there are several; `named` tells the task that an entry of `add_periodic_task` runs.
    """

    def __init__(
        self,
        project: Project,
        evaluator: Evaluator,
        homes: list[str],
        statements: list[Found],
        read: Callable[[Thing], Any],
        named: Callable[[BeatFact, str], str | None],
        only: str = "",
    ) -> None:
        self.only = only
        self.project = project
        self.evaluator = evaluator
        self.homes = homes
        self.statements = statements
        self.read = read
        self.named = named
        self.sources: list[Source] = []
        self.unclear: list[Unclear] = []
        self._named: dict[str, tuple[Any, Place]] = {}
        self._files: set[str] = set()
        self._objects = ObjectReader(project, evaluator.sources)

    def operations(self, setting: str) -> Iterator[Done]:
        """All that the project does to a setting."""
        about = [(path, item) for path, item in self.statements if item.setting == setting]
        if self.only:
            about = [(p, i) for p, i in about if p == self.only or p not in self.homes]
        about.sort(key=lambda pair: (pair[0] not in self.homes, pair[0], pair[1].line))
        names = [(path, item) for path, item in about if item.form == "name"]
        bound = {(path, item.holder) for path, item in names}
        rest = [
            (path, item)
            for path, item in about
            if item.form != "name" and not (item.form == "changed" and (path, item.holder) in bound)
        ]
        if len({path for path, _ in rest if path in self.homes}) > 1:
            self._doubt(*rest[0], "several apps of the project set it")
        yield from self._made([pair for pair in rest if pair[1].form == "make"])
        yield from self._from_object(setting, names)
        self._read_handed({_handed(item) for _, item in rest} - self._named.keys(), names)
        for path, item in rest:
            if item.form != "make":
                yield from self._operation(path, item)
        if setting == "beat_schedule":
            yield from self._periodic()
        spelled = {word for _, item in rest for word in _words(item)}
        for path, item in names if setting in TABLES else ():
            known = path in self._files or item.holder in spelled
            if not known and (path, item.holder) not in self._objects.handed:
                why = f"nothing seems to read {item.holder} for an app"
                if self.project.uses_djcelery:
                    why = (
                        f"django-celery reads {item.holder}, and no app of Celery 4 and newer does"
                    )
                self.unclear.append(Unclear(path, item.line, why, unread=True))

    def _calls(self, form: str) -> list[Found]:
        """The calls of `config_from_object` (`source`), and of `Celery` with a namespace (`make`)."""
        found = [(p, item) for p, item in self.statements if not item.setting and item.form == form]
        return [(p, item) for p, item in found if p == self.only] or found

    def _made(self, made: list[Found]) -> Iterator[Done]:
        """`Celery(...)` with this setting or a namespace."""
        values, places = self._values(made)
        spaces = [self._namespace(path, item) for path, item in self._calls("make")]
        if values or spaces:
            yield Done(ops.Make(values, *spaces[:1]), places)

    def _from_object(self, setting: str, names: list[Found]) -> Iterator[Done]:
        """`config_from_object`, with the names of the object that it reads."""
        calls = self._calls("source")
        if not calls:
            return
        path, item = calls[0]
        if names and (len(calls) > 1 or item.guard):
            places = " and ".join(f"'{file}' line {found.line}" for file, found in calls)
            under = ", under a condition" if item.guard else ""
            self._doubt(path, item, f"config_from_object is called in {places}{under}")
        read = self._objects.names_of(path, item, setting, names)
        if read is None:
            self._doubt(path, item, "which object is read is computed")
            read = []
        files = sorted({file for file, _ in read})
        if len(files) > 1 and not self._agree(read):
            shown = ", ".join(f"'{name}'" for name in files)
            self._doubt(*read[0], f"several settings have it: {shown}")
        chosen = [(file, found) for file, found in read if file == files[0]]
        values, places_of = self._values(chosen)
        self._named = {name: (value, places_of[name]) for name, value in values.items()}
        yield Done(ops.FromObject(values, self._namespace(path, item)), places_of)

    def _read_handed(self, handed: Collection[str], names: list[Found]) -> None:
        """Reads the settings that statements hand on by these names and that no object gave."""
        read = [pair for pair in self._objects.of_django(names) if pair[1].holder in handed]
        if len({file for file, _ in read}) > 1 and not self._agree(read):
            self._doubt(*read[0], "several settings have it")
        chosen = [pair for pair in read if pair[0] == read[0][0]]
        values, places = self._values(chosen)
        self._named |= {name: (value, places[name]) for name, value in values.items()}

    def _agree(self, names: list[Found]) -> bool:
        """Whether all of these names hold one and the same constant."""
        things = [self.evaluator.expression(i.value, path) for path, i in names if i.value]
        return all(isinstance(thing, Const) and thing == things[0] for thing in things)

    def _namespace(self, path: str, item: Statement) -> str:
        assert isinstance(item.value, ast.Call)
        for keyword in item.value.keywords:
            if keyword.arg == "namespace":
                thing = self.evaluator.expression(keyword.value, path)
                if isinstance(thing, Const) and isinstance(thing.value, str):
                    return thing.value
                self._doubt(path, item, "its namespace is computed")
        return ""

    def _values(self, found: list[Found]) -> tuple[dict[str, Any], dict[str, Place]]:
        """The values of several names, and where each is written last."""
        values, places = dict[str, Any](), dict[str, Place]()
        last = {item.holder: (path, item) for path, item in found}
        for holder, (path, item) in last.items():
            again = sum(other.holder == holder for _, other in found) > 1
            value = self._value(path, item, "names" if again else "")
            if value is not None:
                values[holder] = value
                places[holder] = (path, item.line, holder)
        return values, places

    def _operation(self, path: str, item: Statement) -> Iterator[Done]:
        """What one statement does to the configuration of the app."""
        if item.form in {"unclear", "changed"} or item.guard:
            in_place = item.form in {"unclear", "changed", "item", "update", "join"}
            changes = _keys_of(item) if in_place else ()
            self.unclear.append(Unclear(path, item.line, _why_unclear(item), changes))
            return
        if item.within and not item.when:
            self._doubt(path, item, f"stands in a function ({item.within})")
            return
        # What the settings hold is in force by this statement, and goes with the name there.
        handed = self._named.get(_handed(item))
        value, place = handed or (self._value(path, item), (path, item.line, item.holder))
        if value is None:
            return
        match item.form:
            case "assign":
                made: ops.Operation = ops.Assign(item.holder, value)
            case "item" | "update":
                made = ops.Change(item.holder, value)
            case "join":
                made = ops.Join(item.holder, value)
            case _:
                made = ops.AddDefaults({item.holder: value})
        if item.when:
            after = {"on_after_configure": ops.AfterConfigure}.get(item.when, ops.AfterFinalize)
            made = after((made,))
        yield Done(made, {item.holder: place})

    def _value(self, path: str, item: Statement, form: str = "") -> Any:  # noqa: ANN401
        """The value that a statement gives, remembered as a source; `None` where it is unclear."""
        assert item.value is not None
        self._files.add(path)
        if item.form == "item":
            inner = self.evaluator.expression(item.value, path)
            given = Given(inner, ast.unparse(item.value), path, item.value.lineno)
            thing: Thing = Table({item.key or "": given})
        elif item.form == "name" and item.guard != "class":
            # What the name holds once its file has run, whatever changed it below.
            thing = self.evaluator.symbol(f"{self.project.module_of[path]}.{item.holder}")
        else:
            thing = self.evaluator.expression(item.value, path)
        try:
            value = self.read(thing)
        except PartlyReadError as error:
            self.unclear.append(Unclear(path, item.line, str(error), error.globs))
            value = error.told
        except UnreadError as error:
            self._doubt(path, item, str(error))
            return None
        keys = tuple(str(key) for key in value) if isinstance(value, dict) else ()
        self.sources.append(Source(path, item.line, item.holder, form or item.form, keys))
        entries = value.values() if isinstance(value, dict) else ()
        self._files |= {entry.path for entry in entries if isinstance(entry, Entry)}
        return value

    def _periodic(self) -> Iterator[Done]:
        """`add_periodic_task`, which adds to the schedule in force under a key of its own."""
        seen = Counter[str]()
        for path, facts in self.project.facts.items():
            if is_test_code(path, facts):
                continue
            for fact in facts.beat:
                if fact.holder != "add_periodic_task":
                    continue
                task = self.named(fact, path)
                seen[task or fact.source] += 1
                key = fact.key or f"{task or fact.source}() {seen[task or fact.source]}"
                entry = Entry(key, task, "", "", "", {}, {}, path, fact.line)
                source = Source(path, fact.line, "add_periodic_task", "periodic", (key,))
                self.sources.append(source)
                made = ops.AfterConfigure((ops.AddPeriodic(key, entry),))
                yield Done(made, {"add_periodic_task": source.place})

    def _doubt(self, path: str, item: Statement, why: str) -> None:
        self.unclear.append(Unclear(path, item.line, why))


def _handed(item: Statement) -> str:
    """The name of the setting that a statement hands on as a whole."""
    return handed_setting(item.value) if item.value is not None and item.form != "item" else ""


def _words(item: Statement) -> Iterator[str]:
    """Every name that the value of a statement spells, as one or as a text."""
    for node in walk(item.value) if item.value is not None else ():
        yield holder_of(node) or text_of(node) or ""


def _why_unclear(item: Statement) -> str:
    """Why only running a statement tells what it does."""
    if item.guard:
        return "stands under a condition"
    if item.form == "changed":
        return "is changed outside the file that makes it"
    return f"is changed in a function ({item.within})" if item.within else "is changed in place"


def _keys_of(item: Statement) -> tuple[str, ...]:
    """The keys of a table that a statement may change, `*` for any."""
    return item.keys or ((item.key,) if item.form == "item" and item.key else ("*",))
