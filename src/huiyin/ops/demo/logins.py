"""Who the demo prints: one login for each kind of user, most of them in 夏津县北城街道."""

from dataclasses import dataclass

from huiyin.ops.demo.names import mobile

DESK = "/desk"
RESIDENT_SIGN_IN = "/sign-in/phone"
RESIDENT_PHONE = mobile(0, 1)


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed login: the reference of its post in the people table, and what it shows."""

    role: str  # the permission set
    ref: str
    username: str
    phone: str
    label_zh: str
    label_en: str


@dataclass(frozen=True, slots=True)
class SecondPost:
    """A further post of the person whose first post is `of_ref`."""

    of_ref: str
    ref: str
    unit_code: str
    permission_set: str
    title: str


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One line that the demo prints: who, what to type, where to start.

    `password` is empty for the resident: the code is shown by the demo's own SMS page.
    """

    role: str
    label_zh: str
    label_en: str
    login: str  # user name, or phone for the resident
    password: str
    path: str


_LINES = (
    ("grid_worker", "371427002009001-F", "grid", "网格员", "Grid worker"),
    ("village_clerk", "VC-371427002009-1", "village", "社区网格管理员", "Village clerk"),
    ("centre_clerk", "GC-371427002-1", "town", "街道综治中心值守员", "Town centre clerk"),
    ("centre_clerk", "GC-371427-1", "county", "县综治中心值守员", "County centre clerk"),
    ("centre_clerk", "GC-371400-1", "city", "市综治中心值守员", "City centre clerk"),
    (
        "department_clerk",
        "DP-371427-housing-1",
        "housing",
        "县住建局经办人（兼驻综治中心）",
        "Department clerk, also posted to the county centre",
    ),
    ("hotline_agent", "HC-371400-1", "hotline", "12345话务员", "Hotline agent"),
    ("petition_clerk", "PO-371427-1", "petition", "县信访局接访员", "Petition clerk"),
    ("mediator", "MC-371427002-m1", "mediator", "街道人民调解员", "Mediator"),
    ("leader", "PG-371427-politics_law-3", "leader", "县委政法委分管领导", "Leader in charge"),
    ("unit_admin", "DP-371427-housing-2", "unitadmin", "县住建局系统管理员", "Unit administrator"),
    ("city_admin", "GC-371400-9", "cityadmin", "市级管理员", "City administrator"),
    ("auditor", "DP-371400-audit-5", "auditor", "审计员", "Auditor"),
    ("leader", "HC-371400-26", "hotlinehead", "12345主任（裁定、审核）", "Head of the hotline"),
)
PRINTED = tuple(
    Printed(role, ref, username, mobile(0, 10 + no), label_zh, label_en)
    for no, (role, ref, username, label_zh, label_en) in enumerate(_LINES, 1)
)
PRINTED_BY_REF = {printed.ref: printed for printed in PRINTED}

# Since 2024 departments post their clerks to the centre's hall (ZZ24).
SECOND_POSTS = (
    SecondPost(
        "DP-371427-housing-1", "GC-371427-h1", "GC-371427", "centre_clerk", "住建窗口进驻人员"
    ),
)
# The county centre's head is away: the clerk with this login acts for the post.
ACTING_USERNAME = "county"
ACTING_FOR_REF = "GC-371427-6"
ACTING_REASON = "主任外出学习，代行值班职责"
ACTING_DAYS = 14
# A colleague asks this one to take a shift.
SWAPS_WITH = "town"


def lines(password: str) -> list[DemoLogin]:
    """Return a line for each kind of staff and for the resident; needs no Django."""
    staff = [
        DemoLogin(
            role=line.role,
            label_zh=line.label_zh,
            label_en=line.label_en,
            login=line.username,
            password=password,
            path=DESK,
        )
        for line in PRINTED
    ]
    return [*staff, resident()]


def resident() -> DemoLogin:
    """Return the line of the resident: no account is loaded, the first sign-in makes it."""
    return DemoLogin(
        role="resident",
        label_zh="居民（短信验证码登录）",
        label_en="Resident (code by SMS)",
        login=RESIDENT_PHONE,
        password="",
        path=RESIDENT_SIGN_IN,
    )
