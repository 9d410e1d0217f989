from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0006_lists_of_a_post'),
    ]

    operations = [
        migrations.AlterField(
            model_name='contact',
            name='role',
            field=models.CharField(choices=[('reporter', 'Reporter'), ('party', 'Party'), ('joined', 'Reported the same')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(('occurred_at', None), ('occurred_at__lte', models.F('opened_at')), _connector='OR'), name='matters_occurred_before_opened'),
        ),
        migrations.AddConstraint(
            model_name='eventheader',
            constraint=models.CheckConstraint(condition=models.Q(('occurred_at', None), ('occurred_at__lte', models.F('recorded_at')), _connector='OR'), name='matters_occurred_before_recorded'),
        ),
    ]
