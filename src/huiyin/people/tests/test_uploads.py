"""Quotas: how large a file, how much a day."""

from datetime import timedelta
from uuid import UUID

import pytest

from huiyin.people import uploads
from huiyin.people.refusals import FileTooLarge, UploadsOfDayUsedUp
from huiyin.people.tests.factories import NOW
from huiyin.people.uploads import MB

pytestmark = pytest.mark.django_db

ME = UUID("019cae00-0000-7000-8000-000000000001")
ADDRESS = "192.0.2.7"


@pytest.fixture(autouse=True)
def _quota(configured):
    configured(upload_mb_per_file=5, upload_mb_per_day=8)


def take(size_mb, *, account_id=ME, address=ADDRESS, at=NOW):
    uploads.take_upload(size_bytes=size_mb * MB, account_id=account_id, address=address, at=at)


def left(*, account_id=ME, at=NOW):
    return uploads.bytes_left(account_id=account_id, address=ADDRESS, at=at) // MB


def test_a_file_has_a_largest_size():
    take(5)
    with pytest.raises(FileTooLarge) as refused:
        uploads.take_upload(size_bytes=5 * MB + 1, account_id=ME, address=ADDRESS, at=NOW)

    assert (refused.value.limit_mb, left()) == (5, 3)


def test_a_day_has_a_quota_and_what_is_refused_is_not_counted():
    take(5)
    with pytest.raises(UploadsOfDayUsedUp):
        take(4)

    assert left() == 3
    take(3)
    assert left() == 0
    assert left(at=NOW + timedelta(days=1)) == 8


def test_an_account_and_an_address_have_quotas_apart():
    take(5)

    assert left(account_id=None) == 8
    take(5, account_id=None)
    with pytest.raises(UploadsOfDayUsedUp):
        take(5, account_id=None)
    take(5, account_id=None, address="192.0.2.8")
