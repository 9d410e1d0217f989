"""An SMS gateway that cannot be reached is left alone for a moment: its messages wait untried.

Without that each of them would be tried by itself, eight times. One message finds out whether the
gateway is back; then all go out.
"""

from datetime import datetime, timedelta
from typing import Final

FIRST_REST: Final = timedelta(seconds=20)
LONGEST_REST: Final = timedelta(minutes=5)


class Outage:
    """Since when a gateway cannot be reached, and until when nobody tries; of one process."""

    def __init__(self) -> None:
        self._began: datetime | None = None
        self._until: datetime | None = None
        self._rest = FIRST_REST

    def rests(self, at: datetime) -> bool:
        """Tell whether nothing is to be sent at an instant."""
        if self._began is None or self._until is None:
            return False
        return self._began <= at < self._until

    def found(self, at: datetime) -> None:
        """Note that the gateway could not be reached; each time the rest is twice as long."""
        self._began, self._until = at, at + self._rest
        self._rest = min(2 * self._rest, LONGEST_REST)

    def over(self) -> None:
        """Note that the gateway has answered."""
        self._began = self._until = None
        self._rest = FIRST_REST
