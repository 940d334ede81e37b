"""How far an expression is followed; what lies beyond is unknown, never guessed.

Followed are constants, texts and what is joined of them, dicts and lists, names through imports,
classes, enums and properties, calls of the project's own functions and classes (both ways of an
`if`, a loop's body for each item of a short known list, else once, no recursion), `partial`, `wraps`, lazy proxies. Not followed are the
environment, files, other libraries, and whatever depends on an argument that nobody gives.
"""

DEPTH = 90
"""Calls and names inside each other."""

STEPS = 4000
"""Expressions looked at for one question."""

CHOICES = 6
"""Ways that one expression may turn out."""

TEXT = 1000
"""Characters of a text that is put together."""

LOOPS = 12
"""Items of a known list that a loop is run for."""
