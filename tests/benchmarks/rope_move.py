"""What rope takes to move one task to another module: run by the Python that has rope."""

import sys

from rope.base.project import Project
from rope.refactor.move import create_move


def main() -> None:
    """Moves `NAME` of `SOURCE` to `TARGET` in the folder, as its three words say."""
    folder, source, name, target = sys.argv[1:]
    project = Project(folder, ropefolder=None, ignore_syntax_errors=True)
    resource = project.get_file(source)
    destination = project.get_file(target)
    if not destination.exists():
        destination.create()
    offset = resource.read().index(f"def {name}(") + len("def ")
    changes = create_move(project, resource, offset).get_changes(destination)
    project.do(changes)
    sys.stdout.write(f"{len(changes.changes)}\n")
    project.close()


if __name__ == "__main__":
    main()
