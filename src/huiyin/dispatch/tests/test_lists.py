"""What a city changes: words, steps of the ladder, reasons; and what the database keeps."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from huiyin.categories.models import TermUnit
from huiyin.dispatch import built_in, lists, returns
from huiyin.dispatch.models import LadderRule, Level, ReturnReason, UrgentWord
from huiyin.dispatch.refusals import (
    HintIncomplete,
    NumberMalformed,
    ReasonCodeMalformed,
    ReasonNameMissing,
    StepMalformed,
    StepNotKnown,
    StepsOutOfOrder,
    WordKnown,
    WordNotKnown,
    WordTooLong,
    WordTooShort,
)
from huiyin.dispatch.tests.factories import CLERK, NOW
from huiyin.dispatch.urgency import urgency_of
from huiyin.procedures import library

pytestmark = pytest.mark.django_db
ACT = {"by": CLERK, "at": NOW}


def overdue(number, **more):
    found = {"clock_kind": "unit", "urgency": "normal", "phase": "overdue", "number": number}
    return LadderRule.objects.filter(**{**found, **more}).first()


# --- words -------------------------------------------------------------------------------------


def test_a_word_of_the_city_counts_from_now_on_until_it_is_retired():
    lists.add_word(word="  路基 冲毁 ", **ACT)

    assert urgency_of("县道路基 冲毁").level == Level.URGENT
    lists.retire_word(word="路基 冲毁", **ACT)
    assert urgency_of("县道路基 冲毁").level == Level.NORMAL


def test_a_retired_word_comes_back_as_it_is_given():
    lists.retire_word(word="漏气", **ACT)

    lists.add_word(word="漏气", number="96777", hint_zh="开窗", hint_en="Open windows", **ACT)

    word = UrgentWord.objects.get(word="漏气")
    assert (word.active, word.number, word.hint_zh) == (True, "96777", "开窗")


def test_number_and_advice_of_a_word_change_and_the_old_ones_stay_in_the_history():
    lists.change_word(word="漏气", number="96777", hint_zh="", hint_en="", **ACT)

    word = UrgentWord.objects.get(word="漏气")
    before = word.events.get()
    assert (word.number, before.number) == ("96777", "119")
    assert before.pgh_context.metadata["act"] == "dispatch.word_changed"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        pytest.param({"word": " 漏 "}, WordTooShort, id="one-character"),
        pytest.param({"word": "长" * 41}, WordTooLong, id="too-long"),
        pytest.param({"word": "漏气"}, WordKnown, id="known"),
        pytest.param({"word": "路基", "number": "11a"}, NumberMalformed, id="no-number"),
        pytest.param({"word": "路基", "number": "１１９"}, NumberMalformed, id="wide-digits"),
        pytest.param({"word": "路基", "hint_zh": "绕行"}, HintIncomplete, id="one-language"),
        pytest.param(
            {"word": "路基", "hint_zh": "长" * 121, "hint_en": "x"}, WordTooLong, id="long-hint"
        ),
    ],
)
def test_a_word_that_cannot_be_is_refused(given, refusal):
    count = UrgentWord.objects.count()

    with pytest.raises(refusal):
        lists.add_word(**given, **ACT)

    assert UrgentWord.objects.count() == count


def test_a_word_that_is_part_of_the_program_cannot_be_retired():
    with pytest.raises(WordNotKnown):
        lists.retire_word(word="着火", **ACT)


# --- the ladder --------------------------------------------------------------------------------


def test_a_step_gets_another_time():
    rule = overdue(2)

    lists.set_step(rule_id=rule.id, amount=2, unit=TermUnit.WORKING_DAY, **ACT)

    again = overdue(2)
    assert (again.amount, again.unit) == (2, "working_day")
    assert again.events.get().amount == 3


def test_a_step_can_be_left_out():
    rule = overdue(2)

    lists.set_step(rule_id=rule.id, amount=3, unit=TermUnit.WORKING_DAY, active=False, **ACT)

    assert overdue(2).active is False


@pytest.mark.parametrize(
    ("number", "amount", "unit"),
    [
        pytest.param(2, 1, TermUnit.WORKING_DAY, id="not-after-the-one-before"),
        pytest.param(2, 5, TermUnit.WORKING_DAY, id="not-before-the-next"),
        pytest.param(3, 30, TermUnit.MINUTE, id="minutes"),
    ],
)
def test_overdue_steps_stay_in_their_order(number, amount, unit):
    with pytest.raises(StepsOutOfOrder):
        lists.set_step(rule_id=overdue(number).id, amount=amount, unit=unit, **ACT)


@pytest.mark.parametrize(
    ("phase", "given"),
    [
        pytest.param("overdue", {}, id="overdue-without-time"),
        pytest.param("overdue", {"amount": 1}, id="time-without-unit"),
        pytest.param("overdue", {"unit": TermUnit.HOUR}, id="unit-without-time"),
        pytest.param("overdue", {"amount": 0, "unit": TermUnit.HOUR}, id="no-time-at-all"),
        pytest.param("overdue", {"amount": 1, "unit": TermUnit.MONTH}, id="months"),
        pytest.param("due", {"amount": 1, "unit": TermUnit.HOUR}, id="the-end-is-the-end"),
        pytest.param("due", {"share": Decimal("0.5")}, id="a-share-of-the-end"),
        pytest.param("warning", {}, id="a-warning-at-no-time"),
        pytest.param("warning", {"share": Decimal("1.0")}, id="a-warning-at-the-end"),
    ],
)
def test_a_step_that_says_no_time_is_refused_here_and_in_the_database(phase, given):
    rule = overdue(1, phase=phase)

    with pytest.raises(StepMalformed):
        lists.set_step(rule_id=rule.id, **given, **ACT)
    fields = {"amount": None, "unit": "", "share": None, **given}
    with pytest.raises(IntegrityError), transaction.atomic():
        LadderRule.objects.filter(id=rule.id).update(**fields)


def test_an_unknown_step_is_refused():
    with pytest.raises(StepNotKnown):
        lists.set_step(rule_id=0, **ACT)


# --- reasons -----------------------------------------------------------------------------------


def test_a_city_adds_and_changes_reasons():
    given = {"name_zh": "已有主办单位", "name_en": "Has a lead", "needs_right_unit": True}
    lists.set_reason(code="has_lead", needs_basis=False, **given, **ACT)
    lists.set_reason(code="has_lead", needs_basis=True, **given, **ACT)
    lists.set_reason(
        code="unclear", name_zh="不清", name_en="Unclear", needs_basis=False,
        needs_right_unit=False, active=False, **ACT,
    )  # fmt: skip

    codes = [reason.code for reason in returns.reasons()]
    assert codes[-1] == "has_lead"
    assert "unclear" not in codes
    assert ReturnReason.objects.get(code="has_lead").events.get().needs_basis is False


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        pytest.param({"code": "Not Ours"}, ReasonCodeMalformed, id="code"),
        pytest.param({"code": "a" * 41}, ReasonCodeMalformed, id="long-code"),
        pytest.param({"name_en": " "}, ReasonNameMissing, id="name"),
        pytest.param({"name_zh": "长" * 61}, WordTooLong, id="long-name"),
    ],
)
def test_a_reason_that_cannot_be_is_refused(given, refusal):
    fine = {"code": "fine", "name_zh": "可以", "name_en": "Fine"}

    with pytest.raises(refusal):
        lists.set_reason(**{**fine, **given}, needs_basis=False, needs_right_unit=False, **ACT)


# --- what the project brings -------------------------------------------------------------------


def test_a_migration_adds_what_is_new_and_leaves_what_the_city_changed():
    lists.retire_word(word="漏气", **ACT)
    lists.set_step(rule_id=overdue(2).id, amount=2, unit=TermUnit.WORKING_DAY, **ACT)
    ReturnReason.objects.filter(code="unclear").update(name_zh="看不懂")
    ReturnReason.objects.filter(code="duplicate").delete()
    counts = (UrgentWord.objects.count(), LadderRule.objects.count())

    built_in.bring()

    assert UrgentWord.objects.get(word="漏气").active is False
    assert overdue(2).amount == 2
    assert ReturnReason.objects.get(code="unclear").name_zh == "看不懂"
    assert ReturnReason.objects.filter(code="duplicate").exists()
    assert (UrgentWord.objects.count(), LadderRule.objects.count()) == counts


def test_the_lists_of_the_project_fit_the_rules_a_city_has_to_keep():
    for word in built_in.words():
        lists.retire_word(word=word.word, **ACT)
        lists.add_word(
            word=word.word, number=word.number, hint_zh=word.hint_zh, hint_en=word.hint_en, **ACT
        )
    for rule in LadderRule.objects.all():
        lists.set_step(
            rule_id=rule.id,
            amount=rule.amount,
            unit=TermUnit(rule.unit) if rule.unit else None,
            share=rule.share,
            **ACT,
        )
    assert len({str(rule) for rule in built_in.rules()}) == LadderRule.objects.count()


@pytest.mark.parametrize("name", ["grid", "hotline"])
def test_every_reason_that_a_procedure_offers_is_in_the_list(name):
    form = library.procedures()[name].actions["return_order"].form
    offered = next(field.options for field in form if field.name == "reason")

    assert set(offered) <= {reason.code for reason in built_in.reasons()}


def test_every_kind_of_clock_of_a_procedure_has_a_ladder():
    kinds = {
        clock.kind.value for it in library.procedures().values() for clock in it.clocks.values()
    }

    assert kinds <= {rule.clock_kind for rule in built_in.rules()}


def test_no_word_hinders_people_who_complain():
    """Words are of danger and damage, never of gathering, petitioning or persons."""
    for word in built_in.words():
        assert not set("访聚") & set(word.word)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"word": "漏"}, id="one-character"),
        pytest.param({"word": "  漏气"}, id="blanks"),
        pytest.param({"number": "abc"}, id="no-digits"),
        pytest.param({"hint_zh": "绕行", "hint_en": ""}, id="one-language"),
    ],
)
def test_the_database_refuses_words_that_cannot_be(broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        UrgentWord.objects.create(**{"word": "路基冲毁", **broken})
