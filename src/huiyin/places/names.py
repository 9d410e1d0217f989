"""Names of places: as people say them, written out in full, in pinyin and by initials. Pure.

The dictionary of pypinyin reads words of everyday speech. Place names are full of surnames and old
readings, so tables here come first, and what an operator wrote comes before everything.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import product

from huiyin.places.models import PlaceKind
from huiyin.places.pinyin import lazy_pinyin

MAX_READINGS = 4

# Whole words whose reading no dictionary of characters gives.
_WORDS = {
    "乐陵": ("lao", "ling"),
    "祝阿": ("zhu", "a"),
    "万俟": ("mo", "qi"),
    "尉迟": ("yu", "chi"),
}
# Characters that read like this in place names.
_IN_PLACES = {"都": "du", "卜": "bu", "鬲": "ge", "逄": "pang", "乜": "nie", "覃": "qin"}
# Surnames: this reading where a name starts with a family before a word for a settlement (解庄), or
# with a word of direction, size or age before it (小单家).
_SURNAMES = {
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "查": "zha",
    "曾": "zeng",
    "朴": "piao",
    "缪": "miao",
    "翟": "zhai",
    "区": "ou",
    "种": "chong",
    "薄": "bo",
    "隗": "wei",
    "员": "yun",
    "洗": "xian",
    "瞿": "qu",
}
_SETTLEMENT = "家庄村楼屯集店寨营桥洼坊铺官口园院街堂堡圈"
_SURNAME = re.compile(f"^[大小东西南北前后中上下老新]?([{''.join(_SURNAMES)}])(?=[{_SETTLEMENT}])")
# Other readings heard for the same character; only search uses them.
_ALSO = {
    "乐": ("le", "yue"),
    "翟": ("zhai", "di"),
    "堡": ("bao", "pu", "bu"),
    "盖": ("gai", "ge"),
    "牟": ("mou", "mu"),
    "圈": ("quan", "juan"),
    "泊": ("bo", "po"),
    "藏": ("cang", "zang"),
    "朝": ("chao", "zhao"),
    "重": ("chong", "zhong"),
    "行": ("hang", "xing"),
    "召": ("zhao", "shao"),
    "柏": ("bai", "bo"),
    "盛": ("sheng", "cheng"),
    "乾": ("qian", "gan"),
    "角": ("jiao", "jue"),
    "单": ("shan", "dan"),
    "解": ("xie", "jie"),
    "长": ("chang", "zhang"),
    "尉": ("wei", "yu"),
    "六": ("liu", "lu"),
}

_UNIT = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]|[a-z]+|[0-9]+")
_HAN_RUN = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]+|[a-z]+|[0-9]+")
_PEOPLES = (
    "(?:(?:回|满|蒙古|朝鲜|土家|苗|壮|侗|瑶|彝|藏|维吾尔|哈萨克|畲|白|傣|羌|布依|哈尼|黎)族)*"
)
_SUFFIXES = {
    PlaceKind.CITY: re.compile(f"(?:市|地区|盟|{_PEOPLES}自治州)$"),
    PlaceKind.DISTRICT: re.compile("区$"),
    PlaceKind.COUNTY: re.compile(f"(?:{_PEOPLES}自治县|县)$"),
    PlaceKind.COUNTY_CITY: re.compile("市$"),
    PlaceKind.TOWN: re.compile(f"{_PEOPLES}镇$"),
    PlaceKind.TOWNSHIP: re.compile(f"{_PEOPLES}乡$"),
    PlaceKind.SUBDISTRICT: re.compile("(?:街道办事处|街道)$"),
}
_COMMITTEE = re.compile("(?:村民委员会|村民委员|村委员会|村委会|居民委员会|居委会)$")
_VILLAGES = frozenset({PlaceKind.VILLAGE, PlaceKind.COMMUNITY})
_GRIDS = frozenset({PlaceKind.GRID_BASIC, PlaceKind.GRID_DEDICATED})


def fold(text: str) -> str:
    """Return the text as search compares it: letters and digits only, one form of each."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = plain.replace("u:", "v").replace("ü", "v")
    return "".join(_HAN_RUN.findall(plain))


