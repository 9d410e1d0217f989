"""While somebody reports: what may be the same is offered, in words that tell of nobody."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from huiyin.categories.models import Category
from huiyin.matters.intake import Person
from huiyin.matters.models import Contact, EventHeader, Matter
from huiyin.matters.refusals import ActRefused, CannotJoin, NotFound
from huiyin.matters.similar import bigrams, join, overlap, similar
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.people.actors import Actor
from huiyin.people.models import Account
from huiyin.ui.identifiers import new_id
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
LAMP = "新华路 3 号门口路灯不亮"


def report(city, title=LAMP, text="坏了三天，晚上老人摔过。", *, at=NOW, **more):
    """A grid matter of the record's place, reported by a resident."""
    run = city.open("grid", "submit", at=at).run
    matter = run.matter
    matter.words.title, matter.words.text = title, text
    matter.words.save(update_fields=["title", "text"])
    for name, value in more.items():
        setattr(matter, name, value)
    if more:
        matter.save(update_fields=list(more))
    return run


def found(city, text="新华路门口的路灯不亮了", **more):
    return [one.matter_id for one in similar(place=city.place, text=text, at=NOW, **more)]


def test_the_same_lamp_is_found_and_another_thing_is_not():
    city = the_record()
    lamp = report(city)
    report(city, "楼道堆放杂物", "消防通道被电动车堵住。")

    assert found(city) == [lamp.matter_id]


def test_what_is_shown_tells_of_no_person_no_words_and_no_number():
    city = the_record()
    run = report(city)

    (alike,) = similar(place=city.place, text=LAMP, at=NOW)

    shown = str(asdict(alike))
    for secret in ("李娟", "15400000001", "老人摔过", "新华路", run.matter.number):
        assert secret not in shown
    assert (alike.opened_on, alike.state, alike.reported_by) == ("2026-03-02", "已上报", 1)
    assert alike.place


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"is_confidential": True}, id="confidential"),
        pytest.param({"accused": [new_id()]}, id="complains-of-a-unit"),
        pytest.param({"opened_at": NOW - timedelta(days=31)}, id="long-ago"),
        pytest.param({"village_id": new_id()}, id="another-village"),
    ],
)
def test_never_offered_is_what_is(more):
    city = the_record()
    run = report(city)
    assert found(city) == [run.matter_id]

    Matter.objects.filter(pk=run.matter_id).update(**more)

    assert found(city) == []


def test_what_is_done_is_not_offered():
    city = the_record()
    run = report(city)
    city.act(run.pk, "settle_on_spot")

    assert found(city) == []


def test_nearer_is_likelier_and_a_kilometre_away_is_another_lamp():
    city = the_record()
    here = report(city, lon=116.3, lat=37.45)
    report(city, lon=116.33, lat=37.45)
    there = report(city, lon=116.306, lat=37.45)

    assert found(city, lon=116.3, lat=37.4501) == [here.matter_id, there.matter_id]


def test_the_same_category_is_likelier():
    city = the_record()
    lamps = Category.objects.create(code="0101", name_zh="路灯", name_en="Street lamps")
    rubbish = Category.objects.create(code="0901", name_zh="垃圾", name_en="Rubbish")
    other = report(city, category=rubbish)
    same = report(city, category=lamps)

    assert found(city, category=lamps) == [same.matter_id, other.matter_id]


def test_pairs_of_characters_are_counted_whatever_stands_between():
    assert bigrams("路灯，不亮！LED") == {"路灯", "不亮", "le", "ed"}
    assert overlap(bigrams("路灯不亮"), bigrams("路灯不亮")) == 0.75  # three pairs say little
    assert overlap(bigrams("路灯一直都不亮"), bigrams("路灯一直都不亮啊")) == 1.0
    assert overlap(bigrams(""), bigrams("路灯")) == 0


