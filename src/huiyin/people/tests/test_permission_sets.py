"""The permission sets the project brings."""

import pytest
from django.utils import translation

from huiyin.people import permission_sets
from huiyin.people.models import PermissionSet
from huiyin.people.permissions import CATALOGUE

pytestmark = pytest.mark.django_db

CODES = {
    "grid_worker",
    "village_clerk",
    "centre_clerk",
    "department_clerk",
    "hotline_agent",
    "petition_clerk",
    "mediator",
    "leader",
    "unit_admin",
    "city_admin",
    "auditor",
}

LEADER = {
    "people.see",
    "log.read",
    "extension.approve",
    "supervision.order",
    "insight.see",
    "insight.screens",
    "hotline.decide",
    "knowledge.publish",
    "matter.export_clear",
    "roster.keep",
}


def held():
    return {row.pk: set(row.permissions) for row in PermissionSet.objects.all()}


def test_every_kind_of_post_has_its_set_after_migrations():
    assert held().keys() == CODES
    assert {code: sets for code, sets in held().items() if sets} == {
        "centre_clerk": {
            "insight.see",
            "insight.screens",
            "supervision.order",
            "matter.hand_over",
            "matter.merge",
            "matter.reclassify",
            "roster.keep",
            "knowledge.write",
        },
        "department_clerk": {"knowledge.write"},
        "hotline_agent": {
            "hotline.dispatch",
            "hotline.call_back",
            "matter.hand_over",
            "matter.merge",
            "matter.reclassify",
            "knowledge.write",
        },
        "petition_clerk": {
            "matter.hand_over",
            "matter.reclassify",
            "supervision.order",
            "knowledge.write",
        },
        "leader": LEADER,
        "unit_admin": {
            "people.see",
            "people.administer",
            "people.reveal",
            "log.read",
            "services.offer",
            "roster.keep",
        },
        "city_admin": {
            "people.see",
            "people.see_all",
            "people.administer",
            "people.administer_all",
            "people.reveal",
            "log.read",
            "services.edit",
            "knowledge.write",
            "knowledge.publish",
            "notices.administer",
            "system.watch",
            "matter.redact",
            "terms.edit",
            "units.administer",
            "registers.edit",
        },
        "auditor": {"people.see", "people.see_all", "log.read", "log.read_all", "matter.hold"},
    }


def test_every_permission_is_given_by_some_set():
    assert set().union(*held().values()) == set(CATALOGUE)


def test_syncing_puts_right_what_differs_and_leaves_the_rest():
    PermissionSet.objects.create(code="own", name_zh="自定", name_en="Own", permissions=[])
    PermissionSet.objects.filter(pk="leader").update(permissions=["people.administer_all"])
    PermissionSet.objects.filter(pk="auditor").delete()

    permission_sets.sync()
    history = PermissionSet.objects.get(pk="leader").events.count()
    permission_sets.sync()

    assert held().keys() == CODES | {"own"}
    assert held()["leader"] == LEADER
    assert PermissionSet.objects.get(pk="leader").events.count() == history


@pytest.mark.parametrize(
    ("language", "name"), [("zh-hans", "单位管理员"), ("en", "Unit administrator")]
)
def test_a_set_has_a_name_in_both_languages(language, name):
    with translation.override(language):
        assert permission_sets.name_of(PermissionSet.objects.get(pk="unit_admin")) == name


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_permission_has_a_label_in_both_languages(language):
    with translation.override(language):
        labels = {code: str(permission.label) for code, permission in CATALOGUE.items()}

    chinese = {code for code, label in labels.items() if not label.isascii()}
    assert chinese == (set(CATALOGUE) if language == "zh-hans" else set())
