"""How long a run of an entry may wait: until the next one is due at the latest."""

import ast
from datetime import timedelta

from codemods.in_force.gaps import Crontab, Field, Gaps, gaps_of
from codemods.in_force.routing import Refused
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.evaluation.things import Const
from codemods.inventory.link import Inventory
from codemods.inventory.walking import walk

FIELDS = ("minute", "hour", "day_of_week", "day_of_month", "month_of_year")


def gaps_of_entry(inventory: Inventory, entry: Entry, zone: str | None) -> Gaps | None:
    """The gaps between the runs of an entry; `None` where the source does not tell them.

    To an interval the time zone is nothing; a crontab without one has no known gaps.
    """
    schedule = schedule_of(inventory, entry)
    if schedule is None or (zone is None and isinstance(schedule, Crontab)):
        return None
    found = gaps_of(schedule, zone or "UTC")
    return None if isinstance(found, Refused) else found


def schedule_of(inventory: Inventory, entry: Entry) -> Crontab | timedelta | float | None:
    """The schedule of an entry as a value; `None` where the source does not tell it."""
    try:
        node = ast.parse(entry.schedule, mode="eval").body
    except SyntaxError:
        return None
    return _read(inventory, entry, node)


def runs_each_minute(inventory: Inventory, entry: Entry) -> bool:
    """Whether a crontab names hours or days and no minute: Celery then runs it sixty times an hour."""
    try:
        node = ast.parse(entry.schedule, mode="eval").body
    except SyntaxError:
        return False
    if not isinstance(node, ast.Call) or _called(inventory, entry, node) != "crontab":
        return False
    named = {item.arg for item in node.keywords}
    return not node.args and bool(named & set(FIELDS[1:])) and not named & {"minute", None}


def is_literal(inventory: Inventory, entry: Entry) -> bool:
    """Whether an entry is written as one, so that an option can be added to it; a call is none."""
    facts = inventory.facts.get(entry.path)
    written = facts is not None and any(
        (fact.line, fact.key) == (entry.line, entry.key) and fact.holder != "add_periodic_task"
        for fact in facts.beat
    )
    return written and inventory.editable(entry.path)


def is_called(inventory: Inventory, entry: Entry, source: str, name: str) -> bool:
    """Whether a source is a call of this function, by its own name or another that it is imported under."""
    try:
        node = ast.parse(source, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(node, ast.Call) and _called(inventory, entry, node) == name


def _called(inventory: Inventory, entry: Entry, node: ast.Call) -> str:
    """The last word of what is called, by its own name where it is imported under another."""
    first, _, rest = ast.unparse(node.func).partition(".")
    facts = inventory.facts.get(entry.path)
    binding = facts.bindings.get(first) if facts is not None else None
    target = binding.target if binding is not None and binding.kind == "import" else None
    return (rest or target or first).rpartition(".")[2]


def _read(inventory: Inventory, entry: Entry, node: ast.expr) -> Crontab | timedelta | float | None:
    if isinstance(node, ast.Name):
        node = _constant(inventory, entry, node.id) or node
    value = _value(inventory, entry, node)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if not isinstance(node, ast.Call) or any(item.arg is None for item in node.keywords):
        return None
    named = _called(inventory, entry, node)
    given = [_value(inventory, entry, part) for part in node.args]
    keywords = {item.arg or "": _value(inventory, entry, item.value) for item in node.keywords}
    if named == "crontab" and keywords.keys() <= set(FIELDS):
        fields: dict[str, Field] = {}
        for name, text in (*zip(FIELDS, given, strict=False), *keywords.items()):
            if not isinstance(text, str | int) or isinstance(text, bool):
                return None
            fields[name] = text
        return Crontab(**fields)
    if named == "timedelta" and not given:
        numbers = {k: v for k, v in keywords.items() if isinstance(v, int | float)}
        return timedelta(**numbers) if len(numbers) == len(keywords) else None
    return None


def _constant(inventory: Inventory, entry: Entry, name: str) -> ast.expr | None:
    """The expression that a name of an entry's file is set to, once and at the top of it."""
    tree = inventory.tree(entry.path)
    stores = [
        node
        for node in (walk(tree) if tree is not None else ())
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
    ]
    if tree is None or len(stores) != 1:
        return None
    return next(
        (n.value for n in tree.body if isinstance(n, ast.Assign) and n.targets == stores), None
    )


def _value(inventory: Inventory, entry: Entry, node: ast.expr) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp | ast.Name | ast.Attribute):
        try:
            return _number(node)
        except ValueError:
            thing = inventory.evaluator.source(ast.unparse(node), entry.path, entry.line)
            return thing.value if isinstance(thing, Const) else None
    return None


def _number(node: ast.expr) -> float:
    """A product or sum of numbers, as people write `60 * 60`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.BinOp):
        left, right = _number(node.left), _number(node.right)
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Add):
            return left + right
    raise ValueError(ast.unparse(node))
