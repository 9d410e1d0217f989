"""What was told to whom, over which channel, and what became of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.notices.texts import Channel
from huiyin.people.models import Account
from huiyin.people.sealing import SealedField
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Unit


class ChannelChoice(models.TextChoices):
    INBOX = Channel.INBOX.value, _("In Huiyin")
    SMS = Channel.SMS.value, _("SMS")
    EMAIL = Channel.EMAIL.value, _("E-mail")


class NoticeState(models.TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    REFUSED = "refused", _("Not deliverable")
    UNKNOWN = "unknown", _("Unclear whether it arrived")
    DEAD = "dead", _("Given up")


# Where somebody has to look; a clerk may send them again.
TROUBLED = (NoticeState.UNKNOWN, NoticeState.DEAD, NoticeState.REFUSED)


class Notice(models.Model):
    """One message over one channel: a row of the outbox and, in Huiyin itself, of the list.

    `id` is the message id the gateway takes for its duplicate key: a message keeps it for good.
    `texts` holds {language: [subject, body]} as JSON, the SMS and e-mail in one language only.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=200)  # the caller's: the same thing is told once
    name = models.CharField(max_length=120)  # PROCEDURE.ACTION.ACTOR, or another dotted name
    channel = models.CharField(max_length=10, choices=ChannelChoice)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.PROTECT, related_name="notices",
        db_index=False,  # each message has to be written into as few indexes as can be
    )  # fmt: skip
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="notices",
        db_index=False,
    )  # fmt: skip
    address = SealedField(blank=True)  # phone number or e-mail address
    address_index = models.BinaryField(max_length=32, null=True, blank=True)
    language = models.CharField(max_length=10)
    texts = SealedField(blank=True)
    text_version = models.PositiveIntegerField(default=0)  # 0: the shipped text
    link = models.CharField(max_length=200, blank=True)
    confidential = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=NoticeState)
    put_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)  # a worker is sending it till then
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(
        max_length=80, blank=True
    )  # a code of wording.REASONS; never personal
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    resent_at = models.DateTimeField(null=True, blank=True)
    resent_by = models.UUIDField(null=True, blank=True)
    laid_aside_at = models.DateTimeField(null=True, blank=True)
    laid_aside_by = models.UUIDField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key", "channel"), name="notices_told_once"),
            models.CheckConstraint(
                condition=Q(channel=Channel.INBOX.value, address="", address_index=None)
                & (Q(account=None, unit__isnull=False) | Q(account__isnull=False, unit=None))
                | Q(channel__in=("sms", "email"), unit=None, address_index__isnull=False),
                name="notices_reach_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(texts="") | Q(emptied_at__isnull=False),
                name="notices_say_something",
            ),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(emptied_at=None),
                name="notices_to_be_sent_are_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="notices_sent_have_a_time",
            ),
        )
        indexes = (
            # The worker: what is due.
            models.Index(fields=("due_at", "id"), condition=Q(state="queued"), name="notices_due"),
            # E-mails that a worker was sending when it was killed: looked for before each batch.
            models.Index(
                fields=("leased_until",),
                condition=Q(state="queued", channel="email"),
                name="notices_e_mails_leased",
            ),
            # The page of the administrator, and the command.
            models.Index(
                fields=("-id",),
                condition=Q(state__in=("unknown", "dead", "refused"), laid_aside_at=None),
                name="notices_troubled",
            ),
            # The lists of a person and of a unit, the latest first.
            models.Index(
                fields=("account", "-id"), condition=Q(channel="inbox"), name="notices_of_account"
            ),
            models.Index(
                fields=("unit", "-id"), condition=Q(channel="inbox"), name="notices_of_unit"
            ),
            # What was sent to this phone.
            models.Index(
                fields=("address_index",),
                condition=Q(address_index__isnull=False),
                name="notices_of_address",
            ),
            # What may be emptied.
            models.Index(
                fields=("put_at",), condition=Q(emptied_at=None), name="notices_not_emptied"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.channel} {self.id}"


class Outage(models.Model):
    """A time in which the gateway or mail server of a channel took nothing; open while it lasts.

    One message tries whether it is over, not before `rest_until`; the others wait untried.
    `reason`: what came of the last try, as in `Notice.reason`.
    """

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=10, choices=ChannelChoice)
    began_at = models.DateTimeField()
    tried_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=1)
    rest_until = models.DateTimeField()
    reason = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("channel",), condition=Q(ended_at=None), name="notices_one_open_outage"
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.began_at}"


class NoticeRead(models.Model):
    """Somebody has read a notice; for one to a unit, each of its people does so for themselves."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="reads")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "notice"), name="notices_read_once"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.notice_id}"


class TextVersion(models.Model):
    """The city's own text of a notice, from now on; empty `texts` takes the shipped one again.

    Append-only: the app role has no UPDATE or DELETE on this table.
    """

    append_only = True  # read by people.grants

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    texts = models.JSONField()  # as in a file: {"sms": {"zh": …, "en": …}, …}
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("text of a message")
        verbose_name_plural = _("Texts of messages")
        constraints = (
            models.UniqueConstraint(fields=("name", "version"), name="notices_text_versions"),
        )

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


class OutcomeCount(models.Model):
    """How often a channel had an outcome since the installation began; read by /metrics."""

    channel = models.CharField(max_length=10)
    outcome = models.CharField(max_length=10)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("channel", "outcome"), name="notices_outcomes"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.outcome}"
