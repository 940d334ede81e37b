from datetime import date, time, timedelta
from unittest.mock import patch

from django.core import mail

from apps.attendance.models import Attendance, Shift, VisitorPass
from apps.attendance.tasks import auto_punch_out, perform_face_check
from apps.core.models import Person
from apps.core.tests.base import BackendTestCase, utc
from apps.jobs.models import Checkpoint
from background_tasks import email_tasks, report_tasks, tasks

DAY = date(2024, 5, 6)


class AbsentTests(BackendTestCase):
    def test_absent_and_service_on_one_day(self):
        person, there = self.make_person(), self.make_person()
        for someone in (person, there):
            Shift.objects.create(person=someone, day=DAY, start=time(8))
        Attendance.objects.create(person=there, site=self.site, day=DAY)
        self.make_asset(code="PUMP", last_service_on=DAY - timedelta(days=80))
        # one day for both of them
        with patch("background_tasks.tasks.get_today", return_value=DAY):
            self.assertEqual(tasks.attendance_absent_alert.run(), {"HQ": [person.code]})
            self.assertEqual(tasks.asset_service_due.run(), {"HQ": ["PUMP"]})
        self.assertEqual(mail.outbox[0].subject, "Absent on 06-May-2024: 1")
        self.assertIn("16-May-2024", mail.outbox[1].body)

    def test_recipients(self):
        person = self.make_person()
        Shift.objects.create(person=person, day=DAY, start=time(8))
        with patch("background_tasks.tasks.get_today", return_value=DAY):
            with patch("background_tasks.tasks.site_admins", return_value=["x@y.example"]):
                tasks.attendance_absent_alert.run(self.site.pk)
        self.assertEqual(mail.outbox[0].to, ["x@y.example"])


class LateTests(BackendTestCase):
    def test_csv(self):
        late, fine = self.make_person(), self.make_person()
        for person, minute in ((late, 45), (fine, 5)):
            Shift.objects.create(person=person, day=DAY, start=time(8))
            Attendance.objects.create(
                person=person, site=self.site, day=DAY, time_in=utc(2024, 5, 6, 8, minute)
            )
        result = tasks.late_arrival_report.run(day="2024-05-06")
        self.assertEqual(result["late"], 1)
        self.assertIn("%s,%s,45" % (late.code, late.full_name), self.read(result["path"]))
        self.assertEqual(tasks.late_arrival_report.run(day="06-May-2024")["late"], 1)

    def test_bad_day(self):
        with self.assertRaises(ValueError):
            tasks.late_arrival_report.run(day="yesterday")

    def test_file_name(self):
        with patch("background_tasks.tasks.write_csv", return_value="/x.csv") as write:
            result = tasks.late_arrival_report.run(day="2024-05-06")
        self.assertEqual(result["path"], "/x.csv")
        self.assertTrue(write.call_args[0][0].endswith("late_2024-05-06.csv"))


class PeopleTests(BackendTestCase):
    ANSWER = {
        "people": [
            {"code": "N1", "name": "New One", "email": "n1@hq.example"},
            {"code": "K1", "name": "Known Better", "email": None},
            {"name": "No Code"},
        ]
    }

    def test_roster(self):
        known = self.make_person(full_name="Known", email="")
        Person.objects.filter(pk=known.pk).update(code="K1")
        self.make_person()
        with patch("background_tasks.tasks.http") as http:
            http.get.return_value = self.ANSWER
            with patch("background_tasks.tasks.send_welcome_email.delay") as welcome:
                result = tasks.sync_people_roster.run("HQ")
        http.get.assert_called_once_with("/hr/sites/HQ/people")
        self.assertEqual(result, {"created": 1, "updated": 1, "gone": 1})
        welcome.assert_called_once_with(Person.objects.get(code="N1").pk)

    def test_empty_roster(self):
        with patch("background_tasks.tasks.http.get", return_value={"people": []}):
            result = tasks.sync_people_roster.run("HQ")
        self.assertEqual(result["gone"], 0)

    def test_left(self):
        person = self.make_person(left_on=date(2098, 4, 30))
        job, ticket = self.make_job(assigned_to=person), self.make_ticket(assigned_to=person)
        self.assertEqual(tasks.deactivate_left_people.run(), {})
        with patch("background_tasks.tasks.get_today", return_value=date(2098, 5, 1)):
            result = tasks.deactivate_left_people.run()
        self.assertEqual(result, {person.code: {"jobs": 1, "tickets": 1}})
        job.refresh_from_db()
        ticket.refresh_from_db()
        self.assertEqual((job.assigned_to, ticket.assigned_to), (None, None))
        self.assertIn("Hand-over", mail.outbox[0].subject)

    def test_left_history(self):
        person = self.make_person(left_on=date(2019, 1, 1))
        ticket = self.make_ticket(assigned_to=person, status="open")
        with patch.object(tasks, "_history") as history:
            tasks.deactivate_left_people.run()
        history.assert_called_once_with(ticket, "unassigned", "%s has left" % person.full_name)


