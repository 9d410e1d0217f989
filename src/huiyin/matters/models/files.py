"""Files that came in, and the acts that name them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.matters.models.events import EventHeader
from huiyin.matters.models.runs import Run
from huiyin.people.sealing import SealedField
from huiyin.ui.identifiers import new_id


class FileKind(models.TextChoices):
    """What sort of file it is, as forms accept them; proven by its bytes."""

    IMAGE = "image", _("Picture")
    DOCUMENT = "document", _("Document")
    AUDIO = "audio", _("Recording")
    VIDEO = "video", _("Video")


class Attachment(models.Model):
    """A file that somebody sent in, for one act or several.

    The bytes lie in the file store under `sha256`, cleaned of what a camera writes into them. It
    belongs to whoever sent it (None: nobody who had signed in) until an act uses it; what is not
    used within a day is deleted. The name it had is personal and sealed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=FileKind)
    media_type = models.CharField(max_length=80)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    name = SealedField()

    class Meta:
        indexes = (
            models.Index(fields=("sha256",), name="matters_file_of_bytes"),
            models.Index(fields=("at",), name="matters_files_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:8]}"


class AttachmentUse(models.Model):
    """An act named this file in a field of its form; it cannot go while this row is there."""

    id = models.BigAutoField(primary_key=True)
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="uses")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="file_uses")
    event = models.ForeignKey(EventHeader, on_delete=models.PROTECT, related_name="file_uses")
    field = models.CharField(max_length=60)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("attachment", "event", "field"), name="matters_one_use_a_field"
            ),
        )

    def __str__(self) -> str:
        return self.field
