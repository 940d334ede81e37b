import json
import os
from datetime import date, time, timedelta
from types import SimpleNamespace
from unittest.mock import patch

from django.core import mail

from apps.attendance.models import Shift
from apps.core.tests.base import BackendTestCase
from background_tasks import email_tasks, job_tasks, tasks


class ReminderTests(BackendTestCase):
    def test_next_hours(self):
        person = self.make_person()
        self.make_job(assigned_to=person, title="Roof", planned_start=self.ahead(hours=2))
        self.make_job(assigned_to=person, title="Tomorrow", planned_start=self.ahead(hours=30))
        self.make_person()
        self.assertEqual(email_tasks.send_reminder_email.run(), {"sent": 1})
        self.assertIn("Roof", mail.outbox[0].body)
        self.assertNotIn("Tomorrow", mail.outbox[0].body)

    def test_one_user(self):
        other = self.make_person()
        self.make_job(assigned_to=self.make_person(), planned_start=self.ahead(hours=2))
        self.assertEqual(tasks.send_reminder_email.run(user_id=other.pk), {"sent": 0})


class TicketMailTests(BackendTestCase):
    def test_created(self):
        person = self.make_person()
        ticket = self.make_ticket(assigned_to=person)
        self.assertEqual(tasks.send_ticket_email.run(ticket.pk), 1)
        message = mail.outbox[0]
        self.assertEqual(message.to, [person.email, "contact@hq.example"])
        self.assertEqual(message.subject, "Ticket %s created" % ticket.number)
        self.assertEqual(ticket.history.get().event, "mail")

    def test_updated(self):
        ticket = self.make_ticket()
        email_tasks.send_ticket_email.run(ticket.pk, isupdated=True)
        self.assertTrue(mail.outbox[0].subject.endswith("updated"))


class PeopleMailTests(BackendTestCase):
    def test_welcome(self):
        boss = self.make_person(role="manager", full_name="The Boss")
        person = self.make_person(manager=boss)
        self.assertTrue(email_tasks.send_welcome_email.run(person.pk))
        self.assertIn("The Boss", mail.outbox[0].body)
        self.assertFalse(email_tasks.send_welcome_email.run(self.make_person(email="").pk))

    def test_password(self):
        person = self.make_person(password_changed_at=self.ago(days=85, hours=1))
        self.make_person()
        self.assertEqual(email_tasks.send_password_expiry_notice.run(), [person.code])
        self.assertIn("5 day(s)", mail.outbox[0].body)

    def test_announcement(self):
        for _ in range(3):
            self.make_person()
        self.make_person(is_enabled=False)
        result = email_tasks.send_bulk_announcement.run(self.site.pk, "Water", "Off at noon")
        self.assertEqual(result, {"sent": 3, "failed": 0})
        self.assertEqual({m.subject for m in mail.outbox}, {"Water"})

    def test_roster(self):
        person = self.make_person()
        day = self.now.date() + timedelta(days=1)
        Shift.objects.create(person=person, day=day, start=time(6, 30))
        Shift.objects.create(person=self.make_person(email=""), day=day, start=time(7))
        result = job_tasks.send_shift_roster_email.run(self.site.pk)
        self.assertEqual(result, {"people": 2, "sent": 1})
        self.assertIn("06:30 (8h)", mail.outbox[0].body)

    def test_birthday(self):
        boss = self.make_person(role="manager")
        person = self.make_person(birthday=date(1990, 2, 28), manager=boss)
        leap = self.make_person(birthday=date(1992, 2, 29))
        with patch("background_tasks.tasks.get_today", return_value=date(2023, 2, 28)):
            codes = tasks.send_birthday_greetings.run()
        self.assertEqual(sorted(codes), sorted([person.code, leap.code]))
        with patch("background_tasks.tasks.get_today", return_value=date(2024, 2, 28)):
            self.assertEqual(tasks.send_birthday_greetings.run(), [person.code])
        self.assertIn([boss.email], [m.cc for m in mail.outbox])

    def test_birthday_without_address(self):
        self.make_person(birthday=date(1990, 3, 1), email="")
        with patch("background_tasks.tasks.get_today", return_value=date(2023, 3, 1)):
            with patch("background_tasks.tasks.mobile_log") as log:
                self.assertEqual(tasks.send_birthday_greetings.run(), [])
        log.info.assert_called_once()

    def test_birthday_copy(self):
        self.make_person(birthday=date(1950, 3, 1), full_name="Old Friend")
        with patch("background_tasks.tasks.get_today", return_value=date(2023, 3, 1)):
            with patch("background_tasks.tasks.send_mail_safe") as send:
                tasks.send_birthday_greetings.run()
        self.assertIn("The whole of Site HQ", send.call_args[0][1])
        self.assertEqual(send.call_args[1], {"cc": []})


class DigestTests(BackendTestCase):
    def test_digest(self):
        self.make_ticket(created_at=self.ago(hours=2))
        self.make_job(status="missed", title="Lift", planned_start=self.ago(hours=3))
        self.make_site("SILENT")
        result = tasks.email_digest_to_managers.run()
        self.assertEqual(result, {"HQ": {"new": 1, "closed": 0, "missed": 1}})
        self.assertIn("missed: Lift (nobody)", mail.outbox[0].body)


class SpoolTests(BackendTestCase):
    def spool(self, name="1.json", **data):
        return self.write_media("mailspool/" + name, json.dumps(data))

    def test_sent(self):
        path = self.spool(subject="S", body="B", to=["a@x.example"])
        self.assertEqual(tasks.retry_failed_mails.run(), 1)
        self.assertFalse(os.path.exists(path))
        self.assertIn("Help desk", mail.outbox[0].body)

    def test_connection(self):
        self.spool(subject="S", body="B", to=["a@x.example"])
        with patch("background_tasks.tasks.get_connection") as connection:
            self.assertEqual(tasks.retry_failed_mails.run(), 1)
        connection.return_value.send_messages.assert_called_once()
        self.assertEqual(mail.outbox, [])

    def test_broken_file(self):
        path = self.write_media("mailspool/2.json", "{")
        with patch("background_tasks.tasks.logger") as logger:
            self.assertEqual(tasks.retry_failed_mails.run(), 0)
        logger.error.assert_called_once_with("spool file is broken: %s", "2.json")
        self.assertTrue(os.path.exists(path + ".broken"))

    def test_other_folder(self):
        self.write_media("other/1.json", json.dumps({"subject": "S", "body": "B", "to": ["a@b.c"]}))
        with patch("background_tasks.tasks.SPOOL_DIR", "other"):
            self.assertEqual(tasks.retry_failed_mails.run(), 1)

    def test_failures_are_counted(self):
        with patch("background_tasks.tasks.FAILED_MAILS", {"send_x_email": 9}) as counter:
            with patch("background_tasks.tasks.msg_log") as log:
                tasks.on_task_failure(sender=SimpleNamespace(name="send_x_email"), task_id="1")
        self.assertEqual(counter, {"send_x_email": 10})
        log.critical.assert_called_once()
