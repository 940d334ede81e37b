from datetime import timedelta
from unittest.mock import patch

from django.core import mail

from apps.core.tests.base import BackendTestCase, utc
from apps.jobs.models import Checkpoint, Job
from background_tasks import job_tasks, tasks


class CreateJobTests(BackendTestCase):
    def template(self, **kwargs):
        kwargs.setdefault("planned_start", self.ago(minutes=5))
        return self.make_job(is_template=True, **kwargs)

    def test_two_days(self):
        template = self.template(title="Rounds", frequency_days=1)
        Checkpoint.objects.create(job=template, label="Gate", tag="g1")
        result = tasks.create_job.run()
        self.assertEqual(len(result["created"]), 3)
        job = Job.objects.get(pk=result["created"][0])
        self.assertEqual((job.title, job.checkpoints.get().tag), ("Rounds", "g1"))
        self.assertEqual(tasks.create_job.run()["created"], [])

    def test_given_templates(self):
        self.template()
        other = self.template(frequency_days=7)
        result = tasks.create_job.run(jobids=[other.pk])
        self.assertEqual(Job.objects.get(pk=result["created"][0]).template, other)

    def test_horizon(self):
        self.template(frequency_days=1)
        with patch("background_tasks.tasks.JOB_HORIZON_DAYS", 5):
            self.assertEqual(len(tasks.create_job.run()["created"]), 6)

    def test_rollback(self):
        self.template()
        self.template()
        original, calls = tasks._clone_job, []

        def second_fails(template, start):
            calls.append(template)
            if len(calls) == 2:
                raise RuntimeError("disk full")
            return original(template, start)

        with patch("background_tasks.tasks._clone_job", side_effect=second_fails):
            with self.assertRaises(RuntimeError):
                tasks.create_job.run()
        self.assertEqual(Job.objects.filter(is_template=False).count(), 0)


class AutoCloseTests(BackendTestCase):
    def test_states(self):
        over = {"planned_start": self.ago(hours=3), "planned_end": self.ago(hours=2)}
        begun = self.make_job(status="inprogress", kind="ppm", **over)
        new = self.make_job(status="assigned", **over)
        later = self.make_job(status="assigned", planned_end=self.ahead(hours=1))
        self.make_person(role="manager", email="boss@hq.example")
        self.assertEqual(sorted(tasks.auto_close_jobs.apply().get()), sorted([begun.pk, new.pk]))
        for job, status in ((begun, "autoclosed"), (new, "missed"), (later, "assigned")):
            job.refresh_from_db()
            self.assertEqual(job.status, status)
        self.assertEqual(mail.outbox[0].to, ["boss@hq.example", "contact@hq.example"])
        self.assertIn("Planned end", mail.outbox[0].body)

    def test_grace(self):
        job = self.make_job(planned_end=self.ahead(days=1))
        with patch("background_tasks.tasks._grace_over", return_value=True):
            self.assertEqual(tasks.auto_close_jobs.run(jobid=job.pk), [job.pk])


class OverdueTests(BackendTestCase):
    def test_mail(self):
        self.make_job(title="Roof", planned_end=self.ago(minutes=30))
        self.make_job(title="Cellar", planned_end=self.ahead(minutes=30))
        self.assertEqual(tasks.job_overdue_alerts.run(), {"HQ": 1})
        self.assertIn("Roof", mail.outbox[0].body)
        self.assertNotIn("Cellar", mail.outbox[0].body)
        self.assertIn("Help desk", mail.outbox[0].body)

    def test_time(self):
        self.make_job(planned_end=utc(2031, 1, 1, 8))
        with patch("background_tasks.tasks.timezone") as fake:
            fake.now.return_value = utc(2031, 1, 1, 10)
            with patch("background_tasks.tasks.notify_managers") as notify:
                tasks.job_overdue_alerts.run()
        site, subject, rows = notify.call_args[0]
        self.assertEqual((site, rows[0][2]), (self.site, 120))


