"""What a simulation says: where the run is, clocks in words, what happened, what may be done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from huiyin.procedures.decisions import Change, Decision, Refusal
from huiyin.procedures.language import NEW, Action, Procedure, Words
from huiyin.procedures.refusals import sentence
from huiyin.procedures.runs import Clock, Status
from huiyin.procedures.simulation import World
from huiyin.worktime import CITY

NOT_OPEN: Final = Words("未登记", "Not open yet")
TURN: Final = Words("，由{}办", ", turn of: {}")
POSSIBLE: Final = Words("可以办：", "Possible:")
NOT_POSSIBLE: Final = Words("不能办：", "Not possible:")
CLOCKS: Final = Words("时限：", "Clocks:")
FACTS: Final = Words("记录：", "Facts:")
ROLES: Final = Words("承担：", "Roles:")
CHILDREN: Final = Words("内含办理：", "Child runs:")
DONE: Final = Words("已有结果", "done")
OPEN: Final = Words("进行中", "open")
ENDED: Final = Words("办理已终结。", "The run is at its end.")
BY_END_OF: Final = Words("最晚 {day}", "by the end of {day}")
BY: Final = Words("最晚 {day} {time}", "by {time} on {day}")
LEFT: Final = Words("还剩 {}", "{} left")
LATE: Final = Words("已超期 {}", "overdue by {}")
PROVISIONAL: Final = Words(
    "（日历尚未公布，暂定）", " (provisional: the calendar is not announced)"
)
RESTING: Final = Words("已暂停：{}", "resting: {}")
PENDING: Final = Words("等其他各方同意", "the other parties have yet to agree")
TELLS: Final = Words("通知：{}", "tells {}")
WRITES: Final = Words("文书：{}", "writes {}")
OPENS: Final = Words("开启：{}", "opens {}")
HANDED: Final = Words("移交：{}", "hands over to {}")
CLOCK_CHANGES: Final[Mapping[Change, Words]] = {
    Change.STARTED: Words("起算", "starts"),
    Change.ENDED: Words("停止", "ends"),
    Change.PAUSED: Words("暂停", "rests"),
    Change.RESUMED: Words("继续", "goes on"),
    Change.EXTENSION_ASKED: Words("申请延长", "more time is asked for"),
    Change.EXTENDED: Words("已延长", "is extended"),
    Change.EXTENSION_REFUSED: Words("不同意延长", "no more time is given"),
    Change.OVERDUE: Words("超期", "is overdue"),
    Change.LAPSED: Words("期满，权利终止", "is over, the right has ended"),
    Change.FIRED: Words("到期", "is over"),
}
PLAIN_REASONS: Final[Mapping[str, Words]] = {  # told in one line for all acts: `why` says more
    "run.not_yours": Words("由别人办：", "Done by others:"),
    "run.not_from_here": Words("要在别的环节：", "In other states:"),
}
WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Told:
    """An act as it is offered: its number, the actor for it, the reason against it if any."""

    number: int
    action: Action
    actor: str
    refusal: Refusal | None


def say(words: Words, language: str) -> str:
    """Return the words of one language."""
    return words.zh if language == "zh" else words.en


def state_lines(world: World, told: Sequence[Told], language: str) -> Iterator[str]:
    """Yield where a run is and what can be done now."""
    procedure, run = world.procedure, world.run
    yield ""
    yield f"[{_moment(world.now, language)}] {_state(procedure, run.state, language)}"
    clocks = [
        _clock(clock, procedure, world.now, language)
        for clock in run.clocks.values()
        if clock.is_alive
    ]
    yield from _listed(say(CLOCKS, language), clocks)
    facts = [
        f"{say(procedure.facts[name].label, language)} ({name}): {value_words(value, language)}"
        for name, value in run.facts.items()
        if value is not None and name in procedure.facts
    ]
    yield from _listed(say(FACTS, language), facts)
    roles = [f"{role}: {', '.join(units)}" for role, units in run.roles.items() if units]
    yield from _listed(say(ROLES, language), roles)
    children = [
        f"{say(procedure.children[child.name].label, language)} ({child.name}): "
        + (f"{say(DONE, language)} {child.result}" if child.is_done else say(OPEN, language))
        for child in run.children
    ]
    yield from _listed(say(CHILDREN, language), children)
    if world.is_over:
        yield say(ENDED, language)
        return
    width = max((len(entry.action.name) for entry in told), default=0)
    yield from _listed(
        say(POSSIBLE, language),
        [_offer(entry, width, procedure, language) for entry in told if entry.refusal is None],
    )
    reasons = [
        f"{entry.number:>3} {entry.action.name.ljust(width)}  "
        + sentence(entry.refusal, procedure, language=language)
        for entry in told
        if entry.refusal is not None and entry.refusal.code not in PLAIN_REASONS
    ]
    reasons += [
        f"{say(words, language)} {', '.join(names)}"
        for code, words in PLAIN_REASONS.items()
        if (names := [entry.action.name for entry in told if _code(entry) == code])
    ]
    yield from _listed(say(NOT_POSSIBLE, language), reasons)


def happened(decision: Decision, procedure: Procedure, language: str) -> Iterator[str]:
    """Yield what one act wrote."""
    event = decision.event
    if event.action:
        label = say(procedure.actions[event.action].label, language)
        actor = say(procedure.actors[event.as_actor].label, language)
        line = f"✓ {label} ({event.action}) · {actor}"
        if event.form:
            shown = (f"{name}={value_words(value, language)}" for name, value in event.form.items())
            line += f" · {', '.join(shown)}"
        yield line
    if event.is_pending:
        yield f"  {say(PENDING, language)}"
    for change in decision.clocks:
        clock = change.clock
        label = say(procedure.clocks[clock.name].label, language)
        line = f"  {label} {say(CLOCK_CHANGES[change.change], language)}"
        if change.change in (Change.STARTED, Change.RESUMED, Change.EXTENDED):
            line += f": {due_words(clock, language)}"
        yield line
    for words, names in (
        (TELLS, [say(procedure.actors[to.to].label, language) for to in decision.notices]),
        (WRITES, [say(procedure.documents[name], language) for name in decision.documents]),
        (OPENS, [say(procedure.children[new.child].label, language) for new in decision.openings]),
        (HANDED, [decision.hands_over_to] if decision.hands_over_to else []),
    ):
        if names:
            joint = "、" if language == "zh" else ", "
            yield f"  {say(words, language).format(joint.join(names))}"


def due_words(clock: Clock, language: str) -> str:
    """Say by when: a day, or a day and a time where the limit ends at a moment."""
    local = clock.due_at.astimezone(CITY)
    is_whole_day = clock.limit.unit.is_day_like and not clock.limit.at_closing
    words = BY_END_OF if is_whole_day else BY
    moment = datetime.combine(clock.due_on, local.time())
    text = say(words, language).format(day=day_words(moment, language), time=f"{local:%H:%M}")
    return text + (say(PROVISIONAL, language) if clock.is_provisional else "")


def day_words(moment: datetime, language: str) -> str:
    """Return "2026年2月10日（周二）" or "Tue 10 Feb 2026"."""
    if language == "zh":
        weekday = WEEKDAYS[moment.weekday()]
        return f"{moment.year}年{moment.month}月{moment.day}日（周{weekday}）"
    return f"{moment:%a} {moment.day} {moment:%b %Y}"


def span_words(time: timedelta, language: str) -> str:
    """Return a length of time in its two largest units."""
    minutes = int(abs(time).total_seconds() // 60)
    counts = (minutes // 1440, minutes // 60 % 24, minutes % 60)
    units = (
        (Words(" 天", " day"), Words(" 小时", " hour"), Words(" 分钟", " minute"))
    )  # fmt: skip
    parts = [
        f"{count}{say(unit, language)}" + ("s" if language != "zh" and count != 1 else "")
        for count, unit in zip(counts, units, strict=True)
        if count
    ]
    return (" " if language == "zh" else ", ").join(parts[:2]) or f"0{say(units[2], language)}"


def value_words(value: object, language: str = "en") -> str:
    """Return a value of a form or a fact."""
    if isinstance(value, bool):
        return say(Words("是", "yes") if value else Words("否", "no"), language)
    if isinstance(value, datetime):
        return f"{value.astimezone(CITY):%Y-%m-%dT%H:%M}"
    if isinstance(value, tuple | list):
        return ",".join(value_words(one, language) for one in value)
    return str(value)


def _moment(at: datetime, language: str) -> str:
    local = at.astimezone(CITY)
    return f"{day_words(local, language)} {local:%H:%M}"


def _state(procedure: Procedure, name: str, language: str) -> str:
    if name == NEW:
        return f"{say(NOT_OPEN, language)} ({NEW})"
    state = procedure.states[name]
    text = f"{say(state.label, language)} ({name})"
    if state.owner:
        owner = say(procedure.actors[state.owner].label, language)
        text += say(TURN, language).format(owner)
    return text


def _clock(clock: Clock, procedure: Procedure, now: datetime, language: str) -> str:
    name = f"{say(procedure.clocks[clock.name].label, language)} ({clock.name})"
    if clock.status is Status.PAUSED:
        ground = procedure.clocks[clock.name].pauses.get(clock.ground)
        why = say(ground, language) if ground else clock.ground
        return f"‖ {name}: {say(RESTING, language).format(why)}"
    left = clock.due_at - now
    words, sign = (LEFT, "○") if left > timedelta() else (LATE, "▲")
    comma = "，" if language == "zh" else ", "
    span = say(words, language).format(span_words(left, language))
    return f"{sign} {name}: {due_words(clock, language)}{comma}{span}"


def _code(entry: Told) -> str:
    return entry.refusal.code if entry.refusal else ""


def _offer(entry: Told, width: int, procedure: Procedure, language: str) -> str:
    actor = say(procedure.actors[entry.actor].label, language)
    label = say(entry.action.label, language)
    return f"{entry.number:>3} {entry.action.name.ljust(width)}  {label} · {actor}"


def _listed(title: str, entries: list[str]) -> Iterator[str]:
    if entries:
        yield title
        for entry in entries:
            yield f"  {entry}"
