import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0024_pairs_by_replacing'),
        ('units', '0006_roster_by_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='came_in_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='assignment',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='came_in_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='run',
            name='urgency_rank',
            field=models.PositiveSmallIntegerField(db_default=2, default=2),
        ),
    ]
