"""Photos that arrive in parts over a bad network, and go on where they stopped.

    take_part(photo_id, offset=0, size=120_000, content=first, by=worker, at=now)
    take_part(photo_id, offset=65_536, size=120_000, content=rest, by=worker, at=now).attachment_id

The phone names the photo; what has arrived is counted under its lock. A part that arrived already
is not an error: the answer says from where to go on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final
from uuid import UUID

from django.db import transaction

from huiyin.grid.models import Photo, PhotoPart
from huiyin.grid.refusals import PhotoElsewhere, PhotoTooLarge
from huiyin.matters.attachments import attach
from huiyin.matters.models import Attachment
from huiyin.people.actors import Actor
from huiyin.people.uploads import MB
from huiyin.ui.refusals import Refusal

MOST_MB: Final = 8  # a photo of 1600 points is far below 1 MB; larger is no photo of a phone page
KEPT_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Arrived:
    """How much of a photo is here; `attachment_id` once all of it is."""

    received: int
    attachment_id: UUID | None = None


def arrived(pk: UUID, *, by: Actor) -> Arrived:
    """Say how much of a photo has arrived; of nobody else's, and nothing of what is gone again."""
    photo = Photo.objects.filter(pk=pk, account=by.account_id).first()
    return _arrived(photo) if photo else Arrived(0)


def take_part(
    pk: UUID, *, offset: int, size: int, content: bytes, by: Actor, at: datetime,
    address: str | None = None,
) -> Arrived:  # fmt: skip
    """Take a part of a photo; the last one makes it an attachment of whoever sent it.

    `size`: of the whole photo, bytes. Raises PhotoElsewhere (with how much has arrived) when the
    part is not the next one, PhotoTooLarge, and what `attach` raises: then the parts are gone and
    the photo begins anew.
    """
    if size > MOST_MB * MB or offset + len(content) > size:
        raise PhotoTooLarge(limit_mb=MOST_MB)
    with transaction.atomic():
        photo = _held(pk, size=size, by=by, at=at)
        now = _arrived(photo)
        if now.attachment_id or offset + len(content) <= now.received:
            return now  # it had arrived; only our answer had not
        if offset != now.received:
            raise PhotoElsewhere(received=now.received)
        PhotoPart.objects.create(photo=photo, offset=offset, content=content)
        photo.received_bytes = offset + len(content)
        photo.save(update_fields=["received_bytes"])
        if photo.received_bytes < photo.size_bytes:
            return Arrived(photo.received_bytes)
    return _completed(pk, by=by, at=at, address=address)


def expire(*, at: datetime) -> int:
    """Delete what has not been completed, or not been used, within a day; return how many."""
    old = Photo.objects.filter(begun_at__lt=at - timedelta(hours=KEPT_HOURS))
    count = old.count()
    old.delete()
    return count


def _held(pk: UUID, *, size: int, by: Actor, at: datetime) -> Photo:
    owner = by.account_id
    if owner is None:
        raise PhotoElsewhere(received=0)
    Photo.objects.bulk_create(
        [Photo(id=pk, account_id=owner, size_bytes=size, begun_at=at)], ignore_conflicts=True
    )
    photo = Photo.objects.select_for_update(no_key=True).get(pk=pk)
    if photo.account_id != owner or photo.size_bytes != size:
        raise PhotoElsewhere(received=0)
    if photo.attachment_id and not _is_there(photo):
        _empty(photo)
    return photo


def _completed(pk: UUID, *, by: Actor, at: datetime, address: str | None) -> Arrived:
    """Make one file of the parts. A file that is refused leaves nothing of the photo behind."""
    try:
        with transaction.atomic():
            photo = Photo.objects.select_for_update(no_key=True).get(pk=pk)
            if photo.attachment_id:
                return _arrived(photo)
            parts = photo.parts.order_by("offset").values_list("content", flat=True)
            whole = BytesIO(b"".join(bytes(part) for part in parts))
            made = attach(whole, name=f"{at:%H%M%S}.jpg", by=by, at=at, address=address)
            photo.attachment_id = made.pk
            photo.save(update_fields=["attachment_id"])
            photo.parts.all().delete()
    except Refusal:
        Photo.objects.filter(pk=pk).delete()
        raise
    return _arrived(photo)


def _arrived(photo: Photo) -> Arrived:
    if photo.attachment_id and not _is_there(photo):
        return Arrived(0)
    return Arrived(photo.received_bytes, photo.attachment_id)


def _is_there(photo: Photo) -> bool:
    pk = photo.attachment_id
    return pk is not None and Attachment.objects.filter(pk=pk).exists()


def _empty(photo: Photo) -> None:
    photo.parts.all().delete()
    photo.received_bytes, photo.attachment_id = 0, None
    photo.save(update_fields=["received_bytes", "attachment_id"])
