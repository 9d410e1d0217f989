"""The rows of the demo city, for its tests."""

import csv
from pathlib import Path

import huiyin.categories
from huiyin.ops.demo.duties import duty_rows
from huiyin.ops.demo.people import people_rows
from huiyin.ops.demo.places import boundary_rows, place_rows
from huiyin.ops.demo.scope import scope
from huiyin.ops.demo.services import service_rows, slot_rows
from huiyin.ops.demo.units import unit_rows

CATEGORIES = Path(huiyin.categories.__file__).parent / "data" / "categories.csv"


def categories():
    with CATEGORIES.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def generated(scale):
    part = scope(scale)
    units = list(unit_rows(part))
    return {
        "places": list(place_rows(part)),
        "boundaries": list(boundary_rows(part)),
        "units": units,
        "duties": list(duty_rows(units, categories())),
        "services": service_rows(),
        "slots": list(slot_rows(units)),
        "people": list(people_rows(part, units)),
    }
