"""The password of the printed logins: made once, kept for its owner only."""

import re
from concurrent.futures import ThreadPoolExecutor

from huiyin.ops.demo.passwords import FILE, demo_password


def test_the_password_is_made_once_and_can_be_read_aloud(tmp_path):
    password, is_new = demo_password(tmp_path)

    assert re.fullmatch(r"[a-km-np-z2-9]{4}(-[a-km-np-z2-9]{4}){2}", password)
    assert is_new
    assert demo_password(tmp_path) == (password, False)


def test_another_installation_has_another_password(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert demo_password(tmp_path / "a")[0] != demo_password(tmp_path / "b")[0]


def test_only_the_owner_can_read_the_file(tmp_path):
    demo_password(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert oct((tmp_path / FILE).stat().st_mode & 0o777) == "0o600"


def test_those_that_start_at_once_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: demo_password(tmp_path), range(8)))

    assert len({password for password, _ in found}) == 1
    assert [is_new for _, is_new in found].count(True) == 1
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
