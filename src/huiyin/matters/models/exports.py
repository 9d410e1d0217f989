"""Lists that somebody asked for as a file."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.ui.identifiers import new_id


class ExportState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    WRITING = "writing", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Deleted")


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel (XLSX)")
    CSV = "csv", _("CSV")


class Export(models.Model):
    """A list of runs that somebody asked for as a file, written in the background.

    `run_ids`: the list as its owner saw it when asking. `is_clear`: with names and phone numbers in
    the clear. `done`: rows whose part is on the disk; work goes on from there after a stop.
    `claim`, `seen_at`: which worker writes it, and its last sign of life.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account_id = models.UUIDField()
    post_id = models.UUIDField()
    format = models.CharField(max_length=4, choices=ExportFormat)
    language = models.CharField(max_length=10)
    is_clear = models.BooleanField(default=False)
    purpose = models.CharField(max_length=200)
    run_ids = ArrayField(models.UUIDField())
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.WAITING)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    seen_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=("account_id", "-asked_at"), name="matters_exports_of_somebody"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(done__lte=F("total")), name="matters_export_not_over_total"
            ),
        )

    def __str__(self) -> str:
        return f"{self.format} {self.state}"
