"""What is asked of the benchmark wrongly is said at once, before a city is loaded for it."""

import pytest
from click.testing import CliRunner

from huiyin.ops.bench.names import CASES
from huiyin.ops.commands.bench import command
from huiyin.ops.errors import OperatorError


@pytest.mark.parametrize(
    ("given", "said"), [(["--case", "nope"], ", ".join(CASES)), (["--connections", "a"], "1,8,32")]
)
def test_a_wrong_case_or_number_is_refused_before_there_is_a_folder(tmp_path, given, said):
    folder = tmp_path / "bench"

    done = CliRunner().invoke(command, ["--folder", str(folder), "run", *given])

    assert isinstance(done.exception, OperatorError)
    assert said in str(done.exception)
    assert not folder.exists()
