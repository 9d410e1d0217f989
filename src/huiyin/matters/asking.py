"""Checks that an action names and that need the city's lists; asked after the engine."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from huiyin.dispatch.returns import check_return
from huiyin.people.actors import Actor as Account
from huiyin.procedures.language import Action
from huiyin.procedures.runs import Values

Check = Callable[[Values, Account, datetime], None]


def return_reasons(form: Values, by: Account, at: datetime) -> None:
    """Sending work back says what its reason asks for: legal basis, and the unit believed right.

    At most two queries. Raises what `dispatch.returns.check_return` raises.
    """
    if by.unit_id is None:
        return  # a person or the system has nothing to send back
    right = form.get("right_unit")
    check_return(
        code=str(form.get("reason", "")),
        basis=str(form.get("basis") or ""),
        right_unit_id=UUID(str(right)) if right else None,
        unit_id=by.unit_id,
        on=timezone.localdate(at),
    )


CHECKS: Final[Mapping[str, Check]] = {"return_reasons": return_reasons}


def ask(rule: Action | None, form: Values, *, by: Account, at: datetime) -> None:
    """Ask every check that an action names; what is refused is raised."""
    for name in rule.checks if rule else ():
        CHECKS[name](form, by, at)
