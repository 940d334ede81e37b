"""What is left of a migration: each step as it would go on, with a person's edits of the plan."""

from migrate.pipeline import StepRun
from migrate.project import Project
from migrate.replanning import earlier_plan, edited_runs
from migrate.sittings import further


def outlook(project: Project) -> list[StepRun]:
    """The steps run in memory on the tip, each as far as its commits left it."""
    pending = [
        going
        for step in project.steps.chosen(())
        if (going := further(step, project.state.commits)) is not None
    ]
    inventory, earlier = project.inventory(project.state.tip), earlier_plan(project)
    if earlier is not None:
        return edited_runs(project, earlier, pending, inventory, accept=False)[0]
    return project.run(pending, inventory, accept=False)
