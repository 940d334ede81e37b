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
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('adhoc', 'Ad hoc'), ('ppm', 'Preventive'), ('tour', 'Tour')], default='adhoc', max_length=10)),
                ('status', models.CharField(choices=[('assigned', 'Assigned'), ('inprogress', 'In progress'), ('completed', 'Completed'), ('autoclosed', 'Auto closed'), ('missed', 'Missed')], default='assigned', max_length=12)),
                ('is_template', models.BooleanField(default=False)),
                ('frequency_days', models.IntegerField(default=1)),
                ('planned_start', models.DateTimeField(default=django.utils.timezone.now)),
                ('planned_end', models.DateTimeField(blank=True, null=True)),
                ('grace_minutes', models.IntegerField(default=10)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('progress', models.IntegerField(default=0)),
                ('remarks', models.TextField(blank=True)),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='core.person')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='core.site')),
                ('template', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='jobs.job')),
            ],
            options={
                'ordering': ['planned_start', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.IntegerField(default=1)),
                ('label', models.CharField(max_length=80)),
                ('tag', models.CharField(blank=True, max_length=40)),
                ('visited_at', models.DateTimeField(blank=True, null=True)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checkpoints', to='jobs.job')),
            ],
            options={
                'ordering': ['seq'],
            },
        ),
    ]
