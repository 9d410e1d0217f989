"""The actions of a procedure file: where from and to, who, the form, conditions, what follows."""

from collections.abc import Mapping

from huiyin.procedures.language import (
    ACT,
    NEW,
    Action,
    Assigning,
    ClockActs,
    ClockRule,
    Condition,
    ConditionKind,
    Field,
    FieldType,
    Setting,
    State,
    Words,
)
from huiyin.procedures.reading.nodes import At, nearest
from huiyin.procedures.reading.sections import choosing, law_of, options_of
from huiyin.procedures.sentences import fill

ACTION_KEYS = (
    "law", "hint", "except", "to", "form", "needs", "within", "times", "every", "quorum", "guards",
    "checks",
    "assign", "release", "set", "advance", "clocks", "open", "hand_over", "merge", "documents",
    "notify", "effects", "bulk", "by_link", "message",
)  # fmt: skip
GROUPS = ("open", "any", "done")
CLOCK_WORDS = ("start", "stop", "return", "pause", "resume")
FIELD_KEYS = (
    "hint", "required", "options", "min", "max", "decimals", "line", "past", "future", "accept",
    "personal", "when", "of",
)  # fmt: skip
MATERIALS = ("image", "document", "audio", "video")
WITH_OPTIONS = (FieldType.CHOICE, FieldType.CHOICES)
TEXT_MOST = 2_000
TESTS: Mapping[ConditionKind, tuple[str, ...]] = {
    ConditionKind.FACT: ("is", "is_not", "in", "set"),
    ConditionKind.FORM: ("is", "is_not", "in", "set"),
    ConditionKind.CLOCK: ("is", "is_not"),
    ConditionKind.CHILD: ("is", "is_not"),
    ConditionKind.COUNT: ("at_least", "at_most"),
    ConditionKind.ROLE: ("is",),
}
STATUSES: Mapping[ConditionKind, tuple[str, ...]] = {
    ConditionKind.CLOCK: ("open", "paused", "over", "none"),
    ConditionKind.CHILD: ("none", "open", "done"),
    ConditionKind.ROLE: ("held", "free"),
}


def action(name: str, at: At, states: Mapping[str, State], *, origin: str = "") -> Action:
    """Read one thing that may be done."""
    found = at.keys(required=("label", "from", "by"), optional=ACTION_KEYS)

    def names(key: str) -> tuple[str, ...]:
        return found[key].names() if key in found else ()

    fields = tuple(_field(n, place) for n, place in found["form"].named().items()) if (
        "form" in found
    ) else ()  # fmt: skip
    return Action(
        name=name,
        label=found["label"].words() if "label" in found else Words("", ""),
        froms=_froms(found, states),
        by=names("by"),
        to=choosing(found["to"], sources=("form", "fact")) if "to" in found else None,
        law=law_of(found.get("law")),
        hint=found["hint"].words() if "hint" in found else None,
        form=fields,
        needs=tuple(_condition(place) for place in found["needs"].list()) if (
            "needs" in found
        ) else (),
        within=found["within"].text() if "within" in found else "",
        times=found["times"].whole(least=1) if "times" in found else None,
        every=found["every"].limit() if "every" in found else None,
        quorum="quorum" in found and found["quorum"].one_of(("all",)) == "all",
        guards=names("guards"),
        checks=names("checks"),
        assign=_assign(found.get("assign")),
        release=names("release"),
        set=_set(found.get("set")),
        advance=names("advance"),
        clocks=_clocks(found.get("clocks")),
        open=names("open"),
        hand_over=_form_field(found["hand_over"]) if "hand_over" in found else "",
        merge=_form_field(found["merge"]) if "merge" in found else "",
        message=_form_field(found["message"]) if "message" in found else "",
        documents=names("documents"),
        notify=names("notify"),
        effects=names("effects"),
        bulk=found["bulk"].flag() if "bulk" in found else False,
        by_link=found["by_link"].flag() if "by_link" in found else False,
        origin=origin,
    )  # fmt: skip


