"""The route of a name that a step's decisions lead to, told from the tables before: what a proof expects."""

from collections.abc import Collection
from typing import Any

from codemods.in_force.routing import Refused, Side, Unknown, answer, prepared
from codemods.inventory.link import Inventory
from codemods.routes.decisions import DeadKey, Route
from codemods.tables.choices import going
from codemods.values import Decision


def expected(
    inventory: Inventory, decisions: Collection[Decision], name: str, side: Side
) -> dict[str, Any] | Refused | Unknown | None:
    """What the router is to say of a name, once the decisions are carried out."""
    gone = {source.place for source in going(inventory.routing, decisions)}
    value = inventory.routing.without(gone, side)
    if isinstance(value, dict):
        keys = {d.key for d in decisions if isinstance(d, DeadKey) and d.answer == "remove"}
        value = {key: route for key, route in value.items() if key not in keys}
        routed = {
            d.name: {"queue": d.answer}
            for d in decisions
            if isinstance(d, Route) and d.answer != "keep"
        }
        value = {**routed, **value} if name in routed else value
    table = prepared(value)
    return table if isinstance(table, Refused) else answer(table, name)
