import logging
from datetime import timedelta

from celery import shared_task
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from apps.assets.models import Asset, MeterReading
from apps.core.models import Site

logger = logging.getLogger(__name__)


@shared_task
def check_warranty_expiry(days=30):
    """Warranties that end soon."""
    today = timezone.localdate()
    ending = Asset.objects.filter(
        warranty_until__gte=today, warranty_until__lte=today + timedelta(days=days)
    ).select_related("site")
    by_site = {}
    for asset in ending:
        by_site.setdefault(asset.site, []).append(asset)
    for site, assets in by_site.items():
        if not site.contact_email:
            logger.info("%s has no contact", site.code)
            continue
        lines = [f"{a.code}  {a.name}  until {a.warranty_until:%d-%b-%Y}" for a in assets]
        EmailMessage(
            subject=f"Warranty of {len(assets)} asset(s) ends",
            body="\n".join(lines),
            to=[site.contact_email],
        ).send()
    return {site.code: len(assets) for site, assets in by_site.items()}


@shared_task(name="roll_up_meter_readings")
@transaction.atomic
def roll_up_meter_readings(asset_id=None):
    """The last reading becomes the meter total of its asset."""
    readings = MeterReading.objects.filter(rolled_up=False).select_related("asset")
    if asset_id:
        readings = readings.filter(asset_id=asset_id)
    latest = {}
    for reading in readings:
        latest[reading.asset] = reading.value
    for asset, value in latest.items():
        asset.meter_total = max(asset.meter_total, value)
        asset.save(update_fields=["meter_total"])
    count = readings.update(rolled_up=True)
    logger.debug("%d readings, %d assets", count, len(latest))
    return count


@shared_task(name="Asset health check")
def asset_health_check(site_id):
    """Marks assets as overdue when two service intervals have gone by."""
    site = Site.objects.get(pk=site_id)
    today = timezone.localdate()
    overdue, fine = [], 0
    for asset in site.assets.filter(status__in=["working", "overdue"]):
        limit = timedelta(days=2 * asset.service_interval_days)
        if asset.last_service_on and today - asset.last_service_on > limit:
            asset.status = "overdue"
            overdue.append(asset.code)
        else:
            asset.status = "working"
            fine += 1
        asset.save(update_fields=["status"])
    return {"overdue": overdue, "working": fine}
