import os
import shutil
import tempfile
from datetime import datetime, timedelta, timezone as dt_timezone

from django.core.cache import cache
from django.test import TestCase, override_settings
from django.utils import timezone

from apps.assets.models import Asset
from apps.core.models import Attachment, Person, Site
from apps.devices.models import Device
from apps.jobs.models import Job
from apps.reports.models import ReportFile
from apps.tickets.models import Ticket
from background_tasks import tasks


def utc(*args):
    return datetime(*args, tzinfo=dt_timezone.utc)


class BackendTestCase(TestCase):
    """Media in a temporary folder, empty caches, and short ways to make rows."""

    counter = 0

    def setUp(self):
        super().setUp()
        self.media = tempfile.mkdtemp(prefix="intelliwiz-test-")
        self.addCleanup(shutil.rmtree, self.media, ignore_errors=True)
        override = override_settings(MEDIA_ROOT=self.media)
        override.enable()
        self.addCleanup(override.disable)
        cache.clear()
        tasks.SITE_CACHE.clear()
        self.now = timezone.now()
        self.site = self.make_site("HQ", contact_email="contact@hq.example")

    @classmethod
    def number(cls):
        BackendTestCase.counter += 1
        return BackendTestCase.counter

    def make_site(self, code, **kwargs):
        return Site.objects.create(code=code, name="Site %s" % code, **kwargs)

    def make_person(self, site=None, **kwargs):
        n = self.number()
        kwargs.setdefault("full_name", "Person %d" % n)
        kwargs.setdefault("email", "p%d@intelliwiz.example" % n)
        return Person.objects.create(site=site or self.site, code="P%d" % n, **kwargs)

    def make_job(self, site=None, **kwargs):
        kwargs.setdefault("title", "Job %d" % self.number())
        return Job.objects.create(site=site or self.site, **kwargs)

    def make_ticket(self, site=None, **kwargs):
        n = self.number()
        kwargs.setdefault("title", "Ticket %d" % n)
        return Ticket.objects.create(site=site or self.site, number="T%d" % n, **kwargs)

    def make_asset(self, site=None, **kwargs):
        n = self.number()
        kwargs.setdefault("name", "Asset %d" % n)
        kwargs.setdefault("code", "A%d" % n)
        return Asset.objects.create(site=site or self.site, **kwargs)

    def make_device(self, site=None, **kwargs):
        kwargs.setdefault("serial", "D%d" % self.number())
        return Device.objects.create(site=site or self.site, **kwargs)

    def make_report(self, name="r.csv", text="a,b\n1,2\n", site=None, **kwargs):
        path = self.write_media(os.path.join("reports", name), text)
        kwargs.setdefault("report_type", "site")
        return ReportFile.objects.create(site=site or self.site, path=path, **kwargs)

    def write_media(self, name, text):
        path = os.path.join(self.media, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as fh:
            fh.write(text)
        return path

    def make_attachment(self, name="uploads/a.jpg", text="picture", **kwargs):
        if text is not None:
            self.write_media(name, text)
        return Attachment.objects.create(site=self.site, path=name, **kwargs)

    def read(self, path, encoding="utf-8"):
        with open(path, encoding=encoding) as fh:
            return fh.read()

    def ago(self, **kwargs):
        return self.now - timedelta(**kwargs)

    def ahead(self, **kwargs):
        return self.now + timedelta(**kwargs)
