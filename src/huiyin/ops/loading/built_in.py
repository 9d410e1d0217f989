"""The categories and limits the project brings, as tables of a load."""

from pathlib import Path

import huiyin.categories
from huiyin.ops.loading.readers import read_file
from huiyin.ops.loading.tables import Table

FOLDER = Path(huiyin.categories.__file__).parent / "data"
NAMES = ("categories", "terms")


def built_in_tables() -> list[Table]:
    """Return the built-in categories and limits."""
    return [read_file(name, FOLDER / f"{name}.csv") for name in NAMES]
