"""Photos arrive in parts, in any number of tries, and become a file once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from huiyin.grid import photos
from huiyin.grid.models import Photo, PhotoPart
from huiyin.grid.tests.test_visits import a_worker
from huiyin.matters.models import Attachment
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.sample_files import a_picture
from huiyin.ui.refusals import Refusal
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
JPEG = a_picture("JPEG", size=(64, 48))
SIZE = len(JPEG)
HALF = SIZE // 2


@pytest.fixture
def worker():
    return a_worker(the_record().place)


def send(pk, start, end, by, *, size=SIZE, content=JPEG):
    return photos.take_part(pk, offset=start, size=size, content=content[start:end], by=by, at=NOW)


def test_a_photo_goes_on_where_it_stopped_and_becomes_one_file(worker):
    pk = uuid4()
    assert photos.arrived(pk, by=worker).received == 0

    assert send(pk, 0, HALF, worker).received == HALF
    assert photos.arrived(pk, by=worker).received == HALF
    done = send(pk, HALF, SIZE, worker)
    again = send(pk, HALF, SIZE, worker)  # our answer was lost

    assert again == done == photos.arrived(pk, by=worker)
    assert Attachment.objects.get().pk == done.attachment_id
    assert PhotoPart.objects.count() == 0


def test_a_part_that_is_not_the_next_one_is_told_where_to_go_on(worker):
    pk = uuid4()
    send(pk, 0, 10, worker)

    with pytest.raises(Refusal) as refused:
        send(pk, 20, 30, worker)

    assert (refused.value.code, refused.value.received) == ("grid.photo_elsewhere", 10)


def test_nobody_learns_of_or_adds_to_the_photo_of_another(worker):
    pk = uuid4()
    send(pk, 0, HALF, worker)
    other = a_worker(the_place(), "xiaozhao")

    assert photos.arrived(pk, by=other).received == 0
    with pytest.raises(Refusal) as refused:
        send(pk, HALF, SIZE, other)
    assert refused.value.received == 0


def the_place():
    from huiyin.people.models import GridWorker  # noqa: PLC0415 of the worker made before

    return GridWorker.objects.get().grid


def test_what_is_no_photo_leaves_nothing_behind(worker):
    with pytest.raises(Refusal):
        send(uuid4(), 0, 9, worker, size=9, content=b"no photo!")

    assert (Photo.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_file_that_is_gone_is_sent_anew(worker):
    pk = uuid4()
    first = send(pk, 0, SIZE, worker)
    Attachment.objects.all().delete()

    assert photos.arrived(pk, by=worker) == photos.Arrived(0)
    again = send(pk, 0, SIZE, worker)

    assert again.attachment_id not in (None, first.attachment_id)


def test_a_photo_larger_than_a_photo_is_refused(worker):
    with pytest.raises(Refusal) as refused:
        send(uuid4(), 0, 10, worker, size=9 * 1_048_576)

    assert refused.value.code == "grid.photo_too_large"


def test_what_did_not_arrive_whole_within_a_day_goes(worker):
    send(uuid4(), 0, HALF, worker)

    assert photos.expire(at=NOW + timedelta(hours=23)) == 0
    assert photos.expire(at=NOW + timedelta(hours=25)) == 1
    assert PhotoPart.objects.count() == 0
