"""What operations keep in the database beside the city."""

from django.db import models


class Note(models.Model):
    """A fact about this installation, such as the migrations it was prepared with."""

    name = models.CharField(primary_key=True, max_length=40)
    value = models.JSONField()
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
