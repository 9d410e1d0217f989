"""What once went wrong in the demo: an SMS gateway that was away for half an hour, and back."""

from datetime import datetime, time, timedelta
from typing import Final

from django.utils import timezone

from huiyin.notices.models import Outage
from huiyin.notices.texts import Channel

DAYS_AGO: Final = 3
BEGAN, ENDED = time(10, 12), time(10, 47)
TRIES: Final = 10  # after 20 s, 40 s … then every five minutes


def tell_of_one(*, now: datetime) -> Outage:
    """Write down an outage of some days ago that is over; nothing was given up for it."""
    day = timezone.localdate(now) - timedelta(days=DAYS_AGO)
    began, ended = (timezone.make_aware(datetime.combine(day, one)) for one in (BEGAN, ENDED))
    return Outage.objects.create(
        channel=Channel.SMS.value, began_at=began, tried_at=ended - timedelta(minutes=5),
        tries=TRIES, rest_until=ended, reason="gateway_unreachable:TimeoutError", ended_at=ended,
    )  # fmt: skip
