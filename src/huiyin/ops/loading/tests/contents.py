"""What the database says about the city, by codes: the same for the same files, however loaded."""

from typing import Any

from huiyin.categories.models import Category, TermValue
from huiyin.people.models import Account, GridWorker, Mediator, Post
from huiyin.places.models import Boundary, Place, PlaceVersion
from huiyin.units.models import Duty, Unit, UnitOfficer


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Everything a load writes, without ids and times."""
    dates = ("valid_from", "valid_to")
    return {
        "places": _rows(
            Place,
            *(
                "code",
                "name",
                "kind",
                "level",
                "parent__code",
                "overlay_parent__code",
                "city__code",
            ),
            *("county__code", "town__code", "village__code", "full_name", "pinyin", "initials"),
            *("lon", "lat", "households", "is_all_purpose", "keys__keys", *dates),
        ),
        "versions": _rows(PlaceVersion, "place__code", "code", "name", "parent__code", *dates),
        "boundaries": _rows(Boundary, "place__code", "geometry", "source", "licence", "as_of"),
        "categories": _rows(Category, "code", "parent__code", "name_zh", "owner_kind", "urgency"),
        "terms": _rows(
            TermValue,
            *("term_id", "term__title_zh", "term__locked", "amount", "unit", "category__code"),
            *("level", "place_code", "law_zh", "article", *dates),
        ),
        "units": _rows(
            Unit,
            *("code", "name", "short_name", "pinyin", "initials", "kind", "function", "level"),
            *("committee_kind", "place__code", "superior__code", "host__code", "uscc", "phone"),
            *("address", "opening_hours", *dates),
        ),
        "officers": _rows(UnitOfficer, "unit__code", "role", "name", "phone", *dates),
        "duties": _rows(
            Duty, "unit__code", "category__code", "place__code", "basis", "item_no", *dates
        ),
        "accounts": [
            (account.username, account.name, account.phone, account.must_change_password)
            for account in Account.objects.order_by("username")
        ],
        "posts": _rows(
            Post,
            *("ref", "account__username", "unit__code", "permission_set_id", "title"),
            *("is_default", *dates),
        ),
        "workers": _rows(
            GridWorker,
            *("ref", "grid__code", "role", "name", "public_phone", "account__username", *dates),
        ),
        "mediators": _rows(
            Mediator, "ref", "committee__code", "kind", "name", "account__username", *dates
        ),
    }


def _rows(model: Any, *names: str) -> list[tuple[Any, ...]]:
    return sorted(model.objects.order_by().values_list(*names), key=repr)
