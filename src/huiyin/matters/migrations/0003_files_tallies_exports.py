import django.contrib.postgres.fields
import django.db.models.deletion
import huiyin.people.sealing
import huiyin.ui.identifiers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0002_number_counter'),
    ]

    operations = [
        migrations.CreateModel(
            name='TallyDelta',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('places', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('day', models.DateField(null=True)),
                ('measure', models.CharField(choices=[('in_state', 'In this state now'), ('opened', 'Opened'), ('entered', 'Came into this state'), ('done', 'Done for the first time'), ('closed', 'Closed'), ('reopened', 'Taken up again after it was done'), ('overdue_promise', 'Promises overdue'), ('overdue_unit', 'Units overdue'), ('overdue_stage', 'Steps overdue'), ('met_promise', 'Promises kept in time'), ('met_unit', 'Units in time'), ('met_stage', 'Steps in time'), ('late_promise', 'Promises kept late'), ('late_unit', 'Units late'), ('late_stage', 'Steps late'), ('returned', 'Sent back by the unit')], max_length=16)),
                ('procedure', models.CharField(max_length=40)),
                ('state', models.CharField(blank=True, max_length=40)),
                ('category_id', models.UUIDField(null=True)),
                ('unit_id', models.UUIDField(null=True)),
                ('delta', models.SmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=huiyin.ui.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('owner_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
                ('sha256', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('image', 'Picture'), ('document', 'Document'), ('audio', 'Recording'), ('video', 'Video')], max_length=8)),
                ('media_type', models.CharField(max_length=80)),
                ('size_bytes', models.PositiveBigIntegerField()),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('name', huiyin.people.sealing.SealedField()),
            ],
            options={
                'indexes': [models.Index(fields=['sha256'], name='matters_file_of_bytes'), models.Index(fields=['at'], name='matters_files_by_age')],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.UUIDField(default=huiyin.ui.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('account_id', models.UUIDField()),
                ('post_id', models.UUIDField()),
                ('format', models.CharField(choices=[('xlsx', 'Excel (XLSX)'), ('csv', 'CSV')], max_length=4)),
                ('language', models.CharField(max_length=10)),
                ('is_clear', models.BooleanField(default=False)),
                ('purpose', models.CharField(max_length=200)),
                ('run_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('total', models.PositiveIntegerField()),
                ('done', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('writing', 'Being written'), ('ready', 'Ready'), ('failed', 'Failed'), ('expired', 'Deleted')], default='waiting', max_length=8)),
                ('asked_at', models.DateTimeField()),
                ('ready_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('claim', models.UUIDField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['account_id', '-asked_at'], name='matters_exports_of_somebody')],
                'constraints': [models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='matters_export_not_over_total')],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place_id', models.UUIDField()),
                ('day', models.DateField(null=True)),
                ('measure', models.CharField(choices=[('in_state', 'In this state now'), ('opened', 'Opened'), ('entered', 'Came into this state'), ('done', 'Done for the first time'), ('closed', 'Closed'), ('reopened', 'Taken up again after it was done'), ('overdue_promise', 'Promises overdue'), ('overdue_unit', 'Units overdue'), ('overdue_stage', 'Steps overdue'), ('met_promise', 'Promises kept in time'), ('met_unit', 'Units in time'), ('met_stage', 'Steps in time'), ('late_promise', 'Promises kept late'), ('late_unit', 'Units late'), ('late_stage', 'Steps late'), ('returned', 'Sent back by the unit')], max_length=16)),
                ('procedure', models.CharField(max_length=40)),
                ('state', models.CharField(blank=True, max_length=40)),
                ('category_id', models.UUIDField(null=True)),
                ('unit_id', models.UUIDField(null=True)),
                ('count', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('count', 0)), fields=['id'], name='matters_tallies_of_nothing')],
                'constraints': [models.UniqueConstraint(fields=('place_id', 'measure', 'day', 'procedure', 'state', 'category_id', 'unit_id'), name='matters_one_tally', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='AttachmentUse',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('field', models.CharField(max_length=60)),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='matters.attachment')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='file_uses', to='matters.eventheader')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='file_uses', to='matters.run')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attachment', 'event', 'field'), name='matters_one_use_a_field')],
            },
        ),
    ]
