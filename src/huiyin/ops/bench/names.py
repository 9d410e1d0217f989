"""What the cases are called: known before there is a database."""

from typing import Final

CASES: Final = (
    "inbox", "filter", "search", "deep", "matter", "report", "export", "login", "intake", "act",
    "lifecycle",
)  # fmt: skip
