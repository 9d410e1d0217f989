"""What the pages keep themselves: what somebody has begun to say and not sent yet."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.people.sealing import SealedField
from huiyin.ui.identifiers import new_id


class Draft(models.Model):
    """What somebody has begun to say through a door, found again by a random cookie.

    `token_digest`: of the cookie; whoever reads the table cannot open a draft with it. `body`: all
    of it as JSON, emptied when it is sent; then `matter` is what it became.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token_digest = models.BinaryField(max_length=32)
    door = models.CharField(max_length=20)
    body = SealedField(blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    matter = models.ForeignKey(
        "matters.Matter", null=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("token_digest", "door"), name="web_one_draft_a_door"),
        )
        indexes = (models.Index(fields=("changed_at",), name="web_drafts_by_age"),)

    def __str__(self) -> str:
        return self.door


class DraftFile(models.Model):
    """A file that belongs to a draft, in a field of its form; kept as long as the draft."""

    id = models.BigAutoField(primary_key=True)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    attachment = models.OneToOneField(
        "matters.Attachment", on_delete=models.CASCADE, related_name="+"
    )
    field = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.field


class SavedView(models.Model):
    """A tray of the inbox with its filters and its order, under a name of one's own.

    `post`: whose it is. `unit`: all posts of this unit have it too; None: nobody else. `query`: as
    it stands in the address of the inbox. `place`: where it stands among those of its post.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey("people.Post", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(
        "units.Unit", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=1_000)
    place = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("post", "name"), name="web_one_view_a_name"),
            models.CheckConstraint(condition=~Q(name=""), name="web_view_has_a_name"),
        )
        indexes = (
            models.Index(fields=("unit",), name="web_views_of_a_unit", condition=~Q(unit=None)),
        )

    def __str__(self) -> str:
        return self.name


class FirstView(models.Model):
    """The view with which the inbox of a post opens."""

    post = models.OneToOneField(
        "people.Post", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.view_id)


class GivenUp(models.Model):
    """Somebody looked at what did not arrive or failed, and decided that nothing more is done.

    `kind` and `ref` name it: a notice, a message to another system, a job of the background worker.
    """

    class Kind(models.TextChoices):
        NOTICE = "notice", _("Message")
        WEBHOOK = "webhook", _("Message to another system")
        JOB = "job", _("Background job")

    kind = models.CharField(max_length=8, choices=Kind)
    ref = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "ref"), name="web_given_up_once"),)
        indexes = (models.Index(fields=("kind", "-at"), name="web_given_up_lately"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"
