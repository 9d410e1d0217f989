"""Mediation: asked for, accepted, both sides at one table; an agreement, or none."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from huiyin.matters.models import Channel
from huiyin.ops.demo.life import hours
from huiyin.ops.demo.life.tale import Present, Tale
from huiyin.people.actors import Actor
from huiyin.ui.identifiers import new_id

_SIDES: Final = ("applicant", "respondent")


def story(tale: Tale) -> None:
    """A dispute from its application to what became of the agreement."""
    cast, more = tale.cast, tale.pattern.more
    committee = cast.in_place("MC", tale.place.town) if tale.place.town else None
    mediator = cast.of(committee)
    if committee is None or mediator is None:
        raise Present
    other = cast.resident(tale.rng.randrange(1, 40))
    while other == tale.resident:
        other = cast.resident(tale.rng.randrange(1, 40))
    by = mediator if tale.rng.random() < 0.5 else tale.resident.actor
    sides = [
        replace(who.person(side=side), id=new_id())
        for who, side in zip((tale.resident, other), _SIDES, strict=True)
    ]
    money = {"amount": more["money"]} if "money" in more else {}
    run = tale.open(
        "mediation", "apply", by=by,
        came=Channel.VISIT if by == mediator else Channel.ONLINE,
        who=tale.resident.person(), sides=sides, dispute_type=more["type"],
        place=str(tale.place.pk), facts=tale.words.says, claim=more["claim"],
        parties=[str(one.id) for one in sides], elsewhere="none", **money,
    )  # fmt: skip
    tale.later(1, 14)
    if tale.chance(0.05):
        tale.act(run, "withdraw", by=tale.resident.actor, reason=tale.say("withdraw"))
        return
    if tale.chance(0.05):
        tale.act(
            run, "decline", by=mediator, ground="refused", reason="对方明确表示不同意调解。",
            routes=["court", "other_committee"],
        )  # fmt: skip
        return
    if more["type"] == "labour":
        tale.act(
            run, "accept_labour", by=mediator, other_side="agrees", asked_how="电话征询，同意调解。"
        )
    else:
        tale.act(
            run, "accept", by=mediator, dispute_type=more["type"], other_side="agrees",
            asked_how="上门征询，同意调解。",
            difficulty=tale.rng.choices(("simple", "normal", "complex"), weights=(50, 40, 10))[0],
        )  # fmt: skip
    _at_one_table(tale, run, mediator)
    _agreed(tale, run, mediator)


def _at_one_table(tale: Tale, run: UUID, mediator: Actor) -> None:
    tale.later(0.3, 6)
    name = mediator.name or "值班调解员"
    tale.act(run, "choose_mediator", by=mediator, way="appointed", mediators=name, no_conflict=True)
    tale.later(0.2, 4)
    meet_at = hours.opening(tale.at + timedelta(hours=tale.rng.uniform(16, 60)))
    tale.act(
        run, "notify", by=mediator, how="in_person", openness="closed", minor=False,
        session_at=meet_at, session_place="街道（乡镇）综治中心调解室",
    )  # fmt: skip
    for number in range(1 + tale.chance(0.25)):
        if meet_at + timedelta(hours=2) > tale.now:
            raise Present
        tale.at = max(tale.at, meet_at + timedelta(minutes=tale.rng.randint(50, 110)))
        record = (
            "双方各自陈述，调解员先背对背后面对面，分歧缩小，约定再谈一次。"
            if number == 0
            else "双方对事实无争议，就数额和期限当面商定。"
        )
        tale.act(
            run, "hold_session", by=mediator, held_at=meet_at, mode="together",
            present="双方当事人均到场", record=record,
        )  # fmt: skip
        meet_at = hours.opening(tale.at + timedelta(hours=tale.rng.uniform(20, 70)))


def _agreed(tale: Tale, run: UUID, mediator: Actor) -> None:
    more = tale.pattern.more
    tale.later(0.1, 0.5, in_office=False)
    if tale.chance(0.14, "fail"):
        action = "fail_traffic" if more["type"] == "traffic" else "fail"
        tale.act(
            run, action, by=mediator, ground="wide_gap", note="双方数额差距大，三次协商未能一致。",
            routes_told=True, routes=["court"],
        )  # fmt: skip
        return
    money = {"amount": more["money"]} if "money" in more else {}
    perform_by = timezone.localdate(tale.at) + timedelta(days=tale.rng.randint(2, 14))
    if tale.rng.random() < 0.5:
        tale.act(
            run, "conclude_oral", by=mediator, agreed_at=tale.at, content=tale.words.answer,
            perform_by=perform_by, **money,
        )  # fmt: skip
    else:
        tale.act(
            run, "conclude_written", by=mediator, facts=tale.words.says,
            content=tale.words.answer, performance="当场或按约定日期履行，调解员回访。",
            perform_by=perform_by, all_signed=True, sealed=True, signed_at=tale.at,
            paper=tale.picture(mediator, "paper"), **money,
        )  # fmt: skip
    tale.later(150, 320)
    outcome = "unperformed" if tale.chance(0.08) else "performed"
    told = {"told": "可以共同申请司法确认，也可以起诉。"} if outcome == "unperformed" else {}
    tale.act(
        run, "follow_up", by=mediator, outcome=outcome, asked_on=timezone.localdate(tale.at),
        what="电话回访双方。", **told,
    )  # fmt: skip
    if tale.rng.random() < 0.6:
        tale.later(1, 30, in_office=False)
        tale.act(run, "rate", by=tale.resident.actor, satisfaction="satisfied")
