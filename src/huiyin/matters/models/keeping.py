"""How long a matter is kept, and what proves that nothing was changed."""

from django.db import models
from django.db.models import Q

from huiyin.matters.models.matter import Matter
from huiyin.ui.identifiers import new_id


class LegalHold(models.Model):
    """Nothing of this matter may be redacted or deleted until a day: a lawsuit, an audit.

    `until`: None until it is lifted. Kept after its end, as the record of why something stayed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=200)
    placed_at = models.DateTimeField()
    placed_by = models.UUIDField(null=True)  # the account
    until = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("matter",), name="matters_on_hold", condition=Q(lifted_at=None)
            ),
        )  # fmt: skip
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="matters_hold_has_a_reason"),
        )

    def __str__(self) -> str:
        return self.reason


class Tombstone(models.Model):
    """What stays of a matter whose time of keeping is over; also its row, runs and headers stay.

    Number, dates, class and result, so that whoever reads the number out is told what became of it.
    """

    matter = models.OneToOneField(
        Matter, primary_key=True, on_delete=models.PROTECT, related_name="tombstone"
    )
    how = models.CharField(max_length=12)  # anonymise, delete (retention.yaml)
    rule = models.CharField(max_length=60)
    at = models.DateTimeField()
    opened_on = models.DateField()
    ended_on = models.DateField()
    category_code = models.CharField(max_length=20, blank=True)
    procedure = models.CharField(max_length=40)
    state = models.CharField(max_length=40)  # of the main run at its end
    result = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.rule


class Anchor(models.Model):
    """The heads of all chains at one moment, of those that had grown since the anchor before.

    `hash` is over the hash before it, number, instant and all its heads in the order of their
    runs. Also a line of a file that the application only adds to (`anchoring`).
    """

    append_only = True  # read by people.grants

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField()
    heads = models.PositiveIntegerField()
    runs = models.PositiveIntegerField()  # how many there were in all
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.number)


class AnchoredHead(models.Model):
    """The head of one chain, as an anchor holds it."""

    append_only = True  # read by people.grants

    id = models.BigAutoField(primary_key=True)
    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="of_runs")
    run_id = models.UUIDField()
    seq = models.PositiveIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run_id", "seq"), name="matters_anchored_once"),
        )
        indexes = (models.Index(fields=("anchor", "run_id"), name="matters_heads_of_anchor"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.seq}"
