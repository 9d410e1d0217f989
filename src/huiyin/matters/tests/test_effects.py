"""What procedure files leave to code is there, runs in the act, and undoes it when it refuses."""

from dataclasses import replace

import pytest

from huiyin.matters import acting, effects
from huiyin.matters.checks import code_of_procedures_is_there, faults_of
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import EventHeader
from huiyin.matters.queries import possible_acts
from huiyin.matters.refusals import ActRefused, NotRated
from huiyin.matters.tests.records import the_record
from huiyin.procedures.language import Condition, ConditionKind, FactRule, FactType, Words
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotline(monkeypatch):
    """Let the hotline be another procedure for a test: `hotline(note={...}, facts={...})`."""

    def changed(action, **change):
        rules = procedure_of("hotline")
        facts = {**rules.facts, **change.pop("facts", {})}
        actions = {**rules.actions, action: replace(rules.actions[action], **change)}
        other = replace(rules, actions=actions, facts=facts)
        monkeypatch.setattr(acting, "procedure_of", lambda name: other)
        return other

    monkeypatch.setattr(effects, "_effects", dict(effects._effects))
    monkeypatch.setattr(effects, "_loaders", dict(effects._loaders))
    return changed


def test_an_effect_is_told_what_has_happened_in_the_acts_transaction(hotline):
    city = the_record()
    run = city.open("hotline", "accept_call").run
    told = []
    effects.effect("listen_once")(told.append)
    hotline("note", effects=("listen_once",))

    done = city.act(run.pk, "note")

    assert [(one.event, one.run.pk, one.decision) for one in told] == [
        (done.event, run.pk, done.decision)
    ]


def test_what_an_effect_refuses_undoes_the_act_with_a_sentence_at_the_field(hotline):
    city = the_record()
    run = city.open("hotline", "accept_call").run

    def refuse(happened):
        raise effects.at_field("text", NotRated())

    effects.effect("refuse_always")(refuse)
    hotline("note", effects=("refuse_always",))
    before = EventHeader.objects.count()

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "note")

    assert refused.value.errors == {"text": str(NotRated())}
    assert EventHeader.objects.count() == before


def test_two_effects_cannot_have_one_name(hotline):
    effects.effect("mine")(print)

    effects.effect("mine")(print)
    with pytest.raises(ValueError, match="two effects mine"):
        effects.effect("mine")(repr)
    with pytest.raises(ValueError, match="two loaders"):
        effects.outside_fact("grid", "own_work")(repr)


def test_a_fact_from_outside_is_loaded_for_the_acts_that_read_it_and_no_others(hotline):
    city = the_record()
    run = city.open("hotline", "accept_call").run
    asked = []
    effects.outside_fact("hotline", "rain")(lambda run, by: asked.append(run.pk) or True)
    words = Words("下雨", "It rains")
    rain = FactRule("rain", FactType.FLAG, words, outside=True)
    need = Condition(ConditionKind.FACT, "rain", "is", value=False, refusal="no_unit_yet")
    hotline("note", needs=(need,), facts={"rain": rain})

    with pytest.raises(ActRefused):
        city.act(run.pk, "note")
    assert asked == [run.pk]
    city.act(run.pk, "dispatch")
    assert asked == [run.pk]

    found = {
        one.action: one.is_open
        for one in possible_acts(run.pk, by=city.staff(city.unit("hotline_centre", "z")), at=NOW)
    }
    assert found["note"] is False
    assert asked == [run.pk, run.pk]


def test_the_check_tells_of_code_that_nobody_wrote(hotline):
    rules = hotline(
        "note", effects=("fly",),
        facts={"rain": FactRule("rain", FactType.FLAG, Words("雨", "Rain"), outside=True)},
    )  # fmt: skip

    assert list(faults_of(rules)) == [
        "hotline.note: nobody registered the effect fly.",
        "hotline: nobody loads the outside fact rain.",
    ]
    assert code_of_procedures_is_there(None) == []
