"""Tokens of the API, its kept answers, and what other systems are told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.people.models import Account, Post
from huiyin.people.sealing import SealedField
from huiyin.places.models import Place
from huiyin.ui.identifiers import new_id


class Right(models.TextChoices):
    """What a token may be used for; what its account or post may do bounds it in any case."""

    READ = "read", _("Read")
    ACT = "act", _("Open matters and act on them")
    WEBHOOKS = "webhooks", _("Look after webhooks")


class ApiToken(models.Model):
    """A key of the API: of an account in one post, or of an account alone. Kept as a hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=12)  # how it begins, to tell one's tokens apart
    label = models.CharField(max_length=80)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="api_tokens")
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.CASCADE, related_name="api_tokens"
    )
    rights = ArrayField(models.CharField(max_length=12, choices=Right))
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)  # an account; None: the operator
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("account", "created_at"), name="gateway_tokens_of_account"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="gateway_token_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.hint}… {self.label}"


class KeptAnswer(models.Model):
    """An answer of the API that was given under a key: the same request again gets it again.

    `digest`: of what was asked for. The answer is sealed: it may name a file or a matter.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    operation = models.CharField(max_length=300)
    key = models.CharField(max_length=120)
    digest = models.BinaryField(max_length=32)
    answer = SealedField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("at",), name="gateway_answers_by_age"),)
        constraints = (
            models.UniqueConstraint(
                fields=("account", "operation", "key"), name="gateway_one_answer_a_key"
            ),
        )

    def __str__(self) -> str:
        return self.operation


class EventKind(models.TextChoices):
    """What another system can be told of."""

    OPENED = "matter.opened", _("A matter was opened")
    ACTED = "run.acted", _("Something was done; the state stayed")
    MOVED = "run.moved", _("The state changed")
    DONE = "run.done", _("The service was delivered")
    CLOCK = "clock.over", _("A limit is over")


class Subscription(models.Model):
    """Another system that is told of acts. Empty `procedures`: all that are not confidential.

    `secret`: signs what is sent. `failing_since`: of the first failure after the last success.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="subscriptions")
    url = models.CharField(max_length=500)
    secret = SealedField()
    kinds = ArrayField(models.CharField(max_length=20, choices=EventKind))
    procedures = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("token",), name="gateway_open_subscriptions",
                condition=Q(ended_at=None, disabled_at=None),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.id)


class MessageState(models.TextChoices):
    """How a message stands."""

    QUEUED = "queued", _("To be sent")
    DELIVERED = "delivered", _("Delivered")
    DEAD = "dead", _("Given up")


class Message(models.Model):
    """One thing one subscriber is told: a row of the outbox, put in the act's transaction.

    `id` is the webhook-id: it stays the same however often the message is sent.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="messages"
    )
    kind = models.CharField(max_length=20, choices=EventKind)
    event_id = models.UUIDField()
    payload = models.JSONField()  # nothing personal
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.QUEUED)
    put_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)  # of HTTP
    reason = models.CharField(max_length=80, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            # The worker: what is due.
            models.Index(
                fields=("due_at", "id"), name="gateway_messages_due", condition=Q(state="queued")
            ),
            models.Index(fields=("subscription", "-id"), name="gateway_messages_of"),
            # The administrator's page: what was given up, the latest first.
            models.Index(fields=("-id",), name="gateway_messages_dead", condition=Q(state="dead")),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("subscription", "event_id", "kind"), name="gateway_told_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
