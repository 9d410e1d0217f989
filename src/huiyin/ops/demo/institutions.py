"""Schools, hospitals and enterprises of the demo city, named by the usual pattern or marked."""

from dataclasses import dataclass
from functools import cache

from huiyin.ops.demo.divisions import CITY, Division, counties, divisions, seat_town, towns
from huiyin.ops.demo.names import chosen, number

TERTIARY_HOSPITALS = 4
SECONDARY_HOSPITALS = 28
PRIMARY_HOSPITALS = 62
ENTERPRISES_A_COUNTY = 10

_TERTIARY = ("综合医院", "中医医院", "妇幼保健院", "精神卫生中心")
_TRADES = (
    ("纺织", "有限公司"),
    ("食品", "有限公司"),
    ("化工", "有限公司"),
    ("机械", "有限公司"),
    ("物流", "有限公司"),
    ("面粉", "有限公司"),
    ("建材", "有限公司"),
    ("置业", "有限公司"),
    ("物业服务", "有限公司"),
    ("农业", "专业合作社"),
)
_HOUSES = "鲁北安源祥禾德润嘉禾恒泽瑞丰同兴永裕"


@dataclass(frozen=True, slots=True)
class Institution:
    """A school, hospital or enterprise; `town` is where it stands, `place` whose unit it is."""

    code: str
    name: str
    kind: str
    level: str
    place: str
    town: str

    @property
    def grid_name(self) -> str:
        """What kind of dedicated grid it is, as people say."""
        return {"school": "校园", "hospital": "医院", "enterprise": "企业"}[self.kind]


@cache
def institutions() -> tuple[Institution, ...]:
    """Return every institution: schools, hospitals (4 + 28 + 62) and enterprises."""
    return (*_schools(), *_hospitals(), *_enterprises())


def _at(kind: str, prefix: str, place: Division, town: str, name: str, no: int) -> Institution:
    code = f"{prefix}-{place.short_code:0<6}-{no}"
    return Institution(code, name, kind, place.level, place.code, town)


def _schools() -> list[Institution]:
    found = []
    for county in counties():
        seat = seat_town(county.code).code
        found.append(_at("school", "SC", county, seat, f"{county.name}第一中学", 1))
    for town in towns():
        label = divisions()[town.parent].stem + _bare(town)
        found.append(_at("school", "SC", town, town.code, f"{label}中心小学", 1))
    return found


def _hospitals() -> list[Institution]:
    city = divisions()[CITY]
    seat = seat_town("371402000000").code
    found = [
        _at("hospital", "HO", city, seat, f"{city.name}{name}", no)
        for no, name in enumerate(_TERTIARY, 1)
    ]
    # Two in every county, and a third where there is one more to give.
    third = chosen(
        (county.code for county in counties()),
        SECONDARY_HOSPITALS - 2 * len(counties()),
        salt="third hospital",
    )
    for county in counties():
        names = ("人民医院", "中医院", "妇幼保健院")[: 3 if county.code in third else 2]
        found += [
            _at("hospital", "HO", county, seat_town(county.code).code, county.name + name, no)
            for no, name in enumerate(names, 1)
        ]
    clinics = chosen((town.code for town in towns()), PRIMARY_HOSPITALS, salt="clinic")
    for town in towns():
        if town.code in clinics:
            label = divisions()[town.parent].stem + _bare(town)
            name = "社区卫生服务中心" if town.kind == "subdistrict" else "卫生院"
            found.append(_at("hospital", "HO", town, town.code, f"{label}{name}", 1))
    return found


def _enterprises() -> list[Institution]:
    found = []
    for county in counties():
        below = [town for town in towns() if town.parent == county.code]
        for no, (trade, form) in enumerate(_TRADES[:ENTERPRISES_A_COUNTY], 1):
            key = number(f"enterprise/{county.code}/{no}")
            house = _HOUSES[key % len(_HOUSES) & ~1 :][:2]
            town = below[key // 64 % len(below)].code
            # （演示）: a firm of that name may exist somewhere; this one does not.
            name = f"{county.stem}{house}{trade}{form}（演示）"
            found.append(_at("enterprise", "EN", county, town, name, no))
    return found


def _bare(town: Division) -> str:
    """The town's name as it stands inside other names: 北城街道, 苏留庄镇, 新区."""
    return town.name.removesuffix("服务管理办公室")
