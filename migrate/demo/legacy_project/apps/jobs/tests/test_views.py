import json
from unittest.mock import patch

from apps.core.tests.base import BackendTestCase
from apps.jobs import services


class JobViewTests(BackendTestCase):
    def test_trigger(self):
        with patch("intelliwiz_config.celery.app.send_task") as send:
            send.return_value.id = "abc"
            response = self.client.post(
                "/jobs/create/", json.dumps({"jobs": [3]}), content_type="application/json"
            )
        self.assertEqual(response.status_code, 202)
        self.assertIn("create_job", send.call_args[0][0])
        self.assertEqual(send.call_args[1]["kwargs"], {"jobids": [3]})

    def test_status(self):
        job = self.make_job()
        with patch("apps.jobs.services.chain") as chain:
            response = self.client.post(
                "/jobs/%d/status/" % job.pk, "{}", content_type="application/json"
            )
        self.assertEqual(response.status_code, 202)
        first, second = chain.call_args[0]
        self.assertEqual(first.args, (job.pk, "completed"))
        self.assertEqual(second.args, (job.pk,))


class JobServiceTests(BackendTestCase):
    def test_begin_tour(self):
        job = self.make_job(kind="tour")
        with patch("background_tasks.tasks.start_tour_chain.delay") as delay:
            services.begin_tour(job)
        delay.assert_called_once_with(job.pk)

    def test_run_now(self):
        job = self.make_job()
        name = "background_tasks.tasks.recompute_job_progress"
        self.assertEqual(services.run_now(name, job.pk), 0)

    def test_close_now(self):
        job = self.make_job(planned_start=self.ago(days=1), planned_end=self.ago(hours=20))
        self.assertEqual(services.close_now(), [job.pk])