class PassTests(BackendTestCase):
    def visitor(self, **kwargs):
        return VisitorPass.objects.create(
            site=self.site, visitor="Ann", host=self.make_person(), **kwargs
        )

    def test_expire(self):
        old = self.visitor(valid_until=self.ago(hours=1))
        self.visitor(valid_until=self.ahead(hours=1))
        self.assertEqual(tasks.expire_visitor_passes.run(), {"expired": 1, "hosts": 1})
        old.refresh_from_db()
        self.assertEqual(old.status, "expired")
        self.assertIn("Ann", mail.outbox[0].body)

    def test_footer(self):
        self.visitor(valid_until=self.ago(hours=1))
        with patch("background_tasks.tasks.with_footer", side_effect=str.upper):
            tasks.expire_visitor_passes.run()
        self.assertIn("ANN", mail.outbox[0].body)

    def test_pass_mail(self):
        item = self.visitor(valid_until=self.ahead(hours=1), email="ann@v.example")
        self.assertEqual(email_tasks.send_visitor_pass_email.run(item.pk), 1)
        self.assertEqual(mail.outbox[0].cc, [item.host.email])


class TimeTests(BackendTestCase):
    def test_backfill(self):
        guard = self.make_person()
        tour = self.make_job(
            kind="tour", planned_start=utc(2024, 5, 6, 8), assigned_to=guard, title="T"
        )
        for hour in (9, 17):
            Checkpoint.objects.create(job=tour, label=str(hour), visited_at=utc(2024, 5, 6, hour))
        self.assertEqual(tasks.attendance_backfill.run(self.site.pk, "2024-05-06"), [guard.code])
        row = Attendance.objects.get()
        self.assertEqual((row.time_out - row.time_in, row.source), (timedelta(hours=8), "backfill"))
        self.assertEqual(tasks.attendance_backfill.run(self.site.pk, "2024-05-06"), [])

    def test_face(self):
        att = Attendance.objects.create(person=self.make_person(), site=self.site, day=DAY)
        self.assertEqual(perform_face_check.run(att.pk)["reason"], "no picture")
        self.assertTrue(perform_face_check.run(att.pk, 0.2)["verified"])
        self.assertFalse(perform_face_check.run(att.pk, 0.9)["verified"])

    def test_punch_out(self):
        person = self.make_person()
        Shift.objects.create(person=person, day=DAY, start=time(8), hours=6)
        att = Attendance.objects.create(
            person=person, site=self.site, day=DAY, time_in=utc(2024, 5, 6, 8)
        )
        self.assertEqual(auto_punch_out.run(), [person.code])
        att.refresh_from_db()
        self.assertEqual(att.time_out, utc(2024, 5, 6, 14))

    def test_csv_of_today(self):
        person = self.make_person()
        Attendance.objects.create(person=person, site=self.site, day=self.now.date())
        path = report_tasks.export_attendance_csv.run(self.site.pk)
        self.assertIn("%s,%s,,OPEN" % (person.code, person.full_name), self.read(path))

    def test_digest(self):
        day = self.now.date() - timedelta(days=2)
        start = self.ago(days=2)
        Attendance.objects.create(
            person=self.make_person(),
            site=self.site,
            day=day,
            time_in=start,
            time_out=start + timedelta(hours=7, minutes=30),
        )
        self.assertEqual(report_tasks.weekly_attendance_digest.run(), {"HQ": 7.5})
        self.assertIn("7.5 h", mail.outbox[0].body)
