"""Office hours of a working day."""

import re
from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise

MICROSECONDS = 1_000_000
Span = tuple[time, time]
_WRITTEN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


class HoursError(ValueError):
    """Office hours that cannot be; the text says what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When an office works on a working day: spans in order, with the breaks between them."""

    spans: tuple[Span, ...]
    day_length: int = field(init=False)  # microseconds worked a day
    _bounds: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        bounds = tuple(
            (microsecond_of(opens), microsecond_of(closes)) for opens, closes in self.spans
        )
        flat = [edge for span in bounds for edge in span]
        if not flat or any(a >= b for a, b in pairwise(flat)):
            raise HoursError(
                f'"{self}" does not go forward: each span ends after it begins and before the '
                'next one, as in "08:30-12:00,13:30-17:30".'
            )
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "day_length", sum(closes - opens for opens, closes in bounds))

    @classmethod
    def parse(cls, text: str) -> "OfficeHours":
        """Read "08:30-12:00,13:30-17:30". Raises HoursError."""
        spans = []
        for part in text.split(","):
            match = _WRITTEN.fullmatch(part.strip())
            try:
                if match is None:
                    raise ValueError
                edges = [int(word) for word in match.groups()]
                spans.append((time(edges[0], edges[1]), time(edges[2], edges[3])))
            except ValueError:
                raise HoursError(
                    f'"{part.strip()}" is no span of the day: write opening and closing time, '
                    'as in "08:30-12:00,13:30-17:30".'
                ) from None
        return cls(tuple(spans))

    def __str__(self) -> str:
        """Return the written form; `parse` reads it back."""
        return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in self.spans)

    @property
    def closes(self) -> time:
        """Return when the office closes for the day."""
        return self.spans[-1][1]

    def worked_until(self, moment: int) -> int:
        """Return the microseconds worked before this microsecond of the day."""
        done = 0
        for opens, closes in self._bounds:
            if moment <= opens:
                break
            done += min(moment, closes) - opens
        return done

    def moment_after(self, worked: int) -> int:
        """Return the earliest microsecond of the day by which this much (> 0) has been worked."""
        for opens, closes in self._bounds:
            if worked <= closes - opens:
                return opens + worked
            worked -= closes - opens
        raise ValueError("more than a day")


def microsecond_of(at: time) -> int:
    """Return the microsecond of the day."""
    return ((at.hour * 60 + at.minute) * 60 + at.second) * MICROSECONDS + at.microsecond


DEFAULT_HOURS = OfficeHours(((time(8, 30), time(12)), (time(13, 30), time(17, 30))))
