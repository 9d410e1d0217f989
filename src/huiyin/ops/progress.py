"""What a command tells the operator on the way; it goes to stderr, never among the data."""

import sys


def say(text: str) -> None:
    """Write one line to stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
