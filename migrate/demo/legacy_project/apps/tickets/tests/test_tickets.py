from datetime import date, timedelta
from unittest.mock import patch

from django.core import mail

from apps.core.tests.base import BackendTestCase, utc
from apps.tickets import services
from apps.tickets.models import Ticket
from apps.tickets.tasks import wake_snoozed_tickets
from background_tasks import email_tasks, tasks, ticket_tasks


class EscalationTests(BackendTestCase):
    def setUp(self):
        super().setUp()
        self.supervisor = self.make_person(role="supervisor")
        self.manager = self.make_person(role="manager")

    def test_levels(self):
        ticket = self.make_ticket(created_at=self.ago(hours=5))
        self.make_ticket(created_at=self.ago(hours=1))
        self.assertEqual(tasks.ticket_escalation.run(), [ticket.number])
        ticket.refresh_from_db()
        self.assertEqual((ticket.level, ticket.assigned_to), (1, self.supervisor))
        self.assertEqual(ticket.history.get().event, "escalated")
        self.assertIn("Site supervisor", mail.outbox[0].body)

    def test_third_level_has_a_copy(self):
        self.make_ticket(created_at=self.ago(days=3), level=2)
        tasks.ticket_escalation.run()
        self.assertEqual(mail.outbox[0].cc, ["contact@hq.example"])

    def test_only_given(self):
        self.make_ticket(created_at=self.ago(hours=5))
        self.assertEqual(tasks.ticket_escalation.run(ticket_ids=[0]), [])

    def test_matrix(self):
        ticket = self.make_ticket()
        with patch("background_tasks.tasks._next_level", return_value=(3, "manager")):
            self.assertEqual(tasks.ticket_escalation.run(), [ticket.number])
        ticket.refresh_from_db()
        self.assertEqual((ticket.level, ticket.assigned_to), (3, self.manager))

    def test_relay_is_down(self):
        ticket = self.make_ticket(created_at=self.ago(hours=5))
        with patch("background_tasks.tasks.send_mail_safe", side_effect=OSError("451")) as send:
            result = tasks.ticket_escalation.apply()
        # the second attempt finds nothing to do, the level was saved before the mail
        self.assertEqual(result.get(), [])
        send.assert_called_once()
        self.assertEqual(send.call_args[0][0], "Escalation of %s" % ticket.number)