def _froms(found: Mapping[str, At], states: Mapping[str, State]) -> frozenset[str]:
    """Resolve the words open, any and done to the states they stand for."""
    if "from" not in found:
        return frozenset()
    written = found["from"].names()
    froms: set[str] = set()
    for name in written:
        if name == "open":
            froms |= {state.name for state in states.values() if not state.done}
        elif name == "any":
            froms |= {state.name for state in states.values() if not state.end}
        elif name == "done":
            froms |= {state.name for state in states.values() if state.done and not state.end}
        elif name == NEW or name in states:
            froms.add(name)
        else:
            known = [*states, NEW, *GROUPS]
            found["from"].fault(fill("there is no state {}.", name), nearest(name, known))
    for name in found["except"].names() if "except" in found else ():
        if name not in states:
            found["except"].fault(fill("there is no state {}.", name), nearest(name, states))
        elif name not in froms:
            found["except"].fault(fill("{} is not among them anyway.", name), "Take it out.")
        froms.discard(name)
    if not set(written) & set(GROUPS) and "except" in found:
        found["except"].fault("only makes sense with open, any or done.", "Take it out.")
    return frozenset(froms)


def _field(name: str, at: At) -> Field:
    found = at.keys(required=("label", "type"), optional=FIELD_KEYS)
    kind = FieldType(found["type"].one_of(FieldType)) if "type" in found else FieldType.TEXT
    options = options_of(found.get("options"))
    if (kind in WITH_OPTIONS) != bool(options):
        at.fault(
            "is a choice without options." if not options else "has options but is no choice.",
            "Give options to choice and choices, and to nothing else.",
        )
    if "of" in found and kind is not FieldType.COLLEAGUE:
        found["of"].fault("only says whose colleague somebody is.", "Write type: colleague.")
    accept = found["accept"].names() if "accept" in found else ()
    for word in accept:
        if word not in MATERIALS:
            found["accept"].fault(fill("{} is no kind of file.", word), nearest(word, MATERIALS))

    def flag(key: str, otherwise: bool) -> bool:
        return found[key].flag() if key in found else otherwise

    at_most = found["max"].number() if "max" in found else None
    return Field(
        name=name,
        label=found["label"].words() if "label" in found else Words("", ""),
        type=kind,
        hint=found["hint"].words() if "hint" in found else None,
        required=flag("required", True),
        options=options,
        at_least=found["min"].number() if "min" in found else None,
        at_most=TEXT_MOST if at_most is None and kind is FieldType.TEXT else at_most,
        decimals=found["decimals"].whole() if "decimals" in found else 0,
        line=flag("line", False),
        past=flag("past", False),
        future=flag("future", False),
        accept=accept,
        personal=flag("personal", False),
        when=(
            {
                other: tuple(value.literal() for value in place.list())
                for other, place in found["when"].named().items()
            }
            if "when" in found
            else {}
        ),
        of=found["of"].text() if "of" in found else "",
    )


def _condition(at: At) -> Condition:
    found = at.items()
    kinds = [kind for kind in ConditionKind if kind in found]
    if len(kinds) != 1:
        at.fault(
            "is no condition.",
            fill("Begin with one of {}: {{fact: …, is: …}}", ", ".join(ConditionKind)),
        )
        return Condition(ConditionKind.FACT, "", "is", None, "")
    kind = kinds[0]
    for key, place in found.items():
        if key not in (kind, "else", *TESTS[kind]):
            place.fault("is not known here.", nearest(key, [*TESTS[kind], "else"]))
    tests = [test for test in TESTS[kind] if test in found]
    if len(tests) != 1:
        at.fault("does not say what must hold.", fill("Add one of {}.", ", ".join(TESTS[kind])))
        return Condition(kind, found[kind].text(), "set", True, "")
    if "else" not in found:
        at.fault("lacks else.", "Name the sentence in refusals that says what to do.")
    return Condition(
        kind=kind,
        name=found[kind].text(),
        test=tests[0],
        value=_value(kind, tests[0], found[tests[0]]),
        refusal=found["else"].text() if "else" in found else "",
    )


def _value(kind: ConditionKind, test: str, at: At) -> object:
    if kind in STATUSES:
        return at.one_of(STATUSES[kind])
    if kind is ConditionKind.COUNT:
        return at.whole()
    if test == "set":
        return at.flag()
    if test == "in":
        return tuple(place.literal() for place in at.list())
    return at.literal()


