"""What happens beside the way of a matter: help asked for, whistles, supervision, reminders."""

from uuid import UUID

from huiyin.ops.demo.life.tale import Tale


def joined(tale: Tale, run: UUID) -> None:
    """Somebody else reports the same and is attached to it."""
    agent = tale.cast.of(tale.cast.city("HC"), "hotline.dispatch")
    other = tale.cast.resident(tale.rng.randrange(1, 40))
    if agent and other != tale.resident:
        tale.teller.join(run, other.person(), by=agent, at=tale.at)


def assisted(tale: Tale, run: UUID, lead: UUID) -> None:
    """The unit asks another one for help and gets it."""
    helper = tale.another(lead)
    if helper is None:
        return
    asked = tale.say("assists")
    tale.later(0.5, 5)
    tale.act(
        run, "ask_assistance", by=tale.cast.of(lead), to_units=[str(helper)],
        task=asked["task"],
    )  # fmt: skip
    child = tale.teller.child(run, "assist").pk
    tale.later(1, 20)
    tale.act(child, "answer", by=tale.cast.of(helper), text=asked["answer"])


def whistled(tale: Tale, run: UUID, lead: UUID) -> None:
    """The town's centre calls a unit of the county to the spot."""
    called = tale.another(lead)
    centre = tale.cast.centre(tale.place, "town")
    if called is None or centre is None:
        return
    said = tale.say("whistles")
    tale.later(0.3, 4)
    tale.act(
        run, "blow_whistle", by=tale.cast.of(centre), to_units=[str(called)], level="county",
        urgency="normal", problem=said["problem"], task=said["task"],
        report_to=f"{tale.words.address}，现场网格员",
    )  # fmt: skip
    child = tale.teller.child(run, "whistle").pk
    tale.later(0.5, 7)
    tale.act(child, "report_in", by=tale.cast.of(called), how="on_site", who="带班负责人")
    tale.later(2, 24)
    tale.act(child, "finish", by=tale.cast.of(called), outcome="done", text=tale.say("came"))
    tale.later(0.5, 8)
    tale.act(child, "assess_called", by=tale.cast.of(centre), part="full")


def supervised(tale: Tale, run: UUID, lead: UUID, *, ground: str) -> None:
    """Somebody above orders the unit to say in writing what it does about it."""
    office = tale.cast.body("politics_law", tale.place)
    by = tale.cast.of(office, "supervision.order") or tale.cast.of(
        tale.cast.city("GC"), "supervision.order"
    )
    tale.later(3, 24)
    tale.act(
        run, "supervise", by=by, unit=str(lead), degree="daily", ground=ground,
        demand=tale.say("demands"),
    )  # fmt: skip
    child = tale.teller.child(run, "supervision").pk
    tale.later(4, 30)
    tale.act(
        child, "give_feedback", by=tale.cast.of(lead), outcome="done", text=tale.say("feedbacks"),
        told_person=True, signed_by="单位负责人",
    )  # fmt: skip
    tale.later(2, 16)
    tale.act(child, "lift", by=by, opinion=tale.say("lifted"))


def reminded(tale: Tale, run: UUID) -> None:
    """Whoever brought it asks politely how far it is."""
    tale.later(20, 40, in_office=False)
    tale.act(run, "remind", by=tale.resident.actor, text=tale.say("reminds"))
