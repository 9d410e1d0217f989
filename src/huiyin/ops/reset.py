"""`make reset`: forget all data of this checkout, wherever they are."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from huiyin.config import ConfigError, load_config
from huiyin.ops import cli, locking
from huiyin.ops.errors import OperatorError
from huiyin.ops.postgres.cluster import Cluster
from huiyin.ops.progress import say


def reset(var: Path, *, folder: Path | None) -> None:
    """Delete the data folder and its clusters, those of tests too. Raises OperatorError."""
    homes = [var, *sorted(var.glob("test-*"))]
    clusters = [Cluster(var=home, folder=folder if home == var else None) for home in homes]
    for home in homes:
        if locking.is_held(home):
            raise OperatorError(
                f"{home} is in use (pid {locking.holder(home)}): stop that process first."
            )
    for cluster in clusters:
        cluster.remove()
    shutil.rmtree(var, ignore_errors=True)


def main() -> None:
    """Ask, then reset."""
    parser = argparse.ArgumentParser(description="Forget all data of this checkout.")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    given = parser.parse_args()
    try:
        config = load_config(os.environ | {"HUIYIN_MODE": "test"})
    except ConfigError as error:
        raise OperatorError(str(error)) from error
    if not config.var.exists():
        say("There is nothing to forget.")
        return
    if not given.yes:
        sys.stderr.write(
            f"Delete {config.var} with database, files and keys? There is no way back. [yes/no] "
        )
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() != "yes":
            raise OperatorError("Nothing was deleted.")
    reset(config.var, folder=config.postgres_folder)
    say(f"{config.var} is gone; make run starts afresh.")


if __name__ == "__main__":
    cli.guarded(main)
