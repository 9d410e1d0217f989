import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('categories', '0005_names_of_registers'),
        ('matters', '0027_lists_are_walked'),
        ('places', '0002_keys_and_records'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='matter',
            name='matters_of_a_county',
        ),
        migrations.RemoveIndex(
            model_name='matter',
            name='matters_of_a_town',
        ),
        migrations.RemoveIndex(
            model_name='matter',
            name='matters_on_land_of_a_county',
        ),
        migrations.AddField(
            model_name='mattertext',
            name='came_in_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='run',
            name='opener_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['county_id', '-opened_at', '-id'], include=('category',), name='matters_of_a_county'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['town_id', '-opened_at', '-id'], include=('category',), name='matters_of_a_town'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('overlay_id', None), _negated=True), fields=['overlay_id', '-opened_at', '-id'], include=('category',), name='matters_on_land_of_a_county'),
        ),
    ]
