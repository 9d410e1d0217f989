"""No notice of any procedure lacks a text, and none tells a neighbour what it is about."""

import pytest

from huiyin.notices import choosing, library
from huiyin.notices.facts import DISCREET, Facts, known
from huiyin.notices.models import Notice
from huiyin.notices.reading import TELLING
from huiyin.notices.tests.factories import FACTS, NUMBER
from huiyin.notices.texts import LANGUAGES, OUTSIDE, Channel, DiscreetText, segments
from huiyin.procedures.language import Words
from huiyin.procedures.library import procedures

NAMES = sorted(library.notice_names())
PERSONS = {
    f"{procedure.name}.{action.name}.{actor}"
    for procedure in procedures().values()
    for action in procedure.actions.values()
    for actor in action.notify
    if procedure.actors[actor].is_person
}


def audience_of(name):
    return "person" if name in PERSONS else "staff"


def said(name, channel, facts, *, language="zh-hans", confidential=None):
    return choosing.choose(
        name,
        channel,
        facts,
        audience=audience_of(name),
        language=language,
        confidential=library.is_discreet(name) if confidential is None else confidential,
        own={},
    )


# Words that nothing else uses: where one of them turns up, something was said.
TOLD = ("ACT", "PROCEDURE", "SUBJECT", "PLACE", "CATEGORY", "UNIT", "WORDS")
MARKED = Facts(
    number=NUMBER,
    due=FACTS.due,
    on=FACTS.on,
    link=FACTS.link,
    act=Words("ACT", "ACT"),
    procedure=Words("PROCEDURE", "PROCEDURE"),
    title="SUBJECT",
    place="PLACE",
    category=Words("CATEGORY", "CATEGORY"),
    unit="UNIT",
    text="WORDS",
)


def test_there_are_notices_to_look_at():
    assert len(NAMES) > 700
    assert len(PERSONS) > 300


@pytest.mark.parametrize("channel", list(Channel))
def test_every_notice_of_every_procedure_has_a_text(channel):
    for facts in (Facts(), Facts(number=NUMBER)):
        texts = {name: said(name, channel, facts) for name in NAMES}

        assert [name for name, chosen in texts.items() if not all(chosen.texts.values())] == []


def test_a_notice_is_said_in_the_words_written_for_it():
    chosen = said("hotline.dispatch.person", Channel.SMS, FACTS)

    assert chosen.texts == {
        "zh-hans": (
            "",
            "您的诉求 3714 2611 0012 37 已交给夏津县住建局，最晚3月9日（周一）17:00前答复您。",
        )
    }


def test_a_text_that_lacks_a_fact_gives_way_to_a_general_one():
    chosen = said("hotline.dispatch.person", Channel.SMS, Facts(number=NUMBER))

    assert chosen.texts["zh-hans"][1] == (
        "您的事项 3714 2611 0012 37 有新进展。登录回音查看，或拨打 12345 询问。"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", OUTSIDE)
def test_confidential_procedures_say_number_days_and_link_only(channel, language):
    secret = [name for name in NAMES if library.is_discreet(name)]
    assert len(secret) > 400

    texts = {name: str(said(name, channel, MARKED, language=language).texts) for name in secret}

    assert [name for name, text in texts.items() if any(word in text for word in TOLD)] == []
    assert [name for name, text in texts.items() if TELLING.search(text)] == []


@pytest.mark.parametrize("channel", OUTSIDE)
def test_any_notice_can_be_told_discreetly(channel):
    texts = {name: str(said(name, channel, MARKED, confidential=True).texts) for name in NAMES}

    assert [name for name, text in texts.items() if any(word in text for word in TOLD)] == []
    assert [name for name, text in texts.items() if TELLING.search(text)] == []


def test_no_sms_or_e_mail_of_any_text_names_what_only_the_person_should_know():
    telling = [
        f"{template.file}:{template.line} {template.name}"
        for template in library.templates().values()
        for channel in OUTSIDE
        for text in template.channels.get(channel, ())
        if TELLING.search(text.words.zh) or TELLING.search(text.words.en)
    ]

    assert telling == []


def test_texts_for_outside_of_confidential_procedures_are_of_the_discreet_type():
    texts = [
        text
        for template in library.templates().values()
        if library.is_discreet(template.name)
        for channel in OUTSIDE
        for text in template.channels.get(channel, ())
    ]

    assert texts
    assert {type(text) for text in texts} == {DiscreetText}
    assert set().union(*(text.needs for text in texts)) <= DISCREET


def test_discreet_facts_hold_nothing_else():
    assert known(FACTS.discreet()) == {"number", "due", "on", "link"}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        pytest.param({"number": "路灯不亮"}, ValueError, id="chinese-number"),
        pytest.param({"number": "LAMP 4 NORTH"}, ValueError, id="words-as-number"),
        pytest.param({"due": "明天"}, TypeError, id="words-as-day"),
        pytest.param({"link": "https://elsewhere.example"}, ValueError, id="link-elsewhere"),
    ],
)
def test_what_is_no_number_day_or_link_cannot_be_passed_off_as_one(given, error):
    with pytest.raises(error):
        Facts(**given)


def test_an_sms_in_chinese_is_one_message():
    """With a unit's short name and a day; what costs two is written so on purpose, and none is."""
    long = {}
    for name in sorted(PERSONS):
        (_subject, text) = said(name, Channel.SMS, FACTS).texts["zh-hans"]
        if segments(text) > 1:
            long[name] = text

    assert long == {}


def test_an_sms_in_english_is_at_most_two():
    long = [
        name
        for name in sorted(PERSONS)
        if segments(said(name, Channel.SMS, FACTS, language="en").texts["en"][1]) > 2
    ]

    assert long == []


OFFICIAL = ("！", "!", "你", "请耐心等待", "流转", "相关责任")


def test_texts_speak_to_people():
    """Plain and respectful (docs/design.md): no exclamation marks, no office words, 您 for 你."""
    wrong = [
        f"{template.name}: {text.words.zh}"
        for template in library.templates().values()
        for texts in template.channels.values()
        for text in texts
        if any(
            word in text.words.zh for word in ("！", "!", "你", "请耐心等待", "流转", "相关责任")
        )
    ]

    assert wrong == []


@pytest.mark.parametrize("name", NAMES[::37])
def test_the_name_of_a_notice_fits_its_column(name):
    assert len(name) <= Notice._meta.get_field("name").max_length
