"""Programs of operations on `app.conf`, made from a seed."""

import random
from typing import Any

from codemods.in_force import operations as ops
from codemods.in_force.names import OLD

SETTINGS = ("beat_schedule", "task_routes", "task_default_queue", "timezone")
NAMESPACES = ("CELERY", "CELERY", "CELERY", "", "", "celery", "SHOP")
BESIDE = ("BROKER_URL", "CELERY_BROKER_URL", "broker_url", "CELERY_ALWAYS_EAGER", "SECRET_KEY")


class Program:
    """One program about one setting; some of its tables are one dict in several places."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.setting = self.chance.choice(SETTINGS)
        self.namespace = self.chance.choice(NAMESPACES)
        self.count = 0
        self.tables: list[Any] = []
        self.late = self.chance.random() < 0.2

    def key(self) -> str:
        old = OLD[self.setting]
        prefixed = f"{self.namespace or 'CELERY'}_{self.setting}"
        prefixed = prefixed.upper() if prefixed[:1].isupper() else prefixed
        return self.chance.choice(
            (self.setting, self.setting, self.setting, prefixed, prefixed, old)
        )

    def table(self) -> dict[str, Any]:
        if self.tables and self.chance.random() < 0.3:
            found: dict[str, Any] = self.chance.choice(self.tables)
            return found
        self.count += 1
        size = self.chance.choice((0, 1, 1, 2, 2, 3))
        made = {self.chance.choice("abcde"): f"{self.count}" for _ in range(size)}
        self.tables.append(made)
        return made

    def value(self) -> Any:
        kind = self.chance.random()
        if self.setting in {"task_default_queue", "timezone"}:
            self.count += 1
            return f"text {self.count}" if kind < 0.9 else None
        return self.table() if kind < 0.92 else self.chance.choice((None, ["list"], ()))

    def values(self) -> dict[str, Any]:
        return {self.key(): self.value() for _ in range(self.chance.choice((1, 1, 1, 2)))}

    def object(self) -> ops.FromObject:
        values = self.values() if self.chance.random() < 0.85 else {}
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            values[self.chance.choice(BESIDE)] = "memory://"
        namespace = self.namespace if self.chance.random() < 0.9 else ""
        return ops.FromObject(values, namespace, force=self.chance.random() < 0.1)

    def operation(self, depth: int = 0) -> ops.Operation:
        chance = self.chance
        is_text = self.setting in {"task_default_queue", "timezone"}
        tables: list[Any] = [
            lambda: ops.Change(self.key(), self.table()),
            lambda: ops.Change(self.setting, self.table()),
            lambda: ops.Join(self.key(), self.table()),
            lambda: ops.Extend(self.setting, self.table()),
            lambda: ops.Extend(self.key(), self.table()),
            lambda: ops.Copy(self.setting, self.table()),
        ]
        forms: list[Any] = [
            lambda: ops.Assign(self.key(), self.value()),
            lambda: ops.Assign(self.key(), self.value()),
            lambda: ops.Update(self.values()),
            lambda: ops.SetDefault(self.key(), self.value()),
            lambda: ops.AddDefaults(self.values()),
            *(tables if not is_text or chance.random() < 0.02 else ()),
            lambda: ops.Read(self.setting),
            self.periodic,
        ]
        if depth == 0:
            forms += [
                lambda: ops.AfterConfigure(self.some(depth + 1)),
                lambda: ops.AfterFinalize(self.some(depth + 1)),
                self.object,
                ops.Finalize,
            ]
        made: ops.Operation = chance.choice(forms)()
        return made

    def periodic(self) -> ops.Operation:
        entry = {"schedule": 9.0, "task": "shop.a", "args": (), "kwargs": {}, "options": {}}
        return ops.AddPeriodic(self.chance.choice("abcxyz"), entry)

    def some(self, depth: int) -> tuple[ops.Operation, ...]:
        return tuple(self.operation(depth) for _ in range(self.chance.choice((1, 1, 2))))

    def operations(self) -> list[ops.Operation]:
        chance = self.chance
        given = self.values() if chance.random() < 0.2 else {}
        made: list[ops.Operation] = [
            ops.Make(given, self.namespace if chance.random() < 0.1 else "")
        ]
        # Most programs read their settings first; some change them before, or have none.
        if not self.late:
            made.append(self.object())
        made += [self.operation() for _ in range(chance.randrange(6))]
        return made


def program(seed: int) -> tuple[list[ops.Operation], str]:
    """The operations, and the setting that they are about."""
    made = Program(seed)
    return made.operations(), made.setting
