"""A few matters in the small city, so that the pages that tests look at have something on them."""

from datetime import datetime, timedelta

from huiyin.categories.search import suggest
from huiyin.matters import intake
from huiyin.matters.acting import act
from huiyin.matters.intake import Person, Said
from huiyin.matters.keeping import keep
from huiyin.matters.models import Channel, Run
from huiyin.people.actors import Actor, actor_of
from huiyin.people.models import Account
from huiyin.people.posts import open_posts
from huiyin.places.models import Place, PlaceLevel

SAID = (
    ("路灯不亮", "村口的路灯坏了三天，晚上接孩子看不见路。"),
    ("物业停水没有通知", "早上起来没水，物业的电话一直没人接。"),
    ("垃圾没人清运", "小区的垃圾桶满了三天没人清运，味道很大。"),
)


def staff_of(login: str, on: datetime) -> Actor:
    """Return a login of the demo in its first post."""
    account = Account.objects.get(username=login)
    posts = open_posts(account.pk, on=on.date()).select_related("unit__place")
    return actor_of(account, posts.first())


def a_call(title: str, words: str, *, place: Place, by: Actor, at: datetime, phone: str) -> Run:
    """Open a hotline order, of the class its words are most like."""
    kind = suggest(f"{title}{words}")[0].category
    return intake.open_matter(
        procedure="hotline",
        action="accept_call",
        said=Said(title, words),
        place=place,
        channel=Channel.CALL,
        by=by,
        at=at,
        category=kind,
        reporter=Person("王秀英", phone),
        form={
            "channel": "phone",
            "kind": "help",
            "grade": "ordinary",
            "category": str(kind.pk),
            "place": str(place.pk),
            "content": words,
            "reply": "wanted",
            "keep_secret": False,
        },
    ).run


def some_matters(at: datetime) -> None:
    """Open hotline orders of the last days: waiting, given to the housing bureau, late."""
    agent, bureau = staff_of("hotline", at), staff_of("housing", at)
    villages = Place.objects.filter(level=PlaceLevel.VILLAGE, county__code="371427000000")
    for number, place in enumerate(villages.order_by("code")[:6]):
        title, words = SAID[number % len(SAID)]
        opened = at - timedelta(days=2 * number, hours=1)
        run = a_call(title, words, place=place, by=agent, at=opened, phone=f"1540000000{number}")
        if number % 3 == 0:
            continue
        form = {"to_unit": str(bureau.unit_id), "basis": "functional", "grade": "ordinary"}
        act(run.pk, "dispatch", by=agent, at=opened + timedelta(minutes=20), form=form)
        if number % 3 == 2:
            signed = {"handler": "张明"}
            act(run.pk, "acknowledge", by=bureau, at=opened + timedelta(hours=1), form=signed)
    keep(at=at)
