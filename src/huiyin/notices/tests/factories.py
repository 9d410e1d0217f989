"""Notices in plain fixed values; made by the real verbs."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from huiyin.notices import outbox, recipients
from huiyin.notices.facts import Facts
from huiyin.notices.models import Notice, NoticeState
from huiyin.notices.recipients import Recipient
from huiyin.notices.texts import Channel
from huiyin.people import signing_in
from huiyin.people.models import Account, AccountKind
from huiyin.people.phones import index_of
from huiyin.people.sessions import SessionStore
from huiyin.people.tests.factories import NOW, PHONE, SHANGHAI
from huiyin.procedures.language import Words
from huiyin.units.models import Unit

NUMBER = "37142611001237"
NIGHT = datetime(2026, 3, 2, 22, 30, tzinfo=SHANGHAI)
MORNING = datetime(2026, 3, 3, 8, 0, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
EMAIL = "lihua@example.cn"

FACTS = Facts(
    number=NUMBER,
    due=datetime(2026, 3, 9, 17, 0, tzinfo=SHANGHAI),
    on=date(2026, 3, 5),
    link=f"/matters/{NUMBER}",
    act=Words("答复", "Answer"),
    procedure=Words("12345 热线工单", "12345 hotline order"),
    state=Words("已答复，请您评价。", "Answered; please rate it."),
    title="向阳路路灯不亮",
    place="夏津县北城街道",
    category=Words("路灯维护", "Street lights"),
    unit="夏津县住建局",
    phone="0534-3210000",
    text="明天上午来修。",
)

__all__ = ("NOW", "PHONE")


def a_resident(*, phone: str = PHONE, language: str = "") -> Account:
    return Account.objects.create(
        kind=AccountKind.RESIDENT,
        name="李华",
        phone=phone,
        phone_index=index_of(phone) if phone else None,
        language=language,
        created_at=NOW,
    )


def a_client_of(account: Account) -> Client:
    """The browser of somebody who is signed in."""
    request = RequestFactory().get("/")
    request.session = SessionStore()
    signing_in.sign_in(request, account, at=timezone.now())
    request.session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(request.session.session_key)
    return client


def put(
    name: str = "hotline.answer.person",
    *,
    to: Recipient | None = None,
    data: Facts = FACTS,
    key: str = "event-1:person",
    at: datetime = NOW,
    **more: Any,
) -> list[Notice]:
    """Put a notice and return its rows."""
    outbox.put(name, to=to or recipients.phone(PHONE), data=data, key=key, at=at, **more)
    return list(Notice.objects.filter(key=key).order_by("pk"))


def an_sms(**more: Any) -> Notice:
    (notice,) = put(**more)
    return notice


def an_email(**more: Any) -> Notice:
    (notice,) = put(to=recipients.email(EMAIL), **more)
    return notice


def a_dead_one(*, key: str = "event-9:person", at: datetime = NOW) -> Notice:
    """An SMS that was given up, as the worker leaves it."""
    notice = an_sms(key=key, at=at)
    Notice.objects.filter(pk=notice.pk).update(
        state=NoticeState.DEAD, tries=8, settled_at=at, reason="gateway_refused"
    )
    return Notice.objects.get(pk=notice.pk)


def a_notice_to(unit: Unit | UUID, *, key: str, at: datetime = NOW) -> Notice:
    unit_id = unit.pk if isinstance(unit, Unit) else unit
    (notice,) = put("hotline.dispatch.unit", to=recipients.unit(unit_id), key=key, at=at)
    return notice


def now_of(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


SMS, MAIL, INBOX = Channel.SMS, Channel.EMAIL, Channel.INBOX
