"""Layers of settings looked into as `celery.utils.collections.ConfigurationView` does, by version."""

from typing import Any

from codemods.in_force.names import NEW, OLD
from codemods.in_force.routing import Side

MISSING: Any = object()


class View:
    """Layers of settings: what is assigned, then defaults of the app, the object, Celery's defaults."""

    def __init__(self, layers: list[dict[str, Any]], namespace: str, celery: Side) -> None:
        self.layers = layers
        self.namespace = namespace
        self.celery = celery

    def get(self, key: str) -> Any:  # noqa: ANN401
        """The value of a key, or `MISSING`: up to 5.6 name by name, from 5.7 on layer by layer."""
        keys = self.keys(key)
        if self.celery == "5.7":
            places = [(layer, each) for layer in self.layers for each in keys]
        else:
            places = [(layer, each) for each in keys for layer in self.layers]
        return next((layer[each] for layer, each in places if each in layer), MISSING)

    def has(self, key: str) -> bool:
        """`"KEY" in conf`; up to 5.6 the old name does not count."""
        keys = self.keys(key)
        asked = keys if self.celery == "5.7" else keys[:-2]
        return any(each in layer for layer in self.layers for each in asked)

    def keys(self, key: str) -> tuple[str, ...]:
        """The names that a key is looked for under, in order: prefixed, plain, new, old."""
        names: tuple[str, ...] = (key,)
        if self.namespace:
            prefix = self.namespace.rstrip("_") + "_"
            word = key if key.startswith(prefix) else prefix + key
            names = (word.upper() if prefix.isupper() else word.lower(), key)
        return (*names, NEW.get(key, key), OLD.get(key, key))
