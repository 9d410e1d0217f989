"""What a person was told of the use of their data, and the record that they were (PIPL art. 17)."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

import yaml

from huiyin.matters.models import Run
from huiyin.matters.notice_shown import note_notice
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.procedures.language import Words


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice about the use of data, in one version, word for word."""

    name: str
    version: int
    in_force_from: date
    words: Words

    def __str__(self) -> str:
        return said(self.words)


@cache
def all_versions() -> dict[str, tuple[Shown, ...]]:
    """Return every notice with its versions, the newest first."""
    text = (files("huiyin") / "web/data/shown.yaml").read_text(encoding="utf-8")
    return {
        name: tuple(
            sorted(
                (
                    Shown(name, row["version"], row["in_force_from"], Words(row["zh"], row["en"]))
                    for row in rows
                ),
                key=lambda one: -one.version,
            )
        )
        for name, rows in yaml.safe_load(text).items()
    }


def in_force(name: str, *, on: date) -> Shown:
    """Return the version of a notice that is shown on a day. Raises KeyError for an unknown one."""
    return next(one for one in all_versions()[name] if one.in_force_from <= on)


def note(run: Run, notice: Shown, *, by: Actor, at: datetime) -> None:
    """Record on the timeline of a run which notice its person was shown; its matter is locked."""
    note_notice(run, notice=notice.name, version=notice.version, by=by, at=at)
