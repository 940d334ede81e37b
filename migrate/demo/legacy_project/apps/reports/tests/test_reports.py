import json
import os
from unittest.mock import patch

from django.core import mail

from apps.core.tests.base import BackendTestCase
from apps.jobs.models import Checkpoint
from apps.reports.models import ReportFile, ScheduledReport
from apps.reports.tasks import translate_report_titles
from background_tasks import report_tasks, report_tasks_refactored, tasks


class ScheduledTests(BackendTestCase):
    def schedule(self, **kwargs):
        kwargs.setdefault("next_run_at", self.ago(hours=1))
        return ScheduledReport.objects.create(site=self.site, **kwargs)

    def test_due(self):
        due = self.schedule()
        self.schedule(next_run_at=self.ahead(hours=1))
        self.schedule(enabled=False)
        self.assertEqual(len(report_tasks.create_scheduled_reports.run()), 1)
        due.refresh_from_db()
        self.assertGreater(due.next_run_at, self.now)
        self.assertTrue(os.path.exists(ReportFile.objects.get().path))

    def test_nothing_due(self):
        self.assertEqual(report_tasks_refactored.create_scheduled_reports.run(), [])

    def test_mail(self):
        report = self.schedule(to_addr="a@x.example, b@x.example")
        path = self.write_media("reports/x.csv", "a\n")
        self.assertEqual(report_tasks.send_report_email.run(report.pk, path), 1)
        self.assertEqual(mail.outbox[0].to, ["a@x.example", "b@x.example"])
        self.assertEqual(mail.outbox[0].attachments[0][0], "x.csv")


class SiteReportTests(BackendTestCase):
    def test_rows(self):
        ticket = self.make_ticket(status="open")
        self.make_ticket(created_at=self.ago(days=90), modified_at=self.ago(days=90))
        result = report_tasks.generate_site_report.run(self.site.pk)
        self.assertEqual(result["rows"], 1)
        self.assertIn(ticket.number, self.read(result["path"]))

    def test_tickets(self):
        ticket = self.make_ticket(priority="high")
        self.make_ticket(status="closed")
        path = report_tasks.export_ticket_csv.run(site_id=self.site.pk, status="new")
        lines = self.read(path).split()
        self.assertEqual(len([x for x in lines if x.startswith("HQ,")]), 1)
        self.assertIn(ticket.number, self.read(path))

    def test_tours(self):
        tour = self.make_job(kind="tour", title="Night")
        Checkpoint.objects.create(job=tour, label="a", visited_at=self.now)
        Checkpoint.objects.create(job=tour, label="b")
        path = report_tasks_refactored.build_tour_report.run(self.site.pk)
        self.assertIn("Night,-,Assigned,1/2", self.read(path))

    def test_merge(self):
        one = self.make_report("1.csv", "a,b\n1,2\n")
        two = self.make_report("2.csv", "a,b\n3,4\n")
        result = report_tasks.merge_report_files.run([one.pk, two.pk])
        self.assertEqual(result["rows"], 2)
        self.assertEqual(self.read(result["path"]).split(), ["a,b", "1,2", "3,4"])

    def test_cleanup(self):
        old = self.make_report("old.csv", created_at=self.ago(days=31))
        self.make_report("new.csv")
        self.assertEqual(report_tasks.cleanup_old_reports.run(), {"removed": 1, "bytes": 8})
        self.assertFalse(os.path.exists(old.path))


class IndexTests(BackendTestCase):
    def test_index(self):
        self.make_report("1.csv", report_type="tickets")
        lost = self.make_report("2.csv")
        os.remove(lost.path)
        result = tasks.report_history_index.run()
        self.assertEqual((result["lost"], result["totals"]), (1, {"tickets": 1}))
        self.assertIn("Ticket list,HQ,1.csv", self.read(result["path"]))

    def test_titles(self):
        self.make_report("1.csv")
        with patch("background_tasks.tasks.report_title", return_value="Something"):
            result = tasks.report_history_index.run()
        self.assertIn("Something,HQ", self.read(result["path"]))

    def test_old_reports_are_logged(self):
        self.make_report("1.csv", created_at=self.ago(days=9))
        with patch("background_tasks.tasks.REPORT_KEEP_DAYS", 5):
            with patch("background_tasks.tasks.logger") as logger:
                tasks.report_history_index.run()
        logger.error.assert_called_once_with("no %s for %d days", "Site report", 9)

    def test_german_titles(self):
        self.make_report("1.csv", report_type="tickets", rows=3)
        text = self.read(translate_report_titles.run(self.site.pk), encoding="latin-1")
        self.assertIn("St\u00f6rungen;1.csv;3", text)


class BundleTests(BackendTestCase):
    def test_monthly(self):
        self.make_site("B")
        self.make_site("C", is_active=False)
        with patch("background_tasks.tasks.chord") as chord:
            self.assertEqual(tasks.monthly_summary_bundle.run(), 2)
        self.assertEqual(len(chord.call_args[0][0].tasks), 2)
        self.assertEqual(tasks.monthly_summary_bundle.run(site_ids=[0]), 0)

    def test_bundle(self):
        self.make_report("1.csv")
        with patch("background_tasks.report_tasks_refactored.chord") as chord:
            result = report_tasks_refactored.schedule_report_bundle.run(self.site.pk)
        self.assertEqual(result, {"name": "bundle_HQ.csv", "merged": 1})
        self.assertEqual(len(chord.call_args[0][0].tasks), 2)


class DispatchTests(BackendTestCase):
    def test_runs_the_task(self):
        result = tasks.dispatch_report.run("health", self.site.pk)
        self.assertEqual(result["title"], "Site health")
        self.site.refresh_from_db()
        self.assertEqual(self.site.score, 100)

    def test_unknown_type(self):
        with patch("background_tasks.tasks.logger") as logger:
            self.assertIsNone(tasks.dispatch_report.run("weather", self.site.pk))
        logger.error.assert_called_once()

    def test_unknown_task(self):
        with patch("background_tasks.tasks.current_app") as current:
            current.tasks.get.return_value = None
            with patch("intelliwiz_config.celery.app.send_task") as send:
                send.return_value.id = "1"
                result = tasks.dispatch_report.run("tickets", self.site.pk)
        self.assertEqual(result["id"], "1")
        self.assertEqual(send.call_args[1]["kwargs"], {"site_id": self.site.pk})

    def test_view(self):
        with patch("intelliwiz_config.celery.app.send_task") as send:
            send.return_value.id = "1"
            response = self.client.post(
                "/reports/run/",
                json.dumps({"type": "assets", "site": 3}),
                content_type="application/json",
            )
        self.assertEqual(response.json()["task"], "Asset register (.csv)")
        self.assertEqual(send.call_args[1]["queue"], "reports")

    def test_view_unknown(self):
        response = self.client.post("/reports/run/", "{}", content_type="application/json")
        self.assertEqual(response.status_code, 400)
