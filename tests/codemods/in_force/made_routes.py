"""Tables of routes and calls, made from a seed: names, globs, expressions, pairs, lists of maps, routers, nonsense."""

import random
import re
from typing import Any

from codemods.in_force.routing import Router

NAMES = ("a", "b", "ab", "shop.tasks.a", "shop.tasks.b", "shop.jobs.a", "shop.tasks.[ab]", "Shop.tasks.a", "mail", "", "a?", "shop*", "a\nb")  # fmt: skip
GLOBS = ("*", "**", "shop.*", "shop.tasks.*", "*.a", "*a", "shop.tasks.[ab]*", "sho?.*", "[!s]*", "shop.tasks.[b-a]*", "***", "[*", "a*b")  # fmt: skip
TEXTS = ("shop.tasks.[ab]", "a?", "shop.tasks.?", "shop.tasks.")
EXPRESSIONS = ("shop", r"shop\.tasks\.(a|b)$", ".*a", "a", "(?i)SHOP", "$", r"\w+\.\w+\.b")
QUEUES = ("fast", "slow", "q", "mail", "")


def key(chance: random.Random) -> Any:
    kind = chance.random()
    if kind < 0.4:
        return chance.choice(NAMES)
    if kind < 0.75:
        return chance.choice(GLOBS)
    if kind < 0.8:
        return chance.choice(TEXTS)
    if kind < 0.98:
        return re.compile(chance.choice(EXPRESSIONS))
    return chance.choice((1, None, b"a", ("a", "b")))


def options(chance: random.Random) -> dict[str, Any]:
    given = {
        "queue": chance.choice((*QUEUES, None)),
        "priority": chance.choice((0, 3, 9, None)),
        "exchange": chance.choice(("x", "", None)),
        "routing_key": chance.choice(("k", "", None)),
        "exchange_type": chance.choice(("direct", "topic")),
    }
    weights = {"queue": 0.6, "priority": 0.4, "exchange": 0.15, "routing_key": 0.25, "exchange_type": 0.05}  # fmt: skip
    return {name: given[name] for name in given if chance.random() < weights[name]}


def route(chance: random.Random) -> Any:
    kind = chance.random()
    if kind < 0.5:
        return chance.choice(QUEUES)
    if kind < 0.95:
        return options(chance)
    return chance.choice((None, 3, ["ab"], [("queue", "fast")], ("queue", "fast"), ["abc"], []))


def one_map(chance: random.Random) -> Any:
    pairs = [(key(chance), route(chance)) for _ in range(chance.randrange(6))]
    if chance.random() < 0.15:
        return chance.choice((list, tuple))(pairs)
    return dict(pairs)


def routes(chance: random.Random) -> Any:
    """What might stand in `task_routes`; ("router", NAME) stands for a function."""
    kind = chance.random()
    if kind < 0.4:
        return one_map(chance)
    if kind < 0.42:
        return None
    if kind < 0.45:
        return chance.choice(
            (("ab", "cd"), ["ab", "q"], ("a", "fast"), [("a", "fast")], [["a", "b"]])
        )
    elements: list[Any] = [one_map(chance) for _ in range(chance.randrange(4))]
    if chance.random() < 0.15:
        elements.insert(chance.randrange(len(elements) + 1), ("router", "asked"))
    return elements


def readable(value: Any) -> Any:
    """The same value for the evaluator: routers are opaque there."""
    if isinstance(value, list):
        return [Router(each[1]) if _is_router(each) else each for each in value]
    return value


def _is_router(value: Any) -> bool:
    return isinstance(value, tuple) and value[:1] == ("router",)


def call(seed: int) -> dict[str, Any]:
    """One call of a task or of a name, with what the app is set to."""
    chance = random.Random(seed)
    table = {k: options(chance) if chance.random() < 0.6 else chance.choice(QUEUES) for k in chance.sample((*NAMES[:5], *GLOBS[:6]), 3)}  # fmt: skip
    own = {"queue": chance.choice(("own", None)), "priority": chance.choice((7, None)), "routing_key": chance.choice(("k", None))}  # fmt: skip
    return {
        "routes": chance.choice((table, [table, {"*": "last"}], None)),
        "name": chance.choice(NAMES[:5]),
        "default_queue": chance.choice(("celery", "usual")),
        "call": options(chance) if chance.random() < 0.5 else {},
        "task": {k: own[k] for k in own if chance.random() < 0.4}
        if chance.random() < 0.7
        else None,
        "by_name": chance.random() < 0.5,
        "declared": ["celery", "fast", "usual"] if chance.random() < 0.15 else None,
    }
