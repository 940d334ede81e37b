"""What is in force on each side of Celery 5.7, form by form as the design's table has it."""

from typing import Any

import pytest

from codemods.in_force import operations as ops
from codemods.in_force.layers import in_force
from codemods.in_force.names import DEFAULTS, OLD, default
from codemods.in_force.routing import Refused

S = {"a": "settings"}
B = {"b": "app"}
C = {"c": "last"}
PREFIXED = ops.FromObject({"CELERY_BEAT_SCHEDULE": S}, "CELERY")


def both(*done: ops.Operation, setting: str = "beat_schedule") -> tuple[Any, Any]:
    return in_force(done, setting, "5.6"), in_force(done, setting, "5.7")


@pytest.mark.parametrize(
    "done",
    [
        (PREFIXED, ops.Assign("beat_schedule", B)),
        (PREFIXED, ops.Update({"beat_schedule": B})),
        (ops.Make({"beat_schedule": B}), PREFIXED),
        (ops.Assign("beat_schedule", B), PREFIXED),
        (PREFIXED, ops.AfterConfigure((ops.Assign("beat_schedule", B),))),
        (PREFIXED, ops.AfterFinalize((ops.Assign("beat_schedule", B),))),
        (PREFIXED, ops.AddDefaults({"beat_schedule": B})),
    ],
)
def test_settings_up_to_5_6_and_the_app_from_5_7(done: tuple[ops.Operation, ...]) -> None:
    assert both(*done) == (S, B)


def test_an_empty_table_of_the_settings_wins_too() -> None:
    empty = ops.FromObject({"CELERY_BEAT_SCHEDULE": {}}, "CELERY")
    assert both(empty, ops.Assign("beat_schedule", B)) == ({}, B)


@pytest.mark.parametrize(
    "first",
    [
        ops.FromObject({}, "CELERY"),
        ops.FromObject({"beat_schedule": S}),
        ops.FromObject({"CELERYBEAT_SCHEDULE": S}),
    ],
)
def test_without_a_prefixed_key_the_app_wins(first: ops.Operation) -> None:
    assert both(first, ops.Assign("beat_schedule", B)) == (B, B)


@pytest.mark.parametrize(
    "change",
    [ops.Change("beat_schedule", B), ops.Join("beat_schedule", B)],
)
def test_what_changes_the_settings_own_table_counts_on_both(change: ops.Operation) -> None:
    assert both(PREFIXED, change) == (S | B, S | B)


def test_a_prefixed_assignment_and_other_settings_win_on_both() -> None:
    assert both(PREFIXED, ops.Assign("CELERY_BEAT_SCHEDULE", B)) == (B, B)
    again = ops.FromObject({"CELERY_BEAT_SCHEDULE": B}, "CELERY")
    assert both(PREFIXED, ops.Read("timezone"), again) == (B, B)


def test_a_table_that_is_read_put_into_and_assigned() -> None:
    done = (PREFIXED, ops.Extend("beat_schedule", B), ops.Assign("beat_schedule", C))
    assert both(*done) == (S | B, C)


def test_a_copy_leaves_the_settings_as_they_are() -> None:
    assert both(PREFIXED, ops.Copy("beat_schedule", B)) == (S, S | B)


@pytest.mark.parametrize(
    ("old", "new"), [("CELERYBEAT_SCHEDULE", "beat_schedule"), ("CELERY_ROUTES", "task_routes")]
)
def test_an_old_name_under_a_namespace_counts_from_5_7_on(old: str, new: str) -> None:
    settings = ops.FromObject({old: S}, "CELERY")
    assert both(settings, setting=new) == (default(new), S)


def test_periodic_tasks_join_the_table_in_force_under_their_key() -> None:
    add = ops.AddPeriodic("a", "again")
    assert both(PREFIXED, ops.Assign("beat_schedule", B), add) == (
        {"a": "again"},
        B | {"a": "again"},
    )
    # They are added before anyone is told that the settings are read.
    late = ops.AfterConfigure((ops.Assign("beat_schedule", B),))
    assert both(PREFIXED, add, late) == ({"a": "again"}, B)
    wiped = ops.AfterFinalize((ops.Assign("beat_schedule", C),))
    assert both(PREFIXED, add, wiped) == ({"a": "again"}, C)


def test_what_the_settings_lack_has_celery_s_default() -> None:
    assert both(ops.Make(), setting="task_default_queue") == ("celery", "celery")
    assert both(ops.Make()) == ({}, {})
    given = ops.FromObject({"CELERY_TIMEZONE": None, "TIME_ZONE": "Europe/Berlin"}, "CELERY")
    assert both(given, setting="timezone") == ("Europe/Berlin", "Europe/Berlin")


def test_old_and_new_names_mixed_are_refused() -> None:
    mixed = ops.FromObject({"task_routes": S, "CELERYBEAT_SCHEDULE": S})
    assert all(isinstance(found, Refused) for found in both(mixed))


def test_a_change_of_what_is_no_table_is_refused() -> None:
    found = both(ops.FromObject({}), ops.Change("task_routes", B), setting="task_routes")
    assert all(isinstance(each, Refused) for each in found)


def test_nothing_that_is_given_is_changed() -> None:
    own = dict(S)
    settings = ops.FromObject({"CELERY_BEAT_SCHEDULE": own}, "CELERY")
    in_force((settings, ops.Change("beat_schedule", B)), "beat_schedule", "5.7")["x"] = 1
    assert own == S


def test_the_names_and_defaults_are_those_of_celery() -> None:
    from celery.app import defaults

    assert vars(defaults)["_TO_OLD_KEY"] == OLD
    for new in (*DEFAULTS, "beat_schedule", "task_routes", "timezone", "task_default_priority"):
        assert default(new) == defaults.DEFAULTS[new]
