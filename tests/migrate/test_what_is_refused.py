"""What `apply` says of decisions that are accepted and can't be carried out yet."""

from codemods.values import Note
from migrate.applying import Applied
from migrate.cli.applied import idle
from migrate.cli.ending import why_refused

NOTES = tuple(Note("a.py", n, "duplicate-stays", f'"t{n}" waits: \x1bwhy') for n in range(7))


def applied(refused: int, notes: tuple[Note, ...] = NOTES) -> Applied:
    return Applied("dedupe", None, 0, 0.0, {}, notes, waiting=refused, refused=refused)


def test_the_first_reasons_are_told_and_what_a_repository_says_is_visible() -> None:
    lines = list(why_refused([applied(7)], ".migrate/notes.txt"))
    assert len(lines) == 6
    assert lines[0].startswith('  "t0" waits: ')
    assert "\x1b" not in "".join(lines)
    assert lines[-1] == "  and 2 more: .migrate/notes.txt"


def test_nothing_is_told_where_nothing_is_refused() -> None:
    assert list(why_refused([applied(0)], "")) == []


def test_an_idle_step_says_how_many_notes_it_has() -> None:
    assert idle(applied(0, NOTES[:1])) == "nothing it can do by itself (1 note)"
    assert idle(applied(0, ())) == "nothing to do"
    assert idle(applied(2)) == "waits for you (2)"
