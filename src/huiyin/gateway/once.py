"""Answers given once: the same key, account and request again get the same answer, for 90 days.

Acts and openings keep their own keys in the transaction that writes the event (`matters`); this is
for everything else that changes something.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from huiyin.gateway.door import caller_of
from huiyin.gateway.models import KeptAnswer
from huiyin.matters.chain import canonical
from huiyin.matters.refusals import KeyUsedOtherwise
from huiyin.ui.turns import take_turn

KEPT: Final = timedelta(days=90)
Json = dict[str, Any]


def once(request: HttpRequest, key: str, asked: Json, do: Callable[[], Json]) -> Json:
    """Return what `do` answers, in one transaction; under a key that answered before, that answer.

    `asked`: all that was asked for, in plain values. An empty key does it anew each time. What is
    refused is not kept. Raises KeyUsedOtherwise, and what `do` raises.
    """
    if not key:
        return do()
    account, operation = caller_of(request).account.pk, f"{request.method} {request.path}"
    digest = hashlib.sha256(canonical(asked)).digest()
    with transaction.atomic():
        take_turn(f"api {account} {operation} {key}")
        known = KeptAnswer.objects.filter(account=account, operation=operation, key=key).first()
        if known is not None:
            if bytes(known.digest) != digest:
                raise KeyUsedOtherwise(key=key)
            kept: Json = json.loads(known.answer)
            return kept
        answer = do()
        KeptAnswer.objects.create(
            account_id=account, operation=operation, key=key, digest=digest,
            answer=json.dumps(answer, cls=DjangoJSONEncoder), at=timezone.now(),
        )  # fmt: skip
    return answer


def clean(*, at: datetime) -> int:
    """Forget answers after 90 days; return how many."""
    return KeptAnswer.objects.filter(at__lt=at - KEPT).delete()[0]
