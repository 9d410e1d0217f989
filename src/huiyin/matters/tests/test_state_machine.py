"""The proof of the loop: whatever people do in whatever order, the record stays right."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from huiyin.matters.tests.at_once import a_crowd
from huiyin.matters.tests.machine import Loop, TogetherLoop
from huiyin.matters.tests.records import the_record

# The steps are in the message; making them fewer would take minutes.
HOW = settings(
    stateful_step_count=30,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_whatever_is_done_to_matters_their_record_stays_right():
    city = the_record()
    assert city.category

    class Begun(Loop):
        record, seen = city, Counter()

    run_state_machine_as_test(
        Begun, settings=settings(HOW, max_examples=settings().max_examples // 6)
    )
    assert Begun.seen["rests"], "no limit was paused"
    assert Begun.seen["act"] > 60, "too little happened to prove anything"


@pytest.mark.django_db(transaction=True)
def test_what_several_do_at_once_leaves_the_record_right():
    city = the_record()
    assert city.category

    with a_crowd(4) as together:

        class Begun(TogetherLoop):
            record, crowd, seen = city, together, Counter()

        run_state_machine_as_test(
            Begun, settings=settings(HOW, max_examples=settings().max_examples // 20)
        )
    assert Begun.seen["together", "Done"] > 5, "too little happened to prove anything"
