"""A check that a step is done once it has run."""

from migrate.pipeline import Load, StepRun, run_again


def settles(run: StepRun, load: Load) -> list[str]:
    """The step run again changes nothing."""
    again = run_again(run, load)
    return [f"a second run would change '{path}' again" for path in again.files]
