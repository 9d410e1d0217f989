"""In a rush the worker is woken now and then, and the last call is never lost."""

from django.db import OperationalError

from huiyin.ui.waking import Waker

A_LONG_TIME = 3_600.0


def let_it_pass(waker):
    """Have the pause be over now, in this thread."""
    timer = waker._late
    assert timer.is_alive()
    assert timer.interval <= A_LONG_TIME
    timer.cancel()
    timer.join()
    timer.function()


def test_the_first_call_wakes_at_once_and_the_rest_of_a_rush_once_more_after_it():
    calls = []
    waker = Waker(lambda: calls.append(1), every=A_LONG_TIME)

    for _ in range(50):
        waker()
    assert len(calls) == 1

    let_it_pass(waker)  # for what came after the first
    assert len(calls) == 2


def test_without_a_pause_each_call_wakes():
    calls = []
    waker = Waker(lambda: calls.append(1), every=0.0)

    for _ in range(3):
        waker()

    assert len(calls) == 3


def test_a_database_that_is_gone_when_the_pause_is_over_does_no_harm():
    calls = []

    def wake():
        calls.append(1)
        if len(calls) == 2:
            raise OperationalError("gone")

    waker = Waker(wake, every=A_LONG_TIME)
    waker()
    waker()
    let_it_pass(waker)
    waker()
    let_it_pass(waker)

    assert len(calls) == 3  # it goes on
