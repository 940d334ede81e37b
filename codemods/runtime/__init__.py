"""The target runtime: the guide's modules, scripts and hooks, thin, where the project lacks them.

INSTALLED_APPS = ["orders"]  ->  INSTALLED_APPS = ["orders", "target_runtime"]

Only by `[tool.migrate.runtime] install = true`, or a line in the plan.
"""

from codemods.runtime.bases import Assign
from codemods.runtime.decisions import Add, decide, defaults_by, rebased_by
from codemods.runtime.rewriting import rewrite

__all__ = ["Add", "Assign", "decide", "defaults_by", "rebased_by", "rewrite"]
