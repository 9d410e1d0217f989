"""The demo catalogue of services, and when some county departments come to residents."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

Row = dict[str, str]
FILE: Final = Path(__file__).parent / "data" / "services.csv"
# By the function of a department: which services it comes for, on which days, from and until.
OFFERS: Final = {
    "justice": (("FW-01", "FW-02"), ("tue", "thu"), "09:00", "11:00"),
    "civil_affairs": (("FW-08", "FW-09"), ("mon", "wed", "fri"), "08:30", "11:30"),
    "agriculture": (("FW-26", "FW-27"), ("mon", "tue", "wed", "thu", "fri"), "08:30", "11:30"),
}


def service_rows() -> list[Row]:
    """Return the catalogue as rows of a load."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slot_rows(units: Sequence[Row]) -> Iterator[Row]:
    """Give the times at which departments of counties come."""
    for unit in units:
        offer = OFFERS.get(unit.get("function", ""))
        if offer is None or unit["kind"] != "department" or unit["level"] != "county":
            continue
        services, weekdays, starts, ends = offer
        for service in services:
            for weekday in weekdays:
                yield {
                    "unit_code": unit["code"],
                    "service_code": service,
                    "weekday": weekday,
                    "starts": starts,
                    "ends": ends,
                    "capacity": "2",
                }
