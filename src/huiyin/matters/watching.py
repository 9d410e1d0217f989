"""Who is told when the clock-keeper lags: the people who look after the system, once an episode.

A task of its own looks, so that a keeper that hangs is noticed. With no worker at all nothing looks
from here: `/ready`, `/metrics` and `huiyin check` say so.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from huiyin.matters import keeping
from huiyin.matters.models import KeeperState
from huiyin.notices import recipients
from huiyin.notices.facts import Facts
from huiyin.notices.outbox import Draft, put_many
from huiyin.people.models import Post
from huiyin.units.queries import held_on

WATCHES: Final = "system.watch"
LATE: Final = "keeper.late"


def is_late(*, at: datetime) -> bool:
    """Tell whether the keeper lags by more than HUIYIN_CLOCK_ALARM_MINUTES."""
    most = timedelta(minutes=settings.HUIYIN.clock_alarm_minutes)
    return keeping.lag(at=at) > most.total_seconds()


def watch(*, at: datetime) -> bool:
    """Tell those who look after the system that the keeper lags; tell whether they were told now.

    They are told again only after it has caught up and lags anew.
    """
    late = is_late(at=at)
    with transaction.atomic():
        state, _ = KeeperState.objects.select_for_update().get_or_create(pk=1)
        if late == (state.late_since is not None):
            return False
        state.late_since = at if late else None
        state.save(update_fields=["late_since"])
        if late:
            put_many(_drafts(at), at=at)
        return late


def _drafts(at: datetime) -> list[Draft]:
    posts = Post.objects.filter(
        held_on(timezone.localdate(at)),
        account__is_active=True,
        permission_set__permissions__contains=[WATCHES],
    )
    told = posts.order_by("account_id").values_list("account_id", flat=True).distinct()
    return [
        Draft(
            name=LATE,
            to=recipients.account(account),
            data=Facts(on=at),
            key=f"{LATE} {at:%Y-%m-%dT%H:%M:%S.%f} {account}",
            urgent=True,
        )
        for account in told
    ]
