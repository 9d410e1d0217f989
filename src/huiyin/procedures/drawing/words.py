"""The words of the pictures themselves, and limits in words."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from huiyin.procedures.drawing.texts import kept_whole
from huiyin.procedures.language import ClockRule, Words
from huiyin.worktime import Limit

Language = Literal["zh", "en"]

START: Final = Words("开始", "Start")
HERE: Final = Words("现在在这里", "Now here")
OWNERS: Final = Words("由谁办", "Whose turn")
CLOSED_STATE: Final = Words("已办结，仍可评价、重开", "Closed; may be rated, reopened")
DONE_STATE: Final = Words("已有结果", "Result delivered")
MANY_STATES: Final = Words("几个环节（Ⓐ）共有", "Several states (Ⓐ)")
END_STATE: Final = Words("终点", "End")
BACK: Final = Words("退回、重来", "Back")
CLOCK: Final = Words("时限", "Limit")
CHILD: Final = Words("内含程序", "Procedure inside")
ANYWHERE: Final = Words("多个环节通用", "From many states")
LONG_CLOCKS: Final = Words("贯穿多个环节的时限", "Limits across several states")
PREVIOUS_STATE: Final = Words("回到原来的环节", "back to where it was")
FROM_OPEN: Final = Words("未办结的任何环节", "any state that is not done")
FROM_ANY: Final = Words("任何环节", "any state")
FROM_DONE: Final = Words("办结后", "any state after it is done")
BUT: Final = Words("（{}除外）", " (except {})")
AUTOMATIC: Final = Words("自动", "automatic")
EXPIRES: Final = Words("{}到期", "at the end of: {}")
EXTENSIBLE: Final = Words("可延{}", "+ {}")
EXTENSIBLE_BARE: Final = Words("可延期", "can be extended")
TITLE: Final = Words("{}：流程图", "{}: picture of the procedure")


def say(words: Words, language: Language) -> str:
    """Return the words of one language."""
    return words.zh if language == "zh" else words.en


def limit_words(limit: Limit, language: Language) -> str:
    """Return "60日" or "60 days"."""
    return kept_whole(limit.zh if language == "zh" else str(limit))


def joined(words: Iterable[str], language: Language) -> str:
    """Return a list in one sentence."""
    return ("、" if language == "zh" else ", ").join(words)


def clock_limit(clock: ClockRule, terms: Mapping[str, Limit], language: Language) -> str:
    """Return how long a clock runs, all its lengths when a value decides; "" if unknown."""
    limits = [terms[name] for name in clock.term.names if name in terms]
    if not limits:
        return ""
    units = {limit.unit for limit in limits}
    amounts = sorted({limit.amount for limit in limits})
    if len(units) == 1 and len(amounts) > 1:
        last = next(limit for limit in limits if limit.amount == amounts[-1])
        span = "–" if len(amounts) > 2 else " / "
        written = last.zh if language == "zh" else str(last)
        first = span.join(map(str, (amounts[0], amounts[-1])))
        return kept_whole(written.replace(str(last.amount), first, 1))
    return " / ".join(dict.fromkeys(limit_words(limit, language) for limit in limits))


def clock_words(
    clock: ClockRule,
    terms: Mapping[str, Limit],
    language: Language,
    *,
    with_extension: bool = True,
) -> str:
    """Return the name of a clock with its limit and how much more it may be given."""
    limit = clock_limit(clock, terms, language)
    parts = [say(clock.label, language) + (f" {limit}" if limit else "")]
    if clock.extending and with_extension:
        more = [terms[name] for name in clock.extending.term.names if name in terms]
        if more:
            longest = max(more, key=lambda limit: limit.amount)
            parts.append(say(EXTENSIBLE, language).format(limit_words(longest, language)))
        else:
            parts.append(say(EXTENSIBLE_BARE, language))
    return ("，" if language == "zh" else ", ").join(parts)
