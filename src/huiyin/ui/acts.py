"""Who acts and when: the facts that every verb takes, and how the history learns them."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

import pghistory


class By(Protocol):
    """Whoever acts; `huiyin.people.actors.Actor` is one. No account: the system itself."""

    @property
    def account_id(self) -> UUID | None: ...


def recording(act: str, *, by: By, at: datetime) -> AbstractContextManager[object]:
    """Give the rows that history triggers write in this block the act, the actor and the time."""
    context: AbstractContextManager[object] = pghistory.context(
        act=act, account=str(by.account_id) if by.account_id else "", at=at.isoformat()
    )
    return context
