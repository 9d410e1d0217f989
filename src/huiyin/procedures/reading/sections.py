"""The sections of a procedure file but its actions: actors, facts, states, clocks, children."""

from collections.abc import Mapping

from huiyin.procedures.language import (
    ACT,
    ACTOR_UNIT,
    CONFIGURATION,
    FROM_ROLE,
    ActorKind,
    ActorRule,
    ChildRule,
    Choosing,
    ClockKind,
    ClockRule,
    Expiry,
    Extending,
    FactRule,
    FactType,
    Latest,
    State,
    Warning,
    Words,
)
from huiyin.procedures.reading.nodes import At
from huiyin.procedures.sentences import fill
from huiyin.worktime import LimitUnit

LEVELS = ("village", "town", "county", "city")
ROLE_KINDS = {
    kind.value: kind
    for kind in (
        ActorKind.ASSIGNED, ActorKind.SUPERIOR_OF, ActorKind.SENDER_OF, ActorKind.NOT_OF
    )
}  # fmt: skip
FLAG_KINDS = {kind.value: kind for kind in (ActorKind.STAFF, ActorKind.REPORTER, ActorKind.SYSTEM)}
ACTOR_KEYS = (*ROLE_KINDS, *FLAG_KINDS, "unit", "covers", "level", "party", "permission")


def law_of(at: At | None) -> Words | None:
    """Read a law, or the word that says no law fixes it."""
    if at is None or getattr(at.node, "value", None) == CONFIGURATION:
        return None
    return at.words()


def actor(name: str, at: At) -> ActorRule:
    """Read who a role of the procedure is."""
    found = at.keys(required=("label",), optional=ACTOR_KEYS)
    leading = [key for key in (*ROLE_KINDS, *FLAG_KINDS, "party") if key in found]
    if len(leading) > 1:
        at.fault(fill("cannot be {} at once.", " and ".join(leading)), "Keep one of them.")
    if not leading and "unit" not in found:
        at.fault(
            "does not say who it is.", fill("Add one of {}.", ", ".join((*ROLE_KINDS, *FLAG_KINDS)))
        )
    key = leading[0] if leading else "unit"
    is_of_staff = key not in (ActorKind.REPORTER, ActorKind.PARTY, ActorKind.SYSTEM)
    for extra in ("permission", "unit", "covers", "level"):
        if extra in found and not is_of_staff:
            found[extra].fault(
                fill("cannot stand with {}.", key), "Only staff have it; take it out."
            )
    level = found["level"].names() if "level" in found else ()
    level_fact = ""
    if level and level[0].startswith("fact."):
        level_fact = level[0].removeprefix("fact.")
        if level[1:]:
            found["level"].fault("is a fact and more.", "Write fact.NAME alone, or levels alone.")
        level = ()
    for word in level:
        if word not in LEVELS:
            found["level"].fault(
                fill("{} is no level.", word), fill("It can be {}.", ", ".join(LEVELS))
            )
    if "covers" in found:
        found["covers"].one_of(("place",))
    if key in FLAG_KINDS and not found[key].flag():
        found[key].fault("can only be true.", "Leave the line out instead.")
    return ActorRule(
        name=name,
        label=_words(found, "label"),
        kind=ActorKind(key),
        role=found[key].text() if key in ROLE_KINDS else "",
        unit_kinds=found["unit"].names() if "unit" in found else (),
        covers="covers" in found,
        levels=level,
        level_fact=level_fact,
        permission=found["permission"].text() if "permission" in found else "",
        party=found["party"].text() if key == "party" else "",
    )


def fact(name: str, at: At) -> FactRule:
    """Read a thing the run remembers."""
    found = at.keys(required=("label", "type"), optional=("options", "first", "outside"))
    kind = FactType(found["type"].one_of(FactType)) if "type" in found else FactType.FLAG
    options = options_of(found.get("options"))
    if (kind is FactType.CHOICE) != bool(options):
        at.fault(
            "is a choice without options." if not options else "has options but is no choice.",
            "Give options to choices and to nothing else.",
        )
    first = ""
    if "first" in found and options:
        first = found["first"].one_of(options)
    return FactRule(
        name=name,
        label=_words(found, "label"),
        type=kind,
        options=options,
        first=first,
        outside=found["outside"].flag() if "outside" in found else False,
    )


def options_of(at: At | None) -> Mapping[str, Words]:
    """Read the options of a choice, in order."""
    return {name: place.words() for name, place in at.named().items()} if at else {}


def state(name: str, at: At) -> State:
    """Read where a run can be."""
    found = at.keys(
        required=("label",),
        optional=("owner", "plain", "done", "closed", "end", "result", "waits_for"),
    )
    end = "end" in found and found["end"].flag()
    closed = end or ("closed" in found and found["closed"].flag())
    done = closed or ("done" in found and found["done"].flag())
    if not end and "owner" not in found:
        at.fault("has no owner.", "Say who has to act next: owner: …")
    if end and "owner" in found:
        found["owner"].fault("cannot be: nothing is possible in an end.", "Take the line out.")
    return State(
        name=name,
        label=_words(found, "label"),
        owner=_text(found, "owner"),
        plain=found["plain"].words() if "plain" in found else None,
        done=done,
        closed=closed,
        end=end,
        result=_text(found, "result"),
        waits_for=_text(found, "waits_for"),
    )


WARNED_IN = (LimitUnit.MINUTE, LimitUnit.HOUR, LimitUnit.DAY, LimitUnit.WORKING_DAY)
CLOCK_KEYS = (
    "kind", "per", "start", "latest", "until", "in", "may", "pause", "extend", "on_expiry", "warn"
)  # fmt: skip


