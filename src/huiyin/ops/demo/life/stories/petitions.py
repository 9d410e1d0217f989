"""Petitions: registered, transferred, objected to, accepted, answered, served, withdrawn."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from huiyin.matters.models import Channel
from huiyin.ops.demo.life.stories import helping
from huiyin.ops.demo.life.tale import Present, Tale
from huiyin.people.actors import Actor

_CAME = {
    "letter": Channel.LETTER, "visit": Channel.VISIT, "online": Channel.ONLINE,
    "phone": Channel.CALL, "superior": Channel.REFERRAL,
}  # fmt: skip


def story(tale: Tale) -> None:
    """A petition from its registration on; most of them take longer than thirty days."""
    cast, place = tale.cast, tale.place
    office = cast.in_place("PO", place.county) if place.county else None
    office = office if cast.of(office) else cast.city("PO")
    clerk = cast.of(office)
    how = tale.rng.choices(tuple(_CAME), weights=(30, 35, 20, 10, 5))[0]
    received_at = tale.at - timedelta(minutes=tale.rng.randint(10, 150))
    run = tale.open(
        "petition", "register", by=clerk, came=_CAME[how], who=tale.resident.person(),
        channel=how, received_at=received_at, request=tale.words.title, story=tale.words.says,
        happened_at=str(place.pk), category=str(tale.category.pk), together="alone",
        ordinal="first", contact_unclear=False, is_accusation=False, keep_secret=False,
    )  # fmt: skip
    tale.later(*((120, 200) if tale.chance(0.08) else (3, 60)))
    if tale.chance(0.08):
        tale.act(
            run, "not_accept", by=clerk, reason="out_of_scope",
            explanation="所提事项已进入诉讼程序，依规定不属于信访受理范围。",
            instead="请持裁判文书向法院诉讼服务中心咨询，地址和电话已附。",
        )  # fmt: skip
        return
    lead = tale.lead or _lead(tale)
    if tale.chance(0.3):
        tale.act(
            run, "assign", by=clerk, kind="petition", to_unit=str(lead),
            demand="请依法受理，六十日内办结并书面答复信访人。",
        )  # fmt: skip
    else:
        tale.act(run, "transfer", by=clerk, kind="petition", to_unit=str(lead))
    lead = _objected(tale, run, lead, clerk)
    if tale.chance(0.04):
        tale.later(10, 60, in_office=False)
        tale.act(
            run, "withdraw", by=tale.resident.actor, sure=True, reason=tale.say("withdraw")
        )  # fmt: skip
        return
    if tale.is_young() and tale.chance(0.15):
        return  # nobody has accepted it yet
    _accepted(tale, run, lead)


def _lead(tale: Tale) -> UUID:
    found = tale.cast.body(tale.pattern.more["to"], tale.place)
    if found is None or tale.cast.of(found) is None:
        raise Present
    return found.pk


def _objected(tale: Tale, run: UUID, lead: UUID, clerk: Actor | None) -> UUID:
    """The unit says that it is not its matter; the office agrees or not."""
    if not tale.chance(0.12, "object"):
        return lead
    tale.later(5, 40)
    tale.act(
        run, "object", by=tale.cast.of(lead), reason="not_ours",
        detail=f"{tale.say('returns')['text']}请核实后重新确定承办单位。",
    )  # fmt: skip
    tale.later(3, 20)
    other = tale.another(lead)
    if other is None or tale.rng.random() < 0.5:
        tale.act(run, "refuse_objection", by=clerk, grounds=tale.say("rulings"))
        return lead
    tale.act(run, "uphold_objection", by=clerk, finding="经核对职责，异议成立，重新转送。")
    tale.later(1, 8)
    tale.act(run, "transfer", by=clerk, kind="petition", to_unit=str(other))
    return other


def _accepted(tale: Tale, run: UUID, lead: UUID) -> None:
    cast, clerk = tale.cast, tale.cast.of(lead)
    told = {"told_by": "letter", "message": "您反映的事项已受理，六十日内书面答复。"}
    if tale.rng.random() < 0.3 and "simple" not in tale.must:
        tale.later(20, 150)
        tale.act(run, "inform_receipt_referred", by=clerk, **told)
        return  # the ordinary way takes sixty days: it is still being looked into
    tale.later(2, 26)
    tale.act(run, "accept_simple", by=clerk, is_first=True, ground="clear", **told)
    if tale.chance(0.3):
        tale.later(3, 40)
        tale.act(run, "note", by=clerk, text=tale.say("notes"))
    if tale.chance(0.08):
        helping.assisted(tale, run, lead)
    if tale.chance(0.06):
        helping.supervised(tale, run, lead, ground="refuses")
    tale.later(30, 200)
    above = cast.body("government", tale.place)
    review = above or cast.city("PO")
    opinion: dict[str, Any] = {
        "claim": tale.words.title,
        "facts": f"经调阅档案、现场核查并询问当事人，{tale.words.answer}",
        "opinion": tale.words.answer, "basis": "信访工作条例第三十二条及相关业务规定。",
        "review_unit": str(review.pk),
    }  # fmt: skip
    if tale.rng.random() < 0.65:
        tale.act(
            run, "reply_supported", by=clerk, carried_out_by=str(lead),
            carry_out=tale.say("carry_out"),
            perform_by=timezone.localdate(tale.at) + timedelta(days=tale.rng.randint(10, 40)),
            **opinion,
        )  # fmt: skip
    else:
        tale.act(run, "reply", by=clerk, decision="explained", **opinion)
    tale.later(10, 60, in_office=False)
    tale.act(run, "confirm_receipt", by=tale.resident.actor)
