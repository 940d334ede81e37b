"""The one room that speaks to git: objects made and branches moved without a checkout."""

from migrate.git.checkout import Repository
from migrate.git.history import commit_all, initialise
from migrate.git.opened import Commit

__all__ = ["Commit", "Repository", "commit_all", "initialise"]
