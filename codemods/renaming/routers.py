"""Whether the project's routers send a task by its new name where they sent it by its old one."""

import ast
from collections.abc import Iterator

from codemods.inventory.evaluation.evaluator import Evaluator
from codemods.inventory.evaluation.things import (
    Bound,
    ClassThing,
    Const,
    Frame,
    FunctionThing,
    InstanceThing,
    Items,
    Table,
    Thing,
    Unknown,
    each,
)
from codemods.inventory.link import Inventory
from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import walk


def routers(inventory: Inventory) -> Iterator[tuple[str, Thing]]:
    """What the routes ask beside tables, each with its source."""
    for path, item in inventory.configuration.about("task_routes"):
        if item.value is None or item.form == "unclear":
            continue
        thing = inventory.evaluator.expression(item.value, path)
        for way in each(thing):
            for element in way.items if isinstance(way, Items) else (way,):
                if isinstance(element, Const) and isinstance(element.value, str):
                    yield element.value, inventory.evaluator.symbol(element.value)
                elif not isinstance(element, Table | Items | Const):
                    yield shown(element), element


def shown(thing: Thing) -> str:
    """A router as a person knows it."""
    if isinstance(thing, FunctionThing):
        return thing.name
    if isinstance(thing, InstanceThing):
        return thing.of.dotted
    return thing.source if isinstance(thing, Unknown) else getattr(thing, "dotted", "")


def decides_by_name(inventory: Inventory, old: str, new: str) -> str:
    """The first router that may send the new name elsewhere than the old one, or `""`."""
    for source, thing in routers(inventory):
        if not _alike(inventory.evaluator, thing, old, new):
            return source
    return ""


def _alike(evaluator: Evaluator, thing: Thing, old: str, new: str) -> bool:
    """Whether a router certainly gives one answer for both names."""
    if isinstance(thing, ClassThing):
        evaluator.ask()
        thing = evaluator.call(thing, [], Table())
    if isinstance(thing, InstanceThing):
        thing = evaluator.attribute(thing, "route_for_task")
    function = thing.function if isinstance(thing, Bound) else thing
    if not isinstance(function, FunctionThing) or not isinstance(function.node, FunctionNode):
        return False
    arguments = [item.arg for item in (*function.node.args.posonlyargs, *function.node.args.args)]
    names = arguments[1:] if isinstance(thing, Bound) else arguments
    if not names:
        return False
    others = frozenset(names[1:]) - {"task"}
    one, other = (_tests(evaluator, function, names[0], name, others) for name in (old, new))
    return (
        one is not None
        and one == other
        and _answer(evaluator, thing, old) == _answer(evaluator, thing, new)
    )


def _tests(
    evaluator: Evaluator, function: FunctionThing, name: str, value: str, others: frozenset[str]
) -> list[object] | None:
    """What each test of the function comes to for a name; `None` where one of them is unknown."""
    found: list[object] = []
    frame = Frame(function.frame.path, {name: Const(value)}, function.frame)
    for node in walk(function.node):
        test = getattr(node, "test", None) or getattr(node, "subject", None)
        tests = [test] if isinstance(test, ast.expr) else list(getattr(node, "ifs", []))
        for part in tests:
            read = {inner.id for inner in walk(part) if isinstance(inner, ast.Name)}
            if read and read <= others:
                continue
            evaluator.ask()
            thing = evaluator.evaluate(part, frame)
            if not isinstance(thing, Const):
                return None
            found.append(thing.value)
    return found


def _answer(evaluator: Evaluator, thing: Thing, name: str) -> str:
    evaluator.ask()
    empty: list[Thing] = [Const(name), Items(()), Table(), Table()]
    found = evaluator.call(thing, empty, Table())
    return repr(each(found))