class TourTests(BackendTestCase):
    def tour(self, count=2, **kwargs):
        kwargs.setdefault("status", "inprogress")
        job = self.make_job(kind="tour", **kwargs)
        for seq in range(1, count + 1):
            Checkpoint.objects.create(job=job, seq=seq, label="C%d" % seq, tag="t%d" % seq)
        return job

    def test_start(self):
        job = self.tour(status="assigned")
        with patch("background_tasks.tasks.chain") as chain:
            chain.return_value.apply_async.return_value.id = "42"
            self.assertEqual(tasks.start_tour_chain.run(job.pk), "42")
        self.assertEqual(len(chain.call_args[0]), 2)
        job.refresh_from_db()
        self.assertEqual(job.status, "inprogress")

    def test_start_of_a_finished_tour(self):
        self.assertIsNone(tasks.start_tour_chain.run(self.tour(status="completed").pk))
        with self.assertRaises(ValueError):
            tasks.start_tour_chain.run(self.make_job(kind="ppm").pk)

    def test_checkpoints_of_assets(self):
        self.make_asset(code="PUMP")
        self.make_asset(code="LIFT", status="scrapped")
        job = self.tour(count=0)
        self.assertEqual(tasks.generate_tour_checkpoints.run(job.pk), 1)
        self.assertEqual(job.checkpoints.get().tag, "HQ-001")
        self.assertEqual(tasks.generate_tour_checkpoints.run(job.pk, [" Gate ", "Gate", ""]), 2)

    def test_too_many_checkpoints(self):
        job = self.tour(count=0)
        with patch("background_tasks.tasks.MAX_CHECKPOINTS", 2):
            self.assertEqual(tasks.generate_tour_checkpoints.run(job.pk, list("abc")), 2)

    def test_scan(self):
        job = self.tour()
        result = tasks.validate_tour_scan.run(job.pk, "t2", "2024-03-01T10:00:00")
        self.assertEqual(result, {"ok": True, "message": "Checked", "skipped": ["C1"]})
        self.assertEqual(job.checkpoints.get(seq=2).visited_at, utc(2024, 3, 1, 10))
        self.assertFalse(tasks.validate_tour_scan.run(job.pk, "t2")["ok"])

    def test_unknown_tag(self):
        with patch("background_tasks.tasks.mobile_log") as log:
            self.assertFalse(tasks.validate_tour_scan.run(self.tour().pk, "zz")["ok"])
        log.warning.assert_called_once()

    def test_progress(self):
        job = self.tour(count=4)
        job.checkpoints.filter(seq=1).update(visited_at=self.now)
        self.assertEqual(tasks.recompute_job_progress.run(job.pk), 25)
        job.checkpoints.update(visited_at=self.now)
        self.assertEqual(tasks.recompute_job_progress.run(job.pk), 100)
        job.refresh_from_db()
        self.assertEqual(job.status, "completed")

    def test_close_expired(self):
        half = self.tour(planned_end=self.ago(hours=2))
        half.checkpoints.filter(seq=1).update(visited_at=self.now)
        self.tour(planned_end=self.ago(hours=2))
        self.tour(planned_end=self.ahead(hours=2))
        self.assertEqual(job_tasks.close_expired_tours.run(), {"completed": 1, "missed": 1})

    def test_assign(self):
        one, two = self.make_person(), self.make_person()
        self.make_job(assigned_to=one)
        tour = self.tour(status="assigned")
        self.assertEqual(job_tasks.assign_tour_to_guards.run(self.site.pk), {str(tour.pk): two.pk})
        self.assertEqual(job_tasks.assign_tour_to_guards.run(self.make_site("X").pk), {})


class TemplateTests(BackendTestCase):
    def test_copy(self):
        target = self.make_site("NEW")
        template = self.make_job(is_template=True, kind="tour", title="Night tour")
        Checkpoint.objects.create(job=template, label="Gate")
        self.make_job(is_template=True, kind="adhoc", title="Other")
        copied = tasks.copy_job_templates.run(self.site.pk, target.pk)
        self.assertEqual(copied, ["Night tour"])
        self.assertEqual(target.jobs.get().checkpoints.get().label, "Gate")
        self.assertEqual(self.site.jobs.count(), 2)
        self.assertEqual(tasks.copy_job_templates.run(self.site.pk, target.pk), [])

    def test_sites_come_from_the_cache(self):
        target = self.make_site("NEW")
        sites = [self.site, target]
        with patch("background_tasks.tasks.get_site_cached", side_effect=sites) as get:
            tasks.copy_job_templates.run(901, 902)
        self.assertEqual([c[0][0] for c in get.call_args_list], [901, 902])


class OtherJobTests(BackendTestCase):
    def test_status(self):
        job = self.make_job()
        result = job_tasks.update_job_status.run(job.pk, "completed")
        self.assertEqual(result, {"id": job.pk, "old": "assigned", "new": "completed"})
        job.refresh_from_db()
        self.assertEqual(job.progress, 100)
        with self.assertRaises(ValueError):
            job_tasks.update_job_status.run(job.pk, "eaten")

    def test_ppm(self):
        today = self.now.date()
        self.make_asset(code="OLD", last_service_on=today - timedelta(days=91))
        self.make_asset(code="NEW", last_service_on=today - timedelta(days=5))
        self.assertEqual(job_tasks.create_ppm_job.run(), 1)
        self.assertEqual(Job.objects.get(kind="ppm").title, "PPM OLD")
        self.assertEqual(job_tasks.create_ppm_job.run(site_id=self.site.pk), 0)

    def test_reminders(self):
        person = self.make_person()
        self.make_job(assigned_to=person, title="Soon", planned_start=self.ahead(minutes=20))
        self.make_job(assigned_to=person, title="Later", planned_start=self.ahead(hours=3))
        self.assertEqual(job_tasks.send_job_reminders.run(), 1)
        self.assertTrue(mail.outbox[0].subject.startswith("Soon starts in"))

    def test_reschedule(self):
        self.make_job(kind="ppm", status="missed", title="PPM 1", planned_start=self.ago(days=2))
        (pk,) = job_tasks.reschedule_missed_jobs.run(self.site.pk)
        self.assertGreaterEqual(Job.objects.get(pk=pk).planned_start, self.now)
        self.assertEqual(job_tasks.reschedule_missed_jobs.run(self.site.pk), [])
