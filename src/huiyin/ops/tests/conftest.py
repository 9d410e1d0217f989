import pytest

from huiyin.ops.tests.instances import Instance, copied


@pytest.fixture
def instance(tmp_path):
    """An installation in a folder of its own; nothing is made or running yet."""
    made = Instance(tmp_path / "var")
    yield made
    made.cleanup()


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """An installation that was migrated once for all tests of this process; it is not running."""
    made = Instance(tmp_path_factory.mktemp("template") / "var")
    done = made.run("migrate")
    assert done.returncode == 0, done.stderr
    yield made
    made.cleanup()


@pytest.fixture
def migrated(template, instance):
    """A copy of the migrated installation."""
    return copied(template, instance)
