"""Whistles and supervision in every state they can be in, so that their pages have all to show.

Each stands still where its entry of the plan says (`must`): one call with several units, each
another step ahead; orders waiting, late, answered, sent back, raised, lifted and withdrawn.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from huiyin.matters.models import Channel, Run
from huiyin.ops.demo.life.stories import hotline
from huiyin.ops.demo.life.tale import Present, Tale
from huiyin.people.actors import Actor

# Who is called in which call, and how far each has come; the offices by what they work on.
CALLS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "waiting": (("housing", "called"), ("urban_management", "coming"), ("water", "there")),
    "urgent": (("housing", "called"), ("emergency", "there")),
    "disputed": (("natural_resources", "objects"), ("urban_management", "finished")),
    "over": (("housing", "assessed"), ("agriculture", "taken_back")),
}


def whistle(tale: Tale) -> None:
    """The town calls several units of the county at once; one is quicker than the other."""
    wanted = next((one for one in CALLS if one in tale.must), "waiting")
    worker = tale.cast.of(tale.cast.in_place("VC", tale.place.village or tale.place))
    centre = tale.cast.of(tale.cast.centre(tale.place, "town"))
    units = [(tale.cast.body(name, tale.place), stage) for name, stage in CALLS[wanted]]
    called = [(unit.pk, stage) for unit, stage in units if unit and tale.cast.of(unit)]
    if worker is None or centre is None or not called:
        raise Present
    is_urgent = wanted == "urgent"
    photos: dict[str, Any] = {
        "first_photos" if is_urgent else "photos": tale.picture(worker),
    }
    run = tale.open(
        "grid", "report", by=worker, came=Channel.GRID, who=None,
        urgency="urgent" if is_urgent else "normal", category=str(tale.category.pk),
        place=str(tale.place.pk), spot=tale.words.address, text=tale.words.says,
        **photos,
    )  # fmt: skip
    said = tale.say("whistles")
    tale.later(0.05, 0.1, in_office=False)
    tale.act(
        run, "blow_whistle", by=centre, to_units=[str(pk) for pk, _stage in called],
        level="county", urgency="urgent" if is_urgent else "normal", problem=said["problem"],
        task=said["task"], report_to=f"{tale.words.address}，现场网格员",
    )  # fmt: skip
    for pk, stage in called:
        _goes_on(tale, _child(run, pk), pk, centre, stage)


def _child(run: UUID, unit: UUID) -> UUID:
    """Return the whistle of a unit."""
    found = Run.objects.get(
        parent=run, assignments__unit=unit, assignments__role="called", assignments__to_at=None
    )
    return found.pk


def _goes_on(tale: Tale, run: UUID, unit: UUID, centre: Actor, stage: str) -> None:
    """Have a called unit come as far as it has come."""
    by = tale.cast.of(unit)
    if by is None or stage == "called":
        return
    if stage == "taken_back":
        tale.act(run, "withdraw", by=centre, reason="wrong_unit", note="经核对不涉及农田，撤哨。")
        return
    if stage == "objects":
        tale.later(0.2, 0.4, in_office=False)
        tale.act(
            run, "object", by=by, ground="not_our_duty",
            basis="该处为小区红线以内，按权责清单归住建部门。",
        )  # fmt: skip
        return
    tale.later(0.03, 0.05, in_office=False)
    tale.act(
        run, "set_out", by=by, who="带班负责人，现场组两人", note="已通知最近的养护班组先去围挡。"
    )
    if stage == "coming":
        return
    tale.later(0.1, 0.2, in_office=False)
    tale.act(
        run, "report_in", by=by, how="on_site", who="带班负责人", photos=tale.picture(by, "street"),
        position="36.95, 116.00（精度约 12 米）",
    )  # fmt: skip
    if stage == "there":
        return
    tale.later(0.3, 0.6, in_office=False)
    tale.act(
        run, "finish", by=by, outcome="done", text=tale.say("came"),
        files=tale.picture(by, "street"),
    )  # fmt: skip
    if stage == "assessed":
        tale.act(run, "assess_called", by=centre, part="full", note="到得快，办法当场定下。")
        tale.act(run, "assess_caller", by=by, warranted="needed")


def order(tale: Tale) -> None:
    """An order of supervision, at once or late answered, as far as the plan says."""
    run = hotline.late_order(tale)
    lead = tale.unit()
    office = tale.cast.body("politics_law", tale.place)
    leader = tale.cast.of(office, "supervision.order")
    if leader is None:
        raise Present
    tale.act(
        run, "supervise", by=leader, unit=str(lead), ground="overdue", demand=tale.say("demands"),
        degree="listed" if "listed" in tale.must else "daily",
    )  # fmt: skip
    child = tale.teller.child(run, "supervision").pk
    for name, step in ORDERS.items():
        if name in tale.must:
            step(child, leader, lead, tale)


def _answer(run: UUID, leader: Actor, lead: UUID, tale: Tale) -> None:
    del leader
    tale.later(5, 20)
    tale.act(
        run, "give_feedback", by=tale.cast.of(lead), outcome="done", text=tale.say("feedbacks"),
        told_person=True, signed_by="单位负责人",
    )  # fmt: skip


def _send_back(run: UUID, leader: Actor, lead: UUID, tale: Tale) -> None:
    del lead
    tale.later(1, 4)
    tale.act(run, "return_feedback", by=leader, reason="只写了原因，没有写办结日期，请补充。")


def _raise(run: UUID, leader: Actor, lead: UUID, tale: Tale) -> None:
    del lead
    tale.later(1, 6)
    tale.act(
        run, "raise_degree", by=leader, reason="一个月内第二次督办，仍未落实。",
        approval="县社会治理联席会议，第 7 次会议纪要",
    )  # fmt: skip


def _meet(run: UUID, leader: Actor, lead: UUID, tale: Tale) -> None:
    _raise(run, leader, lead, tale)
    _raise(run, leader, lead, tale)
    tale.later(2, 6)
    tale.act(
        run, "hold_interview", by=leader, held_at=tale.at.isoformat(),
        who="县委政法委分管领导约谈单位主要负责人", points="十日内办结，每周报送进度。",
    )  # fmt: skip


def _lift(run: UUID, leader: Actor, lead: UUID, tale: Tale) -> None:
    del lead
    tale.later(1, 6)
    tale.act(run, "lift", by=leader, opinion=tale.say("lifted"))


def _take_back(run: UUID, leader: Actor, lead: UUID, tale: Tale) -> None:
    del lead
    tale.later(1, 4)
    tale.act(
        run, "withdraw", by=leader, reason="no_ground", note="经核实当日已办结，系统录入较晚。"
    )


# What can happen to an order, in the order of time; the plan names what does.
ORDERS: Final[dict[str, Callable[[UUID, Actor, UUID, Tale], None]]] = {
    "raised": _raise,
    "met": _meet,
    "answered": _answer,
    "sent_back": _send_back,
    "lifted": _lift,
    "taken_back": _take_back,
}
