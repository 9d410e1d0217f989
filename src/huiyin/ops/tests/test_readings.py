"""The checks of /ready, as the city's administrator reads them."""

import pytest
from django.utils.translation import override

from huiyin.ops.readings import readings


@pytest.mark.django_db
def test_a_missing_worker_is_said_with_what_to_do():
    with override("en"):
        found = {str(reading.name): (reading.well, str(reading.words)) for reading in readings()}

    assert found == {
        "Database": (True, "It answers."),
        "Version of the database": (True, "It fits this version of Huiyin."),
        "Background work": (False, "No worker is running. Start one: huiyin worker"),
        "Limits": (True, "People are told of them in time."),
        "Room on the disk": (True, "There is enough."),
    }
