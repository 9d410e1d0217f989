"""Headers that operations read."""

from typing import Annotated

from ninja import Header

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=120,
        pattern=r"^[!-~]*$",
        description="Chosen by you: the same key again gives the first answer.",
    ),
]
