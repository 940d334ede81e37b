import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('time_in', models.DateTimeField(blank=True, null=True)),
                ('time_out', models.DateTimeField(blank=True, null=True)),
                ('source', models.CharField(default='mobile', max_length=20)),
                ('face_distance', models.FloatField(blank=True, null=True)),
                ('is_verified', models.BooleanField(default=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='core.person')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='core.site')),
            ],
            options={
                'ordering': ['day', 'person__code'],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('start', models.TimeField()),
                ('hours', models.IntegerField(default=8)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='core.person')),
            ],
            options={
                'ordering': ['day', 'start'],
            },
        ),
        migrations.CreateModel(
            name='VisitorPass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visitor', models.CharField(max_length=120)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('valid_until', models.DateTimeField()),
                ('status', models.CharField(default='active', max_length=10)),
                ('host', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='core.person')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passes', to='core.site')),
            ],
        ),
    ]
