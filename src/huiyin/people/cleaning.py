"""Deleting what has served its purpose: ended sessions, old codes, links and counts."""

from datetime import datetime, timedelta

from huiyin.people import limits, phone_codes
from huiyin.people.models import OneTimeLink, Session

KEEP_LINKS = timedelta(days=30)  # long enough to tell somebody that theirs was used


def clean(*, at: datetime) -> dict[str, int]:
    """Delete what is no longer needed; return how many rows of each kind. Safe at any time."""
    return {
        "sessions": Session.objects.filter(expire_date__lt=at).delete()[0],
        "phone_codes": phone_codes.clean(at=at),
        "links": OneTimeLink.objects.filter(expires_at__lt=at - KEEP_LINKS).delete()[0],
        "counts": limits.clean(at=at),
    }
