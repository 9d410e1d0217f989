"""Reference data: places, categories, units, procedures, who is responsible. Open to everybody."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router

from huiyin.categories.models import Category
from huiyin.categories.search import suggest
from huiyin.categories.tree import tree
from huiyin.dispatch.responsibility import responsible
from huiyin.dispatch.wording import explain
from huiyin.gateway import refusals, saying
from huiyin.gateway.api.answers import answers
from huiyin.gateway.door import OpenDoor
from huiyin.gateway.schemas.reference import (
    CategoriesOut,
    CategoryOut,
    PlaceOut,
    PlacesOut,
    ProcedureOut,
    ProceduresOut,
    ResponsibleOut,
    UnitOut,
    UnitsOut,
)
from huiyin.gateway.schemas.shared import Level, ProcedureName
from huiyin.places.models import Place, PlaceLevel
from huiyin.places.search import search as search_places
from huiyin.procedures import Procedure, library
from huiyin.procedures.drawing import draw
from huiyin.ui.ready import Ready
from huiyin.units.models import Unit, UnitKind
from huiyin.units.queries import held_on, search_units

router = Router(tags=["Reference"], auth=OpenDoor())
Words = Annotated[str, Query(max_length=120, description="What people type.", example="北城")]
Most = Annotated[int, Query(ge=1, le=50, description="At most so many.")]
PlaceCode = Annotated[str, Path(max_length=32, description="The code.", example="371427002")]
CategoryCode = Annotated[str, Path(max_length=16, description="The code.", example="0101")]


@router.get("/places", response=answers(PlacesOut, signed_in=False), summary="Search places")
def search_for_places(
    request: HttpRequest, q: Words, limit: Most = 20,
    level: Annotated[Level | None, Query(description="Only of this level.")] = None,
) -> Any:  # fmt: skip
    """Find places by name, pinyin, initials or code: 北城, 夏津 北城, beicheng, xjbc, 371427002."""
    levels = None
    if level is not None:
        by_name = {one.name.lower(): one for one in PlaceLevel}
        if level not in by_name:
            raise refusals.Invalid(errors={"query.level": ", ".join(by_name)})
        levels = [by_name[level]]
    found = [hit.place for hit in search_places(q, levels=levels, limit=limit)]
    parents = saying.codes_above(found)
    return {"places": [saying.place_out(place, parents) for place in found]}


@router.get("/places/{code}", response=answers(PlaceOut, 404, signed_in=False), summary="A place")
def show_place(request: HttpRequest, code: PlaceCode) -> Any:
    """Return the place that has a code today."""
    place = place_of(code)
    if place is None:
        raise refusals.NothingHere()
    return saying.place_out(place, saying.codes_above([place]))


@router.get(
    "/categories", response=answers(CategoriesOut, signed_in=False), summary="List categories"
)
def list_categories(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200, description="A resident's words.")] = "",
) -> Any:
    """Return all categories in use by code; with `q` those that fit a resident's own words."""
    if q:
        found = [hit.category for hit in suggest(q, limit=10)]
    else:
        found = [node.category for _, node in sorted(tree().by_code.items())]
    return {"categories": [saying.category_out(category) for category in found]}


@router.get(
    "/categories/{code}", response=answers(CategoryOut, 404, signed_in=False), summary="A category"
)
def show_category(request: HttpRequest, code: CategoryCode) -> Any:
    """Return a category in use."""
    category = category_of(code)
    if category is None:
        raise refusals.NothingHere()
    return saying.category_out(category)


@router.get("/units", response=answers(UnitsOut, signed_in=False), summary="Search units")
def search_for_units(
    request: HttpRequest, q: Words, limit: Most = 20,
    kind: Annotated[UnitKind | None, Query(description="Only of this kind.")] = None,
) -> Any:  # fmt: skip
    """Find units by name, short name, pinyin, initials or code."""
    kinds = None if kind is None else [kind]
    found = search_units(q, on=timezone.localdate(), kinds=kinds, limit=limit)
    return {"units": [saying.unit_out(unit) for unit in found]}


@router.get("/units/{code}", response=answers(UnitOut, 404, signed_in=False), summary="A unit")
def show_unit(
    request: HttpRequest,
    code: Annotated[str, Path(max_length=40, description="The city's own key of it.")],
) -> Any:
    """Return a unit that there is today."""
    units = Unit.objects.filter(held_on(timezone.localdate()), code=code)
    unit = units.select_related("place").first()
    if unit is None:
        raise refusals.NothingHere()
    return saying.unit_out(unit)


@router.get(
    "/responsible", response=answers(ResponsibleOut, 404, signed_in=False),
    summary="Who is responsible",
)  # fmt: skip
def who_is_responsible(
    request: HttpRequest,
    place: Annotated[str, Query(max_length=32, description="The code of a place.")],
    category: Annotated[str, Query(max_length=16, description="The code of a category.")],
) -> Any:
    """Return which unit has to do it, by place and subject, and why."""
    found_place, found_category = place_of(place), category_of(category)
    if found_place is None or found_category is None:
        raise refusals.NothingHere()
    answer = responsible(found_place.pk, found_category.pk, at=timezone.now())
    told = explain(answer)
    unit = answer.unit
    return {
        "unit": {"id": unit.id, "code": unit.code, "name": unit.name} if unit else None,
        "found": answer.found.value,
        "reason": told.reason,
        "others": [f"{name}: {why}" for name, why in told.others],
    }


@router.get(
    "/procedures", response=answers(ProceduresOut, signed_in=False), summary="List procedures"
)
def list_procedures(request: HttpRequest) -> Any:
    """Return all procedures by name."""
    found = sorted(library.procedures().items())
    return {"procedures": [saying.procedure_ref(rules) for _, rules in found]}


@router.get(
    "/procedures/{name}", response=answers(ProcedureOut, 404, signed_in=False),
    summary="A procedure",
)  # fmt: skip
def show_procedure(
    request: HttpRequest, name: Annotated[ProcedureName, Path(description="Its name.")]
) -> Any:
    """Return a procedure with its states, limits and actions, and the form of each."""
    return saying.procedure_out(_procedure(name))


@router.get(
    "/procedures/{name}/picture",
    response=answers(None, 404, signed_in=False),
    summary="The picture of a procedure",
    openapi_extra={
        "responses": {
            200: {
                "description": "The picture.",
                "content": {"image/svg+xml": {"schema": {"type": "string"}}},
            }
        }
    },
)
def draw_procedure(
    request: HttpRequest,
    name: Annotated[ProcedureName, Path(description="Its name.")],
    language: Annotated[Literal["zh", "en"], Query(description="Of the labels.")] = "zh",
    here: Annotated[str, Query(max_length=40, description="A state to be marked.")] = "",
) -> Any:
    """Return the picture of a procedure as SVG, with the state a run is in marked."""
    rules = _procedure(name)
    if here and here not in rules.states:
        raise refusals.Invalid(errors={"query.here": ", ".join(rules.states)})
    return HttpResponse(draw(rules, language=language, here=here), content_type="image/svg+xml")


def place_of(code: str) -> Place | None:
    """Return the place that has a code today."""
    return _OF_CODE.first(code=code)


_OF_CODE: Ready[Place] = Ready(
    lambda code: Place.objects.select_related("city", "county", "town", "village").filter(
        code=code, valid_to=None
    )[:1]
)


def category_of(code: str) -> Category | None:
    """Return a category in use, from the tree in memory."""
    node = tree().by_code.get(code)
    return node.category if node else None


def _procedure(name: str) -> Procedure:
    found = library.procedures().get(name)
    if found is None:
        raise refusals.NothingHere()
    return found
