"""The people of the demo city, as rows of a `people` load file: all of them invented."""

from collections.abc import Iterator, Sequence
from functools import cache

from huiyin.ops.demo.departments import SMALL
from huiyin.ops.demo.divisions import CITY, villages
from huiyin.ops.demo.logins import PRINTED_BY_REF, SECOND_POSTS
from huiyin.ops.demo.names import chosen, mobile, number, person
from huiyin.ops.demo.plan import (
    FULL_TIME_IN_A_TOWN,
    MOST_MEDIATORS,
    Grid,
    grids,
    village_committees,
)
from huiyin.ops.demo.scope import Scope
from huiyin.ops.demo.units import unit_code

Row = dict[str, str]

ACCOUNTS = 10_758  # 8,387 full-time grid workers and 2,371 others
VILLAGE_CLERKS = 330  # what the other posts leave of the 2,371: every community, some villages

_COLUMNS = (
    "ref",
    "name",
    "role",
    "login",
    "phone",
    "unit_code",
    "grid_code",
    "permission_set",
    "title",
    "public_phone",
    "is_default",
    "valid_from",
    "valid_to",
)
_EMPTY = dict.fromkeys(_COLUMNS, "")

# Posts of a unit by its kind and level: permission set, title, how many.
_BODY = (("department_clerk", "经办人", 1), ("unit_admin", "系统管理员", 1))
_CITY_BODY = (
    ("department_clerk", "经办人", 2),
    ("unit_admin", "系统管理员", 1),
    ("leader", "主要负责人", 1),
)
_CLERK = (("department_clerk", "经办人", 1),)
_POSTS = {
    ("governance_centre", "city"): (
        ("centre_clerk", "值守员", 6),
        ("unit_admin", "系统管理员", 1),
        ("leader", "主任", 1),
        ("city_admin", "市级管理员", 1),
    ),
    ("governance_centre", "county"): (
        ("centre_clerk", "值守员", 4),
        ("unit_admin", "系统管理员", 1),
        ("leader", "主任", 1),
    ),
    ("governance_centre", "town"): (
        ("centre_clerk", "值守员", 1),
        ("unit_admin", "系统管理员", 1),
        ("leader", "主任", 1),
    ),
    ("hotline_centre", "city"): (
        ("hotline_agent", "话务员", 24),
        ("unit_admin", "系统管理员", 1),
        ("leader", "主任", 1),
    ),
    ("hotline_centre", "county"): (("hotline_agent", "派单员", 3), ("leader", "主任", 1)),
    ("petition_office", "city"): (
        ("petition_clerk", "接访员", 6),
        ("unit_admin", "系统管理员", 1),
        ("leader", "局长", 1),
    ),
    ("petition_office", "county"): (("petition_clerk", "接访员", 2), ("leader", "局长", 1)),
    ("department", "city"): _CITY_BODY,
    ("department", "county"): _BODY,
    ("committee_office", "city"): _CITY_BODY,
    ("committee_office", "county"): _BODY,
    ("utility", "city"): _CLERK,
    ("utility", "county"): _CLERK,
    ("enforcement_team", "county"): _CLERK,
    ("enforcement_team", "town"): _CLERK,
    ("court", "county"): (("department_clerk", "诉调对接员", 1),),
    ("town_office", "town"): (("leader", "分管负责人", 1),),
}
# Beyond its kind: who leads social governance in a county, who audits.
_MORE_POSTS = {
    "politics_law": {"county": (("leader", "分管领导", 1),)},
    "audit": {"city": (("auditor", "审计员", 1),)},
}


def people_rows(scope: Scope, units: Sequence[Row]) -> Iterator[Row]:
    """Give the people of the loaded places and units: grid workers, staff, mediators."""
    for grid in grids():
        if grid.village in scope.codes:
            yield from _workers(grid)
    for unit in units:
        yield from _staff(unit)
    for unit in units:
        if unit["kind"] == "mediation_committee":
            yield from _mediators(unit)


