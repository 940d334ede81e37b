"""How a task gets its name and options: from its decorator, a dict behind `**`, or Celery's rule."""

import re

from codemods.inventory.apps import Apps, TaskMaker
from codemods.inventory.project import Project
from codemods.inventory.values import FileFacts, Function, Name, Use


class Naming:
    """The names and options of one project's tasks."""

    def __init__(self, project: Project, apps: Apps) -> None:
        self.project = project
        classes = (apps.app_class(name) for name in apps.declared())
        self.overrides = any(c is not None and "gen_task_name" in c.methods for c in classes)
        """Whether an app computes automatic names by a method of its own."""

    def options(self, use: Use, maker: TaskMaker) -> dict[str, str]:
        """The options that a task ends up with, each with its source; `**x` where x can't be read."""
        options: dict[str, str] = {}
        for layer in (*reversed(maker.uses), use):
            for star in layer.stars:
                known = self._behind(star)
                options.update({f"**{star}": "..."} if known is None else known)
            options.update(layer.keywords)
        return options

    def _behind(self, star: str | None) -> dict[str, str] | None:
        """The keys and sources of a dict behind `**`; `None` where only running the code tells."""
        if star is None:
            return None
        if star.endswith("()"):
            maker = self.project.maker(self.project.resolve(star.removesuffix("()")))
            return maker.options or None if maker is not None else None
        binding = self.project.binding(self.project.resolve(star))
        return binding.keywords if binding is not None and binding.kind == "dict" else None

    def given(self, use: Use, maker: TaskMaker) -> Name | None:
        """The name that the decorator gives, from its own words or a dict behind `**`."""
        for layer in (use, *maker.uses):
            if layer.name is not None:
                return layer.name
            for star in layer.stars:
                known = self._behind(star)
                if known is None:
                    # What a task decorator of the project's own passes on is what it was given.
                    if layer is use or not maker.layers:
                        return Name("computed", f"**{star}")
                elif "name" in known:
                    text = known["name"]
                    return Name("text", text[1:-1]) if text[:1] in "'\"" else Name("computed", text)
        return None

    def registered(
        self,
        given: Name | None,
        facts: FileFacts,
        function: Function,
        below: tuple[Use, ...],
        maker: TaskMaker,
    ) -> tuple[str | None, str]:
        """The registered name, and whether it is explicit, automatic or dynamic."""
        module = self.project.module_of[facts.path]
        if given is not None:
            explicit = self.explicit_name(given, module)
            return explicit, "explicit" if explicit is not None else "dynamic"
        if self.overrides:
            return None, "dynamic"
        name = function.name
        for use in reversed(below):
            layer = self.project.maker(self.project.resolve(use.symbol))
            if layer is not None and layer.inner and not layer.wraps:
                module = self.project.split(self.project.resolve(use.symbol))[0]
                name = layer.inner
        for inner, wrapper in zip(maker.layers, maker.wrappers, strict=False):
            if inner.inner and not inner.wraps:
                module, name = self.project.split(wrapper)[0], inner.inner
        return f"{module}.{name}", "automatic"

    def explicit_name(self, given: Name, module: str) -> str | None:
        """The text of a name that is literal, a constant, or begins with `__name__`."""
        if given.kind == "text":
            return given.value
        if given.kind == "own":
            return module + given.value
        return self.project.text(given.value) if given.kind == "symbol" else None


def name_pattern(given: Name | None) -> str:
    """A glob for a computed name: its literal parts, `*` for the rest."""
    if given is None:
        return "*"
    texts = re.findall(r"""(?<![\w])['"]([^'"{}]*)['"]""", given.value)
    return re.sub(r"\*+", "*", "*" + "*".join(text for text in texts if text.strip(".")))
