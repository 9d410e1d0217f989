"""The same key opens a matter once; another request under it is refused."""

import pytest

from huiyin.matters.intake import Person, Said
from huiyin.matters.models import Channel, Matter
from huiyin.matters.opening_once import open_once
from huiyin.matters.refusals import KeyUsedOtherwise
from huiyin.matters.tests.records import the_record
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def opened(city, title="路灯不亮", by=None):
    by = by or city.staff(city.unit("hotline_centre"))
    return open_once(
        procedure="hotline", action="accept_call", said=Said(title, "三天了"), place=city.place,
        channel=Channel.CALL, by=by, at=NOW, reporter=Person("李娟", "15400000001"), key="k-1",
        form={
            "channel": "phone", "kind": "help", "grade": "ordinary",
            "category": str(city.category.pk),
            "place": str(city.place.pk), "content": "三天了", "reply": "wanted",
        },
    )  # fmt: skip


def test_the_same_key_opens_one_matter_and_gives_the_first_answer():
    city = the_record()
    clerk = city.staff(city.unit("hotline_centre"))

    first, again = opened(city, by=clerk), opened(city, by=clerk)

    assert Matter.objects.count() == 1
    assert (again.event, again.run, again.is_repeat) == (first.event, first.run, True)


def test_another_matter_under_the_same_key_is_refused():
    city = the_record()
    clerk = city.staff(city.unit("hotline_centre"))
    opened(city, by=clerk)

    with pytest.raises(KeyUsedOtherwise):
        opened(city, "井盖没了", by=clerk)

    assert Matter.objects.count() == 1


def test_two_people_may_choose_the_same_key():
    city = the_record()
    unit = city.unit("hotline_centre")

    opened(city, by=city.staff(unit))
    opened(city, by=city.staff(unit))

    assert Matter.objects.count() == 2
