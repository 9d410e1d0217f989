"""What the pages keep themselves: what somebody has begun to say and not sent yet."""

from django.db import models

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
