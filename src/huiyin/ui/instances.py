"""Instances of models, of rows that were just read and of new ones, without Django's detours.

Django sets every field through its descriptor and sends two signals for each instance. Where
nothing listens and a model makes nothing of its own of that, the values go straight into place;
what was not read stays deferred, as ever.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

M = TypeVar("M", bound=Model)
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


def new(model: type[M], **values: Any) -> M:
    """Return what `model(**values)` makes. Raises TypeError for a field that there is not."""
    blank = _blank(model)
    if blank is None:
        return model(**values)
    found = model.__new__(model)
    state = ModelState()
    found._state = state
    put = found.__dict__
    put.update(blank.fixed)
    for name, value in values.items():
        if name in blank.names:
            put[name] = value
        elif (field := blank.related.get(name)) is not None:
            state.fields_cache[name] = value
            put[field.attname] = None
            if value is not None:
                put[field.attname] = getattr(value, field.target_field.attname)
                state.db = DEFAULT_DB_ALIAS  # there is one database
                if not field.remote_field.multiple:
                    field.remote_field.set_cached_value(value, found)
        elif name == "pk":
            put[blank.key] = value
        else:
            raise TypeError(f"{model.__name__} has no field {name!r}")
    for name, default in blank.made:
        if name not in put:
            put[name] = default()
    return found


class _Blank:
    """What an instance has before it is given anything."""

    def __init__(self, model: type[Model]) -> None:
        fields = [one for one in model._meta.concrete_fields if not one.generated]
        self.names = {one.attname for one in fields}
        self.related: dict[str, Any] = {one.name: one for one in fields if one.is_relation}
        self.key = model._meta.pk.attname
        self.made = tuple((one.attname, one.get_default) for one in fields if _is_made(one))
        self.fixed = {one.attname: one.get_default() for one in fields if not _is_made(one)}


def _is_made(field: Any) -> bool:
    """Tell whether each instance has a default of its own, such as an id or a list."""
    return callable(field.default) or field.has_db_default()


@cache
def _blank(model: type[Model]) -> _Blank | None:
    return _Blank(model) if _is_plain(model) else None


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
