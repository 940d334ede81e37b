import logging
from datetime import timedelta

from celery import shared_task
from django.core.mail import EmailMessage
from django.utils import timezone

from apps.core.models import Site
from apps.devices.models import Device

msg_log = logging.getLogger("message_q")

BATTERY_LIMIT = 20


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
def device_battery_report(limit=BATTERY_LIMIT):
    """Which batteries have to be changed, one mail for each site with a contact."""
    result = {}
    for site in Site.objects.filter(is_active=True):
        weak = site.devices.filter(battery__lt=limit).order_by("battery", "serial")
        if not weak:
            continue
        result[site.code] = [device.serial for device in weak]
        if not site.contact_email:
            msg_log.warning("%s: %d weak batteries, nobody to tell", site.code, len(weak))
            continue
        body = "\n".join(f"{d.serial:<20} {d.battery:3d} %" for d in weak)
        EmailMessage(
            subject=f"{len(weak)} weak batteries on {site.name}",
            body=body,
            to=[site.contact_email],
        ).send()
    return result
