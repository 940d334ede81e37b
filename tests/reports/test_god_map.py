"""Where the tasks and helpers of a god file went, as a value."""

from reports.god_map import went

READS = {"send": {"HOST", "mail", "os"}, "report": {"mail"}, "gone": set[str]()}
DEFINED = {
    "send": ["shop/email_tasks.py"],
    "report": ["shop/tasks.py"],
    "mail": ["shop/shared.py"],
    "HOST": ["shop/tasks.py"],
}


def test_each_task_has_its_helpers_and_each_helper_its_tasks() -> None:
    found = went("shop/tasks.py", 900, READS, DEFINED, ["HOST", "mail", "unread"])
    assert {item.name: (item.to, item.others) for item in found.tasks} == {
        "send": (("shop/email_tasks.py",), ("HOST", "mail")),
        "report": (("shop/tasks.py",), ("mail",)),
        "gone": ((), ()),
    }
    assert {item.name: (item.to, item.others) for item in found.helpers} == {
        "HOST": (("shop/tasks.py",), ("send",)),
        "mail": (("shop/shared.py",), ("send", "report")),
        "unread": ((), ()),
    }


def test_the_old_file_comes_first_then_the_fullest() -> None:
    found = went("z.py", 9, {"a": set(), "b": set(), "c": set()}, {"a": ["b.py"], "b": ["c.py"], "c": ["c.py"], "H": ["z.py"]}, ["H"])  # fmt: skip
    assert found.homes == {"z.py": (0, 1), "c.py": (2, 0), "b.py": (1, 0)}
    assert [*found.homes] == ["z.py", "c.py", "b.py"]
    assert found.is_apart
    assert not went("z.py", 9, {"a": set()}, {"a": ["z.py"]}, []).is_apart