def _form_field(at: At) -> str:
    source, _, name = at.text().partition(".")
    if source != "form" or not name:
        at.fault("does not name a field.", "Write form.FIELD.")
    return name


def _assign(at: At | None) -> Mapping[str, Assigning]:
    if at is None:
        return {}
    given = {}
    for role, place in at.named().items():
        source, _, name = place.text().partition(".")
        if source not in ("form", "role") and f"{source}.{name}" != "actor.unit":
            place.fault("does not say who.", "Write form.FIELD, actor.unit or role.NAME.")
            continue
        given[role] = Assigning(source, "" if source == "actor" else name)
    return given


def _set(at: At | None) -> Mapping[str, Setting]:
    if at is None:
        return {}
    given = {}
    for fact, place in at.named().items():
        value = place.literal()
        if isinstance(value, str) and value.startswith("form."):
            given[fact] = Setting("form", value.removeprefix("form."))
        elif value in (ACT, "none"):
            given[fact] = Setting(str(value))
        else:
            given[fact] = Setting("literal", value)
    return given


def _clocks(at: At | None) -> ClockActs:
    if at is None:
        return ClockActs()
    found = at.keys(optional=CLOCK_WORDS)

    def names(key: str) -> tuple[str, ...]:
        return found[key].names() if key in found else ()

    grounds = {}
    if "pause" in found:
        grounds = {clock: place.text() for clock, place in found["pause"].named().items()}
    return ClockActs(
        start=names("start"),
        stop=names("stop"),
        give_back=names("return"),
        pause=grounds,
        resume=names("resume"),
    )


# --- the acts that an extendable clock brings -------------------------------------------------

REASON = Words("理由", "Reason")
AMOUNT = Words("申请延长多久", "How much more")
GRANTED = Words("同意延长多久", "How much is granted")
UNIT_HINT = Words(
    "单位与原期限相同，不超过规定的上限。",
    "In the unit of the limit, at most what the rule allows.",
)
AS_ASKED = Words("不填即按申请的时间。", "Left empty: as asked for.")


def extension_actions(clock: ClockRule) -> tuple[Action, ...]:
    """Make the acts by which a clock is given more time: asked, approved, refused."""
    rule = clock.extending
    if rule is None:
        return ()
    froms = frozenset(rule.within) or clock.runs_in
    reason = Field("reason", REASON, FieldType.TEXT, at_most=TEXT_MOST, personal=True)
    amount = Field("amount", AMOUNT, FieldType.NUMBER, hint=UNIT_HINT, at_least=1)

    def made(verb: str, zh: str, en: str, by: str, form: tuple[Field, ...], acts: ClockActs,
             notify: tuple[str, ...]) -> Action:  # fmt: skip
        label = Words(f"{zh}：{clock.label.zh}", f"{en}: {clock.label.en}")
        return Action(
            name=verb, label=label, froms=froms, by=(by,), law=rule.law, form=form,
            clocks=acts, notify=notify, documents=rule.documents if acts.extend else (),
            origin=f"clock {clock.name}",
        )  # fmt: skip

    if rule.ask == rule.approve:
        acts = ClockActs(extend=clock.name)
        form = (reason, amount)
        return (made(f"extend_{clock.name}", "延期", "Extend", rule.ask, form, acts, rule.notify),)
    granted = Field("amount", GRANTED, FieldType.NUMBER, hint=AS_ASKED, required=False, at_least=1)
    return (
        made(f"ask_{clock.name}_extension", "申请延期", "Ask for an extension", rule.ask,
             (reason, amount), ClockActs(ask_more=clock.name), (rule.approve,)),
        made(f"approve_{clock.name}_extension", "批准延期", "Approve the extension", rule.approve,
             (granted,), ClockActs(extend=clock.name), (rule.ask, *rule.notify)),
        made(f"refuse_{clock.name}_extension", "不同意延期", "Refuse the extension", rule.approve,
             (reason,), ClockActs(refuse_more=clock.name), (rule.ask,)),
    )  # fmt: skip