@pytest.mark.parametrize("count", [1, 30])
def test_looking_takes_the_same_queries_however_many_there_are(count, django_assert_num_queries):
    city = the_record()
    for _ in range(count):
        report(city)

    with django_assert_num_queries(3):
        similar(place=city.place, text=LAMP, at=NOW)


# --- joining --------------------------------------------------------------------------------------


def resident(city):
    return Actor(account_id=city.other.pk, kind="resident")


def neighbour(city):
    return Person("赵强", "15400000002", city.other.pk)


def grid_report(city):
    """A matter that has no sides of a dispute, so that the other resident is nobody in it yet."""
    run = report(city)
    Contact.objects.filter(matter=run.matter, role="party").delete()
    return run


def test_whoever_joins_is_attached_and_the_timeline_says_so():
    city = the_record()
    run = grid_report(city)

    joined = join(matter_id=run.matter_id, person=neighbour(city), by=resident(city), at=NOW)

    assert (joined.reported_by, joined.is_repeat) == (2, False)
    assert joined.contact.role == "joined"
    event = run.timeline.latest("seq")
    assert (event.action, event.contact_id) == ("matters.joined", joined.contact.pk)
    (alike,) = similar(place=city.place, text=LAMP, at=NOW)
    assert alike.reported_by == 2
    assert verify().differences == []


def test_joining_twice_is_joining_once_by_account_or_by_phone():
    city = the_record()
    run = grid_report(city)
    first = join(matter_id=run.matter_id, person=neighbour(city), by=resident(city), at=NOW)
    events = EventHeader.objects.count()

    again = join(matter_id=run.matter_id, person=neighbour(city), by=resident(city), at=NOW)
    called = join(
        matter_id=run.matter_id, person=Person("赵强", "+86 154 0000 0002"), at=NOW,
        by=city.staff(city.unit("hotline_centre")),
    )  # fmt: skip

    assert [again.contact, called.contact] == [first.contact] * 2
    assert again.is_repeat
    assert called.is_repeat
    assert EventHeader.objects.count() == events


def test_the_first_reporter_joining_is_already_there():
    city = the_record()
    run = grid_report(city)

    joined = join(
        matter_id=run.matter_id, person=Person("李娟", "15400000001", city.resident.pk),
        by=city.reporter, at=NOW,
    )  # fmt: skip

    assert (joined.is_repeat, joined.contact.role, joined.reported_by) == (True, "reporter", 1)


def test_whoever_joined_cannot_withdraw_what_another_reported():
    city = the_record()
    run = grid_report(city)
    join(matter_id=run.matter_id, person=neighbour(city), by=resident(city), at=NOW)

    with pytest.raises(ActRefused):
        city.act(run.pk, "withdraw", by=resident(city))


def test_joining_what_was_merged_meanwhile_joins_the_other_one():
    city = the_record()
    run, other = grid_report(city), grid_report(city)
    city.act(run.pk, "merge_into", other=other.matter.number)

    joined = join(matter_id=run.matter_id, person=neighbour(city), by=resident(city), at=NOW)

    assert joined.matter.pk == other.matter_id


def test_a_finished_matter_cannot_be_joined():
    city = the_record()
    done = grid_report(city)
    city.act(done.pk, "settle_on_spot")

    with pytest.raises(CannotJoin):
        join(matter_id=done.matter_id, person=neighbour(city), by=resident(city), at=NOW)


def test_to_join_what_is_never_offered_is_missing():
    city = the_record()
    petition = city.open("petition").run.matter_id
    accusing = city.open("hotline", "accept_call", accused=(city.unit("department").pk,)).run

    for pk in (petition, accusing.matter_id, new_id()):
        with pytest.raises(NotFound):
            join(matter_id=pk, person=neighbour(city), by=resident(city), at=NOW)
    assert Account.objects.filter(pk=city.other.pk).exists()


def test_joining_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    city = the_record()
    run = grid_report(city)

    with django_assert_max_num_queries(12):
        join(matter_id=run.matter_id, person=neighbour(city), by=resident(city), at=NOW)
