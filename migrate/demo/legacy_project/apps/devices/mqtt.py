"""Thin wrapper of the MQTT client.  Keeps messages in memory when no broker is configured."""

import json
import logging

log = logging.getLogger("message_q")


class MqttError(Exception):
    pass


class Client:
    def __init__(self, client_id="intelliwiz"):
        self.client_id = client_id
        self.connected = False
        self.sent = []

    def connect(self, host, port=1883):
        if not host:
            raise MqttError("no broker configured")
        self.connected = True
        log.debug("mqtt %s connected to %s:%s", self.client_id, host, port)

    def publish(self, topic, payload, qos=1):
        if not self.connected:
            raise MqttError("not connected")
        if not isinstance(payload, str):
            payload = json.dumps(payload, sort_keys=True)
        self.sent.append((topic, payload, qos))
        return len(self.sent)

    def disconnect(self):
        self.connected = False


def get_client(client_id="intelliwiz"):
    return Client(client_id)
