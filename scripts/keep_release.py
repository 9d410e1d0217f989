"""Keep a small database of this version, so that later versions are tested against it.

    python scripts/keep_release.py NAME   writes NAME.tar and NAME.keys.json among the tests of ops

Run it once when a version is released; never again for the same name. The city in it is the small
demo; the keys open nothing else.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from huiyin.config import load_config
from huiyin.ops.installation import without_django
from huiyin.ops.postgres.cluster import APP_ROLE, Cluster

RELEASES = Path(__file__).resolve().parents[1] / "src/huiyin/ops/tests/releases"


def run(*arguments: str, environ: dict[str, str]) -> None:
    """Run a module of Huiyin to its end. Raises CalledProcessError."""
    subprocess.run([sys.executable, "-m", *arguments], env=environ, check=True)


def keep(name: str) -> Path:
    """Load the small demo city into a new installation and back it up. Raises FileExistsError."""
    target = RELEASES / f"{name}.tar"
    if target.exists():
        raise FileExistsError(f"{target.name} is kept already; a release does not change")
    RELEASES.mkdir(exist_ok=True)
    var = Path(tempfile.mkdtemp(prefix="huiyin-release-"))
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HUIYIN_") and name != "DATABASE_URL"
    } | {"HUIYIN_MODE": "demo", "HUIYIN_VAR": str(var)}
    os.environ.clear()
    os.environ.update(environ)
    try:
        config = load_config(os.environ)
        with without_django(config, exclusive=True) as found:
            urls = {"DATABASE_URL": found.urls.app, "HUIYIN_OWNER_DATABASE_URL": found.urls.owner}
            more = {"HUIYIN_APP_ROLE": APP_ROLE, "DJANGO_SETTINGS_MODULE": "huiyin.settings"}
            run("huiyin.ops.prepare_demo", "small", environ={**environ, **urls, **more})
        run("huiyin.ops.cli", "backup", str(target), environ=environ)
        shutil.copyfile(var / "keys.json", RELEASES / f"{name}.keys.json")
    finally:
        Cluster(var=var).remove()
        shutil.rmtree(var, ignore_errors=True)
    return target


if __name__ == "__main__":
    print(keep(sys.argv[1]))