def clock(name: str, at: At) -> ClockRule:
    """Read a limit."""
    found = at.keys(required=("label", "law", "term", "in"), optional=CLOCK_KEYS)
    kind = ClockKind(found["kind"].one_of(ClockKind)) if "kind" in found else ClockKind.STAGE
    if (kind is ClockKind.UNIT) != ("per" in found):
        at.fault(
            "is a clock of a unit without a role, or has a role without being one.",
            "Write kind: unit together with per: ROLE, such as per: lead.",
        )
    start = ACT
    if "start" in found:
        word = found["start"].text()
        if word.startswith("fact."):
            start = word.removeprefix("fact.")
        elif word != ACT:
            found["start"].fault(fill("cannot be {}.", word), "Write act, or fact.NAME.")
    until = found["until"].text() if "until" in found else ""
    if until and not until.startswith("fact."):
        found["until"].fault("does not name a fact.", "Write fact.NAME, a fact of type date.")
    if until and "pause" in found:
        found["until"].fault("is a day somebody has named: it cannot rest.", "Leave pause out.")
    expiry, expiry_action = _expiry(found.get("on_expiry"))
    return ClockRule(
        name=name,
        label=_words(found, "label"),
        law=law_of(found.get("law")),
        term=choosing(found["term"]) if "term" in found else Choosing(options={"": ""}),
        kind=kind,
        per=_text(found, "per"),
        start=start,
        latest=_latest(found.get("latest")),
        until=until.removeprefix("fact."),
        runs_in=frozenset(found["in"].names() if "in" in found else ()),
        may_run_in=frozenset(found["may"].names() if "may" in found else ()),
        pauses=(
            {ground: place.words() for ground, place in found["pause"].named().items()}
            if "pause" in found
            else {}
        ),
        extending=_extending(found.get("extend")),
        on_expiry=expiry,
        expiry_action=expiry_action,
        warnings=tuple(_warning(place) for place in found["warn"].list())
        if "warn" in found
        else (),
    )


def _expiry(at: At | None) -> tuple[Expiry, str]:
    if at is None:
        return Expiry.FAULT, ""
    if isinstance(at.node.value, str):
        return Expiry(at.one_of((Expiry.FAULT, Expiry.LAPSE))), ""
    return Expiry.ACT, _text(at.keys(required=("act",)), "act")


def _latest(at: At | None) -> Latest | None:
    if at is None:
        return None
    found = at.keys(required=("fact", "term"))
    return Latest(fact=_text(found, "fact"), term=_text(found, "term"))


def _extending(at: At | None) -> Extending | None:
    if at is None:
        return None
    found = at.keys(
        required=("term", "law", "ask"),
        optional=("times", "approve", "notify", "documents", "in"),
    )
    ask = _text(found, "ask")
    return Extending(
        term=choosing(found["term"]) if "term" in found else Choosing(options={"": ""}),
        law=law_of(found.get("law")),
        times=found["times"].whole(least=1) if "times" in found else 1,
        ask=ask,
        approve=_text(found, "approve") or ask,
        notify=found["notify"].names() if "notify" in found else (),
        documents=found["documents"].names() if "documents" in found else (),
        within=found["in"].names() if "in" in found else (),
    )


def _warning(at: At) -> Warning:
    found = at.keys(optional=("before", "share"))
    if len(found) != 1:
        at.fault("is no warning.", "Write {before: 1 working day} or {share: 0.8}.")
    share = found["share"].number() if "share" in found else None
    if share is not None and not 0 < share < 1:
        found["share"].fault("is no share of the limit.", "Write a number between 0 and 1.")
    before = found["before"].limit() if "before" in found else None
    if before is not None and before.unit not in WARNED_IN:
        found["before"].fault(
            "is no time to warn ahead.", "Write minutes, hours, days or working days."
        )
    return Warning(before=before, share=share)


def choosing(at: At, *, sources: tuple[str, ...] = ("fact",)) -> Choosing:
    """Read a name, or {by: form.FIELD or fact.NAME, map: {value: name}}."""
    if isinstance(at.node.value, str):
        return Choosing(options={"": at.text()})
    found = at.keys(required=("by", "map"))
    source, _, name = (_text(found, "by") + ".").partition(".")
    if "by" in found and (source not in sources or not name.strip(".")):
        found["by"].fault(
            "does not say what decides.",
            fill("Write {}.", " or ".join(f"{s}.NAME" for s in sources)),
        )
    options = (
        {value: place.text() for value, place in found["map"].items().items()}
        if "map" in found
        else {}
    )
    return Choosing(of=source, name=name.rstrip("."), options=options)


CHILD_KEYS = ("on_done", "with", "many")


def child(name: str, at: At) -> ChildRule:
    """Read a run inside this one."""
    found = at.keys(required=("procedure", "label", "opening"), optional=CHILD_KEYS)
    fills: dict[str, str] = {}
    if "with" in found:
        for field, place in found["with"].named().items():
            source, _, ours = place.text().partition(".")
            if source == "form" and ours:
                fills[field] = ours
            elif source == "role" and ours:
                fills[field] = FROM_ROLE + ours
            elif (source, ours) == ("actor", "unit"):
                fills[field] = ACTOR_UNIT
            else:
                place.fault(
                    "does not say where the value comes from.",
                    "Write form.FIELD, actor.unit or role.NAME.",
                )
    return ChildRule(
        name=name,
        label=_words(found, "label"),
        procedure=_text(found, "procedure"),
        opening=_text(found, "opening"),
        on_done=_text(found, "on_done"),
        fills=fills,
        many=found["many"].flag() if "many" in found else False,
    )


def _words(found: Mapping[str, At], key: str) -> Words:
    return found[key].words() if key in found else Words("", "")


def _text(found: Mapping[str, At], key: str) -> str:
    return found[key].text() if key in found else ""
