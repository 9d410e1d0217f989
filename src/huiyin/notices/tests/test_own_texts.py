"""A city may say it in its own words: checked like ours, in versions, never rewritten."""

import pytest

from huiyin.notices import checks, verbs
from huiyin.notices.models import TextVersion
from huiyin.notices.queries import words_of
from huiyin.notices.refusals import NotPermitted, TextFaulty
from huiyin.notices.tests.factories import NOW, an_sms
from huiyin.people.actors import SYSTEM
from huiyin.people.grants import append_only_tables
from huiyin.people.tests.factories import somebody, the_city

pytestmark = pytest.mark.django_db

NAME = "hotline.answer.person"
OURS = {"sms": {"zh": "夏津回音：{number} 已答复。", "en": "Xiajin: {number} is answered."}}


def change(name=NAME, texts=OURS, *, by=SYSTEM):
    return verbs.change_text(name=name, texts=texts, by=by, at=NOW)


def said(**more):
    notice = an_sms(**more)
    return notice.text_version, words_of(notice, "zh-hans")[2]


def test_the_citys_own_words_are_said_from_then_on():
    before, shipped = said(key="k1")
    change()

    assert (before, shipped[:6]) == (0, "您的诉求已答")
    assert said(key="k2") == (1, "夏津回音：3714 2611 0012 37 已答复。")


def test_the_latest_version_is_in_force_and_each_notice_knows_its_own():
    change()
    change(texts={"sms": {"zh": "第二版 {number}", "en": "second {number}"}})

    assert said(key="k1") == (2, "第二版 3714 2611 0012 37")


def test_nothing_takes_the_shipped_text_again():
    change()
    change(texts={})

    assert said(key="k1")[0] == 0


def test_a_pattern_can_be_said_otherwise_for_all_it_fits():
    change(
        name="*.*.person",
        texts={
            "discreet": True,
            "sms": {"zh": "{number} 有进展。", "en": "News about {number}."},
        },
    )

    assert said(name="hotline.refer_up.person", key="k1") == (1, "3714 2611 0012 37 有进展。")


def test_a_notice_without_a_shipped_text_of_its_own_can_get_one():
    change(name="hotline.call_back.person")

    assert said(name="hotline.call_back.person", key="k1")[0] == 1


@pytest.mark.parametrize(
    ("name", "texts", "words"),
    [
        pytest.param(NAME, {"sms": {"zh": "{numbr}", "en": "{numbr}"}}, "nobody knows", id="fact"),
        pytest.param(NAME, {"sms": {"zh": "好"}}, "lacks en", id="language"),
        pytest.param("hotline.x.person", OURS, "no notice of that procedure", id="name"),
        pytest.param("elsewhere", OURS, "no notice of this installation", id="unknown"),
        pytest.param(
            "petition.accept.person",
            {"sms": {"zh": "{title}", "en": "{title}"}},
            "confidential",
            id="subject-of-a-petition",
        ),
        pytest.param(NAME, {"sms": {"zh": "调解", "en": "x"}}, "调解", id="telling-word"),
        pytest.param("*.*.person", OURS, "add discreet", id="pattern-for-confidential-ones"),
    ],
)
def test_a_faulty_text_is_refused(name, texts, words):
    with pytest.raises(TextFaulty) as refused:
        change(name=name, texts=texts)

    assert words in refused.value.faults
    assert TextVersion.objects.count() == 0


def test_only_who_may_changes_texts():
    with pytest.raises(NotPermitted):
        change(by=somebody("clerk", the_city().county_housing))


def test_a_text_that_a_later_version_cannot_read_is_passed_over_and_told():
    TextVersion.objects.create(
        name=NAME, version=1, texts={"sms": {"zh": "{gone}", "en": "{gone}"}}, at=NOW
    )

    assert said(key="k1")[0] == 0
    (fault,) = checks.faults()
    assert fault.startswith(f"{NAME}@1: {NAME}.sms: speaks of {{gone}}, which nobody knows.")


def test_shipped_texts_are_in_order():
    assert checks.faults() == []


def test_versions_are_never_rewritten():
    assert "notices_textversion" in append_only_tables()
