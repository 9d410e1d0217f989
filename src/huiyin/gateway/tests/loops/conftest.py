"""The story that every test of this folder tells."""

import pytest

from huiyin.gateway.tests.loops.story import Story


@pytest.fixture
def tell(db, monkeypatch):
    """Begin a story at a local moment."""
    return lambda begins: Story(monkeypatch, begins)
