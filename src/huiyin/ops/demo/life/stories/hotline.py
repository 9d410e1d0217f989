"""Orders of the hotline: taken in, dispatched, now and then sent back or late, answered."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from huiyin.matters.intake import Person
from huiyin.matters.models import Channel
from huiyin.ops.demo.life import texts
from huiyin.ops.demo.life.stories import grid, helping
from huiyin.ops.demo.life.tale import Present, Tale
from huiyin.ops.demo.life.texts import rating

DECIDE: Final = "hotline.decide"
_DANGER: Final = ("020103", "020203", "030202", "030206", "030301", "050201", "020301")
_SUPPLY: Final = ("030101", "030104", "030201", "030302", "030401", "030402", "030403")
_ASKING: Final = ("230105", "230301", "230102", "050601", "100401", "130103", "220102", "030405")


def story(tale: Tale) -> None:
    """An order from its call to its archive, or to wherever it is today."""
    cast = tale.cast
    centre = cast.city("HC")
    agent, decider = cast.of(centre, "hotline.dispatch"), cast.of(centre, DECIDE)
    is_online = tale.chance(0.25, "online")
    run = _taken_in(tale, is_online=is_online)
    if not is_online and tale.pattern.category in _ASKING and tale.rng.random() < 0.6:
        tale.later(0.02, 0.1, in_office=False)
        tale.act(run, "answer_directly", by=agent, answer=tale.say("direct"))
        _closed(tale, run)
        return
    if tale.chance(0.05, "hand_over"):
        tale.later(0.2, 2)
        tale.act(
            run, "hand_over", by=decider, procedure="grid", reason=tale.say("hand_over")
        )  # fmt: skip
        grid.from_report(tale, tale.teller.main_run(run).pk)
        return
    if tale.is_own(run) and tale.chance(0.03, "withdraw"):
        tale.later(1, 20, in_office=False)
        tale.act(run, "withdraw", by=tale.resident.actor, reason=tale.say("withdraw"))
        return
    # Danger, water, heat, light: whoever answers for them is there day and night.
    is_pressing = _grade(tale.pattern.category) in ("danger", "supply")
    tale.later(*((0.02, 0.2) if is_pressing else (0.1, 2.5)), in_office=False)
    lead = tale.unit()
    _dispatch(tale, run, lead)
    if tale.chance(0.07, "join"):
        tale.later(0.3, 5)
        helping.joined(tale, run)
    if tale.chance(0.06, "merge"):
        _once_more(tale, run)
    if tale.is_young() and tale.chance(0.08, "unheld"):
        return  # nobody has signed for it
    lead = _signed(tale, run, lead)
    _handled(tale, run, lead)
    _looked_after(tale, run, lead)


def late(tale: Tale) -> None:
    """An order that nobody answers in time, until somebody above asks in writing."""
    run = _taken_in(tale, is_online=False)
    tale.later(0.1, 1)
    lead = tale.unit()
    _dispatch(tale, run, lead)
    tale.later(0.5, 4)
    tale.act(run, "acknowledge", by=tale.cast.of(lead))
    helping.reminded(tale, run)
    tale.later(140, 160)
    helping.supervised(tale, run, lead, ground="overdue")


def _taken_in(tale: Tale, *, is_online: bool) -> UUID:
    """Take the order in: by phone, or written by somebody with an account."""
    place, category = str(tale.place.pk), str(tale.category.pk)
    if is_online:
        return tale.open(
            "hotline", "submit_online", by=tale.resident.actor, came=Channel.ONLINE,
            who=tale.resident.person(), place=place, category=category,
            content=tale.words.says, reply="wanted", keep_secret=False,
        )  # fmt: skip
    agent = tale.cast.of(tale.cast.city("HC"), "hotline.dispatch")
    if agent is None:
        raise Present
    is_secret = tale.chance(0.06, "secret")
    reporter: Person | None = tale.resident.person(is_anonymous=is_secret)
    reply = "wanted"
    if tale.chance(0.25):
        reporter = tale.cast.stranger(tale.rng)
    elif tale.chance(0.06):
        reporter, reply = None, "no_contact"
    code = tale.pattern.category
    kind = "thanks" if code == "230308" else "consult" if code in _ASKING else "help"
    if kind == "help" and tale.rng.random() < 0.45:
        kind = "complaint"
    return tale.open(
        "hotline", "accept_call", by=agent, came=Channel.CALL, who=reporter, channel="phone",
        grade=_grade(code), kind=kind, category=category, place=place, content=tale.words.says,
        reply=reply, keep_secret=is_secret,
    )  # fmt: skip


def _grade(code: str) -> str:
    if code in _DANGER:
        return "danger"
    if code in _SUPPLY:
        return "supply"
    return "consultation" if code in _ASKING else "ordinary"


def _dispatch(tale: Tale, run: UUID, lead: UUID) -> None:
    agent = tale.cast.of(tale.cast.city("HC"), "hotline.dispatch")
    tale.act(
        run, "dispatch", by=agent, to_unit=str(lead), basis="functional",
        grade=_grade(tale.pattern.category),
    )  # fmt: skip


def _once_more(tale: Tale, run: UUID) -> None:
    """The same thing is called in by somebody else, and both become one."""
    tale.later(0.5, 4, in_office=False)
    until, tale.until = tale.until, ""
    first, tale.resident = tale.resident, tale.cast.resident(tale.rng.randrange(1, 40))
    second = _taken_in(tale, is_online=False)
    tale.resident, tale.until = first, until
    tale.later(0.1, 1, in_office=False)
    agent = tale.cast.of(tale.cast.city("HC"), "matter.merge")
    number = tale.teller.matter(run).number
    tale.act(second, "merge_into", by=agent, other=number, reason=tale.say("merges"))


def _signed(tale: Tale, run: UUID, lead: UUID) -> UUID:
    """Have it signed for, after it was sent back or not; return who signed."""
    cast = tale.cast
    decider = cast.of(cast.city("HC"), DECIDE)
    if tale.chance(0.09, "return"):
        tale.later(0.5, 14)
        other = tale.another(lead)
        tale.act(run, "return_order", by=cast.of(lead), **tale.sent_back(other))
        tale.later(0.5, 5)
        if other and tale.rng.random() < 0.6:
            agent = cast.of(cast.city("HC"), "hotline.dispatch")
            tale.act(run, "redispatch", by=agent, to_unit=str(other), reason=tale.say("rulings"))
            lead = other
        else:
            tale.act(
                run, "resolve_dispute", by=decider, way="designated", to_unit=str(lead),
                basis=tale.say("rulings"),
            )  # fmt: skip
    is_pressing = _grade(tale.pattern.category) in ("danger", "supply")
    is_late = tale.chance(0.08, "late")
    hours = (0.05, 0.24) if is_pressing else (0.1, 6)
    tale.later(*((28, 60) if is_late else hours), in_office=is_late or not is_pressing)
    tale.act(run, "acknowledge", by=cast.of(lead))
    return lead


def _handled(tale: Tale, run: UUID, lead: UUID) -> None:
    """Work on it until there is an answer."""
    cast, clerk = tale.cast, tale.cast.of(lead)
    decider = cast.of(cast.city("HC"), DECIDE)
    if tale.chance(0.3):
        tale.later(0.5, 6)
        tale.act(run, "note", by=clerk, text=tale.say("notes"))
    if tale.chance(0.15):
        tale.later(0.3, 4)
        tale.act(run, "message_person", by=clerk, text=tale.say("to_person"))
        if tale.is_own(run) and tale.rng.random() < 0.5:
            tale.later(0.2, 3, in_office=False)
            tale.act(run, "message_unit", by=tale.resident.actor, text=tale.say("from_person"))
    if tale.chance(0.06, "assist"):
        helping.assisted(tale, run, lead)
    if tale.chance(0.05, "extend"):
        tale.later(1, 8)
        if tale.has_time(run, "answer"):
            asked = {"reason": tale.say("extensions"), "amount": 1}
            tale.act(run, "ask_answer_extension", by=clerk, **asked)
            tale.later(1, 6)
            tale.act(run, "approve_answer_extension", by=decider)
    if tale.chance(0.06, "interim"):
        tale.later(2, 30)
        tale.act(
            run, "interim_reply", by=clerk, ground="obstacle", obstacle=tale.say("interim"),
            measures=tale.say("plans"), told_how="phone",
            finish_on=timezone.localdate(tale.at) + timedelta(days=tale.rng.randint(5, 9)),
        )  # fmt: skip
    if tale.chance(0.04):
        helping.supervised(tale, run, lead, ground="unsolved")
    is_pressing = _grade(tale.pattern.category) in ("danger", "supply")
    is_late = tale.chance(0.07)
    tale.later(*((170, 260) if is_late else (1, 14) if is_pressing else (2, 60)))
    outcome = tale.rng.choices(("solved", "partly", "explained"), weights=(80, 8, 12))[0]
    more = {} if outcome == "solved" else {"legal_basis": "按现行管理办法和权责清单办理。"}
    tale.act(
        run, "answer", by=clerk, outcome=outcome, result=tale.words.answer, told_how="phone",
        told_at=tale.at - timedelta(minutes=tale.rng.randint(5, 50)), **more,
    )  # fmt: skip


def _looked_after(tale: Tale, run: UUID, lead: UUID) -> None:
    """Check the answer, call back, close; now and then it has to be done again."""
    cast, centre = tale.cast, tale.cast.city("HC")
    decider, caller = cast.of(centre, DECIDE), cast.of(centre, "hotline.call_back")
    tale.later(0.5, 7)
    if tale.chance(0.05, "redo"):
        tale.act(run, "redo", by=decider, ground="off_the_point", demand=tale.say("demands"))
        tale.later(4, 40)
        tale.act(
            run, "answer", by=cast.of(lead), outcome="solved", result=tale.words.answer,
            told_how="visit", told_at=tale.at - timedelta(minutes=30),
        )  # fmt: skip
        tale.later(0.5, 6)
    tale.act(run, "audit", by=decider, to_the_point=True, really_done=True, told=True)
    tale.later(2, 28)
    if tale.chance(0.15):
        tale.act(run, "try_call_back", by=caller)
        tale.later(3, 20)
    solved = tale.rng.choices(("solved", "partly", "unsolved"), weights=(86, 9, 5))[0]
    tale.act(
        run, "call_back", by=caller, contacted="contacted", solved=solved,
        words=tale.rng.choice(texts.phrases()["call_back"][solved]),
    )  # fmt: skip
    _rated(tale, run)
    if _closed(tale, run) and tale.is_own(run) and tale.chance(0.06, "ask_again"):
        tale.later(20, 90, in_office=False)
        tale.act(run, "ask_again", by=tale.resident.actor, text=tale.say("reopen"))
        tale.later(4, 40)
        tale.act(
            run, "answer", by=cast.of(lead), outcome="solved", result=tale.words.answer,
            told_how="visit", told_at=tale.at - timedelta(minutes=30),
        )  # fmt: skip


def _rated(tale: Tale, run: UUID) -> None:
    if tale.rng.random() < 0.45 and tale.is_own(run):
        tale.later(0.2, 20, in_office=False)
        how = tale.rng.choices(("satisfied", "basically", "unsatisfied"), weights=(78, 14, 8))[0]
        more = {"reason": rating(2, tale.rng) or "等得太久。"} if how == "unsatisfied" else {}
        tale.act(run, "rate", by=tale.resident.actor, satisfaction=how, manner="satisfied", **more)


def _closed(tale: Tale, run: UUID) -> bool:
    """Close it, or leave that to the limit after which it closes itself."""
    agent = tale.cast.of(tale.cast.city("HC"), "hotline.dispatch")
    is_closed = tale.rng.random() < 0.6 or tale.until == "close" or "ask_again" in tale.must
    if is_closed:
        tale.later(1, 20)
        tale.act(run, "close", by=agent)
    return is_closed
