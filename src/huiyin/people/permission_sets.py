"""The permission sets the project brings, from data/permission_sets.yaml into the database."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language

from huiyin.people.models import PermissionSet
from huiyin.people.permissions import CATALOGUE

FILE = Path(__file__).parent / "data" / "permission_sets.yaml"


@cache
def built_in() -> tuple[dict[str, Any], ...]:
    """Return the rows of the file. Raises ValueError for a permission nobody knows."""
    rows = []
    for code, given in yaml.safe_load(FILE.read_text(encoding="utf-8")).items():
        unknown = set(given["permissions"]) - set(CATALOGUE)
        if unknown:
            raise ValueError(f"{code} names unknown permissions: {', '.join(sorted(unknown))}")
        rows.append(
            {
                "code": code,
                "name_zh": given["zh"],
                "name_en": given["en"],
                "permissions": sorted(given["permissions"]),
            }
        )
    return tuple(rows)


def sync() -> None:
    """Bring the sets of the file into the database; write only what differs, delete nothing.

    Runs after every migration. Sets a city has added itself stay as they are.
    """
    held = {row["code"]: row for row in PermissionSet.objects.values()}
    for row in built_in():
        if held.get(row["code"]) != row:
            PermissionSet.objects.update_or_create(code=row["code"], defaults=row)


def name_of(permission_set: PermissionSet) -> str:
    """Return the name of a set in the language of the page."""
    zh = (get_language() or "zh").startswith("zh")
    return permission_set.name_zh if zh else permission_set.name_en
