"""How the workers of a test run share the files: each keeps to what it has made ready.

A browser with its demo city, a migrated installation, the plan of a whole city: such things take
longer than many tests and are made once in each worker that needs them. So a worker that is free
takes a file of a folder it has been in; then one of a folder nobody has been in; then any. What
takes longest comes first, so that no worker waits for a last long file.
"""

from collections.abc import Iterable

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# Folders by how long they take, and files that take long within theirs: these begin.
FOLDERS = ("web", "ops", "ops/demo", "gateway", "matters", "procedures")
LONG = ("_browser", "test_who_sees_what", "test_access_table", "test_schema", "test_releases")


def folder_of(file: str) -> str:
    """Return the folder that a test file counts for; every browser test counts for `web`."""
    if "browser" in file.rpartition("/")[2]:
        return "web"
    return file.rpartition("/tests/")[0].partition("huiyin/")[2]


def order(file: str) -> tuple[int, bool]:
    """Return what to sort files by: those that take long come first."""
    folder = folder_of(file)
    place = FOLDERS.index(folder) if folder in FOLDERS else len(FOLDERS)
    return place, not any(name in file for name in LONG)


class Sharing(LoadFileScheduling):  # type: ignore[misc]
    """Gives out files one at a time."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        file = chosen(self.workqueue, self.assigned_work[node], self.assigned_work.values())
        self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)


def chosen(waiting: Iterable[str], own: Iterable[str], all_given: Iterable[Iterable[str]]) -> str:
    """Return which of the waiting files a worker takes, by what it and all of them were given."""
    mine = {folder_of(file) for file in own}
    begun = {folder_of(file) for given in all_given for file in given}

    def by(file: str) -> tuple[int, tuple[int, bool]]:
        folder = folder_of(file)
        return 0 if folder in mine else 1 if folder not in begun else 2, order(file)

    return min(waiting, key=by)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    """Share the files of a run with several workers."""
    return Sharing(config, log)
