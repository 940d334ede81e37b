import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('category', models.CharField(default='general', max_length=40)),
                ('status', models.CharField(default='working', max_length=20)),
                ('last_service_on', models.DateField(blank=True, null=True)),
                ('service_interval_days', models.IntegerField(default=90)),
                ('warranty_until', models.DateField(blank=True, null=True)),
                ('meter_total', models.FloatField(default=0)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assets', to='core.site')),
            ],
            options={
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='MeterReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.FloatField()),
                ('read_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('rolled_up', models.BooleanField(default=False)),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='assets.asset')),
            ],
            options={
                'ordering': ['read_at', 'id'],
            },
        ),
    ]
