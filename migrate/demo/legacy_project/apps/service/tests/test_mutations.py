import json
from unittest.mock import patch

from apps.core.models import Attachment
from apps.core.tests.base import BackendTestCase
from apps.service.models import MutationRecord
from apps.service.services.mutation_tasks import (
    insert_graphql_records_async,
    process_graphql_filedownload_async,
    process_graphql_mutation_async,
)


class MutationTests(BackendTestCase):
    def test_apply(self):
        ticket = self.make_ticket()
        record = MutationRecord.objects.create(
            uuid="u1", kind="ticket", payload={"id": ticket.pk, "status": "open"}
        )
        result = process_graphql_mutation_async.run(record.pk)
        self.assertEqual(result, {"id": ticket.pk, "changed": 1})
        ticket.refresh_from_db()
        self.assertEqual(ticket.status, "open")

    def test_unknown_kind(self):
        record = MutationRecord.objects.create(uuid="u1", kind="moon")
        self.assertIn("error", process_graphql_mutation_async.run(record.pk))

    def test_file(self):
        pk = process_graphql_filedownload_async.run("HQ", "../track.gpx", "<gpx/>")
        item = Attachment.objects.get(pk=pk)
        self.assertEqual((item.kind, item.path), ("track", "uploads/HQ/track.gpx"))

    def test_batch(self):
        rows = [{"uuid": "u1", "kind": "job"}, {"uuid": "u1", "kind": "job"}]
        target = "apps.service.services.mutation_tasks.process_graphql_mutation_async.delay"
        with patch(target) as delay, self.captureOnCommitCallbacks(execute=True):
            fresh = insert_graphql_records_async.run(rows)
        self.assertEqual(len(fresh), 1)
        delay.assert_called_once_with(fresh[0])

    def test_view(self):
        body = json.dumps({"uuid": "u9", "kind": "job", "data": {"id": 1}})
        with patch("apps.service.views.process_graphql_mutation_async.delay") as delay:
            for queued in (True, False):
                response = self.client.post(
                    "/api/mobile/mutation/", body, content_type="application/json"
                )
                self.assertEqual(response.json()["queued"], queued)
        delay.assert_called_once()
