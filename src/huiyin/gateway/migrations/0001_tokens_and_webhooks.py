import django.contrib.postgres.fields
import django.db.models.deletion
import huiyin.people.sealing
import huiyin.ui.identifiers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0006_counts_without_write_ahead_log'),
        ('places', '0002_keys_and_records'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.UUIDField(default=huiyin.ui.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('hint', models.CharField(max_length=12)),
                ('label', models.CharField(max_length=80)),
                ('rights', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Read'), ('act', 'Open matters and act on them'), ('webhooks', 'Look after webhooks')], max_length=12), size=None)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.UUIDField(null=True)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to='people.post')),
            ],
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.UUIDField(default=huiyin.ui.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('url', models.CharField(max_length=500)),
                ('secret', huiyin.people.sealing.SealedField()),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('matter.opened', 'A matter was opened'), ('run.acted', 'Something was done; the state stayed'), ('run.moved', 'The state changed'), ('run.done', 'The service was delivered'), ('clock.over', 'A limit is over')], max_length=20), size=None)),
                ('procedures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('disabled_at', models.DateTimeField(blank=True, null=True)),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place')),
                ('token', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='gateway.apitoken')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=huiyin.ui.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('matter.opened', 'A matter was opened'), ('run.acted', 'Something was done; the state stayed'), ('run.moved', 'The state changed'), ('run.done', 'The service was delivered'), ('clock.over', 'A limit is over')], max_length=20)),
                ('event_id', models.UUIDField()),
                ('payload', models.JSONField()),
                ('state', models.CharField(choices=[('queued', 'To be sent'), ('delivered', 'Delivered'), ('dead', 'Given up')], default='queued', max_length=10)),
                ('put_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('last_status', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=80)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='gateway.subscription')),
            ],
        ),
        migrations.AddIndex(
            model_name='apitoken',
            index=models.Index(fields=['account', 'created_at'], name='gateway_tokens_of_account'),
        ),
        migrations.AddConstraint(
            model_name='apitoken',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='gateway_token_ends_after_start'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(condition=models.Q(('disabled_at', None), ('ended_at', None)), fields=['token'], name='gateway_open_subscriptions'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['due_at', 'id'], name='gateway_messages_due'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['subscription', '-id'], name='gateway_messages_of'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('subscription', 'event_id', 'kind'), name='gateway_told_once'),
        ),
    ]
