import json
from unittest.mock import patch

from apps.core.tests.base import BackendTestCase
from apps.tickets.models import Ticket


class TicketViewTests(BackendTestCase):
    def post(self, url, data):
        return self.client.post(url, json.dumps(data), content_type="application/json")

    def test_create(self):
        with patch("background_tasks.tasks.send_ticket_email.delay") as delay:
            response = self.post("/tickets/", {"site": "HQ", "title": "No light"})
        self.assertEqual(response.status_code, 201)
        delay.assert_called_once_with(Ticket.objects.get().pk)

    def test_unknown_site(self):
        self.assertEqual(self.post("/tickets/", {"site": "?"}).status_code, 404)

    def test_escalate(self):
        ticket = self.make_ticket()
        response = self.post("/tickets/%d/escalate/" % ticket.pk, {})
        self.assertEqual(response.status_code, 202)
        self.assertIn("ticket_escalation", response.json()["task"])
