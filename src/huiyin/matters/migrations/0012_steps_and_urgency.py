"""Steps of the ladder that were taken, when to look next, and how urgent a matter is."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0011_links_ratings_call_backs'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeeperState',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('ladder', models.CharField(blank=True, max_length=64)),
                ('late_since', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StepTaken',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('began_at', models.DateTimeField()),
                ('rung', models.CharField(max_length=60)),
                ('unit_id', models.UUIDField()),
                ('role', models.CharField(blank=True, max_length=20)),
                ('is_passed_over', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('event_id', models.UUIDField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='matter',
            name='call_first',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='matter',
            name='urgency',
            field=models.CharField(choices=[('normal', 'Normal'), ('urgent', 'Urgent'), ('emergency', 'Emergency')], db_default='normal', default='normal', max_length=10),
        ),
        migrations.AddField(
            model_name='mattertext',
            name='urgent_words',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='runclock',
            name='next_step_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='runclock',
            index=models.Index(condition=models.Q(('next_step_at__isnull', False)), fields=['next_step_at'], name='matters_steps_to_come'),
        ),
        migrations.AddConstraint(
            model_name='keeperstate',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='matters_one_keeper'),
        ),
        migrations.AddField(
            model_name='steptaken',
            name='clock',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='matters.runclock'),
        ),
        migrations.AddConstraint(
            model_name='steptaken',
            constraint=models.UniqueConstraint(fields=('clock', 'rung', 'unit_id', 'at'), name='matters_one_step_a_look'),
        ),
        # Nobody holds a role in what is at its end.
        migrations.RunSQL(
            "UPDATE matters_assignment SET to_at = run.changed_at FROM matters_run AS run"
            " WHERE run.id = run_id AND run.is_over AND to_at IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
