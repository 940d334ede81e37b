from unittest.mock import patch

from django.test import SimpleTestCase

from apps.core.tests.base import BackendTestCase
from apps.integrations import http
from apps.integrations.models import Holiday, SyncLog
from apps.integrations.tasks import fetch_holiday_calendar, push_tickets_to_erp, third_party_sync


class HttpTests(SimpleTestCase):
    def test_not_configured(self):
        with self.assertRaises(http.HttpError):
            http.get("/x")


class SyncTests(BackendTestCase):
    def test_start(self):
        with patch("apps.integrations.tasks.http") as fake:
            fake.get.return_value = ["HQ", "B"]
            with patch("intelliwiz_config.celery.app.send_task") as send:
                started = third_party_sync.run(["people", "calendar", "moon"])
        self.assertEqual(started, ["people:HQ", "people:B", "calendar"])
        self.assertEqual(send.call_count, 3)
        self.assertEqual(SyncLog.objects.count(), 2)

    def test_calendar(self):
        rows = [{"date": "2024-12-25", "name": "Christmas"}]
        with patch("apps.integrations.tasks.http.get", return_value=rows):
            self.assertEqual(fetch_holiday_calendar.run(2024), 1)
            self.assertEqual(fetch_holiday_calendar.run(2024), 0)
        self.assertEqual(Holiday.objects.get().name, "Christmas")

    def test_calendar_is_down(self):
        self.assertEqual(fetch_holiday_calendar.run(2024), 0)
        self.assertEqual(SyncLog.objects.get().status, "failed")

    def test_erp(self):
        done = self.make_ticket(status="closed", closed_at=self.now)
        refused = self.make_ticket(status="closed")
        answers = [{"accepted": True}, {"accepted": False}]
        with patch("apps.integrations.tasks.http.post", side_effect=answers) as post:
            self.assertEqual(push_tickets_to_erp.run([done.pk, refused.pk]), [done.number])
        self.assertEqual(post.call_args[0][1]["site"], "HQ")
