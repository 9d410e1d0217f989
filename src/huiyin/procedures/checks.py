"""Checks that need the city's lists: an action names them under `checks`; the fields they read.

The engine knows their names alone; `huiyin.matters.asking` asks them when it has said yes.
"""

from collections.abc import Mapping
from typing import Final

from huiyin.procedures.language import FieldType

CHECKS: Final[Mapping[str, Mapping[str, FieldType]]] = {
    "return_reasons": {
        "reason": FieldType.CHOICE,
        "basis": FieldType.TEXT,
        "right_unit": FieldType.UNIT,
    },
}
