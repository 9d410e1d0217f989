"""What happened in a run, act by act; chained, and only ever added."""

from django.db import models
from django.db.models import F, Q

from huiyin.matters.models.runs import Run
from huiyin.ui.identifiers import new_id


class EventHeader(models.Model):
    """One act on a run: who, when, from where to where, what changed; chained, never changed.

    Nothing here is personal: free text and whatever may name somebody stands in the body. `hash` is
    over everything else in this row, with `previous`, the hash of the event before it.
    """

    append_only = True  # read by people.grants

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="timeline", db_index=False)
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=60, blank=True)  # empty: a clock went by itself
    as_actor = models.CharField(max_length=40, blank=True)
    account_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)  # the person of the matter who acted
    on_behalf_of = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField(null=True)
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    is_pending = models.BooleanField(default=False)
    effects = models.JSONField(default=dict)
    body_digest = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "seq"), name="matters_one_event_a_number"),
            models.CheckConstraint(
                condition=Q(occurred_at=None) | Q(occurred_at__lte=F("recorded_at")),
                name="matters_occurred_before_recorded",
            ),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.action or 'clock'}"


class EventBody(models.Model):
    """What was written in an act's form; a redaction deletes it, the header stays.

    The header's digest is an HMAC with this salt: without the row nothing can be guessed back. The
    application deletes it through the function `matters_delete_bodies` alone, under an order.
    """

    append_only = True  # read by people.grants

    event = models.OneToOneField(
        EventHeader, primary_key=True, on_delete=models.PROTECT, related_name="body"
    )
    salt = models.BinaryField(max_length=16)
    content = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.event_id)


class IdempotencyKey(models.Model):
    """An answer given once: the same key again gets it again; another body is refused. 90 days."""

    actor = models.CharField(max_length=60)
    operation = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=32)
    run_id = models.UUIDField()
    event_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("actor", "operation", "key"), name="matters_one_answer_a_key"
            ),
        )

    def __str__(self) -> str:
        return self.operation
