"""Sealed columns: another key at any time, and nobody loses a value."""

import os

import pytest
from django.db import connection

from huiyin.people import tasks
from huiyin.people.models import Account
from huiyin.people.sealing import CannotOpen, blind_index, keys_in_use, open_sealed, reseal, seal
from huiyin.people.tests.factories import OTHER_PHONE, PHONE, an_account

OLD, NEW = ("k1", os.urandom(32)), ("k2", os.urandom(32))


@pytest.fixture
def old_key(configured):
    configured(seal_keys=(OLD,))


def raw_phones():
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_account ORDER BY username")
        return [value for (value,) in cursor.fetchall()]


def test_the_same_text_is_sealed_differently_each_time(old_key):
    one, two = (seal(PHONE, context="t.c") for _ in range(2))

    assert one != two
    assert {open_sealed(one, context="t.c"), open_sealed(two, context="t.c")} == {PHONE}


@pytest.mark.parametrize(
    ("change", "context"),
    [
        pytest.param(lambda value: value, "t.other", id="moved-to-another-column"),
        pytest.param(lambda value: value[:-5] + "AAAA" + value[-1], "t.c", id="altered"),
        pytest.param(lambda value: value[:-8], "t.c", id="cut"),
        pytest.param(lambda value: "k1:%%%", "t.c", id="not-base64"),
        pytest.param(lambda value: "k9" + value[2:], "t.c", id="unknown-key"),
    ],
)
def test_a_value_that_is_not_as_it_was_sealed_does_not_open(old_key, change, context):
    sealed = seal(PHONE, context="t.c")

    with pytest.raises(CannotOpen):
        open_sealed(change(sealed), context=context)


@pytest.mark.django_db
def test_a_new_key_opens_what_the_old_one_sealed_and_takes_over(configured, old_key):
    an_account("a1", phone=PHONE)
    an_account("a2", phone=OTHER_PHONE)
    an_account("a3")
    configured(seal_keys=(NEW, OLD))
    read_with_both = list(Account.objects.order_by("username").values_list("phone", flat=True))

    in_use = [keys_in_use()]
    done = [reseal(batch=1), reseal(batch=1), reseal(batch=1)]
    in_use.append(keys_in_use())

    configured(seal_keys=(NEW,))
    assert in_use == [{"k1": 2}, {"k2": 2}]
    assert read_with_both == [PHONE, OTHER_PHONE, ""]
    assert done == [1, 1, 0]
    assert [value.partition(":")[0] for value in raw_phones()] == ["k2", "k2", ""]
    assert list(Account.objects.order_by("username").values_list("phone", flat=True)) == (
        read_with_both
    )


@pytest.mark.django_db
def test_the_worker_seals_everything_anew(configured, old_key):
    for number in range(3):
        an_account(f"a{number}", phone=f"1540000000{number}")
    configured(seal_keys=(NEW, OLD))

    tasks.reseal(timestamp=0)

    assert keys_in_use() == {"k2": 3}


@pytest.mark.django_db
def test_resealing_leaves_everything_when_a_key_is_missing(configured, old_key):
    an_account("a1", phone=PHONE)
    before = raw_phones()
    configured(seal_keys=(NEW,))

    with pytest.raises(CannotOpen):
        reseal()

    assert raw_phones() == before


def test_blind_indexes_are_equal_for_equal_values_of_one_purpose():
    assert blind_index(PHONE, purpose="a") == blind_index(PHONE, purpose="a")
    assert len({blind_index(PHONE, purpose="a"), blind_index(PHONE, purpose="b")}) == 2
    assert len(blind_index(PHONE, purpose="a")) == 32
