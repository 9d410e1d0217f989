from django.db import migrations


class Migration(migrations.Migration):
    """Counts may start afresh after a crash; without the log they cost a third."""

    dependencies = [
        ('people', '0005_visibility_functions'),
    ]

    operations = [
        migrations.RunSQL(
            sql='ALTER TABLE people_ratecount SET UNLOGGED',
            reverse_sql='ALTER TABLE people_ratecount SET LOGGED',
        ),
    ]
