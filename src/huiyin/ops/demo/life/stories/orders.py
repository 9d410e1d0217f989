"""Service orders: somebody asks for a service, a unit comes or answers."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huiyin.matters.models import Channel
from huiyin.ops.demo.life import hours
from huiyin.ops.demo.life.tale import Present, Tale
from huiyin.ops.demo.life.texts import rating


def story(tale: Tale) -> None:
    """An order from its asking to its archive."""
    cast, place = tale.cast, tale.place
    more = tale.pattern.more
    mode = "visit" if more["visit"] else "online"
    agent = cast.of(cast.in_place("VC", place.village or place))
    by = tale.resident.actor if agent is None or tale.rng.random() < 0.7 else agent
    visit: dict[str, Any] = {}
    if mode == "visit":
        visit = {"address": tale.words.address, "times": "白天都在家"}
    run = tale.open(
        "orders", "submit", by=by, came=Channel.ONLINE if by.unit_id is None else Channel.GRID,
        who=tale.resident.person(), service=more["sv"], category=str(tale.category.pk), mode=mode,
        place=str(place.pk), text=tale.words.says, **visit,
    )  # fmt: skip
    centre = cast.of(cast.centre(place, "county"))
    if tale.chance(0.04):
        tale.later(0.5, 20, in_office=False)
        tale.act(run, "cancel", by=tale.resident.actor, text=tale.say("withdraw"))
        return
    tale.later(0.2, 4)
    if tale.chance(0.03):
        tale.act(
            run, "decline", by=centre, reason="commercial", text="属市场化服务，清单内没有这一项。",
            path="可联系社区便民服务点，收费标准贴在门口。",
        )  # fmt: skip
        return
    lead = tale.unit()
    tale.act(run, "assign", by=centre, to_unit=str(lead))
    lead = _transferred(tale, run, lead)
    tale.later(*((27, 50) if tale.chance(0.06) else (0.3, 6)))
    tale.act(run, "accept", by=cast.of(lead), handler="值班人员")
    if mode == "visit":
        _visited(tale, run, lead)
    tale.later(0.3, 6)
    tale.act(
        run, "answer", by=cast.of(lead), result="served" if mode == "visit" else "explained",
        text=tale.words.answer,
    )  # fmt: skip
    if tale.chance(0.05):
        tale.later(5, 60, in_office=False)
        tale.act(run, "reopen", by=tale.resident.actor, text=tale.say("reopen"), mode="online")
        tale.later(1, 7)
        tale.act(run, "answer", by=cast.of(lead), result="served", text=tale.words.answer)
    if tale.rng.random() < 0.6:
        tale.later(1, 30, in_office=False)
        stars = tale.rng.choices((5, 4, 3, 2), weights=(60, 25, 10, 5))[0]
        tale.act(
            run, "rate", by=tale.resident.actor, stars=stars, anonymous=False,
            text=rating(stars, tale.rng),
        )  # fmt: skip


def _transferred(tale: Tale, run: UUID, lead: UUID) -> UUID:
    if not tale.chance(0.06):
        return lead
    cast, centre = tale.cast, tale.cast.of(tale.cast.centre(tale.place, "county"))
    tale.later(0.5, 5)
    tale.act(
        run, "propose_transfer", by=cast.of(lead), reason="not_our_duty",
        text=tale.say("returns")["text"],
    )  # fmt: skip
    tale.later(0.5, 3)
    other = tale.another(lead)
    if other is None or tale.rng.random() < 0.4:
        tale.act(run, "keep", by=centre, reason=tale.say("rulings"))
        return lead
    tale.act(run, "reassign", by=centre, to_unit=str(other))
    return other


def _visited(tale: Tale, run: UUID, lead: UUID) -> None:
    clerk = tale.cast.of(lead)
    tale.later(0.3, 8)
    come_at = _appointment(tale)
    tale.act(run, "schedule_visit", by=clerk, visit_at=come_at, who="服务队两人，佩戴工作证")
    if tale.chance(0.08):
        tale.later(0.5, 3, in_office=False)
        tale.act(run, "change_visit", by=tale.resident.actor, times="上午去医院，下午三点以后在家")
        tale.later(0.5, 5)
        come_at = _appointment(tale)
        tale.act(run, "schedule_visit", by=clerk, visit_at=come_at, who="服务队两人，佩戴工作证")
    if come_at + timedelta(hours=1) > tale.now:
        raise Present
    tale.at = max(tale.at, come_at + timedelta(minutes=tale.rng.randint(25, 60)))
    if tale.chance(0.06):
        tale.act(run, "not_met", by=clerk, came_at=come_at, text="敲门无人应，电话未接，门上留条。")
        tale.later(3, 20)
    tale.act(
        run, "record_visit", by=clerk, visited_at=come_at, text="按约上门，服务完成，当面签字。"
    )


def _appointment(tale: Tale) -> datetime:
    return hours.opening(tale.at + timedelta(hours=tale.rng.uniform(4, 40)))
