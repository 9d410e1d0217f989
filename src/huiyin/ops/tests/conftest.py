import shutil
import subprocess

import pytest

from huiyin.ops.tests.instances import Instance


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
    """A copy of the migrated installation, with the same keys."""
    source, target = template.cluster().layout, instance.cluster().layout
    instance.var.mkdir()
    shutil.copy2(template.var / "keys.json", instance.var / "keys.json")
    target.base.mkdir(parents=True)
    target.base.chmod(0o755)
    for name in ("data", "passwords.json"):
        subprocess.run(["cp", "-a", source.base / name, target.base / name], check=True)
    return instance
