"""Telling colleagues of a swap of shifts: who is asked, and what became of one's own question."""

from datetime import datetime
from typing import Final

from django.urls import reverse

from huiyin.notices import recipients
from huiyin.notices.facts import Facts
from huiyin.notices.outbox import put
from huiyin.notices.texts import Channel
from huiyin.units.models import ShiftSwap, SwapAnswer

ASKED: Final = "roster.swap_asked"
AGREED: Final = "roster.swap_agreed"
DECLINED: Final = "roster.swap_declined"


def tell_asked(swap: ShiftSwap, *, at: datetime) -> None:
    """Tell whoever is asked, in Huiyin."""
    put(
        ASKED,
        to=recipients.account(swap.asked_of, Channel.INBOX),
        data=Facts(title=swap.asker_name, on=swap.shift.starts_at, link=reverse("web:rosters")),
        key=f"{ASKED} {swap.pk}",
        at=at,
    )


def tell_answered(swap: ShiftSwap, *, at: datetime) -> None:
    """Tell whoever asked, in Huiyin."""
    name = AGREED if swap.answer == SwapAnswer.AGREED else DECLINED
    put(
        name,
        to=recipients.account(swap.asked_by, Channel.INBOX),
        data=Facts(title=swap.asked_name, on=swap.shift.starts_at, link=reverse("web:rosters")),
        key=f"{name} {swap.pk}",
        at=at,
    )
