"""In a rush the worker is woken now and then, and the last call is never lost."""

import threading

from django.db import OperationalError

from huiyin.ui.waking import Waker


def test_the_first_call_wakes_at_once_and_the_rest_of_a_rush_once_more_after_it():
    woken = threading.Semaphore(0)
    calls = []

    def wake():
        calls.append(threading.current_thread())
        woken.release()

    waker = Waker(wake, every=0.2)
    for _ in range(50):
        waker()

    assert woken.acquire(timeout=30)
    assert calls == [threading.current_thread()]
    assert woken.acquire(timeout=30)  # for what came after the first
    assert len(calls) == 2


def test_without_a_pause_each_call_wakes():
    calls = []
    waker = Waker(lambda: calls.append(1), every=0.0)

    for _ in range(3):
        waker()

    assert len(calls) == 3


def test_a_database_that_is_gone_when_the_pause_is_over_does_no_harm():
    tried = threading.Semaphore(0)
    first = []

    def wake():
        if first:
            tried.release()
            raise OperationalError("gone")
        first.append(1)

    waker = Waker(wake, every=0.1)
    for _ in range(2):
        waker()

    assert tried.acquire(timeout=30)
    late = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    for one in late:
        one.join(30)
    waker()  # goes on
