"""Call-backs and checks: by somebody else than the unit that did it, what is due first first."""

import pytest

from huiyin.matters import calling_back, scripts
from huiyin.matters.calling_back import Tray
from huiyin.matters.tests.records import the_record

pytestmark = pytest.mark.django_db
CALLED = ("dispatch", "acknowledge", "answer", "audit")


@pytest.fixture
def city():
    return the_record()


def answered(city):
    run = city.open("hotline", "accept_call", grade="ordinary", reply="wanted").run
    for action in CALLED:
        run = city.act(run.pk, action).run
    return run


def a_caller(city, unit=None):
    return city.staff(unit or city.unit("hotline_centre", "z"), "hotline.call_back")


def test_stations_are_the_states_of_offices_that_did_not_do_it():
    found = {(one.rules.name, one.state, one.tray.value) for one in calling_back.stations()}

    assert found == {
        ("hotline", "audited", "call"),
        ("grid", "fed_back", "check"),
        ("orders", "served", "low"),
        ("orders", "closed", "low"),
    }


def test_an_audited_answer_waits_for_a_call_and_is_gone_after_it(city):
    run = answered(city)
    by = a_caller(city)

    before = [one.pk for one in calling_back.tray(Tray.CALL, by=by).runs]
    city.act(run.pk, "call_back", by=by)

    assert before == [run.pk]
    assert calling_back.counts(by=by) == {Tray.CALL: 0, Tray.LOW: 0, Tray.CHECK: 0}


def test_whoever_may_not_call_back_has_no_list(city, django_assert_num_queries):
    answered(city)

    with django_assert_num_queries(0):
        counts = calling_back.counts(by=city.staff(city.unit("hotline_centre", "z")))

    assert set(counts.values()) == {0}


def test_calls_nobody_answered_are_counted_with_their_time_and_begin_anew_with_an_answer(city):
    run = answered(city)
    by = a_caller(city)
    for note in ("无人接听。", "占线。"):
        run = city.act(run.pk, "try_call_back", by=by, form={"note": note}).run

    tries = calling_back.tries_of([run], by)[run.pk]
    assert [one.note for one in tries] == ["无人接听。", "占线。"]

    for action in ("redo", "answer", "audit"):
        run = city.act(run.pk, action).run
    assert calling_back.tries_of([run], by)[run.pk] == []


def test_two_stars_bring_a_call_and_three_do_not(city):
    runs = []
    for stars in (2, 3):
        run = city.open("orders", "submit").run
        for action in ("assign", "accept", "answer"):
            fields = {"result": "explained"} if action == "answer" else {}
            run = city.act(run.pk, action, **fields).run
        runs.append(city.act(run.pk, "rate", stars=stars).run)
    by = city.staff(city.unit("governance_centre", "z"), level="county")

    low = [one.pk for one in calling_back.tray(Tray.LOW, by=by).runs]
    city.act(runs[0].pk, "call_back", by=by, reached="spoke", said="来得太晚。", next="none")

    assert low == [runs[0].pk]
    assert calling_back.counts(by=by)[Tray.LOW] == 0


def test_every_script_speaks_of_what_its_procedure_knows_and_has_words_for_every_result():
    assert scripts.faults() == []
    assert {(one.rules.name, one.state) for one in calling_back.stations()} == set(
        scripts.scripts()
    )


def test_a_script_that_does_not_fit_says_so(monkeypatch):
    script = scripts.Script(
        greet=scripts.Words("{nobody}您好", "Hello"), close=scripts.EMPTY, never=scripts.EMPTY,
        act="answer", asked="outcome", ask={"mood": scripts.EMPTY},
    )  # fmt: skip
    monkeypatch.setattr(
        scripts, "scripts", lambda: {("hotline", "audited"): script, ("hotline", "lost"): script}
    )

    assert scripts.faults() == [
        "hotline.audited: the results are not those of answer.outcome.",
        "hotline.audited: nothing there asks for mood.",
        "hotline.audited: nothing fills {nobody}.",
        "hotline: there is no state lost.",
    ]
