import pytest

from huiyin.ops.demo.tests.generated import generated


@pytest.fixture(scope="session")
def full():
    return generated("full")


@pytest.fixture(scope="session")
def small():
    return generated("small")


@pytest.fixture(scope="session", params=("full", "small"))
def either(request):
    return request.getfixturevalue(request.param)
