"""After a test that commits the database is as new."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from huiyin.ui.tests.contents import Contents


@pytest.mark.django_db
def test_what_was_added_changed_or_taken_away_is_as_it_was():
    before = list(ContentType.objects.order_by("pk").values_list())
    contents = Contents()

    ContentType.objects.filter(pk=before[0][0]).delete()
    ContentType.objects.filter(pk=before[1][0]).update(model="another")
    ContentType.objects.create(app_label="ui", model="more")
    contents.restore()

    assert list(ContentType.objects.order_by("pk").values_list()) == before


@pytest.mark.django_db
def test_triggers_and_foreign_keys_hold_again_afterwards():
    Contents().restore()

    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)
