"""What git said, in words that fit a sentence."""

import git


def first_line(error: git.GitCommandError) -> str:
    """What git said, without its prefixes and full stop."""
    text = str(error.stderr).replace("stderr:", "").strip().strip("'").strip()
    line = next(
        (line.strip() for line in text.splitlines() if line.strip()), f"exit {error.status}"
    )
    while line.startswith(("fatal: ", "error: ")):
        line = line.partition(": ")[2]
    return line.rstrip(".")
