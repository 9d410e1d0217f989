"""What is read again and again and hardly ever changes: kept for moments, not longer."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from django.conf import settings

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Answers that are asked for anew after some seconds; `most` of them at once.

    Another process may give the old answer for as long: say so where that is seen. Tests ask each
    time, unless they give `seconds` themselves.
    """

    def __init__(self, seconds: float, *, most: int = 500, also_in_tests: bool = False) -> None:
        self._seconds, self._most = seconds, most
        self._is_on = also_in_tests or settings.HUIYIN.mode != "test"
        self._known: dict[K, tuple[float, V]] = {}

    def get(self, key: K, ask: Callable[[], V]) -> V:
        """Return the answer for a key, by asking where it is not kept."""
        if not self._is_on:
            return ask()
        now, known = time.monotonic(), self._known.get(key)
        if known is not None and known[0] > now:
            return known[1]
        answer = ask()
        self.keep(key, answer)
        return answer

    def known(self, key: K) -> V | None:
        """Return what is kept under a key, None for nothing."""
        known = self._known.get(key)
        return known[1] if known is not None and known[0] > time.monotonic() else None

    def keep(self, key: K, answer: V) -> None:
        """Keep an answer that was found without being asked for; not in tests."""
        if self._is_on:
            if len(self._known) >= self._most:
                self.forget()
            self._known[key] = time.monotonic() + self._seconds, answer

    def forget(self) -> None:
        """Forget everything, after a change."""
        self._known.clear()
