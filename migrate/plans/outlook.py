"""What is left of a migration: each step as it would go on, with a person's edits of the plan."""

from migrate.pipeline import StepRun
from migrate.plans.replanning import earlier_plan
from migrate.plans.sittings import going_on
from migrate.project import Project


def outlook(project: Project) -> list[StepRun]:
    """The steps run in memory on the tip, each as far as its commits left it."""
    steps = going_on(project.steps.chosen(()), project.state.commits)
    choose = earlier_plan(project).choose
    return project.run(steps, project.inventory(project.state.tip), choose=choose)
