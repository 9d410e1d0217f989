"""Pauses: intervals in which a limit does not run."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


class PauseError(ValueError):
    """A pause that cannot be; the text says what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Pause:
    """From an instant to an instant; still running while `to_at` is None."""

    from_at: datetime
    to_at: datetime | None = None

    def __post_init__(self) -> None:
        for name, at in (("begins", self.from_at), ("ends", self.to_at)):
            if at is not None and at.tzinfo is None:
                raise PauseError(f"a pause that {name} at {at} needs a time zone: give it one.")
        if self.to_at is not None and self.to_at < self.from_at:
            raise PauseError(
                f"a pause from {self.from_at.isoformat()} cannot end before, at "
                f"{self.to_at.isoformat()}: exchange the two."
            )


def merged(pauses: Iterable[Pause], *, start: datetime) -> list[Pause]:
    """Return what of the pauses lies after the start, in order, overlapping ones as one, in UTC."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.from_at):
        from_at = max(pause.from_at, start).astimezone(UTC)
        to_at = pause.to_at and pause.to_at.astimezone(UTC)
        if to_at is not None and to_at <= from_at:
            continue  # over before the start, or of no length
        if not found or (found[-1].to_at is not None and from_at > found[-1].to_at):
            found.append(Pause(from_at, to_at))
        elif found[-1].to_at is not None and (to_at is None or to_at > found[-1].to_at):
            found[-1] = Pause(found[-1].from_at, to_at)
    return found
