import django.db.models.deletion
from django.db import migrations, models

import huiyin.ui.identifiers


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0007_joined_and_late'),
    ]

    operations = [
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('heads', models.PositiveIntegerField()),
                ('runs', models.PositiveIntegerField()),
                ('hash', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='AnchoredHead',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('anchor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='of_runs', to='matters.anchor')),
                ('run_id', models.UUIDField()),
                ('seq', models.PositiveIntegerField()),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'indexes': [models.Index(fields=['anchor', 'run_id'], name='matters_heads_of_anchor')],
                'constraints': [models.UniqueConstraint(fields=('run_id', 'seq'), name='matters_anchored_once')],
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.UUIDField(default=huiyin.ui.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='matters.matter')),
                ('reason', models.CharField(max_length=200)),
                ('placed_at', models.DateTimeField()),
                ('placed_by', models.UUIDField(null=True)),
                ('until', models.DateField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_by', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('lifted_at', None)), fields=['matter'], name='matters_on_hold')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='matters_hold_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='tombstone', serialize=False, to='matters.matter')),
                ('how', models.CharField(max_length=12)),
                ('rule', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('opened_on', models.DateField()),
                ('ended_on', models.DateField()),
                ('category_code', models.CharField(blank=True, max_length=20)),
                ('procedure', models.CharField(max_length=40)),
                ('state', models.CharField(max_length=40)),
                ('result', models.CharField(blank=True, max_length=40)),
            ],
        ),
    ]
