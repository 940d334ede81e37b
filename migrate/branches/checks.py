"""Whether the tool's branches may move without leaving somebody's files or commits behind."""

from migrate.branches.state import BASE, HEAD, PREFIX, STEP_BRANCH
from migrate.errors import SafetyError
from migrate.git.checkout import Repository


def check_checkout(repository: Repository) -> None:
    """Raises `SafetyError` if moving the tool's branches would leave somebody's files behind."""
    repository.clear_own_locks()
    for ref in repository.branches(PREFIX):
        if ref in {HEAD, BASE} or STEP_BRANCH.match(ref):
            elsewhere = repository.checked_out_elsewhere(ref)
            name = ref.removeprefix("refs/heads/")
            if elsewhere is not None:
                raise SafetyError(
                    f"{name} is checked out in '{elsewhere}', whose files would no longer fit it. Switch that work tree to another branch, then run again"
                )
            if repository.branch == name and ref != HEAD:
                raise SafetyError(
                    f"{name} is checked out, and a run may move or delete it. Switch to another branch, then run again: git switch migrate/head"
                )
    if repository.branch == "migrate/head" and not repository.is_clean():
        raise SafetyError(
            "migrate/head is checked out and has changes that are not committed. Commit or stash them, then run again"
        )


def check_own_branch(repository: Repository, ref: str, step: str) -> None:
    """Raises `SafetyError` if a branch of the step's name holds somebody's own commit."""
    tip = repository.tip(ref)
    if tip is not None and repository.commit(tip).step != step:
        name = ref.removeprefix("refs/heads/")
        raise SafetyError(
            f"a branch named '{name}' exists that the step did not make. Rename it, then run again: git branch -m {name} my-{step}"
        )
