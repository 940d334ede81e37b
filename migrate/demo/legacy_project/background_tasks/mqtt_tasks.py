"""Tasks of the MQTT service.  The worker of the queue external_api runs them."""

import logging
import secrets
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from apps.devices import mqtt
from apps.devices.models import Device, DeviceReading, OutboundMessage
from intelliwiz_config.celery import app

msg_log = logging.getLogger("message_q")

READING_LIMITS = {"temperature": (-40, 120), "humidity": (0, 100), "battery": (0, 100)}


@app.task(name="publish_mqtt()", bind=True, max_retries=4, default_retry_delay=15)
def publish_mqtt(self, topic, payload, qos=1):
    """Publishes one message; after the last attempt it goes to the outbound table."""
    client = mqtt.get_client("publish-%s" % (self.request.id or "local"))
    try:
        client.connect(settings.MQTT_BROKER, settings.MQTT_PORT)
        count = client.publish(topic, payload, qos)
    except mqtt.MqttError as exc:
        if self.request.retries >= self.max_retries:
            msg_log.error("giving up on %s: %s", topic, exc)
            OutboundMessage.objects.create(topic=topic, payload=str(payload))
            return 0
        raise self.retry(exc=exc)
    finally:
        client.disconnect()
    return count


# for the status page, the result is read from the cache backend
@app.task(name="ping_workers")
def ping_workers(timeout=1.0):
    """Asks all the workers for a sign of life."""
    alive, odd = [], []
    for reply in app.control.ping(timeout=timeout):
        for host, answer in reply.items():
            if answer.get("ok") == "pong":
                alive.append(host)
            else:
                odd.append(host)
    if odd:
        msg_log.warning("odd answers: %s", ", ".join(odd))
    return {"alive": sorted(alive), "odd": sorted(odd), "broker": app.conf.broker_url}


@shared_task(name="process_device_reading", ignore_result=True)
def process_device_reading(serial, metric, value):
    """Stores one reading and brings the device back online."""
    device = Device.objects.filter(serial=serial).first()
    if device is None:
        msg_log.warning("reading of unknown device %s", serial)
        return None
    low, high = READING_LIMITS.get(metric, (None, None))
    if low is not None and not low <= value <= high:
        msg_log.error("%s of %s is impossible: %r", metric, serial, value)
        return None
    reading = DeviceReading.objects.create(device=device, metric=metric, value=value)
    device.last_seen_at = reading.received_at
    device.status = "online"
    if metric == "battery":
        device.battery = int(value)
        if device.battery < LOW_BATTERY:
            msg_log.warning("battery of %s: %d %%", serial, device.battery)
    device.save(update_fields=["last_seen_at", "status", "battery"])
    return reading.pk


@shared_task(name="mark_offline_devices")
def mark_offline_devices(minutes=30):
    """Devices that were silent for half an hour are offline."""
    limit = timezone.now() - timedelta(minutes=minutes)
    silent = Device.objects.filter(status="online", last_seen_at__lt=limit)
    serials = []
    for device in silent.select_related("site"):
        device.status = "offline"
        device.save(update_fields=["status"])
        serials.append(device.serial)
    if serials:
        msg_log.warning("offline: %s", ", ".join(serials))
    return serials


@shared_task
def rotate_device_tokens(site_id, length=24):
    """New tokens for all the devices of a site; the old ones stay valid until the next config."""
    changed = []
    for device in Device.objects.filter(site_id=site_id).exclude(status="scrapped"):
        old = device.token
        while device.token == old:
            device.token = secrets.token_hex(length // 2)
        config = dict(device.config)
        config["previous_token"] = old
        device.config = config
        device.save(update_fields=["token", "config"])
        changed.append(device.serial)
    msg_log.info("%d tokens rotated on site %s", len(changed), site_id)
    return changed