def place_form(name: str, kind: PlaceKind) -> str:
    """Return the place for the name of its committee (杨庄村 for 杨庄村委会), or the name."""
    if kind not in _VILLAGES:
        return name
    base = _COMMITTEE.sub("", name)
    if base in ("", name) or base.endswith(("村", "社区")):
        return base or name
    return f"{base}村" if "村" in name[len(base) :] else name


def short_name(name: str, kind: PlaceKind, *, city: str = "") -> str:
    """Return the name as people say it: 夏津, 北城, 天衢新区 (city: the city's short name).

    A name that would shrink to one character keeps its suffix (孔镇).
    """
    if kind == PlaceKind.FUNCTIONAL_ZONE and city and name.startswith(city):
        return name[len(city) :] or name
    if kind in _VILLAGES:
        base = _COMMITTEE.sub("", place_form(name, kind))
        return base if len(base) > 1 else name
    suffix = _SUFFIXES.get(kind)
    short = suffix.sub("", name) if suffix else name
    return short if len(short) > 1 else name


def full_name(
    name: str,
    kind: PlaceKind,
    *,
    parent_full: str = "",
    parent_names: Sequence[str] = (),
    city: str = "",
) -> str:
    """Return the name from the city down: 德州市夏津县北城街道; a village as the place it is.

    A zone that already carries the city's name stands for itself (德州天衢新区), and a grid
    does not repeat the name of its village. `parent_names`: the forms of the parent's own name.
    """
    if kind == PlaceKind.FUNCTIONAL_ZONE and city and name.startswith(city):
        return name
    own = place_form(name, kind)
    if kind in _GRIDS:
        for said in sorted(parent_names, key=len, reverse=True):
            if said and own.startswith(said) and own != said:
                own = own[len(said) :]
                break
    return parent_full + own


def syllables(name: str, *, given: str = "") -> tuple[str, ...]:
    """Return the reading of a name, one entry for a character or a run of letters or digits.

    `given` is the operator's reading ("lao ling", tone marks allowed); it may leave out the suffix.
    """
    read = _read(name)
    said = given_syllables(given)
    return said + read[len(said) :] if said else read


def readings(name: str, *, given: str = "") -> tuple[tuple[str, ...], ...]:
    """Return the readings to find the name by, the proper one first; at most MAX_READINGS."""
    first = syllables(name, given=given)
    read = _read(name)
    also = product(
        *(
            (own, *(other for other in _ALSO.get(unit, ()) if other != own))
            for unit, own in zip(units(name), read, strict=True)
        )
    )
    found = dict.fromkeys((first, read))
    for reading in also:
        if len(found) >= MAX_READINGS:
            break
        found.setdefault(reading)
    return tuple(found)


def given_syllables(given: str) -> tuple[str, ...]:
    """Return the syllables of a reading somebody wrote: no tone marks, v for ü."""
    bare = unicodedata.normalize("NFD", given.casefold().replace("u:", "v"))
    bare = bare.replace("u\u0308", "v")
    return tuple(re.findall(r"[a-z0-9]+", "".join(c for c in bare if not unicodedata.combining(c))))


def initials(reading: Sequence[str]) -> str:
    """Return the first letters of a reading; numbers stay whole (第12网格: d12wg)."""
    return "".join(part if part.isdigit() else part[0] for part in reading)


def units(name: str) -> list[str]:
    """Return what has a reading of its own: each character, each run of letters or digits."""
    return _UNIT.findall(_plain(name))


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


@cache
def _read_run(run: str) -> tuple[str, ...]:
    found = list(lazy_pinyin(run))
    if len(found) != len(run):  # characters without a known reading come back in one piece
        found = [lazy_pinyin(character)[0] for character in run]
    for word, reading in _WORDS.items():
        at = run.find(word)
        if at >= 0:
            found[at : at + len(word)] = reading
    for at, character in enumerate(run):
        if character in _IN_PLACES:
            found[at] = _IN_PLACES[character]
    if family := _SURNAME.match(run):
        found[family.start(1)] = _SURNAMES[family[1]]
    return tuple(found)


def _read(name: str) -> tuple[str, ...]:
    read: list[str] = []
    for run in _HAN_RUN.findall(_plain(name)):
        read.extend((run,) if run.isascii() else _read_run(run))
    return tuple(read)
