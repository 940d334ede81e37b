"""A move over texts in memory: files and the new homes of units in, the bytes that come of it out."""

from collections.abc import Mapping

from codemods.inventory.link import Inventory
from codemods.inventory.load import load
from codemods.moves.movable_tasks import circular_imports
from codemods.moves.request import MoveRequest, Wish
from codemods.moves.settle import Settlement, settle
from codemods.moves.write import Carry
from codemods.settings import Settings
from codemods.snapshot import Snapshot, snapshot_of
from codemods.units.units import Module, read_module
from codemods.values import Rewrite

OLD = "shop/tasks.py"
HOME = "shop/mails.py"
SHARED = "shop/shared.py"

Files = Mapping[str, str | bytes]


def snapshot(files: Files) -> Snapshot:
    """These files in a package `shop`."""
    known: Files = {"shop/__init__.py": "", **files}
    return snapshot_of(
        {p: data if isinstance(data, bytes) else data.encode() for p, data in known.items()}
    )


def inventory_of(files: Files, settings: Settings | None = None) -> Inventory:
    """What is known of these files."""
    return load(snapshot(files), settings or Settings())


def module(text: str | bytes, path: str = OLD) -> Module:
    """A text as units."""
    return read_module(path, text if isinstance(text, bytes) else text.encode())


def wish(known: Inventory, path: str = OLD, **homes: str) -> Wish:
    """What binds these names in a file goes to these files of `shop`."""
    units = read_module(path, known.files.read(path))
    wanted = {units.binders[name][-1]: f"shop/{home}.py" for name, home in homes.items()}
    return Wish(units, SHARED, wanted, circular=set(circular_imports(known, units)))


def settled(files: Files, **homes: str) -> Settlement:
    """The moves of the old file's units of these names, as far as they can be made."""
    known = inventory_of(files)
    return settle(known, MoveRequest((wish(known, **homes),)))


def written(files: Files, *, follow: bool = True, **homes: str) -> Rewrite:
    """All that such moves write."""
    return Carry(snapshot(files), settled(files, **homes), follow=follow).write()


def carried(files: Files, **homes: str) -> dict[str, bytes | None]:
    """The bytes of each file that such moves change."""
    found = Carry(snapshot(files), settled(files, **homes), follow=True).write()
    return {change.path: change.after for change in found.changes}
