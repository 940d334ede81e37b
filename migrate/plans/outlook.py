"""What is left of a migration: each step as it would go on, with a person's edits of the plan."""

from collections.abc import Collection

from migrate.gates import Gates, is_held
from migrate.pipeline import StepRun
from migrate.plans.replanning import earlier_plan
from migrate.plans.sittings import going_on
from migrate.project import Project
from migrate.steps import Step


def outlook(project: Project) -> list[StepRun]:
    """The steps run in memory on the tip, each as far as its commits left it, and deploys let it."""
    commits = project.state.commits
    steps = going_on(project.steps.chosen(()), commits)
    choose = earlier_plan(project).choose

    def held(step: Step, made: Collection[str]) -> bool:
        return is_held(step, project.steps, commits, Gates(), made)

    return project.run(steps, project.inventory(project.state.tip), choose=choose, held=held)
