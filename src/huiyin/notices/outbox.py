"""Putting into the outbox what is to be told; nothing is sent here.

notices.outbox.put("hotline.answer.person", to=recipients.account(pk),
                   data=Facts(number="3714…", unit="夏津县住建局"), key=f"{event_id}:person",
                   at=at)
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import connection, transaction

from huiyin.notices import library, quiet
from huiyin.notices.choosing import choose, own_texts
from huiyin.notices.facts import Facts
from huiyin.notices.models import Notice, NoticeState
from huiyin.notices.recipients import PERSON, STAFF, Recipient, index_of
from huiyin.notices.texts import LANGUAGES, Channel, Template
from huiyin.people.models import Account, AccountKind
from huiyin.ui.identifiers import new_id
from huiyin.ui.instances import new
from huiyin.ui.rows import Writing, doing_nothing

log = structlog.get_logger("huiyin.notices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One thing to be told to somebody. `key`: the same key is told once, over each channel.

    `language`: of SMS and e-mail; empty takes the account's. `confidential`: SMS and e-mail say
    number, days and link only; for petitions, mediation and care they do so in any case.
    `not_before`: nobody is told sooner. `urgent`: quiet hours do not hold it up. `is_link_secret`:
    whoever has the link may act by it, so it stands in the sealed text alone; the notice itself
    leads to `page` then.
    """

    name: str
    to: Recipient
    data: Facts
    key: str
    language: str = ""
    confidential: bool = False
    not_before: datetime | None = None
    urgent: bool = False
    is_link_secret: bool = False
    page: str = ""


def put(
    name: str,
    *,
    to: Recipient,
    data: Facts,
    key: str,
    at: datetime,
    language: str = "",
    confidential: bool = False,
    not_before: datetime | None = None,
    urgent: bool = False,
) -> None:
    """Put one notice into the outbox, in the caller's transaction; see `Draft` and `put_many`."""
    draft = Draft(
        name=name,
        to=to,
        data=data,
        key=key,
        language=language,
        confidential=confidential,
        not_before=not_before,
        urgent=urgent,
    )
    put_many([draft], at=at)


def put_many(drafts: Iterable[Draft], *, at: datetime, into: Writing | None = None) -> None:
    """Put notices into the outbox, in the caller's transaction; at most two queries for any many.

    `into`: what the caller writes anyway in this transaction, and these rows with it.

    Writes a row for each channel a recipient is reached by; a row in Huiyin itself is delivered by
    being there. Closed accounts and residents without a phone are not reached. The commit wakes the
    worker. It never refuses: a notice must not stop the act it tells of.
    """
    wanted = list(drafts)
    if not wanted:
        return
    accounts = {one.pk: one for draft in wanted if (one := draft.to.loaded)}
    unknown = {pk for draft in wanted if not draft.to.loaded and (pk := draft.to.account_id)}
    accounts |= _accounts(unknown)
    own = own_texts()
    rows = [row for draft in wanted for row in _rows(draft, accounts, own, at)]
    if not rows:
        return
    writing = into or Writing()
    writing.insert(rows, on_conflict=doing_nothing())
    if into is None:
        writing.now()
    if any(row.state == NoticeState.QUEUED for row in rows):
        wake_after_commit()


def wake_after_commit() -> None:
    """Wake the worker when the transaction is committed, once however often this is called."""
    if not any(_wake in entry for entry in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    # The tasks are known only when the worker's library is set up, and import this module's verbs.
    from huiyin.notices import tasks  # noqa: PLC0415 circular

    tasks.wake()


def _accounts(ids: Collection[UUID]) -> dict[UUID, Account]:
    """Return accounts by id; no query for none."""
    if not ids:
        return {}
    rows = Account.objects.filter(pk__in=ids).only("kind", "phone", "is_active", "language")
    return {one.pk: one for one in rows}


def _audience(to: Recipient, accounts: dict[UUID, Account]) -> str:
    if to.unit_id is not None:
        return STAFF
    account = accounts.get(to.account_id) if to.account_id else None
    return STAFF if account is not None and account.kind == AccountKind.STAFF else PERSON


def _rows(
    draft: Draft, accounts: dict[UUID, Account], own: dict[str, Template], at: datetime
) -> Iterable[Notice]:
    to = draft.to
    account = accounts.get(to.account_id) if to.account_id else None
    if to.account_id is not None and (account is None or not account.is_active):
        log.info("notice_to_nobody", notice=draft.name, reason="account closed")
        return
    audience = _audience(to, accounts)
    language = _language(draft.language or (account.language if account else ""))
    confidential = draft.confidential or library.is_discreet(draft.name)
    for channel in to.channels or _usual(audience):
        address = to.email if channel is Channel.EMAIL else to.phone
        if channel is Channel.SMS and account is not None:
            address = account.phone
        if channel is not Channel.INBOX and not address:
            log.info("notice_to_nobody", notice=draft.name, reason="no phone")
            continue
        chosen = choose(
            draft.name,
            channel,
            draft.data,
            audience=audience,
            language=language,
            confidential=confidential,
            own=own,
        )
        urgent = draft.urgent or chosen.urgent
        is_here = channel is Channel.INBOX
        due_at = max(at, draft.not_before or at)
        if channel is Channel.SMS and not urgent:
            due_at = quiet.after_rest(due_at)
        yield new(
            Notice,
            id=new_id(),
            key=draft.key,
            name=draft.name,
            channel=channel.value,
            account_id=to.account_id,
            unit_id=to.unit_id,
            address="" if is_here else address,
            address_index=None if is_here else index_of(channel, address),
            language=language,
            texts=chosen.dumped(),
            text_version=chosen.version,
            link=draft.page if draft.is_link_secret else draft.data.link,
            confidential=confidential,
            urgent=urgent,
            state=NoticeState.DELIVERED if is_here else NoticeState.QUEUED,
            put_at=at,
            due_at=due_at,
            sent_at=due_at if is_here else None,
            settled_at=due_at if is_here else None,
        )


def _usual(audience: str) -> Sequence[Channel]:
    return (Channel.INBOX,) if audience == STAFF else (Channel.INBOX, Channel.SMS)


def _language(asked: str) -> str:
    return asked if asked in LANGUAGES else LANGUAGES[0]
