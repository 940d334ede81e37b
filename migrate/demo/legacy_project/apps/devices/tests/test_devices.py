import json
from unittest.mock import patch

from django.core import mail
from django.core.cache import cache
from django.test import override_settings

from apps.core.tests.base import BackendTestCase
from apps.devices import mqtt
from apps.devices.models import DeviceReading, OutboundMessage
from apps.devices.tasks import device_battery_report
from apps.devices.tasks import mark_offline_devices as mark_offline
from background_tasks import mqtt_tasks, tasks
from background_tasks.task_keys import LAST_HEARTBEAT_KEY


class MqttTestCase(BackendTestCase):
    def setUp(self):
        super().setUp()
        patcher = patch.object(tasks, "MQTT_CLIENT", None)
        patcher.start()
        self.addCleanup(patcher.stop)


class ReadingTests(MqttTestCase):
    def test_reading(self):
        device = self.make_device(serial="S1", status="offline")
        pk = mqtt_tasks.process_device_reading.run("S1", "temperature", 21.5)
        self.assertEqual(DeviceReading.objects.get(pk=pk).value, 21.5)
        device.refresh_from_db()
        self.assertEqual(device.status, "online")

    def test_offline(self):
        self.make_device(serial="S1", last_seen_at=self.ago(hours=1))
        self.make_device(serial="S2")
        self.assertEqual(mqtt_tasks.mark_offline_devices.run(), ["S1"])
        self.assertEqual(mark_offline.run(), [])

    def test_battery(self):
        self.make_device(serial="S1", battery=7)
        self.make_device(serial="S2")
        self.assertEqual(device_battery_report.run(), {"HQ": ["S1"]})
        self.assertIn("7 %", mail.outbox[0].body)

    def test_tokens(self):
        device = self.make_device(token="old")
        self.assertEqual(mqtt_tasks.rotate_device_tokens.run(self.site.pk), [device.serial])
        device.refresh_from_db()
        self.assertEqual(device.config["previous_token"], "old")
        self.assertEqual(len(device.token), 24)


class PublishTests(MqttTestCase):
    def test_config(self):
        self.make_device(serial="S1", topic="a/s1", config={"rate": 5})
        self.make_device(serial="S2", topic="a/s2", status="offline", battery=1)
        with patch.object(tasks, "publish") as publish:
            result = tasks.publish_device_config.run(self.site.pk)
        self.assertEqual(result, {"sent": ["S1"], "failed": ["S2"]})
        topic, payload = publish.call_args[0]
        self.assertEqual((topic, payload["config"]), ("a/s1/config", {"rate": 5}))

    def test_config_fails(self):
        self.make_device(serial="S1", topic="a/s1")
        with patch.object(tasks, "publish", side_effect=mqtt.MqttError("gone")):
            with patch("background_tasks.tasks.msg_log") as log:
                result = tasks.publish_device_config.run(self.site.pk)
        self.assertEqual(result["failed"], ["S1"])
        log.error.assert_called_once()

    def test_heartbeat(self):
        self.make_device(serial="S1", battery=3)
        with patch("background_tasks.tasks.publish") as publish:
            first = tasks.mqtt_heartbeat.run()
            self.assertEqual(tasks.mqtt_heartbeat.run(), first + 1)
        payload = publish.call_args[0][1]
        self.assertEqual((payload["queue"], payload["weak"]), ("default", ["S1"]))
        self.assertEqual(cache.get(LAST_HEARTBEAT_KEY), payload["at"])

    def test_heartbeat_connects(self):
        client = mqtt.Client()
        with patch("background_tasks.tasks.mqtt.get_client", return_value=client):
            tasks.mqtt_heartbeat.run()
            tasks.mqtt_heartbeat.run()
        self.assertEqual([m[0] for m in client.sent], ["intelliwiz/heartbeat"] * 2)
        self.assertIn("online", json.loads(client.sent[0][1]))

    def test_reconnect(self):
        OutboundMessage.objects.create(topic="t", payload="p")
        client = mqtt.Client()
        with patch("background_tasks.tasks.mqtt.get_client", return_value=client):
            with patch("background_tasks.tasks.flush_message_queue.delay") as flush:
                self.assertTrue(tasks.reconnect_mqtt.run())
        self.assertTrue(client.connected)
        flush.assert_called_once_with(limit=1)
        self.assertFalse(tasks.reconnect_mqtt.run())
        self.assertTrue(tasks.reconnect_mqtt.run(force=True))
        self.assertFalse(client.connected)

    @override_settings(MQTT_BROKER="")
    def test_reconnect_without_broker(self):
        with self.assertRaises(mqtt.MqttError):
            tasks.reconnect_mqtt.run()

    def test_flush(self):
        OutboundMessage.objects.create(topic="t", payload="p")
        OutboundMessage.objects.create(topic="t", payload="q", attempts=5)
        with patch("background_tasks.tasks.publish") as publish:
            self.assertEqual(tasks.flush_message_queue.run(), 1)
        publish.assert_called_once_with("t", "p")
        self.assertEqual(OutboundMessage.objects.filter(sent_at=None).count(), 1)

    def test_publish_mqtt(self):
        client = mqtt.Client()
        with patch("background_tasks.mqtt_tasks.mqtt.get_client", return_value=client):
            self.assertEqual(mqtt_tasks.publish_mqtt.run("a/b", {"x": 1}), 1)
        self.assertEqual(client.sent, [("a/b", '{"x": 1}', 1)])

    @override_settings(MQTT_BROKER="")
    def test_publish_mqtt_gives_up(self):
        result = mqtt_tasks.publish_mqtt.apply(args=["a/b", "x"])
        self.assertEqual(result.get(), 0)
        self.assertEqual(OutboundMessage.objects.get().topic, "a/b")

    def test_ping(self):
        replies = [{"w1": {"ok": "pong"}}, {"w2": {"error": "?"}}]
        with patch("intelliwiz_config.celery.app.control.ping", return_value=replies):
            result = mqtt_tasks.ping_workers.run()
        self.assertEqual((result["alive"], result["odd"]), (["w1"], ["w2"]))
