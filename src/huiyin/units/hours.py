"""Opening hours: what an operator writes, what is stored, what a page says, whether a door is open.

Stored as JSON in `Unit.opening_hours`: `{"mon": [["08:30", "12:00"], ["14:00", "17:30"]], …}` with
an optional `"note"`, `{"always": true}` around the clock, `{}` when not known. Times are local
(Asia/Shanghai), an interval runs from its start up to, not including, its end; "24:00" is midnight
at the end of a day. Statutory holidays and make-up working days are not looked at yet: a page that
shows hours says that holidays differ.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone

from huiyin.units.refusals import HoursNotUnderstood, HoursOverlap

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60
MAX_NOTE = 120

Hours = dict[str, Any]
Interval = tuple[int, int]  # minutes since midnight

_FRONTS = ("周", "星期", "礼拜")
_DAY_WORDS = {
    **{f"{front}{day}": at for front in _FRONTS for at, day in enumerate("一二三四五六日")},
    **{f"{front}天": 6 for front in _FRONTS},
    **{day: at for at, day in enumerate(DAYS)},
    **{
        word: at
        for at, word in enumerate(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        )
    },
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_GROUPS = {
    **dict.fromkeys(("工作日", "weekdays"), (0, 1, 2, 3, 4)),
    **dict.fromkeys(("周末", "双休日", "weekends", "weekend"), (5, 6)),
    **dict.fromkeys(("每天", "每日", "daily", "every day", "everyday"), tuple(range(7))),
}
_ALWAYS = frozenset(
    ("24h", "24/7", "24小时", "全天24小时", "24小时服务", "全天", "around the clock", "24 hours")
)
_CLOSED = frozenset(("休息", "不对外办公", "closed"))
_NOTE = re.compile(r"[（(]([^（）()]*)[）)]\s*$")
_SEGMENT = re.compile(r"\s*[;；]\s*")
_LIST = re.compile(r"\s*[,，、]\s*")
_TIME = r"([0-9]{1,2})[:：]([0-9]{2})"
_SPAN = re.compile(rf"{_TIME}\s*[-–—~～至到]\s*{_TIME}")
_FIRST_TIME = re.compile(r"[0-9]{1,2}[:：]|24\s*(?:h|小时)|" + "|".join(sorted(_CLOSED)))
_DAY_SPAN = re.compile(r"\s*(?:[-–—~～至到]|\bto\b)\s*")


def parse(text: str) -> Hours:
    """Return the hours that an operator wrote, `{}` for nothing.

    "周一至周五 08:30-12:00,14:00-17:30; 周六 09:00-12:00", "Mon-Fri 08:30-12:00; Sat closed" or
    "24h"; a note may follow in brackets. An interval past midnight is told apart into two days.
    Raises HoursNotUnderstood with the part that is not understood, HoursOverlap.
    """
    rest = text.strip()
    if not rest:
        return {}
    note = ""
    if found := _NOTE.search(rest):
        note, rest = found[1].strip(), rest[: found.start()].strip()
    if len(note) > MAX_NOTE:
        raise HoursNotUnderstood(part=note)
    if rest.casefold() in _ALWAYS:
        return {"always": True, **({"note": note} if note else {})}
    days: dict[int, list[Interval]] = {}
    for segment in filter(None, _SEGMENT.split(rest)):
        _read_segment(segment, days)
    if not any(days.values()):
        raise HoursNotUnderstood(part=text.strip())
    return _stored(days, note=note)


def check(hours: object) -> Hours:
    """Return stored hours as they must look. Raises HoursNotUnderstood, HoursOverlap."""
    if not isinstance(hours, dict):
        raise HoursNotUnderstood(part=str(hours))
    unknown = sorted(str(key) for key in hours.keys() - {*DAYS, "note", "always"})
    note = hours.get("note", "")
    if unknown or not isinstance(note, str) or len(note) > MAX_NOTE:
        raise HoursNotUnderstood(part=unknown[0] if unknown else str(note))
    if "always" in hours:
        if hours["always"] is not True or hours.keys() - {"always", "note"}:
            raise HoursNotUnderstood(part=str(hours))
        return {"always": True, **({"note": note} if note else {})}
    days: dict[int, list[Interval]] = {}
    for at, day in enumerate(DAYS):
        intervals = hours.get(day, [])
        if not isinstance(intervals, list):
            raise HoursNotUnderstood(part=str(intervals))
        for interval in intervals:
            days.setdefault(at, []).append(_read_stored(interval))
    return _stored(days, note=note)


def text(hours: Mapping[str, Any]) -> str:
    """Return hours as a load file writes them; `parse` reads the same hours back."""
    if not hours:
        return ""
    note = f"({hours['note']})" if hours.get("note") else ""
    if hours.get("always"):
        return "24h" + (f" {note}" if note else "")
    parts = []
    for first, last, intervals in runs(hours):
        days = _written(first) if first == last else f"{_written(first)}至{_written(last)}"
        parts.append(f"{days} {','.join(f'{start}-{end}' for start, end in intervals)}")
    return "; ".join(parts) + (f" {note}" if note else "")


def runs(hours: Mapping[str, Any]) -> list[tuple[int, int, list[list[str]]]]:
    """Return days in a row with the same hours: first day, last day (Monday 0), intervals."""
    found: list[tuple[int, int, list[list[str]]]] = []
    for at, day in enumerate(DAYS):
        intervals = hours.get(day)
        if not intervals:
            continue
        if found and found[-1][1] == at - 1 and found[-1][2] == intervals:
            found[-1] = (found[-1][0], at, intervals)
        else:
            found.append((at, at, intervals))
    return found


def is_open(hours: Mapping[str, Any], at: datetime) -> bool | None:
    """Say whether the door is open at an instant; None when the hours are not known.

    Statutory holidays are not considered yet.
    """
    if not hours:
        return None
    if hours.get("always"):
        return True
    local = timezone.localtime(at)
    return any(start <= local < end for start, end in _around(hours, local))


def changes_at(hours: Mapping[str, Any], at: datetime) -> datetime | None:
    """Return when the door next opens or closes; None when it never does within a week."""
    if not hours or hours.get("always"):
        return None
    local = timezone.localtime(at)
    for start, end in _around(hours, local):
        if end <= local:
            continue
        if start > local:
            return start
        return end if end - local < timedelta(days=7) else None
    return None


def _around(hours: Mapping[str, Any], local: datetime) -> list[tuple[datetime, datetime]]:
    """Return the open spans from the day before to a week after, those that touch joined."""
    midnight = datetime.combine(local.date(), time(), tzinfo=local.tzinfo)
    spans: list[tuple[datetime, datetime]] = []
    for ahead in range(-1, 9):
        day = midnight + timedelta(days=ahead)
        for start, end in hours.get(DAYS[day.weekday()], ()):
            span = (
                day + timedelta(minutes=_minutes(start)),
                day + timedelta(minutes=_minutes(end)),
            )
            if spans and spans[-1][1] == span[0]:
                span = (spans.pop()[0], span[1])
            spans.append(span)
    return spans


def _read_segment(segment: str, days: dict[int, list[Interval]]) -> None:
    at = _FIRST_TIME.search(segment)
    if at is None:
        raise HoursNotUnderstood(part=segment)
    named = _read_days(segment[: at.start()].strip().rstrip(":："), segment)
    said = segment[at.start() :].strip()
    if said.casefold() in _CLOSED:
        for day in named:
            days.setdefault(day, [])
        return
    if said.casefold() in _ALWAYS:
        said = "00:00-24:00"
    for part in _LIST.split(said):
        span = _SPAN.fullmatch(part)
        if span is None:
            raise HoursNotUnderstood(part=part)
        start = _time(span[1], span[2], part)
        end = _time(span[3], span[4], part)
        if start in (end, MINUTES_A_DAY):
            raise HoursNotUnderstood(part=part)
        for day in named:
            if start < end:
                days.setdefault(day, []).append((start, end))
            else:
                days.setdefault(day, []).append((start, MINUTES_A_DAY))
                if end:
                    days.setdefault((day + 1) % 7, []).append((0, end))


def _read_days(said: str, segment: str) -> list[int]:
    if not said:
        return list(range(7))
    named: list[int] = []
    for part in _LIST.split(said.casefold()):
        if part in _GROUPS:
            named.extend(_GROUPS[part])
            continue
        ends = [_DAY_WORDS.get(end.rstrip(".")) for end in _DAY_SPAN.split(part)]
        if None in ends or not 1 <= len(ends) <= 2:
            raise HoursNotUnderstood(part=segment)
        first, last = ends[0] or 0, ends[-1] or 0
        named.extend((first + step) % 7 for step in range((last - first) % 7 + 1))
    if len(set(named)) < len(named):
        raise HoursOverlap(part=segment)
    return named


def _stored(days: Mapping[int, Sequence[Interval]], *, note: str) -> Hours:
    stored: Hours = {}
    for at, day in enumerate(DAYS):
        intervals = sorted(days.get(at, ()))
        for (start, end), (later, until) in pairwise(intervals):
            if later < end:
                raise HoursOverlap(
                    part=", ".join(
                        f"{_clock(first)}-{_clock(last)}"
                        for first, last in ((start, end), (later, until))
                    )
                )
        if intervals:
            stored[day] = [[_clock(start), _clock(end)] for start, end in intervals]
    if note:
        stored["note"] = note
    return stored


def _read_stored(interval: object) -> Interval:
    match interval:
        case [str(start), str(end)] | (str(start), str(end)):
            span = _SPAN.fullmatch(f"{start}-{end}")
            if span is not None:
                first, last = _time(span[1], span[2], start), _time(span[3], span[4], end)
                if first < last:
                    return first, last
    raise HoursNotUnderstood(part=str(interval))


def _time(hour: str, minute: str, part: str) -> int:
    minutes = int(hour) * 60 + int(minute)
    if int(minute) > 59 or minutes > MINUTES_A_DAY:
        raise HoursNotUnderstood(part=part)
    return minutes


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _written(day: int) -> str:
    return f"周{'一二三四五六日'[day]}"
