"""A file of texts is checked before anybody is told anything: each fault with file and line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.notices.reading import read_texts
from huiyin.notices.texts import Channel, DiscreetText, Text, segments
from huiyin.procedures.language import Words
from huiyin.procedures.reading import ReadingError

NAMES = ("hotline.answer.person", "petition.accept.person")


def read(text):
    return read_texts(text, file="hotline/notices/hotline.yaml", names=NAMES, discreet=["petition"])


def faults_of(text):
    with pytest.raises(ReadingError) as error:
        read(text)
    return [str(fault) for fault in error.value.faults]


def test_a_text_is_read_with_its_channels():
    template = read(
        "hotline.answer.person:\n"
        "  urgent: true\n"
        "  sms: {zh: '{number} 已答复', en: '{number} answered'}\n"
        "  email: {subject: {zh: 答复, en: Answer}, body: {zh: '{title}', en: '{title}'}}\n"
    )["hotline.answer.person"]

    assert template.channels == {
        Channel.SMS: (Text(Words("{number} 已答复", "{number} answered")),),
        Channel.EMAIL: (Text(Words("答复", "Answer")), Text(Words("{title}", "{title}"))),
    }
    assert (template.urgent, template.discreet, template.line) == (True, False, 2)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            "hotline.answer.person:\n  sms: {zh: '{numbr} 好', en: '{numbr} ok'}\n",
            "hotline/notices/hotline.yaml:2: hotline.answer.person.sms: speaks of {numbr}, which "
            "nobody knows. Did you mean number?",
            id="unknown-fact",
        ),
        pytest.param(
            "hotline.answer.person:\n  sms: {zh: '{number} 好', en: ok}\n",
            "hotline/notices/hotline.yaml:2: hotline.answer.person.sms: lacks {number} in English. "
            "Say the same in both languages.",
            id="fact-missing-in-one-language",
        ),
        pytest.param(
            "hotline.answer.person:\n  sms: {zh: '{title} 好', en: ok}\n",
            "hotline/notices/hotline.yaml:2: hotline.answer.person.sms: lacks {title} in English. "
            "Say the same in both languages.",
            id="fact-missing-in-english",
        ),
        pytest.param(
            "hotline.anser.person:\n  sms: {zh: 好, en: ok}\n",
            "hotline/notices/hotline.yaml:2: hotline.anser.person: is no notice of that procedure. "
            "Did you mean hotline.answer.person?",
            id="unknown-notice",
        ),
        pytest.param(
            "petition.accept.person:\n  sms: {zh: '{title}', en: '{title}'}\n",
            "hotline/notices/hotline.yaml:2: petition.accept.person.sms: speaks of {title}, but "
            "the matter is confidential. An SMS or e-mail may say due, link, number, on only.",
            id="subject-of-a-petition",
        ),
        pytest.param(
            "petition.accept.person:\n  sms: {zh: 您的信访件已受理, en: accepted}\n",
            "hotline/notices/hotline.yaml:2: petition.accept.person.sms: says 信访 where others "
            "may read it. SMS and e-mail name no subject; the notice of the signed-in person may.",
            id="the-word-itself",
        ),
        pytest.param(
            "hotline.answer.person:\n  sms: {zh: '{number:>3}', en: '{number:>3}'}\n",
            "hotline/notices/hotline.yaml:2: hotline.answer.person.sms: cannot be read: {number} "
            "is no placeholder. Write {number}, {due} …",
            id="no-placeholder",
        ),
        pytest.param(
            "hotline.answer.person:\n  urgent: true\n",
            "hotline/notices/hotline.yaml:2: hotline.answer.person: says nothing. Give it texts "
            "for inbox, sms or email.",
            id="no-text",
        ),
        pytest.param(
            "- a\n", "hotline/notices/hotline.yaml:1: There are no texts. Write names with texts "
            "below.", id="no-mapping",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(text, fault):
    assert faults_of(text) == [fault]


def test_a_discreet_text_cannot_speak_of_the_subject_whoever_makes_it():
    with pytest.raises(ValueError, match="speaks of place, title"):
        DiscreetText(Words("{title}", "{place}"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("好" * 70, 1, id="one-chinese"),
        pytest.param("好" * 71, 2, id="two-chinese"),
        pytest.param("好" * 134, 2, id="two-full"),
        pytest.param("好" * 135, 3, id="three"),
        pytest.param("a" * 160, 1, id="one-latin"),
        pytest.param("a" * 161, 2, id="two-latin"),
        pytest.param("[" * 80, 1, id="double-signs"),
        pytest.param("[" * 81, 2, id="double-signs-over"),
        pytest.param("😀" * 35, 1, id="pairs"),
    ],
)
def test_an_sms_is_counted_as_the_gateway_counts_it(text, parts):
    assert segments(text) == parts


@given(st.text(max_size=500))
def test_more_words_never_cost_less(text):
    assert 1 <= segments(text) <= segments(text + "好" * 67)
