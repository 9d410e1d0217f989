"""A shift changes hands when a colleague agrees, and not before."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from huiyin.units import roster, swaps
from huiyin.units.models import RosterEntry, SwapAnswer, UnitKind
from huiyin.units.refusals import (
    NotYourShift,
    NotYourSwap,
    ShiftInPast,
    ShiftNotKnown,
    ShiftOverlaps,
    SwapAskedAlready,
    SwapOver,
    SwapWithOneself,
)
from huiyin.units.tests.factories import CITY, NOW, SHANGHAI, Clerk, a_unit, the_places

pytestmark = pytest.mark.django_db
FANG = Clerk(UUID("019cae00-0000-7000-8000-00000000000a"))
LEI = Clerk(UUID("019cae00-0000-7000-8000-00000000000b"))
SATURDAY = datetime(2026, 3, 7, 17, 30, tzinfo=SHANGHAI)
MONDAY = datetime(2026, 3, 9, 17, 30, tzinfo=SHANGHAI)
NIGHT = timedelta(hours=15)


@pytest.fixture
def centre():
    return a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, the_places()[CITY])


def plan(centre, who, name, starts_at):
    return roster.plan_shift(
        unit_id=centre.id, starts_at=starts_at, ends_at=starts_at + NIGHT, name=name, by=who,
        at=NOW, account_id=who.account_id,
    )  # fmt: skip


def ask(shift, *, by=FANG, of=LEI, at=NOW, **more):
    return swaps.ask(
        shift_id=shift.pk, of=of.account_id, name="李磊", asker="王芳", by=by, at=at, **more
    )


def holders():
    return [(one.starts_at.day, one.name) for one in RosterEntry.objects.order_by("starts_at")]


def test_two_shifts_change_hands_when_the_colleague_agrees(centre):
    mine, theirs = plan(centre, FANG, "王芳", SATURDAY), plan(centre, LEI, "李磊", MONDAY)
    swap = ask(mine, instead_id=theirs.pk)
    assert holders() == [(7, "王芳"), (9, "李磊")]

    done = swaps.answer(swap_id=swap.pk, agrees=True, by=LEI, at=NOW)

    assert done.answer == SwapAnswer.AGREED
    assert holders() == [(7, "李磊"), (9, "王芳")]
    assert swaps.asked_of(LEI.account_id, at=NOW) == []


def test_a_colleague_may_take_a_shift_for_nothing(centre):
    mine = plan(centre, FANG, "王芳", SATURDAY)

    swaps.answer(swap_id=ask(mine).pk, agrees=True, by=LEI, at=NOW)

    mine.refresh_from_db()
    assert (mine.name, mine.account_id) == ("李磊", LEI.account_id)


def test_declined_or_taken_back_the_shift_stays(centre):
    mine = plan(centre, FANG, "王芳", SATURDAY)

    swaps.answer(swap_id=ask(mine).pk, agrees=False, by=LEI, at=NOW)
    swap = ask(mine)
    swaps.withdraw(swap_id=swap.pk, by=FANG, at=NOW)

    assert holders() == [(7, "王芳")]
    with pytest.raises(SwapOver):
        swaps.answer(swap_id=swap.pk, agrees=True, by=LEI, at=NOW)


def test_nobody_takes_a_shift_while_on_duty_in_another(centre):
    mine = plan(centre, FANG, "王芳", SATURDAY)
    roster.plan_shift(
        unit_id=centre.id, starts_at=SATURDAY, ends_at=SATURDAY + NIGHT, name="李磊", by=LEI,
        at=NOW, account_id=LEI.account_id, together=True,
    )  # fmt: skip
    swap = ask(mine)

    with pytest.raises(ShiftOverlaps):
        swaps.answer(swap_id=swap.pk, agrees=True, by=LEI, at=NOW)

    swap.refresh_from_db()
    assert swap.answer == SwapAnswer.ASKED


def test_a_question_is_asked_of_ones_own_shift_once_and_of_somebody_else(centre):
    mine, theirs = plan(centre, FANG, "王芳", SATURDAY), plan(centre, LEI, "李磊", MONDAY)

    with pytest.raises(NotYourShift):
        ask(theirs)
    with pytest.raises(SwapWithOneself):
        ask(mine, of=FANG)
    with pytest.raises(ShiftNotKnown):
        ask(mine, of=Clerk(UUID(int=9)), instead_id=theirs.pk)
    ask(mine)
    with pytest.raises(SwapAskedAlready):
        ask(mine)


def test_only_whoever_was_asked_answers_and_only_whoever_asked_takes_it_back(centre):
    swap = ask(plan(centre, FANG, "王芳", SATURDAY))

    with pytest.raises(NotYourSwap):
        swaps.answer(swap_id=swap.pk, agrees=True, by=FANG, at=NOW)
    with pytest.raises(NotYourSwap):
        swaps.withdraw(swap_id=swap.pk, by=LEI, at=NOW)


def test_a_shift_that_has_begun_stays_with_whoever_has_it(centre):
    swap = ask(plan(centre, FANG, "王芳", SATURDAY))

    with pytest.raises(ShiftInPast):
        swaps.answer(swap_id=swap.pk, agrees=True, by=LEI, at=SATURDAY)


def test_a_shift_that_the_keeper_gives_to_another_is_no_longer_asked_about(centre):
    mine = plan(centre, FANG, "王芳", SATURDAY)
    swap = ask(mine)

    roster.change_shift(shift_id=mine.pk, name="赵强", by=FANG, at=NOW)

    swap.refresh_from_db()
    assert swap.answer == SwapAnswer.WITHDRAWN
