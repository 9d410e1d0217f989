"""Grid matters: reported by a worker or a resident, checked, dispatched, done, checked again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from huiyin.matters.models import Channel
from huiyin.ops.demo.life.stories import helping
from huiyin.ops.demo.life.tale import Present, Tale
from huiyin.ops.demo.life.texts import rating
from huiyin.people.actors import Actor

_URGENT = ("020301", "030301", "050304", "150206", "030202")


def story(tale: Tale) -> None:
    """A matter of the grid from its report to its archive."""
    worker = tale.cast.of(tale.cast.in_place("VC", tale.place.village or tale.place))
    by_resident = worker is None or tale.pattern.sort != "grid"
    urgency = "urgent" if tale.pattern.category in _URGENT else "normal"
    place, category = str(tale.place.pk), str(tale.category.pk)
    if by_resident or worker is None:
        run = tale.open(
            "grid", "submit", by=tale.resident.actor, came=Channel.ONLINE,
            who=tale.resident.person(), urgency=urgency, category=category, place=place,
            spot=tale.words.address, text=tale.words.says, photos=tale.picture(tale.resident.actor),
        )  # fmt: skip
        from_report(tale, run)
        return
    if "how" in tale.pattern.more and tale.rng.random() < 0.5:
        _on_the_spot(tale, worker)
        return
    photos: dict[str, Any] = {
        "photos" if urgency == "normal" else "first_photos": tale.picture(worker)
    }
    run = tale.open(
        "grid", "report", by=worker, came=Channel.GRID, who=None, urgency=urgency,
        category=category, place=place, spot=tale.words.address, text=tale.words.says, **photos,
    )  # fmt: skip
    from_report(tale, run)


def _on_the_spot(tale: Tale, worker: Actor) -> None:
    photos = tale.picture(worker)
    form = {"how": tale.pattern.more["how"], "text": tale.words.answer, "photos": photos}
    run = tale.open(
        "grid", "report", by=worker, came=Channel.GRID, who=None, urgency="normal",
        category=str(tale.category.pk), place=str(tale.place.pk), spot=tale.words.address,
        text=tale.words.says, photos=photos,
    )  # fmt: skip
    tale.later(0.2, 2, in_office=False)
    tale.act(run, "settle_on_spot", by=worker, **form | {"photos": tale.picture(worker)})


def from_report(tale: Tale, run: UUID) -> None:
    """Go on from the report: also where another procedure has handed it over."""
    cast, place = tale.cast, tale.place
    level = tale.level or tale.rng.choices(("village", "town", "county"), weights=(15, 70, 15))[0]
    local = cast.of(cast.in_place("VC", place.village or place)) or cast.of(
        cast.centre(place, "town")
    )
    urgency = "urgent" if tale.pattern.category in _URGENT else "normal"
    tale.later(*((26, 60) if tale.chance(0.04) else (0.3, 6)))
    is_there = not tale.chance(0.03)
    tale.act(
        run, "verify_report", by=local, finding="as_reported" if is_there else "not_found",
        urgency=urgency, level=level,
        text="现场核实，情况属实。" if is_there else "现场没有看到所说的情况。",
    )  # fmt: skip
    centre = cast.of(cast.centre(place, level))
    if not is_there:
        tale.later(2, 10)
        tale.act(
            run, "refuse", by=centre, reason="not_there", text=tale.say("refuse"),
            guidance=tale.say("guidance"),
        )  # fmt: skip
        return
    tale.later(0.2, 4)
    grade = tale.rng.choices(("simple", "normal", "complex"), weights=(35, 50, 15))[0]
    tale.act(
        run, "register", by=centre, category=str(tale.category.pk), grade=grade,
        summary=tale.words.title,
    )  # fmt: skip
    tale.later(0.1, 2)
    tale.act(
        run, "analyse", by=centre, basis="functional", level=level, grade=grade, urgency=urgency
    )
    tale.later(0.1, 3)
    lead = _dispatched(tale, run, centre)
    _handled(tale, run, lead, centre)
    _checked(tale, run, lead, centre, level)


def _dispatched(tale: Tale, run: UUID, centre: Actor | None) -> UUID:
    """Give it to a unit, to another one after it came back; return who signed."""
    cast, lead = tale.cast, tale.unit()
    tale.act(run, "dispatch", by=centre, to_unit=str(lead))
    if tale.is_young() and tale.chance(0.08, "unheld"):
        raise Present  # nobody has signed for it
    if tale.chance(0.09, "return"):
        tale.later(0.5, 7)
        other = tale.another(lead)
        tale.act(run, "return_order", by=cast.of(lead), **tale.sent_back(other))
        tale.later(0.5, 6)
        if other and tale.rng.random() < 0.55:
            lead = other
            tale.act(run, "dispatch", by=centre, to_unit=str(lead))
        else:
            tale.act(
                run, "designate", by=centre, to_unit=str(lead), attended=[str(lead)],
                held_on=timezone.localdate(tale.at), minutes=tale.say("minutes"),
            )  # fmt: skip
    tale.later(*((27, 60) if tale.chance(0.07) else (0.1, 5)))
    tale.act(run, "acknowledge", by=cast.of(lead))
    return lead


def _handled(tale: Tale, run: UUID, lead: UUID, centre: Actor | None) -> None:
    cast, clerk = tale.cast, tale.cast.of(lead)
    tale.later(0.2, 4)
    tale.act(run, "start_handling", by=clerk, plan=tale.say("plans"))
    if tale.chance(0.25):
        tale.later(0.3, 5)
        tale.act(run, "note", by=clerk, text=tale.say("notes"))
    if tale.chance(0.08, "whistle"):
        helping.whistled(tale, run, lead)
    if tale.chance(0.05):
        helping.assisted(tale, run, lead)
    if tale.chance(0.05):
        tale.later(0.2, 2)
        if tale.has_time(run, "handle"):
            asked = {"reason": tale.say("extensions"), "amount": 1}
            tale.act(run, "ask_handle_extension", by=clerk, **asked)
            tale.later(0.5, 4)
            tale.act(run, "approve_handle_extension", by=centre)
    if tale.chance(0.03, "suspend"):
        until = timezone.localdate(tale.at) + timedelta(days=tale.rng.randint(6, 12))
        tale.later(0.5, 3)
        tale.act(
            run, "ask_suspension", by=clerk, ground="procurement", until=until,
            text=tale.say("extensions"),
        )  # fmt: skip
        tale.later(0.5, 4)
        tale.act(run, "suspend", by=centre, until=until, told="配件到货后继续处置，已告知反映人。")
        tale.later(40, 120)
        tale.act(run, "resume", by=clerk)
    if tale.chance(0.04):
        helping.supervised(tale, run, lead, ground="overdue")
    tale.later(*((110, 200) if tale.chance(0.08, "late") else (1, 26)))
    actor = cast.of(lead)
    if actor is None:
        raise Present
    tale.act(
        run, "feed_back", by=actor, result="solved", text=tale.words.answer,
        photos=tale.picture(actor),
    )  # fmt: skip


def _checked(tale: Tale, run: UUID, lead: UUID, centre: Actor | None, level: str) -> None:
    """Have somebody else look at it, close it, hear what the reporter says."""
    cast = tale.cast
    offices = [cast.centre(tale.place, "town"), cast.centre(tale.place, "county")]
    checker = next((cast.of(one) for one in offices if one and one.pk != lead), None)
    tale.later(1, 12)
    if tale.chance(0.07, "rework"):
        tale.act(run, "rework", by=checker, how="on_site", text="现场看还剩一处没处理完，请补做。")
        tale.later(2, 20)
        actor = cast.of(lead)
        if actor is None:
            raise Present
        tale.act(
            run, "feed_back", by=actor, result="solved", text=tale.words.answer,
            photos=tale.picture(actor),
        )  # fmt: skip
        tale.later(1, 8)
    tale.act(
        run, "verify_result", by=checker, how=tale.rng.choice(("on_site", "material")),
        text="现场复看，已处理到位。",
    )  # fmt: skip
    tale.later(0.5, 6)
    tale.act(run, "close", by=centre, settled_at=level)
    if tale.is_own(run):
        _heard(tale, run, lead, centre, checker, level)


def _heard(
    tale: Tale, run: UUID, lead: UUID, centre: Actor | None, checker: Actor | None, level: str
) -> None:
    """The resident rates it, or says that it is not done."""
    tale.later(0.5, 40, in_office=False)
    if tale.chance(0.06, "reopen"):
        tale.act(run, "reopen", by=tale.resident.actor, text=tale.say("reopen"))
        _done_again(tale, run, lead, centre, checker, level)
    if tale.rng.random() < 0.6:
        stars = tale.rng.choices((5, 4, 3, 2, 1), weights=(52, 24, 12, 7, 5))[0]
        solved = "yes" if stars > 3 else "partly" if stars > 1 else "no"
        tale.act(
            run, "rate", by=tale.resident.actor, stars=stars, solved=solved, anonymous=False,
            text=rating(stars, tale.rng),
        )  # fmt: skip


def _done_again(
    tale: Tale, run: UUID, lead: UUID, centre: Actor | None, checker: Actor | None, level: str
) -> None:
    """Do what was left over, have it looked at and close it once more."""
    actor = tale.cast.of(lead)
    tale.later(2, 26)
    if actor is None:
        raise Present
    tale.act(
        run, "feed_back", by=actor, result="solved", text=tale.words.answer,
        photos=tale.picture(actor),
    )  # fmt: skip
    tale.later(1, 10)
    tale.act(run, "verify_result", by=checker, how="reporter", text="与反映人一同看过，确已办好。")
    tale.later(0.5, 5)
    tale.act(run, "close", by=centre, settled_at=level)
