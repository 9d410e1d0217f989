"""Who takes which test file, when several workers share a run."""

from pathlib import Path

from huiyin.ops import sharing
from huiyin.ops.sharing import chosen, folder_of

TESTS = "src/huiyin/{}/tests/test_{}.py".format
START, JOURNEY = TESTS("web", "start"), TESTS("notices", "in_browser")
BACKUP, RESET, GRID = TESTS("ops", "backup"), TESTS("ops", "reset"), TESTS("grid", "grid")


def test_the_first_two_begin_with_different_folders_and_what_takes_long():
    waiting = [GRID, RESET, START, JOURNEY]

    first = chosen(waiting, [], [])
    second = chosen(waiting, [], [[first]])

    assert (first, second) == (JOURNEY, RESET)


def test_a_worker_keeps_to_the_folders_it_has_been_in():
    assert chosen([GRID, START, BACKUP], [RESET], [[RESET], [JOURNEY]]) == BACKUP


def test_it_goes_on_where_nobody_has_been_and_helps_only_then():
    assert chosen([START, GRID], [BACKUP], [[BACKUP], [JOURNEY]]) == GRID
    assert chosen([START], [BACKUP, GRID], [[BACKUP, GRID], [JOURNEY]]) == START


def test_every_name_in_the_order_is_one_of_a_folder_or_of_files():
    root = Path(sharing.__file__).parents[1]
    files = [str(file) for file in root.glob("**/tests/**/test_*.py")]

    assert set(sharing.FOLDERS) <= {folder_of(file) for file in files}
    assert [name for name in sharing.LONG if not any(name in file for file in files)] == []
