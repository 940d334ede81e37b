from datetime import timedelta
from unittest.mock import Mock, patch

from django.core import mail

from apps.assets.models import Asset, MeterReading
from apps.assets.tasks import asset_health_check, check_warranty_expiry, roll_up_meter_readings
from apps.core.models import TaskAudit
from apps.core.tests.base import BackendTestCase
from background_tasks import report_tasks, tasks


class MeterTests(BackendTestCase):
    def test_update(self):
        self.make_asset(code="M1")
        rows = [
            {"asset": "M1", "value": 5},
            {"asset": "M1", "value": 4},
            {"asset": "??", "value": 1},
        ]
        with patch("intelliwiz_config.celery.app.send_task") as send:
            result = tasks.update_meter_readings.run(rows)
        self.assertEqual(result, {"stored": 1, "refused": ["M1", "??"]})
        send.assert_called_once_with("roll_up_meter_readings")

    def test_jump(self):
        asset = self.make_asset(code="M1")
        MeterReading.objects.create(asset=asset, value=5)
        with patch("background_tasks.tasks.logger") as logger:
            tasks.update_meter_readings.run([{"asset": "M1", "value": 500}])
        logger.warning.assert_called_once_with("meters that jump: %s", "M1: 5.0 -> 500.0")

    def test_roll_up(self):
        asset = self.make_asset()
        for value in (3, 8):
            MeterReading.objects.create(asset=asset, value=value)
        self.assertEqual(roll_up_meter_readings.run(), 2)
        asset.refresh_from_db()
        self.assertEqual(asset.meter_total, 8)
        self.assertEqual(roll_up_meter_readings.run(asset_id=asset.pk), 0)

    def test_energy(self):
        asset = self.make_asset(code="E1", name="Main", category="energy")
        for value in (10, 14.5):
            MeterReading.objects.create(asset=asset, value=value)
        path = report_tasks.build_energy_report.run(self.site.pk)
        self.assertIn("E1,Main,2,4.5", self.read(path))


class AssetTests(BackendTestCase):
    def test_rollup(self):
        self.make_asset(status="working", meter_total=4)
        self.make_asset(status="broken", meter_total=2)
        result = tasks.asset_status_rollup.apply(args=[self.site.pk]).get()
        self.assertEqual(result["by_status"]["broken"], {"count": 1, "mean": 2.0})
        self.assertEqual((result["total"], result["never_serviced"]), (6, 2))
        self.assertEqual(TaskAudit.objects.get().task_name, "asset_status_rollup")

    def test_rollup_of_a_closed_site(self):
        closed = self.make_site("X", is_active=False)
        self.assertTrue(tasks.asset_status_rollup.apply(args=[closed.pk]).failed())
        self.assertEqual(TaskAudit.objects.get().status, "failure")

    def test_sheet(self):
        self.write_media("uploads/list.csv", "code,name,category\np1,Pump,water\n,Nothing,\n")
        result = tasks.import_asset_sheet.run(self.site.pk, "list.csv")
        self.assertEqual(result, {"created": 1, "errors": ["line 3: no code"], "repeated": False})
        self.assertEqual(Asset.objects.get().code, "P1")
        self.assertIn("1 error(s)", mail.outbox[0].subject)
        self.assertTrue(tasks.import_asset_sheet.run(self.site.pk, "list.csv")["repeated"])

    def test_workbook(self):
        self.write_media("uploads/list.xlsx", "no workbook")
        rows = [[Mock(value="code"), Mock(value="name")], [Mock(value="x1"), Mock(value="Fan")]]
        with patch("background_tasks.tasks.openpyxl") as openpyxl:
            openpyxl.load_workbook.return_value.active.rows = rows
            tasks.import_asset_sheet.run(self.site.pk, "list.xlsx")
        self.assertEqual(Asset.objects.get().name, "Fan")

    def test_sheet_checksum(self):
        self.write_media("uploads/list.csv", "code\n")
        with patch("background_tasks.tasks.file_checksum", return_value="abc") as checksum:
            tasks.import_asset_sheet.run(self.site.pk, "list.csv")
        checksum.assert_called_once()
        self.assertEqual(self.site.attachments.get().checksum, "abc")

    def test_warranty(self):
        today = self.now.date()
        self.make_asset(code="W1", warranty_until=today + timedelta(days=10))
        self.make_asset(code="W2", warranty_until=today + timedelta(days=100))
        self.assertEqual(check_warranty_expiry.run(), {"HQ": 1})
        self.assertIn("W1", mail.outbox[0].body)

    def test_health(self):
        today = self.now.date()
        self.make_asset(code="H1", last_service_on=today - timedelta(days=200))
        self.make_asset(code="H2", last_service_on=today - timedelta(days=100))
        result = asset_health_check.run(self.site.pk)
        self.assertEqual(result, {"overdue": ["H1"], "working": 1})

    def test_register(self):
        self.make_asset(code="R1", name="Roof", category="building")
        path = report_tasks.asset_register_csv.run(site_id=self.site.pk)
        self.assertIn("HQ,R1,Roof,building,", self.read(path))