class TicketTaskTests(BackendTestCase):
    def test_auto_assign(self):
        busy, free = self.make_person(role="supervisor"), self.make_person(role="supervisor")
        self.make_ticket(assigned_to=busy, status="open")
        ticket = self.make_ticket()
        self.assertEqual(ticket_tasks.auto_assign_tickets.run(self.site.pk), 1)
        ticket.refresh_from_db()
        self.assertEqual((ticket.assigned_to, ticket.status), (free, "open"))

    def test_close_stale(self):
        old = self.make_ticket(status="resolved", modified_at=self.ago(days=15))
        self.make_ticket(status="resolved", modified_at=self.ago(days=2))
        self.make_ticket(status="open", modified_at=self.ago(days=50))
        self.assertEqual(ticket_tasks.close_stale_tickets.run(), [old.number])

    def test_due_dates(self):
        high = self.make_ticket(priority="high", created_at=utc(2024, 6, 5, 10))
        low = self.make_ticket(priority="low", created_at=utc(2024, 6, 5, 10))
        self.assertEqual(ticket_tasks.recalculate_ticket_due_dates.run(), 2)
        high.refresh_from_db()
        low.refresh_from_db()
        self.assertEqual(high.due_at, utc(2024, 6, 5, 14))
        self.assertEqual(low.due_at, utc(2024, 6, 10, 10))
        self.assertEqual(ticket_tasks.recalculate_ticket_due_dates.run(force=True), 0)

    def test_sla_breach(self):
        self.make_person(role="manager", email="boss@hq.example")
        late = self.make_ticket(due_at=self.ago(hours=3))
        self.make_ticket(due_at=self.ahead(hours=3))
        self.assertEqual(email_tasks.ticket_sla_breach_alert.run(), 1)
        self.assertEqual(mail.outbox[0].to, ["boss@hq.example"])
        self.assertIn(late.number, mail.outbox[0].subject)
        self.assertEqual(tasks.ticket_sla_breach_alert.run(), 0)

    def test_from_reading(self):
        device = self.make_device(serial="S1", config={"smoke": {"max": 5}})
        number = tasks.create_ticket_from_reading.run(device.pk, "smoke", 7)
        ticket = Ticket.objects.get(number=number)
        self.assertEqual((ticket.title, ticket.priority), ("S1: smoke is above 5", "high"))
        self.assertEqual(ticket.due_at - ticket.created_at, timedelta(hours=4))
        self.assertIsNone(tasks.create_ticket_from_reading.run(device.pk, "smoke", 8))
        self.assertIsNone(tasks.create_ticket_from_reading.run(device.pk, "smoke", 1))

    def test_snapshot(self):
        ticket = self.make_ticket()
        self.assertTrue(tasks.ticket_history_snapshot.run(ticket.pk))
        self.assertFalse(tasks.ticket_history_snapshot.run(ticket.pk))
        self.assertIn('"status": "new"', ticket.history.get().note)

    def test_reopen(self):
        ticket = self.make_ticket(status="closed", level=1)
        with patch("background_tasks.tasks.send_ticket_email.delay") as mail_delay:
            with patch("background_tasks.tasks.ticket_history_snapshot.delay") as snapshot:
                self.assertTrue(tasks.reopen_ticket.run(ticket.pk, "still leaks")["ok"])
        mail_delay.assert_called_once_with(ticket.pk, isupdated=True)
        snapshot.assert_called_once_with(ticket.pk)
        ticket.refresh_from_db()
        self.assertEqual((ticket.status, ticket.level), ("open", 2))
        self.assertFalse(tasks.reopen_ticket.run(ticket.pk, "again")["ok"])

    def test_summary(self):
        self.make_ticket(created_at=utc(2024, 2, 10, 8), priority="high")
        self.make_ticket(created_at=utc(2024, 3, 1, 8))
        with patch("background_tasks.tasks.get_today", return_value=date(2024, 2, 20)):
            rows = tasks.ticket_summary_to_client.run(self.site.pk)
        self.assertEqual(rows, [("HQ", 1, 1)])
        self.assertEqual(mail.outbox[0].subject, "Tickets of February 2024")
        rows = tasks.ticket_summary_to_client.run(self.site.pk, month="2024-03")
        self.assertEqual(rows, [("HQ", 1, 0)])

    def test_merge(self):
        first = self.make_ticket(title="Water leak", created_at=self.ago(hours=3))
        second = self.make_ticket(
            title="water  leak", created_at=self.ago(hours=2), priority="high"
        )
        self.make_ticket(title="Water leak", created_at=self.ago(minutes=1))
        self.assertEqual(tasks.merge_duplicate_tickets.run(self.site.pk), [second.number])
        second.refresh_from_db()
        first.refresh_from_db()
        self.assertEqual((second.status, second.related_to), ("cancelled", first))
        self.assertEqual(first.priority, "high")

    def test_link_repeat(self):
        old = self.make_ticket(title="Lift", status="closed", closed_at=self.ago(days=2))
        new = self.make_ticket(title="lift ")
        linked = ticket_tasks.link_repeat_tickets.run(self.site.pk)
        self.assertEqual(linked, {new.number: old.number})

    def test_wake(self):
        ticket = self.make_ticket(status="onhold", modified_at=self.ago(days=3))
        self.make_ticket(status="onhold")
        self.assertEqual(wake_snoozed_tickets.run(), [ticket.number])


class TicketServiceTests(BackendTestCase):
    def test_raise_sends_a_mail(self):
        with patch("background_tasks.tasks.send_ticket_email.delay") as delay:
            ticket = services.raise_ticket(self.site, "Broken door")
        delay.assert_called_once_with(ticket.pk)
        self.assertEqual(ticket.number, "HQ-00001")

    def test_close_takes_a_snapshot(self):
        ticket = self.make_ticket()
        with patch("background_tasks.tasks.ticket_history_snapshot.apply_async") as snapshot:
            services.close_ticket(ticket, "done")
        snapshot.assert_called_once_with(args=[ticket.pk], countdown=5)
