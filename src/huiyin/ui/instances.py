"""Instances of models out of rows that were just read: what `from_db` makes, without its detours.

Django sets every field through its descriptor and sends two signals for each instance. Where
nothing listens and a model makes nothing of its own of that, the values go straight into place;
what was not read stays deferred, as ever.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

Maker = Callable[[Sequence[Any]], Model]
_PLAIN = (DeferredAttribute, ForeignKeyDeferredAttribute)


def maker_of(model: type[Model], names: Sequence[str]) -> Maker:
    """Return what makes an instance of the values of these fields, which are named as columns are.

    The signals are looked at now: whoever listens to them later is not told.
    """
    if not _is_plain(model):
        return lambda values: model.from_db(DEFAULT_DB_ALIAS, names, values)

    def made(values: Sequence[Any]) -> Model:
        found = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        found._state = state
        found.__dict__.update(zip(names, values, strict=True))
        return found

    return made


def _is_plain(model: type[Model]) -> bool:
    """Tell whether making an instance is nothing but keeping its values."""
    has_own_way = (
        model.__init__ is not Model.__init__
        or model.__new__ is not Model.__new__
        or model.from_db.__func__ is not Model.from_db.__func__  # type: ignore[attr-defined]  # a method
    )
    return (
        not has_own_way
        and not pre_init.has_listeners(model)
        and not post_init.has_listeners(model)
        and all(
            type(vars(one.model).get(one.attname)) in _PLAIN for one in model._meta.concrete_fields
        )
    )