def _workers(grid: Grid) -> Iterator[Row]:
    def worker(letter: str, role: str, **more: str) -> Row:
        ref = f"{grid.code}-{letter}"
        return {
            **_EMPTY,
            "ref": ref,
            "name": person(ref),
            "role": role,
            "grid_code": grid.code,
            **more,
        }

    yield worker("L", "leader", public_phone=mobile(1, grid.index * 10))
    if grid.full_time:
        line = mobile(1, grid.index * 10 + 1)
        yield _with_account(
            worker(
                "F",
                "full_time",
                unit_code=unit_code("VC", grid.village),
                permission_set="grid_worker",
                title="专职网格员",
                public_phone=line,
                phone=line,
                login=f"w{grid.code.removeprefix(CITY[:4])}",
            )
        )
    if grid.part_time:
        yield worker("P", "part_time", public_phone=mobile(1, grid.index * 10 + 2))
    if grid.volunteer:
        yield worker("V", "volunteer")


def _staff(unit: Row) -> Iterator[Row]:
    code, level = unit["code"], unit["level"]
    is_small = level == "county" and unit["function"] in SMALL
    posts = [
        *(_CLERK if is_small else _POSTS.get((unit["kind"], level), ())),
        *_MORE_POSTS.get(unit["function"], {}).get(level, ()),
    ]
    if unit["kind"] == "village_committee" and unit["place_code"] in _villages_with_clerk():
        posts.append(("village_clerk", "网格管理员", 1))
    no = 0
    for permission_set, title, many in posts:
        for _ in range(many):
            no += 1
            ref = f"{code}-{no}"
            row = _with_account(
                {
                    **_EMPTY,
                    "ref": ref,
                    "name": _known_name(unit, title, first=no == 1) or person(ref),
                    "role": "staff",
                    "login": ref.lower(),
                    "phone": _own_number(ref),
                    "unit_code": code,
                    "permission_set": permission_set,
                    "title": title,
                }
            )
            yield row
            for post in SECOND_POSTS:
                if post.of_ref == ref:
                    yield {
                        **row,
                        "ref": post.ref,
                        "unit_code": post.unit_code,
                        "permission_set": post.permission_set,
                        "title": post.title,
                        "is_default": "",
                    }


def _known_name(unit: Row, title: str, *, first: bool) -> str:
    """The officers whom the directory names have accounts too."""
    if title in ("主任", "局长", "主要负责人", "分管负责人"):
        return unit["head_name"]
    if title == "分管领导":
        return unit["leader_in_charge_name"]
    return unit["liaison_name"] if first else ""


def _mediators(unit: Row) -> Iterator[Row]:
    code = unit["code"]
    kind = unit["committee_kind"]
    if kind == "village":
        many, full_time = village_committees()[unit["place_code"]]
    else:
        many = MOST_MEDIATORS
        full_time = FULL_TIME_IN_A_TOWN if kind == "town" else many
    for no in range(1, many + 1):
        ref = f"{code}-m{no}"
        row = {
            **_EMPTY,
            "ref": ref,
            "name": unit["head_name"] if no == 1 else person(ref),
            "role": "mediator_full_time" if no <= full_time else "mediator_part_time",
            "unit_code": code,
            "title": "主任" if no == 1 else "",
        }
        if no == 1 and kind != "village":
            row |= {
                "login": ref.lower(),
                "phone": _own_number(ref),
                "permission_set": "mediator",
            }
            row = _with_account(row)
        yield row


def _with_account(row: Row) -> Row:
    """Give the account its default post, and a printed login where it is one."""
    row["is_default"] = "yes"
    printed = PRINTED_BY_REF.get(row["ref"])
    if printed is not None:
        row |= {"login": printed.username, "phone": printed.phone}
    return row


def _own_number(ref: str) -> str:
    left = number("mobile/" + ref)
    return mobile(2 + left % 8, left // 8 % 10_000_000)


@cache
def _villages_with_clerk() -> frozenset[str]:
    communities = frozenset(v.code for v in villages() if v.kind == "community")
    rest = [v.code for v in villages() if v.kind == "village"]
    return communities | chosen(rest, VILLAGE_CLERKS - len(communities), salt="village clerk")
