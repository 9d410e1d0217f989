from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0005_search_keys'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['-opened_at', '-id'], name='matters_latest_first'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('overlay_id', None), _negated=True), fields=['overlay_id', '-opened_at'], name='matters_on_land_of_a_county'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('is_closed', False)), fields=['procedure', 'owner', 'due_at'], name='matters_runs_by_owner'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['state', 'procedure', 'matter'], name='matters_runs_by_state'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('sender_id__isnull', False), ('to_at', None)), fields=['sender_id'], name='matters_given_by_a_unit'),
        ),
    ]
