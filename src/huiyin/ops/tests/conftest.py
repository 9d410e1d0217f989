import pytest

from huiyin.ops.tests.instances import Instance


@pytest.fixture
def instance(tmp_path):
    """An installation in a folder of its own; nothing is running yet."""
    made = Instance(tmp_path / "var")
    yield made
    made.cleanup()
