"""A file of tasks, as the rooms of domains are given it."""

from codemods.domains.choice import Domains
from codemods.domains.groups import Choice
from codemods.domains.marks import Told
from codemods.inventory.load import load
from codemods.inventory.task import Task
from codemods.settings import Domain, Settings
from codemods.snapshot import snapshot_of
from codemods.split.packages import new_files
from codemods.units.units import Module, Unit, read_module

GOD = "shop/background/tasks.py"
HEAD = "from celery import shared_task\n\nfrom shop import ledger, mailing\n"
APP = "from celery import Celery\n\napp = Celery('shop')\napp.set_default()\n"


def task(name: str, *reads: str, options: str = "") -> str:
    """One task that reads these names."""
    body = "".join(f"    {read}()\n" for read in reads) or "    pass\n"
    return f"\n\n@shared_task{options}\ndef {name}():\n{body}"


class God:
    """A god file of this text, beside other files."""

    def __init__(
        self, *parts: str, settings: Settings | None = None, others: dict[str, str] | None = None
    ) -> None:
        self.text = HEAD + "".join(parts)
        files = {
            "manage.py": "",
            "shop/__init__.py": "",
            "shop/app.py": APP,
            "shop/ledger.py": "def book():\n    pass\n",
            "shop/mailing.py": "def post():\n    pass\n",
            "shop/background/__init__.py": "",
            GOD: self.text,
        } | (others or {})
        known = {path: text.encode() for path, text in files.items()}
        wanted = settings or Settings(god_files=(GOD,))
        self.inventory = load(snapshot_of(known), wanted)
        self.module: Module = read_module(GOD, self.text.encode())
        units = {unit.name: unit for unit in self.module.units}
        self.tasks: list[tuple[Task, Unit]] = [
            (item, units[item.qualname]) for item in self.inventory.tasks if item.path == GOD
        ]
        self.domains = Domains(self.inventory, self.module, new_files(self.inventory, self.module))
        self.told = Told(self.inventory, self.module, self.tasks)

    @property
    def chosen(self) -> dict[str, Choice]:
        """Each task's domain and reason."""
        return self.domains.choose(self.tasks)

    @property
    def files(self) -> dict[str, list[str]]:
        """The tasks of each domain."""
        found: dict[str, list[str]] = {}
        for name, choice in self.chosen.items():
            found.setdefault(choice.domain, []).append(name)
        return found


def words(**named: str) -> Settings:
    """Settings in which the user gives domains their words."""
    domains = {name: Domain(words=tuple(text.split())) for name, text in named.items()}
    return Settings(god_files=(GOD,), domains=domains)
