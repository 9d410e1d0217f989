"""A few matters in the small city, so that the pages that tests look at have something on them."""

from datetime import datetime, timedelta

from huiyin.categories.search import suggest
from huiyin.grid.visits import grids_of
from huiyin.matters import intake
from huiyin.matters.acting import act
from huiyin.matters.intake import Person, Said
from huiyin.matters.keeping import keep
from huiyin.matters.models import Channel, Run
from huiyin.people.actors import Actor, actor_of
from huiyin.people.models import Account
from huiyin.people.posts import open_posts
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit

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


def an_order(
    place: Place, *, at: datetime, title: str, words: str, phone: str, is_given: bool = True
) -> Run:
    """Open a hotline order; give it to the housing bureau."""
    agent, bureau = staff_of("hotline", at), staff_of("housing", at)
    run = a_call(title, words, place=place, by=agent, at=at, phone=phone)
    if is_given:
        form = {"to_unit": str(bureau.unit_id), "basis": "functional", "grade": "ordinary"}
        act(run.pk, "dispatch", by=agent, at=at + timedelta(minutes=20), form=form)
    return run


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
    _a_whistle(at)
    _supervision(at)
    keep(at=at)


def _a_whistle(at: datetime) -> None:
    """Have the town call two bureaus to its grid; one has come."""
    worker, centre, bureau = (staff_of(login, at) for login in ("grid", "town", "housing"))
    place = grids_of(worker, on=at.date())[0]
    kind = suggest("垃圾没人清运")[0].category
    water = Unit.objects.get(code="DP-371427-water")
    form = {
        "urgency": "urgent", "category": str(kind.pk), "place": str(place.pk), "text": "沟渠堵了",
    }  # fmt: skip
    run = intake.open_matter(
        procedure="grid", action="report", said=Said("沟渠堵了", "沟渠堵了，水漫到路上。"),
        place=place, channel=Channel.GRID, by=worker, at=at - timedelta(hours=2), category=kind,
        form=form,
    ).run  # fmt: skip
    called = {
        "to_units": [str(bureau.unit_id), str(water.pk)], "level": "county", "urgency": "normal",
        "problem": "沟渠堵塞，两家各管一段。", "task": "请到场分清责任。",
        "report_to": "村委会门口",
    }  # fmt: skip
    act(run.pk, "blow_whistle", by=centre, at=at - timedelta(hours=1), form=called)
    came = Run.objects.get(parent=run, assignments__unit=water)
    by = Actor(
        account_id=None, kind=centre.kind, unit_id=water.pk, unit_place_id=water.place_id,
        unit_kind=water.kind, level=water.level,
    )  # fmt: skip
    there = {"how": "on_site", "who": "李建国，副局长"}
    act(came.pk, "report_in", by=by, at=at - timedelta(minutes=30), form=there)


def _supervision(at: datetime) -> None:
    """Have the leader supervise the oldest order that the bureau has."""
    leader, bureau = staff_of("leader", at), staff_of("housing", at)
    run = Run.objects.filter(assignments__unit=bureau.unit_id, parent=None).earliest("opened_at")
    form = {
        "unit": str(bureau.unit_id), "degree": "daily", "ground": "overdue",
        "demand": "三日内书面说明原因和解决办法。",
    }  # fmt: skip
    act(run.pk, "supervise", by=leader, at=at, form=form)
