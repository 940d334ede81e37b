"""The shape of each verb that has one, and the JSON Schema that is made of it."""

import msgspec
from msgspec import Struct

from migrate.fleet.figures import FleetOut
from migrate.shapes.apply import ApplyOut, VerifyOut
from migrate.shapes.branches import RebaseOut, RollbackOut
from migrate.shapes.check import CheckOut, InitOut
from migrate.shapes.codemods import NewCodemodOut, TrustOut
from migrate.shapes.drain import DrainOut
from migrate.shapes.explain import ExplainOut
from migrate.shapes.plan import PlanOut
from migrate.shapes.status import ReportOut, StatusOut

SHAPES: dict[str, type[Struct]] = {
    "init": InitOut,
    "new-codemod": NewCodemodOut,
    "plan": PlanOut,
    "apply": ApplyOut,
    "report": ReportOut,
    "status": StatusOut,
    "verify": VerifyOut,
    "rollback": RollbackOut,
    "rebase": RebaseOut,
    "explain": ExplainOut,
    "trust": TrustOut,
    "drain": DrainOut,
    "check": CheckOut,
    "fleet": FleetOut,
}


def schema(name: str) -> bytes:
    """The JSON Schema of one shape, as published in `migrate/schemas`."""
    made = msgspec.json.schema(SHAPES[name])
    return msgspec.json.format(msgspec.json.encode(made, order="deterministic"), indent=2) + b"\n"
