from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0017_no_index_twice'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='done_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='assignment',
            name='moved_at',
            field=models.DateTimeField(null=True),
        ),
    ]
