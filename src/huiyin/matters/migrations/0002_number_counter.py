from django.db import migrations

# The counter behind the numbers of matters; huiyin.matters.numbers takes it in blocks.
FORWARDS = "CREATE SEQUENCE matters_number AS bigint START 1 NO CYCLE"
BACKWARDS = "DROP SEQUENCE matters_number"


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0001_record'),
    ]

    operations = [
        migrations.RunSQL(sql=FORWARDS, reverse_sql=BACKWARDS),
    ]
