import json

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Runs one task of background_tasks.tasks in this process"

    def add_arguments(self, parser):
        parser.add_argument("name", help="function name, or 'maintenance'")
        parser.add_argument("--kwargs", default="{}", help="JSON")

    def handle(self, *args, **options):
        from background_tasks import tasks

        if options["name"] == "maintenance":
            result = tasks.run_maintenance()
        else:
            try:
                result = tasks.run_by_name(options["name"], **json.loads(options["kwargs"]))
            except LookupError as exc:
                raise CommandError(str(exc))
        self.stdout.write(json.dumps(result, default=str, sort_keys=True))
