"""The registers at /admin/: four models, by the verbs of our pages, under their own policy."""

import pytest
from django.urls import reverse

from huiyin.units.models import UnitKind
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_category, a_city, a_post, a_unit, an_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    """The city's administrator, with a unit."""
    account = an_account("sun")
    unit = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, a_city()["德州市"], "综治中心")
    a_post(account, unit, "city_admin")
    return client_of(session_of(account))


def test_index(admin):
    a_category("01", "市容环卫")
    for name in ("index", "categories_category_changelist", "categories_category_add"):
        assert admin.get(reverse(f"admin:{name}")).status_code == 200
