"""What a test puts into a module and nothing takes out again: all tests that run later live on it."""

import ast

from codemods.moves.patches.find import Site


def outlives_its_test(site: Site) -> bool:
    """Whether what a site puts in stays there, as a plain assignment does, also one by `setattr`.

    A `patch` or a `monkeypatch` ends with its test.
    """
    if isinstance(site.whole, ast.Assign):
        return True
    function = site.whole.args[0] if site.shift else site.whole.func
    return isinstance(function, ast.Name) and function.id in {"setattr", "delattr"}
