"""From a draft to an answer in use: who writes, who checks, what residents are shown and when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from huiyin.knowledge import queries, verbs
from huiyin.knowledge.access import PUBLISH, WRITE
from huiyin.knowledge.models import Act, Kind, State, Step, Version
from huiyin.knowledge.refusals import (
    Incomplete,
    LookFirst,
    NotADraft,
    NothingToChange,
    NotPermitted,
    NotToCheck,
    OwnWords,
    PersonalData,
    ReasonMissing,
    ReviewTooEarly,
    SomebodyWasFaster,
)
from huiyin.knowledge.tests.factories import TODAY, an_entry, checker, words, writer
from huiyin.matters.tests.records import the_record
from huiyin.units.tests.factories import NOW, a_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return the_record()


def acts_of(entry):
    return [step.act for step in Step.objects.filter(entry=entry).order_by("id")]


def shown_titles(on=TODAY):
    return [one.shown.title_zh for one in queries.public_entries(on=on)]


def test_an_entry_goes_from_draft_over_the_check_into_use(city):
    entry = verbs.begin(words(), kind=Kind.GUIDE, by=writer(city), at=NOW)
    assert (entry.state, shown_titles()) == (State.DRAFT, [])

    verbs.ask(entry.pk, by=writer(city), at=NOW)
    assert shown_titles() == []

    verbs.publish(entry.pk, by=checker(city), at=NOW)
    assert shown_titles() == [words().title_zh]
    assert acts_of(entry) == [Act.WRITTEN, Act.ASKED, Act.PUBLISHED]


def test_nobody_publishes_or_sends_back_what_they_wrote_themselves(city):
    both = city.staff(city.unit("hotline_centre"), WRITE, PUBLISH)
    entry = verbs.begin(words(), kind=Kind.GUIDE, by=both, at=NOW)
    verbs.ask(entry.pk, by=both, at=NOW)

    with pytest.raises(OwnWords):
        verbs.publish(entry.pk, by=both, at=NOW)
    with pytest.raises(OwnWords):
        verbs.send_back(entry.pk, reason="自己退自己", by=both, at=NOW)


def test_only_who_may_writes_and_publishes_and_for_its_own_place(city):
    entry = an_entry(city, upto="to_check")
    reader = city.staff(city.unit("hotline_centre"))
    elsewhere = a_unit("U-FAR", "hotline_centre", city.place)
    stranger = city.staff(elsewhere, WRITE, PUBLISH, place=city.place)

    for by in (reader, stranger, writer(city)):
        with pytest.raises(NotPermitted):
            verbs.publish(entry.pk, by=by, at=NOW)
    for by in (reader, stranger):
        with pytest.raises(NotPermitted):
            verbs.change(entry.pk, words("改了"), by=by, at=NOW)
    with pytest.raises(NotPermitted):
        verbs.begin(words(), kind=Kind.GUIDE, by=reader, at=NOW)


def test_a_change_leaves_the_version_in_use_until_it_is_checked(city):
    entry = an_entry(city)

    verbs.change(entry.pk, words("新的问法"), by=writer(city), at=NOW, note="供热条例修订")
    assert shown_titles() == [words().title_zh]

    verbs.ask(entry.pk, by=writer(city), at=NOW)
    verbs.publish(entry.pk, by=checker(city), at=NOW)
    assert shown_titles() == ["新的问法"]
    old, new = Version.objects.filter(entry=entry).order_by("number")
    assert (old.title_zh, new.note) == (words().title_zh, "供热条例修订")


def test_versions_and_steps_are_never_rewritten(city):
    entry = an_entry(city)

    for change in (
        lambda: Version.objects.filter(entry=entry).update(title_zh="改历史"),
        lambda: Step.objects.filter(entry=entry).update(why="改历史"),
        lambda: Step.objects.filter(entry=entry)._raw_delete("default"),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_what_is_sent_back_says_why_and_can_be_sent_again(city):
    entry = an_entry(city, upto="to_check")

    with pytest.raises(ReasonMissing):
        verbs.send_back(entry.pk, reason="  ", by=checker(city), at=NOW)
    verbs.send_back(entry.pk, reason="请写明依据", by=checker(city), at=NOW)

    back = queries.sent_back(entry)
    assert back is not None
    assert back.why == "请写明依据"
    assert verbs.ask(entry.pk, by=writer(city), at=NOW).state == State.TO_CHECK


def test_what_was_withdrawn_is_shown_to_nobody_and_may_be_written_anew(city):
    entry = an_entry(city)

    verbs.withdraw(entry.pk, reason="政策已调整", by=checker(city), at=NOW)
    assert shown_titles() == []
    with pytest.raises(NotToCheck):
        verbs.publish(entry.pk, by=checker(city), at=NOW)

    again = verbs.change(entry.pk, words(), by=writer(city), at=NOW)
    assert again.state == State.DRAFT


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("请打 13800002607 找他。", id="a-mobile-number"),
        pytest.param("身份证 371427199001011234 的那户。", id="an-identity-number"),
        pytest.param("鲁N12345 这辆车。", id="a-plate"),
        pytest.param("退到 6222021234567890123。", id="an-account"),
    ],
)
def test_numbers_of_people_keep_an_entry_from_the_check_and_from_use(city, text):
    entry = verbs.begin(words(text=text), kind=Kind.GUIDE, by=writer(city), at=NOW)

    with pytest.raises(PersonalData):
        verbs.ask(entry.pk, by=writer(city), at=NOW)


def test_a_likely_name_or_door_has_to_be_looked_at_before_it_is_published(city):
    said = words(text="住 3号楼2单元501室 的张女士反映，暖气不热。")
    entry = verbs.begin(said, kind=Kind.ANSWER, by=writer(city), at=NOW)
    verbs.ask(entry.pk, by=writer(city), at=NOW)

    with pytest.raises(LookFirst) as refused:
        verbs.publish(entry.pk, by=checker(city), at=NOW)
    assert refused.value.words == "“3号楼2单元501室” “张女士”"

    assert verbs.publish(entry.pk, by=checker(city), at=NOW, has_looked=True).shown is not None


def test_telephones_of_offices_and_lines_of_the_city_are_nobodys(city):
    said = words(text="请拨打 12345 或 0534-1234567，第 3 号楼道灯由物业修。")
    entry = verbs.begin(said, kind=Kind.GUIDE, by=writer(city), at=NOW)

    assert verbs.found_in(entry) == []


def test_after_its_day_of_review_it_waits_and_after_the_grace_residents_lose_it(city, settings):
    entry = an_entry(city, words(review_on=TODAY + timedelta(days=10)))
    due, stale = (TODAY + timedelta(days=days) for days in (10, 40))

    assert not entry.waits_for_review(due - timedelta(days=1))
    assert entry.waits_for_review(due)
    assert shown_titles(stale - timedelta(days=1)) == [words().title_zh]
    assert shown_titles(stale) == []

    verbs.review(entry.pk, again_on=stale, by=writer(city), at=NOW)
    assert shown_titles(stale) == [words().title_zh]
    with pytest.raises(ReviewTooEarly):
        verbs.review(entry.pk, again_on=TODAY, by=writer(city), at=NOW)


def test_it_is_shown_from_its_first_day_to_the_day_before_its_end(city):
    an_entry(
        city,
        words(valid_from=TODAY + timedelta(days=2), valid_to=TODAY + timedelta(days=4)),
    )

    days = [bool(shown_titles(TODAY + timedelta(days=day))) for day in range(6)]
    assert days == [False, False, True, True, False, False]


def test_whoever_was_slower_is_told_so(city):
    entry = an_entry(city, upto="draft")
    verbs.change(entry.pk, words("别人先改了"), by=writer(city), at=NOW, expected=1)

    with pytest.raises(SomebodyWasFaster):
        verbs.change(entry.pk, words("我也改了"), by=writer(city), at=NOW, expected=1)


def test_what_is_half_or_the_same_is_not_written(city):
    entry = an_entry(city)

    with pytest.raises(NothingToChange):
        verbs.change(entry.pk, words(), by=writer(city), at=NOW)
    with pytest.raises(NotADraft):
        verbs.ask(entry.pk, by=writer(city), at=NOW)
    ends_first = replace(words("新"), valid_from=TODAY, valid_to=TODAY)
    for half in (words(title=" "), words(text=""), words(title="长" * 81), ends_first):
        with pytest.raises(Incomplete):
            verbs.change(entry.pk, half, by=writer(city), at=NOW)
