"""Running the body of a function in mind: both ways of an `if`, a loop once, no recursion."""

import ast
from dataclasses import replace
from itertools import chain

from codemods.inventory.evaluation.expressions import Expressions, truth
from codemods.inventory.evaluation.limits import CHOICES, DEPTH, LOOPS
from codemods.inventory.evaluation.modules import DICT_CHANGING, LIST_CHANGING
from codemods.inventory.evaluation.things import (
    ClassThing,
    Const,
    Frame,
    FunctionThing,
    Given,
    InstanceThing,
    Items,
    Table,
    Thing,
    Unknown,
    either,
)
from codemods.inventory.symbols import FunctionNode, bound_by_import
from codemods.inventory.walking import walk


class Running(Expressions):
    """Statements of functions, as far as they matter for what comes back."""

    def run(self, function: FunctionThing, names: dict[str, Thing], owner: Thing | None) -> Thing:
        """What a function gives back with these arguments."""
        outer = function.frame
        frame = Frame(outer.path, names, outer, within=function.within, owner=owner)
        if isinstance(function.node, ast.Lambda):
            return self.evaluate(function.node.body, frame)
        returned: list[Thing] = []
        self.body(function.node.body, frame, returned)
        return either(returned, CHOICES)

    def body(self, statements: list[ast.stmt], frame: Frame, returned: list[Thing]) -> bool:
        """Runs statements in order; whether they end in a `return` or `raise` for sure."""
        return any(self.statement(statement, frame, returned) for statement in statements)

    def statement(self, node: ast.stmt, frame: Frame, returned: list[Thing]) -> bool:
        """Runs one statement; whether nothing after it runs."""
        match node:
            case ast.Return():
                returned.append(self.evaluate(node.value, frame))
                return True
            case ast.Raise():
                return True
            case ast.If():
                return self._branches(node, frame, returned)
            case ast.Try():
                return self._tried(node, frame, returned)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    thing = self.evaluate(item.context_expr, frame)
                    if item.optional_vars is not None:
                        self._assigned([item.optional_vars], thing, item.context_expr, frame)
                return self.body(node.body, frame, returned)
            case ast.For() | ast.AsyncFor() | ast.While():
                self._looped(node, frame, returned)
            case ast.Expr():
                self.changed(node.value, frame)
            case _:
                self._binding(node, frame)
        return False

    def _binding(self, node: ast.stmt, frame: Frame) -> None:
        """Runs a statement that binds names: an assignment, an import, a definition."""
        match node:
            case ast.Assign():
                self._assigned(node.targets, self.evaluate(node.value, frame), node.value, frame)
            case ast.AnnAssign() if node.value is not None:
                self._assigned([node.target], self.evaluate(node.value, frame), node.value, frame)
            case ast.AugAssign():
                combined = ast.BinOp(_as_load(node.target), node.op, node.value)
                self._assigned([node.target], self.evaluate(combined, frame), node.value, frame)
            case ast.Delete():
                for target in node.targets:
                    self._deleted(target, frame)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                frame.names[node.name] = self.defined(node, frame, frame.within)
            case ast.ClassDef():
                dotted = f"{self.project.module_of.get(frame.path, '')}.{node.name}"
                frame.names[node.name] = ClassThing(node, frame, dotted)
            case ast.Import() | ast.ImportFrom():
                for name, symbol in bound_by_import(node, frame.path):
                    meant = self.project.symbol_from(frame.path, symbol)
                    frame.names[name] = self.of(self.project.resolve(meant))

    def _deleted(self, target: ast.expr, frame: Frame) -> None:
        """Runs `del x[key]` of a dict."""
        if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
            return
        table, key = self.name_in(target.value.id, frame), self.evaluate(target.slice, frame)
        if isinstance(table, Table):
            known = isinstance(key, Const)
            entries = {k: v for k, v in table.entries.items() if not known or Const(k) != key}
            rest = table.rest if known else (*table.rest, ast.unparse(target))
            frame.names[target.value.id] = Table(entries, rest)

    def _looped(
        self, node: ast.For | ast.AsyncFor | ast.While, frame: Frame, returned: list[Thing]
    ) -> None:
        """A loop over a known list for each item of it, any other once."""
        items: tuple[Thing, ...] = (Unknown("a loop"),)
        if isinstance(node, ast.While):
            self.body(node.body, frame, returned)
            self._forget(node, frame)
            return
        known = self.evaluate(node.iter, frame)
        if isinstance(known, Items) and len(known.items) <= LOOPS:
            items = known.items
        for item in items:
            self._assigned([node.target], item, node.iter, frame)
            self.body(node.body, frame, returned)
        if any(isinstance(part, ast.Break | ast.Continue) for part in walk(node)):
            self._forget(node, frame)

    @staticmethod
    def _forget(node: ast.For | ast.AsyncFor | ast.While, frame: Frame) -> None:
        """What a loop of unknown length assigns is unknown."""
        for part in walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                frame.names[part.id] = Unknown(part.id)

    def _tried(self, node: ast.Try, frame: Frame, returned: list[Thing]) -> bool:
        done = self.body([*node.body, *node.orelse], frame, returned)
        for handler in node.handlers:
            names = dict(frame.names)
            apart = Frame(frame.path, names, frame.outer, within=frame.within, owner=frame.owner)
            self.body(handler.body, apart, returned)
        self.body(node.finalbody, frame, returned)
        return done

    def of(self, dotted: str) -> Thing:
        """What a resolved dotted name stands for."""
        raise NotImplementedError(dotted)

    def defined(self, node: FunctionNode, frame: Frame, within: ClassThing | None) -> Thing:
        """A function with its decorators applied, the lowest first."""
        thing: Thing = FunctionThing(node, frame, within=within)
        for decorator in reversed(node.decorator_list):
            thing = self.call(self.evaluate(decorator, frame), [thing], Table())
        return thing

    def changed(self, node: ast.expr, frame: Frame) -> None:
        """An expression that stands alone: a call, for what it does to a name around it."""
        thing = self.evaluate(node, frame)
        if (
            isinstance(node, ast.Call)
            and isinstance(thing, FunctionThing)
            and node.args
            and isinstance(node.args[0], ast.Name)
            and "update_wrapper" in ast.unparse(node.func)
        ):
            frame.names[node.args[0].id] = thing

    def after_method(self, node: ast.Call, frame: Frame) -> None:
        """Keeps in mind what a method of a local dict changed in it."""
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            name = node.func.value.id
            before = self.name_in(name, frame)
            if isinstance(before, Table) and (
                name in frame.names or node.func.attr in DICT_CHANGING
            ):
                frame.names[name] = self._table_changed(before, node, frame)
            if isinstance(before, Items) and node.func.attr in LIST_CHANGING:
                added = self.evaluate(node.args[0], frame) if node.args else Unknown(name)
                known = node.func.attr == "append" and node.args
                frame.names[name] = Items((*before.items, added)) if known else Unknown(name)

    def _table_changed(self, table: Table, node: ast.Call, frame: Frame) -> Thing:
        """A dict after one of its methods was called."""
        assert isinstance(node.func, ast.Attribute)
        values = [self.evaluate(part, frame) for part in node.args]
        key = values[0].value if values and isinstance(values[0], Const) else None
        match node.func.attr:
            case "update":
                entries, rest = dict(table.entries), list(table.rest)
                for part in node.args:
                    self._spread(part, frame, entries, rest)
                for item in node.keywords:
                    if item.arg is None:
                        self._spread(item.value, frame, entries, rest)
                    else:
                        entries[item.arg] = self.given(item.value, frame)
                return Table(entries, tuple(rest))
            case "setdefault" if isinstance(key, str):
                if key in table.entries:
                    return table
                value = (
                    self.given(node.args[1], frame)
                    if len(node.args) > 1
                    else Given(Const(None), "None")
                )
                return Table({**table.entries, key: value}, table.rest)
            case "pop" if isinstance(key, str):
                return Table({k: v for k, v in table.entries.items() if k != key}, table.rest)
            case "clear":
                return Table()
            case "get" | "copy" | "items" | "keys" | "values":
                return table
        return Table(table.entries, (*table.rest, ast.unparse(node)))

    def _branches(self, node: ast.If, frame: Frame, returned: list[Thing]) -> bool:
        # Each `elif` stands inside of the one before it.
        if self.depth > DEPTH:
            self.exhausted = True
            return False
        self.depth += 1
        try:
            return self._either_way(node, frame, returned)
        finally:
            self.depth -= 1

    def _either_way(self, node: ast.If, frame: Frame, returned: list[Thing]) -> bool:
        sure = truth(self.evaluate(node.test, frame))
        if sure is not None:
            return self.body(node.body if sure else node.orelse, frame, returned)
        before = dict(frame.names)
        first = self.body(node.body, frame, returned)
        one, frame.names = frame.names, dict(before)
        second = self.body(node.orelse, frame, returned)
        other = frame.names
        if first and second:
            return True
        if first or second:
            frame.names = other if first else one
            return False
        for name in chain(one, other):
            ways = [ns[name] for ns in (one, other) if name in ns]
            frame.names[name] = either(ways, CHOICES)
        return False

    def _assigned(
        self, targets: list[ast.expr], thing: Thing, value: ast.expr, frame: Frame
    ) -> None:
        for target in targets:
            if isinstance(target, ast.Name):
                frame.names[target.id] = thing
            elif isinstance(target, ast.Tuple | ast.List):
                items = thing.items if isinstance(thing, Items) else ()
                for number, part in enumerate(target.elts):
                    known = len(items) == len(target.elts)
                    self._assigned([part], items[number] if known else Unknown(), value, frame)
            elif isinstance(target, ast.Attribute):
                owner = self.evaluate(target.value, frame)
                if isinstance(owner, FunctionThing) and isinstance(target.value, ast.Name):
                    frame.names[target.value.id] = _called(owner, target.attr, thing)
                if isinstance(owner, InstanceThing | ClassThing):
                    old = owner.fields.get(target.attr)
                    owner.fields[target.attr] = (
                        thing
                        if old is None or old == Const(None)
                        else either([old, thing], CHOICES)
                    )
            elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                self._item_set(target, thing, value, frame)

    def _item_set(self, target: ast.Subscript, thing: Thing, value: ast.expr, frame: Frame) -> None:
        assert isinstance(target.value, ast.Name)
        table = self.name_in(target.value.id, frame)
        if isinstance(table, Items):
            frame.names[target.value.id] = Unknown(target.value.id)
        if not isinstance(table, Table):
            return
        key = self.evaluate(target.slice, frame)
        if isinstance(key, Const) and isinstance(key.value, str):
            given = Given(thing, ast.unparse(value), frame.path, value.lineno)
            changed = Table({**table.entries, key.value: given}, table.rest)
        else:
            changed = Table(table.entries, (*table.rest, ast.unparse(target)))
        frame.names[target.value.id] = changed


def _called(function: FunctionThing, attribute: str, thing: Thing) -> FunctionThing:
    """A function after its `__name__`, `__module__` or `__wrapped__` was set by hand."""
    text = thing.value if isinstance(thing, Const) and isinstance(thing.value, str) else ""
    if attribute == "__name__" and text:
        return replace(function, own_name=text)
    return replace(function, own_module=text) if attribute == "__module__" and text else function


def _as_load(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Name):
        return ast.Name(node.id, ast.Load())
    return node
