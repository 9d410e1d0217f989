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


def an_order(
    place: Place, *, at: datetime, title: str, words: str, phone: str, is_given: bool = True
) -> Run:
    """Open a hotline order; give it to the housing bureau."""
    agent, bureau = staff_of("hotline", at), staff_of("housing", at)
    kind = suggest(f"{title}{words}")[0].category
    done = intake.open_matter(
        procedure="hotline",
        action="accept_call",
        said=Said(title, words),
        place=place,
        channel=Channel.CALL,
        by=agent,
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
    )
    if is_given:
        form = {"to_unit": str(bureau.unit_id), "basis": "functional", "grade": "ordinary"}
        act(done.run.pk, "dispatch", by=agent, at=at + timedelta(minutes=20), form=form)
    return done.run


def some_matters(at: datetime) -> None:
    """Open hotline orders of the last days: waiting, given to the housing bureau, late."""
    bureau = staff_of("housing", at)
    villages = Place.objects.filter(level=PlaceLevel.VILLAGE, county__code="371427000000")
    for number, place in enumerate(villages.order_by("code")[:6]):
        title, words = SAID[number % len(SAID)]
        opened = at - timedelta(days=2 * number, hours=1)
        run = an_order(
            place, at=opened, title=title, words=words, phone=f"1540000000{number}",
            is_given=number % 3 != 0,
        )  # fmt: skip
        if number % 3 == 2:
            signed = {"handler": "张明"}
            act(run.pk, "acknowledge", by=bureau, at=opened + timedelta(hours=1), form=signed)
    keep(at=at)
