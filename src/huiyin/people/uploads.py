"""How much one account, or one address of somebody not signed in, may upload."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from huiyin.people import limits
from huiyin.people.addresses import address_key
from huiyin.people.refusals import FileTooLarge, UploadsOfDayUsedUp

DAY = timedelta(days=1)
MB = 1_048_576


def take_upload(
    *, size_bytes: int, account_id: UUID | None, address: str | None, at: datetime
) -> None:
    """Count a file against the quota of its sender; call it before the file is kept.

    Limits: HUIYIN_UPLOAD_MB_PER_FILE, HUIYIN_UPLOAD_MB_PER_DAY (local days).
    Raises FileTooLarge, UploadsOfDayUsedUp; then nothing is counted.
    """
    config = settings.HUIYIN
    if size_bytes > config.upload_mb_per_file * MB:
        raise FileTooLarge(limit_mb=config.upload_mb_per_file)
    if not limits.allow(
        _counter(account_id, address),
        limit=config.upload_mb_per_day * MB,
        window=DAY,
        at=at,
        cost=size_bytes,
    ):
        raise UploadsOfDayUsedUp(limit_mb=config.upload_mb_per_day)


def bytes_left(*, account_id: UUID | None, address: str | None, at: datetime) -> int:
    """Return how much a sender may still upload today."""
    day = settings.HUIYIN.upload_mb_per_day * MB
    return max(0, day - limits.used(_counter(account_id, address), window=DAY, at=at))


def _counter(account_id: UUID | None, address: str | None) -> str:
    return f"upload:{account_id}" if account_id else f"upload:address:{address_key(address)}"
