"""What the cases are called: known before there is a database.

In the order in which they are measured: what leaves work for the worker behind comes last.
"""

from typing import Final

CASES: Final = (
    "inbox", "filter", "sparse", "search", "deep", "matter", "report", "login", "intake", "act",
    "lifecycle", "export",
)  # fmt: skip
