"""The lists the project brings, from data/lists.yaml into the database: proposals of ours.

None of it is law (`[default]`): a city changes it. So a migration adds what the database has never
had, and changes and deletes nothing; what a city retires stays retired.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from huiyin.dispatch.models import LadderRule, ReturnReason, UrgentWord

FILE = Path(__file__).parent / "data" / "lists.yaml"


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def words() -> Iterator[UrgentWord]:
    """Yield the words of urgency of the file."""
    for group in _file()["words"]:
        for word in group["words"]:
            yield UrgentWord(
                word=word,
                number=group.get("number", ""),
                hint_zh=group.get("zh", ""),
                hint_en=group.get("en", ""),
            )


def rules() -> Iterator[LadderRule]:
    """Yield the steps of the ladder of the file."""
    for kind, by_urgency in _file()["ladder"].items():
        for urgency, steps in by_urgency.items():
            for step in steps:
                amount, unit = _amount(step.get("after") or step.get("before"))
                for target in step["tell"]:
                    yield LadderRule(
                        clock_kind=kind,
                        urgency=urgency,
                        phase=step["phase"],
                        number=step.get("number", 1),
                        target=target,
                        share=Decimal(step["share"]) if "share" in step else None,
                        amount=amount,
                        unit=unit,
                    )


def reasons() -> Iterator[ReturnReason]:
    """Yield the reasons for sending work back, in their order."""
    for position, (code, given) in enumerate(_file()["return_reasons"].items(), start=1):
        yield ReturnReason(
            code=code,
            name_zh=given["zh"],
            name_en=given["en"],
            needs_basis="basis" in given["needs"],
            needs_right_unit="right_unit" in given["needs"],
            position=position,
        )


def bring() -> None:
    """Add the rows of the file that the database has never had. Runs after every migration."""
    UrgentWord.objects.bulk_create(words(), ignore_conflicts=True)
    LadderRule.objects.bulk_create(rules(), ignore_conflicts=True)
    ReturnReason.objects.bulk_create(reasons(), ignore_conflicts=True)


def _amount(written: str | None) -> tuple[int | None, str]:
    if written is None:
        return None, ""
    amount, _space, unit = written.partition(" ")
    return int(amount), unit
