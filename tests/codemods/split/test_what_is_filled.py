"""Registries and caches that are filled while the god file is imported: what fills them goes where they go."""

import pytest

from tests.codemods.harness import check_note, run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS, split, text

HOME = "orders/email_tasks.py"


def god(filled: str, reads: str) -> str:
    return f"{IMPORTS}{filled}\n\n{EMAIL.replace('return to', f'return {reads}')}\n\n{REPORT}"


REGISTER = "REG = []\n\n\ndef reg(f):\n    REG.append(f)\n    return f\n\n\n"
NAMED = "REG = {}\n\n\ndef reg(name):\n    def enter(f):\n        REG[name] = f\n        return f\n\n    return enter\n\n\n"
META = "REG = []\n\n\nclass Meta(type):\n    def __init__(cls, name, bases, body):\n        REG.append(cls)\n\n\nclass Base(metaclass=Meta):\n    pass\n\n\n"
ONE = "def one():\n    return 1\n"
DERIVED = "class One(Base):\n    pass\n"


@pytest.mark.parametrize(
    ("filled", "reads", "filling"),
    [
        (REGISTER + "@reg\n" + ONE, "REG", "@reg\n" + ONE),
        (NAMED + '@reg("one")\n' + ONE, "REG", '@reg("one")\n' + ONE),
        (REGISTER + ONE + "\n\nFIRST = reg(one)\n", "REG", "FIRST = reg(one)"),
        (REGISTER + ONE + "\n\nALL = list(map(reg, [one]))\n", "REG", "ALL = list(map(reg, [one]))"),
        ("REG = set()\n\n\n@REG.add\n" + ONE, "REG", "@REG.add\n" + ONE),
        ("CACHE = {}\n\n\ndef warm():\n    CACHE[1] = 2\n\n\nWARM = warm()\n", "CACHE", "WARM = warm()"),
        ("CACHE = {}\nOLD = CACHE.setdefault(1, 2)\n", "CACHE", "OLD = CACHE.setdefault(1, 2)"),
        ("READY = 0\n\n\ndef warm():\n    global READY\n    READY = 1\n\n\nWARM = warm()\n", "READY", "WARM = warm()"),
        ("SEEN = []\n\n\nclass Seen:\n    def __init__(self):\n        SEEN.append(self)\n\n\nTHE = Seen()\n", "SEEN", "THE = Seen()"),
        ("class Base:\n    KINDS = []\n\n    def __init_subclass__(cls):\n        cls.KINDS.append(cls)\n\n\n" + DERIVED, "Base.KINDS", DERIVED),
        ("class Base:\n    pass\n\n\n" + DERIVED, "Base.__subclasses__()", DERIVED),
        (META + DERIVED, "REG", DERIVED),
    ],
)  # fmt: skip
def test_what_fills_a_registry_at_import_goes_along(filled: str, reads: str, filling: str) -> None:
    found = split(god(filled, reads))
    assert filling in text(found, HOME)
    assert filling not in text(found, GOD)


def test_what_calls_a_function_that_fills_a_cache_keeps_it() -> None:
    filled = "CACHE = {}\n\n\ndef warm():\n    CACHE[1] = 2\n\n\nwarm()\n"
    note = check_note("split", {GOD: god(filled, "CACHE")}, "task-stays", SETTINGS)
    assert note.message.startswith("send_email stays: needs CACHE")


def test_a_class_whose_subclasses_another_file_asks_for_takes_them_along() -> None:
    more: dict[str, str | bytes] = {
        "orders/web.py": "from orders.tasks import Base\n\n\ndef view():\n    return Base.__subclasses__()\n"
    }
    found = split(god("class Base:\n    pass\n\n\n" + DERIVED, "Base"), more)
    assert DERIVED in text(found, HOME)


def test_a_task_that_enters_a_registry_stays_beside_it() -> None:
    source = f"{IMPORTS}{REGISTER}@reg\n{EMAIL}\n\n{REPORT}"
    note = check_note("split", {GOD: source}, "task-stays", SETTINGS)
    assert note.message == "send_email stays: it changes REG when it is imported"


def test_a_wrapper_that_counts_calls_fills_nothing_at_import() -> None:
    counted = "COUNTS = {}\n\n\ndef counted(f):\n    def call(*args):\n        COUNTS[f] = 1\n        return f(*args)\n\n    return call\n\n\n"
    found = run(
        "split", {GOD: f"{IMPORTS}{counted}@counted\n{ONE}\n\n{EMAIL}\n\n{REPORT}"}, SETTINGS
    )
    assert "@counted\n" + ONE in text(found, GOD)
    assert EMAIL in text(found, HOME)
