"""What the writers share: who loads, when, what was found, and what is counted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from huiyin.ops.loading.checks.context import Context
from huiyin.ui.acts import By


@dataclass(slots=True)
class Counts:
    """How many rows of a table were new, changed something, or changed nothing."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Session:
    """One load being written. Ids by code, for the tables that follow."""

    context: Context
    by: By
    at: datetime
    place_ids: dict[str, UUID] = field(default_factory=dict)
    category_ids: dict[str, UUID] = field(default_factory=dict)
    unit_ids: dict[str, UUID] = field(default_factory=dict)


def differs(row: Model, values: dict[str, Any]) -> bool:
    """Set the values on a row; say whether any was another before."""
    found = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            found = True
    return found
