from datetime import date, timedelta
from io import StringIO
from unittest.mock import patch

from django.core.cache import cache
from django.core.management import CommandError, call_command

from apps.attendance.models import Attendance
from apps.core.models import TaskAudit
from background_tasks import tasks
from background_tasks.task_keys import OPEN_TICKETS_KEY, SITE_SUMMARY_KEY

from .base import BackendTestCase, utc


class NightlySummaryTests(BackendTestCase):
    def test_summary_is_cached(self):
        person = self.make_person()
        self.make_job(planned_start=utc(2024, 5, 1, 9), status="completed")
        self.make_job(planned_start=utc(2024, 5, 1, 10))
        Attendance.objects.create(person=person, site=self.site, day=date(2024, 5, 1))
        with patch("background_tasks.tasks.get_today", return_value=date(2024, 5, 2)):
            self.assertEqual(tasks.nightly_site_summary.run(), ["HQ"])
        summary = cache.get(SITE_SUMMARY_KEY % "HQ")
        self.assertEqual(summary["day"], "2024-05-01")
        self.assertEqual((summary["jobs"], summary["rate"], summary["present"]), (2, 50, 1))

    def test_locked(self):
        cache.add("lock:nightly-summary", 1, 60)
        self.assertEqual(tasks.nightly_site_summary.run(), [])

    def test_day_of_another_year(self):
        original = tasks.get_today
        tasks.get_today = lambda: date(2020, 1, 1)
        try:
            tasks.nightly_site_summary.run()
        finally:
            tasks.get_today = original
        self.assertEqual(cache.get(SITE_SUMMARY_KEY % "HQ")["day"], "2019-12-31")


class HealthScoreTests(BackendTestCase):
    def test_score(self):
        self.make_ticket(priority="high", status="open")
        self.make_ticket(priority="low", status="new")
        self.make_device(status="offline")
        self.assertEqual(tasks.site_health_score.run(), {"HQ": 83})
        self.site.refresh_from_db()
        self.assertEqual(self.site.score, 83)

    def test_steep_fall_is_logged(self):
        for _ in range(3):
            self.make_device(status="offline")
        with patch("background_tasks.tasks.logger") as logger:
            tasks.site_health_score.run(self.site.pk)
        logger.warning.assert_called_once_with("%s fell from %d to %d", "HQ", 100, 70)


class ArchiveSitesTests(BackendTestCase):
    def test_only_silent_sites(self):
        old = (self.now - timedelta(days=400)).date()
        silent = self.make_site("OLD", opened_on=old)
        busy = self.make_site("BUSY", opened_on=old)
        self.make_job(busy, planned_start=self.ago(days=3))
        person = self.make_person(silent)
        self.assertEqual(tasks.archive_inactive_sites.apply().get(), ["OLD"])
        person.refresh_from_db()
        self.assertFalse(person.is_enabled)
        audit = TaskAudit.objects.get()
        self.assertEqual((audit.task_name, audit.status), ("archive_inactive_sites", "success"))


class CacheWarmingTests(BackendTestCase):
    def test_counts(self):
        self.make_ticket(status="open")
        self.make_ticket(status="closed")
        self.assertEqual(tasks.cache_warming.run(), ["open-tickets:HQ"])
        self.assertEqual(cache.get(OPEN_TICKETS_KEY % "HQ"), 1)
        self.assertEqual(tasks.cache_warming.run(), [])

    def test_cache_is_asked_first(self):
        with patch("background_tasks.tasks.cache") as fake:
            fake.get.return_value = 0
            self.assertEqual(tasks.cache_warming.run(), [])
        fake.set.assert_not_called()


class AuditTests(BackendTestCase):
    def rows(self, count, **kwargs):
        for _ in range(count):
            TaskAudit.objects.create(task_name="x", created_at=self.ago(days=40), **kwargs)

    def test_failures_are_kept(self):
        self.rows(3, status="success")
        self.rows(2, status="failure")
        self.assertEqual(tasks.prune_task_audit.run(), 3)
        self.assertEqual(TaskAudit.objects.count(), 2)

    def test_batches(self):
        self.rows(5, status="success")
        with patch("background_tasks.tasks.chunks", side_effect=lambda rows, size: [rows[:2]]):
            self.assertEqual(tasks.prune_task_audit.run(), 2)

    def test_batch_size(self):
        self.rows(4, status="success")
        with patch("background_tasks.tasks.MAIL_BATCH", 3):
            with patch.object(tasks, "chunks", wraps=tasks.chunks) as chunks:
                self.assertEqual(tasks.prune_task_audit.run(), 4)
        self.assertEqual(chunks.call_args[0][1], 3)


class TempFilesTests(BackendTestCase):
    def test_young_files_stay(self):
        self.write_media("uploads/a.part", "x")
        result = tasks.cleanup_temp_files.run()
        self.assertEqual(result, {"removed": [], "kept": 1})

    def test_old_files_go(self):
        self.write_media("uploads/a.part", "x")
        self.write_media("uploads/a.txt", "x")
        with patch("background_tasks.tasks.timezone") as fake:
            fake.now.return_value = self.ahead(hours=13)
            result = tasks.cleanup_temp_files.run()
        self.assertEqual(result, {"removed": ["uploads/a.part"], "kept": 0})


class RunTaskCommandTests(BackendTestCase):
    def test_by_name(self):
        self.make_device(status="offline")
        out = StringIO()
        call_command("run_task", "site_health_score", stdout=out)
        self.assertEqual(out.getvalue().strip(), '{"HQ": 90}')

    def test_unknown(self):
        with self.assertRaises(CommandError):
            call_command("run_task", "timezone")

    def test_maintenance(self):
        with patch("background_tasks.tasks.run_by_name", return_value=1) as run:
            self.assertEqual(set(tasks.run_maintenance().values()), {1})
        self.assertEqual(run.call_count, 3)
