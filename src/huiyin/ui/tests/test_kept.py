"""What hardly ever changes is asked for once in a while."""

from itertools import count

from huiyin.ui.kept import Kept


def test_an_answer_is_kept_for_its_key_until_it_is_forgotten():
    asked = count()
    kept = Kept(600, also_in_tests=True)

    assert [kept.get("a", lambda: next(asked)) for _ in range(3)] == [0, 0, 0]
    assert kept.get("b", lambda: next(asked)) == 1
    kept.forget()
    assert kept.get("a", lambda: next(asked)) == 2


def test_an_answer_is_asked_for_anew_when_its_time_is_over():
    asked = count()
    kept = Kept(0, also_in_tests=True)

    assert [kept.get("a", lambda: next(asked)) for _ in range(3)] == [0, 1, 2]


def test_no_more_are_kept_than_were_said():
    asked = count()
    kept = Kept(600, most=2, also_in_tests=True)

    for key in "abc":
        kept.get(key, lambda: next(asked))

    assert kept.get("c", lambda: next(asked)) == 2
    assert kept.get("a", lambda: next(asked)) == 3


def test_tests_themselves_are_answered_from_the_database():
    asked = count()
    kept = Kept(600)

    assert [kept.get("a", lambda: next(asked)) for _ in range(2)] == [0, 1]
